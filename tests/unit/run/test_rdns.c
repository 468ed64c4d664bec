/* Tests the client's reverse name among several: that neither the order of answers nor a dead zone changes what comes out,
 * that an answer never takes back what was known, and that `iprev` says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "facts/iprev.h"
#include "support/alloc.h"
#include "support/bench.h"

#define CLIENT "192.0.2.9"
#define PTR "9.2.0.192.in-addr.arpa"

enum { RDNS, CONFIRMED, RULES };

/* Rule 0 is true where there is a reverse name, rule 1 where it is confirmed; tag at 1, so that both are asked about. */
static void open_reverse(struct bench *bench) {
  struct build b;
  feature_id f[RULES];
  build_init(&b, &mem_default);
  value_id rdns = build_value(&b, OP_RDNS, 0, 0, build_need(&b, "client.rdns", TYPE_NAME));
  value_id confirmed = build_value(&b, OP_RDNS_CONFIRMED, 0, 0, build_need(&b, "client.rdns_confirmed", TYPE_NAME));
  f[RDNS] = build_test(&b, OP_TRUTH, rdns, 0, 0);
  f[CONFIRMED] = build_test(&b, OP_TRUTH, confirmed, 0, 0);
  build_layout(&b, RULES);
  for (uint32_t r = 0; r < RULES; r++)
    build_rule(&b, "R", r == CONFIRMED ? 1000 : 0, NO_INDEX, build_simple(&b, f[r], true, build_rule_bit(&b, r), 1));
  build_threshold(&b, ACTION_TAG, 1000, NULL);
  assert_true(bench_open(bench, &b, &mem_default));
}

static void clear(struct bench *bench) {
  facts_clear(bench->facts);
  assert_int_equal(facts_set(bench->facts, FIELD_CLIENT_IP, TEXT(CLIENT)), ASSAY_OK);
}

static enum iprev iprev_of(const struct bench *bench) {
  struct arena arena;
  arena_init(&arena, &mem_default, SIZE_MAX);
  enum iprev iprev = facts_iprev(bench->facts, &arena);
  arena_free(&arena);
  return iprev;
}

/* What the instruction has given: the first letter of a name, - of the empty one; ? not yet, f failed, n never. */
static char shown_value(const struct bench *bench, enum opcode op) {
  const struct program *p = bench->linked->program;
  for (uint32_t i = 0; i < p->code_count; i++) {
    if (p->code[i].op != op) continue;
    const struct value *value = workspace_slot(bench->ws, p->code[i].d);
    if (!value->known) return "?fn"[value_why(value)];
    return value->host->raw.len ? value->host->raw.ptr[0] : '-';
  }
  return '!';
}

/* --- the first few names --- */

/* What becomes of the question for a name: it confirms, resolves elsewhere or to nothing, failed, never comes, is open. */
enum { NAMES = 3, KINDS = 6 };
static const char kinds[] = "yxofn?";

static void answer_name(struct bench *bench, const char *name, char kind) {
  struct test_answer row = {QUESTION_A, name, NULL, OUTCOME_SERVFAIL};
  if (kind == 'y') row.records = "192.0.2.1 " CLIENT;
  if (kind == 'x') row.records = "192.0.2.8";
  if (kind == 'o') row.records = "";
  if (kind == 'n') row.outcome = OUTCOME_NEVER;
  if (kind != '?') assert_true(test_facts_answer(bench->facts, &row, 1));
}

/* As it is meant: the first confirmed name, but for an earlier one that may still be. */
static char expected_confirmed(const char *answers) {
  bool open = false, failed = false, never = false;
  for (int i = 0; i < NAMES; i++) {
    if (answers[i] == 'y') return open ? '?' : (char)('a' + i);
    open |= answers[i] == '?', failed |= answers[i] == 'f', never |= answers[i] == 'n';
  }
  return open ? '?' : failed ? 'f' : never ? 'n' : '-';
}

static enum iprev expected_iprev(const char *answers) {
  if (strchr(answers, 'y')) return IPREV_PASS;
  if (strchr(answers, '?') || strchr(answers, 'n')) return IPREV_NONE;
  return strchr(answers, 'f') ? IPREV_TEMPERROR : IPREV_FAIL;
}

