/* Tests the check of regular expressions: what is refused, what matches the empty string, which loops are
 * ambiguous, and that the run-time half takes whatever passes the check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "grammar/regex.h"
#include "run/pattern.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Where PCRE2 points is its own affair, and differs between its versions; what we refuse has one place. */
#define ANYWHERE SIZE_MAX

static struct regex_report check(const char *source, unsigned flags) {
  struct regex_report report;
  regex_check(&report, text_from(source), flags);
  return report;
}

static void errors_by_table(void **state) {
  (void)state;
  static const struct {
    const char *source;
    unsigned flags;
    size_t offset;
    const char *words;
  } rows[] = {
    {"(", 0, ANYWHERE, "parenthesis"},
    {"a)", 0, ANYWHERE, "parenthesis"},
    {"[a", 0, ANYWHERE, "terminating ]"},
    {"a**", 0, ANYWHERE, "quantifier"},
    {"*a", 0, ANYWHERE, "quantifier"},
    {"a{3,2}", 0, ANYWHERE, "out of order"},
    {"\\", 0, ANYWHERE, "\\ at end"},
    {"(?<=a+)b", 0, ANYWHERE, "lookbehind"},
    {"(?P<n>a)(?P<n>b)", 0, ANYWHERE, "same name"},
    {"\xff", REGEX_U, ANYWHERE, "UTF-8"},
    {"\\x{100}", 0, ANYWHERE, "too large"},
    {"a\\Cb", 0, ANYWHERE, "\\C may split"},
    {"a\\Cb", REGEX_U, ANYWHERE, "\\C may split"},
    {"(*UTF)a", 0, 0, "a verb that changes options"},
    {"(*UTF8)a", 0, 0, "a verb that changes options"},
    {"(*UCP)a", REGEX_U, 0, "a verb that changes options"},
    {"(*NO_JIT)a", 0, 0, "a verb that changes options"},
    {"(*LIMIT_MATCH=9)a", 0, 0, "a verb that changes options"},
    {"(*CRLF)a", 0, 0, "a verb that changes options"},
    {"(*NOSUCH)a", 0, 0, "a verb that changes options"},
    {"a(?C)b", 0, 1, "a callout"},
    {"a(?C7)b", 0, 1, "a callout"},
    {"(?:x(?C'a)b'))(?C1)", 0, 4, "a callout"},
    {"((((((((((((a{1,100}){1,100}){1,100}){1,100}){1,100}))))))))", 0, ANYWHERE, "too large"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct regex_report report = check(rows[i].source, rows[i].flags);
    if (report.ok || !strstr(report.message, rows[i].words) || strlen(report.message) >= REGEX_MESSAGE_MAX)
      fail_msg("/%s/: ok %d, \"%s\"", rows[i].source, report.ok, report.message);
    assert_true(report.error_offset <= strlen(rows[i].source));
    if (rows[i].offset != ANYWHERE && rows[i].offset != report.error_offset)
      fail_msg("/%s/: offset %zu, want %zu", rows[i].source, report.error_offset, rows[i].offset);
    assert_false(report.may_explode || report.matches_empty);
  }
}

static void what_only_looks_forbidden_is_taken(void **state) {
  (void)state;
  static const struct {
    const char *source;
    unsigned flags;
  } rows[] = {
    {"[(?C)]", 0}, {"\\Q(?C)\\E", 0}, {"\\(?C", 0}, {"a(?#(?C)b", 0}, {"a # (?C)", REGEX_X}, {"(*FAIL)|a", 0},
    {"(*F)|a", 0}, {"(*COMMIT)a", 0}, {"(*:mark)a", 0}, {"(*MARK:m)a", 0}, {"a(*SKIP)(*F)|b", 0},
    {"(*pla:a)a", 0}, {"(*atomic:a+)b", 0}, {"\\\\C", 0}, {"", 0}, {"[\\Q]\\E(?C)]", 0}, {"(?(?=a)a|b)", 0},
    {"(?<x>a)(?(<x>)b)", 0}, {"(a)(?1)\\1\\g{1}\\k'x'(?<x>b)", 0},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct regex_report report = check(rows[i].source, rows[i].flags);
    if (!report.ok) fail_msg("/%s/: \"%s\" at %zu", rows[i].source, report.message, report.error_offset);
    assert_string_equal(report.message, "");
  }
}

static void length_and_nesting_are_bounded(void **state) {
  (void)state;
  static char source[REGEX_SOURCE_MAX + 1];
  struct regex_report report;
  memset(source, 'a', sizeof source);
  regex_check(&report, text_of(source, REGEX_SOURCE_MAX), 0);
  assert_true(report.ok);
  regex_check(&report, text_of(source, REGEX_SOURCE_MAX + 1), 0);
  assert_false(report.ok);
  assert_int_equal(report.error_offset, REGEX_SOURCE_MAX);
  for (size_t depth = 200; depth <= 201; depth++) {
    memset(source, '(', depth);
    source[depth] = 'a';
    memset(source + depth + 1, ')', depth);
    regex_check(&report, text_of(source, 2 * depth + 1), 0);
    assert_int_equal(report.ok, depth == 200);
  }
  regex_check(&report, text_of(NULL, 0), 0);
  assert_true(report.ok && report.matches_empty);
}

static void empty_matches_by_table(void **state) {
  (void)state;
  static const struct {
    const char *source;
    unsigned flags;
    bool empty;
  } rows[] = {
    {"", 0, true}, {"a*", 0, true}, {"a", 0, false}, {"a|", 0, true}, {"^$", 0, true}, {"\\b", 0, false},
    {"\\B", 0, true}, {"(?=a)", 0, false}, {"(?!a)", 0, true}, {"[a]?", 0, true}, {"(?:a|b*)", 0, true},
    {"a+", 0, false}, {" # x", REGEX_X, true}, {" ", 0, false}, {"(?<=a)", 0, false}, {"\\Z", REGEX_U, true},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct regex_report report = check(rows[i].source, rows[i].flags);
    if (!report.ok || report.matches_empty != rows[i].empty)
      fail_msg("/%s/: %d", rows[i].source, report.matches_empty);
  }
}

struct loop_row {
  const char *source;
  unsigned flags;
  const char *loop; /* what may explode, "" for nothing */
};

static void expect_loops(const struct loop_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct regex_report report = check(rows[i].source, rows[i].flags);
    if (!report.ok) fail_msg("/%s/: \"%s\"", rows[i].source, report.message);
    struct text loop = text_of(rows[i].source + report.explode_begin, report.explode_end - report.explode_begin);
    if (report.may_explode != (rows[i].loop[0] != '\0') || !text_is(loop, rows[i].loop))
      fail_msg("/%s/: got \"%.*s\", want \"%s\"", rows[i].source, (int)loop.len, loop.ptr, rows[i].loop);
  }
}

