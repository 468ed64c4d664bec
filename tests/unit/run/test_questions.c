/* Tests which look-ups a verdict still wants: the questions each instruction stands for, which of them matter, in bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/bench.h"

/* --- what an instruction asks for --- */

enum asker { ADDRESSES, MX, MX_ADDRESSES, PTR, TXT, NS, EXISTS, NULL_MX, GONE, LISTED, NAME_LISTED, RDNS, CONFIRMED, NO_ZONES };

static value_id dns(struct build *b, unsigned op, value_id a) {
  return build_value(b, op, a, 0, 0);
}

static value_id addresses_of_mx(struct build *b, value_id helo) {
  struct insn insn = {.op = OP_DNS_ADDRESS, .each = 1, .a = dns(b, OP_DNS_MX, helo)};
  return builder_value(&b->b, insn, TYPE_ADDRESSES, TEXT("each"));
}

static value_id make(struct build *b, enum asker asker) {
  static const char *const zones[] = {"zen.test", "dead.test", NULL};
  value_id helo = build_fact(b, "helo", TYPE_NAME), ip = build_fact(b, "client.ip", TYPE_ADDRESS);
  switch (asker) {
    case ADDRESSES: return dns(b, OP_DNS_ADDRESS, helo);
    case MX: return dns(b, OP_DNS_MX, helo);
    case MX_ADDRESSES: return addresses_of_mx(b, helo);
    case PTR: return dns(b, OP_DNS_PTR, ip);
    case TXT: return dns(b, OP_DNS_TXT, helo);
    case NS: return dns(b, OP_DNS_NS, helo);
    case EXISTS: return dns(b, OP_DNS_EXISTS, helo);
    case NULL_MX: return dns(b, OP_DNS_NULL_MX, helo);
    case GONE: return dns(b, OP_DNS_NXDOMAIN, helo);
    case LISTED: return build_value(b, OP_DNSBL_ADDRESS, ip, 0, build_texts(b, SET_ZONES, zones));
    case NAME_LISTED: return build_value(b, OP_DNSBL_NAME, helo, 0, build_texts(b, SET_ZONES, zones));
    case RDNS: return build_value(b, OP_RDNS, 0, 0, build_need(b, "client.rdns", TYPE_NAME));
    case CONFIRMED:
      return build_value(b, OP_RDNS_CONFIRMED, 0, 0, build_need(b, "client.rdns_confirmed", TYPE_NAME));
    case NO_ZONES: return build_value(b, OP_DNSBL_ADDRESS, ip, 0, build_texts(b, SET_ZONES, zones + 2));
  }
  return 0;
}

/* One rule of score 1 that is true when the look-up has something; tag at 1. */
static void open_asker(struct bench *bench, enum asker asker) {
  struct build b;
  build_init(&b, &mem_default);
  feature_id f = build_test(&b, OP_TRUTH, make(&b, asker), 0, 0);
  build_layout(&b, 1);
  build_rule(&b, "R", 1000, NO_INDEX, build_simple(&b, f, true, build_rule_bit(&b, 0), 1));
  build_threshold(&b, ACTION_TAG, 1000, NULL);
  assert_true(bench_open(bench, &b, &mem_default));
}

/* The questions as "A h.example,PTR …"; one that is on its way has a star. */
static const char *shown(const struct verdict *v) {
  static const char *const types[] = {"A", "AAAA", "PTR", "MX", "TXT", "NS"};
  static char text[8192];
  size_t len = 0;
  text[0] = 0;
  for (size_t i = 0; i < v->question_count; i++)
    len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %s%s", i ? "," : "", types[v->questions[i].type],
                            v->names.ptr + v->questions[i].name, v->questions[i].pending ? "*" : "");
  return text;
}

