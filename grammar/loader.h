/* Owns the interface through which the compiler asks for files; a host can give its own.
 * Must never know: a file system. */
#ifndef GRAMMAR_LOADER_H
#define GRAMMAR_LOADER_H

#include <assay/status.h>

#include "base/arena.h"

enum { RULE_FILE_MAX = 64 << 20, LIST_FILE_MAX = 1 << 30 };

struct loaded {
  struct text real;  /* what makes it the same file: its resolved path */
  char *bytes;
  size_t len;
  struct text error; /* the reason in words, when the status is not ASSAY_OK */
};

/* What a path stands for: files, if it is a folder (its *.rule files) or a glob; else nothing. */
struct expanded {
  struct text *paths;
  size_t count;
  struct text error; /* as above */
  bool failed;       /* and reported: for the compiler's own use */
};

struct loader {
  void *user;
  /* Reads a whole file into the arena; refuses one longer than `limit` with ASSAY_OVER_LIMIT. */
  assay_status (*read)(void *user, struct arena *arena, struct text path, size_t limit, struct loaded *out);
  /* In the order in which they are to be read. */
  assay_status (*expand)(void *user, struct arena *arena, struct text path, struct expanded *out);
};

#endif
