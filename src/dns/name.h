/* Owns names as they stand in a DNS message: reading them, compressed or not, into text.
 * Must never know: records, or what a name is for. */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { NAME_TEXT_MAX = 1012 }; /* 253 bytes, each escaped as \DDD */

struct message {
  const uint8_t *bytes;
  size_t len;
};

/* Reads the name at *at into `out`, and moves *at behind it. The text has no last dot; the root is empty. Bytes that
 * are not printable ASCII are escaped as \DDD, a dot within a label and a backslash by a backslash (RFC 1035 section
 * 5.1). False when it is cut off, too long, or not a name (RFC 1035 sections 3.1, 4.1.4): a pointer must lead to
 * before the labels that it ends, so there is no circle. */
bool name_read(char out[NAME_TEXT_MAX], size_t *out_len, const struct message *message, size_t *at);

/* Moves *at behind the name there, which is not looked at beyond that. */
bool name_skip(const struct message *message, size_t *at);

#endif
