/* Tests that a reload disturbs nobody: a thousand of them, while threads take the rule set in use and evaluate, each time
 * with a result that one of the two rule sets gives. Run under ThreadSanitizer too. */
#include "unit/daemon/site.h"

#include <assay/assay.h>
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4, RELOADS = 1000, SETS = 2 };

static const char *const texts[SETS] = {SITE_RULE("R", "1") "rule P { describe \"p\" score 0 when helo =~ /^[x-z]+$/ }\n",
                                        SITE_RULE("R", "2") "rule P { describe \"p\" score 0 when helo =~ /^x+$/ }\n"};

static struct {
  struct rules *rules;
  char ids[SETS][17];
  atomic_bool stop;
  atomic_ulong right[SETS], wrong;
} shared;

/* Which of the two it is, by its id; SETS when it is neither. */
static size_t which(const assay_ruleset *ruleset) {
  size_t i = 0;
  while (i < SETS && strcmp(assay_ruleset_id(ruleset), shared.ids[i]) != 0) i++;
  return i;
}

static void take_and_evaluate(const assay_facts *facts, assay_workspace *workspace, assay_verdict *verdict) {
  assay_ruleset *ruleset = rules_get(shared.rules);
  size_t set = which(ruleset);
  assay_status status = assay_evaluate(ruleset, facts, workspace, verdict);
  assay_ruleset_unref(ruleset);
  bool right = set < SETS && status == ASSAY_OK && assay_verdict_score(verdict) == (int64_t)(set + 1) * 1000 &&
               assay_verdict_hit_count(verdict) == 2;
  atomic_fetch_add(right ? &shared.right[set] : &shared.wrong, 1);
}

static void *evaluate(void *user) {
  (void)user;
  assay_facts *facts = NULL;
  assay_workspace *workspace = NULL;
  assay_verdict *verdict = NULL;
  bool whole = assay_facts_new(&facts, NULL) == ASSAY_OK && assay_workspace_new(&workspace, NULL) == ASSAY_OK &&
               assay_verdict_new(&verdict, NULL) == ASSAY_OK &&
               assay_facts_set(facts, ASSAY_FACT_HELO, "x", 1) == ASSAY_OK;
  if (!whole) atomic_fetch_add(&shared.wrong, 1);
  while (whole && !atomic_load(&shared.stop)) take_and_evaluate(facts, workspace, verdict);
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  return NULL;
}

/* Wishes for one and waits for it; the log is a counter here, since there is much to say. */
static atomic_ulong reloaded, kept;

static void count(void *user, const char *level, const char *line, size_t len) {
  (void)user, (void)level;
  if (len > sizeof RELOADED && memcmp(line, RELOADED, sizeof RELOADED - 1) == 0) atomic_fetch_add(&reloaded, 1);
  if (len > sizeof KEPT && memcmp(line, KEPT, sizeof KEPT - 1) == 0) atomic_fetch_add(&kept, 1);
}

static void reload(size_t number) {
  site_rename_over("a.rule", texts[number % SETS]);
  rules_reload(shared.rules);
  while (atomic_load(&reloaded) + atomic_load(&kept) < number) site_sleep(0);
}

static void note_id(size_t set) {
  assay_ruleset *ruleset = rules_get(shared.rules);
  strcpy(shared.ids[set], assay_ruleset_id(ruleset));
  assay_ruleset_unref(ruleset);
}

static void a_thousand_reloads_disturb_nobody(void **state) {
  (void)state;
  const char *paths[] = {site_path("a.rule")};
  struct rules_options options = {.paths = paths, .count = 1, .say = count};
  pthread_t threads[THREADS];
  site_write("a.rule", texts[0]);
  assert_true(rules_new(&shared.rules, &options));
  note_id(0);
  reload(1);
  note_id(1);
  for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, evaluate, NULL), 0);
  for (size_t n = 2; n <= RELOADS; n++) {
    reload(n);
    assay_ruleset *ruleset = rules_get(shared.rules);
    if (which(ruleset) != n % SETS) fail_msg("reload %zu: not the rules that were written", n);
    assay_ruleset_unref(ruleset);
  }
  atomic_store(&shared.stop, true);
  for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
  rules_free(shared.rules);
  assert_int_equal(atomic_load(&reloaded), RELOADS);
  assert_int_equal(atomic_load(&kept), 0);
  assert_int_equal(atomic_load(&shared.wrong), 0);
  for (size_t set = 0; set < SETS; set++) assert_true(atomic_load(&shared.right[set]) > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_thousand_reloads_disturb_nobody, site_set_up, site_tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
