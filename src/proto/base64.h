/* Owns the reading of base64 (RFC 4648 section 4), strictly: padded, no white space, no spare bits.
 * Must never know: what the bytes are. */
#ifndef PROTO_BASE64_H
#define PROTO_BASE64_H

#include <stdbool.h>

#include "proto/bytes.h"

/* Appends what the text stands for; false when the text is not base64, or the bytes failed. */
bool base64_decode(struct bytes *out, const char *text, size_t len);

#endif
