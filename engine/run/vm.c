/* Owns the condition half of the run loop, and which units have been computed.
 * Must never know: scores, actions, or what a rule is called. */
#include "run/vm.h"

#include "run/sum.h"
#include "run/vm_body.h"

/* One run of a condition. */
struct run {
  const uint64_t *excluded;
  bool met;  /* it passed a literal whose bit is unknown */
  vm_touch_fn *touch;
  void *user;
};

/* The planes as a condition reads them. They stay where they are while it runs, which the compiler cannot know. */
struct planes {
  const uint64_t *truth, *known, *excluded;
};

static inline struct planes planes_of(const struct workspace *ws, const uint64_t *excluded) {
  return (struct planes){ws->truth, ws->known, excluded};
}

/* The bits of the mask that are not known. */
static inline uint64_t open_bits(struct planes planes, const struct insn *insn) {
  return insn->mask & ~planes.known[insn->word];
}

/* The bits of the mask that do not pass as value. A planted bug makes the differential test fail, to show that it can. */
static inline uint64_t misses(struct planes planes, const struct insn *insn) {
  uint64_t known = planes.known[insn->word];
#ifdef ASSAY_PLANT_BUG
  return ((planes.truth[insn->word] ^ insn->value) & known) & insn->mask;
#else
  return (((planes.truth[insn->word] ^ insn->value) & known) | (planes.excluded[insn->word] & ~known)) & insn->mask;
#endif
}

static void touch_bits(const struct workspace *ws, const struct insn *insn, struct run *run) {
  for (uint64_t left = insn->mask & ~ws->known[insn->word]; left; left &= left - 1)
    run->touch(run->user, insn->word * 64u + (uint32_t)__builtin_ctzll(left));
}

static bool sum_passes(struct workspace *ws, const struct insn *insn, struct run *run) {
  const struct set *rules = &ws->linked->program->sets[insn->mask];
  struct sum_bounds bounds = sum_of_rules(ws, rules, run->excluded);
  run->met |= bounds.open;
  for (uint32_t i = 0; run->touch && i < rules->count; i++) {
    uint32_t bit = ws->linked->program->rule_bits + rules->rules[i];
    if (workspace_bit(ws, bit) > ANSWER_YES) run->touch(run->user, bit);
  }
  return sum_compare_passes(bounds, (enum sum_compare)insn->word, (int64_t)insn->value);
}

#ifndef ASSAY_SWITCH_DISPATCH
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wgnu-label-as-value"
#endif
#define DISPATCH() goto *labels[insn->op];
#define CASE(id) label_##id
#else
#define DISPATCH() switch (insn->op)
#define CASE(id) case OP_##id
#endif
#define NEXT continue

/* Code that the verifier has passed: jumps go forward, so the loop ends; every tested bit has been computed. */
static bool run_condition(struct workspace *ws, const struct unit *unit, struct run *run) {
#ifndef ASSAY_SWITCH_DISPATCH
#define LABEL_FLOW(id) [OP_##id] = &&label_##id,
#define LABEL_VALUE(id)
#define LABEL_TEST(id)
  static const void *const labels[OP_COUNT_OF] = {
#define OP(id, kind, result, operands, cost, doc) LABEL_##kind(id)
#include "program/opcodes.def"
#undef OP
  };
#endif
  const struct insn *code = ws->linked->program->code, *pc = code + unit->begin;
  const struct planes planes = planes_of(ws, run->excluded);
  const bool touching = run->touch != NULL;
  uint64_t count = 0;
  for (;;) {
    const struct insn *insn = pc++;
    DISPATCH() {
      CASE(TEST) : {
        if (touching) touch_bits(ws, insn, run);
        if (misses(planes, insn))
          pc = code + insn->d;
        else if (open_bits(planes, insn))
          run->met = true;
        NEXT;
      }
      CASE(TEST_OR) : {
        if (touching) touch_bits(ws, insn, run);
        if (misses(planes, insn)) NEXT;
        if (open_bits(planes, insn)) run->met = true;
        pc = code + insn->d;
        NEXT;
      }
      CASE(NEED) : {
        vm_need(ws, insn->d);
        NEXT;
      }
      CASE(COUNT_ZERO) : {
        count = 0;
        NEXT;
      }
      CASE(COUNT) : {
        if (touching) touch_bits(ws, insn, run);
        count += (unsigned)__builtin_popcountll(insn->mask & ~misses(planes, insn));
        if (open_bits(planes, insn)) run->met = true;
        NEXT;
      }
      CASE(COUNT_TEST) : {
        if (count < insn->a) pc = code + insn->d;
        NEXT;
      }
      CASE(SUM_TEST) : {
        if (!sum_passes(ws, insn, run)) pc = code + insn->d;
        NEXT;
      }
      CASE(JUMP) : {
        pc = code + insn->d;
        NEXT;
      }
      CASE(PASS) : return true;
      CASE(FAIL) : return false;
#ifdef ASSAY_SWITCH_DISPATCH
      default: return false; /* the verifier lets nothing else in */
#endif
    }
  }
}

#ifndef ASSAY_SWITCH_DISPATCH
#pragma GCC diagnostic pop
#endif

static bool passes(struct workspace *ws, const struct unit *unit, const uint64_t *excluded, bool *met) {
  struct run run = {.excluded = excluded};
  bool passed = run_condition(ws, unit, &run);
  *met = run.met;
  return passed;
}

/* Each plane of the four holds the ones before it, so whatever passes with one passes with those as well, and the
 * first that fails tells the answer. */
static enum answer_kind answer(struct workspace *ws, const struct unit *unit) {
  bool met, ignored;
  if (!passes(ws, unit, ws->none, &met)) return ANSWER_NO;
  if (!met) return ANSWER_YES;
  if (!passes(ws, unit, ws->never, &ignored)) return ANSWER_NEVER;
  if (!passes(ws, unit, ws->stuck, &ignored)) return ANSWER_FAILED;
  return passes(ws, unit, ws->all, &ignored) ? ANSWER_YES : ANSWER_NOT_YET;
}

/* The same for one word of literals, in closed form. */
static enum answer_kind answer_one_test(const struct workspace *ws, const struct insn *insn) {
  const struct planes planes = planes_of(ws, ws->none);
  uint64_t open = open_bits(planes, insn);
  if (misses(planes, insn)) return ANSWER_NO;
  if (!open) return ANSWER_YES;
  if (open & ws->never[insn->word]) return ANSWER_NEVER;
  return open & ws->stuck[insn->word] ? ANSWER_FAILED : ANSWER_NOT_YET;
}

void vm_compute(struct workspace *ws, uint32_t index) {
  const struct program *p = ws->linked->program;
  const struct unit *unit = &p->units[index];
  ws->unit_done[index] = ws->now;
  if (unit->kind == UNIT_BODY)
    vm_body(ws, unit);
  else
    workspace_set_bit(ws, unit->bit, unit->one_test ? answer_one_test(ws, &p->code[unit->begin]) : answer(ws, unit));
}

void vm_touch(struct workspace *ws, uint32_t index, const uint64_t *excluded, vm_touch_fn *touch, void *user) {
  const struct program *p = ws->linked->program;
  const struct unit *unit = &p->units[index];
  struct run run = {.excluded = excluded, .touch = touch, .user = user};
  if (unit->one_test)
    touch_bits(ws, &p->code[unit->begin], &run);
  else
    run_condition(ws, unit, &run);
}

void vm_pin(struct workspace *ws, uint32_t unit, enum answer_kind pinned) {
  ws->unit_done[unit] = ws->now;
  workspace_set_bit(ws, ws->linked->program->units[unit].bit, pinned);
}
