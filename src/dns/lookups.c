/* Owns questions on their way: joined when they are the same, sent in turn, within limits, and handed to those who
 * wait. Must never know: sockets, or what is made of an answer. It has no clock: the caller says what time it is. */
#include "dns/lookups.h"

/* One who waits for a question. */
struct assay_lookup {
  assay_lookup *next, *previous;
  struct lookups *owner;
  struct question *question;
  assay_answer_fn callback;
  void *user;
};

enum state { WAITING, SENT, ENDED };

/* What a question that was sent takes of what there is: a place, one of those for zones that have not shown that they speak,
 * or none any more, since it has been silent for as long as an attempt takes. */
enum place { PLACE_NONE, PLACE_SPEAKER, PLACE_STRANGER, PLACE_OVERDUE };

struct question {
  struct question *chain; /* of those that hash alike */
  struct question *next, *previous; /* of those of its zone that wait, that have a place, or that have ended */
  struct zone *zone;
  assay_lookup *first, *last;
  uint64_t hash;
  assay_question_type type;
  enum state state;
  enum place place;
  uint64_t sent_at;
  bool refresh; /* the cache wants to know, too */
  assay_outcome outcome; /* once it has ended without an answer */
  size_t len;
  char name[]; /* ends with a NUL */
};

struct lookups {
  struct lookups_options options;
  struct channels *channels;
  struct zones *zones;
  struct question **chains;
  size_t mask, count;
  struct queue {
    struct zone *first, *last;
  } ready[2]; /* zones that have something to send and may send it, in turn: strangers, and those that speak */
  size_t turn; /* the queue that is served next */
  struct question *first_placed, *last_placed; /* that have a place, in the order of their sending */
  size_t strangers; /* of them, those of strangers */
  struct question *first_ended, *last_ended; /* whose waiters have not been told */
  bool sending; /* what ends now is told later: c-ares may say so from within */
  uint64_t now;
  struct lookups_counts counts;
};

enum { CHAINS_LEAST = 256, OVERDUE_PARTS = 3 };

/* --- the table of questions --- */

static size_t question_size(size_t len) {
  return sizeof(struct question) + len + 1;
}

static uint64_t hash_of(const struct lookups *lookups, assay_question_type type, struct text name) {
  return text_hash_keyed(name, lookups->options.key + (uint64_t)type);
}

static bool make_chains(struct lookups *lookups, size_t size) {
  const assay_alloc *alloc = lookups->options.alloc;
  struct question **chains = mem_new(alloc, size * sizeof *chains);
  if (!chains) return false;
  for (size_t i = 0; lookups->chains && i <= lookups->mask; i++)
    while (lookups->chains[i]) {
      struct question *question = lookups->chains[i];
      lookups->chains[i] = question->chain;
      question->chain = chains[question->hash & (size - 1)];
      chains[question->hash & (size - 1)] = question;
    }
  if (lookups->chains) mem_free(alloc, lookups->chains, (lookups->mask + 1) * sizeof *chains);
  lookups->chains = chains;
  lookups->mask = size - 1;
  return true;
}

static struct question *find(const struct lookups *lookups, assay_question_type type, struct text name) {
  uint64_t hash = hash_of(lookups, type, name);
  struct question *question = lookups->chains[hash & lookups->mask];
  for (; question; question = question->chain)
    if (question->hash == hash && question->type == type && text_eq(text_of(question->name, question->len), name))
      return question;
  return NULL;
}

static struct question *add(struct lookups *lookups, assay_question_type type, struct text name, struct zone *zone) {
  if (lookups->count > lookups->mask) make_chains(lookups, (lookups->mask + 1) * 2); /* without memory it gets slower */
  struct question *question = mem_new(lookups->options.alloc, question_size(name.len));
  if (!question) return NULL;
  *question = (struct question){.zone = zone, .hash = hash_of(lookups, type, name), .type = type, .len = name.len};
  memcpy(question->name, name.ptr, name.len);
  struct question **chain = &lookups->chains[question->hash & lookups->mask];
  question->chain = *chain;
  *chain = question;
  lookups->count++;
  return question;
}

/* From now on the same question would be asked anew. */
static void take_out(struct lookups *lookups, const struct question *question) {
  struct question **at = &lookups->chains[question->hash & lookups->mask];
  while (*at != question) at = &(*at)->chain;
  *at = question->chain;
  lookups->count--;
}

