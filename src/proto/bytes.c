/* Owns a growable run of bytes whose failure is sticky, and how numbers are written into it.
 * Must never know: where the bytes go, or what a verdict is. */
#include "proto/bytes.h"

#include <stdlib.h>

#define BYTES_FIRST 256

void bytes_free(struct bytes *bytes) {
  free(bytes->ptr);
  *bytes = (struct bytes){0};
}

bool bytes_reserve(struct bytes *bytes, size_t more) {
  if (bytes->failed) return false;
  if (bytes->cap - bytes->len >= more) return true;
  size_t cap = bytes->cap ? bytes->cap : BYTES_FIRST;
  bytes->failed = true;
  if (more > SIZE_MAX / 4 || bytes->len > SIZE_MAX / 4) return false;
  while (cap - bytes->len < more) cap *= 2;
  char *ptr = realloc(bytes->ptr, cap);
  if (!ptr) return false;
  bytes->ptr = ptr;
  bytes->cap = cap;
  bytes->failed = false;
  return true;
}

void bytes_spaces(struct bytes *bytes, size_t count) {
  if (count == 0 || !bytes_reserve(bytes, count)) return;
  memset(bytes->ptr + bytes->len, ' ', count);
  bytes->len += count;
}

void bytes_uint(struct bytes *bytes, uint64_t value) {
  char digits[20];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  bytes_add(bytes, digits + at, sizeof digits - at);
}

void bytes_milli(struct bytes *bytes, int64_t thousandths) {
  uint64_t size = (uint64_t)thousandths;
  if (thousandths < 0) {
    size = 0 - size;
    bytes_byte(bytes, '-');
  }
  bytes_uint(bytes, size / 1000);
  unsigned rest = (unsigned)(size % 1000);
  char digits[4] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
  size_t len = rest % 10 ? 4 : rest % 100 ? 3 : 2;
  bytes_add(bytes, digits, len);
}
