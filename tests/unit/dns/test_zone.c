/* Tests zones: which one a name is asked of, when one is down, and that the table forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dns/zone.h"
#include "support/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define V6_MORE "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
#define V6_HOST "5.2.0.0." V6_MORE
#define V6_NET "8.b.d.0.1.0.0.2."

static struct domain *suffixes;

static int setup(void **state) {
  (void)state;
  return domain_open(&suffixes, &mem_default) == ASSAY_OK ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  domain_close(suffixes);
  return 0;
}

/* --- which zone --- */

static void zones_of_names(void **state) {
  (void)state;
  static const struct {
    const char *name, *zone, *without_list; /* NULL: the same */
  } rows[] = {
      /* networks of reverse names */
      {"1.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", NULL},
      {"255.255.255.255.in-addr.arpa", "255.255.255.in-addr.arpa", NULL},
      {V6_HOST V6_NET "ip6.arpa", V6_NET "ip6.arpa", NULL},
      {"a.b.c.d." V6_MORE V6_NET "ip6.arpa", V6_NET "ip6.arpa", NULL},
      {"1.2.3.a." V6_MORE V6_NET "ip6.arpa", V6_NET "ip6.arpa", NULL},
      /* lists, behind an address; it could as well be a stranger's domain, of which nobody may make many zones */
      {"2.0.0.127.zen.dnsbl.example", "dnsbl.example", "zen.dnsbl.example"},
      {"1.1.1.1.one.stranger.example", "stranger.example", "one.stranger.example"},
      {"1.1.1.1.two.stranger.example", "stranger.example", "two.stranger.example"},
      {"2.0.0.127.dnsbl", "dnsbl", NULL},
      {"1.2.3.4.key.in-addr.arpa", "key.in-addr.arpa", NULL},
      {V6_HOST V6_NET "zen.dnsbl.example", "dnsbl.example", "zen.dnsbl.example"},
      {V6_HOST V6_NET "key.zen.dnsbl.example", "dnsbl.example", "key.zen.dnsbl.example"},
      {"5.2.0.0.127.zen.dnsbl.example", "dnsbl.example", "127.zen.dnsbl.example"}, /* the first four are the address */
      /* forms of one family before the end of the other are lists of that name */
      {"1.2.0.192.ip6.arpa", "ip6.arpa", NULL},
      {V6_HOST V6_NET "in-addr.arpa", "in-addr.arpa", NULL},
      /* registrable domains */
      {"mail.example.com", "example.com", "mail.example.com"},
      {"example.com", "example.com", NULL},
      {"a.b.c.example.co.uk", "example.co.uk", "a.b.c.example.co.uk"},
      {"bad.example.dbl.dnsbl.example", "dnsbl.example", "bad.example.dbl.dnsbl.example"},
      {"_dmarc.mail.example.com", "example.com", "_dmarc.mail.example.com"},
      /* not quite an address */
      {"2.0.127.zen.dnsbl.example", "dnsbl.example", "2.0.127.zen.dnsbl.example"},
      {"2.0.0.1270.zen.dnsbl.example", "dnsbl.example", "2.0.0.1270.zen.dnsbl.example"},
      {"2.0.0.12a.zen.dnsbl.example", "dnsbl.example", "2.0.0.12a.zen.dnsbl.example"},
      {"a.b.c.d.zen.dnsbl.example", "dnsbl.example", "a.b.c.d.zen.dnsbl.example"},
      {"a.5.2.0.0.0.8.b.d.0.1.0.0.2.dnsbl.example", "dnsbl.example", "a.5.2.0.0.0.8.b.d.0.1.0.0.2.dnsbl.example"},
      {"a.2.0.0." V6_MORE "8.b.d.0.1.0.0.g.zen.dnsbl.example", "dnsbl.example",
       "a.2.0.0." V6_MORE "8.b.d.0.1.0.0.g.zen.dnsbl.example"},
      {"f0." V6_NET "dnsbl.example", "dnsbl.example", "f0." V6_NET "dnsbl.example"},
      /* short names */
      {"localhost", "localhost", NULL},
      {"com", "com", NULL},
      {"co.uk", "co.uk", NULL},
      {"x", "x", NULL},
      {"1", "1", NULL},
      {"in-addr.arpa", "in-addr.arpa", NULL},
      {"", "", NULL},
  };
  for (size_t i = 0; i < COUNT(rows) * 2; i++) {
    const char *name = rows[i / 2].name, *expect = rows[i / 2].zone;
    if (i % 2 && rows[i / 2].without_list) expect = rows[i / 2].without_list;
    struct text text = text_from(name), zone = zone_of(i % 2 ? NULL : suffixes, text);
    if (!text_is(zone, expect)) fail_msg("%s: %.*s, not %s", name, TEXT_ARG(zone), expect);
    assert_ptr_equal(zone.ptr + zone.len, text.ptr + text.len);
  }
}

