/* Owns the one-pass scan of a DNS name as received (HELO argument, reverse name): every property of the name,
 * its compared form, its labels. Must never know: which fact the name came from, or any rule. */
#ifndef FACTS_HOST_H
#define FACTS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/text.h"

struct domain; /* facts/domain.h: the public suffix list */

/* The boolean properties, one bit each; docs/language.md says when each is true. */
enum host_prop {
#define PROP(id, word, doc, class) HOST_##id,
#include "facts/host_props.def"
#undef PROP
  HOST_PROP_COUNT
};

/* Whether no name has both, by the table; two different ones. */
bool host_props_exclude(enum host_prop a, enum host_prop b);

struct host {
  struct text raw;       /* the bytes as received; borrowed from the caller */
  struct text canonical; /* the compared form: lower case, no single trailing dot, U-labels as A-labels, no white
                          * space around it; every byte string has one, and it is its own compared form */
  struct addr address;   /* of an is_address or is_literal name; else empty */
  uint32_t props;        /* bits of enum host_prop, TLD_KNOWN excepted: see host_find_tld */
  uint16_t label_count;  /* of the compared form, empty labels counted; never more than UINT16_MAX */
  bool tld_done, org_done; /* host_find_tld, host_find_org have filled what follows */
  bool tld_known;
  struct text org;       /* the registrable domain, a suffix of canonical; empty where there is none */
};

/* Scans `raw`. White space around it is no part of the name and no malformation. A name that begins or ends with
 * a square bracket is a literal, good or bad, and nothing else; an address is nothing else either. A label with
 * bytes above 127 counts, and is measured, as its A-label where it has one, else as a bad character. canonical
 * points into `raw` itself where that already is the compared form, else into the arena. False when the arena is
 * out of memory. Works in time linear in the length, for any bytes. */
bool host_scan(struct host *out, struct text raw, struct arena *arena);

/* Fill tld_known, and org, once; `domain` may be NULL (no list on this machine: then they stay false and empty).
 * host_suffix fills both. */
void host_find_tld(struct host *host, const struct domain *domain);
void host_find_org(struct host *host, const struct domain *domain);
void host_suffix(struct host *host, const struct domain *domain);

/* Whether host_find_org finds one; cheaper where nobody wants to know which. */
bool host_has_org(const struct host *host, const struct domain *domain);

/* The nth label of the compared form, from the left (0, 1, …) or the right (-1, -2, …); empty outside, and
 * empty for addresses, literals and bad literals, which have no labels. */
struct text host_label(const struct host *host, int64_t n);

/* The last label; empty as above. */
struct text host_tld(const struct host *host);

/* Compared forms are equal. Two empty names are equal; empty equals only empty. */
bool host_eq(const struct host *a, const struct host *b);

/* `name` is `domain` or a subdomain of it; false when either is empty. Addresses are under nothing but
 * themselves. */
bool host_under(const struct host *name, const struct host *domain);

/* Whether the names end in two same labels at least. If they do not, their registrable domains differ, and nobody
 * need look for them. */
bool host_may_share_org(const struct host *a, const struct host *b);

/* The registrable domains are the same; false when either has none. Both must have had host_find_org. */
bool host_same_org(const struct host *a, const struct host *b);

#endif
