/* Owns what `assay score` was asked to do, shared by its two ways: one connection, and a batch.
 * Must never know: how rules are found. */
#ifndef CLI_SCORE_H
#define CLI_SCORE_H

#include <assay/eval.h>

#include "cli/opt.h"
#include "proto/record.h"

struct score_request {
  struct opt_list rules, facts, none;
  bool json, partial;
  const char *input, *format; /* NULL: not given */
};

/* All that an evaluation needs. */
struct scorer {
  struct cli *cli;
  const struct score_request *request;
  const assay_ruleset *ruleset;
  assay_facts *facts;
  assay_workspace *workspace;
  assay_verdict *verdict;
};

/* Both answer an exit code. */
int score_one(struct scorer *scorer);
int score_batch(struct scorer *scorer);

/* Evaluates the facts; says so when memory runs out. */
bool score_evaluate(struct scorer *scorer);

#endif
