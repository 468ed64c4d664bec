/* Tests the numbering of texts, and that a failed one does no harm to what comes later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/intern.h"
#include "support/alloc.h"

static void equal_texts_are_one(void **state) {
  (void)state;
  static const struct {
    struct text text;
    uint32_t number;
  } rows[] = {
      {{"a", 1}, 0}, {{"b", 1}, 1}, {{"", 0}, 2}, {{"a", 1}, 0}, {{NULL, 0}, 2}, {{"a\0", 2}, 3}, {{"A", 1}, 4},
      {{"b", 1}, 1},
  };
  struct arena arena;
  struct intern intern;
  arena_init(&arena, &mem_default, SIZE_MAX);
  intern_init(&intern, &arena);
  assert_int_equal(intern_find(&intern, TEXT("a")), INTERN_NONE);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(intern_add(&intern, rows[i].text), rows[i].number);
    assert_int_equal(intern_find(&intern, rows[i].text), rows[i].number);
  }
  assert_int_equal(intern_find(&intern, TEXT("c")), INTERN_NONE);
  arena_free(&arena);
}

static struct text name_of(char *space, size_t size, unsigned i) {
  return text_of(space, (size_t)snprintf(space, size, "name-%u", i));
}

static void many_keep_their_numbers(void **state) {
  (void)state;
  char space[32];
  struct arena arena;
  struct intern intern;
  arena_init(&arena, &mem_default, SIZE_MAX);
  intern_init(&intern, &arena);
  for (unsigned i = 0; i < 10000; i++) assert_int_equal(intern_add(&intern, name_of(space, sizeof space, i)), i);
  for (unsigned i = 0; i < 10000; i++) {
    struct text text = name_of(space, sizeof space, i);
    assert_int_equal(intern_find(&intern, text), i);
    assert_true(text_eq(intern.texts.at[i], text)); /* a copy: the space has changed since */
  }
  arena_free(&arena);
}

/* Memory may be out once and be there again: then numbers go on, and old ones are still found. */
static void one_failure_does_no_lasting_harm(void **state) {
  (void)state;
  char space[32];
  for (size_t nth = 1; nth <= 8; nth++) {
    struct test_alloc t;
    test_alloc_failing(&t, nth, false);
    struct arena arena;
    struct intern intern;
    arena_init(&arena, &t.alloc, SIZE_MAX);
    intern_init(&intern, &arena);
    uint32_t next = 0;
    for (unsigned i = 0; i < 3000; i++) {
      uint32_t number = intern_add(&intern, name_of(space, sizeof space, i));
      if (number == INTERN_NONE) {
        assert_true(arena.failed);
        arena.failed = false; /* as its owner may do, having noticed */
        number = intern_add(&intern, name_of(space, sizeof space, i));
      }
      assert_int_equal(number, next++);
    }
    for (unsigned i = 0; i < 3000; i++)
      assert_int_equal(intern_find(&intern, name_of(space, sizeof space, i)), i);
    arena_free(&arena);
    assert_true(test_alloc_clean(&t));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_texts_are_one), cmocka_unit_test(many_keep_their_numbers),
      cmocka_unit_test(one_failure_does_no_lasting_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
