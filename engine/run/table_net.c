/* Owns the sets of networks: overlapping prefixes flattened to sorted disjoint ranges, one array a family.
 * Must never know: which rule asks, or where the items came from. */
#include <stdint.h>

#include "base/num.h"
#include "run/table.h"

enum {
  INDEX_FROM = 2048,      /* IPv4 ranges from which the first level is worth its 256 KiB */
  INDEX_SIZE = 65536 + 1  /* one entry for each value of the first two octets, and the end */
};

/* An address as a number. IPv4 has only the low half, and only 32 bits of it. */
struct wide {
  uint64_t high, low;
};

struct span {
  struct wide first, last;
};

struct range4 {
  uint32_t first, last;
};

struct net_table {
  const assay_alloc *alloc;
  struct range4 *v4;
  struct span *v6;
  size_t count4, count6;
  uint32_t *index4; /* how many ranges begin below each 16-bit prefix; NULL in a small table */
};

/* Without a branch, as the halving below wants it. */
static bool wide_le(struct wide a, struct wide b) {
  return (a.high < b.high) | ((a.high == b.high) & (a.low <= b.low));
}

static uint64_t read_big_endian(const uint8_t *at, unsigned bytes) {
  uint64_t number = 0;
  for (unsigned i = 0; i < bytes; i++) number = number << 8 | at[i];
  return number;
}

/* The low bits that a prefix leaves free, in a word of `width` bits whose first bit is bit `from` of the
 * address. */
static uint64_t free_bits(unsigned prefix, unsigned from, unsigned width) {
  unsigned fixed = prefix <= from ? 0 : prefix - from;
  uint64_t all = UINT64_MAX >> (64 - width);
  return fixed >= width ? 0 : all >> fixed;
}

static struct span span_of(struct network net) {
  const uint8_t *bytes = net.addr.bytes;
  if (net.addr.family == 4) {
    uint64_t at = read_big_endian(bytes, 4), mask = free_bits(net.bits, 0, 32);
    return (struct span){{0, at & ~mask}, {0, at | mask}};
  }
  uint64_t high = read_big_endian(bytes, 8), high_mask = free_bits(net.bits, 0, 64);
  uint64_t low = read_big_endian(bytes + 8, 8), low_mask = free_bits(net.bits, 64, 64);
  return (struct span){{high & ~high_mask, low & ~low_mask}, {high | high_mask, low | low_mask}};
}

static void merge_runs(struct span *to, const struct span *from, size_t begin, size_t middle, size_t end) {
  size_t left = begin, right = middle;
  for (size_t at = begin; at < end; at++) {
    bool take_left = right == end || (left < middle && wide_le(from[left].first, from[right].first));
    to[at] = take_left ? from[left++] : from[right++];
  }
}

/* A merge sort by the first address, because the C library's qsort may allocate behind the host's back. Answers
 * whichever of the two arrays holds the result. */
static struct span *sort_spans(struct span *spans, struct span *spare, size_t count) {
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * width) {
      size_t middle = count - begin < width ? count : begin + width;
      size_t end = count - middle < width ? count : middle + width;
      merge_runs(spare, spans, begin, middle, end);
    }
    struct span *other = spans;
    spans = spare;
    spare = other;
  }
  return spans;
}

/* Joins sorted spans that overlap or touch, in place; answers how many are left. */
static size_t join_spans(struct span *spans, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    struct span *before = kept ? &spans[kept - 1] : NULL;
    struct wide next = {0, 0}; /* the address behind `before`; wraps to zero at the very end, harmlessly */
    if (before) {
      next.low = before->last.low + 1;
      next.high = before->last.high + (next.low == 0);
    }
    if (before && (wide_le(spans[i].first, before->last) || wide_le(spans[i].first, next))) {
      if (wide_le(before->last, spans[i].last)) before->last = spans[i].last;
    } else {
      spans[kept++] = spans[i];
    }
  }
  return kept;
}

static assay_status store_v6(struct net_table *table, const struct span *spans, size_t count) {
  table->v6 = mem_new(table->alloc, count * sizeof *table->v6);
  if (!table->v6) return ASSAY_NO_MEMORY;
  memcpy(table->v6, spans, count * sizeof *table->v6);
  table->count6 = count;
  return ASSAY_OK;
}

