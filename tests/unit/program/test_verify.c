/* Tests the verifier: every check by a damage that it alone must find, and that no check is without one. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/sample.h"

/* --- finding what to damage --- */

static struct insn *find(struct program *p, unsigned op, unsigned nth) {
  for (uint32_t pc = 0; pc < p->code_count; pc++)
    if (p->code[pc].op == op && nth-- == 0) return &p->code[pc];
  fail_msg("the sample has no such %s", opcode_info(op)->name);
  return NULL;
}

static struct insn *find_each(struct program *p, unsigned op) {
  for (uint32_t pc = 0; pc < p->code_count; pc++)
    if (p->code[pc].op == op && p->code[pc].each) return &p->code[pc];
  fail_msg("the sample has no %s of a list", opcode_info(op)->name);
  return NULL;
}

/* A slot of the type that the body has computed before this instruction. */
static uint32_t slot_before(struct program *p, const struct insn *insn, enum value_type type) {
  for (const struct insn *at = insn; at-- > p->code && opcode_info(at->op)->kind != KIND_FLOW;)
    if (opcode_info(at->op)->kind == KIND_VALUE && p->slots[at->d] == type) return at->d;
  fail_msg("nothing of type %s is computed there", type_word(type));
  return 0;
}

static struct unit *rule_unit(struct program *p, uint32_t rule) {
  return &p->units[p->rules[rule].unit];
}

static struct set *find_set(struct program *p, enum set_kind kind) {
  for (uint32_t s = 0; s < p->sets_count; s++)
    if (p->sets[s].kind == kind) return &p->sets[s];
  fail_msg("the sample has no such set");
  return NULL;
}

/* --- one damage for each check --- */

static void units_apart(struct program *p) { rule_unit(p, 2)->begin++; }
static void units_overlong(struct program *p) { p->units[p->units_count - 1].end = p->code_count + 1; }
static void units_backwards(struct program *p) { rule_unit(p, 2)->end = rule_unit(p, 2)->begin - 1; }
static void unit_kind(struct program *p) { rule_unit(p, 2)->kind = 2; }
static void unit_phase(struct program *p) { rule_unit(p, 2)->phase = 2; }
static void first_units_swapped(struct program *p) { p->units[0].phase = 1; }
static void first_unit_condition(struct program *p) { p->units[1].kind = UNIT_CONDITION; }
static void unit_gone(struct program *p) { p->exempts_count = 0, p->units_count--; }

static void no_units(struct program *p) {
  p->rules_count = p->exempts_count = p->maps_count = p->units_count = p->code_count = 0;
  p->sets_count = 0;
}

static void rule_of_another(struct program *p) { p->rules[2].unit = p->rules[4].unit; }
static void negation_is_body(struct program *p) { p->rules[2].negated = 0; }
static void exempt_is_late(struct program *p) { p->exempts[0].unit = p->rules[2].unit; }
static void exempt_is_body(struct program *p) { p->exempts[0].unit = 0; }

