/* Tests what the scanner's actions do by themselves: places moved on and back, the slab, braces at a line's end, and
 * values that are given even behind an error. */
#include "compile_text.h"

#include "grammar/lexer_util.h"
#include "parser.tab.h"

static void places_move_on_and_back(void **state) {
  (void)state;
  struct parse p = {.file = 3, .offset = 10};
  struct span at = SPAN_NONE;
  lexer_advance(&p, &at, 5);
  assert_int_equal(at.file, 3);
  assert_int_equal(at.begin, 10);
  assert_int_equal(at.end, 15);
  lexer_retreat(&p, &at, 2);
  assert_int_equal(at.begin, 10);
  assert_int_equal(at.end, 13);
  assert_int_equal(p.offset, 13);
}

/* Blocks are aligned, do not overlap, and end with the slab. */
static void the_slab_ends(void **state) {
  (void)state;
  _Alignas(max_align_t) char slab[LEXER_SLAB];
  struct parse p = {.slab = slab};
  char *last = NULL;
  size_t taken = 0;
  for (char *block; (block = lexer_slab_take(&p, 33)) != NULL; taken++) {
    assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
    assert_true(block >= slab && block + 33 <= slab + LEXER_SLAB);
    assert_true(!last || block >= last + 33);
    memset(block, 0xff, 33);
    last = block;
  }
  assert_true(taken >= LEXER_SLAB / 64);
  assert_null(lexer_slab_take(&p, LEXER_SLAB + 1));
  assert_null(lexer_slab_take(&p, SIZE_MAX - 64));
}

static void braces_at_a_lines_end(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t kept;
  } rows[] = {
      {"\"a", 2},     {"\"a}", 2},      {"\"a }", 3},    {"\"a } }", 3}, {"\"a}}\t\r", 2}, {"\"a} b", 5},
      {"\"a  ", 4},   {"\"", 1},        {"\"}", 1},      {"\"} }", 1},   {"\"a} \r", 2},   {"\"{ }", 3},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    size_t kept = lexer_before_braces(text_from(rows[i].text));
    if (kept != rows[i].kept) fail_msg("%s: %zu, want %zu", rows[i].text, kept, rows[i].kept);
  }
  assert_int_equal(lexer_before_braces(text_of("\"a\0}", 4)), 3);
}

/* An arena, diagnostics and a parse over a text, for one action. */
struct scanned {
  struct subject s;
  struct parse parse;
  ASSAY_YYSTYPE value;
  struct span at;
};

static void scanned_open(struct scanned *a, const char *text) {
  subject_open(&a->s);
  struct text bytes = text_from(text);
  uint32_t file = sources_add(&a->s.c.sources, TEXT("t"), bytes, SPAN_NONE);
  a->at = (struct span){file, 0, (uint32_t)bytes.len};
  a->parse = (struct parse){.arena = &a->s.c.arena, .diags = &a->s.diags, .file = file, .bytes = bytes};
}

static void numbers_fit_or_are_zero(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t milli;
    bool fraction;
    const char *said;
  } rows[] = {
      {"5", 5000, false, ""},
      {"0.5", 500, true, ""},
      {"5.0", 5000, true, ""},
      {"1k", 1024000, false, ""},
      {"9223372036854775.807", INT64_MAX, true, ""},
      {"9223372036854775.808", 0, true, "E104@1:1"},
      {"9223372036854776", 0, false, "E104@1:1"},
      {"18446744073709551617", 0, false, "E104@1:1"},
      {"8796093022208M", 0, false, "E104@1:1"},
      {"1.2345", 0, false, "E104@1:1"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct scanned a;
    scanned_open(&a, rows[i].text);
    assert_int_equal(lexer_number(&a.parse, &a.value, a.at, a.parse.bytes), TOK_NUMBER);
    if (a.value.number.milli != rows[i].milli || a.value.number.fraction != rows[i].fraction)
      fail_msg("%s: %lld %d", rows[i].text, (long long)a.value.number.milli, a.value.number.fraction);
    assert_string_equal(subject_said(&a.s), rows[i].said);
    subject_close(&a.s);
  }
}

/* What is wrong with an address is one message; the value stands for nothing in particular but is a valid one. */
static void faulty_addresses_are_still_addresses(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool network;
    const char *said;
  } rows[] = {
      {"192.0.2.1", false, ""},          {"192.0.2.0/24", true, ""},       {"2001:db8::/32", true, ""},
      {"192.0.2.01", false, "E105@1:1"}, {"192.0.2.999", false, "E105@1:1"}, {"192.0.2.1/24", true, "E105@1:1"},
      {"192.0.02.0/24", true, "E105@1:1"}, {"::/129", true, "E105@1:1"},   {"fe80::1%eth0", true, "E105@1:1"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct scanned a;
    scanned_open(&a, rows[i].text);
    if (rows[i].network)
      assert_int_equal(lexer_network(&a.parse, &a.value, a.at, a.parse.bytes), TOK_NETWORK);
    else
      assert_int_equal(lexer_address(&a.parse, &a.value, a.at, a.parse.bytes), TOK_ADDRESS);
    const struct network *network = &a.value.network;
    assert_true(network->addr.family == 4 || network->addr.family == 6);
    assert_true(network->bits <= (network->addr.family == 4 ? 32 : 128));
    if (strcmp(subject_said(&a.s), rows[i].said) != 0) fail_msg("%s: %s", rows[i].text, subject_said(&a.s));
    subject_close(&a.s);
  }
}

/* A name in mixed case goes on as what it looks like, so that what follows is not blamed too. */
static void mixed_case_by_first_letter(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int token;
    const char *name;
  } rows[] = {
      {"Helo", TOK_UPPER, "HELO"}, {"helO", TOK_LOWER, "helo"}, {"_helo", TOK_LOWER, "helo"},
      {"__A", TOK_UPPER, "A"},     {"_", TOK_LOWER, "_"},       {"a_B9", TOK_LOWER, "a_b9"}, {"_9a", TOK_LOWER, "9a"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct scanned a;
    scanned_open(&a, rows[i].text);
    int token = lexer_mixed_case(&a.parse, &a.value, a.at, a.parse.bytes);
    if (token != rows[i].token || !text_is(a.value.word.text, rows[i].name))
      fail_msg("%s: %.*s", rows[i].text, TEXT_ARG(a.value.word.text));
    assert_string_equal(subject_said(&a.s), "E107@1:1");
    subject_close(&a.s);
  }
}

/* Where memory is out a string is empty, and the arena says so. */
static void a_string_without_memory_is_empty(void **state) {
  (void)state;
  struct scanned a;
  scanned_open(&a, "\"abc\"");
  a.s.c.arena.cap = a.s.c.arena.total;
  while (arena_new(&a.s.c.arena, 16)) {}
  assert_int_equal(lexer_string(&a.parse, &a.value, a.at, a.parse.bytes), TOK_STRING);
  assert_int_equal(a.value.word.text.len, 0);
  assert_true(a.s.c.arena.failed);
  subject_close(&a.s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(places_move_on_and_back),
      cmocka_unit_test(the_slab_ends),
      cmocka_unit_test(braces_at_a_lines_end),
      cmocka_unit_test(numbers_fit_or_are_zero),
      cmocka_unit_test(faulty_addresses_are_still_addresses),
      cmocka_unit_test(mixed_case_by_first_letter),
      cmocka_unit_test(a_string_without_memory_is_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
