/* Owns addresses of peers: from sockets and for them, and as texts.
 * Must never know: what somebody may do. */
#ifndef DAEMON_NET_H
#define DAEMON_NET_H

#include <sys/socket.h>

#include "message/address.h"

enum { NET_TEXT = 64 };

/* Of a Unix peer: the address of nobody, ::. */
struct address net_of_peer(const struct sockaddr_storage *peer);
bool net_is_nobody(const struct address *address);
bool net_is_loopback(const struct address *address);

/* "192.0.2.1", "2001:db8::1". */
void net_print(char out[NET_TEXT], const struct address *address);

/* What bind(2) takes. */
socklen_t net_bindable(struct sockaddr_storage *out, const struct address *address, uint16_t port);

#endif
