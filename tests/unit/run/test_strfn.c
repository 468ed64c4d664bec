/* Tests the text functions of the language, each by a table. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/strfn.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Fails with the row in the message, since a table has many. */
static void expect_row(bool got, bool want, const char *a, const char *b) {
  if (got != want) fail_msg("\"%s\" with \"%s\": got %d, want %d", a, b, got, want);
}

static void glob_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text, *pattern;
    bool match;
  } rows[] = {
    {"", "", true}, {"", "*", true}, {"", "?", false}, {"a", "", false}, {"a", "*", true}, {"abc", "abc", true},
    {"abc", "ab", false}, {"abc", "abcd", false}, {"abc", "a?c", true}, {"ac", "a?c", false},
    {"a.b.c", "a*c", true}, {"a.b.c", "*.b.*", true}, {"dyn.isp.test", "*.dyn.*", false},
    {"x.dyn.isp.test", "*.dyn.*", true}, {"aXbXc", "*X*X*", true}, {"aXbc", "*X*X*", false},
    {"aaab", "*ab", true}, {"abab", "*ab", true}, {"abac", "*ab", false}, {"ab", "**b", true},
    {"abc", "[a-c][!a][c]", true}, {"aac", "[a-c][!a][c]", false}, {"d", "[a-c]", false}, {"]", "[]]", true},
    {"a", "[]a]", true}, {"a", "[!]]", true}, {"]", "[!]]", false}, {"-", "[a-]", true}, {"-", "[-a]", true},
    {"b", "[a-]", false}, {"b", "[c-a]", false}, {"x", "[!c-a]", true}, {"^", "[^a]", true},
    {"b", "[^a]", false}, {"]", "[\\]]", true}, {"\\", "[\\\\]", true}, {"b", "[\\a-\\c]", true},
    {"[abc", "[abc", true}, {"a", "[abc", false}, {"[", "[", true}, {"[]", "[]", true}, {"[!]", "[!]", true},
    {"[[[x", "[[[?", true}, {"*", "\\*", true}, {"a", "\\*", false}, {"?", "\\?", true}, {"\\", "\\", true},
    {"a\\", "a\\", true}, {"a", "\\a", true}, {"[a]", "\\[a]", true}, {"a", "\\[a]", false}, {"A", "a", false},
    {"a]", "[a]]", true}, {"\xff", "[\x80-\xff]", true}, {"a", "[\x80-\xff]", false}, {"x[a", "*[a", true},
    {"host12", "host[0-9]*", true}, {"[\\]", "[\\]", false}, {"[]", "[\\]", true},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    expect_row(strfn_glob(text_from(rows[i].text), text_from(rows[i].pattern)), rows[i].match, rows[i].text,
               rows[i].pattern);
  assert_true(strfn_glob(text_of("a\0b", 3), text_of("a?b", 3)));
  assert_false(strfn_glob(text_of("a\0b", 3), text_from("a")));
}

/* The naive recursion by the definition, for patterns of stars, question marks, letters and one class. */
static bool glob_naive(const char *text, const char *pattern) {
  if (!*pattern) return !*text;
  if (*pattern == '*') return glob_naive(text, pattern + 1) || (*text && glob_naive(text + 1, pattern));
  if (!*text) return false;
  if (*pattern == '[') return (*text == 'a' || *text == 'b') && glob_naive(text + 1, pattern + 4);
  return (*pattern == '?' || *pattern == *text) && glob_naive(text + 1, pattern + 1);
}

static void glob_agrees_with_the_definition(void **state) {
  (void)state;
  static const char *const elements[] = {"*", "?", "a", "b", "[ab]", "c"};
  uint32_t seed = 12345;
  size_t matches = 0;
  for (size_t round = 0; round < 20000; round++) {
    char text[12] = "", pattern[64] = "";
    for (size_t i = 0; (seed = seed * 1664525u + 1013904223u) >> 28 > 2 && i < 10; i++)
      text[i] = (char)('a' + (seed >> 24) % 3);
    for (size_t i = 0; (seed = seed * 1664525u + 1013904223u) >> 28 > 2 && i < 8; i++)
      snprintf(pattern + strlen(pattern), 8, "%s", elements[(seed >> 20) % COUNT(elements)]);
    bool naive = glob_naive(text, pattern);
    matches += naive;
    expect_row(strfn_glob(text_from(text), text_from(pattern)), naive, text, pattern);
  }
  assert_true(matches > 2000);
}

