/* Tests what a verdict says, by a table of connections; how long its texts live; and calls against their contract. */
#include "unit/lib/api.h"

static const char *const rules =
    "group bad { describe \"g\" cap 3 }\n"
    "rule NAME { describe \"a bad name\" score 2.5 group bad when helo == \"bad.example\" }\n"
    "rule SIZE { describe \"large\" score 2 group bad when mail.size > 100 }\n"
    "rule GOOD { describe \"\" score -0.125 when tls.verified }\n"
    "rule DNS { describe \"looked up\" score 4 when any(dns.mx(helo)) == \"mx.example\" }\n"
    "exempt FRIEND { describe \"a friend\" when client.ip == 192.0.2.1 }\n"
    "action tag at 1\n"
    "action defer at 2.5 \"come back, {helo}\"\n"
    "action reject at 5 \"no: {rules}\"\n";

/* --- by table --- */

/* A fact that is NULL is not known, and will not be; the answer: "" none, "?" failed, NULL not yet. */
static const struct row {
  const char *helo, *size, *ip, *mx;
  int64_t score, low, high;
  assay_action action;
  bool settled;
  const char *reply, *exempt, *hits, *unknown; /* "NAME SIZE"; "DNS failed:dns.mx(helo)" */
} rows[] = {
    {"ok.example", "1", "192.0.2.9", "", 0, 0, 0, ASSAY_ACCEPT, true, NULL, NULL, "", "GOOD never:tls.verified"},
    {"bad.example", "1", "192.0.2.9", "", 2500, 2500, 2500, ASSAY_DEFER, true, "come back, bad.example", NULL, "NAME",
     "GOOD never:tls.verified"},
    {"bad.example", "101", "192.0.2.9", "", 3000, 3000, 3000, ASSAY_DEFER, true, "come back, bad.example", NULL,
     "NAME SIZE", "GOOD never:tls.verified"},
    {"bad.example", "101", "192.0.2.9", "mx.example", 7000, 7000, 7000, ASSAY_REJECT, true, "no: NAME,SIZE,DNS", NULL,
     "NAME SIZE DNS", "GOOD never:tls.verified"},
    {"bad.example", "101", "192.0.2.9", NULL, 3000, 3000, 7000, ASSAY_DEFER, false, "come back, bad.example", NULL,
     "NAME SIZE", "GOOD never:tls.verified; DNS not yet:dns.mx(helo)"},
    {"ok.example", "1", "192.0.2.9", "?", 0, 0, 4000, ASSAY_ACCEPT, true, NULL, NULL, "",
     "GOOD never:tls.verified; DNS failed:dns.mx(helo)"},
    {"bad.example", "101", "192.0.2.1", "mx.example", 0, 0, 0, ASSAY_ACCEPT, true, NULL, "FRIEND", "", ""},
    {NULL, NULL, "192.0.2.9", "", 0, 0, 0, ASSAY_ACCEPT, true, NULL, NULL, "",
     "NAME never:helo; SIZE never:mail.size; GOOD never:tls.verified; DNS never:helo"},
};

static void fill(assay_facts *facts, const struct row *row) {
  const struct {
    assay_fact fact;
    const char *text;
  } given[] = {{ASSAY_FACT_HELO, row->helo}, {ASSAY_FACT_MAIL_SIZE, row->size}, {ASSAY_FACT_CLIENT_IP, row->ip}};
  assay_facts_clear(facts);
  assay_facts_default_why(facts, ASSAY_NEVER, ASSAY_NOT_YET);
  for (size_t i = 0; i < COUNT(given); i++)
    if (given[i].text)
      assert_int_equal(assay_facts_set(facts, given[i].fact, given[i].text, strlen(given[i].text)), ASSAY_OK);
  if (!row->helo || !row->mx) return;
  size_t name_len = strlen(row->helo), len = strlen(row->mx);
  if (*row->mx == '?')
    assert_int_equal(assay_facts_answer_unknown(facts, ASSAY_QUESTION_MX, row->helo, name_len, ASSAY_FAILED), ASSAY_OK);
  else
    assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_MX, row->helo, name_len, &row->mx, &len, len > 0),
                     ASSAY_OK);
}

