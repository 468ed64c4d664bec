/* Tests how diagnostics are kept and drawn: carets under tabs, UTF-8 and long lines, spans of no width, odd bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/diag.h"
#include "support/alloc.h"

static const struct diag_code error = {"E999", "test", DIAG_ERROR, "for tests"};
static const struct diag_code warning = {"W999", "test", DIAG_WARNING, "for tests"};

struct fixture {
  struct arena arena;
  struct sources sources;
  struct diags diags;
  struct buf out;
};

static void open_fixture(struct fixture *f, const assay_alloc *alloc) {
  arena_init(&f->arena, alloc, SIZE_MAX);
  sources_init(&f->sources, &f->arena);
  diags_init(&f->diags, alloc);
  f->diags.sources = &f->sources;
  buf_init(&f->out, alloc);
}

static void close_fixture(struct fixture *f) {
  diags_free(&f->diags);
  arena_free(&f->arena);
  buf_free(&f->out);
}

static struct text drawn(struct fixture *f, bool colour) {
  buf_clear(&f->out);
  for (size_t i = 0; i < f->diags.list.count; i++) diag_render(&f->out, &f->diags.list.at[i], colour);
  return buf_view(&f->out);
}

static void expect_drawn(struct fixture *f, const char *expected) {
  struct text text = drawn(f, false);
  bool same = text_is(text, expected);
  if (!same) print_error("expected:\n%.*s\ngot:\n%.*s\n", TEXT_ARG(text_from(expected)), TEXT_ARG(text));
  assert_true(same);
}

static void carets_by_table(void **state) {
  (void)state;
  static const struct {
    struct text bytes;
    uint32_t begin, end;
    const char *expected;
  } rows[] = {
      {{"let a = b", 9}, 8, 9, "t:1:9: error[E999]: m\n    1 | let a = b\n      |         ^\n"},
      {{"let a = bcd", 11}, 8, 11, "t:1:9: error[E999]: m\n    1 | let a = bcd\n      |         ^^^\n"},
      /* no width still has a caret; so has the end of the file, with and without a last newline */
      {{"let a", 5}, 2, 2, "t:1:3: error[E999]: m\n    1 | let a\n      |   ^\n"},
      {{"let a", 5}, 5, 5, "t:1:6: error[E999]: m\n    1 | let a\n      |      ^\n"},
      {{"let a\n", 6}, 6, 6, "t:2:1: error[E999]: m\n    2 | \n      | ^\n"},
      {{"", 0}, 0, 0, "t:1:1: error[E999]: m\n    1 | \n      | ^\n"},
      /* tabs are repeated, so that the caret stands right whatever their width */
      {{"\ta\tb", 4}, 3, 4, "t:1:4: error[E999]: m\n    1 | \ta\tb\n      | \t \t^\n"},
      /* a character of several bytes is one column */
      {{"\xc3\xa4\xe2\x82\xac = x", 9}, 8, 9,
       "t:1:9: error[E999]: m\n    1 | \xc3\xa4\xe2\x82\xac = x\n      |      ^\n"},
      {{"\xc3\xa4\xe2\x82\xac = x", 9}, 0, 5,
       "t:1:1: error[E999]: m\n    1 | \xc3\xa4\xe2\x82\xac = x\n      | ^^\n"},
      /* a span over several lines is drawn to the end of its first */
      {{"ab {\n}\n", 7}, 3, 6, "t:1:4: error[E999]: m\n    1 | ab {\n      |    ^\n"},
      {{"abcdef\n}\n", 9}, 2, 8, "t:1:3: error[E999]: m\n    1 | abcdef\n      |   ^^^^\n"},
      /* control bytes cannot reach the terminal; nor the carriage return of a line end */
      {{"a\x1b[31mb\x7f\0c\r\n", 12}, 6, 7, "t:1:7: error[E999]: m\n    1 | a?[31mb??c\n      |       ^\n"},
      /* nor control characters in UTF-8; a lone lead byte hides nothing */
      {{"\xe2\x80\xae\xe2\x80\xa8" "b", 7}, 6, 7, "t:1:7: error[E999]: m\n    1 | ??????b\n      |       ^\n"},
      {{"a\xc2\x9b" "b", 4}, 3, 4, "t:1:4: error[E999]: m\n    1 | a??b\n      |    ^\n"},
      {{"a\xc2" "b", 3}, 2, 3, "t:1:3: error[E999]: m\n    1 | a\xc2" "b\n      |   ^\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    open_fixture(&f, &mem_default);
    uint32_t file = sources_add(&f.sources, TEXT("t"), rows[i].bytes, SPAN_NONE);
    diag_report(&f.diags, &error, (struct span){file, rows[i].begin, rows[i].end}, "m");
    expect_drawn(&f, rows[i].expected);
    close_fixture(&f);
  }
}

