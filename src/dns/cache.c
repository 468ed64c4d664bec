/* Owns what has been learnt from DNS: answers by type and name, until they expire or memory is needed.
 * Must never know: who asked, or how to ask. It has no clock: the caller says what time it is. */
#include "dns/cache.h"

#include "dns/message.h"

enum {
  BLOCK_OVERHEAD = 16, /* what an allocator takes for each block */
  CHAINS_LEAST = 64,
  SHARE_MOST = 8, /* an answer that takes more than this part of all memory is not worth what would have to go */
  EVICT_FOR_ONE = 8 /* so many go at most, where the allocator has nothing for a new one */
};

struct entry {
  struct entry *chain;
  struct entry *older, *newer; /* by use */
  uint64_t expires;
  uint32_t hash, size; /* size: of the block */
  uint8_t type, outcome, name_len, count;
  char bytes[]; /* the name, then each record behind its length in two bytes */
};

struct cache {
  const assay_alloc *alloc;
  struct cache_limits limits;
  struct entry **chains;
  size_t mask, count, bytes;
  struct entry *oldest, *newest;
  uint64_t evicted;
  assay_record records[DNS_RECORDS_MAX]; /* of the latest answer */
};

/* --- the table --- */

static uint32_t hash_of(const struct cache *cache, assay_question_type type, struct text name) {
  return (uint32_t)text_hash_keyed(name, cache->limits.key + (uint64_t)type);
}

static size_t cost_of(size_t block) {
  return block + BLOCK_OVERHEAD;
}

/* All entries move at once: some milliseconds for a hundred thousand of them, and seldom. */
static bool make_chains(struct cache *cache, size_t size) {
  size_t block = size * sizeof *cache->chains;
  if (cache->bytes + cost_of(block) > cache->limits.bytes) return false;
  struct entry **chains = mem_new(cache->alloc, block);
  if (!chains) return false;
  cache->bytes += cost_of(block);
  for (size_t i = 0; cache->chains && i <= cache->mask; i++)
    while (cache->chains[i]) {
      struct entry *entry = cache->chains[i];
      cache->chains[i] = entry->chain;
      entry->chain = chains[entry->hash & (size - 1)];
      chains[entry->hash & (size - 1)] = entry;
    }
  if (cache->chains) {
    size_t old = (cache->mask + 1) * sizeof *cache->chains;
    mem_free(cache->alloc, cache->chains, old);
    cache->bytes -= cost_of(old);
  }
  cache->chains = chains;
  cache->mask = size - 1;
  return true;
}

static void unlink_use(struct cache *cache, struct entry *entry) {
  *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
  *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
}

static void link_newest(struct cache *cache, struct entry *entry) {
  entry->newer = NULL;
  entry->older = cache->newest;
  *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
  cache->newest = entry;
}

static void link_oldest(struct cache *cache, struct entry *entry) {
  entry->older = NULL;
  entry->newer = cache->oldest;
  *(cache->oldest ? &cache->oldest->older : &cache->newest) = entry;
  cache->oldest = entry;
}

static void forget(struct cache *cache, struct entry *entry) {
  struct entry **at = &cache->chains[entry->hash & cache->mask];
  while (*at != entry) at = &(*at)->chain;
  *at = entry->chain;
  unlink_use(cache, entry);
  cache->count--;
  cache->bytes -= cost_of(entry->size);
  mem_free(cache->alloc, entry, entry->size);
}

static struct entry *find(const struct cache *cache, uint32_t hash, assay_question_type type, struct text name) {
  if (!cache->chains) return NULL;
  struct entry *entry = cache->chains[hash & cache->mask];
  for (; entry; entry = entry->chain)
    if (entry->hash == hash && entry->type == type && text_eq(text_of(entry->bytes, entry->name_len), name))
      return entry;
  return NULL;
}

/* --- looking --- */

static void unpack(struct cache *cache, const struct entry *entry, assay_answer *out) {
  const char *at = entry->bytes + entry->name_len;
  for (size_t i = 0; i < entry->count; i++) {
    uint16_t len;
    memcpy(&len, at, sizeof len);
    cache->records[i] = (assay_record){at + sizeof len, len};
    at += sizeof len + len;
  }
  *out = (assay_answer){(assay_outcome)entry->outcome, entry->count > 0 ? cache->records : NULL, entry->count};
}

enum cache_state cache_find(struct cache *cache, assay_question_type type, struct text name, uint64_t now,
                            assay_answer *out) {
  struct entry *entry = find(cache, hash_of(cache, type, name), type, name);
  if (!entry) return CACHE_MISS;
  bool fresh = now < entry->expires;
  if (!fresh && now - entry->expires >= (uint64_t)cache->limits.stale * 1000) {
    unlink_use(cache, entry); /* somebody may still hold it: it is the next to go, but not now */
    link_oldest(cache, entry);
    return CACHE_MISS;
  }
  if (entry != cache->newest) {
    unlink_use(cache, entry);
    link_newest(cache, entry);
  }
  unpack(cache, entry, out);
  return fresh ? CACHE_FRESH : CACHE_STALE;
}

