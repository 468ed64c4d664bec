/* Owns damage to a program: fields are changed as a stream of numbers says, within arrays and counts that stay true to
 * memory. Must never know: which damage the verifier refuses. */
#include "support/damage.h"

uint64_t damage_next(struct damage_source *source) {
  if (source->left) {
    uint64_t number = 0;
    for (unsigned i = 0; i < 4 && source->left; i++, source->left--) number = number << 8 | *source->bytes++;
    return number;
  }
  if (source->state == 0) return 0;
  source->state ^= source->state << 13;
  source->state ^= source->state >> 7;
  source->state ^= source->state << 17;
  return source->state >> 8;
}

static uint32_t pick(struct damage_source *source, uint32_t count) {
  return count ? (uint32_t)(damage_next(source) % count) : 0;
}

/* Small steps and values near bounds find more than wild ones do. */
static uint32_t changed(struct damage_source *source, uint32_t value, uint32_t bound) {
  uint32_t how = pick(source, 6);
  if (how == 0) return value + 1;
  if (how == 1) return value - 1;
  if (how == 2) return pick(source, bound);
  if (how == 3) return bound;
  return how == 4 ? value ^ 1u << pick(source, 32) : (uint32_t)damage_next(source);
}

static void damage_insn(struct program *p, struct damage_source *source) {
  if (p->code_count == 0) return;
  struct insn *insn = &p->code[pick(source, p->code_count)];
  switch (pick(source, 9)) {
    case 0: insn->op = (uint8_t)changed(source, insn->op, OP_COUNT_OF); break;
    case 1: insn->each = (uint8_t)changed(source, insn->each, 4); break;
    case 2: insn->word = (uint16_t)changed(source, insn->word, p->bit_count / 64 + 1); break;
    case 3: insn->d = changed(source, insn->d, p->slots_count); break;
    case 4: insn->a = changed(source, insn->a, p->slots_count); break;
    case 5: insn->b = changed(source, insn->b, p->slots_count); break;
    case 6: insn->c = changed(source, insn->c, p->sets_count); break;
    case 7: ((uint8_t *)insn)[pick(source, sizeof *insn)] ^= (uint8_t)(1u << pick(source, 8)); break;
    default: *insn = p->code[pick(source, p->code_count)]; break;
  }
}

static void damage_unit(struct program *p, struct damage_source *source) {
  if (p->units_count == 0) return;
  struct unit *unit = &p->units[pick(source, p->units_count)];
  switch (pick(source, 6)) {
    case 0: unit->kind = (uint8_t)changed(source, unit->kind, 2); break;
    case 1: unit->phase = (uint8_t)changed(source, unit->phase, 2); break;
    case 2: unit->begin = changed(source, unit->begin, p->code_count); break;
    case 3: unit->end = changed(source, unit->end, p->code_count); break;
    case 4: unit->bit = changed(source, unit->bit, p->bit_count); break;
    default: *unit = p->units[pick(source, p->units_count)]; break;
  }
}

/* The kind of a set says how its items are to be read, so it may only become another kind of texts, or none at all. */
static void damage_set(struct program *p, struct damage_source *source) {
  if (p->sets_count == 0) return;
  struct set *set = &p->sets[pick(source, p->sets_count)];
  bool texts =
      set->kind == SET_STRINGS || set->kind == SET_NAMES || set->kind == SET_MAILBOXES || set->kind == SET_ZONES;
  static const enum set_kind kinds[] = {SET_STRINGS, SET_NAMES, SET_MAILBOXES, SET_ZONES};
  uint32_t at = pick(source, set->count);
  switch (pick(source, 4)) {
    case 0: set->count = pick(source, set->count + 1); return;
    case 1: set->kind = texts ? kinds[pick(source, 4)] : (enum set_kind)(SET_ZONES + 1 + pick(source, 3)); return;
    case 2: set->kind = (enum set_kind)(SET_ZONES + 1 + pick(source, 3)); return;
    default: break;
  }
  if (set->count == 0 || set->kind > SET_ZONES) return;
  if (texts) set->texts[at].len = pick(source, (uint32_t)set->texts[at].len + 1);
  if (set->kind == SET_RULES) set->rules[at] = changed(source, set->rules[at], p->rules_count);
  if (set->kind == SET_PATTERNS) set->patterns[at].flags = changed(source, set->patterns[at].flags, 32);
  if (set->kind == SET_NETWORKS)
    ((uint8_t *)&set->networks[at])[pick(source, sizeof(struct network))] ^= (uint8_t)(1u << pick(source, 8));
}

