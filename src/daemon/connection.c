/* Owns a connection of a client: its bytes in and out, its times, and a request that waits for its verdict.
 * Must never know: what the bytes mean. */
#include "daemon/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/account.h"

enum { READ_MOST = 64 * 1024, LINGER_MS = 2000 };

/* What an idle one costs is this and its descriptor: the buffers are there while there is something in them. */
struct connection {
  struct connection *next, *previous; /* of the worker's */
  struct worker *worker;
  const struct front *front;
  void *state; /* of the front end; NULL until its first request begins */
  struct event event;
  int fd;
  struct net_address peer;
  uint16_t port;
  bool counted;    /* among its client's */
  bool at_end;     /* nothing more will come from it */
  bool closing;    /* what is to be written goes out, then it is closed */
  bool abrupt;     /* it may still be sending: what comes is thrown away, lest the answer be lost with it */
  bool lingering;
  bool answered;   /* it has had an answer: what comes next is a new request */
  struct bytes in, out;
  size_t written;  /* of out */
  size_t held;     /* counted in the server's bytes */
  uint64_t asked_us; /* when the request at hand began; 0: none has */
  struct slot *slot; /* the request at hand waits for its verdict */
  struct exchange exchange; /* of that request */
};

/* --- small things --- */

static const char *peer_text(const struct connection *c, char out[NET_TEXT]) {
  net_print(out, &c->peer);
  return out;
}

static void trouble(struct connection *c, enum trouble what, const char *detail) {
  char peer[NET_TEXT];
  server_trouble(c->worker->server, what, c->front->name, peer_text(c, peer), detail);
}

/* The server's sum follows what this one holds; false when that is more than may be held. */
static bool weigh(struct connection *c) {
  struct server *server = c->worker->server;
  size_t limit = server->conf->limits.bytes, held = c->in.cap + c->out.cap;
  bool more = held > c->held;
  size_t sum = atomic_fetch_add(&server->bytes, held - c->held) + held - c->held;
  c->held = held;
  return !more || limit == 0 || sum <= limit;
}

/* A buffer with nothing in it is not kept, so an idle connection costs next to nothing. */
static void relax(struct connection *c) {
  if (c->in.len == 0) bytes_free(&c->in);
  if (c->out.len == 0) bytes_free(&c->out);
  weigh(c);
}

static void close_connection(struct connection *c) {
  struct worker *worker = c->worker;
  event_del(&c->event);
  if (c->slot) {
    assay_scoring_cancel(c->slot->scoring);
    worker_give_back(worker, c->slot);
  }
  assay_ruleset_unref((assay_ruleset *)(uintptr_t)c->exchange.rules);
  if (c->front->end && c->state) c->front->end(c->state);
  free(c->state);
  bytes_free(&c->in);
  bytes_free(&c->out);
  weigh(c);
  close(c->fd);
  if (c->counted) clients_leave(worker->server->clients, &c->peer);
  worker->server->connections--;
  worker->connection_count--;
  *(c->previous ? &c->previous->next : &worker->connections) = c->next;
  if (c->next) c->next->previous = c->previous;
  free(c);
}

/* --- writing --- */

