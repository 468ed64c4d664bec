/* Tests the questions of a verdict from outside: which rules ask what, and that answering them until none is left comes to
 * the same verdict as if every answer had been there from the start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <assay/assay.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static assay_ruleset *compile(const char *text) {
  assay_ruleset *ruleset;
  assay_diags *diags;
  assay_diag diag = {.message = "none"};
  assay_status status = assay_ruleset_compile_text(&ruleset, "t", text, strlen(text), NULL, &diags);
  if (status != ASSAY_OK && assay_diags_count(diags)) assay_diags_at(diags, 0, &diag);
  if (status != ASSAY_OK) fail_msg("%s: %s", diag.message, text);
  assay_diags_free(diags);
  return ruleset;
}

static void set(assay_facts *facts, assay_fact fact, const char *text) {
  if (text) assert_int_equal(assay_facts_set(facts, fact, text, strlen(text)), ASSAY_OK);
}

/* "A h.example,PTR …"; one that is on its way has a star. */
static const char *shown(const assay_verdict *verdict) {
  static char text[8192];
  size_t len = 0;
  text[0] = 0;
  for (size_t i = 0; i < assay_verdict_question_count(verdict); i++) {
    assay_question q;
    assert_int_equal(assay_verdict_question_at(verdict, i, &q), ASSAY_OK);
    len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %s%s", i ? "," : "", assay_question_type_text(q.type),
                            q.name, q.pending ? "*" : "");
  }
  return text;
}

/* --- which rules ask what --- */

#define RULE(name, score, when) "rule " name " { describe \"r\" score " score " when " when " }\n"
#define TAG "action tag at 1\n"
#define HELO_A "A h.example"
#define HELO_ADDRESSES "A h.example,AAAA h.example"

