/* Tests checked and saturating arithmetic at its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/num.h"

static void saturating_by_table(void **state) {
  (void)state;
  static const struct {
    int64_t a, b, sum, difference, product;
  } rows[] = {
      {0, 0, 0, 0, 0},
      {2, 3, 5, -1, 6},
      {-2, 3, 1, -5, -6},
      {INT64_MAX, 1, INT64_MAX, INT64_MAX - 1, INT64_MAX},
      {INT64_MAX, -1, INT64_MAX - 1, INT64_MAX, -INT64_MAX},
      {INT64_MIN, 1, INT64_MIN + 1, INT64_MIN, INT64_MIN},
      {INT64_MIN, -1, INT64_MIN, INT64_MIN + 1, INT64_MAX},
      {INT64_MAX, INT64_MAX, INT64_MAX, 0, INT64_MAX},
      {INT64_MIN, INT64_MIN, INT64_MIN, 0, INT64_MAX},
      {INT64_MIN, INT64_MAX, -1, INT64_MIN, INT64_MIN},
      {INT64_MAX, INT64_MIN, -1, INT64_MAX, INT64_MIN},
      {0, INT64_MIN, INT64_MIN, INT64_MAX, 0},
      {INT64_C(1) << 32, INT64_C(1) << 31, (INT64_C(1) << 32) + (INT64_C(1) << 31), INT64_C(1) << 31, INT64_MAX},
      {-(INT64_C(1) << 32), INT64_C(1) << 31, -(INT64_C(1) << 31), -(INT64_C(1) << 32) - (INT64_C(1) << 31),
       INT64_MIN},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_true(num_sat_add(rows[i].a, rows[i].b) == rows[i].sum);
    assert_true(num_sat_sub(rows[i].a, rows[i].b) == rows[i].difference);
    assert_true(num_sat_mul(rows[i].a, rows[i].b) == rows[i].product);
    assert_true(num_min(rows[i].a, rows[i].b) <= num_max(rows[i].a, rows[i].b));
  }
}

static void negating(void **state) {
  (void)state;
  static const int64_t rows[][2] = {{0, 0}, {5, -5}, {-5, 5}, {INT64_MAX, -INT64_MAX}, {INT64_MIN, INT64_MAX}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_true(num_sat_neg(rows[i][0]) == rows[i][1]);
}

static void sizes_by_table(void **state) {
  (void)state;
  static const struct {
    size_t a, b;
    bool adds, multiplies;
  } rows[] = {
      {0, 0, true, true},
      {SIZE_MAX, 0, true, true},
      {SIZE_MAX, 1, false, true},
      {SIZE_MAX / 2, 2, true, true},
      {SIZE_MAX / 2 + 1, 2, true, false},
      {SIZE_MAX - 1, 1, true, true},
      {SIZE_MAX, SIZE_MAX, false, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t sum, product;
    assert_int_equal(num_add_size(rows[i].a, rows[i].b, &sum), rows[i].adds);
    assert_int_equal(num_mul_size(rows[i].a, rows[i].b, &product), rows[i].multiplies);
    if (rows[i].adds) assert_true(sum == rows[i].a + rows[i].b);
    if (rows[i].multiplies) assert_true(product == rows[i].a * rows[i].b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(saturating_by_table), cmocka_unit_test(negating), cmocka_unit_test(sizes_by_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
