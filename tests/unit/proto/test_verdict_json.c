/* Owns the proof of the JSON writer: the exact form, its numbers, and that odd bytes still make valid JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "fake_assay.h"
#include "proto/verdict_json.h"

static void assert_bytes(const struct bytes *bytes, const char *want) {
  assert_false(bytes->failed);
  if (bytes->len != strlen(want) || memcmp(bytes->ptr, want, bytes->len) != 0)
    fail_msg("got:  %.*s\nwant: %s", (int)bytes->len, bytes->ptr, want);
}

static void the_form_is_kept(void **state) {
  (void)state;
  static const assay_verdict verdict = {
      .score = 5500,
      .low = 5500,
      .high = 6250,
      .action = ASSAY_REJECT,
      .settled = true,
      .reply = "go \"away\"",
      .hits = {{"HELO_LOCALHOST", "helo", "says localhost", 3000}, {"B", "", "", -2500}},
      .unknown = {{"HELO_UNRESOLVABLE", ASSAY_NEVER, {"dns.address(helo)", "helo"},
                   {ASSAY_OUTCOME_TIMEOUT, ASSAY_OUTCOME_NEVER}},
                  {"C", ASSAY_NOT_YET, {NULL}, {0}}}};
  static const struct proto_id id = {PROTO_ID_JSON, "1.50", 4};
  struct bytes out = {0};
  verdict_json(&out, &verdict, &id, NULL);
  assert_bytes(
      &out,
      "{\"v\":1,\"id\":1.50,\"score\":5.5,\"low\":5.5,\"high\":6.25,\"action\":\"reject\",\"settled\":true,"
      "\"reply\":\"go \\\"away\\\"\",\"exempt\":null,\"hits\":[{\"rule\":\"HELO_LOCALHOST\",\"score\":3.0,"
      "\"group\":\"helo\",\"describe\":\"says localhost\"},{\"rule\":\"B\",\"score\":-2.5,\"group\":null,"
      "\"describe\":\"\"}],\"unknown\":[{\"rule\":\"HELO_UNRESOLVABLE\",\"waits\":[\"dns.address(helo)\","
      "\"helo\"],\"outcomes\":[\"timeout\",\"never\"],\"why\":\"never\"},{\"rule\":\"C\",\"waits\":[],"
      "\"outcomes\":[],\"why\":\"not yet\"}]}");
  bytes_free(&out);
}

/* What DNS took stands there when it was asked, if only for nothing. */
static void what_dns_took_by_table(void **state) {
  (void)state;
  static const assay_verdict verdict = {.score = 0};
  static const struct proto_id none = {PROTO_ID_NONE, NULL, 0};
  static const struct {
    assay_dns_usage usage;
    const char *want;
  } rows[] = {
      {{0}, ",\"dns\":{\"questions\":0,\"cached\":0,\"failed\":0,\"late\":false,\"ms\":0.0,\"iprev\":\"none\"}}"},
      {{4, 3, 1, true, 12345, ASSAY_IPREV_PASS},
       ",\"dns\":{\"questions\":4,\"cached\":3,\"failed\":1,\"late\":true,\"ms\":12.345,\"iprev\":\"pass\"}}"},
      {{1, 0, 1, false, 5000000, ASSAY_IPREV_TEMPERROR},
       ",\"dns\":{\"questions\":1,\"cached\":0,\"failed\":1,\"late\":false,\"ms\":5000.0,\"iprev\":\"temperror\"}}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    verdict_json(&out, &verdict, &none, &rows[i].usage);
    bytes_byte(&out, 0);
    const char *member = strstr(out.ptr, ",\"dns\"");
    assert_non_null(member);
    assert_string_equal(member, rows[i].want);
    bytes_free(&out);
  }
}

static void an_exempt_one_has_its_name(void **state) {
  (void)state;
  static const assay_verdict verdict = {.exempt = "AUTHENTICATED"};
  static const struct proto_id none = {PROTO_ID_NONE, NULL, 0}, raw = {PROTO_ID_BYTES, "a\xff\"", 3};
  struct bytes out = {0};
  verdict_json(&out, &verdict, &none, NULL);
  assert_bytes(&out, "{\"v\":1,\"id\":null,\"score\":0.0,\"low\":0.0,\"high\":0.0,\"action\":\"accept\","
                     "\"settled\":false,\"reply\":null,\"exempt\":\"AUTHENTICATED\",\"hits\":[],\"unknown\":[]}");
  out.len = 0;
  verdict_json(&out, &verdict, &raw, NULL);
  static const char want[] = "{\"v\":1,\"id\":\"a\\ufffd\\\"\",\"score\":0.0";
  assert_true(out.len > strlen(want));
  assert_memory_equal(out.ptr, want, strlen(want));
  bytes_free(&out);
}

/* An id is echoed as it is written, but what could drive a terminal is written in the other way that JSON has. */
static void ids_are_tame(void **state) {
  (void)state;
  static const struct {
    const char *id, *want;
  } rows[] = {
      {"1.50", "1.50"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"\"a\\\"\\u202e\xc3\xa9\"", "\"a\\\"\\u202e\xc3\xa9\""},
      {"\"\xe2\x80\xae\x7f\xe2\x80\xa8\"", "\"\\u202e\\u007f\\u2028\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    bytes_json_again(&out, rows[i].id, strlen(rows[i].id));
    assert_bytes(&out, rows[i].want);
    bytes_free(&out);
  }
}

static void numbers_have_a_point(void **state) {
  (void)state;
  static const struct {
    int64_t value;
    const char *want;
  } rows[] = {
      {0, "0.0"},       {3000, "3.0"},   {5500, "5.5"},          {1250, "1.25"},
      {1, "0.001"},     {-1, "-0.001"},  {-10, "-0.01"},         {-500, "-0.5"},
      {1010, "1.01"},   {999, "0.999"},  {1000000, "1000.0"},    {-1000000, "-1000.0"},
      {INT64_MAX, "9223372036854775.807"}, {INT64_MIN, "-9223372036854775.808"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    bytes_milli(&out, rows[i].value);
    assert_bytes(&out, rows[i].want);
    bytes_free(&out);
  }
}

#define TEXT(literal) "" literal, sizeof(literal) - 1

static void bytes_are_escaped(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t len;
    const char *json, *printable;
  } rows[] = {
      {TEXT(""), "\"\"", ""},
      {TEXT("plain /'"), "\"plain /'\"", "plain /'"},
      {TEXT("a\"b\\c"), "\"a\\\"b\\\\c\"", "a\"b\\c"},
      {TEXT("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"", "\\x08\\x09\\x0a\\x0c\\x0d"},
      {TEXT("\0\x0b\x1b\x1f\x7f"), "\"\\u0000\\u000b\\u001b\\u001f\\u007f\"", "\\x00\\x0b\\x1b\\x1f\\x7f"},
      {TEXT("\xc3\xa9"), "\"\xc3\xa9\"", "\xc3\xa9"},
      {TEXT("\xc2\x9b" "31m"), "\"\\u009b31m\"", "\\xc2\\x9b31m"},
      {TEXT("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"", "\xf0\x9f\x98\x80"},
      {TEXT("\xe2\x80\xae"), "\"\\u202e\"", "\\xe2\\x80\\xae"},
      {TEXT("\xe2\x80\xa8\xe2\x80\xa9"), "\"\\u2028\\u2029\"", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"},
      {TEXT("\xe2\x80\x8e\xe2\x81\xa6"), "\"\\u200e\\u2066\"", "\\xe2\\x80\\x8e\\xe2\\x81\\xa6"},
      {TEXT("\xe2\x80\xa7\xe2\x80\xaf"), "\"\xe2\x80\xa7\xe2\x80\xaf\"", "\xe2\x80\xa7\xe2\x80\xaf"},
      {TEXT("\xf3\xa0\x80\x81"), "\"\\udb40\\udc01\"", "\\xf3\\xa0\\x80\\x81"},
      {TEXT("\x80"), "\"\\ufffd\"", "\\x80"},
      {TEXT("a\xff\xfez"), "\"a\\ufffd\\ufffdz\"", "a\\xff\\xfez"},
      {TEXT("\xc3"), "\"\\ufffd\"", "\\xc3"},
      {TEXT("\xc3("), "\"\\ufffd(\"", "\\xc3("},
      {TEXT("\xc0\xaf"), "\"\\ufffd\\ufffd\"", "\\xc0\\xaf"},
      {TEXT("\xe0\x80\xaf"), "\"\\ufffd\\ufffd\\ufffd\"", "\\xe0\\x80\\xaf"},
      {TEXT("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"", "\\xed\\xa0\\x80"},
      {TEXT("\xe2\x82"), "\"\\ufffd\\ufffd\"", "\\xe2\\x82"},
      {TEXT("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", "\\xf4\\x90\\x80\\x80"},
      {TEXT("\xf4\x8f\xbf\xbf"), "\"\\udbff\\udfff\"", "\\xf4\\x8f\\xbf\\xbf"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes json = {0}, printable = {0};
    bytes_json(&json, rows[i].text, rows[i].len);
    assert_bytes(&json, rows[i].json);
    bytes_printable(&printable, rows[i].text, rows[i].len);
    assert_int_equal(printable.len, strlen(rows[i].printable));
    if (printable.len > 0) assert_memory_equal(printable.ptr, rows[i].printable, printable.len);
    bytes_free(&json);
    bytes_free(&printable);
  }
}

/* Another reader agrees: any two bytes make a string that jansson takes, control bytes come back as they were. */
static void any_two_bytes_are_json(void **state) {
  (void)state;
  struct bytes out = {0};
  for (unsigned pair = 0; pair < 0x10000; pair++) {
    char two[2] = {(char)(unsigned char)(pair >> 8), (char)(unsigned char)(pair & 255)};
    out.len = 0;
    bytes_json(&out, two, sizeof two);
    json_t *read = json_loadb(out.ptr, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (!read) fail_msg("no JSON for %04x: %.*s", pair, (int)out.len, out.ptr);
    if (!((two[0] | two[1]) & 0x80)) {
      assert_int_equal(json_string_length(read), 2);
      assert_memory_equal(json_string_value(read), two, 2);
    }
    json_decref(read);
  }
  bytes_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_form_is_kept),
      cmocka_unit_test(what_dns_took_by_table),
      cmocka_unit_test(an_exempt_one_has_its_name),
      cmocka_unit_test(ids_are_tame),
      cmocka_unit_test(numbers_have_a_point),
      cmocka_unit_test(bytes_are_escaped),
      cmocka_unit_test(any_two_bytes_are_json),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
