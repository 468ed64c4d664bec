/* Tests answers to DNS questions as a host hands them over: their words, what each outcome comes to, and answers that an
 * evaluation looks for at the host's. */
#include "unit/lib/api.h"

static assay_facts *facts_make(void) {
  assay_facts *facts;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  return facts;
}

static void must_be(const assay_facts *facts, const char *when, enum api_outcome expected) {
  enum api_outcome got = api_ask(facts, when);
  if (got != expected) fail_msg("%s: %d, not %d", when, got, expected);
}

/* --- words --- */

static const struct {
  assay_outcome outcome;
  const char *word;
  enum api_outcome empty; /* what `dns.txt(…)` then is, without records */
} outcomes[] = {
    {ASSAY_OUTCOME_FOUND, "found", API_MISS},
    {ASSAY_OUTCOME_NODATA, "nodata", API_MISS},
    {ASSAY_OUTCOME_NXDOMAIN, "nxdomain", API_MISS},
    {ASSAY_OUTCOME_PENDING, "pending", API_NOT_YET},
    {ASSAY_OUTCOME_SERVFAIL, "servfail", API_FAILED},
    {ASSAY_OUTCOME_REFUSED, "refused", API_FAILED},
    {ASSAY_OUTCOME_TIMEOUT, "timeout", API_FAILED},
    {ASSAY_OUTCOME_MALFORMED, "malformed", API_FAILED},
    {ASSAY_OUTCOME_OVER_BUDGET, "over_budget", API_FAILED},
    {ASSAY_OUTCOME_ZONE_DOWN, "zone_down", API_FAILED},
    {ASSAY_OUTCOME_FAILED, "failed", API_FAILED},
    {ASSAY_OUTCOME_NEVER, "never", API_NEVER},
};

static void each_outcome_has_its_word(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(outcomes); i++) {
    assert_int_equal(outcomes[i].outcome, i);
    assert_string_equal(assay_outcome_text(outcomes[i].outcome), outcomes[i].word);
  }
  assert_string_equal(assay_outcome_text((assay_outcome)COUNT(outcomes)), "unknown");
  assert_string_equal(assay_outcome_text((assay_outcome)-1), "unknown");
}

static void each_result_of_iprev_has_its_word(void **state) {
  (void)state;
  static const char *const words[] = {"none", "pass", "fail", "temperror", "permerror"};
  for (size_t i = 0; i < COUNT(words); i++) assert_string_equal(assay_iprev_text((assay_iprev)i), words[i]);
  assert_string_equal(assay_iprev_text((assay_iprev)COUNT(words)), "unknown");
  assert_string_equal(assay_iprev_text((assay_iprev)-1), "unknown");
}

static void each_question_has_its_word(void **state) {
  (void)state;
  static const char *const words[] = {"A", "AAAA", "PTR", "MX", "TXT", "NS"};
  for (size_t i = 0; i < COUNT(words); i++)
    assert_string_equal(assay_question_type_text((assay_question_type)i), words[i]);
  assert_string_equal(assay_question_type_text((assay_question_type)COUNT(words)), "unknown");
  assert_string_equal(assay_question_type_text((assay_question_type)-1), "unknown");
}

/* --- taken into the facts --- */

static assay_status take(assay_facts *facts, assay_question_type type, const char *name, assay_answer answer) {
  return assay_facts_take_answer(facts, type, name, strlen(name), &answer);
}

