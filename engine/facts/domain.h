/* Owns the public suffix list, through libpsl.
 * Must never know: where a name came from, or what a rule makes of its suffix. */
#ifndef FACTS_DOMAIN_H
#define FACTS_DOMAIN_H

#include <stdbool.h>

#include <assay/status.h>

#include "base/mem.h"
#include "base/text.h"

struct domain; /* the list: immutable after opening; shared by threads. Or one thread's view of a list */

/* Opens the newest list on the machine (psl_latest). caller frees with domain_close. */
assay_status domain_open(struct domain **out, const assay_alloc *alloc);
void domain_close(struct domain *domain);

/* A view remembers its latest answers: names come again, and walking the list is most of what a name costs. It is
 * used wherever a list is, by one thread, and shows no list (every name is unknown) until it is told which. */
assay_status domain_view_new(struct domain **out, const assay_alloc *alloc); /* caller frees with domain_close */

/* The view holds the list, so `domain`, which may be NULL, may be closed before it. */
void domain_view_show(struct domain *view, const struct domain *domain);

/* The registrable domain of a lower-case A-label name without trailing dot: a suffix of `name`; empty where the
 * name is itself a public suffix. Uses the ICANN and the private part of the list. */
struct text domain_registrable(const struct domain *domain, struct text name);

/* Whether it has one, which takes a single look into the list. */
bool domain_has_registrable(const struct domain *domain, struct text name);

/* Whether the last label is a public suffix by the ICANN part, or a name reserved by RFC 2606, RFC 6761 and
 * their successors (test, example, invalid, localhost, local, onion, alt, home.arpa's arpa, …). */
bool domain_tld_known(const struct domain *domain, struct text tld);

#endif
