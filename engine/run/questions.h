/* Owns the questions of a verdict: the look-ups whose answers could still change its action.
 * Must never know: who answers them, or when. */
#ifndef RUN_QUESTIONS_H
#define RUN_QUESTIONS_H

#include "run/score.h"
#include "run/verdict.h"

/* Fills the verdict's questions from its open entries. `sums` are those of the groups, and behind them that of the rules
 * without a group. */
assay_status questions_collect(struct verdict *verdict, struct workspace *workspace, const struct score *sums);

#endif
