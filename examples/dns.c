/* A host that lets the library ask DNS, and waits for it: one call a connection. The server is the one that the command
 * line names ("127.0.0.1:5353"), or else a resolver on this machine. The second connection comes from the same client, so
 * what was learnt for the first answers most of it. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
    "list zones : name { \"zen.example\", \"slow.example\" }\n"
    "rule LISTED { describe \"a block list has the client\" score 3 when dnsbl(zones) }\n"
    "rule NOT_HIS { describe \"the reverse name is not his\" score 1 when client.rdns and not client.rdns_confirmed }\n"
    "rule NO_MX { describe \"nobody takes mail for it\" score 1 when not dns.mx(helo) }\n"
    "action tag at 1\n"
    "action reject at 4\n";

/* What rules wait for, in their own words, and what became of it: "dns.mx(helo) servfail". */
static void show_unknown(const assay_verdict *verdict) {
  assay_unknown unknown;
  for (size_t i = 0; assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    printf("  %s is unknown (%s):", unknown.rule, assay_why_text(unknown.why));
    for (size_t w = 0; w < unknown.wait_count; w++)
      printf(" %s %s", assay_verdict_wait_at(verdict, i, w),
             assay_outcome_text(assay_verdict_wait_outcome(verdict, i, w)));
    printf("\n");
  }
}

static void show(const assay_verdict *verdict, const assay_dns_usage *usage) {
  printf("%s at %.1f\n", assay_action_text(assay_verdict_action(verdict)), (double)assay_verdict_score(verdict) / 1000);
  printf("  %u questions in %.1f ms, %u from memory, %u without an answer%s; iprev %s\n", (unsigned)usage->questions,
         (double)usage->microseconds / 1000, (unsigned)usage->cached, (unsigned)usage->failed,
         usage->late ? ", late" : "", assay_iprev_text(usage->iprev));
  show_unknown(verdict);
}

static assay_status open_resolver(assay_resolver **resolver, const char *server) {
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  options.servers = server; /* NULL: the library looks for one */
  options.deadline_ms = 10000;
  assay_status status = assay_resolver_new(resolver, &options);
  if (status == ASSAY_BAD_VALUE) fprintf(stderr, "dns: %s is no address with a port\n", server);
  if (status == ASSAY_NOT_FOUND) fprintf(stderr, "dns: there is no server to ask\n");
  const char *warning = assay_resolver_warning(*resolver);
  if (warning) fprintf(stderr, "dns: %s\n", warning);
  return status;
}

static assay_status serve(assay_resolver *resolver, const assay_ruleset *rules, assay_facts *facts,
                          assay_verdict *verdict, const char *ip, const char *helo) {
  assay_dns_usage usage;
  assay_facts_clear(facts); /* answers go, too; what is remembered is the resolver's */
  assay_status status = assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, ip, strlen(ip));
  if (status == ASSAY_OK) status = assay_facts_set(facts, ASSAY_FACT_HELO, helo, strlen(helo));
  if (status == ASSAY_OK) status = assay_resolver_score(resolver, rules, facts, NULL, verdict, &usage);
  if (status == ASSAY_OK) show(verdict, &usage);
  return status;
}

int main(int argc, char **argv) {
  assay_ruleset *rules = NULL;
  assay_resolver *resolver = NULL;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  assay_status status = assay_ruleset_compile_text(&rules, "dns", text, strlen(text), NULL, NULL);
  if (status == ASSAY_OK) status = open_resolver(&resolver, argc > 1 ? argv[1] : NULL);
  if (status == ASSAY_OK) status = assay_facts_new(&facts, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, NULL);
  /* No further fact comes, but answers may. */
  if (status == ASSAY_OK) assay_facts_default_why(facts, ASSAY_NEVER, ASSAY_NOT_YET);
  if (status == ASSAY_OK) status = serve(resolver, rules, facts, verdict, "192.0.2.9", "mx.example.org");
  if (status == ASSAY_OK) status = serve(resolver, rules, facts, verdict, "192.0.2.9", "mx.example.net");
  if (status != ASSAY_OK) fprintf(stderr, "dns: %s\n", assay_status_text(status));
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_resolver_free(resolver);
  assay_ruleset_unref(rules);
  return status != ASSAY_OK;
}
