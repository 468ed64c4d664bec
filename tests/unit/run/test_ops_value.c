/* Tests each VALUE instruction that needs no DNS, on known operands, at its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "operands.h"
#include "support/alloc.h"

#define T(literal) {"" literal, sizeof(literal) - 1} /* TEXT is no constant where C11 wants one */
#define MOST "9223372036854775807"
#define LEAST "-9223372036854775808"
#define A10 "aaaaaaaaaa"
#define A512 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 \
             A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 \
             A10 "aa"

static const struct row {
  uint8_t op;
  struct text a, b;
  uint32_t c;
  struct text result; /* "?": unknown */
} rows[] = {
    /* numbers stop at the ends of their range */
    {OP_ADD, T("2"), T("-3"), 0, T("-1")},
    {OP_ADD, T(MOST), T("1"), 0, T(MOST)},
    {OP_ADD, T(LEAST), T("-1"), 0, T(LEAST)},
    {OP_ADD, T(MOST), T(LEAST), 0, T("-1")},
    {OP_SUB, T("2"), T("3"), 0, T("-1")},
    {OP_SUB, T(LEAST), T("1"), 0, T(LEAST)},
    {OP_SUB, T("0"), T(LEAST), 0, T(MOST)},
    {OP_SUB, T("-1"), T(LEAST), 0, T(MOST)},
    {OP_MUL, T("-4"), T("5"), 0, T("-20")},
    {OP_MUL, T(MOST), T("2"), 0, T(MOST)},
    {OP_MUL, T(MOST), T("-2"), 0, T(LEAST)},
    {OP_MUL, T(LEAST), T("-1"), 0, T(MOST)},
    {OP_MUL, T(LEAST), T("0"), 0, T("0")},
    {OP_NEG, T("7"), T(""), 0, T("-7")},
    {OP_NEG, T(LEAST), T(""), 0, T(MOST)},
    {OP_NEG, T(MOST), T(""), 0, T("-9223372036854775807")},
    /* names */
    {OP_NAME_TEXT, T(" MX.Example. "), T(""), 0, T("mx.example")},
    {OP_NAME_TEXT, T("m\xc3\xbcnchen.example"), T(""), 0, T("xn--mnchen-3ya.example")},
    {OP_NAME_TEXT, T(""), T(""), 0, T("")},
    {OP_NAME_RAW, T(" MX.Example. "), T(""), 0, T(" MX.Example. ")},
    {OP_NAME_RAW, T("a\0b"), T(""), 0, T("a\0b")},
    {OP_NAME_LABELS, T("a.b.c."), T(""), 0, T("3")},
    {OP_NAME_LABELS, T(""), T(""), 0, T("0")},
    {OP_NAME_LABELS, T("192.0.2.1"), T(""), 0, T("0")},
    {OP_NAME_LABEL, T("a.b.c"), T(""), 0, T("a")},
    {OP_NAME_LABEL, T("a.b.c"), T(""), 2, T("c")},
    {OP_NAME_LABEL, T("a.b.c"), T(""), 3, T("")},
    {OP_NAME_LABEL, T("a.b.c"), T(""), (uint32_t)-1, T("c")},
    {OP_NAME_LABEL, T("a.b.c"), T(""), (uint32_t)-3, T("a")},
    {OP_NAME_LABEL, T("a.b.c"), T(""), (uint32_t)-4, T("")},
    {OP_NAME_LABEL, T("a.b.c"), T(""), (uint32_t)INT32_MIN, T("")},
    {OP_NAME_LABEL, T("a..c"), T(""), 1, T("")},
    {OP_NAME_LABEL, T("[192.0.2.1]"), T(""), 0, T("")},
    {OP_NAME_TLD, T("mx.Example."), T(""), 0, T("example")},
    {OP_NAME_TLD, T("localhost"), T(""), 0, T("localhost")},
    {OP_NAME_TLD, T(""), T(""), 0, T("")},
    {OP_NAME_TLD, T("192.0.2.1"), T(""), 0, T("")},
    {OP_NAME_ORG, T("a.b.bank.example"), T(""), 0, T("bank.example")},
    {OP_NAME_ORG, T("example"), T(""), 0, T("")},
    {OP_NAME_ORG, T("192.0.2.1"), T(""), 0, T("")},
    {OP_NAME_ORG, T(""), T(""), 0, T("")},
    {OP_NAME_ADDRESS, T("192.0.2.1"), T(""), 0, T("192.0.2.1")},
    {OP_NAME_ADDRESS, T("[IPv6:2001:db8::1]"), T(""), 0, T("2001:db8::1")},
    {OP_NAME_ADDRESS, T("[2001:db8::1]"), T(""), 0, T("")},
    {OP_NAME_ADDRESS, T("mx.example"), T(""), 0, T("")},
    {OP_ADDRESS_REVERSE, T("192.0.2.1"), T(""), 0, T("1.2.0.192.in-addr.arpa")},
    {OP_ADDRESS_REVERSE, T("::1"), T(""), 0,
     T("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa")},
    {OP_ADDRESS_REVERSE, T("::ffff:192.0.2.1"), T(""), 0, T("1.2.0.192.in-addr.arpa")},
    {OP_ADDRESS_REVERSE, T(""), T(""), 0, T("")},
    /* mailboxes: the last @ counts */
    {OP_MAILBOX_TEXT, T("a@b.example"), T(""), 0, T("a@b.example")},
    {OP_MAILBOX_LOCAL, T("a@b.example"), T(""), 0, T("a")},
    {OP_MAILBOX_LOCAL, T("\"a@b\"@c.example"), T(""), 0, T("\"a@b\"")},
    {OP_MAILBOX_LOCAL, T("nobody"), T(""), 0, T("nobody")},
    {OP_MAILBOX_LOCAL, T("@c.example"), T(""), 0, T("")},
    {OP_MAILBOX_LOCAL, T(""), T(""), 0, T("")},
    {OP_MAILBOX_DOMAIN, T("a@b.example"), T(""), 0, T("b.example")},
    {OP_MAILBOX_DOMAIN, T("\"a@b\"@c.example"), T(""), 0, T("c.example")},
    {OP_MAILBOX_DOMAIN, T("nobody"), T(""), 0, T("")},
    {OP_MAILBOX_DOMAIN, T("a@"), T(""), 0, T("")},
    {OP_MAILBOX_DOMAIN, T(""), T(""), 0, T("")},
    /* strings */
    {OP_LENGTH, T(""), T(""), 0, T("0")},
    {OP_LENGTH, T("a\0b\xff"), T(""), 0, T("4")},
    {OP_LOWER, T(""), T(""), 0, T("")},
    {OP_LOWER, T("AZ@[`az{\xc3\x9c\0Q"), T(""), 0, T("az@[`az{\xc3\x9c\0q")},
    {OP_DIGITS, T(""), T(""), 0, T("0")},
    {OP_DIGITS, T("/0a9:\xb2"), T(""), 0, T("2")},
    {OP_ENTROPY, T(""), T(""), 0, T("0.000")},
    {OP_ENTROPY, T("aaaa"), T(""), 0, T("0.000")},
    {OP_ENTROPY, T("abab"), T(""), 0, T("1.000")},
    {OP_ENTROPY, T("abcd"), T(""), 0, T("2.000")},
    {OP_EDIT_DISTANCE, T(""), T(""), 0, T("0")},
    {OP_EDIT_DISTANCE, T("kitten"), T("sitting"), 0, T("3")},
    {OP_EDIT_DISTANCE, T(""), T("abc"), 0, T("3")},
    {OP_EDIT_DISTANCE, T(A512 "b"), T(A512 "cdef"), 0, T("0")}, /* what is past 512 bytes is not looked at */
    {OP_EDIT_DISTANCE, T(A512), T("b"), 0, T("512")},
    /* lists: how long a partial one is nobody knows */
    {OP_LIST_LENGTH, T("0"), T(""), 0, T("0")},
    {OP_LIST_LENGTH, T("3"), T(""), 0, T("3")},
    {OP_LIST_LENGTH, T("3?"), T(""), 0, T("?")},
    {OP_LIST_LENGTH, T("0?"), T(""), 0, T("?")},
};

