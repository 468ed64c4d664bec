/* Owns the only door to a runnable program: every index, type, jump and set is checked here, so that the run loop
 * checks nothing. Must never know: where the program came from, or how it runs. */
#ifndef PROGRAM_VERIFY_H
#define PROGRAM_VERIFY_H

#include <assay/status.h>

#include "program/program.h"

/* A program that has passed; only program_verify makes one. The maps are what the checks found on the way. */
struct verified {
  struct program program;
  uint32_t *slot_def; /* the instruction that computes a slot; NO_INDEX for constants and unused ones */
  uint32_t *bit_def;  /* the TEST that computes a bit, or NO_INDEX */
  uint32_t *bit_unit; /* the unit that computes a bit, or NO_INDEX */
  uint32_t depth;     /* the deepest nesting of units */
};

struct verify_fault {
  const char *what; /* static words: "a jump leaves its unit" */
  uint32_t where;   /* the index of the instruction, unit or item */
};

/* Takes the program over, whatever the outcome. On failure *out is NULL and *fault says why. caller frees with
 * verified_free. */
assay_status program_verify(struct verified **out, struct program *program, const assay_alloc *alloc,
                            struct verify_fault *fault);
void verified_free(struct verified *verified, const assay_alloc *alloc);

#endif
