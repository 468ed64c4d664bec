/* Owns what all threads of the daemon share: configuration, rules, log, counters, and how much may be held.
 * Must never know: a protocol, or a socket. */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#include <stdatomic.h>

#include "daemon/clients.h"
#include "daemon/conf.h"
#include "daemon/log.h"
#include "daemon/rules.h"

/* Each is a counter and a line of the log that comes at most once a second. */
enum trouble {
  TROUBLE_NOT_ALLOWED,
  TROUBLE_CONNECTIONS,
  TROUBLE_CLIENT_CONNECTIONS,
  TROUBLE_DESCRIPTORS,
  TROUBLE_MEMORY,
  TROUBLE_BYTES,
  TROUBLE_REQUEST,
  TROUBLE_SLOW,
  TROUBLE_LATE,
  TROUBLE_LOCAL_CLIENTS,
  TROUBLE_COUNT
};

struct server {
  const struct conf *conf;
  struct rules *rules;
  struct log log;
  struct clients *clients;
  atomic_size_t connections, bytes;
  atomic_ullong verdicts;
  atomic_uint local; /* of the latest thousand of them, those that were exempt as LOCAL_CLIENT */
  atomic_ullong troubles[TROUBLE_COUNT];
  struct log_gate gates[TROUBLE_COUNT];
  atomic_bool stopping;
  atomic_uint accepting; /* workers that still look at the listeners */
};

/* Counts it, and says so unless something like it was said a moment ago. peer: whom it is about. */
void server_trouble(struct server *server, enum trouble trouble, const char *front, const char *peer,
                    const char *detail);

/* One line of the log: what there is now, and all that was counted since the start. */
void server_say_counters(struct server *server);

uint64_t server_now_ms(void); /* of a clock that only grows */
uint64_t server_now_us(void);

#endif
