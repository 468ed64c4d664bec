/* Owns the order of lowering, and what of the program is no code: rules, groups, exemptions, thresholds.
 * Must never know: the details of a value or a condition. */
#include "grammar/lower.h"

#include "grammar/codes.h"
#include "grammar/tables.h"

/* --- what an exemption needs is computed first --- */

static void mark_early(struct compilation *c, const struct expr *e) {
  if (!e) return;
  if (e->kind == E_LET && !c->lets.at[e->index].early) {
    c->lets.at[e->index].early = true;
    mark_early(c, c->lets.at[e->index].expr);
  }
  if (e->kind == E_RULE && !c->rules.at[e->index].early) {
    c->rules.at[e->index].early = true;
    mark_early(c, c->rules.at[e->index].body->when);
  }
  mark_early(c, e->a);
  mark_early(c, e->b);
  for (size_t i = 0; i < e->count; i++) mark_early(c, e->items[i]);
}

static void number_features(struct lower *l) {
  struct compilation *c = l->c;
  for (size_t i = 0; i < c->exempts.count; i++) mark_early(c, c->exempts.at[i].body->when);
  l->early = true;
  for (size_t i = 0; i < c->exempts.count; i++) lower_features(l, c->exempts.at[i].body->when);
  for (size_t i = 0; i < c->lets.count; i++) {
    struct let *let = &c->lets.at[i];
    l->early = let->early;
    if (let->expr->type == TYPE_BOOL) lower_features(l, let->expr);
  }
  for (size_t i = 0; i < c->rules.count; i++) {
    l->early = c->rules.at[i].early;
    lower_features(l, c->rules.at[i].body->when);
  }
  l->early = false;
}

/* --- rules, groups, exemptions, actions --- */

static struct text keep(struct lower *l, struct text text) {
  return arena_text(&l->program->arena, text);
}

static struct text joined_see(struct lower *l, const struct body *body) {
  struct text all = TEXT("");
  for (size_t i = 0; i < body->see.count; i++)
    all = arena_printf(&l->program->arena, "%.*s%s%.*s", (int)all.len, all.ptr, i ? "; " : "",
                       (int)body->see.at[i].text.len, body->see.at[i].text.ptr);
  return all;
}

static void write_rules(struct lower *l) {
  const struct compilation *c = l->c;
  struct program *p = l->program;
  p->rules = arena_array(&p->arena, c->rules.count + 1, sizeof *p->rules);
  for (size_t i = 0; p->rules && i < c->rules.count; i++) {
    const struct rule_decl *rule = &c->rules.at[i];
    struct place place = sources_place(&c->sources, rule->name.span);
    p->rules[i] = (struct rule){.name = keep(l, rule->name.text),
                                .describe = keep(l, rule->body->describe.text),
                                .see = joined_see(l, rule->body),
                                .tags = keep(l, rule->body->tags.text),
                                .file = keep(l, place.file),
                                .line = place.line,
                                .score = rule->score,
                                .group = rule->group,
                                .unit = l->rule_units[i],
                                .negated = l->rule_negations[i],
                                .disabled = rule->disabled};
  }
  p->rules_count = (uint32_t)c->rules.count;
}

static void write_groups(struct lower *l) {
  const struct compilation *c = l->c;
  struct program *p = l->program;
  p->groups = arena_array(&p->arena, c->groups.count + 1, sizeof *p->groups);
  for (size_t i = 0; p->groups && i < c->groups.count; i++) {
    const struct group_decl *group = &c->groups.at[i];
    p->groups[i] = (struct group){keep(l, group->name.text), keep(l, group->describe), group->floor, group->cap};
  }
  p->groups_count = (uint32_t)c->groups.count;
}

static void write_exempts(struct lower *l) {
  const struct compilation *c = l->c;
  struct program *p = l->program;
  p->exempts = arena_array(&p->arena, c->exempts.count + 1, sizeof *p->exempts);
  l->early = true;
  for (size_t i = 0; p->exempts && i < c->exempts.count; i++) {
    const struct exempt_decl *exempt = &c->exempts.at[i];
    uint32_t unit = lower_unit(l, exempt->body->when, true);
    p->exempts[i] =
        (struct exempt){keep(l, exempt->name.text), keep(l, exempt->body->describe.text), unit, exempt->disabled};
  }
  l->early = false;
  p->exempts_count = (uint32_t)c->exempts.count;
}

