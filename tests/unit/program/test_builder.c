/* Tests the builder: equal things are one, bits and bodies are laid out as promised, memory may run out anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/build.h"
#include "support/sample.h"

static void equal_things_are_one(void **state) {
  (void)state;
  struct build b;
  build_init(&b, &mem_default);
  value_id helo = build_fact(&b, "helo", TYPE_NAME);
  assert_int_equal(build_fact(&b, "helo", TYPE_NAME), helo);
  assert_int_not_equal(build_fact(&b, "client.rdns", TYPE_NAME), helo);
  value_id rows[] = {
      build_int(&b, 1),
      build_int(&b, -1),
      build_int(&b, 11),
      build_text(&b, TYPE_STRING, ""),
      build_text(&b, TYPE_STRING, "1"),
      build_text(&b, TYPE_NAME, "1"),
      build_text(&b, TYPE_MAILBOX, "1"),
      build_address(&b, "192.0.2.1"),
      build_address(&b, "192.0.2.2"),
      build_address(&b, "2001:db8::1"),
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t k = 0; k < i; k++) assert_int_not_equal(rows[i], rows[k]);
  assert_int_equal(build_int(&b, 11), rows[2]);
  assert_int_equal(build_text(&b, TYPE_NAME, "1"), rows[5]);
  assert_int_equal(build_address(&b, "192.0.2.2"), rows[8]);
  feature_id truth = build_test(&b, OP_TRUTH, helo, 0, 0);
  assert_int_equal(build_test(&b, OP_TRUTH, helo, 0, 0), truth);
  assert_int_not_equal(build_test(&b, OP_EQ_NAME, helo, helo, 0), truth);
  assert_int_not_equal(build_test(&b, OP_NAME_PROP, helo, 0, 1), build_test(&b, OP_NAME_PROP, helo, 0, 2));
  assert_int_equal(builder_type(&b.b, helo), TYPE_NAME);
  assert_true(text_is(builder_text(&b.b, helo), "helo"));
  assert_true(text_is(builder_text(&b.b, rows[7]), "192.0.2.1"));
  build_free(&b);
}

static void missing_operands_make_nothing(void **state) {
  (void)state;
  struct build b;
  build_init(&b, &mem_default);
  assert_int_equal(build_value(&b, OP_NEG, NO_INDEX, 0, 0), NO_INDEX);
  assert_int_equal(build_value(&b, OP_ADD, build_int(&b, 1), NO_INDEX, 0), NO_INDEX);
  assert_int_equal(build_test(&b, OP_TRUTH, NO_INDEX, 0, 0), NO_INDEX);
  assert_int_equal(builder_type(&b.b, NO_INDEX), TYPE_COUNT_OF);
  assert_int_equal(builder_text(&b.b, NO_INDEX).len, 0);
  build_free(&b);
}

/* Tables first, each within one word; then what is computed at once; then the rest, a unit each. */
static void bits_are_laid_out_in_order(void **state) {
  (void)state;
  struct build b;
  build_init(&b, &mem_default);
  value_id helo = build_fact(&b, "helo", TYPE_NAME), ip = build_fact(&b, "client.ip", TYPE_ADDRESS);
  static const char *const none[] = {"x", NULL};
  feature_id lazy = build_test(&b, OP_TLD_KNOWN, helo, 0, 0), cheap = build_test(&b, OP_TRUTH, ip, 0, 0);
  feature_id address = build_test(&b, OP_ADDRESS_BITS, ip, 0, 0), name = build_test(&b, OP_NAME_BITS, helo, 0, 0);
  feature_id early = build_early(&b, build_test(&b, OP_IN_NAMES, helo, 0, build_texts(&b, SET_NAMES, none)));
  feature_id behind_dns = build_test(&b, OP_TRUTH, build_value(&b, OP_DNS_EXISTS, helo, 0, 0), 0, 0);
  feature_id second = build_test(&b, OP_NAME_BITS, build_fact(&b, "client.rdns", TYPE_NAME), 0, 0);
  build_layout(&b, 3);
  const struct {
    feature_id feature;
    uint32_t bit, unit;
  } rows[] = {
      {name, 0, 1},   {second, 32, 1}, {address, 64, 1},    {early, 80, 0},
      {cheap, 81, 1}, {lazy, 82, 2},   {behind_dns, 83, 3},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(builder_bit(&b.b, rows[i].feature), rows[i].bit);
    assert_int_equal(b.b.features.at[rows[i].feature].unit, rows[i].unit);
  }
  assert_int_equal(b.program.rule_bits, 128);
  for (uint32_t r = 0; r < 3; r++)
    build_rule(&b, "R", 0, NO_INDEX, build_simple(&b, cheap, true, build_rule_bit(&b, r), 1));
  struct verified *v = build_verified(&b, &mem_default);
  assert_non_null(v);
  assert_int_equal(v->program.bit_count, 131);
  verified_free(v, &mem_default);
  build_free(&b);
}

