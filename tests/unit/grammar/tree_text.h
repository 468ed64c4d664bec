/* Writes the tree of the grammar as s-expressions, so that a test can say what it expects in one line. */
#ifndef UNIT_GRAMMAR_TREE_TEXT_H
#define UNIT_GRAMMAR_TREE_TEXT_H

#include "grammar/compile.h"

/* Operators stand first: (and a (not b)). After the pass of names a fact is <helo>, a let let:x, a named list
 * list:x, a map map:x; the set of an inline list is its items in braces. c may be NULL before that pass. */
void print_expr(struct buf *out, const struct compilation *c, const struct expr *e);

/* All statements, a blank between two. */
void print_statements(struct buf *out, const struct stmt *statements);

#endif
