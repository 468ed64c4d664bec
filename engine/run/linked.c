/* Owns a program made ready to run: its sets as tables, its patterns, its constants as values, its facts bound by
 * name. Immutable but for the patterns' code; shared by threads. Must never know: a connection. */
#include "run/linked.h"

#include "run/reply.h"

static const enum value_type type_of_field[] = {
    [FIELD_BOOL] = TYPE_BOOL,       [FIELD_INT] = TYPE_INT,         [FIELD_STRING] = TYPE_STRING,
    [FIELD_NAME] = TYPE_NAME,       [FIELD_ADDRESS] = TYPE_ADDRESS, [FIELD_MAILBOX] = TYPE_MAILBOX,
    [FIELD_MAILBOX_LIST] = TYPE_MAILBOXES,
};

static assay_status bind_facts(struct linked *linked) {
  const struct program *p = linked->program;
  linked->fields = arena_array(&linked->arena, p->facts_count, sizeof *linked->fields);
  if (!linked->fields) return ASSAY_NO_MEMORY;
  for (uint32_t f = 0; f < p->facts_count; f++) {
    unsigned field = vocabulary_find_fact(linked->vocabulary, p->facts[f].name);
    if (field == vocabulary_fact_count(linked->vocabulary)) return ASSAY_NOT_FOUND;
    if (type_of_field[vocabulary_fact(linked->vocabulary, field)->type] != p->facts[f].type) return ASSAY_NOT_FOUND;
    linked->fields[f] = field;
    linked->host_facts |= field >= FIELD_COUNT;
  }
  return ASSAY_OK;
}

#define BIT(field) (UINT64_C(1) << (field))

/* Where a reverse name was not set, the client's address is asked about, and for the confirmed one the other name. */
static void list_reads(struct linked *linked) {
  const struct program *p = linked->program;
  for (uint32_t f = 0; f < p->facts_count; f++) linked->reads |= BIT(linked->fields[f]);
  for (unsigned a = 0; a < ACTION_COUNT; a++) linked->reads |= reply_reads(p->thresholds[a].reply);
  if (linked->reads & BIT(FIELD_CLIENT_RDNS_CONFIRMED)) linked->reads |= BIT(FIELD_CLIENT_RDNS);
  if (linked->reads & BIT(FIELD_CLIENT_RDNS)) linked->reads |= BIT(FIELD_CLIENT_IP);
}

static const enum value_type type_of_value[] = {
    [ASSAY_TYPE_BOOL] = TYPE_BOOL,       [ASSAY_TYPE_INT] = TYPE_INT,           [ASSAY_TYPE_STRING] = TYPE_STRING,
    [ASSAY_TYPE_NAME] = TYPE_NAME,       [ASSAY_TYPE_ADDRESS] = TYPE_ADDRESS,   [ASSAY_TYPE_MAILBOX] = TYPE_MAILBOX,
    [ASSAY_TYPE_MAILBOX_LIST] = TYPE_MAILBOXES, [ASSAY_TYPE_REAL] = TYPE_REAL,
};

static bool function_fits(const struct host_function *function, const struct function_need *need) {
  bool fits = function && function->count == need->count && type_of_value[function->result] == need->result;
  for (uint32_t i = 0; fits && i < need->count; i++)
    fits = type_of_value[function->arguments[i]] == need->arguments[i];
  return fits;
}

static assay_status bind_functions(struct linked *linked) {
  const struct program *p = linked->program;
  linked->functions = arena_array(&linked->arena, p->functions_count, sizeof *linked->functions);
  if (!linked->functions) return ASSAY_NO_MEMORY;
  for (uint32_t f = 0; f < p->functions_count; f++) {
    linked->functions[f] = vocabulary_find_function(linked->vocabulary, p->functions[f].name);
    if (!function_fits(linked->functions[f], &p->functions[f])) return ASSAY_NOT_FOUND;
  }
  return ASSAY_OK;
}

static assay_status link_name(struct linked *linked, struct text raw, struct value *value) {
  value->host = arena_new(&linked->arena, sizeof *value->host);
  if (!value->host || !host_scan(value->host, raw, &linked->arena)) return ASSAY_NO_MEMORY;
  host_suffix(value->host, linked->domain); /* now: later, several threads would write it */
  return ASSAY_OK;
}

static assay_status link_constant(struct linked *linked, const struct constant *constant, struct value *value) {
  *value = (struct value){.known = 1};
  switch (constant->type) {
    case TYPE_INT: value->number = constant->number; return ASSAY_OK;
    case TYPE_REAL: value->real = (double)constant->number / 1000.0; return ASSAY_OK;
    case TYPE_ADDRESS: value->addr = constant->address; return ASSAY_OK;
    case TYPE_NAME: return link_name(linked, constant->text, value);
    default: value->text = constant->text; return ASSAY_OK;
  }
}

static assay_status link_constants(struct linked *linked) {
  const struct program *p = linked->program;
  linked->constants = arena_array(&linked->arena, p->constants_count, sizeof *linked->constants);
  if (!linked->constants) return ASSAY_NO_MEMORY;
  assay_status status = ASSAY_OK;
  for (uint32_t c = 0; c < p->constants_count && status == ASSAY_OK; c++)
    status = link_constant(linked, &p->constants[c], &linked->constants[c]);
  return status;
}