static void each_outcome_is_taken(void **state) {
  (void)state;
  static const assay_record record = {"v=spf1", 6};
  assay_facts *facts = facts_make();
  for (size_t i = 0; i < COUNT(outcomes); i++) {
    bool found = outcomes[i].outcome == ASSAY_OUTCOME_FOUND;
    assert_int_equal(take(facts, ASSAY_QUESTION_TXT, "a.example", (assay_answer){outcomes[i].outcome, NULL, 0}), ASSAY_OK);
    must_be(facts, "dns.txt(\"a.example\")", outcomes[i].empty);
    /* a record counts where something was found, and is not looked at elsewhere */
    assert_int_equal(take(facts, ASSAY_QUESTION_TXT, "a.example", (assay_answer){outcomes[i].outcome, &record, 1}),
                     ASSAY_OK);
    must_be(facts, "dns.txt(\"a.example\")", found ? API_HIT : outcomes[i].empty);
  }
  assay_facts_free(facts);
}

#define BYTES(text) {text, sizeof text - 1}
#define V6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09"
#define MAPPED "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x09"

/* A question, its records (up to two), and a condition that is true when they were taken. */
static void each_type_takes_its_records(void **state) {
  (void)state;
  static const struct {
    assay_question_type type;
    const char *name;
    assay_record records[2];
    size_t count;
    assay_status status;
    const char *when;
  } rows[] = {
      {ASSAY_QUESTION_A, "A.Example.", {BYTES("\xc0\0\x02\x09")}, 1, ASSAY_OK,
       "any(dns.address(\"a.example\")) == 192.0.2.9"},
      {ASSAY_QUESTION_A, "a.example", {BYTES("\xc0\0\x02\x08"), BYTES("\xc0\0\x02\x09")}, 2, ASSAY_OK,
       "any(dns.address(\"a.example\")) == 192.0.2.9"},
      {ASSAY_QUESTION_AAAA, "a.example", {BYTES(V6)}, 1, ASSAY_OK, "any(dns.address(\"a.example\")) == 2001:db8::9"},
      {ASSAY_QUESTION_AAAA, "a.example", {BYTES(MAPPED)}, 1, ASSAY_OK, "any(dns.address(\"a.example\")) == 192.0.2.9"},
      {ASSAY_QUESTION_PTR, "192.0.2.9", {BYTES("mx.example")}, 1, ASSAY_OK, "any(dns.ptr(192.0.2.9)) == \"mx.example\""},
      {ASSAY_QUESTION_PTR, "9.2.0.192.in-addr.arpa", {BYTES("mx.example")}, 1, ASSAY_OK,
       "any(dns.ptr(192.0.2.9)) == \"mx.example\""},
      {ASSAY_QUESTION_MX, "a.example", {BYTES("mx.example")}, 1, ASSAY_OK, "any(dns.mx(\"a.example\")) == \"mx.example\""},
      {ASSAY_QUESTION_NS, "a.example", {BYTES("ns.example")}, 1, ASSAY_OK, "any(dns.ns(\"a.example\")) == \"ns.example\""},
      {ASSAY_QUESTION_TXT, "a.example", {{NULL, 0}}, 1, ASSAY_OK, "any(dns.txt(\"a.example\")) == \"\""},
      {ASSAY_QUESTION_A, "a.example", {BYTES(V6)}, 1, ASSAY_BAD_VALUE, NULL},
      {ASSAY_QUESTION_A, "a.example", {BYTES("\xc0\0\x02\x09"), BYTES("\xc0\0\x02")}, 2, ASSAY_BAD_VALUE, NULL},
      {ASSAY_QUESTION_A, "a.example", {{NULL, 0}}, 1, ASSAY_BAD_VALUE, NULL},
      {ASSAY_QUESTION_AAAA, "a.example", {BYTES("\xc0\0\x02\x09")}, 1, ASSAY_BAD_VALUE, NULL},
      {ASSAY_QUESTION_TXT, "a.example", {{NULL, 1}}, 1, ASSAY_BAD_ARGUMENT, NULL},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts *facts = facts_make();
    assay_status status = take(facts, rows[i].type, rows[i].name,
                               (assay_answer){ASSAY_OUTCOME_FOUND, rows[i].records, rows[i].count});
    if (status != rows[i].status) fail_msg("row %zu: status %d", i, status);
    if (rows[i].when) must_be(facts, rows[i].when, API_HIT);
    assay_facts_free(facts);
  }
}

