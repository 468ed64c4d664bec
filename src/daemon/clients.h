/* Owns how many connections each client has.
 * Must never know: what they are for. */
#ifndef DAEMON_CLIENTS_H
#define DAEMON_CLIENTS_H

#include "message/address.h"

struct clients;

/* NULL without memory. From any thread, all of them. */
struct clients *clients_new(void);
void clients_free(struct clients *clients);

/* One more, unless it has `most` already; false then, and without memory. */
bool clients_enter(struct clients *clients, const struct address *client, size_t most);
void clients_leave(struct clients *clients, const struct address *client);

#endif
