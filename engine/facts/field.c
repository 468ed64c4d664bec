/* Owns the table of facts, made from fields.def and ranges.def.
 * Must never know: a connection, or a rule. */
#include "facts/field.h"

#define RANGE(id, least, most, words) static const struct field_range range_##id = {least, most, words};
#include "facts/ranges.def"
#undef RANGE

const struct field_range field_range_any = {INT64_MIN, INT64_MAX, ""};

static const struct field_info infos[] = {
#define FIELD(id, word, type, stage, doc, json, postfix, milter, header, range) \
  {word, FIELD_##type, #stage, doc, json, postfix, milter, header, &range_##range},
#include "facts/fields.def"
#undef FIELD
};

static const char *const type_words[] = {
    [FIELD_BOOL] = "bool",       [FIELD_INT] = "int",         [FIELD_STRING] = "string",
    [FIELD_NAME] = "name",       [FIELD_ADDRESS] = "address", [FIELD_MAILBOX] = "mailbox",
    [FIELD_MAILBOX_LIST] = "list of mailbox",
};

const struct field_info *field_info(unsigned field) {
  return &infos[field];
}

enum field field_find(struct text name) {
  unsigned field = 0;
  while (field < FIELD_COUNT && !text_is(name, infos[field].name)) field++;
  return (enum field)field;
}

const char *field_type_word(enum field_type type) {
  return type_words[type];
}
