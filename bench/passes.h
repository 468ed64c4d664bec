/* Owns the loops that are measured, each a function of its own so that an instrument can find it by its name.
 * Must never know: clocks. */
#ifndef BENCH_PASSES_H
#define BENCH_PASSES_H

#include <assay/assay.h>

#include "connections.h"
#include "twin.h"

/* What scoring takes: one of each. */
struct engine {
  assay_ruleset *ruleset;
  assay_facts *facts;
  assay_workspace *workspace;
  assay_verdict *verdict;
};

/* Sets the facts of each connection, and no more: the share of the next pass that is no evaluation. */
void pass_facts(const struct engine *engine, const struct connection *connections, size_t count);

/* Facts to verdict. The sum of all scores; a status that is not ASSAY_OK ends the pass and is left in *status. */
int64_t pass_engine(const struct engine *engine, const struct connection *connections, size_t count,
                    assay_status *status);

int64_t pass_twin(const struct twin *twin, const struct connection *connections, size_t count);

/* One connection, as the passes treat it. */
void set_facts(assay_facts *facts, const struct connection *connection);

#endif
