/* Owns the warning about negations that are true on an empty left side and are not guarded by its bare value.
 * Must never know: bytecode. It runs before folding, where the tree still reads as it was written. */
#include "facts/field.h"
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/lint.h"
#include "grammar/regex.h"
#include "grammar/tables.h"

enum { STEPS_MAX = 20000 }; /* lets are walked where they are used; this bounds a tree that uses them over and over */

/* What is known not to be empty: the value, or with `whole` the name that a property was true of. */
struct guard {
  const struct guard *next;
  const struct expr *value;
  bool whole;
};

struct walk {
  struct compilation *c;
  struct arena *scratch;
  unsigned steps;
};

/* --- guards --- */

static const struct guard *add_guard(struct walk *w, const struct guard *guards, const struct expr *value, bool whole) {
  struct guard *guard = arena_new(w->scratch, sizeof *guard);
  if (!guard) return guards;
  *guard = (struct guard){guards, value, whole};
  return guard;
}

static bool is_bool_property(const struct expr *e) {
  return e->kind == E_PROPERTY && e->type == TYPE_BOOL && strcmp(property_at(e->index)->word, "is_empty") != 0;
}

/* A pattern that the empty string does not match is true of a value only if that has something in it. */
static bool is_match_of_something(const struct expr *e) {
  struct regex_report regex;
  if (e->kind != E_MATCH || e->negated) return false;
  regex_check(&regex, e->b->text, e->b->flags);
  return regex.ok && !regex.matches_empty;
}

static const struct guard *guards_of(struct walk *w, const struct guard *guards, const struct expr *e) {
  if (w->steps++ > STEPS_MAX) return guards;
  if (e->kind == E_AND) {
    for (size_t i = 0; i < e->count; i++) guards = guards_of(w, guards, e->items[i]);
  } else if (e->kind == E_LET && e->type == TYPE_BOOL) {
    guards = guards_of(w, guards, w->c->lets.at[e->index].expr);
  } else if (is_bool_property(e)) {
    guards = add_guard(w, guards, e->a, true);
  } else if (e->kind == E_CALL && e->type == TYPE_BOOL) {
    for (size_t i = 0; e->b && i < e->b->count; i++) guards = add_guard(w, guards, e->b->items[i], true);
  } else if (((e->kind == E_IN || e->kind == E_UNDER) && !e->negated) || is_match_of_something(e)) {
    guards = add_guard(w, guards, e->a, true);
  } else if (e->kind == E_COMPARE && e->op == CMP_EQ && e->b->kind == E_STRING && e->b->text.len) {
    guards = add_guard(w, guards, e->a, true);
  } else if (e->type != TYPE_BOOL && e->type != TYPE_COUNT_OF) {
    guards = add_guard(w, guards, e, false);
  }
  return guards;
}

/* Parts that a name which is not empty, or is of some form, always has. */
static bool follows(const struct expr *left, const struct guard *guard) {
  static const char *const parts[] = {"raw", "tld", "label", "address"};
  if (left->kind != E_PROPERTY || !guard->whole || !lint_same(left->a, guard->value)) return false;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strcmp(property_at(left->index)->word, parts[i]) == 0) return true;
  return false;
}

static bool guarded(const struct guard *guards, const struct expr *left) {
  for (; guards; guards = guards->next)
    if (lint_same(guards->value, left) || follows(left, guards)) return true;
  return false;
}

static bool can_be_empty(const struct expr *e) {
  static const unsigned never_empty[] = {FIELD_CLIENT_IP, FIELD_SERVER_IP, FIELD_SERVER_NAME, FIELD_HELO_VERB,
                                         FIELD_SESSION_PROTOCOL};
  bool text = e->type == TYPE_STRING || e->type == TYPE_NAME || e->type == TYPE_MAILBOX || e->type == TYPE_ADDRESS;
  if (!text || e->kind == E_STRING || e->kind == E_ADDRESS || e->each) return false;
  for (size_t i = 0; e->kind == E_FACT && i < sizeof never_empty / sizeof *never_empty; i++)
    if (e->index == never_empty[i]) return false;
  return true;
}

/* --- the walk --- */

/* x != "" asks for emptiness itself. */
static bool is_negation(const struct expr *e) {
  if (e->kind == E_COMPARE) return e->op == CMP_NE && !(e->b->kind == E_STRING && e->b->text.len == 0);
  return (e->kind == E_MATCH || e->kind == E_IN || e->kind == E_UNDER) && e->negated;
}

static void check_negation(struct walk *w, struct expr *e, const struct guard *guards) {
  if (e->warned || !e->a || !can_be_empty(e->a) || guarded(guards, e->a)) return;
  struct text left = sources_text(&w->c->sources, e->a->span);
  e->warned = true;
  report(w->c->diags, UNGUARDED, e->span, "this is true where `%.*s` is empty", TEXT_ARG(left));
  diag_help(w->c->diags, "if that is not meant, write `%.*s and …`", TEXT_ARG(left));
}

static void walk(struct walk *w, struct expr *e, bool wanted, const struct guard *guards) {
  if (!e || w->steps++ > STEPS_MAX) return;
  if (e->kind == E_NOT) {
    walk(w, e->a, !wanted, guards);
  } else if (e->kind == E_LET && e->type == TYPE_BOOL) {
    walk(w, w->c->lets.at[e->index].expr, wanted, guards);
  } else if (e->kind == E_AND || e->kind == E_OR || e->kind == E_OF) {
    bool sure = e->kind == E_AND || (e->kind == E_OF && e->op == OF_ALL);
    if (sure && wanted)
      for (size_t i = 0; i < e->count; i++) guards = guards_of(w, guards, e->items[i]);
    bool flips = e->kind == E_OF && e->op == OF_NONE;
    for (size_t i = 0; i < e->count; i++) walk(w, e->items[i], wanted != flips, guards);
  } else if (wanted && is_negation(e)) {
    check_negation(w, e, guards);
  }
}

static void walk_condition(struct compilation *c, struct expr *e) {
  struct arena scratch;
  arena_init(&scratch, c->arena.alloc, SIZE_MAX);
  struct walk w = {c, &scratch, 0};
  walk(&w, e, true, e && e->kind != E_AND ? guards_of(&w, NULL, e) : NULL);
  c->arena.failed |= scratch.failed;
  arena_free(&scratch);
}

void lint_guards(struct compilation *c) {
  for (size_t i = 0; i < c->rules.count; i++) walk_condition(c, c->rules.at[i].body->when);
  for (size_t i = 0; i < c->exempts.count; i++) walk_condition(c, c->exempts.at[i].body->when);
}
