/* Owns the public face of verdicts.
 * Must never know: how one came about. */
#include "lib/handles.h"

_Static_assert((int)ASSAY_DISCARD == (int)ACTION_DISCARD && (int)ASSAY_DEFER == (int)ACTION_DEFER,
               "the actions differ");

const char *assay_action_text(assay_action action) {
  static const char *const texts[] = {"accept", "tag", "greylist", "defer", "reject", "discard"};
  size_t at = (size_t)action;
  return at < sizeof texts / sizeof *texts ? texts[at] : "unknown";
}

assay_status assay_verdict_new(assay_verdict **out, const assay_alloc *alloc) {
  if (!out) return ASSAY_BAD_ARGUMENT;
  *out = NULL;
  alloc = handle_alloc(alloc);
  assay_verdict *verdict = mem_new(alloc, sizeof *verdict);
  if (!verdict) return ASSAY_NO_MEMORY;
  verdict->alloc = alloc;
  assay_status status = verdict_new(&verdict->verdict, alloc);
  if (status == ASSAY_OK)
    *out = verdict;
  else
    mem_free(alloc, verdict, sizeof *verdict);
  return status;
}

void assay_verdict_free(assay_verdict *verdict) {
  if (!verdict) return;
  verdict_free(verdict->verdict);
  workspace_free(verdict->own);
  assay_ruleset_unref(verdict->ruleset);
  mem_free(verdict->alloc, verdict, sizeof *verdict);
}

void assay_verdict_keep_waits(assay_verdict *verdict, bool keep) {
  if (verdict) verdict->verdict->no_waits = !keep;
}

static const struct program *program_of(const assay_verdict *verdict) {
  return verdict->ruleset->linked->program;
}

int64_t assay_verdict_score(const assay_verdict *verdict) {
  return verdict ? verdict->verdict->score : 0;
}

int64_t assay_verdict_low(const assay_verdict *verdict) {
  return verdict ? verdict->verdict->low : 0;
}

int64_t assay_verdict_high(const assay_verdict *verdict) {
  return verdict ? verdict->verdict->high : 0;
}

assay_action assay_verdict_action(const assay_verdict *verdict) {
  return verdict ? (assay_action)verdict->verdict->action : ASSAY_ACCEPT;
}

bool assay_verdict_settled(const assay_verdict *verdict) {
  return verdict && verdict->verdict->settled;
}

const char *assay_verdict_reply(const assay_verdict *verdict) {
  return verdict && verdict->verdict->has_reply ? verdict->verdict->reply.ptr : NULL;
}

static const struct exempt *exempt_of(const assay_verdict *verdict) {
  if (!verdict || verdict->verdict->exempt == NO_INDEX) return NULL;
  return &program_of(verdict)->exempts[verdict->verdict->exempt];
}

const char *assay_verdict_exempt(const assay_verdict *verdict) {
  const struct exempt *exempt = exempt_of(verdict);
  return exempt ? exempt->name.ptr : NULL;
}

const char *assay_verdict_exempt_describe(const assay_verdict *verdict) {
  const struct exempt *exempt = exempt_of(verdict);
  return exempt ? exempt->describe.ptr : NULL;
}

size_t assay_verdict_hit_count(const assay_verdict *verdict) {
  return verdict ? verdict->verdict->hit_count : 0;
}

assay_status assay_verdict_hit_at(const assay_verdict *verdict, size_t index, assay_hit *out) {
  if (!verdict || !out || index >= verdict->verdict->hit_count) return ASSAY_BAD_ARGUMENT;
  const struct program *p = program_of(verdict);
  const struct rule *rule = &p->rules[verdict->verdict->hits[index]];
  *out = (assay_hit){.rule = rule->name.ptr,
                     .group = rule->group == NO_INDEX ? "" : p->groups[rule->group].name.ptr,
                     .describe = rule->describe.ptr,
                     .score = rule->score};
  return ASSAY_OK;
}

size_t assay_verdict_unknown_count(const assay_verdict *verdict) {
  return verdict ? verdict->verdict->open_count : 0;
}

assay_status assay_verdict_unknown_at(const assay_verdict *verdict, size_t index, assay_unknown *out) {
  if (!verdict || !out || index >= verdict->verdict->open_count) return ASSAY_BAD_ARGUMENT;
  const struct program *p = program_of(verdict);
  const struct verdict_open *open = &verdict->verdict->open[index];
  struct text name = open->exemption ? p->exempts[open->index].name : p->rules[open->index].name;
  *out = (assay_unknown){.rule = name.ptr, .why = (assay_why)open->why, .wait_count = open->wait_count};
  return ASSAY_OK;
}

/* NULL past the end of either. */
static const struct verdict_wait *wait_of(const assay_verdict *verdict, size_t unknown, size_t wait) {
  if (!verdict || unknown >= verdict->verdict->open_count) return NULL;
  const struct verdict_open *open = &verdict->verdict->open[unknown];
  return wait < open->wait_count ? &verdict->verdict->waits[open->waits + wait] : NULL;
}

const char *assay_verdict_wait_at(const assay_verdict *verdict, size_t unknown, size_t wait) {
  const struct verdict_wait *found = wait_of(verdict, unknown, wait);
  if (!found) return NULL;
  const struct program *p = program_of(verdict);
  return found->at & WAIT_FEATURE ? p->bit_texts[found->at & ~WAIT_FEATURE].ptr : p->slot_texts[found->at].ptr;
}

assay_outcome assay_verdict_wait_outcome(const assay_verdict *verdict, size_t unknown, size_t wait) {
  const struct verdict_wait *found = wait_of(verdict, unknown, wait);
  return found ? (assay_outcome)found->outcome : ASSAY_OUTCOME_NEVER;
}

size_t assay_verdict_question_count(const assay_verdict *verdict) {
  return verdict ? verdict->verdict->question_count : 0;
}

assay_status assay_verdict_question_at(const assay_verdict *verdict, size_t index, assay_question *out) {
  if (!verdict || !out || index >= verdict->verdict->question_count) return ASSAY_BAD_ARGUMENT;
  const struct verdict_question *question = &verdict->verdict->questions[index];
  *out = (assay_question){.type = (assay_question_type)question->type,
                          .name = verdict->verdict->names.ptr + question->name,
                          .pending = question->pending};
  return ASSAY_OK;
}