/* An address that is all there is: the zone is never empty. */
static void an_address_alone(void **state) {
  (void)state;
  static const char *const names[] = {"1.2.3.4", "1.2.3.4.5", V6_HOST "8.b.d.0.1.0.0.2"};
  for (size_t i = 0; i < COUNT(names); i++)
    for (int list = 0; list < 2; list++) {
      struct text zone = zone_of(list ? suffixes : NULL, text_from(names[i]));
      assert_true(zone.len > 0 && text_ends(text_from(names[i]), zone));
    }
}

/* --- the table --- */

static struct test_alloc memory;

static struct zones *open_zones(uint32_t in_flight, uint32_t timeouts, uint32_t down_ms) {
  const struct zones_limits limits = {in_flight, timeouts, down_ms};
  struct zones *zones;
  test_alloc_init(&memory);
  assert_int_equal(zones_new(&zones, &limits, 7, &memory.alloc), ASSAY_OK);
  return zones;
}

static void close_zones(struct zones *zones) {
  zones_free(zones);
  assert_true(test_alloc_clean(&memory));
}

static struct zone *zone_at(struct zones *zones, unsigned n, uint64_t now) {
  char name[32];
  struct zone *zone = zones_find(zones, text_of(name, (size_t)snprintf(name, sizeof name, "zone%u.example", n)), now);
  if (zone) assert_true(text_eq(text_of(zone->name, zone->len), text_from(name)));
  return zone;
}

static void a_name_has_one_zone(void **state) {
  (void)state;
  struct zones *zones = open_zones(1, 1, 1000);
  char name[] = "a.example"; /* is copied */
  struct zone *zone = zones_find(zones, text_from(name), 0);
  name[0] = 'b';
  struct zone *other = zones_find(zones, text_from(name), 0);
  assert_non_null(zone);
  assert_ptr_not_equal(zone, other);
  assert_ptr_equal(zones_find(zones, TEXT("a.example"), 0), zone);
  assert_ptr_equal(zones_find(zones, TEXT("b.example"), 5000), other);
  assert_ptr_not_equal(zones_find(zones, TEXT(""), 0), zone);
  assert_int_equal(zones_count(zones), 3);
  close_zones(zones);
  zones_free(NULL);
}

static void so_many_under_way(void **state) {
  (void)state;
  struct zones *zones = open_zones(2, 1, 1000);
  struct zone *zone = zone_at(zones, 0, 0), *other = zone_at(zones, 1, 0);
  assert_false(zone_is_full(zones, zone));
  zone_sent(zone);
  assert_false(zone_is_full(zones, zone));
  zone_sent(zone);
  assert_true(zone_is_full(zones, zone));
  assert_false(zone_is_full(zones, other));
  assert_false(zone_done(zones, zone, ASSAY_OUTCOME_FOUND, 0));
  assert_false(zone_is_full(zones, zone));
  close_zones(zones);
}

/* The zone fares as the letters say: s sent, t a time-out, f found, x the server fails; + a second goes by; then u: it
 * is up, d: down. A capital T is a time-out by which it is found to be down. */
