/* Owns addresses of peers: from sockets and texts, in blocks, as texts and keys.
 * Must never know: what somebody may do. */
#include "daemon/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t size_of(const struct net_address *address) {
  return address->family == 4 ? 4 : address->family == 6 ? 16 : 0;
}

static struct net_address of_v6(const uint8_t bytes[16]) {
  static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  struct net_address address = {.family = 6};
  bool v4 = memcmp(bytes, mapped, sizeof mapped) == 0;
  if (v4) address.family = 4;
  memcpy(address.bytes, v4 ? bytes + 12 : bytes, v4 ? 4 : 16);
  return address;
}

static bool parse_address(struct net_address *out, const char *text) {
  uint8_t bytes[16];
  *out = (struct net_address){0};
  if (inet_pton(AF_INET, text, out->bytes) == 1) {
    out->family = 4;
    return true;
  }
  if (inet_pton(AF_INET6, text, bytes) != 1) return false;
  *out = of_v6(bytes);
  return true;
}

void net_narrow(struct net_block *block, unsigned bits) {
  unsigned most = (unsigned)size_of(&block->address) * 8;
  if (bits > most && most == 32) bits = bits > 96 ? bits - 96 : 0;
  block->bits = (uint8_t)(bits < most ? bits : most);
}

bool net_parse(struct net_block *out, const char *text) {
  char address[NET_TEXT], *end;
  size_t len = strcspn(text, "/");
  bool v6 = strchr(text, ':') != NULL;
  if (len >= sizeof address) return false;
  memcpy(address, text, len);
  address[len] = '\0';
  if (!parse_address(&out->address, address)) return false;
  net_narrow(out, 128);
  if (text[len] == '\0') return true;
  if (text[len + 1] < '0' || text[len + 1] > '9') return false;
  unsigned long bits = strtoul(text + len + 1, &end, 10);
  if (*end != '\0' || bits > (v6 ? 128 : 32)) return false;
  if (v6 && out->address.family == 4 && bits < 96) return false; /* more than what is mapped */
  net_narrow(out, (unsigned)bits);
  return true;
}

struct net_address net_of_peer(const struct sockaddr_storage *peer) {
  struct net_address address = {0};
  if (peer->ss_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)peer;
    address.family = 4;
    memcpy(address.bytes, &v4->sin_addr, 4);
  } else if (peer->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)peer;
    address = of_v6(v6->sin6_addr.s6_addr);
  }
  return address;
}

bool net_is_loopback(const struct net_address *address) {
  static const uint8_t one[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (address->family == 4) return address->bytes[0] == 127;
  return address->family == 6 && memcmp(address->bytes, one, sizeof one) == 0;
}

bool net_eq(const struct net_address *a, const struct net_address *b) {
  return a->family == b->family && memcmp(a->bytes, b->bytes, size_of(a)) == 0;
}

bool net_holds(const struct net_block *block, const struct net_address *address) {
  if (block->address.family != address->family) return false;
  size_t whole = block->bits / 8, rest = block->bits % 8;
  if (memcmp(block->address.bytes, address->bytes, whole) != 0) return false;
  return rest == 0 || (block->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

bool net_among(const struct net_block *blocks, size_t count, const struct net_address *address) {
  for (size_t i = 0; i < count; i++)
    if (net_holds(&blocks[i], address)) return true;
  return false;
}

void net_print(char out[NET_TEXT], const struct net_address *address) {
  int family = address->family == 4 ? AF_INET : AF_INET6;
  if (address->family == 0 || !inet_ntop(family, address->bytes, out, NET_TEXT)) snprintf(out, NET_TEXT, "unix");
}

socklen_t net_bindable(struct sockaddr_storage *out, const struct net_address *address, uint16_t port) {
  memset(out, 0, sizeof *out);
  if (address->family == 4) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    memcpy(&v4->sin_addr, address->bytes, 4);
    return sizeof *v4;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  memcpy(v6->sin6_addr.s6_addr, address->bytes, 16);
  return sizeof *v6;
}
