/* Tests the comparisons of text, NULs and empty texts among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

#define NONE {NULL, 0}
#define T(literal) {literal, sizeof(literal) - 1}

enum { EQ = 1, NOCASE = 2, STARTS = 4, ENDS = 8 };

static void relations_by_table(void **state) {
  (void)state;
  static const struct {
    struct text a, b;
    int holds, order;
    size_t at; /* of b in a */
  } rows[] = {
      {T(""), T(""), EQ | NOCASE | STARTS | ENDS, 0, 0},
      {NONE, NONE, EQ | NOCASE | STARTS | ENDS, 0, 0},
      {NONE, T(""), EQ | NOCASE | STARTS | ENDS, 0, 0},
      {T("abc"), NONE, STARTS | ENDS, 1, 0},
      {NONE, T("abc"), 0, -1, SIZE_MAX},
      {T("abc"), T("abc"), EQ | NOCASE | STARTS | ENDS, 0, 0},
      {T("ABC"), T("abc"), NOCASE, -1, SIZE_MAX},
      {T("abc"), T("ab"), STARTS, 1, 0},
      {T("abc"), T("bc"), ENDS, -1, 1},
      {T("ab"), T("abc"), 0, -1, SIZE_MAX},
      {T("a\0b"), T("a\0c"), 0, -1, SIZE_MAX},
      {T("a\0b"), T("a"), STARTS, 1, 0},
      {T("a\0b"), T("\0b"), ENDS, 1, 1},
      {T("aab"), T("ab"), ENDS, -1, 1},
      {T("\xff"), T("a"), 0, 1, SIZE_MAX},
      {T("@[`{"), T("@[`{"), EQ | NOCASE | STARTS | ENDS, 0, 0},
      {T("["), T("{"), 0, -1, SIZE_MAX},
      {T("\xc4"), T("\xe4"), 0, -1, SIZE_MAX},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text a = rows[i].a, b = rows[i].b;
    int order = text_compare(a, b), back = text_compare(b, a);
    assert_int_equal(text_eq(a, b), (rows[i].holds & EQ) != 0);
    assert_int_equal(text_eq_nocase(a, b), (rows[i].holds & NOCASE) != 0);
    assert_int_equal(text_starts(a, b), (rows[i].holds & STARTS) != 0);
    assert_int_equal(text_ends(a, b), (rows[i].holds & ENDS) != 0);
    assert_int_equal((order > 0) - (order < 0), rows[i].order);
    assert_int_equal((back > 0) - (back < 0), -rows[i].order);
    assert_true(text_find(a, b) == rows[i].at);
    if (text_eq(a, b)) assert_true(text_hash(a) == text_hash(b));
  }
}

static void bytes_are_ascii_or_not(void **state) {
  (void)state;
  for (int i = 0; i < 256; i++) {
    char c = (char)i;
    bool upper = i >= 'A' && i <= 'Z', lower = i >= 'a' && i <= 'z';
    assert_int_equal(ascii_alpha(c), upper || lower);
    assert_int_equal(ascii_digit(c), i >= '0' && i <= '9');
    assert_int_equal(ascii_lower(c), upper ? (char)(i + 32) : c);
  }
}

static void from_strings(void **state) {
  (void)state;
  assert_int_equal(text_from(NULL).len, 0);
  assert_int_equal(text_from("abc").len, 3);
  assert_true(text_is(TEXT("a"), "a") && !text_is(TEXT("a\0"), "a"));
}

/* Low bits index the tables, so texts that differ little must spread over them. */
static void hashes_spread(void **state) {
  (void)state;
  unsigned buckets[64] = {0};
  char name[] = "host0000.example";
  for (unsigned i = 0; i < 6400; i++) {
    name[4] = (char)('0' + i / 1000), name[5] = (char)('0' + i / 100 % 10);
    name[6] = (char)('0' + i / 10 % 10), name[7] = (char)('0' + i % 10);
    buckets[text_hash(text_from(name)) % 64]++;
  }
  for (size_t i = 0; i < 64; i++) assert_in_range(buckets[i], 50, 150);
}

