/* Owns a piece of bytes that somebody else holds: how it is cut, trimmed and compared.
 * Must never know: what the bytes mean. */
#include "message/part.h"

#include <string.h>

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

size_t part_find(struct part part, char byte) {
  const char *found = part.len > 0 ? memchr(part.ptr, byte, part.len) : NULL;
  return found ? (size_t)(found - part.ptr) : part.len;
}

size_t part_find_last(struct part part, char byte) {
  for (size_t i = part.len; i > 0; i--)
    if (part.ptr[i - 1] == byte) return i - 1;
  return part.len;
}

struct part part_trim(struct part part) {
  while (part.len > 0 && part_space(part.ptr[part.len - 1])) part.len--;
  while (part.len > 0 && part_space(part.ptr[0])) part = part_from(part, 1);
  return part;
}

struct part part_word(struct part *rest) {
  size_t begin = 0;
  while (begin < rest->len && part_space(rest->ptr[begin])) begin++;
  size_t end = begin;
  while (end < rest->len && !part_space(rest->ptr[end])) end++;
  struct part word = part_from(part_first(*rest, end), begin);
  *rest = part_from(*rest, end);
  return word;
}

bool part_is(struct part part, struct part other) {
  return part.len == other.len && part_begins(part, other);
}

bool part_begins(struct part part, struct part with) {
  if (part.len < with.len) return false;
  for (size_t i = 0; i < with.len; i++)
    if (lower(part.ptr[i]) != lower(with.ptr[i])) return false;
  return true;
}
