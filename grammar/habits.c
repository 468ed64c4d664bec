/* Owns what the author of a syntax error may have meant: words of other systems, slips, the form of the statement.
 * Must never know: what was found and expected in words, or how the reader goes on. */
#include "grammar/syntax.h"
#include "grammar/tables.h"
#include "parser.tab.h"

static bool is(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

static bool expects(const struct syntax *s, const char *symbol) {
  return syntax_expects(s, symbol);
}

static struct text found_text(const struct syntax *s) {
  return syntax_text(s, s->at);
}

static bool say(const struct syntax *s, const char *help) {
  if (help) diag_help(s->parse->diags, "%s", help);
  return help != NULL;
}

/* --- words that other systems have in this place --- */

enum position { STATEMENT, CLAUSE, OPERATOR };

static const struct {
  enum position position;
  const char *word, *help;
} foreign[] = {
#define FOREIGN(position, word, help) {position, word, help},
#include "grammar/foreign.def"
#undef FOREIGN
};

static bool stands_at(const struct syntax *s, enum position position) {
  static const char *const expected[] = {[STATEMENT] = "include", [CLAUSE] = "when", [OPERATOR] = "in"};
  return expects(s, expected[position]) && (position != STATEMENT || s->depth == 0);
}

static bool foreign_word(const struct syntax *s) {
  struct text found = found_text(s);
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
    if (text_eq_nocase(found, text_from(foreign[i].word)) && stands_at(s, foreign[i].position))
      return say(s, foreign[i].help);
  const struct function_info *function = stands_at(s, OPERATOR) ? function_find(found) : NULL;
  if (function) diag_help(s->parse->diags, "it is a function: %s", function->shown);
  return function != NULL;
}

/* --- the case of letters --- */

/* A name is at most so long; of another nothing is shown. */
struct cased {
  char bytes[NAME_MAX_BYTES];
  struct text text;
};

static void change_case(struct cased *to, struct text word, bool upper) {
  to->text = text_of(to->bytes, word.len <= sizeof to->bytes ? word.len : 0);
  for (size_t i = 0; i < to->text.len; i++) {
    char c = ascii_lower(word.ptr[i]);
    to->bytes[i] = upper && ascii_alpha(c) ? (char)(c & ~0x20) : c;
  }
}

/* NOT helo, ANY(rcpt), LENGTH(helo), and HELO "x" in a test: the word before could be a rule. */
static bool upper_before(const struct syntax *s) {
  static const char *const keywords[] = {"and", "or", "not", "in", "under", "of", "any", "all", "none"};
  struct cased lower;
  if (s->before != TOK_UPPER) return false;
  change_case(&lower, syntax_text(s, s->before_at), false);
  bool meant = is(s->found, "'('") ? function_find(lower.text) != NULL : expects(s, "hit") && begins_fact(lower.text);
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) meant |= text_is(lower.text, keywords[i]);
  if (meant) diag_help(s->parse->diags, "write `%.*s`, in lower case", TEXT_ARG(lower.text));
  return meant;
}

static bool in_whole_test(const struct syntax *s) {
  return expects(s, "expect") && !expects(s, "any");
}

static bool letters_case(const struct syntax *s) {
  struct cased other;
  bool upper = is(s->found, "rule name"), keyword = false;
  change_case(&other, found_text(s), !upper);
  for (int i = 0; upper && i < s->count; i++) keyword |= text_is(other.text, s->expected[i]);
  bool name = upper ? expects(s, "name") : is(s->found, "name") && expects(s, "rule name");
  if (upper && in_whole_test(s)) name = begins_fact(other.text);
  if (other.text.len == 0 || !(keyword || name)) return upper_before(s);
  diag_help(s->parse->diags, "write `%.*s`, in %s case", TEXT_ARG(other.text), upper ? "lower" : "upper");
  return true;
}

/* --- texts and numbers --- */

