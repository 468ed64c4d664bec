/* Tests each TEST instruction on known operands, at its edges; where one may have no answer, that too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "operands.h"

#define T(literal) {"" literal, sizeof(literal) - 1} /* TEXT is no constant where C11 wants one */
#define MOST "9223372036854775807"
#define LEAST "-9223372036854775808"
#define A30 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct row {
  uint8_t op;
  struct text a, b;
  uint32_t c;
  enum answer_kind answer;
} rows[] = {
    {OP_EQ_INT, T("5"), T("5"), 0, ANSWER_YES},
    {OP_EQ_INT, T(MOST), T(LEAST), 0, ANSWER_NO},
    {OP_LT_INT, T(LEAST), T(MOST), 0, ANSWER_YES},
    {OP_LT_INT, T("5"), T("5"), 0, ANSWER_NO},
    {OP_LE_INT, T("5"), T("5"), 0, ANSWER_YES},
    {OP_LE_INT, T(MOST), T(LEAST), 0, ANSWER_NO},
    {OP_EQ_REAL, T("2.5"), T("2.5"), 0, ANSWER_YES},
    {OP_EQ_REAL, T("2.5"), T("2.501"), 0, ANSWER_NO},
    {OP_EQ_REAL, T("0"), T("-0.0"), 0, ANSWER_YES},
    {OP_LT_REAL, T("2.5"), T("2.501"), 0, ANSWER_YES},
    {OP_LT_REAL, T("2.5"), T("2.5"), 0, ANSWER_NO},
    {OP_LE_REAL, T("2.5"), T("2.5"), 0, ANSWER_YES},
    {OP_LE_REAL, T("2.5"), T("2.499"), 0, ANSWER_NO},
    {OP_EQ_STRING, T("a\0b"), T("a\0b"), 0, ANSWER_YES},
    {OP_EQ_STRING, T("a\0b"), T("a\0c"), 0, ANSWER_NO},
    {OP_EQ_STRING, T("a"), T("A"), 0, ANSWER_NO},
    {OP_EQ_STRING, T(""), T(""), 0, ANSWER_YES},
    {OP_EQ_NAME, T("MX.Example."), T("mx.example"), 0, ANSWER_YES},
    {OP_EQ_NAME, T("m\xc3\xbcnchen.example"), T("xn--mnchen-3ya.example"), 0, ANSWER_YES},
    {OP_EQ_NAME, T("mx.example"), T("mx.example.com"), 0, ANSWER_NO},
    {OP_EQ_NAME, T(""), T(" "), 0, ANSWER_YES},
    {OP_EQ_NAME, T(""), T("a"), 0, ANSWER_NO},
    {OP_EQ_ADDRESS, T("::ffff:192.0.2.1"), T("192.0.2.1"), 0, ANSWER_YES},
    {OP_EQ_ADDRESS, T("192.0.2.1"), T("2001:db8::1"), 0, ANSWER_NO},
    {OP_EQ_ADDRESS, T("0.0.0.0"), T("::"), 0, ANSWER_NO},
    {OP_EQ_ADDRESS, T("0.0.0.0"), T(""), 0, ANSWER_NO},
    {OP_EQ_ADDRESS, T(""), T(""), 0, ANSWER_YES},
    {OP_EQ_MAILBOX, T("a@b.example"), T("a@b.example"), 0, ANSWER_YES},
    {OP_EQ_MAILBOX, T("a@b.example"), T("a@b.exampl"), 0, ANSWER_NO},
    {OP_EQ_MAILBOX, T(""), T(""), 0, ANSWER_YES},
    /* under: whole labels, and nothing that is not sound */
    {OP_UNDER, T("a.bank.example"), T("bank.example"), 0, ANSWER_YES},
    {OP_UNDER, T("Bank.Example."), T("bank.example"), 0, ANSWER_YES},
    {OP_UNDER, T("xbank.example"), T("bank.example"), 0, ANSWER_NO},
    {OP_UNDER, T("bank.example"), T("a.bank.example"), 0, ANSWER_NO},
    {OP_UNDER, T(""), T("bank.example"), 0, ANSWER_NO},
    {OP_UNDER, T("bank.example"), T(""), 0, ANSWER_NO},
    {OP_UNDER, T(""), T(""), 0, ANSWER_NO},
    {OP_UNDER, T(".bank.example"), T("bank.example"), 0, ANSWER_NO},
    {OP_UNDER, T("a..bank.example"), T("bank.example"), 0, ANSWER_NO},
    {OP_UNDER, T("a b.bank.example"), T("bank.example"), 0, ANSWER_NO},
    {OP_UNDER, T("a@b.bank.example"), T("bank.example"), 0, ANSWER_NO},
    {OP_UNDER, T("a_b.bank.example"), T("bank.example"), 0, ANSWER_YES},
    {OP_UNDER, T("192.0.2.1"), T("192.0.2.1"), 0, ANSWER_YES},
    {OP_UNDER, T("192.0.2.1"), T("2.1"), 0, ANSWER_NO},
    /* properties: a row for each side; their sense is tested with the scan of a name and with addresses */
    {OP_NAME_PROP, T(""), T(""), HOST_IS_EMPTY, ANSWER_YES},
    {OP_NAME_PROP, T("a"), T(""), HOST_IS_EMPTY, ANSWER_NO},
    {OP_NAME_PROP, T("1.2"), T(""), HOST_NUMERIC_TLD, ANSWER_YES},
    {OP_ADDRESS_PROP, T(""), T(""), ADDR_IS_EMPTY, ANSWER_YES},
    {OP_ADDRESS_PROP, T("127.255.255.255"), T(""), ADDR_IS_LOOPBACK, ANSWER_YES},
    {OP_ADDRESS_PROP, T("128.0.0.0"), T(""), ADDR_IS_LOOPBACK, ANSWER_NO},
    {OP_NAME_BITS, T("a"), T(""), 0, ANSWER_YES},
    {OP_ADDRESS_BITS, T(""), T(""), 0, ANSWER_YES},
    {OP_HAS_ORG, T("mx1.example.org"), T(""), 0, ANSWER_YES},
    {OP_HAS_ORG, T("example.org"), T(""), 0, ANSWER_YES},
    {OP_HAS_ORG, T("mx_1.corp.lan"), T(""), 0, ANSWER_YES},
    {OP_HAS_ORG, T("org"), T(""), 0, ANSWER_NO},
    {OP_HAS_ORG, T("co.uk"), T(""), 0, ANSWER_NO},
    {OP_HAS_ORG, T("a..org"), T(""), 0, ANSWER_NO},
    {OP_HAS_ORG, T(""), T(""), 0, ANSWER_NO},
    {OP_HAS_ORG, T("192.0.2.1"), T(""), 0, ANSWER_NO},
    {OP_TLD_KNOWN, T("a.example"), T(""), 0, ANSWER_YES},
    {OP_TLD_KNOWN, T("localhost"), T(""), 0, ANSWER_YES},
    {OP_TLD_KNOWN, T("a.no-such-suffix"), T(""), 0, ANSWER_NO},
    {OP_TLD_KNOWN, T(""), T(""), 0, ANSWER_NO},
    {OP_TLD_KNOWN, T("192.0.2.1"), T(""), 0, ANSWER_NO},
    /* sets: what is empty is in none */
    {OP_IN_STRINGS, T("EHLO"), T(""), SET_OF_STRINGS, ANSWER_YES},
    {OP_IN_STRINGS, T("ehlo"), T(""), SET_OF_STRINGS, ANSWER_NO},
    {OP_IN_STRINGS, T("EHLO\0"), T(""), SET_OF_STRINGS, ANSWER_NO},
    {OP_IN_STRINGS, T(""), T(""), SET_OF_STRINGS, ANSWER_NO},
    {OP_IN_STRINGS, T("EHLO"), T(""), SET_OF_NOTHING, ANSWER_NO},
    {OP_IN_NAMES, T("BANK.example."), T(""), SET_OF_NAMES, ANSWER_YES},
    {OP_IN_NAMES, T("M\xc3\xbcnchen.example"), T(""), SET_OF_NAMES, ANSWER_YES},
    {OP_IN_NAMES, T("a.bank.example"), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_IN_NAMES, T("[192.0.2.1]"), T(""), SET_OF_NAMES, ANSWER_YES},
    {OP_IN_NAMES, T(""), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_IN_NAMES, T(""), T(""), SET_OF_NOTHING, ANSWER_NO},
    {OP_UNDER_NAMES, T("bank.example"), T(""), SET_OF_NAMES, ANSWER_YES},
    {OP_UNDER_NAMES, T("a.b.Bank.Example."), T(""), SET_OF_NAMES, ANSWER_YES},
    {OP_UNDER_NAMES, T("xbank.example"), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_UNDER_NAMES, T("example"), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_UNDER_NAMES, T("[192.0.2.1]"), T(""), SET_OF_NAMES, ANSWER_YES},
    {OP_UNDER_NAMES, T(".bank.example"), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_UNDER_NAMES, T("a..bank.example"), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_UNDER_NAMES, T("a\0b.bank.example"), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_UNDER_NAMES, T(""), T(""), SET_OF_NAMES, ANSWER_NO},
    {OP_UNDER_NAMES, T("bank.example"), T(""), SET_OF_NOTHING, ANSWER_NO},
    {OP_IN_NETWORKS, T("192.0.2.0"), T(""), SET_OF_NETWORKS, ANSWER_YES},
    {OP_IN_NETWORKS, T("192.0.2.255"), T(""), SET_OF_NETWORKS, ANSWER_YES},
    {OP_IN_NETWORKS, T("192.0.3.0"), T(""), SET_OF_NETWORKS, ANSWER_NO},
    {OP_IN_NETWORKS, T("192.0.1.255"), T(""), SET_OF_NETWORKS, ANSWER_NO},
    {OP_IN_NETWORKS, T("198.51.100.7"), T(""), SET_OF_NETWORKS, ANSWER_YES},
    {OP_IN_NETWORKS, T("198.51.100.8"), T(""), SET_OF_NETWORKS, ANSWER_NO},
    {OP_IN_NETWORKS, T("2001:db8:ffff::"), T(""), SET_OF_NETWORKS, ANSWER_YES},
    {OP_IN_NETWORKS, T("2001:db9::"), T(""), SET_OF_NETWORKS, ANSWER_NO},
    {OP_IN_NETWORKS, T(""), T(""), SET_OF_NETWORKS, ANSWER_NO},
    {OP_IN_MAILBOXES, T("a@b.example"), T(""), SET_OF_MAILBOXES, ANSWER_YES},
    {OP_IN_MAILBOXES, T("c@b.example"), T(""), SET_OF_MAILBOXES, ANSWER_NO},
    {OP_IN_MAILBOXES, T("whoever@isp.test"), T(""), SET_OF_MAILBOXES, ANSWER_YES},
    {OP_IN_MAILBOXES, T("@isp.test"), T(""), SET_OF_MAILBOXES, ANSWER_YES},
    {OP_IN_MAILBOXES, T("whoever@a.isp.test"), T(""), SET_OF_MAILBOXES, ANSWER_NO},
    {OP_IN_MAILBOXES, T("postmaster@c.example"), T(""), SET_OF_MAILBOXES, ANSWER_YES},
    {OP_IN_MAILBOXES, T("postmaster"), T(""), SET_OF_MAILBOXES, ANSWER_YES}, /* RFC 5321 section 4.1.1.3 */
    {OP_IN_MAILBOXES, T("postmaster2@c.example"), T(""), SET_OF_MAILBOXES, ANSWER_NO},
    {OP_IN_MAILBOXES, T("x@isp.test@c.example"), T(""), SET_OF_MAILBOXES, ANSWER_NO},
    {OP_IN_MAILBOXES, T(""), T(""), SET_OF_MAILBOXES, ANSWER_NO},
    /* patterns: one that matches decides, whatever limit another ran into */
    {OP_MATCH, T("mx1.example"), T(""), SET_OF_PATTERNS, ANSWER_YES},
    {OP_MATCH, T("mail.example"), T(""), SET_OF_PATTERNS, ANSWER_NO},
    {OP_MATCH, T(""), T(""), SET_OF_PATTERNS, ANSWER_NO},
    {OP_MATCH, T(A30 "!"), T(""), SET_OF_PATTERNS, ANSWER_FAILED},
    {OP_MATCH, T("mx." A30 "!"), T(""), SET_OF_PATTERNS, ANSWER_YES},
    /* parts of strings; the empty one is part of each */
    {OP_CONTAINS, T("abc"), T("bc"), 0, ANSWER_YES},
    {OP_CONTAINS, T("abc"), T("cb"), 0, ANSWER_NO},
    {OP_CONTAINS, T("a\0bc"), T("\0b"), 0, ANSWER_YES},
    {OP_CONTAINS, T("abc"), T("abcd"), 0, ANSWER_NO},
    {OP_CONTAINS, T("abc"), T(""), 0, ANSWER_YES},
    {OP_CONTAINS, T(""), T(""), 0, ANSWER_YES},
    {OP_CONTAINS, T(""), T("a"), 0, ANSWER_NO},
    {OP_STARTS_WITH, T("abc"), T("ab"), 0, ANSWER_YES},
    {OP_STARTS_WITH, T("abc"), T("bc"), 0, ANSWER_NO},
    {OP_STARTS_WITH, T("ab"), T("abc"), 0, ANSWER_NO},
    {OP_STARTS_WITH, T(""), T(""), 0, ANSWER_YES},
    {OP_ENDS_WITH, T("abc"), T("bc"), 0, ANSWER_YES},
    {OP_ENDS_WITH, T("abc"), T("ab"), 0, ANSWER_NO},
    {OP_ENDS_WITH, T("bc"), T("abc"), 0, ANSWER_NO},
    {OP_ENDS_WITH, T(""), T(""), 0, ANSWER_YES},
    {OP_GLOB, T("mx1.example"), T("mx?.*"), 0, ANSWER_YES},
    {OP_GLOB, T("mx1.example"), T("x1.*"), 0, ANSWER_NO},
    {OP_GLOB, T(""), T("*"), 0, ANSWER_YES},
    {OP_GLOB, T(""), T("?"), 0, ANSWER_NO},
    {OP_EMBEDS_ADDRESS, T("dsl-192-0-2-17.isp.test"), T("192.0.2.17"), 0, ANSWER_YES},
    {OP_EMBEDS_ADDRESS, T("DSL-C0000211.isp.test"), T("192.0.2.17"), 0, ANSWER_YES},
    {OP_EMBEDS_ADDRESS, T("dsl-192-0-2-170.isp.test"), T("192.0.2.17"), 0, ANSWER_NO},
    {OP_EMBEDS_ADDRESS, T("dsl-192-0-2-17.isp.test"), T(""), 0, ANSWER_NO},
    {OP_EMBEDS_ADDRESS, T(""), T("192.0.2.17"), 0, ANSWER_NO},
    {OP_SAME_ORG, T("a.bank.example"), T("b.Bank.Example."), 0, ANSWER_YES},
    {OP_SAME_ORG, T("a.bank.example"), T("a.shop.example"), 0, ANSWER_NO},
    {OP_SAME_ORG, T("bank.example"), T("example"), 0, ANSWER_NO},
    {OP_SAME_ORG, T(""), T(""), 0, ANSWER_NO},
    {OP_SAME_ORG, T("192.0.2.1"), T("192.0.2.1"), 0, ANSWER_NO},
    {OP_FORGED, T("bank-login.cheap.test"), T(""), 0, ANSWER_YES},
    {OP_FORGED, T("mx.bank.example"), T(""), 0, ANSWER_NO}, /* it is theirs */
    {OP_FORGED, T("mybank.cheap.test"), T(""), 0, ANSWER_NO}, /* not a whole piece */
    {OP_FORGED, T("shop.bank.example"), T(""), 0, ANSWER_YES}, /* the second key: nobody has that one */
    {OP_FORGED, T(""), T(""), 0, ANSWER_NO},
    {OP_HAS_BIT, T("127.0.0.10"), T("1"), 0, ANSWER_YES},
    {OP_HAS_BIT, T("127.0.0.10"), T("0"), 0, ANSWER_NO},
    {OP_HAS_BIT, T("128.0.0.0"), T("31"), 0, ANSWER_YES},
    {OP_HAS_BIT, T("255.255.255.255"), T("32"), 0, ANSWER_NO},
    {OP_HAS_BIT, T("8000::"), T("127"), 0, ANSWER_YES},
    {OP_HAS_BIT, T("ffff::"), T("128"), 0, ANSWER_NO},
    {OP_HAS_BIT, T("255.255.255.255"), T("-1"), 0, ANSWER_NO},
    {OP_HAS_BIT, T("255.255.255.255"), T(LEAST), 0, ANSWER_NO},
    {OP_HAS_BIT, T(""), T("0"), 0, ANSWER_NO},
};

