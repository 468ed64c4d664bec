/* Tests a whole evaluation: exemptions in their order, groups, the interval, softening, what is listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/bench.h"

enum { EXEMPTS = 2, RULES = 5, FACTS = EXEMPTS + RULES };

static const enum field fields[FACTS] = {FIELD_CLIENT_PORT, FIELD_SERVER_PORT,    FIELD_MAIL_SIZE,
                                         FIELD_RCPT_COUNT,  FIELD_SESSION_ERRORS, FIELD_SESSION_HOUR,
                                         FIELD_SESSION_EARLY_TALKER};

/* Two exemptions and five rules, each of which asks for one fact: 1, three of one group, 4. */
static void make_rules(struct build *b) {
  static const int64_t scores[RULES] = {1000, 2000, 2000, -4000, 4000};
  feature_id f[FACTS];
  for (unsigned i = 0; i < FACTS; i++) {
    enum value_type type = field_info(fields[i])->type == FIELD_INT ? TYPE_INT : TYPE_BOOL;
    f[i] = build_test(b, OP_TRUTH, build_fact(b, field_info(fields[i])->name, type), 0, 0);
    if (i < EXEMPTS) build_early(b, f[i]);
  }
  build_group(b, "g", -1000, 2500);
  build_threshold(b, ACTION_TAG, 1000, NULL);
  build_threshold(b, ACTION_DEFER, 3000, "later");
  build_threshold(b, ACTION_REJECT, 5000, "no {score}");
  build_layout(b, RULES);
  for (uint32_t r = 0; r < RULES; r++)
    build_rule(b, "R", scores[r], r >= 1 && r <= 3 ? 0 : NO_INDEX,
               build_simple(b, f[EXEMPTS + r], true, build_rule_bit(b, r), 1));
  for (unsigned e = 0; e < EXEMPTS; e++) build_exempt(b, "E", build_simple(b, f[e], true, NO_INDEX, 0));
}

static void open_rules(struct bench *bench, void disable(struct build *b)) {
  struct build b;
  build_init(&b, &mem_default);
  make_rules(&b);
  if (disable) disable(&b);
  assert_true(bench_open(bench, &b, &mem_default));
}

/* How the exemptions and rules stand: 0 no, 1 yes, ? not yet, f failed, n never. */
static void set_states(struct facts *facts, const char *states) {
  static const char letters[] = "?fn";
  for (unsigned i = 0; i < FACTS; i++) {
    const char *why = strchr(letters, states[i]);
    assay_status status = why ? facts_set_unknown(facts, fields[i], (enum why)(why - letters))
                              : facts_set(facts, fields[i], text_of(&states[i], 1));
    assert_int_equal(status, ASSAY_OK);
  }
}

static void print_verdict(char *out, size_t size, const struct verdict *v) {
  static const char *const actions[] = {"accept", "tag", "greylist", "defer", "reject", "discard"};
  size_t at = (size_t)snprintf(out, size, "%lld..%lld..%lld %s%s", (long long)v->low, (long long)v->score,
                               (long long)v->high, actions[v->action], v->settled ? "" : "?");
  if (v->exempt != NO_INDEX) at += (size_t)snprintf(out + at, size - at, " by %u", v->exempt);
  for (size_t i = 0; i < v->hit_count; i++) at += (size_t)snprintf(out + at, size - at, " %u", v->hits[i]);
  for (size_t i = 0; i < v->open_count; i++)
    at += (size_t)snprintf(out + at, size - at, " %s%u%c", v->open[i].exemption ? "E" : "R", v->open[i].index,
                           "?fn"[v->open[i].why]);
  if (v->has_reply) snprintf(out + at, size - at, " '%s'", v->reply.ptr);
}

