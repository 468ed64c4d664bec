/* Owns the check of condition code: jumps go forward within the unit, and every tested bit has surely been computed.
 * Must never know: bodies, but for which bits they own. */
#include "program/verify_code.h"

/* A heap of jump targets, the nearest first: the code between here and the nearest target of a jump that was passed
 * is what may have been skipped to, so a NEED made here is sure only up to that target. */
static void heap_push(struct checker *checker, uint32_t target) {
  uint32_t at = checker->heap_count++;
  while (at > 0 && checker->heap[(at - 1) / 2] > target) {
    checker->heap[at] = checker->heap[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  checker->heap[at] = target;
}

static void heap_pop(struct checker *checker) {
  uint32_t last = checker->heap[--checker->heap_count], at = 0;
  for (uint32_t child = 1; child < checker->heap_count; child = at * 2 + 1) {
    if (child + 1 < checker->heap_count && checker->heap[child + 1] < checker->heap[child]) child++;
    if (checker->heap[child] >= last) break;
    checker->heap[at] = checker->heap[child];
    at = child;
  }
  checker->heap[at] = last;
}

static bool verify_jump(struct checker *checker, uint32_t pc, uint32_t end) {
  uint32_t target = checker->p->code[pc].d;
  if (target <= pc || target >= end) return verify_fail(checker, "a jump does not go forward within its unit", pc);
  heap_push(checker, target);
  return true;
}

static bool verify_need(struct checker *checker, uint32_t pc, uint32_t unit) {
  const struct program *p = checker->p;
  uint32_t needed = p->code[pc].d;
  if (needed >= unit) return verify_fail(checker, "a unit needs a later one", pc);
  if (p->units[needed].phase > p->units[unit].phase)
    return verify_fail(checker, "a unit needs one of a later phase", pc);
  while (checker->heap_count && checker->heap[0] <= pc) heap_pop(checker);
  uint32_t until = checker->heap_count ? checker->heap[0] : p->units[unit].end;
  if (checker->need_stamp[needed] != unit + 1 || checker->need_until[needed] < until)
    checker->need_until[needed] = until;
  checker->need_stamp[needed] = unit + 1;
  uint32_t depth = checker->unit_depth[needed] + 1;
  if (depth > checker->unit_depth[unit]) checker->unit_depth[unit] = depth;
  if (depth > checker->v->depth) checker->v->depth = depth;
  return depth <= PROGRAM_DEPTH_MAX || verify_fail(checker, "units are nested too deeply", pc);
}

/* Whether the bit has been computed whenever control reaches pc. */
static bool bit_is_ready(const struct checker *checker, uint32_t pc, uint32_t unit, uint32_t bit) {
  uint32_t owner = bit < checker->p->bit_count ? checker->v->bit_unit[bit] : NO_INDEX;
  if (owner == NO_INDEX) return false;
  if (owner == 0 || (owner == 1 && checker->p->units[unit].phase == 1)) return true;
  return checker->need_stamp[owner] == unit + 1 && checker->need_until[owner] > pc;
}

static bool verify_bits_ready(struct checker *checker, uint32_t pc, uint32_t unit) {
  const struct insn *insn = &checker->p->code[pc];
  if (insn->word > checker->p->bit_count / 64) return verify_fail(checker, "a tested word lies outside", pc);
  if (insn->value & ~insn->mask) return verify_fail(checker, "a value outside its mask", pc);
  for (uint64_t left = insn->mask; left; left &= left - 1) {
    uint32_t bit = insn->word * 64u + (uint32_t)__builtin_ctzll(left);
    if (!bit_is_ready(checker, pc, unit, bit)) return verify_fail(checker, "a bit is tested before it is computed", pc);
  }
  return true;
}

static bool verify_sum(struct checker *checker, uint32_t pc, uint32_t unit) {
  const struct program *p = checker->p;
  const struct insn *insn = &p->code[pc];
  if (insn->mask >= p->sets_count || p->sets[insn->mask].kind != SET_RULES || insn->word > SUM_GE)
    return verify_fail(checker, "a sum of no rules", pc);
  const struct set *set = &p->sets[insn->mask];
  for (uint32_t i = 0; i < set->count; i++)
    if (!bit_is_ready(checker, pc, unit, p->rule_bits + set->rules[i]))
      return verify_fail(checker, "a sum of rules that were not computed", pc);
  return true;
}

static bool verify_flow(struct checker *checker, uint32_t pc, uint32_t unit) {
  const struct program *p = checker->p;
  uint32_t end = p->units[unit].end;
  switch (p->code[pc].op) {
    case OP_PASS:
    case OP_FAIL:
    case OP_COUNT_ZERO: return true;
    case OP_JUMP:
    case OP_COUNT_TEST: return verify_jump(checker, pc, end);
    case OP_NEED: return verify_need(checker, pc, unit);
    case OP_COUNT: return verify_bits_ready(checker, pc, unit);
    case OP_TEST:
    case OP_TEST_OR: return verify_bits_ready(checker, pc, unit) && verify_jump(checker, pc, end);
    case OP_SUM_TEST: return verify_sum(checker, pc, unit) && verify_jump(checker, pc, end);
    default: return verify_fail(checker, "an instruction that no condition may hold", pc);
  }
}

/* One that may jump to PASS as well is none: it passes whatever the test says. */
static bool is_one_test(const struct insn *code, const struct unit *unit) {
  bool shape = unit->end - unit->begin == 3 && code[0].op == OP_TEST && code[1].op == OP_PASS && code[2].op == OP_FAIL;
  return shape && code[0].d == unit->begin + 2;
}

bool verify_condition(struct checker *checker, uint32_t unit) {
  const struct program *p = checker->p;
  struct unit *u = &checker->p->units[unit];
  if (u->begin == u->end) return verify_fail(checker, "a condition without code", unit);
  unsigned last = p->code[u->end - 1].op;
  if (last != OP_PASS && last != OP_FAIL) return verify_fail(checker, "a condition that does not end", unit);
  checker->heap_count = 0;
  for (uint32_t pc = u->begin; pc < u->end; pc++)
    if (!verify_flow(checker, pc, unit)) return false;
  if (u->bit < p->rule_bits || u->bit >= p->bit_count || checker->v->bit_unit[u->bit] != NO_INDEX)
    return verify_fail(checker, "a condition's answer has no bit of its own", unit);
  checker->v->bit_unit[u->bit] = unit;
  u->one_test = is_one_test(&p->code[u->begin], u);
  return true;
}