static void after_an_error_the_old_answer_stands(void **state) {
  (void)state;
  static const assay_record good = BYTES("\xc0\0\x02\x09"), bad = BYTES("\xc0");
  static const char when[] = "any(dns.address(\"a.example\")) == 192.0.2.9";
  assay_facts *facts = facts_make();
  const assay_answer answer = {ASSAY_OUTCOME_FOUND, &good, 1}, no_records = {ASSAY_OUTCOME_FOUND, NULL, 1};
  assert_int_equal(take(facts, ASSAY_QUESTION_A, "a.example", answer), ASSAY_OK);
  const struct {
    assay_facts *facts;
    int type;
    const char *name;
    const assay_answer *answer;
    assay_status status;
  } rows[] = {
      {NULL, ASSAY_QUESTION_A, "a.example", &answer, ASSAY_BAD_ARGUMENT},
      {facts, ASSAY_QUESTION_NS + 1, "a.example", &answer, ASSAY_BAD_ARGUMENT},
      {facts, -1, "a.example", &answer, ASSAY_BAD_ARGUMENT},
      {facts, ASSAY_QUESTION_A, NULL, &answer, ASSAY_BAD_ARGUMENT},
      {facts, ASSAY_QUESTION_A, "a.example", NULL, ASSAY_BAD_ARGUMENT},
      {facts, ASSAY_QUESTION_A, "a.example", &no_records, ASSAY_BAD_ARGUMENT},
      {facts, ASSAY_QUESTION_A, "a.example", &(assay_answer){ASSAY_OUTCOME_NEVER + 1, NULL, 0}, ASSAY_BAD_ARGUMENT},
      {facts, ASSAY_QUESTION_A, "a.example", &(assay_answer){ASSAY_OUTCOME_FOUND, &bad, 1}, ASSAY_BAD_VALUE},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_int_equal(assay_facts_take_answer(rows[i].facts, (assay_question_type)rows[i].type, rows[i].name,
                                             rows[i].name ? 9 : 0, rows[i].answer),
                     rows[i].status);
    must_be(facts, when, API_HIT);
  }
  assay_facts_free(facts);
}

/* --- looked for at the host's --- */

/* A host that knows one answer, and notes what it is asked for: "A a.example,MX a.example". */
struct host {
  assay_question_type type;
  const char *name;
  assay_answer answer;
  char asked[1024];
};

static bool find(void *user, assay_question_type type, const char *name, size_t name_len, assay_answer *out) {
  struct host *host = user;
  size_t len = strlen(host->asked);
  snprintf(host->asked + len, sizeof host->asked - len, "%s%s %.*s", len ? "," : "", assay_question_type_text(type),
           (int)name_len, name);
  if (!host->name || type != host->type || strlen(host->name) != name_len || memcmp(name, host->name, name_len) != 0)
    return false;
  *out = host->answer;
  return true;
}

static const assay_record client = BYTES("\xc0\0\x02\x09"), text_x = BYTES("x"), mx = BYTES("mx.example");

