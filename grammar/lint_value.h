/* Owns what single conditions say of one value: which value that is, and whether some value suits them all.
 * Must never know: how conditions are joined, or what is said about them. */
#ifndef GRAMMAR_LINT_VALUE_H
#define GRAMMAR_LINT_VALUE_H

#include "grammar/compile.h"

/* A condition, and the answer that is wanted of it. */
struct literal {
  const struct expr *e;
  bool wanted;
};

enum { LITERALS_MAX = 64 };

/* What a look at conditions takes: memory for a while, and a bound on how long it looks. */
struct lint {
  struct compilation *c;
  struct arena scratch;
  unsigned steps;
};

/* The numbers that a value of type int lies between when it is known. */
struct range {
  int64_t least, most;
};

struct range lint_range(struct lint *l, const struct expr *e);

/* What a let stands for, through lets of lets. */
const struct expr *lint_open(const struct lint *l, const struct expr *e);

/* More than a look may take; what it finds then is worth nothing. */
bool lint_tired(struct lint *l);

/* The value that a condition asks about; the condition itself where it asks about more than one, or in a way that is
 * not looked into. */
const struct expr *lint_subject(struct lint *l, const struct expr *e);

/* Whether all of them can be answered as wanted. Only a no is sure: it then holds for all values. */
bool lint_possible(struct lint *l, const struct literal *literals, size_t count);

#endif
