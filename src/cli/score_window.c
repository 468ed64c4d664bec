/* Owns connections being scored while others wait for DNS, and their answers in the order of the input.
 * Must never know: how a connection is written, or an answer. */
#include "cli/score_window.h"

#include <errno.h>
#include <stdlib.h>

/* A connection that has its verdict keeps its place until all before it have theirs. So many may stand there, and hold
 * so many bytes of input, for a line may be a mebibyte. */
#define SLOTS_MOST 4096
#define BYTES_MOST (16u * 1024u * 1024u)

#define KEPT_MOST (16u * 1024u) /* a slot that has held a longer line is not kept for others: facts keep their memory */

/* The deadline of a connection runs while its questions wait to be sent, and silent servers keep theirs under way for
 * seconds: behind a queue of those, others would come too late. So a connection begins only while there is room for
 * what it asks; an eighth is left for what those that have begun ask next. */
#define ROOM_LEFT 8

#define LOOK_EVERY 64 /* connections between two looks at DNS, where there is always input */

struct slot {
  struct slot *next;
  struct window *window;
  assay_facts *facts;
  assay_verdict *verdict;
  assay_scoring *scoring; /* NULL unless it waits */
  bool done;
  assay_status status;
  assay_dns_usage usage;
  struct proto_id id;
  struct bytes id_copy;
  uint64_t line;
  size_t longest; /* of the lines that it has held */
};

/* --- descriptors --- */

static void fail(struct window *window, const char *why) {
  if (!window->failed) cli_complain(window->scorer->cli, "%s", why);
  window->failed = true;
}

static bool grow_watched(struct window *window) {
  if (window->watched_count < window->watched_cap) return true;
  size_t cap = window->watched_cap ? window->watched_cap * 2 : 8;
  struct pollfd *watched = realloc(window->watched, cap * sizeof *watched);
  if (watched) window->watched = watched;
  struct pollfd *turn = realloc(window->turn, cap * sizeof *turn);
  if (turn) window->turn = turn;
  if (!watched || !turn) return false;
  window->watched_cap = cap;
  return true;
}

static void watch(void *user, int fd, bool read, bool write) {
  struct window *window = user;
  short events = (short)((read ? POLLIN : 0) | (write ? POLLOUT : 0));
  size_t at = 1;
  while (at < window->watched_count && window->watched[at].fd != fd) at++;
  if (at == window->watched_count && !events) return;
  if (at == window->watched_count && !grow_watched(window)) {
    fail(window, "out of memory");
    return;
  }
  if (at == window->watched_count) window->watched_count++;
  window->watched[at] = (struct pollfd){.fd = fd, .events = events};
  if (!events) window->watched[at] = window->watched[--window->watched_count];
}

/* --- slots --- */

static void free_slot(struct slot *slot) {
  assay_scoring_cancel(slot->scoring);
  assay_facts_free(slot->facts);
  assay_verdict_free(slot->verdict);
  bytes_free(&slot->id_copy);
  free(slot);
}

static void free_slots(struct slot *slot) {
  while (slot) {
    struct slot *next = slot->next;
    free_slot(slot);
    slot = next;
  }
}

static struct slot *new_slot(struct window *window) {
  struct slot *slot = calloc(1, sizeof *slot);
  if (!slot) return NULL;
  slot->window = window;
  if (score_new(window->scorer, &slot->facts, &slot->verdict)) return slot;
  free_slot(slot);
  return NULL;
}

bool window_init(struct window *window, struct scorer *scorer, void (*answer)(void *user, const struct scored *scored),
                 bool (*quiet)(void *user), void *user) {
  *window = (struct window){.scorer = scorer, .answer = answer, .quiet = quiet, .user = user};
  if (!grow_watched(window)) return false;
  window->watched[0] = (struct pollfd){.fd = -1, .events = POLLIN};
  window->watched_count = 1;
  assay_resolver_watch(scorer->resolver, watch, window);
  return !window->failed;
}

void window_free(struct window *window) {
  assay_resolver_watch(window->scorer->resolver, NULL, NULL);
  if (window->current) free_slot(window->current);
  free_slots(window->first);
  free_slots(window->unused);
  free(window->watched);
  free(window->turn);
}

assay_facts *window_facts(struct window *window) {
  if (!window->current && window->unused) {
    window->current = window->unused;
    window->unused = window->unused->next;
  }
  if (!window->current) window->current = new_slot(window);
  return window->current ? window->current->facts : NULL;
}

/* --- scoring --- */

static void scored(void *user, assay_status status, const assay_dns_usage *usage) {
  struct slot *slot = user;
  slot->scoring = NULL;
  slot->done = true;
  slot->status = status;
  slot->usage = *usage;
}