/* The rules that hit, "A B". */
static void write_hits(char *out, size_t size, const assay_verdict *verdict) {
  assay_hit hit;
  *out = '\0';
  for (size_t i = 0; assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++)
    snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", hit.rule);
}

/* The unknown ones with reason and waits, "A never:x,y; B failed:z". */
static void write_unknown(char *out, size_t size, const assay_verdict *verdict) {
  assay_unknown unknown;
  *out = '\0';
  for (size_t i = 0; assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    const char *why = assay_why_text(unknown.why);
    snprintf(out + strlen(out), size - strlen(out), "%s%s %s", i ? "; " : "", unknown.rule, why);
    for (size_t w = 0; w < unknown.wait_count; w++)
      snprintf(out + strlen(out), size - strlen(out), "%c%s", w ? ',' : ':', assay_verdict_wait_at(verdict, i, w));
    assert_null(assay_verdict_wait_at(verdict, i, unknown.wait_count));
  }
}

static void must_be(const assay_verdict *verdict, const struct row *row) {
  char text[512];
  assert_int_equal(assay_verdict_score(verdict), row->score);
  assert_int_equal(assay_verdict_low(verdict), row->low);
  assert_int_equal(assay_verdict_high(verdict), row->high);
  assert_int_equal(assay_verdict_action(verdict), row->action);
  assert_int_equal(assay_verdict_settled(verdict), row->settled);
  api_same(assay_verdict_reply(verdict), row->reply);
  api_same(assay_verdict_exempt(verdict), row->exempt);
  api_same(assay_verdict_exempt_describe(verdict), row->exempt ? "a friend" : NULL);
  write_hits(text, sizeof text, verdict);
  api_same(text, row->hits);
  write_unknown(text, sizeof text, verdict);
  api_same(text, row->unknown);
}

static void each_connection_gets_its_verdict(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules(rules, NULL);
  assay_facts *facts;
  assay_verdict *verdict;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  for (size_t i = 0; i < 2 * COUNT(rows); i++) { /* each after each other */
    fill(facts, &rows[i * 3 % COUNT(rows)]);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    must_be(verdict, &rows[i * 3 % COUNT(rows)]);
  }
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

/* All else is the same; and it is again when they are wanted again. */
static void waits_are_kept_if_wanted(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules(rules, NULL);
  assay_facts *facts;
  assay_verdict *verdict;
  assay_unknown unknown;
  size_t seen = 0;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assay_verdict_keep_waits(NULL, true);
  for (size_t i = 0; i < COUNT(rows); i++) {
    char hits[512];
    fill(facts, &rows[i]);
    assay_verdict_keep_waits(verdict, false);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    assert_int_equal(assay_verdict_score(verdict), rows[i].score);
    assert_int_equal(assay_verdict_low(verdict), rows[i].low);
    assert_int_equal(assay_verdict_high(verdict), rows[i].high);
    assert_int_equal(assay_verdict_action(verdict), rows[i].action);
    assert_int_equal(assay_verdict_settled(verdict), rows[i].settled);
    write_hits(hits, sizeof hits, verdict);
    api_same(hits, rows[i].hits);
    size_t count = assay_verdict_unknown_count(verdict), questions = assay_verdict_question_count(verdict);
    for (size_t u = 0; u < count; u++, seen++) {
      assert_int_equal(assay_verdict_unknown_at(verdict, u, &unknown), ASSAY_OK);
      assert_int_equal(unknown.wait_count, 0);
      assert_null(assay_verdict_wait_at(verdict, u, 0));
    }
    assay_verdict_keep_waits(verdict, true);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    must_be(verdict, &rows[i]);
    assert_int_equal(assay_verdict_unknown_count(verdict), count);
    assert_int_equal(assay_verdict_question_count(verdict), questions);
  }
  assert_true(seen > 0);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

/* The exemption will never be true, but what it waits for, when somebody looks, are forty questions; so are those of the
 * rule, and a connection has 64. */
static void only_what_matters_costs_questions(void **state) {
  (void)state;
  char text[4096];
  size_t len = (size_t)snprintf(text, sizeof text, "list zones : name { \"z0.example\"");
  for (int i = 1; i < 40; i++) len += (size_t)snprintf(text + len, sizeof text - len, ", \"z%d.example\"", i);
  snprintf(text + len, sizeof text - len,
           " }\nexempt E { describe \"\" when (tls.verified or dnsbl(zones, helo)) and dns.ns(helo) }\n"
           "rule R { describe \"\" score 5 when dnsbl(zones, client.ip) }\naction tag at 1\n");
  assay_ruleset *ruleset = api_rules(text, NULL);
  assay_facts *facts;
  assay_verdict *verdict;
  assay_question got;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, "a.example", 9), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, "192.0.2.1", 9), ASSAY_OK);
  assert_int_equal(assay_facts_answer_unknown(facts, ASSAY_QUESTION_NS, "a.example", 9, ASSAY_NEVER), ASSAY_OK);
  for (int keep = 0; keep < 2; keep++) {
    assay_verdict_keep_waits(verdict, keep != 0);
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    assert_int_equal(assay_verdict_unknown_count(verdict), 2);
    assert_int_equal(assay_verdict_question_count(verdict), 40);
    for (size_t i = 0; i < 40; i++) {
      assert_int_equal(assay_verdict_question_at(verdict, i, &got), ASSAY_OK);
      assert_memory_equal(got.name, "1.2.0.192.z", 11);
    }
  }
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