static void dangerous_loops_by_table(void **state) {
  (void)state;
  static const struct loop_row rows[] = {
    {"(a+)+", 0, "(a+)+"},
    {"(a+)+$", 0, "(a+)+"},
    {"^(a*)*$", 0, "(a*)*"},
    {"^(?:a|a)*$", 0, "(?:a|a)*"},
    {"^(?:a|aa)+$", 0, "(?:a|aa)+"},
    {"^(?:a|ab|b)*$", 0, "(?:a|ab|b)*"},
    {"([a-z]+\\d*)+x", 0, "([a-z]+\\d*)+"},
    {"(\\w*x?)*!", 0, "(\\w*x?)*"},
    {"(?:\\w+\\s*)*!", 0, "(?:\\w+\\s*)*"},
    {"(?:\\s*\\w+)*!", 0, "(?:\\s*\\w+)*"},
    {"(?:a?b?)*!", 0, "(?:a?b?)*"},
    {"(?:\\d{1,3}\\.?)*x", 0, "(?:\\d{1,3}\\.?)*"},
    {"(?:\\d{1,3})+x", 0, "(?:\\d{1,3})+"},
    {"(?:a{2}|a{3})+x", 0, "(?:a{2}|a{3})+"},
    {"(?:(?:ab+){1,3}b)*x", 0, "(?:(?:ab+){1,3}b)*"},
    {"((?:a+){1,3}b)+x", 0, "((?:a+){1,3}b)+"},
    {"(?:(?:a+){2}b)+x", 0, "(?:(?:a+){2}b)+"},
    {"(?:a+){2,}x", 0, "(?:a+){2,}"},
    {"(?:a+)*?x", 0, "(?:a+)*?"},
    {"x(?:(?:b(a+)+)c)*", 0, "(a+)+"},
    {"(?:a|A)*x", 0, ""},
    {"(?:a|A)*x", REGEX_I, "(?:a|A)*"},
    {"(?i)(?:a|A)*x", 0, "(?:a|A)*"},
    {"(?i:(?:a|A)*x)(?:b|B)*", 0, "(?:a|A)*"},
    {"(?:(?i)a|b|B)*x", 0, "(?:(?i)a|b|B)*"},
    {"(?:(?i:a)|b|B)*x", 0, ""},
    {"( a + ) + x", REGEX_X, "( a + ) +"},
    {"(?x) ( a + # (\n ) + x", 0, "( a + # (\n ) +"},
    {"( a + ) + x", 0, ""},
    {"(?:.|\\n)*x", 0, ""},
    {"(?:.|\\n)*x", REGEX_S, "(?:.|\\n)*"},
    {"(?:[^a]|b)*a!", 0, "(?:[^a]|b)*"},
    {"(?:[\\w-]+|[[:alpha:]])*!", 0, "(?:[\\w-]+|[[:alpha:]])*"},
    {"(?:\\x41|[@-B])*!", 0, "(?:\\x41|[@-B])*"},
    {"(?:\\x{41}|\\101|\\Q#\\E)*!", 0, ""},
    {"(?:\\x{41}|\\0101|\\o{101})*!", 0, "(?:\\x{41}|\\0101|\\o{101})*"},
    {"(?:\\cA|\\x01)*!", 0, "(?:\\cA|\\x01)*"},
    {"(?:\\t|\\s)*!", 0, "(?:\\t|\\s)*"},
    {"(?:\\Qa+\\E)+x", 0, ""},
    {"(?:\\Qab\\E+b)+x", 0, ""},
    {"(?:\\Qab\\E+)+x", 0, ""},
    {"(?:\\Qb\\E+)+x", 0, "(?:\\Qb\\E+)+"},
    {"(?<n>a+)+x", 0, "(?<n>a+)+"},
    {"(?'n'a+)+x", 0, "(?'n'a+)+"},
    {"(?P<n>a+)+x", 0, "(?P<n>a+)+"},
    {"(?|(a+)|b)+x", 0, "(?|(a+)|b)+"},
    {"(?=(a+)+b)a", 0, "(a+)+"},
    {"(?>(a+)+b)a", 0, "(a+)+"},
    {"(?:\xc3\xa9|\xc3\xa9)*x", REGEX_U, "(?:\xc3\xa9|\xc3\xa9)*"},
    {"(?:\xc3\xa9|\xc3\xa8)*x", REGEX_U, ""},
    {"(?:\xc3\xa9+)*x", REGEX_U, "(?:\xc3\xa9+)*"},
    {"(?:\xc3\xa9+)*x", 0, ""},
    {"(?:\\xe9|\\w)*!", REGEX_U, "(?:\\xe9|\\w)*"},
    {"(?:\\xe9|\\w)*!", 0, ""},
  };
  expect_loops(rows, COUNT(rows));
}

