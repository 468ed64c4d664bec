/* Holds engine/facts/host_idn.c to RFC 5890 and UTS 46, label by label: what becomes an A-label, what stays as it is,
 * what is no label. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts/host_idn.h"
#include "support/alloc.h"

#define T(literal) {"" literal, sizeof(literal) - 1} /* TEXT is no constant where C11 wants one */

/* Characters as strings of their own, because a hexadecimal escape would eat the letters behind it. */
#define UE "\xc3\xbc"
#define UE_CAPITAL "\xc3\x9c"
#define SHARP_S "\xc3\x9f"
#define DIAERESIS "\xcc\x88"
#define CYRILLIC "\xd1\x80\xd1\x84" /* рф */
#define SIGMA_FINAL "\xcf\x82"
#define HEBREW "\xd7\x90"
#define FULLWIDTH_A "\xef\xbd\x81"
#define FULLWIDTH_DOT "\xef\xbc\x8e"
#define IDEOGRAPHIC_DOT "\xe3\x80\x82"
#define JOINER "\xe2\x80\x8d"
#define SOFT_HYPHEN "\xc2\xad"
#define EMOJI "\xf0\x9f\x98\x80"
#define SURROGATE "\xed\xa0\x80"
#define A10 "aaaaaaaaaa"
#define A50 A10 A10 A10 A10 A10

static const struct {
  struct text name, folded;
  bool invalid;
} rows[] = {
    /* U-labels, in whatever case and normal form */
    {T("m" UE "nchen.example"), T("xn--mnchen-3ya.example"), false},
    {T("M" UE_CAPITAL "NCHEN.Example"), T("xn--mnchen-3ya.example"), false},
    {T("mu" DIAERESIS "nchen.example"), T("xn--mnchen-3ya.example"), false},
    {T(UE), T("xn--tda"), false},
    {T("mx." CYRILLIC), T("mx.xn--p1ai"), false},
    {T("stra" SHARP_S "e.de"), T("xn--strae-oqa.de"), false}, /* not transitional: no ss */
    {T("a" SIGMA_FINAL ".gr"), T("xn--a-ymb.gr"), false},
    /* each label by itself; the others keep all but their case */
    {T("A_B." UE ".-X-"), T("a_b.xn--tda.-x-"), false},
    {T("XN--MNCHEN-3YA." UE), T("xn--mnchen-3ya.xn--tda"), false},
    {T("xn--zzzzzz99." UE), T("xn--zzzzzz99.xn--tda"), false}, /* bad Punycode is still letters */
    {T("xn--." UE), T("xn--.xn--tda"), false},
    {T(UE "." UE "."), T("xn--tda.xn--tda."), false},
    {T("." UE ".."), T(".xn--tda.."), false},
    {T("a\0b." UE), T("a\0b.xn--tda"), false},
    /* no U-labels */
    {T("\xff"), T("\xff"), true},
    {T("\xc3"), T("\xc3"), true},
    {T("\xc0\xae.example"), T("\xc0\xae.example"), true}, /* an overlong dot */
    {T(SURROGATE), T(SURROGATE), true},
    {T("A\xff.B"), T("a\xff.b"), true},
    {T(UE ".\xff." UE), T("xn--tda.\xff.xn--tda"), true},
    {T("xn--" UE), T("xn--" UE), true},
    {T("ab--" UE), T("ab--" UE), true}, /* hyphens in places 3 and 4 */
    {T("-" UE), T("-" UE), true},
    {T(UE "-"), T(UE "-"), true},
    {T("a_" UE), T("a_" UE), true},
    {T("a " UE), T("a " UE), true},
    {T("a\0" UE), T("a\0" UE), true},
    {T(DIAERESIS "a"), T(DIAERESIS "a"), true}, /* begins with a combining mark */
    {T("a" HEBREW), T("a" HEBREW), true},       /* mixed directions */
    {T("a" JOINER "b"), T("a" JOINER "b"), true},
    {T(EMOJI), T(EMOJI), true},
    /* what would be mapped to plain ASCII, or to a dot, is none either */
    {T(FULLWIDTH_A), T(FULLWIDTH_A), true},
    {T("a" SOFT_HYPHEN "b"), T("a" SOFT_HYPHEN "b"), true},
    {T(UE FULLWIDTH_DOT UE), T(UE FULLWIDTH_DOT UE), true},
    {T(UE IDEOGRAPHIC_DOT "com"), T(UE IDEOGRAPHIC_DOT "com"), true},
    /* an A-label has at most 63 bytes: 50 letters and one u umlaut have 58, five more letters are the most */
    {T(A50 "aaaaa" UE), T("xn--" A50 "aaaaa-8yf"), false},
    {T(A50 "aaaaaa" UE), T(A50 "aaaaaa" UE), true},
};