static void what_the_host_knows_counts(void **state) {
  (void)state;
  static const struct {
    struct host host;
    const char *when;
    enum api_outcome outcome;
    const char *asked;
  } rows[] = {
      {{.name = NULL}, "dns.txt(\"A.Example.\")", API_NOT_YET, "TXT a.example"},
      {{ASSAY_QUESTION_TXT, "a.example", {ASSAY_OUTCOME_FOUND, &text_x, 1}, ""}, "any(dns.txt(\"a.example\")) == \"x\"",
       API_HIT, "TXT a.example"},
      {{ASSAY_QUESTION_TXT, "a.example", {ASSAY_OUTCOME_NODATA, NULL, 0}, ""}, "dns.txt(\"a.example\")", API_MISS,
       "TXT a.example"},
      {{ASSAY_QUESTION_TXT, "a.example", {ASSAY_OUTCOME_TIMEOUT, NULL, 0}, ""}, "dns.txt(\"a.example\")", API_FAILED,
       "TXT a.example"},
      {{ASSAY_QUESTION_TXT, "a.example", {ASSAY_OUTCOME_PENDING, NULL, 0}, ""}, "dns.txt(\"a.example\")", API_NOT_YET,
       "TXT a.example"},
      {{ASSAY_QUESTION_TXT, "a.example", {ASSAY_OUTCOME_NEVER, NULL, 0}, ""}, "dns.txt(\"a.example\")", API_NEVER,
       "TXT a.example"},
      {{ASSAY_QUESTION_PTR, "9.2.0.192.in-addr.arpa", {ASSAY_OUTCOME_FOUND, &mx, 1}, ""},
       "any(dns.ptr(192.0.2.9)) == \"mx.example\"", API_HIT, "PTR 9.2.0.192.in-addr.arpa"},
      {{ASSAY_QUESTION_A, "a.example", {ASSAY_OUTCOME_FOUND, &client, 1}, ""},
       "any(dns.address(\"a.example\")) == 192.0.2.9", API_HIT, "A a.example,AAAA a.example"},
      /* each question once, whoever asks it */
      {{ASSAY_QUESTION_A, "a.example", {ASSAY_OUTCOME_FOUND, &client, 1}, ""},
       "dns.exists(\"a.example\") and length(dns.address(\"a.example\")) == 1", API_NOT_YET,
       "A a.example,AAAA a.example,MX a.example"},
      /* what cannot be asked for is not */
      {{.name = NULL}, "dns.txt(\"localhost\")", API_MISS, ""},
      {{.name = NULL}, "dns.ptr(10.0.0.1)", API_MISS, ""},
      /* what breaks the contract makes no sense as an answer either */
      {{ASSAY_QUESTION_A, "a.example", {ASSAY_OUTCOME_FOUND, &text_x, 1}, ""},
       "any(dns.address(\"a.example\")) == 192.0.2.9 or dns.txt(\"localhost\")", API_NOT_YET,
       "A a.example,AAAA a.example"},
      {{ASSAY_QUESTION_TXT, "a.example", {ASSAY_OUTCOME_FOUND, NULL, 1}, ""}, "dns.txt(\"a.example\")", API_FAILED,
       "TXT a.example"},
      {{ASSAY_QUESTION_TXT, "a.example", {(assay_outcome)-1, NULL, 0}, ""}, "dns.txt(\"a.example\")", API_FAILED,
       "TXT a.example"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct host host = rows[i].host;
    assay_facts *facts = facts_make();
    assay_facts_answers_from(facts, find, &host);
    must_be(facts, rows[i].when, rows[i].outcome);
    if (strcmp(host.asked, rows[i].asked) != 0) fail_msg("row %zu: asked for \"%s\"", i, host.asked);
    assay_facts_free(facts);
  }
}

static void facts_speak_before_the_host(void **state) {
  (void)state;
  static const char when[] = "dns.txt(\"a.example\")";
  struct host host = {ASSAY_QUESTION_TXT, "a.example", {ASSAY_OUTCOME_FOUND, &text_x, 1}, ""};
  assay_facts *facts = facts_make();
  assay_facts_answers_from(facts, find, &host);
  must_be(facts, when, API_HIT);
  assert_int_equal(take(facts, ASSAY_QUESTION_TXT, "a.example", (assay_answer){ASSAY_OUTCOME_NXDOMAIN, NULL, 0}),
                   ASSAY_OK);
  must_be(facts, when, API_MISS);
  assert_string_equal(host.asked, "TXT a.example"); /* the first time */
  assay_facts_clear(facts); /* forgets the answer, and keeps the source */
  must_be(facts, when, API_HIT);
  assay_facts_answers_from(facts, NULL, &host);
  must_be(facts, when, API_NOT_YET);
  assert_string_equal(host.asked, "TXT a.example,TXT a.example");
  assay_facts_answers_from(NULL, find, &host);
  assay_facts_free(facts);
}

/* --- what they come to --- */

static void each_wait_says_what_became_of_it(void **state) {
  (void)state;
  static const struct {
    const char *helo; /* NULL: unknown */
    const char *when;
    assay_outcome a, aaaa, txt; /* FOUND: nothing is said of it */
    assay_outcome waits[2];     /* FOUND: there is none */
  } rows[] = {
      {"a.example", "dns.txt(helo)", 0, 0, ASSAY_OUTCOME_FOUND, {ASSAY_OUTCOME_PENDING, 0}},
      {"a.example", "dns.txt(helo)", 0, 0, ASSAY_OUTCOME_SERVFAIL, {ASSAY_OUTCOME_SERVFAIL, 0}},
      {"a.example", "dns.txt(helo)", 0, 0, ASSAY_OUTCOME_ZONE_DOWN, {ASSAY_OUTCOME_ZONE_DOWN, 0}},
      {"a.example", "dns.txt(helo)", 0, 0, ASSAY_OUTCOME_FAILED, {ASSAY_OUTCOME_FAILED, 0}},
      {"a.example", "dns.txt(helo)", 0, 0, ASSAY_OUTCOME_NEVER, {ASSAY_OUTCOME_NEVER, 0}},
      {NULL, "dns.txt(helo)", 0, 0, ASSAY_OUTCOME_TIMEOUT, {ASSAY_OUTCOME_PENDING, 0}},
      /* of two questions of one look-up the one that makes the reason; of two look-ups each */
      {"a.example", "dns.address(helo)", ASSAY_OUTCOME_NODATA, ASSAY_OUTCOME_TIMEOUT, 0, {ASSAY_OUTCOME_TIMEOUT, 0}},
      {"a.example", "dns.address(helo)", ASSAY_OUTCOME_TIMEOUT, ASSAY_OUTCOME_NEVER, 0, {ASSAY_OUTCOME_TIMEOUT, 0}},
      {"a.example", "dns.address(helo)", ASSAY_OUTCOME_TIMEOUT, ASSAY_OUTCOME_FOUND, 0, {ASSAY_OUTCOME_PENDING, 0}},
      {"a.example", "dns.address(helo) or dns.txt(helo)", ASSAY_OUTCOME_REFUSED, ASSAY_OUTCOME_NODATA,
       ASSAY_OUTCOME_MALFORMED, {ASSAY_OUTCOME_REFUSED, ASSAY_OUTCOME_MALFORMED}},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char text[128];
    assay_facts *facts = facts_make();
    assay_verdict *verdict;
    assay_unknown unknown;
    const struct {
      assay_question_type type;
      assay_outcome outcome;
    } answers[] = {{ASSAY_QUESTION_A, rows[i].a}, {ASSAY_QUESTION_AAAA, rows[i].aaaa}, {ASSAY_QUESTION_TXT, rows[i].txt}};
    if (rows[i].helo)
      assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, rows[i].helo, strlen(rows[i].helo)), ASSAY_OK);
    for (size_t k = 0; k < COUNT(answers); k++)
      if (answers[k].outcome != ASSAY_OUTCOME_FOUND)
        assert_int_equal(take(facts, answers[k].type, "a.example", (assay_answer){answers[k].outcome, NULL, 0}), ASSAY_OK);
    snprintf(text, sizeof text, "rule R { describe \"r\" score 1 when %s }\n", rows[i].when);
    assay_ruleset *ruleset = api_rules(text, NULL);
    assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    assert_int_equal(assay_verdict_unknown_at(verdict, 0, &unknown), ASSAY_OK);
    assert_int_equal(unknown.wait_count, rows[i].waits[1] == ASSAY_OUTCOME_FOUND ? 1 : 2);
    for (size_t w = 0; w < unknown.wait_count; w++)
      if (assay_verdict_wait_outcome(verdict, 0, w) != rows[i].waits[w])
        fail_msg("row %zu: %s", i, assay_outcome_text(assay_verdict_wait_outcome(verdict, 0, w)));
    assert_int_equal(assay_verdict_wait_outcome(verdict, 0, unknown.wait_count), ASSAY_OUTCOME_NEVER);
    assert_int_equal(assay_verdict_wait_outcome(verdict, 1, 0), ASSAY_OUTCOME_NEVER);
    assay_verdict_free(verdict);
    assay_facts_free(facts);
    assay_ruleset_unref(ruleset);
  }
  assert_int_equal(assay_verdict_wait_outcome(NULL, 0, 0), ASSAY_OUTCOME_NEVER);
}

