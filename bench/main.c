/* Owns the benchmark's verbs: what tools/bench calls, one thing measured or written at a time.
 * Must never know: how a figure is shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"
#include "daemon.h"
#include "dns.h"
#include "passes.h"

enum { PASSES_MOST = 101, WARM_UP = 4096 };

static int complain(const char *what, const char *why) {
  fprintf(stderr, "assay-bench: %s: %s\n", what, why);
  return 1;
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
  qsort(values, count, sizeof *values, compare_doubles);
  return values[count / 2];
}

static size_t number(const char *text, size_t most) {
  unsigned long long value = strtoull(text, NULL, 10);
  return value < 1 ? 1 : value > most ? most : (size_t)value;
}

/* --- the engine --- */

static void engine_close(struct engine *engine) {
  assay_verdict_free(engine->verdict);
  assay_workspace_free(engine->workspace);
  assay_facts_free(engine->facts);
  assay_ruleset_unref(engine->ruleset);
}

/* Facts that are not set will not come, as for `assay score`. */
static bool engine_open(struct engine *engine, const char *rules) {
  *engine = (struct engine){0};
  assay_status status = assay_ruleset_compile_files(&engine->ruleset, &rules, 1, NULL, NULL);
  if (status == ASSAY_OK) status = assay_facts_new(&engine->facts, NULL);
  if (status == ASSAY_OK) status = assay_workspace_new(&engine->workspace, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&engine->verdict, NULL);
  assay_facts_default_why(engine->facts, ASSAY_NEVER, ASSAY_NEVER);
  if (status == ASSAY_OK) return true;
  complain(rules, assay_status_text(status));
  engine_close(engine);
  return false;
}

/* Memory grows and patterns are compiled before anything is measured, outside the functions that instruments watch,
 * and by connections that are not measured: no answer about their names is remembered. */
static void warm_up(const struct engine *engine, const struct connection *connections) {
  for (size_t i = 0; i < WARM_UP; i++) {
    set_facts(engine->facts, &connections[i]);
    assay_evaluate(engine->ruleset, engine->facts, engine->workspace, engine->verdict);
  }
}

static int time_engine(const struct engine *engine, const struct connection *connections, size_t count,
                       size_t passes) {
  double facts[PASSES_MOST], whole[PASSES_MOST];
  assay_status status = ASSAY_OK;
  warm_up(engine, connections + count);
  for (size_t i = 0; i < passes && status == ASSAY_OK; i++) {
    double start = cpu_seconds();
    pass_facts(engine, connections, count);
    double middle = cpu_seconds();
    pass_engine(engine, connections, count, &status);
    facts[i] = middle - start;
    whole[i] = cpu_seconds() - middle;
  }
  if (status != ASSAY_OK) return complain("evaluate", assay_status_text(status));
  printf("facts %.2f\nwhole %.2f\n", median(facts, passes) * 1e9 / (double)count,
         median(whole, passes) * 1e9 / (double)count);
  return 0;
}

static int run_engine(char **args) {
  size_t count = number(args[1], 1000000), passes = number(args[2], PASSES_MOST);
  struct connection *connections = connections_new(count + WARM_UP);
  struct engine engine;
  int code = 1;
  if (!connections) return complain("engine", "out of memory");
  if (engine_open(&engine, args[0])) {
    code = time_engine(&engine, connections, count, passes);
    engine_close(&engine);
  }
  free(connections);
  return code;
}

/* --- the twin --- */

static int run_twin(char **args) {
  size_t count = number(args[0], 1000000), passes = number(args[1], PASSES_MOST);
  struct connection *connections = connections_new(count);
  struct twin *twin = twin_new();
  double times[PASSES_MOST];
  int64_t sum = 0;
  if (connections && twin) {
    for (size_t i = 0; i < passes; i++) {
      double start = cpu_seconds();
      sum += pass_twin(twin, connections, count);
      times[i] = cpu_seconds() - start;
    }
    printf("twin %.2f\nsum %lld\n", median(times, passes) * 1e9 / (double)count, (long long)sum);
  }
  int code = connections && twin ? 0 : complain("twin", "out of memory, or no public suffix list");
  twin_free(twin);
  free(connections);
  return code;
}

/* --- whether they agree --- */

/* The engine's verdict in the twin's words; a rule that the twin does not know sets the topmost bit. */
static struct twin_verdict engine_verdict(const assay_verdict *verdict) {
  static const char *const names[] = {
#define RULE(name, score) #name,
      TWIN_RULES(RULE)
#undef RULE
  };
  struct twin_verdict out = {assay_verdict_score(verdict), 0, assay_verdict_exempt(verdict) != NULL};
  assay_hit hit;
  for (size_t i = 0; assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    size_t rule = 0;
    while (rule < TWIN_RULE_COUNT && strcmp(names[rule], hit.rule) != 0) rule++;
    out.hits |= rule < TWIN_RULE_COUNT ? 1u << rule : 1u << 31;
  }
  return out;
}

