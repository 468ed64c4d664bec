/* Owns what tests of single questions share: a resolver that is soon out of patience, what came of a question as text,
 * and what a host's loop watches.
 * Must never know: which server it asks. */
#ifndef LIB_ASKING_H
#define LIB_ASKING_H

#include <poll.h>

#include "support/dns_fake.h"
#include "unit/lib/api.h"

/* What came of a question: "found 192.0.2.1 192.0.2.2", "nxdomain". */
struct heard {
  size_t calls;
  assay_outcome outcome;
  char text[2048];
};

/* Times are short, so that silence is soon over. */
assay_resolver_options asking_options(const char *servers);

assay_resolver *asking_open_with(const assay_resolver_options *options);
assay_resolver *asking_open(const struct dns_fake *fake);

/* For a callback whose user is a struct heard. */
void asking_hear(void *user, const assay_answer *answer);

/* NULL when it was answered at once. */
assay_lookup *asking_ask(assay_resolver *resolver, assay_question_type type, const char *name, struct heard *heard);

/* Until nobody waits any more. */
void asking_wait(assay_resolver *resolver);

/* Asks, waits, and holds what came against the text. */
void asking_check(assay_resolver *resolver, assay_question_type type, const char *name, const char *expected);

/* What the loop of a host watches for a resolver; the first one of all zero. */
struct asking_loop {
  struct pollfd watched[64];
  size_t count, changes;
};

/* For assay_resolver_watch, with a struct asking_loop as its user. */
void asking_watch(void *user, int fd, bool read, bool write);

assay_resolver_stats asking_stats(const assay_resolver *resolver);

#endif
