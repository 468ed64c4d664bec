/* Owns the warnings about rules that compile and yet are not what their author means.
 * Must never know: bytecode. */
#include "grammar/lint.h"

#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/tables.h"

/* --- constants and tests --- */

static void lint_constant(struct compilation *c, const struct expr *when, const char *what) {
  if (!when || when->kind != E_BOOL) return;
  report(c->diags, CONSTANT, when->span, "this %s %s", what, when->number.milli ? "always holds" : "can never hold");
  diag_help(c->diags, "take it out, or let it ask for something that differs between connections");
}

/* A rule that no test has seen hit may be one that cannot. */
static void lint_tests(struct compilation *c, const struct rule_decl *rule) {
  const struct test_tree *test = rule->body->tests;
  while (test && test->outcome != TEST_HIT) test = test->next;
  if (test) return;
  bool none = !rule->body->tests;
  report(c->diags, NO_TESTS, rule->span, none ? "`%.*s` has no tests" : "no test of `%.*s` hits",
         TEXT_ARG(rule->name.text));
  diag_help(c->diags, none ? "add `test hit { … }` and `test miss { … }`" : "add `test hit { … }`");
}

/* --- one rule that refuses mail by itself --- */

static void lint_alone(struct compilation *c, const struct rule_decl *rule) {
  static const struct {
    enum action action;
    const char *word;
  } finals[] = {{ACTION_DISCARD, "discard"}, {ACTION_REJECT, "reject"}};
  if (rule->disabled) return;
  int64_t most = rule->score;
  if (rule->group != NO_INDEX && c->groups.at[rule->group].cap < most) most = c->groups.at[rule->group].cap;
  for (size_t i = 0; i < sizeof finals / sizeof *finals; i++) {
    const struct action_decl *action = &c->actions[finals[i].action];
    if (!action->set || most < action->at) continue;
    report(c->diags, ALONE, rule->span, "`%.*s` alone reaches %s", TEXT_ARG(rule->name.text), finals[i].word);
    diag_second(c->diags, action->span, "the threshold");
    diag_help(c->diags, "lower its score, or cap its group");
    return;
  }
}

/* --- disabled rules that others ask for --- */

static void find_disabled(struct compilation *c, const struct expr *e) {
  if (!e) return;
  if (e->kind == E_RULE && e->index != NO_INDEX && c->rules.at[e->index].disabled) {
    report(c->diags, DISABLED_USED, e->span, "`%.*s` is disabled, so it answers false here",
           TEXT_ARG(c->rules.at[e->index].name.text));
    diag_second(c->diags, c->rules.at[e->index].name.span, "the rule");
    diag_help(c->diags, "give it the score 0 in place of disabling it, if its answer is still wanted");
  }
  find_disabled(c, e->a);
  find_disabled(c, e->b);
  for (size_t i = 0; i < e->count; i++) find_disabled(c, e->items[i]);
}

/* --- lets and groups --- */

static void lint_let(struct compilation *c, const struct let *let) {
  if (let->used) return;
  report(c->diags, UNUSED, let->name.span, "nothing uses `%.*s`", TEXT_ARG(let->name.text));
  diag_help(c->diags, "take it out, or name it in a condition");
}

static void lint_group(struct compilation *c, const struct group_decl *group) {
  if (group->declared || c->groups.count > SUGGESTIONS_MAX * 10) return;
  struct nearest nearest = nearest_start(group->name.text);
  for (size_t i = 0; i < c->groups.count; i++)
    if (c->groups.at[i].declared) nearest_offer(&nearest, c->groups.at[i].name.text);
  if (!nearest_good(&nearest)) return;
  report(c->diags, GROUP_NAME, group->name.span, "no group `%.*s` is declared, so it has no bounds",
         TEXT_ARG(group->name.text));
  diag_help(c->diags, "did you mean `%.*s`?", TEXT_ARG(nearest.best));
}

void lint_rules(struct compilation *c) {
  for (size_t i = 0; i < c->lets.count; i++) lint_let(c, &c->lets.at[i]);
  for (size_t i = 0; i < c->rules.count; i++) {
    const struct rule_decl *rule = &c->rules.at[i];
    lint_constant(c, rule->body->when, "condition");
    lint_tests(c, rule);
    lint_alone(c, rule);
    if (!rule->disabled) find_disabled(c, rule->body->when);
  }
  for (size_t i = 0; i < c->lets.count; i++) find_disabled(c, c->lets.at[i].expr);
  for (size_t i = 0; i < c->exempts.count; i++) {
    lint_constant(c, c->exempts.at[i].body->when, "exemption");
    find_disabled(c, c->exempts.at[i].body->when);
  }
  for (size_t i = 0; i < c->groups.count; i++) lint_group(c, &c->groups.at[i]);
}
