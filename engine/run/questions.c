/* Owns the questions of a verdict: the look-ups whose answers could still change its action, and their order.
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

/* A unit that waits, and how much hangs on it. */
struct waiting {
  int64_t weight;
  uint32_t unit;
};

/* An exemption ends the matter, so it goes before every score. */
static struct waiting weigh(const struct verdict_open *open, const struct program *p) {
  if (open->exemption) return (struct waiting){INT64_MAX, p->exempts[open->index].unit};
  const struct rule *rule = &p->rules[open->index];
  return (struct waiting){rule->score < 0 ? -rule->score : rule->score, rule->unit};
}

static void merge_runs(struct waiting *to, const struct waiting *from, size_t begin, size_t middle, size_t end) {
  size_t left = begin, right = middle;
  for (size_t at = begin; at < end; at++) {
    bool take_left = right == end || (left < middle && from[left].weight >= from[right].weight);
    to[at] = take_left ? from[left++] : from[right++];
  }
}

/* The heaviest first, by a merge sort, because the C library's qsort may allocate behind the host's back. Answers whichever
 * of the two arrays holds the result. */
static struct waiting *sort(struct waiting *units, struct waiting *spare, size_t count) {
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * width) {
      size_t middle = count - begin < width ? count : begin + width;
      size_t end = count - middle < width ? count : middle + width;
      merge_runs(spare, units, begin, middle, end);
    }
    struct waiting *other = units;
    units = spare;
    spare = other;
  }
  return units;
}

static void add_question(struct verdict *v, struct asked *asked) {
  asked->wanted = true;
  v->questions[v->question_count++] =
      (struct verdict_question){.type = asked->type, .pending = asked->pending, .name = (uint32_t)v->names.len};
  buf_text(&v->names, asked->name);
  buf_byte(&v->names, '\0');
}

/* The questions that the walk has come to since the last time, in the order in which they were met. */
static void add_questions(struct verdict *v, struct workspace *ws) {
  bool wanted[QUESTIONS_MAX + FREE_MAX] = {false};
  for (size_t i = 0; i < ws->asking.count; i++)
    if (waits_wants(ws, &ws->asking.at[i])) wanted[ws->asking.at[i].question] = true;
  for (size_t i = 0; i < ws->asked_count; i++)
    if (wanted[i] && ws->asked[i].open && !ws->asked[i].wanted) add_question(v, &ws->asked[i]);
}

static size_t count_open(const struct workspace *ws) {
  size_t count = 0;
  for (size_t i = 0; i < ws->asked_count; i++) count += ws->asked[i].open;
  return count;
}

assay_status questions_collect(struct verdict *v, struct workspace *ws, const struct score *sums) {
  const struct program *p = ws->linked->program;
  if (ws->asking.count == 0) return ASSAY_OK;
  struct waiting *units = arena_array(&ws->arena, v->open_count, sizeof *units);
  struct waiting *spare = arena_array(&ws->arena, v->open_count, sizeof *spare);
  if (!units || !spare) return ASSAY_NO_MEMORY;
  size_t count = 0, open = count_open(ws);
  for (size_t i = 0; i < v->open_count; i++)
    if (may_matter(&v->open[i], p, sums)) units[count++] = weigh(&v->open[i], p);
  units = sort(units, spare, count);
  workspace_walk(ws);
  for (size_t i = 0; i < count && v->question_count < open; i++) {
    waits_want(ws, units[i].unit);
    if (i + 1 == count || units[i + 1].weight != units[i].weight) add_questions(v, ws);
  }
  return v->names.failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}