static assay_status store_v4(struct net_table *table, const struct span *spans, size_t count) {
  table->v4 = mem_new(table->alloc, count * sizeof *table->v4);
  if (!table->v4) return ASSAY_NO_MEMORY;
  for (size_t i = 0; i < count; i++)
    table->v4[i] = (struct range4){(uint32_t)spans[i].first.low, (uint32_t)spans[i].last.low};
  table->count4 = count;
  if (count < INDEX_FROM) return ASSAY_OK;
  table->index4 = mem_new(table->alloc, INDEX_SIZE * sizeof *table->index4);
  if (!table->index4) return ASSAY_NO_MEMORY;
  size_t below = 0;
  for (uint32_t prefix = 0; prefix < INDEX_SIZE; prefix++) {
    while (below < count && table->v4[below].first >> 16 < prefix) below++;
    table->index4[prefix] = (uint32_t)below;
  }
  return ASSAY_OK;
}

static assay_status build_family(struct net_table *table, const struct network *items, size_t count,
                                 unsigned family) {
  assay_status status = ASSAY_OK;
  size_t found = 0, size, filled = 0;
  for (size_t i = 0; i < count; i++) found += items[i].addr.family == family;
  if (found == 0) return ASSAY_OK;
  if (found > UINT32_MAX / 2 || !num_mul_size(found, sizeof(struct span), &size)) return ASSAY_OVER_LIMIT;
  struct span *spans = mem_new(table->alloc, size), *spare = mem_new(table->alloc, size);
  if (!spans || !spare) {
    status = ASSAY_NO_MEMORY;
    goto done;
  }
  for (size_t i = 0; i < count; i++)
    if (items[i].addr.family == family) spans[filled++] = span_of(items[i]);
  struct span *sorted = sort_spans(spans, spare, found);
  found = join_spans(sorted, found);
  status = family == 4 ? store_v4(table, sorted, found) : store_v6(table, sorted, found);

done:
  mem_free(table->alloc, spans, size);
  mem_free(table->alloc, spare, size);
  return status;
}

static bool network_is_sound(struct network net) {
  return (net.addr.family == 4 && net.bits <= 32) || (net.addr.family == 6 && net.bits <= 128);
}

assay_status net_table_new(struct net_table **out, const struct network *items, size_t count,
                           const assay_alloc *alloc) {
  *out = NULL;
  for (size_t i = 0; i < count; i++)
    if (!network_is_sound(items[i])) return ASSAY_BAD_VALUE;
  struct net_table *table = mem_new(alloc, sizeof *table);
  if (!table) return ASSAY_NO_MEMORY;
  table->alloc = alloc;
  assay_status status = build_family(table, items, count, 4);
  if (status == ASSAY_OK) status = build_family(table, items, count, 6);
  if (status != ASSAY_OK) {
    net_table_free(table);
    return status;
  }
  *out = table;
  return ASSAY_OK;
}

void net_table_free(struct net_table *table) {
  if (!table) return;
  mem_free(table->alloc, table->v4, table->count4 * sizeof *table->v4);
  mem_free(table->alloc, table->v6, table->count6 * sizeof *table->v6);
  mem_free(table->alloc, table->index4, INDEX_SIZE * sizeof *table->index4);
  mem_free(table->alloc, table, sizeof *table);
}

/* The last range that begins at or below the key is the only one that can hold it. The halving has no branch on
 * the data, so that the processor need not guess. */
static bool has_v4(const struct net_table *table, uint32_t key) {
  size_t begin = 0, end = table->count4;
  if (table->index4) {
    begin = table->index4[key >> 16];
    end = table->index4[(key >> 16) + 1];
    if (begin > 0) begin--; /* a range of an earlier prefix may reach into this one */
  }
  if (begin == end) return false;
  for (size_t left = end - begin; left > 1;) {
    size_t half = left / 2;
    begin += table->v4[begin + half].first <= key ? half : 0;
    left -= half;
  }
  return table->v4[begin].first <= key && key <= table->v4[begin].last;
}

static bool has_v6(const struct net_table *table, struct wide key) {
  size_t begin = 0;
  if (table->count6 == 0) return false;
  for (size_t left = table->count6; left > 1;) {
    size_t half = left / 2;
    begin += wide_le(table->v6[begin + half].first, key) ? half : 0;
    left -= half;
  }
  return wide_le(table->v6[begin].first, key) && wide_le(key, table->v6[begin].last);
}

bool net_table_has(const struct net_table *table, struct addr addr) {
  if (addr.family == 4) return has_v4(table, (uint32_t)read_big_endian(addr.bytes, 4));
  if (addr.family != 6) return false;
  return has_v6(table, (struct wide){read_big_endian(addr.bytes, 8), read_big_endian(addr.bytes + 8, 8)});
}
