/* Owns IP addresses and networks as values: parsing, printing, comparing, and what the IANA special-purpose
 * registries say of them. Must never know: which connection an address belongs to. */
#include "base/addr.h"

#include <string.h>

enum { QUAD_BYTES = 4, V6_BYTES = 16, MAPPED_BYTES = 12, MAPPED_BITS = 96 };

static const uint8_t mapped_prefix[MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};

static size_t addr_bytes(struct addr addr) {
  return addr.family == 4 ? QUAD_BYTES : addr.family == 6 ? V6_BYTES : 0;
}

/* Every octet is read to its end even past 255, so that a number too large is told from what is no address. */
static enum addr_fault parse_quad(uint8_t out[QUAD_BYTES], struct text text) {
  bool zero = false, large = false;
  size_t at = 0;
  for (size_t i = 0; i < QUAD_BYTES; i++) {
    if (i > 0 && (at == text.len || text.ptr[at++] != '.')) return ADDR_SYNTAX;
    size_t start = at;
    unsigned value = 0;
    for (; at < text.len && ascii_digit(text.ptr[at]); at++)
      if (value <= 255) value = value * 10 + (unsigned)(text.ptr[at] - '0');
    if (at == start) return ADDR_SYNTAX;
    zero |= at - start > 1 && text.ptr[start] == '0';
    large |= value > 255;
    out[i] = (uint8_t)value;
  }
  if (at < text.len) return ADDR_SYNTAX;
  return large ? ADDR_RANGE : zero ? ADDR_LEADING_ZERO : ADDR_OK;
}

static unsigned hex_value(char c) {
  if (ascii_digit(c)) return (unsigned)(c - '0');
  char l = ascii_lower(c);
  return l >= 'a' && l <= 'f' ? (unsigned)(l - 'a') + 10 : 16;
}

/* Reads one group of at most four digits from *at; false when there is none. */
static bool parse_group(unsigned *out, struct text text, size_t *at) {
  size_t start = *at;
  for (*out = 0; *at < text.len && *at - start < 4; ++*at) {
    unsigned digit = hex_value(text.ptr[*at]);
    if (digit > 15) break;
    *out = *out << 4 | digit;
  }
  return *at > start;
}

/* Puts the `n` bytes read so far into place around the "::" that stood after byte `gap`. */
static enum addr_fault close_gap(uint8_t out[V6_BYTES], size_t n, size_t gap, enum addr_fault fault) {
  if (gap > n) return n == V6_BYTES ? fault : ADDR_SYNTAX;
  if (n > V6_BYTES - 2) return ADDR_SYNTAX;
  size_t tail = n - gap;
  memmove(out + V6_BYTES - tail, out + gap, tail);
  memset(out + gap, 0, V6_BYTES - n);
  return fault;
}

static enum addr_fault parse_groups(uint8_t out[V6_BYTES], struct text text) {
  size_t at = 0, n = 0, gap = SIZE_MAX;
  if (text_starts(text, TEXT("::"))) {
    gap = 0;
    at = 2;
  }
  while (at < text.len) {
    size_t start = at;
    unsigned group;
    if (n == V6_BYTES || !parse_group(&group, text, &at)) return ADDR_SYNTAX;
    if (at < text.len && text.ptr[at] == '.') {
      if (n > MAPPED_BYTES) return ADDR_SYNTAX;
      enum addr_fault fault = parse_quad(out + n, text_of(text.ptr + start, text.len - start));
      return fault == ADDR_SYNTAX ? fault : close_gap(out, n + QUAD_BYTES, gap, fault);
    }
    out[n++] = (uint8_t)(group >> 8);
    out[n++] = (uint8_t)group;
    if (at == text.len) break;
    if (text.ptr[at++] != ':' || at == text.len) return ADDR_SYNTAX;
    if (text.ptr[at] != ':') continue;
    if (gap != SIZE_MAX) return ADDR_SYNTAX;
    gap = n;
    at++;
  }
  return close_gap(out, n, gap, ADDR_OK);
}

