/* Owns the code of conditions: negation normal form, literals of one word tested at once, cheap before dear.
 * Must never know: how a leaf is computed. */
#include "facts/host.h"
#include "grammar/codes.h"
#include "grammar/lower.h"
#include "grammar/tables.h"

/* A bit, the value it is wanted to have, and the unit that must be computed first (NO_INDEX: it is eager). */
struct literal {
  uint32_t bit, unit;
  bool value;
  enum op_cost cost;
};

static void emit(struct lower *l, struct expr *e, bool wanted, uint32_t fail);

/* --- literals --- */

static struct literal feature_literal(struct lower *l, feature_id id, uint32_t offset, bool value) {
  const struct feature_def *def = &l->builder.features.at[id];
  bool eager = def->cost == COST_CHEAP;
  return (struct literal){def->bit + offset, eager ? NO_INDEX : def->unit, value, def->cost};
}

static uint32_t table_offset(const struct lower *l, const struct expr *e) {
  bool table =
      e->kind == E_PROPERTY && e->type == TYPE_BOOL && test_width(l->builder.features.at[e->feature].insn.op) > 1;
  return table ? property_at(e->index)->bit : 0;
}

uint32_t lower_leaf_bit(const struct lower *l, const struct expr *e) {
  return builder_bit(&l->builder, e->feature) + table_offset(l, e);
}

static struct literal rule_literal(struct lower *l, uint32_t rule, bool wanted) {
  uint32_t unit = wanted ? l->rule_units[rule] : l->rule_negations[rule];
  return (struct literal){l->builder.units.at[unit].bit, unit, true, COST_LAZY};
}

/* Whether the expression is one literal; its needs must have been prepared. */
static bool literal_of(struct lower *l, struct expr *e, bool wanted, struct literal *out) {
  if (e->kind == E_NOT) return literal_of(l, e->a, !wanted, out);
  if (e->kind == E_LET && e->type == TYPE_BOOL) {
    struct expr *target = l->c->lets.at[e->index].expr;
    if (literal_of(l, target, wanted, out)) return true;
    uint32_t unit = target->units[wanted];
    if (unit == NO_INDEX) return false;
    *out = (struct literal){l->builder.units.at[unit].bit, unit, true, COST_LAZY};
    return true;
  }
  if (e->kind == E_RULE) {
    if ((wanted ? l->rule_units : l->rule_negations)[e->index] == NO_INDEX) return false;
    *out = rule_literal(l, e->index, wanted);
    return true;
  }
  if (e->feature == NO_INDEX || e->second != NO_INDEX) return false;
  *out = feature_literal(l, e->feature, table_offset(l, e), wanted != e->flip);
  return true;
}

/* A leaf's two features, where a set holds items and patterns. */
static bool two_literals(struct lower *l, const struct expr *e, bool wanted, struct literal out[2]) {
  if (e->second == NO_INDEX) return false;
  out[0] = feature_literal(l, e->feature, 0, wanted != e->flip);
  out[1] = feature_literal(l, e->second, 0, wanted != e->flip);
  return true;
}

/* --- units that must be there before --- */

static void prepare(struct lower *l, struct expr *e, bool wanted);

/* Whether the expression will be a literal without a unit of its own. */
static bool simple(struct lower *l, const struct expr *e) {
  while (e->kind == E_NOT || (e->kind == E_LET && e->type == TYPE_BOOL))
    e = e->kind == E_NOT ? e->a : l->c->lets.at[e->index].expr;
  return e->kind == E_RULE || (e->feature != NO_INDEX && e->second == NO_INDEX);
}

static void prepare_let(struct lower *l, struct expr *e, bool wanted) {
  struct let *let = &l->c->lets.at[e->index];
  if (simple(l, let->expr)) {
    prepare(l, let->expr, wanted);
    return;
  }
  bool early = l->early;
  l->early = let->early;
  lower_unit(l, let->expr, wanted);
  l->early = early;
}

static void prepare_rule(struct lower *l, uint32_t rule, bool wanted) {
  if (wanted) {
    lower_rule(l, rule);
  } else if (l->rule_negations[rule] == NO_INDEX) {
    bool early = l->early;
    l->early = l->c->rules.at[rule].early;
    l->rule_negations[rule] = lower_unit(l, l->c->rules.at[rule].body->when, false);
    l->early = early;
  }
}

static bool compares_bools(const struct expr *e) {
  return e->kind == E_COMPARE && e->a->kind != E_SCORE_OF && e->a->type == TYPE_BOOL;
}

