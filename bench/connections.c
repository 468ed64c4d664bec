/* Owns the connections that the benchmark scores: made up, the same on every run, in proportions seen at the edge.
 * Must never know: rules. */
#include "connections.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole state of the generator: splitmix64, whose numbers are as good from one seed as from another. */
struct dice {
  uint64_t state;
};

static uint64_t roll(struct dice *dice) {
  uint64_t x = dice->state += UINT64_C(0x9E3779B97F4A7C15);
  x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
  return x ^ x >> 31;
}

static unsigned below(struct dice *dice, unsigned count) {
  return (unsigned)((roll(dice) >> 32) % count);
}

static const char *const words[] = {
    "mail", "smtp", "relay",  "mx",    "post",  "out",  "mta",   "letter", "server", "host",
    "web",  "ns",   "vps",    "gate",  "north", "lake", "amber", "cedar",  "corp",   "shop",
    "data", "sky",  "harbor", "trade", "wire",  "soft", "media", "works",  "online", "union"};
static const char *const suffixes[] = {"com", "net", "org", "de", "fr", "co.uk", "com.br", "io",
                                       "ru",  "pl",  "nl",  "it", "edu", "co.jp", "info",  "biz"};
static const char *const providers[] = {
    "northline.net", "lakecable.com", "t-wire.net",   "telnova.com",     "fibrelink.net", "amberdsl.com",
    "skyhome.net",   "cedarnet.ch",   "polderkabel.nl", "dniprotel.net", "telsul.net.br", "wirenet.ne.jp",
    "andina.net",    "caribecom.net", "rheinnetz.de", "homeport.org"};

#define PICK(dice, array) (array)[below((dice), (unsigned)(sizeof(array) / sizeof *(array)))]

