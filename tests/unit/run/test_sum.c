/* Tests score of (…): sums of answers as intervals, compared with a constant in every way and every mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/sum.h"
#include "support/bench.h"

static void comparing_by_table(void **state) {
  (void)state;
  static const struct {
    struct sum_bounds sum; /* low, high, stuck_low, stuck_high */
    int64_t with;
    const char *passes; /* of == != < <= > >= */
  } rows[] = {
      {{1500, 1500, 0, 0, false}, 1500, "=  l g"},  {{1500, 1500, 0, 0, false}, 1499, " !  Gg"},
      {{1500, 1500, 0, 0, false}, 1501, " !Ll  "},  {{0, 3000, 0, 0, true}, 1500, "=!LlGg"},
      {{0, 3000, 0, 0, true}, 0, "=! lGg"},      {{0, 3000, 0, 0, true}, 3000, "=!Ll g"},
      {{0, 3000, 0, 0, true}, 3001, " !Ll  "},      {{0, 3000, 0, 0, true}, -1, " !  Gg"},
      {{0, 0, 0, 3000, true}, 1500, "      "},      {{0, 0, 0, 3000, true}, 0, "     g"},
      {{0, 0, 0, 3000, true}, 3000, "   l  "},      {{0, 0, 0, 3000, true}, 3001, " !Ll  "},
      {{0, 0, 0, 3000, true}, -1, " !  Gg"},        {{0, 0, -500, 0, true}, 0, "   l  "},
      {{0, 1000, 0, 500, true}, 1200, " !Ll  "},    {{0, 1000, -500, 0, true}, 400, " !LlGg"},
      {{0, 1000, -500, 500, true}, 1500, " !Ll  "},
  };
  static const char marks[] = "=!LlGg";
  static const enum sum_compare compares[] = {SUM_EQ, SUM_NE, SUM_LT, SUM_LE, SUM_GT, SUM_GE};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t k = 0; k < 6; k++) {
      bool passes = sum_compare_passes(rows[i].sum, compares[k], rows[i].with);
      if (passes != (rows[i].passes[k] == marks[k])) print_error("row %zu, comparison %c\n", i, marks[k]);
      assert_int_equal(passes, rows[i].passes[k] == marks[k]);
    }
}

/* --- against the definition: an interval, and reasons by what could still come --- */

enum { RULES = 3, COMPARES = 6 };

static const char *const names[RULES] = {"mail.smtputf8", "tls.verified", "session.early_talker"};
static const int64_t scores[RULES] = {1000, -500, 2000};

static void open_sums(struct bench *bench, int64_t with) {
  struct build b;
  feature_id f[RULES];
  build_init(&b, &mem_default);
  for (unsigned i = 0; i < RULES; i++) f[i] = build_test(&b, OP_TRUTH, build_fact(&b, names[i], TYPE_BOOL), 0, 0);
  uint32_t set = build_rules(&b, (const uint32_t[]){0, 1, 2}, RULES);
  build_layout(&b, RULES + COMPARES);
  for (uint32_t r = 0; r < RULES; r++)
    build_rule(&b, "R", scores[r], NO_INDEX, build_simple(&b, f[r], true, build_rule_bit(&b, r), 1));
  for (uint16_t k = 0; k < COMPARES; k++) {
    uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b);
    for (uint32_t r = 0; r < RULES; r++) build_need_unit(&b, b.rules.at[r].unit);
    builder_emit(&b.b,
                 (struct insn){.op = OP_SUM_TEST, .word = k, .d = fail, .mask = set, .value = (uint64_t)with});
    build_rule(&b, "SUM", 0, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, RULES + k), 1));
  }
  assert_true(bench_open(bench, &b, &mem_default));
}

/* The least and the most that the sum can be when those unknown for reasons up to `most` may still become true. */
static void interval(const enum answer_kind *stands, enum answer_kind most, int64_t *low, int64_t *high) {
  *low = *high = 0;
  for (unsigned r = 0; r < RULES; r++) {
    bool free = stands[r] > ANSWER_YES && stands[r] <= most;
    if (stands[r] == ANSWER_YES) *low += scores[r], *high += scores[r];
    if (free && scores[r] < 0) *low += scores[r];
    if (free && scores[r] > 0) *high += scores[r];
  }
}

static bool surely(enum sum_compare compare, int64_t low, int64_t high, int64_t with) {
  switch (compare) {
    case SUM_EQ: return low == with && high == with;
    case SUM_NE: return high < with || low > with;
    case SUM_LT: return high < with;
    case SUM_LE: return high <= with;
    case SUM_GT: return low > with;
    case SUM_GE: return low >= with;
  }
  return false;
}

static void against_the_interval(void **state) {
  (void)state;
  static const enum sum_compare negation[] = {SUM_NE, SUM_EQ, SUM_GE, SUM_GT, SUM_LE, SUM_LT};
  for (int64_t with = -1000; with <= 3500; with += 250) {
    struct bench bench;
    open_sums(&bench, with);
    for (unsigned row = 0; row < 125; row++) {
      const enum answer_kind stands[RULES] = {row % 5, row / 5 % 5, row / 25};
      for (unsigned r = 0; r < RULES; r++) {
        struct test_fact fact = {
            names[r],
            stands[r] == ANSWER_NO    ? "false"
            : stands[r] == ANSWER_YES ? "true"
                                      : NULL,
            stands[r] < ANSWER_NOT_YET ? WHY_NOT_YET : (enum why)(stands[r] - ANSWER_NOT_YET)};
        assert_true(test_facts_set(bench.facts, &fact, 1));
      }
      assert_int_equal(bench_run(&bench), ASSAY_OK);
      for (unsigned k = 0; k < COMPARES; k++) {
        int64_t low, high;
        enum answer_kind got = bench_answer(&bench, RULES + k);
        interval(stands, ANSWER_NEVER, &low, &high);
        bool yes = surely((enum sum_compare)k, low, high, with), no = surely(negation[k], low, high, with);
        if (k == SUM_EQ) no = with < low || with > high;
        if (k == SUM_NE) no = low == with && high == with;
        assert_int_equal(got == ANSWER_YES, yes);
        assert_int_equal(got == ANSWER_NO, no);
        /* not yet: only if some of it is; and what may never come is never waited for */
        bool late = stands[0] == ANSWER_NOT_YET || stands[1] == ANSWER_NOT_YET || stands[2] == ANSWER_NOT_YET;
        bool never = stands[0] == ANSWER_NEVER || stands[1] == ANSWER_NEVER || stands[2] == ANSWER_NEVER;
        if (got == ANSWER_NOT_YET) assert_true(late);
        if (got == ANSWER_NEVER) assert_true(never);
      }
    }
    bench_close(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(comparing_by_table), cmocka_unit_test(against_the_interval)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
