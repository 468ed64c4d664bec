/* Owns what a host adds to the language: rows of facts and of functions behind the shipped ones.
 * Must never know: a rule, or how a function is called. */
#include "facts/vocabulary.h"

static const char *const type_words[] = {
    [ASSAY_TYPE_BOOL] = "bool",       [ASSAY_TYPE_INT] = "int",         [ASSAY_TYPE_STRING] = "string",
    [ASSAY_TYPE_NAME] = "name",       [ASSAY_TYPE_ADDRESS] = "address", [ASSAY_TYPE_MAILBOX] = "mailbox",
    [ASSAY_TYPE_MAILBOX_LIST] = "list of mailbox", [ASSAY_TYPE_REAL] = "real",
};

void vocabulary_init(struct vocabulary *vocabulary, const assay_alloc *alloc) {
  *vocabulary = (struct vocabulary){.fact_count = 0};
  arena_init(&vocabulary->arena, alloc, SIZE_MAX);
}

void vocabulary_free(struct vocabulary *vocabulary) {
  arena_free(&vocabulary->arena);
}

static const char *copy(struct vocabulary *vocabulary, const char *string) {
  return arena_text(&vocabulary->arena, text_from(string)).ptr;
}

assay_status vocabulary_add_fact(struct vocabulary *vocabulary, const char *name, enum field_type type,
                                 const char *doc, unsigned *out) {
  if (vocabulary->fact_count == HOST_FACTS_MAX) return ASSAY_OVER_LIMIT;
  vocabulary->arena.failed = false; /* memory that was out the last time may be back */
  struct field_info info = {.name = copy(vocabulary, name), .type = type, .stage = "host", .doc = copy(vocabulary, doc),
                            .json = "", .postfix = "", .milter = "", .header = "",
                            .range = &field_range_any};
  if (vocabulary->arena.failed) return ASSAY_NO_MEMORY;
  *out = FIELD_COUNT + (unsigned)vocabulary->fact_count;
  vocabulary->facts[vocabulary->fact_count++] = info;
  return ASSAY_OK;
}

static const char *shown(struct vocabulary *vocabulary, const struct host_function *f) {
  struct text text = arena_printf(&vocabulary->arena, "%s(", f->name);
  for (size_t i = 0; i < f->count; i++)
    text = arena_printf(&vocabulary->arena, "%.*s%s%s", TEXT_ARG(text), i ? ", " : "", type_words[f->arguments[i]]);
  return arena_printf(&vocabulary->arena, "%.*s) -> %s", TEXT_ARG(text), type_words[f->result]).ptr;
}

assay_status vocabulary_add_function(struct vocabulary *vocabulary, const struct host_function *function) {
  if (vocabulary->functions.count == HOST_FUNCTIONS_MAX) return ASSAY_OVER_LIMIT;
  vocabulary->arena.failed = false; /* as above */
  struct host_function row = *function;
  row.name = copy(vocabulary, function->name);
  row.doc = copy(vocabulary, function->doc);
  row.shown = shown(vocabulary, function);
  struct host_function *slot = vocabulary->arena.failed ? NULL : vec_add(&vocabulary->arena, &vocabulary->functions);
  if (!slot) return ASSAY_NO_MEMORY;
  *slot = row;
  return ASSAY_OK;
}

unsigned vocabulary_fact_count(const struct vocabulary *vocabulary) {
  return FIELD_COUNT + (vocabulary ? (unsigned)vocabulary->fact_count : 0);
}

const struct field_info *vocabulary_fact(const struct vocabulary *vocabulary, unsigned field) {
  return field < FIELD_COUNT ? field_info(field) : &vocabulary->facts[field - FIELD_COUNT];
}

unsigned vocabulary_find_fact(const struct vocabulary *vocabulary, struct text name) {
  unsigned field = field_find(name), count = vocabulary_fact_count(vocabulary);
  while (field >= FIELD_COUNT && field < count && !text_is(name, vocabulary_fact(vocabulary, field)->name)) field++;
  return field;
}

const struct host_function *vocabulary_find_function(const struct vocabulary *vocabulary, struct text name) {
  for (size_t i = 0; vocabulary && i < vocabulary->functions.count; i++)
    if (text_is(name, vocabulary->functions.at[i].name)) return &vocabulary->functions.at[i];
  return NULL;
}