static assay_status list_disabled(struct linked *linked) {
  const struct program *p = linked->program;
  linked->disabled = arena_array(&linked->arena, p->rules_count, sizeof *linked->disabled);
  if (!linked->disabled) return ASSAY_NO_MEMORY;
  for (uint32_t r = 0; r < p->rules_count; r++)
    if (p->rules[r].disabled) linked->disabled[linked->disabled_count++] = r;
  return ASSAY_OK;
}

/* --- sets --- */

static assay_status link_mailboxes(struct linked *linked, const struct set *set, struct linked_set *out) {
  struct text *parts = arena_array(&linked->arena, (size_t)set->count * 3, sizeof *parts);
  if (!parts) return ASSAY_NO_MEMORY;
  struct text *full = parts, *domains = parts + set->count, *locals = domains + set->count;
  size_t fulls = 0, domain_count = 0, local_count = 0;
  for (uint32_t i = 0; i < set->count; i++) {
    struct text item = set->texts[i];
    if (item.len && item.ptr[0] == '@')
      domains[domain_count++] = text_of(item.ptr + 1, item.len - 1);
    else if (item.len && item.ptr[item.len - 1] == '@')
      locals[local_count++] = text_of(item.ptr, item.len - 1);
    else
      full[fulls++] = item;
  }
  assay_status status = text_table_new(&out->texts, full, fulls, linked->alloc);
  if (status == ASSAY_OK) status = text_table_new(&out->domains, domains, domain_count, linked->alloc);
  if (status == ASSAY_OK) status = text_table_new(&out->locals, locals, local_count, linked->alloc);
  return status;
}

static assay_status link_patterns(struct linked *linked, const struct set *set, struct linked_set *out) {
  out->patterns = arena_array(&linked->arena, set->count, sizeof *out->patterns);
  if (!out->patterns) return ASSAY_NO_MEMORY;
  assay_status status = ASSAY_OK;
  for (uint32_t i = 0; i < set->count && status == ASSAY_OK; i++, out->pattern_count++)
    status = pattern_new(&out->patterns[i], set->patterns[i].source, set->patterns[i].flags, linked->alloc);
  return status;
}

static assay_status link_set(struct linked *linked, const struct set *set, struct linked_set *out) {
  switch (set->kind) {
    case SET_STRINGS:
    case SET_NAMES: return text_table_new(&out->texts, set->texts, set->count, linked->alloc);
    case SET_NETWORKS: return net_table_new(&out->networks, set->networks, set->count, linked->alloc);
    case SET_MAILBOXES: return link_mailboxes(linked, set, out);
    case SET_PATTERNS: return link_patterns(linked, set, out);
    default: return ASSAY_OK;
  }
}

static assay_status link_sets(struct linked *linked) {
  const struct program *p = linked->program;
  linked->sets = arena_array(&linked->arena, p->sets_count, sizeof *linked->sets);
  if (!linked->sets) return ASSAY_NO_MEMORY;
  assay_status status = ASSAY_OK;
  for (uint32_t s = 0; s < p->sets_count && status == ASSAY_OK; s++)
    status = link_set(linked, &p->sets[s], &linked->sets[s]);
  return status;
}

static void free_set(struct linked_set *set) {
  text_table_free(set->texts);
  text_table_free(set->domains);
  text_table_free(set->locals);
  net_table_free(set->networks);
  for (uint32_t i = 0; i < set->pattern_count; i++) pattern_free(set->patterns[i]);
}

assay_status linked_new(struct linked **out, struct verified *verified, const struct vocabulary *vocabulary,
                        const assay_alloc *alloc) {
  *out = NULL;
  struct linked *linked = mem_new(alloc, sizeof *linked);
  if (!linked) {
    verified_free(verified, alloc);
    return ASSAY_NO_MEMORY;
  }
  linked->alloc = alloc;
  linked->verified = verified;
  linked->program = &verified->program;
  linked->vocabulary = vocabulary;
  arena_init(&linked->arena, alloc, SIZE_MAX);
  for (unsigned op = 0; op < OP_COUNT_OF; op++) linked->arity[op] = (uint8_t)opcode_slots(op);
  assay_status status = domain_open(&linked->domain, alloc);
  if (status == ASSAY_NOT_FOUND) status = ASSAY_OK; /* no list on this machine: suffixes stay empty */
  if (status == ASSAY_OK) status = bind_facts(linked);
  if (status == ASSAY_OK) status = bind_functions(linked);
  if (status == ASSAY_OK) status = link_constants(linked);
  if (status == ASSAY_OK) status = list_disabled(linked);
  if (status == ASSAY_OK) status = link_sets(linked);
  if (status == ASSAY_OK) list_reads(linked);
  if (status == ASSAY_OK)
    *out = linked;
  else
    linked_free(linked);
  return status;
}

void linked_free(struct linked *linked) {
  if (!linked) return;
  for (uint32_t s = 0; linked->sets && s < linked->program->sets_count; s++) free_set(&linked->sets[s]);
  domain_close(linked->domain);
  arena_free(&linked->arena);
  verified_free(linked->verified, linked->alloc);
  mem_free(linked->alloc, linked, sizeof *linked);
}
