/* Tests the listing: every kind of operand is printed, and whatever the verifier passes can be listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "program/disasm.h"
#include "support/alloc.h"
#include "support/damage.h"
#include "support/sample.h"

/* One rule on a cheap and a lazy feature, one that counts, one that sums; an exemption. */
static struct verified *small_program(void) {
  struct build b;
  build_init(&b, &mem_default);
  value_id helo = build_fact(&b, "helo", TYPE_NAME), size = build_fact(&b, "mail.size", TYPE_INT);
  static const char *const names[] = {"bank.example", NULL};
  uint32_t set = build_texts(&b, SET_NAMES, names);
  feature_id under = build_test(&b, OP_UNDER_NAMES, helo, 0, set),
             large = build_test(&b, OP_LT_INT, build_int(&b, 5), size, 0);
  value_id label = build_value(&b, OP_NAME_LABEL, helo, 0, UINT32_MAX);
  feature_id last = build_test(&b, OP_TRUTH, label, 0, 0),
             early = build_early(&b, build_test(&b, OP_TRUTH, size, 0, 0));
  struct insn each = {.op = OP_EQ_ADDRESS, .each = 1, .a = build_value(&b, OP_DNS_ADDRESS, helo, 0, 0),
                      .b = build_address(&b, "192.0.2.1")};
  feature_id some = builder_feature(&b.b, each, TEXT("any(dns.address(helo)) == 192.0.2.1"));
  uint32_t summed = build_rules(&b, (const uint32_t[]){0, 1}, 2);
  build_group(&b, "helo", INT64_MIN, 3000);
  build_layout(&b, 3);
  uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b), done = builder_label(&b.b);
  b.b.origin = (struct origin){12, 5};
  builder_emit(&b.b, build_literal(&b, OP_TEST, under, false, fail));
  build_need_feature(&b, last);
  builder_emit(&b.b, build_literal(&b, OP_TEST_OR, last, true, done));
  build_need_feature(&b, some);
  builder_emit(&b.b, build_literal(&b, OP_TEST, some, true, fail));
  builder_place(&b.b, done);
  b.b.origin = (struct origin){0, 0};
  build_rule(&b, "FIRST", 2500, 0, build_pass(&b, begin, fail, build_rule_bit(&b, 0), 1));
  begin = builder_begin(&b.b), fail = builder_label(&b.b);
  builder_emit(&b.b, (struct insn){.op = OP_COUNT_ZERO});
  builder_emit(&b.b, build_literal(&b, OP_COUNT, large, true, 0));
  builder_emit(&b.b, (struct insn){.op = OP_COUNT_TEST, .a = 1, .d = fail});
  build_rule(&b, "SECOND", -250, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, 1), 1));
  b.rules.at[1].disabled = true;
  begin = builder_begin(&b.b), fail = builder_label(&b.b);
  build_need_unit(&b, b.rules.at[0].unit);
  build_need_unit(&b, b.rules.at[1].unit);
  builder_emit(&b.b, (struct insn){.op = OP_SUM_TEST, .word = SUM_GE, .d = fail, .mask = summed, .value = 1500});
  build_rule(&b, "THIRD", 0, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, 2), 1));
  build_exempt(&b, "FREE", build_simple(&b, early, true, NO_INDEX, 0));
  struct verified *v = build_verified(&b, &mem_default);
  build_free(&b);
  assert_non_null(v);
  return v;
}

static const char listing[] =
    "r0: int int\n"
    "r1: address 192.0.2.1\n"
    "set 0: 1 names\n"
    "set 1: 2 rules\n"
    "rule FIRST: unit 4, #64, score 2.5, group helo\n"
    "rule SECOND: unit 5, #65, score -0.25, disabled\n"
    "rule THIRD: unit 6, #66, score 0\n"
    "exempt FREE: unit 7\n"
    "unit 0: computed first\n"
    "     0           FACT             r3 <- mail.size  ; mail.size\n"
    "     1           TRUTH            #0 <- r3  ; TRUTH\n"
    "unit 1: computed unless an exemption held\n"
    "     2           FACT             r2 <- helo  ; helo\n"
    "     3           UNDER_NAMES      #1 <- r2 set 0  ; UNDER_NAMES\n"
    "     4           FACT             r3 <- mail.size  ; mail.size\n"
    "     5           LT_INT           #2 <- r0 r3  ; LT_INT\n"
    "unit 2: computed when needed\n"
    "     6           FACT             r2 <- helo  ; helo\n"
    "     7           NAME_LABEL       r4 <- r2 -1  ; NAME_LABEL\n"
    "     8           TRUTH            #3 <- r4  ; TRUTH\n"
    "unit 3: computed when needed\n"
    "     9           FACT             r2 <- helo  ; helo\n"
    "    10           DNS_ADDRESS      r5 <- r2  ; DNS_ADDRESS\n"
    "    11           EQ_ADDRESS       #4 <- any r5 r1  ; any(dns.address(helo)) == 192.0.2.1\n"
    "unit 4: answers #64 answer\n"
    "    12    12:5   TEST             !#1 UNDER_NAMES  else -> 18\n"
    "    13    12:5   NEED             unit 2\n"
    "    14    12:5   TEST_OR          #3 TRUTH  then -> 17\n"
    "    15    12:5   NEED             unit 3\n"
    "    16    12:5   TEST             #4 any(dns.address(helo)) == 192.0.2.1  else -> 18\n"
    "    17           PASS\n"
    "    18           FAIL\n"
    "unit 5: answers #65 answer\n"
    "    19           COUNT_ZERO\n"
    "    20           COUNT            #2 LT_INT\n"
    "    21           COUNT_TEST       >= 1  else -> 23\n"
    "    22           PASS\n"
    "    23           FAIL\n"
    "unit 6: answers #66 answer\n"
    "    24           NEED             unit 4\n"
    "    25           NEED             unit 5\n"
    "    26           SUM_TEST         set 1 >= 1.5  else -> 28\n"
    "    27           PASS\n"
    "    28           FAIL\n"
    "unit 7: answers #67 answer\n"
    "    29           TEST             #0 TRUTH  else -> 31\n"
    "    30           PASS\n"
    "    31           FAIL\n";

