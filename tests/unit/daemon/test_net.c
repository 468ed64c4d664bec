/* Tests addresses of peers: what is read, what holds what, and what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "daemon/net.h"

static void reads_blocks(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int family; /* 0: it is none */
    int bits;
  } rows[] = {
      {"192.0.2.1", 4, 32},           {"192.0.2.0/24", 4, 24},     {"0.0.0.0/0", 4, 0},
      {"::1", 6, 128},                {"2001:db8::/32", 6, 32},    {"::/0", 6, 0},
      {"::ffff:192.0.2.1", 4, 32},    {"::ffff:192.0.2.0/120", 4, 24}, {"::ffff:0:0/96", 4, 0},
      {"::ffff:192.0.2.0/95", 0, 0},  {"192.0.2.0/33", 0, 0},      {"::/129", 0, 0},
      {"192.0.2.0/", 0, 0},           {"192.0.2.0/-1", 0, 0},      {"192.0.2.0/8x", 0, 0},
      {"", 0, 0},                     {"192.0.2", 0, 0},           {"mx.example", 0, 0},
      {"192.0.2.1 ", 0, 0},           {"fe80::1%lo", 0, 0},        {"/24", 0, 0},
      {"192.0.2.0/99999999999999999999", 0, 0},
      {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", 0, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct net_block block = {0};
    bool read = net_parse(&block, rows[i].text);
    if (read != (rows[i].family > 0)) fail_msg("%s: %d", rows[i].text, read);
    if (read && (block.address.family != rows[i].family || block.bits != rows[i].bits))
      fail_msg("%s: family %d, %d bits", rows[i].text, block.address.family, block.bits);
  }
}

static void holds_by_table(void **state) {
  (void)state;
  static const struct {
    const char *block, *address;
    bool held;
  } rows[] = {
      {"192.0.2.0/24", "192.0.2.255", true},   {"192.0.2.0/24", "192.0.3.0", false},
      {"192.0.2.128/25", "192.0.2.127", false}, {"192.0.2.128/25", "192.0.2.128", true},
      {"192.0.2.77/25", "192.0.2.1", true}, /* bits behind the prefix do not count */
      {"192.0.2.1", "192.0.2.1", true},        {"192.0.2.1", "192.0.2.2", false},
      {"0.0.0.0/0", "203.0.113.9", true},      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "2001:db8::1", true},           {"::/0", "192.0.2.1", false},
      {"2001:db8::/33", "2001:db8:7fff::", true}, {"2001:db8::/33", "2001:db8:8000::", false},
      {"192.0.2.0/24", "::ffff:192.0.2.9", true}, {"::ffff:192.0.2.0/120", "192.0.2.9", true},
      {"::ffff:192.0.2.0/120", "192.0.3.9", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct net_block block, address;
    assert_true(net_parse(&block, rows[i].block));
    assert_true(net_parse(&address, rows[i].address));
    if (net_holds(&block, &address.address) != rows[i].held) fail_msg("%s holds %s", rows[i].block, rows[i].address);
    assert_int_equal(net_among(&block, 1, &address.address), rows[i].held);
    assert_false(net_among(&block, 0, &address.address));
  }
}

static void narrows(void **state) {
  (void)state;
  static const struct {
    const char *address;
    unsigned bits;
    int kept;
  } rows[] = {{"192.0.2.1", 24, 24}, {"::ffff:192.0.2.1", 120, 24}, {"::ffff:192.0.2.1", 96, 0},
              {"2001:db8::1", 120, 120}, {"2001:db8::1", 500, 128}, {"192.0.2.1", 500, 32}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct net_block block;
    assert_true(net_parse(&block, rows[i].address));
    net_narrow(&block, rows[i].bits);
    assert_int_equal(block.bits, rows[i].kept);
  }
}

static void knows_peers(void **state) {
  (void)state;
  static const struct {
    const char *address, *shown;
    bool loopback;
  } rows[] = {{"127.0.0.1", "127.0.0.1", true},       {"127.255.0.9", "127.255.0.9", true},
              {"128.0.0.1", "128.0.0.1", false},      {"::1", "::1", true},
              {"::2", "::2", false},                  {"::ffff:127.0.0.1", "127.0.0.1", true},
              {"::ffff:192.0.2.1", "192.0.2.1", false}, {"2001:db8::1", "2001:db8::1", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct sockaddr_in6 peer = {.sin6_family = AF_INET6};
    struct sockaddr_storage whole = {0};
    char text[NET_TEXT];
    bool v4 = inet_pton(AF_INET6, rows[i].address, &peer.sin6_addr) != 1;
    memcpy(&whole, &peer, sizeof peer);
    if (v4) {
      struct net_block block;
      assert_true(net_parse(&block, rows[i].address));
      assert_int_equal(net_bindable(&whole, &block.address, 25), sizeof(struct sockaddr_in));
    }
    struct net_address address = net_of_peer(&whole);
    net_print(text, &address);
    assert_string_equal(text, rows[i].shown);
    assert_int_equal(net_is_loopback(&address), rows[i].loopback);
  }
  struct sockaddr_storage unix_peer = {.ss_family = AF_UNIX};
  struct net_address nobody = net_of_peer(&unix_peer);
  char text[NET_TEXT];
  net_print(text, &nobody);
  assert_string_equal(text, "unix");
  assert_false(net_is_loopback(&nobody));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads_blocks), cmocka_unit_test(holds_by_table),
                                     cmocka_unit_test(narrows), cmocka_unit_test(knows_peers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