/* Open are those before the first that confirms, in the order of the names. */
static void check_questions(const struct bench *bench, const char *answers) {
  char expected[NAMES + 1] = "", got[NAMES + 1] = "";
  for (size_t i = 0, n = 0; i < NAMES && answers[i] != 'y'; i++)
    if (answers[i] == '?') expected[n++] = (char)('a' + i);
  assert_true(bench->verdict->question_count <= NAMES);
  for (size_t i = 0; i < bench->verdict->question_count; i++)
    got[i] = bench->verdict->names.ptr[bench->verdict->questions[i].name];
  assert_string_equal(got, expected);
}

static void judge(struct bench *bench, const char *answers) {
  static const char *const names[NAMES] = {"a.example", "b.example", "c.example"};
  static const struct test_answer ptr = {QUESTION_PTR, PTR, "C.example b.example. a.example", OUTCOME_FOUND};
  clear(bench);
  assert_true(test_facts_answer(bench->facts, &ptr, 1));
  for (size_t i = 0; i < NAMES; i++) answer_name(bench, names[i], answers[i]);
  assert_int_equal(bench_run(bench), ASSAY_OK);
}

static char lower(char c) {
  return c == 'C' ? 'c' : c;
}

static void all_ways_to_answer(void **state) {
  (void)state;
  struct bench bench;
  open_reverse(&bench);
  for (int way = 0; way < KINDS * KINDS * KINDS; way++) {
    char answers[NAMES + 1] = {kinds[way % KINDS], kinds[way / KINDS % KINDS], kinds[way / KINDS / KINDS], 0};
    char expected = expected_confirmed(answers);
    judge(&bench, answers);
    char confirmed = lower(shown_value(&bench, OP_RDNS_CONFIRMED)), rdns = lower(shown_value(&bench, OP_RDNS));
    if (confirmed != expected || rdns != (expected == '-' ? 'a' : expected))
      fail_msg("%s: %c and %c, expected %c", answers, rdns, confirmed, expected);
    if (iprev_of(&bench) != expected_iprev(answers)) fail_msg("%s: iprev %d", answers, iprev_of(&bench));
    check_questions(&bench, answers);
  }
  bench_close(&bench);
}

/* What was known, or had failed, before an answer came is so afterwards. */
static void an_answer_takes_nothing_back(void **state) {
  (void)state;
  struct bench bench;
  size_t checked = 0;
  open_reverse(&bench);
  for (int way = 0; way < KINDS * KINDS * KINDS; way++) {
    char answers[NAMES + 1] = {kinds[way % KINDS], kinds[way / KINDS % KINDS], kinds[way / KINDS / KINDS], 0};
    judge(&bench, answers);
    char before = shown_value(&bench, OP_RDNS_CONFIRMED), rdns = shown_value(&bench, OP_RDNS);
    enum iprev iprev = iprev_of(&bench);
    for (size_t i = 0; i < NAMES; i++)
      for (size_t k = 0; answers[i] == '?' && k < KINDS; k++) {
        char later[NAMES + 1];
        memcpy(later, answers, sizeof later);
        later[i] = kinds[k];
        judge(&bench, later);
        if (before != '?') assert_int_equal(shown_value(&bench, OP_RDNS_CONFIRMED), before);
        if (rdns != '?') assert_int_equal(shown_value(&bench, OP_RDNS), rdns);
        if (iprev != IPREV_NONE) assert_int_equal(iprev_of(&bench), iprev);
        checked += before != '?';
      }
  }
  assert_true(checked > 0);
  bench_close(&bench);
}

/* --- what iprev calls it --- */

