/* Owns the entries of the lint passes.
 * Must never know: bytecode. */
#ifndef GRAMMAR_LINT_H
#define GRAMMAR_LINT_H

struct compilation;

void lint_guards(struct compilation *c);  /* lint_guard.c, before folding */
void lint_regexes(struct compilation *c); /* lint_regex.c, before folding */
void lint_rules(struct compilation *c);   /* lint.c, after folding */

#endif