static void harmless_loops_by_table(void **state) {
  (void)state;
  static const struct loop_row rows[] = {
    {"a+b+", 0, ""},
    {"\\S*\\d+\\S*\\.\\S+", 0, ""},
    {"(\\.[a-z]+)+", 0, ""},
    {"(?:-\\d+)*$", 0, ""},
    {"(?:a|ab)*$", 0, ""},
    {"(?:a|ab)*?$", 0, ""},
    {"(?:ab?)*c", 0, ""},
    {"(?:\\w+\\s)*x", 0, ""},
    {"(?:\\w+\\.)+\\w+$", 0, ""},
    {"^(?:[a-z0-9]+(?:-[a-z0-9]+)*\\.)+[a-z]+$", 0, ""},
    {"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", REGEX_I, ""},
    {"^(?:\\d{1,3}\\.){3}\\d{1,3}$", 0, ""},
    {"(?:\\d{1,3}[.-])+x", 0, ""},
    {"(?:\\d{3})+$", 0, ""},
    {"(?:[0-9a-f]{2}[:-]){5,}[0-9a-f]{2}", 0, ""},
    {"(?:\\d{2}:|\\d{4}-)*x", 0, ""},
    {"(?:a+){3}b", 0, ""},
    {"(?:a+){1,3}b", 0, ""},
    {"(?:a+)?b", 0, ""},
    {"(?:a?)+b", 0, ""},
    {"(?:(?:a?)?)*b", 0, ""},
    {"(?:|a)+b", 0, ""},
    {"(?:(?!foo).)*foo", 0, ""},
    {"\"(?:[^\"\\\\]|\\\\.)*\"", 0, ""},
    {"(?>a+)+b", 0, ""},
    {"(?:a++)+b", 0, ""},
    {"(?:a*+b?)*c", 0, ""},
    {"(?:a+)++b", 0, ""},
    {"(?>(?:a+)+)b", 0, ""},
    {"(?:(?:a+)+)++b", 0, ""},
    {"(*atomic:(?:a+)+)b", 0, ""},
    {"(?=(?:a+)+)b", 0, ""},
    {"(?:(?=\\d+)x)*y", 0, ""},
    {"(?:x(?(1)a|a)|(y))*z", 0, ""},
    {"(\\w)(?:\\1x)*y", 0, ""},
    {"(a+){0}b", 0, ""},
    {"[(a+)+]", 0, ""},
    {"\\(a+\\)+", 0, ""},
    {"[]a+)+(]+(?:b[^]]+)*", 0, "(?:b[^]]+)*"},
    {"a{,3}(?:b{x}c)*", 0, ""},
    {"(?#(a+)b", 0, ""}, {"(?:a(?#+)+x)+b", 0, ""},
    {"(?:mail|smtp|mx)\\d*[.-]", REGEX_I, ""},
  };
  expect_loops(rows, COUNT(rows));
}

