/* Owns the evaluation of a whole rule set on one connection, from exemptions to the action, and what it leaves.
 * Must never know: instructions, or a protocol. */
#include "run/verdict.h"

#include "run/questions.h"
#include "run/reply.h"
#include "run/score.h"
#include "run/vm.h"
#include "run/waits.h"

assay_status verdict_new(struct verdict **out, const assay_alloc *alloc) {
  *out = NULL;
  struct verdict *verdict = mem_new(alloc, sizeof *verdict);
  if (!verdict) return ASSAY_NO_MEMORY;
  verdict->alloc = alloc;
  verdict->exempt = NO_INDEX;
  buf_init(&verdict->reply, alloc);
  buf_init(&verdict->names, alloc);
  *out = verdict;
  return ASSAY_OK;
}

void verdict_free(struct verdict *verdict) {
  if (!verdict) return;
  mem_free(verdict->alloc, verdict->hits, verdict->hit_cap * sizeof *verdict->hits);
  mem_free(verdict->alloc, verdict->open, verdict->open_cap * sizeof *verdict->open);
  mem_free(verdict->alloc, verdict->waits, verdict->wait_cap * sizeof *verdict->waits);
  buf_free(&verdict->reply);
  buf_free(&verdict->names);
  mem_free(verdict->alloc, verdict, sizeof *verdict);
}

void verdict_clear(struct verdict *verdict) {
  verdict->score = verdict->low = verdict->high = 0;
  verdict->action = ACTION_ACCEPT;
  verdict->settled = verdict->has_reply = false;
  verdict->exempt = NO_INDEX;
  verdict->hit_count = verdict->open_count = verdict->wait_count = verdict->question_count = 0;
  buf_clear(&verdict->reply);
  buf_clear(&verdict->names);
}

assay_status verdict_add_hit(struct verdict *v, uint32_t rule) {
  if (!mem_grow(v->alloc, (void **)&v->hits, &v->hit_cap, v->hit_count + 1, sizeof *v->hits)) return ASSAY_NO_MEMORY;
  v->hits[v->hit_count++] = rule;
  return ASSAY_OK;
}

assay_status verdict_add_open(struct verdict *v, struct verdict_open open) {
  if (!mem_grow(v->alloc, (void **)&v->open, &v->open_cap, v->open_count + 1, sizeof *v->open)) return ASSAY_NO_MEMORY;
  v->open[v->open_count++] = open;
  return ASSAY_OK;
}

assay_status verdict_add_wait(struct verdict *v, struct verdict_open *open, struct verdict_wait wait) {
  for (uint32_t i = 0; i < open->wait_count; i++)
    if (v->waits[open->waits + i].at == wait.at) return ASSAY_OK;
  if (open->wait_count >= WAITS_MAX) return ASSAY_OK;
  if (!mem_grow(v->alloc, (void **)&v->waits, &v->wait_cap, v->wait_count + 1, sizeof *v->waits))
    return ASSAY_NO_MEMORY;
  v->waits[v->wait_count++] = wait;
  open->wait_count++;
  return ASSAY_OK;
}

/* --- evaluation --- */

/* The first exemption in order that is true decides. */
static assay_status run_exempts(struct verdict *v, struct workspace *ws, struct exempt_state *state) {
  const struct program *p = ws->linked->program;
  assay_status status = ASSAY_OK;
  vm_need(ws, 0);
  for (uint32_t e = 0; e < p->exempts_count && v->exempt == NO_INDEX && status == ASSAY_OK; e++) {
    if (p->exempts[e].disabled) continue;
    vm_need(ws, p->exempts[e].unit);
    enum answer_kind answer = workspace_bit(ws, p->units[p->exempts[e].unit].bit);
    if (answer == ANSWER_YES) v->exempt = e;
    if (answer <= ANSWER_YES) continue;
    bool failed = answer == ANSWER_FAILED, may_fall = failed && waits_may_fall(ws, p->exempts[e].unit);
    state->not_yet |= answer == ANSWER_NOT_YET;
    state->failed |= failed;
    state->stays_failed |= failed && !may_fall;
    struct verdict_open open = {e, true, may_fall, (enum why)(answer - ANSWER_NOT_YET), 0, 0};
    status = verdict_add_open(v, open);
  }
  if (v->exempt != NO_INDEX) v->open_count = 0;
  return status;
}

/* A disabled rule answers false, to the verdict and to whoever names it. */
static void pin_disabled(struct workspace *ws) {
  for (size_t i = 0; i < ws->linked->disabled_count; i++) {
    const struct rule *rule = &ws->linked->program->rules[ws->linked->disabled[i]];
    vm_pin(ws, rule->unit, ANSWER_NO);
    if (rule->negated != NO_INDEX) vm_pin(ws, rule->negated, ANSWER_YES);
  }
}

static void run_rules(struct workspace *ws) {
  const struct program *p = ws->linked->program;
  vm_need(ws, 1);
  for (uint32_t r = 0; r < p->rules_count; r++) vm_need(ws, p->rules[r].unit);
}

/* Of the 64 rules from `first` on, those that are true or unknown. Their answers are one word of the planes. */
static uint64_t not_false(const struct workspace *ws, uint32_t first) {
  const struct program *p = ws->linked->program;
  uint32_t word = (p->rule_bits + first) / 64, count = p->rules_count - first;
  uint64_t rules = ws->truth[word] | ~ws->known[word];
  return count < 64 ? rules & (((uint64_t)1 << count) - 1) : rules;
}

