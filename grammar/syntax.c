/* Owns the words of a syntax error: what was found, and what may stand there.
 * Must never know: how the reader goes on behind it, or what the author may have meant. */
#include "grammar/syntax.h"

#include "grammar/codes.h"

static bool is(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

bool syntax_expects(const struct syntax *s, const char *symbol) {
  for (int i = 0; i < s->count; i++)
    if (is(s->expected[i], symbol)) return true;
  return false;
}

struct text syntax_text(const struct syntax *s, struct span at) {
  return text_of(s->parse->bytes.ptr + at.begin, at.end - at.begin);
}

/* --- tokens --- */

/* A kind of token is named; any other token is shown as it is written. */
bool syntax_is_kind(const char *symbol) {
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

bool syntax_is_shown(const struct syntax *s, const char *symbol) {
  return !is(symbol, "end of the broken statement") && !(is_soft(symbol) && syntax_expects(s, "name"));
}

static void draw_expected(struct buf *out, const char *symbol) {
  struct text text = text_from(symbol);
  if (text.len == 3 && text.ptr[0] == '\'') text = text_of(text.ptr + 1, 1);
  const char *quote = syntax_is_kind(symbol) ? "" : "`";
  buf_printf(out, "%s%.*s%s", quote, TEXT_ARG(text), quote);
}

/* What to say where more is expected than is shown, by a symbol that tells the place. */
static const struct {
  const char *symbol, *words;
} summaries[] = {
    {"expect", "a name"}, /* behind a dot, where every word may stand */
    {"any", "a value"},
    {"and", "an operator or the end of the condition"},
    {"include", "a statement"},
};

static void list_expected(struct buf *out, const struct syntax *s) {
  int shown = 0, left;
  for (int i = 0; i < s->count; i++) shown += syntax_is_shown(s, s->expected[i]);
  left = shown;
  for (int i = 0; i < s->count && shown <= SYNTAX_SHOWN; i++) {
    if (!syntax_is_shown(s, s->expected[i])) continue;
    if (left < shown) buf_str(out, left == 1 ? " or " : ", ");
    draw_expected(out, s->expected[i]);
    left--;
  }
  if (shown <= SYNTAX_SHOWN) return;
  for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++) {
    if (!syntax_expects(s, summaries[i].symbol)) continue;
    buf_str(out, summaries[i].words);
    return;
  }
}

void syntax_report(const struct syntax *s) {
  struct buf found, list;
  buf_init(&found, s->parse->arena->alloc);
  buf_init(&list, s->parse->arena->alloc);
  if (syntax_is_kind(s->found) && !strstr(s->found, "name"))
    buf_str(&found, s->found);
  else
    buf_printf(&found, "`%.*s`", TEXT_ARG(syntax_text(s, s->at)));
  list_expected(&list, s);
  report(s->parse->diags, SYNTAX, s->at, "unexpected %.*s%s%.*s", TEXT_ARG(buf_view(&found)),
         list.len ? "; expected " : "", TEXT_ARG(buf_view(&list)));
  s->parse->arena->failed |= found.failed || list.failed;
  buf_free(&found);
  buf_free(&list);
  if (s->depth > 0 && ((s->column_1 && !is(s->found, "'}'")) || is(s->found, "end of file"))) {
    diag_second(s->parse->diags, s->open, "this brace is not closed");
    return;
  }
  habits_help(s);
}
