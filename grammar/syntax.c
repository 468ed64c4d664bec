/* Owns the words of a syntax error: what was found, what may stand there, and what its author may have meant.
 * Must never know: how the reader goes on behind it. */
#include "grammar/syntax.h"

#include "grammar/codes.h"
#include "grammar/tables.h"
#include "parser.tab.h"

enum { EXPECTED_SHOWN = 8 };

static bool is(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

static bool expects(const struct syntax *s, const char *word) {
  for (int i = 0; i < s->count; i++)
    if (is(s->expected[i], word)) return true;
  return false;
}

static struct text found_text(const struct syntax *s) {
  return text_of(s->parse->bytes.ptr + s->at.begin, s->at.end - s->at.begin);
}

/* --- tokens --- */

/* A kind of token is named; any other token is shown as it is written. */
static bool is_kind(const char *symbol) {
  static const char *const kinds[] = {"name",    "rule name", "rule pattern", "string",     "number",
                                      "address", "network",   "regex",        "end of file"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (is(symbol, kinds[i])) return true;
  return false;
}

/* Keywords that are names as well, where a name may stand. */
static bool is_soft(const char *symbol) {
  static const char *const soft[] = {"from", "at", "cap", "floor", "hit", "miss", "unknown", "dns"};
  for (size_t i = 0; i < sizeof soft / sizeof *soft; i++)
    if (is(symbol, soft[i])) return true;
  return false;
}

static bool is_shown(const struct syntax *s, const char *symbol) {
  return !is(symbol, "end of the broken statement") && !(is_soft(symbol) && expects(s, "name"));
}

static void draw_expected(struct buf *out, const char *symbol) {
  struct text text = text_from(symbol);
  if (text.len == 3 && text.ptr[0] == '\'') text = text_of(text.ptr + 1, 1);
  const char *quote = is_kind(symbol) ? "" : "`";
  buf_printf(out, "%s%.*s%s", quote, TEXT_ARG(text), quote);
}

static void list_expected(struct buf *out, const struct syntax *s) {
  int shown = 0, left;
  for (int i = 0; i < s->count; i++) shown += is_shown(s, s->expected[i]);
  left = shown;
  for (int i = 0; i < s->count && shown <= EXPECTED_SHOWN; i++) {
    if (!is_shown(s, s->expected[i])) continue;
    if (left < shown) buf_str(out, left == 1 ? " or " : ", ");
    draw_expected(out, s->expected[i]);
    left--;
  }
}

/* --- what the author may have meant --- */

/* Words that other systems have in this place. depth 0: at the start of a statement. */
static const struct {
  unsigned depth;
  const char *word, *help;
} foreign[] = {
    {0, "header", "rules are written `rule NAME { describe … score … when … }`"},
    {0, "meta", "rules are written `rule NAME { … when RULE_A and RULE_B }`"},
    {0, "body", "rules judge the connection; there is no message to look into"},
    {0, "uri", "rules judge the connection; there is no message to look into"},
    {0, "describe", "a describe stands inside its rule: `rule NAME { describe \"…\" … }`"},
    {0, "ifplugin", "there are no plugins; every function is built in"},
    {0, "loadplugin", "there are no plugins; every function is built in"},
    {0, "if", "there are no branches; conditions go into `when`"},
    {0, "required_score", "thresholds are written `action reject at 5.0`"},
    {0, "whitelist_from", "write an exemption: `exempt NAME { describe \"…\" when mail.from in { … } }`"},
    {0, "import", "files are read by `include \"path\"`"},
    {1, "condition", "a rule's condition stands behind `when`"},
    {1, "strings", "patterns stand in the condition: when helo =~ /…/"},
    {1, "meta", "a rule's condition stands behind `when`"},
    {1, "is", "to compare, write `==`; whether a value is unknown cannot be asked"},
    {1, "like", "to match a pattern, write `glob(x, \"*.dyn.*\")` or `x =~ /…/`"},
    {1, "matches", "to match a pattern, write `glob(x, \"*.dyn.*\")` or `x =~ /…/`"},
    {1, "between", "write `a <= x and x <= b`"},
    {1, "eq", "to compare, write `==`"},
    {1, "ne", "to compare, write `!=`"},
};

static const char *foreign_help(const struct syntax *s) {
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
    if ((s->depth > 0) == (foreign[i].depth > 0) && text_is(found_text(s), foreign[i].word)) return foreign[i].help;
  return NULL;
}

static bool is_comparison(const char *symbol) {
  static const char *const operators[] = {"==", "!=", "'<'", "'>'", "<=", ">=", "in", "under", "=~", "!~"};
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (is(symbol, operators[i])) return true;
  return false;
}

static const char *string_help(const struct syntax *s) {
  if (expects(s, "regex")) return "a regex stands between slashes: x =~ /^dyn/";
  if (expects(s, "number")) return "numbers stand without quotes";
  if (expects(s, "','")) return "is a comma missing before it?";
  return NULL;
}

static const char *regex_help(const struct syntax *s) {
  if (s->before == TOK_EQ) return "to match a regex, write =~ in place of ==";
  if (s->before == TOK_NE) return "to match a regex, write !~ in place of !=";
  return "a / always opens a regex; there is no division";
}

static const char *operator_help(const struct syntax *s) {
  bool condition = expects(s, "and"), in_test = expects(s, "string") && expects(s, "unknown") && !expects(s, "any");
  if (in_test) return "a line of a test is a fact and its value: helo \"mx.example\"";
  if (condition && is(s->found, "=")) return "to compare, write `==`";
  if (condition && is_comparison(s->found)) return "comparisons do not chain: write `a < b and b < c`";
  if (condition && is(s->found, "','") && expects(s, "')'")) return "for several conditions write `any of (a, b)`";
  return NULL;
}

static const char *habit_help(const struct syntax *s) {
  if (is(s->found, "string")) return string_help(s);
  if (is(s->found, "regex")) return regex_help(s);
  if (is(s->found, "expect")) return "`expect` stands in tests outside rules; a rule's test says hit, miss or unknown";
  if (s->before == TOK_NONE && s->count == 1) return "to ask for an empty value, write `not x`";
  return operator_help(s);
}

/* --- the form of the statement --- */

static const struct {
  int keyword;
  bool in_line; /* it has no braces, so its form also explains what follows its last word */
  const char *form;
} forms[] = {
    {TOK_INCLUDE, true, "include \"path-or-glob\""},
    {TOK_LIST, false, "list a_name : TYPE { … }` or `list a_name += { … }"},
    {TOK_MAP, false, "map a_name { \"key\" = { \"a.example\", \"b.example\" } }"},
    {TOK_LET, false, "let a_name = CONDITION"},
    {TOK_RULE, false, "rule A_NAME { … }"},
    {TOK_GROUP, false, "group a_name { … }"},
    {TOK_EXEMPT, false, "exempt A_NAME { … }"},
    {TOK_SCORE, true, "score A_RULE 2.5"},
    {TOK_DISABLE, true, "disable A_RULE"},
    {TOK_ACTION, true, "action reject at 5.0 \"reply text\"` or `action reject off"},
    {TOK_TEST, false, "test \"title\" { … }"},
};

static const char *statement_form(const struct syntax *s) {
  if (s->depth > 0 || s->column_1) return NULL;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (forms[i].keyword == s->statement && (forms[i].in_line || s->count <= EXPECTED_SHOWN + 2)) return forms[i].form;
  return NULL;
}

/* The keyword that a misspelt word is nearest to. */
static struct text near_keyword(const struct syntax *s) {
  struct nearest nearest = nearest_start(found_text(s));
  for (int i = 0; i < s->count && is(s->found, "name"); i++)
    if (ascii_alpha(s->expected[i][0]) && !is_kind(s->expected[i]) && is_shown(s, s->expected[i]))
      nearest_offer(&nearest, text_from(s->expected[i]));
  return nearest_good(&nearest) ? nearest.best : TEXT("");
}

static void help(const struct syntax *s) {
  struct diags *diags = s->parse->diags;
  const char *text = foreign_help(s), *form = statement_form(s);
  struct text near = near_keyword(s);
  if (!text) text = habit_help(s);
  if (text)
    diag_help(diags, "%s", text);
  else if (near.len)
    diag_help(diags, "did you mean `%.*s`?", TEXT_ARG(near));
  else if (form)
    diag_help(diags, "the statement is `%s`", form);
}

void syntax_report(const struct syntax *s) {
  struct buf found, list;
  buf_init(&found, s->parse->arena->alloc);
  buf_init(&list, s->parse->arena->alloc);
  if (is_kind(s->found) && !strstr(s->found, "name"))
    buf_str(&found, s->found);
  else
    buf_printf(&found, "`%.*s`", TEXT_ARG(found_text(s)));
  list_expected(&list, s);
  report(s->parse->diags, SYNTAX, s->at, "unexpected %.*s%s%.*s", TEXT_ARG(buf_view(&found)),
         list.len ? "; expected " : "", TEXT_ARG(buf_view(&list)));
  buf_free(&found);
  buf_free(&list);
  if (s->depth > 0 && ((s->column_1 && !is(s->found, "'}'")) || is(s->found, "end of file"))) {
    diag_second(s->parse->diags, s->open, "this brace is not closed");
    return;
  }
  help(s);
}
