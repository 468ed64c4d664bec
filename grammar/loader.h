/* Owns the interface through which the compiler asks for files; a host can give its own.
 * Must never know: a file system. */
#ifndef GRAMMAR_LOADER_H
#define GRAMMAR_LOADER_H

#include <assay/status.h>

#include "base/arena.h"

enum { RULE_FILE_MAX = 16 << 20, LIST_FILE_MAX = 1 << 30 };

struct loaded {
  struct text real;  /* what makes it the same file: its resolved path */
  char *bytes;
  size_t len;
  struct text error; /* the reason in words, when the status is not ASSAY_OK */
};

struct loader {
  void *user;
  /* Reads a whole file into the arena; refuses one longer than `limit` with ASSAY_OVER_LIMIT. */
  assay_status (*read)(void *user, struct arena *arena, struct text path, size_t limit, struct loaded *out);
  /* The files a path or glob names, in byte order; a folder: its *.rule files. None is no error. */
  assay_status (*expand)(void *user, struct arena *arena, struct text pattern, struct text **out, size_t *count);
};

#endif
