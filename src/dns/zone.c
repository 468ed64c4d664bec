/* Owns zones: which one a question belongs to, how much of it is under way or waits, and whether it is silent.
 * Must never know: servers, answers, or who asks. It has no clock: the caller says what time it is. */
#include "dns/zone.h"

/* --- which zone --- */

/* Takes `count` labels off the front; the empty text when there are no more. */
static struct text behind(struct text name, size_t count) {
  for (; count > 0 && name.len > 0; count--) {
    const char *dot = memchr(name.ptr, '.', name.len);
    size_t gone = dot ? (size_t)(dot - name.ptr) + 1 : name.len;
    name = text_of(name.ptr + gone, name.len - gone);
  }
  return name;
}

static bool is_number(struct text label) {
  if (label.len == 0 || label.len > 3) return false;
  for (size_t i = 0; i < label.len; i++)
    if (!ascii_digit(label.ptr[i])) return false;
  return true;
}

static bool is_nibble(struct text label) {
  return label.len == 1 && (ascii_digit(label.ptr[0]) || (label.ptr[0] >= 'a' && label.ptr[0] <= 'f'));
}

/* How many labels at the front are of this kind, at most `most`. */
static size_t leading(struct text name, bool (*is)(struct text), size_t most) {
  size_t count = 0;
  for (; count < most && name.len > 0; count++) {
    const char *dot = memchr(name.ptr, '.', name.len);
    size_t len = dot ? (size_t)(dot - name.ptr) : name.len;
    if (!is(text_of(name.ptr, len))) break;
    name = behind(name, 1);
  }
  return count;
}

/* An address in labels, most significant last: how long it is, how much of it tells hosts of a network apart, and where
 * it stands when it is a reverse name. Nibbles first: most of them are numbers, too. */
static const struct form {
  bool (*is)(struct text);
  size_t labels, host_labels;
  const char *reverse;
} forms[] = {{is_nibble, 32, 24, "ip6.arpa"}, {is_number, 4, 1, "in-addr.arpa"}};

struct text zone_of(const struct domain *suffixes, struct text name) {
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    const struct form *form = &forms[i];
    if (leading(name, form->is, form->labels) < form->labels) continue;
    struct text rest = behind(name, form->labels);
    if (rest.len == 0) continue;
    if (text_is(rest, form->reverse)) return behind(name, form->host_labels);
    name = rest;
    break;
  }
  struct text domain = suffixes ? domain_registrable(suffixes, name) : text_of("", 0);
  return domain.len > 0 ? domain : name;
}

/* --- the table --- */

enum { SWEEP_LEAST = 256, SPEAKERS_MOST = 4096, SPEAKER_MS = 600000 };

struct zones {
  const assay_alloc *alloc;
  struct zones_limits limits;
  uint64_t key;
  struct zone **chains;
  size_t mask, count;
  size_t sweep_at; /* the count at which it is worth looking for what can be forgotten */
};

static size_t zone_size(size_t len) {
  return sizeof(struct zone) + len;
}

static bool make_chains(struct zones *zones, size_t size) {
  struct zone **chains = mem_new(zones->alloc, size * sizeof *chains);
  if (!chains) return false;
  for (size_t i = 0; zones->chains && i <= zones->mask; i++)
    while (zones->chains[i]) {
      struct zone *zone = zones->chains[i];
      zones->chains[i] = zone->chain;
      zone->chain = chains[zone->hash & (size - 1)];
      chains[zone->hash & (size - 1)] = zone;
    }
  if (zones->chains) mem_free(zones->alloc, zones->chains, (zones->mask + 1) * sizeof *chains);
  zones->chains = chains;
  zones->mask = size - 1;
  return true;
}

