/* Owns a DNS server for tests, on loopback and in a thread of its own, that answers, fails and lies as its rows say.
 * Must never know: who asks it. */
#include "support/dns_fake.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 12, MESSAGE_MAX = 16384, NAME_MAX_TEXT = 256, LATER_MAX = 65536 };
enum { TYPE_A = 1, TYPE_NS = 2, TYPE_SOA = 6, TYPE_PTR = 12, TYPE_MX = 15, TYPE_TXT = 16, TYPE_AAAA = 28 };
enum { QR = 0x8000, AA = 0x0400, TC = 0x0200, RD = 0x0100, RA = 0x0080 };
enum { SERVFAIL = 2, FORMERR = 1, NXDOMAIN = 3, NOTIMP = 4, REFUSED = 5 };

struct packet {
  uint8_t bytes[MESSAGE_MAX];
  size_t len;
};

/* A reply that is kept back. */
struct later {
  struct later *next;
  uint64_t due;
  struct sockaddr_in to;
  size_t len;
  uint8_t bytes[];
};

struct dns_fake {
  const struct dns_row *rows;
  size_t count;
  int udp, tcp, wake[2];
  char server[32];
  pthread_t thread;
  struct later *later;
  uint32_t noise;
  atomic_size_t received;
  atomic_uint drop, shuffle;
};

struct query {
  const uint8_t *bytes;
  size_t end; /* of the question */
  char name[NAME_MAX_TEXT];
  int type;
  bool tcp;
};

/* --- bytes --- */

static void put(struct packet *packet, const void *bytes, size_t len) {
  if (packet->len + len > MESSAGE_MAX) abort();
  memcpy(packet->bytes + packet->len, bytes, len);
  packet->len += len;
}

static void put_16(struct packet *packet, unsigned value) {
  uint8_t bytes[] = {(uint8_t)(value >> 8), (uint8_t)value};
  put(packet, bytes, sizeof bytes);
}

static void put_32(struct packet *packet, uint32_t value) {
  put_16(packet, value >> 16);
  put_16(packet, value & 0xFFFF);
}

static void put_name(struct packet *packet, const char *name) {
  for (size_t len = strcspn(name, "."); len > 0; len = strcspn(name, ".")) {
    uint8_t size = (uint8_t)len;
    put(packet, &size, 1);
    put(packet, name, len);
    name += len + (name[len] == '.');
  }
  put(packet, "", 1);
}

static void put_data(struct packet *packet, int type, const char *text) {
  uint8_t address[16];
  if (type == TYPE_A || type == TYPE_AAAA) {
    if (inet_pton(type == TYPE_A ? AF_INET : AF_INET6, text, address) != 1) abort();
    put(packet, address, type == TYPE_A ? 4 : 16);
  } else if (type == TYPE_MX) {
    char *name;
    put_16(packet, (unsigned)strtoul(text, &name, 10));
    put_name(packet, name + strspn(name, " "));
  } else if (type == TYPE_TXT) {
    uint8_t size = (uint8_t)strlen(text);
    put(packet, &size, 1);
    put(packet, text, size);
  } else {
    put_name(packet, text);
  }
}

/* A record of the name that was asked for. */
static void put_record(struct packet *packet, int type, const char *text) {
  put_16(packet, 0xC000 | HEADER);
  put_16(packet, (unsigned)type);
  put_16(packet, 1);
  put_32(packet, DNS_TTL);
  size_t at = packet->len;
  put_16(packet, 0);
  put_data(packet, type, text);
  packet->bytes[at] = (uint8_t)((packet->len - at - 2) >> 8);
  packet->bytes[at + 1] = (uint8_t)(packet->len - at - 2);
}

