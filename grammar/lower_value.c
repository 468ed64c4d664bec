/* Owns the way from typed expressions to values and features: which instruction computes what.
 * Must never know: conditions, but for their leaves. */
#include "facts/facts.h"
#include "facts/host.h"
#include "grammar/lower.h"
#include "grammar/tables.h"

struct text lower_text(struct lower *l, const struct expr *e) {
  struct text source = sources_text(&l->c->sources, e->span);
  char *out = arena_new(l->scratch, source.len + 1);
  size_t len = 0;
  for (size_t i = 0; out && i < source.len; i++) {
    bool blank = strchr(" \t\r\n", source.ptr[i]) && source.ptr[i];
    if (blank && (len == 0 || out[len - 1] == ' ')) continue;
    out[len++] = blank ? ' ' : source.ptr[i];
  }
  return out ? text_of(out, len) : TEXT("");
}

static value_id constant(struct lower *l, const struct expr *e) {
  struct constant c = {.type = e->type, .number = e->number.milli, .text = TEXT("")};
  if (e->type == TYPE_INT) c.number = e->number.milli / 1000;
  if (e->kind == E_STRING) c.text = e->text, c.number = 0;
  if (e->kind == E_ADDRESS) c.address = e->network.addr, c.number = 0;
  if (e->type == TYPE_MAILBOX) c.text = mailbox_canonical(l->scratch, e->text);
  return builder_constant(&l->builder, c, lower_text(l, e));
}

static uint32_t fact_need(struct lower *l, uint32_t field, enum value_type type) {
  if (l->fact_needs[field] != NO_INDEX) return l->fact_needs[field];
  struct fact_need *need = vec_add(&l->program->arena, &l->facts);
  if (!need) return NO_INDEX;
  *need = (struct fact_need){text_from(words_fact(&l->c->words, field)->name), type};
  return l->fact_needs[field] = (uint32_t)l->facts.count - 1;
}

static value_id fact(struct lower *l, const struct expr *e) {
  enum opcode op = e->index == FIELD_CLIENT_RDNS             ? OP_RDNS
                   : e->index == FIELD_CLIENT_RDNS_CONFIRMED ? OP_RDNS_CONFIRMED
                                                             : OP_FACT;
  struct insn insn = {.op = (uint8_t)op, .c = fact_need(l, e->index, e->type)};
  return builder_value(&l->builder, insn, e->type, text_from(words_fact(&l->c->words, e->index)->name));
}

/* An instruction over one or two operands; of lists it makes a list. */
static value_id compute(struct lower *l, const struct expr *e, enum opcode op, value_id a, value_id b, bool each_a,
                        bool each_b, uint32_t c) {
  struct insn insn = {.op = (uint8_t)op, .each = (uint8_t)(each_a | each_b << 1), .a = a, .b = b, .c = c};
  enum value_type type = type_of_letter(opcode_info(op)->result);
  if (insn.each && !type_is_list(type)) type = type_list_of(type);
  return builder_value(&l->builder, insn, type, lower_text(l, e));
}

/* Strings as they are; names and mailboxes in their compared form. */
static value_id text_value(struct lower *l, const struct expr *e) {
  value_id value = lower_value(l, e);
  if (e->type == TYPE_NAME) return compute(l, e, OP_NAME_TEXT, value, 0, e->each, false, 0);
  if (e->type == TYPE_MAILBOX) return compute(l, e, OP_MAILBOX_TEXT, value, 0, e->each, false, 0);
  return value;
}

static value_id property(struct lower *l, const struct expr *e) {
  const struct property_info *p = property_at(e->index);
  uint32_t c = (uint32_t)(int32_t)(e->number.milli / 1000);
  return compute(l, e, p->op, lower_value(l, e->a), 0, e->a->each, false, p->args ? c : 0);
}

/* A call of the host's function. */
static value_id host_call(struct lower *l, const struct expr *e, const struct function_info *f) {
  struct function_need need = {.name = text_from(f->name), .result = f->result};
  value_id operands[OPERANDS_MAX];
  unsigned each = 0;
  for (; f->args[need.count]; need.count++) {
    const struct expr *arg = e->b->items[need.count];
    bool text = f->args[need.count] == 's';
    operands[need.count] = text ? text_value(l, arg) : lower_value(l, arg);
    need.arguments[need.count] = type_of_letter(f->args[need.count]);
    each |= (unsigned)arg->each << need.count;
    if (operands[need.count] == NO_INDEX) return NO_INDEX;
  }
  return builder_call(&l->builder, &need, operands, each, lower_text(l, e));
}

