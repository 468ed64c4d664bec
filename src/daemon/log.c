/* Owns the log: lines of keys and values for standard error, batched, one place for all threads.
 * Must never know: what happened. */
#include "daemon/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe that poll calls ready takes a piece of this size without blocking, as long as nobody else writes. */
enum { GATE_MS = 1000, PATIENCE_MS = 100, SAID_MOST = 1000, PIECE = 4096 };

/* --- values --- */

static void put_key(struct log_line *line, const char *key) {
  size_t len = strlen(key);
  if (line->out->cap - line->out->len < len + 4 && !bytes_reserve(line->out, len + 4)) return;
  char *at = line->out->ptr + line->out->len;
  *at++ = line->json ? ',' : ' ';
  if (line->json) *at++ = '"';
  memcpy(at, key, len);
  at += len;
  if (line->json) *at++ = '"';
  *at++ = line->json ? ':' : '=';
  line->out->len = (size_t)(at - line->out->ptr);
}

/* Printable ASCII but for blanks and what logfmt reads. */
static bool is_plain(const char *value, size_t len) {
  static const bool odd[UCHAR_MAX + 1] = {['"'] = true, ['='] = true, ['\\'] = true};
  bool plain = len > 0;
  for (size_t i = 0; i < len; i++) {
    unsigned char byte = (unsigned char)value[i];
    plain = plain && byte > ' ' && byte <= '~' && !odd[byte];
  }
  return plain;
}

/* In logfmt a value with anything odd in it stands in quotes, with the escapes of JSON. */
void log_text(struct log_line *line, const char *key, const char *value, size_t len) {
  put_key(line, key);
  if (!line->json && is_plain(value, len))
    bytes_add(line->out, value, len);
  else
    bytes_json(line->out, value, len);
}

void log_word(struct log_line *line, const char *key, const char *value) {
  log_text(line, key, value, strlen(value));
}

void log_own(struct log_line *line, const char *key, const char *word) {
  put_key(line, key);
  if (line->json) bytes_byte(line->out, '"');
  bytes_str(line->out, word);
  if (line->json) bytes_byte(line->out, '"');
}

void log_uint(struct log_line *line, const char *key, uint64_t value) {
  put_key(line, key);
  bytes_uint(line->out, value);
}

void log_milli(struct log_line *line, const char *key, int64_t thousandths) {
  put_key(line, key);
  bytes_milli(line->out, thousandths);
}

void log_bool(struct log_line *line, const char *key, bool value) {
  put_key(line, key);
  bytes_str(line->out, value ? "true" : "false");
}

/* --- lines --- */

/* The second that a thread printed last is kept: most lines are of the same one, and gmtime_r takes a lock that all
 * threads share. */
