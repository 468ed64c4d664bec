/* Owns the making of a program: it numbers values and features so that equal ones are one, lays out the bodies that
 * compute them, and writes condition code with labels. Must never know: the rule language. */
#include "program/builder.h"

#define CONSTANT 0x80000000u
#define UNPLACED UINT32_MAX

void builder_init(struct builder *builder, struct program *program, struct arena *scratch) {
  *builder = (struct builder){.program = program, .scratch = scratch};
  intern_init(&builder->keys, scratch);
}

/* The number given to this key before, or *next for a new one. Once memory is out, a key may lack what it numbers. */
static uint32_t cons(struct builder *builder, struct text key, size_t next, bool *is_new) {
  if (builder->scratch->failed || builder->program->arena.failed) return NO_INDEX;
  size_t before = builder->keys.texts.count;
  uint32_t id = intern_add(&builder->keys, key);
  *is_new = false;
  if (id == INTERN_NONE) return NO_INDEX;
  if (id < before) return builder->key_ids.at[id];
  uint32_t *slot = vec_add(builder->scratch, &builder->key_ids);
  if (!slot) return NO_INDEX;
  *is_new = true;
  return *slot = (uint32_t)next;
}

/* The same for a constant: a head of fixed size, then the text. */
static struct text constant_key(struct builder *builder, const struct constant *constant) {
  struct {
    uint32_t kind, type;
    int64_t number;
    uint8_t address[sizeof constant->address.bytes], family[8];
  } head = {'C', (uint32_t)constant->type, constant->number, {0}, {constant->address.family}};
  memcpy(head.address, constant->address.bytes, sizeof head.address);
  char *bytes = arena_new(builder->scratch, sizeof head + constant->text.len);
  if (!bytes) return TEXT("");
  memcpy(bytes, &head, sizeof head);
  if (constant->text.len) memcpy(bytes + sizeof head, constant->text.ptr, constant->text.len);
  return text_of(bytes, sizeof head + constant->text.len);
}

value_id builder_constant(struct builder *builder, struct constant constant, struct text text) {
  bool is_new;
  struct text key = constant_key(builder, &constant);
  uint32_t id = key.len ? cons(builder, key, builder->constants.count, &is_new) : NO_INDEX;
  if (id == NO_INDEX || !is_new) return id == NO_INDEX ? id : id | CONSTANT;
  struct arena *arena = &builder->program->arena;
  struct constant *slot = vec_add(arena, &builder->constants);
  struct text *name = vec_add(builder->scratch, &builder->constant_texts);
  if (!slot || !name) return NO_INDEX;
  constant.text = arena_text(arena, constant.text);
  *slot = constant;
  *name = arena_text(arena, text);
  return id | CONSTANT;
}

/* The bytes that make two instructions the same, behind a kind that keeps constants, values and features apart. */
struct insn_key {
  uint32_t kind, op, each, a, b, c;
};

static struct insn_key insn_key(char kind, const struct insn *insn) {
  return (struct insn_key){(uint32_t)kind, insn->op, insn->each, insn->a, insn->b, insn->c};
}

#define KEY_TEXT(key) text_of((const char *)&(key), sizeof(key))

static enum op_cost value_cost(const struct builder *builder, value_id value) {
  return value & CONSTANT ? COST_CHEAP : builder->values.at[value].cost;
}

/* The values an instruction reads. */
static struct operands operands_of(const struct builder *builder, const struct insn *insn) {
  const struct program view = {.functions = builder->functions.at, .calls = builder->calls.at};
  return insn_operands(&view, insn);
}

static enum op_cost insn_cost(const struct builder *builder, const struct insn *insn) {
  enum op_cost cost = opcode_info(insn->op)->cost;
  struct operands operands = operands_of(builder, insn);
  for (unsigned i = 0; i < operands.count; i++)
    if (value_cost(builder, operands.at[i]) > cost) cost = value_cost(builder, operands.at[i]);
  return cost;
}

