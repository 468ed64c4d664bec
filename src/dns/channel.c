/* Owns c-ares: channels to the servers, their sockets and time-outs, a message that came or the reason why none did.
 * Must never know: who asks, what is remembered, or which questions may be sent now. */
#include "dns/channel.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <ares.h>

#include "dns/socket.h"

enum {
  /* Without 0x20 and with one socket a channel, the source port is what a forger far away must guess, so a channel to
   * another machine is given up for a new one, with a new port, after so many questions. */
  REMOTE_QUESTIONS = 64,
  UNDER_WAY_MOST = 64,         /* of a channel, whose socket has to hold as many answers; then the next is opened */
  UDP_PAYLOAD = 1232,          /* fits every path unfragmented; DNS Flag Day 2020 */
  CLASS_IN = 1
};

/* Asks the servers in their order, from one of them on. */
struct channel {
  struct channel *next;
  struct channels *owner;
  ares_channel ares;
  size_t first; /* the server with which it begins */
  bool plain;   /* it asks without EDNS */
  uint32_t asked, under_way;
  bool retired; /* takes no more questions, and goes when the last has ended */
};

struct channels {
  struct channels_options options;
  struct servers servers;
  struct channel *all;
  struct pollfd *descriptors;
  struct channel **holders; /* whose descriptor it is */
  size_t count, cap, holders_cap;
  void (*watch)(void *user, int fd, bool read, bool write);
  void *watch_user;
  struct arena arena; /* of one reply */
};

/* A question that c-ares has. */
struct sent {
  struct channel *channel;
  void *question;
  assay_question_type type;
  struct text name;
  size_t first;  /* the server with which this round begins */
  size_t rounds; /* of servers that failed before */
  bool plain;    /* a server did not understand it with EDNS */
};

static const int wire_types[] = {1, 28, 12, 15, 16, 2}; /* by assay_question_type */

/* --- descriptors --- */

static void watch_changed(void *data, ares_socket_t fd, int readable, int writable) {
  struct channel *channel = data;
  struct channels *channels = channel->owner;
  short events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
  size_t at = 0;
  while (at < channels->count && channels->descriptors[at].fd != fd) at++;
  if (at == channels->count && events) {
    /* Without memory the descriptor is not watched: its questions time out. */
    if (!mem_grow(channels->options.alloc, (void **)&channels->descriptors, &channels->cap, at + 1,
                  sizeof *channels->descriptors) ||
        !mem_grow(channels->options.alloc, (void **)&channels->holders, &channels->holders_cap, at + 1,
                  sizeof *channels->holders))
      return;
    channels->count++;
  }
  if (at == channels->count) return;
  channels->descriptors[at] = (struct pollfd){.fd = fd, .events = events};
  channels->holders[at] = channel;
  if (channels->watch) channels->watch(channels->watch_user, fd, readable, writable);
  if (events) return;
  channels->descriptors[at] = channels->descriptors[--channels->count];
  channels->holders[at] = channels->holders[channels->count];
}

const struct pollfd *channels_descriptors(const struct channels *channels, size_t *count) {
  *count = channels->count;
  return channels->descriptors;
}

void channels_watch(struct channels *channels, void (*watch)(void *user, int fd, bool read, bool write), void *user) {
  channels->watch = watch;
  channels->watch_user = user;
  for (size_t i = 0; watch && i < channels->count; i++) {
    const struct pollfd *descriptor = &channels->descriptors[i];
    watch(user, descriptor->fd, descriptor->events & POLLIN, descriptor->events & POLLOUT);
  }
}

/* --- channels --- */

static void name_server(struct ares_addr_port_node *node, const struct server *server) {
  node->family = server->addr.family == 4 ? AF_INET : AF_INET6;
  memcpy(&node->addr, server->addr.bytes, server->addr.family == 4 ? 4 : 16);
  node->udp_port = node->tcp_port = server->port;
}

static bool set_servers(struct channel *channel, const struct servers *servers, size_t first) {
  struct ares_addr_port_node nodes[SERVERS_MAX];
  memset(nodes, 0, sizeof nodes);
  for (size_t i = 0; i < servers->count; i++) {
    name_server(&nodes[i], &servers->at[(first + i) % servers->count]);
    if (i + 1 < servers->count) nodes[i].next = &nodes[i + 1];
  }
  return ares_set_servers_ports(channel->ares, nodes) == ARES_SUCCESS;
}

