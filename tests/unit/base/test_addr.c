/* Holds engine/base/addr.c to RFC 4291, RFC 5952 and the IANA special-purpose registries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/addr.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct buf out;

static int setup(void **state) {
  (void)state;
  buf_init(&out, &mem_default);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  buf_free(&out);
  return 0;
}

static void assert_out(const char *want) {
  if (!text_is(buf_view(&out), want)) fail_msg("\"%.*s\" is not \"%s\"", (int)out.len, out.ptr, want);
  buf_clear(&out);
}

static const struct {
  const char *text;
  enum addr_fault fault;
  const char *print; /* what *out prints as: the address, or the form to suggest */
} parses[] = {
    {"0.0.0.0", ADDR_OK, "0.0.0.0"},
    {"255.255.255.255", ADDR_OK, "255.255.255.255"},
    {"192.0.2.01", ADDR_LEADING_ZERO, "192.0.2.1"},
    {"010.1.2.3", ADDR_LEADING_ZERO, "10.1.2.3"},
    {"1.2.3.00", ADDR_LEADING_ZERO, "1.2.3.0"},
    {"256.0.0.1", ADDR_RANGE, ""},
    {"1.2.3.0256", ADDR_RANGE, ""},
    {"1.2.3.99999999999999999999999", ADDR_RANGE, ""},
    {"", ADDR_SYNTAX, ""},
    {"1.2.3", ADDR_SYNTAX, ""},
    {"1.2.3.", ADDR_SYNTAX, ""},
    {"1.2.3.4.", ADDR_SYNTAX, ""},
    {"1.2.3.4.5", ADDR_SYNTAX, ""},
    {".1.2.3.4", ADDR_SYNTAX, ""},
    {"1..3.4", ADDR_SYNTAX, ""},
    {"1.2.3.4 ", ADDR_SYNTAX, ""},
    {"0x1.2.3.4", ADDR_SYNTAX, ""},
    {"1.2.3.4%eth0", ADDR_SYNTAX, ""},
    {"::", ADDR_OK, "::"},
    {"::1", ADDR_OK, "::1"},
    {"1::", ADDR_OK, "1::"},
    {"2001:DB8:0:0:0:0:0:1", ADDR_OK, "2001:db8::1"},
    {"2001:db8::1:0:0:1", ADDR_OK, "2001:db8::1:0:0:1"},
    {"2001:db8:0:0:1:0:0:1", ADDR_OK, "2001:db8::1:0:0:1"},
    {"2001:0:0:1:0:0:0:1", ADDR_OK, "2001:0:0:1::1"},
    {"2001:db8:0:1:1:1:1:1", ADDR_OK, "2001:db8:0:1:1:1:1:1"},
    {"1:2:3:4:5:6:7::", ADDR_OK, "1:2:3:4:5:6:7:0"},
    {"::2:3:4:5:6:7:8", ADDR_OK, "0:2:3:4:5:6:7:8"},
    {"0001:0002:0003:0004:0005:0006:0007:0008", ADDR_OK, "1:2:3:4:5:6:7:8"},
    {"64:ff9b::192.0.2.33", ADDR_OK, "64:ff9b::c000:221"},
    {"1:2:3:4:5:6:1.2.3.4", ADDR_OK, "1:2:3:4:5:6:102:304"},
    {"::ffff:192.0.2.1", ADDR_OK, "192.0.2.1"},
    {"::FFFF:c000:201", ADDR_OK, "192.0.2.1"},
    {"0:0:0:0:0:ffff:192.0.2.1", ADDR_OK, "192.0.2.1"},
    {"::ffff:0:192.0.2.1", ADDR_OK, "::ffff:0:c000:201"},
    {"::192.0.2.01", ADDR_LEADING_ZERO, "::c000:201"},
    {"::ffff:192.0.2.01", ADDR_LEADING_ZERO, "192.0.2.1"},
    {"::192.0.2.256", ADDR_RANGE, ""},
    {"fe80::1%eth0", ADDR_ZONE, "fe80::1"},
    {"fe80::1%", ADDR_ZONE, "fe80::1"},
    {"fe80:::1%eth0", ADDR_SYNTAX, ""},
    {"%eth0:", ADDR_SYNTAX, ""},
    {":", ADDR_SYNTAX, ""},
    {":::", ADDR_SYNTAX, ""},
    {":1:2:3:4:5:6:7", ADDR_SYNTAX, ""},
    {"1:2:3:4:5:6:7:", ADDR_SYNTAX, ""},
    {"1:2:3:4:5:6:7", ADDR_SYNTAX, ""},
    {"1:2:3:4:5:6:7:8:9", ADDR_SYNTAX, ""},
    {"1:2:3:4::5:6:7:8", ADDR_SYNTAX, ""},
    {"::1:2:3:4:5:6:7:8", ADDR_SYNTAX, ""},
    {"1::2::3", ADDR_SYNTAX, ""},
    {"12345::", ADDR_SYNTAX, ""},
    {"g::", ADDR_SYNTAX, ""},
    {"::1.2.3", ADDR_SYNTAX, ""},
    {"::1.2.3.4:5", ADDR_SYNTAX, ""},
    {"1:2:3:4:5:6:7:1.2.3.4", ADDR_SYNTAX, ""},
    {"1.2.3.4::", ADDR_SYNTAX, ""},
    {"[::1]", ADDR_SYNTAX, ""},
};