static void prepare_compare(struct lower *l, struct expr *e) {
  for (size_t i = 0; e->a->kind == E_SCORE_OF && i < e->a->count; i++) lower_rule(l, e->a->items[i]->index);
  if (!compares_bools(e)) return;
  struct expr *sides[] = {e->a, e->b};
  for (int i = 0; i < 4; i++)
    if (simple(l, sides[i / 2]))
      prepare(l, sides[i / 2], i % 2);
    else
      lower_unit(l, sides[i / 2], i % 2);
}

static void prepare(struct lower *l, struct expr *e, bool wanted) {
  switch (e->kind) {
    case E_NOT: prepare(l, e->a, !wanted); break;
    case E_AND:
    case E_OR:
      for (size_t i = 0; i < e->count; i++) prepare(l, e->items[i], wanted);
      break;
    case E_OF:
      for (size_t i = 0; i < e->count; i++)
        if (simple(l, e->items[i]))
          prepare(l, e->items[i], wanted);
        else
          lower_unit(l, e->items[i], wanted);
      break;
    case E_LET:
      if (e->type == TYPE_BOOL) prepare_let(l, e, wanted);
      break;
    case E_RULE: prepare_rule(l, e->index, wanted); break;
    case E_COMPARE: prepare_compare(l, e); break;
    default: break;
  }
}

/* --- code --- */

static void need(struct lower *l, uint32_t unit) {
  if (unit == NO_INDEX) return;
  size_t units = l->builder.units.count + 1;
  if (!mem_grow(l->scratch->alloc, (void **)&l->is_needed, &l->is_needed_cap, units, 1)) {
    l->scratch->failed = true;
    return;
  }
  if (l->is_needed[unit]) return;
  uint32_t *slot = vec_add(l->scratch, &l->needed);
  if (!slot) return;
  *slot = unit;
  l->is_needed[unit] = 1;
  builder_emit(&l->builder, (struct insn){.op = OP_NEED, .d = unit});
}

/* What was computed on one branch is not sure on another. */
static void forget_needs(struct lower *l, size_t down_to) {
  while (l->needed.count > down_to) l->is_needed[l->needed.at[--l->needed.count]] = 0;
}

static struct insn test_insn(enum opcode op, const struct literal *literal, uint32_t target) {
  uint64_t mask = (uint64_t)1 << literal->bit % 64;
  return (struct insn){.op = (uint8_t)op, .word = (uint16_t)(literal->bit / 64), .d = target, .mask = mask,
                       .value = literal->value ? mask : 0};
}

static void emit_literal(struct lower *l, enum opcode op, const struct literal *literal, uint32_t target) {
  need(l, literal->unit);
  builder_emit(&l->builder, test_insn(op, literal, target));
}

/* The items of a conjunction: literals, and whatever else there is. */
struct conjunction {
  VEC(struct literal) literals;
  VEC(struct expr *) others;
  VEC(bool) wanted; /* of the others */
};

static void gather(struct lower *l, struct conjunction *all, struct expr *e, bool wanted) {
  struct literal literal, two[2];
  if (literal_of(l, e, wanted, &literal)) {
    struct literal *slot = vec_add(l->scratch, &all->literals);
    if (slot) *slot = literal;
  } else if (e->kind == E_NOT) {
    gather(l, all, e->a, !wanted);
  } else if (e->kind == (wanted ? E_AND : E_OR)) {
    for (size_t i = 0; i < e->count; i++) gather(l, all, e->items[i], wanted);
  } else if (two_literals(l, e, wanted, two) && wanted == e->flip) {
    for (int i = 0; i < 2; i++) {
      struct literal *slot = vec_add(l->scratch, &all->literals);
      if (slot) *slot = two[i];
    }
  } else {
    struct expr **other = vec_add(l->scratch, &all->others);
    bool *polarity = vec_add(l->scratch, &all->wanted);
    if (other && polarity) *other = e, *polarity = wanted;
  }
}

/* Eager literals of one word become one test, where they do not contradict each other. */
static void emit_eager(struct lower *l, const struct conjunction *all, uint32_t fail) {
  for (size_t i = 0; i < all->literals.count; i++) {
    struct literal *first = &all->literals.at[i];
    if (first->unit != NO_INDEX || first->bit == NO_INDEX) continue;
    struct insn insn = test_insn(OP_TEST, first, fail);
    for (size_t k = i + 1; k < all->literals.count; k++) {
      struct literal *more = &all->literals.at[k];
      if (more->unit != NO_INDEX || more->bit == NO_INDEX || more->bit / 64 != insn.word) continue;
      uint64_t bit = (uint64_t)1 << more->bit % 64;
      bool contradicts = insn.mask & bit && ((insn.value & bit) != 0) != more->value;
      if (contradicts) continue;
      insn.mask |= bit;
      if (more->value) insn.value |= bit;
      more->bit = NO_INDEX;
    }
    builder_emit(&l->builder, insn);
  }
}

