/* Owns the constants: what is decided before any connection, and of (…) in the forms of and, or, not.
 * Must never know: bytecode. It uses no excluded middle and assumes nothing about the contents of a list. */
#include "base/num.h"
#include "grammar/compile.h"

static void fold(struct compilation *c, struct expr *e);

static bool is_bool(const struct expr *e, bool value) {
  return e && e->kind == E_BOOL && (e->number.milli != 0) == value;
}

static void become_bool(struct expr *e, bool value) {
  e->kind = E_BOOL;
  e->number = (struct number){value ? 1000 : 0, false};
  e->a = e->b = NULL;
  e->count = 0;
  e->each = false;
}

static void become(struct expr *e, const struct expr *other) {
  struct span span = e->span;
  *e = *other;
  e->span = span;
}

/* A chain drops the items that decide nothing, and is decided by one that does. A bare value that is left alone stays
 * in its chain, which makes a condition of it. */
static void fold_chain(struct compilation *c, struct expr *e) {
  bool neutral = e->kind == E_AND; /* true and x is x; false or x is x */
  size_t kept = 0;
  for (size_t i = 0; i < e->count; i++) {
    fold(c, e->items[i]);
    if (is_bool(e->items[i], !neutral)) {
      become_bool(e, !neutral);
      return;
    }
    if (!is_bool(e->items[i], neutral)) e->items[kept++] = e->items[i];
  }
  e->count = kept;
  if (kept == 0) become_bool(e, neutral);
  if (kept == 1 && e->items[0]->type == TYPE_BOOL) become(e, e->items[0]);
}

static void become_not(struct compilation *c, struct expr *e) {
  struct expr *inner = arena_new(&c->arena, sizeof *inner);
  if (!inner) return;
  *inner = *e;
  e->kind = E_NOT;
  e->a = inner;
  e->count = 0;
}

/* Members that are decided leave the count. */
static void fold_count(struct compilation *c, struct expr *e) {
  int64_t want = e->number.milli / 1000;
  size_t kept = 0;
  for (size_t i = 0; i < e->count; i++) {
    fold(c, e->items[i]);
    if (is_bool(e->items[i], true)) want--;
    if (e->items[i]->kind != E_BOOL) e->items[kept++] = e->items[i];
  }
  e->count = kept;
  e->number.milli = want * 1000;
  if (want <= 0 || (uint64_t)want > kept) {
    become_bool(e, want <= 0);
  } else if (want == 1 || (uint64_t)want == kept) {
    e->kind = want == 1 ? E_OR : E_AND;
    fold_chain(c, e);
  }
}

static void fold_of(struct compilation *c, struct expr *e) {
  enum of_kind kind = (enum of_kind)e->op;
  if (kind == OF_COUNT) {
    fold_count(c, e);
    return;
  }
  e->kind = kind == OF_ALL ? E_AND : E_OR;
  if (kind == OF_NONE) become_not(c, e);
  fold(c, e);
}

static void fold_not(struct compilation *c, struct expr *e) {
  fold(c, e->a);
  if (e->a->kind == E_BOOL) become_bool(e, e->a->number.milli == 0);
}

static void fold_compare(struct compilation *c, struct expr *e) {
  fold(c, e->a);
  fold(c, e->b);
  if (e->a->kind != E_NUMBER || e->b->kind != E_NUMBER) return;
  int64_t a = e->a->number.milli, b = e->b->number.milli;
  const bool answers[] = {[CMP_EQ] = a == b, [CMP_NE] = a != b, [CMP_LT] = a < b,
                          [CMP_LE] = a <= b, [CMP_GT] = a > b,  [CMP_GE] = a >= b};
  become_bool(e, answers[e->op]);
}

static void fold_arithmetic(struct compilation *c, struct expr *e) {
  fold(c, e->a);
  if (e->b) fold(c, e->b);
  if (e->a->kind != E_NUMBER || (e->b && e->b->kind != E_NUMBER)) return;
  int64_t a = e->a->number.milli / 1000, b = e->b ? e->b->number.milli / 1000 : 0;
  int64_t value = e->kind == E_ADD   ? num_sat_add(a, b)
                  : e->kind == E_SUB ? num_sat_sub(a, b)
                  : e->kind == E_MUL ? num_sat_mul(a, b)
                                     : num_sat_neg(a);
  if (value > INT64_MAX / 1000 || value < INT64_MIN / 1000) return; /* the run time saturates the same way */
  e->kind = E_NUMBER;
  e->number = (struct number){value * 1000, false};
  e->a = e->b = NULL;
}

/* A literal as a condition: 0 and "" are false. */
static void fold_literal_condition(struct expr *e) {
  if (e->kind == E_NUMBER) become_bool(e, e->number.milli != 0);
  if (e->kind == E_STRING) become_bool(e, e->text.len != 0);
}

static void fold_let(struct compilation *c, struct expr *e) {
  struct let *let = &c->lets.at[e->index];
  if (let->folded == VISIT_NEW) {
    let->folded = VISIT_DONE;
    fold(c, let->expr);
  }
  if (let->expr->kind == E_BOOL || let->expr->kind == E_NUMBER) become(e, let->expr);
}

static void fold(struct compilation *c, struct expr *e) {
  switch (e->kind) {
    case E_AND:
    case E_OR: fold_chain(c, e); break;
    case E_NOT:
      fold_literal_condition(e->a);
      fold_not(c, e);
      break;
    case E_OF: fold_of(c, e); break;
    case E_COMPARE: fold_compare(c, e); break;
    case E_ADD:
    case E_SUB:
    case E_MUL:
    case E_NEG: fold_arithmetic(c, e); break;
    case E_LET: fold_let(c, e); break;
    case E_CALL:
      for (size_t i = 0; e->b && i < e->b->count; i++) fold(c, e->b->items[i]);
      break;
    default:
      if (e->a) fold(c, e->a);
      break;
  }
}

void fold_all(struct compilation *c) {
  for (size_t i = 0; i < c->lets.count; i++) {
    if (c->lets.at[i].folded == VISIT_DONE) continue;
    c->lets.at[i].folded = VISIT_DONE;
    fold(c, c->lets.at[i].expr);
  }
  for (size_t i = 0; i < c->rules.count; i++) {
    fold(c, c->rules.at[i].body->when);
    fold_literal_condition(c->rules.at[i].body->when);
  }
  for (size_t i = 0; i < c->exempts.count; i++) {
    fold(c, c->exempts.at[i].body->when);
    fold_literal_condition(c->exempts.at[i].body->when);
  }
}
