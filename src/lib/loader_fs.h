/* Owns the default loader: rule and list files from the file system, from below given folders only.
 * Must never know: what is written in them. */
#ifndef LIB_LOADER_FS_H
#define LIB_LOADER_FS_H

#include "grammar/loader.h"

/* The folders that files may come from, resolved; none: any. */
struct fs_roots {
  struct text *paths;
  size_t count;
};

/* Resolves the folders, into the arena. ASSAY_NOT_FOUND when one is no folder. */
assay_status fs_roots_resolve(struct fs_roots *out, struct arena *arena, const char *const *roots, size_t count);

/* Borrows the roots. */
struct loader loader_fs(const struct fs_roots *roots);

#endif
