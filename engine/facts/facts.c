/* Owns what is known about one connection: a value or a reason for each fact, and the answers to DNS questions.
 * Must never know: rules, or who asked. */
#include "facts/facts.h"

_Static_assert(FIELD_COUNT + HOST_FACTS_MAX <= 64, "a set of fields is one word");

static size_t facts_size(const struct vocabulary *vocabulary) {
  return sizeof(struct facts) + vocabulary_fact_count(vocabulary) * sizeof(struct fact_value);
}

assay_status facts_new(struct facts **out, const struct vocabulary *vocabulary, const assay_alloc *alloc) {
  *out = NULL;
  struct facts *facts = mem_new(alloc, facts_size(vocabulary));
  if (!facts) return ASSAY_NO_MEMORY;
  facts->alloc = alloc;
  facts->vocabulary = vocabulary;
  arena_init(&facts->arena, alloc, SIZE_MAX);
  *out = facts;
  return ASSAY_OK;
}

void facts_free(struct facts *facts) {
  if (!facts) return;
  arena_free(&facts->arena);
  mem_free(facts->alloc, facts, facts_size(facts->vocabulary));
}

static enum field_type type_of(const struct facts *facts, unsigned field) {
  return vocabulary_fact(facts->vocabulary, field)->type;
}

/* Few facts are known of most connections, so only those are forgotten one by one. */
void facts_clear(struct facts *facts) {
  for (; facts->touched; facts->touched &= facts->touched - 1)
    facts->values[__builtin_ctzll(facts->touched)] = (struct fact_value){.state = FACT_UNSET};
  memset(&facts->answers, 0, sizeof facts->answers);
  arena_reset(&facts->arena);
  facts->generation++;
}

static assay_status put(struct facts *facts, unsigned field, struct fact_value value) {
  facts->values[field] = value;
  facts->touched |= (uint64_t)1 << field;
  facts->generation++;
  return ASSAY_OK;
}

static assay_status parse_int(int64_t *out, struct text text) {
  bool minus = text.len && text.ptr[0] == '-';
  int64_t value = 0;
  if (text.len == (minus ? 1u : 0u)) return ASSAY_BAD_VALUE;
  for (size_t i = minus; i < text.len; i++) {
    if (!ascii_digit(text.ptr[i])) return ASSAY_BAD_VALUE;
    if (__builtin_mul_overflow(value, 10, &value)) return ASSAY_BAD_VALUE;
    if (__builtin_sub_overflow(value, text.ptr[i] - '0', &value)) return ASSAY_BAD_VALUE;
  }
  if (!minus && value == INT64_MIN) return ASSAY_BAD_VALUE;
  *out = minus ? value : -value;
  return ASSAY_OK;
}

static assay_status parse_bool(int64_t *out, struct text text) {
  if (text_is(text, "true") || text_is(text, "1")) {
    *out = 1;
    return ASSAY_OK;
  }
  *out = 0;
  return text_is(text, "false") || text_is(text, "0") ? ASSAY_OK : ASSAY_BAD_VALUE;
}

static assay_status parse(struct facts *facts, enum field_type type, struct text text, struct fact_value *value) {
  switch (type) {
    case FIELD_BOOL: return parse_bool(&value->number, text);
    case FIELD_INT: return parse_int(&value->number, text);
    case FIELD_STRING:
    case FIELD_NAME: value->text = arena_text(&facts->arena, text); break;
    case FIELD_MAILBOX: value->text = mailbox_canonical(&facts->arena, text); break;
    case FIELD_ADDRESS: return text.len == 0 || addr_parse(&value->address, text) == ADDR_OK ? ASSAY_OK : ASSAY_BAD_VALUE;
    case FIELD_MAILBOX_LIST: break;
  }
  return facts->arena.failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}

static assay_status set_list(struct facts *facts, unsigned field, struct text text) {
  struct fact_value before = facts->values[field];
  put(facts, field, (struct fact_value){.state = FACT_KNOWN});
  assay_status status = text.len ? facts_append(facts, field, text) : ASSAY_OK;
  if (status != ASSAY_OK) facts->values[field] = before;
  return status;
}

