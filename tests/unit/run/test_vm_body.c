/* Tests the body half of the run loop: unknown operands, lists taken element by element, slots computed once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "run/vm_body.h"
#include "support/bench.h"

enum { ASKED = 9, FACTS_MAX = 5, ANSWERS_MAX = 6 };

/* What is asked, in the order of the columns below. */
enum {
  SUM,       /* mail.size + rcpt.count == 3 */
  SAME,      /* mail.size == rcpt.count */
  ANY_LEFT,  /* any(rcpt).local == helo.verb */
  ANY_RIGHT, /* helo.verb == any(rcpt).local */
  ANY_BOTH,  /* any(dns.address(helo)) == any(dns.address(server.name)) */
  COUNTED,   /* the lengths of the local parts are two */
  NEAR,      /* any(edit_distance(helo.verb, any(rcpt).local)) <= 1 */
  JOINED,    /* all addresses of all MX hosts are three */
  BITS       /* helo.is_fqdn, from the table of bits */
};

static feature_id test_each(struct build *b, unsigned op, unsigned each, value_id left, value_id right) {
  struct insn insn = {.op = (uint8_t)op, .each = (uint8_t)each, .a = left, .b = right};
  return builder_feature(&b->b, insn, TEXT("test"));
}

static value_id value_each(struct build *b, unsigned op, unsigned each, value_id left, value_id right,
                           enum value_type type) {
  struct insn insn = {.op = (uint8_t)op, .each = (uint8_t)each, .a = left, .b = right};
  return builder_value(&b->b, insn, type, TEXT("value"));
}

static value_id length_of(struct build *b, value_id list) {
  return build_value(b, OP_LIST_LENGTH, list, 0, 0);
}

static void make_features(struct build *b, feature_id *f) {
  value_id size = build_fact(b, "mail.size", TYPE_INT), count = build_fact(b, "rcpt.count", TYPE_INT);
  value_id verb = build_fact(b, "helo.verb", TYPE_STRING), helo = build_fact(b, "helo", TYPE_NAME);
  value_id locals = value_each(b, OP_MAILBOX_LOCAL, 1, build_fact(b, "rcpt", TYPE_MAILBOXES), 0, TYPE_STRINGS);
  value_id ours = build_value(b, OP_DNS_ADDRESS, build_fact(b, "server.name", TYPE_NAME), 0, 0);
  value_id hosts = build_value(b, OP_DNS_MX, helo, 0, 0);
  f[SUM] = build_test(b, OP_EQ_INT, build_value(b, OP_ADD, size, count, 0), build_int(b, 3), 0);
  f[SAME] = build_test(b, OP_EQ_INT, size, count, 0);
  f[ANY_LEFT] = test_each(b, OP_EQ_STRING, 1, locals, verb);
  f[ANY_RIGHT] = test_each(b, OP_EQ_STRING, 2, verb, locals);
  f[ANY_BOTH] = test_each(b, OP_EQ_ADDRESS, 3, build_value(b, OP_DNS_ADDRESS, helo, 0, 0), ours);
  f[COUNTED] = build_test(b, OP_EQ_INT, length_of(b, value_each(b, OP_LENGTH, 1, locals, 0, TYPE_INTS)),
                          build_int(b, 2), 0);
  f[NEAR] = test_each(b, OP_LE_INT, 1, value_each(b, OP_EDIT_DISTANCE, 2, verb, locals, TYPE_INTS), build_int(b, 1));
  f[JOINED] = build_test(b, OP_EQ_INT, length_of(b, value_each(b, OP_DNS_ADDRESS, 1, hosts, 0, TYPE_ADDRESSES)),
                         build_int(b, 3), 0);
  f[BITS] = build_test(b, OP_NAME_BITS, helo, 0, 0);
}

static void open_body(struct bench *bench) {
  struct build b;
  feature_id f[ASKED];
  build_init(&b, &mem_default);
  make_features(&b, f);
  build_layout(&b, ASKED);
  for (uint32_t r = 0; r < BITS; r++)
    build_rule(&b, "R", 0, NO_INDEX, build_simple(&b, f[r], true, build_rule_bit(&b, r), 1));
  uint32_t begin = builder_begin(&b.b), fail = builder_label(&b.b);
  build_need_feature(&b, f[BITS]);
  builder_emit(&b.b, build_bit(OP_TEST, builder_bit(&b.b, f[BITS]) + HOST_IS_FQDN, true, fail));
  build_rule(&b, "R", 0, NO_INDEX, build_pass(&b, begin, fail, build_rule_bit(&b, BITS), 1));
  assert_true(bench_open(bench, &b, &mem_default));
}

