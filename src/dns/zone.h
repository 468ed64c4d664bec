/* Owns zones: which one a question belongs to, how much of it is under way or waits, and whether it is silent.
 * Must never know: servers, answers, or who asks. It has no clock: the caller says what time it is. */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

#include <assay/answer.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/text.h"
#include "facts/domain.h"

/* The zone that a name (lower case, no last dot) is asked of, as a suffix of it: what is likely to be answered, or
 * not, by the same servers. Of a reverse name its network (IPv4 /24, IPv6 /32); else the registrable domain, for
 * whoever has one can put as many names below it as he likes, such as look like those of DNS lists. Where the list of
 * suffixes knows none, the name itself, but for an address (four numbers, 32 nibbles) in front. */
struct text zone_of(const struct domain *suffixes, struct text name);

struct question;

/* Lives while something of it is under way or waits, or it is not in order. */
struct zone {
  struct zone *chain; /* of those that hash alike */
  uint64_t hash, down_until, heard; /* heard: when something last came to an end */
  uint32_t under_way, timeouts;     /* timeouts: in a row */
  struct question *first, *last; /* that wait, in their order: the queue's */
  struct zone *ready;           /* the next that has something to send: the queue's, too */
  bool is_ready;
  bool speaks;                  /* its latest question was answered, whatever the answer */
  size_t len;
  char name[];
};

struct zones_limits {
  uint32_t in_flight; /* of one zone */
  uint32_t timeouts;  /* in a row, and it is down; 0: never */
  uint32_t down_ms;
};

struct zones;

/* key: secret, for strangers choose the names. Caller frees. */
assay_status zones_new(struct zones **out, const struct zones_limits *limits, uint64_t key, const assay_alloc *alloc);
void zones_free(struct zones *zones);

/* The zone of this name, old or new; NULL when memory is out. Those that are in order are forgotten now and then, so
 * that the table is bounded by what is under way, waits or is down, and by some thousands that have spoken of late. */
struct zone *zones_find(struct zones *zones, struct text name, uint64_t now);

/* When the time of being down is over, one question tries whether it speaks again; until that is known, it is down for
 * all others. */
bool zone_is_down(const struct zone *zone, uint64_t now);
bool zone_is_full(const struct zones *zones, const struct zone *zone); /* as much is under way as may be */

void zone_sent(struct zone *zone);

/* What was sent has come to an end. Any outcome but TIMEOUT shows that the zone speaks. True when it has just been
 * found to be down. */
bool zone_done(const struct zones *zones, struct zone *zone, assay_outcome outcome, uint64_t now);

size_t zones_count(const struct zones *zones);

#endif
