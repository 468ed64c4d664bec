/* Tests the words of statuses, and the version. */
#include "unit/lib/api.h"

static const struct {
  assay_status status;
  const char *text;
} statuses[] = {
    {ASSAY_OK, "ok"},
    {ASSAY_NO_MEMORY, "out of memory"},
    {ASSAY_BAD_ARGUMENT, "the call broke its contract"},
    {ASSAY_BAD_VALUE, "the value does not have the form its type needs"},
    {ASSAY_BAD_RULES, "the rules have errors"},
    {ASSAY_NOT_FOUND, "not found"},
    {ASSAY_IO_ERROR, "the system could not read or write"},
    {ASSAY_OVER_LIMIT, "a limit was reached"},
    {ASSAY_UNVERIFIED, "the verifier refused the program"},
    {ASSAY_BAD_SETTINGS, "the settings have errors"},
    {(assay_status)(ASSAY_BAD_SETTINGS + 1), "unknown status"},
    {(assay_status)-1, "unknown status"},
    {(assay_status)INT32_MIN, "unknown status"},
};

static void each_status_has_its_words(void **state) {
  (void)state;
  assert_int_equal(ASSAY_OK, 0);
  for (size_t i = 0; i < COUNT(statuses); i++) {
    assert_string_equal(assay_status_text(statuses[i].status), statuses[i].text);
    assert_ptr_equal(assay_status_text(statuses[i].status), assay_status_text(statuses[i].status));
  }
}

static void the_library_is_of_its_headers_version(void **state) {
  (void)state;
  unsigned major, minor, patch;
  assert_string_equal(assay_version(), ASSAY_VERSION);
  assert_int_equal(sscanf(assay_version(), "%u.%u.%u", &major, &minor, &patch), 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_status_has_its_words),
      cmocka_unit_test(the_library_is_of_its_headers_version),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
