/* Tests the run loop: Kleene truth tables with their reasons through TEST, TEST_OR and COUNT, answers of answers, pins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/vm.h"
#include "support/bench.h"

enum { LITERALS = 3, STATES = 5, KINDS = 7 };

static const char *const names[LITERALS] = {"mail.smtputf8", "tls.verified", "session.early_talker"};

/* How a literal stands: no, yes, not yet, failed, never. */
static void set_state(struct facts *facts, const char *name, enum answer_kind state) {
  struct test_fact row = {name, state == ANSWER_NO ? "false" : state == ANSWER_YES ? "true" : NULL,
                          state < ANSWER_NOT_YET ? WHY_NOT_YET : (enum why)(state - ANSWER_NOT_YET)};
  assert_true(test_facts_set(facts, &row, 1));
}

static enum answer_kind flipped(enum answer_kind answer) {
  return answer == ANSWER_NO ? ANSWER_YES : answer == ANSWER_YES ? ANSWER_NO : answer;
}

/* Whether `least` of the literals hold when those unknown for the reasons up to `most` count as holding. */
static bool holds(const enum answer_kind *literals, unsigned least, enum answer_kind most) {
  unsigned count = 0;
  for (unsigned i = 0; i < LITERALS; i++) count += literals[i] != ANSWER_NO && literals[i] <= most;
  return count >= least;
}

static enum answer_kind expected(const enum answer_kind *literals, unsigned least) {
  static const enum answer_kind order[] = {ANSWER_YES, ANSWER_NOT_YET, ANSWER_FAILED, ANSWER_NEVER};
  for (unsigned i = 0; i < 4; i++)
    if (holds(literals, least, order[i])) return order[i];
  return ANSWER_NO;
}

static struct insn literal(const struct build *b, unsigned op, const feature_id *f, unsigned i, unsigned wanted,
                           uint32_t to) {
  return build_literal(b, op, f[i], wanted >> i & 1, to);
}

/* All in one mask, which holds since the features lie in one word. */
static struct insn literals(const struct build *b, unsigned op, const feature_id *f, unsigned wanted,
                            uint32_t to) {
  struct insn all = literal(b, op, f, 0, wanted, to);
  for (unsigned i = 1; i < LITERALS; i++) {
    struct insn one = literal(b, op, f, i, wanted, to);
    assert_int_equal(one.word, all.word);
    all.mask |= one.mask, all.value |= one.value;
  }
  return all;
}

/* The same three literals, combined in each way that code can: and, or, at least n. */
static uint32_t combine(struct build *b, const feature_id *f, unsigned wanted, unsigned kind) {
  uint32_t begin = builder_begin(&b->b), fail = builder_label(&b->b), done = builder_label(&b->b);
  struct insn zero = {.op = OP_COUNT_ZERO}, test = {.op = OP_COUNT_TEST, .a = kind - 3, .d = fail};
  switch (kind) {
    case 0: builder_emit(&b->b, literals(b, OP_TEST, f, wanted, fail)); break;
    case 1:
      for (unsigned i = 0; i < LITERALS; i++) builder_emit(&b->b, literal(b, OP_TEST, f, i, wanted, fail));
      break;
    case 2:
      builder_emit(&b->b, literal(b, OP_TEST_OR, f, 0, wanted, done));
      builder_emit(&b->b, literal(b, OP_TEST_OR, f, 1, wanted, done));
      builder_emit(&b->b, literal(b, OP_TEST, f, 2, wanted, fail));
      break;
    case 3: /* or, as a jump over the way out */
      for (unsigned i = 0; i < LITERALS; i++) builder_emit(&b->b, literal(b, OP_TEST_OR, f, i, wanted, done));
      builder_emit(&b->b, (struct insn){.op = OP_JUMP, .d = fail});
      break;
    default:
      builder_emit(&b->b, zero);
      if (wanted & 1)
        builder_emit(&b->b, literals(b, OP_COUNT, f, wanted, 0));
      else
        for (unsigned i = 0; i < LITERALS; i++) builder_emit(&b->b, literal(b, OP_COUNT, f, i, wanted, 0));
      builder_emit(&b->b, test);
  }
  builder_place(&b->b, done);
  return build_pass(b, begin, fail, build_rule_bit(b, kind), 1);
}