/* The slots and the immediate of a call, from its row's letters. */
static struct insn call(struct lower *l, const struct expr *e) {
  const struct function_info *f = words_function(&l->c->words, e->index);
  struct insn insn = {.op = (uint8_t)f->op};
  unsigned slot = 0;
  for (size_t i = 0; f->args[i]; i++) {
    const struct expr *arg = e->b->items[i];
    if (f->args[i] == 'Y') insn.c = lower_map(l, arg->index);
    if (f->args[i] == 'Z') insn.c = lower_zones(l, arg);
    if (f->args[i] == 'Y' || f->args[i] == 'Z') continue;
    value_id value = f->args[i] == 's' ? text_value(l, arg) : lower_value(l, arg);
    if (arg->each) insn.each |= (uint8_t)(1u << slot);
    *(slot++ ? &insn.b : &insn.a) = value;
  }
  return insn;
}

static value_id call_value(struct lower *l, const struct expr *e) {
  const struct function_info *f = words_function(&l->c->words, e->index);
  if (f->op == OP_CALL) return host_call(l, e, f);
  struct insn insn = call(l, e);
  enum value_type type = f->result;
  if (insn.each && !type_is_list(type)) type = type_list_of(type);
  return builder_value(&l->builder, insn, type, lower_text(l, e));
}

static value_id arithmetic(struct lower *l, const struct expr *e) {
  static const enum opcode ops[] = {[E_ADD] = OP_ADD, [E_SUB] = OP_SUB, [E_MUL] = OP_MUL, [E_NEG] = OP_NEG};
  value_id a = lower_value(l, e->a), b = e->b ? lower_value(l, e->b) : 0;
  return compute(l, e, ops[e->kind], a, b, e->a->each, e->b && e->b->each, 0);
}

/* A let is lowered once, or a chain of lets that use each other twice would be walked along every path. */
static value_id let_value(struct lower *l, const struct expr *e) {
  struct let *let = &l->c->lets.at[e->index];
  if (let->value == NO_INDEX) let->value = lower_value(l, let->expr);
  return let->value;
}

value_id lower_value(struct lower *l, const struct expr *e) {
  switch (e->kind) {
    case E_NUMBER:
    case E_STRING:
    case E_ADDRESS: return constant(l, e);
    case E_FACT: return fact(l, e);
    case E_LET: return let_value(l, e);
    case E_ANY: return lower_value(l, e->a);
    case E_PROPERTY: return property(l, e);
    case E_CALL: return call_value(l, e);
    case E_ADD:
    case E_SUB:
    case E_MUL:
    case E_NEG: return arithmetic(l, e);
    default: return NO_INDEX;
  }
}

/* --- features --- */

/* A leaf that is the negation of its feature is named by what the feature says. */
static struct text feature_text(struct lower *l, const struct expr *e) {
  static const char *const words[] = {[E_COMPARE] = "==", [E_MATCH] = "=~", [E_IN] = "in", [E_UNDER] = "under"};
  if (!e->flip) return lower_text(l, e);
  struct text a = lower_text(l, e->a), b = lower_text(l, e->b);
  return arena_printf(l->scratch, "%.*s %s %.*s", TEXT_ARG(a), words[e->kind], TEXT_ARG(b));
}

static feature_id feature(struct lower *l, struct expr *e, struct insn insn) {
  feature_id id = builder_feature(&l->builder, insn, feature_text(l, e));
  if (id != NO_INDEX && l->early) l->builder.features.at[id].early = true;
  return id;
}

static feature_id test(struct lower *l, struct expr *e, enum opcode op, value_id a, value_id b, bool each_a,
                       bool each_b, uint32_t c) {
  return feature(l, e,
                 (struct insn){.op = (uint8_t)op, .each = (uint8_t)(each_a | each_b << 1), .a = a, .b = b, .c = c});
}

/* Whether there is a registrable domain is asked for more cheaply than which one it is. */
static void bare(struct lower *l, struct expr *e) {
  bool org = e->kind == E_PROPERTY && property_at(e->index)->op == OP_NAME_ORG;
  value_id a = lower_value(l, org ? e->a : e);
  e->feature = test(l, e, org ? OP_HAS_ORG : OP_TRUTH, a, 0, e->each, false, 0);
}

/* The boolean properties of one name come from one scan: they share a table of bits, and e->index says which. */
static void bool_property(struct lower *l, struct expr *e) {
  const struct property_info *p = property_at(e->index);
  value_id a = lower_value(l, e->a);
  bool tld = p->op == OP_NAME_PROP && p->bit == HOST_TLD_KNOWN;
  if (tld)
    e->feature = test(l, e, OP_TLD_KNOWN, a, 0, e->each, false, 0);
  else if (e->each)
    e->feature = test(l, e, p->op, a, 0, true, false, p->bit);
  else
    e->feature = feature(l, e->a, (struct insn){.op = p->op == OP_NAME_PROP ? OP_NAME_BITS : OP_ADDRESS_BITS, .a = a});
}

