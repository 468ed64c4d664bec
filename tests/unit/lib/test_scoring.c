/* Tests scoring with a resolver from outside: that it comes to the verdict of one who knew all answers, what it asks and
 * what it does not, and how it ends. */
#include <poll.h>

#include "support/dns_fake.h"
#include "unit/lib/api.h"

/* What most rows need: a client whose name is its own, one whose name is not, lists that know, refuse and are silent. */
static const struct dns_row zone[] = {
    {"1.2.0.192.in-addr.arpa", 12, DNS_ANSWERS, "mx.good.example", 0},
    {"2.2.0.192.in-addr.arpa", 12, DNS_ANSWERS, "mx.good.example", 0},
    {"3.2.0.192.in-addr.arpa", 12, DNS_ANSWERS, "mx.good.example,slow.good.example", 0},
    {"9.2.0.192.in-addr.arpa", 12, DNS_SILENT, NULL, 0},
    {"mx.good.example", 1, DNS_ANSWERS, "192.0.2.1", 0},
    {"mx.good.example", 28, DNS_NODATA, NULL, 0},
    {"mx.good.example", 15, DNS_ANSWERS, "0 ", 0},
    {"slow.good.example", 1, DNS_ANSWERS, "192.0.2.3", 40},
    {"dead.example", 0, DNS_SERVFAIL, NULL, 0},
    {"1.2.0.192.list.test", 1, DNS_ANSWERS, "127.0.0.2", 0},
    {"*.list.test", 1, DNS_NXDOMAIN, NULL, 0},
    {"*.refuses.test", 1, DNS_ANSWERS, "127.255.255.254", 0},
    {"*.silent.test", 1, DNS_SILENT, NULL, 0},
    {"silent.example", 0, DNS_SILENT, NULL, 0},
};

#define RULE(name, score, when) "rule " name " { describe \"r\" score " score " when " when " }\n"
#define ACTIONS "action tag at 1\naction reject at 5\n"

struct bench {
  struct dns_fake *fake;
  assay_resolver *resolver;
  assay_ruleset *rules;
  assay_facts *facts;
  assay_verdict *verdict;
  assay_dns_usage usage;
  assay_status status;
  size_t calls;
};

static void set(assay_facts *facts, assay_fact fact, const char *text) {
  if (text) assert_int_equal(assay_facts_set(facts, fact, text, strlen(text)), ASSAY_OK);
}

static void open_bench(struct bench *bench, const char *rules, assay_resolver_options options) {
  *bench = (struct bench){.fake = dns_fake_start(zone, COUNT(zone))};
  options.servers = dns_fake_server(bench->fake);
  assert_int_equal(assay_resolver_new(&bench->resolver, &options), ASSAY_OK);
  bench->rules = api_rules(rules, NULL);
  assert_int_equal(assay_facts_new(&bench->facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&bench->verdict, NULL), ASSAY_OK);
}

static void close_bench(struct bench *bench) {
  assay_resolver_free(bench->resolver);
  assay_verdict_free(bench->verdict);
  assay_facts_free(bench->facts);
  assay_ruleset_unref(bench->rules);
  dns_fake_stop(bench->fake);
}

static assay_resolver_options quick(void) {
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  options.attempt_ms = 100;
  options.attempts = 2;
  return options;
}

static void describe_connection(struct bench *bench, const char *ip, const char *helo) {
  assay_facts_clear(bench->facts);
  set(bench->facts, ASSAY_FACT_CLIENT_IP, ip);
  set(bench->facts, ASSAY_FACT_HELO, helo);
}

static void score(struct bench *bench) {
  bench->status = assay_resolver_score(bench->resolver, bench->rules, bench->facts, NULL, bench->verdict, &bench->usage);
  assert_int_equal(bench->status, ASSAY_OK);
}

/* "HIT", "-", or the outcomes of what the rule waits for: "timeout,refused". */
static const char *answer_of(const assay_verdict *verdict) {
  static char text[256];
  assay_unknown unknown;
  size_t len = 0;
  if (assay_verdict_hit_count(verdict) > 0) return "HIT";
  if (assay_verdict_unknown_at(verdict, 0, &unknown) != ASSAY_OK) return "-";
  text[0] = '\0';
  for (size_t i = 0; i < unknown.wait_count; i++)
    len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i > 0 ? "," : "",
                            assay_outcome_text(assay_verdict_wait_outcome(verdict, 0, i)));
  return text;
}

/* --- what it comes to --- */

