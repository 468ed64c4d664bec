/* Tests the warnings about patterns: where a pattern may stand, that each is told once, and which part is marked. */
#include "compile_text.h"

#include <stdio.h>

static const struct memory_file files[] = {
    {"patterns", "^ok$\n\nx*\n/(a+)+$/i # why\n", NULL, ASSAY_OK},
};

static void expect_rows(const struct said_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    subject_open(&s);
    subject_files(&s, files, COUNT(files));
    assert_true(subject_run(&s, rows[i].text, PASS_REGEXES));
    if (strcmp(subject_said(&s), rows[i].said) != 0) fail_msg("%s: %s", rows[i].text, subject_said(&s));
    subject_close(&s);
  }
}

#define RULE(condition) "rule R { describe \"d\" score 1 when\n" condition " }"

static void patterns_everywhere(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {RULE("helo =~ /^dyn/"), ""},
      {RULE("helo =~ /x*/"), "W310@2:9"},
      {RULE("not (tls.verified or helo !~ /x*/)"), "W310@2:30"},
      {RULE("2 of (helo, helo =~ /x*/, helo)"), "W310@2:21"},
      {RULE("helo in { /x*/, \"a\", /y?/ }"), "W310@2:11 W310@2:22"},
      {"let l = helo =~ /x*/", "W310@1:17"},
      {"exempt E { describe \"d\" when helo =~ /x*/ }", "W310@1:38"},
      {"list l : regex { /x*/, /ok/ }", "W310@1:18"},
      {"list l : regex from \"patterns\"", "W310@patterns:3:1 W309@patterns:4:2"},
      {"list l : regex { /x*/ }\n" RULE("helo in l and helo in l"), "W310@1:18"},
      {"list l : regex { /x*/ }\nlist l -= { /x*/ }", ""}, /* taken away again */
      {RULE("helo =~ /^$/"), "W310@2:9"},
      {RULE("helo =~ //"), "W310@2:9"},
  };
  expect_rows(rows, COUNT(rows));
}

static void the_loop_is_marked(void **state) {
  (void)state;
  static const struct {
    const char *regex, *marked; /* NULL: nothing is said */
  } rows[] = {
      {"/^(a+)+$/", "(a+)+"}, {"/x(?:a|a)*y$/i", "(?:a|a)*"}, {"m{/(a+)+$}", "(a+)+"}, {"/^a+b+$/", NULL},
      {"/^(a+b)+$/", NULL},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    char text[128];
    snprintf(text, sizeof text, RULE("helo =~ %s"), rows[i].regex);
    subject_open(&s);
    assert_true(subject_run(&s, text, PASS_REGEXES));
    assert_int_equal(s.diags.list.count, rows[i].marked != NULL);
    if (rows[i].marked) {
      const struct place *place = &s.diags.list.at[0].first.place;
      assert_string_equal(s.diags.list.at[0].code->code, "W309");
      struct text marked = text_of(place->line_text.ptr + place->column - 1, place->end_column - place->column);
      if (!text_is(marked, rows[i].marked)) fail_msg("%s: %.*s", rows[i].regex, TEXT_ARG(marked));
    }
    subject_close(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(patterns_everywhere), cmocka_unit_test(the_loop_is_marked)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
