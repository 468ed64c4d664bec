/* Tests a program made ready to run: facts bound by name and type, constants as values, sets as tables, failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/bench.h"
#include "support/sample.h"

/* A program that looks at one fact of one type. */
static struct verified *verified_with(const char *fact, enum value_type type, const assay_alloc *alloc) {
  struct build b;
  build_init(&b, alloc);
  feature_id f = build_test(&b, OP_TRUTH, build_fact(&b, fact, type), 0, 0);
  build_layout(&b, 1);
  build_rule(&b, "R", 0, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, 0), 1));
  struct verified *verified = build_verified(&b, alloc);
  build_free(&b);
  assert_non_null(verified);
  return verified;
}

static void facts_are_bound_by_name_and_type(void **state) {
  (void)state;
  static const struct {
    const char *fact;
    enum value_type type;
    enum field field; /* FIELD_COUNT: refused */
  } rows[] = {
      {"helo", TYPE_NAME, FIELD_HELO},
      {"mail.size", TYPE_INT, FIELD_MAIL_SIZE},
      {"mail.smtputf8", TYPE_BOOL, FIELD_MAIL_SMTPUTF8},
      {"helo.verb", TYPE_STRING, FIELD_HELO_VERB},
      {"client.ip", TYPE_ADDRESS, FIELD_CLIENT_IP},
      {"mail.from", TYPE_MAILBOX, FIELD_MAIL_FROM},
      {"rcpt", TYPE_MAILBOXES, FIELD_RCPT},
      {"rcpt", TYPE_MAILBOX, FIELD_COUNT},
      {"helo", TYPE_STRING, FIELD_COUNT},
      {"mail.size", TYPE_BOOL, FIELD_COUNT},
      {"mail.from", TYPE_STRING, FIELD_COUNT},
      {"helo.nothing", TYPE_NAME, FIELD_COUNT},
      {"HELO", TYPE_NAME, FIELD_COUNT},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct test_alloc t;
    test_alloc_init(&t);
    struct linked *linked = (struct linked *)&t;
    assay_status status = linked_new(&linked, verified_with(rows[i].fact, rows[i].type, &t.alloc), NULL,
                                     &t.alloc);
    assert_int_equal(status, rows[i].field == FIELD_COUNT ? ASSAY_NOT_FOUND : ASSAY_OK);
    assert_int_equal(linked != NULL, status == ASSAY_OK);
    if (linked) assert_int_equal(linked->fields[0], rows[i].field);
    linked_free(linked);
    assert_true(test_alloc_clean(&t)); /* the program is taken over, whatever the outcome */
  }
  linked_free(NULL);
}

static void constants_are_values(void **state) {
  (void)state;
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  value_id verb = build_fact(&b, "helo.verb", TYPE_STRING), helo = build_fact(&b, "helo", TYPE_NAME);
  struct constant real = {.type = TYPE_REAL, .number = 2500};
  feature_id f[] = {
      build_test(&b, OP_EQ_STRING, verb, build_text(&b, TYPE_STRING, "EHLO"), 0),
      build_test(&b, OP_EQ_NAME, helo, build_text(&b, TYPE_NAME, "MX.Bank.Example."), 0),
      build_test(&b, OP_EQ_INT, build_fact(&b, "mail.size", TYPE_INT), build_int(&b, -7), 0),
      build_test(&b, OP_EQ_ADDRESS, build_fact(&b, "client.ip", TYPE_ADDRESS), build_address(&b, "192.0.2.1"), 0),
      build_test(&b, OP_EQ_MAILBOX, build_fact(&b, "mail.from", TYPE_MAILBOX), build_text(&b, TYPE_MAILBOX, "a@b"), 0),
      build_test(&b, OP_LE_REAL, build_value(&b, OP_ENTROPY, verb, 0, 0),
                 builder_constant(&b.b, real, TEXT("2.5")), 0),
  };
  enum { COUNT = sizeof f / sizeof *f };
  build_layout(&b, COUNT);
  for (uint32_t r = 0; r < COUNT; r++)
    build_rule(&b, "R", 0, NO_INDEX, build_simple(&b, f[r], true, build_rule_bit(&b, r), 1));
  assert_true(bench_open(&bench, &b, &mem_default));
  const struct linked *linked = bench.linked;
  assert_int_equal(linked->program->constants_count, COUNT);
  for (uint32_t c = 0; c < COUNT; c++) {
    const struct value *value = &linked->constants[c];
    assert_true(value->known);
    switch (linked->program->constants[c].type) {
      case TYPE_STRING: assert_true(text_is(value->text, "EHLO")); break;
      case TYPE_MAILBOX: assert_true(text_is(value->text, "a@b")); break;
      case TYPE_INT: assert_int_equal(value->number, -7); break;
      case TYPE_REAL: assert_true(value->real > 2.4999 && value->real < 2.5001); break;
      case TYPE_ADDRESS: assert_int_equal(value->addr.family, 4); break;
      default: /* a name: all that is found later is found now, since threads share it */
        assert_true(text_is(value->host->canonical, "mx.bank.example"));
        assert_true(value->host->org_done && value->host->tld_done);
        assert_true(text_is(value->host->org, "bank.example"));
    }
  }
  for (unsigned op = 0; op < OP_COUNT_OF; op++) assert_int_equal(linked->arity[op], opcode_slots(op));
  bench_close(&bench);
}