static void which_rules_ask_what(void **state) {
  (void)state;
  static const struct {
    const char *rules, *ip, *helo, *from, *expected;
  } rows[] = {
      {TAG RULE("R", "1", "dns.exists(helo)"), NULL, "h.example", NULL, HELO_ADDRESSES ",MX h.example"},
      {TAG RULE("R", "1", "dns.exists(helo)"), NULL, NULL, NULL, ""},
      {TAG RULE("R", "1", "not dns.address(helo)"), NULL, "H.Example.", NULL, HELO_ADDRESSES},
      {TAG RULE("R", "1", "any(dns.mx(mail.from.domain)) under \"x.example\""), NULL, NULL, "a@B.example", "MX b.example"},
      {TAG RULE("R", "1", "client.rdns"), "192.0.2.9", NULL, NULL, "PTR 9.2.0.192.in-addr.arpa"},
      {TAG RULE("R", "1", "dnsbl(\"z.test\")"), "192.0.2.9", NULL, NULL, "A 9.2.0.192.z.test"},
      {TAG "list z : name { \"y.test\", \"z.test\" }\n" RULE("R", "1", "dnsbl(z, helo)"), NULL, "h.example", NULL,
       "A h.example.y.test,A h.example.z.test"},
      /* without an action that could change nobody need ask */
      {RULE("R", "1", "dns.exists(helo)"), NULL, "h.example", NULL, ""},
      {"action tag at 2\n" RULE("R", "1", "dns.exists(helo)"), NULL, "h.example", NULL, ""},
      /* of two operands the second waits for the first; what is known decides before */
      {TAG RULE("R", "1", "dns.ns(helo) and dns.txt(helo)"), NULL, "h.example", NULL, "NS h.example"},
      {TAG RULE("R", "1", "dns.ns(helo) or dns.txt(helo)"), NULL, "h.example", NULL, "NS h.example,TXT h.example"},
      {TAG RULE("R", "1", "dns.ns(helo) and mail.from"), NULL, "h.example", NULL, ""},
      {TAG RULE("R", "1", "dns.ns(helo) and mail.from"), NULL, "h.example", "a@b.example", "NS h.example"},
      {TAG RULE("R", "1", "dns.ns(helo) and mail.from"), NULL, "h.example", "", ""},
      {TAG RULE("R", "1", "dns.ns(helo) or mail.from"), NULL, "h.example", "a@b.example", ""},
      {TAG RULE("R", "1", "2 of (dns.ns(helo), dns.mx(helo), dns.txt(helo))"), NULL, "h.example", NULL,
       "NS h.example,MX h.example,TXT h.example"},
      /* through other rules and lets, each once; a disabled one asks nothing */
      {TAG RULE("P", "0", "dns.ns(helo)") RULE("Q", "0", "dns.mx(helo)") RULE("R", "1", "P"), NULL, "h.example", NULL,
       "NS h.example"},
      {TAG RULE("P", "1", "dns.ns(helo)") RULE("R", "1", "not dns.ns(helo)") "let n = dns.ns(helo)\n" RULE("S", "1", "n"),
       NULL, "h.example", NULL, "NS h.example"},
      {TAG RULE("P", "1", "dns.ns(helo)") "disable P\n", NULL, "h.example", NULL, ""},
      {TAG RULE("P", "0", "dns.ns(helo)") RULE("R", "1", "score of (P, R2) > 1") RULE("R2", "2", "dns.mx(helo)"), NULL,
       "h.example", NULL, "MX h.example,NS h.example"},
      /* what may move the score most goes first, if only through another rule, and an exemption before all */
      {TAG RULE("R1", "1", "dns.ns(helo)") RULE("R2", "-3", "dns.mx(helo)") RULE("R3", "2", "dns.txt(helo)"), NULL,
       "h.example", NULL, "MX h.example,TXT h.example,NS h.example"},
      {TAG RULE("R1", "1", "dns.ns(helo)") RULE("P", "0", "dns.mx(helo)") RULE("R3", "2", "P"), NULL, "h.example", NULL,
       "MX h.example,NS h.example"},
      {TAG RULE("R1", "1", "dns.ns(helo)") RULE("R2", "2", "dns.txt(helo) or dns.ns(helo)"), NULL, "h.example", NULL,
       "NS h.example,TXT h.example"},
      {TAG RULE("R1", "9", "dns.ns(helo)") "exempt E { describe \"e\" when dns.txt(helo) }\n", NULL, "h.example", NULL,
       "TXT h.example,NS h.example"},
      /* an exemption is asked about first, and only where something would be done */
      {"action tag at 1\nexempt E { describe \"e\" when dns.txt(helo) }\n" RULE("R", "1", "dns.ns(helo)"), NULL,
       "h.example", NULL, "TXT h.example,NS h.example"},
      {"action tag at 2\nexempt E { describe \"e\" when dns.txt(helo) }\n" RULE("R", "1", "dns.ns(helo)"), NULL,
       "h.example", NULL, ""},
      {TAG "exempt E { describe \"e\" when helo }\n" RULE("R", "1", "dns.ns(helo)"), NULL, "h.example", NULL, ""},
  };
  assay_facts *facts;
  assay_verdict *verdict;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  size_t wrong = 0;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset = compile(rows[i].rules);
    assay_facts_clear(facts);
    set(facts, ASSAY_FACT_CLIENT_IP, rows[i].ip);
    set(facts, ASSAY_FACT_HELO, rows[i].helo);
    set(facts, ASSAY_FACT_MAIL_FROM, rows[i].from);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    if (strcmp(shown(verdict), rows[i].expected) != 0) {
      print_error("row %zu: \"%s\", expected \"%s\"\n", i, shown(verdict), rows[i].expected);
      wrong++;
    }
    assay_ruleset_unref(ruleset);
  }
  assay_facts_free(facts);
  assay_verdict_free(verdict);
  assert_int_equal(wrong, 0);
}

/* TXT has failed, MX will never come, NS may still. What failed softens the refusal, unless it can turn out that it does
 * not matter: then that is asked first. */
