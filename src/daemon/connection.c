/* Owns a connection of a client: its bytes in and out, its times, its end.
 * Must never know: what the bytes mean, or how a request is answered. */
#include "daemon/connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/connection_parts.h"

enum { LINGER_MS = 2000 };

/* --- small things --- */

static void print_peer(char out[NET_TEXT], const struct address *peer) {
  if (net_is_nobody(peer)) snprintf(out, NET_TEXT, "unix");
  else net_print(out, peer);
}

void connection_trouble(const struct connection *c, enum trouble what, const char *detail) {
  char peer[NET_TEXT];
  print_peer(peer, &c->peer);
  server_trouble(c->worker->server, what, c->front->name, peer, detail);
}

/* The server's sum follows what this one holds; false when that is more than may be held. */
static bool weigh(struct connection *c) {
  struct server *server = c->worker->server;
  size_t limit = server->conf->limits.bytes, held = c->in.cap + c->out.cap;
  if (c->front->held && c->state) held += c->front->held(c->state);
  bool more = held > c->held;
  size_t sum = atomic_fetch_add(&server->bytes, held - c->held) + held - c->held;
  c->held = held;
  return !more || limit == 0 || sum <= limit;
}

/* A buffer with nothing in it is not kept, so an idle connection costs next to nothing. */
static void relax(struct connection *c) {
  if (c->in.len == 0) worker_give_room(&c->worker->in, &c->in);
  if (c->out.len == 0) worker_give_room(&c->worker->out, &c->out);
  weigh(c);
}

static void close_connection(struct connection *c) {
  struct worker *worker = c->worker;
  event_del(&c->event);
  request_cancel(c);
  request_forget(c);
  worker_give_room(&worker->out, &c->out);
  weigh(c);
  close(c->fd);
  if (c->counted) clients_leave(worker->server->clients, &c->peer);
  worker->server->connections--;
  worker->connection_count--;
  *(c->previous ? &c->previous->next : &worker->connections) = c->next;
  if (c->next) c->next->previous = c->previous;
  free(c);
}

static bool is_writing(const struct connection *c) {
  return c->written < c->out.len;
}

/* --- writing --- */