static void iprev_says_the_same(void **state) {
  (void)state;
  static const struct {
    struct test_answer answers[4];
    enum iprev iprev;
    char confirmed; /* as shown_value */
  } rows[] = {
#define Q(type, name, records) {QUESTION_##type, name, records, OUTCOME_FOUND}
#define NO(type, name, outcome) {QUESTION_##type, name, NULL, OUTCOME_##outcome}
      {{{0}}, IPREV_NONE, '?'},
      {{NO(PTR, PTR, NXDOMAIN)}, IPREV_PERMERROR, '-'},
      {{NO(PTR, PTR, NODATA)}, IPREV_PERMERROR, '-'},
      {{NO(PTR, PTR, TIMEOUT)}, IPREV_TEMPERROR, 'f'},
      {{NO(PTR, PTR, NEVER)}, IPREV_NONE, 'n'},
      {{NO(PTR, PTR, PENDING)}, IPREV_NONE, '?'},
      {{Q(PTR, PTR, "a.example")}, IPREV_NONE, '?'},
      {{Q(PTR, PTR, "a.example"), Q(A, "a.example", CLIENT)}, IPREV_PASS, 'a'},
      {{Q(PTR, PTR, "a.example"), Q(A, "a.example", "192.0.2.8")}, IPREV_FAIL, '-'},
      {{Q(PTR, PTR, "a.example"), NO(A, "a.example", NXDOMAIN)}, IPREV_FAIL, '-'},
      {{Q(PTR, PTR, "a.example"), NO(A, "a.example", ZONE_DOWN)}, IPREV_TEMPERROR, 'f'},
      {{Q(PTR, PTR, "a.example"), Q(AAAA, "a.example", "::ffff:192.0.2.9")}, IPREV_NONE, '?'},
      {{Q(PTR, PTR, "localhost")}, IPREV_FAIL, '-'}, /* nobody is asked for such a name */
      {{Q(PTR, PTR, "localhost a.example"), Q(A, "a.example", CLIENT)}, IPREV_PASS, 'a'},
      {{Q(PTR, PTR, "b.example a.example"), NO(A, "a.example", SERVFAIL), Q(A, "b.example", CLIENT)}, IPREV_PASS, 'b'},
  };
  struct bench bench;
  open_reverse(&bench);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    clear(&bench);
    assert_true(test_facts_answer(bench.facts, rows[i].answers, 4));
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    if (iprev_of(&bench) != rows[i].iprev || shown_value(&bench, OP_RDNS_CONFIRMED) != rows[i].confirmed)
      fail_msg("row %zu: iprev %d, confirmed %c", i, iprev_of(&bench), shown_value(&bench, OP_RDNS_CONFIRMED));
  }
  bench_close(&bench);
}

/* --- more names than are looked at --- */

enum { MANY = IPREV_NAMES_MAX + 2 };

/* Many names, written backwards, of which one confirms: the first few of them are asked for, and count. */
static void only_the_first_few_count(void **state) {
  (void)state;
  struct bench bench;
  open_reverse(&bench);
  for (int confirms = -1; confirms < MANY; confirms++) {
    char names[MANY][16];
    struct record records[MANY];
    clear(&bench);
    for (int i = 0; i < MANY; i++) {
      snprintf(names[i], sizeof names[i], "%c.example", 'a' + i);
      records[MANY - 1 - i] = (struct record){.text = text_from(names[i])};
    }
    assert_int_equal(facts_answer(bench.facts, QUESTION_PTR, TEXT(PTR), OUTCOME_FOUND, records, MANY), ASSAY_OK);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_int_equal(bench.verdict->question_count, IPREV_NAMES_MAX);
    for (int i = 0; i < IPREV_NAMES_MAX; i++)
      assert_string_equal(bench.verdict->names.ptr + bench.verdict->questions[i].name, names[i]);
    for (int i = 0; i < MANY; i++) answer_name(&bench, names[i], i == confirms ? 'y' : 'x');
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    bool counts = confirms >= 0 && confirms < IPREV_NAMES_MAX;
    assert_int_equal(shown_value(&bench, OP_RDNS_CONFIRMED), counts ? 'a' + confirms : '-');
    assert_int_equal(shown_value(&bench, OP_RDNS), counts ? 'a' + confirms : 'a');
    assert_int_equal(iprev_of(&bench), counts ? IPREV_PASS : IPREV_FAIL);
  }
  bench_close(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_ways_to_answer),
      cmocka_unit_test(an_answer_takes_nothing_back),
      cmocka_unit_test(iprev_says_the_same),
      cmocka_unit_test(only_the_first_few_count),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
