/* Owns the way from the root to a file: each name that could come to stand for another.
 * Must never know: who watches them. */
#include "daemon/rules_way.h"

#include <dirent.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/rules_files.h"

enum { LINKS_MAX = 40, PATTERNS_MAX = 8 };

struct way {
  char folder[PATH_MAX]; /* reached so far, all links followed */
  char rest[PATH_MAX];
  unsigned links, patterns;
  void (*see)(void *user, const struct way_step *step);
  void *user;
};

static void walk(struct way *way);

static bool join(char out[PATH_MAX], const char *folder, const char *rest) {
  bool root = strcmp(folder, "/") == 0;
  int len = snprintf(out, PATH_MAX, "%s%s%s", root ? "" : folder, rest[0] == '/' ? "" : "/", rest);
  return len > 0 && len < PATH_MAX;
}

/* Moves the next name out of the rest; false at the end. */
static bool take_name(struct way *way, char name[NAME_MAX + 1]) {
  const char *at = way->rest + strspn(way->rest, "/");
  size_t len = strcspn(at, "/");
  if (len == 0 || len > NAME_MAX) return false;
  memcpy(name, at, len);
  name[len] = '\0';
  at += len + strspn(at + len, "/");
  memmove(way->rest, at, strlen(at) + 1);
  return true;
}

static void see(const struct way *way, const char *folder, const char *name, bool wild, bool more) {
  way->see(way->user, &(struct way_step){folder, name, wild, more});
}

static void go_up(struct way *way) {
  char *slash = strrchr(way->folder, '/');
  slash[slash == way->folder] = '\0';
}

/* What a link says comes before the rest; from the root, or from the folder that the link lies in. */
static bool follow(struct way *way, const char *link) {
  char target[PATH_MAX], whole[PATH_MAX];
  ssize_t len = readlink(link, target, sizeof target - 1);
  if (len <= 0 || ++way->links > LINKS_MAX) return false;
  target[len] = '\0';
  if (target[0] == '/') strcpy(way->folder, "/");
  len = snprintf(whole, sizeof whole, "%s/%s", target, way->rest);
  if (len >= (ssize_t)sizeof whole) return false;
  memcpy(way->rest, whole, (size_t)len + 1);
  return true;
}

static void fan_out(const struct way *way, const char *pattern) {
  DIR *folder = way->patterns < PATTERNS_MAX ? opendir(way->folder) : NULL;
  const struct dirent *entry;
  while (folder && (entry = readdir(folder)) != NULL) {
    struct way branch = *way;
    branch.patterns++;
    if (fnmatch(pattern, entry->d_name, FNM_PERIOD) == 0 && join(branch.rest, entry->d_name, way->rest)) walk(&branch);
  }
  if (folder) closedir(folder);
}

/* False where the way ends: at a file, or where nothing is. */
static bool step(struct way *way, const char *name) {
  char path[PATH_MAX];
  struct stat info;
  if (strcmp(name, ".") == 0) return true;
  if (strcmp(name, "..") == 0) {
    go_up(way);
    return true;
  }
  if (!join(path, way->folder, name)) return false;
  bool there = lstat(path, &info) == 0, wild = !there && files_wild(name), more = way->rest[0] != '\0';
  see(way, way->folder, name, wild, more || (there && !S_ISREG(info.st_mode)));
  if (wild && more) fan_out(way, name);
  if (!there) return false;
  if (S_ISLNK(info.st_mode)) return follow(way, path);
  if (S_ISREG(info.st_mode)) see(way, path, "", false, false);
  if (S_ISDIR(info.st_mode)) strcpy(way->folder, path);
  return S_ISDIR(info.st_mode);
}

static void walk(struct way *way) {
  char name[NAME_MAX + 1];
  bool on = true;
  while (on && take_name(way, name)) on = step(way, name);
  if (on) see(way, way->folder, "*.rule", true, false);
}

void way_walk(const char *path, void (*callback)(void *user, const struct way_step *step), void *user) {
  struct way way = {.folder = "/", .see = callback, .user = user};
  char here[PATH_MAX] = "/";
  if (path[0] != '/' && !getcwd(here, sizeof here)) return;
  if (join(way.rest, here, path)) walk(&way);
}
