/* Tests the reply text: placeholders filled, whatever comes from outside made safe, the length bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "support/alloc.h"
#include "support/bench.h"

/* Two rules that hit when helo is not empty, one when a recipient is known, all below one reject with the reply. */
static void open_reply(struct bench *bench, const char *reply, const assay_alloc *alloc) {
  struct build b;
  build_init(&b, alloc);
  feature_id helo = build_test(&b, OP_TRUTH, build_fact(&b, "helo", TYPE_NAME), 0, 0);
  feature_id size = build_test(&b, OP_TRUTH, build_fact(&b, "mail.size", TYPE_INT), 0, 0);
  build_layout(&b, 4);
  static const struct {
    const char *name;
    int64_t score;
  } rules[] = {{"LOW", 1250}, {"TOP", 3000}, {"SAME", 3000}, {"MINUS", -500}};
  for (uint32_t r = 0; r < 4; r++)
    build_rule(&b, rules[r].name, rules[r].score, NO_INDEX,
               build_simple(&b, r == 3 ? size : helo, true, build_rule_bit(&b, r), 1));
  build_threshold(&b, ACTION_TAG, -1000, reply);
  assert_true(bench_open(bench, &b, alloc));
}

#define HELO(text) {{"helo", text, WHY_NOT_YET}, {NULL, NULL, WHY_NOT_YET}}

static void replies_by_table(void **state) {
  (void)state;
  static const struct {
    const char *template;
    struct test_fact facts[4];
    const char *reply;
  } rows[] = {
      {"plain", HELO("x.example"), "plain"},
      {"", HELO("x.example"), ""},
      {"s {score}", HELO("x.example"), "s 7.25"},
      {"r {rules}", HELO("x.example"), "r LOW,TOP,SAME"},
      {"t {top}", HELO("x.example"), "t TOP"},
      {"h [{helo}]", HELO("x.example"), "h [x.example]"},
      {"{{score}", HELO("x.example"), "{score}"},
      {"{{{score}}", HELO("x.example"), "{7.25}"},
      {"{{{{", HELO("x.example"), "{{"},
      {"{ {nothing} {SCORE} {score", HELO("x.example"), "{ {nothing} {SCORE} {score"},
      /* what is unknown or empty shows a hyphen */
      {"a {helo} {client.ip} {client.rdns} {top} {rules} {score}", HELO(""), "a - - - - - 0"},
      {"a {client.ip} {client.rdns}",
       {{"client.ip", "192.0.2.1", WHY_NOT_YET}, {"client.rdns", "mx.example", WHY_NOT_YET}},
       "a 192.0.2.1 mx.example"},
      {"a {client.ip}", {{"client.ip", "2001:DB8:0::1", WHY_NOT_YET}}, "a 2001:db8::1"},
      {"a {client.ip}", {{"client.ip", "", WHY_NOT_YET}}, "a -"},
      {"a {client.rdns}", {{"client.rdns", NULL, WHY_FAILED}}, "a -"},
      {"a {score} {top}", {{"mail.size", "5", WHY_NOT_YET}}, "a -0.5 MINUS"},
      /* nobody outside ends the line, starts another, or brings in bytes that a terminal obeys */
      {"a {helo} z", HELO("x\r\n250 ok"), "a x??250 ok z"},
      {"a {helo} z", HELO("\x1b[31m\x7f\x80\xff\t"), "a ?[31m???? z"},
      {"a {helo} z", HELO("m\xc3\xbcnchen"), "a m??nchen z"},
      {"a {helo} z", HELO("{score}{rules}"), "a {score}{rules} z"}, /* what was filled in is not filled again */
      {"a\r\nb\x80", HELO("x"), "a??b?"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench bench;
    open_reply(&bench, rows[i].template, &mem_default);
    assert_true(test_facts_set(bench.facts, rows[i].facts, 4));
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_true(bench.verdict->has_reply);
    assert_string_equal(bench.verdict->reply.ptr, rows[i].reply);
    bench_close(&bench);
  }
}

#define PTR "9.2.0.192.in-addr.arpa"
#define ANSWER(type, name, records) {QUESTION_##type, name, records, OUTCOME_FAILED}

/* Where the front end says nothing, the name is the one that rules see: from DNS. */
static void reverse_names_by_table(void **state) {
  (void)state;
  static const struct {
    const char *fact; /* "?": not set; NULL: failed */
    struct test_answer answers[3];
    const char *reply;
  } rows[] = {
      {"?", {{0}}, "[-]"},
      {"?", {ANSWER(PTR, PTR, "Mx.Example.")}, "[Mx.Example.]"},
      {"?", {ANSWER(PTR, PTR, "")}, "[-]"},
      {"?", {ANSWER(PTR, PTR, NULL)}, "[-]"},
      {"?", {ANSWER(PTR, PTR, "x\r\n250.example")}, "[x??250.example]"},
      {"?", {ANSWER(PTR, PTR, "b.example a.example"), ANSWER(A, "a.example", ""), ANSWER(A, "b.example", "192.0.2.9")},
       "[b.example]"},
      {"?", {ANSWER(PTR, PTR, "b.example a.example"), ANSWER(A, "a.example", ""), ANSWER(A, "b.example", "")},
       "[a.example]"},
      {"?", {ANSWER(PTR, PTR, "b.example a.example"), ANSWER(A, "b.example", "192.0.2.9")}, "[-]"},
      /* what it does say counts */
      {"fact.example", {ANSWER(PTR, PTR, "mx.example")}, "[fact.example]"},
      {"", {ANSWER(PTR, PTR, "mx.example")}, "[-]"},
      {NULL, {ANSWER(PTR, PTR, "mx.example")}, "[-]"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench bench;
    const struct test_fact facts[] = {{"client.ip", "192.0.2.9", WHY_FAILED},
                                      {"client.rdns", rows[i].fact, WHY_FAILED}};
    bool unset = rows[i].fact && rows[i].fact[0] == '?';
    open_reply(&bench, "[{client.rdns}]", &mem_default);
    assert_true(test_facts_set(bench.facts, facts, unset ? 1 : 2));
    assert_true(test_facts_answer(bench.facts, rows[i].answers, 3));
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_string_equal(bench.verdict->reply.ptr, rows[i].reply);
    bench_close(&bench);
  }
}

static void a_name_may_hold_a_nul(void **state) {
  (void)state;
  struct bench bench;
  open_reply(&bench, "a {helo} z", &mem_default);
  assert_int_equal(facts_set(bench.facts, FIELD_HELO, text_of("x\0y", 3)), ASSAY_OK);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_string_equal(bench.verdict->reply.ptr, "a x?y z");
  bench_close(&bench);
}

static void no_template_no_reply(void **state) {
  (void)state;
  struct bench bench;
  open_reply(&bench, NULL, &mem_default);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->action, ACTION_TAG);
  assert_false(bench.verdict->has_reply);
  bench_close(&bench);
}

static void four_hundred_bytes_are_the_most(void **state) {
  (void)state;
  static const size_t lens[] = {0, 397, 398, 399, 400, 5000};
  static char helo[5001];
  for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
    struct bench bench;
    memset(helo, 'h', sizeof helo);
    open_reply(&bench, "a {helo} z {helo}", &mem_default);
    assert_int_equal(facts_set(bench.facts, FIELD_HELO, text_of(helo, lens[i])), ASSAY_OK);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    size_t whole = lens[i] ? 2 * lens[i] + 5 : 7;
    assert_int_equal(strlen(bench.verdict->reply.ptr), whole < 400 ? whole : 400);
    bench_close(&bench);
  }
}

