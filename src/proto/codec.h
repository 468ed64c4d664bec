/* Owns what the codecs of servers share: what a scan needs next, pieces of a buffer that may move, letters without case, and
 * how bytes from outside become fit for a reply.
 * Must never know: any one protocol. */
#ifndef PROTO_CODEC_H
#define PROTO_CODEC_H

#include "proto/bytes.h"

enum codec_need {
  CODEC_MORE,  /* the request is not whole yet */
  CODEC_READY, /* it is; what lies behind it in the buffer is not part of it */
  CODEC_BAD,   /* it can never be: an error is to be sent, then the connection closed */
  CODEC_GONE   /* nothing is to be sent: close */
};

/* A piece of a buffer, by its place: the buffer grows, and may move. */
struct span {
  size_t at, len;
};

/* Of ASCII alone, whatever the locale: names in protocols are compared without case. */
static inline char codec_lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The most bytes from outside that one line of a reply holds. */
#define CODEC_TAME_MOST 400

/* Appends bytes from outside as printable ASCII: any other byte becomes a question mark. What is longer than `most`
 * is cut, and ends in three points. */
void codec_tame(struct bytes *out, const char *ptr, size_t len, size_t most);

#endif