static void iprev_is_of_the_client(void **state) {
  (void)state;
  static const assay_record name = BYTES("mx.example"), other = BYTES("\xc0\0\x02\x08");
  static const struct {
    const char *ip; /* NULL: unknown */
    assay_answer ptr, a;
    assay_iprev expected;
  } rows[] = {
      {NULL, {ASSAY_OUTCOME_FOUND, &name, 1}, {ASSAY_OUTCOME_FOUND, &client, 1}, ASSAY_IPREV_NONE},
      {"", {ASSAY_OUTCOME_FOUND, &name, 1}, {ASSAY_OUTCOME_FOUND, &client, 1}, ASSAY_IPREV_NONE},
      {"192.0.2.9", {ASSAY_OUTCOME_PENDING, NULL, 0}, {ASSAY_OUTCOME_PENDING, NULL, 0}, ASSAY_IPREV_NONE},
      {"192.0.2.9", {ASSAY_OUTCOME_FOUND, &name, 1}, {ASSAY_OUTCOME_PENDING, NULL, 0}, ASSAY_IPREV_NONE},
      {"192.0.2.9", {ASSAY_OUTCOME_FOUND, &name, 1}, {ASSAY_OUTCOME_FOUND, &client, 1}, ASSAY_IPREV_PASS},
      {"192.0.2.9", {ASSAY_OUTCOME_FOUND, &name, 1}, {ASSAY_OUTCOME_FOUND, &other, 1}, ASSAY_IPREV_FAIL},
      {"192.0.2.9", {ASSAY_OUTCOME_FOUND, &name, 1}, {ASSAY_OUTCOME_TIMEOUT, NULL, 0}, ASSAY_IPREV_TEMPERROR},
      {"192.0.2.9", {ASSAY_OUTCOME_SERVFAIL, NULL, 0}, {ASSAY_OUTCOME_PENDING, NULL, 0}, ASSAY_IPREV_TEMPERROR},
      {"192.0.2.9", {ASSAY_OUTCOME_NXDOMAIN, NULL, 0}, {ASSAY_OUTCOME_PENDING, NULL, 0}, ASSAY_IPREV_PERMERROR},
  };
  assay_facts *facts = facts_make();
  assert_int_equal(assay_facts_iprev(NULL), ASSAY_IPREV_NONE);
  assert_int_equal(assay_facts_iprev(facts), ASSAY_IPREV_NONE);
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts_clear(facts);
    if (rows[i].ip)
      assert_int_equal(assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, rows[i].ip, strlen(rows[i].ip)), ASSAY_OK);
    assert_int_equal(take(facts, ASSAY_QUESTION_PTR, "192.0.2.9", rows[i].ptr), ASSAY_OK);
    assert_int_equal(take(facts, ASSAY_QUESTION_A, "mx.example", rows[i].a), ASSAY_OK);
    if (assay_facts_iprev(facts) != rows[i].expected)
      fail_msg("row %zu: %s", i, assay_iprev_text(assay_facts_iprev(facts)));
  }
  assay_facts_free(facts);
}

