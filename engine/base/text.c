/* Owns the comparisons of text that are too long to be inline.
 * Must never know: what a text means. */
#define _GNU_SOURCE
#include "base/text.h"

#include <stdint.h>

bool text_eq_nocase(struct text a, struct text b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++)
    if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i])) return false;
  return true;
}

int text_compare(struct text a, struct text b) {
  size_t n = a.len < b.len ? a.len : b.len;
  int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
  if (c != 0) return c;
  return (a.len > b.len) - (a.len < b.len);
}

bool text_starts(struct text a, struct text prefix) {
  return a.len >= prefix.len && text_eq(text_of(a.ptr, prefix.len), prefix);
}

bool text_ends(struct text a, struct text suffix) {
  if (suffix.len == 0) return true; /* before any arithmetic: an empty text may have no pointer */
  return a.len >= suffix.len && text_eq(text_of(a.ptr + (a.len - suffix.len), suffix.len), suffix);
}

size_t text_find(struct text hay, struct text needle) {
  if (needle.len == 0) return 0;
  if (needle.len > hay.len) return SIZE_MAX;
  const char *at = memmem(hay.ptr, hay.len, needle.ptr, needle.len);
  return at ? (size_t)(at - hay.ptr) : SIZE_MAX;
}

__extension__ typedef unsigned __int128 wide;

/* Both halves of the product, so that every bit of either factor moves every bit of the result. */
static uint64_t fold(uint64_t a, uint64_t b) {
  wide product = (wide)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

unsigned long long text_hash_keyed(struct text a, unsigned long long key) {
  uint64_t hash = fold(key ^ 0x9e3779b97f4a7c15u, a.len ^ 0xd6e8feb86659fd93u), word;
  for (; a.len >= sizeof word; a.ptr += sizeof word, a.len -= sizeof word) {
    memcpy(&word, a.ptr, sizeof word);
    hash = fold(hash ^ word, key ^ 0xa0761d6478bd642fu);
  }
  word = 0;
  if (a.len > 0) memcpy(&word, a.ptr, a.len);
  return fold(hash ^ word, key ^ 0xe7037ed1a0b428dbu);
}

unsigned long long text_hash(struct text a) {
  return text_hash_keyed(a, 0);
}
