/* Tests the words of questions and answers. */
#include "unit/lib/api.h"

/* --- words --- */

static void each_outcome_has_its_word(void **state) {
  (void)state;
  static const char *const words[] = {"found",     "nodata",      "nxdomain",  "pending", "servfail", "refused", "timeout",
                                      "malformed", "over_budget", "zone_down", "failed",  "never"};
  for (size_t i = 0; i < COUNT(words); i++) assert_string_equal(assay_outcome_text((assay_outcome)i), words[i]);
  assert_string_equal(assay_outcome_text((assay_outcome)COUNT(words)), "unknown");
  assert_string_equal(assay_outcome_text((assay_outcome)-1), "unknown");
}

static void each_result_of_iprev_has_its_word(void **state) {
  (void)state;
  static const char *const words[] = {"none", "pass", "fail", "temperror", "permerror"};
  for (size_t i = 0; i < COUNT(words); i++) assert_string_equal(assay_iprev_text((assay_iprev)i), words[i]);
  assert_string_equal(assay_iprev_text((assay_iprev)COUNT(words)), "unknown");
  assert_string_equal(assay_iprev_text((assay_iprev)-1), "unknown");
}

static void each_question_has_its_word(void **state) {
  (void)state;
  static const char *const words[] = {"A", "AAAA", "PTR", "MX", "TXT", "NS"};
  for (size_t i = 0; i < COUNT(words); i++)
    assert_string_equal(assay_question_type_text((assay_question_type)i), words[i]);
  assert_string_equal(assay_question_type_text((assay_question_type)COUNT(words)), "unknown");
  assert_string_equal(assay_question_type_text((assay_question_type)-1), "unknown");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_outcome_has_its_word),
      cmocka_unit_test(each_result_of_iprev_has_its_word),
      cmocka_unit_test(each_question_has_its_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