/* The three forms of a mailbox lie in three tables, without their @. */
static void mailboxes_are_sorted_by_form(void **state) {
  (void)state;
  static const char *const items[] = {"a@b.test", "@c.test", "d@", "\"e@f\"@g.test", NULL};
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  build_texts(&b, SET_MAILBOXES, items);
  build_layout(&b, 0);
  assert_true(bench_open(&bench, &b, &mem_default));
  const struct linked_set *set = &bench.linked->sets[0];
  assert_true(text_table_has(set->texts, TEXT("a@b.test")) && text_table_has(set->texts, TEXT("\"e@f\"@g.test")));
  assert_true(text_table_has(set->domains, TEXT("c.test")) && text_table_has(set->locals, TEXT("d")));
  assert_false(text_table_has(set->texts, TEXT("@c.test")) || text_table_has(set->texts, TEXT("d@")));
  assert_false(text_table_has(set->domains, TEXT("b.test")) || text_table_has(set->domains, TEXT("")));
  assert_false(text_table_has(set->locals, TEXT("a")) || text_table_has(set->locals, TEXT("")));
  assert_true(!set->networks && !set->patterns);
  bench_close(&bench);
}

static void disabled_rules_are_listed(void **state) {
  (void)state;
  enum { RULES = 70 };
  struct build b;
  struct bench bench;
  build_init(&b, &mem_default);
  feature_id f = build_test(&b, OP_TRUTH, build_fact(&b, "helo", TYPE_NAME), 0, 0);
  build_layout(&b, RULES);
  for (uint32_t r = 0; r < RULES; r++) {
    build_rule(&b, "R", 0, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, r), 1));
    b.rules.at[r].disabled = r % 23 == 22 || r == 0;
  }
  assert_true(bench_open(&bench, &b, &mem_default));
  static const uint32_t expected[] = {0, 22, 45, 68};
  assert_int_equal(bench.linked->disabled_count, 4);
  assert_memory_equal(bench.linked->disabled, expected, sizeof expected);
  bench_close(&bench);
}

static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  for (size_t nth = 1, calls = 0; nth == 1 || nth <= calls + 1; nth++) {
    struct test_alloc t;
    struct program sample;
    struct verified *verified;
    struct verify_fault fault;
    struct vocabulary vocabulary;
    struct linked *linked = (struct linked *)&t;
    test_alloc_init(&t);
    assert_true(sample_vocabulary(&vocabulary, &mem_default));
    assert_true(sample_program(&sample, &t.alloc));
    assert_int_equal(program_verify(&verified, &sample, &t.alloc, &fault), ASSAY_OK);
    size_t before = t.calls;
    t.fail_at = before + nth;
    t.fail_after = nth % 2;
    assay_status status = linked_new(&linked, verified, &vocabulary, &t.alloc);
    assert_int_equal(linked != NULL, status == ASSAY_OK);
    assert_true(status == ASSAY_OK || status == ASSAY_NO_MEMORY);
    calls = t.calls - before;
    if (nth <= calls) assert_int_equal(status, ASSAY_NO_MEMORY);
    linked_free(linked);
    vocabulary_free(&vocabulary);
    assert_true(test_alloc_clean(&t));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(facts_are_bound_by_name_and_type), cmocka_unit_test(constants_are_values),
      cmocka_unit_test(mailboxes_are_sorted_by_form),     cmocka_unit_test(disabled_rules_are_listed),
      cmocka_unit_test(memory_may_run_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
