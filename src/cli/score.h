/* Owns what `assay score` was asked to do, shared by its two ways: one connection, and a batch.
 * Must never know: how rules are found. */
#ifndef CLI_SCORE_H
#define CLI_SCORE_H

#include <assay/eval.h>
#include <assay/resolver.h>

#include "cli/opt.h"
#include "proto/record.h"

struct score_request {
  struct opt_list rules, facts, none;
  bool json, partial;
  const char *input, *format; /* NULL: not given */
  const char *dns;            /* the servers, or opt_bare; NULL: DNS is off */
  uint32_t dns_timeout;       /* milliseconds; 0: not given */
};

/* All that scoring needs, but for a connection. */
struct scorer {
  struct cli *cli;
  const struct score_request *request;
  const assay_ruleset *ruleset;
  assay_workspace *workspace;
  assay_resolver *resolver; /* NULL: DNS is off */
  uint32_t in_flight;       /* questions that it has under way at most, in a batch */
};

/* Both answer an exit code. */
int score_one(struct scorer *scorer);
int score_batch(struct scorer *scorer);

/* Facts and a verdict for a connection: what is not given will not come, unless it was asked for. False when there is
 * no memory; caller frees both in any case. */
bool score_new(const struct scorer *scorer, assay_facts **facts, assay_verdict **verdict);

/* Says that a connection could not be scored. */
void score_complain(struct scorer *scorer, assay_status status);

#endif
