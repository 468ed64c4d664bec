/* Owns the warning about conditions that contradict themselves: x and not x, a number below 5 and above 6.
 * Must never know: bytecode. It judges what can be seen in one `and` (or, turned round, in one `or`), no more. */
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/lint.h"

enum { PARTS_MAX = 64 }; /* pairs are compared, so longer chains are left alone */

bool lint_same(const struct expr *a, const struct expr *b) {
  if (a == b) return true;
  if (!a || !b || a->kind != b->kind || a->index != b->index || a->op != b->op || a->negated != b->negated) return false;
  if (!text_eq(a->text, b->text) || a->number.milli != b->number.milli || a->count != b->count) return false;
  if (!addr_eq(a->network.addr, b->network.addr) || a->network.bits != b->network.bits) return false;
  if (a->kind == E_LIST || a->kind == E_REGEX) return a->index != NO_INDEX && a->index == b->index;
  for (size_t i = 0; i < a->count; i++)
    if (!lint_same(a->items[i], b->items[i])) return false;
  return lint_same(a->a, b->a) && lint_same(a->b, b->b);
}

static bool opposite(const struct expr *a, const struct expr *b) {
  return (a->kind == E_NOT && lint_same(a->a, b)) || (b->kind == E_NOT && lint_same(b->a, a));
}

/* The numbers that a comparison with a constant lets through. */
struct range {
  int64_t low, high;
};

static bool range_of(const struct expr *e, bool wanted, struct range *out) {
  static const enum compare_op inverse[] = {[CMP_EQ] = CMP_NE, [CMP_NE] = CMP_EQ, [CMP_LT] = CMP_GE,
                                            [CMP_LE] = CMP_GT, [CMP_GT] = CMP_LE, [CMP_GE] = CMP_LT};
  if (e->kind != E_COMPARE || e->a->type != TYPE_INT || e->a->each || e->b->kind != E_NUMBER) return false;
  enum compare_op op = wanted ? (enum compare_op)e->op : inverse[e->op];
  int64_t number = e->b->number.milli / 1000;
  *out = (struct range){INT64_MIN, INT64_MAX};
  if (op == CMP_EQ || op == CMP_GE) out->low = number;
  if (op == CMP_EQ || op == CMP_LE) out->high = number;
  if (op == CMP_GT) out->low = number + 1;
  if (op == CMP_LT) out->high = number - 1;
  return op != CMP_NE;
}

static bool apart(const struct expr *a, const struct expr *b, bool wanted) {
  struct range x, y;
  if (!range_of(a, wanted, &x) || !range_of(b, wanted, &y) || !lint_same(a->a, b->a)) return false;
  return x.high < y.low || y.high < x.low;
}

/* Whether the texts are surely not equal in any compared form: beyond ASCII and behind a last dot one cannot tell here. */
static bool differ(struct text a, struct text b) {
  for (size_t i = 0; i < a.len + b.len; i++)
    if ((unsigned char)(i < a.len ? a.ptr[i] : b.ptr[i - a.len]) >= 0x80) return false;
  return !text_eq_nocase(a, b) && !text_ends(a, TEXT(".")) && !text_ends(b, TEXT("."));
}

static bool two_texts(const struct expr *a, const struct expr *b) {
  bool equal = a->kind == E_COMPARE && b->kind == E_COMPARE && a->op == CMP_EQ && b->op == CMP_EQ && !a->a->each;
  return equal && a->b->kind == E_STRING && b->b->kind == E_STRING && differ(a->b->text, b->b->text) &&
         lint_same(a->a, b->a);
}

/* Parts of an `and` that exclude each other make it false; parts of an `or` whose opposites do make it true. */
static void check_chain(struct compilation *c, const struct expr *e) {
  bool wanted = e->kind == E_AND;
  for (size_t i = 0; i < e->count && e->count <= PARTS_MAX; i++)
    for (size_t k = i + 1; k < e->count; k++) {
      const struct expr *a = e->items[i], *b = e->items[k];
      if (!opposite(a, b) && !apart(a, b, wanted) && !(wanted && two_texts(a, b))) continue;
      report(c->diags, CONSTANT, b->span, "with the part before, this can never %s", wanted ? "hold" : "fail");
      diag_second(c->diags, a->span, "the part before");
      return;
    }
}

static void walk(struct compilation *c, const struct expr *e) {
  if (!e) return;
  if (e->kind == E_AND || e->kind == E_OR) check_chain(c, e);
  walk(c, e->a);
  for (size_t i = 0; i < e->count; i++) walk(c, e->items[i]);
}

void lint_contradictions(struct compilation *c) {
  for (size_t i = 0; i < c->lets.count; i++) walk(c, c->lets.at[i].expr);
  for (size_t i = 0; i < c->rules.count; i++) walk(c, c->rules.at[i].body->when);
  for (size_t i = 0; i < c->exempts.count; i++) walk(c, c->exempts.at[i].body->when);
}