/* What a host knows counts for it too. */
static void iprev_looks_at_the_hosts(void **state) {
  (void)state;
  struct host host = {ASSAY_QUESTION_PTR, "9.2.0.192.in-addr.arpa", {ASSAY_OUTCOME_FOUND, &mx, 1}, ""};
  assay_facts *facts = facts_make();
  assay_facts_answers_from(facts, find, &host);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, "192.0.2.9", 9), ASSAY_OK);
  assert_int_equal(assay_facts_iprev(facts), ASSAY_IPREV_NONE);
  assert_string_equal(host.asked, "PTR 9.2.0.192.in-addr.arpa,A mx.example");
  assert_int_equal(take(facts, ASSAY_QUESTION_A, "mx.example", (assay_answer){ASSAY_OUTCOME_FOUND, &client, 1}), ASSAY_OK);
  assert_int_equal(assay_facts_iprev(facts), ASSAY_IPREV_PASS);
  assay_facts_free(facts);
}

/* --- memory --- */

enum { LONG = 20000 };
static char long_text[LONG];

static assay_status take_much(struct test_alloc *alloc) {
  const assay_record records[] = {{long_text, LONG}, {long_text, LONG - 1}};
  const assay_answer answer = {ASSAY_OUTCOME_FOUND, records, 2};
  assay_facts *facts;
  if (assay_facts_new(&facts, &alloc->alloc) != ASSAY_OK) return ASSAY_NO_MEMORY;
  assay_status status = take(facts, ASSAY_QUESTION_TXT, "a.example", answer);
  if (status != ASSAY_OK) {
    must_be(facts, "dns.txt(\"a.example\")", API_NOT_YET);
    api_feed(alloc);
    assert_int_equal(take(facts, ASSAY_QUESTION_TXT, "a.example", answer), ASSAY_OK);
  }
  must_be(facts, "dns.txt(\"a.example\")", API_HIT);
  assay_facts_free(facts);
  return status;
}

