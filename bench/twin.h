/* Owns the seventeen rules once more, written out in C as a careful programmer would who has no engine: what the
 * engine's speed is measured against. Must never know: the engine. */
#ifndef BENCH_TWIN_H
#define BENCH_TWIN_H

#include "connections.h"

/* RULE(name, score in thousandths), in the order of seventeen.rule. */
#define TWIN_RULES(RULE)       \
  RULE(HELO_EMPTY, 4000)       \
  RULE(HELO_LOCALHOST, 3000)   \
  RULE(HELO_LOCALDOMAIN, 2500) \
  RULE(HELO_NOT_FQDN, 2000)    \
  RULE(HELO_IS_IP, 3500)       \
  RULE(HELO_BAD_LITERAL, 5000) \
  RULE(HELO_IS_LITERAL, -200)  \
  RULE(HELO_LEADING_DOT, 1500) \
  RULE(HELO_EMPTY_LABEL, 1500) \
  RULE(HELO_BAD_CHARS, 3000)   \
  RULE(HELO_IP_MISMATCH, 4500) \
  RULE(HELO_NOT_RDNS, 800)     \
  RULE(HELO_OTHER_ORG, 1200)   \
  RULE(RDNS_MISSING, 1800)     \
  RULE(RDNS_EMBEDS_IP, 2200)   \
  RULE(NOBODY, 1000)           \
  RULE(MASKED_LINE, 900)

enum twin_rule {
#define RULE(name, score) TWIN_##name,
  TWIN_RULES(RULE)
#undef RULE
  TWIN_RULE_COUNT
};

struct twin_verdict {
  int64_t score; /* thousandths */
  uint32_t hits; /* bits of enum twin_rule */
  bool exempt;
};

struct twin;

struct twin *twin_new(void); /* NULL without memory or public suffix list */
void twin_free(struct twin *twin);

struct twin_verdict twin_judge(const struct twin *twin, const struct connection *connection);

/* Whether the lower-case name spells the IPv4 address out, as the language's embeds_address defines it. */
bool twin_embeds(const char *name, size_t len, const uint8_t octets[4]);

#endif
