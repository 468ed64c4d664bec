/* Owns making the resolver that `assay score --dns` asks for.
 * Must never know: rules, or connections. */
#include "cli/score_dns.h"

/* Questions that a batch has under way, of all zones. Twice as many at once overflow what a resolver's socket holds as
 * Debian sets it up, and each datagram that is lost there costs an attempt. */
enum { BATCH_IN_FLIGHT = 192 };

/* Where a connection does not wait for long, a question need not be under way for much longer: it would keep others
 * from being asked. Each attempt lasts twice as long as the one before, and none is shorter than a resolver may
 * need. */
static void set_patience(assay_resolver_options *options, uint32_t deadline_ms) {
  enum { ATTEMPT_LEAST = 300, MARGIN_PART = 8 }; /* the margin lets the deadline come first, which says what it was */
  uint32_t shares = (1u << options->attempts) - 1; /* what all attempts last, in terms of the first */
  options->deadline_ms = deadline_ms;
  if (deadline_ms >= options->attempt_ms * shares) return;
  while (options->attempts > 1 && deadline_ms / shares < ATTEMPT_LEAST) {
    options->attempts--;
    shares /= 2;
  }
  options->attempt_ms = (deadline_ms + deadline_ms / MARGIN_PART) / shares + 1;
}

static int failed(struct cli *cli, assay_status status, const char *servers) {
  if (status == ASSAY_BAD_VALUE)
    cli_complain(cli,
                 "--dns=%s names no DNS server: write its address, such as 127.0.0.1, 192.0.2.1:5353 or [::1]:5353, "
                 "or up to 8 of them with commas between",
                 servers);
  else if (status == ASSAY_NOT_FOUND)
    cli_complain(cli, "there is no DNS server to ask: none answers on 127.0.0.1 or ::1, and /etc/resolv.conf names "
                      "none; run a resolver such as unbound here, or name one: --dns=ADDRESS");
  else
    cli_complain(cli, "cannot ask DNS: %s", assay_status_text(status));
  return status == ASSAY_BAD_VALUE ? CLI_USAGE : CLI_IO;
}

int score_dns_open(struct scorer *scorer) {
  const struct score_request *request = scorer->request;
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  if (!request->dns) return CLI_OK;
  if (request->dns != opt_bare) options.servers = request->dns;
  if (request->dns_timeout > 0) set_patience(&options, request->dns_timeout);
  if (request->input) options.in_flight = BATCH_IN_FLIGHT;
  assay_status status = assay_resolver_new(&scorer->resolver, &options);
  if (status != ASSAY_OK) return failed(scorer->cli, status, request->dns);
  const char *warning = assay_resolver_warning(scorer->resolver);
  if (warning) cli_complain(scorer->cli, "%s", warning);
  scorer->in_flight = options.in_flight;
  return CLI_OK;
}
