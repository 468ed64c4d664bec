/* Owns the check of body code: operands computed before use, types as the opcode table says, each bit from one place.
 * Must never know: conditions. */
#include "program/verify_code.h"

static bool type_fits(char letter, enum value_type type, bool each) {
  if (each) {
    if (!type_is_list(type)) return false;
    type = type_element(type);
  }
  if (letter == '*') return true;
  if (letter == '^') return type_is_list(type);
  return type_letter(type) == letter;
}

static bool verify_operand(struct checker *checker, uint32_t pc, uint32_t unit, unsigned index, uint32_t slot) {
  const struct program *p = checker->p;
  const struct insn *insn = &p->code[pc];
  if (slot >= p->slots_count) return verify_fail(checker, "an operand's slot does not exist", pc);
  if (slot >= p->constants_count && checker->slot_stamp[slot] != unit + 1)
    return verify_fail(checker, "an operand is used before it is computed", pc);
  char letter = insn->op == OP_CALL ? type_letter(p->functions[p->calls[insn->c].function].arguments[index])
                                    : opcode_info(insn->op)->operands[index];
  if (!type_fits(letter, p->slots[slot], insn->each >> index & 1))
    return verify_fail(checker, "an operand of the wrong type", pc);
  return true;
}

static bool set_is(const struct program *p, uint32_t set, enum set_kind kind) {
  return set < p->sets_count && p->sets[set].kind == kind;
}

static bool verify_immediate(struct checker *checker, uint32_t pc) {
  const struct program *p = checker->p;
  const struct insn *insn = &p->code[pc];
  bool ok = true;
  switch (opcode_immediate(insn->op)) {
    case 'F': ok = insn->c < p->facts_count; break;
    case 'C': ok = insn->c < p->calls_count; break;
    case 'T': ok = set_is(p, insn->c, SET_STRINGS) || set_is(p, insn->c, SET_NAMES); break;
    case 'W': ok = set_is(p, insn->c, SET_NETWORKS); break;
    case 'X': ok = set_is(p, insn->c, SET_MAILBOXES); break;
    case 'P': ok = set_is(p, insn->c, SET_PATTERNS); break;
    case 'Z': ok = set_is(p, insn->c, SET_ZONES); break;
    case 'Y': ok = insn->c < p->maps_count; break;
    case '#': ok = (insn->op != OP_NAME_PROP && insn->op != OP_ADDRESS_PROP) || insn->c < 32; break;
    default: break;
  }
  return ok || verify_fail(checker, "an immediate points outside its table", pc);
}

/* The RDNS instructions read a name fact; FACT reads any and has the fact's type, CALL the function's. */
static enum value_type named_type(const struct program *p, const struct insn *insn) {
  return insn->op == OP_CALL ? p->functions[p->calls[insn->c].function].result : p->facts[insn->c].type;
}

static bool verify_result(struct checker *checker, uint32_t pc) {
  const struct program *p = checker->p;
  const struct insn *insn = &p->code[pc];
  char result = opcode_info(insn->op)->result;
  enum value_type type = result == '*' ? named_type(p, insn) : type_of_letter(result);
  if (opcode_immediate(insn->op) == 'F' && result != '*' && p->facts[insn->c].type != type)
    return verify_fail(checker, "a fact of the wrong type", pc);
  if (insn->each && !type_is_list(type)) type = type_list_of(type); /* lists of lists are joined */
  return p->slots[insn->d] == type || verify_fail(checker, "a result of the wrong type", pc);
}

static bool verify_value(struct checker *checker, uint32_t pc, uint32_t unit) {
  const struct program *p = checker->p;
  const struct insn *insn = &p->code[pc];
  if (insn->d < p->constants_count || insn->d >= p->slots_count)
    return verify_fail(checker, "a result's slot does not exist", pc);
  if (insn->each & (insn->each - 1)) return verify_fail(checker, "a value of two lists at once", pc);
  if (!verify_result(checker, pc)) return false;
  uint32_t *def = &checker->v->slot_def[insn->d];
  if (*def == NO_INDEX) *def = pc;
  const struct insn *first = &p->code[*def];
  bool same = first->op == insn->op && first->each == insn->each && first->a == insn->a && first->b == insn->b &&
              first->c == insn->c;
  if (!same) return verify_fail(checker, "a slot is computed in two ways", pc);
  checker->slot_stamp[insn->d] = unit + 1;
  return true;
}

static bool verify_test(struct checker *checker, uint32_t pc, uint32_t unit) {
  const struct program *p = checker->p;
  const struct insn *insn = &p->code[pc];
  uint32_t width = test_width(insn->op);
  if (width > 1 && insn->each) return verify_fail(checker, "a table of bits of a list", pc);
  if (insn->d >= p->rule_bits || width > p->rule_bits - insn->d || insn->d % 64 + width > 64)
    return verify_fail(checker, "a feature's bit lies outside", pc);
  for (uint32_t bit = insn->d; bit < insn->d + width; bit++) {
    if (checker->v->bit_unit[bit] != NO_INDEX) return verify_fail(checker, "a bit is computed in two places", pc);
    checker->v->bit_unit[bit] = unit;
    checker->v->bit_def[bit] = pc;
  }
  return true;
}

static bool verify_insn(struct checker *checker, uint32_t pc, uint32_t unit) {
  const struct insn *insn = &checker->p->code[pc];
  if (insn->op >= OP_COUNT_OF || opcode_info(insn->op)->kind == KIND_FLOW)
    return verify_fail(checker, "an instruction that no body may hold", pc);
  if (!verify_immediate(checker, pc)) return false;
  struct operands operands = insn_operands(checker->p, insn);
  if (insn->each >> operands.count) return verify_fail(checker, "a list where there is no operand", pc);
  for (unsigned i = 0; i < operands.count; i++)
    if (!verify_operand(checker, pc, unit, i, operands.at[i])) return false;
  bool value = opcode_info(insn->op)->kind == KIND_VALUE;
  return value ? verify_value(checker, pc, unit) : verify_test(checker, pc, unit);
}

bool verify_body(struct checker *checker, uint32_t unit) {
  const struct unit *u = &checker->p->units[unit];
  for (uint32_t pc = u->begin; pc < u->end; pc++)
    if (!verify_insn(checker, pc, unit)) return false;
  return true;
}
