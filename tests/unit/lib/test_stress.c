/* Tests that a resolver stands whatever is done with it in whatever order, by its callbacks too, while its server answers,
 * lies, is slow, fails and is silent: each question is answered once, and nobody is told what is not so. */
#include "support/dns_fake.h"
#include "unit/lib/api.h"

enum { ROUNDS = 12, STEPS = 700, ASKS = 96, SCORINGS = 24, NAMES = 6 };

/* Every name below one of these zones fares like all others of it. */
static const struct kind {
  const char *zone;
  enum dns_way way;
  bool exists, fails; /* what may be told of it: that it exists, or not; or, if it always fails, neither */
  unsigned delay_ms;
} kinds[] = {
    {"found.example", DNS_ANSWERS, true, false, 0},     {"slow.example", DNS_ANSWERS, true, false, 8},
    {"none.example", DNS_NXDOMAIN, false, false, 0},    {"late.example", DNS_NXDOMAIN, false, false, 5},
    {"servfail.example", DNS_SERVFAIL, false, true, 0}, {"refused.example", DNS_REFUSED, false, true, 0},
    {"formerr.example", DNS_FORMERR, false, true, 0},   {"silent.example", DNS_SILENT, false, true, 0},
    {"quiet.example", DNS_SILENT, false, true, 0},      {"big.example", DNS_TRUNCATED, true, false, 0},
    {"hangup.example", DNS_HANGS_UP, false, true, 0},   {"huge.example", DNS_OVERSIZED, true, false, 0},
    {"forged.example", DNS_WRONG_ID, true, false, 2},   {"other.example", DNS_WRONG_QUESTION, false, true, 0},
    {"loop.example", DNS_LOOP, false, true, 0},         {"short.example", DNS_SHORT, false, true, 0},
    {"garbage.example", DNS_GARBAGE, false, true, 0},   {"lame.example", DNS_LAME, false, true, 0},
    {"echo.example", DNS_ECHO, false, true, 0},         {"secret.onion", DNS_ANSWERS, false, false, 0},
};

static const char rules[] =
    "action tag at 1\naction reject at 9\n"
    "rule NONE { describe \"n\" score 1 when helo.is_fqdn and dns.nxdomain(helo) }\n"
    "rule BARE { describe \"b\" score 1 when helo.is_fqdn and not dns.exists(helo) }\n"
    "rule HERE { describe \"h\" score 1 when any(dns.address(helo)) == 192.0.2.8 }\n"
    "rule MAIL { describe \"m\" score 1 when dns.mx(helo) and not dns.null_mx(helo) }\n"
    "rule SHUT { describe \"s\" score 1 when client.rdns and not client.rdns_confirmed }\n"
    "rule LIST { describe \"l\" score 1 when dnsbl(\"found.example\") or dnsbl(\"silent.example\", helo) }\n";

struct stress;

struct ask {
  struct stress *stress;
  assay_lookup *lookup;
  bool open, inside; /* inside: the call that began it has not returned */
  unsigned kind;
};

struct scoring {
  struct stress *stress;
  assay_scoring *scoring;
  bool open, inside;
  unsigned kind;
  assay_facts *facts;
  assay_verdict *verdict;
};

struct stress {
  assay_resolver *resolver;
  assay_ruleset *rules;
  assay_workspace *workspace;
  struct ask asks[ASKS];
  struct scoring scorings[SCORINGS];
  uint64_t seed;
  unsigned depth;
  size_t told, scored;
};

static unsigned below(struct stress *stress, unsigned most) {
  stress->seed = stress->seed * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(stress->seed >> 33) % most;
}

static void act(struct stress *stress);

/* A callback does what anybody may do, but not without end. */
static void act_within(struct stress *stress) {
  if (stress->depth >= 4) return;
  stress->depth++;
  for (unsigned times = below(stress, 3); times > 0; times--) act(stress);
  stress->depth--;
}

static bool is_known(assay_outcome outcome) {
  return outcome <= ASSAY_OUTCOME_NXDOMAIN;
}

static void check_records(const assay_answer *answer) {
  size_t bytes = 0;
  for (size_t i = 0; i < answer->count; i++)
    for (size_t b = 0; b < answer->records[i].len; b++) bytes += (unsigned char)answer->records[i].bytes[b];
  assert_true(answer->count == 0 || bytes > 0);
}

static void told(void *user, const assay_answer *answer) {
  struct ask *ask = user;
  const struct kind *kind = &kinds[ask->kind];
  assert_true(ask->open);
  assert_int_not_equal(answer->outcome, ASSAY_OUTCOME_PENDING);
  if (kind->fails) assert_false(is_known(answer->outcome));
  if (is_known(answer->outcome)) assert_int_equal(answer->outcome != ASSAY_OUTCOME_NXDOMAIN, kind->exists);
  bool within = ask->inside;
  ask->open = false;
  ask->inside = true; /* nobody else may take it while it is read */
  ask->stress->told++;
  act_within(ask->stress);
  check_records(answer);
  ask->inside = within;
}

