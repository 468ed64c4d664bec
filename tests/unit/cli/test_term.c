/* Tests what is known about a terminal, and how many columns a text takes on it. */
#define _XOPEN_SOURCE 700 /* pseudo terminals */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "capture.h"
#include "cli/term.h"

#define UE "\xc3\xbc"
#define E_ACUTE "e\xcc\x81" /* two characters in one column */
#define HAN "\xe6\x97\xa5"
#define PICTURE "\xf0\x9f\x98\x80"
#define ELLIPSIS "\xe2\x80\xa6"

static void columns_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t columns, three; /* all of it, and the bytes that fit three columns */
  } rows[] = {
      {"", 0, 0},
      {"ab", 2, 2},
      {"abc", 3, 3},
      {"abcd", 4, 3},
      {UE UE UE UE, 4, 6},
      {E_ACUTE E_ACUTE E_ACUTE E_ACUTE, 4, 9},
      {HAN HAN, 4, 3}, /* half a character is not shown */
      {"a" HAN HAN, 5, 4},
      {PICTURE "ab", 4, 5},
      {ELLIPSIS "abc", 4, 5},
      {"\033[1mab\033[0m", 2, 10}, /* colours take none */
      {"\033[1mabcd\033[0m", 4, 7},
      {"ab\033[1", 2, 5},
      {"\xff\xfe", 2, 2}, /* what is no UTF-8 */
      {"ab\xe6\x97", 4, 3},
      {"\xf0", 1, 1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t len = strlen(rows[i].text), columns = term_columns(rows[i].text, len);
    size_t fits = term_fits(rows[i].text, len, 3);
    if (columns != rows[i].columns || fits != rows[i].three)
      fail_msg("row %zu: %zu columns, %zu fit", i, columns, fits);
    assert_int_equal(term_fits(rows[i].text, len, columns), len);
  }
}

static void paint_by_table(void **state) {
  (void)state;
  static const struct {
    enum term_style style;
    bool colour;
    const char *painted;
  } rows[] = {{TERM_BOLD, true, "\033[1mx\033[0m"},   {TERM_DIM, true, "\033[2mx\033[0m"},
              {TERM_RED, true, "\033[31mx\033[0m"},   {TERM_GREEN, true, "\033[32mx\033[0m"},
              {TERM_YELLOW, true, "\033[33mx\033[0m"}, {TERM_RED, false, "x"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes bytes = {0};
    term_paint(&bytes, rows[i].colour, rows[i].style, "x");
    assert_bytes(&bytes, rows[i].painted);
    bytes_free(&bytes);
  }
}

static int open_terminal(int *master) {
  *master = posix_openpt(O_RDWR | O_NOCTTY);
  if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0) return -1;
  return open(ptsname(*master), O_RDWR | O_NOCTTY);
}

static void set_variable(const char *name, const char *value) {
  assert_int_equal(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void terminals_by_table(void **state) {
  (void)state;
  static const struct {
    const char *term, *no_color;
    bool redraws, colour; /* on a terminal; what is none does neither */
  } rows[] = {
      {"xterm", NULL, true, true}, {"xterm", "", true, true}, {"xterm", "1", true, false},
      {"dumb", NULL, false, false}, {"", NULL, false, false}, {NULL, NULL, false, false},
  };
  int master, terminal = open_terminal(&master), file = capture_file("", 0);
  if (terminal < 0) skip();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    set_variable("TERM", rows[i].term);
    set_variable("NO_COLOR", rows[i].no_color);
    assert_int_equal(term_redraws(terminal), rows[i].redraws);
    assert_int_equal(term_colour(terminal), rows[i].colour);
    assert_false(term_redraws(file) || term_colour(file) || term_redraws(-1));
  }
  struct winsize size = {.ws_row = 24, .ws_col = 132};
  assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
  assert_int_equal(term_width(terminal), 132);
  size.ws_col = 0; /* a terminal that does not know */
  assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
  assert_int_equal(term_width(terminal), 80);
  assert_int_equal(term_width(file), 80);
  assert_int_equal(term_width(-1), 80);
  close(terminal);
  close(master);
  close(file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_by_table),
      cmocka_unit_test(paint_by_table),
      cmocka_unit_test(terminals_by_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
