/* Owns evaluation: facts in, verdict out. A pure function: no I/O, no clock, no lock.
 * Must never know: where facts come from. */
#ifndef ASSAY_EVAL_H
#define ASSAY_EVAL_H

#include <assay/alloc.h>
#include <assay/facts.h>
#include <assay/ruleset.h>
#include <assay/status.h>
#include <assay/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Scratch memory, for any number of rule sets and connections in turn, all of which it may outlive. It grows to
 * what the largest rule set and connection need, and then evaluation allocates nothing. One thread at a time. Since
 * 0.1. */
typedef struct assay_workspace assay_workspace;

/* Makes a workspace. alloc NULL: malloc; else it must outlive the workspace. ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT
 * when out is NULL. Caller frees with assay_workspace_free. Since 0.1. */
ASSAY_API assay_status assay_workspace_new(assay_workspace **out, const assay_alloc *alloc);

/* Frees the workspace; NULL is allowed. Since 0.1. */
ASSAY_API void assay_workspace_free(assay_workspace *workspace);

/* Evaluates the rules on the facts, and fills the verdict anew. The same rule set and facts give the same verdict.
 * Any number of threads may do so with one rule set, each with its own workspace and verdict, and its own facts or
 * facts that nobody changes. workspace NULL: the verdict makes one for itself and keeps it. ASSAY_OK, or with the
 * verdict emptied (a score of 0, ASSAY_ACCEPT, not settled, nothing listed): ASSAY_NO_MEMORY, and the same call may
 * be made again; ASSAY_BAD_ARGUMENT when rule set, facts or verdict are NULL, or the rules use facts of a
 * vocabulary that these facts were not made with. Since 0.1. */
ASSAY_API assay_status assay_evaluate(const assay_ruleset *ruleset, const assay_facts *facts,
                                      assay_workspace *workspace, assay_verdict *verdict);

#ifdef __cplusplus
}
#endif
#endif