static void memory_out_empties_the_verdict(void **state) {
  (void)state;
  struct test_alloc t;
  struct bench bench;
  test_alloc_init(&t);
  open_reply(&bench, "a reply that needs room for itself {helo} {client.rdns}", &t.alloc);
  static const struct test_fact facts[] = {{"helo", "a.example", WHY_FAILED}, {"client.ip", "192.0.2.9", WHY_FAILED}};
  static const struct test_answer answers[] = {ANSWER(PTR, PTR, "b.example")};
  assert_true(test_facts_set(bench.facts, facts, 2));
  assert_true(test_facts_answer(bench.facts, answers, 1));
  for (size_t nth = 1;; nth++) {
    t.calls = 0;
    t.fail_at = nth;
    t.fail_after = true;
    assay_status status = bench_run(&bench);
    if (status == ASSAY_OK) break;
    assert_int_equal(status, ASSAY_NO_MEMORY);
    assert_int_equal(bench.verdict->score, 0);
    assert_int_equal(bench.verdict->hit_count + bench.verdict->open_count, 0);
    assert_false(bench.verdict->has_reply);
  }
  assert_string_equal(bench.verdict->reply.ptr, "a reply that needs room for itself a.example b.example");
  bench_close(&bench);
  assert_true(test_alloc_clean(&t));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(replies_by_table),     cmocka_unit_test(reverse_names_by_table),
      cmocka_unit_test(a_name_may_hold_a_nul),
      cmocka_unit_test(no_template_no_reply), cmocka_unit_test(four_hundred_bytes_are_the_most),
      cmocka_unit_test(memory_out_empties_the_verdict),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