static void digits_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t digits;
  } rows[] = {{"", 0}, {"abc", 0}, {"0123456789", 10}, {"a1b22/:", 3}, {"\xb2\xb3", 0}};
  for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(strfn_digits(text_from(rows[i].text)), rows[i].digits);
}

static void entropy_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double bits;
  } rows[] = {{"", 0},       {"a", 0},       {"aaaa", 0},           {"ab", 1},
              {"aabb", 1},   {"abcd", 2},    {"aab", 0.9182958341}, {"abcdefgh", 3},
              {"\x80\xff", 1}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    double bits = strfn_entropy(text_from(rows[i].text));
    assert_true(fabs(bits - rows[i].bits) < 1e-9);
    assert_false(signbit(bits));
  }
  char all[256];
  for (size_t i = 0; i < sizeof all; i++) all[i] = (char)i;
  assert_true(fabs(strfn_entropy(text_of(all, sizeof all)) - 8) < 1e-9);
}

static void edit_distance_by_table(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    int64_t distance;
  } rows[] = {
    {"", "", 0},           {"a", "", 1},          {"", "abc", 3},        {"abc", "abc", 0},   {"abc", "abd", 1},
    {"abc", "ac", 1},      {"ac", "abc", 1},      {"kitten", "sitting", 3}, {"flaw", "lawn", 2},
    {"ab", "ba", 2},       {"paypal", "paypa1", 1}, {"abcdef", "azced", 3}, {"aaaa", "aa", 2}, {"xabx", "xbax", 2},
    {"intention", "execution", 5},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct text a = text_from(rows[i].a), b = text_from(rows[i].b);
    assert_int_equal(strfn_edit_distance(a, b), rows[i].distance);
    assert_int_equal(strfn_edit_distance(b, a), rows[i].distance);
  }
}

static void edit_distance_cuts_long_texts(void **state) {
  (void)state;
  static char a[2000], b[2000];
  memset(a, 'a', sizeof a);
  memset(b, 'b', sizeof b);
  assert_int_equal(strfn_edit_distance(text_of(a, sizeof a), text_of(b, sizeof b)), STRFN_EDIT_MAX);
  assert_int_equal(strfn_edit_distance(text_of(a, sizeof a), text_of(a, 600)), 0);
  assert_int_equal(strfn_edit_distance(text_of(a, sizeof a), text_of(b, 0)), STRFN_EDIT_MAX);
}