/* Where only a text may stand, what was written without quotes; of several words just the form. */
static bool no_quotes(const struct syntax *s) {
  static const char *const plain = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.@/*:";
  struct text rest = text_of(s->parse->bytes.ptr + s->at.begin, s->parse->bytes.len - s->at.begin);
  bool word = (is(s->found, "name") || is(s->found, "rule name")) && !s->column_1;
  if (!expects(s, "string") || expects(s, "name") || expects(s, "include") || !(word || s->count == 1)) return false;
  size_t len = 0;
  while (len < rest.len && rest.ptr[len] && strchr(plain, rest.ptr[len])) len++;
  if (s->before == TOK_DESCRIBE || s->before == TOK_SEE || len == 0 || len > NAME_MAX_BYTES)
    return say(s, "a text stands in double quotes: \"…\"");
  diag_help(s->parse->diags, "a text stands in double quotes: \"%.*s\"", (int)len, rest.ptr);
  return true;
}

static bool decimal_comma(const struct syntax *s) {
  struct text bytes = s->parse->bytes;
  size_t end = s->at.end;
  while (end < bytes.len && ascii_digit(bytes.ptr[end])) end++;
  if (!is(s->found, "','") || s->before != TOK_NUMBER || end == s->at.end) return false;
  diag_help(s->parse->diags, "decimals stand behind a point: %.*s.%.*s", TEXT_ARG(syntax_text(s, s->before_at)),
            (int)(end - s->at.end), bytes.ptr + s->at.end);
  return true;
}

static bool string_found(const struct syntax *s) {
  if (!is(s->found, "string")) return false;
  if (expects(s, "regex")) return say(s, "a regex stands between slashes: x =~ /^dyn/");
  if (expects(s, "number")) return say(s, "numbers stand without quotes");
  return say(s, expects(s, "','") ? "is a comma missing before it?" : NULL);
}

static bool regex_found(const struct syntax *s) {
  if (!is(s->found, "regex")) return false;
  if (text_starts(found_text(s), TEXT("//"))) return say(s, "comments begin with #");
  if (s->before == TOK_EQ) return say(s, "to match a regex, write =~ in place of ==");
  if (s->before == TOK_NE) return say(s, "to match a regex, write !~ in place of !=");
  return say(s, "a / always opens a regex; there is no division");
}

/* --- operators --- */

static bool is_comparison(const char *symbol) {
  static const char *const operators[] = {"==", "!=", "'<'", "'>'", "<=", ">=", "in", "under", "=~", "!~"};
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (is(symbol, operators[i])) return true;
  return false;
}

static bool operator_found(const struct syntax *s) {
  static const struct {
    int before;
    const char *found, *help;
  } pairs[] = {
      {TOK_EQ, "=", "to compare, write `==`"},           {TOK_NE, "=", "to compare, write `!=`"},
      {'<', "'>'", "to say that they differ, write `!=`"}, {TOK_ASSIGN, "=", "to compare, write `==`"},
      {TOK_EQ, "'!'", "to say that they differ, write `!=`"},
  };
  char next = s->at.end < s->parse->bytes.len ? s->parse->bytes.ptr[s->at.end] : 0;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (pairs[i].before == s->before && is(s->found, pairs[i].found)) return say(s, pairs[i].help);
  bool condition = expects(s, "and"), in_test = expects(s, "string") && expects(s, "unknown") && !expects(s, "any");
  if (in_test && is(s->found, "+=")) return say(s, "a test adds to a list by `list a_name += { … }`");
  if (in_test && !is(s->found, "string")) return say(s, "a line of a test is a fact and its value: helo \"mx.example\"");
  if (condition && is(s->found, "=") && (next == '<' || next == '>'))
    return say(s, next == '<' ? "to compare, write `<=`" : "to compare, write `>=`");
  if (condition && is(s->found, "=")) return say(s, "to compare, write `==`");
  if (condition && is_comparison(s->found)) return say(s, "comparisons do not chain: write `a < b and b < c`");
  bool listed = condition && is(s->found, "','") && expects(s, "')'");
  return say(s, listed ? "for several conditions write `any of (a, b)`" : NULL);
}

/* Behind a word that needs a condition nothing comes, or what is none. */
static bool condition_missing(const struct syntax *s) {
  static const struct {
    int before;
    const char *help;
  } words[] = {
      {TOK_AND, "a condition stands on both sides of `and`: write the second, or take out the `and`"},
      {TOK_OR, "a condition stands on both sides of `or`: write the second, or take out the `or`"},
      {TOK_NOT, "behind `not` stands a condition"},
      {TOK_WHEN, "behind `when` stands a condition: when helo == \"localhost\""},
  };
  for (size_t i = 0; expects(s, "any") && i < sizeof words / sizeof *words; i++)
    if (words[i].before == s->before) return say(s, words[i].help);
  return false;
}

/* The clause behind it has begun. */
static bool parenthesis_open(const struct syntax *s) {
  bool clause = is(s->found, "'}'") || (ascii_alpha(s->found[0]) && !syntax_is_kind(s->found));
  return say(s, clause && expects(s, "')'") ? "a parenthesis is open: close it by `)`" : NULL);
}

/* Inside braces a list is a line of a test. */
static bool list_in_test(const struct syntax *s) {
  if (s->depth == 0) return false;
  if (s->before == TOK_ADD_TO) return say(s, "what a test adds stands in the test: `+= { … }`");
  bool only = s->count == 1 && expects(s, "+=");
  return say(s, only ? "inside a test, lists and maps can only gain something, by `+=`" : NULL);
}

static bool other_habits(const struct syntax *s) {
  if (is(s->found, "expect"))
    return say(s, "`expect` stands in tests outside rules; a rule's test says hit, miss or unknown");
  if (is(s->found, "rule name") && in_whole_test(s))
    return say(s, "outside rules a test does not pin rules; it expects them: `expect A_RULE`");
  if (s->before == TOK_NONE && s->count == 1) return say(s, "to ask for an empty value, write `not x`");
  if (s->before == TOK_TEST && expects(s, "hit"))
    return say(s, "a rule's test says what it shows: `test hit { … }`, `test miss { … }` or `test unknown { … }`");
  return say(s, is(s->found, "'}'") && stands_at(s, STATEMENT) ? "no brace is open here" : NULL);
}

/* --- slips, and the form of the statement --- */

static bool near_keyword(const struct syntax *s) {
  struct nearest nearest = nearest_start(found_text(s));
  for (int i = 0; i < s->count && is(s->found, "name"); i++)
    if (ascii_alpha(s->expected[i][0]) && !syntax_is_kind(s->expected[i]) && syntax_is_shown(s, s->expected[i]))
      nearest_offer(&nearest, text_from(s->expected[i]));
  if (nearest_good(&nearest)) diag_help(s->parse->diags, "did you mean `%.*s`?", TEXT_ARG(nearest.best));
  return nearest_good(&nearest);
}

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

static bool statement_form(const struct syntax *s) {
  for (size_t i = 0; s->depth == 0 && !s->column_1 && i < sizeof forms / sizeof *forms; i++) {
    if (forms[i].keyword != s->statement || !(forms[i].in_line || s->count <= SYNTAX_SHOWN + 2)) continue;
    diag_help(s->parse->diags, "the statement is `%s`", forms[i].form);
    return true;
  }
  return false;
}

static bool no_statement(const struct syntax *s) {
  if (!stands_at(s, STATEMENT) || !s->column_1) return false;
  return say(s, "a statement begins with a word such as `rule`, `list` or `score`, and a comment with #");
}

void habits_help(const struct syntax *s) {
  static bool (*const helps[])(const struct syntax *s) = {
      foreign_word, list_in_test, no_quotes,    decimal_comma, string_found,   regex_found, operator_found,
      near_keyword, letters_case, other_habits, condition_missing, parenthesis_open,
      statement_form, no_statement,
  };
  for (size_t i = 0; i < sizeof helps / sizeof *helps; i++)
    if (helps[i](s)) return;
}
