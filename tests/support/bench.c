/* Owns what it takes to run a built program in a test: link, workspace, verdict, facts.
 * Must never know: what the program says. */
#include "support/bench.h"

void bench_close(struct bench *bench) {
  linked_free(bench->linked);
  workspace_free(bench->ws);
  verdict_free(bench->verdict);
  facts_free(bench->facts);
  *bench = (struct bench){0};
}

bool bench_open(struct bench *bench, struct build *build, const assay_alloc *alloc) {
  return bench_open_with(bench, build, NULL, alloc);
}

bool bench_open_with(struct bench *bench, struct build *build, const struct vocabulary *vocabulary,
                     const assay_alloc *alloc) {
  *bench = (struct bench){0};
  struct verified *verified = build_verified(build, alloc);
  build_free(build);
  bool ok = verified && linked_new(&bench->linked, verified, vocabulary, alloc) == ASSAY_OK &&
            workspace_new(&bench->ws, alloc) == ASSAY_OK && verdict_new(&bench->verdict, alloc) == ASSAY_OK &&
            facts_new(&bench->facts, vocabulary, alloc) == ASSAY_OK;
  if (!ok) bench_close(bench);
  return ok;
}

assay_status bench_run(struct bench *bench) {
  return verdict_evaluate(bench->verdict, bench->linked, bench->facts, bench->ws);
}

enum answer_kind bench_answer(const struct bench *bench, uint32_t rule) {
  return workspace_bit(bench->ws, bench->linked->program->rule_bits + rule);
}

struct text bench_wait(const struct bench *bench, size_t open, size_t wait) {
  if (open >= bench->verdict->open_count || wait >= bench->verdict->open[open].wait_count) return TEXT("");
  uint32_t at = bench->verdict->waits[bench->verdict->open[open].waits + wait].at;
  const struct program *p = bench->linked->program;
  return at & WAIT_FEATURE ? p->bit_texts[at & ~WAIT_FEATURE] : p->slot_texts[at];
}