static void pieces_by_table(void **state) {
  (void)state;
  static const struct {
    const char *name, *key;
    bool has;
  } rows[] = {
    {"paypal", "paypal", true}, {"paypal.example", "paypal", true}, {"www.paypal.com", "paypal", true},
    {"my-paypal-login.test", "paypal", true}, {"mypaypal.test", "paypal", false},
    {"paypals.test", "paypal", false}, {"x.paypal", "paypal", true}, {"x-paypal", "paypal", true},
    {"paypal_x.test", "paypal", false}, {"", "paypal", false}, {"paypal", "", false}, {"", "", false},
    {"a.b-c.d", "b-c", true}, {"a.b-c.d", "b-c.d", true}, {"a.b-c.d", "a.b", true}, {"a.b-cc.d", "b-c", false},
    {"pay.paypal", "paypal", true}, {"paypalpaypal", "paypal", false}, {"pay", "paypal", false},
    {"xa.a", "a", true}, {"aa.aaa", "a", false},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    expect_row(strfn_has_piece(text_from(rows[i].name), text_from(rows[i].key)), rows[i].has, rows[i].name,
               rows[i].key);
}

static struct addr v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return (struct addr){{(uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d}, 4};
}

static struct addr v6(const uint16_t groups[8]) {
  struct addr addr = {{0}, 6};
  for (size_t i = 0; i < 8; i++) {
    addr.bytes[2 * i] = (uint8_t)(groups[i] >> 8);
    addr.bytes[2 * i + 1] = (uint8_t)groups[i];
  }
  return addr;
}

struct embed_row {
  const char *name;
  bool embeds;
};

static void expect_embeds(const struct embed_row *rows, size_t count, struct addr address, const char *printed) {
  for (size_t i = 0; i < count; i++)
    expect_row(strfn_embeds_address(text_from(rows[i].name), address), rows[i].embeds, rows[i].name, printed);
}

static void embeds_ipv4(void **state) {
  (void)state;
  static const struct embed_row rows[] = {
    {"dsl-192-0-2-17.isp.test", true},
    {"17.2.0.192.pool.isp.test", true},
    {"17.2.0.192.in-addr.arpa", true},
    {"host192-000-002-017.isp.test", true},
    {"192.0.2.17", true},
    {"192x0x2x17.isp.test", true},
    {"x192x0x2x17x.isp.test", true},
    {"p192_0_2_17.isp.test", true},
    {"192-0-2-17", true},
    {"192000002017.isp.test", true},
    {"host192000002017.isp.test", true},
    {"017002000192.isp.test", true},
    {"c0000211.dip.isp.test", true},
    {"pc0000211.dip.isp.test", true},
    {"0xc0000211.isp.test", true},
    {"110200c0.isp.test", true},
    {"p-c0-00-02-11.isp.test", true},
    {"c0.00.02.11.isp.test", true},
    {"11-02-00-c0.isp.test", true},
    {"4-192-0-2-17.isp.test", true},
    {"192-0-2-17-5.isp.test", true},
    {"a192b192-0-2-17.isp.test", true},
    {"192-0-192-0-2-17.isp.test", true},

    {"", false},
    {"mail.example.com", false},
    {"mail-1.example.com", false},
    {"mx17.isp.test", false},
    {"2-17.isp.test", false},
    {"host-2-17.192-0.isp.test", false},
    {"192-0-2.isp.test", false},
    {"1192-0-2-17.isp.test", false},
    {"192-0-2-170.isp.test", false},
    {"192-0-2-0017.isp.test", false},
    {"192-0-2.17.isp.test", false},
    {"192-0.2-17.isp.test", false},
    {"192--0--2--17.isp.test", false},
    {"192-2-0-17.isp.test", false},
    {"192-0-2-18.isp.test", false},
    {"1920217.isp.test", false},
    {"0192000002017.isp.test", false},
    {"1920000020170.isp.test", false},
    {"192000002.isp.test", false},
    {"dc0000211.isp.test", false},
    {"c0000211e.isp.test", false},
    {"c00002110.isp.test", false},
    {"c0-0-2-11.isp.test", false},
    {"ac0-00-02-11.isp.test", false},
    {"c0-00-02-11a.isp.test", false},
    {"c0a00a02a11.isp.test", false},
    {"c0000212.isp.test", false},
    {"192-0-2-", false},
    {"192-0-2", false},
    {"192", false},
  };
  expect_embeds(rows, COUNT(rows), v4(192, 0, 2, 17), "192.0.2.17");
}

static void embeds_short_ipv4(void **state) {
  (void)state;
  static const struct embed_row rows[] = {
    {"1-1-1-1.isp.test", true},      {"1.1.1.1", true},           {"001001001001.isp.test", true},
    {"01010101.isp.test", true},     {"a1.b1.c1.d1.test", false}, {"1111.isp.test", false},
    {"mail1.mx1.dc1.cluster1.test", false}, {"1-1.1-1.test", false}, {"11-1-1-1.isp.test", false},
    {"1-1-1.isp.test", false},       {"1-1-1-11.isp.test", false},
  };
  expect_embeds(rows, COUNT(rows), v4(1, 1, 1, 1), "1.1.1.1");
}

static void embeds_ipv6(void **state) {
  (void)state;
  static const uint16_t groups[8] = {0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x25};
  static const struct embed_row rows[] = {
    {"20010db8000000000000000000000025.isp.test", true},
    {"p20010db8000000000000000000000025.isp.test", true},
    {"52000000000000000000000008bd01002.isp.test", false},
    {"5200000000000000000000008bd01002.isp.test", true},
    {"5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", true},
    {"2-0-0-1-0-d-b-8-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-2-5.isp.test", true},
    {"2001-0db8-0000-0000-0000-0000-0000-0025.isp.test", true},
    {"2001-db8-0-0-0-0-0-25.isp.test", true},
    {"host-2001-db8-0-0-0-0-0-25.isp.test", true},
    {"2001.db8.0.0.0.0.0.25.isp.test", true},
    {"25-0-0-0-0-0-db8-2001.isp.test", true},
    {"2001-db8--25.isp.test", true},
    {"host-2001-db8--25.isp.test", true},
    {"2001-db8--25-dyn.isp.test", true},
    {"2001-db8--25-static.isp.test", true},
    {"2001-0db8--0025.isp.test", true},
    {"2001xdb8xx25.isp.test", true},
    {"2001-db8--25", true},

    {"20010db800000000000000000000025.isp.test", false},
    {"a20010db8000000000000000000000025.isp.test", false},
    {"20010db8000000000000000000000025f.isp.test", false},
    {"2001-db8-0-0-0-0-25.isp.test", false},
    {"2001-db8-0-0-0-0-0-26.isp.test", false},
    {"2001-db8-0-0-0-0-0-251.isp.test", false},
    {"12001-db8-0-0-0-0-0-25.isp.test", false},
    {"2001-db8-0-0-0.0-0-25.isp.test", false},
    {"2001-db8--26.isp.test", false},
    {"2001-db8--250.isp.test", false},
    {"2001-db8--2.isp.test", false},
    {"2001-db8--25-1.isp.test", false},
    {"2001-db8--25-cafe.isp.test", false},
    {"2001-db8-25.isp.test", false},
    {"2001-db8---25.isp.test", false},
    {"2001-db8-.25.isp.test", false},
    {"2001.db8--25.isp.test", false},
    {"f2001-db8--25.isp.test", false},
    {"--25.isp.test", false},
    {"2001-db8--", false},
    {"2001-db8-", false},
    {"mail-25.isp.test", false},
    {"0-0-0-0", false},
  };
  expect_embeds(rows, COUNT(rows), v6(groups), "2001:db8::25");
}

static void embeds_compressed_ipv6(void **state) {
  (void)state;
  static const struct {
    const char *name, *printed;
    uint16_t groups[8];
    bool embeds;
  } rows[] = {
    {"2001-db8--1-0-0-25.isp.test", "2001:db8::1:0:0:25", {0x2001, 0xdb8, 0, 0, 1, 0, 0, 0x25}, true},
    {"2001-db8-0-0-1--25.isp.test", "2001:db8:0:0:1::25", {0x2001, 0xdb8, 0, 0, 1, 0, 0, 0x25}, true},
    {"2001-db8--1--25.isp.test", "2001:db8::1:0:0:25", {0x2001, 0xdb8, 0, 0, 1, 0, 0, 0x25}, false},
    {"2001-db8-1-2--.isp.test", "2001:db8:1:2::", {0x2001, 0xdb8, 1, 2, 0, 0, 0, 0}, true},
    {"2001-db8-1-2--7.isp.test", "2001:db8:1:2::", {0x2001, 0xdb8, 1, 2, 0, 0, 0, 0}, false},
    {"2001-db8-1-2-.isp.test", "2001:db8:1:2::", {0x2001, 0xdb8, 1, 2, 0, 0, 0, 0}, false},
    {"2001--.isp.test", "2001::", {0x2001, 0, 0, 0, 0, 0, 0, 0}, false},
    {"2001--1.isp.test", "2001::1", {0x2001, 0, 0, 0, 0, 0, 0, 1}, true},
    {"x--1.isp.test", "::1", {0, 0, 0, 0, 0, 0, 0, 1}, false},
    {"mail.isp.test", "::", {0, 0, 0, 0, 0, 0, 0, 0}, false},
    {"2001-db8-1-2-3-4-5-6.isp.test", "2001:db8:1:2:3:4:5:6", {0x2001, 0xdb8, 1, 2, 3, 4, 5, 6}, true},
    {"2001-db8-1-2-3-4-5.isp.test", "2001:db8:1:2:3:4:5:6", {0x2001, 0xdb8, 1, 2, 3, 4, 5, 6}, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    expect_row(strfn_embeds_address(text_from(rows[i].name), v6(rows[i].groups)), rows[i].embeds, rows[i].name,
               rows[i].printed);
}

static void nothing_embeds_the_empty_address(void **state) {
  (void)state;
  static const char *const names[] = {"", "0-0-0-0", "0.0.0.0", "00000000", "--"};
  for (size_t i = 0; i < COUNT(names); i++)
    assert_false(strfn_embeds_address(text_from(names[i]), (struct addr){{0}, 0}));
  assert_true(strfn_embeds_address(TEXT("0-0-0-0"), v4(0, 0, 0, 0)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(glob_by_table),
    cmocka_unit_test(glob_agrees_with_the_definition),
    cmocka_unit_test(digits_by_table),
    cmocka_unit_test(entropy_by_table),
    cmocka_unit_test(edit_distance_by_table),
    cmocka_unit_test(edit_distance_cuts_long_texts),
    cmocka_unit_test(pieces_by_table),
    cmocka_unit_test(embeds_ipv4),
    cmocka_unit_test(embeds_short_ipv4),
    cmocka_unit_test(embeds_ipv6),
    cmocka_unit_test(embeds_compressed_ipv6),
    cmocka_unit_test(nothing_embeds_the_empty_address),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
