/* Owns the running of the tests that rule files hold.
 * Must never know: who reads the report. */
#include "grammar/test_lists.h"
#include "lib/handles.h"
#include "lib/test_facts.h"
#include "lib/trace.h"

struct runner {
  const assay_ruleset *ruleset;
  const struct compilation *c;
  const struct linked *linked; /* what the test at hand runs on */
  assay_facts *facts;
  assay_workspace *workspace;
  struct verdict *verdict;
  struct buf title, file, expected, got, trace;
  struct verdict_pin *pins; /* of the test at hand */
  size_t pin_count, pin_cap;
  bool (*report)(void *user, const assay_test_result *result);
  void *user;
  bool stopped;
};

static const char *const outcomes[] = {"hit", "miss", "unknown"};
static const enum answer_kind outcome_answers[] = {ANSWER_YES, ANSWER_NO, ANSWER_NOT_YET};

static enum test_outcome outcome_of(enum answer_kind answer) {
  return answer == ANSWER_YES ? TEST_HIT : answer == ANSWER_NO ? TEST_MISS : TEST_UNKNOWN;
}

static void clear(struct runner *r) {
  struct buf *all[] = {&r->title, &r->file, &r->expected, &r->got, &r->trace};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_clear(all[i]);
}

/* Ends all texts; false when one is not whole, or the trace met values that memory was too short for. */
static bool texts_end(struct runner *r) {
  struct buf *all[] = {&r->title, &r->file, &r->expected, &r->got, &r->trace};
  bool whole = !r->workspace->workspace->failed && !r->workspace->workspace->arena.failed;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    buf_byte(all[i], '\0');
    whole = whole && !all[i]->failed;
  }
  return whole;
}

static assay_status tell(struct runner *r, const struct test_tree *test, bool passed) {
  struct place place = sources_place(&r->c->sources, test->span);
  buf_text(&r->file, place.file);
  if (!texts_end(r)) return ASSAY_NO_MEMORY;
  assay_test_result result = {
      .file = r->file.ptr,
      .line = place.line,
      .rule = test->rule == NO_INDEX ? NULL : r->linked->program->rules[test->rule].name.ptr,
      .title = r->title.ptr,
      .passed = passed,
      .expected = r->expected.ptr,
      .got = r->got.ptr,
      .trace = r->trace.ptr};
  r->stopped = !r->report(r->user, &result);
  return ASSAY_OK;
}

static assay_status judge_rule(struct runner *r, const struct test_tree *test, enum answer_kind *answer) {
  r->pin_count = 0;
  for (const struct test_line *line = test->lines; line; line = line->next) {
    if (line->kind != LINE_PIN) continue;
    if (!mem_grow(r->ruleset->alloc, (void **)&r->pins, &r->pin_cap, r->pin_count + 1, sizeof *r->pins))
      return ASSAY_NO_MEMORY;
    r->pins[r->pin_count++] = (struct verdict_pin){line->index, outcome_answers[line->outcome]};
  }
  return verdict_judge(answer, test->rule, r->pins, r->pin_count, r->linked, r->facts->facts, r->workspace->workspace);
}

static assay_status run_rule_test(struct runner *r, const struct test_tree *test) {
  enum answer_kind answer;
  assay_status status = test_facts_fill(r->facts, test->lines);
  if (status == ASSAY_OK) status = judge_rule(r, test, &answer);
  if (status != ASSAY_OK) return status;
  bool passed = outcome_of(answer) == test->outcome;
  buf_str(&r->title, outcomes[test->outcome]);
  if (test->title.ptr) buf_printf(&r->title, ": %.*s", TEXT_ARG(test->title));
  buf_str(&r->expected, outcomes[test->outcome]);
  buf_str(&r->got, outcomes[outcome_of(answer)]);
  if (!passed) trace_condition(&r->trace, r->c, r->workspace->workspace, r->c->rules.at[test->rule].body->when);
  return tell(r, test, passed);
}

/* --- tests of a whole connection --- */

static bool listed(const struct verdict *v, uint32_t index, bool exemption) {
  for (size_t i = 0; i < v->open_count; i++)
    if (v->open[i].index == index && v->open[i].exemption == exemption) return true;
  return false;
}

