/* Owns the reading of a regular expression's text, one item at a time, for the search of ambiguous loops. It is
 * only given what PCRE2 has accepted. Must never know: what the items are put together to. */
#ifndef GRAMMAR_REGEX_READ_H
#define GRAMMAR_REGEX_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The bytes that can begin what an item matches. Under /u a code point from 128 up is hashed into the upper
 * half: the sets of two different letters then mostly differ, and those of two equal ones never do. */
struct byte_set {
  uint64_t word[4];
};

enum regex_kind {
  REGEX_END,
  REGEX_BAR,
  REGEX_CLOSE,
  REGEX_OPEN,   /* of a group */
  REGEX_ONE,    /* one character of a set */
  REGEX_NOTHING /* an anchor, a setting, a verb; also back references and recursion, of which we claim nothing */
};

enum regex_group {
  REGEX_PLAIN,
  REGEX_ATOMIC, /* once matched, it is not tried again another way */
  REGEX_ASIDE,  /* a look ahead or behind: consumes nothing */
  REGEX_CHOICE  /* conditional: its branches are no free alternatives */
};

struct regex_item {
  enum regex_kind kind;
  enum regex_group group;
  struct byte_set set;
  size_t begin;
};

struct regex_repeat {
  uint32_t least, most; /* most is UINT32_MAX when unbounded */
  bool possessive;
};

struct regex_reader {
  struct text source;
  size_t at;
  unsigned flags; /* as they stand here; a group's opener restores them at its end */
  bool quoted;    /* between \Q and \E */
  bool has_callout;
  size_t callout_at;
};

void regex_read_item(struct regex_reader *reader, struct regex_item *out);

/* What stands behind an item; {1, 1} when there is no quantifier. */
void regex_read_repeat(struct regex_reader *reader, struct regex_repeat *out);

/* Moves behind white space and comments where /x makes them mean nothing, \Q and \E, and (?#…). */
void regex_skip_filler(struct regex_reader *reader);

/* In regex_class.c: adds one character, both cases of it under /i. */
void byte_set_add(struct byte_set *set, uint32_t point, unsigned flags);

/* The set of \d, \W and so on, by its letter; false when the letter is no such thing. */
bool byte_set_shorthand(struct byte_set *out, char letter, unsigned flags);

/* The bytes of the dot. */
void byte_set_dot(struct byte_set *out, unsigned flags);

/* Reads a class, from behind its opening bracket. */
void regex_read_class(struct regex_reader *reader, struct byte_set *out);

enum regex_escape { REGEX_ESCAPE_NOTHING, REGEX_ESCAPE_SET, REGEX_ESCAPE_POINT };

/* Reads an escape, from behind its backslash; fills one of the two. */
enum regex_escape regex_read_escape(struct regex_reader *reader, bool in_class, struct byte_set *set,
                                    uint32_t *point);

/* The next character, whole under /u. The reader must not stand at the end. */
uint32_t regex_read_point(struct regex_reader *reader);

/* Moves behind the next such byte, or to the end. */
void regex_skip_behind(struct regex_reader *reader, char byte);

#endif
