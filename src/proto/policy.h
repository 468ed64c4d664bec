/* Owns Postfix's SMTP access policy delegation (3.7): requests to facts, a verdict to the action it means for Postfix.
 * Must never know: a socket, a clock, or which verdicts are remembered. */
#ifndef PROTO_POLICY_H
#define PROTO_POLICY_H

#include <assay/facts.h>
#include <assay/ruleset.h>
#include <assay/verdict.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/bytes.h"
#include "proto/codec.h"
#include "proto/policy_map.h"
#include "proto/record.h"

enum policy_attr {
#define POLICY_ATTR(id, word, kind, fact, from, doc) POLICY_##id,
#include "proto/policy_attrs.def"
#undef POLICY_ATTR
  POLICY_ATTRS
};

struct policy_attr_info {
  const char *word;
  assay_fact fact; /* ASSAY_FACT_COUNT: none */
  const char *doc;
};

/* The row of an attribute; NULL past the end. Static. */
const struct policy_attr_info *policy_attr_at(size_t index);

struct policy_state;

struct policy_limits {
  size_t line, request; /* the most bytes of each, without the line's end */
};

#define POLICY_LIMITS_INIT {8192, 65536}

/* One request in a buffer whose bytes stay where they are, from its first byte on, while it is read: its values are
 * pieces of them. All zeros is one of which nothing has been read. */
struct policy_request {
  size_t line, scanned; /* where the line under way begins; how far it holds no end */
  size_t used;          /* CODEC_READY: the bytes it took; the next request begins there */
  unsigned next;        /* the attribute that Postfix would send next */
  uint32_t present;     /* bit a: attribute a stands there */
  struct span values[POLICY_ATTRS];
  const struct policy_state *state; /* CODEC_READY */
};

/* Reads on, in `len` bytes from the request's first one on; at_end: no more will come. CODEC_READY when the request is
 * whole: by its empty line, or at_end by the end of input, as Exim's ${readsocket} leaves it. CODEC_BAD: it is
 * malformed, and the error says how; Postfix's custom is to close without a reply, and to log. CODEC_GONE: the input
 * ended where a request would begin. Takes time in proportion to the bytes, however they are cut. */
enum codec_need policy_scan(struct policy_request *request, const char *bytes, size_t len, bool at_end,
                            const struct policy_limits *limits, struct proto_error *error);

/* The value of an attribute of a whole request, "" when it does not stand there; a piece of bytes. */
const char *policy_value(const struct policy_request *request, const char *bytes, enum policy_attr attr, size_t *len);

/* The word of the state, "RCPT" where the request says none that is known. Static. */
const char *policy_state_word(const struct policy_request *request);

/* The attributes that may matter to the verdicts of a rule set, bit a for attribute a. */
uint32_t policy_wanted(const assay_ruleset *ruleset);

#define POLICY_BIT(attr) (UINT32_C(1) << (attr))
#define POLICY_ALL UINT32_MAX

/* Clears the facts, then sets those of wanted attributes from a whole request. What Postfix cannot know yet is unknown,
 * not yet; what it does not say stays unset, so that DNS is asked where it can tell. PROTO_BAD when one of these values
 * does not fit its fact. */
enum proto_result policy_facts(const struct policy_request *request, const char *bytes, uint32_t wanted,
                               assay_facts *facts, struct proto_error *error);

/* Replaces what `out` holds by the bytes that requests must have in common to get one verdict: the instance, whether
 * they are about a message, of which HOLD and DISCARD could be said, and what the wanted attributes say to facts. The
 * recipients of one message have the same ones if rules do not look at the recipient. False, with nothing in `out`, when
 * the request has no instance: its verdict is its own. */
bool policy_key(struct bytes *out, const struct policy_request *request, const char *bytes, uint32_t wanted);

struct policy_reply_how {
  const struct policy_map *map;
  bool dry_run;   /* say what would have happened, and do nothing */
  bool prepended; /* this instance has got its header: once is enough */
};

/* Appends the reply to a whole request: one action on one line of at most POLICY_LINE_MOST bytes of printable ASCII,
 * and an empty line. True when it adds a header to the message. */
bool policy_reply(struct bytes *out, const struct policy_request *request, const assay_verdict *verdict,
                  const struct policy_reply_how *how);

#define POLICY_LINE_MOST 480

#endif
