/* Tests the result of iprev for a client: from its reverse names, and what is known of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/iprev.h"
#include "support/alloc.h"
#include "support/facts.h"

#define V4 "192.0.2.9"
#define V4_PTR "9.2.0.192.in-addr.arpa"
#define V6 "2001:db8::9"
#define V6_PTR "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"

static enum iprev iprev_of(const struct facts *facts, const assay_alloc *alloc, bool *failed) {
  struct arena arena;
  arena_init(&arena, alloc, SIZE_MAX);
  enum iprev iprev = facts_iprev(facts, &arena);
  *failed = arena.failed;
  arena_free(&arena);
  return iprev;
}

enum { ANSWERS = 6 };

#define Q(type, name, records) {QUESTION_##type, name, records, OUTCOME_FOUND}
#define NO(type, name, outcome) {QUESTION_##type, name, NULL, OUTCOME_##outcome}

static void results_by_table(void **state) {
  (void)state;
  static const struct {
    const char *client; /* NULL: unknown */
    struct test_answer answers[ANSWERS];
    enum iprev expected;
  } rows[] = {
      /* the reverse name */
      {V4, {{0}}, IPREV_NONE},
      {V4, {NO(PTR, V4_PTR, PENDING)}, IPREV_NONE},
      {V4, {NO(PTR, V4_PTR, NEVER)}, IPREV_NONE},
      {V4, {NO(PTR, V4_PTR, NXDOMAIN)}, IPREV_PERMERROR},
      {V4, {NO(PTR, V4_PTR, NODATA)}, IPREV_PERMERROR},
      {V4, {NO(PTR, V4_PTR, SERVFAIL)}, IPREV_TEMPERROR},
      {V4, {NO(PTR, V4_PTR, REFUSED)}, IPREV_TEMPERROR},
      {V4, {NO(PTR, V4_PTR, TIMEOUT)}, IPREV_TEMPERROR},
      {V4, {NO(PTR, V4_PTR, MALFORMED)}, IPREV_TEMPERROR},
      {V4, {NO(PTR, V4_PTR, OVER_BUDGET)}, IPREV_TEMPERROR},
      {V4, {NO(PTR, V4_PTR, ZONE_DOWN)}, IPREV_TEMPERROR},
      {V4, {NO(PTR, V4_PTR, FAILED)}, IPREV_TEMPERROR},
      /* whether it resolves back, by the family of the client alone */
      {V4, {Q(PTR, V4_PTR, "a.example")}, IPREV_NONE},
      {V4, {Q(PTR, V4_PTR, "A.example."), Q(A, "a.example", V4)}, IPREV_PASS},
      {V4, {Q(PTR, V4_PTR, "a.example"), Q(A, "a.example", "192.0.2.1 " V4)}, IPREV_PASS},
      {V4, {Q(PTR, V4_PTR, "a.example"), Q(A, "a.example", "192.0.2.1")}, IPREV_FAIL},
      {V4, {Q(PTR, V4_PTR, "a.example"), NO(A, "a.example", NODATA)}, IPREV_FAIL},
      {V4, {Q(PTR, V4_PTR, "a.example"), NO(A, "a.example", NXDOMAIN)}, IPREV_FAIL},
      {V4, {Q(PTR, V4_PTR, "a.example"), NO(A, "a.example", TIMEOUT)}, IPREV_TEMPERROR},
      {V4, {Q(PTR, V4_PTR, "a.example"), NO(A, "a.example", NEVER)}, IPREV_NONE},
      {V4, {Q(PTR, V4_PTR, "a.example"), Q(AAAA, "a.example", V6)}, IPREV_NONE},
      {V6, {Q(PTR, V6_PTR, "a.example"), Q(AAAA, "a.example", V6)}, IPREV_PASS},
      {V6, {Q(PTR, V6_PTR, "a.example"), Q(AAAA, "a.example", "2001:db8::1"), Q(A, "a.example", V4)}, IPREV_FAIL},
      {"::ffff:" V4, {Q(PTR, V4_PTR, "a.example"), Q(A, "a.example", V4)}, IPREV_PASS},
      /* of several names one that passes is enough; else what may still come speaks before what failed */
      {V4, {Q(PTR, V4_PTR, "a.example b.example"), Q(A, "b.example", V4)}, IPREV_PASS},
      {V4, {Q(PTR, V4_PTR, "a.example b.example"), NO(A, "a.example", ZONE_DOWN), Q(A, "b.example", V4)}, IPREV_PASS},
      {V4, {Q(PTR, V4_PTR, "a.example b.example"), NO(A, "a.example", TIMEOUT)}, IPREV_NONE},
      {V4, {Q(PTR, V4_PTR, "a.example b.example"), NO(A, "a.example", TIMEOUT), Q(A, "b.example", "192.0.2.1")},
       IPREV_TEMPERROR},
      {V4, {Q(PTR, V4_PTR, "a.example b.example"), NO(A, "a.example", NODATA), Q(A, "b.example", "192.0.2.1")},
       IPREV_FAIL},
      /* of eleven the last in order does not count, wherever it stands */
      {V4, {Q(PTR, V4_PTR, "k.b a.b b.b c.b d.b e.b f.b g.b h.b i.b j.b"), Q(A, "k.b", V4), Q(A, "a.b", "192.0.2.1")},
       IPREV_NONE},
      {V4, {Q(PTR, V4_PTR, "k.b a.b b.b c.b d.b e.b f.b g.b h.b i.b j.b"), Q(A, "j.b", V4)}, IPREV_PASS},
      /* a name that nobody is asked for resolves to nothing, unless somebody says so */
      {V4, {Q(PTR, V4_PTR, "localhost")}, IPREV_FAIL},
      {V4, {Q(PTR, V4_PTR, "a..example")}, IPREV_FAIL},
      {V4, {Q(PTR, V4_PTR, "localhost"), Q(A, "localhost", V4)}, IPREV_PASS},
      /* a client that has no public reverse name, or none at all */
      {"10.0.0.1", {{0}}, IPREV_NONE},
      {"127.0.0.1", {Q(PTR, "1.0.0.127.in-addr.arpa", "localhost")}, IPREV_NONE},
      {"", {{0}}, IPREV_NONE},
      {NULL, {Q(PTR, V4_PTR, "a.example")}, IPREV_NONE},
  };
  size_t wrong = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct test_fact client = {"client.ip", rows[i].client, WHY_NOT_YET};
    struct facts *facts = test_facts_new(&client, 1, rows[i].answers, ANSWERS, &mem_default);
    bool failed;
    assert_non_null(facts);
    enum iprev got = iprev_of(facts, &mem_default, &failed);
    if (got != rows[i].expected) print_error("row %zu: %d, expected %d\n", i, got, rows[i].expected);
    wrong += got != rows[i].expected || failed;
    facts_free(facts);
  }
  assert_int_equal(wrong, 0);
}

