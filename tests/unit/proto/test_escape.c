/* Tests how bytes of any kind are shown to a person and to a reader of JSON: UTF-8 at its edges, controls, what is
 * unseen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/bytes.h"

#define T(literal) literal, sizeof(literal) - 1
#define BAD "\\ufffd"

static const struct row {
  const char *bytes;
  size_t len;
  const char *person, *json; /* json: without its quotes */
} rows[] = {
    {T(""), "", ""},
    {T("plain text"), "plain text", "plain text"},
    {T(" ~"), " ~", " ~"},
    {T("\"\\/"), "\"\\/", "\\\"\\\\/"},
    {T("\b\t\n\f\r"), "\\x08\\x09\\x0a\\x0c\\x0d", "\\b\\t\\n\\f\\r"},
    {T("\0\x01\x07\x0b\x0e\x1b\x1f"), "\\x00\\x01\\x07\\x0b\\x0e\\x1b\\x1f",
     "\\u0000\\u0001\\u0007\\u000b\\u000e\\u001b\\u001f"},
    {T("\x7f"), "\\x7f", "\\u007f"},
    {T("a\x1b[2Jb"), "a\\x1b[2Jb", "a\\u001b[2Jb"},
    /* the C1 controls drive terminals too */
    {T("\xc2\x80\xc2\x9b\xc2\x9f"), "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f", "\\u0080\\u009b\\u009f"},
    {T("\xc2\xa0\xc3\xbc"), "\xc2\xa0\xc3\xbc", "\xc2\xa0\xc3\xbc"},
    /* the first and last of each length */
    {T("\xdf\xbf"), "\xdf\xbf", "\xdf\xbf"},
    {T("\xe0\xa0\x80"), "\xe0\xa0\x80", "\xe0\xa0\x80"},
    {T("\xed\x9f\xbf"), "\xed\x9f\xbf", "\xed\x9f\xbf"},
    {T("\xef\xbf\xbd"), "\xef\xbf\xbd", "\xef\xbf\xbd"},
    {T("\xf0\x90\x80\x80"), "\xf0\x90\x80\x80", "\xf0\x90\x80\x80"},
    {T("\xf4\x8f\xbf\xbf"), "\\xf4\\x8f\\xbf\\xbf", "\\udbff\\udfff"},
    /* no UTF-8: overlong, surrogates, too large, cut off, stray */
    {T("\xc0\x80"), "\\xc0\\x80", BAD BAD},
    {T("\xc1\xbf"), "\\xc1\\xbf", BAD BAD},
    {T("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf", BAD BAD BAD},
    {T("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf", BAD BAD BAD BAD},
    {T("\xed\xa0\x80"), "\\xed\\xa0\\x80", BAD BAD BAD},
    {T("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", BAD BAD BAD BAD},
    {T("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80", BAD BAD BAD BAD},
    {T("\xc3"), "\\xc3", BAD},
    {T("\xe6\x97"), "\\xe6\\x97", BAD BAD},
    {T("\xe6\x97x"), "\\xe6\\x97x", BAD BAD "x"},
    {T("\xf0\x9f\x98"), "\\xf0\\x9f\\x98", BAD BAD BAD},
    {"\xe6\x97\xa5", 2, "\\xe6\\x97", BAD BAD}, /* what stands behind the end does not count */
    {"\xc3\xbc", 1, "\\xc3", BAD},
    {T("\x80\xbf"), "\\x80\\xbf", BAD BAD},
    {T("\xff\xfe"), "\\xff\\xfe", BAD BAD},
    {T("\xc3\xbc\xff\xc3\xbc"), "\xc3\xbc\\xff\xc3\xbc", "\xc3\xbc" BAD "\xc3\xbc"},
    /* what cannot be seen, or turns the text about it round: a person is shown that it is there */
    {T("a\xc2\xad" "b"), "a\\xc2\\xadb", "a\\u00adb"},
    {T("\xd8\x9c"), "\\xd8\\x9c", "\\u061c"},
    {T("\xe2\x80\x8a\xe2\x80\x8b"), "\xe2\x80\x8a\\xe2\\x80\\x8b", "\xe2\x80\x8a\\u200b"},
    {T("\xe2\x80\x8f\xe2\x80\x90"), "\\xe2\\x80\\x8f\xe2\x80\x90", "\\u200f\xe2\x80\x90"},
    {T("\xe2\x80\xa8\xe2\x80\xae"), "\\xe2\\x80\\xa8\\xe2\\x80\\xae", "\\u2028\\u202e"},
    {T("\xe2\x81\xa6\xe2\x81\xaf"), "\\xe2\\x81\\xa6\\xe2\\x81\\xaf", "\\u2066\\u206f"},
    {T("\xef\xbb\xbf"), "\\xef\\xbb\\xbf", "\\ufeff"},
    {T("\xee\x80\x80"), "\\xee\\x80\\x80", "\\ue000"},
    {T("\xf3\xa0\x80\x81"), "\\xf3\\xa0\\x80\\x81", "\\udb40\\udc01"},
    {T("\xe6\x97\xa5\xf0\x9f\x98\x80"), "\xe6\x97\xa5\xf0\x9f\x98\x80", "\xe6\x97\xa5\xf0\x9f\x98\x80"},
};

static void assert_same(size_t row, const struct bytes *got, const char *want) {
  if (got->len != strlen(want) || (got->len > 0 && memcmp(got->ptr, want, got->len) != 0))
    fail_msg("row %zu: got %.*s, want %s", row, (int)got->len, got->ptr, want);
}

static void bytes_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes person = {0}, json = {0};
    bytes_printable(&person, rows[i].bytes, rows[i].len);
    assert_same(i, &person, rows[i].person);
    bytes_json(&json, rows[i].bytes, rows[i].len);
    assert_true(json.len >= 2 && json.ptr[0] == '"' && json.ptr[json.len - 1] == '"');
    json.len--;
    memmove(json.ptr, json.ptr + 1, --json.len);
    assert_same(i, &json, rows[i].json);
    bytes_free(&person);
    bytes_free(&json);
  }
}

/* Whatever three bytes come, a person is shown no control, nor part of a character. */
static void no_three_bytes_drive_a_terminal(void **state) {
  (void)state;
  struct bytes out = {0};
  for (unsigned lead = 0; lead < 256; lead++)
    for (unsigned rest = 0; rest < 65536; rest += 7) {
      char three[] = {(char)lead, (char)(rest >> 8), (char)rest};
      out.len = 0;
      bytes_printable(&out, three, 3);
      size_t after = 0;
      for (size_t i = 0; i < out.len; i++) {
        unsigned char byte = (unsigned char)out.ptr[i];
        assert_true(byte >= 0x20 && byte != 0x7f && (byte < 0x80 || byte >= 0xc2 || after > 0));
        assert_true(after == 0 || (byte & 0xc0) == 0x80);
        if (byte == 0xc2) assert_true((unsigned char)out.ptr[i + 1] >= 0xa0);
        after = after > 0 ? after - 1 : byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
      }
      assert_int_equal(after, 0);
    }
  bytes_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_by_table),
      cmocka_unit_test(no_three_bytes_drive_a_terminal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
