/* Owns what is kept of a verdict: its line in the log, the counters, a warning that all clients look local.
 * Must never know: how it was found, or how it was answered. */
#include "daemon/account.h"

#include <string.h>

enum { WINDOW = 1000, WINDOW_LOCAL = 950, SHOWN_MOST = 255, LOG_FULL = 32 * 1024 };

static size_t shown(size_t len) {
  return len < SHOWN_MOST ? len : SHOWN_MOST;
}

static void log_fact(struct log_line *line, const char *key, const assay_facts *facts, assay_fact fact) {
  char value[SHOWN_MOST];
  size_t len;
  if (assay_facts_get(facts, fact, value, sizeof value, &len))
    log_text(line, key, value, shown(len));
}

static void log_rules(struct log_line *line, const assay_verdict *verdict, struct bytes *names) {
  assay_hit hit;
  names->len = 0;
  for (size_t i = 0; assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    if (i > 0) bytes_byte(names, ',');
    bytes_str(names, hit.rule);
  }
  if (!names->failed) log_text(line, "rules", names->len > 0 ? names->ptr : "", names->len);
}

static void log_dns(struct log_line *line, const assay_dns_usage *usage) {
  if (!usage || usage->questions == 0) return;
  log_uint(line, "dns", usage->questions);
  log_uint(line, "dns_cached", usage->cached);
  if (usage->failed > 0) log_uint(line, "dns_failed", usage->failed);
  if (usage->late) log_bool(line, "late", true);
}

static void write_line(struct worker *worker, const struct front *front, const struct exchange *exchange,
                       const struct verdict_given *given, uint64_t microseconds) {
  const assay_verdict *verdict = given->verdict;
  const char *exempt = assay_verdict_exempt(verdict);
  struct bytes names = {0};
  struct log_line line = log_begin(&worker->server->log, &worker->log, "info", "verdict");
  log_own(&line, "front", front->name);
  if (exchange->user_len > 0) log_text(&line, "user", exchange->user, shown(exchange->user_len));
  log_fact(&line, "client", exchange->facts, ASSAY_FACT_CLIENT_IP);
  log_fact(&line, "helo", exchange->facts, ASSAY_FACT_HELO);
  log_milli(&line, "score", assay_verdict_score(verdict));
  log_own(&line, "action", assay_action_text(assay_verdict_action(verdict)));
  if (exempt) log_word(&line, "exempt", exempt);
  log_rules(&line, verdict, &names);
  log_dns(&line, given->usage);
  log_own(&line, "ruleset", assay_ruleset_id(exchange->rules));
  log_uint(&line, "us", microseconds);
  log_end(&line);
  bytes_free(&names);
  if (worker->log.len >= LOG_FULL) log_flush(&worker->server->log, &worker->log);
}

/* Whoever stands behind a proxy that hides its clients sees nothing but the proxy's address. */
static void watch_local(struct server *server, const assay_verdict *verdict) {
  const char *exempt = assay_verdict_exempt(verdict);
  if (exempt && strcmp(exempt, "LOCAL_CLIENT") == 0) server->local++;
  if (++server->verdicts % WINDOW > 0) return;
  if (atomic_exchange(&server->local, 0) > WINDOW_LOCAL)
    server_trouble(server, TROUBLE_LOCAL_CLIENTS, NULL, NULL, NULL);
}

void account_verdict(struct worker *worker, const struct front *front, const struct exchange *exchange,
                     const struct verdict_given *given, uint64_t microseconds) {
  write_line(worker, front, exchange, given, microseconds);
  watch_local(worker->server, given->verdict);
}