static void emit_needing(struct lower *l, const struct conjunction *all, enum op_cost cost, uint32_t fail) {
  for (size_t i = 0; i < all->literals.count; i++) {
    const struct literal *literal = &all->literals.at[i];
    if (literal->unit != NO_INDEX && literal->bit != NO_INDEX && literal->cost == cost)
      emit_literal(l, OP_TEST, literal, fail);
  }
}

/* Passes on to the next instruction where all hold. The order is free: evaluation has no effects. */
static void emit_all(struct lower *l, struct expr *e, bool wanted, uint32_t fail) {
  struct conjunction all = {0};
  gather(l, &all, e, wanted);
  emit_eager(l, &all, fail);
  emit_needing(l, &all, COST_LAZY, fail);
  for (size_t i = 0; i < all.others.count; i++)
    if (all.others.at[i] == e)
      l->scratch->failed = true; /* its feature or unit was not made: memory is out */
    else
      emit(l, all.others.at[i], all.wanted.at[i], fail);
  emit_needing(l, &all, COST_LOOKUP, fail);
}

static void emit_alternative(struct lower *l, struct expr *e, bool wanted, uint32_t done) {
  struct literal literal;
  size_t before = l->needed.count;
  if (literal_of(l, e, wanted, &literal)) {
    emit_literal(l, OP_TEST_OR, &literal, done);
  } else {
    uint32_t next = builder_label(&l->builder);
    emit(l, e, wanted, next);
    builder_emit(&l->builder, (struct insn){.op = OP_JUMP, .d = done});
    builder_place(&l->builder, next);
  }
  forget_needs(l, before);
}

static enum op_cost cost_of(struct lower *l, struct expr *e, bool wanted) {
  struct literal literal;
  if (literal_of(l, e, wanted, &literal)) return literal.unit == NO_INDEX ? COST_CHEAP : literal.cost;
  return COST_LAZY;
}

static void emit_last(struct lower *l, struct expr *e, bool wanted, uint32_t fail) {
  size_t before = l->needed.count;
  emit(l, e, wanted, fail);
  forget_needs(l, before);
}

/* Passes where one holds: the cheap ones are tried first, and the last one decides. */
static void emit_some(struct lower *l, struct expr *e, bool wanted, uint32_t fail) {
  uint32_t done = builder_label(&l->builder);
  struct expr *last = NULL;
  for (int cost = COST_CHEAP; cost <= COST_LOOKUP; cost++)
    for (size_t i = 0; i < e->count; i++) {
      if ((int)cost_of(l, e->items[i], wanted) != cost) continue;
      if (last) emit_alternative(l, last, wanted, done);
      last = e->items[i];
    }
  if (last) emit_last(l, last, wanted, fail);
  builder_place(&l->builder, done);
}

/* n of (…) fails as soon as … in its negation: not (n of k) is at least k - n + 1 of the negated members. */
static void emit_count(struct lower *l, struct expr *e, bool wanted, uint32_t fail) {
  uint32_t want = (uint32_t)(e->number.milli / 1000);
  builder_emit(&l->builder, (struct insn){.op = OP_COUNT_ZERO});
  for (size_t i = 0; i < e->count; i++) {
    struct literal literal;
    if (!literal_of(l, e->items[i], wanted, &literal)) {
      uint32_t unit = e->items[i]->units[wanted];
      if (unit == NO_INDEX) return; /* memory is out */
      literal = (struct literal){l->builder.units.at[unit].bit, unit, true, COST_LAZY};
    }
    emit_literal(l, OP_COUNT, &literal, 0);
  }
  uint32_t least = wanted ? want : (uint32_t)e->count - want + 1;
  builder_emit(&l->builder, (struct insn){.op = OP_COUNT_TEST, .d = fail, .a = least});
}

static void emit_sum(struct lower *l, struct expr *e, bool wanted, uint32_t fail) {
  static const enum sum_compare straight[] = {[CMP_EQ] = SUM_EQ, [CMP_NE] = SUM_NE, [CMP_LT] = SUM_LT,
                                              [CMP_LE] = SUM_LE, [CMP_GT] = SUM_GT, [CMP_GE] = SUM_GE};
  static const enum sum_compare negated[] = {[CMP_EQ] = SUM_NE, [CMP_NE] = SUM_EQ, [CMP_LT] = SUM_GE,
                                             [CMP_LE] = SUM_GT, [CMP_GT] = SUM_LE, [CMP_GE] = SUM_LT};
  for (size_t i = 0; i < e->a->count; i++) need(l, l->rule_units[e->a->items[i]->index]);
  builder_emit(&l->builder, (struct insn){.op = OP_SUM_TEST,
                                          .word = (uint16_t)(wanted ? straight : negated)[e->op],
                                          .d = fail,
                                          .mask = lower_rule_set(l, e->a->items, e->a->count),
                                          .value = (uint64_t)e->b->number.milli});
}

