/* Owns a connection of a client: its bytes in and out, its times, and a request that waits for its verdict.
 * Must never know: what the bytes mean. */
#ifndef DAEMON_CONNECTION_H
#define DAEMON_CONNECTION_H

#include "daemon/front.h"
#include "daemon/worker.h"

/* Takes the descriptor over, whatever comes of it. True when it has had its answer by now and is still there: its client
 * may close it at any time, which the loop should see before the next one is let in. */
bool connection_open(struct worker *worker, int fd, const struct sockaddr_storage *peer, const struct front *front);

/* Those that have nothing to say are closed; the others when theirs is answered. */
void connections_stop(struct worker *worker);
void connections_close_all(struct worker *worker);

#endif