static bool in_range(const struct facts *facts, unsigned field, int64_t number) {
  const struct field_info *info = vocabulary_fact(facts->vocabulary, field);
  return info->type != FIELD_INT || (number >= info->range->least && number <= info->range->most);
}

assay_status facts_set(struct facts *facts, unsigned field, struct text text) {
  if (type_of(facts, field) == FIELD_MAILBOX_LIST) return set_list(facts, field, text);
  struct fact_value value = {.state = FACT_KNOWN};
  assay_status status = parse(facts, type_of(facts, field), text, &value);
  if (status == ASSAY_OK && !in_range(facts, field, value.number)) status = ASSAY_BAD_VALUE;
  return status == ASSAY_OK ? put(facts, field, value) : status;
}

assay_status facts_append(struct facts *facts, unsigned field, struct text text) {
  if (type_of(facts, field) != FIELD_MAILBOX_LIST) return ASSAY_BAD_ARGUMENT;
  struct fact_value value = {.state = FACT_KNOWN};
  if (facts->values[field].state == FACT_KNOWN) value = facts->values[field];
  struct text mailbox = mailbox_canonical(&facts->arena, text);
  struct text *item = facts->arena.failed ? NULL : vec_add(&facts->arena, &value.list);
  if (!item) return ASSAY_NO_MEMORY;
  *item = mailbox;
  return put(facts, field, value);
}

assay_status facts_set_int(struct facts *facts, unsigned field, int64_t value) {
  if (type_of(facts, field) != FIELD_INT) return ASSAY_BAD_ARGUMENT;
  if (!in_range(facts, field, value)) return ASSAY_BAD_VALUE;
  return put(facts, field, (struct fact_value){.state = FACT_KNOWN, .number = value});
}

assay_status facts_set_bool(struct facts *facts, unsigned field, bool value) {
  if (type_of(facts, field) != FIELD_BOOL) return ASSAY_BAD_ARGUMENT;
  return put(facts, field, (struct fact_value){.state = FACT_KNOWN, .number = value});
}

assay_status facts_set_unknown(struct facts *facts, unsigned field, enum why why) {
  return put(facts, field, (struct fact_value){.state = FACT_UNKNOWN, .why = why});
}

/* --- answers --- */

const struct answer *facts_find_answer(const struct facts *facts, enum question type, struct text name) {
  for (size_t i = facts->answers.count; i-- > 0;) {
    const struct answer *answer = &facts->answers.at[i];
    if (answer->type == type && text_eq(answer->name, name)) return answer;
  }
  return NULL;
}

/* The slot of the question, old or new. */
static struct answer *answer_slot(struct facts *facts, enum question type, struct text name) {
  for (size_t i = 0; i < facts->answers.count; i++) {
    struct answer *answer = &facts->answers.at[i];
    if (answer->type == type && text_eq(answer->name, name)) return answer;
  }
  struct text copy = arena_text(&facts->arena, name);
  struct answer *answer = facts->arena.failed ? NULL : vec_add(&facts->arena, &facts->answers);
  if (answer) *answer = (struct answer){.type = type, .name = copy};
  return answer;
}

assay_status facts_answer(struct facts *facts, enum question type, struct text name, enum outcome outcome,
                          const struct record *records, size_t count) {
  struct record *copies = arena_array(&facts->arena, count, sizeof *copies);
  for (size_t i = 0; copies && i < count; i++)
    copies[i] = (struct record){arena_text(&facts->arena, records[i].text), records[i].address};
  struct answer *answer = facts->arena.failed ? NULL : answer_slot(facts, type, name);
  if (!answer) return ASSAY_NO_MEMORY;
  answer->outcome = outcome;
  answer->records = copies;
  answer->count = count;
  facts->generation++;
  return ASSAY_OK;
}

const struct answer *facts_look_up(const struct facts *facts, enum question type, struct text name,
                                   struct arena *arena) {
  const struct answer *held = facts_find_answer(facts, type, name);
  if (held || !facts->source) return held;
  struct answer lent = {.type = type, .name = name, .lent = true}, *answer;
  if (!facts->source(facts->source_user, type, name, arena, &lent) || arena->failed) return NULL;
  answer = arena_new(arena, sizeof *answer);
  if (answer) *answer = lent;
  return answer;
}