/* Wherever the span stands in a line of any length: the line that is shown has at most 160 bytes, holds the byte that is
 * meant, and a caret stands under it. */
static void long_lines_keep_the_caret_in_sight(void **state) {
  (void)state;
  static const size_t lens[] = {1, 80, 159, 160, 161, 200, 1000, 5000};
  char bytes[5100];
  for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
    for (size_t at = 0; at < lens[i]; at += lens[i] / 40 + 1) {
      struct fixture f;
      open_fixture(&f, &mem_default);
      memset(bytes, '.', lens[i]);
      bytes[at] = 'X';
      uint32_t file = sources_add(&f.sources, TEXT("t"), text_of(bytes, lens[i]), SPAN_NONE);
      diag_report(&f.diags, &error, (struct span){file, (uint32_t)at, (uint32_t)at + 1}, "m");
      struct text text = drawn(&f, false);
      size_t meant = text_find(text, TEXT("X")), caret = text_find(text, TEXT("^"));
      size_t line = text_find(text, TEXT("1 | ")) + 4, carets = text_find(text, TEXT("      | ")) + 8;
      assert_true(meant < text.len && caret < text.len);
      assert_int_equal(meant - line, caret - carets);
      assert_true(carets - 8 - 1 - line <= 160);
      close_fixture(&f);
    }
}

/* Carriage returns at a line's end are not shown, but a span may stand behind them. */
static void spans_behind_a_long_line(void **state) {
  (void)state;
  static const size_t returns[] = {0, 1, 79, 81, 500, 3000};
  char bytes[4000];
  for (size_t i = 0; i < sizeof returns / sizeof *returns; i++)
    for (size_t len = 100; len <= 300; len += 100) {
      struct fixture f;
      open_fixture(&f, &mem_default);
      memset(bytes, 'x', len);
      memset(bytes + len, '\r', returns[i]);
      uint32_t end = (uint32_t)(len + returns[i]);
      uint32_t file = sources_add(&f.sources, TEXT("t"), text_of(bytes, end), SPAN_NONE);
      diag_report(&f.diags, &error, (struct span){file, end, end}, "m");
      struct text text = drawn(&f, false);
      assert_true(text_ends(text, TEXT("^\n")));
      assert_true(text.len < 400);
      close_fixture(&f);
    }
}

/* A window over a long line neither begins nor ends within a character. */
static void windows_keep_characters_whole(void **state) {
  (void)state;
  for (size_t shift = 0; shift < 4; shift++) {
    char bytes[1000];
    memset(bytes, 'a', shift);
    for (size_t i = shift; i + 3 <= sizeof bytes; i += 3) memcpy(bytes + i, "\xe2\x82\xac", 3);
    size_t len = shift + (sizeof bytes - shift) / 3 * 3;
    for (size_t at = shift; at < len; at += 30) {
      struct fixture f;
      open_fixture(&f, &mem_default);
      uint32_t file = sources_add(&f.sources, TEXT("t"), text_of(bytes, len), SPAN_NONE);
      diag_report(&f.diags, &error, (struct span){file, (uint32_t)at, (uint32_t)at + 3}, "m");
      struct text text = drawn(&f, false);
      size_t from = text_find(text, TEXT("1 | ")) + 4, to = from;
      while (text.ptr[to] != '\n') to++;
      size_t whole = 0;
      for (size_t i = from; i < to; i++) whole += text.ptr[i] != 'a';
      assert_true(((unsigned char)text.ptr[from] & 0xc0) != 0x80);
      assert_int_equal(whole % 3, 0);
      close_fixture(&f);
    }
  }
}

