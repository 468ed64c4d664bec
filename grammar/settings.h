/* Owns files of settings: the forms that a host gives, and the lines that are held against them.
 * Must never know: what a setting is for. */
#ifndef GRAMMAR_SETTINGS_H
#define GRAMMAR_SETTINGS_H

#include "base/addr.h"
#include "base/diag.h"

enum { SETTINGS_FILE_MAX = 1 << 20 };

/* --- forms --- */

/* What may stand in a place, beside a word that stands for itself; the words of the table in settings_value.c. */
enum setting_type {
  SETTING_TYPE_WORD,
  SETTING_TYPE_STRING,
  SETTING_TYPE_TEXT, /* either */
  SETTING_TYPE_NUMBER,
  SETTING_TYPE_OCTAL,
  SETTING_TYPE_DURATION,
  SETTING_TYPE_ADDRESS,
  SETTING_TYPE_NETWORK,
  SETTING_TYPE_ENDPOINT,
  SETTING_TYPE_SERVER,
  SETTING_TYPE_COUNT
};

struct setting_choice {
  struct text word; /* that word; empty: a value of the type */
  enum setting_type type;
  struct text low_text, high_text; /* as the form has them; empty: no range */
  int64_t low, high;
};

/* One place, or with `list` as many as come. */
struct setting_slot {
  VEC(struct setting_choice) choices;
  bool list;
};

/* The places in front (the name is empty), or those behind the name of an optional part. */
struct setting_part {
  struct text name;
  VEC(struct setting_slot) slots;
};

struct setting_form {
  struct text name, values, doc;
  VEC(struct text) words; /* of the name */
  bool repeats;
  struct setting_part front;
  VEC(struct setting_part) parts;
  struct span first; /* where it is set, while a file is read; file 0: nowhere yet */
};

/* Reads the form of one setting, whose texts are borrowed; names of parts are copied, with a NUL behind. False when it
 * has none that can be read. */
bool setting_form_read(struct setting_form *out, struct arena *arena, struct text name, struct text values);

/* "the form is `limit idle DURATION(1s..1h)`": what else there is to say of a line that is not as it must be. */
void setting_form_help(struct diags *diags, const struct setting_form *form);

/* --- values --- */

enum setting_kind {
  SETTING_WORD,
  SETTING_STRING,
  SETTING_NUMBER,
  SETTING_DURATION, /* in milliseconds */
  SETTING_ADDRESS,
  SETTING_NETWORK,
  SETTING_TCP,
  SETTING_UNIX,
  SETTING_SERVER
};

struct setting_value {
  enum setting_kind kind;
  struct text part;  /* the part it stands in; empty: in front */
  struct text text;  /* of a string its bytes, of a Unix socket its path, else as it is written */
  struct text shown; /* the address: RFC 5952, or * */
  struct addr addr;
  int64_t number;
  unsigned bits, port;
  struct span span;
};

struct setting {
  size_t form;
  struct span span; /* of its name */
  VEC(struct setting_value) values;
};

/* A token of a line; its text is of a string the bytes, else as it is written. */
struct setting_item {
  int token;
  struct span span;
  struct text text;
  struct network network;
};

struct settings {
  struct arena arena;
  struct sources sources;
  VEC(struct setting_form) forms;
  VEC(struct setting) list;
};

/* Reads a whole file, whose bytes are borrowed, into the list, by the forms. Errors go to diags. False only when memory
 * is out. */
bool settings_read(struct settings *settings, struct diags *diags, struct text name, struct text bytes);

/* --- for the files that read a line between them --- */

struct setting_line {
  struct settings *settings;
  struct diags *diags;
  const struct setting_item *at, *begin, *end; /* the item to be read, and all of them */
};

/* settings_match.c: the line, which has an item, against the forms. */
void setting_line_read(struct setting_line *line);

/* settings_value.c: whether a value of this choice begins like the item; and the value, which is reported, with the
 * name of its place, when it is not as it must be. */
bool setting_choice_fits(const struct setting_choice *choice, const struct setting_item *item);
bool setting_value_read(struct setting_value *out, struct setting_line *line, const struct setting_choice *choice,
                        const struct setting_item *item, struct text place);

/* "a number", "`off`". */
void setting_choice_print(struct buf *out, const struct setting_choice *choice);
void setting_item_print(struct buf *out, const struct setting_item *item);

/* Adds to a message that the item is of the wrong kind what to write instead; false when there is nothing to say. */
bool setting_wrong_help(struct diags *diags, const struct setting_slot *slot, const struct setting_item *item);

/* The type called so, or SETTING_TYPE_COUNT. */
enum setting_type setting_type_find(struct text word);
bool setting_type_ranged(enum setting_type type, struct text text, int64_t *out);

#endif
