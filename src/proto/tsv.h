/* Owns connections as tab-separated lines: a header that names the columns, then one connection a line.
 * Must never know: where lines come from. */
#ifndef PROTO_TSV_H
#define PROTO_TSV_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/record.h"

/* The header's names are fact names, `id`, or `-` for a column to pass over. A list's column may stand several
 * times. A value of \N is unknown and an empty one known and empty; \t \n \r \\ and \xHH stand for those bytes,
 * and every other byte for itself. Where the header ends in a carriage return, so may every line. */
#define TSV_COLUMNS 256

struct tsv {
  size_t count;
  bool crlf;
  uint64_t lists;               /* a bit for each fact that holds several values */
  int16_t columns[TSV_COLUMNS]; /* an assay_fact, or one of the two below */
};

enum { TSV_ID = -1, TSV_SKIP = -2 };

/* Lines come without their newline; values are unescaped where they stand, so both may write into the line. */
enum proto_result tsv_header(struct tsv *tsv, char *line, size_t len, struct proto_error *error);

/* Clears the facts, then sets them from the line. id borrows from the line. */
enum proto_result tsv_line(const struct tsv *tsv, char *line, size_t len, assay_facts *facts, struct proto_id *id,
                           struct proto_error *error);

#endif