#define IP(text) {"client.ip", text, WHY_NOT_YET}
#define H(text) {"helo", text, WHY_NOT_YET}
#define R(text) {"client.rdns", text, WHY_NOT_YET}
#define Q(type, name, records) {QUESTION_##type, name, records, OUTCOME_FOUND}
#define NO(type, name, outcome) {QUESTION_##type, name, NULL, OUTCOME_##outcome}
#define REVERSE "9.2.0.192.in-addr.arpa"
#define ZEN "9.2.0.192.zen.test"
#define DEAD "9.2.0.192.dead.test"
#define LABEL "a234567890123456789012345678901234567890123456789012345678."
#define LONG LABEL LABEL LABEL LABEL "a.example" /* 245 bytes */

enum { FACTS_MAX = 3, ANSWERS_MAX = 4 };

static void questions_by_table(void **state) {
  (void)state;
  static const struct {
    enum asker asker;
    struct test_fact facts[FACTS_MAX];
    struct test_answer answers[ANSWERS_MAX];
    const char *expected;
  } rows[] = {
      {ADDRESSES, {{0}}, {{0}}, ""}, /* what is not there cannot be asked for */
      {ADDRESSES, {H("H.Example.")}, {{0}}, "A h.example,AAAA h.example"},
      {ADDRESSES, {H("m\xc3\xbcnchen.example")}, {{0}}, "A xn--mnchen-3ya.example,AAAA xn--mnchen-3ya.example"},
      {ADDRESSES, {H("h.example")}, {Q(A, "h.example", "")}, "AAAA h.example"},
      {ADDRESSES, {H("h.example")}, {Q(A, "h.example", "192.0.2.1")}, ""}, /* one is enough */
      {ADDRESSES, {H("h.example")}, {Q(A, "h.example", ""), Q(AAAA, "h.example", "")}, ""},
      {ADDRESSES, {H("h.example")}, {NO(A, "h.example", FAILED)}, "AAAA h.example"},
      {ADDRESSES, {H("h.example")}, {NO(A, "h.example", NEVER)}, "AAAA h.example"},
      {ADDRESSES, {H("h.example")}, {NO(A, "h.example", NEVER), NO(AAAA, "h.example", FAILED)}, ""},
      {ADDRESSES, {H("h.example")}, {NO(A, "h.example", PENDING)}, "A h.example*,AAAA h.example"},
      {ADDRESSES, {H("localhost")}, {{0}}, ""},
      {ADDRESSES, {H("[192.0.2.9]")}, {{0}}, ""},
      {ADDRESSES, {H("a..example")}, {{0}}, ""},
      {ADDRESSES, {{"helo", NULL, WHY_FAILED}}, {{0}}, ""},
      {MX, {H("h.example")}, {{0}}, "MX h.example"},
      {MX_ADDRESSES, {H("h.example")}, {{0}}, "MX h.example"},
      {MX_ADDRESSES, {H("h.example")}, {Q(MX, "h.example", "")}, ""},
      {MX_ADDRESSES,
       {H("h.example")},
       {Q(MX, "h.example", "m.example n.example"), Q(A, "m.example", "")},
       "AAAA m.example,A n.example,AAAA n.example"},
      {PTR, {IP("192.0.2.9")}, {{0}}, "PTR " REVERSE},
      {PTR,
       {IP("2001:db8::1")},
       {{0}},
       "PTR 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
      {PTR, {IP("::ffff:192.0.2.9")}, {{0}}, "PTR " REVERSE},
      {PTR, {IP("10.0.0.1")}, {{0}}, ""},
      {TXT, {H("h.example")}, {{0}}, "TXT h.example"},
      {NS, {H("h.example")}, {{0}}, "NS h.example"},
      {EXISTS, {H("h.example")}, {{0}}, "A h.example,AAAA h.example,MX h.example"},
      {EXISTS, {H("h.example")}, {Q(A, "h.example", "192.0.2.1")}, ""},
      {NULL_MX, {H("h.example")}, {{0}}, "MX h.example"},
      {NULL_MX, {H("h.example")}, {Q(MX, "h.example", ".")}, ""},
      {GONE, {H("h.example")}, {{0}}, "A h.example"},
      {GONE, {H("h.example")}, {NO(A, "h.example", NXDOMAIN)}, ""},
      {LISTED, {IP("192.0.2.9")}, {{0}}, "A " ZEN ",A " DEAD},
      {LISTED, {IP("192.0.2.9")}, {Q(A, ZEN, "")}, "A " DEAD},
      {LISTED, {IP("192.0.2.9")}, {Q(A, ZEN, "127.255.255.254")}, "A " DEAD}, /* a refusal is an answer */
      {LISTED, {IP("192.0.2.9")}, {Q(A, DEAD, "127.0.0.2")}, ""},
      {LISTED,
       {IP("2001:db8::1")},
       {{0}},
       "A 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.test,"
       "A 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.dead.test"},
      {LISTED, {IP("127.0.0.1")}, {{0}}, ""},
      {NO_ZONES, {IP("192.0.2.9")}, {{0}}, ""},
      {NAME_LISTED, {H("Bad.Example.")}, {{0}}, "A bad.example.zen.test,A bad.example.dead.test"},
      {NAME_LISTED, {H(LONG)}, {{0}}, ""}, /* with a zone behind it no name can be so long */
      {RDNS, {IP("192.0.2.9")}, {{0}}, "PTR " REVERSE},
      {RDNS, {IP("192.0.2.9"), R("h.example")}, {{0}}, ""},
      {RDNS,
       {IP("192.0.2.9")},
       {Q(PTR, REVERSE, "b.example a.example")},
       "A a.example,A b.example"}, /* all at once, though the first that is confirmed will do */
      {RDNS,
       {IP("192.0.2.9")},
       {Q(PTR, REVERSE, "c.example b.example a.example"), Q(A, "b.example", "192.0.2.9")},
       "A a.example"}, /* only what stands before it may still matter */
      {RDNS, {IP("192.0.2.9")}, {Q(PTR, REVERSE, "b.example a.example"), Q(A, "a.example", "")}, "A b.example"},
      {CONFIRMED, {{0}}, {{0}}, ""},
      {CONFIRMED, {IP("192.0.2.9")}, {{0}}, "PTR " REVERSE},
      {CONFIRMED, {IP("192.0.2.9")}, {Q(PTR, REVERSE, "h.example")}, "A h.example"},
      {CONFIRMED, {IP("192.0.2.9")}, {Q(PTR, REVERSE, "h.example"), NO(A, "h.example", PENDING)}, "A h.example*"},
      {CONFIRMED, {IP("192.0.2.9")}, {Q(PTR, REVERSE, "h.example"), Q(A, "h.example", "192.0.2.9")}, ""},
      {CONFIRMED, {IP("192.0.2.9"), R("h.example")}, {{0}}, "A h.example"},
      {CONFIRMED, {IP("2001:db8::1"), R("h.example")}, {{0}}, "AAAA h.example"},
  };
  size_t wrong = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench bench;
    open_asker(&bench, rows[i].asker);
    assert_true(test_facts_set(bench.facts, rows[i].facts, FACTS_MAX));
    assert_true(test_facts_answer(bench.facts, rows[i].answers, ANSWERS_MAX));
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    if (strcmp(shown(bench.verdict), rows[i].expected) != 0) {
      print_error("row %zu: \"%s\", expected \"%s\"\n", i, shown(bench.verdict), rows[i].expected);
      wrong++;
    }
    bench_close(&bench);
  }
  assert_int_equal(wrong, 0);
}

