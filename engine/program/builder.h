/* Owns the making of a program: it numbers values and features so that equal ones are one, lays out the bodies that
 * compute them, and writes condition code with labels. Must never know: the rule language. */
#ifndef PROGRAM_BUILDER_H
#define PROGRAM_BUILDER_H

#include "base/intern.h"
#include "program/program.h"

/* A handle of a value: a constant or a computed slot. Slot numbers are settled by builder_layout. */
typedef uint32_t value_id;

/* A handle of a feature; its bit is settled by builder_layout. */
typedef uint32_t feature_id;

struct value_def {
  struct insn insn; /* a, b are value_ids; d unused */
  enum value_type type;
  enum op_cost cost; /* the dearest of itself and its operands */
  struct text text;
};

struct feature_def {
  struct insn insn;
  enum op_cost cost;
  bool early; /* an exemption needs it */
  uint32_t bit, unit;
  struct text text;
};

struct builder {
  struct program *program;
  struct arena *scratch;
  struct intern keys;     /* value and feature keys, consed */
  VEC(uint32_t) key_ids;  /* what each key numbers */
  VEC(struct constant) constants;
  VEC(struct text) constant_texts;
  VEC(struct value_def) values;
  VEC(struct feature_def) features;
  VEC(struct function_need) functions;
  VEC(struct call) calls; /* operands: value_ids, until builder_finish */
  VEC(struct insn) code;
  VEC(struct origin) origins;
  VEC(struct unit) units;
  VEC(struct text) bit_texts;
  VEC(uint32_t) labels; /* of the condition being written */
  struct origin origin; /* given to the next instructions */
  uint32_t *stamp, stamp_now; /* which values the body being written has */
  bool too_big;         /* PROGRAM_WORDS_MAX is not enough */
};

void builder_init(struct builder *builder, struct program *program, struct arena *scratch);

value_id builder_constant(struct builder *builder, struct constant constant, struct text text);

/* A value computed by VALUE instruction insn (a, b: value_ids; c; each). */
value_id builder_value(struct builder *builder, struct insn insn, enum value_type type, struct text text);

/* A value computed by a function of the host; `each` as in an instruction. The need is copied. */
value_id builder_call(struct builder *builder, const struct function_need *function, const value_id *operands,
                      unsigned each, struct text text);
enum value_type builder_type(const struct builder *builder, value_id value);
struct text builder_text(const struct builder *builder, value_id value);

/* A feature computed by TEST instruction insn. For the BITS tables it stands for the first of `width` bits. */
feature_id builder_feature(struct builder *builder, struct insn insn, struct text text);

/* Settles bits, writes the bodies, reserves the answers of `rules` rules. No value or feature may be added after it. */
void builder_layout(struct builder *builder, uint32_t rules);

static inline uint32_t builder_bit(const struct builder *builder, feature_id feature) {
  return builder->features.at[feature].bit;
}

/* Condition code. Begin names the unit's answer bit (NO_INDEX: a new one); end gives the unit's number. Labels are
 * placed ahead of the jumps to them. */
uint32_t builder_begin(struct builder *builder);
uint32_t builder_label(struct builder *builder);
void builder_place(struct builder *builder, uint32_t label);
void builder_emit(struct builder *builder, struct insn insn);
uint32_t builder_end(struct builder *builder, uint32_t begin, uint32_t bit, unsigned phase, struct text text);

/* Hands everything to the program. False when memory is out or the program is too big. */
bool builder_finish(struct builder *builder);

#endif