static void a_second_place_and_help(void **state) {
  (void)state;
  struct fixture f;
  open_fixture(&f, &mem_default);
  uint32_t a = sources_add(&f.sources, TEXT("a.rule"), TEXT("let x = 1\nlet x = 2\n"), SPAN_NONE);
  uint32_t b = sources_add(&f.sources, TEXT("b.rule"), TEXT("let y = 1\n"), (struct span){a, 10, 13});
  diag_report(&f.diags, &error, (struct span){a, 14, 15}, "`%s` is defined twice", "x");
  diag_second(&f.diags, (struct span){a, 4, 5}, "first defined here");
  diag_help(&f.diags, "rename %s", "one");
  diag_report(&f.diags, &warning, (struct span){b, 4, 5}, "odd");
  diag_second(&f.diags, (struct span){a, 0, 3}, "%s", "");
  diag_report(&f.diags, &error, SPAN_NONE, "nowhere");
  expect_drawn(&f,
               "a.rule:2:5: error[E999]: `x` is defined twice\n"
               "    2 | let x = 2\n"
               "      |     ^\n"
               "    1 | let x = 1\n"
               "      |     ~ first defined here\n"
               "      = help: rename one\n"
               "b.rule:1:5: warning[W999]: odd\n"
               "    1 | let y = 1\n"
               "      |     ^\n"
               "      --> a.rule:1:1\n"
               "    1 | let x = 1\n"
               "      | ~~~\n"
               "      = included from a.rule:2\n"
               "error[E999]: nowhere\n");
  assert_int_equal(f.diags.errors, 2);
  struct text coloured = drawn(&f, true);
  assert_true(text_find(coloured, TEXT("\033[1;31m")) < coloured.len &&
              text_find(coloured, TEXT("\033[0m")) < coloured.len);
  close_fixture(&f);
}

static void a_deep_chain_is_whole(void **state) {
  (void)state;
  static const char name[] = "folder/with/a/rather/long/name/and/file_00.rule";
  struct fixture f;
  open_fixture(&f, &mem_default);
  char names[12][sizeof name];
  uint32_t file = 0;
  for (uint32_t i = 0; i < 12; i++) {
    memcpy(names[i], name, sizeof name);
    names[i][sizeof name - 7] = (char)('a' + i);
    file = sources_add(&f.sources, text_from(names[i]), TEXT("include \"x\"\n"),
                       (struct span){file, 0, file ? 7u : 0u});
  }
  diag_report(&f.diags, &error, (struct span){file, 0, 1}, "m");
  struct text chain = f.diags.list.at[0].chain;
  assert_true(text_starts(chain, TEXT("included from folder/")));
  assert_true(text_ends(chain, TEXT("file_0a.rule:1")));
  size_t entries = 1;
  for (size_t i = 0; i < chain.len; i++) entries += chain.ptr[i] == ',';
  assert_int_equal(entries, 11);
  assert_int_equal(chain.len, sizeof "included from " - 1 + 11 * (sizeof name - 1 + 2) + 10 * 2);
  close_fixture(&f);
}

/* The gutter widens with the line's number. */
static void far_lines_stay_aligned(void **state) {
  (void)state;
  static const size_t lines[] = {1, 9, 99999, 100000, 1234567};
  char *bytes = mem_new(&mem_default, 1234600);
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct fixture f;
    open_fixture(&f, &mem_default);
    size_t before = lines[i] - 1;
    memset(bytes, '\n', before);
    memcpy(bytes + before, "let X", 5);
    uint32_t file = sources_add(&f.sources, TEXT("t"), text_of(bytes, before + 5), SPAN_NONE);
    diag_report(&f.diags, &error, (struct span){file, (uint32_t)before + 4, (uint32_t)before + 5}, "m");
    struct text text = drawn(&f, false);
    size_t first = text_find(text, TEXT("\n")) + 1, meant = text_find(text, TEXT("X"));
    size_t second = meant + 2, caret = text_find(text, TEXT("^"));
    assert_int_equal(meant - first, caret - second);
    close_fixture(&f);
  }
  mem_free(&mem_default, bytes, 1234600);
}

