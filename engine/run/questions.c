/* Owns the questions of a verdict: the look-ups whose answers could still change its action.
 * Must never know: who answers them, or when. */
#include "run/questions.h"

#include "run/waits.h"

/* A rule of score 0 moves nothing by itself, and a group at its bounds may be beyond moving; where other rules name them,
 * those are open too. */
static bool may_matter(const struct verdict_open *open, const struct program *p, const struct score *sums) {
  if (open->why != WHY_NOT_YET && !open->may_fall) return false;
  if (open->exemption) return true;
  const struct rule *rule = &p->rules[open->index];
  return rule->score != 0 && score_may_move(&sums[rule->group == NO_INDEX ? p->groups_count : rule->group]);
}

static void add_question(struct verdict *v, const struct asked *asked) {
  v->questions[v->question_count++] =
      (struct verdict_question){.type = asked->type, .pending = asked->pending, .name = (uint32_t)v->names.len};
  buf_text(&v->names, asked->name);
  buf_byte(&v->names, '\0');
}

assay_status questions_collect(struct verdict *v, struct workspace *ws, const struct score *sums) {
  const struct program *p = ws->linked->program;
  if (ws->asking.count == 0) return ASSAY_OK;
  uint32_t *units = arena_array(&ws->arena, v->open_count, sizeof *units);
  size_t count = 0;
  for (size_t i = 0; units && i < v->open_count; i++) {
    const struct verdict_open *open = &v->open[i];
    uint32_t unit = open->exemption ? p->exempts[open->index].unit : p->rules[open->index].unit;
    if (may_matter(open, p, sums)) units[count++] = unit;
  }
  if (!units) return ASSAY_NO_MEMORY;
  waits_want(ws, units, count);
  for (size_t i = 0; i < ws->asked_count; i++)
    if (ws->asked[i].open && ws->asked[i].wanted) add_question(v, &ws->asked[i]);
  return v->names.failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}
