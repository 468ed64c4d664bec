/* Owns the warnings about rules that compile and yet are not what their author means.
 * Must never know: bytecode. */
#include "grammar/codes.h"
#include "grammar/compile.h"

static void lint_rule(struct compilation *c, const struct rule_decl *rule) {
  const struct expr *when = rule->body->when;
  if (when->kind == E_BOOL)
    report(c->diags, CONSTANT, when->span, "this rule %s", when->number.milli ? "always hits" : "can never hit");
  if (!rule->body->tests) {
    report(c->diags, NO_TESTS, rule->span, "`%.*s` has no tests", TEXT_ARG(rule->name.text));
    diag_help(c->diags, "add `test hit { … }` and `test miss { … }`");
  }
}

void lint_all(struct compilation *c) {
  for (size_t i = 0; i < c->rules.count; i++) lint_rule(c, &c->rules.at[i]);
}
