/* Tests the walk over header fields: line ends, folds, what is no field, bounds, and every way to cut a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "message/message.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* `name=value|…`, with line ends as they stand. */
static void walk(char *out, size_t cap, struct part bytes) {
  struct message message;
  struct message_field field;
  size_t at = 0;
  message_open(&message, bytes);
  while (message_next(&message, &field)) {
    assert_true(at + field.name.len + field.value.len + 3 < cap);
    memcpy(out + at, field.name.ptr, field.name.len);
    at += field.name.len;
    out[at++] = '=';
    if (field.value.len > 0) memcpy(out + at, field.value.ptr, field.value.len);
    at += field.value.len;
    out[at++] = '|';
  }
  assert_false(message_next(&message, &field)); /* the end stays the end */
  out[at] = 0;
}

static void messages_by_table(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *expected;
  } rows[] = {
      {"", ""},
      {"\n", ""},
      {"\r\n", ""},
      {"A: b\n\nC: d\n", "A=b|"},
      {"A: b\r\n\r\nC: d\r\n", "A=b|"},
      {"A: b\nC: d\r\nE: f\n", "A=b|C=d|E=f|"},
      {"A:b\nC:\nD: \t \nE:::\n", "A=b|C=|D=|E=::|"},
      {"A \t: b\n", "A=b|"},
      {"A: b\n c\n\td\nE: f\n", "A=b\n c\n\td|E=f|"},
      {"A: b\r\n c\r\nE: f\r\n", "A=b\r\n c|E=f|"},
      {"A:\n b\n", "A=b|"},
      {"A: b\n \nC: d\n", "A=b|C=d|"}, /* an old sort of fold: nothing but spaces */
      {"From jo@example.com Mon Jan  2 10:00:00 2023\nA: b\n", "A=b|"},
      {"From jo@example.com Mon Jan  2 10:00:00 2023\r\nA: b\r\n", "A=b|"},
      {">From jo@example.com Mon Jan  2 10:00:00 2023\nA: b\n", "A=b|"},
      {"From jo@example.com", ""},
      {"From : jo@example.com\n c\nA: b\n", "From=jo@example.com\n c|A=b|"},
      {"From \t:\nA: b\n", "From=|A=b|"},
      {"From: jo@example.com\nA: b\n", "From=jo@example.com|A=b|"},
      {"A: b\nFrom jo@example.com Mon Jan  2 10:00:00 2023\nC: d\n", "A=b|"},
      {" A: b\nC: d\n", ""},
      {"no field\nA: b\n", ""},
      {": b\nC: d\n", ""},
      {"A b: c\nD: e\n", ""},
      {"A: b\nC\xc3\xa9: d\nE: f\n", "A=b|"},
      {"A: b\nC", "A=b|"},
      {"A: b\nC: d", "A=b|"},
      {"A: b\nC: d\n e", "A=b|"},
      {"A: b\rC: d\n", "A=b\rC: d|"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char out[512];
    walk(out, sizeof out, (struct part){rows[i].bytes, strlen(rows[i].bytes)});
    if (strcmp(out, rows[i].expected) != 0) fail_msg("%s\n  is  %s", rows[i].bytes, out);
  }
}

/* What is cut off is not given; what is whole stays the same, but for a fold that is not there yet. */
static void cut_at_every_byte(void **state) {
  (void)state;
  static const char bytes[] = "From x y\r\nA: b\r\nC: d\r\n e\r\nF: g\r\n\r\nH: i\r\n";
  static const struct {
    size_t least;
    const char *expected;
  } rows[] = {
      {0, ""},      {16, "A=b|"}, {22, "A=b|C=d|"},
      {23, "A=b|"}, {26, "A=b|C=d\r\n e|"}, {32, "A=b|C=d\r\n e|F=g|"},
  };
  for (size_t len = 0; len < sizeof bytes; len++) {
    char out[512], *copy = test_malloc(len + 1);
    size_t row = COUNT(rows) - 1;
    while (rows[row].least > len) row--;
    memcpy(copy, bytes, len);
    walk(out, sizeof out, (struct part){copy, len});
    if (strcmp(out, rows[row].expected) != 0) fail_msg("%zu bytes: %s, not %s", len, out, rows[row].expected);
    test_free(copy);
  }
}

static void zeros_are_bytes(void **state) {
  (void)state;
  static const char bytes[] = "A: b\0c\nD\0: e\nF: g\n";
  struct message message;
  struct message_field field;
  message_open(&message, (struct part){bytes, sizeof bytes - 1});
  assert_true(message_next(&message, &field));
  assert_int_equal(field.value.len, 3);
  assert_memory_equal(field.value.ptr, "b\0c", 3);
  assert_false(message_next(&message, &field));
}

/* Fields behind the bound, and one that crosses it, are not looked at. */
static void bounds(void **state) {
  (void)state;
  size_t len = MESSAGE_HEAD_MOST + 64;
  char *bytes = test_malloc(len), out[64];
  for (size_t more = 0; more < 2; more++) {
    memset(bytes, 'x', len);
    memcpy(bytes, "A: b\nC: ", 8);
    bytes[MESSAGE_HEAD_MOST - 1 + more] = '\n';
    memcpy(bytes + MESSAGE_HEAD_MOST + more, "E: f\n", 5);
    struct message message;
    struct message_field field;
    size_t count = 0;
    message_open(&message, (struct part){bytes, len});
    while (message_next(&message, &field)) count++;
    assert_int_equal(count, 2 - more);
  }
  walk(out, sizeof out, (struct part){NULL, 0});
  assert_string_equal(out, "");
  test_free(bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_by_table),
      cmocka_unit_test(cut_at_every_byte),
      cmocka_unit_test(zeros_are_bytes),
      cmocka_unit_test(bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
