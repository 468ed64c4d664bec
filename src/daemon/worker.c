/* Owns a thread of the daemon: its loop, its resolver, its connections, and the facts and verdicts that they borrow.
 * Must never know: a protocol. */
#include "daemon/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/connection.h"

enum { ACCEPTS_A_TURN = 64, ACCEPT_PAUSE_MS = 100, STOP_LOOK_MS = 50, UNUSED_MOST = 64, ROOM_MOST = 4096 };

static struct timeval time_of(uint64_t ms) {
  return (struct timeval){.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
}

/* --- what requests borrow --- */

static void free_slot(struct slot *slot) {
  assay_verdict_free(slot->verdict);
  assay_facts_free(slot->facts);
  free(slot);
}

/* What a front end does not say will not come; what only DNS knows is asked for, if it is on. */
static struct slot *new_slot(const struct worker *worker) {
  struct slot *slot = calloc(1, sizeof *slot);
  if (!slot) return NULL;
  if (assay_facts_new(&slot->facts, NULL) == ASSAY_OK && assay_verdict_new(&slot->verdict, NULL) == ASSAY_OK) {
    assay_facts_default_why(slot->facts, ASSAY_NEVER, worker->resolver ? ASSAY_NOT_YET : ASSAY_NEVER);
    return slot;
  }
  free_slot(slot);
  return NULL;
}

static void free_unused(struct worker *worker) {
  while (worker->unused) {
    struct slot *slot = worker->unused;
    worker->unused = slot->next;
    free_slot(slot);
  }
  worker->unused_count = 0;
}

/* A verdict keeps its rule set: once there is another one, none that is unused may hold on to the old one. */
static void note_rules(struct worker *worker, const assay_ruleset *rules) {
  if (worker->rules != rules) free_unused(worker);
  worker->rules = rules;
}

struct slot *worker_slot(struct worker *worker) {
  assay_ruleset *rules = rules_get(worker->server->rules);
  note_rules(worker, rules);
  struct slot *slot = worker->unused;
  if (slot) {
    worker->unused = slot->next;
    worker->unused_count--;
    slot->next = NULL;
  } else {
    slot = new_slot(worker);
  }
  if (slot)
    slot->rules = rules;
  else
    assay_ruleset_unref(rules);
  return slot;
}

void worker_give_back(struct worker *worker, struct slot *slot) {
  bool keep = slot->rules == worker->rules && worker->unused_count < UNUSED_MOST;
  assay_ruleset_unref(slot->rules);
  slot->rules = NULL;
  slot->scoring = NULL;
  slot->connection = NULL;
  slot->done = false;
  if (!keep) {
    free_slot(slot);
    return;
  }
  assay_facts_clear(slot->facts);
  slot->next = worker->unused;
  worker->unused = slot;
  worker->unused_count++;
}

void worker_take_room(struct bytes *room, struct bytes *buffer) {
  if (buffer->cap > 0 || buffer->failed) return;
  *buffer = *room;
  *room = (struct bytes){0};
}

void worker_give_room(struct bytes *room, struct bytes *buffer) {
  if (room->cap == 0 && buffer->cap <= ROOM_MOST)
    *room = (struct bytes){.ptr = buffer->ptr, .cap = buffer->cap};
  else
    free(buffer->ptr);
  *buffer = (struct bytes){0};
}

/* --- connections --- */

static void pause_accepting(struct worker *worker) {
  struct timeval pause = time_of(ACCEPT_PAUSE_MS);
  for (size_t i = 0; i < worker->listener_count; i++)
    if (worker->accepts[i]) event_del(worker->accepts[i]);
  evtimer_add(worker->accept_timer, &pause);
}

static void accept_again(evutil_socket_t fd, short what, void *user) {
  struct worker *worker = user;
  (void)fd, (void)what;
  for (size_t i = 0; i < worker->listener_count && !worker->stopping; i++) event_add(worker->accepts[i], NULL);
}

static const struct front *front_of(const struct conf_listen *conf) {
  static const struct front *const fronts[] = {[CONF_SPAMD] = &front_spamd, [CONF_POLICY] = &front_policy};
  return fronts[conf->front];
}

/* NONE: nobody waits to be let in any more, or nobody can be. SERVED: one who may be gone already was. */
enum let_in { LET_IN_NONE, LET_IN_ONE, LET_IN_SERVED };

static enum let_in accept_one(struct worker *worker, const struct listener *listener) {
  struct sockaddr_storage peer = {0};
  socklen_t size = sizeof peer;
  int client = accept4(listener->fd, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client >= 0)
    return connection_open(worker, client, &peer, front_of(listener->conf)) ? LET_IN_SERVED : LET_IN_ONE;
  if (errno == EINTR || errno == ECONNABORTED) return LET_IN_ONE;
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    server_trouble(worker->server, TROUBLE_DESCRIPTORS, front_of(listener->conf)->name, NULL, strerror(errno));
    pause_accepting(worker);
  }
  return LET_IN_NONE;
}