static void put_soa(struct packet *packet) {
  static const uint8_t data[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
  put(packet, "", 1); /* of the root */
  put_16(packet, TYPE_SOA);
  put_16(packet, 1);
  put_32(packet, DNS_TTL);
  put_16(packet, sizeof data + 4);
  put(packet, data, sizeof data);
  put_32(packet, DNS_TTL);
}

/* --- replies --- */

/* Header and question; the counts are set by those who add records. */
static void begin(struct packet *packet, const struct query *query, unsigned flags) {
  packet->len = 0;
  put(packet, query->bytes, 2);
  put_16(packet, QR | RD | RA | flags);
  put_16(packet, 1);
  put(packet, (uint8_t[6]){0}, 6);
  put(packet, query->bytes + HEADER, query->end - HEADER);
}

static void count(struct packet *packet, size_t section, size_t records) {
  packet->bytes[4 + 2 * section] = (uint8_t)(records >> 8);
  packet->bytes[5 + 2 * section] = (uint8_t)records;
}

static void reply_answer(struct packet *packet, const struct query *query, const struct dns_row *row) {
  char texts[4096];
  size_t records = 0;
  begin(packet, query, 0);
  snprintf(texts, sizeof texts, "%s", row->records ? row->records : "");
  char *rest = NULL;
  for (char *text = strtok_r(texts, ",", &rest); text; text = strtok_r(NULL, ",", &rest), records++)
    put_record(packet, query->type, text);
  count(packet, 1, records);
}

static void reply_nothing(struct packet *packet, const struct query *query, const struct dns_row *row) {
  begin(packet, query, row && row->way == DNS_NODATA ? 0 : NXDOMAIN);
  put_soa(packet);
  count(packet, 2, 1);
}

static void reply_rcode(struct packet *packet, const struct query *query, const struct dns_row *row) {
  begin(packet, query, row->way == DNS_SERVFAIL ? SERVFAIL : row->way == DNS_REFUSED ? REFUSED : FORMERR);
}

/* A server from before RFC 6891, or one that says so as if it were not. */
static void reply_no_edns(struct packet *packet, const struct query *query, const struct dns_row *row) {
  static const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
  bool not_implemented = row->way == DNS_NO_EDNS_NOTIMP;
  if (query->bytes[HEADER - 1] == 0) {
    reply_answer(packet, query, row);
    return;
  }
  begin(packet, query, not_implemented ? NOTIMP : FORMERR);
  if (!not_implemented) return;
  put(packet, opt, sizeof opt);
  count(packet, 3, 1);
}

static void reply_truncated(struct packet *packet, const struct query *query, const struct dns_row *row) {
  if (query->tcp)
    reply_answer(packet, query, row);
  else
    begin(packet, query, TC);
}

static void reply_oversized(struct packet *packet, const struct query *query, const struct dns_row *row) {
  reply_answer(packet, query, row);
  for (size_t i = 0; i < 150; i++) put_record(packet, TYPE_TXT, "padding padding padding");
  count(packet, 1, 150 + 1);
}

static void reply_wrong_question(struct packet *packet, const struct query *query, const struct dns_row *row) {
  reply_answer(packet, query, row);
  packet->bytes[HEADER + 1] = '-';
}

static void reply_loop(struct packet *packet, const struct query *query, const struct dns_row *row) {
  (void)row;
  begin(packet, query, 0);
  put_16(packet, 0xC000 | (unsigned)packet->len);
  put(packet, (uint8_t[]){0, TYPE_A, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1}, 14);
  count(packet, 1, 1);
}

static void reply_short(struct packet *packet, const struct query *query, const struct dns_row *row) {
  (void)row;
  begin(packet, query, 0);
  packet->len = HEADER - 1;
}

static void reply_garbage(struct packet *packet, const struct query *query, const struct dns_row *row) {
  (void)row;
  begin(packet, query, 0);
  for (unsigned i = 0; i < 64; i++) put_16(packet, i * 40503u & 0xFFFF);
  count(packet, 1, 3);
}

static void reply_lame(struct packet *packet, const struct query *query, const struct dns_row *row) {
  (void)row;
  begin(packet, query, 0);
  packet->bytes[3] = 0; /* no RA, and AA was not set */
  put_record(packet, TYPE_NS, "ns.elsewhere.example");
  count(packet, 2, 1);
}

static void reply_echo(struct packet *packet, const struct query *query, const struct dns_row *row) {
  (void)row;
  packet->len = 0;
  put(packet, query->bytes, query->end);
  count(packet, 3, 0);
}

static void (*const replies[])(struct packet *, const struct query *, const struct dns_row *) = {
    [DNS_ANSWERS] = reply_answer,
    [DNS_NODATA] = reply_nothing,
    [DNS_NXDOMAIN] = reply_nothing,
    [DNS_SERVFAIL] = reply_rcode,
    [DNS_REFUSED] = reply_rcode,
    [DNS_FORMERR] = reply_rcode,
    [DNS_NO_EDNS] = reply_no_edns,
    [DNS_NO_EDNS_NOTIMP] = reply_no_edns,
    [DNS_SILENT] = NULL,
    [DNS_TRUNCATED] = reply_truncated,
    [DNS_HANGS_UP] = reply_truncated,
    [DNS_OVERSIZED] = reply_oversized,
    [DNS_WRONG_ID] = reply_answer,
    [DNS_WRONG_QUESTION] = reply_wrong_question,
    [DNS_LOOP] = reply_loop,
    [DNS_SHORT] = reply_short,
    [DNS_GARBAGE] = reply_garbage,
    [DNS_LAME] = reply_lame,
    [DNS_ECHO] = reply_echo,
};

/* --- questions --- */

static bool read_query(struct query *query, const uint8_t *bytes, size_t len, bool tcp) {
  size_t at = HEADER, out = 0;
  if (len < HEADER + 5) return false;
  while (at < len && bytes[at] > 0) {
    size_t label = bytes[at++];
    if (label > 63 || at + label >= len || out + label + 2 > NAME_MAX_TEXT) return false;
    if (out > 0) query->name[out++] = '.';
    memcpy(query->name + out, bytes + at, label);
    out += label;
    at += label;
  }
  if (at + 5 > len) return false;
  query->name[out] = '\0';
  query->type = bytes[at + 1] << 8 | bytes[at + 2];
  query->bytes = bytes;
  query->end = at + 5;
  query->tcp = tcp;
  return true;
}

static bool fits(const struct dns_row *row, const struct query *query) {
  size_t len = strlen(query->name), tail = strlen(row->name);
  if (row->type != 0 && row->type != query->type) return false;
  if (row->name[0] != '*') return strcasecmp(row->name, query->name) == 0;
  return tail == 1 || (len >= tail && strcasecmp(query->name + len - tail + 1, row->name + 1) == 0);
}

static const struct dns_row *find_row(const struct dns_fake *fake, const struct query *query) {
  for (size_t i = 0; i < fake->count; i++)
    if (fits(&fake->rows[i], query)) return &fake->rows[i];
  return NULL;
}

/* False when nothing is to be said. */
static bool make_reply(struct packet *packet, const struct query *query, const struct dns_row *row) {
  if (row && row->way == DNS_HANGS_UP && query->tcp) return false;
  if (!row)
    reply_nothing(packet, query, NULL);
  else if (replies[row->way])
    replies[row->way](packet, query, row);
  return !row || replies[row->way];
}

/* --- serving --- */

static uint64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint32_t next_noise(struct dns_fake *fake) {
  fake->noise = fake->noise * 1664525u + 1013904223u;
  return fake->noise >> 8;
}

static void send_reply(const struct dns_fake *fake, const void *bytes, size_t len, const struct sockaddr_in *to) {
  (void)!sendto(fake->udp, bytes, len, 0, (const struct sockaddr *)to, sizeof *to);
}

static void keep_back(struct dns_fake *fake, const struct packet *packet, const struct sockaddr_in *to, unsigned delay) {
  struct later *later = malloc(sizeof *later + packet->len), **at = &fake->later;
  if (!later) abort();
  later->due = now_ms() + delay;
  later->to = *to;
  later->len = packet->len;
  memcpy(later->bytes, packet->bytes, packet->len);
  while (*at && (*at)->due <= later->due) at = &(*at)->next;
  later->next = *at;
  *at = later;
}

static void send_due(struct dns_fake *fake) {
  while (fake->later && fake->later->due <= now_ms()) {
    struct later *later = fake->later;
    fake->later = later->next;
    send_reply(fake, later->bytes, later->len, &later->to);
    free(later);
  }
}

static void serve_udp(struct dns_fake *fake) {
  uint8_t bytes[MESSAGE_MAX];
  struct packet packet;
  struct sockaddr_in from;
  socklen_t size = sizeof from;
  struct query query;
  ssize_t len = recvfrom(fake->udp, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
  if (len < 0 || !read_query(&query, bytes, (size_t)len, false)) return;
  fake->received++;
  if (next_noise(fake) % 100 < fake->drop) return;
  const struct dns_row *row = find_row(fake, &query);
  if (!make_reply(&packet, &query, row)) return;
  unsigned delay = row ? row->delay_ms : 0;
  if (fake->shuffle > 0) delay += next_noise(fake) % fake->shuffle;
  if (row && row->way == DNS_WRONG_ID) {
    packet.bytes[1] ^= 0x55;
    send_reply(fake, packet.bytes, packet.len, &from);
    packet.bytes[1] ^= 0x55;
  }
  if (delay > 0)
    keep_back(fake, &packet, &from, delay);
  else
    send_reply(fake, packet.bytes, packet.len, &from);
}

static bool read_all(int fd, uint8_t *bytes, size_t len) {
  for (size_t at = 0; at < len;) {
    ssize_t got = read(fd, bytes + at, len - at);
    if (got <= 0) return false;
    at += (size_t)got;
  }
  return true;
}

/* One question a connection, waited for: nobody else is served meanwhile. */
static void serve_tcp(struct dns_fake *fake) {
  uint8_t size[2], bytes[MESSAGE_MAX];
  struct packet packet;
  struct query query;
  int fd = accept(fake->tcp, NULL, NULL);
  if (fd < 0) return;
  size_t len = read_all(fd, size, 2) ? (size_t)size[0] << 8 | size[1] : 0;
  if (len > 0 && len <= sizeof bytes && read_all(fd, bytes, len) && read_query(&query, bytes, len, true)) {
    fake->received++;
    if (make_reply(&packet, &query, find_row(fake, &query))) {
      size[0] = (uint8_t)(packet.len >> 8);
      size[1] = (uint8_t)packet.len;
      if (send(fd, size, 2, MSG_NOSIGNAL | MSG_MORE) == 2) (void)!send(fd, packet.bytes, packet.len, MSG_NOSIGNAL);
    }
  }
  close(fd);
}

static void *serve(void *user) {
  struct dns_fake *fake = user;
  for (;;) {
    struct pollfd ready[] = {{fake->udp, POLLIN, 0}, {fake->tcp, POLLIN, 0}, {fake->wake[0], POLLIN, 0}};
    uint64_t now = now_ms();
    int wait = !fake->later ? -1 : fake->later->due > now ? (int)(fake->later->due - now) : 0;
    if (poll(ready, 3, wait) < 0) continue;
    if (ready[2].revents) return NULL;
    if (ready[0].revents) serve_udp(fake);
    if (ready[1].revents) serve_tcp(fake);
    send_due(fake);
  }
}

/* --- life --- */

/* UDP and TCP on the same port. */
static bool open_ports(struct dns_fake *fake) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int room = 4 << 20;
  fake->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  fake->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fake->udp < 0 || fake->tcp < 0) abort();
  setsockopt(fake->udp, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (bind(fake->udp, (struct sockaddr *)&address, sizeof address) != 0) abort();
  if (getsockname(fake->udp, (struct sockaddr *)&address, &size) != 0) abort();
  snprintf(fake->server, sizeof fake->server, "127.0.0.1:%u", ntohs(address.sin_port));
  if (bind(fake->tcp, (struct sockaddr *)&address, sizeof address) == 0 && listen(fake->tcp, 64) == 0) return true;
  close(fake->udp);
  close(fake->tcp);
  return false;
}

struct dns_fake *dns_fake_start(const struct dns_row *rows, size_t row_count) {
  struct dns_fake *fake = calloc(1, sizeof *fake);
  if (!fake) abort();
  fake->rows = rows;
  fake->count = row_count;
  fake->noise = 1;
  unsigned tries = 0;
  while (!open_ports(fake))
    if (++tries == 100) abort();
  if (pipe(fake->wake) != 0 || pthread_create(&fake->thread, NULL, serve, fake) != 0) abort();
  return fake;
}

void dns_fake_stop(struct dns_fake *fake) {
  if (!fake) return;
  if (write(fake->wake[1], "", 1) != 1) abort();
  pthread_join(fake->thread, NULL);
  while (fake->later) {
    struct later *later = fake->later;
    fake->later = later->next;
    free(later);
  }
  close(fake->udp);
  close(fake->tcp);
  close(fake->wake[0]);
  close(fake->wake[1]);
  free(fake);
}

const char *dns_fake_server(const struct dns_fake *fake) {
  return fake->server;
}

size_t dns_fake_received(const struct dns_fake *fake) {
  return fake->received;
}

void dns_fake_drop(struct dns_fake *fake, unsigned percent) {
  fake->drop = percent;
}

void dns_fake_shuffle(struct dns_fake *fake, unsigned most_ms) {
  fake->shuffle = most_ms;
}
