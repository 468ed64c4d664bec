/* Owns the proof that bytes from outside are made fit for a reply: printable, and no longer than they may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/codec.h"

static void tamed_by_table(void **state) {
  (void)state;
  static const struct {
    const char *ptr;
    size_t len, most;
    const char *want;
  } rows[] = {
      {"", 0, 10, ""},
      {NULL, 0, 10, ""},
      {"plain ~ text", 12, 12, "plain ~ text"},
      {"a\r\nb\0c\td\x7f", 9, 20, "a?" "?b?c?d?"},
      {"\xc3\xa9\xff\x80", 4, 20, "??" "??"},
      {"0123456789", 10, 10, "0123456789"},
      {"0123456789", 10, 9, "012345..."},
      {"0123456789", 10, 3, "..."},
      {"0123456789", 10, 2, ".."},
      {"0123456789", 10, 0, ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    codec_tame(&out, rows[i].ptr, rows[i].len, rows[i].most);
    bytes_byte(&out, 0);
    assert_false(out.failed);
    assert_string_equal(out.ptr, rows[i].want);
    bytes_free(&out);
  }
}

static void no_byte_comes_through_but_printable_ones(void **state) {
  (void)state;
  for (int byte = 0; byte < 256; byte++) {
    struct bytes out = {0};
    char one = (char)(unsigned char)byte;
    codec_tame(&out, &one, 1, CODEC_TAME_MOST);
    assert_int_equal(out.len, 1);
    assert_int_equal(out.ptr[0], byte >= 0x20 && byte < 0x7F ? byte : '?');
    bytes_free(&out);
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(tamed_by_table),
      cmocka_unit_test(no_byte_comes_through_but_printable_ones),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
