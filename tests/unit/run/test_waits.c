/* Tests what an open rule waits for: the facts and questions at the root, each once, in bounded time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/bench.h"

static void waits_by_table(void **state) {
  (void)state;
  static const struct {
    struct test_fact facts[3];
    struct test_answer answers[3];
    const char *waits[4]; /* of the rule; none: it is not open */
  } rows[] = {
      {{{0}}, {{0}}, {"helo", "client.ip"}},
      {{{"helo", "h.example", WHY_NOT_YET}}, {{0}}, {"DNS_ADDRESS", "client.ip"}},
      {{{"client.ip", "192.0.2.9", WHY_NOT_YET}}, {{0}}, {"helo"}},
      {{{"helo", "h.example", WHY_NOT_YET}, {"client.ip", "192.0.2.9", WHY_NOT_YET}}, {{0}}, {"DNS_ADDRESS"}},
      {{{"helo", "h.example", WHY_NOT_YET}, {"client.ip", "192.0.2.9", WHY_NOT_YET}},
       {{QUESTION_A, "h.example", "192.0.2.7", OUTCOME_FOUND}}, {"DNS_ADDRESS"}}, /* a list in part */
      {{{"helo", "h.example", WHY_NOT_YET}, {"client.ip", "192.0.2.9", WHY_NOT_YET}},
       {{QUESTION_A, "h.example", "192.0.2.9", OUTCOME_FOUND}}, {NULL}},
      {{{"helo", "localhost", WHY_NOT_YET}}, {{0}}, {NULL}}, /* nothing is asked: none of no addresses is the client's */
      {{{"helo", NULL, WHY_FAILED}, {"client.ip", "192.0.2.9", WHY_NOT_YET}}, {{0}}, {"helo"}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct build b;
    struct bench bench;
    build_init(&b, &mem_default);
    struct insn insn = {.op = OP_EQ_ADDRESS, .each = 1};
    insn.a = build_value(&b, OP_DNS_ADDRESS, build_fact(&b, "helo", TYPE_NAME), 0, 0);
    insn.b = build_fact(&b, "client.ip", TYPE_ADDRESS);
    feature_id f = builder_feature(&b.b, insn, TEXT("any"));
    build_layout(&b, 1);
    build_rule(&b, "R", 1000, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, 0), 1));
    assert_true(bench_open(&bench, &b, &mem_default));
    assert_true(test_facts_set(bench.facts, rows[i].facts, 3) &&
                test_facts_answer(bench.facts, rows[i].answers, 3));
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    size_t count = 0;
    while (rows[i].waits[count]) count++;
    assert_int_equal(bench.verdict->open_count, count > 0);
    for (size_t w = 0; w < count; w++) assert_true(text_is(bench_wait(&bench, 0, w), rows[i].waits[w]));
    if (count) assert_int_equal(bench.verdict->open[0].wait_count, count);
    bench_close(&bench);
  }
}

/* A limit of a pattern is a reason of its own: the feature is what is waited for. */
static void a_limit_is_waited_for_as_a_feature(void **state) {
  (void)state;
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  struct set *set = vec_add(&b.program.arena, &b.sets);
  assert_non_null(set);
  *set = (struct set){.kind = SET_PATTERNS, .count = 1};
  set->patterns = arena_array(&b.program.arena, 1, sizeof *set->patterns);
  set->patterns[0] = (struct pattern_source){TEXT("^(a+)+$"), 0};
  feature_id f = build_test(&b, OP_MATCH, build_fact(&b, "auth.user", TYPE_STRING), 0, 0);
  build_layout(&b, 1);
  build_rule(&b, "R", 1000, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, 0), 1));
  assert_true(bench_open(&bench, &b, &mem_default));
  char user[64];
  memset(user, 'a', sizeof user);
  user[sizeof user - 1] = '!';
  assert_int_equal(facts_set(bench.facts, FIELD_AUTH_USER, text_of(user, sizeof user)), ASSAY_OK);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench_answer(&bench, 0), ANSWER_FAILED);
  assert_int_equal(bench.verdict->open[0].wait_count, 1);
  assert_true(text_is(bench_wait(&bench, 0, 0), "MATCH"));
  bench_close(&bench);
}

