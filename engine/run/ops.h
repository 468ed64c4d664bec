/* Owns the table from body instructions to the functions that carry them out.
 * Must never know: planes, units, or which rule asks. */
#ifndef RUN_OPS_H
#define RUN_OPS_H

#include "run/workspace.h"

/* Computes a slot from known operands; one that the instruction does not have is some known value. */
typedef void value_fn(struct workspace *ws, const struct insn *insn, const struct value *a, const struct value *b,
                      struct value *out);

/* Answers a test of known operands. */
typedef enum answer_kind test_fn(struct workspace *ws, const struct insn *insn, const struct value *a,
                                 const struct value *b);

#define OP_FN_FLOW(id)
#define OP_FN_VALUE(id) value_fn value_##id;
#define OP_FN_TEST(id) test_fn test_##id;
#define OP(id, kind, result, operands, cost, doc) OP_FN_##kind(id)
#include "program/opcodes.def"
#undef OP
#undef OP_FN_FLOW
#undef OP_FN_VALUE
#undef OP_FN_TEST

/* The function of a VALUE (TEST) instruction; NULL for the others. */
extern value_fn *const op_value[OP_COUNT_OF];
extern test_fn *const op_test[OP_COUNT_OF];

/* A name value from bytes that live as long as the evaluation. Sets ws->failed when memory is out. */
void value_name(struct workspace *ws, struct text raw, struct value *out);

/* The reverse name of an address, in the workspace's arena. */
struct text value_reverse_name(struct workspace *ws, struct addr addr);

/* The client's reverse name: the fact where the front end said anything about it, else what DNS answered. */
void value_rdns(struct workspace *ws, enum field field, struct value *out);

/* The boolean properties of a name or an address, as the BITS instructions set them. */
uint32_t op_bits(const struct insn *insn, const struct value *a);

#endif
