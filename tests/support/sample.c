/* Owns one program that uses every instruction, for tests that damage it or run it.
 * Must never know: what those tests look for. */
#include "support/sample.h"

enum { FEATURES_MAX = 256, FLOW_RULES = 6 };

/* What the instructions are given: a value and a list of each type, a set of each kind. */
struct sample {
  struct build build;
  value_id plain[TYPE_COUNT_OF], list[TYPE_COUNT_OF]; /* list: by the type of the element */
  uint32_t set[SET_ZONES + 1], map, rdns;
  feature_id features[FEATURES_MAX], early, guard;
  uint32_t count;
};

static void make_patterns(struct sample *s) {
  struct build *build = &s->build;
  struct set *set = vec_add(&build->program.arena, &build->sets);
  if (!set) return;
  *set = (struct set){.kind = SET_PATTERNS, .count = 2};
  set->patterns = arena_array(&build->program.arena, 2, sizeof *set->patterns);
  if (!set->patterns) return;
  set->patterns[0] = (struct pattern_source){TEXT("^mx[0-9]+\\."), 1};
  set->patterns[1] = (struct pattern_source){TEXT("(a+)+$"), 0};
  s->set[SET_PATTERNS] = (uint32_t)build->sets.count - 1;
}

static void make_networks(struct sample *s) {
  struct build *build = &s->build;
  struct set *set = vec_add(&build->program.arena, &build->sets);
  if (!set) return;
  *set = (struct set){.kind = SET_NETWORKS, .count = 2};
  set->networks = arena_array(&build->program.arena, 2, sizeof *set->networks);
  if (!set->networks) return;
  network_parse(&set->networks[0], TEXT("192.0.2.0/24"));
  network_parse(&set->networks[1], TEXT("2001:db8::/32"));
  s->set[SET_NETWORKS] = (uint32_t)build->sets.count - 1;
}

static void make_map(struct sample *s) {
  struct build *build = &s->build;
  struct map *map = vec_add(&build->program.arena, &build->maps);
  if (!map) return;
  *map = (struct map){arena_array(&build->program.arena, 1, sizeof *map->entries), 1};
  if (map->entries) map->entries[0] = (struct map_entry){TEXT("bank"), s->set[SET_NAMES]};
}

static void make_sets(struct sample *s) {
  struct build *build = &s->build;
  static const char *const strings[] = {"EHLO", "HELO", "AUTH", NULL};
  static const char *const names[] = {"bank.example", "mx1.isp.test", NULL};
  static const char *const mailboxes[] = {"a@b.example", "@isp.test", "postmaster@", NULL};
  static const char *const zones[] = {"zen.example", "dead.example", NULL};
  s->set[SET_STRINGS] = build_texts(build, SET_STRINGS, strings);
  s->set[SET_NAMES] = build_texts(build, SET_NAMES, names);
  s->set[SET_MAILBOXES] = build_texts(build, SET_MAILBOXES, mailboxes);
  s->set[SET_ZONES] = build_texts(build, SET_ZONES, zones);
  make_networks(s);
  make_patterns(s);
  make_map(s);
}

static void make_plain(struct sample *s) {
  struct build *build = &s->build;
  value_id verb = build_fact(build, "helo.verb", TYPE_STRING);
  s->plain[TYPE_BOOL] = build_fact(build, "mail.smtputf8", TYPE_BOOL);
  s->plain[TYPE_INT] = build_fact(build, "mail.size", TYPE_INT);
  s->plain[TYPE_STRING] = verb;
  s->plain[TYPE_NAME] = build_fact(build, "helo", TYPE_NAME);
  s->plain[TYPE_ADDRESS] = build_fact(build, "client.ip", TYPE_ADDRESS);
  s->plain[TYPE_MAILBOX] = build_fact(build, "mail.from", TYPE_MAILBOX);
  s->plain[TYPE_REAL] = build_value(build, OP_ENTROPY, verb, 0, 0);
  s->rdns = build_need(build, "client.rdns", TYPE_NAME);
  build_need(build, "client.rdns_confirmed", TYPE_NAME);
}

static value_id make_each(struct sample *s, unsigned op, value_id list, enum value_type type) {
  struct insn insn = {.op = (uint8_t)op, .each = 1, .a = list};
  return builder_value(&s->build.b, insn, type, text_from(opcode_info(op)->name));
}

