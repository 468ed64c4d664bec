/* Owns the rule set in use, and its change.
 * Must never know: connections, or the log's form. */
#include "daemon/rules.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "daemon/rules_compile.h"
#include "daemon/rules_watch.h"

/* In milliseconds. A file is stable when it has not changed for STABLE; LATEST after the first change it is read
 * however it is. Who cannot be told of changes looks every LOOK, and every GLANCE while something changes. Where the
 * machine is at fault, not the rules, it is tried again after AGAIN, and ever more rarely. */
enum { STABLE = 200, LATEST = 5000, LOOK = 1000, GLANCE = 50, AGAIN = 5000, AGAIN_MOST = 300000 };

struct rules {
  struct rules_options options; /* with copies of the paths */
  pthread_mutex_t lock;         /* over the three below; never held for long */
  assay_ruleset *current;
  bool wished, ending;
  int wake; /* an eventfd: one of them has changed */
  int gone; /* another: the thread is over */
  pthread_t thread;
  bool running;

  /* Of the thread alone. Times are those of a clock that only goes on, in milliseconds; 0: none. */
  struct watch *watch; /* NULL: nobody wants it */
  int64_t first_change, last_change, again, again_after, next_look;
  uint64_t mark; /* of the files when they were last looked at */
  int blind;     /* the reason that was last said */
};

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* --- the one in use --- */

assay_ruleset *rules_get(struct rules *rules) {
  pthread_mutex_lock(&rules->lock);
  assay_ruleset *ruleset = assay_ruleset_ref(rules->current);
  pthread_mutex_unlock(&rules->lock);
  return ruleset;
}

/* The old one is dropped outside of the lock: nobody may have it any more, and to free it takes time. */
static void swap(struct rules *rules, assay_ruleset **fresh) {
  pthread_mutex_lock(&rules->lock);
  assay_ruleset *old = rules->current;
  rules->current = *fresh;
  pthread_mutex_unlock(&rules->lock);
  assay_ruleset_unref(old);
  *fresh = NULL;
}

