/* Owns what it takes to run a built program in a test: link, workspace, verdict, facts.
 * Must never know: what the program says. */
#ifndef SUPPORT_BENCH_H
#define SUPPORT_BENCH_H

#include "run/verdict.h"
#include "support/build.h"
#include "support/facts.h"

struct bench {
  struct linked *linked;
  struct workspace *ws;
  struct verdict *verdict;
  struct facts *facts;
};

/* Takes the build over: verifies and links it. False, with nothing to close, when any step refuses. */
bool bench_open(struct bench *bench, struct build *build, const assay_alloc *alloc);

/* The same, with functions of a host. */
bool bench_open_with(struct bench *bench, struct build *build, const struct vocabulary *vocabulary,
                     const assay_alloc *alloc);
void bench_close(struct bench *bench);

/* Evaluates the bench's facts. */
assay_status bench_run(struct bench *bench);

/* The answer of a rule after bench_run. */
enum answer_kind bench_answer(const struct bench *bench, uint32_t rule);

/* The text of a wait of an open entry; "" past the end. */
struct text bench_wait(const struct bench *bench, size_t open, size_t wait);

#endif
