/* Tests what answers, failures and silence of DNS mean: lists, parts of lists, block lists, the reverse name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/bench.h"

enum { ASKED = 14, ASKED_MAIL = 4 };

/* What is asked, in the order of the columns below. */
enum {
  ADDRESSES,     /* dns.address(helo), bare */
  HAS_CLIENT,    /* any(dns.address(helo)) == client.ip */
  TWO,           /* length(dns.address(helo)) == 2 */
  EXISTS,        /* dns.exists(helo) */
  MX,            /* dns.mx(helo), bare */
  MX_HAS_CLIENT, /* any(dns.address(dns.mx(helo))) == client.ip */
  TXT,           /* any(dns.txt(helo)) == "x" */
  LISTED,        /* dnsbl({zen, dead}, client.ip), bare */
  LISTED_4,      /* any(dnsbl({zen, dead}, client.ip)) == 127.0.0.4 */
  NAME_LISTED,   /* dnsbl({zen, dead}, helo), bare */
  RDNS,          /* client.rdns, bare */
  RDNS_IS_A,     /* client.rdns == "a.example" */
  CONFIRMED,     /* client.rdns_confirmed, bare */
  CONFIRMED_B,   /* client.rdns_confirmed == "b.example" */
};

/* What is asked about mail, in the order of its columns. */
enum {
  MAIL_MX,     /* dns.mx(helo), bare */
  MAIL_EXISTS, /* dns.exists(helo) */
  MAIL_NULL,   /* dns.null_mx(helo) */
  MAIL_GONE,   /* dns.nxdomain(helo) */
};

static feature_id any_equal(struct build *b, unsigned op, value_id list, value_id other) {
  struct insn insn = {.op = (uint8_t)op, .each = 1, .a = list, .b = other};
  return builder_feature(&b->b, insn, TEXT("any"));
}

static value_id of_each(struct build *b, unsigned op, value_id list, enum value_type type) {
  struct insn insn = {.op = (uint8_t)op, .each = 1, .a = list};
  return builder_value(&b->b, insn, type, TEXT("each"));
}

static void make_names(struct build *b, feature_id *f, value_id helo, value_id ip) {
  value_id addresses = build_value(b, OP_DNS_ADDRESS, helo, 0, 0), mx = build_value(b, OP_DNS_MX, helo, 0, 0);
  f[ADDRESSES] = build_test(b, OP_TRUTH, addresses, 0, 0);
  f[HAS_CLIENT] = any_equal(b, OP_EQ_ADDRESS, addresses, ip);
  f[TWO] = build_test(b, OP_EQ_INT, build_value(b, OP_LIST_LENGTH, addresses, 0, 0), build_int(b, 2), 0);
  f[EXISTS] = build_test(b, OP_TRUTH, build_value(b, OP_DNS_EXISTS, helo, 0, 0), 0, 0);
  f[MX] = build_test(b, OP_TRUTH, mx, 0, 0);
  f[MX_HAS_CLIENT] = any_equal(b, OP_EQ_ADDRESS, of_each(b, OP_DNS_ADDRESS, mx, TYPE_ADDRESSES), ip);
  f[TXT] = any_equal(b, OP_EQ_STRING, build_value(b, OP_DNS_TXT, helo, 0, 0), build_text(b, TYPE_STRING, "x"));
}

static void make_lists(struct build *b, feature_id *f, value_id helo, value_id ip) {
  static const char *const zones[] = {"zen.test", "dead.test", NULL};
  uint32_t set = build_texts(b, SET_ZONES, zones);
  value_id listed = build_value(b, OP_DNSBL_ADDRESS, ip, 0, set);
  f[LISTED] = build_test(b, OP_TRUTH, listed, 0, 0);
  f[LISTED_4] = any_equal(b, OP_EQ_ADDRESS, listed, build_address(b, "127.0.0.4"));
  f[NAME_LISTED] = build_test(b, OP_TRUTH, build_value(b, OP_DNSBL_NAME, helo, 0, set), 0, 0);
}