static void make_lists(struct sample *s) {
  struct build *build = &s->build;
  for (unsigned type = 0; type < TYPE_COUNT_OF; type++) s->list[type] = NO_INDEX;
  value_id rcpt = build_fact(build, "rcpt", TYPE_MAILBOXES);
  s->list[TYPE_MAILBOX] = rcpt;
  s->list[TYPE_STRING] = make_each(s, OP_MAILBOX_LOCAL, rcpt, TYPE_STRINGS);
  s->list[TYPE_NAME] = make_each(s, OP_MAILBOX_DOMAIN, rcpt, TYPE_NAMES);
  s->list[TYPE_INT] = make_each(s, OP_LENGTH, s->list[TYPE_STRING], TYPE_INTS);
  s->list[TYPE_REAL] = make_each(s, OP_ENTROPY, s->list[TYPE_STRING], TYPE_REALS);
  s->list[TYPE_ADDRESS] = build_value(build, OP_DNS_ADDRESS, s->plain[TYPE_NAME], 0, 0);
}

static void keep(struct sample *s, feature_id feature) {
  if (s->count < FEATURES_MAX) s->features[s->count++] = feature;
}

static value_id operand(const struct sample *s, char letter) {
  if (letter == '*') return s->plain[TYPE_NAME];
  if (letter == '^') return s->list[TYPE_MAILBOX];
  enum value_type type = type_of_letter(letter);
  return type_is_list(type) ? s->list[type_element(type)] : s->plain[type];
}

static uint32_t immediate(const struct sample *s, unsigned op) {
  switch (opcode_immediate(op)) {
    case 'T': return s->set[op == OP_IN_STRINGS ? SET_STRINGS : SET_NAMES];
    case 'W': return s->set[SET_NETWORKS];
    case 'X': return s->set[SET_MAILBOXES];
    case 'P': return s->set[SET_PATTERNS];
    case 'Z': return s->set[SET_ZONES];
    case 'F': return op == OP_RDNS_CONFIRMED ? s->rdns + 1 : s->rdns;
    default: return 0;
  }
}

/* A value is looked at by a TRUTH of it; a list of booleans does not exist. */
static void make_value(struct sample *s, struct insn insn) {
  enum value_type type = insn.op == OP_FACT ? TYPE_NAME : type_of_letter(opcode_info(insn.op)->result);
  if (insn.each && !type_is_list(type)) type = type_list_of(type);
  if (type == TYPE_COUNT_OF) return;
  value_id value = builder_value(&s->build.b, insn, type, text_from(opcode_info(insn.op)->name));
  keep(s, build_test(&s->build, OP_TRUTH, value, 0, 0));
}

static void make_insn(struct sample *s, struct insn insn) {
  if (opcode_info(insn.op)->kind == KIND_VALUE)
    make_value(s, insn);
  else
    keep(s, builder_feature(&s->build.b, insn, text_from(opcode_info(insn.op)->name)));
}

static void make_op(struct sample *s, unsigned op) {
  const char *letters = opcode_info(op)->operands;
  unsigned slots = opcode_slots(op);
  struct insn insn = {.op = (uint8_t)op, .c = immediate(s, op)};
  if (slots > 0) insn.a = operand(s, letters[0]);
  if (slots > 1) insn.b = operand(s, letters[1]);
  make_insn(s, insn);
  bool table = op == OP_NAME_BITS || op == OP_ADDRESS_BITS;
  enum value_type type = slots ? type_of_letter(letters[0]) : TYPE_COUNT_OF;
  if (table || type >= TYPE_COUNT_OF || s->list[type] == NO_INDEX) return;
  insn.each = 1;
  insn.a = s->list[type];
  make_insn(s, insn);
}

/* A function of every type of argument, taken plain and with a list of names; and one that answers a name. */
static void make_calls(struct sample *s) {
  static const enum value_type types[] = {TYPE_NAME, TYPE_INT, TYPE_REAL, TYPE_STRING, TYPE_ADDRESS, TYPE_MAILBOX};
  struct function_need mix = {.name = TEXT("sample.mix"), .result = TYPE_INT, .count = 6};
  struct function_need name = {.name = TEXT("sample.name"), .result = TYPE_NAME, .arguments = {TYPE_STRING}, .count = 1};
  value_id operands[6];
  for (size_t i = 0; i < 6; i++) {
    mix.arguments[i] = types[i];
    operands[i] = s->plain[types[i]];
  }
  struct builder *b = &s->build.b;
  keep(s, build_test(&s->build, OP_TRUTH, builder_call(b, &mix, operands, 0, TEXT("mix")), 0, 0));
  operands[0] = s->list[TYPE_NAME];
  keep(s, build_test(&s->build, OP_TRUTH, builder_call(b, &mix, operands, 1, TEXT("mix of each")), 0, 0));
  operands[0] = s->plain[TYPE_STRING];
  keep(s, build_test(&s->build, OP_TRUTH, builder_call(b, &name, operands, 0, TEXT("name")), 0, 0));
}

