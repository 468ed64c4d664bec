/* Owns finding and compiling the rules that a verb works with, and showing what the compiler says.
 * Must never know: what the rules are used for. */
#ifndef CLI_RULES_H
#define CLI_RULES_H

#include <assay/ruleset.h>

#include "cli/opt.h"

struct rules_request {
  const struct opt_list *paths; /* none: the shipped rules */
  bool tests, lint;
};

/* Compiles. *diags, caller frees, may stay NULL; they are not shown. On failure *out is NULL and the exit code is the
 * answer. */
int rules_compile(struct cli *cli, assay_ruleset **out, assay_diags **diags, const struct rules_request *request);

/* Draws diagnostics into `out`, or on standard error where it is NULL. That a path of the command line cannot be
 * read is no finding in a file: it is complained of. */
void rules_show(struct cli *cli, struct out *out, const assay_diags *diags, bool warnings);

/* Both for verbs that use rules: draws the errors, not the warnings, on standard error. */
int rules_load(struct cli *cli, assay_ruleset **out, const struct opt_list *paths);

#endif
