/* Owns the warning about conditions that can never hold, or never fail: a port above 70000, x and not x.
 * Must never know: bytecode. It judges what can be seen in one leaf, in one `and`, or, turned round, in one `or`. */
#include "facts/facts.h"
#include "grammar/codes.h"
#include "grammar/lint.h"
#include "grammar/lint_value.h"

bool lint_same(const struct expr *a, const struct expr *b) {
  if (a == b) return true;
  if (!a || !b || a->kind != b->kind || a->index != b->index || a->op != b->op || a->negated != b->negated) return false;
  if (!text_eq(a->text, b->text) || a->number.milli != b->number.milli || a->count != b->count) return false;
  if (!addr_eq(a->network.addr, b->network.addr) || a->network.bits != b->network.bits) return false;
  if (a->kind == E_LIST) return a->index == b->index;
  if (a->kind == E_REGEX && a->flags != b->flags) return false;
  for (size_t i = 0; i < a->count; i++)
    if (!lint_same(a->items[i], b->items[i])) return false;
  return lint_same(a->a, b->a) && lint_same(a->b, b->b);
}

/* --- what must be so for a condition to hold, or to fail --- */

struct parts {
  struct literal at[LITERALS_MAX];
  size_t count;
};

static bool is_all(const struct expr *e) {
  return e->kind == E_AND || (e->kind == E_OF && e->op == OF_ALL);
}

static bool is_any(const struct expr *e) {
  return e->kind == E_OR || (e->kind == E_OF && e->op == OF_ANY);
}

/* Parts that are left out only make it easier to hold. */
static void collect(struct lint *l, const struct expr *e, bool wanted, struct parts *out) {
  e = lint_open(l, e);
  if (lint_tired(l) || out->count == LITERALS_MAX) return;
  if (e->kind == E_NOT) {
    collect(l, e->a, !wanted, out);
  } else if (wanted ? is_all(e) : is_any(e)) {
    for (size_t i = 0; i < e->count; i++) collect(l, e->items[i], wanted, out);
  } else {
    out->at[out->count++] = (struct literal){e, wanted};
  }
}

static bool possible(struct lint *l, const struct parts *parts) {
  bool yes = lint_possible(l, parts->at, parts->count);
  arena_reset(&l->scratch);
  return yes;
}

/* --- what is said --- */

static const char *verb(bool wanted) {
  return wanted ? "hold" : "fail";
}

static void help_unknown(struct lint *l, bool wanted) {
  if (!wanted) diag_help(l->c->diags, "where a value is unknown, it is unknown; else it holds");
}

static void report_leaf(struct lint *l, const struct expr *e, bool wanted) {
  const struct expr *subject = lint_subject(l, e);
  struct text text = sources_text(&l->c->sources, subject->span);
  struct range range = subject->type == TYPE_INT && !subject->each ? lint_range(l, subject) : (struct range){0, 0};
  report(l->c->diags, CONSTANT, e->span, "this can never %s", verb(wanted));
  if (range.least == range.most)
    help_unknown(l, wanted);
  else if (range.most == INT64_MAX)
    diag_help(l->c->diags, "where `%.*s` is known, it is %lld or more", TEXT_ARG(text), (long long)range.least);
  else
    diag_help(l->c->diags, "where `%.*s` is known, it is %lld to %lld", TEXT_ARG(text), (long long)range.least,
              (long long)range.most);
}

static void report_part(struct lint *l, const struct expr *e, size_t first, size_t last, size_t at, bool wanted) {
  bool one = first == last;
  struct span before = span_join(e->items[first]->span, e->items[last]->span);
  report(l->c->diags, CONSTANT, e->items[at]->span, "with the part%s before, this can never %s", one ? "" : "s",
         verb(wanted));
  diag_second(l->c->diags, before, one ? "the part before" : "the parts before");
  help_unknown(l, wanted);
}

/* --- the walk --- */

