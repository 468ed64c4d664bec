/* The smallest host: scores one connection by the rules that its command line names. */
#include <assay/assay.h>
#include <stdio.h>
int main(int argc, char **argv) {
  assay_ruleset *rules = NULL;
  assay_facts *facts = NULL;
  assay_verdict *v = NULL;
  assay_status s = assay_ruleset_compile_files(&rules, (const char *const *)argv + 1, (size_t)argc - 1, NULL, NULL);
  if (!s) s = assay_facts_new(&facts, NULL);
  if (!s) s = assay_verdict_new(&v, NULL);
  if (!s) s = assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, "192.0.2.9", 9);
  if (!s) s = assay_facts_set(facts, ASSAY_FACT_HELO, "localhost", 9);
  if (!s) s = assay_evaluate(rules, facts, NULL, v);
  if (!s) printf("%g %s\n", (double)assay_verdict_score(v) / 1000, assay_action_text(assay_verdict_action(v)));
  assay_verdict_free(v);
  assay_facts_free(facts);
  assay_ruleset_unref(rules);
  return s != ASSAY_OK && fprintf(stderr, "%s\n", assay_status_text(s));
}