static void make_features(struct sample *s) {
  keep(s,
       build_test(&s->build, OP_TRUTH, s->list[TYPE_NAME], 0, 0)); /* first: a list of names before the tables */
  for (unsigned op = 0; op < OP_COUNT_OF; op++)
    if (opcode_info(op)->kind != KIND_FLOW && op != OP_CALL) make_op(s, op);
  make_calls(s);
  value_id user = build_fact(&s->build, "auth.user", TYPE_STRING);
  s->early = build_early(&s->build, build_test(&s->build, OP_TRUTH, user, 0, 0));
  value_id text = build_text(&s->build, TYPE_STRING, "x");
  value_id three = build_int(&s->build, 3), address = build_address(&s->build, "192.0.2.9");
  keep(s, build_test(&s->build, OP_EQ_STRING, s->plain[TYPE_STRING], text, 0));
  keep(s, build_test(&s->build, OP_EQ_INT, s->plain[TYPE_INT], three, 0));
  keep(s, build_test(&s->build, OP_EQ_ADDRESS, s->plain[TYPE_ADDRESS], address, 0));
}

/* --- rules --- */

static uint32_t begin(struct sample *s) {
  return builder_begin(&s->build.b);
}

/* The negation of the answer of the rule before. */
static void rule_not(struct sample *s, uint32_t r) {
  struct build *build = &s->build;
  uint32_t at = begin(s), fail = builder_label(&build->b);
  build_need_unit(build, build->rules.at[r - 1].unit);
  builder_emit(&build->b, build_bit(OP_TEST, build_rule_bit(build, r - 1), false, fail));
  build_rule(build, "NOT_BEFORE", -500, 1, build_pass(build, at, fail, build_rule_bit(build, r), 1));
}

/* Either of two features, by a jump over what fails. */
static void rule_or(struct sample *s, uint32_t r) {
  struct build *build = &s->build;
  uint32_t at = begin(s), done = builder_label(&build->b), fail = builder_label(&build->b);
  build_need_feature(build, s->features[1]);
  build_need_feature(build, s->features[2]);
  builder_emit(&build->b, build_literal(build, OP_TEST_OR, s->features[1], true, done));
  builder_emit(&build->b, build_literal(build, OP_TEST, s->features[2], false, fail));
  builder_emit(&build->b, (struct insn){.op = OP_JUMP, .d = done});
  builder_place(&build->b, done);
  build_rule(build, "EITHER", 1500, 1, build_pass(build, at, fail, build_rule_bit(build, r), 1));
}

static void rule_count(struct sample *s, uint32_t r, uint32_t least) {
  struct build *build = &s->build;
  uint32_t at = begin(s), fail = builder_label(&build->b);
  builder_emit(&build->b, (struct insn){.op = OP_COUNT_ZERO});
  for (uint32_t i = 0; i < 5; i++) {
    build_need_feature(build, s->features[i * 3]);
    builder_emit(&build->b, build_literal(build, OP_COUNT, s->features[i * 3], i % 2 == 0, 0));
  }
  builder_emit(&build->b, (struct insn){.op = OP_COUNT_TEST, .a = least, .d = fail});
  build_rule(build, "SOME_OF", 700, NO_INDEX, build_pass(build, at, fail, build_rule_bit(build, r), 1));
}

static void rule_sum(struct sample *s, uint32_t r, uint32_t set, enum sum_compare compare) {
  struct build *build = &s->build;
  uint32_t at = begin(s), fail = builder_label(&build->b);
  for (uint32_t i = 0; i < build->sets.at[set].count; i++)
    build_need_unit(build, build->rules.at[build->sets.at[set].rules[i]].unit);
  builder_emit(&build->b,
               (struct insn){.op = OP_SUM_TEST, .word = (uint16_t)compare, .d = fail, .mask = set, .value = 900});
  build_rule(build, "SUM", 100, NO_INDEX, build_pass(build, at, fail, build_rule_bit(build, r), 1));
}