static void parses_and_prints(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(parses); i++) {
    struct addr addr;
    enum addr_fault fault = addr_parse(&addr, text_from(parses[i].text));
    if (fault != parses[i].fault) fail_msg("%s: %s", parses[i].text, addr_fault_text(fault));
    addr_print(&out, addr);
    assert_out(parses[i].print);
  }
  struct addr addr;
  assert_int_equal(addr_parse(&addr, text_of(NULL, 0)), ADDR_SYNTAX);
  assert_int_equal(addr_parse(&addr, text_of("1.2.3.4\0", 8)), ADDR_SYNTAX);
  assert_int_equal(addr_parse(&addr, text_of("::1\0", 4)), ADDR_SYNTAX);
}

static const struct {
  const char *text;
  enum addr_fault fault;
  const char *print;
} networks[] = {
    {"192.0.2.0/24", ADDR_OK, "192.0.2.0/24"},
    {"0.0.0.0/0", ADDR_OK, "0.0.0.0/0"},
    {"192.0.2.1/32", ADDR_OK, "192.0.2.1/32"},
    {"192.0.2.1/24", ADDR_HOST_BITS, "192.0.2.0/24"},
    {"192.0.2.255/25", ADDR_HOST_BITS, "192.0.2.128/25"},
    {"10.0.0.1/0", ADDR_HOST_BITS, "0.0.0.0/0"},
    {"192.0.2.01/32", ADDR_LEADING_ZERO, "192.0.2.1/32"},
    {"192.0.2.01/24", ADDR_LEADING_ZERO, "192.0.2.0/24"},
    {"192.0.2.0", ADDR_PREFIX, ""},
    {"192.0.2.0/", ADDR_PREFIX, ""},
    {"192.0.2.0/33", ADDR_PREFIX, ""},
    {"192.0.2.0/024", ADDR_PREFIX, ""},
    {"192.0.2.0/+24", ADDR_PREFIX, ""},
    {"192.0.2.0/2 ", ADDR_PREFIX, ""},
    {"192.0.2.0/255.255.255.0", ADDR_PREFIX, ""},
    {"192.0.2/24", ADDR_SYNTAX, ""},
    {"/24", ADDR_SYNTAX, ""},
    {"", ADDR_SYNTAX, ""},
    {"192.0.2.256/24", ADDR_RANGE, ""},
    {"2001:db8::/32", ADDR_OK, "2001:db8::/32"},
    {"::/0", ADDR_OK, "::/0"},
    {"::1/128", ADDR_OK, "::1/128"},
    {"::/129", ADDR_PREFIX, ""},
    {"::/256", ADDR_PREFIX, ""},
    {"2001:db8::1/64", ADDR_HOST_BITS, "2001:db8::/64"},
    {"fe80::1%eth0/64", ADDR_ZONE, "fe80::/64"},
    {"::ffff:0:0/96", ADDR_OK, "0.0.0.0/0"},
    {"::ffff:192.0.2.0/120", ADDR_OK, "192.0.2.0/24"},
    {"::ffff:192.0.2.1/120", ADDR_HOST_BITS, "192.0.2.0/24"},
    {"::ffff:0:0/95", ADDR_HOST_BITS, "::fffe:0:0/95"},
    {"::fffe:0:0/95", ADDR_OK, "::fffe:0:0/95"},
};