/* --- waiting to be sent --- */

static void make_ready(struct lookups *lookups, struct zone *zone) {
  if (zone->is_ready || !zone->first || zone_is_full(lookups->zones, zone)) return;
  struct queue *queue = &lookups->ready[zone->speaks];
  zone->is_ready = true;
  zone->ready = NULL;
  *(queue->last ? &queue->last->ready : &queue->first) = zone;
  queue->last = zone;
}

static void enqueue(struct lookups *lookups, struct question *question) {
  struct zone *zone = question->zone;
  question->previous = zone->last;
  if (zone->last)
    zone->last->next = question;
  else
    zone->first = question;
  zone->last = question;
  lookups->counts.waiting++;
  make_ready(lookups, zone);
}

static void dequeue(struct lookups *lookups, struct question *question) {
  struct zone *zone = question->zone;
  *(question->previous ? &question->previous->next : &zone->first) = question->next;
  *(question->next ? &question->next->previous : &zone->last) = question->previous;
  question->next = question->previous = NULL;
  lookups->counts.waiting--;
}

/* --- places --- */

/* A silent server keeps its questions for seconds. That shall cost those least who ask where answers come from. */
static bool has_place(const struct lookups *lookups, bool speaks) {
  size_t limit = lookups->options.in_flight, half = limit > 1 ? limit / 2 : 1;
  if (lookups->counts.in_flight >= limit) return false;
  return speaks || (lookups->strangers < half && lookups->counts.overdue < limit * OVERDUE_PARTS);
}

static void take_place(struct lookups *lookups, struct question *question) {
  question->place = question->zone->speaks ? PLACE_SPEAKER : PLACE_STRANGER;
  question->sent_at = lookups->now;
  question->previous = lookups->last_placed;
  *(question->previous ? &question->previous->next : &lookups->first_placed) = question;
  lookups->last_placed = question;
  lookups->counts.in_flight++;
  lookups->strangers += question->place == PLACE_STRANGER;
}

static void leave_place(struct lookups *lookups, struct question *question, enum place next) {
  lookups->counts.overdue += (size_t)(next == PLACE_OVERDUE) - (size_t)(question->place == PLACE_OVERDUE);
  if (question->place != PLACE_OVERDUE) {
    *(question->previous ? &question->previous->next : &lookups->first_placed) = question->next;
    *(question->next ? &question->next->previous : &lookups->last_placed) = question->previous;
    question->next = question->previous = NULL;
    lookups->counts.in_flight--;
    lookups->strangers -= question->place == PLACE_STRANGER;
  }
  question->place = next;
}

static void free_overdue_places(struct lookups *lookups) {
  uint64_t patience = lookups->options.channels.attempt_ms;
  while (lookups->first_placed && lookups->first_placed->sent_at + patience <= lookups->now)
    leave_place(lookups, lookups->first_placed, PLACE_OVERDUE);
}

/* --- the end of a question --- */

static void add_ended(struct lookups *lookups, struct question *question, assay_outcome outcome) {
  question->state = ENDED;
  question->outcome = outcome;
  if (lookups->last_ended)
    lookups->last_ended->next = question;
  else
    lookups->first_ended = question;
  lookups->last_ended = question;
}

/* The zone is silent: what waits for it need not wait any longer. */
static void give_up(struct lookups *lookups, struct zone *zone) {
  lookups->counts.zones_down++;
  while (zone->first) {
    struct question *question = zone->first;
    dequeue(lookups, question);
    take_out(lookups, question);
    add_ended(lookups, question, ASSAY_OUTCOME_ZONE_DOWN);
  }
}

static void unlink_lookup(assay_lookup *lookup) {
  struct question *question = lookup->question;
  *(lookup->previous ? &lookup->previous->next : &question->first) = lookup->next;
  *(lookup->next ? &lookup->next->previous : &question->last) = lookup->previous;
  lookup->owner->counts.lookups--;
}

/* Tells those who wait, one by one: each may ask, and cancel others. */
static void tell(struct lookups *lookups, struct question *question, const assay_answer *answer) {
  while (question->first) {
    assay_lookup *lookup = question->first;
    assay_answer_fn callback = lookup->callback;
    void *user = lookup->user;
    unlink_lookup(lookup);
    mem_free(lookups->options.alloc, lookup, sizeof *lookup);
    callback(user, answer);
  }
  mem_free(lookups->options.alloc, question, question_size(question->len));
}

