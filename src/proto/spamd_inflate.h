/* Owns the inflating of a zlib stream, piece by piece, up to a limit.
 * Must never know: what is in it. */
#ifndef PROTO_SPAMD_INFLATE_H
#define PROTO_SPAMD_INFLATE_H

#include "proto/bytes.h"

enum inflate_result {
  INFLATE_MORE,     /* the stream goes on */
  INFLATE_END,      /* it is whole; what comes behind it is not looked at */
  INFLATE_BAD,      /* it is no zlib stream */
  INFLATE_OVER,     /* there is more in it than the limit */
  INFLATE_NO_MEMORY
};

struct spamd_inflate;

/* NULL without memory. Caller frees with spamd_inflate_free. */
struct spamd_inflate *spamd_inflate_new(void);
void spamd_inflate_free(struct spamd_inflate *it);

/* Inflates the next piece. At the limit it stops, whatever the rest would become. */
enum inflate_result spamd_inflate_take(struct spamd_inflate *it, const char *ptr, size_t len, size_t limit);

/* What has come out so far. */
const struct bytes *spamd_inflate_out(const struct spamd_inflate *it);

/* The memory that it holds. */
size_t spamd_inflate_held(const struct spamd_inflate *it);

#endif