/* What counts as failed, or as never, without being answered is no question. */
static void silence_by_default(void **state) {
  (void)state;
  static const char *const expected[] = {
      [WHY_NOT_YET] = "A h.example,AAAA h.example", [WHY_FAILED] = "", [WHY_NEVER] = ""};
  struct bench bench;
  open_asker(&bench, ADDRESSES);
  assert_int_equal(facts_set(bench.facts, FIELD_HELO, TEXT("h.example")), ASSAY_OK);
  for (enum why why = WHY_NOT_YET; why <= WHY_NEVER; why++) {
    bench.facts->unasked_why = why;
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_string_equal(shown(bench.verdict), expected[why]);
  }
  bench_close(&bench);
}

/* --- which of them matter --- */

enum { RULES = 8 };

/* Rules of one look-up each, h0.example and so on. */
static void open_rules(struct bench *bench, const int64_t *scores, const uint32_t *groups, bool exempt, int64_t tag) {
  static const char *const names[RULES] = {"h0.example", "h1.example", "h2.example", "h3.example",
                                           "h4.example", "h5.example", "h6.example", "h7.example"};
  struct build b;
  feature_id f[RULES], early;
  build_init(&b, &mem_default);
  for (uint32_t r = 0; r < RULES; r++)
    f[r] = build_test(&b, OP_TRUTH, dns(&b, OP_DNS_TXT, build_text(&b, TYPE_NAME, names[r])), 0, 0);
  early = build_test(&b, OP_TRUTH, dns(&b, OP_DNS_TXT, build_text(&b, TYPE_NAME, "e.example")), 0, 0);
  if (exempt) build_early(&b, early);
  build_layout(&b, RULES);
  build_group(&b, "g", -1000, 2000);
  for (uint32_t r = 0; r < RULES; r++)
    build_rule(&b, "R", scores[r], groups[r], build_simple(&b, f[r], true, build_rule_bit(&b, r), 1));
  if (exempt) build_exempt(&b, "E", build_simple(&b, early, true, NO_INDEX, 0));
  build_threshold(&b, ACTION_REJECT, tag, NULL);
  assert_true(bench_open(bench, &b, &mem_default));
}

