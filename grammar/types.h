/* Owns what the parts of the type pass share.
 * Must never know: bytecode. */
#ifndef GRAMMAR_TYPES_H
#define GRAMMAR_TYPES_H

#include "grammar/compile.h"

/* Gives the expression its type; TYPE_COUNT_OF where it is no value, or after an error that has been said. Any value
 * may stand as a condition: it is asked whether it is empty or zero. */
void types_value(struct compilation *c, struct expr *e);

/* A literal takes the type of its place. False, with nothing said, when the expression is not of that type. */
bool types_coerce(struct expr *e, enum value_type type);

bool types_is_text(enum value_type type);

/* "an" before "int" and "address", else "a". */
const char *types_article(enum value_type type);
bool types_is_literal(const struct expr *e);

/* Says that a list stands where one element must; always false. */
bool types_need_any(struct compilation *c, const struct expr *e);

/* Says that a negation of any(list) is ambiguous. */
void types_any_negated(struct compilation *c, const struct expr *e, const char *form);

void types_relation(struct compilation *c, struct expr *e); /* types_set.c: in, under, =~ */
void types_call(struct compilation *c, struct expr *e);     /* types_call.c: functions and properties */
void types_property(struct compilation *c, struct expr *e);

/* Turns the node into another kind over one operand. */
void types_rewrite_not(struct compilation *c, struct expr *e);

#endif