static void make_reverse(struct build *b, feature_id *f) {
  value_id rdns = build_value(b, OP_RDNS, 0, 0, build_need(b, "client.rdns", TYPE_NAME));
  value_id confirmed = build_value(b, OP_RDNS_CONFIRMED, 0, 0, build_need(b, "client.rdns_confirmed", TYPE_NAME));
  f[RDNS] = build_test(b, OP_TRUTH, rdns, 0, 0);
  f[RDNS_IS_A] = build_test(b, OP_EQ_NAME, rdns, build_text(b, TYPE_NAME, "a.example"), 0);
  f[CONFIRMED] = build_test(b, OP_TRUTH, confirmed, 0, 0);
  f[CONFIRMED_B] = build_test(b, OP_EQ_NAME, confirmed, build_text(b, TYPE_NAME, "b.example"), 0);
}

/* A rule for each feature. */
static void open_rules(struct bench *bench, struct build *b, const feature_id *f, uint32_t count) {
  build_layout(b, count);
  for (uint32_t r = 0; r < count; r++)
    build_rule(b, "R", 0, NO_INDEX, build_simple(b, f[r], true, build_rule_bit(b, r), 1));
  assert_true(bench_open(bench, b, &mem_default));
}

static void open_lookups(struct bench *bench) {
  struct build b;
  feature_id f[ASKED];
  build_init(&b, &mem_default);
  value_id helo = build_fact(&b, "helo", TYPE_NAME), ip = build_fact(&b, "client.ip", TYPE_ADDRESS);
  make_names(&b, f, helo, ip);
  make_lists(&b, f, helo, ip);
  make_reverse(&b, f);
  open_rules(bench, &b, f, ASKED);
}

static void open_mail(struct bench *bench) {
  static const unsigned ops[] = {[MAIL_MX] = OP_DNS_MX, [MAIL_EXISTS] = OP_DNS_EXISTS, [MAIL_NULL] = OP_DNS_NULL_MX,
                                 [MAIL_GONE] = OP_DNS_NXDOMAIN};
  struct build b;
  feature_id f[ASKED_MAIL];
  build_init(&b, &mem_default);
  value_id helo = build_fact(&b, "helo", TYPE_NAME);
  for (size_t i = 0; i < ASKED_MAIL; i++) f[i] = build_test(&b, OP_TRUTH, build_value(&b, ops[i], helo, 0, 0), 0, 0);
  open_rules(bench, &b, f, ASKED_MAIL);
}

#define IP(text) {"client.ip", text, WHY_NOT_YET}
#define H(text) {"helo", text, WHY_NOT_YET}
#define R(text) {"client.rdns", text, WHY_NOT_YET}
#define RC(text) {"client.rdns_confirmed", text, WHY_NOT_YET}
#define FACTS_MAX 4
#define ANSWERS_MAX 6
#define A(name, records) {QUESTION_A, name, records, OUTCOME_FOUND}
#define AAAA(name, records) {QUESTION_AAAA, name, records, OUTCOME_FOUND}
#define Q(type, name, records) {QUESTION_##type, name, records, OUTCOME_FOUND}
#define NO(type, name, outcome) {QUESTION_##type, name, NULL, OUTCOME_##outcome}
#define PTR "9.2.0.192.in-addr.arpa"
#define ZEN "9.2.0.192.zen.test"
#define DEAD "9.2.0.192.dead.test"

/* Answers by column: 0 no, 1 yes, ? not yet, f failed, n never, . whatever. */
struct row {
  struct test_fact facts[FACTS_MAX];
  struct test_answer answers[ANSWERS_MAX];
  enum why unasked;
  const char *expected;
};

static void check(void (*open)(struct bench *bench), const struct row *rows, size_t count) {
  struct bench bench;
  size_t wrong = 0;
  open(&bench);
  for (size_t i = 0; i < count; i++) {
    facts_clear(bench.facts);
    bench.facts->unasked_why = rows[i].unasked;
    assert_true(test_facts_set(bench.facts, rows[i].facts, FACTS_MAX));
    assert_true(test_facts_answer(bench.facts, rows[i].answers, ANSWERS_MAX));
    assert_int_equal(bench_run(&bench), ASSAY_OK);
    char got[ASKED + 1] = {0};
    for (uint32_t r = 0; rows[i].expected[r]; r++)
      got[r] = rows[i].expected[r] == '.' ? '.' : "01?fn"[bench_answer(&bench, r)];
    bool same = text_is(text_from(got), rows[i].expected);
    if (!same) print_error("row %zu: %s, expected %s\n", i, got, rows[i].expected);
    wrong += !same;
  }
  bench_close(&bench);
  assert_int_equal(wrong, 0);
}

