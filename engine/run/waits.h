/* Owns what an unknown condition waits for: the facts and questions behind the unknown bits that it tests.
 * Must never know: why anybody wants to know. */
#ifndef RUN_WAITS_H
#define RUN_WAITS_H

#include "run/verdict.h"

/* Adds the waits of the unit to that open entry of the verdict. */
assay_status waits_collect(struct verdict *verdict, struct verdict_open *open, struct workspace *workspace,
                           uint32_t unit);

/* Whether a unit that has failed may come out false by what is not yet known: `failed and not yet` may. */
bool waits_may_fall(struct workspace *workspace, uint32_t unit);

/* Walks on from the unit to what it waits for, in the walk at hand (workspace_walk): what several units share is followed
 * once. waits_wants: whether that walk has come to the slot that asks. */
void waits_want(struct workspace *workspace, uint32_t unit);
bool waits_wants(const struct workspace *workspace, const struct asking *asking);

#endif
