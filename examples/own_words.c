/* A host that adds words to the language: a fact that its front end knows, and a function that it computes. Rules use
 * them as they use the language's own; the compiler knows their types. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
    "rule BAD_NEIGHBOUR { describe \"its network sends spam\" score 2 when site.reputation < -10 }\n"
    "rule UNSPEAKABLE { describe \"nobody chose that name\" score 1 when vowels(helo) == 0 and length(helo) > 8 }\n"
    "action tag at 3\n";

/* Pure: the same argument, the same answer. It runs in the midst of an evaluation, so it may not look anything up. */
static assay_status vowels(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user;
  (void)call; /* only a result that has bytes needs memory */
  for (size_t i = 0; i < arguments[0].len; i++)
    result->number += arguments[0].bytes[i] && strchr("aeiouyAEIOUY", arguments[0].bytes[i]) != NULL;
  return ASSAY_OK;
}

/* The words, and the number by which the fact is set. The types are copied, like everything else. */
static assay_status add_words(assay_vocabulary *words, assay_fact *reputation) {
  static const assay_type name = ASSAY_TYPE_NAME;
  assay_function function = ASSAY_FUNCTION_INIT;
  function.name = "vowels";
  function.result = ASSAY_TYPE_INT;
  function.arguments = &name;
  function.argument_count = 1;
  function.doc = "how many vowels a name has";
  function.call = vowels;
  assay_status status = assay_vocabulary_add_function(words, &function);
  if (status != ASSAY_OK) return status;
  return assay_vocabulary_add_fact(words, "site.reputation", ASSAY_TYPE_INT, "the network's reputation", reputation);
}

int main(void) {
  assay_vocabulary *words = NULL;
  assay_ruleset *rules = NULL;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  assay_fact reputation = ASSAY_FACT_COUNT;
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_status status = assay_vocabulary_new(&words, NULL);
  if (status == ASSAY_OK) status = add_words(words, &reputation);
  options.vocabulary = words;
  if (status == ASSAY_OK) status = assay_ruleset_compile_text(&rules, "words", text, strlen(text), &options, NULL);
  if (status == ASSAY_OK) status = assay_facts_new_with(&facts, words, NULL); /* the same words as the rules' */
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, NULL);
  if (status == ASSAY_OK) status = assay_facts_set(facts, ASSAY_FACT_HELO, "qwrtz-17.ltd", strlen("qwrtz-17.ltd"));
  if (status == ASSAY_OK) status = assay_facts_set_int(facts, reputation, -40);
  if (status == ASSAY_OK) status = assay_evaluate(rules, facts, NULL, verdict);
  assay_hit hit;
  for (size_t i = 0; status == ASSAY_OK && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++)
    printf("%s: %s\n", hit.rule, hit.describe);
  if (status == ASSAY_OK) printf("%s\n", assay_action_text(assay_verdict_action(verdict)));
  if (status != ASSAY_OK) fprintf(stderr, "own_words: %s\n", assay_status_text(status));
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(rules);
  assay_vocabulary_unref(words);
  return status != ASSAY_OK;
}
