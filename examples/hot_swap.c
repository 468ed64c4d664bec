/* New rules while connections are being scored. Whoever scores takes a reference and gives it back; whoever swaps puts
 * the new set in place and drops the old one, which lives until its last user is done. The lock is there so that a set
 * cannot go away between reading the pointer and counting the reference; it is held for no longer than that. */
#include <assay/assay.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { READERS = 3, SWAPS = 100, AT_LEAST = 1000 };

struct server {
  pthread_mutex_t lock; /* guards the two below */
  assay_ruleset *rules;
  bool stop;
};

struct reader {
  pthread_t thread;
  struct server *server;
  assay_status status;
  unsigned wrong;
};

/* The set of the moment; the caller gives it back with assay_ruleset_unref. */
static assay_ruleset *take(struct server *server, bool *stop) {
  pthread_mutex_lock(&server->lock);
  assay_ruleset *rules = assay_ruleset_ref(server->rules);
  *stop = server->stop;
  pthread_mutex_unlock(&server->lock);
  return rules;
}

static void put(struct server *server, assay_ruleset *rules) {
  pthread_mutex_lock(&server->lock);
  assay_ruleset *old = server->rules;
  server->rules = rules;
  pthread_mutex_unlock(&server->lock);
  assay_ruleset_unref(old); /* outside of the lock: it may be the last, and that takes time */
}

/* The nth revision of the rules: they say themselves which one they are. */
static assay_status compile(assay_ruleset **rules, int n) {
  char text[128];
  snprintf(text, sizeof text, "rule REVISION { describe \"revision %d\" score %d when helo }\n", n, n);
  return assay_ruleset_compile_text(rules, "revision", text, strlen(text), NULL, NULL);
}

/* Workspace NULL: the verdict brings its own. */
static void score_one(struct reader *r, const assay_ruleset *rules, const assay_facts *facts, assay_verdict *verdict) {
  assay_rule_info info = {.score = -1};
  r->status = assay_evaluate(rules, facts, NULL, verdict);
  if (r->status == ASSAY_OK) r->status = assay_ruleset_rule_at(rules, 0, &info);
  r->wrong += assay_verdict_score(verdict) != info.score; /* a verdict is of one whole set */
}

static void *read_on(void *argument) {
  struct reader *r = argument;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  bool stop = false;
  r->status = assay_facts_new(&facts, NULL);
  if (r->status == ASSAY_OK) r->status = assay_verdict_new(&verdict, NULL);
  if (r->status == ASSAY_OK) r->status = assay_facts_set(facts, ASSAY_FACT_HELO, "localhost", strlen("localhost"));
  for (int i = 0; r->status == ASSAY_OK && (!stop || i < AT_LEAST); i++) {
    assay_ruleset *rules = take(r->server, &stop);
    score_one(r, rules, facts, verdict);
    assay_ruleset_unref(rules); /* the verdict keeps a reference of its own, so it may be read after this too */
  }
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  return NULL;
}

/* A set that does not compile is not put in place: the server goes on with the one it has. */
static assay_status swap_on(struct server *server) {
  assay_status status = ASSAY_OK;
  for (int n = 1; n <= SWAPS && status == ASSAY_OK; n++) {
    assay_ruleset *rules;
    status = compile(&rules, n);
    if (status == ASSAY_OK) put(server, rules);
  }
  return status;
}

int main(void) {
  struct server server = {.rules = NULL};
  struct reader readers[READERS] = {0};
  unsigned started = 0, wrong = 0;
  assay_status status = compile(&server.rules, 0);
  if (status != ASSAY_OK || pthread_mutex_init(&server.lock, NULL) != 0) return 1;
  for (; started < READERS; started++) {
    readers[started].server = &server;
    if (pthread_create(&readers[started].thread, NULL, read_on, &readers[started]) != 0) break;
  }
  status = swap_on(&server);
  pthread_mutex_lock(&server.lock);
  server.stop = true;
  pthread_mutex_unlock(&server.lock);
  for (unsigned i = 0; i < started; i++) {
    pthread_join(readers[i].thread, NULL);
    if (status == ASSAY_OK) status = readers[i].status;
    wrong += readers[i].wrong;
  }
  put(&server, NULL);
  pthread_mutex_destroy(&server.lock);
  if (status != ASSAY_OK) fprintf(stderr, "hot_swap: %s\n", assay_status_text(status));
  if (status != ASSAY_OK || started < READERS) return 1;
  printf("%d sets swapped under %d threads: %u verdicts of a mixed set\n", SWAPS, READERS, wrong);
  return wrong > 0;
}
