/* Tests the resolver from outside where many questions are on their way at once: by many sockets, and to servers that
 * do not know EDNS. */
#include "support/dns_fake.h"
#include "unit/lib/api.h"

static void hear(void *user, const assay_answer *answer) {
  size_t *found = user;
  *found += answer->outcome == ASSAY_OUTCOME_FOUND;
}

/* How many of so many names are found, all of them asked at once. */
static size_t count_found(const char *servers, size_t names) {
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  options.servers = servers;
  options.attempt_ms = 500;
  options.attempts = 2;
  options.in_flight = options.zone_in_flight = (uint32_t)names;
  options.zone_timeouts = 0;
  assay_resolver *resolver;
  assay_lookup *lookup;
  size_t found = 0;
  assert_int_equal(assay_resolver_new(&resolver, &options), ASSAY_OK);
  for (size_t i = 0; i < names; i++) {
    char name[64];
    size_t len = (size_t)snprintf(name, sizeof name, "n%zu.z%zu.example", i, i % 97);
    assert_int_equal(assay_resolver_ask(resolver, ASSAY_QUESTION_A, name, len, hear, &found, &lookup), ASSAY_OK);
  }
  while (assay_resolver_pending(resolver) > 0) assert_int_equal(assay_resolver_wait(resolver, -1), ASSAY_OK);
  assay_resolver_free(resolver);
  return found;
}

static struct dns_fake *serve(enum dns_way way) {
  static struct dns_row rows[DNS_ECHO + 1];
  rows[way] = (struct dns_row){"*", 1, way, "192.0.2.8", 0};
  return dns_fake_start(&rows[way], 1);
}

/* Each socket holds 64 questions, and here all of them hang on a server that is silent while another one answers. */
static void many_sockets_are_all_watched(void **state) {
  (void)state;
  enum { NAMES = 40 * 64 };
  struct dns_fake *silent = serve(DNS_SILENT), *speaks = serve(DNS_ANSWERS);
  char servers[80];
  snprintf(servers, sizeof servers, "%s,%s", dns_fake_server(silent), dns_fake_server(speaks));
  assert_in_range(count_found(servers, NAMES), NAMES * 9 / 10, NAMES); /* a burst may overrun a socket */
  dns_fake_stop(silent);
  dns_fake_stop(speaks);
}

/* Whoever does not know EDNS is asked without it, however many questions are on their way when he first says so. */
static void edns_is_not_needed(void **state) {
  (void)state;
  static const enum dns_way ways[] = {DNS_NO_EDNS, DNS_NO_EDNS_NOTIMP};
  for (size_t i = 0; i < COUNT(ways); i++) {
    struct dns_fake *fake = serve(ways[i]);
    assert_int_equal(count_found(dns_fake_server(fake), 60), 60);
    dns_fake_stop(fake);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(many_sockets_are_all_watched),
      cmocka_unit_test(edns_is_not_needed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