static void open_tables(struct bench *bench, unsigned wanted) {
  struct build b;
  feature_id f[LITERALS];
  build_init(&b, &mem_default);
  for (unsigned i = 0; i < LITERALS; i++)
    f[i] = build_test(&b, OP_TRUTH, build_fact(&b, names[i], TYPE_BOOL), 0, 0);
  build_layout(&b, KINDS);
  for (unsigned kind = 0; kind < KINDS; kind++) build_rule(&b, "KIND", 0, NO_INDEX, combine(&b, f, wanted, kind));
  assert_true(bench_open(bench, &b, &mem_default));
}

static void truth_tables(void **state) {
  (void)state;
  static const unsigned least[KINDS] = {3, 3, 1, 1, 1, 2, 3};
  for (unsigned wanted = 0; wanted < 1u << LITERALS; wanted++) {
    struct bench bench;
    open_tables(&bench, wanted);
    for (unsigned row = 0; row < STATES * STATES * STATES; row++) {
      enum answer_kind stands[LITERALS] = {row % 5, row / 5 % 5, row / 25};
      for (unsigned i = 0; i < LITERALS; i++) {
        set_state(bench.facts, names[i], stands[i]);
        if (!(wanted >> i & 1)) stands[i] = flipped(stands[i]);
      }
      assert_int_equal(bench_run(&bench), ASSAY_OK);
      for (unsigned kind = 0; kind < KINDS; kind++)
        assert_int_equal(bench_answer(&bench, kind), expected(stands, least[kind]));
    }
    bench_close(&bench);
  }
}

/* A test that goes on at PASS when it fails decides nothing, though the code looks like that of most conditions. */
static void a_test_that_passes_either_way(void **state) {
  (void)state;
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  feature_id f = build_test(&b, OP_TRUTH, build_fact(&b, names[0], TYPE_BOOL), 0, 0);
  build_layout(&b, 1);
  uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b), pass = builder_label(&b.b);
  builder_emit(&b.b, build_literal(&b, OP_TEST, f, true, pass));
  builder_place(&b.b, pass);
  build_rule(&b, "EITHER", 0, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, 0), 1));
  assert_true(bench_open(&bench, &b, &mem_default));
  for (enum answer_kind stands = ANSWER_NO; stands <= ANSWER_NEVER; stands++) {
    set_state(bench.facts, names[0], stands);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_int_equal(bench_answer(&bench, 0), ANSWER_YES);
  }
  bench_close(&bench);
}

/* RULE and not RULE: the answer passes on with its reason. Unknown and not unknown is unknown: no excluded middle. */
static void answers_of_answers(void **state) {
  (void)state;
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  feature_id f = build_test(&b, OP_TRUTH, build_fact(&b, names[0], TYPE_BOOL), 0, 0);
  build_layout(&b, 4);
  uint32_t first = build_simple(&b, f, true, build_rule_bit(&b, 0), 1);
  build_rule(&b, "A", 0, NO_INDEX, first);
  for (uint32_t r = 1; r < 4; r++) { /* A; not A; A and not A */
    uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b);
    build_need_unit(&b, first);
    if (r & 1) builder_emit(&b.b, build_bit(OP_TEST, build_rule_bit(&b, 0), true, fail));
    if (r & 2) builder_emit(&b.b, build_bit(OP_TEST, build_rule_bit(&b, 0), false, fail));
    build_rule(&b, "B", 0, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, r), 1));
  }
  assert_true(bench_open(&bench, &b, &mem_default));
  for (enum answer_kind stands = ANSWER_NO; stands <= ANSWER_NEVER; stands++) {
    set_state(bench.facts, names[0], stands);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_int_equal(bench_answer(&bench, 0), stands);
    assert_int_equal(bench_answer(&bench, 1), stands);
    assert_int_equal(bench_answer(&bench, 2), flipped(stands));
    assert_int_equal(bench_answer(&bench, 3), stands <= ANSWER_YES ? ANSWER_NO : stands);
    for (enum answer_kind pinned = ANSWER_NO; pinned <= ANSWER_NEVER; pinned++) {
      struct verdict_pin pin = {0, pinned};
      enum answer_kind got;
      assert_int_equal(verdict_judge(&got, 2, &pin, 1, bench.linked, bench.facts, bench.ws), ASSAY_OK);
      assert_int_equal(got, flipped(pinned));
    }
  }
  bench_close(&bench);
}

