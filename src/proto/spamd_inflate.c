/* Owns the inflating of a zlib stream, piece by piece, up to a limit.
 * Must never know: what is in it. */
#include "proto/spamd_inflate.h"

#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

/* So much room is made at a time: a stream of a few bytes that would become gigabytes never takes more than that
 * beyond the limit. */
#define PIECE 16384

/* What zlib keeps for a stream: a window of 32 KiB, and its tables. */
#define STATE 40960

struct spamd_inflate {
  z_stream stream;
  struct bytes out;
  bool ended;
};

struct spamd_inflate *spamd_inflate_new(void) {
  struct spamd_inflate *it = calloc(1, sizeof *it);
  if (!it) return NULL;
  if (inflateInit(&it->stream) == Z_OK) return it;
  free(it);
  return NULL;
}

void spamd_inflate_free(struct spamd_inflate *it) {
  if (!it) return;
  inflateEnd(&it->stream);
  bytes_free(&it->out);
  free(it);
}

const struct bytes *spamd_inflate_out(const struct spamd_inflate *it) {
  return &it->out;
}

size_t spamd_inflate_held(const struct spamd_inflate *it) {
  return sizeof *it + STATE + it->out.cap;
}

/* One more piece of output. INFLATE_MORE with room left over: all of the input has been taken. */
static enum inflate_result inflate_piece(struct spamd_inflate *it, size_t limit) {
  struct bytes *out = &it->out;
  z_stream *stream = &it->stream;
  if (out->len > limit) return INFLATE_OVER;
  size_t left = limit - out->len, room = left < PIECE ? left + 1 : PIECE; /* the one byte tells what is over */
  if (!bytes_reserve(out, room)) return INFLATE_NO_MEMORY;
  stream->next_out = (unsigned char *)out->ptr + out->len;
  stream->avail_out = (unsigned)room;
  int status = inflate(stream, Z_NO_FLUSH);
  out->len += room - stream->avail_out;
  if (out->len > limit) return INFLATE_OVER;
  if (status == Z_STREAM_END) return INFLATE_END;
  if (status == Z_MEM_ERROR) return INFLATE_NO_MEMORY;
  return status == Z_OK || status == Z_BUF_ERROR ? INFLATE_MORE : INFLATE_BAD;
}

enum inflate_result spamd_inflate_take(struct spamd_inflate *it, const char *ptr, size_t len, size_t limit) {
  z_stream *stream = &it->stream;
  stream->next_in = (const unsigned char *)ptr;
  while (!it->ended && len > 0) {
    unsigned some = len < UINT_MAX ? (unsigned)len : UINT_MAX;
    stream->avail_in = some;
    do {
      enum inflate_result result = inflate_piece(it, limit);
      it->ended = result == INFLATE_END;
      if (result != INFLATE_MORE) return result;
    } while (stream->avail_in > 0 || stream->avail_out == 0);
    len -= some;
  }
  return it->ended ? INFLATE_END : INFLATE_MORE;
}