static void names_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      /*                                                                            AC2EMmtL4NRaCb */
      {{IP("192.0.2.9"), H("h.example")}, {{0}}, WHY_NOT_YET, "???????......."},
      {{IP("192.0.2.9"), H("h.example")}, {{0}}, WHY_NEVER, "nnnnnnn......."},
      {{IP("192.0.2.9"), H("h.example")}, {{0}}, WHY_FAILED, "fffffff......."},
      {{IP("192.0.2.9"), {"helo", NULL, WHY_NEVER}}, {{0}}, WHY_NOT_YET, "nnnnnnn..n...."},
      /* every answer is there and empty: known, and false */
      {{IP("192.0.2.9"), H("h.example")},
       {A("h.example", ""), AAAA("h.example", ""), Q(MX, "h.example", ""), Q(TXT, "h.example", "")},
       WHY_NOT_YET,
       "0000000......."},
      {{IP("192.0.2.9"), H("H.Example.")},
       {A("h.example", "192.0.2.9"), AAAA("h.example", "2001:db8::1")},
       WHY_NOT_YET,
       "1111???......."},
      {{IP("192.0.2.7"), H("h.example")},
       {A("h.example", "192.0.2.9"), AAAA("h.example", "")},
       WHY_NOT_YET,
       "1001???......."},
      /* half an answer: what is there counts, what may be missing leaves open */
      {{IP("192.0.2.9"), H("h.example")}, {A("h.example", "192.0.2.9")}, WHY_NOT_YET, "11?1???......."},
      {{IP("192.0.2.7"), H("h.example")}, {A("h.example", "192.0.2.9")}, WHY_NOT_YET, "1??1???......."},
      {{IP("192.0.2.7"), H("h.example")},
       {A("h.example", "192.0.2.9"), NO(AAAA, "h.example", FAILED)},
       WHY_NOT_YET,
       "1ff1???......."},
      {{IP("192.0.2.7"), H("h.example")},
       {A("h.example", ""), NO(AAAA, "h.example", FAILED)},
       WHY_NOT_YET,
       "fff????......."},
      /* of two parts that are missing the one that may still come decides */
      {{IP("192.0.2.7"), H("h.example")}, {NO(AAAA, "h.example", NEVER)}, WHY_NOT_YET, "???????......."},
      {{IP("192.0.2.7"), H("h.example")},
       {NO(A, "h.example", FAILED), NO(AAAA, "h.example", NEVER)},
       WHY_NOT_YET,
       "fff????......."},
      /* mail hosts and their addresses */
      {{IP("192.0.2.9"), H("h.example")},
       {Q(MX, "h.example", "m.example n.example"), A("n.example", "192.0.2.9"), AAAA("n.example", "")},
       WHY_NOT_YET,
       "???111?......."},
      {{IP("192.0.2.9"), H("h.example")},
       {Q(MX, "h.example", "m.example n.example"), A("n.example", "192.0.2.8"), AAAA("n.example", "")},
       WHY_NOT_YET,
       "???11??......."},
      {{IP("192.0.2.9"), H("h.example")},
       {Q(MX, "h.example", "m.example n.example"), A("n.example", "192.0.2.8"), AAAA("n.example", ""),
        NO(A, "m.example", FAILED), NO(AAAA, "m.example", NEVER)},
       WHY_NOT_YET,
       "???11f?......."},
      {{IP("192.0.2.9"), H("h.example")}, {Q(TXT, "h.example", "v x w")}, WHY_NOT_YET, "??????1......."},
      {{IP("192.0.2.9"), H("h.example")}, {Q(TXT, "h.example", "v w")}, WHY_NOT_YET, "??????0......."},
      /* an argument that cannot be asked for asks nothing and is the empty list */
      {{IP("192.0.2.9"), H("")}, {{0}}, WHY_NOT_YET, "0000000..0...."},
      {{IP("192.0.2.9"), H("localhost")}, {{0}}, WHY_NOT_YET, "0000000..0...."},
      {{IP("192.0.2.9"), H("192.0.2.9")}, {{0}}, WHY_NOT_YET, "0000000..0...."},
      {{IP("192.0.2.9"), H("[192.0.2.9]")}, {{0}}, WHY_NOT_YET, "0000000..0...."},
      {{IP("192.0.2.9"), H("a b.example")}, {{0}}, WHY_NOT_YET, "0000000..0...."},
      {{IP("192.0.2.9"), H("a..example")}, {{0}}, WHY_NOT_YET, "0000000..0...."},
      {{IP("192.0.2.9"), H("123.456")}, {{0}}, WHY_NOT_YET, "0000000..0...."},
      {{IP("192.0.2.9"), H("under_score.example")}, {{0}}, WHY_NOT_YET, "???????..?...."},
  };
  check(open_lookups, rows, sizeof rows / sizeof *rows);
}