static void begin_ask(struct stress *stress) {
  struct ask *ask = &stress->asks[below(stress, ASKS)];
  char name[64];
  if (ask->open || ask->inside) return;
  *ask = (struct ask){.stress = stress, .open = true, .inside = true, .kind = below(stress, COUNT(kinds))};
  snprintf(name, sizeof name, "n%u.%s", below(stress, NAMES), kinds[ask->kind].zone);
  assay_question_type type = below(stress, 4) ? ASSAY_QUESTION_A : ASSAY_QUESTION_MX;
  assert_int_equal(assay_resolver_ask(stress->resolver, type, name, strlen(name), told, ask, &ask->lookup), ASSAY_OK);
  assert_int_equal(ask->open, ask->lookup != NULL);
  ask->inside = false;
}

static void cancel_ask(struct stress *stress) {
  struct ask *ask = &stress->asks[below(stress, ASKS)];
  if (!ask->open || ask->inside) return;
  assay_lookup_cancel(ask->lookup);
  ask->open = false;
}

/* All that a verdict shows is still there, whatever else has been done. */
static void read_texts(const assay_verdict *verdict) {
  assay_unknown unknown;
  assay_question question;
  for (size_t i = 0; assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++)
    for (size_t w = 0; w < unknown.wait_count; w++) assert_true(strlen(assay_verdict_wait_at(verdict, i, w)) > 0);
  for (size_t i = 0; assay_verdict_question_at(verdict, i, &question) == ASSAY_OK; i++)
    assert_true(strlen(question.name) > 0);
}

static void check_hits(const assay_verdict *verdict, const struct kind *kind) {
  assay_hit hit;
  for (size_t i = 0; assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    bool denies = strcmp(hit.rule, "NONE") == 0 || strcmp(hit.rule, "BARE") == 0;
    bool affirms = strcmp(hit.rule, "HERE") == 0 || strcmp(hit.rule, "MAIL") == 0;
    if (denies && (kind->fails || kind->exists)) fail_msg("%s of %s", hit.rule, kind->zone);
    if (affirms && !kind->exists) fail_msg("%s of %s", hit.rule, kind->zone);
  }
}

static void scored(void *user, assay_status status, const assay_dns_usage *usage) {
  struct scoring *scoring = user;
  bool within = scoring->inside;
  assert_true(scoring->open);
  assert_int_equal(status, ASSAY_OK);
  assert_true(usage->cached <= usage->questions && usage->failed <= usage->questions);
  check_hits(scoring->verdict, &kinds[scoring->kind]);
  scoring->open = false;
  scoring->inside = true; /* nobody else may take it while it is read */
  scoring->stress->scored++;
  act_within(scoring->stress);
  read_texts(scoring->verdict);
  scoring->inside = within;
}

static void begin_scoring(struct stress *stress) {
  struct scoring *scoring = &stress->scorings[below(stress, SCORINGS)];
  char text[64];
  if (scoring->open || scoring->inside) return;
  scoring->open = scoring->inside = true;
  scoring->kind = below(stress, COUNT(kinds));
  assay_facts_clear(scoring->facts);
  snprintf(text, sizeof text, "n%u.%s", below(stress, NAMES), kinds[scoring->kind].zone);
  assert_int_equal(assay_facts_set(scoring->facts, ASSAY_FACT_HELO, text, strlen(text)), ASSAY_OK);
  snprintf(text, sizeof text, "192.0.2.%u", below(stress, 8));
  assert_int_equal(assay_facts_set(scoring->facts, ASSAY_FACT_CLIENT_IP, text, strlen(text)), ASSAY_OK);
  assert_int_equal(assay_resolver_score_start(stress->resolver, stress->rules, scoring->facts,
                                              below(stress, 2) ? stress->workspace : NULL, scoring->verdict, scored,
                                              scoring, &scoring->scoring),
                   ASSAY_OK);
  assert_int_equal(scoring->open, scoring->scoring != NULL);
  scoring->inside = false;
}

static void cancel_scoring(struct stress *stress) {
  struct scoring *scoring = &stress->scorings[below(stress, SCORINGS)];
  if (!scoring->open || scoring->inside) return;
  assay_scoring_cancel(scoring->scoring);
  scoring->open = false;
}

static void act(struct stress *stress) {
  static void (*const acts[])(struct stress *stress) = {begin_ask, begin_ask, begin_ask, begin_scoring, begin_scoring,
                                                        cancel_ask, cancel_scoring};
  acts[below(stress, COUNT(acts))](stress);
}

static uint32_t one_of(struct stress *stress, const uint32_t *values, unsigned count) {
  return values[below(stress, count)];
}

#define ONE_OF(...) one_of(stress, (const uint32_t[]){__VA_ARGS__}, COUNT(((const uint32_t[]){__VA_ARGS__})))

