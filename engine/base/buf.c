/* Owns a growable run of bytes whose failure is sticky, so that a writer need test it only once, at its end.
 * Must never know: what is written into it. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/num.h"

void buf_init(struct buf *buf, const assay_alloc *alloc) {
  *buf = (struct buf){.alloc = alloc};
}

void buf_free(struct buf *buf) {
  mem_free(buf->alloc, buf->ptr, buf->cap);
  *buf = (struct buf){.alloc = buf->alloc};
}

void buf_clear(struct buf *buf) {
  buf->len = 0;
  buf->failed = false;
}

/* There is always one byte more than asked for, which the NUL of buf_printf needs. */
static bool reserve(struct buf *buf, size_t more) {
  size_t need;
  if (!buf->failed && more < buf->cap - buf->len) return true;
  if (buf->failed || !num_add_size(buf->len, more, &need) || !num_add_size(need, 1, &need) ||
      !mem_grow(buf->alloc, (void **)&buf->ptr, &buf->cap, need, 1))
    buf->failed = true;
  return !buf->failed;
}

void buf_byte(struct buf *buf, char byte) {
  if (reserve(buf, 1)) buf->ptr[buf->len++] = byte;
}

void buf_text(struct buf *buf, struct text text) {
  if (text.len == 0 || !reserve(buf, text.len)) return;
  memcpy(buf->ptr + buf->len, text.ptr, text.len);
  buf->len += text.len;
}

void buf_str(struct buf *buf, const char *string) {
  buf_text(buf, text_from(string));
}

void buf_uint(struct buf *buf, unsigned long long value) {
  char digits[20];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  buf_text(buf, text_of(digits + at, sizeof digits - at));
}

void buf_printf(struct buf *buf, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (len < 0) buf->failed = true;
  if (len < 0 || !reserve(buf, (size_t)len)) return;
  va_start(args, format);
  vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
  va_end(args);
  buf->len += (size_t)len;
}

void buf_milli(struct buf *buf, long long thousandths) {
  unsigned long long size = thousandths < 0 ? 0ull - (unsigned long long)thousandths : (unsigned long long)thousandths;
  if (thousandths < 0) buf_byte(buf, '-');
  buf_uint(buf, size / 1000);
  unsigned rest = (unsigned)(size % 1000);
  if (rest == 0) return;
  char digits[4] = {(char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10), 0};
  size_t len = 3;
  while (digits[len - 1] == '0') len--;
  buf_byte(buf, '.');
  buf_text(buf, text_of(digits, len));
}

void buf_escaped(struct buf *buf, struct text text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c == '\\' || c == '"')
      buf_printf(buf, "\\%c", c);
    else if (c >= 0x20 && c < 0x7f)
      buf_byte(buf, (char)c);
    else
      buf_printf(buf, "\\x%02X", c);
  }
}
