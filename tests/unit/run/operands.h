/* Owns, for tests of single instructions, a workspace ready to run them and operands written as text.
 * Must never know: what an instruction answers. */
#ifndef RUN_OPERANDS_H
#define RUN_OPERANDS_H

#include "run/ops.h"
#include "support/bench.h"

/* The sets of the bench that operands_open makes, by number. */
enum { SET_OF_STRINGS, SET_OF_NAMES, SET_OF_MAILBOXES, SET_OF_NOTHING, SET_OF_NETWORKS, SET_OF_PATTERNS };

/* A bench with those sets, one map (0), and a slot of each type; its workspace has begun a connection. */
void operands_open(struct bench *bench);

/* A slot of that type. */
uint32_t operand_slot(const struct bench *bench, enum value_type type);

/* A known value of the type with that letter: "5" (b, i), "0.5" (r), bytes (s, m, n), an address; for a list how many
 * elements it has, and "2?": as many, and perhaps more. */
struct value operand(struct workspace *ws, char letter, struct text text);

#endif