static void constants_without_slots(struct program *p) { p->slots_count = p->constants_count - 1; }
static void slot_type(struct program *p) { p->slots[p->slots_count - 1] = TYPE_COUNT_OF; }
static void constant_type(struct program *p) { p->slots[0] = p->slots[0] == TYPE_INT ? TYPE_STRING : TYPE_INT; }
static void constant_bool(struct program *p) { p->slots[0] = p->constants[0].type = TYPE_BOOL; }
static void constant_list(struct program *p) { p->slots[0] = p->constants[0].type = TYPE_NAMES; }
static void constant_family(struct program *p) { p->constants[0].address.family = 5; }
static void set_kind(struct program *p) { p->sets[0].kind = (enum set_kind)(SET_ZONES + 1); }
static void set_of_nothing(struct program *p) { p->sets[0].texts = NULL; }
static void network_host_bits(struct program *p) { find_set(p, SET_NETWORKS)->networks[0].addr.bytes[3] = 1; }
static void network_family(struct program *p) { find_set(p, SET_NETWORKS)->networks[0].addr.family = 0; }
static void network_bits(struct program *p) { find_set(p, SET_NETWORKS)->networks[1].bits = 129; }
static void set_rule(struct program *p) { find_set(p, SET_RULES)->rules[1] = p->rules_count; }
static void pattern_flags(struct program *p) { find_set(p, SET_PATTERNS)->patterns[0].flags = 32; }
static void map_of_strings(struct program *p) {
  p->maps[0].entries[0].set = (uint32_t)(find_set(p, SET_STRINGS) - p->sets);
}
static void map_of_nothing(struct program *p) { p->maps[0].entries[0].set = p->sets_count; }
static void map_without_entries(struct program *p) { p->maps[0].entries = NULL; }
static void score_high(struct program *p) { p->rules[0].score = PROGRAM_SCORE_MAX + 1; }
static void score_low(struct program *p) { p->rules[0].score = INT64_MIN; }
static void rule_group(struct program *p) { p->rules[0].group = p->groups_count; }
static void rule_unit_gone(struct program *p) { p->rules[0].unit = p->units_count; }
static void negation_gone(struct program *p) { p->rules[0].negated = p->units_count; }
static void thresholds_equal(struct program *p) {
  p->thresholds[ACTION_REJECT].at = p->thresholds[ACTION_DEFER].at;
}
static void threshold_high(struct program *p) { p->thresholds[ACTION_REJECT].at = PROGRAM_SCORE_MAX + 1; }
static void bits_too_many(struct program *p) { p->bit_count = (uint32_t)PROGRAM_WORDS_MAX * 64 + 1; }
static void rule_bits_odd(struct program *p) { p->rule_bits++; }
static void rule_bits_outside(struct program *p) { p->rule_bits = (p->bit_count / 64 + 1) * 64; }
static void rules_beyond_bits(struct program *p) { p->bit_count = p->rule_bits + p->rules_count - 1; }
static void fact_type(struct program *p) { p->facts[0].type = TYPE_COUNT_OF; }
static void group_floor(struct program *p) { p->groups[0].floor = 1; }
static void group_cap(struct program *p) { p->groups[0].cap = -1; }
static void exempt_unit_gone(struct program *p) { p->exempts[1].unit = p->units_count; }

static void operand_outside(struct program *p) { find(p, OP_TRUTH, 2)->a = p->slots_count; }
static void operand_b_outside(struct program *p) { find(p, OP_EQ_INT, 0)->b = UINT32_MAX; }

static void operand_later(struct program *p) {
  struct insn *insn = find(p, OP_TRUTH, 1), *later = find(p, OP_EQ_INT, 0);
  insn->a = later->a; /* computed in this body, but behind it */
}

static void operand_of_another_unit(struct program *p) {
  struct insn *last = find(p, OP_TLD_KNOWN, 0);
  last->a = find(p, OP_NAME_ORG, 0)->d; /* computed in another unit, not in this one */
}

