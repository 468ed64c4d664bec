/* Tests the log: hostile values in both forms, the gate, and readers that are slow or gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/log.h"

#define T(literal) literal, sizeof(literal) - 1

enum { PIPE_SIZE = 16384, THREADS = 4, LINES = 500 };

static void values_by_table(void **state) {
  (void)state;
  static const struct {
    const char *value;
    size_t len;
    const char *logfmt, *json;
  } rows[] = {
      {T("plain"), " k=plain", ",\"k\":\"plain\""},
      {T(""), " k=\"\"", ",\"k\":\"\""},
      {T("a b"), " k=\"a b\"", ",\"k\":\"a b\""},
      {T("a=b"), " k=\"a=b\"", ",\"k\":\"a=b\""},
      {T("\"x"), " k=\"\\\"x\"", ",\"k\":\"\\\"x\""},
      {T("a\\b"), " k=\"a\\\\b\"", ",\"k\":\"a\\\\b\""},
      {T("a\nlevel=error"), " k=\"a\\nlevel=error\"", ",\"k\":\"a\\nlevel=error\""},
      {T("a\r\n\0b"), " k=\"a\\r\\n\\u0000b\"", ",\"k\":\"a\\r\\n\\u0000b\""},
      {T("\x1b[2J"), " k=\"\\u001b[2J\"", ",\"k\":\"\\u001b[2J\""},
      {T("\xff"), " k=\"\\ufffd\"", ",\"k\":\"\\ufffd\""},
      {T("\xe2\x80\xae"), " k=\"\\u202e\"", ",\"k\":\"\\u202e\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int json = 0; json < 2; json++) {
      struct bytes out = {0};
      struct log_line line = {&out, json};
      log_text(&line, "k", rows[i].value, rows[i].len);
      bytes_byte(&out, '\0');
      assert_string_equal(out.ptr, json ? rows[i].json : rows[i].logfmt);
      bytes_free(&out);
    }
}

static void writes_lines(void **state) {
  (void)state;
  static const char *const ends[] = {
      " level=info event=verdict front=policy n=18446744073709551615 score=-0.5 late=true\n",
      "\",\"level\":\"info\",\"event\":\"verdict\",\"front\":\"policy\","
      "\"n\":18446744073709551615,\"score\":-0.5,\"late\":true}\n"};
  for (int json = 0; json < 2; json++) {
    struct log log;
    struct bytes out = {0};
    log_init(&log, -1);
    log.json = json;
    struct log_line line = log_begin(&log, &out, "info", "verdict");
    log_own(&line, "front", "policy");
    log_uint(&line, "n", UINT64_MAX);
    log_milli(&line, "score", -500);
    log_bool(&line, "late", true);
    log_end(&line);
    size_t len = strlen(ends[json]);
    assert_true(out.len > len);
    assert_memory_equal(out.ptr + out.len - len, ends[json], len);
    bytes_free(&out);
    log_close(&log);
  }
}

/* The second is kept from line to line, so each row comes after another one, and twice. */
static void times_by_table(void **state) {
  (void)state;
  static const struct {
    struct timespec when;
    const char *text;
  } rows[] = {
      {{0, 0}, "1970-01-01T00:00:00.000Z"},
      {{951782399, 999999999}, "2000-02-28T23:59:59.999Z"},
      {{951782400, 7000000}, "2000-02-29T00:00:00.007Z"},
      {{951782400, 80999999}, "2000-02-29T00:00:00.080Z"},
      {{1796026500, 250000000}, "2026-11-30T08:15:00.250Z"},
      {{1796026499, 0}, "2026-11-30T08:14:59.000Z"}, /* a clock may be set back */
      {{253402300799, 0}, "9999-12-31T23:59:59.000Z"},
      {{0, 1000000}, "1970-01-01T00:00:00.001Z"},
  };
  for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
    char got[LOG_TIME + 1] = "";
    log_time(got, &rows[i / 2].when);
    assert_string_equal(got, rows[i / 2].text);
  }
}

static void gate_by_table(void **state) {
  (void)state;
  static const struct {
    uint64_t now;
    bool open;
    uint64_t held;
  } rows[] = {{5000, true, 0}, {5001, false, 0}, {5999, false, 0}, {6000, true, 2}, {6001, false, 0}, {9000, true, 1}, {20000, true, 0}};
  struct log_gate gate = {0};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t held = 99;
    assert_int_equal(log_gate_opens(&gate, rows[i].now, &held), rows[i].open);
    if (rows[i].open) assert_int_equal(held, rows[i].held);
  }
}

/* A small pipe. */
static void make_pipe(int ends[2]) {
  assert_int_equal(pipe(ends), 0);
  assert_true(fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE) >= 0);
  assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

/* Small buffers; the journal of a service manager is one of these. */
static void make_socket(int ends[2], int type) {
  int size = PIPE_SIZE;
  assert_int_equal(socketpair(AF_UNIX, type, 0, ends), 0);
  assert_int_equal(setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size), 0);
  assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

static void say_much(struct log *log, char letter) {
  char text[400];
  memset(text, letter, sizeof text - 1);
  text[sizeof text - 1] = '\0';
  for (int i = 0; i < 200; i++) log_say(log, "info", "much", "%s", text);
}

