/* Owns the answer about one connection: sums, interval, action, hits, what is open and what it waits for.
 * Must never know: instructions, or a protocol. */
#ifndef RUN_VERDICT_H
#define RUN_VERDICT_H

#include "run/workspace.h"

/* A wait is a slot (its text says what), or with this bit set a feature. */
#define WAIT_FEATURE 0x80000000u

enum { WAITS_MAX = 64 };

struct verdict_wait {
  uint32_t at;
  enum outcome outcome; /* what keeps it from being known */
};

struct verdict_open {
  uint32_t index; /* of the rule, or of the exemption */
  bool exemption;
  bool may_fall; /* it has failed, but what is not yet known may still make it false */
  enum why why;
  uint32_t waits, wait_count; /* a run of verdict.waits */
};

struct verdict_question {
  enum question type;
  bool pending;  /* it is on its way already */
  uint32_t name; /* where it begins in verdict.names; it ends with a NUL */
};

struct verdict {
  const assay_alloc *alloc;
  int64_t score, low, high;
  enum action action;
  bool settled;
  uint32_t exempt; /* the exemption that held, or NO_INDEX */
  uint32_t *hits;
  size_t hit_count, hit_cap;
  struct verdict_open *open;
  size_t open_count, open_cap;
  struct verdict_wait *waits;
  size_t wait_count, wait_cap;
  bool no_waits; /* they are not collected; for whoever has the verdict to say */
  struct buf reply; /* ends with a NUL; empty when the action has no reply */
  bool has_reply;
  struct verdict_question questions[QUESTIONS_MAX];
  size_t question_count;
  struct buf names;
};

assay_status verdict_new(struct verdict **out, const assay_alloc *alloc); /* caller frees */
void verdict_free(struct verdict *verdict);
void verdict_clear(struct verdict *verdict);

assay_status verdict_add_hit(struct verdict *verdict, uint32_t rule);
assay_status verdict_add_open(struct verdict *verdict, struct verdict_open open);
assay_status verdict_add_wait(struct verdict *verdict, struct verdict_open *to, struct verdict_wait wait); /* once */

/* A pinned answer of a rule, for tests. */
struct verdict_pin {
  uint32_t rule;
  enum answer_kind answer;
};

/* Evaluates everything; the verdict is filled anew. */
assay_status verdict_evaluate(struct verdict *verdict, const struct linked *linked, const struct facts *facts,
                              struct workspace *workspace);

/* The answer of one rule's condition, whatever is disabled or exempt, with other rules' answers pinned. */
assay_status verdict_judge(enum answer_kind *out, uint32_t rule, const struct verdict_pin *pins, size_t pin_count,
                           const struct linked *linked, const struct facts *facts, struct workspace *workspace);

#endif