static void operand_type(struct program *p) { find(p, OP_EQ_INT, 0)->b = 0; }
static void operand_no_list(struct program *p) { find(p, OP_EQ_INT, 0)->each = 1; }
static void operand_is_list(struct program *p) { find_each(p, OP_UNDER_NAMES)->each = 0; }
static void immediate_fact(struct program *p) { find(p, OP_FACT, 0)->c = p->facts_count; }
static void immediate_set(struct program *p) {
  find(p, OP_IN_NETWORKS, 0)->c = (uint32_t)(find_set(p, SET_NAMES) - p->sets);
}
static void immediate_texts(struct program *p) {
  find(p, OP_IN_NAMES, 0)->c = (uint32_t)(find_set(p, SET_ZONES) - p->sets);
}
static void immediate_mailboxes(struct program *p) { find(p, OP_IN_MAILBOXES, 0)->c = p->sets_count; }
static void immediate_patterns(struct program *p) {
  find(p, OP_MATCH, 0)->c = (uint32_t)(find_set(p, SET_STRINGS) - p->sets);
}
static void immediate_zones(struct program *p) {
  find(p, OP_DNSBL_NAME, 0)->c = (uint32_t)(find_set(p, SET_RULES) - p->sets);
}
static void immediate_call(struct program *p) { find(p, OP_CALL, 0)->c = p->calls_count; }
static void call_nothing(struct program *p) { p->calls[0].function = p->functions_count; }
static void call_operand(struct program *p) { p->calls[0].operands[3] = p->slots_count; }
static void call_operand_type(struct program *p) { p->calls[0].operands[3] = p->calls[0].operands[0]; }
static void call_result(struct program *p) { p->functions[0].result = TYPE_STRING; }
static void call_two_lists(struct program *p) { find_each(p, OP_CALL)->each = 3; }
static void call_many_lists(struct program *p) { find_each(p, OP_CALL)->each = 0x40; }
static void function_of_nothing(struct program *p) { p->functions[0].count = 0; }
static void function_of_many(struct program *p) { p->functions[0].count = OPERANDS_MAX + 1; }
static void function_of_list(struct program *p) { p->functions[0].arguments[1] = TYPE_INTS; }
static void function_no_type(struct program *p) { p->functions[0].arguments[1] = TYPE_COUNT_OF; }
static void function_to_list(struct program *p) { p->functions[1].result = TYPE_NAMES; }
static void immediate_map(struct program *p) { find(p, OP_FORGED, 0)->c = p->maps_count; }
static void immediate_prop(struct program *p) { find(p, OP_NAME_PROP, 0)->c = 32; }
static void immediate_address_prop(struct program *p) { find(p, OP_ADDRESS_PROP, 0)->c = 32; }

static void rdns_of_string(struct program *p) {
  uint32_t f = 0;
  while (p->facts[f].type != TYPE_STRING) f++;
  find(p, OP_RDNS, 0)->c = f;
}

static void result_type(struct program *p) { p->slots[find(p, OP_RDNS, 0)->d] = TYPE_REAL; }
static void result_each_type(struct program *p) { p->slots[find_each(p, OP_NAME_LABELS)->d] = TYPE_INT; }
static void result_is_constant(struct program *p) { find(p, OP_FACT, 0)->d = 0; }
static void result_outside(struct program *p) { find(p, OP_FACT, 0)->d = p->slots_count; }

static void value_of_two_lists(struct program *p) {
  struct insn *insn = find_each(p, OP_EDIT_DISTANCE);
  insn->each = 3;
  insn->b = insn->a;
}

static void slot_in_two_ways(struct program *p) {
  struct insn *first = find(p, OP_FACT, 0), *end = p->code + p->code_count, *insn = end;
  for (; insn == end; first++)
    for (insn = first + 1; insn < end && (p->slots[first->d] != TYPE_NAME || first->op != OP_FACT ||
                                          insn->op != OP_FACT || insn->d != first->d);)
      insn++;
  for (uint32_t f = 0; f < p->facts_count; f++)
    if (f != insn->c && p->facts[f].type == p->facts[insn->c].type) {
      insn->c = f;
      return;
    }
}

static void table_of_list(struct program *p) {
  struct insn *insn = find(p, OP_NAME_BITS, 0);
  insn->a = slot_before(p, insn, TYPE_NAMES);
  insn->each = 1;
}

static void feature_among_answers(struct program *p) { find(p, OP_TRUTH, 0)->d = p->rule_bits; }
static void table_over_words(struct program *p) { find(p, OP_NAME_BITS, 0)->d = 40; }
static void bit_twice(struct program *p) { find(p, OP_TRUTH, 1)->d = find(p, OP_TRUTH, 0)->d; }
static void flow_in_body(struct program *p) { find(p, OP_TRUTH, 0)->op = OP_PASS; }
static void unknown_in_body(struct program *p) { find(p, OP_TRUTH, 0)->op = OP_COUNT_OF; }
static void list_of_no_operand(struct program *p) { find(p, OP_FACT, 0)->each = 1; }
static void list_of_third_operand(struct program *p) { find(p, OP_EQ_INT, 0)->each = 4; }