assay_status zones_new(struct zones **out, const struct zones_limits *limits, uint64_t key, const assay_alloc *alloc) {
  *out = NULL;
  struct zones *zones = mem_new(alloc, sizeof *zones);
  if (!zones) return ASSAY_NO_MEMORY;
  zones->alloc = alloc;
  zones->limits = *limits;
  zones->key = key;
  zones->sweep_at = SWEEP_LEAST;
  if (!make_chains(zones, SWEEP_LEAST)) {
    mem_free(alloc, zones, sizeof *zones);
    return ASSAY_NO_MEMORY;
  }
  *out = zones;
  return ASSAY_OK;
}

/* Forgets zones: all, or those of which nothing is to be remembered. */
static void forget(struct zones *zones, bool all, uint64_t now) {
  for (size_t i = 0; i <= zones->mask; i++)
    for (struct zone **at = &zones->chains[i]; *at;) {
      struct zone *zone = *at;
      bool suspect = zone->timeouts > 0 && zone->heard + zones->limits.down_ms > now;
      bool speaker = zone->speaks && zone->heard + SPEAKER_MS > now && zones->count <= SPEAKERS_MOST;
      bool needed = speaker || zone->under_way > 0 || zone->first || zone->is_ready || zone->down_until > now || suspect;
      if (needed && !all) {
        at = &zone->chain;
        continue;
      }
      *at = zone->chain;
      zones->count--;
      mem_free(zones->alloc, zone, zone_size(zone->len));
    }
}

void zones_free(struct zones *zones) {
  if (!zones) return;
  forget(zones, true, 0);
  mem_free(zones->alloc, zones->chains, (zones->mask + 1) * sizeof *zones->chains);
  mem_free(zones->alloc, zones, sizeof *zones);
}

/* When most of what is there has to stay, the next look is put off, so that looking costs little a question. */
static void make_room(struct zones *zones, uint64_t now) {
  if (zones->count < zones->sweep_at) return;
  forget(zones, false, now);
  zones->sweep_at = zones->count * 2 > SWEEP_LEAST ? zones->count * 2 : SWEEP_LEAST;
  if (zones->sweep_at > zones->mask + 1) make_chains(zones, (zones->mask + 1) * 2); /* without memory it gets slower */
}

struct zone *zones_find(struct zones *zones, struct text name, uint64_t now) {
  uint64_t hash = text_hash_keyed(name, zones->key);
  for (struct zone *zone = zones->chains[hash & zones->mask]; zone; zone = zone->chain)
    if (zone->hash == hash && text_eq(text_of(zone->name, zone->len), name)) return zone;
  make_room(zones, now);
  struct zone *zone = mem_new(zones->alloc, zone_size(name.len));
  if (!zone) return NULL;
  zone->hash = hash;
  zone->len = name.len;
  memcpy(zone->name, name.ptr, name.len);
  zone->chain = zones->chains[hash & zones->mask];
  zones->chains[hash & zones->mask] = zone;
  zones->count++;
  return zone;
}

size_t zones_count(const struct zones *zones) {
  return zones->count;
}

/* --- how it fares --- */

bool zone_is_down(const struct zone *zone, uint64_t now) {
  bool tried = zone->under_way > 0 || zone->first;
  return zone->down_until > now || (zone->down_until > 0 && tried);
}

bool zone_is_full(const struct zones *zones, const struct zone *zone) {
  return zone->under_way >= zones->limits.in_flight;
}

void zone_sent(struct zone *zone) {
  zone->under_way++;
}

bool zone_done(const struct zones *zones, struct zone *zone, assay_outcome outcome, uint64_t now) {
  zone->under_way--;
  zone->heard = now;
  zone->speaks = outcome != ASSAY_OUTCOME_TIMEOUT;
  if (outcome != ASSAY_OUTCOME_TIMEOUT) {
    zone->timeouts = 0;
    zone->down_until = 0;
    return false;
  }
  bool was_down = zone->down_until > now;
  zone->timeouts++;
  if (zones->limits.timeouts == 0 || zone->timeouts < zones->limits.timeouts) return false;
  zone->down_until = now + zones->limits.down_ms;
  return !was_down;
}
