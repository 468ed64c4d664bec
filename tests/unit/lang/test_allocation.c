/* After warm-up an evaluation allocates nothing: the shipped rules on connections of many kinds, with an allocator
 * that counts. ASSAY_SOURCE is the source tree, which has the rules. */
#include <assay/assay.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"

enum { CONNECTIONS = 2000, FACT_VALUES = 6 };

/* Values by turns; NULL leaves the fact unknown. The steps through the columns have no common period. */
static const struct {
  assay_fact fact;
  const char *values[FACT_VALUES];
} rows[] = {
    {ASSAY_FACT_CLIENT_IP, {"203.0.113.9", "192.0.2.25", "127.0.0.1", "2001:db8::25", "10.0.0.7", NULL}},
    {ASSAY_FACT_CLIENT_RDNS,
     {"host-203-0-113-9.dyn.isp.example", "", "mx1.example.org", NULL, "a.b.c.d.e.f.example.co.uk", "x"}},
    {ASSAY_FACT_CLIENT_RDNS_CONFIRMED, {"", "mx1.example.org", NULL, "mx1.example.org", "", NULL}},
    {ASSAY_FACT_HELO,
     {"localhost", "mail.bank.example", "[203.0.113.9]", "m\xC3\xBCller.example", "fake..com", "@(&$"}},
    {ASSAY_FACT_HELO_VERB, {"EHLO", "HELO", NULL, "EHLO", "EHLO", "HELO"}},
    {ASSAY_FACT_HELO_PREVIOUS, {"", "other.example", NULL, "", "", "x"}},
    {ASSAY_FACT_MAIL_FROM, {"<>", "joe@example.org", "\"a b\"@example.net", NULL, "x@paypal.test", ""}},
    {ASSAY_FACT_RCPT, {"postmaster@example.net", "", NULL, "a@example.net", "b@example.net", "c@example.net"}},
    {ASSAY_FACT_AUTH_USER, {"", "", "", "", NULL, "joe"}},
    {ASSAY_FACT_SERVER_NAME, {"mx.example.net", "mx.example.net", NULL, "mail.bank.example", "mx", "mx.example.net"}},
    {ASSAY_FACT_SERVER_IP, {"198.51.100.25", NULL, "203.0.113.9", "198.51.100.25", "2001:db8::26", "198.51.100.25"}},
    {ASSAY_FACT_SESSION_EARLY_TALKER, {"false", "true", NULL, "false", "false", "false"}},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void answer(assay_facts *facts, assay_question_type type, const char *name, const char *record) {
  size_t len = record ? strlen(record) : 0;
  assert_int_equal(assay_facts_answer(facts, type, name, strlen(name), &record, &len, record != NULL), ASSAY_OK);
}

static void fill(assay_facts *facts, unsigned number) {
  assay_facts_clear(facts);
  assay_facts_default_why(facts, (assay_why)(number % 3), (assay_why)(number / 3 % 3));
  for (unsigned r = 0; r < ROWS; r++) {
    const char *value = rows[r].values[(number / (r + 1) + r * number) % FACT_VALUES];
    if (value) assert_int_equal(assay_facts_set(facts, rows[r].fact, value, strlen(value)), ASSAY_OK);
  }
  if (number % 2) answer(facts, ASSAY_QUESTION_A, "mail.bank.example", number % 4 == 1 ? "203.0.113.9" : NULL);
  if (number % 5 == 0) answer(facts, ASSAY_QUESTION_PTR, "203.0.113.9", "mx1.example.org");
  if (number % 7 == 0)
    assert_int_equal(assay_facts_answer_unknown(facts, ASSAY_QUESTION_A, "mx1.example.org", 15, ASSAY_FAILED),
                     ASSAY_OK);
}

static assay_ruleset *shipped_rules(const assay_alloc *alloc) {
  const char *source = getenv("ASSAY_SOURCE");
  char path[4096];
  const char *paths[] = {path};
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset = NULL;
  options.alloc = alloc;
  assert_non_null(source);
  assert_true(snprintf(path, sizeof path, "%s/rules/profiles/xeams.rule", source) < (int)sizeof path);
  assert_int_equal(assay_ruleset_compile_files(&ruleset, paths, 1, &options, NULL), ASSAY_OK);
  return ruleset;
}

/* How many actions, and how many of the verdicts had hits and unknown rules: the connections must differ. */
struct seen {
  size_t actions[ASSAY_DISCARD + 1], hits, unknown, exempt;
};

/* The facts are the front end's: what filling them takes is not counted. */
static size_t evaluate_all(const assay_ruleset *ruleset, assay_facts *facts, assay_workspace *workspace,
                           assay_verdict *verdict, const struct test_alloc *counter, struct seen *seen) {
  size_t calls = 0;
  for (unsigned i = 0; i < CONNECTIONS; i++) {
    fill(facts, i);
    size_t before = counter->calls;
    assert_int_equal(assay_evaluate(ruleset, facts, workspace, verdict), ASSAY_OK);
    calls += counter->calls - before;
    seen->actions[assay_verdict_action(verdict)]++;
    seen->hits += assay_verdict_hit_count(verdict) > 0;
    seen->unknown += assay_verdict_unknown_count(verdict) > 0;
    seen->exempt += assay_verdict_exempt(verdict) != NULL;
  }
  return calls;
}

static void warm_evaluation_allocates_nothing(void **state) {
  (void)state;
  struct test_alloc counter;
  test_alloc_init(&counter);
  assay_ruleset *ruleset = shipped_rules(&counter.alloc);
  assay_facts *facts;
  assay_workspace *workspace;
  assay_verdict *verdict;
  assert_int_equal(assay_facts_new(&facts, &counter.alloc), ASSAY_OK);
  assert_int_equal(assay_workspace_new(&workspace, &counter.alloc), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, &counter.alloc), ASSAY_OK);
  struct seen cold = {{0}, 0, 0, 0}, warm = {{0}, 0, 0, 0};
  assert_true(evaluate_all(ruleset, facts, workspace, verdict, &counter, &cold) > 0);
  assert_int_equal(evaluate_all(ruleset, facts, workspace, verdict, &counter, &warm), 0);
  assert_memory_equal(&cold, &warm, sizeof cold);
  assert_true(warm.actions[ASSAY_ACCEPT] > 0 && warm.actions[ASSAY_REJECT] > 0 && warm.actions[ASSAY_DEFER] > 0);
  assert_true(warm.hits > CONNECTIONS / 4 && warm.unknown > CONNECTIONS / 4 && warm.exempt > CONNECTIONS / 20);
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  assert_true(test_alloc_clean(&counter));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(warm_evaluation_allocates_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
