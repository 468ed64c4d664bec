/* Tests evaluation from outside: which objects may be shared, reused and outlived, what a refused call leaves, and what
 * is left when memory runs out. */
#include "unit/lib/api.h"

/* Rule sets of unlike size, all of which hit once on the facts below. */
static const char one[] = "rule A { describe \"a\" score 1 when helo == \"mx.example\" }\n";
static const char patterns[] = "rule A { describe \"a\" score 2 when helo =~ /^mx\\.ex(am)+ple$/ }\n"
                               "rule B { describe \"b\" score 1 when helo =~ /^a/ or mail.size == 5 }\n"
                               "rule C { describe \"c\" score 1 when not helo.is_fqdn }\n";
static const char lists[] = "list l : name { \"mx.example\" }\n"
                            "rule A { describe \"a\" score 3 when helo in l and helo.org_domain }\n"
                            "rule N { describe \"n\" score 1 when any(dns.address(helo)) == 192.0.2.1 }\n";
static const char *const texts[] = {one, patterns, lists};
enum { SETS = COUNT(texts) };

static assay_facts *facts_make(const assay_alloc *alloc) {
  assay_facts *facts;
  if (assay_facts_new(&facts, alloc) != ASSAY_OK) return NULL;
  if (assay_facts_set(facts, ASSAY_FACT_HELO, "mx.example", 10) == ASSAY_OK &&
      assay_facts_set_int(facts, ASSAY_FACT_MAIL_SIZE, 7) == ASSAY_OK)
    return facts;
  assay_facts_free(facts);
  return NULL;
}

static assay_verdict *verdict_make(void) {
  assay_verdict *verdict;
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  return verdict;
}

/* The verdict that set i gives. */
static void must_be(const assay_verdict *verdict, size_t i) {
  assert_int_equal(assay_verdict_score(verdict), 1000 * ((int64_t)i + 1));
  assert_int_equal(assay_verdict_hit_count(verdict), 1);
  assert_int_equal(assay_verdict_unknown_count(verdict), i == 2);
}

static void must_be_empty(const assay_verdict *verdict) {
  assert_int_equal(assay_verdict_score(verdict), 0);
  assert_int_equal(assay_verdict_low(verdict), 0);
  assert_int_equal(assay_verdict_high(verdict), 0);
  assert_int_equal(assay_verdict_action(verdict), ASSAY_ACCEPT);
  assert_false(assay_verdict_settled(verdict));
  assert_null(assay_verdict_reply(verdict));
  assert_null(assay_verdict_exempt(verdict));
  assert_int_equal(assay_verdict_hit_count(verdict), 0);
  assert_int_equal(assay_verdict_unknown_count(verdict), 0);
}

/* --- who may be reused --- */

/* One workspace, one verdict and the same facts serve all rule sets in turn, with and without the workspace. */
static void objects_serve_all_rule_sets(void **state) {
  (void)state;
  assay_ruleset *rulesets[SETS];
  assay_facts *facts = facts_make(NULL);
  assay_workspace *workspace;
  assay_verdict *verdict = verdict_make();
  assert_int_equal(assay_workspace_new(&workspace, NULL), ASSAY_OK);
  for (size_t i = 0; i < SETS; i++) rulesets[i] = api_rules(texts[i], NULL);
  for (size_t round = 0; round < 4 * SETS; round++) {
    size_t i = round * 2 % SETS;
    assert_int_equal(assay_evaluate(rulesets[i], facts, round & 1 ? workspace : NULL, verdict), ASSAY_OK);
    must_be(verdict, i);
  }
  for (size_t i = 0; i < SETS; i++) assay_ruleset_unref(rulesets[i]);
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
}

/* A workspace outlives what it was used with, and the allocator of that, and takes nothing for what was in its place. */
static void a_workspace_outlives_rule_sets_and_facts(void **state) {
  (void)state;
  assay_workspace *workspace;
  assert_int_equal(assay_workspace_new(&workspace, NULL), ASSAY_OK);
  for (size_t round = 0; round < 3 * SETS; round++) {
    struct test_alloc alloc;
    test_alloc_init(&alloc);
    assay_ruleset *ruleset = api_rules(texts[round % SETS], &alloc.alloc);
    assay_facts *facts = facts_make(&alloc.alloc);
    assay_verdict *verdict;
    assert_int_equal(assay_verdict_new(&verdict, &alloc.alloc), ASSAY_OK);
    assert_int_equal(assay_evaluate(ruleset, facts, workspace, verdict), ASSAY_OK);
    must_be(verdict, round % SETS);
    assay_verdict_free(verdict);
    assay_facts_free(facts);
    assay_ruleset_unref(ruleset);
    assert_true(test_alloc_clean(&alloc));
  }
  assay_workspace_free(workspace);
}

