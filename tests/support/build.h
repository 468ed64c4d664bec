/* Owns short ways to build a program in a test: facts, sets, rules and conditions through program/builder.
 * Must never know: the rule language. */
#ifndef SUPPORT_BUILD_H
#define SUPPORT_BUILD_H

#include "program/builder.h"
#include "program/verify.h"

struct build {
  struct program program;
  struct arena scratch;
  struct builder b;
  VEC(struct fact_need) facts;
  VEC(struct set) sets;
  VEC(struct map) maps;
  VEC(struct rule) rules;
  VEC(struct group) groups;
  VEC(struct exempt) exempts;
};

void build_init(struct build *build, const assay_alloc *alloc);

/* What build_init made and build_finish has not handed on. Needed in failure and success. */
void build_free(struct build *build);

/* --- before the layout --- */

uint32_t build_need(struct build *build, const char *fact, enum value_type type); /* the number of the fact */
value_id build_fact(struct build *build, const char *fact, enum value_type type);
value_id build_int(struct build *build, int64_t number);
value_id build_text(struct build *build, enum value_type type, const char *text); /* STRING, NAME, MAILBOX */
value_id build_address(struct build *build, const char *text);
value_id build_value(struct build *build, unsigned op, value_id a, value_id b, uint32_t c); /* no lists */
feature_id build_test(struct build *build, unsigned op, value_id a, value_id b, uint32_t c);
feature_id build_early(struct build *build, feature_id feature); /* exemptions may test it */

/* A set of texts, NULL-terminated; one of the rules named by numbers. */
uint32_t build_texts(struct build *build, enum set_kind kind, const char *const *items);
uint32_t build_rules(struct build *build, const uint32_t *rules, uint32_t count);

void build_layout(struct build *build, uint32_t rules);

/* --- behind it: conditions --- */

/* A literal: feature f wanted true or false, as a word, mask and value. */
struct insn build_literal(const struct build *build, unsigned op, feature_id feature, bool wanted, uint32_t label);
struct insn build_bit(unsigned op, uint32_t bit, bool wanted, uint32_t label);

/* Emits NEED for what the feature's bit, or the unit's, takes. */
void build_need_feature(struct build *build, feature_id feature);
void build_need_unit(struct build *build, uint32_t unit);

/* Ends the condition with PASS, and FAIL at `fail` unless that is NO_INDEX; the unit's number. */
uint32_t build_pass(struct build *build, uint32_t begin, uint32_t fail, uint32_t bit, unsigned phase);

/* A condition that holds when the feature is as wanted; it answers `bit` (NO_INDEX: a new one). */
uint32_t build_simple(struct build *build, feature_id feature, bool wanted, uint32_t bit, unsigned phase);

/* The next rule, which build_simple or the like answers with build_rule_bit. */
uint32_t build_rule_bit(const struct build *build, uint32_t rule);
uint32_t build_rule(struct build *build, const char *name, int64_t score, uint32_t group, uint32_t unit);
uint32_t build_exempt(struct build *build, const char *name, uint32_t unit);
uint32_t build_group(struct build *build, const char *name, int64_t floor, int64_t cap);
void build_threshold(struct build *build, enum action action, int64_t at, const char *reply);

/* Hands the tables to build->program. False when memory is out or the program is too big. */
bool build_finish(struct build *build);

/* build_finish, then the verifier; NULL when either says no. */
struct verified *build_verified(struct build *build, const assay_alloc *alloc);

/* A copy with arrays of its own, that may be damaged; texts are shared with the original. */
bool program_copy(struct program *out, const struct program *from, const assay_alloc *alloc);

#endif