/* False when it is gone. */
static bool write_out(struct connection *c) {
  while (is_writing(c)) {
    ssize_t done = send(c->fd, c->out.ptr + c->written, c->out.len - c->written, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && c->since_us == 0) c->since_us = server_now_us();
    if (done < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    c->written += (size_t)done;
  }
  if (!c->lingering) c->since_us = 0;
  c->out.len = c->written = 0;
  return true;
}

/* More has come than the requests that were taken. Whose request said where it ends has sent no more, unless it stands
 * behind that already; of others it is asked. */
static bool has_more(const struct connection *c) {
  int waiting = 0;
  if (c->in.len > 0) return true;
  if (c->framed && c->emptied) return false;
  return ioctl(c->fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

/* A connection that is closed while bytes wait to be read is torn down, and what was written may never be seen. So the
 * other end is told first that nothing more comes, and gets a little time to stop. False when that is not needed. */
static bool linger(struct connection *c) {
  if (c->at_end) return false;
  if (c->lingering) return true;
  if (!c->abrupt && !has_more(c)) return false;
  if (shutdown(c->fd, SHUT_WR) != 0) return false;
  c->lingering = true;
  c->since_us = server_now_us();
  c->in.len = 0;
  return true;
}

/* --- time --- */

/* Each limit is that of the whole matter: who makes a little progress again and again gains no time by it. 0: none
 * left. */
static uint64_t left_ms(uint64_t limit_ms, uint64_t since_us) {
  uint64_t gone = (server_now_us() - since_us) / 1000;
  return gone < limit_ms ? limit_ms - gone : 0;
}

static void timed_out(struct connection *c) {
  bool writing = is_writing(c), asked = c->asked_us > 0;
  bool quiet = c->lingering || (!writing && !asked && c->answered);
  if (!quiet)
    connection_trouble(c, TROUBLE_SLOW,
                       writing ? "taking its answer" : asked ? "in the midst of a request" : "saying nothing");
  if (c->lingering || writing || !asked) {
    close_connection(c);
    return;
  }
  request_give_up(c, FRONT_TOO_SLOW);
  connection_go_on(c);
}

static void ready(evutil_socket_t fd, short what, void *user);

/* It stays registered from one request to the next, which spares the system calls; and whenever it is called because of
 * an event, libevent has wound up its timer again. */
static bool watch(struct connection *c, short events, uint64_t ms) {
  struct timeval wait = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
  if (event_get_events(&c->event) == events && c->watched_ms == ms) return true;
  c->watched_ms = ms;
  if (event_get_events(&c->event) != events) {
    event_del(&c->event);
    event_assign(&c->event, c->worker->base, c->fd, events, ready, c);
  }
  return event_add(&c->event, &wait) == 0;
}

/* What it is waiting for, and how long it may. */
static void wait_for_more(struct connection *c) {
  const struct conf_limits *limits = &c->worker->server->conf->limits;
  bool writing = is_writing(c);
  uint64_t ms = c->answered ? limits->idle : limits->first_byte;
  if (!writing && c->slot) { /* its verdict comes when it comes */
    event_del(&c->event);
    c->watched_ms = 0;
    return;
  }
  if (c->lingering)
    ms = left_ms(LINGER_MS, c->since_us);
  else if (writing)
    ms = left_ms(limits->write, c->since_us);
  else if (c->asked_us > 0)
    ms = left_ms(limits->whole_request, c->asked_us);
  if (ms == 0) {
    timed_out(c);
    return;
  }
  if (watch(c, (short)(EV_PERSIST | (writing ? EV_WRITE : EV_READ)), ms)) return;
  connection_trouble(c, TROUBLE_MEMORY, "a connection cannot be watched");
  close_connection(c);
}

/* --- what happens to it --- */

/* What is there is no answer. Another one is tried, if nothing has gone out yet. False when that cannot be. */
static bool answer_again(struct connection *c) {
  connection_trouble(c, TROUBLE_MEMORY, NULL);
  if (c->written > 0 || c->slot) return false;
  bytes_free(&c->out);
  request_give_up(c, FRONT_NO_MEMORY);
  return !c->out.failed;
}

/* A request that is not whole is held, inflated where it has to be, and may be more than there is room for. */
static void watch_weight(struct connection *c) {
  if (weigh(c) || c->closing || c->slot || c->in.len == 0) return;
  connection_trouble(c, TROUBLE_BYTES, NULL);
  request_give_up(c, FRONT_TOO_MUCH);
}

/* Requests as long as there are whole ones, in one write for all of them; then what comes next. */
void connection_go_on(struct connection *c) {
  requests_take(c);
  watch_weight(c);
  if (c->at_end && !c->slot) c->closing = true;
  if (c->worker->stopping && c->asked_us == 0 && !c->slot) c->closing = true;
  bool gone = (c->out.failed && !answer_again(c)) || !write_out(c);
  if (gone || (c->closing && !c->slot && c->out.len == 0 && !linger(c))) {
    close_connection(c);
    return;
  }
  relax(c);
  wait_for_more(c);
}

/* Reads once; into the worker's buffer, so that a connection holds no more than what came. False when it is gone. */
static bool read_in(struct connection *c) {
  struct worker *worker = c->worker;
  ssize_t got = recv(c->fd, worker->read, sizeof worker->read, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR || errno == EWOULDBLOCK;
  c->emptied = (size_t)got < sizeof worker->read;
  if (got == 0) c->at_end = true;
  if (got == 0 || c->lingering) return true;
  if (c->asked_us == 0) c->asked_us = server_now_us();
  worker_take_room(&worker->in, &c->in);
  bytes_add(&c->in, worker->read, (size_t)got);
  if (c->in.failed) {
    connection_trouble(c, TROUBLE_MEMORY, NULL);
    request_give_up(c, FRONT_NO_MEMORY);
  }
  return true;
}

static void ready(evutil_socket_t fd, short what, void *user) {
  struct connection *c = user;
  (void)fd;
  if (!(what & (EV_READ | EV_WRITE))) {
    timed_out(c);
    return;
  }
  if ((what & EV_READ) && (!c->closing || c->lingering) && !read_in(c)) {
    close_connection(c);
    return;
  }
  connection_go_on(c);
}

/* --- opening and closing --- */

/* Why it may not be; TROUBLE_COUNT when it may. Then it is counted. */
static enum trouble refusal(struct worker *worker, const struct address *peer, bool *counted) {
  struct server *server = worker->server;
  const struct conf *conf = server->conf;
  bool near = net_is_nobody(peer) || net_is_loopback(peer);
  size_t before = server->connections++;
  enum trouble why = TROUBLE_COUNT;
  *counted = false;
  if (!near && !address_among(conf->allow, conf->allow_count, peer))
    why = TROUBLE_NOT_ALLOWED;
  else if (conf->limits.connections > 0 && before >= conf->limits.connections)
    why = TROUBLE_CONNECTIONS;
  else if (!near && !(*counted = clients_enter(server->clients, peer, conf->limits.client_connections)))
    why = TROUBLE_CLIENT_CONNECTIONS;
  if (why != TROUBLE_COUNT) server->connections--;
  return why;
}

static void refuse(struct worker *worker, const struct front *front, const struct address *peer, enum trouble why) {
  char text[NET_TEXT];
  print_peer(text, peer);
  server_trouble(worker->server, why, front->name, text, NULL);
}

static void link_up(struct connection *c) {
  struct worker *worker = c->worker;
  c->next = worker->connections;
  if (c->next) c->next->previous = c;
  worker->connections = c;
  worker->connection_count++;
}

/* Who has asked by now is answered before the loop is told of it: one of spamd's clients is never registered then. */
bool connection_open(struct worker *worker, int fd, const struct sockaddr_storage *peer, const struct front *front) {
  struct address address = net_of_peer(peer);
  bool counted;
  enum trouble why = refusal(worker, &address, &counted);
  struct connection *c = why == TROUBLE_COUNT ? malloc(sizeof *c) : NULL;
  if (!c) {
    if (counted) clients_leave(worker->server->clients, &address);
    if (why == TROUBLE_COUNT) worker->server->connections--;
    refuse(worker, front, &address, why == TROUBLE_COUNT ? TROUBLE_MEMORY : why);
    close(fd);
    return false;
  }
  *c = (struct connection){.worker = worker, .front = front, .fd = fd, .peer = address, .counted = counted};
  link_up(c);
  event_assign(&c->event, worker->base, fd, EV_READ | EV_PERSIST, ready, c);
  uintptr_t it = (uintptr_t)c; /* it may be freed, and nothing else is linked meanwhile */
  ready(fd, EV_READ, c);
  return (uintptr_t)worker->connections == it && (c->answered || c->closing);
}

/* Whatever had come before is answered: each is looked at once more, in the loop, and closed when it has said
 * nothing. */
void connections_stop(struct worker *worker) {
  for (struct connection *c = worker->connections; c; c = c->next)
    if (!c->slot && !is_writing(c)) event_active(&c->event, EV_READ, 0);
}

void connections_close_all(struct worker *worker) {
  while (worker->connections) close_connection(worker->connections);
}