static assay_resolver_options some_options(struct stress *stress, const char *servers) {
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  options.servers = servers;
  options.attempt_ms = ONE_OF(4, 10, 25);
  options.attempts = ONE_OF(1, 2, 3);
  options.in_flight = ONE_OF(1, 3, 64, 200);
  options.zone_in_flight = ONE_OF(1, 4, 16);
  options.zone_timeouts = ONE_OF(0, 1, 5);
  options.zone_down_ms = ONE_OF(0, 10, 100);
  options.cache_bytes = ONE_OF(0, 4096, 1 << 20);
  options.ttl_ceiling = options.negative_ceiling = ONE_OF(0, 1, 300);
  options.stale = ONE_OF(0, 1);
  options.questions = ONE_OF(0, 2, 32);
  options.deadline_ms = ONE_OF(1, 20, 200);
  return options;
}

static void wait_for_all(struct stress *stress) {
  assay_resolver_stats stats;
  do {
    assert_int_equal(assay_resolver_wait(stress->resolver, -1), ASSAY_OK);
    assay_resolver_statistics(stress->resolver, &stats);
  } while (assay_resolver_pending(stress->resolver) > 0 || stats.in_flight + stats.waiting + stats.overdue > 0);
  for (size_t i = 0; i < ASKS; i++) assert_false(stress->asks[i].open);
  for (size_t i = 0; i < SCORINGS; i++) assert_false(stress->scorings[i].open);
  assert_true(stats.sent == stats.answered + stats.timeouts + stats.failures);
}

/* One resolver's life; sometimes it ends in the middle of it. */
static void live(struct stress *stress, const char *servers) {
  assay_resolver_options options = some_options(stress, servers);
  assert_int_equal(assay_resolver_new(&stress->resolver, &options), ASSAY_OK);
  for (unsigned step = 0; step < STEPS; step++) {
    act(stress);
    if (below(stress, 4) == 0)
      assert_int_equal(assay_resolver_wait(stress->resolver, (int)below(stress, 2)), ASSAY_OK);
  }
  stress->depth = 100; /* from now on nobody begins anything */
  if (below(stress, 4)) wait_for_all(stress);
  assay_resolver_free(stress->resolver);
  memset(stress->asks, 0, sizeof stress->asks);
  for (size_t i = 0; i < SCORINGS; i++) stress->scorings[i].open = false;
  stress->depth = 0;
}

static void whatever_is_done(void **state) {
  const unsigned rounds = *(const unsigned *)*state;
  struct dns_row rows[2 * COUNT(kinds) + 1];
  char names[COUNT(kinds)][64], servers[2][128];
  for (size_t i = 0; i < COUNT(kinds); i++) {
    snprintf(names[i], sizeof names[i], "*.%s", kinds[i].zone);
    rows[2 * i] = (struct dns_row){names[i], 1, kinds[i].way, "192.0.2.8,192.0.2.9", kinds[i].delay_ms};
    rows[2 * i + 1] = (struct dns_row){names[i], 15, kinds[i].way, "10 mx.found.example", kinds[i].delay_ms};
  }
  rows[2 * COUNT(kinds)] = (struct dns_row){"*.in-addr.arpa", 12, DNS_ANSWERS, "n1.found.example,n1.silent.example", 0};
  struct dns_fake *fake = dns_fake_start(rows, COUNT(rows)), *gone = dns_fake_start(NULL, 0);
  snprintf(servers[0], sizeof servers[0], "%s", dns_fake_server(fake));
  snprintf(servers[1], sizeof servers[1], "%s,%s", dns_fake_server(gone), dns_fake_server(fake));
  dns_fake_stop(gone);
  struct stress stress = {.seed = 20240607, .rules = api_rules(rules, NULL)};
  assert_int_equal(assay_workspace_new(&stress.workspace, NULL), ASSAY_OK);
  for (size_t i = 0; i < SCORINGS; i++) {
    stress.scorings[i].stress = &stress;
    assert_int_equal(assay_facts_new(&stress.scorings[i].facts, NULL), ASSAY_OK);
    assert_int_equal(assay_verdict_new(&stress.scorings[i].verdict, NULL), ASSAY_OK);
  }
  for (unsigned round = 0; round < rounds; round++) {
    dns_fake_drop(fake, round % 3 == 2 ? 30 : 0);
    dns_fake_shuffle(fake, round % 2 ? 10 : 0);
    live(&stress, servers[round % 4 == 3]);
  }
  assert_true(stress.told > rounds * 50 && stress.scored > rounds * 20);
  for (size_t i = 0; i < SCORINGS; i++) {
    assay_facts_free(stress.scorings[i].facts);
    assay_verdict_free(stress.scorings[i].verdict);
  }
  assay_workspace_free(stress.workspace);
  assay_ruleset_unref(stress.rules);
  dns_fake_stop(fake);
}

int main(int argc, char **argv) {
  unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS;
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(whatever_is_done, &rounds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
