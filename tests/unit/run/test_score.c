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
static const struct threshold no_reject[ACTION_COUNT] = {
    [ACTION_DEFER] = {true, 3000, {NULL, 0}}, [ACTION_DISCARD] = {true, 10000, {NULL, 0}}};
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

/* It may take from the score, and it may not: neither bound of what is sure moves. */
static void a_failure_that_may_fall(void **state) {
  (void)state;
  struct score down = {0}, up = {0};
  score_add_falling(&down, -500);
  score_add_falling(&up, 500);
  assert_memory_equal(&down, (&(struct score){.low = -500}), sizeof down);
  assert_memory_equal(&up, (&(struct score){.high = 500}), sizeof up);
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

static void what_may_move_by_table(void **state) {
  (void)state;
  static const struct {
    int64_t sure, soon, failed, floor, cap;
    bool may_move;
  } rows[] = {
      {0, 1, 0, INT64_MIN, INT64_MAX, true},  {0, -1, 0, INT64_MIN, INT64_MAX, true},
      {0, 0, -1, INT64_MIN, INT64_MAX, false}, {5, 1, 0, INT64_MIN, 5, false},
      {5, 1, 0, INT64_MIN, 6, true},          {-5, -1, 0, -5, INT64_MAX, false},
      {5, -1, 0, INT64_MIN, 5, true},         {6, -1, 0, INT64_MIN, 5, false},
      {5, 1, -1, INT64_MIN, 5, true}, /* it decides whether the failed one softens */
      {5, 1, 1, INT64_MIN, 5, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct score score = {0};
    score_add(&score, rows[i].sure, ANSWER_YES);
    score_add(&score, rows[i].soon, ANSWER_NOT_YET);
    score_add(&score, rows[i].failed, ANSWER_FAILED);
    score_clamp(&score, rows[i].floor, rows[i].cap);
    if (score_may_move(&score) != rows[i].may_move) fail_msg("row %zu", i);
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

static struct exempt_state exempts_of(enum answer_kind exempt) {
  return (struct exempt_state){exempt == ANSWER_NOT_YET, exempt == ANSWER_FAILED, exempt == ANSWER_FAILED};
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
    struct exempt_state exempts = exempts_of(rows[i].exempt);
    score_add(&score, rows[i].sure, ANSWER_YES);
    score_add(&score, rows[i].points, rows[i].answer);
    enum action action = score_verdict(rows[i].thresholds, &score, exempts);
    bool settled = score_settled(rows[i].thresholds, &score, exempts);
    if (action != rows[i].action || settled != rows[i].settled) print_error("row %zu\n", i);
    assert_int_equal(action, rows[i].action);
    assert_int_equal(settled, rows[i].settled);
  }
}

/* Defer and what is softened to it are one answer: a sure rule, one that failed, two that are late. */
static void deferred_either_way_by_table(void **state) {
  (void)state;
  static const struct {
    const struct threshold *thresholds;
    int64_t sure, failed, late[2];
    enum answer_kind exempt;
    bool settled;
  } rows[] = {
      /* now defer, later perhaps reject, which the failed look-up could have prevented */
      {usual, 4000, -2000, {1500, 0}, ANSWER_NO, true},
      {usual, 3000, -2000, {1500, 0}, ANSWER_NO, true}, /* never more than defer */
      {usual, 4000, -2000, {2999, 0}, ANSWER_NO, true},
      {usual, 4000, -2000, {3000, 0}, ANSWER_NO, false}, /* 5 even with the failed one: refused */
      {usual, 4000, 0, {1000, 0}, ANSWER_NO, false},
      {usual, 4000, 2000, {1000, 0}, ANSWER_NO, false}, /* it could only have made things worse */
      {usual, 2999, -2000, {2500, 0}, ANSWER_NO, false}, /* but greylist is not defer */
      {usual, 6000, -2000, {0, -1500}, ANSWER_NO, true},
      {usual, 6000, -2000, {0, -3500}, ANSWER_NO, false},
      {usual, 4000, 0, {1500, 0}, ANSWER_FAILED, true},
      {usual, 4000, 0, {9000, 0}, ANSWER_FAILED, true},
      {usual, 2000, 0, {9000, 0}, ANSWER_FAILED, false},
      {usual, 4000, -2000, {1500, 0}, ANSWER_NOT_YET, false},
      /* up to discard, past reject: neither is meant */
      {usual, 4000, -9000, {6000, 0}, ANSWER_NO, true},
      {usual, 9000, -9000, {1000, 0}, ANSWER_NO, true},
      {usual, 9000, -3000, {1000, 0}, ANSWER_NO, false}, /* discard is softened, reject is not */
      {usual, 4000, -4000, {2000, 5000}, ANSWER_NO, false}, /* 9 is refused, by 5; 11 deferred */
      {usual, 4000, -1000, {7000, 0}, ANSWER_NO, false},
      {no_reject, 4000, -4000, {7000, 0}, ANSWER_NO, true},
      {no_reject, 4000, -1000, {7000, 0}, ANSWER_NO, false},
      {reject_only, 4000, -4000, {2000, 0}, ANSWER_NO, false}, /* accept, or defer */
      {reject_only, 5000, -4000, {2000, 0}, ANSWER_NO, true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct score score = {0};
    struct exempt_state exempts = exempts_of(rows[i].exempt);
    score_add(&score, rows[i].sure, ANSWER_YES);
    score_add(&score, rows[i].failed, ANSWER_FAILED);
    for (size_t late = 0; late < 2; late++) score_add(&score, rows[i].late[late], ANSWER_NOT_YET);
    bool settled = score_settled(rows[i].thresholds, &score, exempts);
    if (settled != rows[i].settled) print_error("row %zu\n", i);
    assert_int_equal(settled, rows[i].settled);
    if (settled) assert_int_equal(score_verdict(rows[i].thresholds, &score, exempts), ACTION_DEFER);
  }
}

/* --- settled, by the definition: nothing that is not yet known can change the action --- */

enum { RULES = 5, GROUPS = 2, OUTCOMES = 3 };

struct case_of {
  const struct threshold *thresholds;
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
  return score_verdict(c->thresholds, &score, exempts_of(exempt));
}

/* One way in which what is not yet known comes out; the digits of `way`, to the base of the outcomes, say which. */
static enum answer_kind complete(const struct case_of *c, unsigned way, enum answer_kind answers[RULES]) {
  static const enum answer_kind outcomes[OUTCOMES] = {ANSWER_NO, ANSWER_YES, ANSWER_FAILED};
  for (unsigned r = 0; r < RULES; r++) {
    answers[r] = c->answer[r];
    if (answers[r] == ANSWER_NOT_YET) answers[r] = outcomes[way % OUTCOMES], way /= OUTCOMES;
  }
  return c->exempt == ANSWER_NOT_YET ? outcomes[way % OUTCOMES] : c->exempt;
}

static unsigned ways_of(const struct case_of *c) {
  unsigned ways = c->exempt == ANSWER_NOT_YET ? OUTCOMES : 1;
  for (unsigned r = 0; r < RULES; r++) ways *= c->answer[r] == ANSWER_NOT_YET ? OUTCOMES : 1;
  return ways;
}

/* Tries every way. On each, the interval must hold, and only narrow. */
static bool same_whatever_comes(const struct case_of *c) {
  struct score before = total_of(c, c->answer);
  enum action action = action_of(c, c->answer, c->exempt);
  unsigned ways = ways_of(c);
  bool same = true;
  for (unsigned way = 0; way < ways; way++) {
    enum answer_kind answers[RULES], exempt = complete(c, way, answers);
    struct score after = total_of(c, answers);
    same &= action_of(c, answers, exempt) == action;
    assert_true(before.low <= after.low && after.low <= after.now);
    assert_true(after.now <= after.high && after.high <= before.high);
    assert_true(before.soon_low <= after.now && after.now <= before.soon_high && after.low <= before.low_at_best);
  }
  return same;
}

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state >> 11;
}

static void make_case(struct case_of *c, uint64_t *seed) {
  static const struct threshold *const sets[] = {usual, usual, no_reject, reject_only, below_zero};
  *c = (struct case_of){.thresholds = sets[next_random(seed) % (sizeof sets / sizeof *sets)]};
  c->exempt = next_random(seed) % 3 ? ANSWER_NO : (enum answer_kind)(2 + next_random(seed) % 3);
  for (unsigned r = 0; r < RULES; r++) {
    c->points[r] = (int64_t)(next_random(seed) % 17) * 500 - 3000;
    c->group[r] = (unsigned)(next_random(seed) % GROUPS);
    c->answer[r] = (enum answer_kind)(next_random(seed) % 5);
  }
  for (unsigned g = 0; g < GROUPS; g++) {
    c->floor[g] = next_random(seed) % 2 ? INT64_MIN : -(int64_t)(next_random(seed) % 4) * 500;
    c->cap[g] = next_random(seed) % 2 ? INT64_MAX : (int64_t)(next_random(seed) % 12) * 500;
  }
}

/* Where only trying all sums could tell: see run/score.h. */
static bool only_sums_tell(const struct threshold *t, const struct score *score) {
  const struct threshold *reject = &t[ACTION_REJECT], *discard = &t[ACTION_DISCARD];
  bool both = reject->set && discard->set && score->soon_low < discard->at && score->soon_high >= discard->at;
  return both && reject->at <= score->low_at_best && score->low_at_best < discard->at;
}

typedef bool settled_fn(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                        struct exempt_state exempts);

struct tally {
  size_t settled, wrongly, needlessly_open; /* the last: where the rule says that it is exact */
};

static struct tally hold_against_all_outcomes(settled_fn *settled_by) {
  uint64_t seed = 424242;
  struct tally tally = {0};
  for (size_t i = 0; i < 40000; i++) {
    struct case_of c;
    make_case(&c, &seed);
    struct score score = total_of(&c, c.answer);
    bool settled = settled_by(c.thresholds, &score, exempts_of(c.exempt)), same = same_whatever_comes(&c);
    tally.settled += settled;
    tally.wrongly += settled && !same;
    tally.needlessly_open += !settled && same && !only_sums_tell(c.thresholds, &score);
  }
  return tally;
}

static void settled_means_settled(void **state) {
  (void)state;
  struct tally tally = hold_against_all_outcomes(score_settled);
  assert_int_equal(tally.wrongly, 0);
  assert_int_equal(tally.needlessly_open, 0);
  assert_in_range(tally.settled, 10000, 35000);
}

/* --- rules that are nearly right must be found out --- */

static bool unsoftened_alone(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                             struct exempt_state exempts) {
  return score_action(thresholds, score->soon_low) == score_action(thresholds, score->soon_high) &&
         score_settled(thresholds, score, exempts);
}

static bool by_the_low_of_now(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                              struct exempt_state exempts) {
  struct score wrong = *score;
  wrong.low_at_best = score->low;
  return score_settled(thresholds, &wrong, exempts);
}

static bool greylist_is_defer(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                              struct exempt_state exempts) {
  struct score wrong = *score;
  if (score_action(thresholds, score->soon_low) == ACTION_GREYLIST) wrong.soon_low = thresholds[ACTION_DEFER].at;
  return score_settled(thresholds, &wrong, exempts);
}

/* As if only the harshest action in reach had to be softened. */
static bool harshest_alone(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                           struct exempt_state exempts) {
  struct threshold wrong[ACTION_COUNT];
  for (unsigned a = 0; a < ACTION_COUNT; a++) wrong[a] = thresholds[a];
  enum action first = score_action(thresholds, score->soon_low);
  if (first == ACTION_DEFER && score->soon_high >= wrong[ACTION_DISCARD].at)
    wrong[ACTION_REJECT].set = !wrong[ACTION_DISCARD].set;
  return score_settled(wrong, score, exempts);
}

static bool exemptions_forgotten(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                                 struct exempt_state exempts) {
  (void)exempts;
  return score_settled(thresholds, score, (struct exempt_state){false, false, false});
}

static void mistakes_are_found(void **state) {
  (void)state;
  static const struct {
    settled_fn *mistake;
    bool safe; /* it only leaves open what is settled */
  } rows[] = {
      {unsoftened_alone, true}, {by_the_low_of_now, false}, {greylist_is_defer, false},
      {harshest_alone, false},  {exemptions_forgotten, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct tally tally = hold_against_all_outcomes(rows[i].mistake);
    assert_int_equal(rows[i].safe, tally.wrongly == 0);
    assert_true(tally.wrongly + tally.needlessly_open > 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_by_table), cmocka_unit_test(a_failure_that_may_fall),         cmocka_unit_test(bounds_by_table),
      cmocka_unit_test(actions_by_table),      cmocka_unit_test(softening_by_table),
      cmocka_unit_test(deferred_either_way_by_table), cmocka_unit_test(settled_means_settled),
      cmocka_unit_test(mistakes_are_found),     cmocka_unit_test(what_may_move_by_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
