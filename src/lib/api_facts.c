/* Owns the public face of facts.
 * Must never know: rules. */
#include "lib/handles.h"

/* The public numbers are the table's. */
#define FIELD(id, word, type, stage, doc, json, postfix, milter, header, range) \
  _Static_assert((int)ASSAY_FACT_##id == (int)FIELD_##id, "include/assay/facts.h and fields.def differ");
#include "facts/fields.def"
#undef FIELD
_Static_assert((int)ASSAY_FACT_COUNT == (int)FIELD_COUNT, "include/assay/facts.h and fields.def differ");
_Static_assert((int)ASSAY_NEVER == (int)WHY_NEVER && (int)ASSAY_FAILED == (int)WHY_FAILED, "the reasons differ");

#define RANGE(id, least, most, words) static const char range_##id[] = words;
#include "facts/ranges.def"
#undef RANGE

static const assay_fact_info infos[] = {
#define TYPE_WORD_BOOL "bool"
#define TYPE_WORD_INT "int"
#define TYPE_WORD_STRING "string"
#define TYPE_WORD_NAME "name"
#define TYPE_WORD_ADDRESS "address"
#define TYPE_WORD_MAILBOX "mailbox"
#define TYPE_WORD_MAILBOX_LIST "list of mailbox"
#define FIELD(id, word, type, stage, doc, json, postfix, milter, header, range) \
  {word, ASSAY_TYPE_##type, TYPE_WORD_##type, #stage, doc, json, postfix, milter, header, range_##range},
#include "facts/fields.def"
#undef FIELD
};

const assay_fact_info *assay_fact_at(size_t index) {
  return index < FIELD_COUNT ? &infos[index] : NULL;
}

assay_status assay_fact_find(assay_fact *out, const char *name, size_t len) {
  if (!out) return ASSAY_BAD_ARGUMENT;
  *out = ASSAY_FACT_COUNT;
  if (!name) return ASSAY_BAD_ARGUMENT;
  enum field field = field_find(text_of(name, len));
  *out = (assay_fact)field;
  return field < FIELD_COUNT ? ASSAY_OK : ASSAY_NOT_FOUND;
}

const char *assay_why_text(assay_why why) {
  static const char *const texts[] = {"not yet", "failed", "never"};
  size_t at = (size_t)why;
  return at < sizeof texts / sizeof *texts ? texts[at] : "unknown";
}

assay_status assay_facts_new(assay_facts **out, const assay_alloc *alloc) {
  return assay_facts_new_with(out, NULL, alloc);
}

assay_status assay_facts_new_with(assay_facts **out, assay_vocabulary *vocabulary, const assay_alloc *alloc) {
  if (!out) return ASSAY_BAD_ARGUMENT;
  *out = NULL;
  alloc = handle_alloc(alloc);
  assay_facts *facts = mem_new(alloc, sizeof *facts);
  if (!facts) return ASSAY_NO_MEMORY;
  facts->alloc = alloc;
  assay_status status = facts_new(&facts->facts, vocabulary_close(vocabulary), alloc);
  if (status != ASSAY_OK) {
    mem_free(alloc, facts, sizeof *facts);
    return status;
  }
  facts->vocabulary = assay_vocabulary_ref(vocabulary);
  *out = facts;
  return ASSAY_OK;
}

void assay_facts_free(assay_facts *facts) {
  if (!facts) return;
  facts_free(facts->facts);
  assay_vocabulary_unref(facts->vocabulary);
  mem_free(facts->alloc, facts, sizeof *facts);
}

void assay_facts_clear(assay_facts *facts) {
  if (facts) facts_clear(facts->facts);
}

void assay_facts_default_why(assay_facts *facts, assay_why facts_why, assay_why questions_why) {
  if (!facts || (unsigned)facts_why > ASSAY_NEVER || (unsigned)questions_why > ASSAY_NEVER) return;
  facts->facts->unset_why = (enum why)facts_why;
  facts->facts->unasked_why = (enum why)questions_why;
}

/* The number inside of a fact; false when these facts have none of it. */
static bool field_of(const assay_facts *facts, assay_fact fact, unsigned *out) {
  return facts && fact_field((unsigned)fact, vocabulary_fact_count(facts->facts->vocabulary), out);
}

assay_status assay_facts_set(assay_facts *facts, assay_fact fact, const char *bytes, size_t len) {
  unsigned field;
  if (!field_of(facts, fact, &field) || (!bytes && len)) return ASSAY_BAD_ARGUMENT;
  return facts_set(facts_ready(facts), field, text_of(bytes ? bytes : "", len));
}

assay_status assay_facts_append(assay_facts *facts, assay_fact fact, const char *bytes, size_t len) {
  unsigned field;
  if (!field_of(facts, fact, &field) || (!bytes && len)) return ASSAY_BAD_ARGUMENT;
  return facts_append(facts_ready(facts), field, text_of(bytes ? bytes : "", len));
}

assay_status assay_facts_set_int(assay_facts *facts, assay_fact fact, int64_t value) {
  unsigned field;
  return field_of(facts, fact, &field) ? facts_set_int(facts->facts, field, value) : ASSAY_BAD_ARGUMENT;
}

assay_status assay_facts_set_bool(assay_facts *facts, assay_fact fact, bool value) {
  unsigned field;
  return field_of(facts, fact, &field) ? facts_set_bool(facts->facts, field, value) : ASSAY_BAD_ARGUMENT;
}

/* --- looking at them --- */

static void print_list(struct buf *out, const struct fact_value *value) {
  for (size_t i = 0; i < value->list.count; i++) {
    if (i > 0) buf_byte(out, ',');
    buf_text(out, value->list.at[i]);
  }
}

static void print_int(struct buf *out, int64_t number) {
  if (number < 0) buf_byte(out, '-');
  buf_uint(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

static void print_value(struct buf *out, enum field_type type, const struct fact_value *value) {
  switch (type) {
    case FIELD_BOOL: buf_str(out, value->number ? "true" : "false"); break;
    case FIELD_INT: print_int(out, value->number); break;
    case FIELD_ADDRESS: addr_print(out, value->address); break;
    case FIELD_MAILBOX_LIST: print_list(out, value); break;
    case FIELD_STRING:
    case FIELD_NAME:
    case FIELD_MAILBOX: buf_text(out, value->text); break;
  }
}

static bool give(struct text text, char *out, size_t size, size_t *len) {
  if (text.len > 0 && size > 0) memcpy(out, text.ptr, text.len < size ? text.len : size);
  *len = text.len;
  return true;
}

bool assay_facts_get(const assay_facts *facts, assay_fact fact, char *out, size_t size, size_t *len) {
  unsigned field;
  if (len) *len = 0;
  if (!facts || !len || (!out && size) || !field_of(facts, fact, &field)) return false;
  const struct fact_value *value = &facts->facts->values[field];
  if (value->state != FACT_KNOWN) return false;
  enum field_type type = vocabulary_fact(facts->facts->vocabulary, field)->type;
  if (type == FIELD_STRING || type == FIELD_NAME || type == FIELD_MAILBOX) return give(value->text, out, size, len);
  struct buf text;
  buf_init(&text, facts->alloc);
  print_value(&text, type, value);
  bool known = !text.failed && give(buf_view(&text), out, size, len);
  buf_free(&text);
  return known;
}

assay_status assay_facts_set_unknown(assay_facts *facts, assay_fact fact, assay_why why) {
  unsigned field;
  if (!field_of(facts, fact, &field) || (unsigned)why > ASSAY_NEVER) return ASSAY_BAD_ARGUMENT;
  return facts_set_unknown(facts->facts, field, (enum why)why);
}
