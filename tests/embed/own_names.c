/* A host that bears names which the library has inside too, and does its own with them: both must work, side by side. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

int yyparse(void);
int yylex(void);
int assay_yyparse(void);
int arena_alloc(int size);
int arena_new(int size);
int gen_and(int a, int b);
int text_eq(int a, int b);
int facts_new(void);
int report(void);

int yyparse(void) { return 1 + yylex(); }
int yylex(void) { return 1; }
int assay_yyparse(void) { return 2; }
int arena_alloc(int size) { return size; }
int arena_new(int size) { return size + 1; }
int gen_and(int a, int b) { return a & b; }
int text_eq(int a, int b) { return a == b; }
int facts_new(void) { return 5; }
int report(void) { return 7; }

static int ours(void) {
  return yyparse() + assay_yyparse() + arena_alloc(10) + arena_new(20) + gen_and(6, 3) + text_eq(4, 4) + facts_new() +
         report();
}

int main(void) {
  static const char rules[] = "rule HELO_LOCALHOST { describe \"bot\" score 3.5 when helo == \"localhost\" }\n"
                              "rule BAD { describe \"never\" score 1 when helo =~ /^x[0-9]+/ or client.ip.is_private }\n";
  assay_ruleset *ruleset = NULL;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  int before = ours();
  assay_status status = assay_ruleset_compile_text(&ruleset, "rules", rules, strlen(rules), NULL, NULL);
  if (status == ASSAY_OK) status = assay_facts_new(&facts, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, NULL);
  if (status == ASSAY_OK) status = assay_facts_set(facts, ASSAY_FACT_HELO, "localhost", 9);
  if (status == ASSAY_OK) status = assay_evaluate(ruleset, facts, NULL, verdict);
  printf("assay %s: %s, score %d, ours %d and %d\n", assay_version(), assay_status_text(status),
         (int)assay_verdict_score(verdict), before, ours());
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  return status != ASSAY_OK;
}