static void count(struct lookups *lookups, assay_outcome outcome) {
  struct lookups_counts *counts = &lookups->counts;
  uint64_t *counter = outcome <= ASSAY_OUTCOME_NXDOMAIN    ? &counts->answered
                      : outcome == ASSAY_OUTCOME_TIMEOUT ? &counts->timeouts
                                                         : &counts->failures;
  ++*counter;
}

/* c-ares has come to an end with a question. */
static void answered(void *user, void *sent, const struct dns_reply *reply) {
  struct lookups *lookups = user;
  struct question *question = sent;
  struct zone *zone = question->zone;
  assay_answer answer = {reply->outcome, reply->records, reply->count};
  leave_place(lookups, question, PLACE_NONE);
  count(lookups, reply->outcome);
  take_out(lookups, question);
  if (zone_done(lookups->zones, zone, reply->outcome, lookups->now)) give_up(lookups, zone);
  make_ready(lookups, zone);
  if (reply->keep)
    cache_put(lookups->options.cache, question->type, text_of(question->name, question->len), &answer, reply->ttl,
              lookups->now);
  if (lookups->sending) /* there was no message then, so there are no records */
    add_ended(lookups, question, reply->outcome);
  else
    tell(lookups, question, &answer);
}

/* --- sending --- */

static void send_one(struct lookups *lookups, struct zone *zone) {
  struct question *question = zone->first;
  dequeue(lookups, question);
  question->state = SENT;
  zone_sent(zone);
  take_place(lookups, question);
  lookups->counts.sent++;
  channels_ask(lookups->channels, question->type, text_of(question->name, question->len), question);
}

/* The next zone that may send; NULL when there is none. */
static struct zone *next_ready(struct lookups *lookups) {
  for (size_t i = 0; i < 2; i++) {
    size_t which = (lookups->turn + i) % 2;
    struct queue *queue = &lookups->ready[which];
    struct zone *zone = queue->first;
    if (!zone || !has_place(lookups, which == 1)) continue;
    queue->first = zone->ready;
    if (!queue->first) queue->last = NULL;
    zone->is_ready = false;
    lookups->turn = 1 - which;
    return zone;
  }
  return NULL;
}

/* A zone after the other sends one, so that none has to wait for another's crowd. */
static void send_ready(struct lookups *lookups) {
  lookups->sending = true;
  free_overdue_places(lookups);
  for (struct zone *zone = next_ready(lookups); zone; zone = next_ready(lookups)) {
    if (!zone->first || zone_is_full(lookups->zones, zone)) continue;
    send_one(lookups, zone);
    make_ready(lookups, zone);
  }
  lookups->sending = false;
}

void lookups_process(struct lookups *lookups, int fd, bool readable, bool writable, uint64_t now) {
  lookups->now = now;
  channels_process(lookups->channels, fd, readable, writable);
  send_ready(lookups);
  while (lookups->first_ended) {
    struct question *question = lookups->first_ended;
    lookups->first_ended = question->next;
    if (!lookups->first_ended) lookups->last_ended = NULL;
    tell(lookups, question, &(assay_answer){.outcome = question->outcome});
    send_ready(lookups);
  }
}

/* When a place is free again because it has been kept for too long, or c-ares has something to do. */
int lookups_timeout(const struct lookups *lookups, uint64_t now) {
  if (lookups->first_ended) return 0;
  int channels = channels_timeout(lookups->channels);
  if (lookups->counts.waiting == 0 || !lookups->first_placed) return channels;
  uint64_t due = lookups->first_placed->sent_at + lookups->options.channels.attempt_ms;
  int place = due > now ? (int)(due - now) : 0;
  return channels >= 0 && channels < place ? channels : place;
}

/* --- asking --- */

/* The question, under way already or from now on; *down: its zone is, and it is not asked. NULL without memory, too. */
static struct question *begin(struct lookups *lookups, assay_question_type type, struct text name, bool *down) {
  struct question *question = find(lookups, type, name);
  *down = false;
  if (question) {
    lookups->counts.coalesced++;
    return question;
  }
  struct zone *zone = zones_find(lookups->zones, zone_of(lookups->options.suffixes, name), lookups->now);
  *down = zone && zone_is_down(zone, lookups->now);
  if (!zone || *down) return NULL;
  question = add(lookups, type, name, zone);
  if (question) enqueue(lookups, question);
  return question;
}

