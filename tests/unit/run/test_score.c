/* Tests the arithmetic of a verdict: sums, bounds, softening by table; what is settled against all outcomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/score.h"

/* Thresholds as most tests have them: tag 1, greylist 2, defer 3, reject 5, discard 10. */
static const struct threshold usual[ACTION_COUNT] = {
    {false, 0, {NULL, 0}},   {true, 1000, {NULL, 0}}, {true, 2000, {NULL, 0}},
    {true, 3000, {NULL, 0}}, {true, 5000, {NULL, 0}}, {true, 10000, {NULL, 0}},
};
static const struct threshold reject_only[ACTION_COUNT] = {[ACTION_REJECT] = {true, 5000, {NULL, 0}}};
static const struct threshold below_zero[ACTION_COUNT] = {
    [ACTION_TAG] = {true, -1000, {NULL, 0}}, [ACTION_REJECT] = {true, 0, {NULL, 0}}};

static void sums_by_table(void **state) {
  (void)state;
  static const struct {
    int64_t points;
    enum answer_kind answer;
    struct score sum; /* now, low, high, soon_low, soon_high, low_at_best */
  } rows[] = {
      {1500, ANSWER_YES, {1500, 1500, 1500, 1500, 1500, 1500}},
      {-500, ANSWER_YES, {-500, -500, -500, -500, -500, -500}},
      {1500, ANSWER_NO, {0, 0, 0, 0, 0, 0}},
      {1500, ANSWER_NOT_YET, {0, 0, 1500, 0, 1500, 1500}},
      {-500, ANSWER_NOT_YET, {0, -500, 0, -500, 0, 0}},
      {1500, ANSWER_FAILED, {0, 0, 1500, 0, 0, 0}},
      {-500, ANSWER_FAILED, {0, -500, 0, 0, 0, -500}},
      {1500, ANSWER_NEVER, {0, 0, 0, 0, 0, 0}},
      {0, ANSWER_NOT_YET, {0, 0, 0, 0, 0, 0}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct score score = {0}, twice = {0};
    score_add(&score, rows[i].points, rows[i].answer);
    assert_memory_equal(&score, &rows[i].sum, sizeof score);
    score_join(&twice, &score);
    score_join(&twice, &score);
    assert_int_equal(twice.now, 2 * score.now);
    assert_int_equal(twice.low_at_best, 2 * score.low_at_best);
    score_clamp(&score, 0, 0);
    assert_memory_equal(&score, (&(struct score){0}), sizeof score);
  }
}

static void bounds_by_table(void **state) {
  (void)state;
  static const struct {
    int64_t floor, cap, before, after;
  } rows[] = {
      {-1000, 3000, 5000, 3000}, {-1000, 3000, -5000, -1000}, {-1000, 3000, 3000, 3000}, {-1000, 3000, 2999, 2999},
      {INT64_MIN, 3000, -5000, -5000}, {-1000, INT64_MAX, 5000, 5000}, {INT64_MIN, INT64_MAX, 7, 7}, {0, 0, 7, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t v = rows[i].before, w = rows[i].after;
    struct score score = {v, v, v, v, v, v}, after = {w, w, w, w, w, w};
    score_clamp(&score, rows[i].floor, rows[i].cap);
    assert_memory_equal(&score, &after, sizeof score);
  }
}

static void actions_by_table(void **state) {
  (void)state;
  static const struct {
    const struct threshold *thresholds;
    int64_t score;
    enum action action;
  } rows[] = {
      {usual, 0, ACTION_ACCEPT},        {usual, 999, ACTION_ACCEPT},     {usual, 1000, ACTION_TAG},
      {usual, 1999, ACTION_TAG},        {usual, 2000, ACTION_GREYLIST},  {usual, 3000, ACTION_DEFER},
      {usual, 4999, ACTION_DEFER},      {usual, 5000, ACTION_REJECT},    {usual, 9999, ACTION_REJECT},
      {usual, 10000, ACTION_DISCARD},   {usual, 1000000000, ACTION_DISCARD}, {usual, -1000000000, ACTION_ACCEPT},
      {reject_only, 4999, ACTION_ACCEPT}, {reject_only, 5000, ACTION_REJECT}, {below_zero, -1001, ACTION_ACCEPT},
      {below_zero, -1000, ACTION_TAG},  {below_zero, 0, ACTION_REJECT},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(score_action(rows[i].thresholds, rows[i].score), rows[i].action);
}

/* One rule and one exemption beside rules that are sure. */
static void softening_by_table(void **state) {
  (void)state;
  static const struct {
    const struct threshold *thresholds;
    int64_t sure, points;
    enum answer_kind answer, exempt;
    enum action action;
    bool settled;
  } rows[] = {
      /* all is known */
      {usual, 5000, 0, ANSWER_NO, ANSWER_NO, ACTION_REJECT, true},
      {usual, 4000, 0, ANSWER_NO, ANSWER_NO, ACTION_DEFER, true},
      /* a welcome list that failed, or is late, softens; one that never comes does not */
      {usual, 5000, -2000, ANSWER_FAILED, ANSWER_NO, ACTION_DEFER, true},
      {usual, 5000, -2000, ANSWER_NOT_YET, ANSWER_NO, ACTION_DEFER, false},
      {usual, 5000, -2000, ANSWER_NEVER, ANSWER_NO, ACTION_REJECT, true},
      {usual, 7000, -2000, ANSWER_FAILED, ANSWER_NO, ACTION_REJECT, true},
      {usual, 7000, -2000, ANSWER_NOT_YET, ANSWER_NO, ACTION_REJECT, true},
      {usual, 7000, -2001, ANSWER_NOT_YET, ANSWER_NO, ACTION_DEFER, false},
      /* a block list that failed adds nothing, and does not keep the verdict open; a late one does where it matters */
      {usual, 4000, 2000, ANSWER_FAILED, ANSWER_NO, ACTION_DEFER, true},
      {usual, 4000, 2000, ANSWER_NOT_YET, ANSWER_NO, ACTION_DEFER, false},
      {usual, 3000, 1000, ANSWER_NOT_YET, ANSWER_NO, ACTION_DEFER, true},
      {usual, 4000, 2000, ANSWER_NEVER, ANSWER_NO, ACTION_DEFER, true},
      {usual, 5000, 2000, ANSWER_NOT_YET, ANSWER_NO, ACTION_REJECT, true},
      /* exemptions: unanswered ones forbid a final action */
      {usual, 5000, 0, ANSWER_NO, ANSWER_FAILED, ACTION_DEFER, true},
      {usual, 5000, 0, ANSWER_NO, ANSWER_NOT_YET, ACTION_DEFER, false},
      {usual, 5000, 0, ANSWER_NO, ANSWER_NEVER, ACTION_REJECT, true},
      {usual, 2000, 0, ANSWER_NO, ANSWER_FAILED, ACTION_GREYLIST, true},
      {usual, 2000, 0, ANSWER_NO, ANSWER_NOT_YET, ACTION_GREYLIST, false},
      {usual, 0, 0, ANSWER_NO, ANSWER_NOT_YET, ACTION_ACCEPT, true},
      {usual, 0, 900, ANSWER_NOT_YET, ANSWER_NOT_YET, ACTION_ACCEPT, true},
      {usual, 0, 1000, ANSWER_NOT_YET, ANSWER_NOT_YET, ACTION_ACCEPT, false},
      /* discard is softened as well, and to defer at once: not to reject */
      {usual, 10000, -1, ANSWER_FAILED, ANSWER_NO, ACTION_DEFER, true},
      {usual, 10000, 0, ANSWER_NO, ANSWER_NO, ACTION_DISCARD, true},
      {reject_only, 5000, -1, ANSWER_FAILED, ANSWER_NO, ACTION_DEFER, true},
      {below_zero, 0, -500, ANSWER_FAILED, ANSWER_NO, ACTION_DEFER, true},
      {below_zero, 0, -2000, ANSWER_NOT_YET, ANSWER_NO, ACTION_DEFER, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct score score = {0};
    struct exempt_state exempts = {rows[i].exempt == ANSWER_NOT_YET, rows[i].exempt == ANSWER_FAILED};
    score_add(&score, rows[i].sure, ANSWER_YES);
    score_add(&score, rows[i].points, rows[i].answer);
    enum action action = score_verdict(rows[i].thresholds, &score, exempts);
    bool settled = score_settled(rows[i].thresholds, &score, exempts);
    if (action != rows[i].action || settled != rows[i].settled) print_error("row %zu\n", i);
    assert_int_equal(action, rows[i].action);
    assert_int_equal(settled, rows[i].settled);
  }
}

/* --- settled, by the definition: nothing that is not yet known can change the action --- */

enum { RULES = 5, GROUPS = 2 };

struct case_of {
  int64_t points[RULES];
  unsigned group[RULES];
  enum answer_kind answer[RULES], exempt;
  int64_t floor[GROUPS], cap[GROUPS];
};

static struct score total_of(const struct case_of *c, const enum answer_kind *answers) {
  struct score groups[GROUPS] = {{0}}, total = {0};
  for (unsigned r = 0; r < RULES; r++) score_add(&groups[c->group[r]], c->points[r], answers[r]);
  for (unsigned g = 0; g < GROUPS; g++) {
    score_clamp(&groups[g], c->floor[g], c->cap[g]);
    score_join(&total, &groups[g]);
  }
  return total;
}

static enum action action_of(const struct case_of *c, const enum answer_kind *answers, enum answer_kind exempt) {
  if (exempt == ANSWER_YES) return ACTION_ACCEPT;
  struct score score = total_of(c, answers);
  struct exempt_state state = {exempt == ANSWER_NOT_YET, exempt == ANSWER_FAILED};
  return score_verdict(usual, &score, state);
}

/* Tries every way in which what is not yet known can come out: no, yes, failed. */
static bool same_whatever_comes(const struct case_of *c, enum action action, int64_t low, int64_t high) {
  unsigned open = (c->exempt == ANSWER_NOT_YET) * 1u, ways = 1;
  for (unsigned r = 0; r < RULES; r++) open += c->answer[r] == ANSWER_NOT_YET;
  for (unsigned i = 0; i < open; i++) ways *= 3;
  static const enum answer_kind outcomes[] = {ANSWER_NO, ANSWER_YES, ANSWER_FAILED};
  bool same = true;
  for (unsigned way = 0; way < ways; way++) {
    enum answer_kind answers[RULES], exempt = c->exempt;
    unsigned left = way;
    for (unsigned r = 0; r < RULES; r++) {
      answers[r] = c->answer[r];
      if (answers[r] == ANSWER_NOT_YET) answers[r] = outcomes[left % 3], left /= 3;
    }
    if (exempt == ANSWER_NOT_YET) exempt = outcomes[left % 3];
    same &= action_of(c, answers, exempt) == action;
    struct score after = total_of(c, answers); /* the interval holds, and only narrows */
    assert_true(low <= after.low && after.low <= after.now && after.now <= after.high && after.high <= high);
  }
  return same;
}

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state >> 11;
}

static void settled_means_settled(void **state) {
  (void)state;
  uint64_t seed = 424242;
  size_t settled_count = 0;
  for (size_t i = 0; i < 20000; i++) {
    struct case_of c = {.exempt =
                            next_random(&seed) % 3 ? ANSWER_NO : (enum answer_kind)(2 + next_random(&seed) % 3)};
    for (unsigned r = 0; r < RULES; r++) {
      c.points[r] = (int64_t)(next_random(&seed) % 13) * 500 - 2000;
      c.group[r] = (unsigned)(next_random(&seed) % GROUPS);
      c.answer[r] = (enum answer_kind)(next_random(&seed) % 5);
    }
    for (unsigned g = 0; g < GROUPS; g++) {
      c.floor[g] = next_random(&seed) % 2 ? INT64_MIN : -(int64_t)(next_random(&seed) % 4) * 500;
      c.cap[g] = next_random(&seed) % 2 ? INT64_MAX : (int64_t)(next_random(&seed) % 12) * 500;
    }
    struct score score = total_of(&c, c.answer);
    struct exempt_state exempts = {c.exempt == ANSWER_NOT_YET, c.exempt == ANSWER_FAILED};
    bool settled = score_settled(usual, &score, exempts);
    bool same = same_whatever_comes(&c, score_verdict(usual, &score, exempts), score.low, score.high);
    assert_true(same || !settled);
    /* Where the score could still pass from defer to a reject that would be softened to it, waiting is only not needed. */
    if (score_action(usual, score.soon_low) == score_action(usual, score.soon_high))
      assert_int_equal(settled, same);
    settled_count += settled;
  }
  assert_in_range(settled_count, 2000, 18000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_by_table),      cmocka_unit_test(bounds_by_table), cmocka_unit_test(actions_by_table),
      cmocka_unit_test(softening_by_table), cmocka_unit_test(settled_means_settled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
