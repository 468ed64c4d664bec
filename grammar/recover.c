/* Owns what happens after a syntax error: the message, and the way to the next statement.
 * Must never know: what the parser builds. */
#include "grammar/recover.h"

#include "grammar/codes.h"
#include "grammar/lexer.h"
#include "parser.tab.h"

struct token {
  int kind;
  ASSAY_YYSTYPE value;
  struct span at;
};

struct recovery {
  jmp_buf abandon;
  struct token last; /* the latest one given to the parser */
  bool pending;      /* last is to be given again */
  bool recovering;
  unsigned braces;   /* open ones, last counted in */
};

static bool starts_statement(const struct parse *p, const struct token *token) {
  static const int keywords[] = {TOK_INCLUDE, TOK_LIST,    TOK_MAP,    TOK_LET,    TOK_RULE, TOK_GROUP,
                                 TOK_EXEMPT,  TOK_DISABLE, TOK_ACTION, TOK_SCORE, TOK_TEST};
  bool column_1 = token->at.begin == 0 || p->bytes.ptr[token->at.begin - 1] == '\n';
  for (size_t i = 0; column_1 && i < sizeof keywords / sizeof *keywords; i++)
    if (token->kind == keywords[i]) return true;
  return false;
}

static void scan(struct parse *p, struct token *token) {
  struct recovery *r = p->recovery;
  token->kind = lexer_scan(&token->value, &token->at, p);
  if (token->kind == 0) token->at = (struct span){p->file, p->offset, p->offset};
  if (token->kind == '{') r->braces++;
  if (token->kind == '}' && r->braces) r->braces--;
}

/* Drops tokens from the broken one on; leaves `last` pending where the next statement begins with it. */
static void skip(struct parse *p) {
  struct recovery *r = p->recovery;
  while (r->last.kind != 0 && !starts_statement(p, &r->last)) {
    if (r->last.kind == '}' && r->braces == 0) return;
    scan(p, &r->last);
  }
  r->pending = true;
  r->braces = 0;
}

int assay_yylex(ASSAY_YYSTYPE *value, struct span *at, struct parse *p) {
  struct recovery *r = p->recovery;
  if (r->recovering) {
    skip(p);
    r->recovering = false;
    *at = r->last.at;
    return TOK_RESYNC;
  }
  if (!r->pending) scan(p, &r->last);
  r->pending = false;
  *value = r->last.value;
  *at = r->last.at;
  return r->last.kind;
}

void recover_abandon(struct parse *p) {
  longjmp(p->recovery->abandon, 1);
}

/* --- messages --- */

static bool among(const char *const *expected, int count, const char *word) {
  for (int i = 0; i < count; i++)
    if (strcmp(expected[i], word) == 0) return true;
  return false;
}

static const struct {
  const char *found, *help;
} habits[] = {
    {"=", "to compare, write `==`"},
    {"==", "comparisons do not chain: write `a == b and b == c`"},
    {"<", "comparisons do not chain: write `a < b and b < c`"},
    {"=~", "a regex stands directly behind =~: x =~ /…/; comparisons do not chain"},
    {"regex", "a / always opens a regex; there is no division"},
    {"string", "texts are joined nowhere; did a comma get lost?"},
    {"end of file", "a `}` is missing somewhere above"},
};

/* SpamAssassin's statements, as its users will type them. */
static const struct {
  const char *word, *help;
} foreign[] = {
    {"header", "rules are written `rule NAME { describe … score … when … }`"},
    {"meta", "rules are written `rule NAME { … when RULE_A and RULE_B }`"},
    {"ifplugin", "there are no plugins; every function is built in"},
    {"if", "there are no branches; conditions go into `when`"},
    {"required_score", "thresholds are written `action reject at 5.0`"},
    {"score_set", "scores are written `score NAME 2.5`"},
    {"describe", "a describe stands inside its rule: `rule NAME { describe \"…\" … }`"},
};

static void help_for(struct parse *p, struct span at, const char *found, bool operand_done) {
  struct text text = text_of(p->bytes.ptr + at.begin, at.end - at.begin);
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
    if (p->recovery->braces == 0 && text_is(text, foreign[i].word)) {
      diag_help(p->diags, "%s", foreign[i].help);
      return;
    }
  for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
    if (strcmp(habits[i].found, found) == 0 && (operand_done || i >= 4 || i == 0)) {
      diag_help(p->diags, "%s", habits[i].help);
      return;
    }
}

static void list_expected(struct buf *out, const char *const *expected, int count) {
  for (int i = 0; i < count; i++) {
    if (strcmp(expected[i], "end of the broken statement") == 0) continue;
    if (out->len) buf_str(out, i + 1 == count ? " or " : ", ");
    buf_str(out, expected[i]);
  }
}

void syntax_error(struct parse *p, struct span at, const char *found, const char *const *expected, int count) {
  struct buf list;
  buf_init(&list, p->arena->alloc);
  list_expected(&list, expected, count);
  if (list.len)
    report(p->diags, SYNTAX, at, "unexpected %s; expected %.*s", found, TEXT_ARG(buf_view(&list)));
  else
    report(p->diags, SYNTAX, at, "unexpected %s", found);
  buf_free(&list);
  help_for(p, at, found, count == 0 || among(expected, count, "and") || among(expected, count, "}"));
  p->recovery->recovering = true;
}

void syntax_too_deep(struct parse *p, struct span at) {
  report(p->diags, TOO_DEEP, at, "nested too deeply; the limit is %d", NESTING_MAX);
}

bool parse_file(struct arena *arena, struct diags *diags, uint32_t file, struct text bytes, struct stmt **out) {
  char slab[LEXER_SLAB];
  char *copy = arena_new(arena, bytes.len + 2);
  if (!copy) return false;
  if (bytes.len) memcpy(copy, bytes.ptr, bytes.len);
  struct recovery recovery = {.braces = 0};
  struct parse parse = {.arena = arena, .diags = diags, .file = file, .bytes = bytes, .slab = slab,
                        .recovery = &recovery, .tail = out};
  while (*parse.tail) parse.tail = &(*parse.tail)->next;
  if (setjmp(recovery.abandon) != 0 || !lexer_open(&parse, copy, bytes.len)) {
    arena->failed = true;
    return false;
  }
  assay_yyparse(&parse);
  return !arena->failed;
}
