/* Owns what happens after a syntax error: that it is told once, and the way to the next statement.
 * Must never know: what the parser builds, or the words of a message. */
#include "grammar/recover.h"

#include "grammar/codes.h"
#include "grammar/lexer.h"
#include "grammar/syntax.h"
#include "parser.tab.h"

enum { PARSER_FULL = 2 }; /* what bison's parser answers when its stack is full */

struct token {
  int kind;
  ASSAY_YYSTYPE value;
  struct span at;
};

struct recovery {
  struct token last;    /* the latest one given to the parser */
  int before;           /* the kind of the one before it */
  struct span before_at;
  struct word name;     /* what the latest statement defines; empty when it is none that does, or has been reported */
  bool pending;         /* last is to be given again */
  bool recovering;
  bool told, told_before; /* scanning last, or the one before it, has reported an error */
  unsigned braces;      /* open ones, last counted in */
  unsigned depth;       /* the same, last not counted in */
  struct span open;     /* the outermost open brace */
  int statement;        /* the keyword of the statement that last belongs to; 0 when it has none */
};

static bool in_column_1(const struct parse *p, struct span at) {
  return at.begin == 0 || p->bytes.ptr[at.begin - 1] == '\n';
}

static bool starts_statement(const struct parse *p, const struct token *token) {
  static const int keywords[] = {TOK_INCLUDE, TOK_LIST,    TOK_MAP,    TOK_LET,    TOK_RULE, TOK_GROUP,
                                 TOK_EXEMPT,  TOK_DISABLE, TOK_ACTION, TOK_SCORE, TOK_TEST};
  bool first = in_column_1(p, token->at);
  for (size_t i = 0; first && i < sizeof keywords / sizeof *keywords; i++)
    if (token->kind == keywords[i]) return true;
  return false;
}

/* Whether the token is the name in `rule NAME`, `list name`, …; `any` also takes `header NAME`, `meta NAME` and the like. */
static bool is_defined(const struct parse *p, const struct token *token, bool any) {
  const struct recovery *r = p->recovery;
  static const int keywords[] = {TOK_LIST, TOK_MAP, TOK_LET, TOK_RULE, TOK_EXEMPT};
  static const int names[] = {TOK_LOWER, TOK_UPPER, TOK_FROM, TOK_AT,      TOK_CAP,
                              TOK_FLOOR, TOK_HIT,   TOK_MISS, TOK_UNKNOWN, TOK_DNS};
  bool keyword = any && in_column_1(p, r->before_at) && token->kind == TOK_UPPER, name = false;
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) keyword |= r->before == keywords[i];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) name |= token->kind == names[i];
  return keyword && name;
}

/* What a broken statement would have defined is kept in mind, so that its uses are no further errors. */
static void lose_name(struct parse *p) {
  struct recovery *r = p->recovery;
  if (r->name.text.len) stmt_new(p, S_BROKEN, r->name.span, r->name);
  r->name = word_make(SPAN_NONE, TEXT(""));
}

static void scan(struct parse *p, struct token *token) {
  struct recovery *r = p->recovery;
  size_t errors = p->diags->errors;
  r->told_before = r->told;
  r->before = token->kind;
  r->before_at = token->at;
  token->kind = lexer_scan(&token->value, &token->at, p);
  if (token->kind == 0) token->at = (struct span){p->file, p->offset, p->offset};
  r->told = p->diags->errors > errors;
  r->depth = r->braces;
  if (r->depth == 0 && in_column_1(p, token->at)) r->statement = starts_statement(p, token) ? token->kind : 0;
  if (r->depth == 0 && is_defined(p, token, false)) r->name = token->value.word;
  if (token->kind == '{' && r->braces++ == 0) r->open = token->at;
  if (token->kind == '}' && r->braces) r->braces--;
}

/* Drops tokens from the broken one on; leaves `last` pending where the next statement begins with it. What the scanner
 * says of dropped tokens is dropped too: one mistake, one message. */
static void skip(struct parse *p) {
  struct recovery *r = p->recovery;
  p->diags->muted = true;
  while (r->last.kind != 0 && !starts_statement(p, &r->last) && !(r->last.kind == '}' && r->braces == 0)) {
    scan(p, &r->last);
    if (is_defined(p, &r->last, true)) r->name = r->last.value.word;
    lose_name(p);
  }
  p->diags->muted = false;
  if (r->last.kind == '}') return;
  r->pending = true;
  r->braces = r->depth = 0;
  r->statement = r->last.kind;
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

/* Where the scanner has said what is wrong with the token, that the parser cannot use it is no news; nor is the end
 * of a file that an unclosed token has swallowed. */
void syntax_error(struct parse *p, struct span at, const char *found, const char *const *expected, int count) {
  struct recovery *r = p->recovery;
  struct syntax syntax = {.parse = p, .at = at, .found = found, .expected = expected, .count = count,
                          .statement = r->statement, .before = r->before,
                          .before_at = r->before_at, .depth = r->depth, .open = r->open,
                          .column_1 = in_column_1(p, at)};
  if (!r->told && !(r->told_before && r->last.kind == 0)) syntax_report(&syntax);
  r->recovering = true;
  lose_name(p);
  if (r->before == TOK_INCLUDE) stmt_new(p, S_BROKEN, at, word_make(at, TEXT("")));
}

void syntax_too_deep(struct parse *p, struct span at) {
  report(p->diags, TOO_DEEP, at, "nested too deeply; the limit is %d", NESTING_MAX);
  diag_help(p->diags, "name a part of it: `let a_name = …`");
  lose_name(p);
}

/* A parser whose stack is full gives up, unlike behind a syntax error: another one begins with the next statement. */
static void parse_statements(struct parse *p) {
  for (uint32_t before = 0; assay_yyparse(p) == PARSER_FULL && p->offset > before;) {
    before = p->offset;
    skip(p);
  }
}

bool parse_file(struct arena *arena, struct diags *diags, uint32_t file, struct text bytes, struct stmt **out) {
  char slab[LEXER_SLAB];
  char *copy = arena_new(arena, bytes.len + 2);
  if (!copy) return false;
  if (bytes.len) memcpy(copy, bytes.ptr, bytes.len);
  jmp_buf abandon;
  struct recovery recovery = {.braces = 0};
  struct parse parse = {.arena = arena, .diags = diags, .file = file, .bytes = bytes, .slab = slab,
                        .abandon = &abandon, .recovery = &recovery, .tail = out};
  while (*parse.tail) parse.tail = &(*parse.tail)->next;
  if (setjmp(abandon) != 0 || !lexer_open(&parse, copy, bytes.len)) {
    arena->failed = true;
    return false;
  }
  parse_statements(&parse);
  return !arena->failed;
}
