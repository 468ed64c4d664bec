/* Tests the second mode of the scanner: which bytes make which token of settings, where lines end, and that numbers are
 * read exactly or not at all. */
#include "compile_text.h"

#include "grammar/lexer.h"
#include "grammar/lexer_settings.h"
#include "parser.tab.h"

static const struct {
  int token;
  char letter;
} letters[] = {
    {SETTING_WORD_TOKEN, 'w'},     {TOK_STRING, 's'},  {TOK_NUMBER, '1'},  {SETTING_DURATION_TOKEN, 'd'},
    {SETTING_ENDPOINT_TOKEN, 'e'}, {TOK_ADDRESS, 'a'}, {TOK_NETWORK, 'n'}, {SETTING_SERVER_TOKEN, 'v'},
    {SETTING_LINE_END, '.'},       {SETTING_NO_TOKEN, '?'},
};

/* A letter a token; behind it ! where something was said of it. */
static const struct {
  const char *text, *tokens;
} scans[] = {
    {"", ""},
    {" \t\r", ""},
    {"# only\n#this", "."},
    {"a\n\nb\r\n", "w..w."},
    {"rule when m{ and", "www?!w"},
    {"a_B-9.x _ a.b-", "www"},
    {"\"a b\"#c", "s"},
    {"\"a # b\" c", "sw"},
    {"\"a\"\"b\"w5", "ssw"},
    {"5 5k 2.5 0660", "1111"},
    {"5K 5.x 5kk", "1!1!1!"},
    {"5ms 5s 5m 5h 5M", "dddd1"},
    {"5d 5sec", "1!1!"},
    {"192.0.2.1 ::1 fe80::1 dead:beef::", "aaaa"},
    {"192.0.2.0/24 ::/0", "nn"},
    {"192.0.2.1/24 1::2::3", "n!a!"},
    {"192.0.2.1:53 192.0.2.1: [::1]:53 [::1]", "vvvv"},
    {"tcp:127.0.0.1:783 unix:/a/b.c a:b beef:1 tcp:", "eeeee"},
    {"unix:/a#b\n", "e."},
    {"unix:/a\"b\"", "es"},
    {"/a/b m/x/", "s!ws!"},
    {"/* a\nb */ c", "w!"},
    {"\"open\nnext", "s!.w"},
    {"'one' two", "s!w"},
    {"= , ; { } \\ $", "?!?!?!?!?!?!?!"},
    {"\xC3\xA9 \xFF", "?!?!"},
    {"\xEF\xBB\xBFw", "w"},
};

static void scan_text(struct subject *s, struct buf *out, const char *string) {
  char slab[LEXER_SLAB];
  struct text text = text_from(string);
  uint32_t file = sources_add(&s->c.sources, TEXT("t"), text, SPAN_NONE);
  char *copy = arena_new(&s->c.arena, text.len + 2);
  struct parse p = {.arena = &s->c.arena, .diags = &s->diags, .file = file, .bytes = text, .slab = slab};
  assert_non_null(copy);
  memcpy(copy, text.ptr, text.len);
  assert_true(lexer_open_settings(&p, copy, text.len));
  for (;;) {
    ASSAY_YYSTYPE value;
    struct span at;
    size_t errors = s->diags.errors;
    int token = lexer_scan(&value, &at, &p);
    if (token == 0) break;
    for (size_t i = 0; i < COUNT(letters); i++)
      if (letters[i].token == token) buf_byte(out, letters[i].letter);
    if (s->diags.errors > errors && token != SETTING_LINE_END) buf_byte(out, '!');
  }
}

static void test_tokens(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(scans); i++) {
    struct subject s;
    struct buf out;
    subject_open(&s);
    buf_init(&out, &s.alloc.alloc);
    s.diags.sources = &s.c.sources;
    scan_text(&s, &out, scans[i].text);
    if (!text_is(buf_view(&out), scans[i].tokens)) {
      buf_byte(&out, '\0');
      fail_msg("`%s`: %s, not %s", scans[i].text, out.ptr, scans[i].tokens);
    }
    buf_free(&out);
    subject_close(&s);
  }
}

static const struct {
  const char *text;
  enum setting_scale scale;
  bool good;
  int64_t number;
} amounts[] = {
    {"0", SCALE_NUMBER, true, 0},
    {"007", SCALE_NUMBER, true, 7},
    {"1k", SCALE_NUMBER, true, 1024},
    {"3M", SCALE_NUMBER, true, 3 << 20},
    {"2G", SCALE_NUMBER, true, (int64_t)2 << 30},
    {"9223372036854775807", SCALE_NUMBER, true, INT64_MAX},
    {"9223372036854775808", SCALE_NUMBER, false, 0},
    {"8589934591G", SCALE_NUMBER, true, INT64_MAX - ((1 << 30) - 1)},
    {"8589934592G", SCALE_NUMBER, false, 0},
    {"", SCALE_NUMBER, false, 0},
    {"k", SCALE_NUMBER, false, 0},
    {"1K", SCALE_NUMBER, false, 0},
    {"1kk", SCALE_NUMBER, false, 0},
    {"1s", SCALE_NUMBER, false, 0},
    {"1.5", SCALE_NUMBER, false, 0},
    {"0660", SCALE_OCTAL, true, 432},
    {"8", SCALE_OCTAL, false, 0},
    {"7k", SCALE_OCTAL, false, 0},
    {"777777777777777777777", SCALE_OCTAL, true, INT64_MAX},
    {"1000000000000000000000", SCALE_OCTAL, false, 0},
    {"1ms", SCALE_DURATION, true, 1},
    {"2s", SCALE_DURATION, true, 2000},
    {"3m", SCALE_DURATION, true, 180000},
    {"4h", SCALE_DURATION, true, 14400000},
    {"2562047788015h", SCALE_DURATION, true, 2562047788015 * 3600000},
    {"2562047788016h", SCALE_DURATION, false, 0},
    {"5", SCALE_DURATION, false, 0},
    {"5M", SCALE_DURATION, false, 0},
};

static void test_amounts(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(amounts); i++) {
    int64_t number = -1;
    bool good = setting_amount(&number, text_from(amounts[i].text), amounts[i].scale);
    if (good != amounts[i].good || (good && number != amounts[i].number))
      fail_msg("%s: %d, %lld", amounts[i].text, good, (long long)number);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_tokens), cmocka_unit_test(test_amounts)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
