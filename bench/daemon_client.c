/* Owns a client that loads a mail server's helper: some connections at once, one request under way on each.
 * Must never know: who serves, or what that costs. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clocks.h"
#include "connections.h"
#include "daemon.h"

enum { CONNECTIONS = 10000, REQUEST_ROOM = 4096, ANSWER_ROOM = 65536, EVENTS = 64, PATIENCE_MS = 60000 };

/* --- what is asked --- */

struct request {
  char *bytes;
  size_t len;
};

static const char *known(const char *name) {
  return name[0] ? name : "unknown";
}

/* All that Postfix 3.7 says at RCPT; each request is a message of its own. */
static size_t print_policy(char *out, size_t n, const struct connection *c) {
  return (size_t)snprintf(
      out, REQUEST_ROOM,
      "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\nclient_address=%s\nclient_name=%s\n"
      "client_port=40000\nreverse_client_name=%s\nserver_address=192.0.2.1\nserver_port=25\nhelo_name=%s\n"
      "sender=s%zu@sender.example\nrecipient=r@recipient.example\nrecipient_count=0\nqueue_id=\ninstance=1a2b.%zu.0\n"
      "size=4321\netrn_domain=\nstress=\nsasl_method=%s\nsasl_username=%s\nsasl_sender=\nccert_subject=\n"
      "ccert_issuer=\nccert_fingerprint=\nccert_pubkey_fingerprint=\nencryption_protocol=\nencryption_cipher=\n"
      "encryption_keysize=0\npolicy_context=\n\n",
      c->ip, known(c->rdns), known(c->rdns), c->helo, n, n, c->user[0] ? "plain" : "", c->user);
}

static size_t print_headers(char *out, size_t n, const struct connection *c) {
  int len = snprintf(out, REQUEST_ROOM,
                     "CHECK SPAMC/1.5\r\nContent-length: 0\r\nAssay-Client-IP: %s\r\nAssay-Client-Name: %s\r\n"
                     "Assay-Helo: %s\r\nAssay-Mail-From: s%zu@sender.example\r\nAssay-Rcpt: r@recipient.example\r\n",
                     c->ip, known(c->rdns), c->helo, n);
  if (c->user[0]) len += snprintf(out + len, (size_t)(REQUEST_ROOM - len), "Assay-Auth-User: %s\r\n", c->user);
  return (size_t)len + (size_t)snprintf(out + len, (size_t)(REQUEST_ROOM - len), "\r\n");
}

/* A small message with the connection in its Received line, as Postfix writes that. */
static int print_mail(char *out, size_t n, const struct connection *c) {
  return snprintf(out, REQUEST_ROOM / 2,
                  "Received: from %s (%s [%s])\r\n\tby mx.recipient.example (Postfix) with ESMTP id 8045F2AB%zu\r\n"
                     "\tfor <r@recipient.example>; Mon, 30 Nov 2026 06:00:00 +0000 (UTC)\r\n"
                     "From: Somebody <s%zu@sender.example>\r\nTo: r@recipient.example\r\nSubject: about number %zu\r\n"
                     "Date: Mon, 30 Nov 2026 06:00:00 +0000\r\nMessage-Id: <%zu@sender.example>\r\n\r\n"
                     "Good morning,\r\n\r\nhere is what we spoke of yesterday. Please have a look.\r\n",
                     known(c->helo), known(c->rdns), c->ip, n, n, n, n);
}

static size_t print_message(char *out, size_t n, const struct connection *c) {
  char mail[REQUEST_ROOM / 2];
  int len = print_mail(mail, n, c);
  return (size_t)snprintf(out, REQUEST_ROOM, "CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n%s", len, mail);
}

/* The same message as rspamd takes it, which is told of the connection besides. */
static size_t print_http(char *out, size_t n, const struct connection *c) {
  char mail[REQUEST_ROOM / 2];
  int len = print_mail(mail, n, c);
  return (size_t)snprintf(out, REQUEST_ROOM,
                          "POST /checkv2 HTTP/1.0\r\nContent-Length: %d\r\nIP: %s\r\nHelo: %s\r\nHostname: %s\r\n"
                          "From: s%zu@sender.example\r\nRcpt: r@recipient.example\r\n\r\n%s",
                          len, c->ip, known(c->helo), known(c->rdns), n, mail);
}

/* Some servers die of a HELO like ".example.org" or "mail..example.org", so whoever loads them leaves these out. */
static bool has_empty_label(const struct connection *c) {
  return c->helo[0] == '.' || strstr(c->helo, "..");
}

static const struct dialect {
  const char *name;
  size_t (*print)(char *out, size_t n, const struct connection *connection);
  const char *begins, *ends; /* of an answer; NULL: the end of input */
  bool (*leaves_out)(const struct connection *connection); /* NULL: none */
} dialects[] = {
    {"policy", print_policy, "action=", "\n\n", NULL},
    {"policy-labels", print_policy, "action=", "\n\n", has_empty_label},
    {"headers", print_headers, "SPAMD/", NULL, NULL},
    {"message", print_message, "SPAMD/", NULL, NULL},
    {"http", print_http, "HTTP/1.1 200", NULL, NULL},
};

struct load {
  const struct dialect *dialect;
  struct request *requests;
  size_t prepared;
  const char *address;
  struct caller *callers;
  size_t connections, most, sent, answered, reopened;
  int epoll;
  char answer[128]; /* the latest, its beginning */
};

