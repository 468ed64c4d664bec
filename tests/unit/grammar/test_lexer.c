/* Tests the scanner: which bytes make which token, where it begins and ends, what it is worth, and that one slip
 * makes one message and still a token of the right kind. */
#include "compile_text.h"

#include "base/source.h"
#include "grammar/lexer.h"
#include "grammar/recover.h"
#include "parser.tab.h"

/* A text with NULs inside. */
#define BYTES(literal) {"" literal, sizeof(literal) - 1}

static const struct {
  int kind;
  const char *word;
} kinds[] = {
    {TOK_LOWER, "name"},    {TOK_UPPER, "RULE"},  {TOK_WILD, "WILD"},     {TOK_STRING, "string"},
        {TOK_NUMBER, "number"},
    {TOK_ADDRESS, "addr"},  {TOK_NETWORK, "net"}, {TOK_REGEX, "regex"},   {TOK_EQ, "=="},         {TOK_NE, "!="},
    {TOK_LE, "<="},         {TOK_GE, ">="},       {TOK_MATCH, "=~"},      {TOK_NOMATCH, "!~"},    {TOK_ADD_TO, "+="},
    {TOK_TAKE_FROM, "-="},  {TOK_ASSIGN, "="},    {TOK_AND, "AND"},       {TOK_OR, "OR"},         {TOK_NOT, "NOT"},
    {TOK_IN, "IN"},         {TOK_RULE, "KRULE"},  {TOK_ACTION, "ACTION"}, {TOK_DNS, "DNS"},
        {TOK_UNKNOWN, "UNKNOWN"},
};

struct scan {
  struct test_alloc alloc;
  struct arena arena;
  struct sources sources;
  struct diags diags;
  struct parse parse;
  char slab[LEXER_SLAB];
  struct buf out;
};

static void scan_open(struct scan *s, struct text text) {
  test_alloc_init(&s->alloc);
  arena_init(&s->arena, &s->alloc.alloc, SIZE_MAX);
  diags_init(&s->diags, &s->alloc.alloc);
  assert_true(sources_init(&s->sources, &s->arena));
  s->diags.sources = &s->sources;
  buf_init(&s->out, &s->alloc.alloc);
  struct text bytes = arena_text(&s->arena, text);
  uint32_t file = sources_add(&s->sources, TEXT("t"), bytes, SPAN_NONE);
  s->parse = (struct parse){.arena = &s->arena, .diags = &s->diags, .file = file, .bytes = bytes, .slab = s->slab};
  char *copy = arena_new(&s->arena, bytes.len + 2);
  assert_non_null(copy);
  memcpy(copy, bytes.ptr, bytes.len);
  assert_true(lexer_open(&s->parse, copy, bytes.len));
}

static void scan_close(struct scan *s) {
  buf_free(&s->out);
  diags_free(&s->diags);
  arena_free(&s->arena);
  assert_true(test_alloc_clean(&s->alloc));
}

static void print_value(struct buf *out, int kind, const ASSAY_YYSTYPE *value) {
  static const char letters[] = "imsxu";
  if (kind == TOK_NUMBER) buf_byte(out, ':'), buf_milli(out, value->number.milli);
  if (kind == TOK_NUMBER && value->number.fraction) buf_byte(out, '.');
  if (kind == TOK_ADDRESS) buf_byte(out, ':'), addr_print(out, value->network.addr);
  if (kind == TOK_NETWORK) buf_byte(out, ':'), network_print(out, value->network);
  if (kind == TOK_LOWER || kind == TOK_UPPER || kind == TOK_WILD || kind == TOK_STRING)
    buf_byte(out, ':'), buf_escaped(out, value->word.text);
  if (kind != TOK_REGEX) return;
  buf_byte(out, ':');
  buf_escaped(out, value->regex.source);
  buf_byte(out, '/');
  for (unsigned i = 0; i < sizeof letters - 1; i++)
    if (value->regex.flags >> i & 1) buf_byte(out, letters[i]);
}

