/* Tests that what is said of names which nothing defines is bounded, in number and in memory. */
#include <assay/assay.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"

/* Broken statements, an include that cannot be read, names of both, a slip, circles, a wildcard over what is broken. */
static const char everything[] =
    "include \"no_such_file.rule\"\n"
    "rule BROKEN_A { describe \"d\" score 1 when helo == }\n"
    "header BROKEN_B Helo =~ /x/\n"
    "let broken = helo and\n"
    "list names : name { \"a.example\" }\n"
    "score BROKEN_A 2\n"
    "score NOT_READ 2\n"
    "disable NOT_READ_EITHER\n"
    "let one = other and helo == 5\n"
    "let other = one\n"
    "rule USES {\n"
    "  describe \"d\" score 1\n"
    "  when 2 of (BROKEN_*, NOT_READ) and helo in nmes and helo in not_read and helo == mail.example.org and client.no\n"
    "       and USES and helo.raw.no and client.ip.nothing and Helo\n"
    "  test hit { BROKEN_B hit  client.ip \"x\" }\n"
    "}\n";

static assay_status compile(const char *text, const assay_alloc *alloc, assay_diags **diags) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset = NULL;
  options.alloc = alloc;
  options.lint = true;
  assay_status status = assay_ruleset_compile_text(&ruleset, "t.rule", text, strlen(text), &options, diags);
  assert_null(ruleset);
  return status;
}

static size_t count_code(const assay_diags *diags, const char *code) {
  size_t found = 0;
  assay_diag diag;
  for (size_t i = 0; assay_diags_at(diags, i, &diag) == ASSAY_OK; i++) found += strcmp(diag.code, code) == 0;
  return found;
}

/* Whichever allocation fails, the answer is one of two, and nothing is lost. */
static void memory_may_end_anywhere(void **state) {
  (void)state;
  assay_status status = ASSAY_NO_MEMORY;
  size_t refused = 0;
  for (size_t nth = 1; status == ASSAY_NO_MEMORY; nth++) {
    struct test_alloc t;
    assay_diags *diags = NULL;
    test_alloc_failing(&t, nth, true);
    status = compile(everything, &t.alloc, &diags);
    assert_true(status == ASSAY_NO_MEMORY || status == ASSAY_BAD_RULES);
    refused += status == ASSAY_NO_MEMORY;
    assay_diags_free(diags);
    assert_true(test_alloc_clean(&t));
  }
  assert_true(refused > 10);
}

/* Names that may stand in a file that was not read are one message, whatever their number; those of one that was read
 * are one each. */
static void a_missing_file_is_no_flood(void **state) {
  (void)state;
  enum { NAMES = 3000 };
  static char text[NAMES * 40 + 64];
  for (int missing = 0; missing < 2; missing++) {
    size_t len = 0;
    if (missing) len += (size_t)sprintf(text, "include \"no_such_file.rule\"\n");
    for (unsigned i = 0; i < NAMES; i++) len += (size_t)sprintf(text + len, "score NAME_%08X 1\n", i * 2654435761u);
    assay_diags *diags = NULL;
    assert_int_equal(compile(text, NULL, &diags), ASSAY_BAD_RULES);
    assert_int_equal(assay_diags_errors(diags), missing ? 2 : NAMES);
    assert_int_equal(count_code(diags, "E203"), missing ? 1 : 1000);
    assay_diags_free(diags);
  }
}

/* Warnings of an earlier pass do not displace the error that keeps the rules from being read. */
static void an_error_behind_many_warnings_is_shown(void **state) {
  (void)state;
  enum { ITEMS = 1500 };
  static char text[ITEMS * 20 + 128];
  size_t len = (size_t)sprintf(text, "let a = no_such_thing\nlist names : name { \"x\"");
  for (unsigned i = 0; i < ITEMS; i++) len += (size_t)sprintf(text + len, ", \"*.%u.example\"", i);
  sprintf(text + len, " }\n");
  assay_diags *diags = NULL;
  assay_diag first;
  assert_int_equal(compile(text, NULL, &diags), ASSAY_BAD_RULES);
  assert_int_equal(assay_diags_warnings(diags), ITEMS);
  assert_int_equal(assay_diags_at(diags, 0, &first), ASSAY_OK);
  assert_string_equal(first.code, "E203");
  assert_int_equal(assay_diags_count(diags), 1000);
  assay_diags_free(diags);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_may_end_anywhere),
      cmocka_unit_test(a_missing_file_is_no_flood),
      cmocka_unit_test(an_error_behind_many_warnings_is_shown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
