/* Owns making the resolver that `assay score --dns` asks for.
 * Must never know: rules, or connections. */
#include "cli/score_dns.h"

/* How many questions a batch has under way. A resolver on this machine is there for us, and what it knows it says in a
 * fraction of a millisecond, so it is kept busy; one that is elsewhere is other people's, too. */
enum { LOCAL_IN_FLIGHT = 512, LOCAL_ZONE_IN_FLIGHT = 128, REMOTE_IN_FLIGHT = 64, REMOTE_ZONE_IN_FLIGHT = 16 };

/* Where a connection does not wait for long, a question need not be under way for much longer: it would keep others
 * from being asked. Each attempt lasts twice as long as the one before, and none is shorter than a resolver may need. */
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
                 "or a few of them with commas between",
                 servers);
  else if (status == ASSAY_NOT_FOUND)
    cli_complain(cli, "there is no DNS server to ask: none answers on 127.0.0.1 or ::1, and /etc/resolv.conf names "
                      "none; run a resolver such as unbound here, or name one: --dns=ADDRESS");
  else
    cli_complain(cli, "cannot ask DNS: %s", assay_status_text(status));
  return status == ASSAY_BAD_VALUE ? CLI_USAGE : CLI_IO;
}

/* The servers of a resolver, as the option for another. */
static void list_servers(struct bytes *out, const assay_resolver *resolver) {
  const char *server;
  for (size_t i = 0; (server = assay_resolver_server_at(resolver, i)); i++) {
    if (i > 0) bytes_byte(out, ',');
    bytes_str(out, server);
  }
  bytes_byte(out, 0);
}

/* The same servers, asked with restraint. What they are is known only when there is a resolver, so it is made anew. */
static assay_status reopen_for_remote(struct scorer *scorer, assay_resolver_options options) {
  struct bytes servers = {0};
  list_servers(&servers, scorer->resolver);
  assay_resolver_free(scorer->resolver);
  scorer->resolver = NULL;
  options.servers = servers.ptr;
  options.in_flight = REMOTE_IN_FLIGHT;
  options.zone_in_flight = REMOTE_ZONE_IN_FLIGHT;
  assay_status status = servers.failed ? ASSAY_NO_MEMORY : assay_resolver_new(&scorer->resolver, &options);
  bytes_free(&servers);
  return status;
}

int score_dns_open(struct scorer *scorer) {
  const struct score_request *request = scorer->request;
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  if (!request->dns) return CLI_OK;
  if (request->dns != opt_bare) options.servers = request->dns;
  if (request->dns_timeout > 0) set_patience(&options, request->dns_timeout);
  if (request->input) {
    options.in_flight = LOCAL_IN_FLIGHT;
    options.zone_in_flight = LOCAL_ZONE_IN_FLIGHT;
  }
  assay_status status = assay_resolver_new(&scorer->resolver, &options);
  bool remote = status == ASSAY_OK && assay_resolver_warning(scorer->resolver);
  if (remote && request->input) status = reopen_for_remote(scorer, options);
  if (status != ASSAY_OK) return failed(scorer->cli, status, request->dns);
  if (remote) cli_complain(scorer->cli, "%s", assay_resolver_warning(scorer->resolver));
  scorer->in_flight = remote ? REMOTE_IN_FLIGHT : LOCAL_IN_FLIGHT;
  return CLI_OK;
}