static void ring(int fd) {
  static const uint64_t one = 1;
  while (write(fd, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

static void wake(struct rules *rules, bool *what) {
  pthread_mutex_lock(&rules->lock);
  *what = true;
  pthread_mutex_unlock(&rules->lock);
  ring(rules->wake);
}

void rules_reload(struct rules *rules) {
  wake(rules, &rules->wished);
}

/* --- watching --- */

static void note_change(struct rules *rules) {
  rules->last_change = now_ms();
  if (!rules->first_change) rules->first_change = rules->last_change;
}

/* Says it once that files have to be looked at, and once that they need not any more. */
static void say_blind(struct rules *rules) {
  int blind = watch_blind(rules->watch);
  if (blind == rules->blind) return;
  if (blind)
    rules_say(&rules->options, "warning", "not all rule files can be watched (%s): looking at them each second",
              strerrordesc_np(blind));
  else
    rules_say(&rules->options, "info", "all rule files are being watched");
  rules->blind = blind;
}

/* From now on these are watched. What changed while they were being read may have been missed. */
static void watch_again(struct rules *rules, const assay_diags *diags, struct timespec since) {
  size_t count = assay_diags_path_count(diags);
  if (!rules->watch || !count) return;
  const char **paths = calloc(count, sizeof *paths);
  for (size_t i = 0; paths && i < count; i++) paths[i] = assay_diags_path_at(diags, i);
  if (!paths || !watch_set(rules->watch, paths, count))
    rules_say(&rules->options, "warning", "the files are watched that were before: out of memory");
  free(paths);
  say_blind(rules);
  rules->next_look = now_ms() + LOOK;
  if (watch_blind(rules->watch)) rules->mark = watch_mark(rules->watch);
  if (watch_changed_since(rules->watch, since)) note_change(rules);
}

/* Takes what has happened to the files. */
static void look(struct rules *rules) {
  if (!rules->watch) return;
  if (watch_fd(rules->watch) >= 0 && watch_read(rules->watch)) note_change(rules);
  say_blind(rules);
  if (!watch_blind(rules->watch) || now_ms() < rules->next_look) return;
  uint64_t mark = watch_mark(rules->watch);
  if (mark != rules->mark) note_change(rules);
  rules->mark = mark;
  rules->next_look = now_ms() + (rules->first_change ? GLANCE : LOOK);
}

/* When a changed file is to be read; 0: never. */
static int64_t due(const struct rules *rules) {
  if (!rules->first_change) return rules->again;
  int64_t stable = rules->last_change + STABLE, latest = rules->first_change + LATEST;
  return stable < latest ? stable : latest;
}

/* --- the thread --- */

/* The one that is in use now. */
static void say_made(const struct rules *rules, const char *what, const struct rules_made *made, int64_t began) {
  assay_ruleset_stats stats;
  assay_ruleset_statistics(rules->current, &stats);
  rules_say(&rules->options, "info",
            "%s, id %s: %zu rules and %zu lists from %zu files, %zu of %zu tests passed, %lld ms", what,
            assay_ruleset_id(rules->current), stats.rules, stats.lists, stats.files, made->tests - made->failed,
            made->tests, (long long)(now_ms() - began));
}

/* What the machine could not do now it may be able to do later, though no file changes. */
static void try_again(struct rules *rules) {
  int64_t twice = rules->again_after * 2;
  rules->again_after = !twice ? AGAIN : twice < AGAIN_MOST ? twice : AGAIN_MOST;
  rules->again = now_ms() + rules->again_after;
}

static void reload(struct rules *rules) {
  struct rules_made made;
  struct timespec since;
  char fault[128];
  int64_t began = now_ms();
  rules->first_change = rules->last_change = rules->again = 0;
  clock_gettime(CLOCK_REALTIME_COARSE, &since);
  rules_make(&made, &rules->options);
  watch_again(rules, made.diags, since);
  if (rules_made_good(&made)) {
    rules->again_after = 0;
    swap(rules, &made.ruleset);
    say_made(rules, "reloaded the rules", &made, began);
  } else {
    rules_made_fault(&made, fault, sizeof fault);
    rules_say(&rules->options, "warning", "kept the old rules, id %s: %s", assay_ruleset_id(rules->current), fault);
    if (made.status == ASSAY_NO_MEMORY || made.status == ASSAY_IO_ERROR) try_again(rules);
  }
  rules_made_free(&made);
}

static void wait_for_something(struct rules *rules) {
  struct pollfd fds[] = {{.fd = rules->wake, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
  uint64_t count;
  int64_t until = due(rules), now = now_ms();
  if (rules->watch) fds[1].fd = watch_fd(rules->watch);
  if (rules->watch && watch_blind(rules->watch) && (!until || rules->next_look < until)) until = rules->next_look;
  int wait = !until ? -1 : until <= now ? 0 : (int)(until - now);
  if (poll(fds, 2, wait) > 0 && fds[0].revents && read(rules->wake, &count, sizeof count) < 0) return;
}

static void *run(void *user) {
  struct rules *rules = user;
  for (;;) {
    wait_for_something(rules);
    look(rules);
    pthread_mutex_lock(&rules->lock);
    bool wished = rules->wished, ending = rules->ending;
    rules->wished = false;
    pthread_mutex_unlock(&rules->lock);
    if (ending) break;
    if (wished || (due(rules) && now_ms() >= due(rules))) reload(rules);
  }
  ring(rules->gone);
  return NULL;
}

/* Signals are for the threads that expect them. */
static bool start_thread(struct rules *rules) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&rules->thread, NULL, run, rules);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error) rules_say(&rules->options, "error", "no thread to reload rules in: error %d", error);
  rules->running = error == 0;
  return rules->running;
}

/* --- beginning and end --- */

static bool copy_paths(struct rules *rules, const struct rules_options *options) {
  char **paths = calloc(options->count + 1, sizeof *paths);
  rules->options.paths = (const char *const *)paths;
  for (size_t i = 0; paths && i < options->count; i++)
    if (!(paths[i] = strdup(options->paths[i]))) return false;
  return paths != NULL;
}

static bool make_parts(struct rules *rules, const struct rules_options *options) {
  rules->options = *options;
  rules->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  rules->gone = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  pthread_mutex_init(&rules->lock, NULL);
  bool whole = copy_paths(rules, options) && rules->wake >= 0 && rules->gone >= 0;
  if (options->watch) whole = (rules->watch = watch_new()) != NULL && whole;
  if (!whole) rules_say(&rules->options, "error", "the rules cannot be loaded: out of memory, or of descriptors");
  return whole;
}

/* The first rule set: with tests that fail it is still better than none, to whoever wants to serve. */
static bool load(struct rules *rules) {
  struct rules_made made;
  struct timespec since;
  int64_t began = now_ms();
  clock_gettime(CLOCK_REALTIME_COARSE, &since);
  rules_make(&made, &rules->options);
  bool compiled = made.status == ASSAY_OK, taken = compiled && (made.failed == 0 || !rules->options.tested);
  if (taken) {
    watch_again(rules, made.diags, since);
    swap(rules, &made.ruleset);
    say_made(rules, made.failed ? "loaded the rules in spite of tests that fail" : "loaded the rules", &made, began);
  } else {
    char fault[128];
    rules_made_fault(&made, fault, sizeof fault);
    const char *what = compiled ? "a reload would refuse the rules" : "the rules do not compile";
    rules_say(&rules->options, "error", "%s: %s", what, fault);
  }
  rules_made_free(&made);
  return taken;
}

bool rules_new(struct rules **out, const struct rules_options *options) {
  struct rules *rules = *out = calloc(1, sizeof *rules);
  if (!rules) {
    rules_say(options, "error", "the rules cannot be loaded: out of memory");
    return false;
  }
  if (make_parts(rules, options) && load(rules) && start_thread(rules)) return true;
  rules_free(rules);
  *out = NULL;
  return false;
}

bool rules_stop(struct rules *rules, int ms) {
  if (!rules || !rules->running) return true;
  struct pollfd gone = {.fd = rules->gone, .events = POLLIN};
  wake(rules, &rules->ending);
  if (poll(&gone, 1, ms) == 0) return false;
  pthread_join(rules->thread, NULL);
  rules->running = false;
  return true;
}

void rules_free(struct rules *rules) {
  if (!rules) return;
  rules_stop(rules, -1);
  assay_ruleset_unref(rules->current);
  watch_free(rules->watch);
  for (size_t i = 0; rules->options.paths && i < rules->options.count; i++)
    free((char *)(uintptr_t)rules->options.paths[i]);
  free((char **)(uintptr_t)rules->options.paths);
  if (rules->wake >= 0) close(rules->wake);
  if (rules->gone >= 0) close(rules->gone);
  pthread_mutex_destroy(&rules->lock);
  free(rules);
}