/* The kinds of pattern that rules about reverse and HELO names are made of. */
static void name_patterns_raise_no_alarm(void **state) {
  (void)state;
  static const struct loop_row rows[] = {
    {"^\\S*\\d+[^\\d\\s]+\\d+[^\\d\\s]+\\d+\\S*\\.\\S+\\.\\S+$", REGEX_I, ""},
    {"^(?!\\S*[-.](?:static|fixed)[-.])\\S*(?:dsl|cable|dhcp|ppp)\\S*\\d+\\D\\d", REGEX_I, ""},
    {"[-.](?:dial|modem|\\S?dsl|wireless)[-.]", REGEX_I, ""},
    {"^[a-z]{1,3}\\d{1,3}(?:[-.]\\d{1,3}){3}\\.", REGEX_I, ""},
    {"^(?:host|ip|p)?[-.]?(?:\\d{1,3}[-._x]){3}\\d{1,3}", REGEX_I, ""},
    {"^0x[0-9a-f]{8}\\.", 0, ""},
    {"(?:^|[.-])dyn(?:amic)?(?:[.-]|\\d)", 0, ""},
    {"^h\\d+n\\d+(?:fls|c)\\d*\\.\\w+\\.test$", 0, ""},
    {"^[^.]+(?:\\.[^.]+)*\\.(?:local|lan|home|internal)$", REGEX_I, ""},
    {"^(?:[a-z0-9-]+\\.)*example\\.(?:com|net)$", REGEX_I, ""},
    {"^\\[?\\d+(?:\\.\\d+){3}\\]?$", 0, ""},
    {"^(?:mx|mail|smtp)(?:-?\\d+)?(?:[.-](?:in|out)(?:bound)?)*\\.", REGEX_I, ""},
    {"^(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\\.)+[a-z]+$", REGEX_I, ""},
    {"(?:[-_.]?\\d+)+\\.pool\\.", 0, "(?:[-_.]?\\d+)+"},
  };
  expect_loops(rows, COUNT(rows));
}