static void what_matters_by_table(void **state) {
  (void)state;
  enum { N = -1 }; /* no group */
  static const struct {
    int64_t scores[RULES];
    int groups[RULES];
    int64_t at;
    bool exempt;
    const char *answers; /* by rule: y n, f failed, ? not yet; then of the exemption */
    const char *wanted;  /* the numbers of the rules, e of the exemption */
    bool settled;
  } rows[] = {
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, false, "????????", "01234567", false},
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, false, "yyn?????", "34567", false},
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, false, "yyff????", "4567", false},
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, false, "yyyy????", "", true},
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, false, "nnnnn???", "", true},
      /* an exemption matters where something would be done */
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, true, "yyyy?????", "e4567", false},
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, true, "yyyy????y", "", true},
      {{1, 1, 1, 1, 1, 1, 1, 1}, {N, N, N, N, N, N, N, N}, 4, true, "nnnnn????", "", true},
      /* no score, nothing moved */
      {{1, 0, 1, 0, -1, 0, 1, 9}, {N, N, N, N, N, N, N, N}, 4, false, "????????", "70246", false},
      /* the heaviest first, up or down; among equals as they were met; an exemption before all */
      {{1, -3, 2, 3, -1, 9, 2, 1}, {N, N, N, N, N, N, N, N}, 4, false, "????????", "51326047", false},
      {{1, -3, 2, 3, -1, 9, 2, 1}, {N, N, N, N, N, N, N, N}, 4, true, "?????????", "e51326047", false},
      {{1, -3, 2, 3, -1, 1, 2, 1}, {N, N, N, N, N, N, N, N}, 4, false, "f?y?nf?n", "136", false},
      /* a group that has reached its bound, whatever still comes */
      {{3, 1, 1, 1, 1, 1, 1, 1}, {0, 0, 0, 0, N, N, N, N}, 4, false, "y???????", "4567", false},
      {{3, 1, -2, 1, 1, 1, 1, 1}, {0, 0, 0, 0, N, N, N, N}, 4, false, "y???????", "2134567", false},
      {{3, 1, -1, 1, 1, 1, 1, 1}, {0, 0, 0, 0, N, N, N, N}, 4, false, "y???????", "4567", false},
      /* a failed rule takes it from its bound, so that what comes decides about softening */
      {{3, 1, -2, 1, 1, 1, 1, 1}, {0, 0, 0, 0, N, N, N, N}, 3, false, "y?f??nnn", "134", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench bench;
    int64_t scores[RULES];
    uint32_t groups[RULES];
    char expected[256] = "";
    for (size_t r = 0; r < RULES; r++) {
      scores[r] = rows[i].scores[r] * 1000;
      groups[r] = rows[i].groups[r] == N ? NO_INDEX : (uint32_t)rows[i].groups[r];
    }
    open_rules(&bench, scores, groups, rows[i].exempt, rows[i].at * 1000);
    for (size_t r = 0; rows[i].answers[r]; r++) {
      char name[] = "h0.example";
      name[1] = (char)('0' + r);
      char kind = rows[i].answers[r];
      struct test_answer row = {QUESTION_TXT, r < RULES ? name : "e.example", kind == 'y' ? "x" : "", OUTCOME_FAILED};
      if (kind == 'f') row.records = NULL;
      if (kind != '?') assert_true(test_facts_answer(bench.facts, &row, 1));
    }
    for (const char *w = rows[i].wanted; *w; w++) {
      size_t len = strlen(expected);
      snprintf(expected + len, sizeof expected - len, "%sTXT %s%c.example", len ? "," : "", *w == 'e' ? "" : "h", *w);
    }
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    if (strcmp(shown(bench.verdict), expected) != 0) fail_msg("row %zu: %s", i, shown(bench.verdict));
    assert_int_equal(bench.verdict->settled, rows[i].settled);
    bench_close(&bench);
  }
}

