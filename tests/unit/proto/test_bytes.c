/* Tests the growable run of bytes: growth, numbers at their ends, and that a failure stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/bytes.h"

static void it_grows_and_keeps(void **state) {
  (void)state;
  struct bytes bytes = {0};
  for (size_t i = 0; i < 5000; i++) {
    bytes_byte(&bytes, (char)(i % 251));
    assert_true(bytes.len == i + 1 && bytes.len <= bytes.cap);
  }
  for (size_t i = 0; i < 5000; i++) assert_int_equal((unsigned char)bytes.ptr[i], i % 251);
  bytes_add(&bytes, NULL, 0);
  bytes_spaces(&bytes, 0);
  assert_int_equal(bytes.len, 5000);
  bytes_spaces(&bytes, 7000);
  assert_int_equal(bytes.len, 12000);
  for (size_t i = 5000; i < 12000; i++) assert_int_equal(bytes.ptr[i], ' ');
  assert_false(bytes.failed);
  bytes_free(&bytes);
  assert_true(!bytes.ptr && bytes.len == 0 && bytes.cap == 0);
}

/* What fits may still be added after a failure, but nobody takes it for whole. */
static void a_failure_stays(void **state) {
  (void)state;
  static const size_t sizes[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4 + 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct bytes bytes = {0};
    bytes_str(&bytes, "before");
    assert_false(bytes_reserve(&bytes, sizes[i]));
    assert_true(bytes.failed);
    assert_false(bytes_reserve(&bytes, 1));
    bytes_spaces(&bytes, 1);
    assert_true(bytes.failed && bytes.len == 6 && memcmp(bytes.ptr, "before", 6) == 0);
    bytes_byte(&bytes, 'x');
    assert_true(bytes.failed);
    bytes_free(&bytes);
    assert_false(bytes.failed); /* an empty one is as good as new */
  }
}

static void numbers_by_table(void **state) {
  (void)state;
  static const struct {
    uint64_t number;
    const char *text;
  } rows[] = {{0, "0"}, {9, "9"}, {10, "10"}, {1000000, "1000000"}, {UINT64_MAX, "18446744073709551615"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes bytes = {0};
    bytes_uint(&bytes, rows[i].number);
    bytes_byte(&bytes, 0);
    assert_string_equal(bytes.ptr, rows[i].text);
    bytes_free(&bytes);
  }
}

static void thousandths_by_table(void **state) {
  (void)state;
  static const struct {
    int64_t thousandths;
    const char *text;
  } rows[] = {
      {0, "0.0"},       {1, "0.001"},     {10, "0.01"},    {100, "0.1"},     {1000, "1.0"},
      {5500, "5.5"},    {1050, "1.05"},   {120, "0.12"},   {101, "0.101"},   {-1, "-0.001"},
      {-999, "-0.999"}, {-1000, "-1.0"},  {-1250, "-1.25"},
      {INT64_MAX, "9223372036854775.807"}, {INT64_MIN, "-9223372036854775.808"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes bytes = {0};
    bytes_milli(&bytes, rows[i].thousandths);
    bytes_byte(&bytes, 0);
    assert_string_equal(bytes.ptr, rows[i].text);
    bytes_free(&bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_grows_and_keeps),
      cmocka_unit_test(a_failure_stays),
      cmocka_unit_test(numbers_by_table),
      cmocka_unit_test(thousandths_by_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
