/* Owns the enum and the facts about instructions and value types, made from opcodes.def and types.def.
 * Must never know: how an instruction runs. */
#ifndef PROGRAM_OPCODE_H
#define PROGRAM_OPCODE_H

#include <stdbool.h>
#include <stdint.h>

enum opcode {
#define OP(id, kind, result, operands, cost, doc) OP_##id,
#include "program/opcodes.def"
#undef OP
  OP_COUNT_OF
};

enum value_type {
#define TYPE(id, letter, word) TYPE_##id,
#include "program/types.def"
#undef TYPE
  TYPE_COUNT_OF
};

enum op_kind { KIND_FLOW, KIND_VALUE, KIND_TEST };
enum op_cost { COST_CHEAP, COST_LAZY, COST_LOOKUP };

struct opcode_info {
  const char *name;
  enum op_kind kind;
  char result;
  const char *operands; /* slots first, then at most one immediate */
  enum op_cost cost;
  const char *doc;
};

/* Borrowed from a static table; op must be below OP_COUNT_OF. */
const struct opcode_info *opcode_info(unsigned op);

/* How many slots it reads (0 to 2), and the letter of its immediate, or 0. */
unsigned opcode_slots(unsigned op);
char opcode_immediate(unsigned op);

/* How many bits a TEST instruction defines. */
uint32_t test_width(unsigned op);

const char *type_word(enum value_type type);
char type_letter(enum value_type type);
enum value_type type_of_letter(char letter); /* TYPE_COUNT_OF when there is none */
bool type_is_list(enum value_type type);
enum value_type type_element(enum value_type list); /* of a list; else TYPE_COUNT_OF */
enum value_type type_list_of(enum value_type element);

#endif