struct touched {
  uint32_t bits[8];
  size_t count;
};

static void note(void *user, uint32_t bit) {
  struct touched *touched = user;
  if (touched->count < 8) touched->bits[touched->count++] = bit;
}

/* What an `and` touches ends where it fails for sure; an `or` goes on behind what is unknown. */
static void touching(void **state) {
  (void)state;
  static const struct {
    enum answer_kind stands[LITERALS];
    size_t by_and, by_or;
  } rows[] = {
      {{ANSWER_YES, ANSWER_YES, ANSWER_YES}, 0, 0},         {{ANSWER_NOT_YET, ANSWER_YES, ANSWER_YES}, 1, 1},
      {{ANSWER_YES, ANSWER_YES, ANSWER_FAILED}, 1, 0},      {{ANSWER_NO, ANSWER_NOT_YET, ANSWER_NO}, 0, 1},
      {{ANSWER_NOT_YET, ANSWER_FAILED, ANSWER_NEVER}, 1, 3}, {{ANSWER_NO, ANSWER_NO, ANSWER_NOT_YET}, 0, 1},
  };
  struct bench bench;
  open_tables(&bench, 7);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (unsigned k = 0; k < LITERALS; k++) set_state(bench.facts, names[k], rows[i].stands[k]);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    struct touched by_and = {.count = 0}, by_or = {.count = 0};
    vm_touch(bench.ws, bench.linked->program->rules[1].unit, bench.ws->all, note, &by_and);
    vm_touch(bench.ws, bench.linked->program->rules[2].unit, bench.ws->all, note, &by_or);
    assert_int_equal(by_and.count, rows[i].by_and);
    assert_int_equal(by_or.count, rows[i].by_or);
  }
  bench_close(&bench);
}

/* A disabled rule is false, and its negation true, to the verdict and to whoever names it. */
static void disabled_rules_are_false(void **state) {
  (void)state;
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  feature_id f = build_test(&b, OP_TRUTH, build_fact(&b, names[0], TYPE_BOOL), 0, 0);
  build_layout(&b, 2);
  uint32_t first = build_simple(&b, f, true, build_rule_bit(&b, 0), 1),
           negated = build_simple(&b, f, false, NO_INDEX, 1);
  build_rule(&b, "A", 1000, NO_INDEX, first);
  b.rules.at[0].disabled = true;
  b.rules.at[0].negated = negated;
  uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b);
  build_need_unit(&b, negated);
  builder_emit(&b.b, build_bit(OP_TEST, b.b.units.at[negated].bit, true, fail));
  build_rule(&b, "NOT_A", 500, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, 1), 1));
  assert_true(bench_open(&bench, &b, &mem_default));
  for (enum answer_kind stands = ANSWER_NO; stands <= ANSWER_NEVER; stands++) {
    set_state(bench.facts, names[0], stands);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_int_equal(bench_answer(&bench, 0), ANSWER_NO);
    assert_int_equal(bench_answer(&bench, 1), ANSWER_YES);
    assert_int_equal(bench.verdict->score, 500);
    assert_int_equal(bench.verdict->open_count, 0);
    enum answer_kind judged; /* the condition itself does not know that it is disabled */
    assert_int_equal(verdict_judge(&judged, 0, NULL, 0, bench.linked, bench.facts, bench.ws), ASSAY_OK);
    assert_int_equal(judged, stands);
  }
  bench_close(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(truth_tables), cmocka_unit_test(answers_of_answers), cmocka_unit_test(touching),
      cmocka_unit_test(disabled_rules_are_false), cmocka_unit_test(a_test_that_passes_either_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