static size_t disagreements(const struct engine *engine, const struct twin *twin,
                            const struct connection *connections, size_t count) {
  size_t differ = 0;
  for (size_t i = 0; i < count; i++) {
    const struct connection *c = &connections[i];
    set_facts(engine->facts, c);
    assay_status status = assay_evaluate(engine->ruleset, engine->facts, engine->workspace, engine->verdict);
    struct twin_verdict a = engine_verdict(engine->verdict), b = twin_judge(twin, c);
    if (status == ASSAY_OK && a.score == b.score && a.hits == b.hits && a.exempt == b.exempt) continue;
    if (differ++ < 10)
      fprintf(stderr, "they differ: ip %s rdns \"%s\" helo \"%s\": engine %lld %#x, twin %lld %#x\n", c->ip,
              c->rdns, c->helo, (long long)a.score, (unsigned)a.hits, (long long)b.score, (unsigned)b.hits);
  }
  return differ;
}

static int run_agree(char **args) {
  size_t count = number(args[1], 1000000), differ = 0;
  struct connection *connections = connections_new(count);
  struct twin *twin = twin_new();
  struct engine engine;
  bool open = connections && twin && engine_open(&engine, args[0]);
  if (open) {
    differ = disagreements(&engine, twin, connections, count);
    engine_close(&engine);
  }
  twin_free(twin);
  free(connections);
  printf("differ %zu\n", differ);
  return open && differ == 0 ? 0 : 1;
}

/* --- compiling --- */

static int run_compile(char **args) {
  size_t passes = number(args[1], PASSES_MOST);
  const char *path = args[0];
  double times[PASSES_MOST];
  assay_ruleset_stats stats = {0};
  for (size_t i = 0; i < passes; i++) {
    assay_ruleset *ruleset;
    double start = cpu_seconds();
    assay_status status = assay_ruleset_compile_files(&ruleset, &path, 1, NULL, NULL);
    times[i] = cpu_seconds() - start;
    if (status != ASSAY_OK) return complain(path, assay_status_text(status));
    assay_ruleset_statistics(ruleset, &stats);
    assay_ruleset_unref(ruleset);
  }
  printf("compile %.6f\nrules %zu\n", median(times, passes), stats.rules);
  return 0;
}

/* --- input for the command line --- */

static int run_write(char **args) {
  bool tsv = strcmp(args[0], "tsv") == 0;
  size_t count = number(args[1], 100000000);
  struct connection *connections = connections_new(count);
  if (!connections) return complain("write", "out of memory");
  if (tsv) printf("id\tclient.ip\tclient.rdns\thelo\tauth.user\n");
  for (size_t i = 0; i < count; i++) {
    const struct connection *c = &connections[i];
    if (tsv)
      printf("%zu\t%s\t%s\t%s\t%s\n", i + 1, c->ip, c->rdns, c->helo, c->user);
    else
      printf("{\"id\":%zu,\"client.ip\":\"%s\",\"client.rdns\":\"%s\",\"helo\":\"%s\",\"auth.user\":\"%s\"}\n",
             i + 1, c->ip, c->rdns, c->helo, c->user);
  }
  free(connections);
  return fflush(stdout) == 0 ? 0 : complain("write", "cannot write");
}

static const struct verb {
  const char *name;
  int arguments;
  int (*run)(char **args);
  const char *usage;
} verbs[] = {
    {"engine", 3, run_engine, "engine RULES CONNECTIONS PASSES   ns of setting facts, and with evaluation"},
    {"twin", 2, run_twin, "twin CONNECTIONS PASSES           ns of the seventeen rules in C"},
    {"agree", 2, run_agree, "agree RULES CONNECTIONS           whether rules and twin give the same verdicts"},
    {"compile", 2, run_compile, "compile RULES PASSES              seconds of compiling a file"},
    {"write", 2, run_write, "write tsv|jsonl CONNECTIONS       the connections as input for assay score"},
    {"dns-cached", 4, run_dns_cached, "dns-cached SERVER ZONE NAMES PASSES     ns of an answer from the cache, bytes a name"},
    {"dns-uncached", 5, run_dns_uncached, "dns-uncached SERVER ZONE NAMES QUESTIONS IN_FLIGHT   us of a question to the server"},
    {"dns-bare", 5, run_dns_bare, "dns-bare SERVER ZONE NAMES QUESTIONS IN_FLIGHT       the same by c-ares alone"},
    {"dns-crowd", 3, run_dns_crowd, "dns-crowd SERVER ZONE NAMES             all names at once"},
    {"dns-waits", 5, run_dns_waits, "dns-waits SERVER ZONE NAMES QUESTIONS SILENT|-       us that a question waits beside a silent zone"},
    {"load", 4, run_daemon_load, "load DIALECT ADDRESS CONNECTIONS REQUESTS             sent, answered, seconds"},
    {"bare-policy", 1, run_daemon_policy, "bare-policy PATH                  serves, by epoll, and looks at nothing"},
    {"bare-spamd", 1, run_daemon_spamd, "bare-spamd PATH                   accepts, reads, answers, closes, and looks at nothing"},
};

int main(int argc, char **argv) {
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs && argc > 1; i++)
    if (strcmp(argv[1], verbs[i].name) == 0 && argc - 2 == verbs[i].arguments) return verbs[i].run(argv + 2);
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) fprintf(stderr, "assay-bench %s\n", verbs[i].usage);
  return 64;
}
