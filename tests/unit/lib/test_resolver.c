/* Tests the resolver from outside: its options, single questions to a server that answers, fails and lies, what is
 * remembered, what is limited, and both ways of waiting. */
#include <poll.h>

#include "unit/lib/asking.h"

/* What nobody waits for comes in as well. */
static void finish_flights(assay_resolver *r) {
  while (asking_stats(r).in_flight + asking_stats(r).overdue > 0)
    assert_int_equal(assay_resolver_wait(r, -1), ASSAY_OK);
}

/* --- making one --- */

static void options_are_looked_at(void **state) {
  (void)state;
  static const struct {
    const char *servers;
    size_t member;
    uint32_t value;
    assay_status expected;
  } rows[] = {
      {"127.0.0.1", 0, 0, ASSAY_OK},
      {"[::1]:5353, 127.0.0.1:53 192.0.2.1", 0, 0, ASSAY_OK},
      {"", 0, 0, ASSAY_BAD_VALUE},
      {"localhost", 0, 0, ASSAY_BAD_VALUE},
      {"127.0.0.1:0", 0, 0, ASSAY_BAD_VALUE},
      {"127.0.0.1:65536", 0, 0, ASSAY_BAD_VALUE},
      {"127.0.0.1:", 0, 0, ASSAY_BAD_VALUE},
      {"[::1", 0, 0, ASSAY_BAD_VALUE},
      {"1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9", 0, 0, ASSAY_BAD_VALUE},
#define MEMBER(name, value, expected) {"127.0.0.1", offsetof(assay_resolver_options, name), value, expected}
      MEMBER(attempt_ms, 0, ASSAY_BAD_ARGUMENT),
      MEMBER(attempts, 0, ASSAY_BAD_ARGUMENT),
      MEMBER(attempts, 10, ASSAY_OK),
      MEMBER(attempts, 11, ASSAY_BAD_ARGUMENT),
      MEMBER(in_flight, 0, ASSAY_BAD_ARGUMENT),
      MEMBER(in_flight, 4096, ASSAY_OK),
      MEMBER(in_flight, 4097, ASSAY_BAD_ARGUMENT),
      MEMBER(zone_in_flight, 0, ASSAY_BAD_ARGUMENT),
      MEMBER(questions, 65, ASSAY_BAD_ARGUMENT),
      MEMBER(questions, 64, ASSAY_OK),
      MEMBER(deadline_ms, 0, ASSAY_BAD_ARGUMENT),
#undef MEMBER
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
    assay_resolver *resolver = NULL;
    options.servers = rows[i].servers;
    if (rows[i].member) memcpy((char *)&options + rows[i].member, &rows[i].value, sizeof rows[i].value);
    assay_status status = assay_resolver_new(&resolver, &options);
    if (status != rows[i].expected) fail_msg("row %zu: %s", i, assay_status_text(status));
    assert_true((resolver != NULL) == (status == ASSAY_OK));
    assay_resolver_free(resolver);
  }
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  assay_resolver *resolver;
  options.size--;
  assert_int_equal(assay_resolver_new(&resolver, &options), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_resolver_new(NULL, NULL), ASSAY_BAD_ARGUMENT);
}

