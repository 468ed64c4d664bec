/* Owns the body half of the run loop: slots from slots, features from slots, unknown operands, lists taken element by
 * element. Must never know: conditions. */
#include "run/vm_body.h"

#include "run/ops.h"

/* Stands for an operand that an instruction does not have. */
static const struct value absent = {.known = 1};

/* Of two operands, not both known, the one whose reason is harder to mend decides: the result cannot be known before
 * both are. */
static const struct value *unknown_one(const struct value *a, const struct value *b) {
  if (a->known || b->known) return a->known ? b : a;
  return value_why(a) >= value_why(b) ? a : b;
}

/* The same where operands are taken element by element: an empty list decides by itself. */
static enum outcome outcome_each(const struct insn *insn, const struct value *a, const struct value *b) {
  const struct value *one = unknown_one(a, b);
  if (insn->each & 1 && vm_may_be_nothing(a) && value_why(a) < value_why(one)) one = a;
  if (insn->each & 2 && vm_may_be_nothing(b) && value_why(b) < value_why(one)) one = b;
  return (enum outcome)one->outcome;
}

static void join_miss(struct joined *joined, enum outcome outcome) {
  if (!joined->partial || outcome_why(outcome) < outcome_why(joined->outcome)) joined->outcome = outcome;
  joined->partial = true;
}

void vm_join(struct workspace *ws, struct joined *joined, const struct value *value, bool is_list) {
  if (!value->known || value->partial) join_miss(joined, (enum outcome)value->outcome);
  uint32_t count = !value->known ? 0 : is_list ? value->count : 1;
  for (uint32_t i = 0; i < count; i++) {
    struct value *slot = vec_add(&ws->arena, &joined->items);
    if (slot)
      *slot = is_list ? value->items[i] : *value;
    else
      ws->failed = true;
  }
}

struct value vm_joined(const struct joined *joined) {
  return (struct value){.known = 1,
                        .partial = joined->partial,
                        .outcome = (uint8_t)joined->outcome,
                        .count = (uint32_t)joined->items.count,
                        .items = joined->items.at};
}

static void value_of_each(struct workspace *ws, const struct insn *insn, const struct value *a, const struct value *b,
                          struct value *out) {
  const struct value *list = insn->each & 1 ? a : b;
  bool is_list = type_is_list(type_of_letter(opcode_info(insn->op)->result));
  struct joined joined = vm_join_begin(list);
  for (uint32_t i = 0; i < list->count; i++) {
    struct value item;
    const struct value *element = &list->items[i];
    op_value[insn->op](ws, insn, insn->each & 1 ? element : a, insn->each & 2 ? element : b, &item);
    vm_join(ws, &joined, &item, is_list);
  }
  *out = vm_joined(&joined);
}

/* A list that is known to be empty is taken by its elements: there is none, whatever the other operand is. */
static bool over_nothing(const struct insn *insn, const struct value *a, const struct value *b) {
  return (insn->each & 1 && vm_is_nothing(a)) || (insn->each & 2 && vm_is_nothing(b));
}

static void run_value(struct workspace *ws, const struct insn *insn) {
  unsigned arity = ws->linked->arity[insn->op];
  const struct value *a = arity > 0 ? workspace_slot(ws, insn->a) : &absent;
  const struct value *b = arity > 1 ? workspace_slot(ws, insn->b) : &absent;
  struct value *out = &ws->slots[insn->d];
  ws->slot = insn->d;
  if (insn->op == OP_CALL)
    value_CALL(ws, insn, a, b, out);
  else if (insn->each && over_nothing(insn, a, b))
    *out = (struct value){.known = 1};
  else if (!(a->known && b->known))
    *out = value_unknown(outcome_each(insn, a, b));
  else if (insn->each)
    value_of_each(ws, insn, a, b, out);
  else
    op_value[insn->op](ws, insn, a, b, out);
}

/* Of an `or` of two answers that are not yes. */
static enum answer_kind milder(enum answer_kind a, enum answer_kind b) {
  if (a == ANSWER_NO || b == ANSWER_NO) return a == ANSWER_NO ? b : a;
  return a < b ? a : b;
}

/* True for some pair of elements; unknown where a missing element could still make it so. */
static enum answer_kind test_of_each(struct workspace *ws, const struct insn *insn, const struct value *a,
                                     const struct value *b) {
  uint32_t outer = insn->each & 1 ? a->count : 1, inner = insn->each & 2 ? b->count : 1;
  enum answer_kind found = ANSWER_NO;
  if (insn->each & 1 && a->partial) found = answer_unknown(value_why(a));
  if (insn->each & 2 && b->partial) found = milder(found, answer_unknown(value_why(b)));
  for (uint32_t i = 0; i < outer; i++)
    for (uint32_t k = 0; k < inner; k++) {
      const struct value *x = insn->each & 1 ? &a->items[i] : a, *y = insn->each & 2 ? &b->items[k] : b;
      enum answer_kind answer = op_test[insn->op](ws, insn, x, y);
      if (answer == ANSWER_YES) return ANSWER_YES;
      found = milder(found, answer);
    }
  return found;
}

static void set_bits(struct workspace *ws, const struct insn *insn, const struct value *a) {
  uint64_t width = insn->op == OP_NAME_BITS ? 0xffffffffu : 0xffffu, mask = width << insn->d % 64;
  uint32_t word = insn->d / 64;
  if (a->known) {
    ws->known[word] |= mask;
    ws->truth[word] |= (uint64_t)op_bits(insn, a) << insn->d % 64;
    return;
  }
  if (value_why(a) == WHY_NEVER) ws->never[word] |= mask;
  if (value_why(a) != WHY_NOT_YET) ws->stuck[word] |= mask;
}

static void run_test(struct workspace *ws, const struct insn *insn) {
  const struct value *a = workspace_slot(ws, insn->a);
  const struct value *b = ws->linked->arity[insn->op] > 1 ? workspace_slot(ws, insn->b) : &absent;
  if (insn->op == OP_NAME_BITS || insn->op == OP_ADDRESS_BITS) {
    set_bits(ws, insn, a);
    return;
  }
  enum answer_kind answer;
  if (insn->each && over_nothing(insn, a, b))
    answer = ANSWER_NO;
  else if (!(a->known && b->known))
    answer = answer_unknown(outcome_why(outcome_each(insn, a, b)));
  else if (insn->each)
    answer = test_of_each(ws, insn, a, b);
  else
    answer = op_test[insn->op](ws, insn, a, b);
  workspace_set_bit(ws, insn->d, answer);
}

void vm_body(struct workspace *ws, const struct unit *unit) {
  const struct insn *code = ws->linked->program->code; /* NULL where there are no rules */
  for (uint32_t pc = unit->begin; pc < unit->end; pc++) {
    const struct insn *insn = &code[pc];
    if (op_test[insn->op]) {
      run_test(ws, insn);
    } else if (ws->slot_done[insn->d] != ws->now) {
      ws->slot_done[insn->d] = ws->now;
      run_value(ws, insn);
    }
  }
}
