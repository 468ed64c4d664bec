/* Owns what is said of a name that nothing defines.
 * Must never know: where names are used. */
#ifndef GRAMMAR_UNKNOWN_H
#define GRAMMAR_UNKNOWN_H

#include "grammar/compile.h"
#include "grammar/tables.h"

/* Kinds of symbols, as a set. */
#define KIND(kind) (1u << SYMBOL_##kind)

/* Whether nearer names are still looked for: that goes through all there are, so only the first mistakes are helped. */
bool unknown_searches(const struct compilation *c);

/* Offers the names of these kinds, those of broken statements, and any that differs in the case of letters alone. */
void unknown_offer(const struct compilation *c, struct nearest *nearest, unsigned kinds);

/* Adds the suggestion, if there is a good one. */
void unknown_suggest(struct compilation *c, const struct nearest *nearest);

/* Whether nothing need be said of the name: its letters, its statement or its file are wrong, which has been said.
 * `near`: there is one that may have been meant, so a slip is likelier than a missing file. */
bool unknown_follows(struct compilation *c, struct word name, bool near);

/* Says that there is nothing of the first of these kinds called so, and suggests one of them, unless it follows. */
void unknown_report(struct compilation *c, struct word name, unsigned kinds);

/* Gives the name the meaning BROKEN or UNREAD, unless it has one: then, and when memory is out, false. */
bool unknown_lose(struct compilation *c, struct word name, enum symbol_kind kind);

/* Notes that a file was not read, and the include that names it, if one does. */
void unknown_missing_file(struct compilation *c, struct span include);

/* Says, once, that names may stand in a file that was not read. */
void unknown_summary(struct compilation *c);

#endif
