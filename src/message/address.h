/* Owns addresses and networks as they are written, and which are never those of strangers.
 * Must never know: where an address was found. */
#ifndef MESSAGE_ADDRESS_H
#define MESSAGE_ADDRESS_H

#include <stdint.h>

#include "message/part.h"

/* IPv6; an IPv4 address is the mapped one, so that there is one way to compare. */
struct address {
  uint8_t bytes[16];
};

/* One of fewer than 96 bits holds no IPv4 address: ::/0 is IPv6. */
struct address_range {
  struct address address;
  uint8_t bits; /* 0 to 128: an IPv4 prefix plus 96 */
};

void address_set_v4(struct address *out, const uint8_t quad[4]);
bool address_is_v4(const struct address *address);

/* Reads an address: dotted quad or RFC 4291, with `IPv6:` before it or not, with a zone or not. `text`, which may be
 * NULL, becomes the part that is the address alone. False when it is none. */
bool address_read(struct address *out, struct part part, struct part *text);

/* Reads an address, or an address and /bits; bits behind the prefix may be set. False when it is none. */
bool address_range_read(struct address_range *out, struct part part);

bool address_range_has(const struct address_range *range, const struct address *address);
bool address_among(const struct address_range *ranges, size_t count, const struct address *address);

/* Loopback, private (RFC 1918, 4193, 6598) or link-local: nobody outside is reached there. */
bool address_is_local(const struct address *address);

#endif
