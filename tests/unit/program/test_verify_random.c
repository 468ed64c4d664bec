/* Tests the verifier with random damage to a program: it is refused, or it runs without harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/verdict.h"
#include "support/damage.h"
#include "support/facts.h"
#include "support/sample.h"

static const struct test_fact known[] = {
    {"client.ip", "192.0.2.9", WHY_NOT_YET},      {"client.rdns", "mx1.isp.test", WHY_NOT_YET},
    {"helo", "mail.bank.example", WHY_NOT_YET},   {"helo.verb", "EHLO", WHY_NOT_YET},
    {"mail.from", "a@b.example", WHY_NOT_YET},    {"mail.size", "3", WHY_NOT_YET},
    {"mail.smtputf8", "true", WHY_NOT_YET},       {"rcpt", "postmaster@isp.test", WHY_NOT_YET},
    {"client.rdns_confirmed", NULL, WHY_FAILED},
};
static const struct test_fact sparse[] = {
    {"client.ip", "2001:db8::1", WHY_NOT_YET}, {"helo", "[192.0.2.1]", WHY_NOT_YET}, {"rcpt", "", WHY_NOT_YET},
    {"auth.user", "u", WHY_NOT_YET},           {"mail.from", NULL, WHY_NEVER},
};
static const struct test_answer answers[] = {
    {QUESTION_A, "mail.bank.example", "192.0.2.9 192.0.2.8", OUTCOME_FOUND},
    {QUESTION_AAAA, "mail.bank.example", NULL, OUTCOME_FAILED},
    {QUESTION_MX, "mail.bank.example", "mx1.isp.test", OUTCOME_FOUND},
    {QUESTION_A, "9.2.0.192.zen.example", "127.0.0.2", OUTCOME_FOUND},
    {QUESTION_A, "9.2.0.192.dead.example", NULL, OUTCOME_FAILED},
    {QUESTION_PTR, "9.2.0.192.in-addr.arpa", "mx1.isp.test", OUTCOME_FOUND},
};

struct bench {
  struct vocabulary vocabulary;
  struct workspace *ws;
  struct verdict *verdict;
  struct facts *facts[3];
};

static void open_bench(struct bench *bench) {
  assert_int_equal(workspace_new(&bench->ws, &mem_default), ASSAY_OK);
  assert_int_equal(verdict_new(&bench->verdict, &mem_default), ASSAY_OK);
  bench->facts[0] = test_facts_new(NULL, 0, NULL, 0, &mem_default);
  bench->facts[1] =
      test_facts_new(known, sizeof known / sizeof *known, answers, sizeof answers / sizeof *answers, &mem_default);
  bench->facts[2] = test_facts_new(sparse, sizeof sparse / sizeof *sparse, NULL, 0, &mem_default);
  for (size_t i = 0; i < 3; i++) assert_non_null(bench->facts[i]);
  assert_true(sample_vocabulary(&bench->vocabulary, &mem_default));
  bench->facts[2]->unasked_why = bench->facts[2]->unset_why = WHY_NEVER;
}

static void close_bench(struct bench *bench) {
  for (size_t i = 0; i < 3; i++) facts_free(bench->facts[i]);
  vocabulary_free(&bench->vocabulary);
  verdict_free(bench->verdict);
  workspace_free(bench->ws);
}

/* Links and evaluates; what the facts' names refuse is refused there. */
static bool runs(struct bench *bench, struct verified *v, size_t which) {
  struct linked *linked = NULL;
  if (linked_new(&linked, v, &bench->vocabulary, &mem_default) != ASSAY_OK) return false;
  assert_int_equal(verdict_evaluate(bench->verdict, linked, bench->facts[which], bench->ws), ASSAY_OK);
  assert_true(bench->verdict->low <= bench->verdict->score && bench->verdict->score <= bench->verdict->high);
  linked_free(linked);
  return true;
}

static void random_damage_is_refused_or_runs(void **state) {
  (void)state;
  enum { ROUNDS = 20000 };
  struct damage_source source = {.state = 20240501};
  struct program sample;
  struct bench bench;
  size_t refused = 0, ran = 0;
  assert_true(sample_program(&sample, &mem_default));
  open_bench(&bench);
  for (size_t i = 0; i < ROUNDS; i++) {
    struct program p;
    struct verified *v;
    struct verify_fault fault;
    assert_true(program_copy(&p, &sample, &mem_default));
    for (size_t k = 0; k <= i % 3; k++) damage_program(&p, &source);
    assay_status status = program_verify(&v, &p, &mem_default, &fault);
    assert_int_equal(status == ASSAY_OK, v != NULL);
    assert_true(status == ASSAY_OK || (status == ASSAY_UNVERIFIED && fault.what));
    refused += !v;
    ran += v && runs(&bench, v, i % 3);
  }
  assert_true(refused > ROUNDS / 4 && ran > ROUNDS / 20); /* both ways are well trodden */
  close_bench(&bench);
  arena_free(&sample.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_damage_is_refused_or_runs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
