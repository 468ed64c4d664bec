/* Owns the table of facts, made from fields.def and ranges.def.
 * Must never know: a connection, or a rule. */
#ifndef FACTS_FIELD_H
#define FACTS_FIELD_H

#include <stdint.h>

#include "base/text.h"

enum field {
#define FIELD(id, word, type, stage, doc, json, postfix, milter, header, range) FIELD_##id,
#include "facts/fields.def"
#undef FIELD
  FIELD_COUNT
};

enum field_type {
  FIELD_BOOL,
  FIELD_INT,
  FIELD_STRING,
  FIELD_NAME,
  FIELD_ADDRESS,
  FIELD_MAILBOX,
  FIELD_MAILBOX_LIST
};

/* What the values of an int lie between. */
struct field_range {
  int64_t least, most;
  const char *words; /* "0 to 65535"; "" where the fact is no int */
};

struct field_info {
  const char *name;
  enum field_type type;
  const char *stage, *doc, *json, *postfix, *milter, *header;
  const struct field_range *range; /* never NULL */
};

/* Borrowed from a static table; `field` must be below FIELD_COUNT. */
const struct field_info *field_info(unsigned field);

/* Of a number of which nothing is known. */
extern const struct field_range field_range_any;

/* FIELD_COUNT when there is no fact of this name. */
enum field field_find(struct text name);

const char *field_type_word(enum field_type type);

#endif