/* The address as written, IPv4-mapped ones still IPv6. Empty where there is no form to suggest. */
static enum addr_fault parse_written(struct addr *out, struct text text) {
  *out = (struct addr){0};
  if (text.len == 0) return ADDR_SYNTAX;
  struct addr addr = {0};
  enum addr_fault fault;
  if (memchr(text.ptr, ':', text.len)) {
    const char *zone = memchr(text.ptr, '%', text.len);
    if (zone) text.len = (size_t)(zone - text.ptr);
    addr.family = 6;
    fault = parse_groups(addr.bytes, text);
    if (fault == ADDR_OK && zone) fault = ADDR_ZONE;
  } else {
    addr.family = 4;
    fault = parse_quad(addr.bytes, text);
  }
  if (fault != ADDR_SYNTAX && fault != ADDR_RANGE) *out = addr;
  return fault;
}

static bool is_mapped(struct addr addr) {
  return addr.family == 6 && memcmp(addr.bytes, mapped_prefix, MAPPED_BYTES) == 0;
}

static struct addr unmap(struct addr addr) {
  struct addr quad = {.family = 4};
  memcpy(quad.bytes, addr.bytes + MAPPED_BYTES, QUAD_BYTES);
  return quad;
}

enum addr_fault addr_parse(struct addr *out, struct text text) {
  enum addr_fault fault = parse_written(out, text);
  if (is_mapped(*out)) *out = unmap(*out);
  return fault;
}

bool addr_read(struct addr *out, const char *bytes, size_t len) {
  *out = (struct addr){.family = len == QUAD_BYTES ? 4 : len == V6_BYTES ? 6 : 0};
  if (out->family) memcpy(out->bytes, bytes, len);
  if (is_mapped(*out)) *out = unmap(*out);
  return out->family != 0;
}

static bool parse_bits(uint8_t *out, struct text text, unsigned most) {
  if (text.len == 0 || text.len > 3 || (text.len > 1 && text.ptr[0] == '0')) return false;
  unsigned value = 0;
  for (size_t i = 0; i < text.len; i++) {
    if (!ascii_digit(text.ptr[i])) return false;
    value = value * 10 + (unsigned)(text.ptr[i] - '0');
  }
  *out = (uint8_t)value;
  return value <= most;
}

/* Clears the bits behind the prefix; true when some were set. */
static bool clear_host(struct network *net) {
  uint8_t any = 0;
  size_t size = addr_bytes(net->addr);
  for (size_t i = net->bits / 8u; i < size; i++) {
    uint8_t host = (uint8_t)(i == net->bits / 8u ? 0xff >> net->bits % 8 : 0xff);
    any |= net->addr.bytes[i] & host;
    net->addr.bytes[i] &= (uint8_t)~host;
  }
  return any != 0;
}

enum addr_fault network_parse(struct network *out, struct text text) {
  *out = (struct network){0};
  const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
  size_t head = slash ? (size_t)(slash - text.ptr) : text.len;
  struct network net = {0};
  enum addr_fault fault = parse_written(&net.addr, text_of(text.ptr, head));
  if (net.addr.family == 0) return fault;
  unsigned most = net.addr.family == 4 ? 32 : 128;
  if (!slash || !parse_bits(&net.bits, text_of(slash + 1, text.len - head - 1), most))
    return fault == ADDR_OK ? ADDR_PREFIX : fault;
  if (is_mapped(net.addr) && net.bits >= MAPPED_BITS) {
    net.addr = unmap(net.addr);
    net.bits = (uint8_t)(net.bits - MAPPED_BITS);
  }
  bool host_bits = clear_host(&net);
  *out = net;
  return fault == ADDR_OK && host_bits ? ADDR_HOST_BITS : fault;
}