static const struct row {
  const char *states, *verdict;
} rows[] = {
    {"0000000", "0..0..0 accept"},
    {"0010000", "1000..1000..1000 tag 0"},
    {"0011000", "3000..3000..3000 defer 0 1 'later'"},
    {"0010001", "5000..5000..5000 reject 0 4 'no 5'"},
    /* a group within its bounds, each sum by itself */
    {"0011100", "3500..3500..3500 defer 0 1 2 'later'"},
    {"0011110", "1000..1000..1000 tag 0 1 2 3"},
    {"0000010", "-1000..-1000..-1000 accept 3"},
    {"0001?00", "2000..2000..2500 tag 1 R2?"},
    /* what is open: in the interval, unless it never comes; in the list in any case */
    {"0011?00", "3000..3000..3500 defer 0 1 R2? 'later'"},
    {"0011n00", "3000..3000..3000 defer 0 1 R2n 'later'"},
    {"0011f00", "3000..3000..3500 defer 0 1 R2f 'later'"},
    {"00?f?n?", "0..0..7500 accept? R0? R1f R2? R3n R4?"},
    {"00nnnnn", "0..0..0 accept R0n R1n R2n R3n R4n"},
    /* no refusal that an answer could have prevented */
    {"00110?1", "4000..7000..7000 defer? 0 1 4 R3? 'later'"},
    {"00110f1", "4000..7000..7000 defer 0 1 4 R3f 'later'"},
    {"00110n1", "7000..7000..7000 reject 0 1 4 R3n 'no 7'"},
    {"001100?", "3000..3000..7000 defer? 0 1 R4? 'later'"},
    {"f011001", "7000..7000..7000 defer 0 1 4 E0f 'later'"},
    {"f01100?", "3000..3000..7000 defer 0 1 E0f R4? 'later'"}, /* defer, or softened to it */
    {"?011001", "7000..7000..7000 defer? 0 1 4 E0? 'later'"},
    {"n011001", "7000..7000..7000 reject 0 1 4 E0n 'no 7'"},
    {"nf11001", "7000..7000..7000 defer 0 1 4 E0n E1f 'later'"},
    /* exemptions in order: the first that is true; nothing is scored or listed then */
    {"1011001", "0..0..0 accept by 0"},
    {"0111001", "0..0..0 accept by 1"},
    {"1111001", "0..0..0 accept by 0"},
    {"?111001", "0..0..0 accept by 1"},
    {"1?11001", "0..0..0 accept by 0"},
    {"f1????1", "0..0..0 accept by 1"},
    {"?000000", "0..0..0 accept E0?"},
};

static void verdicts_by_table(void **state) {
  (void)state;
  struct bench bench;
  size_t wrong = 0;
  open_rules(&bench, NULL);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char got[256];
    set_states(bench.facts, rows[i].states);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    print_verdict(got, sizeof got, bench.verdict);
    if (strcmp(got, rows[i].verdict) == 0) continue;
    print_error("%s: expected %s\n         got      %s\n", rows[i].states, rows[i].verdict, got);
    wrong++;
  }
  assert_int_equal(wrong, 0);
  bench_close(&bench);
}

static void disable_some(struct build *b) {
  b->exempts.at[0].disabled = b->rules.at[0].disabled = b->rules.at[3].disabled = true;
}

/* What is disabled is neither a hit nor open, and moves nothing. */
static void disabled_ones_by_table(void **state) {
  (void)state;
  static const struct row disabled[] = {
      {"1011000", "2000..2000..2000 tag 1"},
      {"?0?10?0", "2000..2000..2000 tag 1"},
      {"f001011", "6000..6000..6000 reject 1 4 'no 6'"},
      {"1111000", "0..0..0 accept by 1"},
  };
  struct bench bench;
  open_rules(&bench, disable_some);
  for (size_t i = 0; i < sizeof disabled / sizeof *disabled; i++) {
    char got[256];
    set_states(bench.facts, disabled[i].states);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    print_verdict(got, sizeof got, bench.verdict);
    assert_string_equal(got, disabled[i].verdict);
  }
  bench_close(&bench);
}

/* Hits stand in the order of the rules, across the words that their answers lie in. */
static void many_rules_in_order(void **state) {
  (void)state;
  static const uint32_t counts[] = {1, 63, 64, 65, 128, 130};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    struct build b;
    struct bench bench;
    build_init(&b, &mem_default);
    feature_id yes = build_test(&b, OP_TRUTH, build_fact(&b, "mail.size", TYPE_INT), 0, 0);
    feature_id open = build_test(&b, OP_TRUTH, build_fact(&b, "rcpt.count", TYPE_INT), 0, 0);
    build_layout(&b, counts[i]);
    for (uint32_t r = 0; r < counts[i]; r++) {
      uint32_t unit = build_simple(&b, r % 3 == 2 ? open : yes, r % 3 == 0, build_rule_bit(&b, r), 1);
      build_rule(&b, "R", 10, NO_INDEX, unit);
    }
    assert_true(bench_open(&bench, &b, &mem_default));
    assert_int_equal(facts_set_int(bench.facts, FIELD_MAIL_SIZE, 1), ASSAY_OK);
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_int_equal(bench.verdict->hit_count, (counts[i] + 2) / 3);
    assert_int_equal(bench.verdict->open_count, counts[i] / 3);
    for (uint32_t h = 0; h < bench.verdict->hit_count; h++) assert_int_equal(bench.verdict->hits[h], 3 * h);
    for (uint32_t o = 0; o < bench.verdict->open_count; o++)
      assert_int_equal(bench.verdict->open[o].index, 3 * o + 2);
    bench_close(&bench);
  }
}