static void down_and_up(void **state) {
  (void)state;
  static const struct {
    uint32_t timeouts;
    const char *course;
  } rows[] = {
      {3, "u"},
      {3, "stusfu"},
      {3, "ststusTd"},
      {3, "ststsfststu"},        /* in a row, that is */
      {3, "ststsxststu"},        /* whatever it says, it speaks */
      {3, "ststsTd++++d+u"},     /* five seconds */
      {3, "ststsTd+++++usd"},    /* one tries; for all others it is down */
      {3, "ststsTd+++++usfu"},   /* and it speaks again */
      {3, "ststsTd+++++usfstu"}, /* with all forgiven */
      {3, "ststsTd+++++usxu"},
      {3, "ststsTd+++++usTd++++d+u"}, /* or it does not */
      {3, "ststsTd+++++usTd+++++usTd"},
      {3, "ststssssTdttd"},      /* what was under way is no news */
      {3, "ststssTd+td++++d+u"}, /* but it counts from the latest */
      {3, "ststssTd+fu"},        /* late, but an answer */
      {1, "sTd+++++u"},
      {0, "stststststststststu"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct zones *zones = open_zones(10, rows[i].timeouts, 5000);
    struct zone *zone = zone_at(zones, 0, 1000);
    uint64_t now = 1000;
    for (const char *at = rows[i].course; *at; at++) {
      static const struct {
        char letter;
        assay_outcome outcome;
        bool down;
      } ends[] = {{'t', ASSAY_OUTCOME_TIMEOUT, false},
                  {'T', ASSAY_OUTCOME_TIMEOUT, true},
                  {'f', ASSAY_OUTCOME_FOUND, false},
                  {'x', ASSAY_OUTCOME_SERVFAIL, false}};
      bool good = true;
      if (*at == 's') zone_sent(zone);
      if (*at == '+') now += 1000;
      if (*at == 'u') good = !zone_is_down(zone, now);
      if (*at == 'd') good = zone_is_down(zone, now);
      for (size_t e = 0; e < COUNT(ends); e++)
        if (*at == ends[e].letter) good = zone_done(zones, zone, ends[e].outcome, now) == ends[e].down;
      if (!good) fail_msg("%s: at %s", rows[i].course, at);
    }
    close_zones(zones);
  }
}

static void any_answer_shows_that_it_speaks(void **state) {
  (void)state;
  for (assay_outcome outcome = ASSAY_OUTCOME_FOUND; outcome <= ASSAY_OUTCOME_NEVER; outcome++) {
    struct zones *zones = open_zones(10, 2, 5000);
    struct zone *zone = zone_at(zones, 0, 0);
    for (int i = 0; i < 3; i++) zone_sent(zone);
    zone_done(zones, zone, ASSAY_OUTCOME_TIMEOUT, 0);
    zone_done(zones, zone, ASSAY_OUTCOME_TIMEOUT, 0);
    assert_true(zone_is_down(zone, 0));
    zone_done(zones, zone, outcome, 0);
    assert_int_equal(zone_is_down(zone, 0), outcome == ASSAY_OUTCOME_TIMEOUT);
    close_zones(zones);
  }
}

/* To the millisecond; and while one waits in the queue it is that one which tries. */
static void when_being_down_is_over(void **state) {
  (void)state;
  struct zones *zones = open_zones(10, 1, 5000);
  struct zone *zone = zone_at(zones, 0, 100);
  zone_sent(zone);
  assert_true(zone_done(zones, zone, ASSAY_OUTCOME_TIMEOUT, 100));
  assert_true(zone_is_down(zone, 5099));
  assert_false(zone_is_down(zone, 5100));
  zone->first = (struct question *)zone; /* never looked into */
  assert_true(zone_is_down(zone, 5100));
  zone->first = NULL;
  close_zones(zones);
}

/* --- forgetting --- */

static void zones_in_order_are_forgotten(void **state) {
  (void)state;
  struct zones *zones = open_zones(10, 3, 5000);
  size_t most = 0;
  for (unsigned i = 0; i < 100000; i++) {
    struct zone *zone = zone_at(zones, i, i);
    assert_non_null(zone);
    zone_sent(zone);
    zone_done(zones, zone, ASSAY_OUTCOME_FOUND, i);
    if (zones_count(zones) > most) most = zones_count(zones);
  }
  assert_in_range(most, 1, 512);
  assert_true(memory.bytes < 100000);
  close_zones(zones);
}

/* What is under way, waits, is down or has just been silent is remembered, among however many others. */
static void zones_out_of_order_are_remembered(void **state) {
  (void)state;
  enum { UNDER_WAY, WAITS, READY, DOWN, SILENT, KINDS };
  struct zones *zones = open_zones(10, 2, 5000);
  struct zone *kept[KINDS];
  for (unsigned i = 0; i < KINDS; i++) {
    kept[i] = zone_at(zones, i, 1000);
    zone_sent(kept[i]);
  }
  zone_done(zones, kept[WAITS], ASSAY_OUTCOME_FOUND, 1000);
  kept[WAITS]->first = (struct question *)kept[WAITS]; /* never looked into */
  zone_done(zones, kept[READY], ASSAY_OUTCOME_FOUND, 1000);
  kept[READY]->is_ready = true;
  zone_sent(kept[DOWN]);
  zone_done(zones, kept[DOWN], ASSAY_OUTCOME_TIMEOUT, 1000);
  zone_done(zones, kept[DOWN], ASSAY_OUTCOME_TIMEOUT, 1000);
  zone_done(zones, kept[SILENT], ASSAY_OUTCOME_TIMEOUT, 1000);
  for (unsigned n = 1000; n < 11000; n++) zone_at(zones, n, 5999);
  for (unsigned i = 0; i < KINDS; i++) assert_ptr_equal(zone_at(zones, i, 5999), kept[i]);
  for (unsigned n = 1000; n < 11000; n++) zone_at(zones, n, 6000); /* time heals two of them */
  for (unsigned i = 0; i < DOWN; i++) assert_ptr_equal(zone_at(zones, i, 6000), kept[i]);
  assert_false(zone_is_down(zone_at(zones, DOWN, 6000), 6000));
  assert_int_equal(zone_at(zones, SILENT, 6000)->timeouts, 0);
  close_zones(zones);
}

/* Each of many stays what it is while the table grows, and goes when it is done. */
static void many_under_way(void **state) {
  (void)state;
  enum { MANY = 20000 };
  static struct zone *all[MANY];
  struct zones *zones = open_zones(10, 3, 5000);
  for (unsigned i = 0; i < MANY; i++) zone_sent(all[i] = zone_at(zones, i, 0));
  assert_int_equal(zones_count(zones), MANY);
  assert_in_range(memory.calls, MANY + 5, MANY + 20); /* the table grows with them, and seldom */
  for (unsigned i = 0; i < MANY; i++) assert_ptr_equal(zone_at(zones, i, 0), all[i]);
  for (unsigned i = 0; i < MANY; i++) zone_done(zones, all[i], ASSAY_OUTCOME_FOUND, 0);
  for (unsigned i = 0; i < 3 * MANY; i++) zone_at(zones, MANY + i, 0);
  assert_true(zones_count(zones) < 2 * MANY);
  close_zones(zones);
}

static void without_memory(void **state) {
  (void)state;
  const struct zones_limits limits = {10, 3, 5000};
  for (int after = 0; after < 2; after++)
    for (size_t nth = 1; nth < 700; nth++) {
      struct zones *zones;
      test_alloc_failing(&memory, nth, after);
      assay_status status = zones_new(&zones, &limits, 7, &memory.alloc);
      assert_int_equal(status, nth <= 2 ? ASSAY_NO_MEMORY : ASSAY_OK);
      if (nth <= 2) assert_null(zones);
      unsigned failures = 0;
      for (unsigned i = 0; nth > 2 && i < 600; i++) {
        struct zone *zone = zone_at(zones, i, 0);
        if (zone) zone_sent(zone);
        if (!zone) failures++;
        if (zone) assert_ptr_equal(zone_at(zones, i, 0), zone);
      }
      if (nth > 2) assert_int_equal(zones_count(zones), 600 - failures);
      if (!after) assert_true(failures <= 1);
      zones_free(zones);
      assert_true(test_alloc_clean(&memory));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(zones_of_names),
      cmocka_unit_test(an_address_alone),
      cmocka_unit_test(a_name_has_one_zone),
      cmocka_unit_test(so_many_under_way),
      cmocka_unit_test(down_and_up),
      cmocka_unit_test(any_answer_shows_that_it_speaks),
      cmocka_unit_test(when_being_down_is_over),
      cmocka_unit_test(zones_in_order_are_forgotten),
      cmocka_unit_test(zones_out_of_order_are_remembered),
      cmocka_unit_test(many_under_way),
      cmocka_unit_test(without_memory),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