/* A file may be one line of many bytes; each message keeps what it shows of it, not the line. */
static void a_long_line_is_not_kept_with_each_message(void **state) {
  (void)state;
  enum { LEN = 1 << 18 };
  struct test_alloc t;
  test_alloc_init(&t);
  char *bytes = mem_new(&mem_default, LEN);
  memset(bytes, '@', LEN);
  struct fixture f;
  open_fixture(&f, &t.alloc);
  uint32_t file = sources_add(&f.sources, TEXT("t"), text_of(bytes, LEN), SPAN_NONE);
  for (uint32_t i = 0; i < DIAG_KEEP_MAX; i++)
    diag_report(&f.diags, &error, (struct span){file, i * 100, i * 100 + 1}, "m");
  assert_true(t.bytes < 4 << 20);
  close_fixture(&f);
  mem_free(&mem_default, bytes, LEN);
  assert_true(test_alloc_clean(&t));
}

static void only_so_many_are_kept(void **state) {
  (void)state;
  struct fixture f;
  open_fixture(&f, &mem_default);
  uint32_t file = sources_add(&f.sources, TEXT("t"), TEXT("x"), SPAN_NONE);
  for (size_t i = 0; i < DIAG_KEEP_MAX + 20; i++) {
    diag_report(&f.diags, &error, (struct span){file, 0, 1}, "%zu", i);
    diag_help(&f.diags, "help %zu", i);
  }
  assert_int_equal(f.diags.list.count, DIAG_KEEP_MAX);
  assert_int_equal(f.diags.dropped, 20);
  assert_int_equal(f.diags.errors, DIAG_KEEP_MAX + 20);
  assert_true(text_is(f.diags.list.at[DIAG_KEEP_MAX - 1].help, "help 999")); /* not that of a dropped one */
  close_fixture(&f);
}

/* Once there are too many, an error takes the place of the last warning, and what is said about it goes with it; a warning
 * is dropped, and what is said about it as well. */
static void errors_are_kept_rather_than_warnings(void **state) {
  (void)state;
  struct fixture f;
  open_fixture(&f, &mem_default);
  uint32_t file = sources_add(&f.sources, TEXT("t"), TEXT("x"), SPAN_NONE);
  for (size_t i = 0; i < DIAG_KEEP_MAX; i++)
    diag_report(&f.diags, i == 2 || i == 5 ? &warning : &error, (struct span){file, 0, 1}, "%zu", i);
  static const char *const last[] = {"error 0", "error 1", "error 1"};
  for (size_t i = 0; i < 3; i++) {
    diag_report(&f.diags, &warning, (struct span){file, 0, 1}, "warning %zu", i);
    diag_help(&f.diags, "help of a dropped one");
    assert_int_equal(f.diags.list.at[DIAG_KEEP_MAX - 1].help.len, i ? 4 : 0);
    diag_report(&f.diags, &error, (struct span){file, 0, 1}, "error %zu", i);
    diag_help(&f.diags, "help");
    assert_true(text_is(f.diags.list.at[DIAG_KEEP_MAX - 1].message, last[i]));
  }
  assert_true(text_is(f.diags.list.at[2].message, "3"));
  assert_true(text_is(f.diags.list.at[4].message, "6"));
  assert_int_equal(f.diags.list.count, DIAG_KEEP_MAX);
  assert_int_equal(f.diags.errors, DIAG_KEEP_MAX + 1);
  assert_int_equal(f.diags.warnings, 5);
  assert_int_equal(f.diags.dropped, 6);
  close_fixture(&f);
}

static void muted_is_as_if_not_said(void **state) {
  (void)state;
  struct fixture f;
  open_fixture(&f, &mem_default);
  diag_report(&f.diags, &error, SPAN_NONE, "said");
  f.diags.muted = true;
  diag_report(&f.diags, &error, SPAN_NONE, "not said");
  diag_help(&f.diags, "not said either");
  f.diags.muted = false;
  expect_drawn(&f, "error[E999]: said\n");
  assert_int_equal(f.diags.errors, 1);
  diag_report(&f.diags, &error, SPAN_NONE, "said again");
  diag_help(&f.diags, "with help");
  expect_drawn(&f, "error[E999]: said\nerror[E999]: said again\n      = help: with help\n");
  close_fixture(&f);
}

