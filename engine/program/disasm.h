/* Owns the listing of a program for people, stable enough to be compared with a kept one.
 * Must never know: how the program was made. */
#ifndef PROGRAM_DISASM_H
#define PROGRAM_DISASM_H

#include "base/buf.h"
#include "program/verify.h"

/* The whole program: facts, sets, rules, and every unit with its code. */
void disasm_program(struct buf *out, const struct verified *verified);

/* One rule: the units its condition needs, deepest first, then the condition. False when there is no such rule. */
bool disasm_rule(struct buf *out, const struct verified *verified, struct text name);

#endif