static bool operands_missing(const struct builder *builder, const struct insn *insn) {
  struct operands operands = operands_of(builder, insn);
  for (unsigned i = 0; i < operands.count; i++)
    if (operands.at[i] == NO_INDEX) return true;
  return false;
}

value_id builder_value(struct builder *builder, struct insn insn, enum value_type type, struct text text) {
  bool is_new;
  if (operands_missing(builder, &insn)) return NO_INDEX;
  struct insn_key key = insn_key('V', &insn);
  uint32_t id = cons(builder, KEY_TEXT(key), builder->values.count, &is_new);
  if (id == NO_INDEX || !is_new) return id;
  struct value_def *def = vec_add(builder->scratch, &builder->values);
  if (!def) return NO_INDEX;
  *def = (struct value_def){insn, type, insn_cost(builder, &insn), arena_text(&builder->program->arena, text)};
  return id;
}

/* The number of the host's function, which is known by its name. */
static uint32_t function_number(struct builder *builder, const struct function_need *function) {
  for (size_t i = 0; i < builder->functions.count; i++)
    if (text_eq(builder->functions.at[i].name, function->name)) return (uint32_t)i;
  struct arena *arena = &builder->program->arena;
  struct function_need *need = vec_add(arena, &builder->functions);
  if (!need) return NO_INDEX;
  *need = *function;
  need->name = arena_text(arena, function->name);
  return (uint32_t)builder->functions.count - 1;
}

/* Equal calls are one, so that equal instructions are. */
static uint32_t call_number(struct builder *builder, const struct call *call) {
  for (size_t i = 0; i < builder->calls.count; i++)
    if (memcmp(&builder->calls.at[i], call, sizeof *call) == 0) return (uint32_t)i;
  struct call *slot = vec_add(&builder->program->arena, &builder->calls);
  if (!slot) return NO_INDEX;
  *slot = *call;
  return (uint32_t)builder->calls.count - 1;
}

value_id builder_call(struct builder *builder, const struct function_need *function, const value_id *operands,
                      unsigned each, struct text text) {
  struct call call = {.function = function_number(builder, function)};
  if (call.function == NO_INDEX) return NO_INDEX;
  memcpy(call.operands, operands, function->count * sizeof *operands);
  struct insn insn = {.op = OP_CALL, .each = (uint8_t)each, .c = call_number(builder, &call)};
  if (insn.c == NO_INDEX) return NO_INDEX;
  return builder_value(builder, insn, each ? type_list_of(function->result) : function->result, text);
}

enum value_type builder_type(const struct builder *builder, value_id value) {
  if (value == NO_INDEX) return TYPE_COUNT_OF;
  return value & CONSTANT ? builder->constants.at[value & ~CONSTANT].type : builder->values.at[value].type;
}

struct text builder_text(const struct builder *builder, value_id value) {
  if (value == NO_INDEX) return TEXT("");
  return value & CONSTANT ? builder->constant_texts.at[value & ~CONSTANT] : builder->values.at[value].text;
}

feature_id builder_feature(struct builder *builder, struct insn insn, struct text text) {
  bool is_new;
  if (operands_missing(builder, &insn)) return NO_INDEX;
  struct insn_key key = insn_key('T', &insn);
  uint32_t id = cons(builder, KEY_TEXT(key), builder->features.count, &is_new);
  if (id == NO_INDEX || !is_new) return id;
  struct feature_def *def = vec_add(builder->scratch, &builder->features);
  if (!def) return NO_INDEX;
  *def = (struct feature_def){.insn = insn,
                              .cost = insn_cost(builder, &insn),
                              .text = arena_text(&builder->program->arena, text)};
  return id;
}

/* --- layout --- */

static uint32_t slot_number(const struct builder *builder, value_id value) {
  return value & CONSTANT ? value & ~CONSTANT : (uint32_t)builder->constants.count + value;
}

void builder_emit(struct builder *builder, struct insn insn) {
  struct insn *at = vec_add(&builder->program->arena, &builder->code);
  struct origin *origin = vec_add(&builder->program->arena, &builder->origins);
  if (!at || !origin) return;
  *at = insn;
  *origin = builder->origin;
}

