/* Owns the log: lines of keys and values for standard error, batched, one place for all threads.
 * Must never know: what happened. */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "proto/bytes.h"

/* Whether a write to the descriptor may block. */
enum log_way { LOG_MAY_BLOCK, LOG_NEED_NOT_BLOCK, LOG_NEVER_BLOCKS };

struct log {
  int fd;
  enum log_way way;
  bool json;
  pthread_mutex_t lock; /* over the descriptor and what follows */
  bool stalled, cut;    /* the last attempt failed; and left a line without its end */
  unsigned long long lost, told; /* lines that could not be written; as far as the log says so */
};

void log_init(struct log *log, int fd);
void log_close(struct log *log);

/* RFC 3339, UTC: "2026-11-30T08:15:00.250Z", without a NUL; of a year that four digits can say. */
enum { LOG_TIME = 24 };
void log_time(char out[LOG_TIME], const struct timespec *when);

/* A line being written into a buffer of the caller's; values from strangers cannot end it, nor begin another key. */
struct log_line {
  struct bytes *out;
  bool json;
};

struct log_line log_begin(const struct log *log, struct bytes *out, const char *level, const char *event);
void log_text(struct log_line *line, const char *key, const char *value, size_t len);
void log_word(struct log_line *line, const char *key, const char *value); /* NUL-terminated */
void log_own(struct log_line *line, const char *key, const char *word); /* one of our own: letters and digits */
void log_uint(struct log_line *line, const char *key, uint64_t value);
void log_milli(struct log_line *line, const char *key, int64_t thousandths);
void log_bool(struct log_line *line, const char *key, bool value);
void log_end(struct log_line *line);

/* Writes the buffer, whole lines, and empties it. From any thread. What cannot be written is lost, and counted. */
void log_flush(struct log *log, struct bytes *out);

/* One line of text, at once. */
void log_say(struct log *log, const char *level, const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Lets one line a second through of those that share it; *held is how many it kept back since. */
struct log_gate {
  _Atomic uint64_t next_ms;
  atomic_ullong held;
};

bool log_gate_opens(struct log_gate *gate, uint64_t now_ms, uint64_t *held);

#endif
