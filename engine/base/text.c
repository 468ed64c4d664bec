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

/* FNV-1a, then a finishing mix so that the low bits index a table well. */
unsigned long long text_hash(struct text a) {
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < a.len; i++) h = (h ^ (unsigned char)a.ptr[i]) * 0x100000001b3u;
  h ^= h >> 32;
  h *= 0xd6e8feb86659fd93u;
  return h ^ (h >> 32);
}