static void abandon(struct lookups *lookups, struct question *question) {
  if (question->state != WAITING || question->first || question->refresh) return;
  dequeue(lookups, question);
  take_out(lookups, question);
  mem_free(lookups->options.alloc, question, question_size(question->len));
}

assay_status lookups_ask(struct lookups *lookups, assay_question_type type, struct text name, uint64_t now,
                         assay_answer_fn callback, void *user, assay_lookup **out) {
  bool down;
  *out = NULL;
  lookups->now = now;
  assay_lookup *lookup = mem_new(lookups->options.alloc, sizeof *lookup);
  struct question *question = lookup ? begin(lookups, type, name, &down) : NULL;
  if (!question) {
    if (lookup) mem_free(lookups->options.alloc, lookup, sizeof *lookup);
    if (!lookup || !down) return ASSAY_NO_MEMORY;
    callback(user, &(assay_answer){.outcome = ASSAY_OUTCOME_ZONE_DOWN});
    return ASSAY_OK;
  }
  *lookup = (assay_lookup){.previous = question->last, .owner = lookups, .question = question, .callback = callback,
                           .user = user};
  *(question->last ? &question->last->next : &question->first) = lookup;
  question->last = lookup;
  lookups->counts.lookups++;
  *out = lookup;
  if (!lookups->sending) send_ready(lookups);
  return ASSAY_OK;
}

void lookups_refresh(struct lookups *lookups, assay_question_type type, struct text name, uint64_t now) {
  bool down;
  lookups->now = now;
  if (find(lookups, type, name)) return;
  struct question *question = begin(lookups, type, name, &down);
  if (!question) return;
  question->refresh = true;
  if (!lookups->sending) send_ready(lookups);
}

void assay_lookup_cancel(assay_lookup *lookup) {
  if (!lookup) return;
  struct lookups *lookups = lookup->owner;
  struct question *question = lookup->question;
  unlink_lookup(lookup);
  mem_free(lookups->options.alloc, lookup, sizeof *lookup);
  abandon(lookups, question);
}

/* --- life --- */

struct channels *lookups_channels(const struct lookups *lookups) {
  return lookups->channels;
}

const struct lookups_counts *lookups_counts(const struct lookups *lookups) {
  return &lookups->counts;
}

assay_status lookups_new(struct lookups **out, const struct lookups_options *options) {
  *out = NULL;
  struct lookups *lookups = mem_new(options->alloc, sizeof *lookups);
  if (!lookups) return ASSAY_NO_MEMORY;
  lookups->options = *options;
  lookups->options.channels.answered = answered;
  lookups->options.channels.user = lookups;
  assay_status status = make_chains(lookups, CHAINS_LEAST) ? ASSAY_OK : ASSAY_NO_MEMORY;
  if (status == ASSAY_OK) status = zones_new(&lookups->zones, &options->zone, options->key, options->alloc);
  if (status == ASSAY_OK) status = channels_new(&lookups->channels, &lookups->options.channels);
  if (status == ASSAY_OK)
    *out = lookups;
  else
    lookups_free(lookups);
  return status;
}

static void drop(struct lookups *lookups, struct question *question) {
  while (question->first) {
    assay_lookup *lookup = question->first;
    unlink_lookup(lookup);
    mem_free(lookups->options.alloc, lookup, sizeof *lookup);
  }
  mem_free(lookups->options.alloc, question, question_size(question->len));
}

void lookups_free(struct lookups *lookups) {
  if (!lookups) return;
  const assay_alloc *alloc = lookups->options.alloc;
  channels_free(lookups->channels);
  for (size_t i = 0; lookups->chains && i <= lookups->mask; i++)
    while (lookups->chains[i]) {
      struct question *question = lookups->chains[i];
      lookups->chains[i] = question->chain;
      drop(lookups, question);
    }
  while (lookups->first_ended) {
    struct question *question = lookups->first_ended;
    lookups->first_ended = question->next;
    drop(lookups, question);
  }
  if (lookups->chains) mem_free(alloc, lookups->chains, (lookups->mask + 1) * sizeof *lookups->chains);
  zones_free(lookups->zones);
  mem_free(alloc, lookups, sizeof *lookups);
}
