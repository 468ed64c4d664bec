/* Owns the sets of texts: a bitmap in front of an open-addressing hash whose hits compare the bytes.
 * Must never know: which rule asks, or where the items came from. */
#include "run/table.h"

#include <stdint.h>

#include "base/num.h"

enum {
  LINEAR_MAX = 8,
  SLOTS_PER_ITEM = 2,
  BITS_PER_ITEM = 16,
  SUFFIX_MAX = 255 /* no domain name is longer, so no longer suffix need be hashed */
};

struct slot {
  uint32_t tag;
  uint32_t index; /* of the item, plus one; 0 is a free slot */
};

struct text_table {
  const assay_alloc *alloc;
  const struct text *items;
  size_t count, size; /* size is the whole block's */
  size_t suffix_max;  /* the longest item, or SUFFIX_MAX */
  size_t slot_mask, bit_mask;
  uint64_t *bits; /* both NULL in a linear table; both lie behind the struct */
  struct slot *slots;
};

static uint64_t read_word(const char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

static uint64_t read_half(const char *at) {
  uint32_t half;
  memcpy(&half, at, sizeof half);
  return half;
}

/* The bytes of a text shorter than a word; different for texts of one length that differ. */
static uint64_t read_short(struct text text) {
  const char *at = text.ptr;
  if (text.len >= 4) return read_half(at) | read_half(at + text.len - 4) << 32;
  if (text.len == 0) return 0;
  return (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[text.len / 2] << 8 |
         (uint64_t)(unsigned char)at[text.len - 1] << 16;
}

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9fb21c651e98df25u;
  return hash ^ hash >> 29;
}

/* Takes a word at a time, since a name is hashed once a label; the last word may overlap the one before. */
static uint64_t hash_bytes(struct text text) {
  uint64_t hash = text.len * 0x9e3779b97f4a7c15u;
  if (text.len < 8) {
    hash = mix(hash, read_short(text));
  } else {
    const char *at = text.ptr, *last = text.ptr + text.len - 8;
    for (; at < last; at += 8) hash = mix(hash, read_word(at));
    hash = mix(hash, read_word(last));
  }
  hash *= 0xd6e8feb86659fd93u;
  return hash ^ hash >> 32;
}

/* Three different views of one hash, so that a hit in the bitmap says little about the slot. */
static size_t bit_of(const struct text_table *table, uint64_t hash) {
  return (size_t)(hash >> 32) & table->bit_mask;
}

static size_t slot_of(const struct text_table *table, uint64_t hash) {
  return (size_t)hash & table->slot_mask;
}

static uint32_t tag_of(uint64_t hash) {
  return (uint32_t)(hash >> 20);
}

/* The slot that holds the text, or the free one where it belongs. There always is a free one. */
static struct slot *probe(const struct text_table *table, struct text text, uint64_t hash) {
  uint32_t tag = tag_of(hash);
  for (size_t i = slot_of(table, hash);; i = (i + 1) & table->slot_mask) {
    struct slot *slot = &table->slots[i];
    if (slot->index == 0) return slot;
    if (slot->tag == tag && text_eq(table->items[slot->index - 1], text)) return slot;
  }
}

static void fill(struct text_table *table) {
  for (size_t i = 0; i < table->count; i++) {
    uint64_t hash = hash_bytes(table->items[i]);
    struct slot *slot = probe(table, table->items[i], hash);
    if (slot->index != 0) continue;
    *slot = (struct slot){tag_of(hash), (uint32_t)(i + 1)};
    size_t bit = bit_of(table, hash);
    table->bits[bit / 64] |= (uint64_t)1 << (bit % 64);
  }
}

/* The power of two from `need` up; `need` is small enough by the check of the count. */
static size_t power_of_two(size_t need) {
  size_t power = 64;
  while (power < need) power *= 2;
  return power;
}

assay_status text_table_new(struct text_table **out, const struct text *items, size_t count,
                            const assay_alloc *alloc) {
  *out = NULL;
  size_t size = sizeof(struct text_table), slots = 0, bits = 0, slot_bytes;
  /* Indexes have 32 bits, and doubling either array must stay within a size. */
  if (count >= UINT32_MAX / 2 || count > SIZE_MAX / (4 * BITS_PER_ITEM)) return ASSAY_OVER_LIMIT;
  if (count > LINEAR_MAX) {
    slots = power_of_two(count * SLOTS_PER_ITEM);
    bits = power_of_two(count * BITS_PER_ITEM);
    if (!num_mul_size(slots, sizeof(struct slot), &slot_bytes) || !num_add_size(size, slot_bytes, &size) ||
        !num_add_size(size, bits / 8, &size))
      return ASSAY_OVER_LIMIT;
  }
  struct text_table *table = mem_new(alloc, size);
  if (!table) return ASSAY_NO_MEMORY;
  *table = (struct text_table){.alloc = alloc, .items = items, .count = count, .size = size};
  for (size_t i = 0; i < count; i++)
    if (items[i].len > table->suffix_max) table->suffix_max = items[i].len;
  if (table->suffix_max > SUFFIX_MAX) table->suffix_max = SUFFIX_MAX;
  if (slots) {
    table->slot_mask = slots - 1;
    table->bit_mask = bits - 1;
    table->bits = (uint64_t *)(table + 1);
    table->slots = (struct slot *)(table->bits + bits / 64);
    fill(table);
  }
  *out = table;
  return ASSAY_OK;
}

void text_table_free(struct text_table *table) {
  if (table) mem_free(table->alloc, table, table->size);
}

static bool has_linear(const struct text_table *table, struct text text) {
  for (size_t i = 0; i < table->count; i++)
    if (text_eq(table->items[i], text)) return true;
  return false;
}

bool text_table_has(const struct text_table *table, struct text text) {
  if (!table->slots) return has_linear(table, text);
  uint64_t hash = hash_bytes(text);
  size_t bit = bit_of(table, hash);
  if (!(table->bits[bit / 64] >> (bit % 64) & 1)) return false;
  return probe(table, text, hash)->index != 0;
}

static bool has_suffix_linear(const struct text_table *table, struct text name) {
  for (size_t i = 0; i < table->count; i++) {
    struct text item = table->items[i];
    if (item.len == 0 || item.len > SUFFIX_MAX || !text_ends(name, item)) continue;
    if (item.len == name.len || name.ptr[name.len - item.len - 1] == '.') return true;
  }
  return false;
}

bool text_table_has_suffix(const struct text_table *table, struct text name) {
  if (!table->slots) return has_suffix_linear(table, name);
  size_t most = name.len < table->suffix_max ? name.len : table->suffix_max;
  /* From the right: what is listed is mostly an organisation's domain, a label or two from the end. */
  for (size_t len = 1; len <= most; len++) {
    size_t begin = name.len - len;
    if (begin > 0 && name.ptr[begin - 1] != '.') continue;
    if (text_table_has(table, text_of(name.ptr + begin, len))) return true;
  }
  return false;
}
