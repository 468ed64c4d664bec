/* Tests the scratch memory of a thread: it serves any rule sets in turn, forgets each connection, and stops growing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "run/vm.h"
#include "support/alloc.h"
#include "support/bench.h"
#include "support/sample.h"

/* So many rules, all true when mail.size is not 0. */
static void open_rules(struct bench *bench, uint32_t rules, const assay_alloc *alloc) {
  struct build b;
  build_init(&b, alloc);
  feature_id f = build_test(&b, OP_TRUTH, build_fact(&b, "mail.size", TYPE_INT), 0, 0);
  build_layout(&b, rules);
  for (uint32_t r = 0; r < rules; r++)
    build_rule(&b, "R", 10, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, r), 1));
  assert_true(bench_open(bench, &b, alloc));
}

static void one_serves_all_rule_sets_in_turn(void **state) {
  (void)state;
  static const uint32_t sizes[] = {1, 64, 5, 1000, 63, 2, 65};
  struct bench bench[sizeof sizes / sizeof *sizes];
  struct workspace *ws;
  assert_int_equal(workspace_new(&ws, &mem_default), ASSAY_OK);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) open_rules(&bench[i], sizes[i], &mem_default);
  for (size_t round = 0; round < 3; round++)
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      struct bench *b = &bench[i];
      assert_int_equal(facts_set_int(b->facts, FIELD_MAIL_SIZE, (int64_t)round % 2), ASSAY_OK);
      assert_int_equal(verdict_evaluate(b->verdict, b->linked, b->facts, ws), ASSAY_OK);
      assert_int_equal(b->verdict->hit_count, round % 2 ? sizes[i] : 0); /* nothing is left of the set before */
      assert_int_equal(b->verdict->open_count, 0);
    }
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) bench_close(&bench[i]);
  workspace_free(ws);
  workspace_free(NULL);
}

/* The mark of what is computed wraps after four thousand million connections; old marks must not count then. */
static void the_mark_may_wrap(void **state) {
  (void)state;
  struct bench bench;
  open_rules(&bench, 3, &mem_default);
  assert_int_equal(facts_set_int(bench.facts, FIELD_MAIL_SIZE, 1), ASSAY_OK);
  assert_int_equal(bench_run(&bench), ASSAY_OK); /* marks with 1 */
  bench.ws->now = UINT32_MAX - 2;
  for (int64_t i = 0; i < 6; i++) {
    assert_int_equal(facts_set_int(bench.facts, FIELD_MAIL_SIZE, i % 2), ASSAY_OK);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_int_equal(bench.verdict->hit_count, i % 2 ? 3 : 0);
    assert_int_not_equal(bench.ws->now, 0);
  }
  bench_close(&bench);
}

static void bits_hold_every_answer(void **state) {
  (void)state;
  struct bench bench;
  open_rules(&bench, 200, &mem_default);
  for (enum answer_kind answer = ANSWER_NO; answer <= ANSWER_NEVER; answer++)
    for (uint32_t bit = 0; bit < bench.linked->program->bit_count; bit += 13) {
      assert_int_equal(workspace_begin(bench.ws, bench.linked, bench.facts), ASSAY_OK);
      assert_int_equal(workspace_bit(bench.ws, bit), ANSWER_NOT_YET);
      workspace_set_bit(bench.ws, bit, answer);
      assert_int_equal(workspace_bit(bench.ws, bit), answer);
      assert_int_equal(workspace_bit(bench.ws, bit + 1), ANSWER_NOT_YET);
    }
  bench_close(&bench);
}

static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  struct bench bench;
  open_rules(&bench, 300, &mem_default);
  assert_int_equal(facts_set_int(bench.facts, FIELD_MAIL_SIZE, 1), ASSAY_OK);
  for (size_t nth = 1;; nth++) {
    struct test_alloc t;
    struct workspace *ws = NULL;
    test_alloc_failing(&t, nth, true);
    assay_status status = workspace_new(&ws, &t.alloc);
    assert_int_equal(status == ASSAY_OK, ws != NULL);
    if (status == ASSAY_OK) status = verdict_evaluate(bench.verdict, bench.linked, bench.facts, ws);
    if (status != ASSAY_OK) {
      assert_int_equal(status, ASSAY_NO_MEMORY);
      assert_int_equal(bench.verdict->hit_count, ws ? 0 : bench.verdict->hit_count);
      t.fail_at = 0; /* and when it is there again, the same workspace serves */
      if (ws) assert_int_equal(verdict_evaluate(bench.verdict, bench.linked, bench.facts, ws), ASSAY_OK);
      if (ws) assert_int_equal(bench.verdict->hit_count, 300);
    }
    workspace_free(ws);
    assert_true(test_alloc_clean(&t));
    if (status == ASSAY_OK) break;
  }
  bench_close(&bench);
}

/* --- no allocation after warm-up --- */

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state >> 11;
}

static const char *const names[] = {"mail.bank.example",
                                    "mx1.isp.test",
                                    "localhost",
                                    "",
                                    "[192.0.2.1]",
                                    "192.0.2.9",
                                    "bank-login.cheap.test",
                                    "a_b..c",
                                    "xn--mnchen-3ya.de",
                                    "m\xc3\xbcnchen.de",
                                    "h-192-0-2-9.isp.test"};
