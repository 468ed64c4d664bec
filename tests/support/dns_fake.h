/* Owns a DNS server for tests, on loopback and in a thread of its own, that answers, fails and lies as its rows say.
 * Must never know: who asks it. */
#ifndef SUPPORT_DNS_FAKE_H
#define SUPPORT_DNS_FAKE_H

#include <stddef.h>

#define DNS_TTL 300 /* seconds: of every record, and of the minimum in every SOA record */

enum dns_way {
  DNS_ANSWERS,
  DNS_NODATA,
  DNS_NXDOMAIN,
  DNS_SERVFAIL,
  DNS_REFUSED,
  DNS_FORMERR,
  DNS_NO_EDNS,        /* FORMERR where EDNS comes with the question; else it answers */
  DNS_NO_EDNS_NOTIMP, /* the same by NOTIMP, and with an OPT record of its own */
  DNS_SILENT,
  DNS_TRUNCATED,      /* by UDP; by TCP it answers */
  DNS_HANGS_UP,       /* truncated by UDP; by TCP it closes at once */
  DNS_OVERSIZED,      /* answers by UDP with more than was offered */
  DNS_WRONG_ID,       /* before the right answer comes one with another id */
  DNS_WRONG_QUESTION, /* answers another question, under the right id */
  DNS_LOOP,           /* a name that points to itself */
  DNS_SHORT,          /* eleven bytes */
  DNS_GARBAGE,        /* a header that promises records, and noise behind it */
  DNS_LAME,           /* names other servers, neither authority nor resolver */
  DNS_ECHO            /* the question as it came */
};

struct dns_row {
  const char *name; /* lower case; "*.example" is every name below, "*" every name */
  int type;         /* of the wire; 0: each */
  enum dns_way way;
  const char *records; /* between commas: addresses, names, "10 mx.example.org", strings */
  unsigned delay_ms;
};

struct dns_fake;

/* Serves rows, of which the first that fits counts; a name that none fits is NXDOMAIN. Rows live as long as it does. */
struct dns_fake *dns_fake_start(const struct dns_row *rows, size_t count);
void dns_fake_stop(struct dns_fake *fake); /* its port is closed from then on; NULL is allowed */

const char *dns_fake_server(const struct dns_fake *fake); /* "127.0.0.1:40053" */
size_t dns_fake_received(const struct dns_fake *fake);    /* questions, by UDP and TCP */
void dns_fake_drop(struct dns_fake *fake, unsigned percent); /* of what comes from now on is lost */
void dns_fake_shuffle(struct dns_fake *fake, unsigned most_ms); /* from now on each answer takes some time up to this */

#endif
