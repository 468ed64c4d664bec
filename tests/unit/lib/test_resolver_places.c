/* Tests who gets the places that questions under way take, when more wait than there are places, and most of them wait for
 * servers that are silent. */
#include "support/dns_fake.h"
#include "unit/lib/api.h"

enum { PLACES = 8, SILENT = 100, GOOD = 50 };

static const struct dns_row rows[] = {{"*.com", 0, DNS_SILENT, NULL, 0}, {"*.org", 0, DNS_ANSWERS, "192.0.2.8", 0}};

struct bench {
  struct dns_fake *fake;
  assay_resolver *resolver;
  size_t silent, found, other; /* callbacks, by what they were told */
};

static void open_bench(struct bench *bench, uint32_t attempt_ms) {
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  *bench = (struct bench){.fake = dns_fake_start(rows, COUNT(rows))};
  options.servers = dns_fake_server(bench->fake);
  options.attempt_ms = attempt_ms;
  options.in_flight = PLACES;
  options.zone_in_flight = 2;
  assert_int_equal(assay_resolver_new(&bench->resolver, &options), ASSAY_OK);
}

static void close_bench(struct bench *bench) {
  assay_resolver_free(bench->resolver);
  dns_fake_stop(bench->fake);
}

static void hear(void *user, const assay_answer *answer) {
  struct bench *bench = user;
  bench->silent += answer->outcome == ASSAY_OUTCOME_TIMEOUT;
  bench->found += answer->outcome == ASSAY_OUTCOME_FOUND;
  bench->other += answer->outcome != ASSAY_OUTCOME_TIMEOUT && answer->outcome != ASSAY_OUTCOME_FOUND;
}

static void ask(struct bench *bench, const char *format, size_t n) {
  char name[64];
  assay_lookup *lookup;
  int len = snprintf(name, sizeof name, format, n, n);
  assert_int_equal(assay_resolver_ask(bench->resolver, ASSAY_QUESTION_A, name, (size_t)len, hear, bench, &lookup), ASSAY_OK);
}

static void wait_for(struct bench *bench, const size_t *counter, size_t value) {
  while (*counter < value) assert_int_equal(assay_resolver_wait(bench->resolver, -1), ASSAY_OK);
}

static assay_resolver_stats stats_of(const struct bench *bench) {
  assay_resolver_stats stats;
  assay_resolver_statistics(bench->resolver, &stats);
  return stats;
}

/* Half of the places are for zones that have answered, however many others are silent. */
static void who_answers_keeps_places(void **state) {
  (void)state;
  struct bench bench;
  open_bench(&bench, 60000);
  ask(&bench, "first%zu.good.org", 0);
  wait_for(&bench, &bench.found, 1);
  for (size_t n = 0; n < SILENT; n++) ask(&bench, "mx.silent%zu.com", n);
  for (size_t n = 0; n < GOOD; n++) ask(&bench, "n%zu.good.org", n);
  wait_for(&bench, &bench.found, 1 + GOOD);
  assert_int_equal(bench.silent + bench.other, 0);
  assert_int_equal(stats_of(&bench).in_flight, PLACES / 2);
  assert_int_equal(stats_of(&bench).waiting, SILENT - PLACES / 2);
  close_bench(&bench);
}

/* A question without an answer gives up its place after an attempt, so that a stranger's is sent before it has timed out. */
static void who_is_slow_gives_up_his_place(void **state) {
  (void)state;
  struct bench bench;
  open_bench(&bench, 400);
  for (size_t n = 0; n < PLACES; n++) ask(&bench, "mx.silent%zu.com", n);
  ask(&bench, "mx.stranger%zu.org", 0);
  assert_int_equal(stats_of(&bench).in_flight, PLACES / 2);
  wait_for(&bench, &bench.found, 1);
  assert_int_equal(bench.silent + bench.other, 0);
  assert_in_range(stats_of(&bench).overdue, PLACES / 2, PLACES);
  close_bench(&bench);
}

/* But there is an end to it: what is at the server stays bounded, and all of them end. */
static void what_is_overdue_is_bounded(void **state) {
  (void)state;
  struct bench bench;
  size_t most = 0;
  open_bench(&bench, 20);
  for (size_t n = 0; n < SILENT; n++) ask(&bench, "mx.silent%zu.com", n);
  while (assay_resolver_pending(bench.resolver) > 0) {
    assay_resolver_stats stats = stats_of(&bench);
    assert_true(stats.in_flight <= PLACES / 2);
    if (stats.overdue > most) most = stats.overdue;
    assert_int_equal(assay_resolver_wait(bench.resolver, -1), ASSAY_OK);
  }
  assert_int_equal(bench.silent, SILENT);
  assert_in_range(most, PLACES / 2, 3 * PLACES + PLACES / 2);
  assert_int_equal(stats_of(&bench).in_flight + stats_of(&bench).overdue, 0);
  close_bench(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_answers_keeps_places),
      cmocka_unit_test(who_is_slow_gives_up_his_place),
      cmocka_unit_test(what_is_overdue_is_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