/* A null MX has no name: it is written as a record without one. */
static void mail_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      /*                                                                MENG */
      {{H("h.example")}, {{0}}, WHY_NOT_YET,                            "????"},
      {{H("h.example")}, {{0}}, WHY_NEVER,                              "nnnn"},
      {{H("h.example")}, {Q(MX, "h.example", "m.example")}, WHY_NOT_YET, "110?"},
      {{H("h.example")}, {Q(MX, "h.example", "")}, WHY_NOT_YET,         "0?0?"},
      {{H("h.example")}, {NO(MX, "h.example", NXDOMAIN)}, WHY_NOT_YET,  "0?0?"},
      {{H("h.example")}, {NO(MX, "h.example", TIMEOUT)}, WHY_NOT_YET,   "f?f?"},
      {{H("h.example")}, {Q(MX, "h.example", ".")}, WHY_NOT_YET,        "011?"},
      {{H("H.Example.")}, {Q(MX, "h.example", " m.example")}, WHY_NOT_YET, "110?"}, /* "" and a host */
      {{H("h.example")}, {Q(MX, "h.example", "m.example .")}, WHY_NOT_YET, "110?"},
      {{H("h.example")}, {Q(MX, "h.example", " .")}, WHY_NOT_YET,       "011?"},
      /* it is known beside what is not */
      {{H("h.example")}, {Q(MX, "h.example", "."), NO(A, "h.example", FAILED), NO(AAAA, "h.example", NEVER)}, WHY_NOT_YET,
       "011f"},
      /* one question tells that there is no such name */
      {{H("h.example")}, {NO(A, "h.example", NXDOMAIN)}, WHY_NOT_YET,   "???1"},
      {{H("h.example")}, {NO(A, "h.example", NODATA)}, WHY_NOT_YET,     "???0"},
      {{H("h.example")}, {A("h.example", "192.0.2.9")}, WHY_NOT_YET,    "?1?0"},
      {{H("h.example")}, {NO(A, "h.example", SERVFAIL)}, WHY_NOT_YET,   "???f"},
      {{H("h.example")}, {NO(AAAA, "h.example", NXDOMAIN)}, WHY_NOT_YET, "????"},
      {{H("h.example")},
       {NO(A, "h.example", NXDOMAIN), NO(AAAA, "h.example", NXDOMAIN), NO(MX, "h.example", NXDOMAIN)},
       WHY_NOT_YET,
       "0001"},
      /* what cannot be asked for is not known to be missing; an answer counts all the same */
      {{H("localhost")}, {{0}}, WHY_NOT_YET,                            "0000"},
      {{H("localhost")}, {NO(A, "localhost", NXDOMAIN)}, WHY_NOT_YET,   "0001"},
      {{H("")}, {{0}}, WHY_NOT_YET,                                     "0000"},
      {{{"helo", NULL, WHY_FAILED}}, {{0}}, WHY_NOT_YET,                "ffff"},
  };
  check(open_mail, rows, sizeof rows / sizeof *rows);
}