#define SIZE(text) {"mail.size", text, WHY_NOT_YET}
#define COUNT(text) {"rcpt.count", text, WHY_NOT_YET}
#define H(text) {"helo", text, WHY_NOT_YET}
#define S(text) {"server.name", text, WHY_NOT_YET}
#define VERB(text) {"helo.verb", text, WHY_NOT_YET}
#define RCPT(text) {"rcpt", text, WHY_NOT_YET}
#define NOT(name, why) {name, NULL, WHY_##why}
#define Q(type, name, records) {QUESTION_##type, name, records, OUTCOME_FOUND}
#define NO(type, name, outcome) {QUESTION_##type, name, NULL, OUTCOME_##outcome}

/* Answers by column: 0 no, 1 yes, ? not yet, f failed, n never, . whatever. */
static const struct row {
  struct test_fact facts[FACTS_MAX];
  struct test_answer answers[ANSWERS_MAX];
  const char *expected;
} rows[] = {
    /*                                                           SslrbcnjB */
    {{SIZE("1"), COUNT("2")}, {{0}},                            "10......."},
    {{SIZE("3"), COUNT("3")}, {{0}},                            "01......."},
    /* of two reasons the one that is harder to mend, from whichever side */
    {{SIZE("1")}, {{0}},                                        "??......."},
    {{SIZE("1"), NOT("rcpt.count", FAILED)}, {{0}},             "ff......."},
    {{NOT("mail.size", FAILED), COUNT("1")}, {{0}},             "ff......."},
    {{NOT("mail.size", FAILED)}, {{0}},                         "ff......."},
    {{NOT("rcpt.count", FAILED)}, {{0}},                        "ff......."},
    {{NOT("mail.size", FAILED), NOT("rcpt.count", NEVER)}, {{0}}, "nn......."},
    {{NOT("mail.size", NEVER), NOT("rcpt.count", FAILED)}, {{0}}, "nn......."},
    /* lists: some element, on either side */
    {{RCPT("ab@x.test cd@x.test"), VERB("cd")}, {{0}},          "..11.11.."},
    {{RCPT("ab@x.test cd@x.test"), VERB("cx")}, {{0}},          "..00.11.."},
    {{RCPT("ab@x.test cd@x.test"), VERB("wxyz")}, {{0}},        "..00.10.."},
    {{RCPT("ab@x.test"), VERB("ab")}, {{0}},                    "..11.01.."},
    /* of no elements none is anything, whatever the other side is */
    {{RCPT(""), VERB("ab")}, {{0}},                             "..00.00.."},
    {{RCPT("")}, {{0}},                                         "..00.00.."},
    {{RCPT(""), NOT("helo.verb", NEVER)}, {{0}},                "..00.00.."},
    {{RCPT("ab@x.test"), NOT("helo.verb", NEVER)}, {{0}},       "..nn.0n.."},
    {{NOT("rcpt", FAILED), VERB("ab")}, {{0}},                  "..ff.ff.."},
    /* mended, the list may be empty, and then it decides by itself */
    {{NOT("rcpt", FAILED), NOT("helo.verb", NEVER)}, {{0}},     "..ff.ff.."},
    {{NOT("helo.verb", NEVER)}, {{0}},                          "..??.??.."},
    {{NOT("rcpt", NEVER), NOT("helo.verb", FAILED)}, {{0}},     "..nn.nn.."},
    /* two lists, each known or in part: what is there may decide, else the milder reason */
    {{H("a.test"), S("b.test")},
     {Q(A, "a.test", "192.0.2.1 192.0.2.2"), Q(AAAA, "a.test", ""), Q(A, "b.test", "192.0.2.3 192.0.2.2"),
      Q(AAAA, "b.test", "")},
     "....1...1"},
    {{H("a.test"), S("b.test")},
     {Q(A, "a.test", "192.0.2.1"), Q(AAAA, "a.test", ""), Q(A, "b.test", "192.0.2.3"),
      Q(AAAA, "b.test", "2001:db8::1")},
     "....0...1"},
    {{H("a.test"), S("b.test")},
     {Q(A, "a.test", "192.0.2.1"), NO(AAAA, "a.test", FAILED), Q(A, "b.test", "192.0.2.1"), NO(AAAA, "b.test", NEVER)},
     "....1...1"},
    {{H("a.test"), S("b.test")},
     {Q(A, "a.test", "192.0.2.1"), NO(AAAA, "a.test", FAILED), Q(A, "b.test", "192.0.2.2"), NO(AAAA, "b.test", NEVER)},
     "....f...1"},
    {{H("a.test"), S("b.test")},
     {Q(A, "a.test", "192.0.2.1"), NO(AAAA, "a.test", NEVER), Q(A, "b.test", "192.0.2.2")},
     "....?...1"},
    {{H("a.test"), S("b.test")},
     {Q(A, "a.test", "192.0.2.1"), NO(AAAA, "a.test", NEVER), Q(A, "b.test", "192.0.2.2"), Q(AAAA, "b.test", "")},
     "....n...1"},
    {{H("a.test"), S("b.test")}, {Q(A, "a.test", ""), Q(AAAA, "a.test", ""), NO(A, "b.test", NEVER)}, "....0...1"},
    {{H("a.test"), S("b.test")}, {NO(A, "a.test", NEVER), Q(A, "b.test", ""), Q(AAAA, "b.test", "")}, "....0...1"},
    {{H("localhost")}, {{0}},                                   "....0..00"}, /* nothing to ask */
    {{H("a.test"), NOT("server.name", FAILED)}, {{0}},          "....?...1"},
    /* lists of lists are joined; how long one in part is nobody knows, and the milder reason counts */
    {{H("a.test")},
     {Q(MX, "a.test", "m.test n.test"), Q(A, "m.test", "192.0.2.1 192.0.2.2"), Q(AAAA, "m.test", ""),
      Q(A, "n.test", "192.0.2.1"), Q(AAAA, "n.test", "")},
     ".......11"},
    {{H("a.test")},
     {Q(MX, "a.test", "m.test n.test"), Q(A, "m.test", "192.0.2.1 192.0.2.2"), Q(AAAA, "m.test", ""),
      Q(A, "n.test", "192.0.2.1"), NO(AAAA, "n.test", FAILED)},
     ".......f1"},
    {{H("a.test")},
     {Q(MX, "a.test", "m.test n.test"), NO(A, "m.test", NEVER), NO(AAAA, "m.test", NEVER), Q(A, "n.test", "192.0.2.1"),
      NO(AAAA, "n.test", FAILED)},
     ".......f1"},
    {{H("a.test")}, {Q(MX, "a.test", "")},                      ".......01"},
    {{H("a.test")}, {NO(MX, "a.test", FAILED)},                 ".......f1"},
    /* a table of bits has one reason for all */
    {{H("localhost")}, {{0}},                                   "........0"},
    {{{0}}, {{0}},                                              "........?"},
    {{NOT("helo", FAILED)}, {{0}},                              "........f"},
    {{NOT("helo", NEVER)}, {{0}},                               "........n"},
};

