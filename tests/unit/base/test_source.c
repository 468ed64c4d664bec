/* Tests places in source files: lines, columns, ends of files, spans of no width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/source.h"
#include "support/alloc.h"

static void places_by_table(void **state) {
  (void)state;
  static const struct {
    struct text bytes;
    uint32_t begin, end, line, column, end_line, end_column;
    const char *line_text;
  } rows[] = {
      {{"", 0}, 0, 0, 1, 1, 1, 1, ""},
      {{NULL, 0}, 0, 0, 1, 1, 1, 1, ""},
      {{"abc", 3}, 0, 3, 1, 1, 1, 4, "abc"},
      {{"abc", 3}, 3, 3, 1, 4, 1, 4, "abc"},          /* the end of a file without a last newline */
      {{"abc\n", 4}, 4, 4, 2, 1, 2, 1, ""},           /* and of one with it */
      {{"abc\n", 4}, 3, 3, 1, 4, 1, 4, "abc"},
      {{"abc\n", 4}, 3, 4, 1, 4, 2, 1, "abc"},        /* the newline itself */
      {{"ab\ncd\nef", 8}, 3, 5, 2, 1, 2, 3, "cd"},
      {{"ab\ncd\nef", 8}, 1, 7, 1, 2, 3, 2, "ab"},
      {{"ab\r\ncd", 6}, 0, 2, 1, 1, 1, 3, "ab"},      /* a carriage return is not shown */
      {{"ab\r\ncd", 6}, 4, 6, 2, 1, 2, 3, "cd"},
      {{"ab\r\r\r", 5}, 5, 5, 1, 6, 1, 6, "ab"},
      {{"\n\n\n", 3}, 2, 2, 3, 1, 3, 1, ""},
      {{"a\0b\nc", 5}, 2, 3, 1, 3, 1, 4, "a"},        /* the text below is compared by its length */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena arena;
    struct sources sources;
    arena_init(&arena, &mem_default, SIZE_MAX);
    assert_true(sources_init(&sources, &arena));
    uint32_t file = sources_add(&sources, TEXT("x.rule"), rows[i].bytes, SPAN_NONE);
    assert_int_equal(file, 1);
    struct span span = {file, rows[i].begin, rows[i].end};
    struct place place = sources_place(&sources, span);
    assert_true(text_is(place.file, "x.rule"));
    assert_int_equal(place.line, rows[i].line);
    assert_int_equal(place.column, rows[i].column);
    assert_int_equal(place.end_line, rows[i].end_line);
    assert_int_equal(place.end_column, rows[i].end_column);
    assert_true(text_starts(place.line_text, text_from(rows[i].line_text)));
    struct text bytes = sources_text(&sources, span);
    assert_int_equal(bytes.len, rows[i].end - rows[i].begin);
    if (bytes.len) assert_memory_equal(bytes.ptr, rows[i].bytes.ptr + rows[i].begin, bytes.len);
    arena_free(&arena);
  }
}

static void no_place_is_line_zero(void **state) {
  (void)state;
  struct arena arena;
  struct sources sources;
  arena_init(&arena, &mem_default, SIZE_MAX);
  assert_true(sources_init(&sources, &arena));
  uint32_t file = sources_add(&sources, TEXT("a"), TEXT("text"), SPAN_NONE);
  const struct span rows[] = {SPAN_NONE, {file + 1, 0, 1}, {UINT32_MAX, 0, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(sources_place(&sources, rows[i]).line, 0);
    assert_int_equal(sources_text(&sources, rows[i]).len, 0);
  }
  const struct span outside[] = {{file, 3, 9}, {file, 3, 2}, {file, 5, 5}};
  for (size_t i = 0; i < 3; i++) assert_int_equal(sources_text(&sources, outside[i]).len, 0);
  arena_free(&arena);
}

static void joined_spans(void **state) {
  (void)state;
  static const struct {
    struct span a, b, joined;
  } rows[] = {
      {{1, 2, 4}, {1, 6, 8}, {1, 2, 8}}, {{1, 6, 8}, {1, 2, 4}, {1, 2, 8}}, {{0, 0, 0}, {1, 6, 8}, {1, 6, 8}},
      {{1, 2, 4}, {0, 0, 0}, {1, 2, 4}}, {{1, 2, 4}, {2, 0, 9}, {1, 2, 4}}, {{1, 2, 9}, {1, 3, 3}, {1, 2, 9}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct span joined = span_join(rows[i].a, rows[i].b);
    assert_memory_equal(&joined, &rows[i].joined, sizeof joined);
  }
}

static void memory_out_is_file_zero(void **state) {
  (void)state;
  for (size_t nth = 1; nth <= 3; nth++) {
    struct test_alloc t;
    test_alloc_failing(&t, nth, true);
    struct arena arena;
    struct sources sources;
    arena_init(&arena, &t.alloc, SIZE_MAX);
    bool ready = sources_init(&sources, &arena);
    assert_int_equal(ready, nth > 1);
    char lines[3000];
    memset(lines, '\n', sizeof lines);
    uint32_t file = 1;
    for (size_t i = 0; ready && file && i < 100; i++)
      file = sources_add(&sources, TEXT("a"), text_of(lines, sizeof lines), SPAN_NONE);
    if (ready) assert_int_equal(file, 0);
    arena_free(&arena);
    assert_true(test_alloc_clean(&t));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(places_by_table), cmocka_unit_test(no_place_is_line_zero), cmocka_unit_test(joined_spans),
      cmocka_unit_test(memory_out_is_file_zero),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
