/* Owns connections as JSON objects, one a line.
 * Must never know: where lines come from. */
#ifndef PROTO_JSONL_H
#define PROTO_JSONL_H

#include "proto/bytes.h"
#include "proto/record.h"

/* Keys are fact names, and `id`, any scalar, which is kept as it is written. A value that is absent or null is
 * unknown; a string is the fact's text, "" known and empty; {"base64":"…"} gives raw bytes; numbers and booleans
 * go to facts of their types; a list of mailboxes takes an array, or a string for one. Names given twice are
 * refused. */
struct jsonl {
  struct bytes raw; /* what base64 stood for */
};

void jsonl_free(struct jsonl *jsonl);

/* Clears the facts, then sets them from the line. id borrows from the line. */
enum proto_result jsonl_line(struct jsonl *jsonl, const char *line, size_t len, assay_facts *facts,
                             struct proto_id *id, struct proto_error *error);

#endif
