/* Owns the public face of evaluation: workspaces, and the call itself.
 * Must never know: where facts come from. */
#include "lib/handles.h"

assay_status assay_workspace_new(assay_workspace **out, const assay_alloc *alloc) {
  if (!out) return ASSAY_BAD_ARGUMENT;
  *out = NULL;
  alloc = handle_alloc(alloc);
  assay_workspace *workspace = mem_new(alloc, sizeof *workspace);
  if (!workspace) return ASSAY_NO_MEMORY;
  workspace->alloc = alloc;
  assay_status status = workspace_new(&workspace->workspace, alloc);
  if (status == ASSAY_OK)
    *out = workspace;
  else
    mem_free(alloc, workspace, sizeof *workspace);
  return status;
}

void assay_workspace_free(assay_workspace *workspace) {
  if (!workspace) return;
  workspace_free(workspace->workspace);
  mem_free(workspace->alloc, workspace, sizeof *workspace);
}

/* The verdict keeps a reference, so that a rule set may be replaced while its verdicts are still being read. */
static void hold(assay_verdict *verdict, const assay_ruleset *ruleset) {
  if (verdict->ruleset == ruleset) return;
  assay_ruleset *old = verdict->ruleset;
  verdict->ruleset = assay_ruleset_ref((assay_ruleset *)(uintptr_t)ruleset);
  assay_ruleset_unref(old);
}

/* Nothing of the last connection is left in the verdict, or it would be taken for this one's. */
static assay_status refuse(assay_verdict *verdict, assay_status status) {
  if (verdict) verdict_clear(verdict->verdict);
  return status;
}

/* The caller's workspace, or the verdict's own, made when it is first needed. */
static struct workspace *workspace_for(assay_workspace *workspace, assay_verdict *verdict) {
  if (workspace) return workspace->workspace;
  if (!verdict->own) workspace_new(&verdict->own, verdict->alloc);
  return verdict->own;
}

assay_status assay_evaluate(const assay_ruleset *ruleset, const assay_facts *facts, assay_workspace *workspace,
                            assay_verdict *verdict) {
  if (!ruleset || !facts || !verdict) return refuse(verdict, ASSAY_BAD_ARGUMENT);
  if (ruleset->linked->host_facts && facts->vocabulary != ruleset->vocabulary) return refuse(verdict, ASSAY_BAD_ARGUMENT);
  struct workspace *scratch = workspace_for(workspace, verdict);
  hold(verdict, ruleset);
  if (!scratch) return refuse(verdict, ASSAY_NO_MEMORY);
  return verdict_evaluate(verdict->verdict, ruleset->linked, facts->facts, scratch);
}
