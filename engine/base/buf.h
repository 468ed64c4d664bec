/* Owns a growable run of bytes whose failure is sticky, so that a writer need test it only once, at its end.
 * Must never know: what is written into it. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/mem.h"
#include "base/text.h"

struct buf {
  const assay_alloc *alloc;
  char *ptr;
  size_t len, cap;
  bool failed;
};

void buf_init(struct buf *buf, const assay_alloc *alloc);
void buf_free(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory, and forgets a failure */
void buf_byte(struct buf *buf, char byte);
void buf_text(struct buf *buf, struct text text);
void buf_str(struct buf *buf, const char *string);
void buf_uint(struct buf *buf, unsigned long long value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Thousandths as a decimal without trailing zeros: 5500 is "5.5", 3000 is "3". */
void buf_milli(struct buf *buf, long long thousandths);

/* The bytes with everything that is not printable ASCII written as \xHH, and \ and " escaped. */
void buf_escaped(struct buf *buf, struct text text);

static inline struct text buf_view(const struct buf *buf) {
  return text_of(buf->ptr ? buf->ptr : "", buf->len);
}

#endif
