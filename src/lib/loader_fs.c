/* Owns the default loader: rule and list files from the file system, from below given folders only.
 * Must never know: what is written in them. */
#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE 700
#include "lib/loader_fs.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/open_resolved.h"

static assay_status refuse(struct arena *arena, struct loaded *out, const char *why, assay_status status) {
  out->error = arena_text(arena, text_from(why));
  return status;
}

static assay_status refuse_errno(struct arena *arena, struct loaded *out, int error) {
  char words[128];
  if (strerror_r(error, words, sizeof words) != 0) strcpy(words, "unknown error");
  return refuse(arena, out, words, error == ENOENT || error == ENOTDIR ? ASSAY_NOT_FOUND : ASSAY_IO_ERROR);
}

/* --- roots --- */

assay_status fs_roots_resolve(struct fs_roots *out, struct arena *arena, const char *const *roots, size_t count) {
  char real[PATH_MAX];
  struct stat info;
  *out = (struct fs_roots){arena_array(arena, count, sizeof *out->paths), 0};
  for (size_t i = 0; out->paths && i < count; i++) {
    if (!realpath(roots[i], real) || stat(real, &info) != 0 || !S_ISDIR(info.st_mode))
      return ASSAY_NOT_FOUND;
    out->paths[out->count++] = arena_text(arena, text_from(real));
  }
  return arena->failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}

/* The root that a resolved path lies in, or is; NULL when there is none. "/etc/assay" is not in "/etc/ass". */
static const struct text *root_of(const struct fs_roots *roots, const char *real) {
  struct text path = text_from(real);
  for (size_t i = 0; i < roots->count; i++) {
    const struct text *root = &roots->paths[i];
    bool slash = root->ptr[root->len - 1] == '/';
    if (text_starts(path, *root) && (slash || path.len == root->len || path.ptr[root->len] == '/')) return root;
  }
  return NULL;
}

static bool allowed(const struct fs_roots *roots, const char *real) {
  return roots->count == 0 || root_of(roots, real);
}

/* Reads to the end of the file, which may have grown or shrunk since it was measured. */
static assay_status read_all(int fd, struct arena *arena, size_t size, size_t limit, struct loaded *out) {
  out->bytes = arena_new(arena, size + 1);
  if (!out->bytes) return ASSAY_NO_MEMORY;
  while (out->len < size + 1) {
    ssize_t got = read(fd, out->bytes + out->len, size + 1 - out->len);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse_errno(arena, out, errno);
    if (got == 0) break;
    out->len += (size_t)got;
  }
  if (out->len > limit) return ASSAY_OVER_LIMIT;
  if (out->len > size) return refuse(arena, out, "it grew while it was being read", ASSAY_IO_ERROR);
  return ASSAY_OK;
}

static assay_status read_open(int fd, struct arena *arena, size_t limit, struct loaded *out) {
  struct stat info;
  if (fstat(fd, &info) != 0) return refuse_errno(arena, out, errno);
  if (S_ISDIR(info.st_mode)) return refuse(arena, out, "it is a folder without *.rule files", ASSAY_NOT_FOUND);
  if (!S_ISREG(info.st_mode)) return refuse(arena, out, "it is not a regular file", ASSAY_IO_ERROR);
  if ((unsigned long long)info.st_size > limit) return ASSAY_OVER_LIMIT;
  return read_all(fd, arena, (size_t)info.st_size, limit, out);
}

