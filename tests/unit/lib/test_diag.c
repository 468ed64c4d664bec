/* Tests the list of diagnostics: what one holds, how it is drawn, what is left of it when memory or contract fail. */
#include "unit/lib/api.h"

#define RULE "rule R { describe \"r\" score 1 when helo == \"x\" }\n"

/* Compiles what must have diagnostics. lint: the warnings about style too. */
static assay_diags *diags_of(const char *text, bool lint, assay_status expected) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset;
  assay_diags *diags;
  options.lint = lint;
  assert_int_equal(assay_ruleset_compile_text(&ruleset, "t.rule", text, strlen(text), &options, &diags), expected);
  assay_ruleset_unref(ruleset);
  assert_non_null(diags);
  return diags;
}

/* --- what one holds --- */

static const struct {
  const char *text;
  bool lint;
  assay_status status;
  size_t errors, warnings;
  assay_diag first; /* place.file: "t.rule" in all */
} rows[] = {
    {"rule R { describe \"r\" score 1 when help == \"x\" }\n", false, ASSAY_BAD_RULES, 1, 0,
     {ASSAY_ERROR, "E203", "nothing is called `help`", "did you mean `helo`?", {"t.rule", 1, 36, 1, 40, NULL},
      {"", 0, 0, 0, 0, NULL}}},
    {RULE RULE, false, ASSAY_BAD_RULES, 1, 0,
     {ASSAY_ERROR, "E201", "`R` is defined twice",
      "to change its score, write `score A_RULE 1.5`; for one of your own, disable it and choose another name",
      {"t.rule", 2, 6, 2, 7, NULL},
      {"t.rule", 1, 6, 1, 7, "first defined here"}}},
    {"action tag at 1\nrule", false, ASSAY_BAD_RULES, 1, 0,
     {ASSAY_ERROR, "E101", "unexpected end of file; expected rule name", "the statement is `rule A_NAME { … }`",
      {"t.rule", 2, 5, 2, 5, NULL},
      {"", 0, 0, 0, 0, NULL}}},
    {"include \"/nowhere/*.rule\"\n", false, ASSAY_OK, 0, 1,
     {ASSAY_WARNING, "W301", "no file matches `/nowhere/*.rule`", NULL, {"t.rule", 1, 9, 1, 26, NULL},
      {"", 0, 0, 0, 0, NULL}}},
    {RULE, true, ASSAY_OK, 0, 1,
     {ASSAY_WARNING, "W304", "`R` has no tests", "add `test hit { … }` and `test miss { … }`",
      {"t.rule", 1, 1, 1, 7, NULL}, {"", 0, 0, 0, 0, NULL}}},
};

static void same_place(const assay_place *got, const assay_place *expected) {
  api_same(got->file, expected->file);
  assert_int_equal(got->line, expected->line);
  assert_int_equal(got->column, expected->column);
  assert_int_equal(got->end_line, expected->end_line);
  assert_int_equal(got->end_column, expected->end_column);
  api_same(got->label, expected->label);
}

static void each_says_what_and_where(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_diags *diags = diags_of(rows[i].text, rows[i].lint, rows[i].status);
    assay_diag got;
    assert_int_equal(assay_diags_errors(diags), rows[i].errors);
    assert_int_equal(assay_diags_warnings(diags), rows[i].warnings);
    assert_int_equal(assay_diags_count(diags), rows[i].errors + rows[i].warnings);
    assert_int_equal(assay_diags_at(diags, 0, &got), ASSAY_OK);
    assert_int_equal(got.severity, rows[i].first.severity);
    api_same(got.code, rows[i].first.code);
    api_same(got.message, rows[i].first.message);
    api_same(got.help, rows[i].first.help);
    same_place(&got.place, &rows[i].first.place);
    same_place(&got.second, &rows[i].first.second);
    assay_diags_free(diags);
  }
}

static void rules_without_fault_have_an_empty_list(void **state) {
  (void)state;
  assay_diags *diags = diags_of(RULE, false, ASSAY_OK);
  assay_diag got;
  assert_int_equal(assay_diags_count(diags), 0);
  assert_int_equal(assay_diags_at(diags, 0, &got), ASSAY_BAD_ARGUMENT);
  assay_diags_free(diags);
}

/* The list keeps what it points into, whatever becomes of the text, its name and the rule set. */
static void the_list_stands_by_itself(void **state) {
  (void)state;
  char text[sizeof RULE RULE] = RULE RULE, name[] = "own.rule";
  assay_ruleset *ruleset;
  assay_diags *diags;
  assay_diag got;
  static struct api_sink sink;
  sink.len = 0;
  assert_int_equal(assay_ruleset_compile_text(&ruleset, name, text, strlen(text), NULL, &diags), ASSAY_BAD_RULES);
  memset(text, '?', sizeof text);
  memset(name, '?', sizeof name - 1);
  assert_int_equal(assay_diags_at(diags, 0, &got), ASSAY_OK);
  assert_string_equal(got.place.file, "own.rule");
  assert_int_equal(assay_diags_render(diags, 0, false, api_write, &sink), ASSAY_OK);
  assert_non_null(strstr(sink.text, RULE));
  assay_diags_free(diags);
}