static void write_thresholds(struct lower *l) {
  for (unsigned a = ACTION_TAG; a < ACTION_COUNT; a++) {
    const struct action_decl *action = &l->c->actions[a];
    struct threshold *threshold = &l->program->thresholds[a];
    *threshold = (struct threshold){.set = action->set, .at = action->at};
    if (action->set && action->reply.span.file) threshold->reply = keep(l, action->reply.text);
  }
}

/* --- for people and traces --- */

/* Says which property each bit of a table is. */
static void name_table_bits(struct lower *l) {
  for (size_t i = 0; i < l->builder.features.count; i++) {
    const struct feature_def *def = &l->builder.features.at[i];
    if (test_width(def->insn.op) == 1) continue;
    enum value_type on = def->insn.op == OP_NAME_BITS ? TYPE_NAME : TYPE_ADDRESS;
    for (size_t k = 0; property_at(k); k++) {
      const struct property_info *p = property_at(k);
      if (p->on == on && p->result == TYPE_BOOL && (p->op == OP_NAME_PROP || p->op == OP_ADDRESS_PROP))
        l->builder.bit_texts.at[def->bit + p->bit] =
            arena_printf(&l->program->arena, "%.*s.%s", TEXT_ARG(def->text), p->word);
    }
  }
}

/* The tree is kept for traces: its leaves then name bits instead of features. */
static void name_leaf_bits(struct lower *l, struct expr *e) {
  if (!e) return;
  if (e->feature != NO_INDEX) e->feature = lower_leaf_bit(l, e);
  if (e->second != NO_INDEX) e->second = builder_bit(&l->builder, e->second);
  name_leaf_bits(l, e->a);
  name_leaf_bits(l, e->b);
  for (size_t i = 0; i < e->count; i++) name_leaf_bits(l, e->items[i]);
}

static void name_bits(struct lower *l) {
  struct compilation *c = l->c;
  for (size_t i = 0; i < c->lets.count; i++) name_leaf_bits(l, c->lets.at[i].expr);
  for (size_t i = 0; i < c->rules.count; i++) name_leaf_bits(l, c->rules.at[i].body->when);
  for (size_t i = 0; i < c->exempts.count; i++) name_leaf_bits(l, c->exempts.at[i].body->when);
}

static bool fill_rules(struct lower *l) {
  size_t count = l->c->rules.count + 1;
  l->rule_units = arena_array(l->scratch, count, sizeof *l->rule_units);
  l->rule_negations = arena_array(l->scratch, count, sizeof *l->rule_negations);
  if (!l->rule_units || !l->rule_negations) return false;
  memset(l->rule_units, 0xff, count * sizeof *l->rule_units);
  memset(l->rule_negations, 0xff, count * sizeof *l->rule_negations);
  return true;
}

static void hand_tables(struct lower *l) {
  struct program *p = l->program;
  p->facts = l->facts.at;
  p->facts_count = (uint32_t)l->facts.count;
  p->sets = l->sets.at;
  p->sets_count = (uint32_t)l->sets.count;
  p->maps = l->maps.at;
  p->maps_count = (uint32_t)l->maps.count;
}

static void lower_parts(struct lower *l) {
  number_features(l);
  builder_layout(&l->builder, (uint32_t)l->c->rules.count);
  if (l->builder.too_big || l->scratch->failed || l->program->arena.failed) return;
  write_exempts(l);
  for (uint32_t r = 0; r < l->c->rules.count; r++) lower_rule(l, r);
  write_rules(l);
  write_groups(l);
  write_thresholds(l);
  hand_tables(l);
  name_table_bits(l);
  name_bits(l);
}

static void too_many_features(struct compilation *c) {
  report(c->diags, PROGRAM, SPAN_NONE, "the rules need more than %d features", PROGRAM_WORDS_MAX * 64);
  diag_help(c->diags, "each different condition is one; ask for many values by one list");
}

bool lower_all(struct compilation *c, struct program *program) {
  struct arena scratch;
  arena_init(&scratch, c->arena.alloc, SIZE_MAX);
  struct lower l = {.c = c, .program = program, .scratch = &scratch};
  memset(l.fact_needs, 0xff, sizeof l.fact_needs);
  builder_init(&l.builder, program, &scratch);
  intern_init(&l.set_keys, &scratch);
  bool done = fill_rules(&l);
  if (done) lower_parts(&l);
  if (l.builder.too_big)
    too_many_features(c);
  done = done && builder_finish(&l.builder);
  mem_free(scratch.alloc, l.is_needed, l.is_needed_cap);
  arena_free(&scratch);
  return done;
}