/* "name:helo[0,4] ==[5,7]", then what was said: " | E103@1:1". */
static const char *scan_all(struct scan *s) {
  for (bool first = true;; first = false) {
    ASSAY_YYSTYPE value;
    struct span at;
    int kind = lexer_scan(&value, &at, &s->parse);
    if (kind == 0) break;
    size_t row = 0;
    while (row < COUNT(kinds) && kinds[row].kind != kind) row++;
    if (!first) buf_byte(&s->out, ' ');
    if (row < COUNT(kinds)) buf_str(&s->out, kinds[row].word);
    else if (kind < 128) buf_byte(&s->out, (char)kind);
    else buf_byte(&s->out, '?');
    print_value(&s->out, kind, &value);
    buf_printf(&s->out, "[%u,%u]", at.begin, at.end);
  }
  for (size_t i = 0; i < s->diags.list.count; i++) {
    const struct diag *diag = &s->diags.list.at[i];
    buf_printf(&s->out, " | %s@%u:%u-%u", diag->code->code, diag->first.place.line, diag->first.place.column,
               diag->first.place.end_column);
  }
  buf_byte(&s->out, '\0');
  return s->out.ptr;
}

struct row {
  struct text text;
  const char *want;
};

static void expect_tokens(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct scan s;
    scan_open(&s, rows[i].text);
    const char *got = scan_all(&s);
    if (strcmp(got, rows[i].want) != 0)
      fail_msg("row %zu: %.*s\n  got  \"%s\"\n  want \"%s\"", i, (int)rows[i].text.len, rows[i].text.ptr, got,
               rows[i].want);
    scan_close(&s);
  }
}

static void words_and_signs(void **state) {
  (void)state;
  static const struct row rows[] = {
      {BYTES(""), ""},
      {BYTES(" \t\r\n"), ""},
      {BYTES("helo"), "name:helo[0,4]"},
      {BYTES("a9_ B9_"), "name:a9_[0,3] RULE:B9_[4,7]"},
      {BYTES("HELO_*"), "WILD:HELO_*[0,6]"},
      {BYTES("HELO_ *"), "RULE:HELO_[0,5] *[6,7]"},
      {BYTES("rule ruled RULE"), "KRULE[0,4] name:ruled[5,10] RULE:RULE[11,15]"},
      {BYTES("and or not && || !"), "AND[0,3] OR[4,6] NOT[7,10] AND[11,13] OR[14,16] ![17,18]"},
      {BYTES("=====!=<=>==~!~"), "==[0,2] ==[2,4] =[4,5] !=[5,7] <=[7,9] >=[9,11] =~[11,13] !~[13,15]"},
      {BYTES("a+=b-=c-d"), "name:a[0,1] +=[1,3] name:b[3,4] -=[4,6] name:c[6,7] -[7,8] name:d[8,9]"},
      {BYTES("{}():,.<>+*-"),
       "{[0,1] }[1,2] ([2,3] )[3,4] :[4,5] ,[5,6] .[6,7] <[7,8] >[8,9] +[9,10] *[10,11] -[11,12]"},
      {BYTES("a# b\nc"), "name:a[0,1] name:c[5,6]"},
      {BYTES("a # at the end of the file"), "name:a[0,1]"},
      {BYTES("a\r\nb"), "name:a[0,1] name:b[3,4]"},
      {BYTES("aB"), "name:ab[0,2] | E107@1:1-3"},
      {BYTES("Ab"), "RULE:AB[0,2] | E107@1:1-3"},
      {BYTES("_a"), "name:a[0,2] | E107@1:1-3"},
  };
  expect_tokens(rows, COUNT(rows));
}

static void strings_and_escapes(void **state) {
  (void)state;
  static const struct row rows[] = {
      {BYTES("\"\""), "string:[0,2]"},
      {BYTES("\"a b\"c"), "string:a b[0,5] name:c[5,6]"},
      {BYTES("\"a # b\""), "string:a # b[0,7]"},
      {BYTES("\"\\\"\\\\\\n\\t\""), "string:\\\"\\\\\\x0A\\x09[0,10]"},
      {BYTES("\"\\x41\\x00\\xfF\""), "string:A\\x00\\xFF[0,14]"},
      {BYTES("\"a\0b\""), "string:a\\x00b[0,5]"},
      {BYTES("\"\xC3\xA9\""), "string:\\xC3\\xA9[0,4]"},
      {BYTES("\"a\\d\""), "string:a[0,5] | E103@1:3-5"},
      {BYTES("\"\\x4\""), "string:4[0,5] | E103@1:2-4"},
      {BYTES("\"\\x\""), "string:[0,4] | E103@1:2-4"},
      {BYTES("\"\\xg1\" \"\\N\""), "string:g1[0,6] string:[7,11] | E103@1:2-4 | E103@1:9-11"},
      {BYTES("'a'"), "string:a[0,3] | E103@1:1-4"},
  };
  expect_tokens(rows, COUNT(rows));
}

