/* Owns what the parts of the lowering share.
 * Must never know: how a program runs. */
#ifndef GRAMMAR_LOWER_H
#define GRAMMAR_LOWER_H

#include "grammar/compile.h"
#include "program/builder.h"

struct lower {
  struct compilation *c;
  struct program *program;
  struct arena *scratch;
  struct builder builder;
  bool early;                        /* the owner at hand is needed by an exemption */
  uint32_t fact_needs[FIELD_COUNT + HOST_FACTS_MAX]; /* a fact's place in program->facts, or NO_INDEX */
  VEC(struct fact_need) facts;
  VEC(struct set) sets;
  struct intern set_keys;            /* equal inline sets and patterns are one */
  VEC(uint32_t) set_ids;
  VEC(struct map) maps;
  uint32_t *rule_units, *rule_negations; /* NO_INDEX until made */
  VEC(uint32_t) needed;              /* units that the code being written has surely computed */
  uint8_t *is_needed;                /* by unit */
  size_t is_needed_cap;
};

/* lower_value.c: values, and the feature of each leaf of a condition (expr.feature, second, flip). */
value_id lower_value(struct lower *l, const struct expr *e);
void lower_features(struct lower *l, struct expr *e);

/* lower_sets.c */
struct set set_of_items(struct arena *arena, enum set_kind kind, const struct list_item *items, size_t count);
uint32_t lower_list_items(struct lower *l, uint32_t list);    /* the program's set of a list's items */
uint32_t lower_list_patterns(struct lower *l, uint32_t list); /* of its patterns; NO_INDEX when there are none */
uint32_t lower_pattern(struct lower *l, const struct expr *regex);
uint32_t lower_zones(struct lower *l, const struct expr *zones); /* a string or a named list */
uint32_t lower_map(struct lower *l, uint32_t map);
uint32_t lower_rule_set(struct lower *l, struct expr *const *rules, size_t count);

/* lower_code.c: conditions, in negation normal form. */
void lower_rule(struct lower *l, uint32_t rule);
uint32_t lower_unit(struct lower *l, struct expr *e, bool wanted);
uint32_t lower_leaf_bit(const struct lower *l, const struct expr *e); /* the bit that its feature became */

/* Source text of an expression, white space squeezed. */
struct text lower_text(struct lower *l, const struct expr *e);

#endif
