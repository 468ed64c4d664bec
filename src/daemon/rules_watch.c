/* Owns the watch over the files that rules come from: each on its whole way, through folders and links.
 * Must never know: what is in them, or what a change leads to. */
#include "daemon/rules_watch.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemon/rules_files.h"
#include "daemon/rules_way.h"

/* That a name comes to stand for something else; and that what it stands for changes. */
#define NAMES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
#define BYTES (IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB)

/* A name in a folder, or "" for the file itself. */
struct place {
  int wd; /* inotify's number for the folder or file */
  bool way; /* something behind it is watched, too */
  char *name;
};

struct places {
  struct place *at; /* sorted by number, then by name */
  size_t count, cap;
};

/* What is watched. Patterns are few: they are tried one by one. */
struct sights {
  struct places exact, wild;
  int fd, blind;
  bool failed; /* memory was out */
};

struct watch {
  struct sights sights;
  char **paths;
  size_t count;
};

/* --- places --- */

static void places_free(struct places *places) {
  for (size_t i = 0; i < places->count; i++) free(places->at[i].name);
  free(places->at);
}

static int by_wd(const void *a, const void *b) {
  const struct place *x = a, *y = b;
  return (x->wd > y->wd) - (x->wd < y->wd);
}

static int by_name(const void *a, const void *b) {
  const struct place *x = a, *y = b;
  int order = by_wd(a, b);
  return order ? order : strcmp(x->name, y->name);
}

static bool places_add(struct places *places, int wd, const char *name, bool way) {
  if (places->count == places->cap) {
    size_t cap = places->cap ? places->cap * 2 : 64;
    struct place *at = realloc(places->at, cap * sizeof *at);
    if (!at) return false;
    places->at = at;
    places->cap = cap;
  }
  char *copy = strdup(name);
  if (copy) places->at[places->count++] = (struct place){wd, way, copy};
  return copy != NULL;
}

/* Sorts, and makes one of those that are the same. */
static void places_tidy(struct places *places) {
  size_t kept = 0;
  if (places->count) qsort(places->at, places->count, sizeof *places->at, by_name);
  for (size_t i = 0; i < places->count; i++) {
    struct place *last = kept ? &places->at[kept - 1] : NULL;
    if (last && by_name(last, &places->at[i]) == 0) {
      last->way |= places->at[i].way;
      free(places->at[i].name);
    } else {
      places->at[kept++] = places->at[i];
    }
  }
  places->count = kept;
}

static bool has_wd(const struct places *places, int wd) {
  const struct place key = {.wd = wd};
  return places->count && bsearch(&key, places->at, places->count, sizeof key, by_wd);
}

/* --- sights --- */

static void sights_free(struct sights *sights) {
  places_free(&sights->exact);
  places_free(&sights->wild);
}

/* A folder or file that went away meanwhile is no matter: whoever took it away is seen in the folder above. */
static int look_into(struct sights *sights, const char *path, uint32_t events) {
  int wd = inotify_add_watch(sights->fd, path, events | IN_MASK_ADD);
  if (wd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP && errno != ENAMETOOLONG) sights->blind = errno;
  return wd;
}

static void see(void *user, const struct way_step *step) {
  struct sights *sights = user;
  uint32_t events = step->name[0] == '\0' ? BYTES : IN_ONLYDIR | NAMES | (step->more ? 0 : BYTES);
  int wd = look_into(sights, step->folder, events);
  if (wd < 0) return;
  if (!places_add(step->wild ? &sights->wild : &sights->exact, wd, step->name, step->more)) sights->failed = true;
}

/* The kernel need not tell any more what only the old ones looked into. */
static void forget(const struct sights *old, const struct places *places, const struct sights *fresh) {
  for (size_t i = 0; i < places->count; i++) {
    int wd = places->at[i].wd;
    if (i && places->at[i - 1].wd == wd) continue;
    if (!has_wd(&fresh->exact, wd) && !has_wd(&fresh->wild, wd)) inotify_rm_watch(old->fd, wd);
  }
}

