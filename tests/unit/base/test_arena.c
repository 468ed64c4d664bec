/* Tests the arena: alignment, caps, failures, and that a steady load settles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "support/alloc.h"

static void blocks_are_aligned_and_zeroed(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  struct arena arena;
  arena_init(&arena, &t.alloc, SIZE_MAX);
  for (size_t round = 0; round < 3; round++) {
    for (size_t size = 0; size < 300; size++) {
      unsigned char *block = arena_new(&arena, size);
      assert_non_null(block);
      assert_int_equal((uintptr_t)block % alignof(max_align_t), 0);
      for (size_t i = 0; i < size; i++) assert_int_equal(block[i], 0);
      memset(block, 0xff, size);
    }
    arena_reset(&arena); /* what is given again must be zero again */
  }
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

static void sizes_that_cannot_be(void **state) {
  (void)state;
  static const struct {
    size_t count, size;
  } rows[] = {{SIZE_MAX, 2}, {2, SIZE_MAX},      {SIZE_MAX / 2 + 1, 2},
              {1, SIZE_MAX}, {1, SIZE_MAX - 64}, {1 << 20, 1 << 30}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct test_alloc t;
    test_alloc_init(&t);
    struct arena arena;
    arena_init(&arena, &t.alloc, 1 << 20);
    assert_null(arena_array(&arena, rows[i].count, rows[i].size));
    assert_true(arena.failed);
    assert_int_equal(t.calls, 0); /* nobody is asked for what the cap forbids */
    assert_non_null(arena_new(&arena, 16));
    assert_true(arena.failed); /* it is sticky */
    arena_reset(&arena);
    assert_false(arena.failed);
    arena_free(&arena);
    assert_true(test_alloc_clean(&t));
  }
}

static void the_cap_holds(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  struct arena arena;
  arena_init(&arena, &t.alloc, 10000);
  size_t given = 0;
  while (arena_new(&arena, 100)) given++;
  assert_true(given >= 30 && given * 100 <= 10000);
  assert_true(arena.failed && arena.total <= 10000 && t.bytes <= 10000);
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

static void large_blocks_get_chunks_of_their_own(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  struct arena arena;
  arena_init(&arena, &t.alloc, SIZE_MAX);
  char *small = arena_new(&arena, 10), *large = arena_new(&arena, 5 << 20), *again = arena_new(&arena, 10);
  assert_true(small && large && again);
  memset(large, 1, 5 << 20);
  assert_int_equal(small[0] + again[0], 0);
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

static void each_failure_is_a_null(void **state) {
  (void)state;
  for (size_t nth = 1; nth <= 5; nth++) {
    struct test_alloc t;
    test_alloc_failing(&t, nth, false);
    struct arena arena;
    arena_init(&arena, &t.alloc, SIZE_MAX);
    size_t nulls = 0;
    for (size_t i = 0; i < 200; i++) nulls += arena_new(&arena, 500) == NULL;
    assert_int_equal(nulls, 1);
    assert_true(arena.failed);
    arena_free(&arena);
    assert_true(test_alloc_clean(&t));
  }
}

static void a_failed_text_is_empty(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_failing(&t, 1, true);
  struct arena arena;
  arena_init(&arena, &t.alloc, SIZE_MAX);
  struct text copy = arena_text(&arena, TEXT("abc")), printed = arena_printf(&arena, "%d", 42);
  assert_int_equal(copy.len + printed.len, 0);
  assert_true(copy.ptr && printed.ptr && arena.failed);
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

static void texts_are_copies_with_a_nul(void **state) {
  (void)state;
  static const struct text rows[] = {{"", 0}, {NULL, 0}, {"a", 1}, {"nul\0in", 6}, {"0123456789abcdef", 16}};
  struct arena arena;
  arena_init(&arena, &mem_default, SIZE_MAX);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text copy = arena_text(&arena, rows[i]);
    assert_true(text_eq(copy, rows[i]));
    assert_ptr_not_equal(copy.ptr, rows[i].ptr);
    assert_int_equal(copy.ptr[copy.len], 0);
  }
  struct text printed = arena_printf(&arena, "%s-%05d|%.*s", "x", 42, 2, "abc");
  assert_true(text_is(printed, "x-00042|ab"));
  arena_free(&arena);
}

static void vectors_keep_their_elements(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  struct arena arena;
  arena_init(&arena, &t.alloc, SIZE_MAX);
  VEC(uint32_t) numbers = {0};
  for (uint32_t i = 0; i < 5000; i++) {
    uint32_t *slot = vec_add(&arena, &numbers);
    assert_non_null(slot);
    assert_int_equal(*slot, 0);
    *slot = i * 3;
  }
  for (uint32_t i = 0; i < 5000; i++) assert_int_equal(numbers.at[i], i * 3);
  t.fail_at = t.calls + 1;
  t.fail_after = true;
  size_t before = numbers.count;
  while (vec_add(&arena, &numbers)) before++;
  assert_int_equal(numbers.count, before); /* the failing one added nothing */
  assert_int_equal(numbers.at[4999], 4999 * 3);
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

/* Rounds of different sizes in changing orders; after a while the chunks that are kept must do. */
static void a_steady_load_allocates_nothing(void **state) {
  (void)state;
  static const size_t rounds[][6] = {
      {10, 5000, 40, 9000, 3, 16}, {9000, 5000, 10, 40, 16, 3}, {1, 1, 1, 1, 1, 1}, {20000, 10, 10, 10, 10, 10},
      {40, 3000, 3000, 3000, 3000, 20000},
  };
  struct test_alloc t;
  test_alloc_init(&t);
  struct arena arena;
  arena_init(&arena, &t.alloc, SIZE_MAX);
  size_t warm = 0;
  for (size_t i = 0; i < 3000; i++) {
    for (size_t k = 0; k < 6; k++) assert_non_null(arena_new(&arena, rounds[i % 5][k]));
    arena_reset(&arena);
    if (i == 100) warm = t.calls;
  }
  assert_int_equal(t.calls, warm);
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_are_aligned_and_zeroed), cmocka_unit_test(sizes_that_cannot_be),
      cmocka_unit_test(the_cap_holds),                 cmocka_unit_test(large_blocks_get_chunks_of_their_own),
      cmocka_unit_test(each_failure_is_a_null),        cmocka_unit_test(a_failed_text_is_empty),
      cmocka_unit_test(texts_are_copies_with_a_nul),   cmocka_unit_test(vectors_keep_their_elements),
      cmocka_unit_test(a_steady_load_allocates_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