/* Which listener it was is found by its descriptor, of which there are few. A client that comes again and again would
 * have many connections at once if none of its ends were seen meanwhile. */
static void accept_some(evutil_socket_t fd, short what, void *user) {
  struct worker *worker = user;
  const struct listener *listener = worker->listeners;
  (void)what;
  while (listener->fd != fd) listener++;
  for (int i = 0; i < ACCEPTS_A_TURN && accept_one(worker, listener) == LET_IN_ONE; i++) {
  }
}

/* --- DNS --- */

static void dns_ready(evutil_socket_t fd, short what, void *user) {
  struct worker *worker = user;
  assay_resolver_process(worker->resolver, fd, what & EV_READ, what & EV_WRITE);
}

static void dns_due(evutil_socket_t fd, short what, void *user) {
  struct worker *worker = user;
  (void)fd, (void)what;
  assay_resolver_process(worker->resolver, -1, false, false);
}

static struct watch *find_watch(struct worker *worker, int fd) {
  for (size_t i = 0; i < worker->watch_count; i++)
    if (worker->watches[i].fd == fd) return &worker->watches[i];
  struct watch *watches = realloc(worker->watches, (worker->watch_count + 1) * sizeof *watches);
  if (!watches) return NULL;
  worker->watches = watches;
  worker->watches[worker->watch_count] = (struct watch){.fd = fd};
  return &worker->watches[worker->watch_count++];
}

/* Without memory it is not watched, and its questions time out. */
static void watch_dns(void *user, int fd, bool read, bool write) {
  struct worker *worker = user;
  struct watch *watch = find_watch(worker, fd);
  if (!watch) return;
  if (watch->event) event_free(watch->event);
  watch->event = NULL;
  if (!read && !write) {
    *watch = worker->watches[--worker->watch_count];
    return;
  }
  short events = (short)(EV_PERSIST | (read ? EV_READ : 0) | (write ? EV_WRITE : 0));
  watch->event = event_new(worker->base, fd, events, dns_ready, worker);
  if (watch->event) event_add(watch->event, NULL);
}

static void arm_dns_timer(struct worker *worker) {
  int ms = worker->resolver ? assay_resolver_timeout(worker->resolver) : -1;
  struct timeval wait = time_of(ms < 0 ? 0 : (uint64_t)ms);
  if (ms >= 0)
    evtimer_add(worker->dns_timer, &wait);
  else if (worker->dns_timer)
    evtimer_del(worker->dns_timer);
}

/* --- the loop --- */

static void woken(evutil_socket_t fd, short what, void *user) {
  uint64_t count;
  (void)what, (void)user;
  (void)!read(fd, &count, sizeof count);
}

static void look_again(evutil_socket_t fd, short what, void *user) {
  (void)fd, (void)what, (void)user;
}

/* Who waited to be let in still is. The last worker to leave them closes the listeners: who comes during the time of
 * grace is told at once that nobody is here. */
static void stop_accepting(struct worker *worker) {
  for (size_t i = 0; i < worker->listener_count; i++) {
    for (int k = 0; k < LISTENER_BACKLOG && accept_one(worker, &worker->listeners[i]) != LET_IN_NONE; k++) {
    }
    event_free(worker->accepts[i]);
    worker->accepts[i] = NULL;
  }
  evtimer_del(worker->accept_timer);
  if (--worker->server->accepting > 0) return;
  for (size_t i = 0; i < worker->listener_count; i++) listener_close(&worker->listeners[i]);
}

static void begin_to_stop(struct worker *worker) {
  worker->stopping = true;
  worker->stop_by = server_now_ms() + worker->server->conf->limits.grace;
  stop_accepting(worker);
  connections_stop(worker);
  struct timeval look = time_of(STOP_LOOK_MS); /* whether the time of grace is over */
  event_assign(&worker->stop_timer, worker->base, -1, EV_PERSIST, look_again, worker);
  event_add(&worker->stop_timer, &look);
}

