/* Tests the resolver against those who mean no good: strangers with a domain, servers that hang up, and callbacks that
 * do whatever they may. */
#include <poll.h>
#include <signal.h>

#include "unit/lib/asking.h"

static const struct dns_row zone[] = {
    {"two.example", 15, DNS_ANSWERS, "20 b.example,10 c.example,20 a.example", 0},
    {"two.example", 2, DNS_ANSWERS, "ns2.example,ns1.example", 0},
    {"hangs-up.example", 0, DNS_HANGS_UP, NULL, 0},
    {"*.many.example", 0, DNS_ANSWERS, "192.0.2.8", 0},
    {"*.quiet.example", 0, DNS_SILENT, NULL, 0},
};

static void sleep_ms(int ms) {
  poll(NULL, 0, ms);
}

/* --- callbacks --- */

/* What is remembered is given at once, within the callback of something else that is: the first stays as it was. */
struct nested {
  assay_resolver *resolver;
  struct heard outer, inner;
  int expired_ms; /* so much later it has expired */
};

static void hear_between(void *user, const assay_answer *answer) {
  struct nested *nested = user;
  if (nested->expired_ms > 0) sleep_ms(nested->expired_ms);
  asking_ask(nested->resolver, ASSAY_QUESTION_NS, "two.example", &nested->inner);
  asking_hear(&nested->outer, answer);
}