/* What is there, each line whole. */
static size_t read_lines(int fd, struct bytes *out) {
  char piece[4096];
  ssize_t got;
  size_t lines = 0;
  while ((got = read(fd, piece, sizeof piece)) > 0) bytes_add(out, piece, (size_t)got);
  for (size_t i = 0, begin = 0; i < out->len; i++) {
    if (out->ptr[i] != '\n') continue;
    assert_true(i - begin >= 4);
    assert_memory_equal(out->ptr + begin, "time", 4);
    begin = i + 1;
    lines++;
  }
  return lines;
}

static void stall(int ends[2]) {
  struct log log;
  struct bytes out = {0};
  log_init(&log, ends[1]);
  time_t began = time(NULL);
  say_much(&log, 'a'); /* 80 kB; it waits once, not for each line */
  assert_true(time(NULL) - began <= 2);
  assert_true(log.lost > 0);
  assert_int_equal(log.told, 0);
  unsigned long long lost = log.lost;
  read_lines(ends[0], &out);
  log_say(&log, "info", "again", "here");
  read_lines(ends[0], &out);
  bytes_byte(&out, '\0');
  char told[64];
  snprintf(told, sizeof told, "and are lost\" lines=%llu\n", lost);
  assert_non_null(strstr(out.ptr, told));
  assert_non_null(strstr(out.ptr, "event=again msg=here\n"));
  assert_true(log.told == log.lost);
  bytes_free(&out);
  log_close(&log);
  close(ends[0]);
  close(ends[1]);
}

static void a_reader_that_stalls(void **state) {
  (void)state;
  int ends[2];
  make_pipe(ends);
  stall(ends);
  make_socket(ends, SOCK_STREAM);
  stall(ends);
  make_socket(ends, SOCK_DGRAM);
  stall(ends);
}

/* More in one piece than there is room for: what fits is taken, and the line that was cut is ended. */
static void *trickle(void *user) {
  static const struct timespec pause = {0, 20 * 1000 * 1000};
  const int *end = user;
  char page[4096];
  while (read(*end, page, sizeof page) > 0) nanosleep(&pause, NULL);
  return NULL;
}

/* Each page that it takes is no new patience: what is waited is waited once for all of them. */
static void a_reader_that_trickles(void **state) {
  (void)state;
  enum { PAGES = 200 };
  struct log log;
  struct bytes out = {0};
  pthread_t reader;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  log_init(&log, ends[1]);
  for (size_t i = 0; i < PAGES * 4096; i++) bytes_byte(&out, i % 128 == 127 ? '\n' : 'a');
  assert_int_equal(pthread_create(&reader, NULL, trickle, &ends[0]), 0);
  log_flush(&log, &out);
  assert_true(log.lost > 0);
  log_close(&log);
  close(ends[1]);
  pthread_join(reader, NULL);
  close(ends[0]);
  bytes_free(&out);
}

static void a_piece_that_is_too_large(void **state) {
  (void)state;
  struct log log;
  struct bytes out = {0}, got = {0};
  int ends[2];
  make_socket(ends, SOCK_STREAM);
  log_init(&log, ends[1]);
  for (int i = 0; i < 5000; i++) {
    struct log_line line = log_begin(&log, &out, "info", "verdict");
    log_uint(&line, "n", (uint64_t)i);
    log_end(&line);
  }
  log_flush(&log, &out);
  unsigned long long lost = log.lost;
  assert_true(lost > 0 && lost < 5000);
  size_t lines = read_lines(ends[0], &got);
  assert_true(lines + lost >= 4999);
  assert_true(lines + lost <= 5000);
  bytes_free(&got);
  log_say(&log, "info", "again", "here");
  assert_true(log.told == lost);
  bytes_free(&out);
  log_close(&log);
  close(ends[0]);
  close(ends[1]);
}

static void a_reader_that_is_gone(void **state) {
  (void)state;
  struct log log;
  signal(SIGPIPE, SIG_IGN);
  for (int socket = 0; socket < 2; socket++) {
    int ends[2];
    if (socket)
      make_socket(ends, SOCK_STREAM);
    else
      make_pipe(ends);
    close(ends[0]);
    log_init(&log, ends[1]);
    for (int i = 0; i < 3; i++) log_say(&log, "info", "x", "y");
    assert_true(log.lost == 3);
    log_close(&log);
    close(ends[1]);
  }
}

static void nowhere_takes_all(void **state) {
  (void)state;
  struct log log;
  log_init(&log, open("/dev/null", O_WRONLY));
  assert_true(log.fd >= 0);
  say_much(&log, 'a');
  assert_true(log.lost == 0);
  close(log.fd);
  log_close(&log);
}

static void *say_lines(void *user) {
  for (int i = 0; i < LINES; i++) log_say(user, "info", "thread", "%0500d", i);
  return NULL;
}

static void threads_share_lines(void **state) {
  (void)state;
  struct log log;
  struct bytes out = {0};
  char name[] = "/tmp/assay-log-XXXXXX";
  int fd = mkstemp(name);
  assert_true(fd >= 0);
  unlink(name);
  log_init(&log, fd);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, say_lines, &log), 0);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
  assert_int_equal(read_lines(fd, &out), THREADS * LINES);
  bytes_free(&out);
  log_close(&log);
  close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_by_table),       cmocka_unit_test(writes_lines),
      cmocka_unit_test(times_by_table), cmocka_unit_test(gate_by_table),
      cmocka_unit_test(a_reader_that_stalls),  cmocka_unit_test(a_reader_that_is_gone),
      cmocka_unit_test(a_reader_that_trickles),
      cmocka_unit_test(threads_share_lines),   cmocka_unit_test(a_piece_that_is_too_large),
      cmocka_unit_test(nowhere_takes_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