/* A token that is not closed ends with its line, before braces that close what it stands in: one slip, one message.
 * */
static void ends_inside_a_token(void **state) {
  (void)state;
  static const struct row rows[] = {
      {BYTES("\"a"), "string:[0,2] | E103@1:1-3"},
      {BYTES("\""), "string:[0,1] | E103@1:1-2"},
      {BYTES("\"a\\"), "string:[0,3] | E103@1:1-4"},
      {BYTES("\"a\\\"\nb"), "string:[0,4] name:b[5,6] | E103@1:1-5"},
      {BYTES("\"a }}\nb"), "string:[0,3] }[3,4] }[4,5] name:b[6,7] | E103@1:1-4"},
      {BYTES("\"a } \r\nb"), "string:[0,3] }[3,4] name:b[7,8] | E103@1:1-4"},
      {BYTES("\"a } b\nc"), "string:[0,6] name:c[7,8] | E103@1:1-7"},
      {BYTES("/a"), "regex:/[0,2] | E106@1:1-3"},
      {BYTES("/a }\nb"), "regex:/[0,3] }[3,4] name:b[5,6] | E106@1:1-4"},
      {BYTES("m{a{b}"), "regex:/[0,6] | E106@1:1-7"},
      {BYTES("m{"), "regex:/[0,2] | E106@1:1-3"},
      {BYTES("m{a\\"), "regex:/[0,4] | E106@1:1-5"},
      {BYTES("'a"), "name:a[1,2] | E102@1:1-2"},
  };
  expect_tokens(rows, COUNT(rows));
}

static void numbers(void **state) {
  (void)state;
  static const struct row rows[] = {
      {BYTES("0 007"), "number:0[0,1] number:7[2,5]"},
      {BYTES("2.5 0.125 1.050"), "number:2.5.[0,3] number:0.125.[4,9] number:1.05.[10,15]"},
      {BYTES("1.000"), "number:1.[0,5]"},
      {BYTES("-3"), "-[0,1] number:3[1,2]"},
      {BYTES("10k 5M"), "number:10240[0,3] number:5242880[4,6]"},
      {BYTES("9223372036854775"), "number:9223372036854775[0,16]"},
      {BYTES("9223372036854775.807"), "number:9223372036854775.807.[0,20]"},
      {BYTES("9223372036854775.808"), "number:0.[0,20] | E104@1:1-21"},
      {BYTES("9223372036854776"), "number:0[0,16] | E104@1:1-17"},
      {BYTES("99999999999999999999"), "number:0[0,20] | E104@1:1-21"},
      {BYTES("9223372036854775k"), "number:0[0,17] | E104@1:1-18"},
      {BYTES("1.0000"), "number:0[0,6] | E104@1:1-7"},
      {BYTES("3rd"), "number:0[0,3] | E104@1:1-4"},
      {BYTES("1.2.3"), "number:0[0,5] | E104@1:1-6"},
      {BYTES("5."), "number:0[0,2] | E104@1:1-3"},
      {BYTES(".5"), ".[0,1] number:5[1,2]"},
      {BYTES("10K"), "number:0[0,3] | E104@1:1-4"},
      {BYTES("1.5k"), "number:0[0,4] | E104@1:1-5"},
      {BYTES("5s 100ms"), "number:0[0,2] number:0[3,8] | E104@1:1-3 | E104@1:4-9"},
      {BYTES("1_000"), "number:0[0,5] | E104@1:1-6"},
  };
  expect_tokens(rows, COUNT(rows));
}