/* The answers may be somewhere else. */
static bool find(void *user, enum question type, struct text name, struct arena *arena, struct answer *out) {
  struct record *record = arena_new(arena, sizeof *record);
  size_t *asked = user;
  ++*asked;
  if (!record) return false;
  *record = (struct record){.text = TEXT("a.example")};
  if (type == QUESTION_A) assert_int_equal(addr_parse(&record->address, TEXT(V4)), ADDR_OK);
  assert_true(type == QUESTION_PTR ? text_is(name, V4_PTR) : text_is(name, "a.example"));
  out->outcome = OUTCOME_FOUND;
  out->records = record;
  out->count = 1;
  return true;
}

static void answers_may_be_lent(void **state) {
  (void)state;
  static const struct test_fact client = {"client.ip", V4, WHY_NOT_YET};
  struct facts *facts = test_facts_new(&client, 1, NULL, 0, &mem_default);
  size_t asked = 0;
  bool failed;
  assert_non_null(facts);
  facts->source = find;
  facts->source_user = &asked;
  assert_int_equal(iprev_of(facts, &mem_default, &failed), IPREV_PASS);
  assert_int_equal(asked, 2);
  facts_free(facts);
}

static void memory_may_run_out(void **state) {
  (void)state;
  static const struct test_fact client = {"client.ip", V4, WHY_NOT_YET};
  static const struct test_answer answers[] = {Q(PTR, V4_PTR, "b.example m\xc3\xbcnchen.example"),
                                               Q(A, "b.example", V4)};
  struct facts *facts = test_facts_new(&client, 1, answers, 2, &mem_default);
  bool failed = true;
  assert_non_null(facts);
  for (size_t nth = 1; failed; nth++) {
    struct test_alloc t;
    test_alloc_failing(&t, nth, false);
    enum iprev iprev = iprev_of(facts, &t.alloc, &failed);
    assert_int_equal(iprev, failed ? IPREV_NONE : IPREV_PASS);
    assert_true(failed || nth > 1);
    assert_true(test_alloc_clean(&t));
  }
  facts_free(facts);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(results_by_table),
      cmocka_unit_test(answers_may_be_lent),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
