/* Tests names as they stand in messages: labels, pointers, escapes, and what is no name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dns/name.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BYTES(literal) (const uint8_t *)literal, sizeof(literal) - 1

static void names_by_table(void **state) {
  (void)state;
  static const struct {
    const uint8_t *bytes;
    size_t len, at;
    const char *text; /* NULL: none */
    size_t behind;
  } rows[] = {
      {BYTES("\0"), 0, "", 1},
      {BYTES("\1a\0"), 0, "a", 3},
      {BYTES("\1a\2bc\0x"), 0, "a.bc", 6},
      {BYTES("x\1A\0"), 1, "A", 4},
      {BYTES("\2a.\0"), 0, "a\\.", 4},
      {BYTES("\2a\\\0"), 0, "a\\\\", 4},
      {BYTES("\5\0\12\40\177\377\0"), 0, "\\000\\010\\032\\127\\255", 7},
      {BYTES("\5!~\"@\n\0"), 0, "!~\"@\\010", 7},
      {BYTES("\5_-()*\0"), 0, "_-()*", 7},
      /* pointers */
      {BYTES("\1a\0\300\0"), 3, "a", 5},
      {BYTES("\1a\0\1b\300\0x"), 3, "b.a", 7},
      {BYTES("\1a\1b\0\1c\300\2"), 5, "c.b", 9},
      {BYTES("\0\300\0"), 1, "", 3},
      {BYTES("\1a\0\300\0\300\3\1c\300\5"), 7, "c.a", 11},
      {BYTES("\1a\0\1b\300\0\1c\300\3\1d\300\7"), 11, "d.c.b.a", 15},
      {BYTES("\3\1b\0\0\300\1"), 5, "b", 7}, /* into a label: a name stands there, too */
      /* cut off */
      {BYTES(""), 0, NULL, 0},
      {BYTES("\1"), 0, NULL, 0},
      {BYTES("\1a"), 0, NULL, 0},
      {BYTES("\2a"), 0, NULL, 0},
      {BYTES("\2a\0"), 0, NULL, 0},
      {BYTES("\0\300"), 1, NULL, 0},
      {BYTES("\0"), 1, NULL, 0},
      {BYTES("\0\1b\300"), 1, NULL, 0},
      /* what is neither a length nor a pointer */
      {BYTES("\100a\0"), 0, NULL, 0},
      {BYTES("\200a\0"), 0, NULL, 0},
      {BYTES("\1a\101\0"), 0, NULL, 0},
      {BYTES("\100\1a\300\0"), 1, NULL, 0},
      /* circles, and pointers that lead on */
      {BYTES("\300\0"), 0, NULL, 0},
      {BYTES("\1a\300\0"), 0, NULL, 0},
      {BYTES("\1a\300\2"), 0, NULL, 0},
      {BYTES("\300\2\300\0"), 0, NULL, 0},
      {BYTES("\300\2\300\0"), 2, NULL, 0},
      {BYTES("\300\2\0"), 0, NULL, 0},
      {BYTES("\1a\300\4\0"), 0, NULL, 0},
      {BYTES("\1a\300\0\300\0"), 4, NULL, 0},
      {BYTES("\0\1a\1b\300\3"), 1, NULL, 0}, /* into itself */
      {BYTES("\0\1a\300\5\300\1"), 5, NULL, 0},
      {BYTES("\0\377\377"), 1, NULL, 0},
      /* to a label that the message ends in */
      {BYTES("\3a\300\0"), 2, NULL, 0},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    uint8_t *bytes = malloc(rows[i].len ? rows[i].len : 1); /* no more, so that a byte too far is found out */
    char text[NAME_TEXT_MAX];
    size_t at = rows[i].at, skipped = rows[i].at, len = 0;
    assert_non_null(bytes);
    memcpy(bytes, rows[i].bytes, rows[i].len);
    struct message message = {bytes, rows[i].len};
    bool good = name_read(text, &len, &message, &at);
    if (good != (rows[i].text != NULL)) fail_msg("row %zu: %s", i, good ? "is a name" : "is no name");
    if (good) {
      if (!text_is(text_of(text, len), rows[i].text)) fail_msg("row %zu: %.*s", i, (int)len, text);
      assert_int_equal(at, rows[i].behind);
      assert_true(name_skip(&message, &skipped));
      assert_int_equal(skipped, rows[i].behind);
    }
    free(bytes);
  }
}

static void skips_by_table(void **state) {
  (void)state;
  static const struct {
    const uint8_t *bytes;
    size_t len, at, behind; /* behind 0: it cannot */
  } rows[] = {
      {BYTES("\0"), 0, 1},         {BYTES("\1a\0"), 0, 3},   {BYTES("\1a\300\77x"), 0, 4}, /* it may lead nowhere */
      {BYTES("\300\0"), 0, 2},     {BYTES(""), 0, 0},        {BYTES("\1"), 0, 0},
      {BYTES("\1a"), 0, 0},        {BYTES("\300"), 0, 0},    {BYTES("\1a\300"), 0, 0},
      {BYTES("\100\0"), 0, 0},     {BYTES("\200\0"), 0, 0},  {BYTES("\77abc\0"), 0, 0},
      {BYTES("\1a\0\1b\0"), 3, 6}, {BYTES("\1a\0"), 3, 0},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    uint8_t *bytes = malloc(rows[i].len ? rows[i].len : 1);
    assert_non_null(bytes);
    memcpy(bytes, rows[i].bytes, rows[i].len);
    struct message message = {bytes, rows[i].len};
    size_t at = rows[i].at;
    bool good = name_skip(&message, &at);
    if (good != (rows[i].behind > 0) || (good && at != rows[i].behind)) fail_msg("row %zu: %d %zu", i, good, at);
    free(bytes);
  }
}