static void a_hit_says_what_it_is(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules("rule A { describe \"a\" score 1.25 when true }\n"
                                     "rule B { describe \"\" group g score -2 when true }\n"
                                     "group g { describe \"g\" }\n",
                                     NULL);
  static const assay_hit expected[] = {{"A", "", "a", 1250}, {"B", "g", "", -2000}};
  assay_facts *facts;
  assay_verdict *verdict;
  assay_hit got;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  assert_int_equal(assay_verdict_hit_count(verdict), COUNT(expected));
  for (size_t i = 0; i < COUNT(expected); i++) {
    assert_int_equal(assay_verdict_hit_at(verdict, i, &got), ASSAY_OK);
    api_same(got.rule, expected[i].rule);
    api_same(got.group, expected[i].group);
    api_same(got.describe, expected[i].describe);
    assert_int_equal(got.score, expected[i].score);
  }
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

/* --- lifetimes --- */

/* Nothing but the verdict is left: it holds the rule set, and has copied what was the facts'. */
static void a_verdict_outlives_all_it_was_made_from(void **state) {
  (void)state;
  struct test_alloc alloc;
  assay_facts *facts;
  assay_verdict *verdict;
  assay_workspace *workspace;
  test_alloc_init(&alloc);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset = api_rules(rules, &alloc.alloc);
    assert_int_equal(assay_facts_new(&facts, &alloc.alloc), ASSAY_OK);
    assert_int_equal(assay_workspace_new(&workspace, &alloc.alloc), ASSAY_OK);
    fill(facts, &rows[i]);
    assert_int_equal(assay_evaluate(ruleset, facts, i % 2 ? workspace : NULL, verdict), ASSAY_OK);
    assay_ruleset_unref(ruleset);
    assay_facts_free(facts);
    assay_workspace_free(workspace);
    must_be(verdict, &rows[i]);
  }
  assert_true(alloc.held > 0); /* the last rule set */
  assay_verdict_free(verdict);
  assert_true(test_alloc_clean(&alloc));
}

/* --- contract --- */

