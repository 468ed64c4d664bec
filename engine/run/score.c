/* Owns the arithmetic of a verdict: sums with their bounds, the action at a score, softening, what is settled.
 * Must never know: how an answer came about. */
#include "run/score.h"

#include "base/num.h"

void score_add(struct score *score, int64_t points, enum answer_kind answer) {
  int64_t down = num_min(0, points), up = num_max(0, points);
  switch (answer) {
    case ANSWER_YES:
      score->now += points, score->low += points, score->high += points;
      score->soon_low += points, score->soon_high += points, score->low_at_best += points;
      break;
    case ANSWER_NOT_YET:
      score->low += down, score->high += up;
      score->soon_low += down, score->soon_high += up, score->low_at_best += up;
      break;
    case ANSWER_FAILED: score->low += down, score->high += up, score->low_at_best += down; break;
    case ANSWER_NO:
    case ANSWER_NEVER: break;
  }
}

void score_add_falling(struct score *score, int64_t points) {
  score->low += num_min(0, points), score->high += num_max(0, points);
}

static int64_t clamp(int64_t value, int64_t floor, int64_t cap) {
  return num_max(floor, num_min(cap, value));
}

void score_clamp(struct score *score, int64_t floor, int64_t cap) {
  score->now = clamp(score->now, floor, cap);
  score->low = clamp(score->low, floor, cap);
  score->high = clamp(score->high, floor, cap);
  score->soon_low = clamp(score->soon_low, floor, cap);
  score->soon_high = clamp(score->soon_high, floor, cap);
  score->low_at_best = clamp(score->low_at_best, floor, cap);
}

bool score_is_zero(const struct score *score) {
  return (score->now | score->low | score->high | score->soon_low | score->soon_high | score->low_at_best) == 0;
}

void score_join(struct score *score, const struct score *more) {
  score->now += more->now;
  score->low += more->low;
  score->high += more->high;
  score->soon_low += more->soon_low;
  score->soon_high += more->soon_high;
  score->low_at_best += more->low_at_best;
}

bool score_may_move(const struct score *score) {
  return score->soon_low != score->soon_high || score->low != score->low_at_best;
}

enum action score_action(const struct threshold thresholds[ACTION_COUNT], int64_t score) {
  enum action action = ACTION_ACCEPT;
  for (unsigned a = ACTION_TAG; a < ACTION_COUNT; a++)
    if (thresholds[a].set && thresholds[a].at <= score) action = (enum action)a;
  return action;
}

static bool is_final(enum action action) {
  return action == ACTION_REJECT || action == ACTION_DISCARD;
}

/* Mail is refused for good only if that holds whatever a failed or late answer would have said. */
enum action score_verdict(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                          struct exempt_state exempts) {
  enum action action = score_action(thresholds, score->now);
  if (!is_final(action)) return action;
  bool open = exempts.not_yet || exempts.failed || score->low < thresholds[action].at;
  return open ? ACTION_DEFER : action;
}

/* Whether every final action that a score of up to the one for `last` may call for is softened. low never exceeds
 * low_at_best, which goes together with soon_high. */
static bool surely_softened(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                            struct exempt_state exempts, enum action first, enum action last) {
  if (exempts.stays_failed) return true;
  for (unsigned a = is_final(first) ? first : ACTION_REJECT; a <= last; a++)
    if (thresholds[a].set && score->low_at_best >= thresholds[a].at) return false;
  return true;
}

/* The score may still call for any action from first to last. They are one if they are the same and not softened, or if
 * each is defer or softened to it. */
bool score_settled(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                   struct exempt_state exempts) {
  enum action first = score_action(thresholds, score->soon_low), last = score_action(thresholds, score->soon_high);
  if (exempts.not_yet) return last == ACTION_ACCEPT;
  if (first == last && !is_final(first)) return true;
  if (first == last && !exempts.failed && score->low >= thresholds[first].at) return true;
  return first >= ACTION_DEFER && surely_softened(thresholds, score, exempts, first, last);
}
