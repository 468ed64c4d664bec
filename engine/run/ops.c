/* Owns the table from body instructions to the functions that carry them out.
 * Must never know: planes, units, or which rule asks. */
#include "run/ops.h"

#define OP_ROW_FLOW(id, table) NULL
#define OP_ROW_VALUE(id, table) OP_IN_##table##_VALUE(id)
#define OP_ROW_TEST(id, table) OP_IN_##table##_TEST(id)
#define OP_IN_values_VALUE(id) value_##id
#define OP_IN_values_TEST(id) NULL
#define OP_IN_tests_VALUE(id) NULL
#define OP_IN_tests_TEST(id) test_##id

value_fn *const op_value[OP_COUNT_OF] = {
#define OP(id, kind, result, operands, cost, doc) [OP_##id] = OP_ROW_##kind(id, values),
#include "program/opcodes.def"
#undef OP
};

test_fn *const op_test[OP_COUNT_OF] = {
#define OP(id, kind, result, operands, cost, doc) [OP_##id] = OP_ROW_##kind(id, tests),
#include "program/opcodes.def"
#undef OP
};