/* --- bounds --- */

enum { MANY = 3 * QUESTIONS_MAX };

static char names[MANY][16];

/* Two rules for each of many names, whose TXT records are asked for. */
static void open_many(struct bench *bench) {
  struct build b;
  feature_id f[MANY][2];
  build_init(&b, &mem_default);
  for (uint32_t i = 0; i < MANY; i++) {
    snprintf(names[i], sizeof names[i], "h%u.example", i);
    value_id name = build_text(&b, TYPE_NAME, names[i]);
    f[i][0] = build_test(&b, OP_TRUTH, dns(&b, OP_DNS_TXT, name), 0, 0);
    f[i][1] = build_test(&b, OP_EQ_INT, build_value(&b, OP_LIST_LENGTH, dns(&b, OP_DNS_TXT, name), 0, 0),
                         build_int(&b, 2), 0);
  }
  build_layout(&b, MANY * 2);
  for (uint32_t r = 0; r < MANY * 2; r++)
    build_rule(&b, "R", 1000, NO_INDEX, build_simple(&b, f[r / 2][r % 2], true, build_rule_bit(&b, r), 1));
  build_threshold(&b, ACTION_TAG, 1000, NULL);
  assert_true(bench_open(bench, &b, &mem_default));
}

/* The budget's worth is asked; a question that comes again counts once. */
static void the_budget_bounds_them(void **state) {
  (void)state;
  struct bench bench;
  open_many(&bench);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->question_count, QUESTIONS_MAX);
  for (uint32_t i = 0; i < QUESTIONS_MAX; i++)
    assert_string_equal(bench.verdict->names.ptr + bench.verdict->questions[i].name, names[i]);
  assert_int_equal(bench_answer(&bench, QUESTIONS_MAX * 2 - 1), ANSWER_NOT_YET);
  assert_int_equal(bench_answer(&bench, QUESTIONS_MAX * 2), ANSWER_FAILED);
  /* what was answered counts as well, so that the sum of all rounds is bounded */
  for (uint32_t i = 0; i < 3; i++)
    assert_int_equal(facts_answer(bench.facts, QUESTION_TXT, text_from(names[i]), OUTCOME_NODATA, NULL, 0), ASSAY_OK);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.verdict->question_count, QUESTIONS_MAX - 3);
  bench_close(&bench);
}

