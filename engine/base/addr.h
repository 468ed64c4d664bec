/* Owns IP addresses and networks as values: parsing, printing, comparing, and what the IANA special-purpose
 * registries say of them. Must never know: which connection an address belongs to. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* family 0 is the empty address. IPv4 lies in bytes[0..3], the rest zero, so that equality is one memcmp. */
struct addr {
  uint8_t bytes[16];
  uint8_t family; /* 0, 4 or 6 */
};

struct network {
  struct addr addr; /* host bits are zero */
  uint8_t bits;     /* 0..32 or 0..128 */
};

/* Why a text is no address or network, with the right form where there is one. */
enum addr_fault {
  ADDR_OK = 0,
  ADDR_SYNTAX,       /* no address at all */
  ADDR_LEADING_ZERO, /* 192.0.2.01 */
  ADDR_RANGE,        /* an octet over 255 */
  ADDR_ZONE,         /* fe80::1%eth0 */
  ADDR_PREFIX,       /* a prefix length that is no number, or too long */
  ADDR_HOST_BITS     /* 192.0.2.1/24: bits behind the prefix are set */
};

/* IPv4 dotted quad, or IPv6 by RFC 4291 section 2.2 (embedded quad allowed). IPv4-mapped IPv6 becomes IPv4. On
 * ADDR_LEADING_ZERO and ADDR_ZONE, *out is the form to suggest: decimal without the zeros, the address without its
 * zone. On the other faults it is empty. */
enum addr_fault addr_parse(struct addr *out, struct text text);

/* The address of 4 or 16 bytes; an IPv4-mapped one becomes IPv4. Of any other length it is empty, and false. */
bool addr_read(struct addr *out, const char *bytes, size_t len);

/* An address with "/bits". A mapped network (::ffff:0:0/96 and longer) becomes IPv4. On ADDR_HOST_BITS, *out is
 * the network with those bits cleared: the form to suggest; on ADDR_LEADING_ZERO and ADDR_ZONE likewise, where the
 * prefix length is right. On the other faults it is empty. An address without "/bits" is an ADDR_PREFIX. */
enum addr_fault network_parse(struct network *out, struct text text);

/* The text behind a fault, for a diagnostic: "leading zero in an octet". Static. */
const char *addr_fault_text(enum addr_fault fault);

/* What to write instead, where there is no right form of what was meant. Static. */
const char *addr_fault_help(enum addr_fault fault);

bool addr_eq(struct addr a, struct addr b);
int addr_compare(struct addr a, struct addr b); /* by family, then bytes */

/* Whether the network holds the address. Families never mix: an IPv6 network holds no IPv4 address. */
bool network_holds(struct network net, struct addr addr);

/* RFC 5952 for IPv6. Nothing for the empty address. */
void addr_print(struct buf *out, struct addr addr);
void network_print(struct buf *out, struct network net);

/* Bit n, counted from 0 at the least significant end; false outside the address and for the empty one. */
bool addr_bit(struct addr addr, int64_t n);

/* The in-addr.arpa or ip6.arpa name, without a trailing dot. */
void addr_reverse(struct buf *out, struct addr addr);

/* The properties, one bit each, in the order of enum addr_prop. Beside its family an address has exactly one of
 * the last six: the most specific row of base/addr_blocks.def decides, and an address in no row is global. */
enum addr_prop {
  ADDR_IS_EMPTY,
  ADDR_IS_V4,
  ADDR_IS_V6,
  ADDR_IS_LOOPBACK,
  ADDR_IS_PRIVATE,    /* RFC 1918, RFC 6598 shared space, RFC 4193 unique local */
  ADDR_IS_LINK_LOCAL,
  ADDR_IS_MULTICAST,
  ADDR_IS_RESERVED,   /* every other block that is not globally reachable, documentation blocks among them */
  ADDR_IS_GLOBAL,     /* globally reachable by the registries, and not multicast */
  ADDR_PROP_COUNT
};

uint32_t addr_props(struct addr addr);

/* The rows of base/addr_blocks.def: within a network that holds no smaller row, and in all that lies between them,
 * addresses have the same properties. False past the end. */
bool addr_block_at(size_t index, struct network *out);

#endif