static char letter_at(unsigned op, unsigned slot) {
  return slot < opcode_slots(op) ? opcode_info(op)->operands[slot] : 0;
}

static void tests_by_table(void **state) {
  (void)state;
  struct bench bench;
  operands_open(&bench);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *row = &rows[i];
    struct value a = operand(bench.ws, letter_at(row->op, 0), row->a);
    struct value b = operand(bench.ws, letter_at(row->op, 1), row->b);
    struct insn insn = {.op = row->op, .c = row->c};
    enum answer_kind answer = op_test[row->op](bench.ws, &insn, &a, &b);
    if (answer != row->answer) fail_msg("row %zu, %s: answer %d", i, opcode_info(row->op)->name, (int)answer);
  }
  assert_false(bench.ws->failed);
  bench_close(&bench);
}

/* A bare value, by the type of its slot: of a list its element's, when it is taken element by element. */
static void truth_by_table(void **state) {
  (void)state;
  static const struct {
    enum value_type type;
    struct text value;
    enum answer_kind answer;
  } bare[] = {
      {TYPE_BOOL, T("1"), ANSWER_YES},        {TYPE_BOOL, T("0"), ANSWER_NO},
      {TYPE_INT, T("-1"), ANSWER_YES},        {TYPE_INT, T("0"), ANSWER_NO},
      {TYPE_REAL, T("-0.001"), ANSWER_YES},   {TYPE_REAL, T("0.001"), ANSWER_YES},
      {TYPE_REAL, T("0"), ANSWER_NO},         {TYPE_STRING, T("0"), ANSWER_YES},
      {TYPE_STRING, T("\0"), ANSWER_YES},     {TYPE_STRING, T(""), ANSWER_NO},
      {TYPE_MAILBOX, T("a@b"), ANSWER_YES},   {TYPE_MAILBOX, T(""), ANSWER_NO},
      {TYPE_NAME, T("."), ANSWER_YES},        {TYPE_NAME, T(" \t"), ANSWER_NO},
      {TYPE_ADDRESS, T("0.0.0.0"), ANSWER_YES}, {TYPE_ADDRESS, T("::"), ANSWER_YES},
      {TYPE_ADDRESS, T(""), ANSWER_NO},       {TYPE_MAILBOXES, T("2"), ANSWER_YES},
      {TYPE_MAILBOXES, T("1?"), ANSWER_YES},  {TYPE_MAILBOXES, T("0"), ANSWER_NO},
      {TYPE_MAILBOXES, T("0?"), ANSWER_FAILED},
  };
  struct bench bench;
  operands_open(&bench);
  for (size_t i = 0; i < sizeof bare / sizeof *bare; i++) {
    struct insn insn = {.op = OP_TRUTH, .a = operand_slot(&bench, bare[i].type)};
    struct value a = operand(bench.ws, type_letter(bare[i].type), bare[i].value);
    enum answer_kind answer = test_TRUTH(bench.ws, &insn, &a, NULL);
    if (answer != bare[i].answer) fail_msg("row %zu: answer %d", i, (int)answer);
    insn.each = 1;
    if (bare[i].type != TYPE_MAILBOX) continue;
    insn.a = operand_slot(&bench, TYPE_MAILBOXES);
    assert_int_equal(test_TRUTH(bench.ws, &insn, &a, NULL), bare[i].answer);
  }
  bench_close(&bench);
}

static void no_test_is_left_out(void **state) {
  (void)state;
  for (unsigned op = 0; op < OP_COUNT_OF; op++) {
    size_t found = opcode_info(op)->kind != KIND_TEST || op == OP_TRUTH;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) found += rows[i].op == op;
    if (found == 0) fail_msg("no row for %s", opcode_info(op)->name);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tests_by_table),
      cmocka_unit_test(truth_by_table),
      cmocka_unit_test(no_test_is_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