/* Whether items `first` to `last` of the chain, and item `at`, can all be as wanted. */
static bool together(struct lint *l, const struct expr *e, size_t first, size_t last, size_t at, bool wanted) {
  struct parts parts = {.count = 0};
  l->steps = 0;
  for (size_t i = first; i <= last; i++) collect(l, e->items[i], wanted, &parts);
  collect(l, e->items[at], wanted, &parts);
  return possible(l, &parts);
}

/* Parts of an `and` that exclude each other make it false; parts of an `or` whose opposites do make it true. A part
 * that is so by itself is spoken of where it stands. */
static void check_chain(struct lint *l, const struct expr *e, bool wanted) {
  if (e->count < 2 || together(l, e, 0, e->count - 1, e->count - 1, wanted)) return;
  for (size_t i = 0; i < e->count; i++)
    if (!together(l, e, i, i, i, wanted)) return;
  size_t at = 1;
  while (at + 1 < e->count && together(l, e, 0, at - 1, at, wanted)) at++;
  for (size_t i = 0; i < at; i++)
    if (!together(l, e, i, i, at, wanted)) {
      report_part(l, e, i, i, at, wanted);
      return;
    }
  report_part(l, e, 0, at - 1, at, wanted);
}

static bool is_literal(const struct expr *e) {
  return e->kind == E_BOOL || e->kind == E_NUMBER || e->kind == E_STRING;
}

static void check_leaf(struct lint *l, const struct expr *e) {
  for (int wanted = 0; wanted < 2 && !is_literal(e); wanted++) {
    struct parts parts = {.at = {{e, wanted}}, .count = 1};
    if (!possible(l, &parts)) report_leaf(l, e, wanted);
  }
}

/* RFC 5321 section 4.1.1.3 knows one mailbox without a domain. */
static void check_mailbox(struct lint *l, const struct expr *e) {
  const struct expr *literal = e->kind != E_COMPARE ? NULL : e->a->kind == E_STRING ? e->a : e->b;
  if (!literal || literal->kind != E_STRING || literal->type != TYPE_MAILBOX) return;
  struct text mailbox = mailbox_canonical(&l->scratch, literal->text);
  bool whole = mailbox_local(mailbox).len && mailbox_domain(mailbox).len;
  if (!whole && mailbox.len && !text_is(mailbox, "postmaster")) {
    report(l->c->diags, NEVER_MATCHES, literal->span, "no mailbox is written so: it has a local part, an @ and a domain");
    diag_help(l->c->diags, "`in { \"@example.org\" }` asks for a domain, `in { \"user@\" }` for a local part");
  }
  arena_reset(&l->scratch);
}

static void walk(struct lint *l, const struct expr *e) {
  if (!e || e->kind == E_LET) return;
  if (is_all(e) || is_any(e)) check_chain(l, e, is_all(e));
  bool joins = e->kind == E_AND || e->kind == E_OR || e->kind == E_OF;
  for (size_t i = 0; joins && i < e->count; i++) walk(l, e->items[i]);
  bool bools = e->kind == E_COMPARE && e->a->type == TYPE_BOOL;
  if (e->kind == E_NOT || bools) walk(l, e->a);
  if (bools) walk(l, e->b);
  if (joins || bools || e->kind == E_NOT) return;
  check_leaf(l, e);
  check_mailbox(l, e);
}

void lint_contradictions(struct compilation *c) {
  struct lint l = {.c = c};
  arena_init(&l.scratch, c->arena.alloc, SIZE_MAX);
  for (size_t i = 0; i < c->lets.count; i++)
    if (c->lets.at[i].expr && c->lets.at[i].expr->type == TYPE_BOOL) walk(&l, c->lets.at[i].expr);
  for (size_t i = 0; i < c->rules.count; i++) walk(&l, c->rules.at[i].body->when);
  for (size_t i = 0; i < c->exempts.count; i++) walk(&l, c->exempts.at[i].body->when);
  c->arena.failed |= l.scratch.failed;
  arena_free(&l.scratch);
}
