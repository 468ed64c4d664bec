/* Tests the tables from instructions to functions: each VALUE and TEST has exactly its own, and a FLOW has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "operands.h"

static void each_kind_has_its_function(void **state) {
  (void)state;
  for (unsigned op = 0; op < OP_COUNT_OF; op++) {
    enum op_kind kind = opcode_info(op)->kind;
    assert_int_equal(op_value[op] != NULL, kind == KIND_VALUE);
    assert_int_equal(op_test[op] != NULL, kind == KIND_TEST);
  }
}

static void no_function_serves_two(void **state) {
  (void)state;
  for (unsigned op = 0; op < OP_COUNT_OF; op++)
    for (unsigned other = 0; other < op; other++) {
      assert_true(!op_value[op] || op_value[op] != op_value[other]);
      assert_true(!op_test[op] || op_test[op] != op_test[other]);
    }
}

/* A table of properties as one word, and each of them asked for by itself, say the same. */
static void tables_of_bits_agree_with_single_ones(void **state) {
  (void)state;
  static const char *const names[] = {"", "mx.example", "localhost", "192.0.2.1", "[192.0.2.1]", "a_b..c.", "-x.1",
                                      "m\xc3\xbcnchen.example", "two words"};
  static const char *const addresses[] = {"", "192.0.2.1", "127.0.0.1", "10.0.0.1", "2001:db8::1", "fe80::1", "ff02::1",
                                          "198.41.0.4"};
  struct bench bench;
  operands_open(&bench);
  struct insn name_bits = {.op = OP_NAME_BITS}, address_bits = {.op = OP_ADDRESS_BITS};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct value a = operand(bench.ws, 'n', text_from(names[i]));
    for (uint32_t c = 0; c < HOST_TLD_KNOWN; c++) {
      struct insn insn = {.op = OP_NAME_PROP, .c = c};
      assert_int_equal(test_NAME_PROP(bench.ws, &insn, &a, NULL), op_bits(&name_bits, &a) >> c & 1);
    }
  }
  for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
    struct value a = operand(bench.ws, 'a', text_from(addresses[i]));
    assert_int_not_equal(op_bits(&address_bits, &a), 0);
    for (uint32_t c = 0; c < ADDR_PROP_COUNT; c++) {
      struct insn insn = {.op = OP_ADDRESS_PROP, .c = c};
      assert_int_equal(test_ADDRESS_PROP(bench.ws, &insn, &a, NULL), op_bits(&address_bits, &a) >> c & 1);
    }
  }
  bench_close(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_kind_has_its_function),
      cmocka_unit_test(no_function_serves_two),
      cmocka_unit_test(tables_of_bits_agree_with_single_ones),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
