/* Owns the arithmetic of a verdict: sums with their bounds, the action at a score, softening, what is settled.
 * Must never know: how an answer came about. */
#ifndef RUN_SCORE_H
#define RUN_SCORE_H

#include "program/program.h"
#include "run/value.h"

/* What a score may still become. All thousandths. */
struct score {
  int64_t now;             /* what true rules add */
  int64_t low, high;       /* with what is not yet known or failed for now */
  int64_t soon_low, soon_high; /* with what is not yet known alone */
  int64_t low_at_best;     /* low, once what is not yet known has come out for the worst (of the sender) */
};

/* Adds a rule's part: true, or unknown for a reason. */
void score_add(struct score *score, int64_t points, enum answer_kind answer);

/* Adds that of a rule that failed, and that what is not yet known may still make false. */
void score_add_falling(struct score *score, int64_t points);
void score_clamp(struct score *score, int64_t floor, int64_t cap);

/* Such a one need not be bounded or joined: bounds hold 0. */
bool score_is_zero(const struct score *score);
void score_join(struct score *score, const struct score *more);

/* Whether what is not yet known can still change it. */
bool score_may_move(const struct score *score);

/* How exemptions stand that are not false. */
struct exempt_state {
  bool not_yet, failed;
  bool stays_failed; /* some of those that failed will not come out false before the failure is mended */
};

enum action score_action(const struct threshold thresholds[ACTION_COUNT], int64_t score);

/* The action to use, with its one softening. */
enum action score_verdict(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                          struct exempt_state exempts);

/* Whether nothing that is not yet known can change that action. Never says so wrongly. Says no where only trying all sums
 * could tell: when both reject and discard are in reach, and a low at its best lies between their thresholds. */
bool score_settled(const struct threshold thresholds[ACTION_COUNT], const struct score *score,
                   struct exempt_state exempts);

#endif
