/* Tests tables of cells: columns in line whatever the cells hold, the last one wrapped, no blanks at a line's end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/table.h"

#define UE "\xc3\xbc"
#define HAN "\xe6\x97\xa5"
#define FORTY "0123456789012345678901234567890123456789"

enum { CELLS_MAX = 9 };

static const struct row {
  size_t indent, width, columns;
  unsigned right;
  const char *cells[CELLS_MAX]; /* ends with NULL */
  const char *text;
} rows[] = {
    {0, 0, 2, 0, {NULL}, ""},
    {0, 0, 1, 0, {"a", "bb"}, "a\nbb\n"},
    {0, 0, 2, 0, {"a", "x", "bbb", "y"}, "a    x\nbbb  y\n"},
    {2, 0, 2, 0, {"a", "x", "bbb", "y"}, "  a    x\n  bbb  y\n"},
    {0, 0, 3, 2, {"a", "1.0", "x", "b", "-12.5", "y"}, "a    1.0  x\nb  -12.5  y\n"},
    /* an empty cell, and at the end of a line no blanks */
    {0, 0, 3, 0, {"a", "", "x", "b", "c", "", "", "", ""}, "a     x\nb  c\n\n"},
    {2, 0, 2, 0, {"", ""}, "\n"},
    /* what is shown counts, not bytes */
    {0, 0, 2, 0, {UE UE, "x", "abc", "y"}, UE UE "   x\nabc  y\n"},
    {0, 0, 2, 0, {"abc", "x", UE UE, "y"}, "abc  x\n" UE UE "   y\n"},
    {0, 0, 2, 0, {HAN HAN, "x", "abc", "y"}, HAN HAN "  x\nabc   y\n"},
    {0, 0, 2, 0, {"\033[1mab\033[0m", "x", "abc", "y"}, "\033[1mab\033[0m   x\nabc  y\n"},
    /* the last column wraps at blanks, where at least 24 columns are left for it */
    {0, 30, 2, 0, {"abc", "one two three four five six seven"}, "abc  one two three four five\n     six seven\n"},
    {0, 30, 2, 0, {"abc", FORTY " x"}, "abc  " FORTY "\n     x\n"},
    {0, 30, 2, 0, {"abc", "x " FORTY}, "abc  x\n     " FORTY "\n"},
    {0, 30, 2, 0, {"abc", FORTY}, "abc  " FORTY "\n"},
    {0, 30, 2, 0, {"abcd", "one two three four five six seven"}, "abcd  one two three four five six seven\n"},
    {0, 29, 1, 0, {"one two three four five six ab"}, "one two three four five six\nab\n"},
    {0, 27, 1, 0, {"one two three four five six ab"}, "one two three four five six\nab\n"},
    {0, 26, 1, 0, {"one two three four five six ab"}, "one two three four five\nsix ab\n"},
    {0, 30, 1, 0, {"one two three four five six ab"}, "one two three four five six ab\n"},
    {0, 30, 1, 0, {UE UE UE " two three four five six ab"}, UE UE UE " two three four five six ab\n"},
    {0, 0, 1, 0, {FORTY " " FORTY " " FORTY}, FORTY " " FORTY " " FORTY "\n"},
};

static void tables_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct table table = {.indent = rows[i].indent, .width = rows[i].width, .right = rows[i].right};
    struct bytes out = {0};
    for (size_t c = 0; c < CELLS_MAX && rows[i].cells[c]; c++) {
      bytes_str(table_cell(&table), rows[i].cells[c]);
      if ((c + 1) % rows[i].columns == 0) table_end_row(&table);
    }
    table_print(&table, &out);
    assert_bytes(&out, rows[i].text);
    table_free(&table);
    bytes_free(&out);
  }
}

/* A cell may be written in pieces; what stands before the table in the output is left alone. */
static void pieces_make_a_cell(void **state) {
  (void)state;
  struct table table = {0};
  struct bytes out = {0}, *cell = table_cell(&table);
  bytes_str(&out, "before ");
  bytes_str(cell, "a");
  bytes_byte(cell, 'b');
  bytes_uint(cell, 7);
  table_cell(&table);
  table_end_row(&table);
  table_end_row(&table); /* ends no second row */
  table_print(&table, &out);
  assert_bytes(&out, "before ab7\n");
  table_free(&table);
  bytes_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_by_table),
      cmocka_unit_test(pieces_make_a_cell),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
