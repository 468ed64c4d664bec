/* Owns a growable run of bytes whose failure is sticky, and how numbers and odd bytes are written into it.
 * Must never know: where the bytes go, or what a verdict is. */
#ifndef PROTO_BYTES_H
#define PROTO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* All zeros is an empty one. */
struct bytes {
  char *ptr;
  size_t len, cap;
  bool failed; /* memory ran out: what is there is incomplete */
};

void bytes_free(struct bytes *bytes);

/* Makes room for `more` bytes behind len; false, and failed, when there is no memory. */
bool bytes_reserve(struct bytes *bytes, size_t more);

static inline void bytes_add(struct bytes *bytes, const char *ptr, size_t len) {
  if (len == 0 || (bytes->cap - bytes->len < len && !bytes_reserve(bytes, len))) return;
  memcpy(bytes->ptr + bytes->len, ptr, len);
  bytes->len += len;
}

static inline void bytes_byte(struct bytes *bytes, char byte) {
  bytes_add(bytes, &byte, 1);
}

static inline void bytes_str(struct bytes *bytes, const char *string) {
  bytes_add(bytes, string, strlen(string));
}

#define BYTES_LITERAL(bytes, literal) bytes_add((bytes), "" literal, sizeof(literal) - 1)

void bytes_spaces(struct bytes *bytes, size_t count);
void bytes_uint(struct bytes *bytes, uint64_t value);

/* Thousandths as a decimal, with one digit behind the point at least: 5500 is 5.5, 3000 is 3.0, -1 is -0.001. */
void bytes_milli(struct bytes *bytes, int64_t thousandths);

/* For people: controls, bytes that are no UTF-8 and invisible or direction-changing characters become \xHH, so
 * that a name sent by a stranger can never drive the terminal. */
void bytes_printable(struct bytes *bytes, const char *ptr, size_t len);

/* A JSON string with its quotes. A byte that is no part of valid UTF-8 becomes U+FFFD; the characters that
 * bytes_printable escapes become \uXXXX. */
void bytes_json(struct bytes *bytes, const char *ptr, size_t len);

/* A scalar that is JSON already, as it is but for those characters. */
void bytes_json_again(struct bytes *bytes, const char *ptr, size_t len);

#endif