static void addresses_and_networks(void **state) {
  (void)state;
  static const struct row rows[] = {
      {BYTES("192.0.2.1"), "addr:192.0.2.1[0,9]"},
      {BYTES("192.0.2.0/24,"), "net:192.0.2.0/24[0,12] ,[12,13]"},
      {BYTES("::"), "addr:::[0,2]"},
      {BYTES("::1"), "addr:::1[0,3]"},
      {BYTES("2001:DB8::0:25"), "addr:2001:db8::25[0,14]"},
      {BYTES("2001:db8::/32"), "net:2001:db8::/32[0,13]"},
      {BYTES("::ffff:192.0.2.1"), "addr:192.0.2.1[0,16]"},
      {BYTES("::ffff:192.0.2.0/120"), "net:192.0.2.0/24[0,20]"},
      {BYTES("0.0.0.0/0"), "net:0.0.0.0/0[0,9]"},
      {BYTES("{192.0.2.1}"), "{[0,1] addr:192.0.2.1[1,10] }[10,11]"},
      {BYTES("192.0.2.01"), "addr:0.0.0.0[0,10] | E105@1:1-11"},
      {BYTES("192.0.2.256"), "addr:0.0.0.0[0,11] | E105@1:1-12"},
      {BYTES("192.0.2.1/24"), "net:0.0.0.0/0[0,12] | E105@1:1-13"},
      {BYTES("192.0.2.0/33"), "net:0.0.0.0/0[0,12] | E105@1:1-13"},
      {BYTES("192.0.2.0/"), "net:0.0.0.0/0[0,10] | E105@1:1-11"},
      {BYTES("192.0.2.0/2x"), "net:0.0.0.0/0[0,12] | E105@1:1-13"},
      {BYTES("fe80::1%eth0"), "net:0.0.0.0/0[0,12] | E105@1:1-13"},
      {BYTES("1:2:3:4:5:6:7:8:9"), "addr:0.0.0.0[0,17] | E105@1:1-18"},
      {BYTES("2001:db8::1::2"), "addr:0.0.0.0[0,14] | E105@1:1-15"},
      {BYTES("2001:db8::g"), "net:0.0.0.0/0[0,11] | E105@1:1-12"},
      {BYTES("192.0.2"), "number:0[0,7] | E104@1:1-8"},
      {BYTES("192.0.2.1.5"), "number:0[0,11] | E104@1:1-12"},
      /* A type behind a name of hexadecimal digits is no address: one colon never is. */
      {BYTES("list dead:abcd"), "?[0,4] name:dead[5,9] :[9,10] name:abcd[10,14]"},
  };
  expect_tokens(rows, COUNT(rows));
}

static void regexes(void **state) {
  (void)state;
  static const struct row rows[] = {
      {BYTES("/a b/"), "regex:a b/[0,5]"},
      {BYTES("/a/imsxu"), "regex:a/imsxu[0,8]"},
      {BYTES("/a\\/b/i"), "regex:a\\\\/b/i[0,7]"},
      {BYTES("/[\\]#]/ #"), "regex:[\\\\]#]/[0,7]"},
      {BYTES("//"), "regex:/[0,2]"},
      {BYTES("/a\0b/"), "regex:a\\x00b/[0,5]"},
      {BYTES("m{a/b}"), "regex:a/b/[0,6]"},
      {BYTES("m{a{2}b{3}}i c"), "regex:a{2}b{3}/i[0,12] name:c[13,14]"},
      {BYTES("m{a\\}b\\{}"), "regex:a\\\\}b\\\\{/[0,9]"},
      {BYTES("m{a\nb}x"), "regex:a\\x0Ab/x[0,7]"},
      {BYTES("m {}"), "name:m[0,1] {[2,3] }[3,4]"},
      {BYTES("/a/g"), "regex:a/[0,4] | E106@1:4-5"},
      {BYTES("/a/ii"), "regex:a/i[0,5] | E106@1:5-6"},
      {BYTES("m{a}_"), "regex:a/[0,5] | E106@1:5-6"},
      {BYTES("/(/"), "regex:(/[0,3] | E106@1:3-3"},
      {BYTES("/\\C/"), "regex:\\\\C/[0,4] | E106@1:4-4"},
      {BYTES("m{b(}"), "regex:b(/[0,5] | E106@1:5-5"},
  };
  expect_tokens(rows, COUNT(rows));
}