static void verdicts_are_right(void **state) {
  (void)state;
  static const struct {
    const char *when, *ip, *helo, *expected;
    assay_iprev iprev;
  } rows[] = {
      {"client.rdns_confirmed", "192.0.2.1", NULL, "HIT", ASSAY_IPREV_PASS},
      {"client.rdns and not client.rdns_confirmed", "192.0.2.2", NULL, "HIT", ASSAY_IPREV_FAIL},
      {"client.rdns == \"slow.good.example\"", "192.0.2.3", NULL, "HIT", ASSAY_IPREV_PASS},
      {"client.rdns.is_empty", "192.0.2.4", NULL, "HIT", ASSAY_IPREV_PERMERROR},
      {"client.rdns.is_empty", "192.0.2.9", NULL, "timeout", ASSAY_IPREV_TEMPERROR},
      {"helo.is_fqdn and not dns.address(helo)", NULL, "mx.good.example", "-", ASSAY_IPREV_NONE},
      {"helo.is_fqdn and not dns.address(helo)", NULL, "none.good.example", "HIT", ASSAY_IPREV_NONE},
      {"helo.is_fqdn and not dns.address(helo)", NULL, "dead.example", "servfail", ASSAY_IPREV_NONE},
      {"helo.is_fqdn and not dns.address(helo)", NULL, "localhost", "-", ASSAY_IPREV_NONE},
      {"dns.address(helo) and not any(dns.address(helo)) == client.ip", "192.0.2.1", "mx.good.example", "-",
       ASSAY_IPREV_NONE},
      {"dns.address(helo) and not any(dns.address(helo)) == client.ip", "192.0.2.7", "mx.good.example", "HIT",
       ASSAY_IPREV_NONE},
      {"dnsbl(\"list.test\")", "192.0.2.1", NULL, "HIT", ASSAY_IPREV_NONE},
      {"dnsbl(\"list.test\")", "192.0.2.2", NULL, "-", ASSAY_IPREV_NONE},
      {"dnsbl(\"list.test\")", "10.1.2.3", NULL, "-", ASSAY_IPREV_NONE},
      {"dnsbl(\"refuses.test\")", "192.0.2.1", NULL, "refused", ASSAY_IPREV_NONE},
      {"dnsbl(\"silent.test\")", "192.0.2.1", NULL, "timeout", ASSAY_IPREV_NONE},
      {"dnsbl(\"silent.test\") or dnsbl(\"list.test\")", "192.0.2.1", NULL, "HIT", ASSAY_IPREV_NONE},
      {"dns.exists(helo)", NULL, "mx.good.example", "HIT", ASSAY_IPREV_NONE},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct bench bench;
    char rules[512];
    snprintf(rules, sizeof rules, ACTIONS "rule R { describe \"r\" score 1 when %s }\n", rows[i].when);
    open_bench(&bench, rules, quick());
    for (int round = 0; round < 2; round++) { /* the second from the cache, as far as there is anything to remember */
      describe_connection(&bench, rows[i].ip, rows[i].helo);
      score(&bench);
      if (strcmp(answer_of(bench.verdict), rows[i].expected) != 0)
        fail_msg("%s of %s %s: %s, not %s", rows[i].when, rows[i].ip, rows[i].helo, answer_of(bench.verdict),
                 rows[i].expected);
      if (bench.usage.iprev != rows[i].iprev)
        fail_msg("%s of %s: iprev %s", rows[i].when, rows[i].ip, assay_iprev_text(bench.usage.iprev));
      assert_int_equal(assay_resolver_pending(bench.resolver), 0);
    }
    close_bench(&bench);
  }
}

/* What the front end has said is not asked for. */
static void facts_come_first(void **state) {
  (void)state;
  struct bench bench;
  open_bench(&bench, ACTIONS RULE("R", "1", "client.rdns == \"said.example\" and dns.address(helo)"), quick());
  describe_connection(&bench, "192.0.2.1", "mx.told.example");
  set(bench.facts, ASSAY_FACT_CLIENT_RDNS, "said.example");
  const char *record = "192.0.2.77";
  size_t len = strlen(record);
  assert_int_equal(assay_facts_answer(bench.facts, ASSAY_QUESTION_A, "mx.told.example", 15, &record, &len, 1), ASSAY_OK);
  assert_int_equal(assay_facts_answer(bench.facts, ASSAY_QUESTION_AAAA, "mx.told.example", 15, NULL, NULL, 0), ASSAY_OK);
  score(&bench);
  api_same(answer_of(bench.verdict), "HIT");
  assert_int_equal(bench.usage.questions, 0);
  assert_int_equal(dns_fake_received(bench.fake), 0);
  close_bench(&bench);
}