/* a == b of two bools: both hold, or both fail. */
static void emit_equal(struct lower *l, struct expr *e, bool wanted, uint32_t fail) {
  bool same = (e->op == CMP_EQ) == wanted;
  uint32_t done = builder_label(&l->builder);
  size_t before = l->needed.count;
  for (int round = 0; round < 2; round++) {
    uint32_t other = round ? fail : builder_label(&l->builder);
    bool sides[2] = {!round, same ? !round : round};
    for (int i = 0; i < 2; i++) {
      struct expr *side = i ? e->b : e->a;
      struct literal literal;
      if (!literal_of(l, side, sides[i], &literal)) {
        uint32_t unit = side->units[sides[i]];
        if (unit == NO_INDEX) return; /* memory is out */
        literal = (struct literal){l->builder.units.at[unit].bit, unit, true, COST_LAZY};
      }
      emit_literal(l, OP_TEST, &literal, other);
    }
    forget_needs(l, before);
    if (round) break;
    builder_emit(&l->builder, (struct insn){.op = OP_JUMP, .d = done});
    builder_place(&l->builder, other);
  }
  builder_place(&l->builder, done);
}

static void emit_two(struct lower *l, const struct literal two[2], uint32_t fail) {
  uint32_t done = builder_label(&l->builder);
  size_t before = l->needed.count;
  emit_literal(l, OP_TEST_OR, &two[0], done);
  forget_needs(l, before);
  emit_literal(l, OP_TEST, &two[1], fail);
  forget_needs(l, before);
  builder_place(&l->builder, done);
}

/* Code that goes on where the condition holds (wanted), or fails (not wanted), and else jumps to `fail`. */
static void emit(struct lower *l, struct expr *e, bool wanted, uint32_t fail) {
  struct origin before = l->builder.origin;
  struct place place = sources_place(&l->c->sources, e->span);
  struct literal two[2];
  l->builder.origin = (struct origin){place.line, place.column};
  if (e->kind == E_BOOL) {
    if ((e->number.milli != 0) != wanted) builder_emit(&l->builder, (struct insn){.op = OP_JUMP, .d = fail});
  } else if (e->kind == (wanted ? E_OR : E_AND)) {
    emit_some(l, e, wanted, fail);
  } else if (e->kind == E_OF) {
    emit_count(l, e, wanted, fail);
  } else if (e->kind == E_COMPARE && e->a->kind == E_SCORE_OF) {
    emit_sum(l, e, wanted, fail);
  } else if (compares_bools(e)) {
    emit_equal(l, e, wanted, fail);
  } else if (e->kind == E_NOT) {
    emit(l, e->a, !wanted, fail);
  } else if (two_literals(l, e, wanted, two) && wanted != e->flip) {
    emit_two(l, two, fail);
  } else {
    emit_all(l, e, wanted, fail);
  }
  l->builder.origin = before;
}

static uint32_t write_unit(struct lower *l, struct expr *e, bool wanted, uint32_t bit, struct text text) {
  uint32_t begin = builder_begin(&l->builder), fail = builder_label(&l->builder);
  forget_needs(l, 0);
  emit(l, e, wanted, fail);
  forget_needs(l, 0);
  builder_emit(&l->builder, (struct insn){.op = OP_PASS});
  builder_place(&l->builder, fail);
  builder_emit(&l->builder, (struct insn){.op = OP_FAIL});
  return builder_end(&l->builder, begin, bit, l->early ? 0 : 1, text);
}

uint32_t lower_unit(struct lower *l, struct expr *e, bool wanted) {
  if (e->units[wanted] != NO_INDEX) return e->units[wanted];
  prepare(l, e, wanted);
  struct text text = lower_text(l, e);
  if (!wanted) text = arena_printf(l->scratch, "not (%.*s)", TEXT_ARG(text));
  return e->units[wanted] = write_unit(l, e, wanted, NO_INDEX, text);
}

void lower_rule(struct lower *l, uint32_t index) {
  const struct rule_decl *rule = &l->c->rules.at[index];
  if (l->rule_units[index] != NO_INDEX) return;
  bool early = l->early;
  l->early = rule->early;
  prepare(l, rule->body->when, true);
  l->rule_units[index] = write_unit(l, rule->body->when, true, l->program->rule_bits + index, rule->name.text);
  l->early = early;
}