static void block_lists_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      /*                                                          AC2EMmtL4NRaCb */
      {{IP("192.0.2.9")}, {{0}}, WHY_NOT_YET,                    ".......??....."},
      {{IP("192.0.2.9")}, {{0}}, WHY_NEVER,                      ".......nn....."},
      {{{"client.ip", NULL, WHY_FAILED}}, {{0}}, WHY_NOT_YET,    ".......ff....."},
      {{IP("192.0.2.9")}, {A(ZEN, ""), A(DEAD, "")}, WHY_NOT_YET, ".......00....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.0.0.2"), A(DEAD, "")}, WHY_NOT_YET, ".......10....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.0.0.2 127.0.0.4")}, WHY_NOT_YET, ".......11....."},
      /* one list that answers is enough for a hit; one that does not keeps a miss open, and for the right reason */
      {{IP("192.0.2.9")}, {A(ZEN, "127.0.0.2"), NO(A, DEAD, FAILED)}, WHY_NOT_YET, ".......1f....."},
      {{IP("192.0.2.9")}, {A(ZEN, ""), NO(A, DEAD, FAILED)}, WHY_NOT_YET, ".......ff....."},
      {{IP("192.0.2.9")}, {NO(A, DEAD, FAILED)}, WHY_NOT_YET,    ".......??....."},
      {{IP("192.0.2.9")}, {NO(A, ZEN, FAILED)}, WHY_NOT_YET,     ".......??....."},
      {{IP("192.0.2.9")}, {NO(A, ZEN, FAILED), NO(A, DEAD, NEVER)}, WHY_NOT_YET, ".......ff....."},
      /* refusals are no evidence, whatever stands beside them */
      {{IP("192.0.2.9")}, {A(ZEN, "127.0.0.1"), A(DEAD, "")}, WHY_NOT_YET, ".......ff....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.255.255.254"), A(DEAD, "")}, WHY_NOT_YET, ".......ff....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.255.255.0"), A(DEAD, "")}, WHY_NOT_YET, ".......ff....."},
      {{IP("192.0.2.9")}, {A(ZEN, "198.51.100.7"), A(DEAD, "")}, WHY_NOT_YET, ".......ff....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.0.0.4 127.255.255.252"), A(DEAD, "")}, WHY_NOT_YET, ".......ff....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.0.0.1"), A(DEAD, "127.0.0.4")}, WHY_NOT_YET, ".......11....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.255.254.2"), A(DEAD, "")}, WHY_NOT_YET, ".......10....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.1.0.1"), A(DEAD, "")}, WHY_NOT_YET, ".......10....."},
      {{IP("192.0.2.9")}, {A(ZEN, "127.0.1.255"), A(DEAD, "")}, WHY_NOT_YET, ".......10....."},
      /* no list is asked about an address that stands in none; IPv6 goes by nibbles */
      {{IP("10.0.0.1")}, {{0}}, WHY_NOT_YET,                     ".......00....."},
      {{IP("127.0.0.1")}, {{0}}, WHY_NOT_YET,                    ".......00....."},
      {{IP("fe80::1")}, {{0}}, WHY_NOT_YET,                      ".......00....."},
      {{IP("")}, {{0}}, WHY_NOT_YET,                             ".......00....."},
      {{IP("2001:db8::1")},
       {A("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.test", "127.0.0.4")}, WHY_NOT_YET,
       ".......11....."},
      {{H("Bad.Example.")}, {A("bad.example.zen.test", "127.0.0.2")}, WHY_NOT_YET, ".........1...."},
      {{H("bad.example")}, {A("bad.example.zen.test", "127.0.0.1"), A("bad.example.dead.test", "")}, WHY_NOT_YET,
       ".........f...."},
  };
  check(open_lookups, rows, sizeof rows / sizeof *rows);
}