static void expect(const struct buf *out, const char *expected) {
  struct text text = buf_view(out);
  if (!text_is(text, expected)) print_error("got:\n%.*s\n", (int)text.len, text.ptr);
  assert_true(text_is(text, expected));
}

static void a_whole_program(void **state) {
  (void)state;
  struct verified *v = small_program();
  struct buf out;
  buf_init(&out, &mem_default);
  disasm_program(&out, v);
  expect(&out, listing);
  buf_free(&out);
  verified_free(v, &mem_default);
}

/* The units a rule needs, each once, the deepest first. */
static void one_rule(void **state) {
  (void)state;
  static const struct {
    const char *name, *units;
  } rows[] = {{"FIRST", "234"}, {"SECOND", "5"}, {"THIRD", "23456"}, {"NONE", NULL}, {"", NULL}};
  struct verified *v = small_program();
  struct buf out;
  buf_init(&out, &mem_default);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    buf_clear(&out);
    bool found = disasm_rule(&out, v, text_from(rows[i].name));
    assert_int_equal(found, rows[i].units != NULL);
    if (!found) assert_int_equal(out.len, 0);
    struct text rest = buf_view(&out);
    for (const char *unit = rows[i].units; unit && *unit; unit++) {
      char head[] = "\nunit N: ";
      head[6] = *unit;
      size_t at = text_find(rest, text_from(head));
      assert_true(at < rest.len);
      rest = text_of(rest.ptr + at + 1, rest.len - at - 1);
    }
    assert_true(text_find(rest, TEXT("\nunit ")) > rest.len);
  }
  buf_free(&out);
  verified_free(v, &mem_default);
}

static void every_instruction_has_its_line(void **state) {
  (void)state;
  struct program sample;
  struct verified *v;
  struct verify_fault fault;
  struct buf out;
  buf_init(&out, &mem_default);
  assert_true(sample_program(&sample, &mem_default));
  assert_int_equal(program_verify(&v, &sample, &mem_default, &fault), ASSAY_OK);
  disasm_program(&out, v);
  for (unsigned op = 0; op < OP_COUNT_OF; op++) {
    char word[64] = " ";
    strncat(word, opcode_info(op)->name, sizeof word - 3);
    struct text name = text_from(word), rest = buf_view(&out);
    bool found = false;
    for (size_t at = text_find(rest, name); at < rest.len && !found; at = text_find(rest, name)) {
      char after = rest.ptr[at + name.len];
      found = after == ' ' || after == '\n';
      rest = text_of(rest.ptr + at + 1, rest.len - at - 1);
    }
    if (!found) print_error("%s\n", opcode_info(op)->name);
    assert_true(found);
  }
  buf_free(&out);
  verified_free(v, &mem_default);
}

static void damaged_programs_that_pass_can_be_listed(void **state) {
  (void)state;
  struct damage_source source = {.state = 977};
  struct program sample;
  struct buf out;
  size_t listed = 0;
  buf_init(&out, &mem_default);
  assert_true(sample_program(&sample, &mem_default));
  for (size_t i = 0; i < 2000; i++) {
    struct program p;
    struct verified *v;
    struct verify_fault fault;
    assert_true(program_copy(&p, &sample, &mem_default));
    damage_program(&p, &source);
    if (program_verify(&v, &p, &mem_default, &fault) != ASSAY_OK) continue;
    buf_clear(&out);
    disasm_program(&out, v);
    disasm_rule(&out, v, TEXT("SUM"));
    listed += !out.failed;
    verified_free(v, &mem_default);
  }
  assert_true(listed > 200);
  arena_free(&sample.arena);
  buf_free(&out);
}

static void memory_may_run_out(void **state) {
  (void)state;
  struct verified *v = small_program();
  for (size_t nth = 1; nth < 12; nth++) {
    struct test_alloc t;
    struct buf out;
    test_alloc_failing(&t, nth, true);
    buf_init(&out, &t.alloc);
    disasm_program(&out, v);
    assert_true(disasm_rule(&out, v, TEXT("THIRD")));
    assert_int_equal(out.failed, t.calls >= nth);
    buf_free(&out);
    assert_true(test_alloc_clean(&t));
  }
  verified_free(v, &mem_default);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_whole_program),
      cmocka_unit_test(one_rule),
      cmocka_unit_test(every_instruction_has_its_line),
      cmocka_unit_test(damaged_programs_that_pass_can_be_listed),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
