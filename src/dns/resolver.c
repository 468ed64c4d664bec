/* Owns the resolver's life: its options, its servers, and one question through the cache.
 * Must never know: how a question is sent, or a connection scored. */
#define _DEFAULT_SOURCE /* getentropy */
#include "dns/resolver.h"

#include <unistd.h>

#include "dns/clock.h"
#include "dns/question_name.h"

enum { PROBE_MS = 150 };

/* --- options --- */

#define RANGE(member, least, most) {offsetof(assay_resolver_options, member), least, most}

static const struct {
  size_t offset;
  uint32_t least, most;
} ranges[] = {
    RANGE(attempt_ms, 1, 60000),
    RANGE(attempts, 1, 10),
    RANGE(in_flight, 1, 4096),
    RANGE(zone_in_flight, 1, 4096),
    RANGE(zone_timeouts, 0, UINT32_MAX),
    RANGE(zone_down_ms, 0, 86400000),
    RANGE(ttl_floor, 0, UINT32_MAX),
    RANGE(ttl_ceiling, 0, UINT32_MAX),
    RANGE(negative_ceiling, 0, UINT32_MAX),
    RANGE(stale, 0, UINT32_MAX),
    RANGE(questions, 0, 64),
    RANGE(deadline_ms, 1, 3600000),
};

static bool options_ok(const assay_resolver_options *options) {
  if (options->size < sizeof *options) return false;
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    uint32_t value;
    memcpy(&value, (const char *)options + ranges[i].offset, sizeof value);
    if (value < ranges[i].least || value > ranges[i].most) return false;
  }
  return true;
}

/* Strangers choose the names that are kept in tables, so nobody may know where in them a name lies. Without the
 * system's randomness, what differs from one resolver to the next must do. */
static uint64_t secret_key(const void *here) {
  uint64_t key;
  if (getentropy(&key, sizeof key) == 0) return key;
  return clock_us() * 0x9e3779b97f4a7c15u ^ (uintptr_t)here;
}

/* --- servers --- */

static bool answers(void *user, const struct server *server) {
  (void)user;
  return servers_probe(server, PROBE_MS);
}

static assay_status find_servers(struct servers *out, const char *text, const assay_alloc *alloc) {
  char *file;
  size_t len, cap;
  if (text) return servers_parse(out, text_from(text));
  assay_status status = servers_read_file(&file, &len, &cap, "/etc/resolv.conf", alloc);
  if (status != ASSAY_OK) return status;
  status = servers_default(out, text_of(file, len), answers, NULL);
  mem_free(alloc, file, cap);
  return status;
}

const char *assay_resolver_server_at(const assay_resolver *resolver, size_t index) {
  return resolver && index < resolver->servers.count ? resolver->servers.at[index].text : NULL;
}

const char *assay_resolver_warning(const assay_resolver *resolver) {
  return resolver && resolver->servers.warning[0] ? resolver->servers.warning : NULL;
}

/* --- life --- */

static assay_status open_parts(assay_resolver *resolver) {
  const assay_resolver_options *o = &resolver->options;
  uint64_t key = secret_key(resolver);
  struct cache_limits limits = {o->cache_bytes, o->ttl_floor, o->ttl_ceiling, o->negative_ceiling, o->stale, key};
  assay_status status = cache_new(&resolver->cache, &limits, resolver->alloc);
  if (status != ASSAY_OK) return status;
  status = domain_open(&resolver->suffixes, resolver->alloc);
  if (status == ASSAY_NO_MEMORY) return status;
  struct lookups_options options = {
      .in_flight = o->in_flight,
      .zone = {o->zone_in_flight, o->zone_timeouts, o->zone_down_ms},
      .suffixes = resolver->suffixes,
      .cache = resolver->cache,
      .channels = {.servers = &resolver->servers, .attempt_ms = o->attempt_ms, .attempts = o->attempts,
                   .alloc = resolver->alloc},
      .key = ~key,
      .alloc = resolver->alloc,
  };
  return lookups_new(&resolver->lookups, &options);
}