static void print_value(struct buf *out, char letter, const struct value *value) {
  char number[32];
  buf_clear(out);
  if (!value->known) {
    buf_byte(out, '?');
    return;
  }
  int len = letter == 'i' ? snprintf(number, sizeof number, "%lld", (long long)value->number) : 0;
  if (letter == 'r') len = snprintf(number, sizeof number, "%.3f", value->real);
  buf_text(out, text_of(number, (size_t)len));
  if (letter == 's') buf_text(out, value->text);
  if (letter == 'n') buf_text(out, value->host->raw);
  if (letter == 'a') addr_print(out, value->addr);
}

static char letter_at(unsigned op, unsigned slot) {
  return slot < opcode_slots(op) ? opcode_info(op)->operands[slot] : 0;
}

static void values_by_table(void **state) {
  (void)state;
  struct bench bench;
  struct buf got;
  buf_init(&got, &mem_default);
  operands_open(&bench);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *row = &rows[i];
    struct value a = operand(bench.ws, letter_at(row->op, 0), row->a), out = {.known = 1};
    struct value b = operand(bench.ws, letter_at(row->op, 1), row->b);
    struct insn insn = {.op = row->op, .c = row->c};
    op_value[row->op](bench.ws, &insn, &a, &b, &out);
    print_value(&got, opcode_info(row->op)->result, &out);
    if (!text_eq(buf_view(&got), row->result))
      fail_msg("row %zu, %s: got %.*s", i, opcode_info(row->op)->name, (int)got.len, got.ptr);
    if (!out.known) assert_int_equal(out.outcome, OUTCOME_FAILED); /* the list's reason */
  }
  assert_false(bench.ws->failed);
  buf_free(&got);
  bench_close(&bench);
}

