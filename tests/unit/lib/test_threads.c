/* Tests the thread contract: two rule sets, one of which is replaced again and again, and sixteen threads that evaluate
 * a million connections between them; each must come out as it does on one thread. Run under ThreadSanitizer too. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assay/assay.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { THREADS = 16, EVALUATIONS = 1000000, CONNECTIONS = 64, SETS = 2 };

static const char *const helos[] = {"localhost", "mx.client.example", "[192.0.2.7]", "192.0.2.7",
                                    "dsl-192-0-2-7.isp.test", "", "fake..com", "google.com"};
static const char *const names[] = {"mx.client.example", "host-7.isp.test", "", "7-2-0-192.dyn.example.net"};
static const char *const addresses[] = {"192.0.2.7", "2001:db8::7"};

/* Patterns are compiled by whichever thread comes first, so there are some that few connections need. */
static const char patterns[] =
    "list odd : regex { /^fake/, /dsl-\\d+/, /^\\[/ }\n"
    "rule ODD { describe \"odd\" score 1.5 when helo in odd }\n"
    "rule DYN { describe \"dynamic\" score 2 when client.rdns =~ /\\d+-\\d+-\\d+-\\d+\\.dyn/i }\n"
    "rule TWICE { describe \"of the host\" score 0.5 when twice(helo.labels) > 5 }\n"
    "group odd { cap 3 }\n"
    "rule BOTH { describe \"both\" group odd score 4 when ODD and not client.rdns }\n"
    "rule ASKS { describe \"asks\" score 1 when client.ip in dns.address(helo) }\n"
    "exempt OURS { describe \"ours\" when client.rdns under \"client.example\" and helo.org_domain == \"client.example\" }\n"
    "action tag at 1\naction reject at 5 \"no: {rules} {helo}\"\n";

static assay_status twice(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  result->number = arguments[0].number * 2;
  return ASSAY_OK;
}

/* What came out on one thread. */
struct expected {
  int64_t score, low, high;
  assay_action action;
  size_t hits, unknown;
};

static struct {
  pthread_mutex_t lock; /* over `sets`: whoever takes one counts it first */
  assay_ruleset *sets[SETS];
  assay_vocabulary *vocabulary;
  assay_facts *facts[CONNECTIONS]; /* nobody changes them any more */
  struct expected expected[SETS][CONNECTIONS];
  atomic_int running, wrong;
} shared;

static assay_ruleset *compile(size_t which) {
  assay_ruleset *ruleset = NULL;
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  options.vocabulary = shared.vocabulary;
  char path[512];
  const char *paths[] = {path};
  snprintf(path, sizeof path, "%s/rules/profiles/default.rule", getenv("ASSAY_SOURCE") ? getenv("ASSAY_SOURCE") : ".");
  assay_status status =
      which == 0 ? assay_ruleset_compile_files(&ruleset, paths, 1, &options, NULL)
                 : assay_ruleset_compile_text(&ruleset, "patterns", patterns, sizeof patterns - 1, &options, NULL);
  if (status != ASSAY_OK) fprintf(stderr, "rule set %zu: %s\n", which, assay_status_text(status));
  return ruleset;
}

static void fill(assay_facts *facts, size_t i) {
  const char *helo = helos[i % 8], *name = names[i / 8 % 4], *address = addresses[i / 32 % 2];
  static const char *const records[] = {"192.0.2.7"};
  static const size_t lens[] = {9};
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, helo, strlen(helo)), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_CLIENT_RDNS, name, strlen(name)), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, address, strlen(address)), ASSAY_OK);
  if (i % 3 == 0)
    assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_A, helo, strlen(helo), records, lens, 1), ASSAY_OK);
}

static struct expected take(const assay_verdict *verdict) {
  return (struct expected){assay_verdict_score(verdict),     assay_verdict_low(verdict),
                           assay_verdict_high(verdict),      assay_verdict_action(verdict),
                           assay_verdict_hit_count(verdict), assay_verdict_unknown_count(verdict)};
}

static bool equal(const struct expected *a, const struct expected *b) {
  return a->score == b->score && a->low == b->low && a->high == b->high && a->action == b->action &&
         a->hits == b->hits && a->unknown == b->unknown;
}

