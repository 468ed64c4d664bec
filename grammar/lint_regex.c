/* Owns the warnings about patterns: those that match everything, those that may run away.
 * Must never know: bytecode. */
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/lint.h"
#include "grammar/regex.h"
#include "grammar/test_lists.h"

static void check(struct compilation *c, struct span span, struct text source, unsigned flags) {
  struct regex_report regex;
  regex_check(&regex, source, flags);
  if (!regex.ok) return;
  struct text shown = sources_text(&c->sources, span);
  size_t at = text_find(shown, source);
  if (regex.matches_empty) {
    report(c->diags, REGEX_EMPTY, span, "this pattern matches the empty string, so it matches everything");
    diag_help(c->diags, "ask for at least one byte, or anchor it: /^…$/");
  }
  if (!regex.may_explode) return;
  struct span part = span;
  if (at != SIZE_MAX) {
    part.begin = span.begin + (uint32_t)(at + regex.explode_begin);
    part.end = span.begin + (uint32_t)(at + regex.explode_end);
  }
  report(c->diags, REGEX_EXPLODES, part, "this may backtrack exponentially; at the limit the answer is unknown");
  diag_help(c->diags, "let each round begin with what the one before cannot end with, or make it possessive: (?>…)");
}

static void walk(struct compilation *c, const struct expr *e) {
  if (!e) return;
  if (e->kind == E_REGEX) check(c, e->span, e->text, e->flags);
  walk(c, e->a);
  walk(c, e->b);
  if (e->kind == E_LIST) return; /* an inline set's patterns are those of its list */
  for (size_t i = 0; i < e->count; i++) walk(c, e->items[i]);
}

static void check_items(struct compilation *c, const struct list_item *items, size_t count) {
  for (size_t i = 0; i < count; i++) check(c, items[i].span, items[i].text, items[i].flags);
}

static void check_list(struct compilation *c, const struct list *list) {
  if (list->type == LIST_REGEX) check_items(c, list->items.at, list->items.count);
  check_items(c, list->patterns.at, list->patterns.count);
}

static void check_tests(struct compilation *c, const struct test_tree *test) {
  for (; test; test = test->next)
    for (size_t i = 0; test->lists && i < test->lists->lists.count; i++) check_list(c, &test->lists->lists.at[i].more);
}

void lint_regexes(struct compilation *c) {
  for (size_t i = 0; i < c->lets.count; i++) walk(c, c->lets.at[i].expr);
  for (size_t i = 0; i < c->rules.count; i++) walk(c, c->rules.at[i].body->when);
  for (size_t i = 0; i < c->exempts.count; i++) walk(c, c->exempts.at[i].body->when);
  for (size_t i = 0; i < c->lists.count; i++) check_list(c, &c->lists.at[i]);
  for (size_t i = 0; i < c->rules.count; i++) check_tests(c, c->rules.at[i].body->tests);
  for (size_t i = 0; i < c->tests.count; i++) check_tests(c, c->tests.at[i]);
}
