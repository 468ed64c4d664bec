/* Owns a piece of bytes that somebody else holds: how it is cut, trimmed and compared.
 * Must never know: what the bytes mean. */
#ifndef MESSAGE_PART_H
#define MESSAGE_PART_H

#include <stdbool.h>
#include <stddef.h>

/* Borrowed; ptr NULL: not there, which is not the same as there and empty. */
struct part {
  const char *ptr;
  size_t len;
};

/* A literal as a part: in a table, and elsewhere. */
#define PART_OF(literal) {"" literal, sizeof(literal) - 1}
#define PART(literal) ((struct part)PART_OF(literal))

/* Space, tab, and the line ends that are left of a fold. */
static inline bool part_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What is left from `at` on; empty behind the end. */
static inline struct part part_from(struct part part, size_t at) {
  return at < part.len ? (struct part){part.ptr + at, part.len - at} : (struct part){part.ptr + part.len, 0};
}

/* The first len bytes. */
static inline struct part part_first(struct part part, size_t len) {
  return (struct part){part.ptr, len < part.len ? len : part.len};
}

/* Where the byte stands first, or last; the length where it does not. */
size_t part_find(struct part part, char byte);
size_t part_find_last(struct part part, char byte);

/* Without the spaces at both ends. */
struct part part_trim(struct part part);

/* Cuts the first word off, up to a space; empty at the end. */
struct part part_word(struct part *rest);

/* ASCII, without regard to case. */
bool part_is(struct part part, struct part other);
bool part_begins(struct part part, struct part with);

#endif