/* The host's answer, with more records than the workspace has room for. */
static assay_status find_much(struct test_alloc *alloc) {
  enum { MANY = 2000 };
  static assay_record records[MANY];
  for (size_t i = 0; i < MANY; i++) records[i] = client;
  struct host host = {ASSAY_QUESTION_A, "a.example", {ASSAY_OUTCOME_FOUND, records, MANY}, ""};
  assay_ruleset *ruleset = api_rules("rule R { describe \"r\" score 1 when dns.address(\"a.example\") }\n", NULL);
  assay_facts *facts = facts_make();
  assay_verdict *verdict = NULL;
  assay_facts_answers_from(facts, find, &host);
  assay_status status = assay_verdict_new(&verdict, &alloc->alloc);
  if (status == ASSAY_OK) status = assay_evaluate(ruleset, facts, NULL, verdict);
  if (status == ASSAY_OK) assert_int_equal(api_outcome(verdict), API_HIT);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  return status;
}

static void memory_may_run_out(void **state) {
  (void)state;
  memset(long_text, 'x', sizeof long_text);
  api_starve(take_much, 3, 0);
  api_starve(find_much, 3, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_outcome_has_its_word),
      cmocka_unit_test(each_result_of_iprev_has_its_word),
      cmocka_unit_test(each_question_has_its_word),
      cmocka_unit_test(each_outcome_is_taken),
      cmocka_unit_test(each_type_takes_its_records),
      cmocka_unit_test(after_an_error_the_old_answer_stands),
      cmocka_unit_test(what_the_host_knows_counts),
      cmocka_unit_test(facts_speak_before_the_host),
      cmocka_unit_test(each_wait_says_what_became_of_it),
      cmocka_unit_test(iprev_is_of_the_client),
      cmocka_unit_test(iprev_looks_at_the_hosts),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
