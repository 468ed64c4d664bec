/* Tests the growable run of bytes: numbers, escapes, and that a failure sticks. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "support/alloc.h"

static void thousandths_by_table(void **state) {
  (void)state;
  static const struct {
    long long number;
    const char *text;
  } rows[] = {
      {0, "0"},          {1, "0.001"},     {10, "0.01"},     {100, "0.1"},   {1000, "1"},     {5500, "5.5"},
      {1005, "1.005"},   {1050, "1.05"},   {-1, "-0.001"},   {-500, "-0.5"}, {-3000, "-3"},   {1000000, "1000"},
      {999999, "999.999"},
      {INT64_MAX, "9223372036854775.807"},
      {INT64_MIN, "-9223372036854775.808"},
  };
  struct buf buf;
  buf_init(&buf, &mem_default);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    buf_clear(&buf);
    buf_milli(&buf, rows[i].number);
    buf_byte(&buf, '\0');
    assert_string_equal(buf.ptr, rows[i].text);
  }
  buf_free(&buf);
}

static void whole_numbers_by_table(void **state) {
  (void)state;
  static const struct {
    unsigned long long number;
    const char *text;
  } rows[] = {{0, "0"}, {7, "7"}, {10, "10"}, {255, "255"}, {ULLONG_MAX, "18446744073709551615"}};
  struct buf buf;
  buf_init(&buf, &mem_default);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    buf_clear(&buf);
    buf_uint(&buf, rows[i].number);
    assert_true(text_is(buf_view(&buf), rows[i].text));
  }
  buf_free(&buf);
}

static void escapes_by_table(void **state) {
  (void)state;
  static const struct {
    struct text bytes;
    const char *text;
  } rows[] = {
      {{"", 0}, ""},
      {{"plain ~ text", 12}, "plain ~ text"},
      {{"a\"b\\c", 5}, "a\\\"b\\\\c"},
      {{"\0\n\r\t\x1b", 5}, "\\x00\\x0A\\x0D\\x09\\x1B"},
      {{"\x7f\x80\xff", 3}, "\\x7F\\x80\\xFF"},
      {{"m\xc3\xbcnchen", 8}, "m\\xC3\\xBCnchen"},
  };
  struct buf buf;
  buf_init(&buf, &mem_default);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    buf_clear(&buf);
    buf_escaped(&buf, rows[i].bytes);
    assert_true(text_is(buf_view(&buf), rows[i].text));
  }
  buf_free(&buf);
}

static void everything_is_appended(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  struct buf buf;
  buf_init(&buf, &t.alloc);
  assert_true(text_is(buf_view(&buf), ""));
  buf_text(&buf, text_of(NULL, 0));
  buf_str(&buf, "");
  assert_int_equal(t.calls, 0); /* nothing needs no memory */
  buf_byte(&buf, 'a');
  buf_text(&buf, text_of("b\0c", 3));
  buf_str(&buf, "def");
  buf_printf(&buf, "%03u%s", 7u, "!");
  assert_true(text_eq(buf_view(&buf), text_of("ab\0cdef007!", 11)));
  size_t calls = t.calls;
  buf_clear(&buf);
  buf_str(&buf, "again");
  assert_int_equal(t.calls, calls); /* the memory was kept */
  assert_true(text_is(buf_view(&buf), "again"));
  buf_free(&buf);
  assert_true(test_alloc_clean(&t));
}

static void long_output_is_whole(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  struct buf buf;
  buf_init(&buf, &t.alloc);
  for (unsigned i = 0; i < 2000; i++) buf_printf(&buf, "%05u,", i);
  assert_int_equal(buf.len, 12000);
  assert_true(text_ends(buf_view(&buf), TEXT("01998,01999,")));
  assert_false(buf.failed);
  buf_free(&buf);
  assert_true(test_alloc_clean(&t));
}

/* Whichever call fails, what was written before stands, nothing follows, and the flag says so. */
static void a_failure_sticks(void **state) {
  (void)state;
  for (size_t nth = 1; nth <= 3; nth++) {
    struct test_alloc t;
    test_alloc_failing(&t, nth, false);
    struct buf buf;
    buf_init(&buf, &t.alloc);
    size_t len = 0;
    while (!buf.failed) {
      len = buf.len;
      buf_str(&buf, "0123456789");
    }
    assert_int_equal(buf.len, len);
    buf_byte(&buf, 'x');
    buf_milli(&buf, 1500);
    buf_printf(&buf, "%d", 1);
    buf_escaped(&buf, TEXT("\x01y"));
    assert_int_equal(buf.len, len);
    assert_true(buf.failed);
    buf_clear(&buf);
    buf_str(&buf, "ok");
    assert_true(text_is(buf_view(&buf), "ok") && !buf.failed);
    buf_free(&buf);
    assert_true(test_alloc_clean(&t));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(thousandths_by_table), cmocka_unit_test(whole_numbers_by_table),
      cmocka_unit_test(escapes_by_table),
      cmocka_unit_test(everything_is_appended), cmocka_unit_test(long_output_is_whole),
      cmocka_unit_test(a_failure_sticks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
