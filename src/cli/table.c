/* Owns the printing of cells in aligned columns, the last one wrapped where a width is given.
 * Must never know: what the cells say. */
#include "cli/table.h"

#include "cli/term.h"

#define TABLE_GAP 2
#define TABLE_NARROWEST 24 /* a last column that would be narrower than this is not wrapped */

static void end_cell(struct table *table) {
  if (!table->open) return;
  bytes_add(&table->ends, (const char *)&table->text.len, sizeof table->text.len);
  table->cells++;
  table->open = false;
}

struct bytes *table_cell(struct table *table) {
  end_cell(table);
  table->open = true;
  return &table->text;
}

void table_end_row(struct table *table) {
  end_cell(table);
  if (table->columns == 0) table->columns = table->cells < TABLE_COLUMNS ? table->cells : TABLE_COLUMNS;
}

void table_free(struct table *table) {
  bytes_free(&table->text);
  bytes_free(&table->ends);
}

static size_t end_at(const struct table *table, size_t cell) {
  size_t end;
  memcpy(&end, table->ends.ptr + cell * sizeof end, sizeof end);
  return end;
}

static const char *cell_at(const struct table *table, size_t cell, size_t *len) {
  size_t begin = cell > 0 ? end_at(table, cell - 1) : 0;
  *len = end_at(table, cell) - begin;
  return table->text.ptr ? table->text.ptr + begin : "";
}

/* Breaks at spaces; what has no space is not broken. */
static void print_wrapped(struct bytes *out, const char *ptr, size_t len, size_t room, size_t margin) {
  while (term_columns(ptr, len) > room) {
    size_t cut = 0;
    for (size_t i = 1; i < len && (term_columns(ptr, i) <= room || cut == 0); i++)
      if (ptr[i] == ' ') cut = i;
    if (cut == 0) break;
    bytes_add(out, ptr, cut);
    bytes_byte(out, '\n');
    bytes_spaces(out, margin);
    ptr += cut + 1;
    len -= cut + 1;
  }
  bytes_add(out, ptr, len);
}

static void print_cell(const struct table *table, size_t cell, size_t width, struct bytes *out) {
  size_t len, column = cell % table->columns;
  const char *ptr = cell_at(table, cell, &len);
  size_t shown = term_columns(ptr, len), pad = width > shown ? width - shown : 0;
  bool right = table->right >> column & 1;
  if (right) bytes_spaces(out, pad);
  bytes_add(out, ptr, len);
  bytes_spaces(out, (right ? 0 : pad) + TABLE_GAP);
}

static void print_last(const struct table *table, size_t cell, size_t margin, struct bytes *out) {
  size_t len;
  const char *ptr = cell_at(table, cell, &len);
  bool wraps = table->width > margin + TABLE_NARROWEST;
  if (len == 0) /* leaves no blanks at the end of a line */
    while (out->len > 0 && out->ptr[out->len - 1] == ' ') out->len--;
  if (wraps)
    print_wrapped(out, ptr, len, table->width - margin, margin);
  else
    bytes_add(out, ptr, len);
  bytes_byte(out, '\n');
}

void table_print(const struct table *table, struct bytes *out) {
  size_t widths[TABLE_COLUMNS] = {0}, margin = table->indent, len;
  if (table->columns == 0 || table->text.failed || table->ends.failed) return;
  for (size_t i = 0; i < table->cells; i++) {
    const char *ptr = cell_at(table, i, &len);
    size_t shown = term_columns(ptr, len), *width = &widths[i % table->columns];
    if (shown > *width) *width = shown;
  }
  for (size_t c = 0; c + 1 < table->columns; c++) margin += widths[c] + TABLE_GAP;
  for (size_t i = 0; i < table->cells; i++) {
    size_t column = i % table->columns;
    if (column == 0) bytes_spaces(out, table->indent);
    if (column + 1 < table->columns)
      print_cell(table, i, widths[column], out);
    else
      print_last(table, i, margin, out);
  }
}