static void what_failed_may_not_matter(void **state) {
  (void)state;
#define REFUSED "action reject at 5\n" RULE("BAD", "6", "helo")
#define EXEMPT(name, when) "exempt " name " { describe \"e\" when " when " }\n"
  static const struct {
    const char *rules;
    assay_action action;
    bool settled;
    const char *expected;
  } rows[] = {
      {REFUSED, ASSAY_REJECT, true, ""},
      {REFUSED EXEMPT("E", "dns.txt(helo)"), ASSAY_DEFER, true, ""},
      {REFUSED EXEMPT("E", "dns.txt(helo) and dns.ns(helo)"), ASSAY_DEFER, false, "NS h.example"},
      {REFUSED EXEMPT("E", "dns.ns(helo) and dns.txt(helo)"), ASSAY_DEFER, false, "NS h.example"},
      {REFUSED EXEMPT("E", "dns.txt(helo) or dns.ns(helo)"), ASSAY_DEFER, false, "NS h.example"},
      {REFUSED EXEMPT("E", "dns.txt(helo) and mail.from"), ASSAY_DEFER, false, ""},
      {REFUSED EXEMPT("E", "dns.mx(helo) and dns.txt(helo) and dns.ns(helo)"), ASSAY_REJECT, true, ""},
      {REFUSED EXEMPT("E", "(dns.mx(helo) or dns.txt(helo)) and dns.ns(helo)"), ASSAY_DEFER, false, "NS h.example"},
      {REFUSED EXEMPT("E", "dns.mx(helo) or dns.txt(helo) and dns.ns(helo)"), ASSAY_DEFER, false, "NS h.example"},
      {REFUSED "let n = dns.txt(helo) and dns.ns(helo)\n" EXEMPT("E", "n and helo"), ASSAY_DEFER, false, "NS h.example"},
      {REFUSED EXEMPT("E", "dns.txt(helo) and dns.ns(helo)") EXEMPT("F", "dns.txt(helo)"), ASSAY_DEFER, true, ""},
      {REFUSED RULE("R", "-2", "dns.txt(helo)"), ASSAY_DEFER, true, ""},
      {REFUSED RULE("R", "-2", "dns.txt(helo) and dns.ns(helo)"), ASSAY_DEFER, false, "NS h.example"},
      {REFUSED RULE("R", "-1", "dns.txt(helo) and dns.ns(helo)"), ASSAY_REJECT, true, ""},
      {REFUSED RULE("R", "2", "dns.txt(helo) and dns.ns(helo)"), ASSAY_REJECT, true, ""},
      {REFUSED RULE("P", "0", "dns.txt(helo) and dns.ns(helo)") RULE("R", "-2", "P and helo"), ASSAY_DEFER, false,
       "NS h.example"},
      {REFUSED RULE("R", "-2", "dns.txt(helo) and dns.ns(helo)") RULE("S", "-2", "dns.txt(helo)"), ASSAY_DEFER, true, ""},
      {REFUSED RULE("P", "0", "dns.ns(helo)") RULE("R", "-2", "all of (P, dns.txt(helo))"), ASSAY_DEFER, false,
       "NS h.example"},
  };
  static const char helo[] = "h.example";
  assay_facts *facts;
  assay_verdict *verdict;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  set(facts, ASSAY_FACT_HELO, helo);
  assert_int_equal(assay_facts_answer_unknown(facts, ASSAY_QUESTION_TXT, helo, sizeof helo - 1, ASSAY_FAILED), ASSAY_OK);
  assert_int_equal(assay_facts_answer_unknown(facts, ASSAY_QUESTION_MX, helo, sizeof helo - 1, ASSAY_NEVER), ASSAY_OK);
  size_t wrong = 0;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset = compile(rows[i].rules);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    if (assay_verdict_settled(verdict) != rows[i].settled || assay_verdict_action(verdict) != rows[i].action ||
        strcmp(shown(verdict), rows[i].expected) != 0) {
      print_error("row %zu: %s, %d, \"%s\"\n", i, assay_action_text(assay_verdict_action(verdict)),
                  assay_verdict_settled(verdict), shown(verdict));
      wrong++;
    }
    assay_ruleset_unref(ruleset);
  }
  assay_facts_free(facts);
  assay_verdict_free(verdict);
  assert_int_equal(wrong, 0);
}

