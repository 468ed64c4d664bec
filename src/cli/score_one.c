/* Owns scoring the one connection that the command line describes.
 * Must never know: the format of an input. */
#include "cli/report.h"
#include "cli/score.h"
#include "cli/term.h"
#include "proto/verdict_json.h"

/* A repeated list grows; anything else that is repeated is replaced. */
static enum proto_result set_fact(assay_facts *facts, assay_fact fact, const char *value, bool again,
                                  struct proto_error *error) {
  size_t len = strlen(value);
  bool append = again && assay_fact_at((size_t)fact)->type == ASSAY_TYPE_MAILBOX_LIST;
  assay_status status =
      append ? assay_facts_append(facts, fact, value, len) : assay_facts_set(facts, fact, value, len);
  return proto_value_result(status, fact, value, len, error);
}

/* The options' pairs: a fact's name and value, or no name and FACT=VALUE. */
static int set_facts(struct scorer *scorer, assay_facts *facts) {
  bool seen[ASSAY_FACT_COUNT] = {false};
  struct proto_error error;
  for (size_t i = 0; i < scorer->request->facts.count; i++) {
    struct opt_pair pair = scorer->request->facts.items[i];
    const char *name = pair.key ? pair.key : pair.value;
    size_t len = strcspn(name, "=");
    assay_fact fact;
    if (!pair.key && name[len] != '=') {
      cli_complain(scorer->cli, "--set wants FACT=VALUE, such as --set helo.verb=EHLO; %s has no =", name);
      return CLI_USAGE;
    }
    enum proto_result result = proto_find_fact(&fact, "name", name, len, &error);
    if (result == PROTO_OK) {
      result = set_fact(facts, fact, pair.key ? pair.value : name + len + 1, seen[fact], &error);
      seen[fact] = true;
    }
    if (result != PROTO_OK) {
      cli_complain(scorer->cli, "%s", result == PROTO_NO_MEMORY ? "out of memory" : error.text);
      return result == PROTO_NO_MEMORY ? CLI_IO : CLI_USAGE;
    }
  }
  return CLI_OK;
}

static assay_status evaluate(struct scorer *scorer, assay_facts *facts, assay_verdict *verdict,
                             assay_dns_usage *usage) {
  if (!scorer->resolver) return assay_evaluate(scorer->ruleset, facts, scorer->workspace, verdict);
  return assay_resolver_score(scorer->resolver, scorer->ruleset, facts, scorer->workspace, verdict, usage);
}

static void answer(struct scorer *scorer, const assay_verdict *verdict, const assay_dns_usage *usage) {
  static const struct proto_id no_id = {PROTO_ID_NONE, NULL, 0};
  struct cli *cli = scorer->cli;
  if (scorer->request->json) {
    verdict_json(&cli->out.bytes, verdict, &no_id, usage);
    bytes_byte(&cli->out.bytes, '\n');
  } else {
    size_t width = cli->terminal_out ? term_width(cli->out.fd) : 0;
    report_full(&cli->out.bytes, verdict, usage, cli->colour_out, width);
  }
}

static int score_facts(struct scorer *scorer, assay_facts *facts, assay_verdict *verdict) {
  assay_dns_usage usage = {0};
  int code = set_facts(scorer, facts);
  if (code != CLI_OK) return code;
  assay_status status = evaluate(scorer, facts, verdict, &usage);
  if (status == ASSAY_OK)
    answer(scorer, verdict, scorer->resolver ? &usage : NULL);
  else
    score_complain(scorer, status);
  return status == ASSAY_OK ? CLI_OK : CLI_IO;
}

int score_one(struct scorer *scorer) {
  assay_facts *facts;
  assay_verdict *verdict;
  int code = CLI_IO;
  if (score_new(scorer, &facts, &verdict))
    code = score_facts(scorer, facts, verdict);
  else
    cli_complain(scorer->cli, "out of memory");
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  return code;
}
