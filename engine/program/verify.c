/* Owns the order of the checks and the type-state: what leaves here may run.
 * Must never know: the details of a check. */
#include "program/verify.h"

#include "program/verify_code.h"

bool verify_fail(struct checker *checker, const char *what, uint32_t where) {
  *checker->fault = (struct verify_fault){what, where};
  return false;
}

static uint32_t *array(struct program *program, uint32_t count, uint32_t fill) {
  uint32_t *at = arena_array(&program->arena, (size_t)count + 1, sizeof *at);
  for (uint32_t i = 0; at && i < count; i++) at[i] = fill;
  return at;
}

static bool make_maps(struct checker *checker) {
  struct program *p = checker->p;
  struct verified *v = checker->v;
  v->slot_def = array(p, p->slots_count, NO_INDEX);
  v->bit_def = array(p, p->bit_count, NO_INDEX);
  v->bit_unit = array(p, p->bit_count, NO_INDEX);
  checker->slot_stamp = array(p, p->slots_count, 0);
  checker->need_until = array(p, p->units_count, 0);
  checker->need_stamp = array(p, p->units_count, 0);
  checker->unit_depth = array(p, p->units_count, 0);
  checker->heap = array(p, p->code_count, 0);
  return !p->arena.failed;
}

static bool verify_units(struct checker *checker) {
  struct program *p = checker->p;
  uint32_t at = 0;
  for (uint32_t u = 0; u < p->units_count; u++) {
    const struct unit *unit = &p->units[u];
    if (unit->begin != at || unit->end < unit->begin || unit->end > p->code_count)
      return verify_fail(checker, "the units do not follow each other", u);
    at = unit->end;
    if (unit->phase > 1 || (unit->kind != UNIT_BODY && unit->kind != UNIT_CONDITION))
      return verify_fail(checker, "a unit is of no known kind", u);
    if (u < 2 && (unit->kind != UNIT_BODY || unit->phase != u))
      return verify_fail(checker, "the first two units must be the eager bodies", u);
    if (!(unit->kind == UNIT_BODY ? verify_body(checker, u) : verify_condition(checker, u))) return false;
  }
  if (p->units_count < 2) return verify_fail(checker, "the eager bodies are missing", 0);
  return at == p->code_count || verify_fail(checker, "code outside every unit", at);
}

/* Answers of rules and exemptions must come from conditions that answer just that bit. */
static bool verify_answers(struct checker *checker) {
  struct program *p = checker->p;
  for (uint32_t r = 0; r < p->rules_count; r++) {
    const struct rule *rule = &p->rules[r];
    if (checker->v->bit_unit[p->rule_bits + r] != rule->unit || p->units[rule->unit].kind != UNIT_CONDITION)
      return verify_fail(checker, "a rule's unit does not answer the rule", r);
    if (rule->negated != NO_INDEX && p->units[rule->negated].kind != UNIT_CONDITION)
      return verify_fail(checker, "a rule's negation is no condition", r);
  }
  for (uint32_t e = 0; e < p->exempts_count; e++) {
    const struct unit *unit = &p->units[p->exempts[e].unit];
    if (unit->kind != UNIT_CONDITION || unit->phase != 0)
      return verify_fail(checker, "an exemption's unit cannot run first", e);
  }
  return true;
}

static assay_status check(struct checker *checker) {
  if (!verify_tables(checker)) return ASSAY_UNVERIFIED;
  if (!make_maps(checker)) return ASSAY_NO_MEMORY;
  return verify_units(checker) && verify_answers(checker) ? ASSAY_OK : ASSAY_UNVERIFIED;
}

assay_status program_verify(struct verified **out, struct program *program, const assay_alloc *alloc,
                            struct verify_fault *fault) {
  *out = NULL;
  struct verified *v = mem_new(alloc, sizeof *v);
  if (!v) {
    arena_free(&program->arena);
    return ASSAY_NO_MEMORY;
  }
  v->program = *program;
  *program = (struct program){0};
  struct checker checker = {.v = v, .p = &v->program, .fault = fault};
  *fault = (struct verify_fault){0};
  assay_status status = check(&checker);
  if (status == ASSAY_OK)
    *out = v;
  else
    verified_free(v, alloc);
  return status;
}

void verified_free(struct verified *verified, const assay_alloc *alloc) {
  if (!verified) return;
  arena_free(&verified->program.arena);
  mem_free(alloc, verified, sizeof *verified);
}
