/* Owns what is measured of the resolver: cached and uncached questions, a crowd of them, and how long one waits.
 * Must never know: how a figure is shown. */
#include "dns.h"

#include <assay/resolver.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"

enum { NAME_SIZE = 80 };

struct run {
  assay_resolver *resolver;
  const char *zone;
  size_t names, asked, most, answered, failed;
  uint64_t *began; /* microseconds, by question; NULL: nobody wants to know */
  uint64_t *waited;
};

static size_t number(const char *text) {
  return (size_t)strtoull(text, NULL, 10);
}

static int fail(struct run *run, const char *what) {
  fprintf(stderr, "assay-bench: dns: %s\n", what);
  assay_resolver_free(run->resolver);
  return 1;
}

static bool open_resolver(struct run *run, char **args, uint32_t in_flight, size_t cache_bytes) {
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  options.servers = args[0];
  options.in_flight = options.zone_in_flight = in_flight;
  options.cache_bytes = cache_bytes;
  options.attempt_ms = 2000;
  run->zone = args[1];
  run->names = number(args[2]);
  return run->names > 0 && assay_resolver_new(&run->resolver, &options) == ASSAY_OK;
}

static void hear(void *user, const assay_answer *answer) {
  struct run *run = user;
  run->answered++;
  run->failed += answer->outcome != ASSAY_OUTCOME_FOUND;
}

static void ask(struct run *run, size_t n, assay_answer_fn callback, void *user) {
  char name[NAME_SIZE];
  assay_lookup *lookup;
  size_t len = (size_t)snprintf(name, sizeof name, "n%zu.%s", n % run->names, run->zone);
  if (assay_resolver_ask(run->resolver, ASSAY_QUESTION_A, name, len, callback, user, &lookup) != ASSAY_OK) run->failed++;
}

static void wait_for_all(struct run *run) {
  while (assay_resolver_pending(run->resolver) > 0 && assay_resolver_wait(run->resolver, -1) == ASSAY_OK) {
  }
}

/* --- from the cache --- */

int run_dns_cached(char **args) {
  struct run run = {0};
  size_t passes = number(args[3]);
  if (!open_resolver(&run, args, 64, 256u << 20)) return fail(&run, "no resolver");
  for (size_t n = 0; n < run.names; n++) ask(&run, n, hear, &run);
  wait_for_all(&run);
  char(*names)[NAME_SIZE] = malloc(run.names * sizeof *names);
  if (!names || run.failed > 0) return free(names), fail(&run, "not all names are there");
  for (size_t n = 0; n < run.names; n++) snprintf(names[n], sizeof names[n], "n%zu.%s", n, run.zone);
  double start = cpu_seconds();
  for (size_t pass = 0; pass < passes; pass++)
    for (size_t n = 0; n < run.names; n++) {
      assay_lookup *lookup;
      assay_resolver_ask(run.resolver, ASSAY_QUESTION_A, names[n], strlen(names[n]), hear, &run, &lookup);
    }
  double seconds = cpu_seconds() - start;
  assay_resolver_stats stats;
  assay_resolver_statistics(run.resolver, &stats);
  if (stats.sent != run.names) return free(names), fail(&run, "it was not all from the cache");
  printf("ns %.1f\nbytes %.1f\n", seconds * 1e9 / (double)(passes * run.names),
         (double)stats.cache_bytes / (double)stats.cache_entries);
  free(names);
  assay_resolver_free(run.resolver);
  return 0;
}

/* --- from the server --- */

static void ask_next(void *user, const assay_answer *answer) {
  struct run *run = user;
  hear(user, answer);
  if (run->asked < run->most) ask(run, run->asked++, ask_next, run);
}

int run_dns_uncached(char **args) {
  struct run run = {.most = number(args[3])};
  uint32_t in_flight = (uint32_t)number(args[4]);
  if (!open_resolver(&run, args, in_flight, 0)) return fail(&run, "no resolver");
  double start = cpu_seconds(), wall = wall_seconds();
  while (run.asked < in_flight && run.asked < run.most) ask(&run, run.asked++, ask_next, &run);
  wait_for_all(&run);
  double seconds = cpu_seconds() - start;
  if (run.failed > 0) return fail(&run, "some questions failed");
  printf("us %.2f\nrate %.0f\n", seconds * 1e6 / (double)run.answered, (double)run.answered / (wall_seconds() - wall));
  assay_resolver_free(run.resolver);
  return 0;
}

int run_dns_crowd(char **args) {
  struct run run = {0};
  if (!open_resolver(&run, args, 64, 64u << 20)) return fail(&run, "no resolver");
  double start = cpu_seconds(), wall = wall_seconds();
  for (size_t n = 0; n < run.names; n++) ask(&run, n, hear, &run);
  wait_for_all(&run);
  if (run.failed > 0) return fail(&run, "some questions failed");
  printf("us %.2f\nms %.1f\n", (cpu_seconds() - start) * 1e6 / (double)run.names, (wall_seconds() - wall) * 1e3);
  assay_resolver_free(run.resolver);
  return 0;
}

/* --- how long one waits --- */

struct waiter {
  struct run *run;
  size_t at;
};

static void note(void *user, const assay_answer *answer) {
  struct waiter *waiter = user;
  struct run *run = waiter->run;
  hear(run, answer);
  run->waited[waiter->at] = wall_us() - run->began[waiter->at];
}

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static void hear_nothing(void *user, const assay_answer *answer) {
  (void)user, (void)answer;
}

/* Every tenth of a millisecond somebody asks a name that is there, and, if so told, somebody a name of the silent zone. */
static void ask_in_turn(struct run *run, struct waiter *waiters, const char *silent) {
  for (size_t n = 0; n < run->most; n++) {
    char name[NAME_SIZE];
    assay_lookup *lookup;
    size_t len = (size_t)snprintf(name, sizeof name, "n%zu.%s", n, silent);
    if (strcmp(silent, "-") != 0)
      assay_resolver_ask(run->resolver, ASSAY_QUESTION_A, name, len, hear_nothing, NULL, &lookup);
    waiters[n] = (struct waiter){run, n};
    run->began[n] = wall_us();
    ask(run, n, note, &waiters[n]);
    for (uint64_t until = run->began[n] + 100; wall_us() < until;) assay_resolver_wait(run->resolver, 0);
  }
  while (run->answered < run->most) assay_resolver_wait(run->resolver, -1);
}

int run_dns_waits(char **args) {
  struct run run = {.most = number(args[3])};
  if (!open_resolver(&run, args, 64, 0)) return fail(&run, "no resolver");
  assay_resolver_free(run.resolver);
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT; /* the limits as they come */
  options.servers = args[0];
  options.cache_bytes = 0;
  if (assay_resolver_new(&run.resolver, &options) != ASSAY_OK) return fail(&run, "no resolver");
  struct waiter *waiters = calloc(run.most, sizeof *waiters);
  run.began = calloc(run.most, sizeof *run.began);
  run.waited = calloc(run.most, sizeof *run.waited);
  if (!waiters || !run.began || !run.waited) return fail(&run, "out of memory");
  ask_in_turn(&run, waiters, args[4]);
  qsort(run.waited, run.most, sizeof *run.waited, compare);
  printf("p50 %llu\np99 %llu\nfailed %zu\n", (unsigned long long)run.waited[run.most / 2],
         (unsigned long long)run.waited[run.most * 99 / 100], run.failed);
  assay_resolver_free(run.resolver);
  free(waiters);
  free(run.began);
  free(run.waited);
  return 0;
}
