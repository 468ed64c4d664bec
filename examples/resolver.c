/* A host with a resolver of its own. It evaluates, looks which questions could still change the action, answers them
 * into the facts, and evaluates again, until none is left. The resolver is a table here; a real one sends all questions
 * of a round at once, and comes back when an answer or its deadline has arrived. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
    "list zones : name { \"zen.example\", \"slow.example\" }\n"
    "rule LISTED { describe \"a block list has the client\" score 3 when dnsbl(zones) }\n"
    "rule NOT_HIS { describe \"the reverse name is not his\" score 1 when client.rdns and not client.rdns_confirmed }\n"
    "rule NO_MX { describe \"nobody takes mail for it\" score 2 when LISTED and not dns.mx(helo) }\n"
    "action tag at 1\n"
    "action reject at 4\n";

/* The DNS of this example. record NULL: there is none. What is not in the table times out. */
static const struct {
  assay_question_type type;
  const char *name, *record;
} zone[] = {
    {ASSAY_QUESTION_PTR, "9.2.0.192.in-addr.arpa", "mx.example.org"},
    {ASSAY_QUESTION_A, "mx.example.org", "192.0.2.9"},
    {ASSAY_QUESTION_A, "9.2.0.192.zen.example", "127.0.0.2"},
    {ASSAY_QUESTION_MX, "mx.example.org", NULL},
};

static assay_status resolve(assay_facts *facts, const assay_question *question) {
  size_t len = strlen(question->name);
  for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
    if (zone[i].type != question->type || strcmp(zone[i].name, question->name) != 0) continue;
    size_t record_len = zone[i].record ? strlen(zone[i].record) : 0;
    printf("  %s %s: %s\n", assay_question_type_text(question->type), question->name,
           zone[i].record ? zone[i].record : "none");
    return assay_facts_answer(facts, question->type, question->name, len, &zone[i].record, &record_len,
                              record_len > 0);
  }
  /* A time-out must be told as well: it is no evidence, but it ends the waiting. */
  printf("  %s %s: timed out\n", assay_question_type_text(question->type), question->name);
  return assay_facts_answer_unknown(facts, question->type, question->name, len, ASSAY_FAILED);
}

/* What rules wait for, in their own words: for a log, or whoever asks why a mail is delayed. */
static void show_unknown(const assay_verdict *verdict) {
  assay_unknown unknown;
  for (size_t i = 0; assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    printf("  %s is unknown (%s):", unknown.rule, assay_why_text(unknown.why));
    for (size_t w = 0; w < unknown.wait_count; w++) printf(" %s", assay_verdict_wait_at(verdict, i, w));
    printf("\n");
  }
}

static assay_status ask(const assay_ruleset *rules, assay_facts *facts, assay_verdict *verdict) {
  for (int round = 1;; round++) {
    assay_question question;
    assay_status status = assay_evaluate(rules, facts, NULL, verdict);
    if (status != ASSAY_OK) return status;
    printf("round %d: %s, %s\n", round, assay_action_text(assay_verdict_action(verdict)),
           assay_verdict_settled(verdict) ? "settled" : "not settled");
    show_unknown(verdict);
    if (assay_verdict_question_count(verdict) == 0) return ASSAY_OK;
    /* The names are the verdict's, and stay until it is used for the next evaluation. */
    for (size_t i = 0; assay_verdict_question_at(verdict, i, &question) == ASSAY_OK; i++)
      if ((status = resolve(facts, &question)) != ASSAY_OK) return status;
  }
}

int main(void) {
  assay_ruleset *rules = NULL;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  assay_status status = assay_ruleset_compile_text(&rules, "resolver", text, strlen(text), NULL, NULL);
  if (status == ASSAY_OK) status = assay_facts_new(&facts, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, NULL);
  /* No further fact comes, but answers may. */
  if (status == ASSAY_OK) assay_facts_default_why(facts, ASSAY_NEVER, ASSAY_NOT_YET);
  if (status == ASSAY_OK) status = assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, "192.0.2.9", strlen("192.0.2.9"));
  if (status == ASSAY_OK) status = assay_facts_set(facts, ASSAY_FACT_HELO, "mx.example.org", strlen("mx.example.org"));
  if (status == ASSAY_OK) status = ask(rules, facts, verdict);
  if (status != ASSAY_OK) fprintf(stderr, "resolver: %s\n", assay_status_text(status));
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(rules);
  return status != ASSAY_OK;
}
