/* Tests calls of a host's functions in the run loop: unknown operands, lists taken element by element, answers that are
 * none. What rules make of them is tested with the public library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "run/call.h"
#include "support/bench.h"

enum { RULES = 2 };

/* mix(name, address, int): the length of the name, of the address, and the number; none for 999. */
static assay_status mix(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  size_t *calls = user;
  char *memory = call_memory(call, 1);
  if (!memory) return ASSAY_NO_MEMORY;
  ++*calls;
  result->number = (int64_t)(arguments[0].len * 100 + arguments[1].len) + arguments[2].number;
  return arguments[2].number == 999 ? ASSAY_NOT_FOUND : ASSAY_OK;
}

static void vocabulary_with_mix(struct vocabulary *vocabulary, size_t *calls) {
  const struct host_function row = {
      .name = "mix", .doc = "", .result = ASSAY_TYPE_INT, .count = 3, .call = mix, .user = calls,
      .arguments = {ASSAY_TYPE_NAME, ASSAY_TYPE_ADDRESS, ASSAY_TYPE_INT}};
  vocabulary_init(vocabulary, &mem_default);
  assert_int_equal(vocabulary_add_function(vocabulary, &row), ASSAY_OK);
}

/* Rule 0: mix(helo, client.ip, mail.size) == 0604. Rule 1: any(mix(helo, each address of helo, mail.size)) == 0604. */
static void make_program(struct build *b) {
  const struct function_need need = {.name = TEXT("mix"), .result = TYPE_INT, .count = 3,
                                     .arguments = {TYPE_NAME, TYPE_ADDRESS, TYPE_INT}};
  value_id helo = build_fact(b, "helo", TYPE_NAME), size = build_fact(b, "mail.size", TYPE_INT);
  value_id plain[] = {helo, build_fact(b, "client.ip", TYPE_ADDRESS), size};
  value_id each[] = {helo, build_value(b, OP_DNS_ADDRESS, helo, 0, 0), size};
  value_id once = builder_call(&b->b, &need, plain, 0, TEXT("once")), expected = build_int(b, 604);
  assert_int_equal(builder_call(&b->b, &need, plain, 0, TEXT("again")), once); /* equal calls are one */
  feature_id features[RULES];
  features[0] = build_test(b, OP_EQ_INT, once, expected, 0);
  struct insn any = {.op = OP_EQ_INT, .each = 1, .a = builder_call(&b->b, &need, each, 2, TEXT("each")), .b = expected};
  features[1] = builder_feature(&b->b, any, TEXT("any"));
  build_layout(b, RULES);
  for (uint32_t r = 0; r < RULES; r++)
    build_rule(b, "R", 100, NO_INDEX, build_simple(b, features[r], true, build_rule_bit(b, r), 1));
}

#define H "helo"
#define IP "client.ip"
#define SIZE "mail.size"

static const struct {
  struct test_fact facts[3];
  struct test_answer answers[2];
  enum answer_kind expected[RULES];
  size_t calls;
} rows[] = {
    {{{H, "a.test", 0}, {IP, "192.0.2.1", 0}, {SIZE, "0", 0}},
     {{QUESTION_A, "a.test", "192.0.2.1 192.0.2.2", 0}, {QUESTION_AAAA, "a.test", "", 0}},
     {ANSWER_YES, ANSWER_YES}, 3},
    {{{H, "a.test", 0}, {IP, "2001:db8::1", 0}, {SIZE, "0", 0}},
     {{QUESTION_A, "a.test", "", 0}, {QUESTION_AAAA, "a.test", "2001:db8::2", 0}},
     {ANSWER_NO, ANSWER_NO}, 2},
    /* part of the list is unknown: an element decides, or its reason does */
    {{{H, "a.test", 0}, {IP, "192.0.2.1", 0}, {SIZE, "0", 0}},
     {{QUESTION_A, "a.test", "192.0.2.1", 0}, {QUESTION_AAAA, "a.test", NULL, OUTCOME_FAILED}},
     {ANSWER_YES, ANSWER_YES}, 2},
    {{{H, "a.test", 0}, {IP, "192.0.2.1", 0}, {SIZE, "1", 0}},
     {{QUESTION_A, "a.test", "192.0.2.1", 0}, {QUESTION_AAAA, "a.test", NULL, OUTCOME_FAILED}},
     {ANSWER_NO, ANSWER_FAILED}, 2},
    /* no element: no call, whatever the rest is */
    {{{H, "a.test", 0}, {IP, NULL, WHY_NEVER}, {SIZE, NULL, WHY_FAILED}},
     {{QUESTION_A, "a.test", "", 0}, {QUESTION_AAAA, "a.test", "", 0}},
     {ANSWER_NEVER, ANSWER_NO}, 0},
    /* of several unknown operands the reason that is harder to mend */
    {{{H, NULL, WHY_NOT_YET}, {IP, NULL, WHY_FAILED}, {SIZE, "0", 0}}, {{0}}, {ANSWER_FAILED, ANSWER_NOT_YET}, 0},
    {{{H, NULL, WHY_FAILED}, {IP, "192.0.2.1", 0}, {SIZE, NULL, WHY_NOT_YET}}, {{0}}, {ANSWER_FAILED, ANSWER_FAILED}, 0},
    /* a list that is not there yet may be empty, and then no other operand is needed */
    {{{H, "a.test", 0}, {IP, "192.0.2.1", 0}, {SIZE, NULL, WHY_FAILED}}, {{0}}, {ANSWER_FAILED, ANSWER_NOT_YET}, 0},
    /* the function has no answer */
    {{{H, "a.test", 0}, {IP, "192.0.2.1", 0}, {SIZE, "999", 0}},
     {{QUESTION_A, "a.test", "192.0.2.1", 0}, {QUESTION_AAAA, "a.test", "", 0}},
     {ANSWER_FAILED, ANSWER_FAILED}, 2},
};

