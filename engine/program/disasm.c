/* Owns the listing of a program for people, stable enough to be compared with a kept one.
 * Must never know: how the program was made. */
#include "program/disasm.h"

static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">="};

static void print_bits(struct buf *out, const struct program *p, const struct insn *insn) {
  const char *between = "";
  for (uint64_t left = insn->mask; left; left &= left - 1) {
    uint32_t at = (uint32_t)__builtin_ctzll(left), bit = insn->word * 64u + at;
    buf_printf(out, "%s%s#%u", between, insn->value >> at & 1 ? "" : "!", bit);
    if (bit < p->bit_count && p->bit_texts[bit].len) buf_printf(out, " %.*s", TEXT_ARG(p->bit_texts[bit]));
    between = "  &  ";
  }
}

static void print_flow(struct buf *out, const struct program *p, const struct insn *insn) {
  switch (insn->op) {
    case OP_NEED: buf_printf(out, "unit %u", insn->d); break;
    case OP_JUMP: buf_printf(out, "-> %u", insn->d); break;
    case OP_TEST:
    case OP_TEST_OR:
      print_bits(out, p, insn);
      buf_printf(out, "  %s -> %u", insn->op == OP_TEST ? "else" : "then", insn->d);
      break;
    case OP_COUNT: print_bits(out, p, insn); break;
    case OP_COUNT_TEST: buf_printf(out, ">= %u  else -> %u", insn->a, insn->d); break;
    case OP_SUM_TEST:
      buf_printf(out, "set %u %s ", (unsigned)insn->mask, compares[insn->word]);
      buf_milli(out, (int64_t)insn->value);
      buf_printf(out, "  else -> %u", insn->d);
      break;
    default: break;
  }
}

static void print_slot(struct buf *out, uint32_t slot, unsigned each) {
  buf_printf(out, each ? " any r%u" : " r%u", slot);
}

static void print_body(struct buf *out, const struct program *p, const struct insn *insn) {
  bool value = opcode_info(insn->op)->kind == KIND_VALUE;
  buf_printf(out, value ? "r%u <-" : "#%u <-", insn->d);
  struct operands operands = insn_operands(p, insn);
  for (unsigned i = 0; i < operands.count; i++) print_slot(out, operands.at[i], insn->each >> i & 1);
  char immediate = opcode_immediate(insn->op);
  if (immediate == '#')
    buf_printf(out, " %d", (int)insn->c);
  else if (immediate == 'F')
    buf_printf(out, " %.*s", TEXT_ARG(p->facts[insn->c].name));
  else if (immediate == 'C')
    buf_printf(out, " %.*s", TEXT_ARG(p->functions[p->calls[insn->c].function].name));
  else if (immediate == 'Y')
    buf_printf(out, " map %u", insn->c);
  else if (immediate)
    buf_printf(out, " set %u", insn->c);
  struct text text = value ? p->slot_texts[insn->d] : p->bit_texts[insn->d];
  if (text.len) buf_printf(out, "  ; %.*s", TEXT_ARG(text));
}

static void print_insn(struct buf *out, const struct program *p, uint32_t pc) {
  const struct insn *insn = &p->code[pc];
  const struct opcode_info *info = opcode_info(insn->op);
  buf_printf(out, "%6u  ", pc);
  if (p->origins[pc].line)
    buf_printf(out, "%4u:%-3u ", p->origins[pc].line, p->origins[pc].column);
  else
    buf_str(out, "         ");
  buf_printf(out, "%-16s ", info->name);
  if (info->kind == KIND_FLOW)
    print_flow(out, p, insn);
  else
    print_body(out, p, insn);
  while (out->len && out->ptr[out->len - 1] == ' ') out->len--;
  buf_byte(out, '\n');
}

static void print_unit(struct buf *out, const struct program *p, uint32_t u) {
  const struct unit *unit = &p->units[u];
  if (u < 2)
    buf_printf(out, "unit %u: computed %s\n", u, u == 0 ? "first" : "unless an exemption held");
  else if (unit->kind == UNIT_BODY)
    buf_printf(out, "unit %u: computed when needed\n", u);
  else
    buf_printf(out, "unit %u: answers #%u %.*s\n", u, unit->bit, TEXT_ARG(p->bit_texts[unit->bit]));
  for (uint32_t pc = unit->begin; pc < unit->end; pc++) print_insn(out, p, pc);
}

static void print_constants(struct buf *out, const struct program *p) {
  for (uint32_t s = 0; s < p->constants_count; s++) {
    buf_printf(out, "r%u: %s ", s, type_word(p->slots[s]));
    buf_text(out, p->slot_texts[s]);
    buf_byte(out, '\n');
  }
}

static void print_sets(struct buf *out, const struct program *p) {
  static const char *const kinds[] = {"strings", "names", "networks", "mailboxes", "patterns", "rules", "zones"};
  for (uint32_t s = 0; s < p->sets_count; s++)
    buf_printf(out, "set %u: %u %s\n", s, p->sets[s].count, kinds[p->sets[s].kind]);
}

static void print_rule(struct buf *out, const struct program *p, uint32_t r) {
  const struct rule *rule = &p->rules[r];
  buf_printf(out, "rule %.*s: unit %u, #%u, score ", TEXT_ARG(rule->name), rule->unit, p->rule_bits + r);
  buf_milli(out, rule->score);
  if (rule->group != NO_INDEX) buf_printf(out, ", group %.*s", TEXT_ARG(p->groups[rule->group].name));
  buf_str(out, rule->disabled ? ", disabled\n" : "\n");
}

void disasm_program(struct buf *out, const struct verified *verified) {
  const struct program *p = &verified->program;
  print_constants(out, p);
  print_sets(out, p);
  for (uint32_t r = 0; r < p->rules_count; r++) print_rule(out, p, r);
  for (uint32_t e = 0; e < p->exempts_count; e++)
    buf_printf(out, "exempt %.*s: unit %u\n", TEXT_ARG(p->exempts[e].name), p->exempts[e].unit);
  for (uint32_t u = 0; u < p->units_count; u++) print_unit(out, p, u);
}

/* Depth is bounded by the verifier. A unit that is needed twice is printed where it is first needed. */
static void print_needed(struct buf *out, const struct program *p, uint32_t u, bool *printed) {
  if (printed[u]) return;
  printed[u] = true;
  if (p->units[u].kind == UNIT_CONDITION)
    for (uint32_t pc = p->units[u].begin; pc < p->units[u].end; pc++)
      if (p->code[pc].op == OP_NEED) print_needed(out, p, p->code[pc].d, printed);
  print_unit(out, p, u);
}

bool disasm_rule(struct buf *out, const struct verified *verified, struct text name) {
  const struct program *p = &verified->program;
  uint32_t r = 0;
  while (r < p->rules_count && !text_eq(p->rules[r].name, name)) r++;
  if (r == p->rules_count) return false;
  bool *printed = mem_new(out->alloc, p->units_count);
  if (!printed) {
    out->failed = true;
    return true;
  }
  print_rule(out, p, r);
  print_needed(out, p, p->rules[r].unit, printed);
  mem_free(out->alloc, printed, p->units_count);
  return true;
}