/* More than a thousand are counted, not kept. */
static void the_first_thousand_are_kept(void **state) {
  (void)state;
  enum { MANY = 1500 };
  static const char line[] = "score NOBODY 1\n";
  char *text = malloc(MANY * strlen(line) + 1);
  assay_diag got;
  assert_non_null(text);
  for (size_t i = 0; i < MANY; i++) strcpy(text + i * strlen(line), line);
  assay_diags *diags = diags_of(text, false, ASSAY_BAD_RULES);
  assert_int_equal(assay_diags_errors(diags), MANY);
  assert_int_equal(assay_diags_count(diags), 1000);
  assert_int_equal(assay_diags_at(diags, 999, &got), ASSAY_OK);
  assert_int_equal(got.place.line, 1000);
  assert_int_equal(assay_diags_at(diags, 1000, &got), ASSAY_BAD_ARGUMENT);
  assay_diags_free(diags);
  free(text);
}

/* --- how it is drawn --- */

static void a_drawing_has_the_line_and_its_caret(void **state) {
  (void)state;
  static struct api_sink plain, coloured;
  static const char expected[] = "t.rule:1:36: error[E203]: nothing is called `help`\n"
                                 "    1 | rule R { describe \"r\" score 1 when help == \"x\" }\n"
                                 "      |                                    ^^^^\n"
                                 "      = help: did you mean `helo`?\n";
  assay_diags *diags = diags_of(rows[0].text, false, ASSAY_BAD_RULES);
  assert_int_equal(assay_diags_render(diags, 0, false, api_write, &plain), ASSAY_OK);
  assert_string_equal(plain.text, expected);
  assert_int_equal(assay_diags_render(diags, 0, true, api_write, &coloured), ASSAY_OK);
  assert_null(strchr(plain.text, '\x1b'));
  assert_non_null(strchr(coloured.text, '\x1b'));
  assay_diags_free(diags);
}

/* --- the table of codes --- */

static void each_code_stands_once(void **state) {
  (void)state;
  size_t count = assay_diag_code_count();
  assert_true(count > 20);
  for (size_t i = 0; i < count; i++) {
    const assay_diag_code *code = assay_diag_code_at(i);
    assert_non_null(code);
    assert_ptr_equal(code, assay_diag_code_at(i));
    assert_int_equal(strlen(code->code), 4);
    assert_int_equal(code->code[0], code->severity == ASSAY_ERROR ? 'E' : 'W');
    assert_true(*code->name && *code->doc);
    for (size_t k = 0; k < i; k++) assert_string_not_equal(code->code, assay_diag_code_at(k)->code);
  }
  assert_null(assay_diag_code_at(count));
  assert_null(assay_diag_code_at(SIZE_MAX));
}

/* --- contract and memory --- */

static void what_breaks_the_contract_is_refused(void **state) {
  (void)state;
  assay_diags *diags = diags_of(RULE RULE, false, ASSAY_BAD_RULES);
  static struct api_sink sink;
  assay_diag got = {.code = "as before"};
  const struct {
    const assay_diags *diags;
    size_t index;
    assay_diag *out;
    assay_write_fn write;
  } calls[] = {
      {NULL, 0, &got, api_write},
      {diags, 0, NULL, NULL},
      {diags, 1, &got, api_write},
      {diags, SIZE_MAX, &got, api_write},
  };
  sink.calls = 0;
  for (size_t i = 0; i < COUNT(calls); i++) {
    assert_int_equal(assay_diags_at(calls[i].diags, calls[i].index, calls[i].out), ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_diags_render(calls[i].diags, calls[i].index, false, calls[i].write, &sink),
                     ASSAY_BAD_ARGUMENT);
  }
  assert_string_equal(got.code, "as before");
  assert_int_equal(sink.calls, 0);
  assert_int_equal(assay_diags_count(NULL), 0);
  assert_int_equal(assay_diags_errors(NULL), 0);
  assert_int_equal(assay_diags_warnings(NULL), 0);
  assay_diags_free(NULL);
  assay_diags_free(diags);
}

/* The list is there or not; where it is, it can be read to its end. */
static assay_status draw_all(struct test_alloc *alloc) {
  static struct api_sink sink;
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset;
  assay_diags *diags;
  assay_diag got;
  options.alloc = &alloc->alloc;
  static const char text[] = RULE RULE;
  assay_status status = assay_ruleset_compile_text(&ruleset, "t.rule", text, sizeof text - 1, &options, &diags);
  assert_null(ruleset);
  assert_true(diags || status == ASSAY_NO_MEMORY);
  sink.len = sink.calls = 0;
  for (size_t i = 0; status != ASSAY_NO_MEMORY && assay_diags_at(diags, i, &got) == ASSAY_OK; i++)
    status = assay_diags_render(diags, i, false, api_write, &sink);
  assert_int_equal(sink.calls > 0, status == ASSAY_OK);
  assay_diags_free(diags);
  return status;
}

static void without_memory_nothing_is_drawn(void **state) {
  (void)state;
  api_starve(draw_all, 5, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_says_what_and_where),
      cmocka_unit_test(rules_without_fault_have_an_empty_list),
      cmocka_unit_test(the_list_stands_by_itself),
      cmocka_unit_test(the_first_thousand_are_kept),
      cmocka_unit_test(a_drawing_has_the_line_and_its_caret),
      cmocka_unit_test(each_code_stands_once),
      cmocka_unit_test(what_breaks_the_contract_is_refused),
      cmocka_unit_test(without_memory_nothing_is_drawn),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