/* One look-up from question to answer, through the public door alone. */
static void a_question_is_answered_by_its_name(void **state) {
  (void)state;
  static const struct {
    const char *rules, *record, *question; /* that is asked first */
  } rows[] = {
      {TAG RULE("R", "1", "any(dns.address(helo)) == 192.0.2.1"), "192.0.2.1", HELO_A},
      {TAG RULE("R", "1", "client.rdns == \"m.example\""), "m.example", "PTR 9.2.0.192.in-addr.arpa"},
      {TAG RULE("R", "1", "any(dns.ptr(2001:db8::1)) == \"m.example\""), "m.example",
       "PTR 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
      {TAG RULE("R", "1", "any(dns.mx(helo)) == \"m.example\""), "M.example.", "MX h.example"},
      {TAG RULE("R", "1", "any(dns.ns(helo)) == \"m.example\""), "m.example", "NS h.example"},
      {TAG RULE("R", "1", "any(dns.txt(helo)) == \"v=x\""), "v=x", "TXT h.example"},
      {TAG RULE("R", "1", "dnsbl(\"z.test\")"), "127.0.0.2", "A 9.2.0.192.z.test"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset = compile(rows[i].rules);
    assay_facts *facts;
    assay_verdict *verdict;
    assay_question q;
    size_t len = strlen(rows[i].record);
    assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
    assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
    assert_int_equal(assay_verdict_question_count(verdict), 0);
    set(facts, ASSAY_FACT_CLIENT_IP, "192.0.2.9");
    set(facts, ASSAY_FACT_HELO, "H.example");
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    assert_int_equal(strncmp(shown(verdict), rows[i].question, strlen(rows[i].question)), 0);
    assert_int_equal(assay_verdict_question_at(verdict, 0, &q), ASSAY_OK);
    assert_int_equal(assay_facts_answer_unknown(facts, q.type, q.name, strlen(q.name), ASSAY_NOT_YET), ASSAY_OK);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    assert_int_equal(assay_verdict_question_at(verdict, 0, &q), ASSAY_OK);
    assert_true(q.pending);
    assert_int_equal(assay_facts_answer(facts, q.type, q.name, strlen(q.name), &rows[i].record, &len, 1), ASSAY_OK);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    assert_int_equal(assay_verdict_action(verdict), ASSAY_TAG);
    assert_int_equal(assay_verdict_question_count(verdict), 0);
    assay_verdict_free(verdict);
    assay_facts_free(facts);
    assay_ruleset_unref(ruleset);
  }
}

static void the_contract(void **state) {
  (void)state;
  assay_ruleset *ruleset = compile(TAG RULE("R", "1", "dns.ns(helo)"));
  assay_facts *facts;
  assay_verdict *verdict;
  assay_question q = {ASSAY_QUESTION_TXT, "untouched", true};
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  set(facts, ASSAY_FACT_HELO, "h.example");
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  assert_int_equal(assay_verdict_question_count(verdict), 1);
  assert_int_equal(assay_verdict_question_count(NULL), 0);
  assert_int_equal(assay_verdict_question_at(NULL, 0, &q), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_verdict_question_at(verdict, 0, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_verdict_question_at(verdict, 1, &q), ASSAY_BAD_ARGUMENT);
  assert_string_equal(q.name, "untouched");
  /* names are the verdict's own: neither facts nor workspace need live */
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  assert_string_equal(shown(verdict), "NS h.example");
  assay_verdict_free(verdict);
  assert_string_equal(assay_question_type_text(ASSAY_QUESTION_AAAA), "AAAA");
  assert_string_equal(assay_question_type_text((assay_question_type)6), "unknown");
}

/* --- a small world, asked in all ways --- */

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state >> 11;
}

static const char *const hosts[] = {"a.test", "b.test", "c.test"};
static const char *const addresses[] = {"192.0.2.1", "192.0.2.2", "2001:db8::1"};
static const char *const zones[] = {"y.zone", "z.zone"};

/* All questions that the rules below can come to. */
enum { QUESTIONS_MOST = 64 };
struct world {
  struct {
    assay_question_type type;
    char name[128];
  } questions[QUESTIONS_MOST];
  size_t count;
  uint64_t seed;
};

static void know(struct world *world, assay_question_type type, const char *name, const char *zone) {
  assert_true(world->count < QUESTIONS_MOST);
  world->questions[world->count].type = type;
  snprintf(world->questions[world->count].name, sizeof world->questions[0].name, "%s%s%s", name, *zone ? "." : "", zone);
  world->count++;
}

static void make_world(struct world *world, uint64_t seed) {
  world->count = 0;
  world->seed = seed;
  for (size_t h = 0; h < COUNT(hosts); h++) {
    for (size_t z = 0; z < COUNT(zones); z++) know(world, ASSAY_QUESTION_A, hosts[h], zones[z]);
    for (int type = ASSAY_QUESTION_A; type <= ASSAY_QUESTION_NS; type++)
      if (type != ASSAY_QUESTION_PTR) know(world, (assay_question_type)type, hosts[h], "");
  }
  static const char *const reversed[] = {
      "1.2.0.192", "2.2.0.192", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"};
  for (size_t a = 0; a < COUNT(addresses); a++) {
    for (size_t z = 0; z < COUNT(zones); z++) know(world, ASSAY_QUESTION_A, reversed[a], zones[z]);
    know(world, ASSAY_QUESTION_PTR, reversed[a], a == 2 ? "ip6.arpa" : "in-addr.arpa");
  }
}

/* The world's answer to its nth question: the same whenever it is asked. */
static void answer(const struct world *world, assay_facts *facts, size_t n) {
  assay_question_type type = world->questions[n].type;
  const char *name = world->questions[n].name, *records[2];
  size_t lens[2], len = strlen(name), count;
  uint64_t random = world->seed * 0x9e3779b97f4a7c15u + n * 7919 + 1;
  for (int i = 0; i < 4; i++) next_random(&random);
  uint64_t how = next_random(&random) % 10;
  count = how < 4 ? 0 : how < 8 ? 1 : 2;
  for (size_t i = 0; i < count; i++) {
    uint64_t pick = next_random(&random);
    bool listed = strstr(name, ".zone") != NULL;
    if (type == ASSAY_QUESTION_A) records[i] = listed ? (pick % 4 ? "127.0.0.2" : "127.0.0.1") : addresses[pick % 2];
    else if (type == ASSAY_QUESTION_AAAA) records[i] = addresses[2];
    else records[i] = hosts[pick % COUNT(hosts)];
    lens[i] = strlen(records[i]);
  }
  assay_status status = how == 0 ? assay_facts_answer_unknown(facts, type, name, len, ASSAY_FAILED)
                        : how == 1 ? assay_facts_answer_unknown(facts, type, name, len, ASSAY_NEVER)
                                   : assay_facts_answer(facts, type, name, len, records, lens, count);
  assert_int_equal(status, ASSAY_OK);
}

/* Answers one question of the verdict, or all of them. */
static void answer_some(const struct world *world, assay_facts *facts, const assay_verdict *verdict, bool all,
                        uint64_t *random) {
  size_t count = assay_verdict_question_count(verdict), one = next_random(random) % count;
  for (size_t i = 0; i < count; i++) {
    assay_question q;
    size_t n = 0;
    if (!all && i != one) continue;
    assert_int_equal(assay_verdict_question_at(verdict, i, &q), ASSAY_OK);
    while (n < world->count && (world->questions[n].type != q.type || strcmp(world->questions[n].name, q.name) != 0)) n++;
    if (n == world->count) fail_msg("asked: %s %s", assay_question_type_text(q.type), q.name);
    answer(world, facts, n);
  }
}

static const char rules[] =
    "action tag at 1\naction defer at 3\naction reject at 5\n"
    "list zones : name { \"y.zone\", \"z.zone\" }\n"
    "group g { describe \"g\" cap 2 floor -1 }\n"
    "exempt E1 { describe \"e\" when client.rdns_confirmed == \"a.test\" and dns.ns(helo) }\n"
    "exempt E2 { describe \"e\" when any(dns.txt(helo)) == \"b.test\" }\n"
    "rule R1 { describe \"r\" score 2 when dnsbl(zones) }\n"
    "rule R2 { describe \"r\" score 1.5 when helo and not dns.exists(helo) }\n"
    "rule R3 { describe \"r\" score -2 when any(dns.address(any(dns.mx(helo)))) == client.ip }\n"
    "rule R4 { describe \"r\" score 1 group g when dnsbl(zones, helo) or dns.txt(helo) }\n"
    "rule R5 { describe \"r\" score 2 group g when client.rdns != helo and client.rdns }\n"
    "rule R6 { describe \"r\" score -1 group g when client.rdns_confirmed == helo }\n"
    "rule R7 { describe \"r\" score 1 when 2 of (R1, R2, R5, dns.ns(client.rdns)) }\n"
    "rule R8 { describe \"r\" score 1 when score of (R1, R3, R4) >= 1 }\n"
    "rule R9 { describe \"r\" score 0 when dns.txt(client.rdns) }\n"
    "rule R11 { describe \"r\" score -2 when any(dns.ptr(client.ip)) == helo and dns.txt(helo) }\n"
    "rule R10 { describe \"r\" score 1 when any(dns.ptr(any(dns.address(helo)))) == helo }\n";

/* However the questions are answered, all at once or one by one, the verdict comes out as if all had been known. */
static void asking_leads_to_the_verdict(void **state) {
  (void)state;
  enum { WORLDS = 3000 };
  assay_ruleset *ruleset = compile(rules);
  assay_facts *facts;
  assay_verdict *verdict;
  struct world world;
  uint64_t random = 42;
  size_t seen[ASSAY_DISCARD + 1] = {0}, rounds = 0, spared = 0;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  for (uint64_t w = 0; w < WORLDS; w++) {
    make_world(&world, w);
    for (int way = 0; way < 3; way++) {
      static assay_action expected;
      assay_facts_clear(facts);
      set(facts, ASSAY_FACT_CLIENT_IP, addresses[w % COUNT(addresses)]);
      set(facts, ASSAY_FACT_HELO, hosts[w / 3 % COUNT(hosts)]);
      for (size_t n = 0; way == 0 && n < world.count; n++) answer(&world, facts, n);
      assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
      size_t left = 100;
      for (; assay_verdict_question_count(verdict) > 0 && left > 0; left--, rounds++) {
        assert_false(assay_verdict_settled(verdict));
        answer_some(&world, facts, verdict, way == 1, &random);
        assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
      }
      assert_true(left > 0 && (way > 0 || left == 100));
      assert_true(assay_verdict_settled(verdict));
      if (way == 0) expected = assay_verdict_action(verdict);
      if (assay_verdict_action(verdict) != expected)
        fail_msg("world %u, way %d: %s, not %s", (unsigned)w, way, assay_action_text(assay_verdict_action(verdict)),
                 assay_action_text(expected));
      seen[expected]++;
      spared += assay_verdict_unknown_count(verdict) > 0;
    }
  }
  assert_true(seen[ASSAY_ACCEPT] > 100 && seen[ASSAY_TAG] > 100 && seen[ASSAY_DEFER] > 100 && seen[ASSAY_REJECT] > 100);
  assert_true(rounds > WORLDS && spared > WORLDS / 10);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(which_rules_ask_what),
      cmocka_unit_test(what_failed_may_not_matter),
      cmocka_unit_test(a_question_is_answered_by_its_name),
      cmocka_unit_test(the_contract),
      cmocka_unit_test(asking_leads_to_the_verdict),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
