/* Tests addresses and networks as mail servers write them, and which of them are local. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "message/address.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct part part_of(const char *text) {
  return (struct part){text, strlen(text)};
}

static void addresses_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text, *alone; /* NULL: no address */
    bool local;
  } rows[] = {
      {"192.0.2.1", "192.0.2.1", false},
      {"IPv6:2001:db8::1", "2001:db8::1", false},
      {"ipv6:2001:db8::1", "2001:db8::1", false},
      {"2001:db8::1%eth0", "2001:db8::1", false},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1", false},
      {"::ffff:10.0.0.1", "::ffff:10.0.0.1", true},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.255.255.255", "127.255.255.255", true},
      {"126.255.255.255", "126.255.255.255", false},
      {"128.0.0.0", "128.0.0.0", false},
      {"10.0.0.0", "10.0.0.0", true},
      {"11.0.0.0", "11.0.0.0", false},
      {"172.15.255.255", "172.15.255.255", false},
      {"172.16.0.0", "172.16.0.0", true},
      {"172.31.255.255", "172.31.255.255", true},
      {"172.32.0.0", "172.32.0.0", false},
      {"192.168.0.1", "192.168.0.1", true},
      {"192.169.0.1", "192.169.0.1", false},
      {"169.254.1.1", "169.254.1.1", true},
      {"100.64.0.1", "100.64.0.1", true},
      {"100.128.0.1", "100.128.0.1", false},
      {"0.0.0.0", "0.0.0.0", false},
      {"::1", "::1", true},
      {"::", "::", false},
      {"::2", "::2", false},
      {"fc00::1", "fc00::1", true},
      {"fdff::1", "fdff::1", true},
      {"fe00::1", "fe00::1", false},
      {"fe80::1%3", "fe80::1", true},
      {"fec0::1", "fec0::1", false},
      {"2002:a05::1", "2002:a05::1", true},
      {"2002:b05::1", "2002:b05::1", false},
      {"", NULL, false},
      {"%eth0", NULL, false},
      {"192.0.2", NULL, false},
      {"192.0.2.256", NULL, false},
      {"192.0.2.1.", NULL, false},
      {"192.0.2.01", NULL, false},
      {"0xc0.0.2.1", NULL, false},
      {" 192.0.2.1", NULL, false},
      {"192.0.2.1 ", NULL, false},
      {"[192.0.2.1]", NULL, false},
      {"IPv6:", NULL, false},
      {"1:2:3:4:5:6:7", NULL, false},
      {"1::2::3", NULL, false},
      {"mail.example.net", NULL, false},
      {"1111:2222:3333:4444:5555:6666:7777:8888:9999:1111", NULL, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct address address;
    struct part alone = {0};
    bool read = address_read(&address, part_of(rows[i].text), &alone);
    if (read != (rows[i].alone != NULL)) fail_msg("%s: %d", rows[i].text, read);
    if (!read) continue;
    if (!part_is(alone, part_of(rows[i].alone))) fail_msg("%s: %.*s", rows[i].text, (int)alone.len, alone.ptr);
    if (address_is_local(&address) != rows[i].local) fail_msg("%s: local", rows[i].text);
  }
}

static void networks_by_table(void **state) {
  (void)state;
  static const struct {
    const char *network, *address;
    int has; /* -1: no network */
  } rows[] = {
      {"192.0.2.0/24", "192.0.2.255", 1},
      {"192.0.2.0/24", "192.0.3.0", 0},
      {"192.0.2.77/24", "192.0.2.1", 1},
      {"192.0.2.7", "192.0.2.7", 1},
      {"192.0.2.7", "192.0.2.6", 0},
      {"192.0.2.128/25", "192.0.2.127", 0},
      {"192.0.2.128/25", "192.0.2.128", 1},
      {"0.0.0.0/0", "203.0.113.1", 1},
      {"0.0.0.0/0", "2001:db8::1", 0},
      {"::/0", "203.0.113.1", 0}, /* IPv6 alone */
      {"::/0", "2001:db8::1", 1},
      {"::/80", "203.0.113.1", 0},
      {"::ffff:0:0/95", "203.0.113.1", 0},
      {"::ffff:0:0/96", "203.0.113.1", 1},
      {"::/0", "::ffff:203.0.113.1", 0},
      {"192.0.2.0/24", "::ffff:192.0.2.9", 1},
      {"2001:db8::/33", "2001:db8:7fff::", 1},
      {"2001:db8::/32", "2001:db8:ffff::", 1},
      {"2001:db8::/33", "2001:db8:ffff::", 0},
      {"2001:db8::1/128", "2001:db8::1", 1},
      {"::ffff:192.0.2.0/120", "192.0.2.9", 1},
      {"::ffff:192.0.2.0/120", "192.0.3.9", 0},
      {"192.0.2.0/33", "", -1},
      {"2001:db8::/129", "", -1},
      {"192.0.2.0/", "", -1},
      {"192.0.2.0/x", "", -1},
      {"192.0.2.0/-1", "", -1},
      {"192.0.2.0/0000024", "", -1},
      {"192.0.2.0/8x", "", -1},
      {"192.0.2.0/99999999999999999999", "", -1},
      {"/24", "", -1},
      {"", "", -1},
      {"example.net/24", "", -1},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct address_range network;
    struct address address;
    bool read = address_range_read(&network, part_of(rows[i].network));
    if (read != (rows[i].has >= 0)) fail_msg("%s: %d", rows[i].network, read);
    if (!read) continue;
    assert_true(address_read(&address, part_of(rows[i].address), NULL));
    if (address_range_has(&network, &address) != rows[i].has) fail_msg("%s %s", rows[i].network, rows[i].address);
    assert_int_equal(address_among(&network, 1, &address), rows[i].has);
    assert_false(address_among(&network, 0, &address));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(addresses_by_table),
      cmocka_unit_test(networks_by_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
