/* Owns `assay score`: its command line, and the objects that scoring needs.
 * Must never know: the format of an input. */
#include "cli/rules.h"
#include "cli/score.h"
#include "cli/score_dns.h"

#define FACT(option, value, fact, doc) \
  {option, 0, OPT_LIST, value, offsetof(struct score_request, facts), fact, doc}

static const struct opt score_options[] = {
    {"rules", 'r', OPT_LIST, "PATH", offsetof(struct score_request, rules), NULL,
     "a rule file or a folder of them; may be repeated; without it, the shipped rules"},
    FACT("ip", "ADDRESS", "client.ip", "the client's address"),
    FACT("rdns", "NAME", "client.rdns", "the client's reverse name; '' when it has none"),
    FACT("helo", "NAME", "helo", "what HELO or EHLO said; '' when it said nothing"),
    FACT("from", "MAILBOX", "mail.from", "the envelope sender; '' for the null sender"),
    FACT("rcpt", "MAILBOX", "rcpt", "a recipient; may be repeated"),
    FACT("auth", "USER", "auth.user", "the authenticated user; '' when there is none"),
    FACT("set", "FACT=VALUE", NULL, "any other fact; `assay facts` lists them"),
    {"partial", 0, OPT_FLAG, NULL, offsetof(struct score_request, partial), NULL,
     "what is not given may still come: show the interval"},
    {"input", 'i', OPT_TEXT, "FILE", offsetof(struct score_request, input), NULL,
     "score a connection a line of FILE, or of standard input (-)"},
    {"format", 'f', OPT_TEXT, "FORMAT", offsetof(struct score_request, format), NULL,
     "of the input: jsonl or tsv; without it, seen from the name or the first line"},
    {"dns", 0, OPT_MAYBE, "SERVER", offsetof(struct score_request, dns), NULL,
     "ask DNS what the rules need: this server, else one on this machine, else that of /etc/resolv.conf"},
    {"dns-timeout", 0, OPT_DURATION, "TIME", offsetof(struct score_request, dns_timeout), NULL,
     "how long a connection may wait for DNS: 700ms, 5s (the default), 1m"},
    {"json", 0, OPT_FLAG, NULL, offsetof(struct score_request, json), NULL,
     "answer with a JSON object a connection"},
};

static const struct opt_spec score_spec = {
    "assay score [-r PATH]... [--ip A --rdns N --helo H ... | --input FILE] [--dns] [--json]",
    "Scores one connection, from the facts given here, or many, one a line of an input.\n"
    "A fact that is not given is unknown, and will not come; DNS is asked with --dns only.\n\n"
    "Input lines are JSON objects whose keys are fact names, or TSV under a header of them; `id` is echoed.\n"
    "JSON: null is unknown, \"\" known and empty, {\"base64\":\"...\"} raw bytes.\n"
    "TSV: \\N is unknown, nothing known and empty; \\t \\n \\r \\\\ \\xHH escapes; a column - is passed over.\n"
    "A malformed line is reported and counted, the rest go on; the exit code is then 65.",
    score_options, sizeof score_options / sizeof *score_options, offsetof(struct score_request, none), NULL, 0};

bool score_new(const struct scorer *scorer, assay_facts **facts, assay_verdict **verdict) {
  assay_why unset = scorer->request->partial ? ASSAY_NOT_YET : ASSAY_NEVER;
  assay_why unasked = scorer->resolver ? ASSAY_NOT_YET : unset;
  *facts = NULL;
  *verdict = NULL;
  bool good = assay_facts_new(facts, NULL) == ASSAY_OK && assay_verdict_new(verdict, NULL) == ASSAY_OK;
  assay_facts_default_why(*facts, unset, unasked);
  return good;
}

void score_complain(struct scorer *scorer, assay_status status) {
  cli_complain(scorer->cli, "cannot score: %s", assay_status_text(status));
}

/* What cannot be meant; false with a message. */
static bool makes_sense(struct cli *cli, const struct score_request *request) {
  const char *format = request->format;
  if (request->input && request->facts.count > 0)
    cli_complain(cli, "facts stand in the lines of --input; they cannot be given here as well");
  else if (format && !request->input)
    cli_complain(cli, "--format says what --input holds, and there is no --input");
  else if (format && strcmp(format, "jsonl") != 0 && strcmp(format, "tsv") != 0)
    cli_complain(cli, "there is no format %s: it is jsonl or tsv", format);
  else if (request->dns_timeout > 0 && !request->dns)
    cli_complain(cli, "--dns-timeout says how long DNS may take, and there is no --dns");
  else
    return true;
  return false;
}

static int score(struct scorer *scorer) {
  int code = score_dns_open(scorer);
  if (code != CLI_OK) return code;
  if (assay_workspace_new(&scorer->workspace, NULL) == ASSAY_OK) {
    code = scorer->request->input ? score_batch(scorer) : score_one(scorer);
  } else {
    cli_complain(scorer->cli, "out of memory");
    code = CLI_IO;
  }
  assay_workspace_free(scorer->workspace);
  assay_resolver_free(scorer->resolver);
  return code;
}

int cmd_score(struct cli *cli, int argc, char **argv) {
  struct score_request request = {0};
  assay_ruleset *ruleset = NULL;
  int code;
  if (!opt_parse(&score_spec, cli, &request, argc, argv, &code)) goto done;
  code = CLI_USAGE;
  if (!makes_sense(cli, &request)) goto done;
  code = rules_load(cli, &ruleset, &request.rules);
  struct scorer scorer = {.cli = cli, .request = &request, .ruleset = ruleset};
  if (code == CLI_OK) code = score(&scorer);
done:
  assay_ruleset_unref(ruleset);
  opt_list_free(&request.rules);
  opt_list_free(&request.facts);
  opt_list_free(&request.none);
  return code;
}