static void jump_back(struct program *p) { find(p, OP_JUMP, 0)->d = (uint32_t)(find(p, OP_JUMP, 0) - p->code); }
static void jump_away(struct program *p) { find(p, OP_TEST, 0)->d = rule_unit(p, 0)->end; }
static void jump_or(struct program *p) { find(p, OP_TEST_OR, 0)->d = UINT32_MAX; }
static void jump_count(struct program *p) { find(p, OP_COUNT_TEST, 0)->d = 0; }
static void jump_sum(struct program *p) { find(p, OP_SUM_TEST, 0)->d = p->code_count; }
static void need_later(struct program *p) { find(p, OP_NEED, 0)->d = p->units_count - 1; }
static void need_itself(struct program *p) { find(p, OP_NEED, 0)->d = UINT32_MAX; }
static void need_later_phase(struct program *p) { rule_unit(p, 0)->phase = 1; }
static void value_beyond_mask(struct program *p) { find(p, OP_TEST, 0)->value = UINT64_MAX; }
static void need_left_out(struct program *p) { find(p, OP_NEED, 0)->op = OP_COUNT_ZERO; }
static void test_of_no_bit(struct program *p) { find(p, OP_TEST, 0)->word = UINT16_MAX; }

static void test_of_nothing_outside(struct program *p) {
  struct insn *insn = find(p, OP_TEST, 0);
  insn->word = UINT16_MAX;
  insn->mask = insn->value = 0;
}

static void early_tests_late(struct program *p) {
  struct insn *insn = &p->code[rule_unit(p, 0)->begin], *late = find(p, OP_TRUTH, 1);
  insn->word = (uint16_t)(late->d / 64);
  insn->mask = insn->value = (uint64_t)1 << late->d % 64;
}

static void sum_of_no_set(struct program *p) { find(p, OP_SUM_TEST, 0)->mask = p->sets_count; }
static void sum_of_names(struct program *p) {
  find(p, OP_SUM_TEST, 0)->mask = (uint32_t)(find_set(p, SET_NAMES) - p->sets);
}
static void sum_compare(struct program *p) { find(p, OP_SUM_TEST, 0)->word = SUM_GE + 1; }

static void sum_too_soon(struct program *p) {
  struct insn *insn = find(p, OP_SUM_TEST, 0);
  while (insn->op != OP_NEED) insn--;
  insn->op = OP_COUNT_ZERO;
}

static void body_in_condition(struct program *p) { find(p, OP_COUNT_ZERO, 0)->op = OP_TRUTH; }
static void unknown_in_condition(struct program *p) { find(p, OP_COUNT_ZERO, 0)->op = UINT8_MAX; }

static void condition_empty(struct program *p) {
  struct unit *unit = rule_unit(p, 2);
  unit[1].begin = unit->end = unit->begin;
}

static void condition_endless(struct program *p) { p->code[rule_unit(p, 2)->end - 1].op = OP_COUNT_ZERO; }
static void answer_is_feature(struct program *p) { rule_unit(p, 2)->bit = 0; }
static void answer_outside(struct program *p) { rule_unit(p, 2)->bit = p->bit_count; }
static void answer_of_another(struct program *p) { rule_unit(p, 4)->bit = rule_unit(p, 2)->bit; }

/* A NEED that a jump may pass over does not count behind that jump's target. */
static void need_passed_over(struct program *p) {
  struct insn *need = find(p, OP_NEED, 0), *test = need + 1;
  uint32_t pc = (uint32_t)(test - p->code);
  assert_int_equal(test->op, OP_TEST);
  *need = (struct insn){.op = OP_TEST_OR, .d = pc};
  assert_true(pc > 0);
}

/* A program of its own: each condition needs the one before. */
static void nest(struct program *p, uint32_t depth) {
  struct build b;
  arena_free(&p->arena);
  build_init(&b, &mem_default);
  feature_id feature = build_test(&b, OP_TRUTH, build_fact(&b, "helo", TYPE_NAME), 0, 0);
  build_layout(&b, 0);
  uint32_t unit = build_simple(&b, feature, true, NO_INDEX, 1);
  for (uint32_t i = 1; i <= depth; i++) {
    uint32_t begin = builder_begin(&b.b), label = builder_label(&b.b);
    build_need_unit(&b, unit);
    builder_emit(&b.b, build_bit(OP_TEST, b.b.units.at[unit].bit, true, label));
    unit = build_pass(&b, begin, label, NO_INDEX, 1);
  }
  assert_true(build_finish(&b));
  *p = b.program;
  arena_free(&b.scratch);
}

