/* Owns what an unknown condition waits for: the facts and questions behind the unknown bits that it tests.
 * Must never know: why anybody wants to know. */
#ifndef RUN_WAITS_H
#define RUN_WAITS_H

#include "run/verdict.h"

/* Adds the waits of the unit to the verdict's latest open entry. */
assay_status waits_collect(struct verdict *verdict, struct workspace *workspace, uint32_t unit);

/* Whether a unit that has failed may come out false by what is not yet known: `failed and not yet` may. */
bool waits_may_fall(struct workspace *workspace, uint32_t unit);

/* Marks as wanted the questions that any of these units waits for. */
void waits_want(struct workspace *workspace, const uint32_t *units, size_t count);

#endif
