/* Owns what a protocol is to the loop: requests out of bytes, answers into bytes.
 * Must never know: sockets, threads, or who waits for what. */
#ifndef DAEMON_FRONT_H
#define DAEMON_FRONT_H

#include <assay/resolver.h>
#include <string.h>

#include "daemon/conf.h"
#include "proto/bytes.h"

enum front_step {
  FRONT_MORE,  /* the request is not whole yet */
  FRONT_DONE,  /* it is answered */
  FRONT_ASK,   /* the facts are set: it wants a verdict */
  FRONT_CLOSE  /* it makes no sense, or nobody wants an answer: what was said goes out, and the connection is closed */
};

/* Why a connection is given up by the daemon. */
enum front_limit { FRONT_NO_MEMORY, FRONT_TOO_SLOW, FRONT_TOO_MUCH, FRONT_FAILED };

/* One request, as its front end sees it. */
struct exchange {
  const struct conf *conf;
  void *state;       /* of the connection; all zeros at first */
  const char *bytes; /* from the beginning of the request on */
  size_t len;
  bool at_end;       /* nothing more will come */
  size_t used;       /* of the bytes, by the request; with FRONT_DONE and FRONT_ASK */
  bool close;        /* after the answer; likewise */
  bool framed;       /* the request says itself where it ends: a client sends nothing behind it; likewise */
  assay_facts *facts; /* cleared; with FRONT_ASK they are set */
  bool waits;        /* with FRONT_ASK: the answer says what unknown rules wait for */
  const assay_ruleset *rules;
  struct bytes *out;
  const char *user;  /* as whom the client says it asks, for the log; set by `answer`, if anybody */
  size_t user_len;
  char trouble[200]; /* with FRONT_CLOSE: what is wrong with the request, for the log; "" when nothing is */
};

/* What is wrong with the request; as much of it as there is room for. */
static inline void front_trouble(struct exchange *exchange, const char *text, size_t len) {
  if (len > sizeof exchange->trouble - 1) len = sizeof exchange->trouble - 1;
  memcpy(exchange->trouble, text, len);
  exchange->trouble[len] = '\0';
}

struct verdict_given {
  const assay_verdict *verdict;
  const assay_dns_usage *usage; /* NULL: DNS was not needed, or is off */
};

struct front {
  const char *name; /* in the log, and behind `listen` */
  size_t state_size;
  enum front_step (*take)(struct exchange *exchange);
  /* After FRONT_ASK, perhaps much later. */
  void (*answer)(struct exchange *exchange, const struct verdict_given *given);
  /* Appends the protocol's temporary error; NULL: it has none. */
  void (*give_up)(struct exchange *exchange, enum front_limit why);
  void (*end)(void *state); /* frees what the state holds; NULL: nothing */
  size_t (*held)(const void *state); /* bytes that it holds and that a request makes grow; NULL: none */
};

extern const struct front front_spamd, front_policy;

#endif
