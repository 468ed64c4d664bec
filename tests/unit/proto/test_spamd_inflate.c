/* Owns the proof that a zlib stream is inflated in any pieces, that a bomb ends at the limit, and that damage is
 * told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "proto/spamd_inflate.h"

/* As many bytes of one letter, packed; caller frees. */
static char *pack(size_t count, size_t *len) {
  unsigned char *plain = malloc(count + 1);
  uLongf cap = compressBound((uLong)count);
  unsigned char *packed = malloc(cap);
  assert_non_null(plain);
  assert_non_null(packed);
  memset(plain, 'a', count);
  assert_int_equal(compress2(packed, &cap, plain, (uLong)count, 9), Z_OK);
  free(plain);
  *len = cap;
  return (char *)packed;
}

/* In pieces of this size, until something comes of it. */
static enum inflate_result take(struct spamd_inflate *it, const char *packed, size_t len, size_t piece, size_t limit) {
  enum inflate_result result = INFLATE_MORE;
  for (size_t at = 0; at < len && result == INFLATE_MORE; at += piece)
    result = spamd_inflate_take(it, packed + at, len - at < piece ? len - at : piece, limit);
  return result;
}

static void in_any_pieces(void **state) {
  (void)state;
  static const struct {
    size_t count, limit;
    enum inflate_result want;
  } rows[] = {
      {0, 0, INFLATE_END},          {1, 1, INFLATE_END},          {1, 0, INFLATE_OVER},
      {16383, 16384, INFLATE_END},  {16384, 16384, INFLATE_END},  {16385, 16384, INFLATE_OVER},
      {32768, 32768, INFLATE_END},  {100000, 99999, INFLATE_OVER}, {100000, 100000, INFLATE_END},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t len;
    char *packed = pack(rows[i].count, &len);
    for (size_t piece = 1; piece <= len + 1; piece++) {
      struct spamd_inflate *it = spamd_inflate_new();
      assert_non_null(it);
      assert_int_equal(take(it, packed, len, piece, rows[i].limit), rows[i].want);
      const struct bytes *out = spamd_inflate_out(it);
      if (rows[i].want == INFLATE_END) {
        assert_int_equal(out->len, rows[i].count);
        for (size_t k = 0; k < out->len; k++) assert_int_equal(out->ptr[k], 'a');
        assert_int_equal(spamd_inflate_take(it, "more", 4, rows[i].limit), INFLATE_END);
        assert_int_equal(out->len, rows[i].count);
      } else {
        assert_int_equal(spamd_inflate_take(it, packed, len, rows[i].limit), INFLATE_OVER);
      }
      spamd_inflate_free(it);
    }
    free(packed);
  }
}

/* 64 MiB in 64 KB: what is held is of the order of the limit, whatever is packed. */
static void a_bomb_ends_at_the_limit(void **state) {
  (void)state;
  size_t len, limit = 100000;
  char *packed = pack((size_t)64 << 20, &len);
  struct spamd_inflate *it = spamd_inflate_new();
  assert_non_null(it);
  assert_true(len < 100000);
  assert_int_equal(spamd_inflate_take(it, packed, len, limit), INFLATE_OVER);
  assert_int_equal(spamd_inflate_out(it)->len, limit + 1);
  assert_true(spamd_inflate_held(it) >= limit);
  assert_true(spamd_inflate_held(it) < 4 * limit);
  spamd_inflate_free(it);
  free(packed);
}

static void damage_is_told(void **state) {
  (void)state;
  size_t len;
  char *packed = pack(1000, &len);
  size_t told = len;
  for (size_t at = 0; at < len; at++) {
    struct spamd_inflate *it = spamd_inflate_new();
    assert_non_null(it);
    packed[at] ^= 0x55;
    enum inflate_result result = spamd_inflate_take(it, packed, len, 4000);
    assert_true(result != INFLATE_NO_MEMORY);
    if (result == INFLATE_END) { /* bits that fill up a byte say nothing */
      const struct bytes *out = spamd_inflate_out(it);
      told--;
      assert_int_equal(out->len, 1000);
      for (size_t k = 0; k < out->len; k++) assert_int_equal(out->ptr[k], 'a');
    }
    packed[at] ^= 0x55;
    spamd_inflate_free(it);
  }
  assert_true(told + 2 > len);
  free(packed);
  spamd_inflate_free(NULL);
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_any_pieces),
      cmocka_unit_test(a_bomb_ends_at_the_limit),
      cmocka_unit_test(damage_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
