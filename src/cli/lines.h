/* Owns the reading of an input in lines, in bounded memory.
 * Must never know: what a line says. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_LONGEST (1024u * 1024u)

enum lines_result {
  LINES_LINE,
  LINES_TOO_LONG, /* a line above LINE_LONGEST; it was passed over to its end */
  LINES_END,
  LINES_ERROR /* errno is in lines->error */
};

struct lines {
  int fd;
  int error;
  char *buffer; /* a line is handed out where it stands, so its reader may write over it */
  size_t begin, end;
  size_t searched; /* no newline before this */
  bool at_end;
  uint64_t bytes, number; /* read so far; the number of the line last answered, from 1 */
  bool (*idle)(void *user); /* called before a read that would wait; false: the input ends here. May be NULL */
  void *user;
};

/* False when there is no memory. The descriptor stays the caller's. */
bool lines_init(struct lines *lines, int fd, bool (*idle)(void *user), void *user);
void lines_free(struct lines *lines);

/* The line, without its newline, is valid until the next call. A last line without a newline is a line. */
enum lines_result lines_next(struct lines *lines, char **line, size_t *len);

#endif
