/* Tests the reading of lines: every kind of end, what is too long, input that comes bit by bit, and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "capture.h"
#include "cli/lines.h"

#define T(literal) literal, sizeof(literal) - 1

/* Lines in brackets, odd bytes as they are; "!" is a line that is too long. */
static void print_lines(struct bytes *out, struct lines *lines) {
  enum lines_result result;
  char *line;
  size_t len;
  uint64_t number = 0;
  while ((result = lines_next(lines, &line, &len)) == LINES_LINE || result == LINES_TOO_LONG) {
    assert_int_equal(lines->number, ++number);
    if (result == LINES_LINE) {
      bytes_byte(out, '[');
      bytes_add(out, line, len);
      bytes_byte(out, ']');
    } else {
      bytes_byte(out, '!');
    }
  }
  assert_int_equal(result, LINES_END);
  assert_int_equal(lines_next(lines, &line, &len), LINES_END); /* and it stays so */
}

static void ends_by_table(void **state) {
  (void)state;
  static const struct {
    const char *input;
    size_t input_len;
    const char *lines;
    size_t lines_len;
  } rows[] = {
      {T(""), T("")},
      {T("\n"), T("[]")},
      {T("a"), T("[a]")},
      {T("a\n"), T("[a]")},
      {T("a\nb"), T("[a][b]")},
      {T("a\n\nb\n"), T("[a][][b]")},
      {T("\n\n"), T("[][]")},
      {T("a\r\nb\r\n"), T("[a\r][b\r]")}, /* what a line end is made of is for its reader */
      {T("a\rb\n"), T("[a\rb]")},
      {T("a\0b\n\0\n"), T("[a\0b][\0]")},
      {T("\xff\xfe\n\x1b[2J"), T("[\xff\xfe][\x1b[2J]")},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lines lines;
    struct bytes got = {0};
    int fd = capture_file(rows[i].input, rows[i].input_len);
    assert_true(lines_init(&lines, fd, NULL, NULL));
    print_lines(&got, &lines);
    assert_int_equal(got.len, rows[i].lines_len);
    assert_true(got.len == 0 || memcmp(got.ptr, rows[i].lines, got.len) == 0);
    assert_int_equal(lines.bytes, rows[i].input_len);
    lines_free(&lines);
    bytes_free(&got);
    close(fd);
  }
}

