/* Owns `score of (…)`: the sum of rules' scores as an interval, compared with a constant in the modes of the run loop.
 * Must never know: group bounds, or the verdict. */
#ifndef RUN_SUM_H
#define RUN_SUM_H

#include "run/workspace.h"

/* What true rules and open ones add. An unknown rule adds 0 or its score: freely where its bit is not excluded (low to
 * high); where it is, nothing may be hoped of it (stuck_low to stuck_high). */
struct sum_bounds {
  int64_t low, high, stuck_low, stuck_high;
  bool open; /* some rule is unknown */
};

struct sum_bounds sum_of_rules(const struct workspace *ws, const struct set *rules, const uint64_t *excluded);

/* Whether some outcome of the free part makes the comparison hold for every outcome of the stuck part. */
bool sum_compare_passes(struct sum_bounds sum, enum sum_compare compare, int64_t with);

#endif
