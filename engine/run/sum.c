/* Owns `score of (…)`: the sum of rules' scores as an interval, compared with a constant in the modes of the run loop.
 * Must never know: group bounds, or the verdict. */
#include "run/sum.h"

#include "base/num.h"

/* Scores lie within a million thousandths and rules within a million, so no sum comes near the bounds of int64. */
struct sum_bounds sum_of_rules(const struct workspace *ws, const struct set *rules, const uint64_t *excluded) {
  struct sum_bounds sum = {0};
  const struct program *p = ws->linked->program;
  for (uint32_t i = 0; i < rules->count; i++) {
    int64_t score = p->rules[rules->rules[i]].score;
    uint32_t bit = p->rule_bits + rules->rules[i];
    enum answer_kind answer = workspace_bit(ws, bit);
    if (answer == ANSWER_YES) sum.low += score, sum.high += score;
    if (answer <= ANSWER_YES) continue;
    sum.open = true;
    bool stuck = excluded[bit / 64] >> bit % 64 & 1;
    *(stuck ? &sum.stuck_low : &sum.low) += num_min(0, score);
    *(stuck ? &sum.stuck_high : &sum.high) += num_max(0, score);
  }
  return sum;
}

bool sum_compare_passes(struct sum_bounds sum, enum sum_compare compare, int64_t with) {
  int64_t low = sum.low, high = sum.high, stuck_low = sum.stuck_low, stuck_high = sum.stuck_high;
  switch (compare) {
    case SUM_GE: return high + stuck_low >= with;
    case SUM_GT: return high + stuck_low > with;
    case SUM_LE: return low + stuck_high <= with;
    case SUM_LT: return low + stuck_high < with;
    case SUM_EQ: return stuck_low == stuck_high && low + stuck_low <= with && with <= high + stuck_low;
    case SUM_NE: return low + stuck_high < with || high + stuck_low > with;
  }
  return false;
}
