/* Owns what the tests of the daemon's rules share: a folder that is written to, and a log that is waited for.
 * Must never know: how a change is noticed. */
#include "unit/daemon/site.h"

#include <assay/assay.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LINES_MAX = 8192, PATIENCE_S = 60 };

static char folder[64];

static struct {
  pthread_mutex_t lock;
  pthread_cond_t said;
  char *lines[LINES_MAX];
  size_t count;
} site_log = {.lock = PTHREAD_MUTEX_INITIALIZER, .said = PTHREAD_COND_INITIALIZER};

int site_set_up(void **state) {
  (void)state;
  strcpy(folder, "/tmp/assay-rules-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

int site_tear_down(void **state) {
  (void)state;
  char command[128];
  for (size_t i = 0; i < site_log.count; i++) free(site_log.lines[i]);
  site_log.count = 0;
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command);
}

/* --- files --- */

const char *site_path(const char *name) {
  static char paths[8][256];
  static size_t next;
  char *path = paths[next++ % COUNT(paths)];
  assert_true(snprintf(path, sizeof *paths, "%s%s%s", folder, name[0] ? "/" : "", name) < (int)sizeof *paths);
  return path;
}

void site_write(const char *name, const char *text) {
  FILE *file = fopen(site_path(name), "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

void site_rename_over(const char *name, const char *text) {
  char beside[128];
  snprintf(beside, sizeof beside, "%s.tmp~", name);
  site_write(beside, text);
  site_move(beside, name);
}

void site_move(const char *from, const char *to) {
  assert_int_equal(rename(site_path(from), site_path(to)), 0);
}

void site_folder(const char *name) {
  assert_int_equal(mkdir(site_path(name), 0700), 0);
}

void site_link(const char *target, const char *name) {
  assert_int_equal(symlink(target, site_path(name)), 0);
}

void site_remove(const char *name) {
  char command[320];
  snprintf(command, sizeof command, "rm -r '%s'", site_path(name));
  assert_int_equal(system(command), 0);
}

/* --- the log --- */

/* The line has no end of its own. */
static char *copy_line(const char *line, size_t len) {
  char *copy = malloc(len + 1);
  assert_non_null(copy);
  memcpy(copy, line, len);
  copy[len] = '\0';
  return copy;
}

void site_say(void *user, const char *level, const char *line, size_t len) {
  assert_true(strcmp(level, "info") == 0 || strcmp(level, "warning") == 0 || strcmp(level, "error") == 0);
  (void)user;
  pthread_mutex_lock(&site_log.lock);
  if (site_log.count < LINES_MAX) site_log.lines[site_log.count++] = copy_line(line, len);
  pthread_cond_broadcast(&site_log.said);
  pthread_mutex_unlock(&site_log.lock);
}

static size_t count_lines(const char *words, bool at_start) {
  size_t count = 0;
  for (size_t i = 0; i < site_log.count; i++) {
    const char *at = strstr(site_log.lines[i], words);
    count += at && (!at_start || at == site_log.lines[i]);
  }
  return count;
}

size_t site_said(const char *start) {
  pthread_mutex_lock(&site_log.lock);
  size_t count = count_lines(start, true);
  pthread_mutex_unlock(&site_log.lock);
  return count;
}

size_t site_told(const char *words) {
  pthread_mutex_lock(&site_log.lock);
  size_t count = count_lines(words, false);
  pthread_mutex_unlock(&site_log.lock);
  return count;
}

void site_wait(const char *start, size_t before) {
  struct timespec until;
  int late = 0;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += PATIENCE_S;
  pthread_mutex_lock(&site_log.lock);
  while (count_lines(start, true) <= before && !late)
    late = pthread_cond_timedwait(&site_log.said, &site_log.lock, &until);
  for (size_t i = 0; late && i < site_log.count; i++) fprintf(stderr, "said: %s\n", site_log.lines[i]);
  pthread_mutex_unlock(&site_log.lock);
  if (late) fail_msg("not said: %s", start);
}

void site_sleep(unsigned milliseconds) {
  struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  while (nanosleep(&rest, &rest) != 0) {
  }
}

/* --- rules --- */

struct rules *site_rules(bool watch, const char *const *names) {
  const char *paths[4];
  struct rules *rules;
  struct rules_options options = {.paths = paths, .watch = watch, .say = site_say};
  for (; names[options.count]; options.count++) paths[options.count] = site_path(names[options.count]);
  assert_true(rules_new(&rules, &options));
  return rules;
}

int64_t site_score(struct rules *rules) {
  assay_facts *facts;
  assay_verdict *verdict;
  assay_ruleset *ruleset = rules_get(rules);
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, "x", 1), ASSAY_OK);
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  int64_t score = assay_verdict_score(verdict);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  return score;
}
