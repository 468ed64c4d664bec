/* Holds engine/facts/host.c to RFC 1035, RFC 5321, RFC 5890 and docs/language.md, name by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts/domain.h"
#include "facts/host.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define P(prop) (1u << HOST_##prop)
#define RAW(literal) {"" literal, sizeof(literal) - 1} /* TEXT is no constant where C11 wants one */

/* Pieces for names near the limits. */
#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10
#define A63 A60 "aaa"
#define NAME_190 A63 "." A63 "." A60 "aa"
#define DOTTED_128 "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a." \
                   "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."

/* U+00FC as UTF-8; a string of its own, because a hexadecimal escape would eat the letters behind it. */
#define UE "\xc3\xbc"
#define UE_CAPITAL "\xc3\x9c"

static struct domain *domain;
static struct arena arena;

static int setup(void **state) {
  (void)state;
  arena_init(&arena, &mem_default, SIZE_MAX);
  return domain_open(&domain, &mem_default) == ASSAY_OK ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  arena_free(&arena);
  domain_close(domain);
  return 0;
}

struct row {
  struct text raw;
  uint32_t props;
  unsigned labels;
  const char *canonical; /* NULL: the raw bytes, and in place unless libidn2 was asked */
  const char *org;
  bool tld_known;
};

/* The strings that mail servers each judge partly wrong, and the ways in which they are right or wrong. */
static const struct row helo[] = {
    {RAW(""), P(IS_EMPTY), 0, "", "", false},
    {RAW("localhost"), P(IS_SINGLE_LABEL), 1, NULL, "", true},
    {RAW("localhost.localdomain"), P(IS_FQDN), 2, NULL, "localhost.localdomain", false},
    {RAW("hostnameonly"), P(IS_SINGLE_LABEL), 1, NULL, "", false},
    {RAW("192.0.2.10"), P(IS_ADDRESS), 0, NULL, "", false},
    {RAW("[192.0.2.10]"), P(IS_LITERAL), 0, NULL, "", false},
    {RAW("[192.0.2.100]"), P(IS_LITERAL), 0, NULL, "", false},
    {RAW("[IPv6:2001:db8::25]"), P(IS_LITERAL), 0, "[ipv6:2001:db8::25]", "", false},
    {RAW("[2001:db8::25]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[::1]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[garbage]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[192.0.2.10"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW(".com"), P(LEADING_DOT), 2, NULL, "", true},
    {RAW("fake..com"), P(EMPTY_LABEL), 3, NULL, "", true},
    {RAW("@(&$"), P(HAS_BAD_CHAR), 1, NULL, "", false},
    {RAW("two words"), P(HAS_BAD_CHAR) | P(HAS_SPACE), 1, NULL, "", false},
    {RAW("mx1.good.example."), P(IS_FQDN) | P(TRAILING_DOT), 3, "mx1.good.example", "good.example", true},
    {RAW("MX1.Good.EXAMPLE"), P(IS_FQDN), 3, "mx1.good.example", "good.example", true},
    {RAW("under_score.good.example"), P(HAS_UNDERSCORE), 3, NULL, "good.example", true},
    {RAW("_lead.example"), P(HAS_UNDERSCORE), 2, NULL, "_lead.example", true},
    {RAW("-x.good.example"), P(BAD_HYPHEN), 3, NULL, "", true},
    {RAW("x-.good.example"), P(BAD_HYPHEN), 3, NULL, "", true},
    {RAW("123.456"), P(NUMERIC_TLD), 2, NULL, "", false},
    {RAW("1234"), P(IS_SINGLE_LABEL) | P(NUMERIC_TLD), 1, NULL, "", false},
    {RAW("m" UE "nchen.example"), P(IS_FQDN) | P(HAS_NON_ASCII), 2, "xn--mnchen-3ya.example",
     "xn--mnchen-3ya.example", true},
    {RAW("xn--mnchen-3ya.example"), P(IS_FQDN), 2, NULL, "xn--mnchen-3ya.example", true},
    {RAW(A63 "a.example"), P(LABEL_TOO_LONG), 2, NULL, "", true},
    {RAW(NAME_190 "." A63 "." A10 A10 A10 A10 "." A10 "ab"), P(TOO_LONG), 6, NULL, "", false}, /* 308 bytes */
    {RAW("[IPv6:1.2.3.4]"), P(IS_BAD_LITERAL), 0, "[ipv6:1.2.3.4]", "", false},
    {RAW("[::ffff:192.0.2.10]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("\xff\xfe.example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true},
    {RAW("mx.our-own-server.example"), P(IS_FQDN), 3, NULL, "our-own-server.example", true},
};

static const struct row literals[] = {
    {RAW("[ipV6:2001:DB8::1]"), P(IS_LITERAL), 0, "[ipv6:2001:db8::1]", "", false},
    {RAW("[IPv6:::ffff:192.0.2.10]"), P(IS_LITERAL), 0, "[ipv6:::ffff:192.0.2.10]", "", false},
    {RAW(" [192.0.2.1]\r\n"), P(IS_LITERAL), 0, "[192.0.2.1]", "", false},
    {RAW("[IPv6:::]"), P(IS_LITERAL), 0, "[ipv6:::]", "", false},
    {RAW("[IPv6:]"), P(IS_BAD_LITERAL), 0, "[ipv6:]", "", false},
    {RAW("[IPv4:192.0.2.1]"), P(IS_BAD_LITERAL), 0, "[ipv4:192.0.2.1]", "", false},
    {RAW("[IPv6:fe80::1%eth0]"), P(IS_BAD_LITERAL), 0, "[ipv6:fe80::1%eth0]", "", false},
    {RAW("[IPv6: 2001:db8::1]"), P(IS_BAD_LITERAL), 0, "[ipv6: 2001:db8::1]", "", false},
    {RAW("[IPv6:2001:db8::1"), P(IS_BAD_LITERAL), 0, "[ipv6:2001:db8::1", "", false},
    {RAW("[IPv6 2001:db8::1]"), P(IS_BAD_LITERAL), 0, "[ipv6 2001:db8::1]", "", false},
    {RAW("[192.0.2]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[192.0.2.010]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[192.0.2.256]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[192.0.2.1]."), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[192.0.2.1]x"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("192.0.2.1]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[[192.0.2.1]]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("["), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("[\0_..-\xff ]"), P(IS_BAD_LITERAL), 0, NULL, "", false},
    {RAW("2001:db8::25"), P(IS_ADDRESS), 0, NULL, "", false},
    {RAW("2001:DB8::25"), P(IS_ADDRESS), 0, "2001:db8::25", "", false},
    {RAW("::ffff:192.0.2.10"), P(IS_ADDRESS), 0, NULL, "", false},
    {RAW("::"), P(IS_ADDRESS), 0, NULL, "", false},
    {RAW("192.0.2.10."), P(TRAILING_DOT) | P(NUMERIC_TLD), 4, "192.0.2.10", "", false},
    {RAW("010.1.2.3"), P(NUMERIC_TLD), 4, NULL, "", false},
    {RAW("1.2.3.256"), P(NUMERIC_TLD), 4, NULL, "", false},
    {RAW("1.2.3.4.5"), P(NUMERIC_TLD), 5, NULL, "", false},
    {RAW("IPv6:2001:db8::1"), P(HAS_BAD_CHAR), 1, "ipv6:2001:db8::1", "", false},
    {RAW("fe80::1%eth0"), P(HAS_BAD_CHAR), 1, NULL, "", false},
    {RAW("192.0.2.10:25"), P(HAS_BAD_CHAR), 4, NULL, "", false},
    {RAW("a[b].example"), P(HAS_BAD_CHAR), 2, NULL, "", true},
};

static const struct row malformed[] = {
    {RAW(" \t\r\n"), P(IS_EMPTY), 0, "", "", false},
    {RAW(" mx.example.com "), P(IS_FQDN), 3, "mx.example.com", "example.com", true},
    {RAW("mx.example.com. \n"), P(IS_FQDN) | P(TRAILING_DOT), 3, "mx.example.com", "example.com", true},
    {RAW("a b\tc"), P(HAS_BAD_CHAR) | P(HAS_SPACE), 1, NULL, "", false},
    {RAW("a\vb.com"), P(HAS_BAD_CHAR) | P(HAS_SPACE), 2, NULL, "", true},
    {RAW("a\0b.example"), P(HAS_BAD_CHAR), 2, NULL, "", true},
    {RAW("a.com\0"), P(HAS_BAD_CHAR), 2, NULL, "", false},
    {RAW("\0"), P(HAS_BAD_CHAR), 1, NULL, "", false},
    {RAW("a\x01\x1f\x7f.example"), P(HAS_BAD_CHAR), 2, NULL, "", true},
    {RAW("."), P(LEADING_DOT) | P(TRAILING_DOT), 2, NULL, "", false},
    {RAW(".."), P(LEADING_DOT) | P(EMPTY_LABEL) | P(TRAILING_DOT), 3, NULL, "", false},
    {RAW("a.com.."), P(EMPTY_LABEL) | P(TRAILING_DOT), 4, NULL, "", false},
    {RAW("a.com ."), P(HAS_BAD_CHAR) | P(HAS_SPACE) | P(TRAILING_DOT), 3, NULL, "", false},
    {RAW("..com"), P(LEADING_DOT) | P(EMPTY_LABEL), 3, NULL, "", true},
    {RAW("localhost."), P(IS_SINGLE_LABEL) | P(TRAILING_DOT), 1, "localhost", "", true},
    {RAW("a.-.com"), P(BAD_HYPHEN), 3, NULL, "", true},
    {RAW("a.com-"), P(BAD_HYPHEN), 2, NULL, "", false},
    {RAW("a.b-c.com"), P(IS_FQDN), 3, NULL, "b-c.com", true},
    {RAW("a.1-2"), P(IS_FQDN), 2, NULL, "a.1-2", false},
    {RAW("@.1"), P(HAS_BAD_CHAR) | P(NUMERIC_TLD), 2, NULL, "", false},
    {RAW("1.2.com.3."), P(NUMERIC_TLD) | P(TRAILING_DOT), 4, "1.2.com.3", "", false},
    {RAW("_.-.1"), P(HAS_UNDERSCORE) | P(BAD_HYPHEN) | P(NUMERIC_TLD), 3, NULL, "", false},
    {RAW("co.uk"), P(IS_FQDN), 2, NULL, "", true},
    {RAW("mail.corp.lan"), P(IS_FQDN), 3, NULL, "corp.lan", false},
    {RAW("printer.local"), P(IS_FQDN), 2, NULL, "printer.local", true},
};

static const struct row limits[] = {
    {RAW(A63 ".com"), P(IS_FQDN), 2, NULL, A63 ".com", true},
    {RAW("x." A63 "a"), P(LABEL_TOO_LONG), 2, NULL, "", false},
    {RAW(A63 "a"), P(LABEL_TOO_LONG), 1, NULL, "", false},
    {RAW(A63), P(IS_SINGLE_LABEL), 1, NULL, "", false},
    {RAW(NAME_190 "." A60 ".a"), P(IS_FQDN), 5, NULL, A60 ".a", false},                              /* 253 */
    {RAW(NAME_190 "." A60 ".a."), P(IS_FQDN) | P(TRAILING_DOT), 5, NAME_190 "." A60 ".a", A60 ".a", false},
    {RAW(NAME_190 "." A60 ".aa"), P(TOO_LONG), 5, NULL, "", false},                                  /* 254 */
    {RAW(NAME_190 "." A60 ".aa."), P(TOO_LONG) | P(TRAILING_DOT), 5, NAME_190 "." A60 ".aa", "", false},
    {RAW(NAME_190 "." A60 ".lan"), P(TOO_LONG), 5, NULL, "", false},                                 /* 255 */
    {RAW(DOTTED_128 "a" DOTTED_128 "1"), P(TOO_LONG) | P(NUMERIC_TLD), 129, NULL, "", false},
};

/* With three letters more and U+00FC it makes an A-label of 63 octets, the longest there may be. */
#define A_LABEL_TAIL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct row international[] = {
    {RAW("M" UE_CAPITAL "NCHEN.Example."), P(IS_FQDN) | P(HAS_NON_ASCII) | P(TRAILING_DOT), 2,
     "xn--mnchen-3ya.example", "xn--mnchen-3ya.example", true},
    {RAW("mu\xcc\x88nchen.example"), P(IS_FQDN) | P(HAS_NON_ASCII), 2, "xn--mnchen-3ya.example",
     "xn--mnchen-3ya.example", true}, /* not yet in normal form C */
    {RAW("stra\xc3\x9f" "e.de"), P(IS_FQDN) | P(HAS_NON_ASCII), 2, "xn--strae-oqa.de", "xn--strae-oqa.de", true},
    {RAW("mx.\xd1\x80\xd1\x84"), P(IS_FQDN) | P(HAS_NON_ASCII), 2, "mx.xn--p1ai", "mx.xn--p1ai", true},
    {RAW(UE), P(IS_SINGLE_LABEL) | P(HAS_NON_ASCII), 1, "xn--tda", "", false},
    {RAW("XN--MNCHEN-3YA.example"), P(IS_FQDN), 2, "xn--mnchen-3ya.example", "xn--mnchen-3ya.example", true},
    {RAW("xn--\xff" ".example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true},
    {RAW("xn--" UE ".example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true},
    {RAW("xn--a.example"), P(IS_FQDN), 2, NULL, "xn--a.example", true}, /* a fake A-label is still letters */
    {RAW("xn--zzzzzz99.example"), P(IS_FQDN), 2, NULL, "xn--zzzzzz99.example", true},
    {RAW("ab--" UE ".example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true},
    {RAW("-" UE ".example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII) | P(BAD_HYPHEN), 2, NULL, "", true},
    {RAW(UE "_A.example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII) | P(HAS_UNDERSCORE), 2, UE "_a.example", "", true},
    {RAW(UE " a.example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII) | P(HAS_SPACE), 2, NULL, "", true},
    {RAW(UE "\0a.example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true},
    {RAW(UE ".a_b.example"), P(HAS_NON_ASCII) | P(HAS_UNDERSCORE), 3, "xn--tda.a_b.example", "a_b.example", true},
    {RAW(UE ".\xff" ".example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 3, "xn--tda.\xff" ".example", "", true},
    {RAW(UE ".."), P(HAS_NON_ASCII) | P(EMPTY_LABEL) | P(TRAILING_DOT), 3, "xn--tda..", "", false},
    {RAW("\xc3"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 1, NULL, "", false},
    {RAW("\xe2\x98\x83.example"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true}, /* a snowman */
    {RAW(UE "\xe3\x80\x82" "a"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 1, NULL, "", false},   /* no dot of DNS */
    {RAW("\xef\xbd\x81.com"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true}, /* a full-width "a" */
    {RAW("a\xd7\x90.com"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 2, NULL, "", true},    /* against RFC 5893 */
    {RAW("\xd7\x90\xd7\x91.com"), P(IS_FQDN) | P(HAS_NON_ASCII), 2, "xn--4dbc.com", "xn--4dbc.com", true},
    {RAW(UE A_LABEL_TAIL "aaa"), P(IS_SINGLE_LABEL) | P(HAS_NON_ASCII), 1,
     "xn--" A_LABEL_TAIL "aaa-oxf", "", false},
    {RAW(UE A_LABEL_TAIL "aaaa"), P(HAS_BAD_CHAR) | P(HAS_NON_ASCII), 1, NULL, "", false}, /* 64 as an A-label */
};

static void check(const struct row *row) {
  struct host host;
  assert_true(host_scan(&host, row->raw, &arena));
  const char *name = row->raw.ptr;
  if (host_has_org(&host, domain) != (row->org[0] != 0)) fail_msg("%s: whether there is an org", name);
  host_suffix(&host, domain);
  assert_int_equal(host_has_org(&host, domain), host.org.len > 0);
  if (host.props != row->props) fail_msg("%s: properties %#x, not %#x", name, host.props, row->props);
  if (host.label_count != row->labels) fail_msg("%s: %u labels", name, host.label_count);
  struct text want = row->canonical ? text_from(row->canonical) : row->raw;
  if (!text_eq(host.canonical, want)) fail_msg("%s: \"%.*s\"", name, (int)host.canonical.len, host.canonical.ptr);
  if (!row->canonical && !(row->props & P(HAS_NON_ASCII))) assert_ptr_equal(host.canonical.ptr, row->raw.ptr);
  if (!text_is(host.org, row->org)) fail_msg("%s: org \"%.*s\"", name, (int)host.org.len, host.org.ptr);
  if (host.tld_known != row->tld_known) fail_msg("%s: tld_known", name);
  assert_true(text_eq(host.raw, row->raw));
  bool has_address = host.props & (P(IS_ADDRESS) | P(IS_LITERAL));
  if ((host.address.family != 0) != has_address) fail_msg("%s: address", name);
}

#define CHECK_TABLE(table)                                  \
  static void table##_names(void **state) {                 \
    (void)state;                                            \
    for (size_t i = 0; i < COUNT(table); i++) check(&table[i]); \
  }

CHECK_TABLE(helo)
CHECK_TABLE(literals)
CHECK_TABLE(malformed)
CHECK_TABLE(limits)
CHECK_TABLE(international)

static struct host scan(const char *name) {
  struct host host;
  assert_true(host_scan(&host, text_from(name), &arena));
  host_suffix(&host, domain);
  return host;
}

static void literals_hold_the_address(void **state) {
  (void)state;
  static const struct {
    const char *name, *address;
  } rows[] = {
      {"[192.0.2.10]", "192.0.2.10"},
      {"192.0.2.10", "192.0.2.10"},
      {"[IPv6:2001:db8::25]", "2001:db8::25"},
      {"[IPv6:::ffff:192.0.2.10]", "192.0.2.10"},
      {"::ffff:c000:20a", "192.0.2.10"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct addr want;
    assert_int_equal(addr_parse(&want, text_from(rows[i].address)), ADDR_OK);
    if (!addr_eq(scan(rows[i].name).address, want)) fail_msg("%s", rows[i].name);
  }
}

static void labels_count_from_both_ends(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int64_t n;
    const char *label;
  } rows[] = {
      {"mx1.Good.example.", 0, "mx1"},  {"mx1.Good.example.", 1, "good"},
      {"mx1.Good.example.", 2, "example"}, {"mx1.Good.example.", 3, ""},
      {"mx1.Good.example.", -1, "example"}, {"mx1.Good.example.", -3, "mx1"},
      {"mx1.Good.example.", -4, ""},    {"mx1", INT64_MAX, ""},
      {"mx1", INT64_MIN, ""},           {"mx1", 0, "mx1"},
      {".com", 0, ""},                  {".com", 1, "com"},
      {".com", -2, ""},                 {"fake..com", 1, ""},
      {"fake..com", -3, "fake"},        {"192.0.2.10", 0, ""},
      {"192.0.2.10", -1, ""},           {"[192.0.2.10]", 0, ""},
      {"[garbage", 0, ""},              {"", 0, ""},
      {"m" UE "nchen.de", 0, "xn--mnchen-3ya"}, {"192.0.2.10.", 0, "192"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct host host = scan(rows[i].name);
    if (!text_is(host_label(&host, rows[i].n), rows[i].label)) fail_msg("%s (%d)", rows[i].name, (int)rows[i].n);
    if (rows[i].n == -1) assert_true(text_is(host_tld(&host), rows[i].label));
  }
}

static void pairs_compare(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool eq, under, same_org;
  } rows[] = {
      {"mx1.good.example", "MX1.Good.EXAMPLE.", true, true, true},
      {"mx1.good.example", "good.example", false, true, true},
      {"mx1.good.example", "example", false, true, false},
      {"good.example", "mx1.good.example", false, false, true},
      {"notgood.example", "good.example", false, false, false},
      {"mx1.good.example", "ood.example", false, false, false},
      {"mx1.good.example..", "good.example", false, false, false},
      {"m" UE "nchen.example", "xn--MNCHEN-3ya.example", true, true, true},
      {"a.m" UE "nchen.example", "xn--mnchen-3ya.example", false, true, true},
      {"a.github.io", "b.github.io", false, false, false},
      {"a.co.uk", "b.co.uk", false, false, false},
      {"", "", true, false, false},
      {" ", "", true, false, false},
      {".", "", false, false, false},
      {"a.example", "", false, false, false},
      {"", "example", false, false, false},
      {"localhost", "localhost", true, true, false},
      {"192.0.2.10", "192.0.2.10", true, true, false},
      {"192.0.2.10", "2.10", false, false, false},
      {"a.192.0.2.10", "192.0.2.10", false, false, false},
      {"[192.0.2.10]", "192.0.2.10", false, false, false},
      {"[IPv6:2001:DB8::1]", "[ipv6:2001:db8::1]", true, true, false},
      {"a.b.[c]", "[c]", false, false, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct host a = scan(rows[i].a), b = scan(rows[i].b);
    if (host_eq(&a, &b) != rows[i].eq) fail_msg("%s == %s", rows[i].a, rows[i].b);
    if (host_under(&a, &b) != rows[i].under) fail_msg("%s under %s", rows[i].a, rows[i].b);
    if (host_same_org(&a, &b) != rows[i].same_org) fail_msg("%s, %s", rows[i].a, rows[i].b);
    if (rows[i].same_org && !host_may_share_org(&a, &b)) fail_msg("%s, %s may not", rows[i].a, rows[i].b);
  }
}

static void may_share_an_organisation(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool may;
  } rows[] = {
      {"mx1.good.example", "mx2.good.example", true}, {"good.example", "mx2.good.example", true},
      {"good.example", "good.example", true},         {"mx1.good.example", "mx1.bad.example", false},
      {"notgood.example", "good.example", false},     {"a.x.example", "b.yx.example", false},
      {"example", "good.example", false},             {"localhost", "localhost", false},
      {"a.com", "a.net", false},                      {"", "", false},
      {"", "good.example", false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct host a = scan(rows[i].a), b = scan(rows[i].b);
    if (host_may_share_org(&a, &b) != rows[i].may) fail_msg("%s, %s", rows[i].a, rows[i].b);
    if (host_may_share_org(&b, &a) != rows[i].may) fail_msg("%s, %s", rows[i].b, rows[i].a);
  }
}

/* Names of many kilobytes: counts saturate, and nothing is written past its end. */
static void long_names_are_data(void **state) {
  (void)state;
  enum { LONG = 100000 };
  static const char fill[] = {'.', 'a', '-', '_', ' ', ':', '[', '\0', '\xff', 'A', '1', '\xc3'};
  char *name = arena_new(&arena, LONG);
  assert_non_null(name);
  for (size_t i = 0; i < sizeof fill; i++) {
    memset(name, fill[i], LONG);
    name[0] = name[LONG - 1] = 'x';
    struct host host, again;
    assert_true(host_scan(&host, text_of(name, LONG), &arena));
    assert_true(host.props & P(TOO_LONG));
    assert_int_equal(host.canonical.len, LONG);
    assert_int_equal(host.label_count, fill[i] == '.' ? UINT16_MAX : 1);
    assert_true(host_scan(&again, host.canonical, &arena));
    assert_true(host_eq(&host, &again));
  }
  for (size_t i = 0; i + 3 <= LONG; i += 3) memcpy(name + i, UE ".", 3);
  struct host host;
  assert_true(host_scan(&host, text_of(name, LONG), &arena));
  assert_true(host.props & P(TOO_LONG) && host.props & P(HAS_BAD_CHAR));
}

/* 253 octets of A-labels never need more than 1012 bytes: libidn2 works to there, and not a byte further. */
static void conversion_stops_where_no_name_can_be_valid(void **state) {
  (void)state;
  char name[1014];
  for (size_t len = 1011; len <= sizeof name; len++) {
    memset(name, 'a', len);
    memcpy(name, UE ".", 3);
    for (size_t dotted = 0; dotted < 2; dotted++) {
      if (dotted) name[len - 1] = '.';
      struct host host, again;
      assert_true(host_scan(&host, text_of(name, len), &arena));
      bool converted = text_starts(host.canonical, TEXT("xn--tda."));
      assert_int_equal(converted, len - dotted <= 1012);
      assert_int_equal(converted, !(host.props & P(HAS_BAD_CHAR)));
      assert_true(host_scan(&again, host.canonical, &arena));
      assert_true(host_eq(&host, &again));
    }
  }
}

static void no_list_knows_nothing(void **state) {
  (void)state;
  struct host host;
  assert_true(host_scan(&host, TEXT("mx.example.com"), &arena));
  assert_false(host.tld_done || host.org_done);
  host_suffix(&host, NULL);
  assert_true(host.tld_done && host.org_done && !host.tld_known && host.org.len == 0);
  host_suffix(&host, domain); /* the first answer stays */
  assert_int_equal(host.org.len, 0);
}

static void needs_no_memory_where_the_name_is_canonical(void **state) {
  (void)state;
  struct arena none;
  arena_init(&none, &mem_default, 0);
  struct host host;
  assert_true(host_scan(&host, TEXT("mx1.good.example."), &none));
  assert_true(host_scan(&host, TEXT("[192.0.2.1]"), &none));
  assert_false(none.failed);
  assert_false(host_scan(&host, TEXT("MX1.good.example"), &none));
  assert_false(host_scan(&host, TEXT(UE ".example"), &none));
  arena_free(&none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(helo_names),
      cmocka_unit_test(literals_names),
      cmocka_unit_test(malformed_names),
      cmocka_unit_test(limits_names),
      cmocka_unit_test(international_names),
      cmocka_unit_test(literals_hold_the_address),
      cmocka_unit_test(labels_count_from_both_ends),
      cmocka_unit_test(pairs_compare),
      cmocka_unit_test(may_share_an_organisation),
      cmocka_unit_test(long_names_are_data),
      cmocka_unit_test(conversion_stops_where_no_name_can_be_valid),
      cmocka_unit_test(no_list_knows_nothing),
      cmocka_unit_test(needs_no_memory_where_the_name_is_canonical),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