/* A group too large to search, many small ones in a row, and deep nesting, must all only take time. */
static void size_is_survived(void **state) {
  (void)state;
  static char source[REGEX_SOURCE_MAX];
  struct regex_report report;
  size_t len = 0;
  source[len++] = '(';
  for (; len < 3000; len++) source[len] = (char)('a' + len % 26);
  memcpy(source + len, "(a+)+)*", 7);
  regex_check(&report, text_of(source, len + 7), 0);
  assert_true(report.ok);
  assert_false(report.may_explode);

  for (len = 0; len + 20 < sizeof source; len += 5) memcpy(source + len, "(ab)*", 5);
  memcpy(source + len, "(a+)+", 5);
  regex_check(&report, text_of(source, len + 5), 0);
  assert_true(report.ok && report.may_explode);
  assert_int_equal(report.explode_begin, len);

  for (size_t i = 0; i < 190; i++) source[i] = '(';
  for (size_t i = 0; i < 190; i++) memcpy(source + 191 + 3 * i, "b)*", 3);
  source[190] = 'a';
  regex_check(&report, text_of(source, 191 + 3 * 190), 0);
  assert_true(report.ok);

  len = 0;
  memcpy(source, "(?:", 3);
  for (len = 3; len < 3 + 126 * 4; len += 4) memcpy(source + len, "\\w?x", 4);
  memcpy(source + len, ")*!", 3);
  regex_check(&report, text_of(source, len + 3), 0);
  assert_true(report.ok);
}

static void flags_are_those_of_the_engine(void **state) {
  (void)state;
  assert_int_equal(REGEX_I, PATTERN_I);
  assert_int_equal(REGEX_M, PATTERN_M);
  assert_int_equal(REGEX_S, PATTERN_S);
  assert_int_equal(REGEX_X, PATTERN_X);
  assert_int_equal(REGEX_U, PATTERN_U);
  assert_int_equal(REGEX_SOURCE_MAX, PATTERN_SOURCE_MAX);
}

/* Whatever the check takes compiles at run time, under the same flags: a refused source answers PATTERN_LIMIT to
 * any subject, and what the check says of the empty string is what the engine answers. */
static void the_engine_takes_what_is_taken(void **state) {
  (void)state;
  static const char *const sources[] = {
    "", "a", "(", "a\\Cb", "(?i)a", "\\p{Lu}", "\\x{100}", "\\x{ff}", "\xc3\xa9", "\xff", "[\\w-]+", "a{65535}",
    "a{65536}", "(?<=ab)", "(?<=a|bc)d", "(?<=a*)", "\\R\\X", "\\N{U+41}", "(?R)?a", "(a)\\2", "\\g{9}",
    "(?(R)a|b)", "[[:foo:]]", "[z-a]", "(*FAIL)", "(*ACCEPT)", "\\Qa", "a#\n", "(?x) a # b", "$^", "\\K",
    "(?=a\\K)", "(?1)(a)", "x*+", "(?>a)", "\\", "]", "}", "{1}", "a{1}{2}",
  };
  size_t taken = 0, refused = 0;
  struct pattern_scratch *scratch = NULL;
  assert_int_equal(pattern_scratch_new(&scratch, &mem_default), ASSAY_OK);
  for (size_t i = 0; i < COUNT(sources); i++)
    for (unsigned flags = 0; flags < 32; flags++) {
      struct regex_report report = check(sources[i], flags);
      struct pattern *pattern = NULL;
      assert_int_equal(pattern_new(&pattern, text_from(sources[i]), flags, &mem_default), ASSAY_OK);
      enum pattern_answer answer = pattern_match(pattern, TEXT(""), scratch);
      enum pattern_answer want = !report.ok ? PATTERN_LIMIT : report.matches_empty ? PATTERN_YES : PATTERN_NO;
      if (answer != want) fail_msg("/%s/ flags %u: %d, want %d", sources[i], flags, answer, want);
      *(report.ok ? &taken : &refused) += 1;
      pattern_free(pattern);
    }
  pattern_scratch_free(scratch);
  assert_true(taken > 300 && refused > 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(errors_by_table),
    cmocka_unit_test(what_only_looks_forbidden_is_taken),
    cmocka_unit_test(length_and_nesting_are_bounded),
    cmocka_unit_test(empty_matches_by_table),
    cmocka_unit_test(dangerous_loops_by_table),
    cmocka_unit_test(harmless_loops_by_table),
    cmocka_unit_test(name_patterns_raise_no_alarm),
    cmocka_unit_test(size_is_survived),
    cmocka_unit_test(flags_are_those_of_the_engine),
    cmocka_unit_test(the_engine_takes_what_is_taken),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
