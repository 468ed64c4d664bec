/* Tests the table of codes: every row complete and in order, no code or name twice, severity told by the first
 * letter. */
#include "compile_text.h"

#include "base/text.h"
#include "grammar/codes.h"

static void rows_are_complete_and_in_order(void **state) {
  (void)state;
  assert_true(CODE_COUNT > 30);
  for (unsigned i = 0; i < CODE_COUNT; i++) {
    const struct diag_code *code = code_info(i);
    assert_true(strlen(code->code) == 4 && strspn(code->code + 1, "0123456789") == 3);
    assert_int_equal(code->severity, code->code[0] == 'E' ? DIAG_ERROR : DIAG_WARNING);
    assert_true(code->code[0] == 'E' || code->code[0] == 'W');
    assert_true(code->name[0] && strspn(code->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(code->name));
    assert_true(strlen(code->doc) > 20 && code->doc[strlen(code->doc) - 1] == '.');
    if (i > 0) assert_true(strcmp(code_info(i - 1)->code, code->code) < 0);
    for (unsigned k = 0; k < i; k++) assert_string_not_equal(code_info(k)->name, code->name);
  }
}

/* Codes are stable: a host may have written one down. */
static void codes_keep_their_numbers(void **state) {
  (void)state;
  static const struct {
    enum code id;
    const char *code;
  } rows[] = {
      {CODE_SYNTAX, "E101"},    {CODE_CYCLE, "E111"},    {CODE_DUPLICATE, "E201"}, {CODE_UNKNOWN_NAME, "E203"},
      {CODE_TYPE, "E206"},      {CODE_PROGRAM, "E217"},  {CODE_NO_MATCH, "W301"},  {CODE_UNGUARDED, "W303"},
      {CODE_GROUP_NAME, "W311"}, {CODE_UNKNOWN_SETTING, "E401"}, {CODE_REFUSED_SETTING, "E408"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) assert_string_equal(code_info(rows[i].id)->code, rows[i].code);
}

/* report() takes a row by its id, and counts it as the row says. */
static void reports_are_counted_by_severity(void **state) {
  (void)state;
  struct subject s;
  subject_open(&s);
  report(&s.diags, TYPE, SPAN_NONE, "%s", "an error");
  report(&s.diags, UNUSED, SPAN_NONE, "%s", "a warning");
  report(&s.diags, FILE, SPAN_NONE, "%s", "an error");
  assert_int_equal(s.diags.errors, 2);
  assert_int_equal(s.diags.warnings, 1);
  assert_string_equal(subject_said(&s), "E206@- W305@- E110@-");
  subject_close(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_complete_and_in_order),
      cmocka_unit_test(codes_keep_their_numbers),
      cmocka_unit_test(reports_are_counted_by_severity),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
