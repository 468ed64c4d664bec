/* Owns the checks of everything that is not code: constants, sets, maps, facts, rules, groups, thresholds.
 * Must never know: instructions. */
#include "program/verify_code.h"

static bool score_in_range(int64_t score) {
  return score >= -PROGRAM_SCORE_MAX && score <= PROGRAM_SCORE_MAX;
}

static bool verify_slots(struct checker *checker) {
  const struct program *p = checker->p;
  if (p->constants_count > p->slots_count) return verify_fail(checker, "constants without slots", p->constants_count);
  for (uint32_t s = 0; s < p->slots_count; s++) {
    if (p->slots[s] >= TYPE_COUNT_OF) return verify_fail(checker, "a slot of no known type", s);
    if (s >= p->constants_count) continue;
    const struct constant *c = &p->constants[s];
    if (c->type != p->slots[s] || type_is_list(c->type) || c->type == TYPE_BOOL)
      return verify_fail(checker, "a constant of the wrong type", s);
    if (c->address.family != 0 && c->address.family != 4 && c->address.family != 6)
      return verify_fail(checker, "a constant address of no family", s);
  }
  return true;
}

static bool verify_network(const struct network *net) {
  unsigned most = net->addr.family == 4 ? 32 : net->addr.family == 6 ? 128 : 0;
  if (most == 0 || net->bits > most) return false;
  for (unsigned bit = net->bits; bit < most; bit++)
    if (net->addr.bytes[bit / 8] & 0x80 >> bit % 8) return false;
  return true;
}

static bool verify_set(struct checker *checker, uint32_t s) {
  const struct program *p = checker->p;
  const struct set *set = &p->sets[s];
  if (set->kind > SET_ZONES) return verify_fail(checker, "a set of no known kind", s);
  if (set->count && !set->texts) return verify_fail(checker, "a set without its items", s);
  for (uint32_t i = 0; i < set->count; i++) {
    if (set->kind == SET_NETWORKS && !verify_network(&set->networks[i]))
      return verify_fail(checker, "an ill-formed network in a set", s);
    if (set->kind == SET_RULES && set->rules[i] >= p->rules_count)
      return verify_fail(checker, "a set names a rule that does not exist", s);
    if (set->kind == SET_PATTERNS && set->patterns[i].flags > 31)
      return verify_fail(checker, "a pattern with unknown flags", s);
  }
  return true;
}

static bool verify_map(struct checker *checker, uint32_t m) {
  const struct program *p = checker->p;
  if (p->maps[m].count && !p->maps[m].entries) return verify_fail(checker, "a map without its entries", m);
  for (uint32_t i = 0; i < p->maps[m].count; i++) {
    uint32_t set = p->maps[m].entries[i].set;
    if (set >= p->sets_count || p->sets[set].kind != SET_NAMES)
      return verify_fail(checker, "a map's values are no set of names", m);
  }
  return true;
}

static bool plain_type(enum value_type type) {
  return type < TYPE_COUNT_OF && !type_is_list(type);
}

static bool verify_calls(struct checker *checker) {
  const struct program *p = checker->p;
  for (uint32_t f = 0; f < p->functions_count; f++) {
    const struct function_need *function = &p->functions[f];
    bool ok = plain_type(function->result) && function->count > 0 && function->count <= OPERANDS_MAX;
    for (uint32_t i = 0; ok && i < function->count; i++) ok = plain_type(function->arguments[i]);
    if (!ok) return verify_fail(checker, "a function of no known type", f);
  }
  for (uint32_t c = 0; c < p->calls_count; c++)
    if (p->calls[c].function >= p->functions_count)
      return verify_fail(checker, "a call of a function that does not exist", c);
  return true;
}

static bool verify_rule(struct checker *checker, uint32_t r) {
  const struct program *p = checker->p;
  const struct rule *rule = &p->rules[r];
  if (!score_in_range(rule->score)) return verify_fail(checker, "a score out of range", r);
  if (rule->group != NO_INDEX && rule->group >= p->groups_count)
    return verify_fail(checker, "a rule in a group that does not exist", r);
  if (rule->unit >= p->units_count || (rule->negated != NO_INDEX && rule->negated >= p->units_count))
    return verify_fail(checker, "a rule's unit does not exist", r);
  return true;
}

static bool verify_thresholds(struct checker *checker) {
  int64_t last = INT64_MIN;
  for (uint32_t a = ACTION_TAG; a < ACTION_COUNT; a++) {
    const struct threshold *t = &checker->p->thresholds[a];
    if (!t->set) continue;
    if (!score_in_range(t->at) || t->at <= last) return verify_fail(checker, "thresholds do not rise", a);
    last = t->at;
  }
  return true;
}

static bool verify_bits(struct checker *checker) {
  const struct program *p = checker->p;
  if (p->bit_count > (uint64_t)PROGRAM_WORDS_MAX * 64) return verify_fail(checker, "too many bits", p->bit_count);
  if (p->rule_bits % 64 || p->rule_bits > p->bit_count || p->rules_count > p->bit_count - p->rule_bits)
    return verify_fail(checker, "the rules' bits lie outside", p->rule_bits);
  return true;
}

bool verify_tables(struct checker *checker) {
  const struct program *p = checker->p;
  if (!verify_slots(checker) || !verify_bits(checker) || !verify_thresholds(checker)) return false;
  for (uint32_t f = 0; f < p->facts_count; f++)
    if (p->facts[f].type >= TYPE_COUNT_OF) return verify_fail(checker, "a fact of no known type", f);
  if (!verify_calls(checker)) return false;
  for (uint32_t s = 0; s < p->sets_count; s++)
    if (!verify_set(checker, s)) return false;
  for (uint32_t m = 0; m < p->maps_count; m++)
    if (!verify_map(checker, m)) return false;
  for (uint32_t g = 0; g < p->groups_count; g++)
    if (p->groups[g].floor > 0 || p->groups[g].cap < 0) return verify_fail(checker, "a group's bounds exclude 0", g);
  for (uint32_t r = 0; r < p->rules_count; r++)
    if (!verify_rule(checker, r)) return false;
  for (uint32_t e = 0; e < p->exempts_count; e++)
    if (p->exempts[e].unit >= p->units_count) return verify_fail(checker, "an exemption's unit does not exist", e);
  return true;
}