static assay_status start(struct slot *slot) {
  const struct scorer *scorer = slot->window->scorer;
  slot->done = !scorer->resolver;
  slot->status = ASSAY_OK;
  if (slot->done) return assay_evaluate(scorer->ruleset, slot->facts, scorer->workspace, slot->verdict);
  return assay_resolver_score_start(scorer->resolver, scorer->ruleset, slot->facts, scorer->workspace, slot->verdict,
                                    scored, slot, &slot->scoring);
}

static void give(struct window *window, const struct slot *slot, const struct proto_id *id) {
  struct scored scored = {slot->verdict, window->scorer->resolver ? &slot->usage : NULL, id, slot->line};
  if (slot->status == ASSAY_OK) {
    window->answer(window->user, &scored);
    return;
  }
  if (!window->failed) score_complain(window->scorer, slot->status);
  window->failed = true;
}

static void give_first(struct window *window) {
  struct slot *slot = window->first;
  window->first = slot->next;
  window->count--;
  window->bytes -= slot->longest;
  give(window, slot, &slot->id);
  if (slot->longest > KEPT_MOST) {
    free_slot(slot);
    return;
  }
  slot->next = window->unused;
  window->unused = slot;
}

static void give_all_there_are(struct window *window) {
  while (window->first && window->first->done && !window->failed) give_first(window);
}

/* The connection takes its place behind those that came before it. */
static void append(struct window *window, const struct proto_id *id) {
  struct slot *slot = window->current;
  slot->id_copy.len = 0;
  bytes_add(&slot->id_copy, id->ptr, id->len);
  slot->id = (struct proto_id){id->kind, slot->id_copy.ptr, slot->id_copy.len};
  if (slot->id_copy.failed) fail(window, "out of memory");
  slot->next = NULL;
  if (window->first)
    window->last->next = slot;
  else
    window->first = slot;
  window->last = slot;
  window->current = NULL;
  window->count++;
  window->bytes += slot->longest;
}

/* --- waiting --- */

/* Handles what has happened; where that is nothing, and wait is true, it waits for something. True when there is
 * input. */
static bool turn(struct window *window, int input, bool wait) {
  assay_resolver *resolver = window->scorer->resolver;
  size_t count = window->watched_count; /* the list may change while what is ready is handled */
  window->watched[0].fd = input;
  memcpy(window->turn, window->watched, count * sizeof *window->turn);
  int ready = poll(window->turn, (nfds_t)count, 0);
  if (ready == 0 && wait) {
    if (!window->quiet(window->user)) window->failed = true;
    ready = poll(window->turn, (nfds_t)count, window->failed ? 0 : assay_resolver_timeout(resolver));
  }
  if (ready < 0 && errno != EINTR) fail(window, strerror(errno));
  bool has_input = ready > 0 && window->turn[0].revents;
  for (size_t i = 1; ready > 0 && i < count; i++) {
    short events = window->turn[i].revents;
    if (events) assay_resolver_process(resolver, window->turn[i].fd, events & ~POLLOUT, events & POLLOUT);
  }
  assay_resolver_process(resolver, -1, false, false);
  give_all_there_are(window);
  window->unseen = 0;
  return has_input;
}

static bool is_full(const struct window *window) {
  assay_resolver_stats stats;
  assay_resolver_statistics(window->scorer->resolver, &stats);
  size_t most = window->scorer->in_flight - window->scorer->in_flight / ROOM_LEFT;
  if (window->count >= SLOTS_MOST || window->bytes >= BYTES_MOST) return true;
  return stats.in_flight + stats.waiting >= most;
}

bool window_score(struct window *window, const struct proto_id *id, uint64_t line, size_t len) {
  struct slot *slot = window->current;
  if (window->failed) return false;
  slot->line = line;
  if (slot->longest < len) slot->longest = len;
  assay_status status = start(slot);
  if (status != ASSAY_OK) {
    score_complain(window->scorer, status);
    window->failed = true;
  } else if (slot->done && !window->first) {
    give(window, slot, id); /* the usual case, where nothing has to be kept */
  } else {
    append(window, id);
  }
  if (window->first && ++window->unseen >= LOOK_EVERY) turn(window, -1, false);
  while (window->first && is_full(window) && !window->failed) turn(window, -1, true);
  return !window->failed;
}

void window_wait_for_input(struct window *window, int input) {
  while (window->first && !window->failed)
    if (turn(window, input, true)) break;
}

void window_finish(struct window *window) {
  while (window->first && !window->failed) turn(window, -1, true);
}
