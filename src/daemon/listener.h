/* Owns the sockets that the daemon listens at: made, handed to the workers, taken away again.
 * Must never know: what comes by them. */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

#include <sys/types.h>

#include "daemon/conf.h"

/* So many may wait to be let in. */
enum { LISTENER_BACKLOG = 1024, LISTENER_TEXT = 160, LISTENER_WHY = 256 };

/* fd is non-blocking, and shared by all workers. */
struct listener {
  const struct conf_listen *conf;
  int fd;
  dev_t device; /* the file of a Unix socket */
  ino_t inode;
  char text[LISTENER_TEXT]; /* "tcp:127.0.0.1:783", "unix:/run/assay/policy"; with the port that it has got */
};

/* False, with the reason in `why`, when it cannot be had. A Unix socket is made for its owner alone, then gets its
 * owner, group and mode; one that is there already is taken away only when nobody answers at it. */
bool listener_open(struct listener *out, const struct conf_listen *conf, char why[LISTENER_WHY]);

/* Closes it, unless it is closed already, and takes the file of a Unix socket away. */
void listener_close(struct listener *listener);

void listener_name(char out[LISTENER_TEXT], const struct conf_listen *conf);

#endif