/* One wake-up after the other: all that is ready is handled, then the log goes out in one piece. */
static void *run(void *user) {
  struct worker *worker = user;
  while (!worker->stopping || (worker->connection_count > 0 && server_now_ms() < worker->stop_by)) {
    arm_dns_timer(worker);
    if (event_base_loop(worker->base, EVLOOP_ONCE) < 0) break;
    if (!worker->stopping && worker->server->stopping) begin_to_stop(worker);
    log_flush(&worker->server->log, &worker->log);
  }
  connections_close_all(worker);
  log_flush(&worker->server->log, &worker->log);
  return NULL;
}

/* --- life --- */

static bool open_resolver(struct worker *worker) {
  const struct conf *conf = worker->server->conf;
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  if (!conf->dns) return true;
  options.servers = conf->resolver;
  options.deadline_ms = conf->limits.deadline;
  assay_status status = assay_resolver_new(&worker->resolver, &options);
  if (status == ASSAY_OK) assay_resolver_watch(worker->resolver, watch_dns, worker);
  if (status != ASSAY_OK)
    log_say(&worker->server->log, "error", "resolver", "cannot ask DNS (%s): %s; `resolver ADDRESS` names a server, "
            "`resolver off` does without",
            conf->resolver ? conf->resolver : "the default servers", assay_status_text(status));
  return status == ASSAY_OK;
}

static bool open_loop(struct worker *worker) {
  struct event_config *config = event_config_new();
  if (!config) return false;
  event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK); /* one thread, woken by a descriptor */
  worker->base = event_base_new_with_config(config);
  event_config_free(config);
  worker->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (!worker->base || worker->wake_fd < 0) return false;
  worker->dns_timer = evtimer_new(worker->base, dns_due, worker);
  worker->accept_timer = evtimer_new(worker->base, accept_again, worker);
  worker->wake = event_new(worker->base, worker->wake_fd, EV_READ | EV_PERSIST, woken, worker);
  if (!worker->dns_timer || !worker->accept_timer || !worker->wake) return false;
  event_add(worker->wake, NULL);
  for (size_t i = 0; i < worker->listener_count; i++) {
    worker->accepts[i] = event_new(worker->base, worker->listeners[i].fd, EV_READ | EV_PERSIST, accept_some, worker);
    if (!worker->accepts[i] || event_add(worker->accepts[i], NULL) != 0) return false;
  }
  return true;
}

static void close_worker(struct worker *worker) {
  assay_resolver_free(worker->resolver);
  for (size_t i = 0; i < worker->watch_count; i++)
    if (worker->watches[i].event) event_free(worker->watches[i].event);
  free(worker->watches);
  for (size_t i = 0; i < worker->listener_count; i++)
    if (worker->accepts[i]) event_free(worker->accepts[i]);
  if (worker->dns_timer) event_free(worker->dns_timer);
  if (worker->accept_timer) event_free(worker->accept_timer);
  if (worker->wake) event_free(worker->wake);
  if (worker->stopping) event_del(&worker->stop_timer);
  if (worker->base) event_base_free(worker->base);
  if (worker->wake_fd >= 0) close(worker->wake_fd);
  free_unused(worker);
  assay_workspace_free(worker->workspace);
  bytes_free(&worker->in);
  bytes_free(&worker->out);
  bytes_free(&worker->log);
}

bool worker_start(struct worker *worker, struct server *server, struct listener *listeners, size_t count) {
  *worker = (struct worker){.server = server, .listeners = listeners, .listener_count = count, .wake_fd = -1};
  bool made = open_resolver(worker);
  server->accepting++;
  if (made && (!open_loop(worker) || assay_workspace_new(&worker->workspace, NULL) != ASSAY_OK ||
               pthread_create(&worker->thread, NULL, run, worker) != 0)) {
    log_say(&server->log, "error", "worker", "cannot make a worker: out of memory, descriptors or threads");
    made = false;
  }
  if (!made) {
    server->accepting--;
    close_worker(worker);
  }
  return made;
}

void worker_wake(struct worker *worker) {
  uint64_t one = 1;
  (void)!write(worker->wake_fd, &one, sizeof one);
}

void worker_join(struct worker *worker) {
  pthread_join(worker->thread, NULL);
  close_worker(worker);
}