/* Names of one or two bytes more or less, and of all lengths that end within a word, for each of some keys. */
static void keyed_hashes_spread(void **state) {
  (void)state;
  static const unsigned long long keys[] = {0, 1, 2, 0x9e3779b97f4a7c15u, ~0ull};
  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
    unsigned low[64] = {0}, high[64] = {0};
    for (unsigned i = 0; i < 6400; i++) {
      char name[40] = "a0000.host.of.some.example.com";
      name[1] = (char)('0' + i / 1000), name[2] = (char)('0' + i / 100 % 10);
      name[3] = (char)('0' + i / 10 % 10), name[4] = (char)('0' + i % 10);
      unsigned long long hash = text_hash_keyed(text_of(name, 5 + i % 26), keys[k]);
      low[hash % 64]++;
      high[hash >> 26 & 63]++; /* of the lower half, which is all that some tables keep */
    }
    for (size_t i = 0; i < 64; i++) {
      assert_in_range(low[i], 50, 150);
      assert_in_range(high[i], 50, 150);
    }
  }
}

static void keyed_hashes_hang_on_text_and_key(void **state) {
  (void)state;
  char a[33] = "0123456789abcdef0123456789abcdef", b[34] = "x0123456789abcdef0123456789abcdef";
  for (size_t len = 0; len <= 32; len++) {
    struct text text = text_of(a, len);
    unsigned long long hash = text_hash_keyed(text, 7);
    assert_true(hash == text_hash_keyed(text_of(b + 1, len), 7)); /* wherever it lies */
    assert_true(hash != text_hash_keyed(text, 8));
    assert_true(text_hash_keyed(text, 0) != text_hash_keyed(text, 1ull << 63));
    if (len > 0) assert_true(hash != text_hash_keyed(text_of(a, len - 1), 7));
    for (size_t at = 0; at < len; at++) {
      a[at] ^= 1;
      assert_true(hash != text_hash_keyed(text, 7));
      a[at] ^= 1;
    }
  }
  assert_true(text_hash_keyed(TEXT(""), 7) == text_hash_keyed((struct text)NONE, 7));
  assert_true(text_hash_keyed(TEXT("a"), 7) != text_hash_keyed(TEXT("a\0"), 7)); /* zeros count */
  assert_true(text_hash_keyed(TEXT(""), 7) != text_hash_keyed(TEXT("\0\0\0\0\0\0\0\0"), 7));
}

/* Names that meet under one key do not under another: nobody can prepare them. */
static void which_names_meet_hangs_on_the_key(void **state) {
  (void)state;
  enum { NAMES = 1000, BUCKETS = 64 };
  unsigned met = 0, again = 0;
  for (unsigned i = 1; i < NAMES; i++) {
    const char first[] = "0000.example";
    char name[] = "0000.example";
    name[1] = (char)('0' + i / 100), name[2] = (char)('0' + i / 10 % 10), name[3] = (char)('0' + i % 10);
    struct text a = text_from(first), b = text_from(name);
    if (text_hash_keyed(a, 1) % BUCKETS != text_hash_keyed(b, 1) % BUCKETS) continue;
    met++;
    again += text_hash_keyed(a, 2) % BUCKETS == text_hash_keyed(b, 2) % BUCKETS;
  }
  assert_in_range(met, 4, 60);
  assert_true(again * 4 < met);
}

static void messages_bear_long_texts(void **state) {
  (void)state;
  char bytes[500];
  memset(bytes, 'x', sizeof bytes);
  const int lens[] = {0, 200, 200};
  const size_t given[] = {0, 200, 500};
  for (size_t i = 0; i < 3; i++) {
    struct text text = text_of(bytes, given[i]);
    const struct {
      int len;
      const char *ptr;
    } arg = {TEXT_ARG(text)};
    assert_int_equal(arg.len, lens[i]);
    assert_ptr_equal(arg.ptr, bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(relations_by_table),
      cmocka_unit_test(bytes_are_ascii_or_not),
      cmocka_unit_test(from_strings),
      cmocka_unit_test(hashes_spread),
      cmocka_unit_test(keyed_hashes_spread),
      cmocka_unit_test(keyed_hashes_hang_on_text_and_key),
      cmocka_unit_test(which_names_meet_hangs_on_the_key),
      cmocka_unit_test(messages_bear_long_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
