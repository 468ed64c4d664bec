/* Owns zones: which one a question belongs to, how much of it is under way, and whether it is silent.
 * Must never know: servers, answers, or who waits. It has no clock: the caller says what time it is. */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

#include <assay/answer.h>

#include "base/mem.h"
#include "base/text.h"
#include "facts/domain.h"

/* The zone that a name (lower case, no last dot) is asked of, as a suffix of it: what is likely to be answered, or not, by
 * the same servers. Of a reverse name its network (IPv4 /24, IPv6 /32); behind reversed address labels (four of numbers,
 * 32 of nibbles) the DNS list; else the registrable domain, and where there is none, the name itself. */
struct text zone_of(const struct domain *suffixes, struct text name);

struct zones;
struct zone; /* lives while something of it is under way or it is not in order */

struct zones_limits {
  uint32_t in_flight; /* of one zone */
  uint32_t timeouts;  /* in a row, and it is down; 0: never */
  uint32_t down_ms;
};

assay_status zones_new(struct zones **out, const struct zones_limits *limits, const assay_alloc *alloc); /* caller frees */
void zones_free(struct zones *zones);

/* The zone of this name, new or old; NULL when memory is out. Forgets, now and then, those that are in order, so that the
 * table is bounded by what is under way and what is down. */
struct zone *zones_find(struct zones *zones, struct text name, uint64_t now);

bool zone_is_down(const struct zone *zone, uint64_t now);
bool zone_is_full(const struct zone *zone); /* as much is under way as may be */

void zone_sent(struct zone *zone);
/* One that was sent has come to an end. Any outcome but TIMEOUT says that the zone speaks. True when it has just been
 * found to be down. When the time of being down is over, one question after another tries it: a timeout puts it down again
 * at once, an answer puts it in order. */
bool zone_done(struct zone *zone, assay_outcome outcome, uint64_t now);

size_t zones_count(const struct zones *zones);

#endif