static void labels_and_names_of_most_bytes(void **state) {
  (void)state;
  static const struct {
    uint8_t labels[6]; /* their lengths */
    bool good;
  } rows[] = {
      {{63, 0}, true},          {{64, 0}, false},
      {{63, 63, 63, 61}, true}, {{63, 63, 63, 62}, false}, /* 255 and 256 bytes */
      {{63, 63, 63, 63}, false}, {{63, 63, 63, 60, 1}, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    uint8_t bytes[300] = {0};
    char text[NAME_TEXT_MAX];
    size_t at = 0, len = 0, wire = 0, expect = 0;
    for (size_t n = 0; rows[i].labels[n] > 0; n++) {
      bytes[wire] = rows[i].labels[n];
      memset(bytes + wire + 1, 0xfe, rows[i].labels[n]);
      wire += rows[i].labels[n] + 1u;
      expect += 4u * rows[i].labels[n] + (n > 0);
    }
    struct message message = {bytes, wire + 1};
    if (name_read(text, &len, &message, &at) != rows[i].good) fail_msg("row %zu", i);
    size_t skipped = 0;
    assert_int_equal(name_skip(&message, &skipped), rows[i].labels[0] <= 63); /* which does not count bytes */
    if (rows[i].good) {
      assert_int_equal(at, wire + 1);
      assert_int_equal(len, expect);
      assert_true(len <= NAME_TEXT_MAX);
    }
  }
}

/* A name that is put together from pieces is as long as they are. */
static void names_of_most_bytes_by_pointers(void **state) {
  (void)state;
  uint8_t bytes[1024] = {0};
  size_t at = 1, last = 0;
  for (unsigned labels = 1; labels <= 130; labels++) {
    char text[NAME_TEXT_MAX];
    size_t here = at, len = 0;
    const uint8_t piece[] = {1, 'a', (uint8_t)(0xc0 | last >> 8), (uint8_t)last};
    memcpy(bytes + at, piece, sizeof piece);
    last = at;
    at += sizeof piece;
    struct message message = {bytes, at};
    bool good = name_read(text, &len, &message, &here);
    if (good != (labels <= 127)) fail_msg("%u labels", labels); /* 255 bytes, and 127 pointers */
    if (good) assert_int_equal(len, labels * 2 - 1);
    if (good) assert_int_equal(here, at);
  }
}

static void pointers_to_pointers(void **state) {
  (void)state;
  uint8_t bytes[512] = {0};
  size_t last = 0, at = 1;
  for (unsigned pointers = 1; pointers <= 130; pointers++) {
    char text[NAME_TEXT_MAX];
    size_t here = at, len = 1;
    bytes[at] = (uint8_t)(0xc0 | last >> 8);
    bytes[at + 1] = (uint8_t)last;
    last = at;
    at += 2;
    struct message message = {bytes, at};
    assert_int_equal(name_read(text, &len, &message, &here), pointers <= 127);
    if (pointers <= 127) assert_int_equal(len, 0);
  }
}

/* Where a pointer can lead: 14 bits. */
static void far_pointers(void **state) {
  (void)state;
  enum { FAR = 0x3fff };
  static uint8_t bytes[FAR + 10];
  char text[NAME_TEXT_MAX];
  memcpy(bytes + FAR, "\1a\0\377\377", 6);
  struct message message = {bytes, FAR + 5};
  size_t at = FAR + 3, len;
  assert_true(name_read(text, &len, &message, &at));
  assert_true(text_is(text_of(text, len), "a"));
  assert_int_equal(at, FAR + 5);
}

/* Whatever is a name can be skipped, to the same place. */
static void reading_and_skipping_agree(void **state) {
  (void)state;
  uint64_t seed = 1;
  size_t names = 0;
  for (int round = 0; round < 100000; round++) {
    uint8_t bytes[24];
    char text[NAME_TEXT_MAX];
    for (size_t i = 0; i < sizeof bytes; i++) {
      seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
      uint8_t byte = (uint8_t)(seed >> 16);
      bytes[i] = byte < 64 ? byte % 4 : byte < 96 ? 0xc0 : byte % 24;
    }
    struct message message = {bytes, sizeof bytes};
    size_t begin = (size_t)(seed >> 40) % sizeof bytes, at = begin, skipped = begin, len = 0;
    if (!name_read(text, &len, &message, &at)) continue;
    names++;
    assert_true(name_skip(&message, &skipped));
    assert_int_equal(at, skipped);
    assert_true(at > begin && at <= sizeof bytes && len <= NAME_TEXT_MAX);
  }
  assert_true(names > 10000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_by_table),
      cmocka_unit_test(skips_by_table),
      cmocka_unit_test(labels_and_names_of_most_bytes),
      cmocka_unit_test(names_of_most_bytes_by_pointers),
      cmocka_unit_test(pointers_to_pointers),
      cmocka_unit_test(far_pointers),
      cmocka_unit_test(reading_and_skipping_agree),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
