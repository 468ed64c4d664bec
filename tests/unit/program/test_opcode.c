/* Tests the tables of instructions and types against each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "program/opcode.h"

static const char immediates[] = "#FTWXPYZC";

static void rows_are_well_formed(void **state) {
  (void)state;
  for (unsigned op = 0; op < OP_COUNT_OF; op++) {
    const struct opcode_info *info = opcode_info(op);
    assert_true(info->name[0] && info->doc[0]);
    unsigned slots = 0;
    for (const char *c = info->operands; *c; c++) {
      bool slot = *c == '*' || *c == '^' || type_of_letter(*c) < TYPE_COUNT_OF;
      assert_true(slot || strchr(immediates, *c)); /* nothing else is known to the verifier */
      assert_true(slot || c[1] == 0);              /* an immediate stands last */
      slots += slot;
    }
    assert_int_equal(opcode_slots(op), slots);
    assert_true(slots <= 2);
    size_t len = strlen(info->operands);
    assert_int_equal(opcode_immediate(op), len > slots ? info->operands[len - 1] : 0);
  }
}

static void results_fit_their_kind(void **state) {
  (void)state;
  for (unsigned op = 0; op < OP_COUNT_OF; op++) {
    const struct opcode_info *info = opcode_info(op);
    bool type = info->result && type_of_letter(info->result) < TYPE_COUNT_OF;
    if (info->kind == KIND_FLOW) assert_true(info->result == 0 && info->operands[0] == 0);
    if (info->kind == KIND_VALUE) assert_true(type || info->result == '*');
    if (info->kind == KIND_TEST) assert_true(info->result == '?' || info->result == '@');
    if (info->kind == KIND_TEST) assert_true(opcode_slots(op) > 0); /* the run loop reads operand a unasked */
    if (info->result == '*') assert_int_equal(opcode_immediate(op), op == OP_CALL ? 'C' : 'F');
  }
}

static void names_are_unique(void **state) {
  (void)state;
  for (unsigned a = 0; a < OP_COUNT_OF; a++)
    for (unsigned b = 0; b < a; b++) assert_string_not_equal(opcode_info(a)->name, opcode_info(b)->name);
  for (unsigned a = 0; a < TYPE_COUNT_OF; a++)
    for (unsigned b = 0; b < a; b++) {
      assert_string_not_equal(type_word((enum value_type)a), type_word((enum value_type)b));
      assert_int_not_equal(type_letter((enum value_type)a), type_letter((enum value_type)b));
    }
}

static void lists_and_elements_by_table(void **state) {
  (void)state;
  static const struct {
    enum value_type element, list;
  } rows[] = {
      {TYPE_BOOL, TYPE_BOOLS},     {TYPE_INT, TYPE_INTS},       {TYPE_REAL, TYPE_REALS},
      {TYPE_STRING, TYPE_STRINGS}, {TYPE_NAME, TYPE_NAMES},        {TYPE_ADDRESS, TYPE_ADDRESSES},
      {TYPE_MAILBOX, TYPE_MAILBOXES},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_false(type_is_list(rows[i].element));
    assert_int_equal(type_list_of(rows[i].element), rows[i].list);
    assert_int_equal(type_element(rows[i].element), TYPE_COUNT_OF);
    assert_true(type_is_list(rows[i].list));
    assert_int_equal(type_element(rows[i].list), rows[i].element);
    assert_int_equal(type_list_of(rows[i].list), TYPE_COUNT_OF); /* there are no lists of lists */
  }
}

static void what_is_no_type(void **state) {
  (void)state;
  static const char letters[] = "?@*^#Zz\0?";
  for (size_t i = 0; i < sizeof letters - 1; i++) assert_int_equal(type_of_letter(letters[i]), TYPE_COUNT_OF);
  assert_false(type_is_list(TYPE_COUNT_OF));
  assert_int_equal(type_list_of(TYPE_COUNT_OF), TYPE_COUNT_OF);
  assert_int_equal(type_element((enum value_type)1000), TYPE_COUNT_OF);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_well_formed), cmocka_unit_test(results_fit_their_kind),
      cmocka_unit_test(names_are_unique),     cmocka_unit_test(lists_and_elements_by_table),
      cmocka_unit_test(what_is_no_type),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
