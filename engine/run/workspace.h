/* Owns the scratch memory of one thread: the planes, the slots, what has been computed for the connection at hand.
 * Must never know: what an instruction does. */
#ifndef RUN_WORKSPACE_H
#define RUN_WORKSPACE_H

#include "run/linked.h"

/* Questions a connection; what is over this budget counts as failed. FREE_MAX: beside them, those noted that the source of
 * the facts answers at once, which cost nothing; of more than these it is asked each time. */
enum { QUESTIONS_MAX = 64, FREE_MAX = 64 };

/* How many names of a connection are remembered with their scan; HELO and its reverse names are often the same. */
enum { SCANNED_MAX = 8 };

/* An answer about a text that was dear to find: the same test of the same operands answers the same. */
enum { FOUND_MAX = 8 };
struct found {
  uint8_t op;
  uint32_t c; /* the immediate */
  struct text text;
  struct addr addr; /* the other operand, if there is one */
  enum answer_kind answer;
};

/* A question that the connection asks. */
struct asked {
  enum question type;
  uint64_t hash;
  struct text name; /* canonical; of the evaluation */
  const struct answer *answer; /* NULL: nothing is known of it */
  bool open;        /* its answer may still come */
  bool pending;     /* the facts say so of this very question: it is on its way */
  bool wanted;      /* the answer could still change the action: it is among the verdict's questions */
};

/* That a slot is open because of a question. */
struct asking {
  uint32_t slot, question; /* of asked */
};

/* Bit i of the planes is feature or answer i. truth is meaningful where known is set; never and stuck say why a bit is not
 * known: never implies stuck; stuck is "never or failed". none and all are constant. */
struct workspace {
  const assay_alloc *alloc;
  const struct linked *linked; /* of the evaluation at hand; so are the next two */
  const struct facts *facts;
  bool failed; /* an allocation failed on the way */
  uint64_t *truth, *known, *never, *stuck, *none, *all;
  size_t words;
  struct value *slots; /* the computed ones; constants stay in linked */
  const struct value *constants;
  uint32_t constants_count;
  uint32_t *slot_done, *unit_done; /* == now: computed for this connection */
  uint32_t *slot_seen, *unit_seen; /* == walk: met by the walk for waits at hand */
  size_t slot_cap, slot_done_cap, unit_cap, slot_seen_cap, unit_seen_cap;
  uint32_t now, walk;
  struct arena arena; /* what lives as long as one evaluation */
  struct buf text; /* for what is printed on the way */
  struct pattern_scratch *patterns;
  struct asked asked[QUESTIONS_MAX + FREE_MAX]; /* in the order met */
  size_t asked_count, spent; /* spent: of the budget */
  VEC(struct asking) asking;
  uint32_t slot; /* being computed */
  struct host *scanned[SCANNED_MAX]; /* the first names of the evaluation */
  size_t scanned_count;
  struct found found[FOUND_MAX]; /* the first of the evaluation */
  size_t found_count;
  struct domain *domain; /* a view of the rule set's public suffix list */
};

assay_status workspace_new(struct workspace **out, const assay_alloc *alloc); /* caller frees */
void workspace_free(struct workspace *workspace);

/* Starts a walk that meets each slot and unit once. */
void workspace_walk(struct workspace *workspace);

/* Makes room for the rule set and forgets the last connection. */
assay_status workspace_begin(struct workspace *workspace, const struct linked *linked, const struct facts *facts);

static inline const struct value *workspace_slot(const struct workspace *ws, uint32_t slot) {
  return slot < ws->constants_count ? &ws->constants[slot] : &ws->slots[slot];
}

static inline void workspace_set_bit(struct workspace *ws, uint32_t bit, enum answer_kind answer) {
  uint64_t one = (uint64_t)1 << bit % 64;
  if (answer <= ANSWER_YES) {
    ws->known[bit / 64] |= one;
    if (answer == ANSWER_YES) ws->truth[bit / 64] |= one;
  } else {
    if (answer == ANSWER_NEVER) ws->never[bit / 64] |= one;
    if (answer >= ANSWER_FAILED) ws->stuck[bit / 64] |= one;
  }
}

static inline enum answer_kind workspace_bit(const struct workspace *ws, uint32_t bit) {
  uint64_t one = (uint64_t)1 << bit % 64;
  if (ws->known[bit / 64] & one) return ws->truth[bit / 64] & one ? ANSWER_YES : ANSWER_NO;
  if (ws->never[bit / 64] & one) return ANSWER_NEVER;
  return ws->stuck[bit / 64] & one ? ANSWER_FAILED : ANSWER_NOT_YET;
}

#endif
