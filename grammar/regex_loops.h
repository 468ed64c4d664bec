/* Owns the search for loops in a regular expression that can match one text in many ways.
 * Must never know: PCRE2, or who is warned. */
#ifndef GRAMMAR_REGEX_LOOPS_H
#define GRAMMAR_REGEX_LOOPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct regex_loops {
  bool found;        /* the first such loop, an inner one before an outer; span of group and quantifier */
  size_t begin, end;
  bool has_callout;
  size_t callout_at;
};

/* The source must be one that PCRE2 accepts, with no deeper nesting than its limit. Allocates nothing. */
void regex_find_loops(struct regex_loops *out, struct text source, unsigned flags);

#endif
