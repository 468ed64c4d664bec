/* Owns the default loader: rule and list files from the file system.
 * Must never know: what is written in them. */
#ifndef LIB_LOADER_FS_H
#define LIB_LOADER_FS_H

#include "grammar/loader.h"

/* Static; it keeps no state. */
extern const struct loader loader_fs;

#endif
