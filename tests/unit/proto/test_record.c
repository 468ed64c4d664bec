/* Tests what the codecs say of bytes that are wrong: printable and cut whatever came, with the nearest fact named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/record.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X90 X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void shown_by_table(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
    const char *shown;
  } rows[] = {
      {"", 0, "\"\""},
      {"mx", 2, "\"mx\""},
      {"a\0b", 3, "\"a\\x00b\""},
      {"\x1b[2J", 4, "\"\\x1b[2J\""},
      {"\"", 1, "\"\"\""}, /* for a person, not for a parser */
      {X90 "yyy", 93, "\"" X90 "yyy\""},
      {X90 "yyyy", 94, "\"" X90 "...\""},
      {X90 X90, 180, "\"" X90 "...\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct proto_shown shown = proto_show(rows[i].bytes, rows[i].len);
    assert_string_equal(shown.text, rows[i].shown);
    assert_true(strlen(shown.text) < sizeof shown.text);
  }
  char escaped[256];
  memset(escaped, 0x1b, sizeof escaped); /* each byte becomes four */
  struct proto_shown shown = proto_show(escaped, sizeof escaped);
  assert_int_equal(strlen(shown.text), sizeof shown.text - 1);
  assert_string_equal(shown.text + strlen(shown.text) - 4, "...\"");
}

static void errors_fit_and_are_plain(void **state) {
  (void)state;
  struct proto_error error;
  assert_int_equal(proto_fail(&error, "%s and %d", "one", 2), PROTO_BAD);
  assert_string_equal(error.text, "one and 2");
  assert_int_equal(proto_fail(&error, "a%sb", "\r\n\x1b\xff"), PROTO_BAD);
  assert_string_equal(error.text, "a\\x0d\\x0a\\x1b\\xffb");
  char long_text[1000];
  static const char fill[] = {'x', 0x1b};
  for (size_t i = 0; i < sizeof fill; i++) {
    memset(long_text, fill[i], sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    proto_fail(&error, "%s", long_text);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_null(strchr(error.text, 0x1b));
  }
}

static void facts_by_table(void **state) {
  (void)state;
  static const struct {
    const char *name, *words; /* NULL: found */
  } rows[] = {
      {"helo", NULL},
      {"client.ip", NULL},
      {"hello", "key \"hello\" is no fact; did you mean helo?"},
      {"HELO", "key \"HELO\" is no fact; did you mean helo?"},
      {"zzzzzzzzzz", "key \"zzzzzzzzzz\" is no fact; `assay facts` lists them"},
      {"", "key \"\" is no fact; `assay facts` lists them"},
      {"\x1b[2J\n", "key \"\\x1b[2J\\x0a\" is no fact; `assay facts` lists them"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct proto_error error = {""};
    assay_fact fact;
    enum proto_result result = proto_find_fact(&fact, "key", rows[i].name, strlen(rows[i].name), &error);
    assert_int_equal(result, rows[i].words ? PROTO_BAD : PROTO_OK);
    if (rows[i].words) assert_string_equal(error.text, rows[i].words);
    if (!rows[i].words) assert_string_equal(assay_fact_at((size_t)fact)->name, rows[i].name);
  }
}

static void values_by_table(void **state) {
  (void)state;
  static const struct {
    assay_status status;
    const char *fact;
    enum proto_result result;
    const char *words;
  } rows[] = {
      {ASSAY_OK, "helo", PROTO_OK, ""},
      {ASSAY_NO_MEMORY, "helo", PROTO_NO_MEMORY, ""},
      {ASSAY_BAD_VALUE, "client.ip", PROTO_BAD,
       "\"x\\x0ay\" does not fit client.ip: write an IPv4 or IPv6 address, such as 192.0.2.1"},
      {ASSAY_BAD_VALUE, "client.port", PROTO_BAD, "\"x\\x0ay\" does not fit client.port: write a whole number, 0 to 65535"},
      {ASSAY_OVER_LIMIT, "helo", PROTO_BAD, "\"x\\x0ay\" does not fit helo: "},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct proto_error error = {""};
    assay_fact fact;
    assert_int_equal(assay_fact_find(&fact, rows[i].fact, strlen(rows[i].fact)), ASSAY_OK);
    assert_int_equal(proto_value_result(rows[i].status, fact, "x\ny", 3, &error), rows[i].result);
    assert_int_equal(strncmp(error.text, rows[i].words, strlen(rows[i].words)), 0);
    assert_int_equal(error.text[0] != 0, rows[i].result == PROTO_BAD);
  }
}

/* Each type has words of its own, and a number its range; a type that this program does not know has some words. */
static void each_type_has_its_form(void **state) {
  (void)state;
  assay_fact_info info = {.range = ""}, other = {.range = ""};
  for (unsigned type = ASSAY_TYPE_BOOL; type <= ASSAY_TYPE_MAILBOX_LIST; type++) {
    info.type = (assay_type)type;
    assert_true(proto_form(&info).text[0]);
    for (unsigned before = ASSAY_TYPE_BOOL; before < type; before++) {
      other.type = (assay_type)before;
      assert_string_not_equal(proto_form(&info).text, proto_form(&other).text);
    }
  }
  info.type = (assay_type)(ASSAY_TYPE_MAILBOX_LIST + 1);
  assert_string_equal(proto_form(&info).text, "a value");
  other = (assay_fact_info){.type = ASSAY_TYPE_INT, .range = "0 to 7"};
  assert_string_equal(proto_form(&other).text, "a whole number, 0 to 7");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shown_by_table),  cmocka_unit_test(errors_fit_and_are_plain),
      cmocka_unit_test(facts_by_table),  cmocka_unit_test(values_by_table),
      cmocka_unit_test(each_type_has_its_form),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
