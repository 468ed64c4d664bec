/* Tests addresses of peers: from sockets, for them, and as they are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <string.h>

#include "daemon/net.h"

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
    struct sockaddr_storage peer, again;
    struct address read, address;
    char text[NET_TEXT];
    assert_true(address_read(&read, (struct part){rows[i].address, strlen(rows[i].address)}, NULL));
    socklen_t size = net_bindable(&peer, &read, 25);
    assert_int_equal(size, strchr(rows[i].shown, ':') ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
    address = net_of_peer(&peer);
    assert_memory_equal(&address, &read, sizeof read);
    net_print(text, &address);
    assert_string_equal(text, rows[i].shown);
    assert_int_equal(net_is_loopback(&address), rows[i].loopback);
    assert_false(net_is_nobody(&address));
    /* A socket of both families shows an IPv4 peer as a mapped one. */
    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6};
    memcpy(mapped.sin6_addr.s6_addr, read.bytes, sizeof read.bytes);
    memset(&again, 0, sizeof again);
    memcpy(&again, &mapped, sizeof mapped);
    address = net_of_peer(&again);
    assert_memory_equal(&address, &read, sizeof read);
  }
  struct sockaddr_storage unix_peer = {.ss_family = AF_UNIX};
  struct address nobody = net_of_peer(&unix_peer);
  assert_true(net_is_nobody(&nobody));
  assert_false(net_is_loopback(&nobody));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(knows_peers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
