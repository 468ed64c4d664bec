/* Owns the calls of a host's functions: values out to it and its answer back, checked.
 * Must never know: what the function does, or which rule asks. */
#ifndef RUN_CALL_H
#define RUN_CALL_H

#include "run/workspace.h"

/* Memory for the function at work, that lives as long as the evaluation; NULL when there is none. */
void *call_memory(assay_call *call, size_t size);

#endif
