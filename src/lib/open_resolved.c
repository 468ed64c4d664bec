/* Owns the opening of a file whose path has been resolved and found good, so that it is that file and no other.
 * Must never know: what is in it, or why it was good. */
#define _GNU_SOURCE /* for O_PATH */
#include "lib/open_resolved.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* A folder need only be passed through, not listed. */
#if defined(O_PATH)
enum { PASS = O_PATH };
#elif defined(O_SEARCH)
enum { PASS = O_SEARCH };
#else
enum { PASS = O_RDONLY };
#endif

int open_resolved(char *path) {
  enum { FOLDER = PASS | O_DIRECTORY, FILE_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY };
  char *rest = NULL, *part = strtok_r(path, "/", &rest);
  int at = open("/", (part ? PASS : O_RDONLY) | O_DIRECTORY | O_CLOEXEC);
  while (at >= 0 && part) {
    char *next = strtok_r(NULL, "/", &rest);
    int below = openat(at, part, (next ? FOLDER : FILE_FLAGS) | O_NOFOLLOW | O_CLOEXEC);
    int error = errno;
    close(at);
    errno = error;
    at = below;
    part = next;
  }
  return at;
}
