/* Owns the entries of the lint passes.
 * Must never know: bytecode. */
#ifndef GRAMMAR_LINT_H
#define GRAMMAR_LINT_H

#include "grammar/ast.h"

struct compilation;

/* Whether two expressions ask the same of the same values. */
bool lint_same(const struct expr *a, const struct expr *b);

void lint_guards(struct compilation *c);  /* lint_guard.c, before folding */
void lint_regexes(struct compilation *c); /* lint_regex.c, before folding */
void lint_contradictions(struct compilation *c); /* lint_never.c, before folding */
void lint_rules(struct compilation *c);   /* lint.c, after folding */

#endif
