/* Owns addresses of peers: from sockets and texts, in blocks, as texts and keys.
 * Must never know: what somebody may do. */
#ifndef DAEMON_NET_H
#define DAEMON_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { NET_TEXT = 64 };

/* family 0: none (a Unix peer). An IPv4 address that is mapped into IPv6 is an IPv4 address. */
struct net_address {
  uint8_t family; /* 0, 4 or 6 */
  uint8_t bytes[16];
};

struct net_block {
  struct net_address address;
  uint8_t bits;
};

/* "192.0.2.0/24", "2001:db8::/32"; without bits, one address. False when it is none. */
bool net_parse(struct net_block *out, const char *text);

/* Only so many bits count. Of an IPv4 address that was mapped into IPv6 the count includes the 96 of the mapping. */
void net_narrow(struct net_block *block, unsigned bits);

struct net_address net_of_peer(const struct sockaddr_storage *peer);
bool net_is_loopback(const struct net_address *address);
bool net_eq(const struct net_address *a, const struct net_address *b);
bool net_holds(const struct net_block *block, const struct net_address *address);
bool net_among(const struct net_block *blocks, size_t count, const struct net_address *address);

/* "192.0.2.1", "2001:db8::1", "unix". */
void net_print(char out[NET_TEXT], const struct net_address *address);

/* What bind(2) takes. */
socklen_t net_bindable(struct sockaddr_storage *out, const struct net_address *address, uint16_t port);

#endif