static assay_status fs_read(void *user, struct arena *arena, struct text path, size_t limit, struct loaded *out) {
  char real[PATH_MAX];
  struct text name = arena_text(arena, path);
  if (arena->failed) return ASSAY_NO_MEMORY;
  if (memchr(name.ptr, '\0', name.len)) return refuse(arena, out, "a path holds no NUL", ASSAY_NOT_FOUND);
  if (!realpath(name.ptr, real)) return refuse_errno(arena, out, errno);
  if (!allowed(user, real))
    return refuse(arena, out, "it lies outside the folders that files may come from", ASSAY_NOT_FOUND);
  out->real = arena_text(arena, text_from(real));
  int fd = open_resolved(real);
  if (fd < 0) return refuse_errno(arena, out, errno);
  assay_status status = read_open(fd, arena, limit, out);
  close(fd);
  return arena->failed ? ASSAY_NO_MEMORY : status;
}

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static assay_status run_glob(struct arena *arena, const char *pattern, struct expanded *out) {
  glob_t found = {0};
  int result = glob(pattern, GLOB_NOSORT, NULL, &found);
  assay_status status = result == GLOB_NOSPACE ? ASSAY_NO_MEMORY : ASSAY_OK;
  out->paths = result == 0 ? arena_array(arena, found.gl_pathc, sizeof *out->paths) : NULL;
  if (result == 0) qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, by_bytes);
  for (size_t i = 0; out->paths && i < found.gl_pathc; i++)
    out->paths[out->count++] = arena_text(arena, text_from(found.gl_pathv[i]));
  globfree(&found);
  return arena->failed ? ASSAY_NO_MEMORY : status;
}

/* Glob characters in the name of the folder itself stand for themselves. */
static struct text quoted(struct arena *arena, struct text path) {
  char *out = arena_new(arena, path.len * 2 + 1);
  size_t len = 0;
  for (size_t i = 0; out && i < path.len; i++) {
    if (strchr("*?[\\", path.ptr[i])) out[len++] = '\\';
    out[len++] = path.ptr[i];
  }
  return out ? text_of(out, len) : TEXT("");
}

/* What is not allowed is not listed either: reading the path itself then says why. */
static bool may_list(const struct fs_roots *roots, const char *folder) {
  char real[PATH_MAX];
  return roots->count == 0 || (realpath(folder, real) && allowed(roots, real));
}

static assay_status expand_folder(const struct fs_roots *roots, struct arena *arena, struct text name,
                                  struct expanded *out) {
  if (!may_list(roots, name.ptr)) return ASSAY_OK;
  while (name.len > 1 && name.ptr[name.len - 1] == '/') name.len--;
  struct text folder = quoted(arena, name);
  struct text all = arena_printf(arena, "%.*s/*.rule", (int)folder.len, folder.ptr);
  return arena->failed ? ASSAY_NO_MEMORY : run_glob(arena, all.ptr, out);
}

/* A glob is searched from the folder before its first wild part. */
static assay_status expand_glob(const struct fs_roots *roots, struct arena *arena, struct text name, const char *wild,
                                struct expanded *out) {
  size_t len = (size_t)(wild - name.ptr);
  while (len > 0 && name.ptr[len - 1] != '/') len--;
  struct text folder = len ? arena_text(arena, text_of(name.ptr, len)) : TEXT(".");
  if (arena->failed) return ASSAY_NO_MEMORY;
  return may_list(roots, folder.ptr) ? run_glob(arena, name.ptr, out) : ASSAY_OK;
}

static assay_status fs_expand(void *user, struct arena *arena, struct text path, struct expanded *out) {
  struct stat info;
  struct text name = arena_text(arena, path);
  if (arena->failed) return ASSAY_NO_MEMORY;
  if (memchr(name.ptr, '\0', name.len)) return ASSAY_OK;
  if (stat(name.ptr, &info) == 0)
    return S_ISDIR(info.st_mode) ? expand_folder(user, arena, name, out) : ASSAY_OK;
  const char *wild = strpbrk(name.ptr, "*?[");
  bool is_glob = wild && !strstr(wild, "/../"); /* going down and up again multiplies what is searched */
  return is_glob ? expand_glob(user, arena, name, wild, out) : ASSAY_OK;
}

struct loader loader_fs(const struct fs_roots *roots) {
  return (struct loader){(void *)(uintptr_t)roots, fs_read, fs_expand};
}
