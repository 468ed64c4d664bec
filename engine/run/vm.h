/* Owns the run loop: bodies that compute slots and features, conditions that answer in two modes.
 * Must never know: scores, actions, or what a rule is called. */
#ifndef RUN_VM_H
#define RUN_VM_H

#include "run/workspace.h"

/* A literal is a bit and the value it is wanted to have. `excluded` is a plane that says which unknown bits count as
 * not having it; so one loop runs in every mode:
 *   optimistic   H   excluded = none    fails: the condition is false
 *   pessimistic  L   excluded = all     passes: the condition is true
 *   could ever       excluded = never   fails: nothing still to come makes it true
 *   could soon       excluded = stuck   fails: only what failed for now could make it true
 * A known bit passes or not by its truth. This equals Kleene's tables, since conditions are in negation normal form. */

/* Called for every unknown bit that a run touched; see vm_touch. */
typedef void vm_touch_fn(void *user, uint32_t bit);

/* Computes the unit. */
void vm_compute(struct workspace *ws, uint32_t unit);

/* The same, unless that was done for this connection. */
static inline void vm_need(struct workspace *ws, uint32_t unit) {
  if (ws->unit_done[unit] != ws->now) vm_compute(ws, unit);
}

/* Runs a condition once more, in the mode of that plane, and reports each unknown bit it tests. Its needs must be
 * computed. */
void vm_touch(struct workspace *ws, uint32_t unit, const uint64_t *excluded, vm_touch_fn *touch, void *user);

/* Takes a condition's answer as given instead of computing it. */
void vm_pin(struct workspace *ws, uint32_t unit, enum answer_kind answer);

#endif
