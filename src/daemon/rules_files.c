/* Owns looking at files by what the system says of them: which there are, and when they changed.
 * Must never know: what is in them, or who waits for a change. */
#include "daemon/rules_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

struct look {
  struct files_seen seen;
  struct timespec now;
};

bool files_wild(const char *name) {
  return strpbrk(name, "*?[") != NULL;
}

static bool later(struct timespec a, struct timespec b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

/* Files are added up, for a folder gives them in no order. */
static void take(struct look *look, const char *name, const struct stat *info, int error) {
  uint64_t hash = mix(0, (uint64_t)error);
  for (const char *at = name; *at; at++) hash = mix(hash, (unsigned char)*at);
  if (!error) {
    const uint64_t values[] = {info->st_dev, info->st_ino, info->st_mode, (uint64_t)info->st_size,
                               (uint64_t)info->st_mtim.tv_sec, (uint64_t)info->st_mtim.tv_nsec,
                               (uint64_t)info->st_ctim.tv_sec, (uint64_t)info->st_ctim.tv_nsec};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) hash = mix(hash, values[i]);
    if (later(info->st_ctim, look->seen.newest) && !later(info->st_ctim, look->now)) look->seen.newest = info->st_ctim;
  }
  look->seen.mark += hash;
}

static void look_at_folder(struct look *look, const char *path) {
  DIR *folder = opendir(path);
  const struct dirent *entry;
  struct stat info;
  if (!folder) take(look, path, NULL, errno);
  while (folder && (entry = readdir(folder)) != NULL) {
    if (fnmatch("*.rule", entry->d_name, FNM_PERIOD) != 0) continue;
    take(look, entry->d_name, &info, fstatat(dirfd(folder), entry->d_name, &info, 0) == 0 ? 0 : errno);
  }
  if (folder) closedir(folder);
}

static void look_at_glob(struct look *look, const char *path) {
  glob_t found = {0};
  struct stat info;
  int result = glob(path, GLOB_NOSORT, NULL, &found);
  if (result != 0) take(look, path, NULL, result);
  for (size_t i = 0; result == 0 && i < found.gl_pathc; i++)
    take(look, found.gl_pathv[i], &info, stat(found.gl_pathv[i], &info) == 0 ? 0 : errno);
  globfree(&found);
}

static void look_at(struct look *look, const char *path) {
  struct stat info;
  int error = stat(path, &info) == 0 ? 0 : errno;
  if (error && files_wild(path))
    look_at_glob(look, path);
  else if (!error && S_ISDIR(info.st_mode))
    look_at_folder(look, path);
  else
    take(look, path, &info, error);
}

struct files_seen files_look(const char *const *paths, size_t count) {
  struct look look = {.seen = {0, {0, 0}}};
  clock_gettime(CLOCK_REALTIME, &look.now); /* not the coarse one: some kernels give files finer times */
  for (size_t i = 0; i < count; i++) look_at(&look, paths[i]);
  return look.seen;
}