static enum test_outcome rule_outcome(const struct verdict *v, uint32_t rule) {
  for (size_t i = 0; i < v->hit_count; i++)
    if (v->hits[i] == rule) return TEST_HIT;
  return listed(v, rule, false) ? TEST_UNKNOWN : TEST_MISS;
}

static bool holds(enum compare_op op, int64_t score, int64_t with) {
  const bool answers[] = {[CMP_EQ] = score == with, [CMP_NE] = score != with, [CMP_LT] = score < with,
                          [CMP_LE] = score <= with, [CMP_GT] = score > with,  [CMP_GE] = score >= with};
  return answers[op];
}

/* For the whole interval; it is an interval, so its ends decide, but != also asks whether it contains the number. */
static bool score_holds(const struct verdict *v, enum compare_op op, int64_t with) {
  if (op == CMP_NE) return v->high < with || v->low > with;
  return holds(op, v->low, with) && holds(op, v->high, with) && holds(op, v->score, with);
}

static void got_score(struct buf *out, const struct verdict *v) {
  buf_str(out, "score ");
  buf_milli(out, v->score);
  if (v->low == v->high) return;
  buf_str(out, " (");
  buf_milli(out, v->low);
  buf_str(out, " to ");
  buf_milli(out, v->high);
  buf_byte(out, ')');
}

static bool check_expect(struct runner *r, const struct test_line *line) {
  const struct verdict *v = r->verdict;
  const struct program *p = r->linked->program;
  switch (line->expect) {
    case EXPECT_RULE:
      buf_printf(&r->got, "%.*s %s", TEXT_ARG(line->word.text), outcomes[rule_outcome(v, line->index)]);
      return rule_outcome(v, line->index) == line->outcome;
    case EXPECT_SCORE: got_score(&r->got, v); return score_holds(v, line->op, line->number.milli);
    case EXPECT_ACTION:
      buf_printf(&r->got, "action %s", assay_action_text((assay_action)v->action));
      return v->action == (enum action)line->index;
    case EXPECT_EXEMPT:
      buf_text(&r->got, v->exempt == NO_INDEX ? TEXT("no exemption") : p->exempts[v->exempt].name);
      return (v->exempt == line->index) != line->negated;
  }
  return false;
}

/* What an open rule waits for, and what became of that where it says more than the reason: "dns.address(helo): timeout". */
static void explain_waits(struct runner *r, const struct verdict_open *open) {
  const struct program *p = r->linked->program;
  for (uint32_t w = 0; w < open->wait_count; w++) {
    struct verdict_wait wait = r->verdict->waits[open->waits + w];
    bool feature = wait.at & WAIT_FEATURE;
    struct text text = feature ? p->bit_texts[wait.at & ~WAIT_FEATURE] : p->slot_texts[wait.at];
    buf_printf(&r->trace, "%s%.*s", w ? ", " : "  ", TEXT_ARG(text));
    if (wait.outcome != outcome_of_why(outcome_why(wait.outcome)))
      buf_printf(&r->trace, ": %s", outcome_infos[wait.outcome].word);
  }
}

/* Every rule that hit or is open, and the trace of the one that was asked for. */
static void explain(struct runner *r, const struct test_line *line) {
  const struct verdict *v = r->verdict;
  const struct program *p = r->linked->program;
  for (size_t i = 0; i < v->hit_count; i++) {
    buf_printf(&r->trace, "    hit      %.*s ", TEXT_ARG(p->rules[v->hits[i]].name));
    buf_milli(&r->trace, p->rules[v->hits[i]].score);
    buf_byte(&r->trace, '\n');
  }
  for (size_t i = 0; i < v->open_count; i++) {
    struct text name = v->open[i].exemption ? p->exempts[v->open[i].index].name : p->rules[v->open[i].index].name;
    buf_printf(&r->trace, "    unknown  %.*s (%s)", TEXT_ARG(name), assay_why_text((assay_why)v->open[i].why));
    explain_waits(r, &v->open[i]);
    buf_byte(&r->trace, '\n');
  }
  if (line->expect == EXPECT_RULE)
    trace_condition(&r->trace, r->c, r->workspace->workspace, r->c->rules.at[line->index].body->when);
  if (line->expect == EXPECT_EXEMPT)
    trace_condition(&r->trace, r->c, r->workspace->workspace, r->c->exempts.at[line->index].body->when);
}