static void emit_value(struct builder *builder, value_id value);

/* Writes what computes the operands into the body, and gives them their slots. A call keeps its own until the end: it
 * may be written in several bodies. */
static void emit_operands(struct builder *builder, struct insn *insn) {
  struct operands operands = operands_of(builder, insn);
  for (unsigned i = 0; i < operands.count; i++) emit_value(builder, operands.at[i]);
  for (unsigned i = 0; insn->op != OP_CALL && i < operands.count; i++)
    insn->operands[i] = slot_number(builder, insn->operands[i]);
}

/* Operands first. The depth is that of the expression, which the language bounds. */
static void emit_value(struct builder *builder, value_id value) {
  if (value & CONSTANT || builder->stamp[value] == builder->stamp_now) return;
  builder->stamp[value] = builder->stamp_now;
  struct insn insn = builder->values.at[value].insn;
  emit_operands(builder, &insn);
  insn.d = slot_number(builder, value);
  builder_emit(builder, insn);
}

static void emit_feature(struct builder *builder, struct feature_def *def, uint32_t unit) {
  struct insn insn = def->insn;
  emit_operands(builder, &insn);
  insn.d = def->bit;
  def->unit = unit;
  builder_emit(builder, insn);
}

static bool in_body(const struct feature_def *def, unsigned phase) {
  return def->cost == COST_CHEAP && def->early == (phase == 0);
}

static void add_unit(struct builder *builder, struct unit unit) {
  struct unit *at = vec_add(&builder->program->arena, &builder->units);
  if (at) *at = unit;
}

static void emit_eager(struct builder *builder, unsigned phase) {
  uint32_t begin = (uint32_t)builder->code.count;
  builder->stamp_now++;
  for (size_t i = 0; i < builder->features.count; i++)
    if (in_body(&builder->features.at[i], phase)) emit_feature(builder, &builder->features.at[i], phase);
  add_unit(builder, (struct unit){UNIT_BODY, (uint8_t)phase, begin, (uint32_t)builder->code.count, NO_INDEX, false});
}

static void emit_lazy(struct builder *builder) {
  for (size_t i = 0; i < builder->features.count; i++) {
    struct feature_def *def = &builder->features.at[i];
    if (def->cost == COST_CHEAP) continue;
    uint32_t begin = (uint32_t)builder->code.count;
    builder->stamp_now++;
    emit_feature(builder, def, (uint32_t)builder->units.count);
    add_unit(builder, (struct unit){UNIT_BODY, 0, begin, (uint32_t)builder->code.count, NO_INDEX, false});
  }
}

static void name_bit(struct builder *builder, uint32_t bit, struct text text) {
  if (bit >= (uint32_t)PROGRAM_WORDS_MAX * 64) {
    builder->too_big = true;
    return;
  }
  while (builder->bit_texts.count <= bit) {
    struct text *slot = vec_add(&builder->program->arena, &builder->bit_texts);
    if (!slot) return;
  }
  builder->bit_texts.at[bit] = text;
}

/* Tables of bits first, so that each lies within one word; then the eager features, then the rest. */
static void number_bits(struct builder *builder) {
  uint32_t next = 0;
  for (unsigned round = 0; round < 5; round++)
    for (size_t i = 0; i < builder->features.count && !builder->too_big; i++) {
      struct feature_def *def = &builder->features.at[i];
      uint32_t width = test_width(def->insn.op);
      unsigned mine = width == 32 ? 0 : width == 16 ? 1 : in_body(def, 0) ? 2 : in_body(def, 1) ? 3 : 4;
      if (mine != round) continue;
      def->bit = next;
      next += width;
      for (uint32_t k = 0; k < width; k++) name_bit(builder, def->bit + k, def->text);
    }
}