static void write_name(char out[CONNECTION_NAME_ROOM], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void write_name(char out[CONNECTION_NAME_ROOM], const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(out, CONNECTION_NAME_ROOM, format, args);
  va_end(args);
}

/* One connection in the making: two domains to take names from, and the address in octets. */
struct draft {
  struct connection *to;
  struct dice *dice;
  char domain[64], stranger[64];
  unsigned a, b, c, d;
};

static void make_domain(struct dice *dice, char out[64]) {
  const char *first = PICK(dice, words), *second = PICK(dice, words), *suffix = PICK(dice, suffixes);
  snprintf(out, 64, "%s%s%u.%s", first, second, below(dice, 500), suffix);
}

static void helo_in(struct draft *draft, const char *domain) {
  write_name(draft->to->helo, "%s.%s", PICK(draft->dice, words), domain);
}

static void server_rdns(struct draft *draft, const char *dot) {
  const char *word = PICK(draft->dice, words);
  write_name(draft->to->rdns, "%s%u.%s%s", word, below(draft->dice, 30), draft->domain, dot);
}

/* A server that greets with its reverse name, which some front ends give with its trailing dot. */
static void make_server(struct draft *draft) {
  server_rdns(draft, "");
  memcpy(draft->to->helo, draft->to->rdns, sizeof draft->to->helo);
  if (below(draft->dice, 6) == 0) draft->to->helo[0] = (char)(draft->to->helo[0] - 'a' + 'A');
  if (below(draft->dice, 5) == 0) strcat(draft->to->rdns, ".");
}

static void make_sibling(struct draft *draft) {
  server_rdns(draft, "");
  helo_in(draft, draft->domain);
}

static void make_tenant(struct draft *draft) {
  server_rdns(draft, "");
  helo_in(draft, draft->stranger);
}

static void line_rdns(struct draft *draft) {
  unsigned a = draft->a, b = draft->b, c = draft->c, d = draft->d;
  const char *provider = PICK(draft->dice, providers);
  char *out = draft->to->rdns;
  switch (below(draft->dice, 5)) {
    case 0: write_name(out, "dsl-%u-%u-%u-%u.dynamic.%s", a, b, c, d, provider); break;
    case 1: write_name(out, "%u.%u.%u.%u.pool.%s", d, c, b, a, provider); break;
    case 2: write_name(out, "c-%u-%u-%u-%u.area1.client.%s", a, b, c, d, provider); break;
    case 3: write_name(out, "p%02X%02X%02X%02X.dip.%s", a, b, c, d, provider); break;
    default: write_name(out, "cable%u.delta%u.broadband.%s", d, b, provider); break;
  }
}

/* A machine on a line for homes: a desktop, a bot, now and then a server of its own. */
static void make_line(struct draft *draft) {
  char *out = draft->to->helo;
  line_rdns(draft);
  unsigned last = below(draft->dice, 2) ? draft->d : below(draft->dice, 256);
  unsigned serial = below(draft->dice, 65536);
  switch (below(draft->dice, 6)) {
    case 0: write_name(out, "localhost"); break;
    case 1: write_name(out, "WIN-%04X%04X", serial, below(draft->dice, 65536)); break;
    case 2: write_name(out, "[%s]", draft->to->ip); break;
    case 3: write_name(out, "%u.%u.%u.%u", draft->a, draft->b, draft->c, last); break;
    case 4: memcpy(out, draft->to->rdns, sizeof draft->to->helo); break;
    default: helo_in(draft, draft->domain); break;
  }
}

static void make_nameless(struct draft *draft) {
  struct dice *dice = draft->dice;
  char *out = draft->to->helo;
  unsigned a = below(dice, 256), b = below(dice, 256), c = below(dice, 256), d = below(dice, 256);
  switch (below(dice, 5)) {
    case 0: write_name(out, "ylmf-pc"); break;
    case 1: helo_in(draft, draft->domain); break;
    case 2: write_name(out, "User"); break;
    case 3: write_name(out, "[%u.%u.%u.%u]", a, b, c, d); break;
    default: write_name(out, "%s", draft->to->ip); break;
  }
}

static void make_malformed(struct draft *draft) {
  char *out = draft->to->helo;
  server_rdns(draft, "");
  unsigned number = below(draft->dice, 65536);
  switch (below(draft->dice, 8)) {
    case 0: break;
    case 1: write_name(out, "localhost.localdomain"); break;
    case 2: write_name(out, ".%s", draft->domain); break;
    case 3: write_name(out, "mail..%s", draft->domain); break;
    case 4: write_name(out, "my_host!%u.%s", number % 100, draft->domain); break;
    case 5: write_name(out, "[%u.%u.%u]", draft->a, draft->b, draft->c); break;
    case 6: write_name(out, "[IPv6:2001:db8::%x]", number); break;
    default: write_name(out, "router.lan"); break;
  }
}

/* Of a hundred connections. */
static const struct kind {
  unsigned share;
  void (*make)(struct draft *draft);
} kinds[] = {{40, make_server}, {10, make_sibling}, {5, make_tenant}, {25, make_line}, {10, make_nameless},
             {10, make_malformed}};

static void make(struct connection *to, struct dice *dice) {
  struct draft draft = {.to = to, .dice = dice};
  *to = (struct connection){.address = {[10] = 0xff, 0xff}};
  make_domain(dice, draft.domain);
  make_domain(dice, draft.stranger);
  draft.a = 1 + below(dice, 223);
  draft.b = below(dice, 256);
  draft.c = below(dice, 256);
  draft.d = below(dice, 256);
  uint8_t octets[4] = {(uint8_t)draft.a, (uint8_t)draft.b, (uint8_t)draft.c, (uint8_t)draft.d};
  memcpy(to->address + 12, octets, sizeof octets);
  snprintf(to->ip, sizeof to->ip, "%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
  unsigned at = below(dice, 100);
  const struct kind *kind = kinds;
  for (; at >= kind->share; kind++) at -= kind->share;
  kind->make(&draft);
  if (below(dice, 10) == 0) memcpy(to->user, "alice", sizeof "alice");
  to->ip_len = strlen(to->ip);
  to->rdns_len = strlen(to->rdns);
  to->helo_len = strlen(to->helo);
  to->user_len = strlen(to->user);
}

struct connection *connections_new(size_t count) {
  struct connection *all = calloc(count ? count : 1, sizeof *all);
  struct dice dice = {20250118};
  for (size_t i = 0; all && i < count; i++) make(&all[i], &dice);
  return all;
}