/* Nothing of the system is looked at: no search domain, no hosts file, no resolv.conf. */
static bool open_channel(struct channel *channel, const struct channels *channels, size_t first) {
  struct ares_options options = {
      .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP,
      .timeout = (int)channels->options.attempt_ms,
      .tries = (int)channels->options.attempts,
      .lookups = (char[]){"b"},
      .ednspsz = UDP_PAYLOAD,
      .resolvconf_path = (char[]){"/dev/null"},
      .sock_state_cb = watch_changed,
      .sock_state_cb_data = channel,
  };
  if (!channel->plain) options.flags |= ARES_FLAG_EDNS;
  if (channels->servers.local) options.flags |= ARES_FLAG_STAYOPEN;
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_EDNSPSZ |
             ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB | ARES_OPT_NOROTATE;
  if (ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS) return false;
  ares_set_socket_functions(channel->ares, socket_functions(), NULL);
  if (set_servers(channel, &channels->servers, first)) return true;
  ares_destroy(channel->ares);
  return false;
}

static struct channel *new_channel(struct channels *channels, size_t first, bool plain) {
  struct channel *channel = mem_new(channels->options.alloc, sizeof *channel);
  if (!channel) return NULL;
  channel->owner = channels;
  channel->first = first;
  channel->plain = plain;
  if (!open_channel(channel, channels, first)) {
    mem_free(channels->options.alloc, channel, sizeof *channel);
    return NULL;
  }
  channel->next = channels->all;
  channels->all = channel;
  return channel;
}

/* Those that have retired and have nothing under way. Not from within a callback of c-ares. */
static void sweep(struct channels *channels) {
  for (struct channel **at = &channels->all; *at;) {
    struct channel *channel = *at;
    if (!channel->retired || channel->under_way > 0) {
      at = &channel->next;
      continue;
    }
    *at = channel->next;
    ares_destroy(channel->ares);
    mem_free(channels->options.alloc, channel, sizeof *channel);
  }
}

static bool has_room(const struct channel *channel) {
  return !channel->retired && channel->under_way < UNDER_WAY_MOST;
}

static struct channel *channel_from(struct channels *channels, size_t first, bool plain) {
  struct channel *channel = channels->all;
  while (channel && !(channel->first == first && channel->plain == plain && has_room(channel))) channel = channel->next;
  if (!channel) channel = new_channel(channels, first, plain);
  if (channel) channel->retired = !channels->servers.local && channel->asked + 1 >= REMOTE_QUESTIONS;
  return channel;
}

/* --- questions --- */

static void send_off(struct channels *channels, struct sent *sent);

/* What c-ares says where it has no message. */
static assay_outcome outcome_of(int status) {
  static const struct {
    int status;
    assay_outcome outcome;
  } rows[] = {
      {ARES_ETIMEOUT, ASSAY_OUTCOME_TIMEOUT},
      {ARES_ECONNREFUSED, ASSAY_OUTCOME_REFUSED},
      {ARES_EREFUSED, ASSAY_OUTCOME_REFUSED},
      {ARES_ESERVFAIL, ASSAY_OUTCOME_SERVFAIL},
      {ARES_EBADRESP, ASSAY_OUTCOME_MALFORMED},
      {ARES_EFORMERR, ASSAY_OUTCOME_MALFORMED},
      {ARES_ENOTFOUND, ASSAY_OUTCOME_NXDOMAIN}, /* .onion, which is in no DNS and must not be asked for (RFC 7686) */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].status == status) return rows[i].outcome;
  return ASSAY_OUTCOME_FAILED;
}

/* Another server may know what this one could not or would not say. */
static bool try_next(struct channels *channels, struct sent *sent, assay_outcome outcome) {
  bool failed = outcome == ASSAY_OUTCOME_SERVFAIL || outcome == ASSAY_OUTCOME_REFUSED ||
                outcome == ASSAY_OUTCOME_MALFORMED;
  if (!failed || sent->rounds + 1 >= channels->servers.count) return false;
  sent->rounds++;
  sent->first = (sent->first + 1) % channels->servers.count;
  send_off(channels, sent);
  return true;
}

/* A server that does not know EDNS says that it does not understand. c-ares asks again without it, but only where the
 * response has no OPT record, and only one of the questions that are on their way. */
