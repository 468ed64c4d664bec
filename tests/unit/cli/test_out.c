/* Tests the writing of standard output: when it goes out, and that the first failure is kept and ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture.h"

static off_t size_of(int fd) {
  return lseek(fd, 0, SEEK_END);
}

static void goes_out_when_full(void **state) {
  (void)state;
  struct out out = {.fd = capture_file("", 0)};
  for (size_t i = 0; i < OUT_FULL - 1; i++) bytes_byte(&out.bytes, 'x');
  assert_true(out_drain(&out));
  assert_int_equal(size_of(out.fd), 0);
  out_write(&out, "y", 1);
  assert_int_equal(size_of(out.fd), OUT_FULL);
  assert_int_equal(out.bytes.len, 0);
  bytes_str(&out.bytes, "end");
  assert_true(out_flush(&out));
  assert_int_equal(size_of(out.fd), OUT_FULL + 3);
  assert_true(out_flush(&out)); /* with nothing to write */
  bytes_free(&out.bytes);
  close(out.fd);
}

static void the_first_failure_stays(void **state) {
  (void)state;
  struct out out = {.fd = open("/dev/full", O_WRONLY)};
  assert_true(out.fd >= 0);
  bytes_str(&out.bytes, "x");
  assert_false(out_flush(&out));
  assert_int_equal(out.error, ENOSPC);
  assert_int_equal(out.bytes.len, 0);
  close(out.fd);
  out.fd = capture_file("", 0); /* it would be possible again, but there is a gap */
  bytes_str(&out.bytes, "y");
  assert_false(out_flush(&out));
  assert_false(out_drain(&out));
  assert_int_equal(out.error, ENOSPC);
  assert_int_equal(size_of(out.fd), 0);
  bytes_free(&out.bytes);
  close(out.fd);
}

static void lack_of_memory_is_a_failure(void **state) {
  (void)state;
  struct out out = {.fd = capture_file("", 0)};
  bytes_str(&out.bytes, "part of it");
  out.bytes.failed = true;
  assert_false(out_drain(&out));
  assert_int_equal(out.error, ENOMEM);
  assert_int_equal(size_of(out.fd), 0);
  bytes_free(&out.bytes);
  close(out.fd);
}

static void failures_by_table(void **state) {
  (void)state;
  int ends[2];
  signal(SIGPIPE, SIG_IGN);
  assert_int_equal(pipe(ends), 0);
  close(ends[0]);
  assert_int_equal(out_all(ends[1], "x", 1), EPIPE);
  close(ends[1]);
  assert_int_equal(out_all(-1, "x", 1), EBADF);
  assert_int_equal(out_all(-1, NULL, 0), 0);
}

/* --- a pipe that others made non-blocking, with a reader that takes its time --- */

enum { MUCH = 1024 * 1024 };

static void *read_all(void *user) {
  static char buffer[4096];
  int fd = *(const int *)user;
  size_t total = 0, wrong = 0;
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    for (ssize_t i = 0; i < got; i++) wrong += buffer[i] != (char)('a' + (total + (size_t)i) % 26);
    total += (size_t)got;
  }
  return (void *)(uintptr_t)(wrong == 0 ? total : 1);
}

static void a_full_pipe_is_waited_for(void **state) {
  (void)state;
  int ends[2];
  char *much = malloc(MUCH);
  pthread_t reader;
  void *total;
  assert_true(much && pipe(ends) == 0 && fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
  for (size_t i = 0; i < MUCH; i++) much[i] = (char)('a' + i % 26);
  assert_int_equal(pthread_create(&reader, NULL, read_all, &ends[0]), 0);
  assert_int_equal(out_all(ends[1], much, MUCH), 0);
  close(ends[1]);
  assert_int_equal(pthread_join(reader, &total), 0);
  assert_int_equal((uintptr_t)total, MUCH);
  close(ends[0]);
  free(much);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(goes_out_when_full),          cmocka_unit_test(the_first_failure_stays),
      cmocka_unit_test(lack_of_memory_is_a_failure), cmocka_unit_test(failures_by_table),
      cmocka_unit_test(a_full_pipe_is_waited_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
