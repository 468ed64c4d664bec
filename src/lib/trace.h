/* Owns the picture of a condition that shows why it answered as it did: each part, its answer, the values it saw.
 * Must never know: tests. */
#ifndef LIB_TRACE_H
#define LIB_TRACE_H

#include "lib/handles.h"

/* Draws the condition as the workspace's latest evaluation left it; parts that it did not need are computed now. */
void trace_condition(struct buf *out, const struct compilation *c, struct workspace *workspace, const struct expr *e);

#endif