static assay_status run_whole_test(struct runner *r, const struct test_tree *test) {
  assay_status status = test_facts_fill(r->facts, test->lines);
  if (status == ASSAY_OK)
    status = verdict_evaluate(r->verdict, r->linked, r->facts->facts, r->workspace->workspace);
  if (status != ASSAY_OK) return status;
  bool passed = true;
  buf_text(&r->title, test->title);
  for (const struct test_line *line = test->lines; line && passed; line = line->next) {
    if (line->kind != LINE_EXPECT) continue;
    buf_clear(&r->got);
    passed = check_expect(r, line);
    if (passed) continue;
    struct text text = sources_text(&r->c->sources, line->span);
    buf_text(&r->expected, text_starts(text, TEXT("expect ")) ? text_of(text.ptr + 7, text.len - 7) : text);
    explain(r, line);
  }
  if (passed) buf_clear(&r->got);
  return tell(r, test, passed);
}

/* --- all tests --- */

static bool is_named(const struct compilation *c, uint32_t file) {
  for (size_t i = 0; i < c->named_files.count; i++)
    if (c->named_files.at[i] == file) return true;
  return false;
}

/* A test that adds to lists runs on a program of its own, which passes the same verifier. */
static assay_status link_own(struct linked **out, const struct runner *r, const struct test_lists *gains) {
  const assay_alloc *alloc = r->ruleset->alloc;
  struct program program;
  struct verified *verified;
  struct verify_fault fault;
  if (!test_lists_extend(&program, r->ruleset->linked->program, r->c, gains)) {
    arena_free(&program.arena);
    return ASSAY_NO_MEMORY;
  }
  assay_status status = program_verify(&verified, &program, alloc, &fault);
  if (status != ASSAY_OK) return status;
  return linked_new(out, verified, r->ruleset->linked->vocabulary, alloc);
}

static assay_status run_one(struct runner *r, const struct test_tree *test) {
  struct linked *own = NULL;
  clear(r);
  assay_status status = test->lists ? link_own(&own, r, test->lists) : ASSAY_OK;
  r->linked = own ? own : r->ruleset->linked;
  if (status == ASSAY_OK) status = test->rule == NO_INDEX ? run_whole_test(r, test) : run_rule_test(r, test);
  linked_free(own);
  return status;
}

static assay_status run_all(struct runner *r) {
  assay_status status = ASSAY_OK;
  for (size_t i = 0; i < r->c->rules.count; i++)
    for (const struct test_tree *test = r->c->rules.at[i].body->tests; test && status == ASSAY_OK && !r->stopped;
         test = test->next)
      status = run_one(r, test);
  for (size_t i = 0; i < r->c->tests.count && status == ASSAY_OK && !r->stopped; i++)
    if (is_named(r->c, r->c->tests.at[i]->span.file)) status = run_one(r, r->c->tests.at[i]);
  return status;
}

assay_status assay_ruleset_test(const assay_ruleset *ruleset,
                                bool (*report)(void *user, const assay_test_result *result), void *user) {
  if (!ruleset || !report || !ruleset->compilation) return ASSAY_BAD_ARGUMENT;
  struct runner r = {.ruleset = ruleset, .c = ruleset->compilation, .report = report, .user = user};
  struct buf *all[] = {&r.title, &r.file, &r.expected, &r.got, &r.trace};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_init(all[i], ruleset->alloc);
  assay_status status = assay_facts_new_with(&r.facts, ruleset->vocabulary, ruleset->alloc);
  if (status == ASSAY_OK) status = assay_workspace_new(&r.workspace, ruleset->alloc);
  if (status == ASSAY_OK) status = verdict_new(&r.verdict, ruleset->alloc);
  if (status == ASSAY_OK) status = run_all(&r);
  verdict_free(r.verdict);
  assay_workspace_free(r.workspace);
  assay_facts_free(r.facts);
  mem_free(ruleset->alloc, r.pins, r.pin_cap * sizeof *r.pins);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_free(all[i]);
  return status;
}
