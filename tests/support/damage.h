/* Owns damage to a program: fields are changed as a stream of numbers says, within arrays and counts that stay true to
 * memory. Must never know: which damage the verifier refuses. */
#ifndef SUPPORT_DAMAGE_H
#define SUPPORT_DAMAGE_H

#include "program/program.h"

/* A stream of numbers: bytes while they last, then a generator with this state (0: zeros). */
struct damage_source {
  const uint8_t *bytes;
  size_t left;
  uint64_t state;
};

uint64_t damage_next(struct damage_source *source);

/* Changes one thing. The program must be a copy of its own (program_copy). */
void damage_program(struct program *p, struct damage_source *source);

#endif
