/* Owns the reading of an input in lines, in bounded memory.
 * Must never know: what a line says. */
#include "cli/lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_MOST (256u * 1024u)
#define BUFFER_SIZE (LINE_LONGEST + READ_MOST)

bool lines_init(struct lines *lines, int fd, bool (*idle)(void *user), void *user) {
  *lines = (struct lines){.fd = fd, .buffer = malloc(BUFFER_SIZE), .idle = idle, .user = user};
  return lines->buffer != NULL;
}

void lines_free(struct lines *lines) {
  free(lines->buffer);
  lines->buffer = NULL;
}

/* Waits in poll, not in read: so the answers so far go out first, and a non-blocking descriptor does no harm. False
 * when nobody wants any more. */
static bool wait_for_input(struct lines *lines) {
  struct pollfd ready = {.fd = lines->fd, .events = POLLIN};
  if (poll(&ready, 1, 0) != 0) return true;
  if (lines->idle && !lines->idle(lines->user)) return false;
  while (poll(&ready, 1, -1) < 0 && errno == EINTR) {
  }
  return true;
}

/* Reads once behind what there is. */
static bool fill(struct lines *lines) {
  if (lines->begin > 0) {
    memmove(lines->buffer, lines->buffer + lines->begin, lines->end - lines->begin);
    lines->end -= lines->begin;
    lines->searched -= lines->begin;
    lines->begin = 0;
  }
  size_t room = BUFFER_SIZE - lines->end;
  ssize_t got;
  do {
    got = 0;
    if (!wait_for_input(lines)) break;
    got = read(lines->fd, lines->buffer + lines->end, room < READ_MOST ? room : READ_MOST);
  } while (got < 0 && (errno == EINTR || errno == EAGAIN));
  if (got < 0) {
    lines->error = errno;
    return false;
  }
  lines->at_end = got == 0;
  lines->end += (size_t)got;
  lines->bytes += (uint64_t)got;
  return true;
}

/* The newline of the line at begin; NULL at the end of the input, after an error, or past the longest line. */
static char *find_newline(struct lines *lines) {
  for (;;) {
    char *newline = NULL;
    if (lines->searched < lines->end)
      newline = memchr(lines->buffer + lines->searched, '\n', lines->end - lines->searched);
    if (newline) return newline;
    lines->searched = lines->end;
    if (lines->at_end || lines->end - lines->begin > LINE_LONGEST || !fill(lines)) return NULL;
  }
}

/* Drops what was read until a newline or the end comes. */
static enum lines_result pass_over(struct lines *lines) {
  char *newline = NULL;
  while (!newline && !lines->at_end && lines->error == 0) {
    lines->begin = lines->end = lines->searched = 0;
    if (!fill(lines)) return LINES_ERROR;
    newline = memchr(lines->buffer, '\n', lines->end);
  }
  lines->begin = lines->searched = newline ? (size_t)(newline - lines->buffer) + 1 : lines->end;
  return LINES_TOO_LONG;
}

enum lines_result lines_next(struct lines *lines, char **line, size_t *len) {
  char *newline = find_newline(lines);
  if (lines->error != 0) return LINES_ERROR;
  if (!newline && lines->begin == lines->end) return LINES_END;
  size_t stop = newline ? (size_t)(newline - lines->buffer) : lines->end;
  lines->number++;
  if (stop - lines->begin > LINE_LONGEST) {
    if (!newline) return pass_over(lines);
    lines->begin = lines->searched = stop + 1;
    return LINES_TOO_LONG;
  }
  *line = lines->buffer + lines->begin;
  *len = stop - lines->begin;
  lines->begin = lines->searched = newline ? stop + 1 : stop;
  return LINES_LINE;
}