/* --- what it takes --- */

static void usage_is_told(void **state) {
  (void)state;
  struct bench bench;
  open_bench(&bench, ACTIONS RULE("R", "1", "client.rdns_confirmed") RULE("S", "1", "not dns.address(helo)"), quick());
  describe_connection(&bench, "192.0.2.1", "dead.example");
  score(&bench);
  assert_int_equal(bench.usage.questions, 4);
  assert_int_equal(bench.usage.cached, 0);
  assert_int_equal(bench.usage.failed, 2);
  assert_false(bench.usage.late);
  assert_true(bench.usage.microseconds > 0);
  describe_connection(&bench, "192.0.2.1", "mx.good.example");
  score(&bench);
  assert_int_equal(bench.usage.questions, 2); /* the address of the one name serves both rules, and settles them */
  assert_int_equal(bench.usage.cached, 2);
  assert_int_equal(bench.usage.failed, 0);
  size_t received = dns_fake_received(bench.fake);
  describe_connection(&bench, "192.0.2.1", "mx.good.example");
  score(&bench);
  assert_int_equal(bench.usage.questions, 2);
  assert_int_equal(bench.usage.cached, 2);
  assert_int_equal(dns_fake_received(bench.fake), received);
  close_bench(&bench);
}

/* Once nothing can change the action any more, the rest is neither asked nor waited for. */
static void it_ends_when_it_is_settled(void **state) {
  (void)state;
  struct bench bench;
  assay_resolver_options options = quick();
  options.attempt_ms = 60000;
  options.deadline_ms = 600000;
  open_bench(&bench, ACTIONS RULE("BIG", "9", "dnsbl(\"list.test\")") RULE("SMALL", "1", "dnsbl(\"silent.test\")"), options);
  describe_connection(&bench, "192.0.2.1", NULL);
  score(&bench);
  assert_int_equal(assay_verdict_action(bench.verdict), ASSAY_REJECT);
  assert_int_equal(assay_verdict_hit_count(bench.verdict), 1);
  assert_false(bench.usage.late);
  assert_int_equal(assay_resolver_pending(bench.resolver), 0);
  close_bench(&bench);
}

static void a_deadline_ends_it(void **state) {
  (void)state;
  struct bench bench;
  assay_resolver_options options = quick();
  options.attempt_ms = 60000;
  options.deadline_ms = 80;
  open_bench(&bench, ACTIONS RULE("A", "1", "dnsbl(\"list.test\")") RULE("B", "9", "dnsbl(\"silent.test\")")
                         RULE("C", "9", "dns.exists(helo) and dns.ns(helo)"), options);
  describe_connection(&bench, "192.0.2.1", "silent.example");
  score(&bench);
  assert_true(bench.usage.late);
  assert_int_equal(assay_verdict_action(bench.verdict), ASSAY_TAG);
  assert_int_equal(assay_verdict_unknown_count(bench.verdict), 2);
  assert_int_equal(assay_verdict_wait_outcome(bench.verdict, 0, 0), ASSAY_OUTCOME_TIMEOUT);
  assert_int_equal(bench.usage.failed, bench.usage.questions - 1);
  assert_int_equal(assay_resolver_pending(bench.resolver), 0);
  close_bench(&bench);
}

static void a_budget_holds(void **state) {
  (void)state;
  struct bench bench;
  assay_resolver_options options = quick();
  options.questions = 2;
  /* each of the three matters: 2 tags, 4 defers, 5 rejects */
  open_bench(&bench, ACTIONS "action defer at 4\n" RULE("A", "2", "dnsbl(\"list.test\")")
                         RULE("B", "2", "not dns.mx(helo)") RULE("C", "1", "dns.ns(helo)"), options);
  describe_connection(&bench, "192.0.2.1", "none.good.example");
  score(&bench);
  assert_int_equal(dns_fake_received(bench.fake), 2);
  assert_int_equal(bench.usage.questions, 3);
  assert_int_equal(assay_verdict_hit_count(bench.verdict), 2);
  assert_int_equal(assay_verdict_unknown_count(bench.verdict), 1);
  assert_int_equal(assay_verdict_wait_outcome(bench.verdict, 0, 0), ASSAY_OUTCOME_OVER_BUDGET);
  /* what is remembered costs nothing, so the next one gets to the third */
  describe_connection(&bench, "192.0.2.1", "none.good.example");
  score(&bench);
  assert_int_equal(dns_fake_received(bench.fake), 3);
  assert_int_equal(assay_verdict_unknown_count(bench.verdict), 0);
  close_bench(&bench);
}