void builder_layout(struct builder *builder, uint32_t rules) {
  builder->stamp = arena_array(builder->scratch, builder->values.count + 1, sizeof *builder->stamp);
  number_bits(builder);
  if (!builder->stamp || builder->too_big) return;
  emit_eager(builder, 0);
  emit_eager(builder, 1);
  emit_lazy(builder);
  uint64_t base = (builder->bit_texts.count + 63) / 64 * 64;
  if (base + rules > (uint64_t)PROGRAM_WORDS_MAX * 64) {
    builder->too_big = true;
    return;
  }
  builder->program->rule_bits = (uint32_t)base;
  if (base + rules > builder->bit_texts.count) name_bit(builder, (uint32_t)base + rules - 1, TEXT(""));
}

/* --- conditions --- */

uint32_t builder_begin(struct builder *builder) {
  builder->labels.count = 0;
  return (uint32_t)builder->code.count;
}

uint32_t builder_label(struct builder *builder) {
  uint32_t *at = vec_add(builder->scratch, &builder->labels);
  if (at) *at = UNPLACED;
  return (uint32_t)builder->labels.count - 1;
}

void builder_place(struct builder *builder, uint32_t label) {
  if (label < builder->labels.count) builder->labels.at[label] = (uint32_t)builder->code.count;
}

static bool jumps(unsigned op) {
  return op == OP_JUMP || op == OP_TEST || op == OP_TEST_OR || op == OP_COUNT_TEST || op == OP_SUM_TEST;
}

uint32_t builder_end(struct builder *builder, uint32_t begin, uint32_t bit, unsigned phase, struct text text) {
  for (size_t i = begin; i < builder->code.count; i++) {
    struct insn *insn = &builder->code.at[i];
    if (jumps(insn->op) && insn->d < builder->labels.count) insn->d = builder->labels.at[insn->d];
  }
  if (bit == NO_INDEX) bit = (uint32_t)builder->bit_texts.count;
  name_bit(builder, bit, arena_text(&builder->program->arena, text));
  add_unit(builder, (struct unit){UNIT_CONDITION, (uint8_t)phase, begin, (uint32_t)builder->code.count, bit, false});
  return (uint32_t)builder->units.count - 1;
}

static bool hand_slots(struct builder *builder) {
  struct program *program = builder->program;
  size_t count = builder->constants.count + builder->values.count;
  program->slots = arena_array(&program->arena, count + 1, sizeof *program->slots);
  program->slot_texts = arena_array(&program->arena, count + 1, sizeof *program->slot_texts);
  if (!program->slots || !program->slot_texts) return false;
  program->slots_count = (uint32_t)count;
  for (size_t i = 0; i < count; i++) {
    bool constant = i < builder->constants.count;
    value_id id = (value_id)(constant ? i | CONSTANT : i - builder->constants.count);
    program->slots[i] = builder_type(builder, id);
    program->slot_texts[i] = builder_text(builder, id);
  }
  return true;
}

static void hand_calls(struct builder *builder) {
  struct program *program = builder->program;
  for (size_t i = 0; i < builder->calls.count; i++) {
    struct call *call = &builder->calls.at[i];
    for (uint32_t k = 0; k < builder->functions.at[call->function].count; k++)
      call->operands[k] = slot_number(builder, call->operands[k]);
  }
  program->functions = builder->functions.at;
  program->functions_count = (uint32_t)builder->functions.count;
  program->calls = builder->calls.at;
  program->calls_count = (uint32_t)builder->calls.count;
}

bool builder_finish(struct builder *builder) {
  struct program *program = builder->program;
  if (builder->too_big || program->arena.failed || builder->scratch->failed || !hand_slots(builder)) return false;
  hand_calls(builder);
  program->code = builder->code.at;
  program->code_count = (uint32_t)builder->code.count;
  program->origins = builder->origins.at;
  program->units = builder->units.at;
  program->units_count = (uint32_t)builder->units.count;
  program->constants = builder->constants.at;
  program->constants_count = (uint32_t)builder->constants.count;
  program->bit_texts = builder->bit_texts.at;
  program->bit_count = (uint32_t)builder->bit_texts.count;
  return true;
}