static void damage_rule(struct program *p, struct damage_source *source) {
  if (p->rules_count == 0) return;
  struct rule *rule = &p->rules[pick(source, p->rules_count)];
  switch (pick(source, 5)) {
    case 0: rule->score = (int64_t)(damage_next(source) << pick(source, 33)); break;
    case 1: rule->group = changed(source, rule->group, p->groups_count); break;
    case 2: rule->unit = changed(source, rule->unit, p->units_count); break;
    case 3: rule->negated = changed(source, rule->negated, p->units_count); break;
    default: rule->disabled = !rule->disabled; break;
  }
}

static void damage_slot(struct program *p, struct damage_source *source) {
  if (p->slots_count == 0) return;
  uint32_t s = pick(source, p->slots_count);
  enum value_type *type = &p->slots[s];
  *type = (enum value_type)changed(source, *type, TYPE_COUNT_OF);
  if (s < p->constants_count && pick(source, 2)) p->constants[s].type = *type;
  if (s < p->constants_count && pick(source, 4) == 0)
    p->constants[s].address.family = (uint8_t)changed(source, 4, 7);
}

static void damage_exempt(struct program *p, struct damage_source *source) {
  if (p->exempts_count == 0) return;
  struct exempt *exempt = &p->exempts[pick(source, p->exempts_count)];
  exempt->unit = changed(source, exempt->unit, p->units_count);
}

static void damage_bounds(struct program *p, struct damage_source *source) {
  struct threshold *threshold = &p->thresholds[pick(source, ACTION_COUNT)];
  if (pick(source, 2)) threshold->set = !threshold->set;
  threshold->at = (int64_t)changed(source, (uint32_t)threshold->at, PROGRAM_SCORE_MAX);
  if (p->groups_count == 0) return;
  struct group *group = &p->groups[pick(source, p->groups_count)];
  *(pick(source, 2) ? &group->floor : &group->cap) = (int64_t)damage_next(source) - INT32_MAX;
}

static void damage_names(struct program *p, struct damage_source *source) {
  if (p->facts_count && pick(source, 2)) {
    struct fact_need *need = &p->facts[pick(source, p->facts_count)];
    need->type = (enum value_type)changed(source, need->type, TYPE_COUNT_OF);
  } else if (p->maps_count && p->maps[0].count) {
    p->maps[0].entries[0].set = changed(source, p->maps[0].entries[0].set, p->sets_count);
  }
}

static void damage_call(struct program *p, struct damage_source *source) {
  if (p->calls_count == 0 || p->functions_count == 0) return;
  struct call *call = &p->calls[pick(source, p->calls_count)];
  struct function_need *need = &p->functions[pick(source, p->functions_count)];
  enum value_type *type = &need->arguments[pick(source, OPERANDS_MAX)];
  uint32_t *operand = &call->operands[pick(source, OPERANDS_MAX)];
  switch (pick(source, 5)) {
    case 0: call->function = changed(source, call->function, p->functions_count); break;
    case 1: *operand = changed(source, *operand, p->slots_count); break;
    case 2: *type = (enum value_type)changed(source, *type, TYPE_COUNT_OF); break;
    case 3: need->count = changed(source, need->count, OPERANDS_MAX); break;
    default: need->result = (enum value_type)changed(source, need->result, TYPE_COUNT_OF); break;
  }
}

/* Counts may only shrink, but for those of bits, which no array has to bear. */
static void damage_count(struct program *p, struct damage_source *source) {
  uint32_t *const counts[] = {&p->code_count,   &p->units_count,  &p->constants_count, &p->slots_count,
                              &p->facts_count,  &p->sets_count,   &p->maps_count,      &p->rules_count,
                              &p->groups_count, &p->exempts_count, &p->calls_count,     &p->functions_count};
  uint32_t which = pick(source, 15);
  if (which < 12)
    *counts[which] = pick(source, 3) ? *counts[which] - (*counts[which] > 0) : pick(source, *counts[which] + 1);
  else if (which == 12)
    p->rule_bits = changed(source, p->rule_bits, p->bit_count);
  else if (which == 13)
    p->bit_count = pick(source, p->bit_count + 1);
  else
    p->rule_bits = pick(source, p->bit_count / 64 + 2) * 64;
}

void damage_program(struct program *p, struct damage_source *source) {
  static void (*const damages[])(struct program *, struct damage_source *) = {
      damage_insn, damage_insn, damage_insn,   damage_insn,   damage_unit,  damage_set,   damage_rule,
      damage_slot, damage_exempt, damage_bounds, damage_names, damage_count, damage_call,
  };
  damages[pick(source, sizeof damages / sizeof *damages)](p, source);
}