const char *addr_fault_text(enum addr_fault fault) {
  static const char *const texts[] = {
      [ADDR_OK] = "no fault",
      [ADDR_SYNTAX] = "not an address",
      [ADDR_LEADING_ZERO] = "leading zero in an octet",
      [ADDR_RANGE] = "an octet over 255",
      [ADDR_ZONE] = "a zone id",
      [ADDR_PREFIX] = "no prefix length, or one that is too long",
      [ADDR_HOST_BITS] = "bits set behind the prefix",
  };
  return (size_t)fault < sizeof texts / sizeof *texts ? texts[fault] : texts[ADDR_SYNTAX];
}

const char *addr_fault_help(enum addr_fault fault) {
  if (fault == ADDR_RANGE) return "each octet is 0 to 255";
  if (fault == ADDR_PREFIX) return "a prefix length is 0 to 32, or 0 to 128 for IPv6";
  return "addresses are 192.0.2.1 and 2001:db8::1, networks 192.0.2.0/24 and 2001:db8::/32";
}

bool addr_eq(struct addr a, struct addr b) {
  return addr_compare(a, b) == 0;
}

int addr_compare(struct addr a, struct addr b) {
  if (a.family != b.family) return a.family < b.family ? -1 : 1;
  return memcmp(a.bytes, b.bytes, sizeof a.bytes);
}

bool network_holds(struct network net, struct addr addr) {
  if (addr.family == 0 || net.addr.family != addr.family) return false;
  size_t whole = net.bits / 8u;
  unsigned rest = net.bits % 8u;
  if (memcmp(net.addr.bytes, addr.bytes, whole) != 0) return false;
  return rest == 0 || (net.addr.bytes[whole] ^ addr.bytes[whole]) >> (8 - rest) == 0;
}

static void print_quad(struct buf *out, const uint8_t *bytes) {
  for (size_t i = 0; i < QUAD_BYTES; i++) {
    if (i > 0) buf_byte(out, '.');
    buf_uint(out, bytes[i]);
  }
}

static unsigned group_at(struct addr addr, size_t i) {
  return (unsigned)addr.bytes[2 * i] << 8 | addr.bytes[2 * i + 1];
}

/* The first longest run of at least two zero groups, as RFC 5952 section 4.2 wants; *len 0 when there is none. */
static size_t longest_zeros(struct addr addr, size_t *len) {
  size_t best = 0, run = 0;
  *len = 0;
  for (size_t i = 0; i < 8; i++) {
    run = group_at(addr, i) == 0 ? run + 1 : 0;
    if (run < 2 || run <= *len) continue;
    *len = run;
    best = i + 1 - run;
  }
  return best;
}

static void print_groups(struct buf *out, struct addr addr) {
  size_t len, gap = longest_zeros(addr, &len);
  for (size_t i = 0; i < 8; i++) {
    if (len > 0 && i == gap) {
      buf_str(out, "::");
      i += len - 1;
      continue;
    }
    if (i > 0 && (len == 0 || i != gap + len)) buf_byte(out, ':');
    buf_printf(out, "%x", group_at(addr, i));
  }
}

void addr_print(struct buf *out, struct addr addr) {
  if (addr.family == 4) {
    print_quad(out, addr.bytes);
  } else if (is_mapped(addr)) {
    buf_str(out, "::ffff:");
    print_quad(out, addr.bytes + MAPPED_BYTES);
  } else if (addr.family == 6) {
    print_groups(out, addr);
  }
}

void network_print(struct buf *out, struct network net) {
  addr_print(out, net.addr);
  if (net.addr.family != 0) buf_printf(out, "/%u", net.bits);
}

bool addr_bit(struct addr addr, int64_t n) {
  size_t size = addr_bytes(addr);
  if (n < 0 || n >= (int64_t)size * 8) return false;
  return addr.bytes[size - 1 - (size_t)n / 8] >> (n % 8) & 1;
}

