/* Several threads share one rule set. Each has facts, a workspace and a verdict of its own, made once and used for all
 * its connections: then no thread waits for another, and nothing is allocated while connections are scored. */
#include <assay/assay.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, CONNECTIONS = 5000 };

static const char text[] =
    "rule DYNAMIC { describe \"a name made from an address\" score 2 when helo =~ /^(dsl|host)-\\d+/ }\n"
    "action reject at 2\n";

struct worker {
  pthread_t thread;
  const assay_ruleset *rules; /* immutable, so it may be read by all at once */
  assay_status status;
  unsigned rejected;
};

static assay_status score(const assay_ruleset *rules, assay_facts *facts, assay_workspace *workspace,
                          assay_verdict *verdict, const char *helo) {
  assay_facts_clear(facts); /* the memory is kept for the next connection */
  assay_status status = assay_facts_set(facts, ASSAY_FACT_HELO, helo, strlen(helo));
  return status == ASSAY_OK ? assay_evaluate(rules, facts, workspace, verdict) : status;
}

static void *work(void *argument) {
  struct worker *w = argument;
  assay_facts *facts = NULL;
  assay_workspace *workspace = NULL;
  assay_verdict *verdict = NULL;
  w->status = assay_facts_new(&facts, NULL);
  if (w->status == ASSAY_OK) w->status = assay_workspace_new(&workspace, NULL);
  if (w->status == ASSAY_OK) w->status = assay_verdict_new(&verdict, NULL);
  for (int i = 0; i < CONNECTIONS && w->status == ASSAY_OK; i++) {
    w->status = score(w->rules, facts, workspace, verdict, i % 2 ? "mx1.example.org" : "dsl-17.example.net");
    w->rejected += assay_verdict_action(verdict) == ASSAY_REJECT;
  }
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  return NULL;
}

int main(void) {
  struct worker workers[THREADS] = {0};
  assay_ruleset *rules;
  unsigned started = 0, rejected = 0;
  assay_status status = assay_ruleset_compile_text(&rules, "threads", text, strlen(text), NULL, NULL);
  for (; status == ASSAY_OK && started < THREADS; started++) {
    workers[started].rules = rules;
    if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0) break;
  }
  for (unsigned i = 0; i < started; i++) {
    pthread_join(workers[i].thread, NULL);
    if (status == ASSAY_OK) status = workers[i].status;
    rejected += workers[i].rejected;
  }
  assay_ruleset_unref(rules);
  if (status != ASSAY_OK || started < THREADS) {
    fprintf(stderr, "threads: %s\n", status != ASSAY_OK ? assay_status_text(status) : "cannot start a thread");
    return 1;
  }
  printf("%d threads, %d connections, %u rejected\n", THREADS, THREADS * CONNECTIONS, rejected);
  return 0;
}