assay_status assay_resolver_new(assay_resolver **out, const assay_resolver_options *options) {
  static const assay_resolver_options defaults = ASSAY_RESOLVER_OPTIONS_INIT;
  if (!options) options = &defaults;
  if (!out) return ASSAY_BAD_ARGUMENT;
  *out = NULL;
  if (!options_ok(options)) return ASSAY_BAD_ARGUMENT;
  const assay_alloc *alloc = options->alloc ? options->alloc : &mem_default;
  assay_resolver *resolver = mem_new(alloc, sizeof *resolver);
  if (!resolver) return ASSAY_NO_MEMORY;
  resolver->alloc = alloc;
  resolver->options = *options;
  assay_status status = find_servers(&resolver->servers, options->servers, alloc);
  resolver->options.servers = NULL; /* the caller's */
  if (status == ASSAY_OK) status = open_parts(resolver);
  if (status == ASSAY_OK)
    *out = resolver;
  else
    assay_resolver_free(resolver);
  return status;
}

void assay_resolver_free(assay_resolver *resolver) {
  if (!resolver) return;
  scorings_drop(resolver);
  lookups_free(resolver->lookups);
  cache_free(resolver->cache);
  domain_close(resolver->suffixes);
  mem_free(resolver->alloc, resolver->turn, resolver->turn_cap * sizeof *resolver->turn);
  mem_free(resolver->alloc, resolver, sizeof *resolver);
}

/* --- one question --- */

uint64_t resolver_look_at_clock(assay_resolver *resolver) {
  uint64_t us = clock_us();
  resolver->now = us / 1000;
  return us;
}

bool resolver_peek(assay_resolver *resolver, assay_question_type type, struct text name, assay_answer *out) {
  enum cache_state state = cache_find(resolver->cache, type, name, resolver->now, out);
  if (state == CACHE_MISS) return false;
  resolver->asked++;
  resolver->cached++;
  if (state == CACHE_STALE) {
    resolver->stale++;
    lookups_refresh(resolver->lookups, type, name, resolver->now);
  }
  return true;
}

/* Whoever is told may ask on, and what is found then takes the place of the array of what was found before. Answers
 * that come in would take the place of its bytes, too, so none may. */
static void tell(assay_resolver *resolver, assay_answer_fn callback, void *user, const assay_answer *found) {
  assay_record records[DNS_RECORDS_MAX];
  bool telling = resolver->telling;
  if (found->count > 0) memcpy(records, found->records, found->count * sizeof *records);
  resolver->telling = true;
  callback(user, &(assay_answer){found->outcome, found->count > 0 ? records : NULL, found->count});
  resolver->telling = telling;
}

assay_status assay_resolver_ask(assay_resolver *resolver, assay_question_type type, const char *name, size_t name_len,
                                assay_answer_fn callback, void *user, assay_lookup **out) {
  char bytes[QUESTION_NAME_SIZE];
  struct text asked;
  assay_answer answer;
  if (out) *out = NULL;
  if (!resolver || !name || !callback || !out || (unsigned)type > ASSAY_QUESTION_NS) return ASSAY_BAD_ARGUMENT;
  if (!question_name(&asked, bytes, type, text_of(name, name_len))) return ASSAY_BAD_VALUE;
  resolver_look_at_clock(resolver);
  if (resolver_peek(resolver, type, asked, &answer)) {
    tell(resolver, callback, user, &answer);
    return ASSAY_OK;
  }
  resolver->asked++;
  return lookups_ask(resolver->lookups, type, asked, resolver->now, callback, user, out);
}

/* --- looking at it --- */

size_t assay_resolver_pending(const assay_resolver *resolver) {
  return resolver ? lookups_counts(resolver->lookups)->lookups + resolver->scoring_count : 0;
}

void assay_resolver_statistics(const assay_resolver *resolver, assay_resolver_stats *out) {
  if (!out) return;
  *out = (assay_resolver_stats){0};
  if (!resolver) return;
  const struct lookups_counts *counts = lookups_counts(resolver->lookups);
  *out = (assay_resolver_stats){
      .asked = resolver->asked,
      .cached = resolver->cached,
      .stale = resolver->stale,
      .coalesced = counts->coalesced,
      .sent = counts->sent,
      .answered = counts->answered,
      .timeouts = counts->timeouts,
      .failures = counts->failures,
      .zones_down = counts->zones_down,
      .evicted = cache_evicted(resolver->cache),
      .in_flight = counts->in_flight,
      .waiting = counts->waiting,
      .overdue = counts->overdue,
      .cache_entries = cache_entries(resolver->cache),
      .cache_bytes = cache_bytes(resolver->cache),
  };
}