/* A rule that failed bears on the action only by what it may take from the score. */
static assay_status count_rule(struct verdict *v, struct workspace *ws, struct score *sums, uint32_t r) {
  const struct program *p = ws->linked->program;
  const struct rule *rule = &p->rules[r];
  struct score *sum = &sums[rule->group == NO_INDEX ? p->groups_count : rule->group];
  enum answer_kind answer = workspace_bit(ws, p->rule_bits + r);
  bool may_fall = answer == ANSWER_FAILED && rule->score < 0 && waits_may_fall(ws, rule->unit);
  if (may_fall)
    score_add_falling(sum, rule->score);
  else
    score_add(sum, rule->score, answer);
  if (answer == ANSWER_YES) return verdict_add_hit(v, r);
  struct verdict_open open = {r, false, may_fall, (enum why)(answer - ANSWER_NOT_YET), 0, 0};
  return verdict_add_open(v, open);
}

/* Each group's sums are bounded by themselves; the last place gathers the rules without a group. */
static assay_status sum_up(struct verdict *v, struct workspace *ws, struct score *sums, struct score *total) {
  const struct program *p = ws->linked->program;
  assay_status status = ASSAY_OK;
  for (uint32_t first = 0; first < p->rules_count; first += 64)
    for (uint64_t left = not_false(ws, first); left && status == ASSAY_OK; left &= left - 1)
      status = count_rule(v, ws, sums, first + (uint32_t)__builtin_ctzll(left));
  for (uint32_t g = 0; g <= p->groups_count; g++) {
    if (score_is_zero(&sums[g])) continue;
    if (g < p->groups_count) score_clamp(&sums[g], p->groups[g].floor, p->groups[g].cap);
    score_join(total, &sums[g]);
  }
  return status;
}

static void conclude(struct verdict *v, const struct program *p, const struct score *score, struct exempt_state exempts) {
  v->score = score->now;
  v->low = score->low;
  v->high = score->high;
  v->action = score_verdict(p->thresholds, score, exempts);
  v->settled = score_settled(p->thresholds, score, exempts);
}

static assay_status judge_rules(struct verdict *v, struct workspace *ws, struct exempt_state exempts) {
  const struct program *p = ws->linked->program;
  struct score total = {0}, *sums = arena_array(&ws->arena, (size_t)p->groups_count + 1, sizeof *sums);
  if (!sums) return ASSAY_NO_MEMORY;
  run_rules(ws);
  assay_status status = sum_up(v, ws, sums, &total);
  conclude(v, p, &total, exempts);
  return status == ASSAY_OK && !v->settled ? questions_collect(v, ws, sums) : status;
}

/* Comes last, for it runs what the verdict had no need of: no look-up that is only shown may cost another its place. */
static assay_status note_waits(struct verdict *v, struct workspace *ws) {
  const struct program *p = ws->linked->program;
  assay_status status = ASSAY_OK;
  for (size_t i = 0; i < v->open_count && status == ASSAY_OK; i++) {
    struct verdict_open *open = &v->open[i];
    open->waits = (uint32_t)v->wait_count;
    status = waits_collect(v, open, ws, open->exemption ? p->exempts[open->index].unit : p->rules[open->index].unit);
  }
  return status;
}

assay_status verdict_evaluate(struct verdict *v, const struct linked *linked, const struct facts *facts,
                              struct workspace *ws) {
  struct exempt_state exempts = {false, false, false};
  verdict_clear(v);
  assay_status status = workspace_begin(ws, linked, facts);
  if (status == ASSAY_OK) pin_disabled(ws);
  if (status == ASSAY_OK) status = run_exempts(v, ws, &exempts);
  if (status == ASSAY_OK && v->exempt == NO_INDEX) status = judge_rules(v, ws, exempts);
  v->settled |= v->exempt != NO_INDEX;
  if (status == ASSAY_OK) reply_write(v, ws);
  if (status == ASSAY_OK && !v->no_waits) status = note_waits(v, ws);
  if (status == ASSAY_OK && (ws->failed || ws->arena.failed || v->reply.failed)) status = ASSAY_NO_MEMORY;
  if (status != ASSAY_OK) verdict_clear(v);
  return status;
}

static void pin_rules(struct workspace *ws, const struct verdict_pin *pins, size_t count) {
  static const enum answer_kind negation[] = {
      [ANSWER_NO] = ANSWER_YES, [ANSWER_YES] = ANSWER_NO, [ANSWER_NOT_YET] = ANSWER_NOT_YET,
      [ANSWER_FAILED] = ANSWER_FAILED, [ANSWER_NEVER] = ANSWER_NEVER};
  for (size_t i = 0; i < count; i++) {
    const struct rule *rule = &ws->linked->program->rules[pins[i].rule];
    vm_pin(ws, rule->unit, pins[i].answer);
    if (rule->negated != NO_INDEX) vm_pin(ws, rule->negated, negation[pins[i].answer]);
  }
}

assay_status verdict_judge(enum answer_kind *out, uint32_t rule, const struct verdict_pin *pins, size_t pin_count,
                           const struct linked *linked, const struct facts *facts, struct workspace *ws) {
  *out = ANSWER_FAILED;
  assay_status status = workspace_begin(ws, linked, facts);
  if (status != ASSAY_OK) return status;
  pin_rules(ws, pins, pin_count);
  vm_need(ws, 0);
  vm_need(ws, 1);
  vm_need(ws, linked->program->rules[rule].unit);
  *out = workspace_bit(ws, linked->program->rule_bits + rule);
  return ws->failed || ws->arena.failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}