static void bytes_that_begin_nothing(void **state) {
  (void)state;
  static const struct row rows[] = {
      {BYTES("\xEF\xBB\xBF"
             "a"),
       "name:a[3,4]"},
      {BYTES("a\xEF\xBB\xBF"
             "b"),
       "name:a[0,1] name:b[4,5] | E102@1:2-5"},
      {BYTES("a;b"), "name:a[0,1] name:b[2,3] | E102@1:2-3"},
      {BYTES("a\0b"), "name:a[0,1] name:b[2,3] | E102@1:2-3"},
      {BYTES("\0"), " | E102@1:1-2"},
      {BYTES("\x7f$"), " | E102@1:1-2 | E102@1:2-3"},
      /* One character of UTF-8 is one message; bytes that are none are one each. */
      {BYTES("\xC3\xA9"), " | E102@1:1-3"},
      {BYTES("\xF0\x9F\x98\x80"), " | E102@1:1-5"},
      {BYTES("\x80\xff"), " | E102@1:1-2 | E102@1:2-3"},
      {BYTES("\xC3"), " | E102@1:1-2"},
      {BYTES("&|"), " | E102@1:1-2 | E102@1:2-3"},
  };
  expect_tokens(rows, COUNT(rows));
}

/* At each length limit the last that is allowed, and the first that is not, which is still a token. */
static void lengths_are_limited(void **state) {
  (void)state;
  static const struct {
    char before, fill, after;
    size_t most;
    int kind;
    const char *code;
  } rows[] = {
      {'a', 'a', 'a', NAME_MAX_BYTES - 2, TOK_LOWER, "E107"},
      {'A', 'A', 'A', NAME_MAX_BYTES - 2, TOK_UPPER, "E107"},
      {'"', 'a', '"', STRING_MAX_BYTES, TOK_STRING, "E103"},
      {'/', 'a', '/', STRING_MAX_BYTES, TOK_REGEX, "E106"},
  };
  static char bytes[STRING_MAX_BYTES + 3];
  for (size_t i = 0; i < COUNT(rows) * 2; i++) {
    size_t len = rows[i / 2].most + i % 2;
    bytes[0] = rows[i / 2].before;
    memset(bytes + 1, rows[i / 2].fill, len);
    bytes[len + 1] = rows[i / 2].after;
    struct scan s;
    ASSAY_YYSTYPE value;
    struct span at;
    scan_open(&s, text_of(bytes, len + 2));
    assert_int_equal(lexer_scan(&value, &at, &s.parse), rows[i / 2].kind);
    assert_int_equal(at.end, len + 2);
    assert_int_equal(s.diags.errors, i % 2);
    if (i % 2) assert_string_equal(s.diags.list.at[0].code->code, rows[i / 2].code);
    scan_close(&s);
  }
}

/* Any bytes at all: spans go forward without a gap that is not white space, comment or reported, and the end comes.
 * */
static void any_bytes_come_to_an_end(void **state) {
  (void)state;
  uint64_t seed = 0x9e3779b97f4a7c15u;
  static const char pieces[] = "\"/{}m#'\\\n\r aA1.:-_*=!\0\xC3\xA9\xEF\xBB\xBF";
  for (unsigned round = 0; round < 3000; round++) {
    char bytes[40];
    size_t len = round % sizeof bytes;
    for (size_t i = 0; i < len; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      bytes[i] = round % 2 ? pieces[(seed >> 33) % (sizeof pieces - 1)] : (char)(seed >> 40);
    }
    struct scan s;
    ASSAY_YYSTYPE value;
    struct span at;
    uint32_t last = 0;
    scan_open(&s, text_of(bytes, len));
    while (lexer_scan(&value, &at, &s.parse) != 0) {
      assert_true(at.begin >= last && at.end > at.begin && at.end <= len);
      last = at.end;
    }
    assert_int_equal(s.parse.offset, len);
    scan_close(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_and_signs),     cmocka_unit_test(strings_and_escapes),
      cmocka_unit_test(ends_inside_a_token), cmocka_unit_test(numbers),
      cmocka_unit_test(addresses_and_networks), cmocka_unit_test(regexes),
      cmocka_unit_test(bytes_that_begin_nothing), cmocka_unit_test(lengths_are_limited),
      cmocka_unit_test(any_bytes_come_to_an_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
