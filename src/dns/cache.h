/* Owns what has been learnt from DNS: answers by type and name, until they expire or memory is needed.
 * Must never know: who asked, or how to ask. It has no clock: the caller says what time it is. */
#ifndef DNS_CACHE_H
#define DNS_CACHE_H

#include <assay/answer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/text.h"

struct cache;

struct cache_limits {
  size_t bytes;                              /* all memory of the cache, tables too; 0: it keeps nothing */
  uint32_t ttl_floor, ttl_ceiling;           /* seconds; of answers with records */
  uint32_t negative_ceiling;                 /* seconds; of NXDOMAIN and NODATA; the floor is the same */
  uint32_t stale;                            /* seconds an answer is kept, and may be given, behind its end */
  uint64_t key;                              /* secret, for strangers choose the names */
};

enum cache_state { CACHE_MISS, CACHE_FRESH, CACHE_STALE };

/* Caller frees. */
assay_status cache_new(struct cache **out, const struct cache_limits *limits, const assay_alloc *alloc);
void cache_free(struct cache *cache);

/* Looks for an answer, at the time `now` (milliseconds of any steady clock, never smaller than before; 64 bits). name:
 * lower case, without the last dot. What *out points to stays as it is until the next cache_put; its records, until the
 * next cache_find. */
enum cache_state cache_find(struct cache *cache, assay_question_type type, struct text name, uint64_t now,
                            assay_answer *out);

/* Remembers FOUND, NODATA or NXDOMAIN for `ttl` seconds, brought between floor and ceiling; replaces what was there. A
 * ttl of 0 after that is not kept, and what was there is forgotten. Evicts what was least recently of use when memory
 * is out, its own or the allocator's. An answer that is larger than an eighth of the cache is not kept. Cannot fail. */
void cache_put(struct cache *cache, assay_question_type type, struct text name, const assay_answer *answer,
               uint32_t ttl, uint64_t now);

size_t cache_entries(const struct cache *cache);
size_t cache_bytes(const struct cache *cache);
uint64_t cache_evicted(const struct cache *cache);

#endif
