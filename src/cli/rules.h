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

/* Compiles. *diags, caller frees, may stay NULL. What keeps the rules from being read is said on standard error;
 * diagnostics are not. On failure *out is NULL and the exit code is the answer. */
int rules_compile(struct cli *cli, assay_ruleset **out, assay_diags **diags, const struct rules_request *request);

/* The same for verbs that use rules: draws the errors, not the warnings, on standard error. */
int rules_load(struct cli *cli, assay_ruleset **out, const struct opt_list *paths);

#endif