static void what_is_told_stays_while_more_is_asked(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  static const struct {
    assay_question_type type;
    uint32_t ceiling;
    int expired_ms;
    const char *expected;
  } rows[] = {{ASSAY_QUESTION_MX, 86400, 0, "found c.example a.example b.example"},
              {ASSAY_QUESTION_NS, 86400, 0, "found ns1.example ns2.example"},
              {ASSAY_QUESTION_NS, 1, 1100, "found ns1.example ns2.example"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_resolver_options options = asking_options(dns_fake_server(fake));
    options.ttl_ceiling = rows[i].ceiling;
    assay_resolver *resolver = asking_open_with(&options);
    struct nested nested = {.resolver = resolver, .expired_ms = rows[i].expired_ms};
    assay_lookup *lookup;
    asking_check(resolver, ASSAY_QUESTION_NS, "two.example", "found ns1.example ns2.example");
    if (rows[i].type != ASSAY_QUESTION_NS) asking_check(resolver, rows[i].type, "two.example", rows[i].expected);
    assert_int_equal(assay_resolver_ask(resolver, rows[i].type, "two.example", 11, hear_between, &nested, &lookup),
                     ASSAY_OK);
    assert_null(lookup);
    api_same(nested.outer.text, rows[i].expected);
    asking_wait(resolver);
    api_same(nested.inner.text, "found ns1.example ns2.example");
    assay_resolver_free(resolver);
  }
  dns_fake_stop(fake);
}

/* From a callback the resolver's loop cannot be turned: it is turning already. */
struct turner {
  assay_resolver *resolver;
  size_t calls;
};

static void turn_within(void *user, const assay_answer *answer) {
  struct turner *turner = user;
  (void)answer;
  turner->calls++;
  assay_resolver_process(turner->resolver, -1, false, false);
  assert_int_equal(assay_resolver_wait(turner->resolver, 0), ASSAY_BAD_ARGUMENT);
}

static void callbacks_cannot_turn_the_loop(void **state) {
  (void)state;
  enum { NAMES = 100 };
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.zone_timeouts = 0;
  options.attempt_ms = 30;
  assay_resolver *resolver = asking_open_with(&options);
  struct turner turner = {.resolver = resolver};
  for (unsigned round = 0; round < 2; round++) /* what is remembered is told at once, and a loop is no more to be had */
    for (unsigned i = 0; i < NAMES; i++) {
      char name[64];
      assay_lookup *lookup;
      snprintf(name, sizeof name, "n%u.%s.example", i, i % 2 ? "many" : "quiet");
      assert_int_equal(assay_resolver_ask(resolver, ASSAY_QUESTION_A, name, strlen(name), turn_within, &turner,
                                          &lookup),
                       ASSAY_OK);
      if (i + 1 == NAMES) asking_wait(resolver);
    }
  assert_int_equal(turner.calls, 2 * NAMES);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* --- strangers --- */

/* Whoever has a domain may call himself as he likes: to all of it no more is sent than to a zone, even where its names
 * look like those of DNS lists. */
static void one_domain_is_one_zone(void **state) {
  (void)state;
  static const char *const forms[] = {"a.b%u.silent.example", "1.1.1.1.b%u.silent.example",
                                      "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b%u.silent.example"};
  static struct heard heard[200];
  struct dns_fake *fake = dns_fake_start((struct dns_row[]){{"*", 0, DNS_SILENT, NULL, 0}}, 1);
  for (size_t form = 0; form < COUNT(forms); form++) {
    assay_resolver_options options = asking_options(dns_fake_server(fake));
    assay_resolver *resolver = asking_open_with(&options);
    for (unsigned i = 0; i < COUNT(heard); i++) {
      char name[128];
      snprintf(name, sizeof name, forms[form], i);
      asking_ask(resolver, ASSAY_QUESTION_A, name, &heard[i]);
    }
    assert_int_equal(asking_stats(resolver).in_flight, options.zone_in_flight);
    assay_resolver_free(resolver);
  }
  dns_fake_stop(fake);
}

/* --- servers --- */

/* The server has closed its end of a connection by TCP, and that has not been read yet: whoever writes to such a one
 * twice is sent a signal by the system, which ends a host that has not thought of it. */
static volatile sig_atomic_t signals;

static void count_signal(int number) {
  (void)number;
  signals++;
}

static void handle(assay_resolver *resolver, const struct asking_loop *loop, size_t at, bool write) {
  assert_true(loop->count > at);
  struct pollfd one = {loop->watched[at].fd, write ? POLLOUT : POLLIN, 0};
  assert_int_equal(poll(&one, 1, 5000), 1);
  assay_resolver_process(resolver, one.fd, !write, write);
}

static void a_connection_that_was_closed(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  struct asking_loop loop = {.count = 0};
  struct heard heard[3] = {{0}};
  enum { BY_UDP, BY_TCP };
  static const assay_question_type types[] = {ASSAY_QUESTION_A, ASSAY_QUESTION_MX, ASSAY_QUESTION_NS};
  struct sigaction before, counting = {.sa_handler = count_signal};
  assert_int_equal(sigaction(SIGPIPE, &counting, &before), 0);
  signals = 0;
  assay_resolver_watch(resolver, asking_watch, &loop);
  for (size_t i = 0; i < COUNT(types); i++) {
    asking_ask(resolver, types[i], "hangs-up.example", &heard[i]);
    handle(resolver, &loop, BY_UDP, false);
    handle(resolver, &loop, BY_TCP, true);
    sleep_ms(20); /* it reads the question, and closes */
  }
  asking_wait(resolver);
  assert_int_equal(signals, 0);
  for (size_t i = 0; i < COUNT(types); i++) assert_int_equal(heard[i].calls, 1);
  assay_resolver_free(resolver);
  sigaction(SIGPIPE, &before, NULL);
  dns_fake_stop(fake);
}

/* The first server is silent, so each question is sent to the second as well, and each of the many sockets is heard. */
static void many_descriptors(void **state) {
  (void)state;
  enum { NAMES = 4096 };
  static struct heard heard[NAMES];
  memset(heard, 0, sizeof heard);
  struct dns_fake *silent = dns_fake_start((struct dns_row[]){{"*", 0, DNS_SILENT, NULL, 0}}, 1);
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  char servers[128];
  snprintf(servers, sizeof servers, "%s,%s", dns_fake_server(silent), dns_fake_server(fake));
  assay_resolver_options options = asking_options(servers);
  options.in_flight = options.zone_in_flight = NAMES;
  options.attempt_ms = 2000;
  options.attempts = 1;
  assay_resolver *resolver = asking_open_with(&options);
  for (unsigned i = 0; i < NAMES; i++) {
    char name[64];
    snprintf(name, sizeof name, "n%u.many.example", i);
    asking_ask(resolver, ASSAY_QUESTION_A, name, &heard[i]);
  }
  asking_wait(resolver);
  size_t found = 0;
  for (size_t i = 0; i < NAMES; i++) found += heard[i].outcome == ASSAY_OUTCOME_FOUND;
  assert_in_range(found, NAMES * 9 / 10, NAMES); /* a burst may be more than a socket holds */
  assay_resolver_free(resolver);
  dns_fake_stop(silent);
  dns_fake_stop(fake);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_told_stays_while_more_is_asked),
      cmocka_unit_test(callbacks_cannot_turn_the_loop),
      cmocka_unit_test(one_domain_is_one_zone),
      cmocka_unit_test(a_connection_that_was_closed),
      cmocka_unit_test(many_descriptors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