static void nested_too_deeply(struct program *p) { nest(p, PROGRAM_DEPTH_MAX + 1); }
static void nested_deeply(struct program *p) { nest(p, PROGRAM_DEPTH_MAX); }

/* A chain of values, each of the one before. */
static void chain(struct program *p, uint32_t depth) {
  struct build b;
  arena_free(&p->arena);
  build_init(&b, &mem_default);
  value_id value = build_fact(&b, "mail.size", TYPE_INT);
  build_test(&b, OP_TRUTH, value, 0, 0);
  build_layout(&b, 0);
  assert_true(build_finish(&b));
  *p = b.program;
  arena_free(&b.scratch);
  struct insn *code = arena_array(&p->arena, depth + 2, sizeof *code);
  enum value_type *slots = arena_array(&p->arena, depth + 1, sizeof *slots);
  assert_true(code && slots);
  code[0] = p->code[0];
  slots[0] = TYPE_INT;
  for (uint32_t i = 1; i <= depth; i++) {
    code[i] = (struct insn){.op = OP_NEG, .a = i - 1, .d = i};
    slots[i] = TYPE_INT;
  }
  code[depth + 1] = p->code[1];
  code[depth + 1].a = depth;
  p->code = code, p->code_count = depth + 2;
  p->slots = slots, p->slots_count = depth + 1;
  p->units[1].end = p->code_count;
  p->units[0].end = p->units[1].begin = 0;
}

static void chained(struct program *p) { chain(p, 4000); }

