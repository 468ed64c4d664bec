/* Owns the resolver as its parts see it: what they share, and what time it is.
 * Must never know: how any of them works. */
#ifndef DNS_RESOLVER_H
#define DNS_RESOLVER_H

#include <assay/resolver.h>

#include "dns/cache.h"
#include "dns/channel.h"
#include "dns/lookups.h"
#include "dns/timers.h"

struct assay_resolver {
  const assay_alloc *alloc;
  assay_resolver_options options;
  struct servers servers;
  struct domain *suffixes; /* NULL: there is no list on this machine */
  struct cache *cache;
  struct lookups *lookups;
  struct timers timers;
  bool telling; /* a callback is running, or the loop that may call one: it is not turned from within */
  uint64_t now; /* milliseconds, as of the latest look at the clock */
  uint64_t asked, cached, stale; /* questions, counted here since the cache answers them */
  struct pollfd *turn; /* what a wait looks at */
  size_t turn_cap;
  assay_scoring *scorings;
  size_t scoring_count;
};

/* Looks at the clock, and answers microseconds. */
uint64_t resolver_look_at_clock(assay_resolver *resolver);

/* What the cache has, at the time of the latest look at the clock. What has expired is given where the site says so,
 * and asked for anew. Counted as a question if it is there. The answer's bytes live until the next answer comes from a
 * server, its array until the next peek. */
bool resolver_peek(assay_resolver *resolver, assay_question_type type, struct text name, assay_answer *out);

/* Forgets all scorings, without a word. */
void scorings_drop(assay_resolver *resolver);

#endif
