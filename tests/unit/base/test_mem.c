/* Tests the calls into an allocator: what they ask for, what they tell, what a failure leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "support/alloc.h"

static void new_memory_is_zeroed(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 7, 4096};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct test_alloc t;
    test_alloc_init(&t);
    unsigned char *block = mem_new(&t.alloc, sizes[i]);
    assert_non_null(block);
    for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(block[k], 0);
    mem_free(&t.alloc, block, sizes[i]);
    assert_true(test_alloc_clean(&t));
  }
}

static void nothing_is_freed_quietly(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  mem_free(&t.alloc, NULL, 0);
  mem_free(&t.alloc, NULL, 10);
  assert_true(test_alloc_clean(&t));
}

static void growing_by_table(void **state) {
  (void)state;
  static const struct {
    size_t cap, need, size, after;
  } rows[] = {
      {0, 0, 4, 0}, {0, 1, 4, 8}, {0, 8, 4, 8}, {0, 9, 4, 16}, {8, 8, 1, 8}, {8, 9, 1, 16}, {8, 100, 24, 128},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct test_alloc t;
    test_alloc_init(&t);
    size_t cap = 0;
    void *array = NULL;
    assert_true(mem_grow(&t.alloc, &array, &cap, rows[i].cap, rows[i].size));
    if (cap) memset(array, 0x5a, cap * rows[i].size);
    assert_true(mem_grow(&t.alloc, &array, &cap, rows[i].need, rows[i].size));
    assert_int_equal(cap, rows[i].after);
    for (size_t k = 0; k < cap * rows[i].size; k++) /* old bytes are kept, new ones are zero */
      assert_int_equal(((unsigned char *)array)[k], k < rows[i].cap * rows[i].size ? 0x5a : 0);
    mem_free(&t.alloc, array, cap * rows[i].size);
    assert_true(test_alloc_clean(&t));
  }
}

static void growing_too_far_changes_nothing(void **state) {
  (void)state;
  static const struct {
    size_t need, size;
  } rows[] = {{SIZE_MAX, 1}, {SIZE_MAX / 2, 4}, {SIZE_MAX / 2 + 2, 1}, {SIZE_MAX / 8, 16}, {9, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct test_alloc t;
    test_alloc_failing(&t, 2, true);
    size_t cap = 0;
    void *array = NULL;
    assert_true(mem_grow(&t.alloc, &array, &cap, 8, rows[i].size));
    void *before = array;
    assert_false(mem_grow(&t.alloc, &array, &cap, rows[i].need, rows[i].size));
    assert_ptr_equal(array, before);
    assert_int_equal(cap, 8);
    mem_free(&t.alloc, array, 8 * rows[i].size);
    assert_true(test_alloc_clean(&t));
  }
}

static void a_failure_is_null(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_failing(&t, 1, true);
  assert_null(mem_new(&t.alloc, 10));
  assert_null(mem_resize(&t.alloc, NULL, 0, 10));
  assert_true(test_alloc_clean(&t));
}

static void the_default_allocates(void **state) {
  (void)state;
  char *block = mem_new(&mem_default, 10);
  assert_non_null(block);
  memcpy(block, "123456789", 10);
  block = mem_resize(&mem_default, block, 10, 1000);
  assert_string_equal(block, "123456789");
  mem_free(&mem_default, block, 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_memory_is_zeroed),           cmocka_unit_test(nothing_is_freed_quietly),
      cmocka_unit_test(growing_by_table),               cmocka_unit_test(growing_too_far_changes_nothing),
      cmocka_unit_test(a_failure_is_null),              cmocka_unit_test(the_default_allocates),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
