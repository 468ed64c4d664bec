/* Owns what tests of the command line share: standard error taken down, bytes compared with their difference shown.
 * Must never know: what is tested. */
#include "capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

int capture_file(const char *ptr, size_t len) {
  char name[] = "/tmp/assay-test-XXXXXX";
  int fd = mkstemp(name);
  assert_true(fd >= 0);
  unlink(name);
  assert_int_equal(out_all(fd, ptr, len), 0);
  assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
  return fd;
}

void capture_begin(struct capture *capture) {
  capture->into = capture_file("", 0);
  capture->saved = dup(STDERR_FILENO);
  assert_true(capture->saved >= 0 && dup2(capture->into, STDERR_FILENO) == STDERR_FILENO);
}

char *capture_end(struct capture *capture) {
  dup2(capture->saved, STDERR_FILENO);
  close(capture->saved);
  off_t len = lseek(capture->into, 0, SEEK_END);
  char *text = calloc((size_t)len + 1, 1);
  assert_non_null(text);
  assert_int_equal(pread(capture->into, text, (size_t)len, 0), len);
  close(capture->into);
  return text;
}

void assert_bytes(const struct bytes *bytes, const char *want) {
  assert_false(bytes->failed);
  if (bytes->len != strlen(want) || (bytes->len > 0 && memcmp(bytes->ptr, want, bytes->len) != 0))
    fail_msg("got:\n%.*s\nwant:\n%s", (int)bytes->len, bytes->ptr, want);
}

struct cli plain_cli(void) {
  return (struct cli){.out = {.fd = -1}};
}
