/* Owns short ways to build a program in a test: facts, sets, rules and conditions through program/builder.
 * Must never know: the rule language. */
#include "support/build.h"

void build_init(struct build *build, const assay_alloc *alloc) {
  *build = (struct build){0};
  arena_init(&build->program.arena, alloc, SIZE_MAX);
  arena_init(&build->scratch, alloc, SIZE_MAX);
  builder_init(&build->b, &build->program, &build->scratch);
}

void build_free(struct build *build) {
  if (build->program.arena.alloc) arena_free(&build->program.arena);
  arena_free(&build->scratch);
}

uint32_t build_need(struct build *build, const char *fact, enum value_type type) {
  for (size_t i = 0; i < build->facts.count; i++)
    if (text_is(build->facts.at[i].name, fact)) return (uint32_t)i;
  struct fact_need *need = vec_add(&build->program.arena, &build->facts);
  if (need) *need = (struct fact_need){text_from(fact), type};
  return (uint32_t)build->facts.count - 1;
}

value_id build_fact(struct build *build, const char *fact, enum value_type type) {
  struct insn insn = {.op = OP_FACT, .c = build_need(build, fact, type)};
  return builder_value(&build->b, insn, type, text_from(fact));
}

value_id build_int(struct build *build, int64_t number) {
  return builder_constant(&build->b, (struct constant){.type = TYPE_INT, .number = number}, TEXT("int"));
}

value_id build_text(struct build *build, enum value_type type, const char *text) {
  return builder_constant(&build->b, (struct constant){.type = type, .text = text_from(text)}, text_from(text));
}

value_id build_address(struct build *build, const char *text) {
  struct constant constant = {.type = TYPE_ADDRESS};
  addr_parse(&constant.address, text_from(text));
  return builder_constant(&build->b, constant, text_from(text));
}

value_id build_value(struct build *build, unsigned op, value_id a, value_id b, uint32_t c) {
  struct insn insn = {.op = (uint8_t)op, .a = a, .b = b, .c = c};
  return builder_value(&build->b, insn, type_of_letter(opcode_info(op)->result), text_from(opcode_info(op)->name));
}

feature_id build_test(struct build *build, unsigned op, value_id a, value_id b, uint32_t c) {
  struct insn insn = {.op = (uint8_t)op, .a = a, .b = b, .c = c};
  return builder_feature(&build->b, insn, text_from(opcode_info(op)->name));
}

feature_id build_early(struct build *build, feature_id feature) {
  if (feature < build->b.features.count) build->b.features.at[feature].early = true;
  return feature;
}

static struct set *add_set(struct build *build, enum set_kind kind, uint32_t count) {
  struct set *set = vec_add(&build->program.arena, &build->sets);
  if (set) *set = (struct set){.kind = kind, .count = count};
  return set;
}

uint32_t build_texts(struct build *build, enum set_kind kind, const char *const *items) {
  uint32_t count = 0;
  while (items[count]) count++;
  struct set *set = add_set(build, kind, count);
  if (set) set->texts = arena_array(&build->program.arena, count, sizeof *set->texts);
  for (uint32_t i = 0; set && set->texts && i < count; i++) set->texts[i] = text_from(items[i]);
  return (uint32_t)build->sets.count - 1;
}

uint32_t build_rules(struct build *build, const uint32_t *rules, uint32_t count) {
  struct set *set = add_set(build, SET_RULES, count);
  if (set) set->rules = arena_array(&build->program.arena, count, sizeof *set->rules);
  for (uint32_t i = 0; set && set->rules && i < count; i++) set->rules[i] = rules[i];
  return (uint32_t)build->sets.count - 1;
}

void build_layout(struct build *build, uint32_t rules) {
  builder_layout(&build->b, rules);
}

struct insn build_bit(unsigned op, uint32_t bit, bool wanted, uint32_t label) {
  uint64_t one = (uint64_t)1 << bit % 64;
  return (struct insn){
      .op = (uint8_t)op, .word = (uint16_t)(bit / 64), .d = label, .mask = one, .value = wanted ? one : 0};
}

struct insn build_literal(const struct build *build, unsigned op, feature_id feature, bool wanted,
                          uint32_t label) {
  uint32_t bit = feature < build->b.features.count ? builder_bit(&build->b, feature) : 0;
  return build_bit(op, bit, wanted, label);
}

void build_need_unit(struct build *build, uint32_t unit) {
  builder_emit(&build->b, (struct insn){.op = OP_NEED, .d = unit});
}

void build_need_feature(struct build *build, feature_id feature) {
  uint32_t unit = feature < build->b.features.count ? build->b.features.at[feature].unit : 0;
  if (unit > 1) build_need_unit(build, unit);
}

