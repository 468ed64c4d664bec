/* Owns what all threads of the daemon share: configuration, rules, log, counters, and how much may be held.
 * Must never know: a protocol, or a socket. */
#include "daemon/server.h"

#include <time.h>

/* TROUBLE_…: the word in counters and the log, and what to do about it. */
static const struct {
  const char *word, *help;
} rows[TROUBLE_COUNT] = {
    [TROUBLE_NOT_ALLOWED] = {"not_allowed", "closed a connection that no `allow` covers"},
    [TROUBLE_CONNECTIONS] = {"connections", "closed a connection: there are as many as `limit connections` says"},
    [TROUBLE_CLIENT_CONNECTIONS] = {"client_connections",
                                    "closed a connection: its client has as many as `limit client_connections` says"},
    [TROUBLE_DESCRIPTORS] = {"descriptors", "cannot accept: out of descriptors; raise LimitNOFILE, or lower "
                                            "`limit connections`"},
    [TROUBLE_MEMORY] = {"memory", "out of memory"},
    [TROUBLE_BYTES] = {"bytes", "gave up a request: all together hold what `limit bytes` says"},
    [TROUBLE_REQUEST] = {"request", "gave up a request that makes no sense, or is too large"},
    [TROUBLE_SLOW] = {"slow", "gave up a connection that was too slow"},
    [TROUBLE_LATE] = {"late", "a verdict was given at its deadline, without all answers of DNS"},
    [TROUBLE_LOCAL_CLIENTS] = {"local_clients", "more than 95 % of the last 1000 verdicts were exempt as LOCAL_CLIENT: "
                                                "does a proxy in front hide who connects?"},
};

void server_say_counters(struct server *server) {
  struct bytes out = {0};
  struct log_line line = log_begin(&server->log, &out, "info", "counters");
  log_uint(&line, "verdicts", server->verdicts);
  log_uint(&line, "open_connections", server->connections);
  log_uint(&line, "held_bytes", server->bytes);
  for (size_t i = 0; i < TROUBLE_COUNT; i++) log_uint(&line, rows[i].word, server->troubles[i]);
  log_end(&line);
  log_flush(&server->log, &out);
  bytes_free(&out);
}

void server_trouble(struct server *server, enum trouble trouble, const char *front, const char *peer,
                    const char *detail) {
  uint64_t held;
  server->troubles[trouble]++;
  if (!log_gate_opens(&server->gates[trouble], server_now_ms(), &held)) return;
  struct bytes out = {0};
  struct log_line line = log_begin(&server->log, &out, "warning", rows[trouble].word);
  log_word(&line, "msg", rows[trouble].help);
  if (detail && *detail) log_word(&line, "detail", detail);
  if (front) log_word(&line, "front", front);
  if (peer) log_word(&line, "peer", peer);
  if (held > 0) log_uint(&line, "more", held);
  log_end(&line);
  log_flush(&server->log, &out);
  bytes_free(&out);
}

uint64_t server_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t server_now_ms(void) {
  return server_now_us() / 1000;
}