void addr_reverse(struct buf *out, struct addr addr) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = addr_bytes(addr); i-- > 0;) {
    uint8_t byte = addr.bytes[i];
    char nibbles[] = {digits[byte & 15], '.', digits[byte >> 4]};
    if (addr.family == 4)
      buf_uint(out, byte);
    else
      buf_text(out, text_of(nibbles, sizeof nibbles));
    buf_byte(out, '.');
  }
  if (addr.family != 0) buf_str(out, addr.family == 4 ? "in-addr.arpa" : "ip6.arpa");
}

/* A row of the registries; an IPv4 block lies in the upper half of `high`, so that one comparison serves both. */
struct block {
  uint64_t high, low;
  uint8_t bits, prop;
  bool global;
};

#define HALF(a, b, c, d) ((uint64_t)(a) << 48 | (uint64_t)(b) << 32 | (uint64_t)(c) << 16 | (uint64_t)(d))
#define QUAD(a, b, c, d) HALF((a) << 8 | (b), (c) << 8 | (d), 0, 0)

static const struct block blocks_v4[] = {
#define BLOCK4(a, b, c, d, bits, word, global, name, see) {QUAD(a, b, c, d), 0, bits, ADDR_IS_##word, global},
#define BLOCK6(a, b, c, d, e, f, g, h, bits, word, global, name, see)
#include "base/addr_blocks.def"
#undef BLOCK4
#undef BLOCK6
};

static const struct block blocks_v6[] = {
#define BLOCK4(a, b, c, d, bits, word, global, name, see)
#define BLOCK6(a, b, c, d, e, f, g, h, bits, word, global, name, see) \
  {HALF(a, b, c, d), HALF(e, f, g, h), bits, ADDR_IS_##word, global},
#include "base/addr_blocks.def"
#undef BLOCK4
#undef BLOCK6
};

static uint64_t half_at(const uint8_t *bytes) {
  uint64_t half = 0;
  for (size_t i = 0; i < 8; i++) half = half << 8 | bytes[i];
  return half;
}

/* No row has a prefix of length 0, so no shift is by the whole width. */
static bool block_holds(const struct block *block, uint64_t high, uint64_t low) {
  if (block->bits <= 64) return (block->high ^ high) >> (64 - block->bits) == 0;
  return block->high == high && (block->low ^ low) >> (128 - block->bits) == 0;
}

uint32_t addr_props(struct addr addr) {
  if (addr.family == 0) return 1u << ADDR_IS_EMPTY;
  bool v4 = addr.family == 4;
  const struct block *block = v4 ? blocks_v4 : blocks_v6, *best = NULL;
  const struct block *end = block + (v4 ? sizeof blocks_v4 / sizeof *block : sizeof blocks_v6 / sizeof *block);
  uint64_t high = half_at(addr.bytes), low = v4 ? 0 : half_at(addr.bytes + 8);
  for (; block < end && block->high <= high; block++) /* in ascending order */
    if ((!best || block->bits > best->bits) && block_holds(block, high, low)) best = block;
  uint32_t family = 1u << (v4 ? ADDR_IS_V4 : ADDR_IS_V6);
  return family | 1u << (!best || best->global ? ADDR_IS_GLOBAL : best->prop);
}

static void half_to(uint8_t *bytes, uint64_t half) {
  for (size_t i = 8; i-- > 0; half >>= 8) bytes[i] = (uint8_t)half;
}

bool addr_block_at(size_t index, struct network *out) {
  size_t v4 = sizeof blocks_v4 / sizeof *blocks_v4, all = v4 + sizeof blocks_v6 / sizeof *blocks_v6;
  if (index >= all) return false;
  const struct block *block = index < v4 ? &blocks_v4[index] : &blocks_v6[index - v4];
  *out = (struct network){{.family = index < v4 ? 4 : 6}, block->bits};
  half_to(out->addr.bytes, block->high);
  half_to(out->addr.bytes + 8, block->low);
  return true;
}