static bool watch_paths(struct watch *watch, const char *const *paths, size_t count) {
  struct sights *old = &watch->sights, fresh = {.fd = old->fd, .blind = old->fd < 0 ? old->blind : 0};
  for (size_t i = 0; fresh.fd >= 0 && i < count; i++) way_walk(paths[i], see, &fresh);
  if (fresh.failed) {
    sights_free(&fresh);
    return false;
  }
  places_tidy(&fresh.exact);
  places_tidy(&fresh.wild);
  forget(old, &old->exact, &fresh);
  forget(old, &old->wild, &fresh);
  sights_free(old);
  *old = fresh;
  return true;
}

/* --- the watch --- */

static void paths_free(char **paths, size_t count) {
  for (size_t i = 0; i < count; i++) free(paths[i]);
  free(paths);
}

struct watch *watch_new(void) {
  struct watch *watch = calloc(1, sizeof *watch);
  if (!watch) return NULL;
  watch->sights.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch->sights.fd < 0) watch->sights.blind = errno;
  return watch;
}

void watch_free(struct watch *watch) {
  if (!watch) return;
  if (watch->sights.fd >= 0) close(watch->sights.fd);
  sights_free(&watch->sights);
  paths_free(watch->paths, watch->count);
  free(watch);
}

bool watch_set(struct watch *watch, const char *const *paths, size_t count) {
  char **copies = calloc(count + 1, sizeof *copies);
  bool whole = copies != NULL;
  for (size_t i = 0; whole && i < count; i++) whole = (copies[i] = strdup(paths[i])) != NULL;
  if (!whole || !watch_paths(watch, paths, count)) {
    if (copies) paths_free(copies, count);
    return false;
  }
  paths_free(watch->paths, watch->count);
  watch->paths = copies;
  watch->count = count;
  return true;
}

int watch_fd(const struct watch *watch) {
  return watch->sights.fd;
}

int watch_blind(const struct watch *watch) {
  return watch->sights.blind;
}

/* What an event was to; NULL when it was to a name that is no matter. */
static const struct place *place_of(const struct sights *sights, const struct inotify_event *event) {
  const struct place key = {.wd = event->wd, .name = (char *)(uintptr_t)(event->len ? event->name : "")};
  const struct places *wild = &sights->wild;
  const struct place *found =
      sights->exact.count ? bsearch(&key, sights->exact.at, sights->exact.count, sizeof key, by_name) : NULL;
  for (size_t i = 0; !found && i < wild->count; i++)
    if (wild->at[i].wd == key.wd && fnmatch(wild->at[i].name, key.name, FNM_PERIOD) == 0) found = &wild->at[i];
  return found;
}

bool watch_read(struct watch *watch) {
  _Alignas(struct inotify_event) char events[16384];
  bool changed = false, moved = false;
  ssize_t got;
  while ((got = read(watch->sights.fd, events, sizeof events)) > 0 || (got < 0 && errno == EINTR)) {
    const struct inotify_event *event;
    for (ssize_t at = 0; at < got; at += (ssize_t)(sizeof *event + event->len)) {
      event = (const struct inotify_event *)(const void *)(events + at);
      const struct place *place = event->mask & IN_IGNORED ? NULL : place_of(&watch->sights, event);
      bool lost = event->mask & (IN_Q_OVERFLOW | IN_UNMOUNT);
      changed = changed || place || lost;
      moved = moved || (place && place->way) || lost;
    }
  }
  /* A folder or link on the way is another one now. Without memory the next reload sees to it. */
  if (moved) (void)watch_paths(watch, (const char *const *)watch->paths, watch->count);
  return changed;
}

uint64_t watch_mark(const struct watch *watch) {
  return files_look((const char *const *)watch->paths, watch->count).mark;
}

bool watch_changed_since(const struct watch *watch, struct timespec since) {
  struct timespec newest = files_look((const char *const *)watch->paths, watch->count).newest;
  return newest.tv_sec != since.tv_sec ? newest.tv_sec > since.tv_sec : newest.tv_nsec >= since.tv_nsec;
}