/* A source that says the same of so many questions, the first that it is asked. */
struct source {
  enum outcome outcome;
  size_t knows, asked;
};

static bool find(void *user, enum question type, struct text name, struct arena *arena, struct answer *out) {
  struct source *source = user;
  (void)arena;
  assert_int_equal(type, QUESTION_TXT);
  assert_true(name.len > 0);
  out->outcome = source->outcome;
  return source->asked++ < source->knows;
}

/* What the source knows costs nothing of the budget, unless it is on its way; it is asked once for each question as far as
 * there is room to note that. */
static void the_budget_is_for_what_is_asked(void **state) {
  (void)state;
  static const struct {
    enum outcome outcome;
    size_t knows, questions;
    enum answer_kind first, last;
    size_t asked;
  } rows[] = {
      {OUTCOME_NODATA, 0, QUESTIONS_MAX, ANSWER_NOT_YET, ANSWER_FAILED, MANY},
      {OUTCOME_NODATA, MANY - QUESTIONS_MAX, QUESTIONS_MAX, ANSWER_NO, ANSWER_NOT_YET, MANY},
      {OUTCOME_NXDOMAIN, MANY - QUESTIONS_MAX - 1, QUESTIONS_MAX, ANSWER_NO, ANSWER_FAILED, MANY},
      {OUTCOME_TIMEOUT, MANY, 0, ANSWER_FAILED, ANSWER_FAILED, MANY},
      {OUTCOME_PENDING, MANY, QUESTIONS_MAX, ANSWER_NOT_YET, ANSWER_NOT_YET, MANY},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench bench;
    struct source source = {rows[i].outcome, rows[i].knows, 0};
    open_many(&bench);
    bench.facts->source = find;
    bench.facts->source_user = &source;
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    assert_int_equal(bench.verdict->question_count, rows[i].questions);
    assert_int_equal(bench_answer(&bench, 0), rows[i].first);
    assert_int_equal(bench_answer(&bench, MANY * 2 - 1), rows[i].last);
    for (size_t q = 0; q < rows[i].questions; q++)
      assert_int_equal(bench.verdict->questions[q].pending, rows[i].outcome == OUTCOME_PENDING);
    assert_int_equal(source.asked, rows[i].asked);
    bench_close(&bench);
  }
}

/* A verdict that cannot be had has none, and the same objects go on when there is memory again. */
static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  for (size_t nth = 1;; nth++) {
    struct test_alloc t;
    struct bench bench;
    open_asker(&bench, MX_ADDRESSES);
    test_alloc_failing(&t, nth, true);
    struct workspace *ws = NULL;
    struct verdict *verdict = NULL;
    assert_int_equal(facts_set(bench.facts, FIELD_HELO, TEXT("h.example")), ASSAY_OK);
    assay_status status = workspace_new(&ws, &t.alloc);
    if (status == ASSAY_OK) status = verdict_new(&verdict, &t.alloc);
    bool made = status == ASSAY_OK;
    if (made) status = verdict_evaluate(verdict, bench.linked, bench.facts, ws);
    assert_true(status == ASSAY_OK || status == ASSAY_NO_MEMORY);
    if (made && status != ASSAY_OK) assert_int_equal(verdict->question_count, 0);
    t.fail_at = 0;
    if (made) assert_int_equal(verdict_evaluate(verdict, bench.linked, bench.facts, ws), ASSAY_OK);
    if (made) assert_string_equal(shown(verdict), "MX h.example");
    verdict_free(verdict);
    workspace_free(ws);
    bench_close(&bench);
    assert_true(test_alloc_clean(&t));
    if (status == ASSAY_OK) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(questions_by_table),     cmocka_unit_test(silence_by_default),
      cmocka_unit_test(what_matters_by_table),  cmocka_unit_test(the_budget_bounds_them),
      cmocka_unit_test(the_budget_is_for_what_is_asked),
      cmocka_unit_test(memory_may_run_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