uint32_t build_pass(struct build *build, uint32_t begin, uint32_t fail, uint32_t bit, unsigned phase) {
  builder_emit(&build->b, (struct insn){.op = OP_PASS});
  if (fail != NO_INDEX) {
    builder_place(&build->b, fail);
    builder_emit(&build->b, (struct insn){.op = OP_FAIL});
  }
  return builder_end(&build->b, begin, bit, phase, TEXT("answer"));
}

uint32_t build_simple(struct build *build, feature_id feature, bool wanted, uint32_t bit, unsigned phase) {
  uint32_t begin = builder_begin(&build->b), fail = builder_label(&build->b);
  build_need_feature(build, feature);
  builder_emit(&build->b, build_literal(build, OP_TEST, feature, wanted, fail));
  return build_pass(build, begin, fail, bit, phase);
}

uint32_t build_rule_bit(const struct build *build, uint32_t rule) {
  return build->program.rule_bits + rule;
}

uint32_t build_rule(struct build *build, const char *name, int64_t score, uint32_t group, uint32_t unit) {
  struct rule *rule = vec_add(&build->program.arena, &build->rules);
  if (rule)
    *rule = (struct rule){.name = text_from(name), .score = score, .group = group, .unit = unit, .negated = NO_INDEX};
  return (uint32_t)build->rules.count - 1;
}

uint32_t build_exempt(struct build *build, const char *name, uint32_t unit) {
  struct exempt *exempt = vec_add(&build->program.arena, &build->exempts);
  if (exempt) *exempt = (struct exempt){.name = text_from(name), .unit = unit};
  return (uint32_t)build->exempts.count - 1;
}

uint32_t build_group(struct build *build, const char *name, int64_t floor, int64_t cap) {
  struct group *group = vec_add(&build->program.arena, &build->groups);
  if (group) *group = (struct group){.name = text_from(name), .floor = floor, .cap = cap};
  return (uint32_t)build->groups.count - 1;
}

void build_threshold(struct build *build, enum action action, int64_t at, const char *reply) {
  build->program.thresholds[action] = (struct threshold){true, at, text_from(reply)};
}

bool build_finish(struct build *build) {
  struct program *p = &build->program;
  p->facts = build->facts.at, p->facts_count = (uint32_t)build->facts.count;
  p->sets = build->sets.at, p->sets_count = (uint32_t)build->sets.count;
  p->maps = build->maps.at, p->maps_count = (uint32_t)build->maps.count;
  p->rules = build->rules.at, p->rules_count = (uint32_t)build->rules.count;
  p->groups = build->groups.at, p->groups_count = (uint32_t)build->groups.count;
  p->exempts = build->exempts.at, p->exempts_count = (uint32_t)build->exempts.count;
  return builder_finish(&build->b);
}

struct verified *build_verified(struct build *build, const assay_alloc *alloc) {
  struct verified *verified = NULL;
  struct verify_fault fault;
  if (!build_finish(build)) return NULL;
  program_verify(&verified, &build->program, alloc, &fault);
  return verified;
}

/* --- copies --- */

static void *copy_array(struct program *out, const void *from, size_t count, size_t size) {
  void *copy = arena_array(&out->arena, count, size);
  if (copy && count) memcpy(copy, from, count * size);
  return copy;
}

#define COPY(name) out->name = copy_array(out, from->name, from->name##_count, sizeof *from->name)

static size_t item_size(enum set_kind kind) {
  if (kind == SET_NETWORKS) return sizeof(struct network);
  if (kind == SET_PATTERNS) return sizeof(struct pattern_source);
  return kind == SET_RULES ? sizeof(uint32_t) : sizeof(struct text);
}

bool program_copy(struct program *out, const struct program *from, const assay_alloc *alloc) {
  *out = *from;
  arena_init(&out->arena, alloc, SIZE_MAX);
  COPY(code);
  COPY(units);
  COPY(constants);
  COPY(slots);
  COPY(facts);
  COPY(functions);
  COPY(calls);
  COPY(sets);
  COPY(maps);
  COPY(rules);
  COPY(groups);
  COPY(exempts);
  for (uint32_t s = 0; out->sets && s < out->sets_count; s++)
    out->sets[s].texts = copy_array(out, from->sets[s].texts, from->sets[s].count, item_size(from->sets[s].kind));
  for (uint32_t m = 0; out->maps && m < out->maps_count; m++)
    out->maps[m].entries =
        copy_array(out, from->maps[m].entries, from->maps[m].count, sizeof *from->maps[m].entries);
  return !out->arena.failed;
}
