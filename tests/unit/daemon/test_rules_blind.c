/* Tests what is done where the kernel does not tell of changes: inotify's calls are replaced by ones that fail as they do
 * at its limits, all of them, or one after so many. */
#include "unit/daemon/site.h"

#include <errno.h>
#include <limits.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Declared here, for what declares it is no part of POSIX. */
long syscall(long number, ...);

/* How many may still be had. Changed only while no rules are there. */
static int instances_left, watches_left;

int inotify_init1(int flags) {
  if (instances_left-- > 0) return (int)syscall(SYS_inotify_init1, flags);
  errno = EMFILE;
  return -1;
}

int inotify_add_watch(int fd, const char *name, uint32_t mask) {
  if (watches_left-- > 0) return (int)syscall(SYS_inotify_add_watch, fd, name, mask);
  errno = ENOSPC;
  return -1;
}

static const char *const whole_folder[] = {"", NULL};

#define ONE SITE_RULE("ONE", "1")
#define TWO SITE_RULE("TWO", "2")
#define BLIND "not all rule files can be watched"

static void change(struct rules *rules, void (*how)(const char *, const char *), const char *name, const char *text,
                   int64_t score) {
  size_t n = site_said(RELOADED);
  how(name, text);
  for (site_wait(RELOADED, n); site_score(rules) != score; n++) site_wait(RELOADED, n);
}

static void changes_are_looked_for(void **state) {
  (void)state;
  static const struct {
    int instances, watches;
    const char *words;
  } rows[] = {
      {0, 0, "(Too many open files)"},
      {1, 0, "(No space left on device)"},
      {1, 2, "(No space left on device)"},
      {1, INT_MAX, NULL},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_int_equal(site_set_up(NULL), 0);
    instances_left = rows[i].instances;
    watches_left = rows[i].watches;
    site_write("a.rule", ONE);
    struct rules *rules = site_rules(true, whole_folder);
    if (site_said(BLIND) != (rows[i].words != NULL)) fail_msg("row %zu: %zu lines", i, site_said(BLIND));
    if (rows[i].words && site_told(rows[i].words) != 1) fail_msg("row %zu: not told: %s", i, rows[i].words);
    change(rules, site_write, "a.rule", TWO, 2000);
    change(rules, site_rename_over, "a.rule", ONE, 1000);
    change(rules, site_write, "b.rule", TWO, 3000);
    if (site_said(BLIND) != (rows[i].words != NULL)) fail_msg("row %zu: said again", i);
    size_t before = site_said(RELOADED);
    site_sleep(1500);
    if (site_said(RELOADED) > before + 1) fail_msg("row %zu: reloaded though nothing changed", i);
    rules_free(rules);
    assert_int_equal(site_tear_down(NULL), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(changes_are_looked_for)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
