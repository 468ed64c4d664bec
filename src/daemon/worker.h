/* Owns a thread of the daemon: its loop, its resolver, its connections, and the facts and verdicts that they borrow.
 * Must never know: a protocol. */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include <assay/assay.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>

#include "daemon/front.h"
#include "daemon/listener.h"
#include "daemon/server.h"

struct connection;

enum { WORKER_READ_MOST = 64 * 1024 };

/* Facts, a verdict and the rules for it, lent to one request. */
struct slot {
  struct slot *next;
  assay_ruleset *rules;
  struct exchange exchange;
  assay_facts *facts;
  assay_verdict *verdict;
  assay_scoring *scoring; /* under way; else NULL */
  struct connection *connection; /* that waits; NULL: it is being scored at this moment */
  bool done;
  assay_status status;
  assay_dns_usage usage;
};

/* A descriptor of the resolver. */
struct watch {
  struct event *event;
  int fd;
};

struct worker {
  struct server *server;
  struct listener *listeners;
  size_t listener_count;
  pthread_t thread;
  struct event_base *base;
  struct event *accepts[CONF_LISTENS_MOST]; /* one a listener */
  struct event *dns_timer, *accept_timer, *wake;
  int wake_fd;
  assay_resolver *resolver; /* NULL: DNS is off */
  struct watch *watches;
  size_t watch_count;
  assay_workspace *workspace;
  struct slot *unused;
  size_t unused_count;
  const assay_ruleset *rules; /* those that the unused ones were last used with */
  struct connection *connections;
  size_t connection_count;
  struct bytes in, out; /* room that a connection gave back, for the next one; empty */
  struct bytes log; /* lines of this turn */
  bool stopping;
  uint64_t stop_by; /* milliseconds */
  struct event stop_timer;
  char read[WORKER_READ_MOST]; /* what has just come from a connection */
};

/* False, with the reason said in the log, when it cannot be made. */
bool worker_start(struct worker *worker, struct server *server, struct listener *listeners, size_t count);

/* Wakes it up; once the server is stopping, it ends as soon as nothing is under way, or the time of grace is over. */
void worker_wake(struct worker *worker);
void worker_join(struct worker *worker); /* and frees all that it had */

struct slot *worker_slot(struct worker *worker); /* facts cleared; NULL without memory */
void worker_give_back(struct worker *worker, struct slot *slot);

/* Room for a buffer that has none: what was given back, if it is there; and back again, with nothing in it. */
void worker_take_room(struct bytes *room, struct bytes *buffer);
void worker_give_room(struct bytes *room, struct bytes *buffer);

#endif