/* Without rules, with as many features as fill words or not: exemptions alone are a program, too. */
static void programs_without_rules(void **state) {
  (void)state;
  for (uint32_t count = 0; count <= 130; count += count < 62 ? 31 : 1) {
    struct build b;
    build_init(&b, &mem_default);
    value_id size = build_fact(&b, "mail.size", TYPE_INT);
    feature_id feature = NO_INDEX;
    for (uint32_t i = 0; i < count; i++)
      feature = build_early(&b, build_test(&b, OP_EQ_INT, size, build_int(&b, i), 0));
    build_layout(&b, 0);
    if (count) build_exempt(&b, "E", build_simple(&b, feature, true, NO_INDEX, 0));
    struct verified *v = build_verified(&b, &mem_default);
    assert_non_null(v);
    for (uint32_t i = 0; i < count; i++) assert_true(text_is(v->program.bit_texts[i], "EQ_INT"));
    verified_free(v, &mem_default);
    build_free(&b);
  }
}

static void too_many_bits_are_refused(void **state) {
  (void)state;
  static const struct {
    uint32_t rules;
    bool fits;
  } rows[] = {{1, true},
              {(uint32_t)PROGRAM_WORDS_MAX * 64 - 64, true},
              {(uint32_t)PROGRAM_WORDS_MAX * 64 - 63, false},
              {UINT32_MAX, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct build b;
    build_init(&b, &mem_default);
    build_test(&b, OP_TRUTH, build_fact(&b, "helo", TYPE_NAME), 0, 0);
    build_layout(&b, rows[i].rules);
    assert_int_equal(build_finish(&b), rows[i].fits);
    build_free(&b);
  }
}

static void the_sample_uses_every_instruction(void **state) {
  (void)state;
  struct program p;
  bool used[OP_COUNT_OF] = {false};
  assert_true(sample_program(&p, &mem_default));
  for (uint32_t pc = 0; pc < p.code_count; pc++) used[p.code[pc].op] = true;
  for (unsigned op = 0; op < OP_COUNT_OF; op++) {
    if (!used[op]) print_error("%s\n", opcode_info(op)->name);
    assert_true(used[op]);
  }
  struct verified *v = NULL;
  struct verify_fault fault;
  assay_status status = program_verify(&v, &p, &mem_default, &fault);
  if (status != ASSAY_OK) print_error("%s at %u\n", fault.what, fault.where);
  assert_int_equal(status, ASSAY_OK);
  verified_free(v, &mem_default);
}

/* Memory may end at any call: then there is no program, and nothing is lost. */
static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  struct program p;
  struct test_alloc t;
  size_t nth = 1;
  for (;; nth++) {
    test_alloc_failing(&t, nth, true);
    if (sample_program(&p, &t.alloc)) break;
    assert_true(test_alloc_clean(&t));
  }
  assert_true(nth > 5);
  arena_free(&p.arena);
  assert_true(test_alloc_clean(&t));
  for (size_t once = 1; once < nth; once++) { /* and be there again */
    test_alloc_failing(&t, once, false);
    assert_false(sample_program(&p, &t.alloc));
    assert_true(test_alloc_clean(&t));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_things_are_one),       cmocka_unit_test(missing_operands_make_nothing),
      cmocka_unit_test(bits_are_laid_out_in_order), cmocka_unit_test(programs_without_rules),
      cmocka_unit_test(too_many_bits_are_refused),  cmocka_unit_test(the_sample_uses_every_instruction),
      cmocka_unit_test(memory_may_run_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