struct caller {
  int fd;
  const struct request *request; /* under way */
  size_t len;
  char in[ANSWER_ROOM];
};

static void prepare_one(struct request *request, const struct dialect *dialect, size_t n, const struct connection *c) {
  char bytes[REQUEST_ROOM];
  request->len = dialect->print(bytes, n, c);
  request->bytes = malloc(request->len);
  if (!request->bytes) abort();
  memcpy(request->bytes, bytes, request->len);
}

static bool prepare(struct load *load) {
  struct connection *connections = connections_new(CONNECTIONS);
  load->requests = calloc(CONNECTIONS, sizeof *load->requests);
  for (size_t i = 0; connections && load->requests && i < CONNECTIONS; i++)
    if (!load->dialect->leaves_out || !load->dialect->leaves_out(&connections[i]))
      prepare_one(&load->requests[load->prepared++], load->dialect, i, &connections[i]);
  free(connections);
  return load->prepared > 0;
}

/* --- how --- */

static int fail(const char *what) {
  fprintf(stderr, "assay-bench: load: %s: %s\n", what, errno ? strerror(errno) : "no such answer was expected");
  return 1;
}

static int dial_tcp(const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? fd : -1;
}

static int dial(const char *address) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (address[0] != '/') return dial_tcp(address);
  if (strlen(address) >= sizeof to.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(to.sun_path, address);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? fd : -1;
}

static bool open_caller(struct load *load, struct caller *caller) {
  caller->fd = dial(load->address);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = caller};
  return caller->fd >= 0 && epoll_ctl(load->epoll, EPOLL_CTL_ADD, caller->fd, &event) == 0;
}

static bool say(struct caller *caller) {
  const struct request *request = caller->request;
  caller->len = 0;
  return send(caller->fd, request->bytes, request->len, MSG_NOSIGNAL) == (ssize_t)request->len;
}

/* On a socket that is held, or on a new one, as the dialect has it. Any socket has room for a whole request. */
static bool ask(struct load *load, struct caller *caller) {
  if (load->sent >= load->most) return true;
  if (!load->dialect->ends && !open_caller(load, caller)) return false;
  caller->request = &load->requests[load->sent++ % load->prepared];
  return say(caller);
}

/* A server may close a connection that is held instead of answering; then its client asks again on another, as Postfix
 * does. */
static bool ask_again(struct load *load, struct caller *caller) {
  if (++load->reopened > load->most) return false;
  close(caller->fd);
  return open_caller(load, caller) && say(caller);
}

static bool is_whole(const struct load *load, const struct caller *caller, bool at_end) {
  const char *ends = load->dialect->ends;
  if (!ends) return at_end;
  size_t len = strlen(ends);
  return caller->len >= len && memcmp(caller->in + caller->len - len, ends, len) == 0;
}

static bool take(struct load *load, struct caller *caller) {
  const char *begins = load->dialect->begins;
  errno = 0;
  ssize_t got = recv(caller->fd, caller->in + caller->len, sizeof caller->in - caller->len, 0);
  if (load->dialect->ends && caller->len == 0 && (got == 0 || errno == ECONNRESET)) return ask_again(load, caller);
  if (got < 0) return false;
  caller->len += (size_t)got;
  if (caller->len == sizeof caller->in) return false;
  if (!is_whole(load, caller, got == 0)) return got > 0;
  if (caller->len < strlen(begins) || memcmp(caller->in, begins, strlen(begins)) != 0) return false;
  load->answered++;
  snprintf(load->answer, sizeof load->answer, "%.*s", (int)strcspn(caller->in, "\r\n"), caller->in);
  if (!load->dialect->ends) close(caller->fd);
  return ask(load, caller);
}

static int run(struct load *load) {
  struct epoll_event events[EVENTS];
  for (size_t i = 0; i < load->connections; i++)
    if (load->dialect->ends && !open_caller(load, &load->callers[i])) return fail(load->address);
  double start = wall_seconds();
  for (size_t i = 0; i < load->connections; i++)
    if (!ask(load, &load->callers[i])) return fail("sending");
  while (load->answered < load->most) {
    int count = epoll_wait(load->epoll, events, EVENTS, PATIENCE_MS);
    if (count == 0) errno = ETIMEDOUT;
    if (count <= 0) return fail("waiting for answers");
    for (int i = 0; i < count; i++)
      if (!take(load, events[i].data.ptr)) return fail("an answer");
  }
  printf("sent %zu\nanswered %zu\nreopened %zu\nseconds %.6f\n", load->sent, load->answered, load->reopened,
         wall_seconds() - start);
  fprintf(stderr, "%s\n", load->answer);
  return load->sent == load->answered ? 0 : 1;
}

int run_daemon_load(char **args) {
  struct load load = {.address = args[1], .connections = (size_t)strtoull(args[2], NULL, 10),
                      .most = (size_t)strtoull(args[3], NULL, 10), .epoll = epoll_create1(0)};
  for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
    if (strcmp(dialects[i].name, args[0]) == 0) load.dialect = &dialects[i];
  errno = EINVAL;
  if (!load.dialect || load.connections == 0)
    return fail("policy, policy-labels, headers, message or http; at least one connection");
  load.callers = calloc(load.connections, sizeof *load.callers);
  int code = prepare(&load) && load.callers && load.epoll >= 0 ? run(&load) : fail("making ready");
  for (size_t i = 0; i < load.prepared; i++) free(load.requests[i].bytes);
  free(load.requests);
  free(load.callers);
  return code;
}
