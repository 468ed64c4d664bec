/* Owns the entry of the body half of the run loop.
 * Must never know: conditions. */
#ifndef RUN_VM_BODY_H
#define RUN_VM_BODY_H

#include "run/workspace.h"

/* Runs straight-line code: computes the slots that are not computed yet, and sets the bits. */
void vm_body(struct workspace *ws, const struct unit *unit);

/* --- what taking lists element by element is made of --- */

/* One result for each element; a result that is itself a list is joined on. What is unknown of an element leaves the list
 * partial, for the mildest reason: as an `or`, the list is used through any(…). */
struct joined {
  VEC(struct value) items;
  bool partial;
  enum outcome outcome; /* of what is missing */
};

/* What taking this list begins with. */
static inline struct joined vm_join_begin(const struct value *list) {
  return (struct joined){.partial = list->partial, .outcome = list->partial ? (enum outcome)list->outcome : OUTCOME_FOUND};
}

void vm_join(struct workspace *ws, struct joined *joined, const struct value *value, bool is_list);
struct value vm_joined(const struct joined *joined);

/* A list that is known to be empty: there is no element, whatever other operands are. */
static inline bool vm_is_nothing(const struct value *list) {
  return list->known && !list->partial && list->count == 0;
}

/* A list that may still turn out to be empty: then the other operands are not needed. */
static inline bool vm_may_be_nothing(const struct value *list) {
  return !list->known || (list->partial && list->count == 0);
}

#endif
