/* A host with a loop of its own that lets the library ask DNS. The library says which descriptors to watch and when to
 * come back, and never waits; several connections are under way at once, each is answered when it is settled. The loop is
 * poll(2) here; with epoll, libevent or libuv it is the same three calls. The command line may name the server. */
#include <assay/assay.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
    "list zones : name { \"zen.example\" }\n"
    "rule US { describe \"it says that it is us\" score 5 when helo == \"localhost\" }\n"
    "rule LISTED { describe \"a block list has the client\" score 5 when dnsbl(zones) }\n"
    "rule NOT_HIS { describe \"the reverse name is not his\" score 2 when client.rdns and not client.rdns_confirmed }\n"
    "action tag at 2\n"
    "action reject at 5\n";

enum { WATCHED_MOST = 64, CONNECTIONS = 4 };

/* --- the loop --- */

struct loop {
  struct pollfd watched[WATCHED_MOST];
  size_t count;
};

/* What is not watched for lack of room times out. */
static void watch(void *user, int fd, bool read, bool write) {
  struct loop *loop = user;
  size_t at = 0;
  while (at < loop->count && loop->watched[at].fd != fd) at++;
  if (at == WATCHED_MOST || (at == loop->count && !read && !write)) return;
  if (at == loop->count) loop->count++;
  loop->watched[at] = (struct pollfd){.fd = fd, .events = (short)((read ? POLLIN : 0) | (write ? POLLOUT : 0))};
  if (!read && !write) loop->watched[at] = loop->watched[--loop->count];
}

/* A host would watch its connections here as well. The list is copied, for what is handled changes it. */
static assay_status turn(const struct loop *loop, assay_resolver *resolver) {
  struct loop now = *loop;
  int ready = poll(now.watched, (nfds_t)now.count, assay_resolver_timeout(resolver));
  if (ready < 0 && errno != EINTR) return ASSAY_IO_ERROR;
  for (size_t i = 0; ready > 0 && i < now.count; i++) {
    short events = now.watched[i].revents;
    if (events) assay_resolver_process(resolver, now.watched[i].fd, events & ~POLLOUT, events & POLLOUT);
  }
  assay_resolver_process(resolver, -1, false, false); /* what is due by time */
  return ASSAY_OK;
}

/* --- connections --- */

struct connection {
  const char *ip, *helo;
  assay_facts *facts;
  assay_verdict *verdict;
  assay_scoring *scoring; /* NULL: none is under way */
};

static void scored(void *user, assay_status status, const assay_dns_usage *usage) {
  struct connection *connection = user;
  connection->scoring = NULL; /* it is gone */
  printf("%s: %s, %u questions\n", connection->ip,
         status == ASSAY_OK ? assay_action_text(assay_verdict_action(connection->verdict)) : assay_status_text(status),
         (unsigned)usage->questions);
}

static assay_status start(struct connection *connection, assay_resolver *resolver, const assay_ruleset *rules,
                          assay_workspace *workspace) {
  const char *ip = connection->ip, *helo = connection->helo;
  assay_status status = assay_facts_new(&connection->facts, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&connection->verdict, NULL);
  if (status == ASSAY_OK) assay_facts_default_why(connection->facts, ASSAY_NEVER, ASSAY_NOT_YET);
  if (status == ASSAY_OK) status = assay_facts_set(connection->facts, ASSAY_FACT_CLIENT_IP, ip, strlen(ip));
  if (status == ASSAY_OK) status = assay_facts_set(connection->facts, ASSAY_FACT_HELO, helo, strlen(helo));
  if (status != ASSAY_OK) return status;
  return assay_resolver_score_start(resolver, rules, connection->facts, workspace, connection->verdict, scored,
                                    connection, &connection->scoring);
}

/* A client that hangs up is no longer scored: then there is no callback. */
static void end(struct connection *connection) {
  assay_scoring_cancel(connection->scoring);
  assay_verdict_free(connection->verdict);
  assay_facts_free(connection->facts);
}

static assay_status serve(assay_resolver *resolver, const assay_ruleset *rules, assay_workspace *workspace) {
  struct connection connections[CONNECTIONS] = {{.ip = "192.0.2.4", .helo = "d.example.org"},
                                                {.ip = "192.0.2.3", .helo = "c.example.org"},
                                                {.ip = "192.0.2.2", .helo = "b.example.org"},
                                                {.ip = "192.0.2.1", .helo = "localhost"}};
  struct loop loop = {.count = 0};
  assay_status status = ASSAY_OK;
  assay_resolver_watch(resolver, watch, &loop);
  for (size_t i = 0; i < CONNECTIONS && status == ASSAY_OK; i++)
    status = start(&connections[i], resolver, rules, workspace);
  for (size_t i = 0; i < CONNECTIONS && status == ASSAY_OK; i++)
    if (connections[i].scoring) printf("%s: waits\n", connections[i].ip);
  while (status == ASSAY_OK && assay_resolver_pending(resolver) > 0) status = turn(&loop, resolver);
  for (size_t i = 0; i < CONNECTIONS; i++) end(&connections[i]);
  assay_resolver_watch(resolver, NULL, NULL); /* the loop goes before the resolver does */
  return status;
}

int main(int argc, char **argv) {
  assay_ruleset *rules = NULL;
  assay_resolver *resolver = NULL;
  assay_workspace *workspace = NULL;
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  if (argc > 1) options.servers = argv[1];
  options.deadline_ms = 10000;
  assay_status status = assay_ruleset_compile_text(&rules, "dns_loop", text, strlen(text), NULL, NULL);
  if (status == ASSAY_OK) status = assay_resolver_new(&resolver, &options);
  if (status == ASSAY_OK) status = assay_workspace_new(&workspace, NULL);
  if (status == ASSAY_OK) status = serve(resolver, rules, workspace);
  if (status != ASSAY_OK) fprintf(stderr, "dns_loop: %s\n", assay_status_text(status));
  assay_workspace_free(workspace);
  assay_resolver_free(resolver);
  assay_ruleset_unref(rules);
  return status != ASSAY_OK;
}