static void reads_bytes(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
    const char *want; /* "": no address */
  } rows[] = {
      {"\xc0\0\x02\x01", 4, "192.0.2.1"},
      {"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16, "2001:db8::1"},
      {"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01", 16, "192.0.2.1"}, /* IPv4-mapped */
      {"\0\0\0\0", 4, "0.0.0.0"},
      {"\xc0\0\x02\x01", 3, ""},
      {"\xc0\0\x02\x01\0", 5, ""},
      {NULL, 0, ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct addr addr = {.family = 9};
    assert_int_equal(addr_read(&addr, rows[i].bytes, rows[i].len), *rows[i].want != 0);
    buf_clear(&out);
    addr_print(&out, addr);
    assert_out(rows[i].want);
  }
}

static void parses_networks(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(networks); i++) {
    struct network net;
    enum addr_fault fault = network_parse(&net, text_from(networks[i].text));
    if (fault != networks[i].fault) fail_msg("%s: %s", networks[i].text, addr_fault_text(fault));
    network_print(&out, net);
    assert_out(networks[i].print);
  }
}

static struct addr addr_of(const char *text) {
  struct addr addr;
  if (addr_parse(&addr, text_from(text)) != ADDR_OK) fail_msg("%s", text);
  return addr;
}

static struct network net_of(const char *text) {
  struct network net;
  if (network_parse(&net, text_from(text)) != ADDR_OK) fail_msg("%s", text);
  return net;
}

static void holds_by_prefix_and_family(void **state) {
  (void)state;
  static const struct {
    const char *net, *addr;
    bool holds;
  } rows[] = {
      {"192.0.2.0/24", "192.0.2.255", true},
      {"192.0.2.0/24", "192.0.3.0", false},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"192.0.2.128/25", "192.0.2.128", true},
      {"0.0.0.0/0", "255.1.2.3", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "192.0.2.1", false},
      {"::/0", "::ffff:192.0.2.1", false},
      {"::ffff:0:0/96", "192.0.2.1", true},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"::1/128", "::1", true},
      {"::1/128", "::2", false},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    if (network_holds(net_of(rows[i].net), addr_of(rows[i].addr)) != rows[i].holds)
      fail_msg("%s in %s", rows[i].addr, rows[i].net);
  assert_false(network_holds(net_of("0.0.0.0/0"), (struct addr){0}));
  assert_false(network_holds((struct network){0}, (struct addr){0}));
}

static void compares_family_first(void **state) {
  (void)state;
  assert_true(addr_eq(addr_of("::ffff:192.0.2.1"), addr_of("192.0.2.1")));
  assert_false(addr_eq(addr_of("0.0.0.0"), addr_of("::")));
  assert_true(addr_compare(addr_of("255.255.255.255"), addr_of("::")) < 0);
  assert_true(addr_compare(addr_of("192.0.2.2"), addr_of("192.0.2.1")) > 0);
  assert_true(addr_compare((struct addr){0}, addr_of("0.0.0.0")) < 0);
}

