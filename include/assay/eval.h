/* Owns evaluation: facts in, verdict out. A pure function: no I/O, no clock, no lock.
 * Must never know: where facts come from. */
#ifndef ASSAY_EVAL_H
#define ASSAY_EVAL_H

#include <assay/facts.h>
#include <assay/ruleset.h>
#include <assay/status.h>
#include <assay/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Scratch memory of one thread, for any number of rule sets and connections. It grows to what the largest rule set and connection need, and then evaluation
 * allocates nothing. Since 0.1. */
typedef struct assay_workspace assay_workspace;

ASSAY_API assay_status assay_workspace_new(assay_workspace **out, const assay_alloc *alloc); /* caller frees */
ASSAY_API void assay_workspace_free(assay_workspace *workspace);

/* Evaluates the rules on the facts. Any number of threads may do so with one rule set, each with its own workspace
 * and verdict, and its own facts or facts that nobody changes. workspace NULL: the verdict makes one for itself and
 * keeps it. ASSAY_OK, or with the verdict emptied: ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT when rule set or facts are NULL,
 * or the rules use facts of a vocabulary that these facts were not made with. Since 0.1. */
ASSAY_API assay_status assay_evaluate(const assay_ruleset *ruleset, const assay_facts *facts,
                                      assay_workspace *workspace, assay_verdict *verdict);

#ifdef __cplusplus
}
#endif
#endif