static void comparison(struct lower *l, struct expr *e) {
  static const enum opcode equal[TYPE_COUNT_OF] = {
      [TYPE_INT] = OP_EQ_INT,   [TYPE_REAL] = OP_EQ_REAL,       [TYPE_STRING] = OP_EQ_STRING,
      [TYPE_NAME] = OP_EQ_NAME, [TYPE_ADDRESS] = OP_EQ_ADDRESS, [TYPE_MAILBOX] = OP_EQ_MAILBOX};
  bool real = e->a->type == TYPE_REAL, swap = e->op == CMP_GT || e->op == CMP_GE;
  enum opcode op = e->op <= CMP_NE                       ? equal[e->a->type]
                   : e->op == CMP_LT || e->op == CMP_GT ? (real ? OP_LT_REAL : OP_LT_INT)
                                                         : (real ? OP_LE_REAL : OP_LE_INT);
  struct expr *a = swap ? e->b : e->a, *b = swap ? e->a : e->b;
  e->flip = e->op == CMP_NE;
  value_id left = lower_value(l, a),
           right = lower_value(l, b); /* in this order, so that every compiler numbers alike */
  e->feature = test(l, e, op, left, right, a->each, b->each, 0);
}

static const enum opcode in_list[] = {[LIST_NAME] = OP_IN_NAMES,       [LIST_STRING] = OP_IN_STRINGS,
                                      [LIST_ADDRESS] = OP_IN_NETWORKS, [LIST_NETWORK] = OP_IN_NETWORKS,
                                      [LIST_MAILBOX] = OP_IN_MAILBOXES};

/* Items and patterns of one set are two features, either of which decides. */
static void in_a_list(struct lower *l, struct expr *e) {
  enum list_type type = l->c->lists.at[e->b->index].type;
  uint32_t patterns = e->kind == E_UNDER ? NO_INDEX : lower_list_patterns(l, e->b->index);
  bool items = type != LIST_REGEX && (patterns == NO_INDEX || l->c->lists.at[e->b->index].items.count);
  feature_id by_item = NO_INDEX, by_pattern = NO_INDEX;
  uint32_t set = items ? lower_list_items(l, e->b->index) : NO_INDEX;
  if (items)
    by_item = test(l, e, e->kind == E_UNDER ? OP_UNDER_NAMES : in_list[type], lower_value(l, e->a), 0, e->a->each,
                   false, set);
  if (patterns != NO_INDEX) by_pattern = test(l, e, OP_MATCH, text_value(l, e->a), 0, e->a->each, false, patterns);
  e->feature = items ? by_item : by_pattern;
  e->second = items ? by_pattern : NO_INDEX;
}

static void relation(struct lower *l, struct expr *e) {
  e->flip = e->negated;
  if (e->kind == E_MATCH) {
    uint32_t pattern = lower_pattern(l, e->b);
    e->feature = test(l, e, OP_MATCH, text_value(l, e->a), 0, e->a->each, false, pattern);
  } else if (e->b->kind == E_LIST) {
    in_a_list(l, e);
  } else if (e->kind == E_UNDER) {
    value_id left = lower_value(l, e->a), right = lower_value(l, e->b);
    e->feature = test(l, e, OP_UNDER, left, right, e->a->each, e->b->each, 0);
  } else {
    struct expr equal = *e;
    equal.op = CMP_EQ;
    comparison(l, &equal);
    e->feature = equal.feature;
  }
}

static void leaf(struct lower *l, struct expr *e) {
  if (e->kind == E_PROPERTY && e->type == TYPE_BOOL) bool_property(l, e);
  else if (e->kind == E_CALL && opcode_info(words_function(&l->c->words, e->index)->op)->kind == KIND_TEST)
    e->feature = feature(l, e, call(l, e));
  else if (e->kind == E_COMPARE) comparison(l, e);
  else if (e->kind == E_MATCH || e->kind == E_IN || e->kind == E_UNDER) relation(l, e);
  else bare(l, e);
}

/* Lets and rules have their own turn. */
void lower_features(struct lower *l, struct expr *e) {
  switch (e->kind) {
    case E_BOOL:
    case E_RULE:
    case E_SCORE_OF: return;
    case E_LET:
      if (e->type != TYPE_BOOL) bare(l, e);
      return;
    case E_NOT: lower_features(l, e->a); return;
    case E_AND:
    case E_OR:
    case E_OF:
      for (size_t i = 0; i < e->count; i++) lower_features(l, e->items[i]);
      return;
    case E_COMPARE:
      if (e->a->kind == E_SCORE_OF) return;
      if (e->a->type == TYPE_BOOL) {
        lower_features(l, e->a);
        lower_features(l, e->b);
        return;
      }
      break;
    default: break;
  }
  leaf(l, e);
}