/* The table above is of no use for an instruction that it does not have. DNS and calls have tests of their own. */
static void no_value_is_left_out(void **state) {
  (void)state;
  for (unsigned op = 0; op < OP_COUNT_OF; op++) {
    const struct opcode_info *info = opcode_info(op);
    size_t found = op == OP_FACT || op == OP_RDNS || op == OP_CALL || info->cost == COST_LOOKUP || info->kind != KIND_VALUE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) found += rows[i].op == op;
    if (found == 0) fail_msg("no row for %s", info->name);
  }
}

/* --- facts --- */

static void facts_by_table(void **state) {
  (void)state;
  static const struct {
    const char *name;
    struct text given, result;
    char letter;
  } given[] = {
      {"mail.smtputf8", T("true"), T("1"), 'i'}, {"mail.smtputf8", T("false"), T("0"), 'i'},
      {"mail.size", T("0"), T("0"), 'i'},        {"mail.size", T(MOST), T(MOST), 'i'},
      {"helo.verb", T("EHLO"), T("EHLO"), 's'},  {"helo.verb", T(""), T(""), 's'},
      {"helo", T(" Mx.Example."), T(" Mx.Example."), 'n'}, {"helo", T(""), T(""), 'n'},
      {"client.ip", T("::ffff:192.0.2.1"), T("192.0.2.1"), 'a'}, {"client.ip", T(""), T(""), 'a'},
      {"mail.from", T("<A@B.Example>"), T("a@b.example"), 's'}, {"mail.from", T("<>"), T(""), 's'},
  };
  struct buf got;
  struct bench bench;
  buf_init(&got, &mem_default);
  operands_open(&bench);
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    enum field field = field_find(text_from(given[i].name));
    enum field fields[] = {field};
    enum field *bound = bench.linked->fields;
    struct insn insn = {.op = OP_FACT, .c = 0};
    struct value out;
    bench.linked->fields = fields;
    facts_clear(bench.facts);
    for (enum why why = WHY_NOT_YET; why <= WHY_NEVER; why++) {
      bench.facts->unset_why = why; /* nothing was said, and what that means */
      value_FACT(bench.ws, &insn, NULL, NULL, &out);
      assert_true(!out.known && value_why(&out) == why && out.outcome == outcome_of_why(why));
    }
    for (enum why why = WHY_NOT_YET; why <= WHY_NEVER; why++) {
      assert_int_equal(facts_set_unknown(bench.facts, field, why), ASSAY_OK);
      value_FACT(bench.ws, &insn, NULL, NULL, &out);
      assert_true(!out.known && value_why(&out) == why && out.outcome == outcome_of_why(why));
    }
    assert_int_equal(facts_set(bench.facts, field, given[i].given), ASSAY_OK);
    value_FACT(bench.ws, &insn, NULL, NULL, &out);
    print_value(&got, given[i].letter, &out);
    if (!text_eq(buf_view(&got), given[i].result)) fail_msg("row %zu: got %.*s", i, (int)got.len, got.ptr);
    bench.linked->fields = bound;
  }
  buf_free(&got);
  bench_close(&bench);
}