/* --- the lists --- */

static void waits_stand_once_and_end(void **state) {
  (void)state;
  struct verdict *v;
  assert_int_equal(verdict_new(&v, &mem_default), ASSAY_OK);
  for (uint32_t open = 0; open < 2; open++) {
    struct verdict_open entry = {.index = open, .waits = (uint32_t)v->wait_count};
    assert_int_equal(verdict_add_open(v, entry), ASSAY_OK);
    for (uint32_t wait = 0; wait < 3 * WAITS_MAX; wait++)
      assert_int_equal(verdict_add_wait(v, &v->open[open], (struct verdict_wait){wait / 2, OUTCOME_TIMEOUT}),
                       ASSAY_OK); /* each twice, and more than there is room for */
    assert_int_equal(v->open[open].waits, open * WAITS_MAX);
    assert_int_equal(v->open[open].wait_count, WAITS_MAX);
    for (uint32_t wait = 0; wait < WAITS_MAX; wait++) assert_int_equal(v->waits[v->open[open].waits + wait].at, wait);
  }
  verdict_clear(v);
  assert_int_equal(v->hit_count + v->open_count + v->wait_count, 0);
  assert_int_equal(v->exempt, NO_INDEX);
  verdict_free(v);
  verdict_free(NULL);
}

static void lists_survive_lack_of_memory(void **state) {
  (void)state;
  struct test_alloc t;
  struct verdict *v = (struct verdict *)&t;
  test_alloc_failing(&t, 1, true);
  assert_int_equal(verdict_new(&v, &t.alloc), ASSAY_NO_MEMORY);
  assert_null(v);
  t.fail_at = 0;
  assert_int_equal(verdict_new(&v, &t.alloc), ASSAY_OK);
  t.fail_at = t.calls + 1;
  assert_int_equal(verdict_add_hit(v, 5), ASSAY_NO_MEMORY);
  assert_int_equal(verdict_add_open(v, (struct verdict_open){.index = 5}), ASSAY_NO_MEMORY);
  assert_int_equal(v->hit_count + v->open_count, 0);
  t.fail_at = 0;
  assert_int_equal(verdict_add_hit(v, 5), ASSAY_OK);
  assert_int_equal(verdict_add_open(v, (struct verdict_open){.index = 5}), ASSAY_OK);
  t.fail_at = t.calls + 1;
  assert_int_equal(verdict_add_wait(v, &v->open[0], (struct verdict_wait){7, OUTCOME_TIMEOUT}), ASSAY_NO_MEMORY);
  assert_int_equal(v->open[0].wait_count, 0);
  t.fail_at = 0;
  assert_int_equal(verdict_add_wait(v, &v->open[0], (struct verdict_wait){7, OUTCOME_TIMEOUT}), ASSAY_OK);
  assert_true(v->waits[0].at == 7 && v->waits[0].outcome == OUTCOME_TIMEOUT);
  verdict_free(v);
  assert_true(test_alloc_clean(&t));
}

/* One rule by itself: whatever exempts, and with no trace in the next evaluation. */
static void judging_one_rule(void **state) {
  (void)state;
  struct bench bench;
  open_rules(&bench, disable_some);
  static const char states[] = "01?fn";
  for (unsigned s = 0; s < 5; s++) {
    char connection[] = "1100000";
    enum answer_kind answer;
    connection[EXEMPTS + 3] = states[s];
    set_states(bench.facts, connection);
    assert_int_equal(verdict_judge(&answer, 3, NULL, 0, bench.linked, bench.facts, bench.ws), ASSAY_OK);
    assert_int_equal(answer, s);
    for (enum answer_kind pinned = ANSWER_NO; pinned <= ANSWER_NEVER; pinned++) {
      struct verdict_pin pin = {3, pinned};
      assert_int_equal(verdict_judge(&answer, 3, &pin, 1, bench.linked, bench.facts, bench.ws), ASSAY_OK);
      assert_int_equal(answer, pinned);
    }
  }
  set_states(bench.facts, "0001000");
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->score, 2000);
  bench_close(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(verdicts_by_table),        cmocka_unit_test(disabled_ones_by_table),
      cmocka_unit_test(many_rules_in_order),      cmocka_unit_test(waits_stand_once_and_end),
      cmocka_unit_test(lists_survive_lack_of_memory), cmocka_unit_test(judging_one_rule),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