/* False when it is gone. */
static bool write_out(struct connection *c) {
  while (c->written < c->out.len) {
    ssize_t done = send(c->fd, c->out.ptr + c->written, c->out.len - c->written, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    c->written += (size_t)done;
  }
  c->out.len = c->written = 0;
  return true;
}

/* --- time --- */

static uint64_t left_ms(uint64_t limit_ms, uint64_t since_us) {
  if (limit_ms == 0) return 0;
  uint64_t gone = (server_now_us() - since_us) / 1000;
  return gone < limit_ms ? limit_ms - gone : 1;
}

/* What it is waiting for, and how long it may. */
static void wait_for_more(struct connection *c) {
  const struct conf_limits *limits = &c->worker->server->conf->limits;
  bool writing = c->written < c->out.len;
  short events = (short)(writing ? EV_WRITE : EV_READ);
  uint64_t ms = limits->idle;
  if (c->lingering)
    ms = LINGER_MS;
  else if (writing)
    ms = limits->write;
  else if (c->asked_us > 0)
    ms = left_ms(limits->whole_request, c->asked_us);
  else if (!c->answered)
    ms = limits->first_byte;
  struct timeval wait = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
  if (!writing && c->slot) { /* its verdict comes when it comes */
    event_del(&c->event);
    return;
  }
  if (event_pending(&c->event, events, NULL) && event_get_events(&c->event) == events) {
    event_add(&c->event, ms > 0 ? &wait : NULL);
    return;
  }
  event_del(&c->event);
  event_assign(&c->event, c->worker->base, c->fd, events, event_get_callback(&c->event), c);
  event_add(&c->event, ms > 0 ? &wait : NULL);
}

/* --- requests --- */

static bool prepare(struct connection *c, struct slot *slot) {
  struct worker *worker = c->worker;
  if (!c->state && c->front->state_size > 0) c->state = calloc(1, c->front->state_size);
  if (!c->state && c->front->state_size > 0) return false;
  c->exchange = (struct exchange){.conf = worker->server->conf,
                                  .state = c->state,
                                  .bytes = c->in.ptr,
                                  .len = c->in.len,
                                  .at_end = c->at_end,
                                  .facts = slot->facts,
                                  .rules = rules_get(worker->server->rules),
                                  .out = &c->out};
  return true;
}

static void forget_rules(struct connection *c) {
  assay_ruleset_unref((assay_ruleset *)(uintptr_t)c->exchange.rules);
  c->exchange.rules = NULL;
}

static void give_up(struct connection *c, enum front_limit why) {
  c->exchange.out = &c->out;
  c->exchange.state = c->state;
  if (c->front->give_up && c->state) c->front->give_up(&c->exchange, why);
  c->closing = c->abrupt = true;
}

/* The request at hand is over: its bytes go, and the next one may begin. */
static void end_request(struct connection *c) {
  size_t used = c->exchange.used < c->in.len ? c->exchange.used : c->in.len;
  if (used > 0) memmove(c->in.ptr, c->in.ptr + used, c->in.len - used);
  c->in.len -= used;
  c->asked_us = c->in.len > 0 ? server_now_us() : 0;
  c->answered = true;
  if (c->exchange.close) c->closing = true;
}

/* The verdict is there. */
static void answer(struct connection *c, struct slot *slot) {
  struct verdict_given given = {slot->verdict, c->worker->resolver ? &slot->usage : NULL};
  if (slot->status == ASSAY_OK) {
    c->exchange.out = &c->out;
    c->exchange.bytes = c->in.ptr;
    c->front->answer(&c->exchange, &given);
    account_verdict(c->worker, c->front, &c->exchange, &given, server_now_us() - c->asked_us);
    if (slot->usage.late) trouble(c, TROUBLE_LATE, NULL);
  } else {
    trouble(c, TROUBLE_MEMORY, assay_status_text(slot->status));
    give_up(c, FRONT_NO_MEMORY);
  }
  forget_rules(c);
  end_request(c);
  worker_give_back(c->worker, slot);
}

static void go_on(struct connection *c);

static void scored(void *user, assay_status status, const assay_dns_usage *usage) {
  struct slot *slot = user;
  struct connection *c = slot->connection;
  slot->status = status;
  slot->usage = *usage;
  slot->scoring = NULL;
  slot->done = true;
  if (!c) return; /* it took no time: whoever asked looks at it */
  c->slot = NULL;
  answer(c, slot);
  go_on(c);
}

/* True when the verdict was there at once. */
static bool score(struct connection *c, struct slot *slot) {
  struct worker *worker = c->worker;
  slot->done = false;
  slot->usage = (assay_dns_usage){0};
  assay_status status;
  if (worker->resolver) {
    status = assay_resolver_score_start(worker->resolver, c->exchange.rules, slot->facts, worker->workspace,
                                        slot->verdict, scored, slot, &slot->scoring);
  } else {
    status = assay_evaluate(c->exchange.rules, slot->facts, worker->workspace, slot->verdict);
    slot->done = true;
  }
  if (status != ASSAY_OK || !worker->resolver) slot->status = status;
  if (status != ASSAY_OK) slot->done = true;
  if (slot->done) return true;
  slot->connection = c;
  c->slot = slot;
  return false;
}

/* One step with what is there; false when there is nothing more to do for now. */
static bool take_one(struct connection *c) {
  struct slot *slot = worker_slot(c->worker);
  if (!slot || !prepare(c, slot)) {
    trouble(c, TROUBLE_MEMORY, NULL);
    if (slot) worker_give_back(c->worker, slot);
    give_up(c, FRONT_NO_MEMORY);
    return false;
  }
  enum front_step step = c->front->take(&c->exchange);
  if (step == FRONT_ASK) {
    if (!score(c, slot)) return false;
    answer(c, slot);
    return !c->closing;
  }
  worker_give_back(c->worker, slot);
  forget_rules(c);
  if (step == FRONT_DONE) end_request(c);
  if (step == FRONT_CLOSE) {
    if (c->exchange.trouble[0]) trouble(c, TROUBLE_REQUEST, c->exchange.trouble);
    c->closing = true;
    c->abrupt = c->exchange.trouble[0] != '\0';
  }
  return step == FRONT_DONE && !c->closing;
}

/* A connection that is closed while bytes wait to be read is torn down, and what was written may never be seen. So the
 * other end is told first that nothing more comes, and gets a little time to stop. False when that is not needed. */
static bool linger(struct connection *c) {
  if (!c->abrupt || c->at_end) return false;
  if (!c->lingering && shutdown(c->fd, SHUT_WR) != 0) return false;
  c->lingering = true;
  c->in.len = 0;
  return true;
}

/* Requests as long as there are whole ones, in one write for all of them; then what comes next. */
static void go_on(struct connection *c) {
  while (!c->closing && !c->slot && (c->in.len > 0 || (c->at_end && !c->answered)) && take_one(c)) {
  }
  if (c->at_end && !c->slot) c->closing = true;
  if (c->worker->stopping && c->asked_us == 0 && !c->slot) c->closing = true;
  if (c->out.failed) {
    trouble(c, TROUBLE_MEMORY, NULL);
    close_connection(c);
    return;
  }
  if (!write_out(c) || (c->closing && !c->slot && c->out.len == 0 && !linger(c))) {
    close_connection(c);
    return;
  }
  relax(c);
  wait_for_more(c);
}

/* --- what happens to it --- */

/* Reads once. False when it is gone. */
static bool read_in(struct connection *c) {
  if (!bytes_reserve(&c->in, READ_MOST)) {
    c->in.failed = false;
    trouble(c, TROUBLE_MEMORY, NULL);
    give_up(c, FRONT_NO_MEMORY);
    return true;
  }
  ssize_t got = recv(c->fd, c->in.ptr + c->in.len, READ_MOST, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR || errno == EWOULDBLOCK;
  if (got == 0) c->at_end = true;
  if (got > 0 && c->asked_us == 0) c->asked_us = server_now_us();
  c->in.len += (size_t)got;
  if (!weigh(c)) {
    trouble(c, TROUBLE_BYTES, NULL);
    give_up(c, FRONT_TOO_MUCH);
  }
  return true;
}

static void timed_out(struct connection *c) {
  if (c->lingering) {
    close_connection(c);
    return;
  }
  bool quiet = c->asked_us == 0 && c->answered && c->written == c->out.len;
  if (!quiet) trouble(c, TROUBLE_SLOW, c->asked_us ? "in the midst of a request" : c->out.len ? "taking its answer" : NULL);
  if (c->asked_us > 0 && c->out.len == 0) {
    give_up(c, FRONT_TOO_SLOW);
    (void)write_out(c);
  }
  close_connection(c);
}

static void ready(evutil_socket_t fd, short what, void *user) {
  struct connection *c = user;
  (void)fd;
  if (what & EV_TIMEOUT) {
    timed_out(c);
    return;
  }
  if ((what & EV_READ) && (!c->closing || c->lingering) && !read_in(c)) {
    close_connection(c);
    return;
  }
  go_on(c);
}

/* --- opening and closing --- */

/* Why it may not be; TROUBLE_COUNT when it may. Then it is counted. */
static enum trouble refusal(struct worker *worker, const struct net_address *peer, bool *counted) {
  struct server *server = worker->server;
  const struct conf *conf = server->conf;
  bool near = peer->family == 0 || net_is_loopback(peer);
  *counted = false;
  if (!near && !net_among(conf->allow, conf->allow_count, peer)) return TROUBLE_NOT_ALLOWED;
  if (conf->limits.connections > 0 && server->connections >= conf->limits.connections) return TROUBLE_CONNECTIONS;
  if (near) return TROUBLE_COUNT;
  *counted = clients_enter(server->clients, peer, conf->limits.client_connections);
  return *counted ? TROUBLE_COUNT : TROUBLE_CLIENT_CONNECTIONS;
}

void connection_open(struct worker *worker, int fd, const struct sockaddr_storage *peer, const struct front *front) {
  uint16_t port;
  struct net_address address = net_of_peer(peer, &port);
  bool counted;
  enum trouble why = refusal(worker, &address, &counted);
  struct connection *c = why == TROUBLE_COUNT ? calloc(1, sizeof *c) : NULL;
  if (!c) {
    char text[NET_TEXT];
    net_print(text, &address);
    if (counted) clients_leave(worker->server->clients, &address);
    server_trouble(worker->server, why == TROUBLE_COUNT ? TROUBLE_MEMORY : why, front->name, text, NULL);
    close(fd);
    return;
  }
  c->worker = worker;
  c->front = front;
  c->fd = fd;
  c->peer = address;
  c->port = port;
  c->counted = counted;
  c->next = worker->connections;
  if (c->next) c->next->previous = c;
  worker->connections = c;
  worker->connection_count++;
  worker->server->connections++;
  event_assign(&c->event, worker->base, fd, EV_READ, ready, c);
  wait_for_more(c);
}

void connections_close_idle(struct worker *worker) {
  for (struct connection *c = worker->connections, *next; c; c = next) {
    next = c->next;
    if (c->asked_us == 0 && !c->slot && c->out.len == 0) close_connection(c);
  }
}

void connections_close_all(struct worker *worker) {
  while (worker->connections) close_connection(worker->connections);
}