/* Open entries of several rules and of an exemption, each with its own waits; and none once an exemption holds. */
static void entries_have_their_own_waits(void **state) {
  (void)state;
  static const char *const facts[] = {"mail.smtputf8", "tls.verified", "session.early_talker"};
  struct build b;
  struct bench bench;
  feature_id f[3];
  build_init(&b, &mem_default);
  for (size_t i = 0; i < 3; i++) f[i] = build_test(&b, OP_TRUTH, build_fact(&b, facts[i], TYPE_BOOL), 0, 0);
  build_early(&b, f[2]);
  build_layout(&b, 3);
  build_rule(&b, "A", 1000, NO_INDEX, build_simple(&b, f[0], true, build_rule_bit(&b, 0), 1));
  uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b);
  for (size_t i = 0; i < 2; i++) builder_emit(&b.b, build_literal(&b, OP_COUNT, f[i], true, 0));
  builder_emit(&b.b, (struct insn){.op = OP_COUNT_TEST, .a = 2, .d = fail});
  build_rule(&b, "B", 1000, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, 1), 1));
  begin = builder_begin(&b.b), fail = builder_label(&b.b); /* through another rule */
  build_need_unit(&b, b.rules.at[1].unit);
  builder_emit(&b.b, build_bit(OP_TEST, build_rule_bit(&b, 1), false, fail));
  build_rule(&b, "C", 1000, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, 2), 1));
  build_exempt(&b, "E", build_simple(&b, f[2], true, NO_INDEX, 0));
  assert_true(bench_open(&bench, &b, &mem_default));
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  static const struct {
    bool exemption;
    uint32_t index;
    const char *waits[3];
  } rows[] = {
      {true, 0, {"session.early_talker"}},
      {false, 0, {"mail.smtputf8"}},
      {false, 1, {"mail.smtputf8", "tls.verified"}},
      {false, 2, {"mail.smtputf8", "tls.verified"}},
  };
  assert_int_equal(bench.verdict->open_count, 4);
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(bench.verdict->open[i].exemption, rows[i].exemption);
    assert_int_equal(bench.verdict->open[i].index, rows[i].index);
    for (size_t w = 0; w < 3; w++)
      assert_true(text_is(bench_wait(&bench, i, w), rows[i].waits[w] ? rows[i].waits[w] : ""));
  }
  assert_int_equal(facts_set_bool(bench.facts, FIELD_SESSION_EARLY_TALKER, true), ASSAY_OK);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->exempt, 0);
  assert_int_equal(bench.verdict->open_count + bench.verdict->wait_count, 0);
  assert_true(bench.verdict->settled);
  bench_close(&bench);
}

static void only_so_many_are_listed(void **state) {
  (void)state;
  enum { MANY = WAITS_MAX + 20 };
  static char names[MANY][16];
  struct build b;
  struct bench bench;
  feature_id f[MANY];
  build_init(&b, &mem_default);
  for (uint32_t i = 0; i < MANY; i++) {
    snprintf(names[i], sizeof names[i], "h%u.example", i);
    f[i] =
        build_test(&b, OP_TRUTH, build_value(&b, OP_DNS_EXISTS, build_text(&b, TYPE_NAME, names[i]), 0, 0), 0, 0);
  }
  build_layout(&b, 1);
  uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b);
  for (uint32_t i = 0; i < MANY; i++) {
    build_need_feature(&b, f[i]);
    builder_emit(&b.b, build_literal(&b, OP_COUNT, f[i], true, 0));
  }
  builder_emit(&b.b, (struct insn){.op = OP_COUNT_TEST, .a = 1, .d = fail});
  build_rule(&b, "R", 1000, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, 0), 1));
  assert_true(bench_open(&bench, &b, &mem_default));
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->open_count, 1);
  assert_int_equal(bench.verdict->open[0].wait_count, WAITS_MAX);
  assert_true(text_is(bench_wait(&bench, 0, 0), "DNS_EXISTS"));
  bench_close(&bench);
}

/* --- bounded: shared parts are followed once, however many ways lead to them --- */

enum { LEVELS = 60 };

/* n(i+1) = n(i) + n(i): two to the power of 60 paths to one fact. */
static void sums_of_sums(void **state) {
  (void)state;
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  value_id value = build_fact(&b, "mail.size", TYPE_INT);
  for (unsigned i = 0; i < LEVELS; i++) value = build_value(&b, OP_ADD, value, value, 0);
  feature_id f = build_test(&b, OP_TRUTH, value, 0, 0);
  build_layout(&b, 1);
  build_rule(&b, "R", 1000, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, 0), 1));
  assert_true(bench_open(&bench, &b, &mem_default));
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->open[0].wait_count, 1);
  assert_true(text_is(bench_wait(&bench, 0, 0), "mail.size"));
  bench_close(&bench);
}

/* R(i+1) counts R(i) and not R(i). */
static void rules_of_rules(void **state) {
  (void)state;
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  feature_id f = build_test(&b, OP_TRUTH, build_fact(&b, "mail.size", TYPE_INT), 0, 0);
  build_layout(&b, LEVELS);
  build_rule(&b, "R", 0, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, 0), 1));
  for (uint32_t r = 1; r < LEVELS; r++) {
    uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b);
    build_need_unit(&b, b.rules.at[r - 1].unit);
    builder_emit(&b.b, build_bit(OP_COUNT, build_rule_bit(&b, r - 1), true, 0));
    builder_emit(&b.b, build_bit(OP_COUNT, build_rule_bit(&b, r - 1), false, 0));
    builder_emit(&b.b, (struct insn){.op = OP_COUNT_TEST, .a = 1, .d = fail});
    build_rule(&b, "R", 0, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, r), 1));
  }
  assert_true(bench_open(&bench, &b, &mem_default));
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->open_count, LEVELS);
  for (size_t i = 0; i < LEVELS; i++) {
    assert_int_equal(bench.verdict->open[i].wait_count, 1);
    assert_true(text_is(bench_wait(&bench, i, 0), "mail.size"));
  }
  bench_close(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(waits_by_table),
      cmocka_unit_test(a_limit_is_waited_for_as_a_feature),
      cmocka_unit_test(entries_have_their_own_waits),
      cmocka_unit_test(only_so_many_are_listed),
      cmocka_unit_test(sums_of_sums),
      cmocka_unit_test(rules_of_rules),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