static const struct {
  const char *what; /* NULL: it is accepted */
  void (*damage)(struct program *p);
} rows[] = {
    {"the units do not follow each other", units_apart},
    {"the units do not follow each other", units_overlong},
    {"the units do not follow each other", units_backwards},
    {"a unit is of no known kind", unit_kind},
    {"a unit is of no known kind", unit_phase},
    {"the first two units must be the eager bodies", first_units_swapped},
    {"the first two units must be the eager bodies", first_unit_condition},
    {"the eager bodies are missing", no_units},
    {"code outside every unit", unit_gone},
    {"a rule's unit does not answer the rule", rule_of_another},
    {"a rule's negation is no condition", negation_is_body},
    {"an exemption's unit cannot run first", exempt_is_late},
    {"an exemption's unit cannot run first", exempt_is_body},
    {"constants without slots", constants_without_slots},
    {"a slot of no known type", slot_type},
    {"a constant of the wrong type", constant_type},
    {"a constant of the wrong type", constant_bool},
    {"a constant of the wrong type", constant_list},
    {"a constant address of no family", constant_family},
    {"a set of no known kind", set_kind},
    {"a set without its items", set_of_nothing},
    {"an ill-formed network in a set", network_host_bits},
    {"an ill-formed network in a set", network_family},
    {"an ill-formed network in a set", network_bits},
    {"a set names a rule that does not exist", set_rule},
    {"a pattern with unknown flags", pattern_flags},
    {"a map's values are no set of names", map_of_strings},
    {"a map's values are no set of names", map_of_nothing},
    {"a map without its entries", map_without_entries},
    {"a score out of range", score_high},
    {"a score out of range", score_low},
    {"a rule in a group that does not exist", rule_group},
    {"a rule's unit does not exist", rule_unit_gone},
    {"a rule's unit does not exist", negation_gone},
    {"thresholds do not rise", thresholds_equal},
    {"thresholds do not rise", threshold_high},
    {"too many bits", bits_too_many},
    {"the rules' bits lie outside", rule_bits_odd},
    {"the rules' bits lie outside", rule_bits_outside},
    {"the rules' bits lie outside", rules_beyond_bits},
    {"a fact of no known type", fact_type},
    {"a group's bounds exclude 0", group_floor},
    {"a group's bounds exclude 0", group_cap},
    {"an exemption's unit does not exist", exempt_unit_gone},
    {"an operand's slot does not exist", operand_outside},
    {"an operand's slot does not exist", operand_b_outside},
    {"an operand is used before it is computed", operand_later},
    {"an operand is used before it is computed", operand_of_another_unit},
    {"an operand of the wrong type", operand_type},
    {"an operand of the wrong type", operand_no_list},
    {"an operand of the wrong type", operand_is_list},
    {"an immediate points outside its table", immediate_fact},
    {"an immediate points outside its table", immediate_set},
    {"an immediate points outside its table", immediate_texts},
    {"an immediate points outside its table", immediate_mailboxes},
    {"an immediate points outside its table", immediate_patterns},
    {"an immediate points outside its table", immediate_zones},
    {"an immediate points outside its table", immediate_map},
    {"an immediate points outside its table", immediate_call},
    {"a call of a function that does not exist", call_nothing},
    {"an operand's slot does not exist", call_operand},
    {"an operand of the wrong type", call_operand_type},
    {"a result of the wrong type", call_result},
    {"an operand of the wrong type", call_two_lists},
    {"a list where there is no operand", call_many_lists},
    {"a function of no known type", function_of_nothing},
    {"a function of no known type", function_of_many},
    {"a function of no known type", function_of_list},
    {"a function of no known type", function_no_type},
    {"a function of no known type", function_to_list},
    {"an immediate points outside its table", immediate_prop},
    {"an immediate points outside its table", immediate_address_prop},
    {"a fact of the wrong type", rdns_of_string},
    {"a result of the wrong type", result_type},
    {"a result of the wrong type", result_each_type},
    {"a result's slot does not exist", result_is_constant},
    {"a result's slot does not exist", result_outside},
    {"a value of two lists at once", value_of_two_lists},
    {"a slot is computed in two ways", slot_in_two_ways},
    {"a table of bits of a list", table_of_list},
    {"a feature's bit lies outside", feature_among_answers},
    {"a feature's bit lies outside", table_over_words},
    {"a bit is computed in two places", bit_twice},
    {"an instruction that no body may hold", flow_in_body},
    {"an instruction that no body may hold", unknown_in_body},
    {"a list where there is no operand", list_of_no_operand},
    {"a list where there is no operand", list_of_third_operand},
    {"a jump does not go forward within its unit", jump_back},
    {"a jump does not go forward within its unit", jump_away},
    {"a jump does not go forward within its unit", jump_or},
    {"a jump does not go forward within its unit", jump_count},
    {"a jump does not go forward within its unit", jump_sum},
    {"a unit needs a later one", need_later},
    {"a unit needs a later one", need_itself},
    {"a unit needs one of a later phase", need_later_phase},
    {"units are nested too deeply", nested_too_deeply},
    {NULL, nested_deeply},
    {NULL, chained},
    {"a value outside its mask", value_beyond_mask},
    {"a bit is tested before it is computed", need_left_out},
    {"a bit is tested before it is computed", need_passed_over},
    {"a bit is tested before it is computed", early_tests_late},
    {"a tested word lies outside", test_of_no_bit},
    {"a tested word lies outside", test_of_nothing_outside},
    {"a sum of no rules", sum_of_no_set},
    {"a sum of no rules", sum_of_names},
    {"a sum of no rules", sum_compare},
    {"a sum of rules that were not computed", sum_too_soon},
    {"an instruction that no condition may hold", body_in_condition},
    {"an instruction that no condition may hold", unknown_in_condition},
    {"a condition without code", condition_empty},
    {"a condition that does not end", condition_endless},
    {"a condition's answer has no bit of its own", answer_is_feature},
    {"a condition's answer has no bit of its own", answer_outside},
    {"a condition's answer has no bit of its own", answer_of_another},
};

static void each_damage_is_found(void **state) {
  (void)state;
  struct program sample;
  size_t wrong = 0;
  assert_true(sample_program(&sample, &mem_default));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct program p;
    struct verified *v = NULL;
    struct verify_fault fault;
    assert_true(program_copy(&p, &sample, &mem_default));
    rows[i].damage(&p);
    assay_status status = program_verify(&v, &p, &mem_default, &fault);
    const char *got = status == ASSAY_OK ? "accepted" : fault.what;
    const char *expected = rows[i].what ? rows[i].what : "accepted";
    if (strcmp(got, expected) != 0)
      print_error("row %zu: %s at %u; expected: %s\n", i, got, fault.where, expected);
    wrong += strcmp(got, expected) != 0 || (v != NULL) != (status == ASSAY_OK);
    verified_free(v, &mem_default);
  }
  arena_free(&sample.arena);
  assert_int_equal(wrong, 0);
}

