/* Owns addresses of peers: from sockets and for them, and as texts.
 * Must never know: what somebody may do. */
#include "daemon/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* Where the four bytes of IPv4 are. */
static const uint8_t *quad_of(const struct address *address) {
  return address->bytes + sizeof address->bytes - 4;
}

struct address net_of_peer(const struct sockaddr_storage *peer) {
  struct address address = {{0}};
  if (peer->ss_family == AF_INET) {
    address_set_v4(&address, (const uint8_t *)&((const struct sockaddr_in *)peer)->sin_addr);
  } else if (peer->ss_family == AF_INET6) {
    memcpy(address.bytes, ((const struct sockaddr_in6 *)peer)->sin6_addr.s6_addr, sizeof address.bytes);
  }
  return address;
}

bool net_is_nobody(const struct address *address) {
  static const struct address nobody = {{0}};
  return memcmp(address, &nobody, sizeof nobody) == 0;
}

bool net_is_loopback(const struct address *address) {
  static const struct address one = {{[15] = 1}};
  return address_is_v4(address) ? quad_of(address)[0] == 127 : memcmp(address, &one, sizeof one) == 0;
}

void net_print(char out[NET_TEXT], const struct address *address) {
  bool v4 = address_is_v4(address);
  inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? quad_of(address) : address->bytes, out, NET_TEXT);
}

socklen_t net_bindable(struct sockaddr_storage *out, const struct address *address, uint16_t port) {
  memset(out, 0, sizeof *out);
  if (address_is_v4(address)) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    memcpy(&v4->sin_addr, quad_of(address), 4);
    return sizeof *v4;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  memcpy(v6->sin6_addr.s6_addr, address->bytes, sizeof address->bytes);
  return sizeof *v6;
}
