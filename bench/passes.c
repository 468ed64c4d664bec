/* Owns the loops that are measured, each a function of its own so that an instrument can find it by its name.
 * Must never know: clocks. */
#include "passes.h"

void set_facts(assay_facts *facts, const struct connection *connection) {
  assay_facts_clear(facts);
  assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, connection->ip, connection->ip_len);
  assay_facts_set(facts, ASSAY_FACT_CLIENT_RDNS, connection->rdns, connection->rdns_len);
  assay_facts_set(facts, ASSAY_FACT_HELO, connection->helo, connection->helo_len);
  assay_facts_set(facts, ASSAY_FACT_AUTH_USER, connection->user, connection->user_len);
}

void pass_facts(const struct engine *engine, const struct connection *connections, size_t count) {
  for (size_t i = 0; i < count; i++) set_facts(engine->facts, &connections[i]);
}

int64_t pass_engine(const struct engine *engine, const struct connection *connections, size_t count,
                    assay_status *status) {
  int64_t sum = 0;
  *status = ASSAY_OK;
  for (size_t i = 0; i < count && *status == ASSAY_OK; i++) {
    set_facts(engine->facts, &connections[i]);
    *status = assay_evaluate(engine->ruleset, engine->facts, engine->workspace, engine->verdict);
    sum += assay_verdict_score(engine->verdict);
  }
  return sum;
}

int64_t pass_twin(const struct twin *twin, const struct connection *connections, size_t count) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += twin_judge(twin, &connections[i]).score;
  return sum;
}
