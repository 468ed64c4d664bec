/* Owns the proof of the JSON lines reader: types, base64, ids as they were written, and every malformed line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/jsonl.h"

/* log NULL: the line is refused with these words. */
static const struct row {
  const char *line, *log, *id, *words;
} rows[] = {
    {"{}", "", NULL, NULL},
    {"{\"helo\":\"mx\"}", "set helo=mx; ", NULL, NULL},
    {" { \"helo\" : \"\" } \r", "set helo=; ", NULL, NULL},
    {"{\"helo\":null}", "", NULL, NULL},
    {"{\"helo\":\"\\u0000\\n\\u00e9\"}", "set helo=\\x00\\x0a\\xc3\\xa9; ", NULL, NULL},
    {"{\"helo\":{\"base64\":\"/wBB\"}}", "set helo=\\xff\\x00A; ", NULL, NULL},
    {"{\"helo\":{\"base64\":\"/w==\"}}", "set helo=\\xff; ", NULL, NULL},
    {"{\"helo\":{\"base64\":\"QUI=\"}}", "set helo=AB; ", NULL, NULL},
    {"{\"helo\":{\"base64\":\"\"}}", "set helo=; ", NULL, NULL},
    {"{\"client.port\":25}", "int client.port=25; ", NULL, NULL},
    {"{\"client.port\":\"25\"}", "set client.port=25; ", NULL, NULL},
    {"{\"mail.size\":-9223372036854775808}", "int mail.size=-9223372036854775808; ", NULL, NULL},
    {"{\"tls.verified\":true}", "bool tls.verified=true; ", NULL, NULL},
    {"{\"tls.verified\":false}", "bool tls.verified=false; ", NULL, NULL},
    {"{\"rcpt\":[]}", "set rcpt=; ", NULL, NULL},
    {"{\"rcpt\":\"a@b\"}", "set rcpt=a@b; ", NULL, NULL},
    {"{\"rcpt\":[\"a@b\",{\"base64\":\"Y0Bk\"}]}", "set rcpt=; append rcpt=a@b; append rcpt=c@d; ", NULL, NULL},
    {"{\"id\":\"x\\\"}\\\\\",\"helo\":\"mx\"}", "set helo=mx; ", "\"x\\\"}\\\\\"", NULL},
    {"{\"helo\":\"\\\",id\",\"id\" : 1.50 }", "set helo=\",id; ", "1.50", NULL},
    {"{\"rcpt\":[\"]\",\"{\"],\"id\":1e3}", "set rcpt=; append rcpt=]; append rcpt={; ", "1e3", NULL},
    {"{\"id\":true}", "", "true", NULL},
    {"{\"id\":null}", "", NULL, NULL},
    {"{\"id\":-7,\"helo\":{\"base64\":\"QQ==\"}}", "set helo=A; ", "-7", NULL},
    {"{\"id\":\"\"}", "", "\"\"", NULL},
    {"{\"id\":[]}", NULL, NULL, "key \"id\" must be a string, a number, true, false or null"},
    {"{\"id\":{\"base64\":\"QQ==\"}}", NULL, NULL, "key \"id\" must be a string"},
    {"{\"\\u0069d\":1}", NULL, NULL, "without escapes"},
    {"{\"hello\":\"x\"}", NULL, NULL, "key \"hello\" is no fact; did you mean helo?"},
    {"{\"zzzzzzzzzz\":1}", NULL, NULL, "`assay facts` lists them"},
    {"{\"a\\u001bb\":1}", NULL, NULL, "key \"a\\x1bb\" is no fact"},
    {"{\"helo\":\"a\",\"helo\":\"b\"}", NULL, NULL, "duplicate"},
    {"{\"helo\":1}", NULL, NULL, "key \"helo\" cannot be this number: write a name as it was sent, or null"},
    {"{\"helo\":true}", NULL, NULL, "key \"helo\" cannot be true"},
    {"{\"helo\":[\"a\"]}", NULL, NULL, "key \"helo\" cannot be an array"},
    {"{\"client.port\":2.5}", NULL, NULL, "cannot be this number: write a whole number, 0 to 65535, or null"},
    {"{\"client.port\":false}", NULL, NULL, "key \"client.port\" cannot be false"},
    {"{\"client.port\":18446744073709551616}", NULL, NULL, "the number that ends at column 35 is too large"},
    {"{\"client.port\":18446744073709551616,\"id\":1}", NULL, NULL, "the number that ends at column 35 is too large"},
    {"{\"id\":18446744073709551616}", "", "18446744073709551616", NULL},
    {"{\"mail.size\":9007199254740993,\"id\" : -123456789012345678901234567890 , \"helo\":\"a\"}",
     "int mail.size=9007199254740993; set helo=a; ", "-123456789012345678901234567890", NULL},
    {"{\"id\":1e999,\"helo\":{\"base64\":\"QQ==\"}}", "set helo=A; ", "1e999", NULL},
    {"{\"id\":99999999999999999999,\"client.port\":99999999999999999999}", NULL, NULL, "column 61 is too large"},
    {"{\"id\":99999999999999999999,\"id\":1}", NULL, NULL, "duplicate"},
    {"{\"id\":99999999999999999999", NULL, NULL, "not JSON at column"},
    {"{\"id\":[99999999999999999999]}", NULL, NULL, "is too large"},
    {"{\"id\":099999999999999999999}", NULL, NULL, "not JSON at column"},
    {"{\"id\":99999999999999999999 1}", NULL, NULL, "is too large"},
    {"{\"rcpt\":99999999999999999999,\"id\":1.e}", NULL, NULL, "is too large"},
    {"{\"a\\", NULL, NULL, "not JSON at column"},
    {"{\"rcpt\":[null]}", NULL, NULL, "element 1 of the array is no string"},
    {"{\"rcpt\":[\"a@b\",[]]}", NULL, NULL, "element 2 of the array is no string"},
    {"{\"helo\":{}}", NULL, NULL, "an object here is {\"base64\""},
    {"{\"helo\":{\"base64\":1}}", NULL, NULL, "an object here is {\"base64\""},
    {"{\"helo\":{\"base64\":\"QQ==\",\"x\":1}}", NULL, NULL, "has no other key"},
    {"{\"helo\":{\"base64\":\"QQ\"}}", NULL, NULL, "not base64"},
    {"{\"helo\":{\"base64\":\"QR==\"}}", NULL, NULL, "not base64"},
    {"{\"helo\":{\"base64\":\"QUJ=\"}}", NULL, NULL, "not base64"},
    {"{\"helo\":{\"base64\":\"Q=Q=\"}}", NULL, NULL, "not base64"},
    {"{\"helo\":{\"base64\":\"====\"}}", NULL, NULL, "not base64"},
    {"{\"helo\":{\"base64\":\"QQ==QQ==\"}}", NULL, NULL, "not base64"},
    {"{\"helo\":{\"base64\":\"Q Q=\"}}", NULL, NULL, "not base64"},
    {"{\"client.ip\":\"" FAKE_BAD_VALUE "\"}", NULL, NULL, "\"bad-value\" does not fit client.ip: write an IPv4"},
    {"[]", NULL, NULL, "a line is one JSON object"},
    {"{\"helo\":\"mx\"", NULL, NULL, "not JSON at column"},
    {"{\"helo\":\"mx\"} x", NULL, NULL, "not JSON at column"},
    {"{\"helo\":\"\xff\"}", NULL, NULL, "not JSON at column"},
    {"", NULL, NULL, "not JSON at column"},
};

