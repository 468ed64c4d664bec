/* Owns the printing of cells in aligned columns, the last one wrapped where a width is given.
 * Must never know: what the cells say. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>

#include "proto/bytes.h"

#define TABLE_COLUMNS 6

/* All zeros but for indent, width and right is an empty one. */
struct table {
  size_t indent;
  size_t width;   /* of the whole table; 0: lines are as long as they are */
  unsigned right; /* a bit for each column that is set flush right */
  struct bytes text;
  struct bytes ends; /* size_t: where each cell ends in text */
  size_t columns;    /* of the first row; each later one has as many */
  size_t cells;      /* ended */
  bool open;
};

/* Ends the cell before, and begins the next: write its text into what is answered. */
struct bytes *table_cell(struct table *table);
void table_end_row(struct table *table);
void table_print(const struct table *table, struct bytes *out);
void table_free(struct table *table);

#endif