static const char *const addresses[] = {"192.0.2.9", "10.0.0.1", "2001:db8::1", "", "127.0.0.1", "203.0.113.77"};
static const char *const mailboxes[] = {"a@b.example", "<>", "postmaster@isp.test", "x@[192.0.2.1]", "nobody"};

#define PICK(table) table[next_random(state) % (sizeof table / sizeof *table)]

/* Each fact is left out, unknown, or one of some values. */
static void vary_fact(struct facts *facts, enum field field, uint64_t *state) {
  uint64_t how = next_random(state) % 8;
  char number[24];
  if (how == 0) return;
  if (how == 1) {
    assert_int_equal(facts_set_unknown(facts, field, (enum why)(next_random(state) % 3)), ASSAY_OK);
    return;
  }
  struct text text = TEXT("");
  switch (field_info(field)->type) {
    case FIELD_BOOL: text = next_random(state) % 2 ? TEXT("true") : TEXT("false"); break;
    case FIELD_INT:
      text = text_of(number, (size_t)snprintf(number, sizeof number, "%u", (unsigned)(1 + next_random(state) % 5)));
      break;
    case FIELD_STRING: text = next_random(state) % 2 ? TEXT("EHLO") : TEXT("aaaaaaaaaaaaaaaaaaaa!"); break;
    case FIELD_NAME: text = text_from(PICK(names)); break;
    case FIELD_ADDRESS: text = text_from(PICK(addresses)); break;
    case FIELD_MAILBOX: text = text_from(PICK(mailboxes)); break;
    case FIELD_MAILBOX_LIST:
      for (uint64_t i = next_random(state) % 6; i > 0; i--)
        assert_int_equal(facts_append(facts, field, text_from(PICK(mailboxes))), ASSAY_OK);
      return;
  }
  assert_int_equal(facts_set(facts, field, text), ASSAY_OK);
}

static void vary_answers(struct facts *facts, uint64_t *state) {
  static const struct test_answer rows[] = {
      {QUESTION_A, "mail.bank.example", "192.0.2.9 192.0.2.8", OUTCOME_FOUND},
      {QUESTION_A, "mx1.isp.test", "203.0.113.77", OUTCOME_FOUND},
      {QUESTION_AAAA, "mail.bank.example", "", OUTCOME_FOUND},
      {QUESTION_AAAA, "mx1.isp.test", NULL, OUTCOME_FAILED},
      {QUESTION_MX, "mail.bank.example", "mx1.isp.test mail.bank.example", OUTCOME_FOUND},
      {QUESTION_PTR, "9.2.0.192.in-addr.arpa", "mx1.isp.test mail.bank.example", OUTCOME_FOUND},
      {QUESTION_TXT, "mail.bank.example", "a b c", OUTCOME_FOUND},
      {QUESTION_A, "9.2.0.192.zen.example", "127.0.0.2", OUTCOME_FOUND},
      {QUESTION_A, "9.2.0.192.dead.example", "127.255.255.254", OUTCOME_FOUND},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (next_random(state) % 2) assert_true(test_facts_answer(facts, &rows[i], 1));
}

static void no_allocation_after_warm_up(void **state) {
  (void)state;
  enum { ROUNDS = 1000, TIMES = 4 };
  struct test_alloc t, own;
  struct bench bench = {0};
  struct program sample;
  struct vocabulary vocabulary;
  struct verified *verified;
  struct verify_fault fault;
  size_t warm = 0, answers[5] = {0};
  test_alloc_init(&t);
  test_alloc_init(&own);
  assert_true(sample_program(&sample, &t.alloc));
  assert_int_equal(program_verify(&verified, &sample, &t.alloc, &fault), ASSAY_OK);
  assert_true(sample_vocabulary(&vocabulary, &t.alloc));
  assert_int_equal(linked_new(&bench.linked, verified, &vocabulary, &t.alloc), ASSAY_OK);
  assert_int_equal(workspace_new(&bench.ws, &t.alloc), ASSAY_OK);
  assert_int_equal(verdict_new(&bench.verdict, &t.alloc), ASSAY_OK);
  assert_int_equal(facts_new(&bench.facts, NULL, &own.alloc), ASSAY_OK);
  for (size_t i = 0; i < ROUNDS * TIMES; i++) {
    uint64_t seed = 77 + i % ROUNDS * 7919;
    facts_clear(bench.facts);
    bench.facts->unasked_why = (enum why)(i % ROUNDS % 3); /* each pass is like the first */
    for (unsigned field = 0; field < FIELD_COUNT; field++) vary_fact(bench.facts, (enum field)field, &seed);
    vary_answers(bench.facts, &seed);
    if (i == ROUNDS) warm = t.calls;
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    for (uint32_t r = 0; i < ROUNDS && r < bench.linked->program->rules_count; r++)
      answers[bench_answer(&bench, r)]++;
  }
  assert_int_equal(t.calls, warm);
  for (size_t k = 0; k < 5; k++) assert_true(answers[k] > ROUNDS); /* the facts were varied indeed */
  bench_close(&bench);
  vocabulary_free(&vocabulary);
  assert_true(test_alloc_clean(&t) && test_alloc_clean(&own));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_serves_all_rule_sets_in_turn), cmocka_unit_test(the_mark_may_wrap),
      cmocka_unit_test(bits_hold_every_answer),           cmocka_unit_test(memory_may_run_out_anywhere),
      cmocka_unit_test(no_allocation_after_warm_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
