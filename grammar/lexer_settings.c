/* Owns what the scanner's actions do with the bytes of tokens that only files of settings have.
 * Must never know: which settings there are. */
#include "grammar/lexer_settings.h"

#include "grammar/codes.h"
#include "grammar/lexer_util.h"
#include "parser.tab.h"

static int keep_word(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text, int token) {
  value->word = word_make(at, arena_text(p->arena, text));
  return token;
}

int setting_word(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  return keep_word(p, value, at, text, SETTING_WORD_TOKEN);
}

int setting_endpoint(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  return keep_word(p, value, at, text, SETTING_ENDPOINT_TOKEN);
}

int setting_server(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  return keep_word(p, value, at, text, SETTING_SERVER_TOKEN);
}

int setting_path(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  if (text_starts(text, TEXT("/*")) || text_starts(text, TEXT("//"))) {
    lexer_comment(p, at);
  } else {
    report(p->diags, BAD_STRING, at, "a path stands in double quotes");
    diag_help(p->diags, "write \"%.*s\"", TEXT_ARG(text));
  }
  return keep_word(p, value, at, text, TOK_STRING);
}

/* --- numbers --- */

static const struct {
  enum setting_scale scale;
  const char *unit;
  int64_t factor;
} units[] = {
    {SCALE_NUMBER, "", 1},       {SCALE_NUMBER, "k", 1 << 10}, {SCALE_NUMBER, "M", 1 << 20},
    {SCALE_NUMBER, "G", 1 << 30}, {SCALE_OCTAL, "", 1},         {SCALE_DURATION, "ms", 1},
    {SCALE_DURATION, "s", 1000}, {SCALE_DURATION, "m", 60000}, {SCALE_DURATION, "h", 3600000},
};

bool setting_amount(int64_t *out, struct text text, enum setting_scale scale) {
  int base = scale == SCALE_OCTAL ? 8 : 10;
  int64_t number = 0;
  size_t digits = 0;
  for (; digits < text.len && ascii_digit(text.ptr[digits]); digits++) {
    int digit = text.ptr[digits] - '0';
    bool over = __builtin_mul_overflow(number, base, &number) || __builtin_add_overflow(number, digit, &number);
    if (over || digit >= base) return false;
  }
  struct text unit = text_of(text.ptr + digits, text.len - digits);
  for (size_t i = 0; digits && i < sizeof units / sizeof *units; i++)
    if (units[i].scale == scale && text_is(unit, units[i].unit))
      return !__builtin_mul_overflow(number, units[i].factor, out);
  return false;
}

int setting_duration(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  int64_t milliseconds;
  if (!setting_amount(&milliseconds, text, SCALE_DURATION)) {
    report(p->diags, BAD_NUMBER, at, "this duration is too long");
    diag_help(p->diags, "the longest is %lld hours", (long long)(INT64_MAX / 3600000));
  }
  return keep_word(p, value, at, text, SETTING_DURATION_TOKEN);
}

int setting_bad_number(struct parse *p, union ASSAY_YYSTYPE *value, struct span at) {
  value->number = (struct number){0, false};
  report(p->diags, BAD_NUMBER, at, "a letter or dot is glued to a number");
  diag_help(p->diags, "numbers are 3, 512k, 5M, 1G; durations 250ms, 30s, 5m, 1h; texts stand in quotes");
  return TOK_NUMBER;
}

/* --- what is no token --- */

/* Bytes that mean something in other files of settings. */
static const struct {
  const char *bytes, *help;
} marks[] = {
    {"=:", "a setting is its name and its values, with blanks between"},
    {",", "values stand apart by blanks"},
    {"{}()<>", "a setting is one line; there are no blocks"},
    {"-+", "no number has a sign"},
    {"$%", "nothing is put in for names"},
    {"\\", "a setting is one line, and cannot go on in the next"},
    {"!*?&|^~", "texts stand in double quotes"},
    {"'`@./", "texts stand in double quotes"},
    {"]", "an IPv6 address with a port is [::1]:53"},
};

int setting_bad_byte(struct parse *p, struct span at, char byte) {
  const char *help = NULL;
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (byte && strchr(marks[i].bytes, byte)) help = marks[i].help;
  if (!help) {
    lexer_bad_byte(p, at, byte);
  } else {
    report(p->diags, BAD_BYTE, at, "`%c` has no meaning here", byte);
    diag_help(p->diags, "%s", help);
  }
  return SETTING_NO_TOKEN;
}