/* The same facts give the same verdict; facts that change, another. */
static void facts_may_change_between(void **state) {
  (void)state;
  const char *record = "192.0.2.1";
  size_t len = 9;
  assay_ruleset *ruleset = api_rules(texts[2], NULL);
  assay_facts *facts = facts_make(NULL);
  assay_verdict *verdict = verdict_make();
  for (int round = 0; round < 2; round++) {
    assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
    must_be(verdict, 2);
  }
  assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_A, "mx.example", 10, &record, &len, 1), ASSAY_OK);
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  assert_int_equal(assay_verdict_hit_count(verdict), 2);
  assay_facts_clear(facts);
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  assert_int_equal(assay_verdict_unknown_count(verdict), 2);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

/* --- contract --- */

static void a_refused_call_empties_the_verdict(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules("rule A { describe \"a\" score 1 when helo }\naction reject at 1 \"no\"\n"
                                     "rule B { describe \"b\" score 1 when client.ip }\n",
                                     NULL);
  assay_facts *facts = facts_make(NULL);
  assay_workspace *workspace;
  assay_verdict *verdict = verdict_make();
  assert_int_equal(assay_workspace_new(&workspace, NULL), ASSAY_OK);
  const struct {
    const assay_ruleset *ruleset;
    const assay_facts *facts;
    assay_workspace *workspace;
  } rows[] = {{NULL, facts, workspace}, {ruleset, NULL, workspace}, {NULL, NULL, NULL}};
  must_be_empty(verdict);
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_int_equal(assay_evaluate(ruleset, facts, workspace, verdict), ASSAY_OK);
    assert_int_equal(assay_verdict_action(verdict), ASSAY_REJECT);
    assert_string_equal(assay_verdict_reply(verdict), "no");
    assert_int_equal(assay_evaluate(rows[i].ruleset, rows[i].facts, rows[i].workspace, verdict), ASSAY_BAD_ARGUMENT);
    must_be_empty(verdict);
  }
  assert_int_equal(assay_evaluate(ruleset, facts, workspace, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_workspace_new(NULL, NULL), ASSAY_BAD_ARGUMENT);
  assay_workspace_free(NULL);
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

/* --- memory --- */

static assay_status new_workspace(struct test_alloc *alloc) {
  assay_workspace *workspace = (assay_workspace *)alloc;
  assay_status status = assay_workspace_new(&workspace, &alloc->alloc);
  assert_int_equal(workspace != NULL, status == ASSAY_OK);
  assay_workspace_free(workspace);
  return status;
}

static size_t at_set;
static bool with_workspace;

/* Everything but the evaluation has memory; afterwards that has, too, and the same objects serve. */
static assay_status evaluate_hungry(struct test_alloc *alloc) {
  size_t fail_at = alloc->fail_at;
  api_feed(alloc);
  assay_ruleset *ruleset = api_rules(texts[at_set], &alloc->alloc);
  assay_facts *facts = facts_make(&alloc->alloc);
  assay_workspace *workspace = NULL;
  assay_verdict *verdict;
  if (with_workspace) assert_int_equal(assay_workspace_new(&workspace, &alloc->alloc), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, &alloc->alloc), ASSAY_OK);
  alloc->calls = 0;
  alloc->fail_at = fail_at;
  assay_status status = assay_evaluate(ruleset, facts, workspace, verdict);
  size_t calls = alloc->calls;
  if (status != ASSAY_OK) {
    must_be_empty(verdict);
    api_feed(alloc);
    assert_int_equal(assay_evaluate(ruleset, facts, workspace, verdict), ASSAY_OK);
  }
  must_be(verdict, at_set);
  alloc->calls = calls;
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  return status;
}

static void memory_may_run_out(void **state) {
  (void)state;
  api_starve(new_workspace, 4, 0);
  for (at_set = 0; at_set < SETS; at_set++)
    for (int with = 0; with <= 1; with++) {
      with_workspace = with;
      api_starve(evaluate_hungry, 7, at_set == 1 ? 32 : 0);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(objects_serve_all_rule_sets),
      cmocka_unit_test(a_workspace_outlives_rule_sets_and_facts),
      cmocka_unit_test(facts_may_change_between),
      cmocka_unit_test(a_refused_call_empties_the_verdict),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
