/* Owns a stand-in for the library's facts and verdict: facts that keep a log of what was done to them, and a
 * verdict that says what a test wants. With it the codecs are tested by themselves.
 * Must never know: any format. */
#ifndef PROTO_FAKE_ASSAY_H
#define PROTO_FAKE_ASSAY_H

#include <assay/assay.h>
#include <assay/facts.h>
#include <assay/ruleset.h>
#include <assay/verdict.h>

#define FAKE_MOST 4

struct assay_facts {
  char log[4096]; /* "set helo=mx; append rcpt=a@b.c; not yet rcpt.count; " with odd bytes as \xHH */
  size_t len;
};

/* A rule set that reads the facts whose bits are set. */
struct assay_ruleset {
  uint64_t reads;
};

struct fake_unknown {
  const char *rule;
  assay_why why;
  const char *waits[FAKE_MOST]; /* ends with NULL */
  assay_outcome outcomes[FAKE_MOST];
};

struct assay_verdict {
  int64_t score, low, high;
  assay_action action;
  bool settled;
  const char *reply, *exempt, *exempt_describe;
  assay_hit hits[FAKE_MOST]; /* ends where rule is NULL */
  struct fake_unknown unknown[FAKE_MOST];
};

/* A text that no fact takes, and one for which there is no memory. */
#define FAKE_BAD_VALUE "bad-value"
#define FAKE_NO_MEMORY "no-memory"

#endif