static void a_list_of_mailboxes(void **state) {
  (void)state;
  struct bench bench;
  operands_open(&bench);
  uint32_t rcpt = 0;
  while (bench.linked->fields[rcpt] != FIELD_RCPT) rcpt++;
  struct insn insn = {.op = OP_FACT, .c = rcpt};
  struct value out;
  assert_int_equal(facts_set(bench.facts, FIELD_RCPT, TEXT("")), ASSAY_OK);
  value_FACT(bench.ws, &insn, NULL, NULL, &out);
  assert_true(out.known && !out.partial);
  uint32_t before = out.count;
  assert_int_equal(facts_append(bench.facts, FIELD_RCPT, TEXT("<A@B.example>")), ASSAY_OK);
  assert_int_equal(facts_append(bench.facts, FIELD_RCPT, TEXT("c@d.example")), ASSAY_OK);
  value_FACT(bench.ws, &insn, NULL, NULL, &out);
  assert_int_equal(out.count, before + 2);
  assert_true(text_is(out.items[before].text, "a@b.example"));
  assert_true(text_is(out.items[before + 1].text, "c@d.example"));
  bench_close(&bench);
}

/* Each that allocates says so to the workspace, and leaves something that can be looked at. */
static void memory_out_is_remembered(void **state) {
  (void)state;
  static const struct {
    uint8_t op;
    char letter;
    struct text a;
  } allocating[] = {
      {OP_LOWER, 's', T("ABC")},          {OP_NAME_TLD, 'n', T("a.example")},
      {OP_NAME_LABEL, 'n', T("a.b")},     {OP_NAME_ORG, 'n', T("a.bank.example")},
      {OP_MAILBOX_DOMAIN, 'm', T("a@b")}, {OP_ADDRESS_REVERSE, 'a', T("192.0.2.1")},
  };
  for (size_t i = 0; i < sizeof allocating / sizeof *allocating; i++) {
    struct bench bench;
    struct test_alloc t;
    operands_open(&bench);
    struct insn insn = {.op = allocating[i].op};
    struct value a = operand(bench.ws, allocating[i].letter, allocating[i].a), out = {.known = 0};
    struct arena arena = bench.ws->arena;
    test_alloc_failing(&t, 1, true);
    arena_init(&bench.ws->arena, &t.alloc, SIZE_MAX);
    op_value[insn.op](bench.ws, &insn, &a, &a, &out);
    assert_true(bench.ws->failed);
    if (insn.op == OP_LOWER) assert_true(text_is(out.text, ""));
    if (insn.op != OP_LOWER) assert_true(!out.known && out.outcome == OUTCOME_FAILED);
    arena_free(&bench.ws->arena);
    bench.ws->arena = arena;
    bench_close(&bench);
    assert_true(test_alloc_clean(&t));
  }
}

/* The first few names are remembered by their bytes, wherever these lie; more are scanned each time. */
static void names_are_scanned_once(void **state) {
  (void)state;
  struct bench bench;
  char name[] = "host0.example", again[] = "host0.example";
  struct value first, second;
  operands_open(&bench);
  bench.ws->scanned_count = 0;
  for (size_t i = 0; i < SCANNED_MAX + 2; i++) {
    name[4] = again[4] = (char)('a' + i);
    struct text copy = arena_text(&bench.ws->arena, text_from(name));
    value_name(bench.ws, copy, &first);
    value_name(bench.ws, text_from(again), &second);
    assert_true(text_is(first.host->canonical, name) && host_eq(first.host, second.host));
    assert_int_equal(first.host == second.host, i < SCANNED_MAX);
  }
  value_name(bench.ws, TEXT("HOSTa.example"), &first); /* other bytes, though the same name */
  assert_true(text_is(first.host->raw, "HOSTa.example"));
  assert_false(bench.ws->failed);
  bench_close(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_by_table),     cmocka_unit_test(no_value_is_left_out),
      cmocka_unit_test(facts_by_table),      cmocka_unit_test(a_list_of_mailboxes),
      cmocka_unit_test(memory_out_is_remembered), cmocka_unit_test(names_are_scanned_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