static void calls_by_table(void **state) {
  (void)state;
  size_t calls = 0;
  struct vocabulary vocabulary;
  struct build b;
  struct bench bench;
  vocabulary_with_mix(&vocabulary, &calls);
  build_init(&b, &mem_default);
  make_program(&b);
  assert_true(bench_open_with(&bench, &b, &vocabulary, &mem_default));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    facts_clear(bench.facts);
    assert_true(test_facts_set(bench.facts, rows[i].facts, 3));
    assert_true(test_facts_answer(bench.facts, rows[i].answers, 2));
    calls = 0;
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    for (uint32_t r = 0; r < RULES; r++)
      if (bench_answer(&bench, r) != rows[i].expected[r])
        fail_msg("row %zu, rule %u: %d, not %d", i, r, (int)bench_answer(&bench, r), (int)rows[i].expected[r]);
    if (calls != rows[i].calls) fail_msg("row %zu: %zu calls, not %zu", i, calls, rows[i].calls);
  }
  bench_close(&bench);
  vocabulary_free(&vocabulary);
}

/* A program asks for a function by name and type, and is not linked without it. */
static void a_function_must_fit(void **state) {
  (void)state;
  static const struct host_function functions[] = {
      {.name = "mix", .result = ASSAY_TYPE_INT, .count = 3,
       .arguments = {ASSAY_TYPE_NAME, ASSAY_TYPE_ADDRESS, ASSAY_TYPE_INT}},
      {.name = "mix", .result = ASSAY_TYPE_STRING, .count = 3,
       .arguments = {ASSAY_TYPE_NAME, ASSAY_TYPE_ADDRESS, ASSAY_TYPE_INT}},
      {.name = "mix", .result = ASSAY_TYPE_INT, .count = 2, .arguments = {ASSAY_TYPE_NAME, ASSAY_TYPE_ADDRESS}},
      {.name = "mix", .result = ASSAY_TYPE_INT, .count = 3,
       .arguments = {ASSAY_TYPE_NAME, ASSAY_TYPE_NAME, ASSAY_TYPE_INT}},
      {.name = "max", .result = ASSAY_TYPE_INT, .count = 3,
       .arguments = {ASSAY_TYPE_NAME, ASSAY_TYPE_ADDRESS, ASSAY_TYPE_INT}},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    struct host_function row = functions[i];
    struct vocabulary vocabulary;
    struct build b;
    struct bench bench;
    row.doc = "";
    row.call = mix;
    vocabulary_init(&vocabulary, &mem_default);
    assert_int_equal(vocabulary_add_function(&vocabulary, &row), ASSAY_OK);
    build_init(&b, &mem_default);
    make_program(&b);
    assert_int_equal(bench_open_with(&bench, &b, &vocabulary, &mem_default), i == 0);
    bench_close(&bench);
    vocabulary_free(&vocabulary);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(calls_by_table), cmocka_unit_test(a_function_must_fit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
