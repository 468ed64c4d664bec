/* Owns the way from the root to a file: each name that could come to stand for another.
 * Must never know: who watches them. */
#ifndef DAEMON_RULES_WAY_H
#define DAEMON_RULES_WAY_H

#include <stdbool.h>

/* A name on the way, and the folder that it is looked up in, all links followed. Lives until the call returns. */
struct way_step {
  const char *folder; /* or the file at the end, whose name is then "" */
  const char *name;   /* there or not */
  bool wild;          /* the name is a pattern */
  bool more;          /* the way goes on behind it */
};

/* Calls back for each name on the way to a path, as far as there is one; of a folder at its end, for "*.rule"; of a
 * pattern in the midst, for each folder that it matches. */
void way_walk(const char *path, void (*see)(void *user, const struct way_step *step), void *user);

#endif