/* Without a place first, then by file and place; what has the same stays in the order in which it was found. */
static void sorting_by_table(void **state) {
  (void)state;
  static const struct span found[] = {{2, 4, 9}, {1, 7, 8}, {2, 0, 1}, {1, 7, 9}, {0, 0, 0},
                                      {1, 2, 3}, {2, 4, 5}, {1, 7, 7}, {0, 0, 0}};
  static const char sorted[] = "485137206";
  struct fixture f;
  open_fixture(&f, &mem_default);
  sources_add(&f.sources, TEXT("one"), TEXT("0123456789"), SPAN_NONE);
  sources_add(&f.sources, TEXT("two"), TEXT("0123456789"), SPAN_NONE);
  for (size_t i = 0; i < sizeof found / sizeof *found; i++)
    diag_report(&f.diags, i % 2 ? &error : &warning, found[i], "%zu", i);
  diags_sort(&f.diags);
  assert_int_equal(f.diags.list.count, sizeof found / sizeof *found);
  for (size_t i = 0; i < f.diags.list.count; i++) assert_int_equal(f.diags.list.at[i].message.ptr[0], sorted[i]);
  diag_help(&f.diags, "too late"); /* there is no latest one any more */
  for (size_t i = 0; i < f.diags.list.count; i++) assert_int_equal(f.diags.list.at[i].help.len, 0);
  close_fixture(&f);
}

static void a_message_may_be_long(void **state) {
  (void)state;
  char long_text[3000];
  memset(long_text, 'y', sizeof long_text - 1);
  long_text[sizeof long_text - 1] = 0;
  struct fixture f;
  open_fixture(&f, &mem_default);
  diag_report(&f.diags, &error, SPAN_NONE, "%s", long_text);
  assert_in_range(f.diags.list.at[0].message.len, 500, sizeof long_text - 1);
  close_fixture(&f);
}

/* Wherever memory ends, nothing breaks and the errors are still counted. */
static void memory_out_is_noted(void **state) {
  (void)state;
  for (size_t nth = 1; nth < 12; nth++) {
    struct test_alloc t, steady;
    test_alloc_init(&steady);
    test_alloc_failing(&t, nth, nth % 2 == 0);
    struct fixture f;
    open_fixture(&f, &steady.alloc);
    diags_free(&f.diags);
    diags_init(&f.diags, &t.alloc);
    f.diags.sources = &f.sources;
    buf_free(&f.out);
    buf_init(&f.out, &t.alloc);
    uint32_t file = sources_add(&f.sources, TEXT("t"), TEXT("let x = 1\n"), SPAN_NONE);
    for (size_t i = 0; i < 300; i++) {
      diag_report(&f.diags, &error, (struct span){file, 4, 5}, "message");
      diag_second(&f.diags, (struct span){file, 0, 3}, "second");
      diag_help(&f.diags, "help");
    }
    assert_int_equal(f.diags.errors, 300);
    drawn(&f, true);
    assert_true(f.diags.arena.failed || f.out.failed);
    close_fixture(&f);
    assert_true(test_alloc_clean(&t) && test_alloc_clean(&steady));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(carets_by_table),               cmocka_unit_test(long_lines_keep_the_caret_in_sight),
      cmocka_unit_test(spans_behind_a_long_line),      cmocka_unit_test(windows_keep_characters_whole),
      cmocka_unit_test(a_second_place_and_help),       cmocka_unit_test(a_deep_chain_is_whole),
      cmocka_unit_test(a_long_line_is_not_kept_with_each_message),
      cmocka_unit_test(far_lines_stay_aligned),        cmocka_unit_test(only_so_many_are_kept),
      cmocka_unit_test(errors_are_kept_rather_than_warnings),
      cmocka_unit_test(muted_is_as_if_not_said),       cmocka_unit_test(sorting_by_table),
      cmocka_unit_test(a_message_may_be_long),         cmocka_unit_test(memory_out_is_noted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
