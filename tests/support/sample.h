/* Owns one program that uses every instruction, for tests that damage it or run it.
 * Must never know: what those tests look for. */
#ifndef SUPPORT_SAMPLE_H
#define SUPPORT_SAMPLE_H

#include "facts/vocabulary.h"
#include "support/build.h"

/* Every VALUE and TEST instruction once on plain operands and once on each list it can take, a rule for each; rules that
 * use every FLOW instruction; two exemptions, one behind a rule's answer; groups, thresholds, every kind of set. */
bool sample_program(struct program *out, const assay_alloc *alloc);

/* The functions that the program calls. Caller frees with vocabulary_free. */
bool sample_vocabulary(struct vocabulary *out, const assay_alloc *alloc);

#endif
