/* Owns the list of servers: what an option names, what the system has, and what is unwise about it.
 * Must never know: questions. */
#ifndef DNS_SERVERS_H
#define DNS_SERVERS_H

#include <assay/status.h>

#include "base/addr.h"
#include "base/mem.h"

enum { SERVERS_MAX = 8, SERVER_TEXT = 56 };

struct server {
  struct addr addr;
  uint16_t port;
  char text[SERVER_TEXT]; /* "127.0.0.1:53", "[::1]:53" */
};

struct servers {
  struct server at[SERVERS_MAX];
  size_t count;
  bool local;        /* all of them are on this machine: loopback addresses */
  char warning[240]; /* "" when there is nothing to say */
};

/* "127.0.0.1", "[::1]:5353, 192.0.2.1:53 2001:db8::1": addresses with or without port, between commas or white space.
 * An IPv6 address with a port stands in brackets. ASSAY_BAD_VALUE for anything else, port 0, none, and more than
 * eight. */
assay_status servers_parse(struct servers *out, struct text text);

/* The loopback addresses of /etc/resolv.conf (its text, which may be empty) if it names any; else the first of
 * 127.0.0.1:53 and [::1]:53 that `answers` says yes to; else all of resolv.conf. ASSAY_NOT_FOUND when that is none. */
assay_status servers_default(struct servers *out, struct text resolv_conf,
                             bool (*answers)(void *user, const struct server *server), void *user);

/* The text of a file such as /etc/resolv.conf, at most 64 KiB; empty when it cannot be read. *out is allocated; caller
 * frees with mem_free(alloc, *out, *cap). */
assay_status servers_read_file(char **out, size_t *len, size_t *cap, const char *path, const assay_alloc *alloc);

/* Whether a server answers for `localhost` within so many milliseconds: a blocking probe by c-ares. */
bool servers_probe(const struct server *server, unsigned most_ms);

#endif