static void a_budget_may_be_nothing(void **state) {
  (void)state;
  struct bench bench;
  assay_resolver_options options = quick();
  options.questions = 0;
  open_bench(&bench, ACTIONS RULE("A", "3", "dnsbl(\"list.test\")"), options);
  describe_connection(&bench, "192.0.2.1", NULL);
  score(&bench);
  api_same(answer_of(bench.verdict), "over_budget");
  assert_int_equal(dns_fake_received(bench.fake), 0);
  close_bench(&bench);
}

/* --- in a host's own loop --- */

static void scored(void *user, assay_status status, const assay_dns_usage *usage) {
  struct bench *bench = user;
  bench->status = status;
  bench->usage = *usage;
  bench->calls++;
}

static void misuse_is_refused(void **state) {
  (void)state;
  struct bench b;
  assay_scoring *scoring;
  open_bench(&b, ACTIONS RULE("A", "3", "dnsbl(\"list.test\")"), quick());
#define START(resolver, rules, facts, verdict, callback, out) \
  assert_int_equal(assay_resolver_score_start(resolver, rules, facts, NULL, verdict, callback, &b, out), ASSAY_BAD_ARGUMENT)
  START(NULL, b.rules, b.facts, b.verdict, scored, &scoring);
  START(b.resolver, NULL, b.facts, b.verdict, scored, &scoring);
  START(b.resolver, b.rules, NULL, b.verdict, scored, &scoring);
  START(b.resolver, b.rules, b.facts, NULL, scored, &scoring);
  START(b.resolver, b.rules, b.facts, b.verdict, NULL, &scoring);
  START(b.resolver, b.rules, b.facts, b.verdict, scored, NULL);
#undef START
  assert_int_equal(assay_resolver_score(NULL, b.rules, b.facts, NULL, b.verdict, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_resolver_score(b.resolver, b.rules, NULL, NULL, b.verdict, &b.usage), ASSAY_BAD_ARGUMENT);
  assert_int_equal(b.calls, 0);
  close_bench(&b);
}

/* The rule set may be let go of while scorings wait; many wait at once; the answer comes to each once. */
static void many_wait_at_once(void **state) {
  (void)state;
  enum { MANY = 300 };
  static struct bench all[MANY];
  struct bench bench;
  assay_workspace *workspace;
  open_bench(&bench, ACTIONS RULE("A", "4", "dnsbl(\"list.test\")") RULE("B", "4", "client.rdns.is_empty"), quick());
  assert_int_equal(assay_workspace_new(&workspace, NULL), ASSAY_OK);
  dns_fake_shuffle(bench.fake, 10);
  for (size_t i = 0; i < MANY; i++) {
    char ip[32];
    assay_scoring *scoring;
    snprintf(ip, sizeof ip, "192.0.2.%zu", i % 2 ? 1 : 10 + i / 2 % 200);
    all[i] = (struct bench){.calls = 0};
    assert_int_equal(assay_facts_new(&all[i].facts, NULL), ASSAY_OK);
    assert_int_equal(assay_verdict_new(&all[i].verdict, NULL), ASSAY_OK);
    describe_connection(&all[i], ip, NULL);
    assert_int_equal(assay_resolver_score_start(bench.resolver, bench.rules, all[i].facts, workspace, all[i].verdict,
                                                scored, &all[i], &scoring), ASSAY_OK);
  }
  assay_ruleset_unref(bench.rules);
  bench.rules = NULL;
  while (assay_resolver_pending(bench.resolver) > 0) assert_int_equal(assay_resolver_wait(bench.resolver, -1), ASSAY_OK);
  for (size_t i = 0; i < MANY; i++) {
    assert_int_equal(all[i].calls, 1);
    assert_int_equal(all[i].status, ASSAY_OK);
    assert_int_equal(assay_verdict_hit_count(all[i].verdict), 1);
    assert_int_equal(assay_verdict_unknown_count(all[i].verdict), 0);
    assay_verdict_free(all[i].verdict);
    assay_facts_free(all[i].facts);
  }
  assert_int_equal(dns_fake_received(bench.fake), 2 + 150 * 2); /* the one client's two, and the others' */
  assay_workspace_free(workspace);
  close_bench(&bench);
}

static void a_scoring_is_cancelled(void **state) {
  (void)state;
  struct bench bench;
  assay_scoring *scoring;
  open_bench(&bench, ACTIONS RULE("A", "1", "dnsbl(\"list.test\")"), quick());
  describe_connection(&bench, "192.0.2.1", NULL);
  assert_int_equal(assay_resolver_score_start(bench.resolver, bench.rules, bench.facts, NULL, bench.verdict, scored,
                                              &bench, &scoring), ASSAY_OK);
  assert_non_null(scoring);
  assert_int_equal(assay_verdict_action(bench.verdict), ASSAY_ACCEPT); /* that of the latest evaluation */
  assert_false(assay_verdict_settled(bench.verdict));
  assay_scoring_cancel(scoring);
  assert_int_equal(assay_resolver_pending(bench.resolver), 0);
  /* and one is left to the end of the resolver */
  describe_connection(&bench, "192.0.2.2", NULL);
  assert_int_equal(assay_resolver_score_start(bench.resolver, bench.rules, bench.facts, NULL, bench.verdict, scored,
                                              &bench, &scoring), ASSAY_OK);
  assert_non_null(scoring);
  assay_resolver_free(bench.resolver);
  bench.resolver = NULL;
  assert_int_equal(bench.calls, 0);
  close_bench(&bench);
}

/* What was not waited for is asked when it matters again, whatever ended the scoring that had asked. */
static void the_same_facts_are_scored_again(void **state) {
  (void)state;
  struct bench bench;
  assay_scoring *scoring;
  open_bench(&bench, ACTIONS RULE("NAME", "1", "client.rdns") RULE("SLOW", "5", "dns.address(helo)")
                         RULE("BIG", "9", "mail.size > 5"), quick());
  /* cancelled */
  describe_connection(&bench, "192.0.2.1", "slow.good.example");
  assert_int_equal(assay_facts_set_int(bench.facts, ASSAY_FACT_MAIL_SIZE, 1), ASSAY_OK);
  assert_int_equal(assay_resolver_score_start(bench.resolver, bench.rules, bench.facts, NULL, bench.verdict, scored,
                                              &bench, &scoring), ASSAY_OK);
  assay_scoring_cancel(scoring);
  score(&bench);
  assert_int_equal(assay_verdict_score(bench.verdict), 6000);
  assert_int_equal(bench.usage.failed, 0);
  /* settled before its answers came */
  describe_connection(&bench, "192.0.2.1", "mx.good.example");
  assert_int_equal(assay_facts_set_int(bench.facts, ASSAY_FACT_MAIL_SIZE, 10), ASSAY_OK);
  score(&bench);
  assert_int_equal(assay_verdict_action(bench.verdict), ASSAY_REJECT);
  assert_int_equal(assay_facts_set_int(bench.facts, ASSAY_FACT_MAIL_SIZE, 1), ASSAY_OK);
  score(&bench);
  assert_int_equal(assay_verdict_score(bench.verdict), 6000);
  close_bench(&bench);
}

/* --- memory --- */

static struct bench starved_bench;

static assay_status score_starved(struct test_alloc *alloc) {
  struct bench *bench = &starved_bench;
  assay_resolver_options options = quick();
  assay_resolver *resolver;
  options.alloc = &alloc->alloc;
  options.servers = dns_fake_server(bench->fake);
  assay_status status = assay_resolver_new(&resolver, &options);
  if (status != ASSAY_OK) return status;
  describe_connection(bench, "192.0.2.1", "mx.good.example");
  status = assay_resolver_score(resolver, bench->rules, bench->facts, NULL, bench->verdict, &bench->usage);
  if (status == ASSAY_OK && bench->usage.failed > 0) status = ASSAY_NO_MEMORY; /* a question that could not be sent */
  if (status == ASSAY_OK) assert_int_equal(assay_verdict_hit_count(bench->verdict), 2);
  assay_resolver_free(resolver);
  return status;
}

/* Without memory it is said, or a question fails, or something is not remembered; nothing is lost and nothing hangs. */
static void memory_may_run_out(void **state) {
  (void)state;
  open_bench(&starved_bench, ACTIONS RULE("A", "4", "client.rdns_confirmed") RULE("B", "4", "dns.exists(helo)"), quick());
  api_starve(score_starved, 10, 16);
  close_bench(&starved_bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(verdicts_are_right),
      cmocka_unit_test(facts_come_first),
      cmocka_unit_test(usage_is_told),
      cmocka_unit_test(it_ends_when_it_is_settled),
      cmocka_unit_test(a_deadline_ends_it),
      cmocka_unit_test(a_budget_holds),
      cmocka_unit_test(a_budget_may_be_nothing),
      cmocka_unit_test(misuse_is_refused),
      cmocka_unit_test(many_wait_at_once),
      cmocka_unit_test(a_scoring_is_cancelled),
      cmocka_unit_test(the_same_facts_are_scored_again),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
