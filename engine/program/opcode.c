/* Owns the enum and the facts about instructions and value types, made from opcodes.def and types.def.
 * Must never know: how an instruction runs. */
#include "program/opcode.h"

#include <string.h>

static const struct opcode_info infos[] = {
#define OP(id, kind, result, operands, cost, doc) {#id, KIND_##kind, result, operands, COST_##cost, doc},
#include "program/opcodes.def"
#undef OP
};

static const struct {
  char letter;
  const char *word;
} types[] = {
#define TYPE(id, letter, word) {letter, word},
#include "program/types.def"
#undef TYPE
};

const struct opcode_info *opcode_info(unsigned op) {
  return &infos[op];
}

static bool slot_letter(char c) {
  return (c >= 'a' && c <= 'z') || c == '*' || c == '^' || (c && strchr("SNAIRM", c));
}

/* Asked for on the way of each unknown condition, so it stops at what is no slot: those stand first. */
unsigned opcode_slots(unsigned op) {
  unsigned count = 0;
  while (slot_letter(infos[op].operands[count])) count++;
  return count;
}

char opcode_immediate(unsigned op) {
  const char *operands = infos[op].operands;
  size_t len = strlen(operands);
  return len && !slot_letter(operands[len - 1]) ? operands[len - 1] : 0;
}

uint32_t test_width(unsigned op) {
  if (op == OP_NAME_BITS) return 32;
  if (op == OP_ADDRESS_BITS) return 16;
  return 1;
}

const char *type_word(enum value_type type) {
  return types[type].word;
}

char type_letter(enum value_type type) {
  return types[type].letter;
}

enum value_type type_of_letter(char letter) {
  unsigned type = 0;
  while (type < TYPE_COUNT_OF && types[type].letter != letter) type++;
  return (enum value_type)type;
}

bool type_is_list(enum value_type type) {
  return type < TYPE_COUNT_OF && types[type].letter < 'a';
}

enum value_type type_element(enum value_type list) {
  return type_is_list(list) ? type_of_letter((char)(types[list].letter | 0x20)) : TYPE_COUNT_OF;
}

enum value_type type_list_of(enum value_type element) {
  if (element >= TYPE_COUNT_OF || type_is_list(element)) return TYPE_COUNT_OF;
  return type_of_letter((char)(types[element].letter & ~0x20));
}