/* A run of `len` bytes, perhaps between two short lines. What is read at once ends just before its newline, in some. */
static void long_lines_by_table(void **state) {
  (void)state;
  static const struct {
    size_t len;
    bool end, last; /* it has a newline; no line comes behind */
    const char *lines; /* # stands for the long one */
  } rows[] = {
      {LINE_LONGEST - 1, true, false, "[a][#][z]"}, {LINE_LONGEST, true, false, "[a][#][z]"},
      {LINE_LONGEST + 1, true, false, "[a]![z]"},   {LINE_LONGEST + 300 * 1024, true, false, "[a]![z]"},
      {5 * LINE_LONGEST, true, false, "[a]![z]"},   {LINE_LONGEST, true, true, "[a][#]"},
      {LINE_LONGEST, false, true, "[a][#]"},        {LINE_LONGEST + 1, false, true, "[a]!"},
      {5 * LINE_LONGEST, false, true, "[a]!"},      {5 * LINE_LONGEST, true, true, "[a]!"},
      {LINE_LONGEST, true, false, "[#][z]"},        {LINE_LONGEST + 1, true, false, "![z]"},
      {LINE_LONGEST, true, true, "[#]"},            {LINE_LONGEST, false, true, "[#]"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes input = {0}, got = {0}, shown = {0};
    struct lines lines;
    if (strchr(rows[i].lines, 'a')) bytes_str(&input, "a\n");
    for (size_t n = 0; n < rows[i].len; n++) bytes_byte(&input, 'x');
    if (rows[i].end) bytes_byte(&input, '\n');
    if (!rows[i].last) bytes_str(&input, "z\n");
    int fd = capture_file(input.ptr, input.len);
    assert_true(lines_init(&lines, fd, NULL, NULL));
    print_lines(&got, &lines);
    for (size_t n = 0; n < got.len; n++)
      if (got.ptr[n] != 'x') bytes_byte(&shown, got.ptr[n]);
      else if (got.ptr[n - 1] != 'x') bytes_byte(&shown, '#');
    assert_bytes(&shown, rows[i].lines);
    if (strchr(rows[i].lines, '#')) assert_int_equal(got.len, rows[i].len + shown.len - 1);
    assert_int_equal(lines.bytes, input.len);
    lines_free(&lines);
    bytes_free(&input);
    bytes_free(&got);
    bytes_free(&shown);
    close(fd);
  }
}

/* --- a pipe that is filled each time somebody would wait for it --- */

struct feeder {
  const char *const *chunks; /* ends with NULL */
  int fd;
  size_t calls;
};

static bool feed(void *user) {
  struct feeder *feeder = user;
  feeder->calls++;
  if (*feeder->chunks) {
    assert_int_equal(out_all(feeder->fd, *feeder->chunks, strlen(*feeder->chunks)), 0);
    feeder->chunks++;
  } else {
    close(feeder->fd);
  }
  return true;
}

/* Gives its chunks, and has then had enough. */
static bool feed_and_stop(void *user) {
  struct feeder *feeder = user;
  return *feeder->chunks && feed(user);
}

static void pieces_are_joined(void **state) {
  (void)state;
  static const char *const chunks[] = {"a", "b", "c\nd", "e\n", "\n", "f", NULL};
  for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) { /* somebody else may have made it non-blocking */
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, flags), 0);
    struct feeder feeder = {chunks, ends[1], 0};
    struct lines lines;
    struct bytes got = {0};
    assert_true(lines_init(&lines, ends[0], feed, &feeder));
    print_lines(&got, &lines);
    assert_bytes(&got, "[abc][de][][f]");
    assert_int_equal(feeder.calls, 7); /* once before each read that would wait, and no more */
    lines_free(&lines);
    bytes_free(&got);
    close(ends[0]);
  }
}

/* Whoever is asked to wait may end the input instead, though its other end is open. */
static void nobody_has_to_wait(void **state) {
  (void)state;
  static const char *const chunks[] = {"a\nb", "c\n", "d", NULL};
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  struct feeder feeder = {chunks, ends[1], 0};
  struct lines lines;
  struct bytes got = {0};
  assert_true(lines_init(&lines, ends[0], feed_and_stop, &feeder));
  print_lines(&got, &lines);
  assert_bytes(&got, "[a][bc][d]");
  lines_free(&lines);
  bytes_free(&got);
  close(ends[0]);
  close(ends[1]);
}

/* A line may be written over where it stands; what follows does not change. */
static void a_line_is_its_readers(void **state) {
  (void)state;
  struct lines lines;
  char *line;
  size_t len;
  int fd = capture_file(T("first\nsecond\n"));
  assert_true(lines_init(&lines, fd, NULL, NULL));
  assert_int_equal(lines_next(&lines, &line, &len), LINES_LINE);
  memset(line, '\n', len);
  assert_int_equal(lines_next(&lines, &line, &len), LINES_LINE);
  assert_true(len == 6 && memcmp(line, "second", 6) == 0);
  lines_free(&lines);
  close(fd);
}

static void errors_are_told(void **state) {
  (void)state;
  struct lines lines;
  char *line;
  size_t len;
  int fd = open("/", O_RDONLY);
  assert_true(fd >= 0 && lines_init(&lines, fd, NULL, NULL));
  assert_int_equal(lines_next(&lines, &line, &len), LINES_ERROR);
  assert_int_equal(lines.error, EISDIR);
  assert_int_equal(lines_next(&lines, &line, &len), LINES_ERROR);
  lines_free(&lines);
  lines_free(&lines); /* twice does no harm */
  close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ends_by_table),     cmocka_unit_test(long_lines_by_table), cmocka_unit_test(pieces_are_joined),
      cmocka_unit_test(nobody_has_to_wait),
      cmocka_unit_test(a_line_is_its_readers), cmocka_unit_test(errors_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
