/* Owns addresses and networks as they are written, and which are never those of strangers.
 * Must never know: where an address was found. */
#include "message/address.h"

#include <arpa/inet.h>
#include <string.h>

#define ADDRESS_TEXT_MOST 45 /* six groups and a dotted quad */

#define V4_FROM 12             /* the byte of a mapped address at which IPv4 begins */

#define V4(a, b, c, d) {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (a), (b), (c), (d)}}

/* 6to4 of 10.0.0.0/8 is among them: some large sites number their inside so. */
static const struct address_range local[] = {
    {V4(127, 0, 0, 0), 104}, {V4(10, 0, 0, 0), 104},       {V4(172, 16, 0, 0), 108},
    {V4(192, 168, 0, 0), 112}, {V4(169, 254, 0, 0), 112},  {V4(100, 64, 0, 0), 106},
    {{{[15] = 1}}, 128},     {{{0xfc}}, 7},                {{{0xfe, 0x80}}, 10},
    {{{0x20, 0x02, 10}}, 24},
};

void address_set_v4(struct address *out, const uint8_t quad[4]) {
  *out = (struct address)V4(quad[0], quad[1], quad[2], quad[3]);
}

bool address_is_v4(const struct address *address) {
  static const struct address mapped = V4(0, 0, 0, 0);
  return memcmp(address->bytes, mapped.bytes, V4_FROM) == 0;
}

bool address_read(struct address *out, struct part part, struct part *text) {
  char copy[ADDRESS_TEXT_MOST + 1];
  uint8_t quad[4];
  if (part_begins(part, PART("IPv6:"))) part = part_from(part, 5);
  part = part_first(part, part_find(part, '%'));
  if (part.len == 0 || part.len > ADDRESS_TEXT_MOST || part_find(part, 0) < part.len) return false;
  memcpy(copy, part.ptr, part.len);
  copy[part.len] = 0;
  if (inet_pton(AF_INET, copy, quad) == 1)
    address_set_v4(out, quad);
  else if (inet_pton(AF_INET6, copy, out->bytes) != 1)
    return false;
  if (text) *text = part;
  return true;
}

bool address_range_read(struct address_range *out, struct part part) {
  size_t slash = part_find(part, '/');
  struct part digits = part_from(part, slash + 1);
  struct part host = part_first(part, slash);
  unsigned bits = 0;
  if (!address_read(&out->address, host, NULL)) return false;
  bool v4 = part_find(host, ':') == host.len;
  unsigned most = v4 ? 32 : 128;
  if (slash == part.len) bits = most;
  else if (digits.len == 0 || digits.len > 3) return false;
  else
    for (size_t i = 0; i < digits.len; i++) {
      if (digits.ptr[i] < '0' || digits.ptr[i] > '9') return false;
      bits = bits * 10 + (unsigned)(digits.ptr[i] - '0');
    }
  if (bits > most) return false;
  out->bits = (uint8_t)(bits + (v4 ? V4_FROM * 8 : 0));
  return true;
}

bool address_range_has(const struct address_range *range, const struct address *address) {
  unsigned whole = range->bits / 8, rest = range->bits % 8;
  if (whole < V4_FROM && address_is_v4(address)) return false;
  if (memcmp(range->address.bytes, address->bytes, whole) != 0) return false;
  if (rest == 0) return true;
  return ((range->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}

bool address_among(const struct address_range *ranges, size_t count, const struct address *address) {
  for (size_t i = 0; i < count; i++)
    if (address_range_has(&ranges[i], address)) return true;
  return false;
}

bool address_is_local(const struct address *address) {
  return address_among(local, sizeof local / sizeof *local, address);
}