static void numbers_bits_from_the_low_end(void **state) {
  (void)state;
  static const struct {
    const char *addr;
    int64_t n;
    bool set;
  } rows[] = {
      {"127.0.0.10", 0, false}, {"127.0.0.10", 1, true},  {"127.0.0.10", 3, true},      {"127.0.0.10", 30, true},
      {"127.0.0.10", 31, false}, {"255.0.0.0", 31, true},  {"255.255.255.255", 32, false},
      {"255.0.0.0", -1, false},
      {"8000::1", 0, true},      {"8000::1", 127, true},   {"8000::1", 1, false},          {"ffff::", 128, false},
      {"ffff::", INT64_MAX, false}, {"ffff::", INT64_MIN, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    if (addr_bit(addr_of(rows[i].addr), rows[i].n) != rows[i].set)
      fail_msg("%s bit %d", rows[i].addr, (int)rows[i].n);
  assert_false(addr_bit((struct addr){0}, 0));
}

static void reverses(void **state) {
  (void)state;
  addr_reverse(&out, addr_of("192.0.2.10"));
  assert_out("10.2.0.192.in-addr.arpa");
  addr_reverse(&out, addr_of("2001:db8::567:89ab"));
  assert_out("b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  addr_reverse(&out, (struct addr){0});
  assert_out("");
}

static const struct {
  const char *text;
  enum addr_prop prop;
} specials[] = {
    {"0.0.0.0", ADDR_IS_RESERVED},       {"0.1.2.3", ADDR_IS_RESERVED},      {"1.1.1.1", ADDR_IS_GLOBAL},
    {"10.255.255.255", ADDR_IS_PRIVATE}, {"11.0.0.0", ADDR_IS_GLOBAL},       {"100.63.255.255", ADDR_IS_GLOBAL},
    {"100.64.0.1", ADDR_IS_PRIVATE},     {"100.128.0.0", ADDR_IS_GLOBAL},    {"127.255.0.1", ADDR_IS_LOOPBACK},
    {"169.254.1.1", ADDR_IS_LINK_LOCAL}, {"172.15.255.255", ADDR_IS_GLOBAL}, {"172.16.0.0", ADDR_IS_PRIVATE},
    {"172.32.0.0", ADDR_IS_GLOBAL},      {"192.0.0.8", ADDR_IS_RESERVED},    {"192.0.0.9", ADDR_IS_GLOBAL},
    {"192.0.0.10", ADDR_IS_GLOBAL},      {"192.0.0.11", ADDR_IS_RESERVED},   {"192.0.2.1", ADDR_IS_RESERVED},
    {"192.31.196.1", ADDR_IS_GLOBAL},    {"192.88.99.1", ADDR_IS_RESERVED},  {"192.168.1.1", ADDR_IS_PRIVATE},
    {"192.175.48.1", ADDR_IS_GLOBAL},    {"198.19.255.255", ADDR_IS_RESERVED}, {"198.51.100.7", ADDR_IS_RESERVED},
    {"203.0.113.7", ADDR_IS_RESERVED},   {"223.255.255.255", ADDR_IS_GLOBAL}, {"224.0.0.1", ADDR_IS_MULTICAST},
    {"239.255.255.255", ADDR_IS_MULTICAST}, {"240.0.0.1", ADDR_IS_RESERVED}, {"255.255.255.255", ADDR_IS_RESERVED},
    {"::", ADDR_IS_RESERVED},            {"::1", ADDR_IS_LOOPBACK},          {"::ffff:10.0.0.1", ADDR_IS_PRIVATE},
    {"64:ff9b::1", ADDR_IS_GLOBAL},      {"64:ff9b:1::1", ADDR_IS_RESERVED}, {"100::1", ADDR_IS_RESERVED},
    {"100:0:0:1::", ADDR_IS_RESERVED},   {"100:0:0:2::", ADDR_IS_GLOBAL},    {"2001::1", ADDR_IS_RESERVED},
    {"2001:1::1", ADDR_IS_GLOBAL},       {"2001:1::2", ADDR_IS_GLOBAL},      {"2001:1::3", ADDR_IS_GLOBAL},
    {"2001:1::4", ADDR_IS_RESERVED},     {"2001:2::1", ADDR_IS_RESERVED},    {"2001:3::1", ADDR_IS_GLOBAL},
    {"2001:4:112::1", ADDR_IS_GLOBAL},   {"2001:4:113::1", ADDR_IS_RESERVED}, {"2001:10::1", ADDR_IS_RESERVED},
    {"2001:20::1", ADDR_IS_GLOBAL},      {"2001:2f::1", ADDR_IS_GLOBAL},     {"2001:30::1", ADDR_IS_GLOBAL},
    {"2001:40::1", ADDR_IS_RESERVED},    {"2001:200::1", ADDR_IS_GLOBAL},    {"2001:db8::1", ADDR_IS_RESERVED},
    {"2002::1", ADDR_IS_RESERVED},       {"2606:4700::1111", ADDR_IS_GLOBAL}, {"2620:4f:8000::1", ADDR_IS_GLOBAL},
    {"3fff::1", ADDR_IS_RESERVED},       {"3fff:1000::", ADDR_IS_GLOBAL},    {"5f00::1", ADDR_IS_RESERVED},
    {"fbff::1", ADDR_IS_GLOBAL},         {"fc00::1", ADDR_IS_PRIVATE},       {"fdff::1", ADDR_IS_PRIVATE},
    {"fe80::1", ADDR_IS_LINK_LOCAL},     {"febf::1", ADDR_IS_LINK_LOCAL},    {"fec0::1", ADDR_IS_RESERVED},
    {"ff02::1", ADDR_IS_MULTICAST},
};

static void knows_special_addresses(void **state) {
  (void)state;
  assert_int_equal(addr_props((struct addr){0}), 1u << ADDR_IS_EMPTY);
  for (size_t i = 0; i < COUNT(specials); i++) {
    struct addr addr = addr_of(specials[i].text);
    uint32_t want = 1u << specials[i].prop | 1u << (addr.family == 4 ? ADDR_IS_V4 : ADDR_IS_V6);
    if (addr_props(addr) != want) fail_msg("%s: %#x, not %#x", specials[i].text, addr_props(addr), want);
  }
}

/* The rows of the registries as networks, for a search written without the 64-bit halves that addr_props uses. */
struct row {
  struct network net;
  enum addr_prop prop;
  bool global;
};

#define WORD(x) (uint8_t)((x) >> 8), (uint8_t)((x) & 0xff)

static const struct row rows[] = {
#define BLOCK4(a, b, c, d, size, word, reach, name, see) \
  {{{{a, b, c, d}, 4}, size}, ADDR_IS_##word, reach},
#define BLOCK6(a, b, c, d, e, f, g, h, size, word, reach, name, see) \
  {{{{WORD(a), WORD(b), WORD(c), WORD(d), WORD(e), WORD(f), WORD(g), WORD(h)}, 6}, size}, ADDR_IS_##word, reach},
#include "base/addr_blocks.def"
#undef BLOCK4
#undef BLOCK6
};

static enum addr_prop naive_prop(struct addr addr) {
  for (int bits = 128; bits > 0; bits--)
    for (size_t i = 0; i < COUNT(rows); i++)
      if (rows[i].net.bits == bits && network_holds(rows[i].net, addr))
        return rows[i].global ? ADDR_IS_GLOBAL : rows[i].prop;
  return ADDR_IS_GLOBAL;
}

/* The address `step` (-1 or 1) beside it, by long-hand carrying. */
static struct addr neighbour(struct addr addr, int step) {
  for (size_t i = addr.family == 4 ? 4 : 16; i-- > 0;) {
    addr.bytes[i] = (uint8_t)(addr.bytes[i] + step);
    if (addr.bytes[i] != (step > 0 ? 0 : 0xff)) break;
  }
  return addr;
}

static struct addr last_of(struct network net) {
  for (unsigned bit = net.bits; bit < (net.addr.family == 4 ? 32u : 128u); bit++)
    net.addr.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
  return net.addr;
}

static void agrees_with_the_registries_at_every_edge(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct addr first = rows[i].net.addr, last = last_of(rows[i].net);
    struct addr tries[] = {first, neighbour(first, -1), neighbour(first, 1), last, neighbour(last, -1),
                           neighbour(last, 1)};
    for (size_t k = 0; k < COUNT(tries); k++) {
      uint32_t family = 1u << (tries[k].family == 4 ? ADDR_IS_V4 : ADDR_IS_V6);
      if (addr_props(tries[k]) == (family | 1u << naive_prop(tries[k]))) continue;
      addr_print(&out, tries[k]);
      fail_msg("%.*s: %#x", (int)out.len, out.ptr, addr_props(tries[k]));
    }
    buf_clear(&out);
    network_print(&out, rows[i].net);
    struct network again;
    enum addr_fault fault = network_parse(&again, buf_view(&out));
    if (fault != ADDR_OK) fail_msg("%.*s: %s", (int)out.len, out.ptr, addr_fault_text(fault));
    buf_clear(&out);
  }
}

static void every_fault_has_a_text(void **state) {
  (void)state;
  for (int fault = ADDR_OK; fault <= ADDR_HOST_BITS; fault++) {
    assert_non_null(addr_fault_text((enum addr_fault)fault));
    for (int other = ADDR_OK; other < fault; other++)
      assert_string_not_equal(addr_fault_text((enum addr_fault)fault), addr_fault_text((enum addr_fault)other));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parses_and_prints),
      cmocka_unit_test(reads_bytes),
      cmocka_unit_test(parses_networks),
      cmocka_unit_test(holds_by_prefix_and_family),
      cmocka_unit_test(compares_family_first),
      cmocka_unit_test(numbers_bits_from_the_low_end),
      cmocka_unit_test(reverses),
      cmocka_unit_test(knows_special_addresses),
      cmocka_unit_test(agrees_with_the_registries_at_every_edge),
      cmocka_unit_test(every_fault_has_a_text),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