/* --- keeping --- */

static void evict(struct cache *cache) {
  forget(cache, cache->oldest);
  cache->evicted++;
}

static size_t size_of(struct text name, const assay_answer *answer) {
  size_t size = sizeof(struct entry) + name.len;
  for (size_t i = 0; i < answer->count; i++) size += sizeof(uint16_t) + answer->records[i].len;
  return size;
}

static bool fits_its_form(struct text name, const assay_answer *answer) {
  bool known = answer->outcome <= ASSAY_OUTCOME_NXDOMAIN && name.len <= UINT8_MAX && answer->count <= DNS_RECORDS_MAX;
  for (size_t i = 0; known && i < answer->count; i++) known = answer->records[i].len <= UINT16_MAX;
  return known;
}

static struct entry *allocate(struct cache *cache, size_t size) {
  while (cache->oldest && cache->bytes + cost_of(size) > cache->limits.bytes) evict(cache);
  if (cache->bytes + cost_of(size) > cache->limits.bytes) return NULL;
  struct entry *entry = mem_new(cache->alloc, size);
  for (int i = 0; !entry && cache->oldest && i < EVICT_FOR_ONE; i++) {
    evict(cache);
    entry = mem_new(cache->alloc, size);
  }
  return entry;
}

static void pack(struct entry *entry, struct text name, const assay_answer *answer) {
  memcpy(entry->bytes, name.ptr, name.len);
  char *at = entry->bytes + name.len;
  for (size_t i = 0; i < answer->count; i++) {
    uint16_t len = (uint16_t)answer->records[i].len;
    memcpy(at, &len, sizeof len);
    if (len > 0) memcpy(at + sizeof len, answer->records[i].bytes, len);
    at += sizeof len + len;
  }
}

/* TTLs between floor and ceiling; the ceiling wins. */
static uint32_t bring_within(const struct cache_limits *limits, assay_outcome outcome, uint32_t ttl) {
  uint32_t ceiling = outcome == ASSAY_OUTCOME_FOUND ? limits->ttl_ceiling : limits->negative_ceiling;
  if (ttl < limits->ttl_floor) ttl = limits->ttl_floor;
  return ttl < ceiling ? ttl : ceiling;
}

void cache_put(struct cache *cache, assay_question_type type, struct text name, const assay_answer *answer,
               uint32_t ttl, uint64_t now) {
  if (!fits_its_form(name, answer)) return;
  uint32_t hash = hash_of(cache, type, name);
  struct entry *old = find(cache, hash, type, name);
  if (old) forget(cache, old);
  ttl = bring_within(&cache->limits, answer->outcome, ttl);
  size_t size = size_of(name, answer);
  if (ttl == 0 || cost_of(size) > cache->limits.bytes / SHARE_MOST) return;
  if (!cache->chains && !make_chains(cache, CHAINS_LEAST)) return;
  if (cache->count > cache->mask) make_chains(cache, (cache->mask + 1) * 2); /* without memory it gets slower */
  struct entry *entry = allocate(cache, size);
  if (!entry) return;
  *entry = (struct entry){.expires = now + (uint64_t)ttl * 1000,
                          .hash = hash,
                          .size = (uint32_t)size,
                          .type = (uint8_t)type,
                          .outcome = (uint8_t)answer->outcome,
                          .name_len = (uint8_t)name.len,
                          .count = (uint8_t)answer->count};
  pack(entry, name, answer);
  struct entry **chain = &cache->chains[hash & cache->mask];
  entry->chain = *chain;
  *chain = entry;
  link_newest(cache, entry);
  cache->count++;
  cache->bytes += cost_of(size);
}

/* --- life --- */

assay_status cache_new(struct cache **out, const struct cache_limits *limits, const assay_alloc *alloc) {
  *out = NULL;
  struct cache *cache = mem_new(alloc, sizeof *cache);
  if (!cache) return ASSAY_NO_MEMORY;
  cache->alloc = alloc;
  cache->limits = *limits;
  cache->bytes = cost_of(sizeof *cache);
  *out = cache;
  return ASSAY_OK;
}

void cache_free(struct cache *cache) {
  if (!cache) return;
  while (cache->oldest) forget(cache, cache->oldest);
  if (cache->chains) mem_free(cache->alloc, cache->chains, (cache->mask + 1) * sizeof *cache->chains);
  mem_free(cache->alloc, cache, sizeof *cache);
}

size_t cache_entries(const struct cache *cache) {
  return cache->count;
}

size_t cache_bytes(const struct cache *cache) {
  return cache->bytes;
}

uint64_t cache_evicted(const struct cache *cache) {
  return cache->evicted;
}