static void make_rules(struct sample *s, uint32_t rule_set) {
  struct build *build = &s->build;
  uint32_t early = build_simple(build, s->early, true, build_rule_bit(build, 0), 0);
  build_rule(build, "EARLY", 100, NO_INDEX, early);
  uint32_t r = 1;
  for (uint32_t i = 0; i < s->count; i++, r++) {
    uint32_t unit = build_simple(build, s->features[i], i % 4 != 3, build_rule_bit(build, r), 1);
    build_rule(build, "FEATURE", 100 + 10 * (int64_t)i, i % 3 ? 0 : NO_INDEX, unit);
  }
  rule_not(s, r++);
  rule_or(s, r++);
  rule_count(s, r++, 2);
  rule_sum(s, r++, rule_set, SUM_GE);
  rule_sum(s, r++, rule_set, SUM_LT);
  build->rules.at[3].disabled = true;
  build->rules.at[3].negated = build->rules.at[r - 5].unit;
}

/* One exemption tests a rule's answer, the other a feature; both stand behind every rule. */
static void make_exempts(struct sample *s) {
  struct build *build = &s->build;
  uint32_t at = begin(s), fail = builder_label(&build->b);
  build_need_unit(build, build->rules.at[0].unit);
  builder_emit(&build->b, build_bit(OP_TEST, build_rule_bit(build, 0), true, fail));
  build_exempt(build, "BY_RULE", build_pass(build, at, fail, NO_INDEX, 0));
  build_exempt(build, "BY_FEATURE", build_simple(build, s->early, true, NO_INDEX, 0));
}

static void make_bounds(struct build *build) {
  build_group(build, "most", -2000, 6000);
  build_group(build, "free", INT64_MIN, INT64_MAX);
  build_threshold(build, ACTION_TAG, 1000, NULL);
  build_threshold(build, ACTION_DEFER, 3000, "later ({score})");
  build_threshold(build, ACTION_REJECT, 5000, "no: {top} {rules} {helo} {client.ip} {client.rdns} {{x}");
}

static assay_status mix(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  for (size_t i = 0; i < 6; i++) result->number += (int64_t)arguments[i].len + arguments[i].number;
  return result->number % 7 ? ASSAY_OK : ASSAY_NOT_FOUND;
}

static assay_status name_of(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  result->bytes = arguments[0].bytes;
  result->len = arguments[0].len;
  return ASSAY_OK;
}

bool sample_vocabulary(struct vocabulary *out, const assay_alloc *alloc) {
  const struct host_function functions[] = {
      {.name = "sample.mix", .doc = "of everything", .result = ASSAY_TYPE_INT, .count = 6, .call = mix,
       .arguments = {ASSAY_TYPE_NAME, ASSAY_TYPE_INT, ASSAY_TYPE_REAL, ASSAY_TYPE_STRING, ASSAY_TYPE_ADDRESS,
                     ASSAY_TYPE_MAILBOX}},
      {.name = "sample.name", .doc = "a name", .result = ASSAY_TYPE_NAME, .count = 1, .call = name_of,
       .arguments = {ASSAY_TYPE_STRING}},
  };
  bool ok = true;
  vocabulary_init(out, alloc);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    ok = ok && vocabulary_add_function(out, &functions[i]) == ASSAY_OK;
  return ok;
}

bool sample_program(struct program *out, const assay_alloc *alloc) {
  struct sample s = {.count = 0};
  build_init(&s.build, alloc);
  make_sets(&s);
  make_plain(&s);
  make_lists(&s);
  make_features(&s);
  static const uint32_t summed[] = {1, 2, 3, 4};
  uint32_t rule_set = build_rules(&s.build, summed, 4);
  make_bounds(&s.build);
  build_layout(&s.build, s.count + FLOW_RULES);
  if (!s.build.program.arena.failed && !s.build.scratch.failed) {
    make_rules(&s, rule_set);
    make_exempts(&s);
  }
  bool ok = build_finish(&s.build);
  *out = s.build.program;
  if (!ok) arena_free(&out->arena);
  arena_free(&s.build.scratch);
  return ok;
}