static void labels_by_table(void **state) {
  (void)state;
  struct arena arena;
  size_t wrong = 0;
  arena_init(&arena, &mem_default, SIZE_MAX);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text folded;
    bool invalid;
    assert_true(host_idn_fold(&folded, &invalid, rows[i].name, &arena));
    if (text_eq(folded, rows[i].folded) && invalid == rows[i].invalid) continue;
    print_error("row %zu: %.*s%s\n", i, (int)folded.len, folded.ptr, invalid ? ", invalid" : "");
    wrong++;
  }
  assert_int_equal(wrong, 0);
  arena_free(&arena);
}

/* A compared form is its own compared form. */
static void folding_again_changes_nothing(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, &mem_default, SIZE_MAX);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text again;
    bool invalid;
    assert_true(host_idn_fold(&again, &invalid, rows[i].folded, &arena));
    assert_true(text_eq(again, rows[i].folded));
    assert_int_equal(invalid, rows[i].invalid);
  }
  arena_free(&arena);
}

/* What is longer than any domain name can be is not looked at label by label, whatever its labels are; the dot at the
 * end is no part of that. */
static void long_names_are_left_alone(void **state) {
  (void)state;
  enum { MOST = 4 * 253 };
  static char name[MOST + 8];
  static const struct {
    size_t len;
    bool dot, converted;
  } lengths[] = {{MOST, false, true}, {MOST, true, true}, {MOST + 1, false, false}, {MOST + 1, true, false}};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    struct arena arena;
    struct text folded;
    bool invalid;
    size_t len = lengths[i].len;
    arena_init(&arena, &mem_default, SIZE_MAX);
    for (size_t at = 0; at < len; at++) name[at] = at % 4 == 3 ? '.' : 'A';
    memcpy(name, UE ".", 3);
    name[len - 1] = 'Z';
    if (lengths[i].dot) name[len++] = '.';
    assert_true(host_idn_fold(&folded, &invalid, text_of(name, len), &arena));
    assert_int_equal(text_starts(folded, TEXT("xn--tda.")), lengths[i].converted);
    assert_int_equal(invalid, !lengths[i].converted);
    assert_int_equal(folded.len, len + (lengths[i].converted ? 5 : 0));
    assert_int_equal(folded.ptr[folded.len - 1 - lengths[i].dot], 'z');
    arena_free(&arena);
  }
}

static void memory_out_is_told(void **state) {
  (void)state;
  struct test_alloc t;
  struct arena arena;
  struct text folded = TEXT("before");
  bool invalid = true;
  test_alloc_failing(&t, 1, true);
  arena_init(&arena, &t.alloc, SIZE_MAX);
  assert_false(host_idn_fold(&folded, &invalid, TEXT(UE), &arena));
  assert_int_equal(folded.len, 0);
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(labels_by_table),
      cmocka_unit_test(folding_again_changes_nothing),
      cmocka_unit_test(long_names_are_left_alone),
      cmocka_unit_test(memory_out_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