static void servers_are_shown(void **state) {
  (void)state;
  static const struct {
    const char *servers, *first, *second, *warned_of;
  } rows[] = {
      {"127.0.0.1", "127.0.0.1:53", NULL, NULL},
      {"::1,127.0.0.2:5353", "[::1]:53", "127.0.0.2:5353", NULL},
      {"[2001:db8::1]:54", "[2001:db8::1]:54", NULL, "[2001:db8::1]:54"},
      {"127.0.0.1 192.0.2.1", "127.0.0.1:53", "192.0.2.1:53", "192.0.2.1:53"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_resolver_options options = asking_options(rows[i].servers);
    assay_resolver *resolver = asking_open_with(&options);
    api_same(assay_resolver_server_at(resolver, 0), rows[i].first);
    api_same(assay_resolver_server_at(resolver, 1), rows[i].second);
    const char *warning = assay_resolver_warning(resolver);
    assert_true((warning != NULL) == (rows[i].warned_of != NULL));
    if (warning) assert_non_null(strstr(warning, rows[i].warned_of));
    assay_resolver_free(resolver);
  }
}

static void watch_nothing(void *user, int fd, bool read, bool write) {
  (void)user, (void)fd, (void)read, (void)write;
}

static void null_does_no_harm(void **state) {
  (void)state;
  assay_lookup *lookup;
  struct heard heard = {0};
  assay_resolver_free(NULL);
  assay_lookup_cancel(NULL);
  assay_scoring_cancel(NULL);
  assert_null(assay_resolver_server_at(NULL, 0));
  assert_null(assay_resolver_warning(NULL));
  assert_int_equal(assay_resolver_pending(NULL), 0);
  assert_int_equal(assay_resolver_timeout(NULL), -1);
  assert_int_equal(assay_resolver_wait(NULL, 0), ASSAY_BAD_ARGUMENT);
  assay_resolver_watch(NULL, watch_nothing, NULL);
  assay_resolver_process(NULL, -1, false, false);
  assay_resolver_statistics(NULL, NULL);
  assert_int_equal(asking_stats(NULL).asked, 0);
  assay_resolver_options options = asking_options("127.0.0.1");
  assay_resolver *resolver = asking_open_with(&options);
  assert_int_equal(assay_resolver_ask(NULL, ASSAY_QUESTION_A, "a.b", 3, asking_hear, &heard, &lookup),
                   ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_resolver_ask(resolver, ASSAY_QUESTION_A, NULL, 3, asking_hear, &heard, &lookup),
                   ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_resolver_ask(resolver, ASSAY_QUESTION_A, "a.b", 3, NULL, &heard, &lookup), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_resolver_ask(resolver, ASSAY_QUESTION_A, "a.b", 3, asking_hear, &heard, NULL),
                   ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_resolver_ask(resolver, (assay_question_type)6, "a.b", 3, asking_hear, &heard, &lookup),
                   ASSAY_BAD_ARGUMENT);
  assert_int_equal(heard.calls, 0);
  assay_resolver_free(resolver);
}

static void names_that_dns_cannot_have(void **state) {
  (void)state;
  static const char *const names[] = {"", ".", "a..b", ".a", "a b.c", "a\\.b", "m\xC3\xBC.example",
                                      "0123456789012345678901234567890123456789012345678901234567890123.example"};
  assay_resolver_options options = asking_options("127.0.0.1");
  assay_resolver *resolver = asking_open_with(&options);
  for (size_t i = 0; i < COUNT(names); i++) {
    struct heard heard = {0};
    assay_lookup *lookup;
    assert_int_equal(
        assay_resolver_ask(resolver, ASSAY_QUESTION_A, names[i], strlen(names[i]), asking_hear, &heard, &lookup),
        ASSAY_BAD_VALUE);
    assert_null(lookup);
    assert_int_equal(heard.calls, 0);
  }
  assay_resolver_free(resolver);
}

static assay_status make_starved(struct test_alloc *alloc) {
  assay_resolver_options options = asking_options("127.0.0.1");
  assay_resolver *resolver;
  options.alloc = &alloc->alloc;
  assay_status status = assay_resolver_new(&resolver, &options);
  assay_resolver_free(resolver);
  return status;
}

static void memory_may_run_out(void **state) {
  (void)state;
  api_starve(make_starved, 4, 0);
}

/* --- what comes of a question --- */

static const struct dns_row zone[] = {
    {"two.example", 1, DNS_ANSWERS, "192.0.2.2,192.0.2.1", 0},
    {"two.example", 28, DNS_ANSWERS, "2001:db8::5", 0},
    {"two.example", 15, DNS_ANSWERS, "20 b.example,10 c.example,20 a.example", 0},
    {"two.example", 2, DNS_ANSWERS, "ns2.example,ns1.example", 0},
    {"two.example", 16, DNS_ANSWERS, "v=spf1 -all", 0},
    {"null.example", 15, DNS_ANSWERS, "0 ", 0},
    {"1.2.0.192.in-addr.arpa", 12, DNS_ANSWERS, "host.example", 0},
    {"nodata.example", 0, DNS_NODATA, NULL, 0},
    {"servfail.example", 0, DNS_SERVFAIL, NULL, 0},
    {"refused.example", 0, DNS_REFUSED, NULL, 0},
    {"formerr.example", 0, DNS_FORMERR, NULL, 0},
    {"silent.example", 0, DNS_SILENT, NULL, 0},
    {"slow.example", 0, DNS_ANSWERS, "192.0.2.3", 60},
    {"truncated.example", 0, DNS_TRUNCATED, "192.0.2.4", 0},
    {"hangs-up.example", 0, DNS_HANGS_UP, NULL, 0},
    {"oversized.example", 0, DNS_OVERSIZED, "192.0.2.5", 0},
    {"wrong-id.example", 0, DNS_WRONG_ID, "192.0.2.6", 20},
    {"wrong-question.example", 0, DNS_WRONG_QUESTION, "192.0.2.7", 0},
    {"loop.example", 0, DNS_LOOP, NULL, 0},
    {"short.example", 0, DNS_SHORT, NULL, 0},
    {"garbage.example", 0, DNS_GARBAGE, NULL, 0},
    {"lame.example", 0, DNS_LAME, NULL, 0},
    {"echo.example", 0, DNS_ECHO, NULL, 0},
    {"*.many.example", 0, DNS_ANSWERS, "192.0.2.8", 0},
    {"*.quiet.example", 0, DNS_SILENT, NULL, 0},
};

static void outcomes_are_kept_apart(void **state) {
  (void)state;
  static const struct {
    assay_question_type type;
    const char *name, *expected;
  } rows[] = {
      {ASSAY_QUESTION_A, "two.example", "found 192.0.2.1 192.0.2.2"},
      {ASSAY_QUESTION_A, "TWO.Example.", "found 192.0.2.1 192.0.2.2"},
      {ASSAY_QUESTION_AAAA, "two.example", "found v6:05"},
      {ASSAY_QUESTION_MX, "two.example", "found c.example a.example b.example"},
      {ASSAY_QUESTION_NS, "two.example", "found ns1.example ns2.example"},
      {ASSAY_QUESTION_TXT, "two.example", "found v=spf1 -all"},
      {ASSAY_QUESTION_MX, "null.example", "found "},
      {ASSAY_QUESTION_PTR, "192.0.2.1", "found host.example"},
      {ASSAY_QUESTION_PTR, "1.2.0.192.in-addr.arpa", "found host.example"},
      {ASSAY_QUESTION_A, "nothing.example", "nxdomain"},
      {ASSAY_QUESTION_A, "nodata.example", "nodata"},
      {ASSAY_QUESTION_A, "servfail.example", "servfail"},
      {ASSAY_QUESTION_A, "refused.example", "refused"},
      {ASSAY_QUESTION_A, "formerr.example", "malformed"},
      {ASSAY_QUESTION_A, "hidden.onion", "nxdomain"}, /* RFC 7686: no server is asked */
      {ASSAY_QUESTION_A, "silent.example", "timeout"},
      {ASSAY_QUESTION_A, "slow.example", "found 192.0.2.3"},
      {ASSAY_QUESTION_A, "truncated.example", "found 192.0.2.4"},
      {ASSAY_QUESTION_A, "oversized.example", "found 192.0.2.5"},
      {ASSAY_QUESTION_A, "wrong-id.example", "found 192.0.2.6"},
      {ASSAY_QUESTION_A, "wrong-question.example", "timeout"},
      {ASSAY_QUESTION_A, "loop.example", "malformed"},
      {ASSAY_QUESTION_A, "garbage.example", "malformed"},
      {ASSAY_QUESTION_A, "lame.example", "malformed"},
      {ASSAY_QUESTION_A, "echo.example", "malformed"},
      {ASSAY_QUESTION_A, "short.example", "timeout"},
  };
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  for (size_t i = 0; i < COUNT(rows); i++) asking_check(resolver, rows[i].type, rows[i].name, rows[i].expected);
  struct heard heard = {0};
  asking_ask(resolver, ASSAY_QUESTION_A, "hangs-up.example", &heard);
  asking_wait(resolver);
  assert_true(heard.calls == 1 && heard.outcome > ASSAY_OUTCOME_PENDING);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

static void nobody_listens(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  asking_check(resolver, ASSAY_QUESTION_A, "a.many.example", "found 192.0.2.8");
  dns_fake_stop(fake);
  asking_check(resolver, ASSAY_QUESTION_A, "b.many.example", "refused");
  asking_check(resolver, ASSAY_QUESTION_A, "a.many.example", "found 192.0.2.8"); /* remembered */
  assay_resolver_free(resolver);
}

static void the_next_server_is_asked(void **state) {
  (void)state;
  static const struct dns_row failing[] = {
      {"a.example", 0, DNS_SERVFAIL, NULL, 0}, {"b.example", 0, DNS_REFUSED, NULL, 0},
      {"c.example", 0, DNS_SILENT, NULL, 0},   {"d.example", 0, DNS_SERVFAIL, NULL, 0},
      {"e.example", 0, DNS_LAME, NULL, 0},     {"f.example", 0, DNS_LOOP, NULL, 0},
  };
  static const struct dns_row good[] = {
      {"a.example", 1, DNS_ANSWERS, "192.0.2.1", 0}, {"b.example", 1, DNS_ANSWERS, "192.0.2.2", 0},
      {"c.example", 1, DNS_ANSWERS, "192.0.2.3", 0}, {"d.example", 1, DNS_REFUSED, NULL, 0},
      {"e.example", 1, DNS_ANSWERS, "192.0.2.5", 0}, {"f.example", 1, DNS_SERVFAIL, NULL, 0},
      {"g.example", 1, DNS_ANSWERS, "192.0.2.7", 0},
  };
  struct dns_fake *first = dns_fake_start(failing, COUNT(failing)), *second = dns_fake_start(good, COUNT(good));
  char servers[80];
  snprintf(servers, sizeof servers, "%s,%s", dns_fake_server(first), dns_fake_server(second));
  assay_resolver_options options = asking_options(servers);
  assay_resolver *resolver = asking_open_with(&options);
  asking_check(resolver, ASSAY_QUESTION_A, "a.example", "found 192.0.2.1");
  asking_check(resolver, ASSAY_QUESTION_A, "b.example", "found 192.0.2.2");
  asking_check(resolver, ASSAY_QUESTION_A, "c.example", "found 192.0.2.3");
  asking_check(resolver, ASSAY_QUESTION_A, "d.example", "refused");
  asking_check(resolver, ASSAY_QUESTION_A, "e.example", "found 192.0.2.5");
  asking_check(resolver, ASSAY_QUESTION_A, "f.example", "servfail");
  asking_check(resolver, ASSAY_QUESTION_A, "g.example", "nxdomain"); /* that is knowledge */
  assay_resolver_free(resolver);
  dns_fake_stop(first);
  dns_fake_stop(second);
}

/* --- what is remembered --- */

static void answers_are_remembered(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  static const char *const kept[] = {"two.example", "nodata.example", "nothing.example"};
  for (size_t i = 0; i < COUNT(kept); i++) {
    struct heard first = {0}, again = {0};
    asking_ask(resolver, ASSAY_QUESTION_A, kept[i], &first);
    asking_wait(resolver);
    assert_null(asking_ask(resolver, ASSAY_QUESTION_A, kept[i], &again));
    api_same(again.text, first.text);
  }
  assert_int_equal(dns_fake_received(fake), COUNT(kept));
  asking_check(resolver, ASSAY_QUESTION_A, "servfail.example", "servfail");
  asking_check(resolver, ASSAY_QUESTION_A, "servfail.example", "servfail"); /* no knowledge, so it is asked for again */
  assert_int_equal(dns_fake_received(fake), COUNT(kept) + 2);
  assay_resolver_stats stats = asking_stats(resolver);
  assert_int_equal(stats.asked, 2 * COUNT(kept) + 2);
  assert_int_equal(stats.cached, COUNT(kept));
  assert_int_equal(stats.sent, COUNT(kept) + 2);
  assert_int_equal(stats.answered, COUNT(kept));
  assert_int_equal(stats.failures, 2);
  assert_int_equal(stats.cache_entries, COUNT(kept));
  assert_true(stats.cache_bytes > 0 && stats.cache_bytes <= 4096);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

static void a_cache_may_be_none(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.cache_bytes = 0;
  assay_resolver *resolver = asking_open_with(&options);
  for (int i = 0; i < 3; i++) asking_check(resolver, ASSAY_QUESTION_A, "two.example", "found 192.0.2.1 192.0.2.2");
  assert_int_equal(dns_fake_received(fake), 3);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* An answer that has expired is given while the same question is on its way again. */
static void sleep_ms(int ms) {
  poll(NULL, 0, ms);
}

static void stale_answers_are_given(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.ttl_ceiling = 1;
  options.stale = 60;
  assay_resolver *resolver = asking_open_with(&options);
  asking_check(resolver, ASSAY_QUESTION_A, "a.many.example", "found 192.0.2.8");
  sleep_ms(1100);
  struct heard heard = {0};
  assert_null(asking_ask(resolver, ASSAY_QUESTION_A, "a.many.example", &heard));
  api_same(heard.text, "found 192.0.2.8");
  assert_int_equal(asking_stats(resolver).stale, 1);
  finish_flights(resolver);
  assert_int_equal(dns_fake_received(fake), 2);
  assert_null(asking_ask(resolver, ASSAY_QUESTION_A, "a.many.example", &heard));
  assert_int_equal(asking_stats(resolver).stale, 1);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* --- several at once --- */

static void the_same_question_is_asked_once(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  struct heard heard[5] = {{0}};
  for (size_t i = 0; i < COUNT(heard); i++)
    asking_ask(resolver, ASSAY_QUESTION_A, i % 2 ? "slow.example" : "SLOW.example", &heard[i]);
  assert_int_equal(assay_resolver_pending(resolver), COUNT(heard));
  asking_wait(resolver);
  for (size_t i = 0; i < COUNT(heard); i++) api_same(heard[i].text, "found 192.0.2.3");
  assert_int_equal(dns_fake_received(fake), 1);
  assert_int_equal(asking_stats(resolver).coalesced, COUNT(heard) - 1);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

static void questions_are_cancelled(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  struct heard gone = {0}, stays = {0};
  assay_lookup *first = asking_ask(resolver, ASSAY_QUESTION_A, "slow.example", &gone);
  asking_ask(resolver, ASSAY_QUESTION_A, "slow.example", &stays);
  assay_lookup_cancel(first);
  asking_wait(resolver);
  assert_int_equal(gone.calls, 0);
  api_same(stays.text, "found 192.0.2.3");
  /* the answer to one that nobody waits for any more is remembered all the same */
  assay_lookup_cancel(asking_ask(resolver, ASSAY_QUESTION_A, "truncated.example", &gone));
  assert_int_equal(assay_resolver_pending(resolver), 0);
  finish_flights(resolver);
  assert_null(asking_ask(resolver, ASSAY_QUESTION_A, "truncated.example", &stays));
  assert_int_equal(gone.calls, 0);
  /* and with the resolver all of them are gone */
  asking_ask(resolver, ASSAY_QUESTION_A, "silent.example", &gone);
  assay_resolver_free(resolver);
  assert_int_equal(gone.calls, 0);
  dns_fake_stop(fake);
}

/* From a callback one may ask, and cancel others of the same question. */
struct chain {
  assay_resolver *resolver;
  assay_lookup *other;
  struct heard heard;
};

static void ask_more(void *user, const assay_answer *answer) {
  struct chain *chain = user;
  assert_int_equal(answer->outcome, ASSAY_OUTCOME_FOUND);
  assay_lookup_cancel(chain->other);
  asking_ask(chain->resolver, ASSAY_QUESTION_A, "two.example", &chain->heard);
  asking_ask(chain->resolver, ASSAY_QUESTION_A, "servfail.example", &chain->heard);
}

static void callbacks_may_ask_and_cancel(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  struct chain chain = {.resolver = resolver};
  struct heard gone = {0};
  assay_lookup *lookup;
  assert_int_equal(assay_resolver_ask(resolver, ASSAY_QUESTION_A, "slow.example", 12, ask_more, &chain, &lookup),
                   ASSAY_OK);
  chain.other = asking_ask(resolver, ASSAY_QUESTION_A, "slow.example", &gone);
  asking_wait(resolver);
  assert_int_equal(chain.heard.calls, 2);
  assert_int_equal(gone.calls, 0);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* As many are under way as may be, of all and of a zone, and never more. */
static void limits_hold(void **state) {
  (void)state;
  enum { NAMES = 200, ALL = 12, OF_A_ZONE = 5 };
  static const struct {
    unsigned zones;
    size_t most;
  } rows[] = {{1, OF_A_ZONE}, {2, 2 * OF_A_ZONE}, {3, ALL}, {50, ALL}};
  static struct heard heard[NAMES];
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  dns_fake_shuffle(fake, 5);
  for (size_t row = 0; row < COUNT(rows); row++) {
    assay_resolver_options options = asking_options(dns_fake_server(fake));
    options.in_flight = ALL;
    options.zone_in_flight = OF_A_ZONE;
    assay_resolver *resolver = asking_open_with(&options);
    memset(heard, 0, sizeof heard);
    for (unsigned i = 0; i < NAMES; i++) {
      char name[64];
      snprintf(name, sizeof name, "n%u.zone%u.example", i, i % rows[row].zones);
      asking_ask(resolver, ASSAY_QUESTION_A, name, &heard[i]);
    }
    size_t most = 0;
    while (assay_resolver_pending(resolver) > 0) {
      size_t in_flight = asking_stats(resolver).in_flight;
      if (in_flight > most) most = in_flight;
      assay_resolver_wait(resolver, -1);
    }
    assert_int_equal(most, rows[row].most);
    for (size_t i = 0; i < NAMES; i++) api_same(heard[i].text, "nxdomain");
    assay_resolver_free(resolver);
  }
  dns_fake_stop(fake);
}

/* --- a zone that is silent --- */

static void a_silent_zone_is_down(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.attempt_ms = 60;
  options.attempts = 1;
  options.zone_timeouts = 3;
  options.zone_down_ms = 400;
  assay_resolver *resolver = asking_open_with(&options);
  struct heard heard[8] = {{0}};
  char name[64];
  for (size_t i = 0; i < 3; i++) {
    snprintf(name, sizeof name, "n%zu.quiet.example", i);
    asking_check(resolver, ASSAY_QUESTION_A, name, "timeout");
  }
  size_t received = dns_fake_received(fake);
  for (size_t i = 0; i < COUNT(heard); i++) {
    snprintf(name, sizeof name, "m%zu.quiet.example", i);
    assert_null(asking_ask(resolver, ASSAY_QUESTION_A, name, &heard[i])); /* at once */
    api_same(heard[i].text, "zone_down");
  }
  assert_int_equal(dns_fake_received(fake), received);
  assert_int_equal(asking_stats(resolver).zones_down, 1);
  /* other zones are as they were */
  asking_check(resolver, ASSAY_QUESTION_PTR, "192.0.2.1", "found host.example");
  /* when its time is over, one question finds out, and the others do not wait for it */
  sleep_ms(450);
  struct heard trial = {0};
  assert_non_null(asking_ask(resolver, ASSAY_QUESTION_A, "trial.quiet.example", &trial));
  assert_null(asking_ask(resolver, ASSAY_QUESTION_A, "later.quiet.example", &heard[0]));
  api_same(heard[0].text, "zone_down");
  asking_wait(resolver);
  api_same(trial.text, "timeout");
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* What waits for a zone that turns out to be down need not wait any longer. */
static void who_waits_for_it_is_told(void **state) {
  (void)state;
  enum { NAMES = 40 };
  static struct heard heard[NAMES];
  memset(heard, 0, sizeof heard);
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.attempt_ms = 60;
  options.attempts = 1;
  options.zone_in_flight = 4;
  assay_resolver *resolver = asking_open_with(&options);
  size_t silent = 0, down = 0;
  for (size_t i = 0; i < NAMES; i++) {
    char name[64];
    snprintf(name, sizeof name, "n%zu.quiet.example", i);
    asking_ask(resolver, ASSAY_QUESTION_A, name, &heard[i]);
  }
  asking_wait(resolver);
  for (size_t i = 0; i < NAMES; i++) {
    assert_int_equal(heard[i].calls, 1);
    silent += heard[i].outcome == ASSAY_OUTCOME_TIMEOUT;
    down += heard[i].outcome == ASSAY_OUTCOME_ZONE_DOWN;
  }
  assert_int_equal(silent + down, NAMES);
  assert_in_range(silent, 5, 8); /* 5 in a row, of which 4 at once */
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* --- faults --- */

enum { CROWD = 10000 };
static struct heard crowd[CROWD];

static void ask_crowd(assay_resolver *resolver, size_t count) {
  memset(crowd, 0, count * sizeof *crowd);
  for (size_t i = 0; i < count; i++) {
    char name[64];
    snprintf(name, sizeof name, "n%zu.z%zu.many.example", i, i % 97);
    asking_ask(resolver, ASSAY_QUESTION_A, name, &crowd[i]);
  }
}

static size_t crowd_count(size_t count, assay_outcome outcome) {
  size_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += crowd[i].outcome == outcome;
  for (size_t i = 0; i < count; i++) assert_int_equal(crowd[i].calls, 1);
  return sum;
}

static void ten_thousand_at_once(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.attempt_ms = 2000; /* a busy machine is no silent server */
  assay_resolver *resolver = asking_open_with(&options);
  ask_crowd(resolver, CROWD);
  assert_int_equal(assay_resolver_pending(resolver), CROWD);
  asking_wait(resolver);
  assert_int_equal(crowd_count(CROWD, ASSAY_OUTCOME_FOUND), CROWD);
  assert_int_equal(asking_stats(resolver).sent, CROWD);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

static void a_third_is_lost(void **state) {
  (void)state;
  enum { NAMES = 500 };
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  dns_fake_drop(fake, 30);
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.attempt_ms = 40;
  options.attempts = 6;
  options.zone_timeouts = 0;
  assay_resolver *resolver = asking_open_with(&options);
  ask_crowd(resolver, NAMES);
  asking_wait(resolver);
  size_t found = crowd_count(NAMES, ASSAY_OUTCOME_FOUND);
  assert_int_equal(found + crowd_count(NAMES, ASSAY_OUTCOME_TIMEOUT), NAMES);
  assert_true(found > NAMES * 9 / 10);
  assert_true(dns_fake_received(fake) > NAMES);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* Replies come in any order; each goes to its own question. */
static void replies_come_out_of_order(void **state) {
  (void)state;
  enum { NAMES = 60 };
  static char names[NAMES][32], addresses[NAMES][20];
  static struct dns_row rows[NAMES];
  for (unsigned i = 0; i < NAMES; i++) {
    snprintf(names[i], sizeof names[i], "n%u.example", i);
    snprintf(addresses[i], sizeof addresses[i], "192.0.2.%u", i);
    rows[i] = (struct dns_row){names[i], 1, DNS_ANSWERS, addresses[i], (NAMES - i) * 2};
  }
  struct dns_fake *fake = dns_fake_start(rows, NAMES);
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.attempt_ms = 2000;
  assay_resolver *resolver = asking_open_with(&options);
  memset(crowd, 0, NAMES * sizeof *crowd);
  for (size_t i = 0; i < NAMES; i++) asking_ask(resolver, ASSAY_QUESTION_A, names[i], &crowd[i]);
  asking_wait(resolver);
  for (size_t i = 0; i < NAMES; i++) {
    char expected[64];
    snprintf(expected, sizeof expected, "found 192.0.2.%zu", i);
    api_same(crowd[i].text, expected);
  }
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

static void the_server_stops_half_way(void **state) {
  (void)state;
  enum { NAMES = 400 };
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.attempt_ms = 50;
  options.zone_timeouts = 0;
  assay_resolver *resolver = asking_open_with(&options);
  dns_fake_shuffle(fake, 20);
  ask_crowd(resolver, NAMES);
  while (assay_resolver_pending(resolver) > NAMES / 2) assay_resolver_wait(resolver, -1);
  dns_fake_stop(fake);
  asking_wait(resolver);
  size_t found = crowd_count(NAMES, ASSAY_OUTCOME_FOUND), refused = crowd_count(NAMES, ASSAY_OUTCOME_REFUSED);
  assert_in_range(found, NAMES / 2, NAMES - 1);
  assert_int_equal(found + refused + crowd_count(NAMES, ASSAY_OUTCOME_TIMEOUT), NAMES);
  assay_resolver_free(resolver);
}

/* One zone is silent; all others are answered before the first of its questions has timed out. */
static void a_silent_zone_delays_nobody(void **state) {
  (void)state;
  enum { SILENT = 50, NAMES = 300 };
  static struct heard quiet[SILENT];
  memset(quiet, 0, sizeof quiet);
  struct dns_fake *fake = dns_fake_start((struct dns_row[]){{"*.2.0.192.in-addr.arpa", 0, DNS_SILENT, NULL, 0},
                                                            {"*", 0, DNS_ANSWERS, "192.0.2.1", 0}}, 2);
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  options.attempt_ms = 5000;
  assay_resolver *resolver = asking_open_with(&options);
  for (size_t i = 0; i < SILENT; i++) {
    char address[20];
    snprintf(address, sizeof address, "192.0.2.%zu", i);
    asking_ask(resolver, ASSAY_QUESTION_PTR, address, &quiet[i]);
  }
  ask_crowd(resolver, NAMES);
  while (assay_resolver_pending(resolver) > SILENT) assay_resolver_wait(resolver, -1);
  assert_int_equal(crowd_count(NAMES, ASSAY_OUTCOME_FOUND), NAMES);
  for (size_t i = 0; i < SILENT; i++) assert_int_equal(quiet[i].calls, 0);
  assay_resolver_free(resolver);
  dns_fake_stop(fake);
}

/* --- a loop of the host's --- */

static void turn(struct asking_loop *loop, assay_resolver *resolver) {
  struct pollfd ready[64];
  size_t count = loop->count;
  memcpy(ready, loop->watched, count * sizeof *ready);
  int n = poll(ready, (nfds_t)count, assay_resolver_timeout(resolver));
  assert_true(n >= 0);
  for (size_t i = 0; i < count; i++)
    if (ready[i].revents)
      assay_resolver_process(resolver, ready[i].fd, ready[i].revents & ~POLLOUT, ready[i].revents & POLLOUT);
  if (n == 0) assay_resolver_process(resolver, -1, false, false);
}

static void a_host_has_its_own_loop(void **state) {
  (void)state;
  struct dns_fake *fake = dns_fake_start(zone, COUNT(zone));
  assay_resolver *resolver = asking_open(fake);
  struct asking_loop loop = {.count = 0}, late = {.count = 0};
  assert_int_equal(assay_resolver_timeout(resolver), -1);
  assay_resolver_watch(resolver, asking_watch, &loop);
  assert_int_equal(loop.count, 0);
  static const struct {
    const char *name, *expected;
  } rows[] = {{"two.example", "found 192.0.2.1 192.0.2.2"}, {"truncated.example", "found 192.0.2.4"},
              {"silent.example", "timeout"},                {"slow.example", "found 192.0.2.3"},
              {"servfail.example", "servfail"},             {"nothing.example", "nxdomain"}};
  struct heard heard[COUNT(rows)] = {{0}};
  for (size_t i = 0; i < COUNT(rows); i++) asking_ask(resolver, ASSAY_QUESTION_A, rows[i].name, &heard[i]);
  assert_true(loop.count > 0);
  assay_resolver_watch(resolver, asking_watch, &late); /* another loop hears of what there is */
  assert_int_equal(late.count, loop.count);
  while (assay_resolver_pending(resolver) > 0) turn(&late, resolver);
  for (size_t i = 0; i < COUNT(rows); i++) api_same(heard[i].text, rows[i].expected);
  size_t changes = late.changes;
  assay_resolver_watch(resolver, NULL, NULL);
  asking_check(resolver, ASSAY_QUESTION_A, "a.many.example", "found 192.0.2.8");
  assert_int_equal(late.changes, changes);
  assay_resolver_watch(resolver, asking_watch, &late);
  assay_resolver_free(resolver); /* what is closed is reported */
  assert_int_equal(late.count, 0);
  dns_fake_stop(fake);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_are_looked_at),
      cmocka_unit_test(servers_are_shown),
      cmocka_unit_test(null_does_no_harm),
      cmocka_unit_test(names_that_dns_cannot_have),
      cmocka_unit_test(memory_may_run_out),
      cmocka_unit_test(outcomes_are_kept_apart),
      cmocka_unit_test(nobody_listens),
      cmocka_unit_test(the_next_server_is_asked),
      cmocka_unit_test(answers_are_remembered),
      cmocka_unit_test(a_cache_may_be_none),
      cmocka_unit_test(stale_answers_are_given),
      cmocka_unit_test(the_same_question_is_asked_once),
      cmocka_unit_test(questions_are_cancelled),
      cmocka_unit_test(callbacks_may_ask_and_cancel),
      cmocka_unit_test(limits_hold),
      cmocka_unit_test(a_silent_zone_is_down),
      cmocka_unit_test(who_waits_for_it_is_told),
      cmocka_unit_test(ten_thousand_at_once),
      cmocka_unit_test(a_third_is_lost),
      cmocka_unit_test(replies_come_out_of_order),
      cmocka_unit_test(the_server_stops_half_way),
      cmocka_unit_test(a_silent_zone_delays_nobody),
      cmocka_unit_test(a_host_has_its_own_loop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