static void reverse_names_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      /*                                                       AC2EMmtL4NRaCb */
      /* the front end says */
      {{IP("192.0.2.9"), R("a.example"), RC("b.example")}, {{0}}, WHY_NOT_YET, "..........1111"},
      {{IP("192.0.2.9"), R(""), RC("")}, {{0}}, WHY_NOT_YET, "..........0000"},
      {{IP("192.0.2.9"), {"client.rdns", NULL, WHY_FAILED}},
       {Q(PTR, PTR, "a.example")},
       WHY_NOT_YET,
       "..........ffff"},
      {{IP("192.0.2.9"), R("a.example"), {"client.rdns_confirmed", NULL, WHY_NEVER}},
       {{0}},
       WHY_NOT_YET,
       "..........11nn"},
      {{IP("192.0.2.9"), R("")}, {{0}}, WHY_NOT_YET, "..........0000"},
      {{R("")}, {{0}}, WHY_NOT_YET, "..........0000"},
      /* it gives the name, DNS confirms it, by the family of the client's address alone */
      {{IP("192.0.2.9"), R("b.example")}, {A("b.example", "192.0.2.9")}, WHY_NOT_YET, "..........1011"},
      {{IP("192.0.2.9"), R("b.example")}, {A("b.example", "192.0.2.8")}, WHY_NOT_YET, "..........1000"},
      {{IP("192.0.2.9"), R("b.example")}, {A("b.example", "")}, WHY_NOT_YET, "..........1000"},
      {{IP("192.0.2.9"), R("b.example")}, {NO(A, "b.example", FAILED)}, WHY_NOT_YET, "..........10ff"},
      {{IP("192.0.2.9"), R("b.example")}, {AAAA("b.example", "2001:db8::1")}, WHY_NOT_YET, "..........10??"},
      {{IP("2001:db8::1"), R("b.example")}, {AAAA("b.example", "2001:db8::1")}, WHY_NOT_YET, "..........1011"},
      {{IP("192.0.2.9"), R("localhost")}, {{0}}, WHY_NOT_YET, "..........1000"}, /* not to be asked for */
      {{R("b.example")}, {A("b.example", "192.0.2.9")}, WHY_NOT_YET, "..........10??"},
      /* DNS gives both */
      {{IP("192.0.2.9")}, {{0}}, WHY_NOT_YET, "..........????"},
      {{{NULL, NULL, WHY_NOT_YET}}, {{0}}, WHY_NOT_YET, "..........????"},
      {{IP("192.0.2.9")}, {Q(PTR, PTR, "")}, WHY_NOT_YET, "..........0000"},
      {{IP("192.0.2.9")}, {NO(PTR, PTR, FAILED)}, WHY_NOT_YET, "..........ffff"},
      {{IP("192.0.2.9")}, {Q(PTR, PTR, "a.example")}, WHY_NOT_YET, "..........11??"},
      {{IP("192.0.2.9")}, {Q(PTR, PTR, "a.example"), A("a.example", "192.0.2.9")}, WHY_NOT_YET, "..........1110"},
      {{IP("192.0.2.9")}, {Q(PTR, PTR, "b.example"), A("b.example", "192.0.2.9")}, WHY_NOT_YET, "..........1011"},
      {{IP("192.0.2.9")}, {Q(PTR, PTR, "b.example"), A("b.example", "192.0.2.1")}, WHY_NOT_YET, "..........1000"},
      /* of several names the first confirmed one, in bytewise order, not that of the answer */
      {{IP("192.0.2.9")},
       {Q(PTR, PTR, "b.example a.example"), A("a.example", ""), A("b.example", "192.0.2.9")},
       WHY_NOT_YET,
       "..........1011"},
      {{IP("192.0.2.9")},
       {Q(PTR, PTR, "b.example a.example"), A("a.example", "192.0.2.9"), A("b.example", "192.0.2.9")},
       WHY_NOT_YET,
       "..........1110"},
      /* else the least; and an earlier one that is not known yet keeps the choice open */
      {{IP("192.0.2.9")},
       {Q(PTR, PTR, "b.example a.example"), A("a.example", ""), A("b.example", "")},
       WHY_NOT_YET,
       "..........1100"},
      {{IP("192.0.2.9")},
       {Q(PTR, PTR, "b.example a.example"), A("b.example", "192.0.2.9")},
       WHY_NOT_YET,
       "..........????"},
      /* one that failed is passed over, but leaves open that there is none */
      {{IP("192.0.2.9")},
       {Q(PTR, PTR, "b.example a.example"), NO(A, "a.example", FAILED), A("b.example", "192.0.2.9")},
       WHY_NOT_YET,
       "..........1011"},
      {{IP("192.0.2.9")},
       {Q(PTR, PTR, "b.example a.example"), NO(A, "a.example", FAILED), A("b.example", "")},
       WHY_NOT_YET,
       "..........ffff"},
      {{IP("192.0.2.9")},
       {Q(PTR, PTR, "b.example a.example"), NO(A, "a.example", FAILED)},
       WHY_NOT_YET,
       "..........????"},
      /* an address without a public reverse name */
      {{IP("10.0.0.1")}, {{0}}, WHY_NOT_YET, "..........0000"},
      {{IP("")}, {{0}}, WHY_NOT_YET, "..........0000"},
      /* DNS is off: what the front end has not said yet may still come */
      {{IP("192.0.2.9")}, {{0}}, WHY_NEVER, "..........????"},
      {{IP("192.0.2.9"), R("a.example")}, {{0}}, WHY_NEVER, "..........11??"},
  };
  check(open_lookups, rows, sizeof rows / sizeof *rows);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_by_table),
      cmocka_unit_test(mail_by_table),
      cmocka_unit_test(block_lists_by_table),
      cmocka_unit_test(reverse_names_by_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
