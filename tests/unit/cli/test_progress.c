/* Tests the line that shows how far a batch has come: what stands in it, that it is erased, and that it fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/progress.h"

#define ERASE "\r\033[K"
#define LONG_AGO 60000u /* milliseconds: no test runs as long as that */

static void count(struct progress *progress, assay_action action, uint64_t times) {
  for (uint64_t i = 0; i < times; i++) progress_count(progress, action);
}

/* Ages the line, so that the next tick draws it. */
static void age(struct progress *progress, uint64_t milliseconds) {
  progress->began -= milliseconds;
  progress->drawn -= milliseconds;
}

static char *drawn(struct progress *progress, uint64_t bytes) {
  struct capture capture;
  capture_begin(&capture);
  progress_tick(progress, bytes);
  return capture_end(&capture);
}

static void only_where_a_line_can_be_redrawn(void **state) {
  (void)state;
  struct cli cli = plain_cli();
  struct progress progress;
  struct capture capture;
  progress_begin(&progress, &cli, 1000);
  count(&progress, ASSAY_REJECT, 2);
  age(&progress, LONG_AGO);
  capture_begin(&capture);
  progress_tick(&progress, 500);
  progress_hide(&progress);
  progress_end(&progress, 1000);
  char *said = capture_end(&capture);
  assert_string_equal(said, "");
  assert_int_equal(progress.connections, 2);
  free(said);
}

/* Erased once, and left at the end. */
static void it_is_drawn_and_erased(void **state) {
  (void)state;
  struct cli cli = plain_cli();
  struct progress progress;
  struct capture capture;
  cli.progress = true;
  progress_begin(&progress, &cli, 1000);
  age(&progress, LONG_AGO);
  char *said = drawn(&progress, 250);
  assert_true(strncmp(said, ERASE "0 connections  0/s  25%  ETA ", 30) == 0 && !strchr(said, '\n'));
  free(said);
  capture_begin(&capture);
  progress_hide(&progress);
  progress_hide(&progress);
  said = capture_end(&capture);
  assert_string_equal(said, ERASE);
  free(said);
  capture_begin(&capture);
  progress_end(&progress, 1000);
  progress_hide(&progress); /* what is left at the end is not taken away */
  said = capture_end(&capture);
  assert_true(strncmp(said, ERASE "0 connections  0/s  in ", 23) == 0 && said[strlen(said) - 1] == '\n');
  assert_null(strstr(said + 1, ERASE));
  free(said);
}

static void parts_by_table(void **state) {
  (void)state;
  static const struct {
    uint64_t total, bytes, spent; /* spent: seconds; the clock may add some */
    uint64_t accepted, rejected, malformed, questions;
    const char *parts[4];
    const char *absent;
  } rows[] = {
      {0, 500, 100, 3, 0, 0, 0, {"3 connections  0/s", "  accept 3"}, "%"}, /* a pipe: nobody knows how much there is */
      {1000, 0, 100, 0, 0, 0, 0, {"0 connections"}, "%"},
      {1000, 500, 100, 1, 2, 0, 0, {"  50%  ETA ", "  accept 1  reject 2"}, "malformed"},
      {1000, 500, 100, 1, 0, 0, 0, {"  accept 1"}, "questions"},
      {0, 500, 100, 1, 0, 1, 7, {"  accept 1  malformed 1  questions 7 (3 cached)"}, "reject"},
      {1000, 1000, 100, 0, 1, 4, 0, {"100%", "  reject 1  malformed 4"}, "accept"},
      {1000, 1001, 100, 0, 1, 0, 0, {"1 connections"}, "%"}, /* it has grown */
      {1024 * 1024, 512 * 1024, 3630, 0, 0, 0, 0, {"  50%  ETA 1h0"}, "malformed"},
      {1024 * 1024, 512 * 1024, 120, 0, 0, 0, 0, {"  50%  ETA 2m"}, "h"},
      {0, 0, 1000, 50000, 0, 0, 0, {"50000 connections  4"}, "%"}, /* 49 a second, or a little less */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct cli cli = plain_cli();
    struct progress progress;
    cli.progress = true;
    progress_begin(&progress, &cli, rows[i].total);
    age(&progress, rows[i].spent * 1000 + 1);
    count(&progress, ASSAY_ACCEPT, rows[i].accepted);
    count(&progress, ASSAY_REJECT, rows[i].rejected);
    progress.malformed = rows[i].malformed;
    progress.questions = rows[i].questions;
    progress.cached = rows[i].questions / 2;
    char *said = drawn(&progress, rows[i].bytes);
    for (size_t p = 0; p < 4 && rows[i].parts[p]; p++)
      if (!strstr(said, rows[i].parts[p])) fail_msg("row %zu: %s", i, said);
    if (strstr(said, rows[i].absent)) fail_msg("row %zu: %s", i, said);
    free(said);
  }
}

/* Drawn on, a line that is wider than the screen would fill it with its rests. The last one may wrap: it stays. */
static void it_fits_the_screen(void **state) {
  (void)state;
  struct cli cli = plain_cli();
  struct progress progress;
  struct capture capture;
  cli.progress = true;
  progress_begin(&progress, &cli, 1000000);
  for (assay_action action = ASSAY_ACCEPT; action <= ASSAY_DISCARD; action++) count(&progress, action, 1000);
  progress_count(&progress, (assay_action)(ASSAY_DISCARD + 1)); /* one that this program does not know */
  progress.malformed = 123456;
  assert_int_equal(progress.connections, 6001);
  age(&progress, LONG_AGO);
  char *said = drawn(&progress, 500000);
  assert_int_equal(strlen(said), strlen(ERASE) + 79); /* no terminal: 80 columns */
  free(said);
  capture_begin(&capture);
  progress_end(&progress, 1000000);
  said = capture_end(&capture);
  assert_non_null(strstr(said, "  discard 1000  malformed 123456\n"));
  free(said);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_where_a_line_can_be_redrawn), cmocka_unit_test(it_is_drawn_and_erased),
      cmocka_unit_test(parts_by_table),                   cmocka_unit_test(it_fits_the_screen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
