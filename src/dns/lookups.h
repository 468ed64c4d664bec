/* Owns questions on their way: joined when they are the same, sent in turn, within limits, and handed to those who
 * wait. Must never know: sockets, or what is made of an answer. It has no clock: the caller says what time it is. */
#ifndef DNS_LOOKUPS_H
#define DNS_LOOKUPS_H

#include <assay/resolver.h>

#include "dns/cache.h"
#include "dns/channel.h"
#include "dns/zone.h"

struct lookups;

struct lookups_options {
  uint32_t in_flight;
  struct zones_limits zone;
  const struct domain *suffixes; /* borrowed; may be NULL */
  struct cache *cache;           /* borrowed: what is learnt goes there */
  struct channels_options channels; /* but for what is called back */
  uint64_t key;                  /* secret */
  const assay_alloc *alloc;
};

assay_status lookups_new(struct lookups **out, const struct lookups_options *options); /* caller frees */
void lookups_free(struct lookups *lookups); /* those who wait hear nothing more */

/* Asks. name: lower case, no last dot, fit to be asked. The callback comes from lookups_process alone, but for a zone
 * that is down: that is said at once, and *out is NULL. */
assay_status lookups_ask(struct lookups *lookups, assay_question_type type, struct text name, uint64_t now,
                         assay_answer_fn callback, void *user, assay_lookup **out);

/* Asks for the cache's sake. Whatever goes wrong, nobody waits. */
void lookups_refresh(struct lookups *lookups, assay_question_type type, struct text name, uint64_t now);

/* Handles a descriptor that is ready, or with fd -1 what is due; and sends what may now be sent. */
void lookups_process(struct lookups *lookups, int fd, bool readable, bool writable, uint64_t now);

int lookups_timeout(const struct lookups *lookups, uint64_t now); /* milliseconds; -1: nothing is due */

struct channels *lookups_channels(const struct lookups *lookups);

struct lookups_counts {
  uint64_t coalesced, sent, answered, timeouts, failures, zones_down;
  size_t in_flight, waiting;
  size_t overdue; /* sent, and not answered within the time of an attempt: they have given up their places */
  size_t lookups; /* those that wait for an answer */
};

const struct lookups_counts *lookups_counts(const struct lookups *lookups);

#endif