static void each_action_has_its_word(void **state) {
  (void)state;
  static const char *const words[] = {"accept", "tag", "greylist", "defer", "reject", "discard"};
  for (size_t i = 0; i < COUNT(words); i++) assert_string_equal(assay_action_text((assay_action)i), words[i]);
  assert_int_equal(ASSAY_DISCARD, COUNT(words) - 1);
  assert_string_equal(assay_action_text((assay_action)COUNT(words)), "unknown");
  assert_string_equal(assay_action_text((assay_action)-1), "unknown");
}

/* Of no verdict and of a new one everything is asked, and there is nothing. */
static void an_empty_verdict_has_nothing(void **state) {
  (void)state;
  static const struct row nothing = {NULL, NULL, NULL, NULL, 0, 0, 0, ASSAY_ACCEPT, false, NULL, NULL, "", ""};
  assay_verdict *verdict;
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  const assay_verdict *const empty[] = {NULL, verdict};
  for (size_t i = 0; i < COUNT(empty); i++) {
    must_be(empty[i], &nothing);
    assert_int_equal(assay_verdict_hit_count(empty[i]), 0);
    assert_int_equal(assay_verdict_unknown_count(empty[i]), 0);
    assert_null(assay_verdict_wait_at(empty[i], 0, 0));
    assert_int_equal(assay_verdict_question_count(empty[i]), 0);
  }
  assay_verdict_free(verdict);
  assay_verdict_free(NULL);
  assert_int_equal(assay_verdict_new(NULL, NULL), ASSAY_BAD_ARGUMENT);
}

static void indexes_end(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules(rules, NULL);
  assay_facts *facts;
  assay_verdict *verdict;
  assay_hit hit = {.rule = "as before"};
  assay_unknown unknown = {.rule = "as before"};
  assay_question question = {.name = "as before"};
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  fill(facts, &rows[4]); /* two hits, two unknown */
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  assert_int_equal(assay_verdict_question_count(verdict), 1);
  static const size_t past[] = {2, 3, SIZE_MAX};
  for (size_t i = 0; i < COUNT(past); i++) {
    assert_int_equal(assay_verdict_hit_at(verdict, past[i], &hit), ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_verdict_unknown_at(verdict, past[i], &unknown), ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_verdict_question_at(verdict, past[i] - 1, &question), ASSAY_BAD_ARGUMENT);
    assert_null(assay_verdict_wait_at(verdict, past[i], 0));
    assert_null(assay_verdict_wait_at(verdict, 0, past[i]));
  }
  assert_int_equal(assay_verdict_hit_at(NULL, 0, &hit), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_verdict_unknown_at(NULL, 0, &unknown), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_verdict_question_at(NULL, 0, &question), ASSAY_BAD_ARGUMENT);
  assert_string_equal(hit.rule, "as before");
  assert_string_equal(unknown.rule, "as before");
  assert_string_equal(question.name, "as before");
  assert_int_equal(assay_verdict_question_at(verdict, 0, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_verdict_question_at(verdict, 0, &question), ASSAY_OK);
  assert_string_equal(question.name, "bad.example");
  assert_int_equal(question.type, ASSAY_QUESTION_MX);
  assert_int_equal(assay_verdict_hit_at(verdict, 0, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_verdict_unknown_at(verdict, 0, NULL), ASSAY_BAD_ARGUMENT);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

static assay_status new_verdict(struct test_alloc *alloc) {
  assay_verdict *verdict = (assay_verdict *)alloc;
  assay_status status = assay_verdict_new(&verdict, &alloc->alloc);
  assert_int_equal(verdict != NULL, status == ASSAY_OK);
  assay_verdict_free(verdict);
  return status;
}

static void memory_may_run_out(void **state) {
  (void)state;
  api_starve(new_verdict, 2, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_connection_gets_its_verdict),
      cmocka_unit_test(waits_are_kept_if_wanted),
      cmocka_unit_test(only_what_matters_costs_questions),
      cmocka_unit_test(a_hit_says_what_it_is),
      cmocka_unit_test(a_verdict_outlives_all_it_was_made_from),
      cmocka_unit_test(each_action_has_its_word),
      cmocka_unit_test(an_empty_verdict_has_nothing),
      cmocka_unit_test(indexes_end),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
