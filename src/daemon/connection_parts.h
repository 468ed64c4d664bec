/* Owns what the two halves of a connection share: its bytes and times, and the request at hand.
 * Must never know: what the bytes mean. */
#ifndef DAEMON_CONNECTION_PARTS_H
#define DAEMON_CONNECTION_PARTS_H

#include "daemon/front.h"
#include "daemon/worker.h"

/* What an idle one costs is this and its descriptor: the buffers are there while there is something in them. */
struct connection {
  struct connection *next, *previous; /* of the worker's */
  struct worker *worker;
  const struct front *front;
  void *state; /* of the front end; NULL until its first request begins */
  struct slot *slot; /* the request at hand waits for its verdict; its bytes stay where they are */
  struct event event;
  int fd;
  struct address peer;
  bool counted;    /* among its client's */
  bool at_end;     /* nothing more will come from it */
  bool emptied;    /* there was no more to read when it was last read */
  bool framed;     /* the latest request said itself where it ends */
  bool closing;    /* what is to be written goes out, then it is closed */
  bool abrupt;     /* it may still be sending: what comes is thrown away, lest the answer be lost with it */
  bool lingering;
  bool answered;   /* it has had an answer: what comes next is a new request */
  struct bytes in, out;
  size_t taken;        /* of in, by requests that are over */
  size_t written;      /* of out */
  size_t held;         /* counted in the server's bytes */
  uint64_t asked_us;   /* when the request at hand began; 0: none has */
  uint64_t watched_ms; /* it is registered, with a timer of this time; 0: it is not */
  uint64_t since_us;   /* it is writing, or lingering, since then; 0: neither */
};

void connection_trouble(const struct connection *c, enum trouble what, const char *detail);

/* Writes, then waits for what comes next; the connection may be closed by it. */
void connection_go_on(struct connection *c);

/* Takes requests as long as there are whole ones, up to one whose verdict has to be waited for: connection_go_on is
 * called when that is answered. */
void requests_take(struct connection *c);

/* The daemon cannot, or will not, go on with it: says so if the protocol has words for it, and throws away what
 * came. */
void request_give_up(struct connection *c, enum front_limit why);

/* Frees what came, and what the front end knows. */
void request_forget(struct connection *c);

/* Nobody waits for the verdict any more. */
void request_cancel(struct connection *c);

#endif