static void check_row(struct jsonl *jsonl, const struct row *row) {
  struct proto_error error = {""};
  struct proto_id id = {0};
  assay_facts facts = {"left from before", 16};
  enum proto_result result = jsonl_line(jsonl, row->line, strlen(row->line), &facts, &id, &error);
  if (!row->log) {
    assert_int_equal(result, PROTO_BAD);
    if (!strstr(error.text, row->words))
      fail_msg("line: %s\ngot: %s\nwant: %s", row->line, error.text, row->words);
    return;
  }
  if (result != PROTO_OK) fail_msg("line: %s\n%s", row->line, error.text);
  assert_string_equal(facts.log, row->log);
  assert_int_equal(id.kind, row->id ? PROTO_ID_JSON : PROTO_ID_NONE);
  if (!row->id) return;
  assert_int_equal(id.len, strlen(row->id));
  assert_memory_equal(id.ptr, row->id, id.len);
}

static void lines_are_read(void **state) {
  (void)state;
  struct jsonl jsonl = {0};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&jsonl, &rows[i]);
  jsonl_free(&jsonl);
}

/* Behind a number that is too large, the search for the id meets text that nobody has parsed. */
static void lines_are_cut_short(void **state) {
  (void)state;
  struct jsonl jsonl = {0};
  static const char before[] = "{\"mail.size\":99999999999999999999,";
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (rows[i].line[0] != '{') continue;
    for (size_t cut = 1; cut <= strlen(rows[i].line); cut++) {
      size_t len = sizeof before - 1 + cut - 1;
      struct proto_error error = {""};
      struct proto_id id;
      assay_facts facts = {"", 0};
      char *line = malloc(len); /* of this size, so that a step beyond it shows */
      assert_non_null(line);
      memcpy(line, before, sizeof before - 1);
      memcpy(line + sizeof before - 1, rows[i].line + 1, cut - 1);
      assert_int_equal(jsonl_line(&jsonl, line, len, &facts, &id, &error), PROTO_BAD);
      free(line);
    }
  }
  jsonl_free(&jsonl);
}

/* The bytes of an error go to a terminal: whatever the line holds, they are plain. */
static void errors_are_printable(void **state) {
  (void)state;
  struct jsonl jsonl = {0};
  for (int byte = 1; byte < 256; byte++) {
    char line[] = "{\"he?lo\":x}";
    struct proto_error error = {""};
    struct proto_id id;
    assay_facts facts = {"", 0};
    line[4] = (char)(unsigned char)byte;
    assert_int_equal(jsonl_line(&jsonl, line, strlen(line), &facts, &id, &error), PROTO_BAD);
    for (const char *at = error.text; *at; at++) assert_in_range((unsigned char)*at, 0x20, 0x7e);
  }
  jsonl_free(&jsonl);
}

static void memory_is_no_malformed_line(void **state) {
  (void)state;
  static const char line[] = "{\"helo\":\"" FAKE_NO_MEMORY "\"}";
  struct jsonl jsonl = {0};
  struct proto_error error;
  struct proto_id id;
  assay_facts facts = {"", 0};
  assert_int_equal(jsonl_line(&jsonl, line, strlen(line), &facts, &id, &error), PROTO_NO_MEMORY);
  jsonl_free(&jsonl);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_are_read),
      cmocka_unit_test(lines_are_cut_short),
      cmocka_unit_test(errors_are_printable),
      cmocka_unit_test(memory_is_no_malformed_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