/* What a program says of itself does not count: the run loop would skip code that is there. */
static void one_test_is_for_the_verifier_to_say(void **state) {
  (void)state;
  size_t seen[2] = {0, 0};
  for (int said = 0; said < 2; said++) {
    struct program p;
    struct verified *v = NULL;
    struct verify_fault fault;
    assert_true(sample_program(&p, &mem_default));
    for (uint32_t u = 0; u < p.units_count; u++) p.units[u].one_test = said;
    assert_int_equal(program_verify(&v, &p, &mem_default, &fault), ASSAY_OK);
    for (uint32_t u = 0; u < v->program.units_count; u++) {
      const struct unit *unit = &v->program.units[u];
      const struct insn *code = &v->program.code[unit->begin];
      if (unit->kind != UNIT_CONDITION) continue;
      bool one = unit->end - unit->begin == 3 && code->op == OP_TEST && code[1].op == OP_PASS && code[2].op == OP_FAIL &&
                 code->d == unit->begin + 2;
      assert_int_equal(unit->one_test, one);
      seen[one]++;
    }
    verified_free(v, &mem_default);
  }
  assert_true(seen[0] > 0 && seen[1] > 0);
}

/* --- no check without a row --- */

static bool has_row(struct text what) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].what && text_is(what, rows[i].what)) return true;
  return false;
}

static size_t scan_source(const char *path) {
  const struct text call = TEXT("verify_fail(checker, \"");
  char *bytes = malloc(1 << 20);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(bytes);
  struct text rest = text_of(bytes, fread(bytes, 1, 1 << 20, file));
  size_t found = 0;
  for (;;) {
    size_t at = text_find(rest, call);
    if (at >= rest.len) break;
    rest = text_of(rest.ptr + at + call.len, rest.len - at - call.len);
    struct text what = text_of(rest.ptr, text_find(rest, TEXT("\"")));
    if (!has_row(what)) print_error("%s: no row for \"%.*s\"\n", path, TEXT_ARG(what));
    assert_true(has_row(what));
    found++;
  }
  fclose(file);
  free(bytes);
  return found;
}

static void every_check_has_a_row(void **state) {
  (void)state;
  static const char here[] = "tests/unit/program/test_verify.c";
  char pattern[4096];
  size_t root = sizeof __FILE__ - sizeof here;
  assert_string_equal(&__FILE__[root], here);
  snprintf(pattern, sizeof pattern, "%.*sengine/program/verify*.c", (int)root, __FILE__);
  glob_t sources;
  assert_int_equal(glob(pattern, 0, NULL, &sources), 0);
  size_t found = 0;
  for (size_t i = 0; i < sources.gl_pathc; i++) found += scan_source(sources.gl_pathv[i]);
  assert_true(found >= 45); /* the scan still recognises the calls */
  globfree(&sources);
}

static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  struct program sample, p;
  assert_true(sample_program(&sample, &mem_default));
  for (size_t nth = 1;; nth++) {
    struct test_alloc t;
    struct verified *v;
    struct verify_fault fault;
    test_alloc_init(&t);
    assert_true(program_copy(&p, &sample, &t.alloc));
    t.fail_at = t.calls + nth;
    t.fail_after = true;
    assay_status status = program_verify(&v, &p, &t.alloc, &fault);
    verified_free(v, &t.alloc);
    assert_true(test_alloc_clean(&t));
    if (status == ASSAY_OK) break;
    assert_int_equal(status, ASSAY_NO_MEMORY);
    assert_null(v);
  }
  arena_free(&sample.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_damage_is_found),
      cmocka_unit_test(one_test_is_for_the_verifier_to_say),
      cmocka_unit_test(every_check_has_a_row),
      cmocka_unit_test(memory_may_run_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
