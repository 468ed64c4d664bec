/* Owns the daemon's configuration: every setting with its default, read from assayd.conf.
 * Must never know: who obeys it. */
#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H

#include <assay/settings.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/net.h"
#include "proto/policy_map.h"

enum { CONF_LISTENS_MOST = 64 };

enum conf_front { CONF_SPAMD, CONF_POLICY };

/* One thing to listen at. */
struct conf_listen {
  enum conf_front front;
  const char *path; /* of a Unix socket; NULL: TCP */
  struct address address;
  uint16_t port;
  uid_t owner; /* of a Unix socket; (uid_t)-1: whoever runs the daemon */
  gid_t group;
  mode_t mode;
};

/* Times are milliseconds; 0 of a limit: none. */
struct conf_limits {
  size_t connections;        /* at once */
  size_t client_connections; /* of one client; not of loopback and Unix peers */
  size_t request;            /* bytes of a request, inflated */
  size_t headers;            /* of a spamd request before its message; of a policy request */
  size_t bytes;              /* held by all connections together */
  uint32_t first_byte;       /* from the connection to its first byte */
  uint32_t idle;             /* between two requests */
  uint32_t whole_request;    /* from its first byte to its last */
  uint32_t write;            /* for a client to take its answer */
  uint32_t grace;            /* for what is under way when the daemon stops */
  uint32_t deadline;         /* of a verdict that waits for DNS */
};

struct conf {
  assay_settings *settings; /* the texts are its; NULL: all are defaults */
  struct conf_listen *listens;
  size_t listen_count;
  struct address_range *allow; /* who may connect by TCP, beside loopback */
  size_t allow_count;
  struct address_range *trusted; /* relays of ours, in the Received fields of a message */
  size_t trusted_count;
  const char **rules;        /* files and folders */
  size_t rule_count;
  char *resolver;            /* servers, as a resolver takes them; NULL: the default ones */
  bool dns;
  bool dry_run;              /* of policy: say what would have happened, and let it pass */
  struct policy_map policy;  /* what an action is to Postfix */
  const char *host;          /* this machine's name */
  const char *server_name;   /* that the mail server greets with; NULL: not known */
  bool spamassassin_markup;
  bool log_json;
  bool watch;                /* reload by itself when a file has changed */
  unsigned workers;
  struct conf_limits limits;
};

/* Reads a file, or the defaults where path is NULL and /etc/assay/assayd.conf is not there: spamd on 127.0.0.1:10783,
 * policy on 127.0.0.1:10784, the shipped rules, dry run. False with all that is wrong said on standard error;
 * conf_free in any case. */
bool conf_read(struct conf *conf, const char *path);
void conf_free(struct conf *conf);

/* A limit of bytes for whoever knows no "none": no more than memory has anyway. */
static inline size_t conf_bound(size_t limit) {
  return limit > 0 ? limit : SIZE_MAX / 8;
}

#endif
