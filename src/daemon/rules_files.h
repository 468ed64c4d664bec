/* Owns looking at files by what the system says of them: which there are, and when they changed.
 * Must never know: what is in them, or who waits for a change. */
#ifndef DAEMON_RULES_FILES_H
#define DAEMON_RULES_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* What was seen of a set of paths. */
struct files_seen {
  uint64_t mark;          /* differs when one of the files does */
  struct timespec newest; /* the latest change that does not lie in the future */
};

/* Looks at each of the paths: a file, the *.rule files of a folder, what a glob matches; there or not. */
struct files_seen files_look(const char *const *paths, size_t count);

/* A name with a wild part, if no file is called just so. */
bool files_wild(const char *name);

#endif