static bool try_plain(struct channels *channels, struct sent *sent, const unsigned char *message, int len) {
  enum { FLAGS_END = 4, MASK_RCODE = 0x0F, FORMERR = 1, NOTIMP = 4 };
  int rcode = message && len >= FLAGS_END ? message[FLAGS_END - 1] & MASK_RCODE : 0;
  if (sent->plain || (rcode != FORMERR && rcode != NOTIMP)) return false;
  sent->plain = true;
  send_off(channels, sent);
  return true;
}

static void finish(struct channels *channels, struct sent *sent, const struct dns_reply *reply) {
  void *question = sent->question;
  mem_free(channels->options.alloc, sent, sizeof *sent);
  channels->options.answered(channels->options.user, question, reply);
}

static void ended(void *data, int status, int timeouts, unsigned char *message, int len) {
  struct sent *sent = data;
  struct channel *channel = sent->channel;
  struct channels *channels = channel->owner;
  (void)timeouts;
  if (status == ARES_EDESTRUCTION) {
    mem_free(channels->options.alloc, sent, sizeof *sent);
    return;
  }
  channel->under_way--;
  if (try_plain(channels, sent, message, len)) return;
  struct dns_reply reply = {.outcome = outcome_of(status)};
  arena_reset(&channels->arena);
  channels->arena.failed = false;
  if (message && len > 0 &&
      dns_read(&reply, &channels->arena, message, (size_t)len, sent->type, sent->name) != ASSAY_OK)
    reply = (struct dns_reply){.outcome = ASSAY_OUTCOME_FAILED};
  if (!try_next(channels, sent, reply.outcome)) finish(channels, sent, &reply);
}

static void send_off(struct channels *channels, struct sent *sent) {
  struct channel *channel = channel_from(channels, sent->first, sent->plain);
  if (!channel) {
    finish(channels, sent, &(struct dns_reply){.outcome = ASSAY_OUTCOME_FAILED});
    return;
  }
  sent->channel = channel;
  channel->asked++;
  channel->under_way++;
  ares_query(channel->ares, sent->name.ptr, CLASS_IN, wire_types[sent->type], ended, sent);
}

void channels_ask(struct channels *channels, assay_question_type type, struct text name, void *question) {
  struct sent *sent = mem_new(channels->options.alloc, sizeof *sent);
  if (!sent) {
    channels->options.answered(channels->options.user, question,
                               &(struct dns_reply){.outcome = ASSAY_OUTCOME_FAILED});
    return;
  }
  *sent = (struct sent){.question = question, .type = type, .name = name};
  send_off(channels, sent);
}

/* --- time --- */

int channels_timeout(const struct channels *channels) {
  int least = -1;
  for (const struct channel *channel = channels->all; channel; channel = channel->next) {
    struct timeval buffer, *wait = channel->under_way > 0 ? ares_timeout(channel->ares, NULL, &buffer) : NULL;
    if (!wait) continue;
    int ms = (int)(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000);
    if (least < 0 || ms < least) least = ms;
  }
  return least;
}

/* c-ares looks for what is due only when it is called without a descriptor, or for any of them. */
void channels_process(struct channels *channels, int fd, bool readable, bool writable) {
  for (size_t i = 0; fd >= 0 && i < channels->count; i++) {
    if (channels->descriptors[i].fd != fd) continue;
    ares_process_fd(channels->holders[i]->ares, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
    break;
  }
  for (struct channel *channel = channels->all; fd < 0 && channel; channel = channel->next)
    ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  sweep(channels);
}

/* --- life --- */

assay_status channels_new(struct channels **out, const struct channels_options *options) {
  *out = NULL;
  struct channels *channels = mem_new(options->alloc, sizeof *channels);
  if (!channels) return ASSAY_NO_MEMORY;
  channels->options = *options;
  channels->servers = *options->servers;
  arena_init(&channels->arena, options->alloc, SIZE_MAX);
  *out = channels;
  return ASSAY_OK;
}

void channels_free(struct channels *channels) {
  if (!channels) return;
  const assay_alloc *alloc = channels->options.alloc;
  while (channels->all) {
    struct channel *channel = channels->all;
    ares_destroy(channel->ares);
    channels->all = channel->next;
    mem_free(alloc, channel, sizeof *channel);
  }
  arena_free(&channels->arena);
  mem_free(alloc, channels->descriptors, channels->cap * sizeof *channels->descriptors);
  mem_free(alloc, channels->holders, channels->holders_cap * sizeof *channels->holders);
  mem_free(alloc, channels, sizeof *channels);
}
