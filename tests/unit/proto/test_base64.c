/* Tests the reading of base64: the vectors of RFC 4648, every byte, and all that is not exactly its one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/base64.h"

static void texts_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text, *bytes; /* NULL: refused */
    size_t len;
  } rows[] = {
      /* RFC 4648 section 10 */
      {"", "", 0},
      {"Zg==", "f", 1},
      {"Zm8=", "fo", 2},
      {"Zm9v", "foo", 3},
      {"Zm9vYg==", "foob", 4},
      {"Zm9vYmE=", "fooba", 5},
      {"Zm9vYmFy", "foobar", 6},
      {"AAAA", "\0\0\0", 3},
      {"////", "\xff\xff\xff", 3},
      {"+/+/", "\xfb\xff\xbf", 3},
      {"AA==", "\0", 1},
      {"/w==", "\xff", 1},
      {"//8=", "\xff\xff", 2},
      /* lengths that are no multiple of four */
      {"Z", NULL, 0},
      {"Zg", NULL, 0},
      {"Zg=", NULL, 0},
      {"Zm9vZ", NULL, 0},
      /* padding elsewhere, or too much */
      {"=", NULL, 0},
      {"====", NULL, 0},
      {"Z===", NULL, 0},
      {"=g==", NULL, 0},
      {"Z=g=", NULL, 0},
      {"Zg==Zg==", NULL, 0},
      {"Zm8=Zm9v", NULL, 0},
      {"Zm9v====", NULL, 0},
      {"Zg=a", NULL, 0},
      /* bits left over that are not zero */
      {"Zh==", NULL, 0},
      {"Zv==", NULL, 0},
      {"Zm9=", NULL, 0},
      {"/x==", NULL, 0},
      /* other alphabets, white space, other bytes */
      {"-_-_", NULL, 0},
      {"Zm 9", NULL, 0},
      {"Zm9v\n", NULL, 0},
      {"Zm9v\n\n\n\n", NULL, 0},
      {"Zm9\xff", NULL, 0},
      {"@[`{", NULL, 0},
      {"Zm,9", NULL, 0},
      {"Zm:9", NULL, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    bool good = base64_decode(&out, rows[i].text, strlen(rows[i].text));
    if (good != (rows[i].bytes != NULL)) fail_msg("%s", rows[i].text);
    if (good) assert_int_equal(out.len, rows[i].len);
    if (good && out.len > 0) assert_memory_equal(out.ptr, rows[i].bytes, out.len);
    bytes_free(&out);
  }
  struct bytes out = {0};
  assert_false(base64_decode(&out, "Zm\0v", 4)); /* a NUL ends nothing */
  bytes_free(&out);
}

/* Each byte at each place of a group, against an encoder written the other way round. */
static void every_byte_comes_back(void **state) {
  (void)state;
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (unsigned value = 0; value < 256; value++)
    for (unsigned place = 0; place < 3; place++) {
      uint8_t bytes[3] = {0x5a, 0xa5, 0x3c};
      bytes[place] = (uint8_t)value;
      unsigned bits = (unsigned)bytes[0] << 16 | (unsigned)bytes[1] << 8 | bytes[2];
      char text[4];
      for (unsigned d = 0; d < 4; d++) text[d] = digits[bits >> (18 - 6 * d) & 63];
      struct bytes out = {0};
      assert_true(base64_decode(&out, text, 4));
      assert_int_equal(out.len, 3);
      assert_memory_equal(out.ptr, bytes, 3);
      bytes_free(&out);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_by_table),
      cmocka_unit_test(every_byte_comes_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