static assay_ruleset *take_set(size_t which) {
  pthread_mutex_lock(&shared.lock);
  assay_ruleset *ruleset = assay_ruleset_ref(shared.sets[which]);
  pthread_mutex_unlock(&shared.lock);
  return ruleset;
}

static void *evaluate(void *user) {
  size_t number = (size_t)(uintptr_t)user;
  assay_workspace *workspace = NULL;
  assay_verdict *verdict = NULL;
  assay_status status = assay_workspace_new(&workspace, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, NULL);
  for (size_t i = 0; i < EVALUATIONS / THREADS && status == ASSAY_OK; i++) {
    size_t which = (i + number) % SETS, connection = (i * 7 + number) % CONNECTIONS;
    assay_ruleset *ruleset = take_set(which);
    status = assay_evaluate(ruleset, shared.facts[connection], workspace, verdict);
    assay_ruleset_unref(ruleset); /* the verdict has its own reference */
    struct expected got = take(verdict);
    if (!equal(&got, &shared.expected[which][connection])) atomic_fetch_add(&shared.wrong, 1);
  }
  if (status != ASSAY_OK) atomic_fetch_add(&shared.wrong, 1);
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  atomic_fetch_sub(&shared.running, 1);
  return NULL;
}

/* Compiles the rules anew while they are in use, as a reload does, and puts the new set in the old one's place. */
static size_t replace_while_running(void) {
  size_t times = 0;
  while (atomic_load(&shared.running) > 0) {
    assay_ruleset *fresh = compile(1);
    if (!fresh) break;
    pthread_mutex_lock(&shared.lock);
    assay_ruleset *old = shared.sets[1];
    shared.sets[1] = fresh;
    pthread_mutex_unlock(&shared.lock);
    assay_ruleset_unref(old);
    times++;
  }
  return times;
}

static void set_up(void) {
  static const assay_type type = ASSAY_TYPE_INT;
  assay_function function = ASSAY_FUNCTION_INIT;
  assay_verdict *verdict;
  function.name = "twice";
  function.doc = "two of them";
  function.result = ASSAY_TYPE_INT;
  function.arguments = &type;
  function.argument_count = 1;
  function.call = twice;
  assert_int_equal(pthread_mutex_init(&shared.lock, NULL), 0);
  assert_int_equal(assay_vocabulary_new(&shared.vocabulary, NULL), ASSAY_OK);
  assert_int_equal(assay_vocabulary_add_function(shared.vocabulary, &function), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  for (size_t i = 0; i < CONNECTIONS; i++) {
    assert_int_equal(assay_facts_new(&shared.facts[i], NULL), ASSAY_OK);
    fill(shared.facts[i], i);
  }
  for (size_t set = 0; set < SETS; set++) {
    assay_ruleset *once = compile(set); /* not the one that the threads get: its patterns are still to be compiled */
    assert_non_null(once);
    for (size_t i = 0; i < CONNECTIONS; i++) {
      assert_int_equal(assay_evaluate(once, shared.facts[i], NULL, verdict), ASSAY_OK);
      shared.expected[set][i] = take(verdict);
    }
    assay_ruleset_unref(once);
    assert_non_null(shared.sets[set] = compile(set));
  }
  assay_verdict_free(verdict);
}

static void tear_down(void) {
  for (size_t i = 0; i < CONNECTIONS; i++) assay_facts_free(shared.facts[i]);
  for (size_t set = 0; set < SETS; set++) assay_ruleset_unref(shared.sets[set]);
  assay_vocabulary_unref(shared.vocabulary);
  pthread_mutex_destroy(&shared.lock);
}

/* The connections differ, or the test would say little. */
static size_t kinds(size_t set) {
  size_t found = 0;
  for (size_t i = 0; i < CONNECTIONS; i++) {
    bool before = false;
    for (size_t k = 0; k < i; k++) before |= equal(&shared.expected[set][i], &shared.expected[set][k]);
    found += !before;
  }
  return found;
}

static void test_sixteen_threads(void **state) {
  (void)state;
  pthread_t threads[THREADS];
  set_up();
  assert_true(kinds(0) > 8 && kinds(1) > 5);
  atomic_store(&shared.running, THREADS);
  for (size_t i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, evaluate, (void *)(uintptr_t)i), 0);
  size_t replaced = replace_while_running();
  for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
  assert_int_equal(atomic_load(&shared.wrong), 0);
  assert_true(replaced > 0);
  tear_down();
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sixteen_threads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
