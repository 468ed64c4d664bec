/* Owns the result of the check `iprev` (RFC 8601 section 2.7.3) for a client, from the answers that there are.
 * Must never know: rules, or who asks DNS. */
#ifndef FACTS_IPREV_H
#define FACTS_IPREV_H

#include "facts/facts.h"

/* Of a client's reverse names so many are looked at, the first in bytewise order (RFC 8601 section 3 leaves the number to
 * us; RFC 7208 section 4.6.4 has the same limit). */
enum { IPREV_NAMES_MAX = 10 };

enum iprev { IPREV_NONE, IPREV_PASS, IPREV_FAIL, IPREV_TEMPERROR, IPREV_PERMERROR };

/* The arena is for work; when it runs out of memory (arena->failed), IPREV_NONE. */
enum iprev facts_iprev(const struct facts *facts, struct arena *arena);

#endif