/* A list is given as texts with blanks between them. */
static void set_facts(struct facts *facts, const struct test_fact *given) {
  facts_clear(facts);
  for (size_t i = 0; i < FACTS_MAX && given[i].name; i++) {
    const char *blank = given[i].text ? strchr(given[i].text, ' ') : NULL;
    if (!blank) {
      assert_true(test_facts_set(facts, &given[i], 1));
      continue;
    }
    struct text first = text_of(given[i].text, (size_t)(blank - given[i].text));
    assert_int_equal(facts_set(facts, FIELD_RCPT, first), ASSAY_OK);
    assert_int_equal(facts_append(facts, FIELD_RCPT, text_from(blank + 1)), ASSAY_OK);
  }
}

static void bodies_by_table(void **state) {
  (void)state;
  struct bench bench;
  open_body(&bench);
  size_t wrong = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    set_facts(bench.facts, rows[i].facts);
    assert_true(test_facts_answer(bench.facts, rows[i].answers, ANSWERS_MAX));
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    char got[ASKED + 1] = {0};
    for (uint32_t r = 0; r < ASKED; r++)
      got[r] = rows[i].expected[r] == '.' ? '.' : "01?fn"[bench_answer(&bench, r)];
    if (strcmp(got, rows[i].expected) == 0) continue;
    print_error("row %zu: expected %s, got %s\n", i, rows[i].expected, got);
    wrong++;
  }
  assert_int_equal(wrong, 0);
  bench_close(&bench);
}

/* A body that is run again, as by two units that share a slot, leaves what is computed; the next connection does not. */
static void slots_are_computed_once(void **state) {
  (void)state;
  struct bench bench;
  open_body(&bench);
  const struct program *p = bench.linked->program;
  uint32_t slot = p->constants_count;
  while (slot < p->slots_count && !text_is(p->slot_texts[slot], "mail.size")) slot++;
  assert_int_not_equal(slot, p->slots_count);
  assert_int_equal(facts_set_int(bench.facts, FIELD_MAIL_SIZE, 3), ASSAY_OK);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  bench.ws->slots[slot].number = 77;
  for (uint32_t u = 0; u < p->units_count; u++)
    if (p->units[u].kind == UNIT_BODY) vm_body(bench.ws, &p->units[u]);
  assert_int_equal(bench.ws->slots[slot].number, 77);
  assert_int_equal(bench_run(&bench), ASSAY_OK);
  assert_int_equal(bench.ws->slots[slot].number, 3);
  bench_close(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bodies_by_table),
      cmocka_unit_test(slots_are_computed_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