void log_time(char out[LOG_TIME], const struct timespec *when) {
  static _Thread_local struct {
    bool valid;
    time_t second;
    char text[sizeof "2026-11-30T08:15:00"];
  } kept;
  struct tm parts;
  if (!kept.valid || kept.second != when->tv_sec) {
    gmtime_r(&when->tv_sec, &parts);
    strftime(kept.text, sizeof kept.text, "%Y-%m-%dT%H:%M:%S", &parts);
    kept.second = when->tv_sec;
    kept.valid = true;
  }
  unsigned ms = (unsigned)(when->tv_nsec / 1000000);
  const char end[] = {'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 'Z'};
  memcpy(out, kept.text, LOG_TIME - sizeof end);
  memcpy(out + LOG_TIME - sizeof end, end, sizeof end);
}

static void put_time(struct bytes *out) {
  struct timespec now;
  char text[LOG_TIME];
  clock_gettime(CLOCK_REALTIME, &now);
  log_time(text, &now);
  bytes_add(out, text, sizeof text);
}

struct log_line log_begin(const struct log *log, struct bytes *out, const char *level, const char *event) {
  struct log_line line = {.out = out, .json = log->json};
  if (line.json) {
    BYTES_LITERAL(out, "{\"time\":\"");
    put_time(out);
    BYTES_LITERAL(out, "\",\"level\":\"");
    bytes_str(out, level);
    BYTES_LITERAL(out, "\",\"event\":\"");
    bytes_str(out, event);
    bytes_byte(out, '"');
  } else {
    BYTES_LITERAL(out, "time=");
    put_time(out);
    BYTES_LITERAL(out, " level=");
    bytes_str(out, level);
    BYTES_LITERAL(out, " event=");
    bytes_str(out, event);
  }
  return line;
}

void log_end(struct log_line *line) {
  if (line->json) bytes_byte(line->out, '}');
  bytes_byte(line->out, '\n');
}

/* A socket can be told by the call not to block, a file and /dev/null have always room. */
static enum log_way way_of(int fd) {
  struct stat about, null;
  int type;
  socklen_t size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
    return type == SOCK_STREAM ? LOG_NEED_NOT_BLOCK : LOG_MAY_BLOCK;
  if (fstat(fd, &about) != 0) return LOG_MAY_BLOCK;
  bool nowhere = S_ISCHR(about.st_mode) && stat("/dev/null", &null) == 0 && about.st_rdev == null.st_rdev;
  return nowhere || S_ISREG(about.st_mode) ? LOG_NEVER_BLOCKS : LOG_MAY_BLOCK;
}

void log_init(struct log *log, int fd) {
  *log = (struct log){.fd = fd, .way = way_of(fd)};
  pthread_mutex_init(&log->lock, NULL);
}

void log_close(struct log *log) {
  pthread_mutex_destroy(&log->lock);
}

/* As much as it takes without blocking, which poll must have called it ready for unless it is one that needs none. The
 * descriptor is others' as well, so it may block, and is not made not to. */
static ssize_t write_piece(const struct log *log, const char *ptr, size_t len) {
  if (log->way == LOG_NEVER_BLOCKS) return write(log->fd, ptr, len);
  if (log->way == LOG_NEED_NOT_BLOCK) return send(log->fd, ptr, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  return write(log->fd, ptr, len < PIECE ? len : PIECE);
}

/* What poll says of the descriptor, within the time that is left. */
static int wait_ready(const struct log *log, int *left_ms) {
  struct pollfd ready = {log->fd, POLLOUT, 0};
  struct timespec began, now;
  clock_gettime(CLOCK_MONOTONIC, &began);
  int found = poll(&ready, 1, *left_ms);
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t ms = (now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000;
  *left_ms = ms < *left_ms ? *left_ms - (int)ms : 0;
  return found;
}

/* How much of it could be written. A reader that is slow is waited for a little, in all; mail is not held up for a
 * log. */
static size_t write_some(struct log *log, const char *ptr, size_t len) {
  size_t written = 0;
  bool ask = log->way == LOG_MAY_BLOCK;
  int left_ms = log->stalled ? 0 : PATIENCE_MS;
  while (written < len) {
    int found = ask ? wait_ready(log, &left_ms) : 1;
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0) break;
    ssize_t done = write_piece(log, ptr + written, len - written);
    if (done < 0 && (errno == EINTR || errno == EAGAIN)) {
      ask = true;
      continue;
    }
    if (done < 0) break;
    written += (size_t)done;
  }
  log->stalled = written < len;
  return written;
}

static unsigned long long count_lines(const char *ptr, size_t len) {
  unsigned long long lines = 0;
  for (size_t i = 0; i < len; i++) lines += ptr[i] == '\n';
  return lines;
}

/* What could not be written is told of as soon as something can; a line that was cut is ended before. */
static void tell_lost(struct log *log) {
  struct bytes out = {0};
  if (log->lost == log->told) return;
  if (log->cut) bytes_byte(&out, '\n');
  struct log_line line = log_begin(log, &out, "warning", "log");
  log_word(&line, "msg", "lines could not be written, and are lost");
  log_uint(&line, "lines", log->lost - log->told);
  log_end(&line);
  size_t written = out.failed ? 0 : write_some(log, out.ptr, out.len);
  if (written > 0) log->cut = written < out.len;
  if (!out.failed && written == out.len) log->told = log->lost;
  bytes_free(&out);
}

void log_flush(struct log *log, struct bytes *out) {
  if (out->len == 0 && !out->failed) return;
  pthread_mutex_lock(&log->lock);
  tell_lost(log);
  size_t written = out->failed || log->lost != log->told ? 0 : write_some(log, out->ptr, out->len);
  if (written < out->len || out->failed) {
    log->lost += count_lines(out->ptr + written, out->len - written) + out->failed;
    if (written > 0) log->cut = out->ptr[written - 1] != '\n';
  }
  pthread_mutex_unlock(&log->lock);
  out->len = 0;
  out->failed = false;
}

void log_say(struct log *log, const char *level, const char *event, const char *format, ...) {
  char said[SAID_MOST];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(said, sizeof said, format, args);
  va_end(args);
  if (len < 0) return;
  struct bytes out = {0};
  struct log_line line = log_begin(log, &out, level, event);
  log_word(&line, "msg", said);
  log_end(&line);
  log_flush(log, &out);
  bytes_free(&out);
}

bool log_gate_opens(struct log_gate *gate, uint64_t now_ms, uint64_t *held) {
  uint64_t next = gate->next_ms;
  if (now_ms >= next && atomic_compare_exchange_strong(&gate->next_ms, &next, now_ms + GATE_MS)) {
    *held = atomic_exchange(&gate->held, 0);
    return true;
  }
  gate->held++;
  return false;
}
