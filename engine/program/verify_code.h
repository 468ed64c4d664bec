/* Owns what the parts of the verifier share: the checker's state and the entry of each part.
 * Must never know: anything outside program/. */
#ifndef PROGRAM_VERIFY_CODE_H
#define PROGRAM_VERIFY_CODE_H

#include "program/verify.h"

/* A jump seen on the way: code between its target and the source may be skipped. */
struct checker {
  struct verified *v;
  struct program *p;
  struct verify_fault *fault;
  uint32_t *slot_stamp;  /* unit + 1 in which the slot was last computed */
  uint32_t *need_until;  /* up to which instruction the latest NEED of a unit is sure to have run */
  uint32_t *need_stamp;  /* unit + 1 in which need_until was set */
  uint32_t *unit_depth;
  uint32_t *heap;        /* targets of the jumps passed so far, the nearest first */
  uint32_t heap_count;
};

/* Records a fault; always false. */
bool verify_fail(struct checker *checker, const char *what, uint32_t where);

bool verify_tables(struct checker *checker);                       /* verify_tables.c */
bool verify_body(struct checker *checker, uint32_t unit);          /* verify_body.c */
bool verify_condition(struct checker *checker, uint32_t unit);     /* verify_condition.c */

#endif
