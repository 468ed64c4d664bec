/* How an SMTP server sees it: facts arrive stage by stage. After each it evaluates, and stops as soon as the verdict
 * is settled, that is, as soon as nothing that may still come can change the action. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
    "rule EARLY     { describe \"spoke before the greeting\"  score 3    when session.early_talker }\n"
    "rule LOCALHOST { describe \"says that it is us\"         score 3    when helo == \"localhost\" }\n"
    "rule BOUNCE    { describe \"a bounce\"                   score 2    when not mail.from }\n"
    "rule FRIEND    { describe \"writes to the postmaster\"   score -1   when any(rcpt).local == \"postmaster\" }\n"
    "action tag    at 2\n"
    "action reject at 5 \"550 5.7.1 refused: {rules}\"\n";

/* What becomes known at one stage; ASSAY_FACT_COUNT: nothing more. */
struct stage {
  const char *name;
  struct {
    assay_fact fact;
    const char *value;
  } known[2];
};

enum { STAGES = 4 };
#define NO_MORE {ASSAY_FACT_COUNT, NULL}

static const struct stage impatient[STAGES] = {
    {"CONNECT", {{ASSAY_FACT_CLIENT_IP, "203.0.113.9"}, {ASSAY_FACT_SESSION_EARLY_TALKER, "true"}}},
    {"HELO", {{ASSAY_FACT_HELO, "localhost"}, NO_MORE}},
    {"MAIL", {{ASSAY_FACT_MAIL_FROM, "joe@example.org"}, NO_MORE}},
    {"RCPT", {{ASSAY_FACT_RCPT, "jane@example.net"}, NO_MORE}},
};
static const struct stage polite[STAGES] = {
    {"CONNECT", {{ASSAY_FACT_CLIENT_IP, "192.0.2.25"}, {ASSAY_FACT_SESSION_EARLY_TALKER, "false"}}},
    {"HELO", {{ASSAY_FACT_HELO, "mx.example.org"}, NO_MORE}},
    {"MAIL", {{ASSAY_FACT_MAIL_FROM, ""}, NO_MORE}}, /* MAIL FROM:<> is known, and empty */
    {"RCPT", {{ASSAY_FACT_RCPT, "postmaster@example.net"}, NO_MORE}},
};

static assay_status learn(assay_facts *facts, const struct stage *stage) {
  assay_status status = ASSAY_OK;
  for (size_t i = 0; i < 2 && stage->known[i].fact != ASSAY_FACT_COUNT && status == ASSAY_OK; i++)
    status = assay_facts_set(facts, stage->known[i].fact, stage->known[i].value, strlen(stage->known[i].value));
  return status;
}

static double points(int64_t thousandths) {
  return (double)thousandths / 1000;
}

/* One session. What was not set yet counts as `not yet`, which is why there is an interval. */
static assay_status serve(const assay_ruleset *rules, assay_facts *facts, assay_verdict *verdict,
                          const struct stage *stages) {
  assay_facts_clear(facts);
  for (size_t i = 0; i < STAGES; i++) {
    assay_status status = learn(facts, &stages[i]);
    if (status == ASSAY_OK) status = assay_evaluate(rules, facts, NULL, verdict);
    if (status != ASSAY_OK) return status;
    printf("%-7s  score %4.1f, may become %4.1f to %4.1f: %s%s\n", stages[i].name,
           points(assay_verdict_score(verdict)), points(assay_verdict_low(verdict)),
           points(assay_verdict_high(verdict)), assay_action_text(assay_verdict_action(verdict)),
           assay_verdict_settled(verdict) ? ", settled" : "");
    if (assay_verdict_settled(verdict)) break; /* a server that is asked for no more than the action answers now */
  }
  if (assay_verdict_reply(verdict)) printf("reply    %s\n", assay_verdict_reply(verdict));
  printf("\n");
  return ASSAY_OK;
}

int main(void) {
  assay_ruleset *rules = NULL;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  assay_status status = assay_ruleset_compile_text(&rules, "stepwise", text, strlen(text), NULL, NULL);
  if (status == ASSAY_OK) status = assay_facts_new(&facts, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, NULL);
  if (status == ASSAY_OK) status = serve(rules, facts, verdict, impatient);
  if (status == ASSAY_OK) status = serve(rules, facts, verdict, polite);
  if (status != ASSAY_OK) fprintf(stderr, "stepwise: %s\n", assay_status_text(status));
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(rules);
  return status != ASSAY_OK;
}
