/* Owns what the scanner's actions do with the bytes of a token: escapes, numbers, addresses, flags.
 * Must never know: the order that tokens may stand in. */
#include "grammar/lexer_util.h"

#include <stdalign.h>

#include "base/num.h"
#include "grammar/codes.h"
#include "grammar/regex.h"
#include "parser.tab.h"

void lexer_advance(struct parse *p, struct span *at, size_t len) {
  at->file = p->file;
  at->begin = p->offset;
  p->offset += (uint32_t)len;
  at->end = p->offset;
}

void lexer_retreat(struct parse *p, struct span *at, size_t len) {
  p->offset -= (uint32_t)len;
  at->end = p->offset;
}

void *lexer_slab_take(struct parse *p, size_t size) {
  size_t need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
  if (need > LEXER_SLAB - p->slab_used) return NULL;
  void *block = p->slab + p->slab_used;
  p->slab_used += need;
  return block;
}

void lexer_fatal(struct parse *p) {
  longjmp(*p->abandon, 1);
}

static struct span part(struct span at, size_t begin, size_t len) {
  return (struct span){at.file, at.begin + (uint32_t)begin, at.begin + (uint32_t)(begin + len)};
}

/* --- names --- */

int lexer_name(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, int token) {
  value->word.text = arena_text(p->arena, value->word.text);
  if (value->word.text.len > NAME_MAX_BYTES)
    report(p->diags, BAD_NAME, at, "a name of %zu bytes; at most %d are allowed", value->word.text.len, NAME_MAX_BYTES);
  if (value->word.text.len > NAME_MAX_BYTES) diag_help(p->diags, "choose a shorter one");
  return token;
}

int lexer_mixed_case(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  if (text.ptr[0] == '_')
    report(p->diags, BAD_NAME, at, "`%.*s` begins with an underscore", TEXT_ARG(text));
  else
    report(p->diags, BAD_NAME, at, "`%.*s` is neither lower_case nor UPPER_CASE", TEXT_ARG(text));
  while (text.len > 1 && text.ptr[0] == '_') text = text_of(text.ptr + 1, text.len - 1);
  char *lower = arena_new(p->arena, text.len + 1), *upper = arena_new(p->arena, text.len + 1);
  for (size_t i = 0; lower && upper && i < text.len; i++) {
    lower[i] = ascii_lower(text.ptr[i]);
    upper[i] = lower[i] >= 'a' && lower[i] <= 'z' ? (char)(lower[i] & ~0x20) : lower[i];
  }
  if (lower && upper && text.ptr[0] != '_')
    diag_help(p->diags, "facts, lists and lets: `%.*s`; rules and exemptions: `%.*s`",
              TEXT_ARG(text_of(lower, text.len)), TEXT_ARG(text_of(upper, text.len)));
  bool rule = ascii_alpha(text.ptr[0]) && text.ptr[0] < 'a';
  value->word = word_make(at, text_of(rule ? upper : lower, upper && lower ? text.len : 0));
  return rule ? TOK_UPPER : TOK_LOWER;
}

/* Bytes that mean something in other languages. */
static const struct {
  const char *bytes, *help;
} marks[] = {
    {"'`@", "texts stand in double quotes"},
    {"|&^", "write `or`, `and`, `not`"},
    {"[]", "sets stand in braces: x in { \"a\", \"b\" }"},
    {"?", "there are no branches; join conditions with `and`, `or`, `not`"},
    {"%", "there is no remainder; ints have + - *"},
    {"$", "names stand without it"},
    {"\\", "line ends mean nothing, so a statement needs no mark to go on"},
};

void lexer_bad_byte(struct parse *p, struct span at, char byte) {
  unsigned char b = (unsigned char)byte;
  if (b >= 0x21 && b < 0x7f)
    report(p->diags, BAD_BYTE, at, "`%c` has no meaning here", byte);
  else
    report(p->diags, BAD_BYTE, at, "a byte \\x%02X outside a string", b);
  if (b >= 0x80) diag_help(p->diags, "names are plain ASCII; texts stand in double quotes");
  if (b < 0x20 || b == 0x7f) diag_help(p->diags, "take it out; in a string it is written \\x%02X", b);
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (strchr(marks[i].bytes, byte) && byte) diag_help(p->diags, "%s", marks[i].help);
  bool first = at.begin == 0 || p->bytes.ptr[at.begin - 1] == '\n';
  bool match = byte == '~' && at.end < p->bytes.len && p->bytes.ptr[at.end] == '=';
  if (byte == ';') diag_help(p->diags, first ? "comments begin with #" : "line ends need no semicolon; take it out");
  if (match) diag_help(p->diags, "to match a regex, write `=~`");
}

/* --- strings --- */

static int hex_digit(char c) {
  if (ascii_digit(c)) return c - '0';
  char l = ascii_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* Decodes the escape behind a backslash at text[*i]; -1 when there is none such. */
static int escape(struct text text, size_t *i) {
  static const char from[] = "\"\\nt", to[] = "\"\\\n\t";
  char c = text.ptr[*i];
  const char *at = strchr(from, c);
  if (at && c) {
    ++*i;
    return (unsigned char)to[at - from];
  }
  if (c != 'x' || *i + 2 >= text.len) return -1;
  int high = hex_digit(text.ptr[*i + 1]), low = hex_digit(text.ptr[*i + 2]);
  *i += 3;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

int lexer_string(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  char *out = arena_new(p->arena, text.len);
  size_t len = 0;
  value->word = word_make(at, TEXT(""));
  if (!out) return TOK_STRING;
  for (size_t i = 1; i + 1 < text.len;) {
    if (text.ptr[i] != '\\') {
      out[len++] = text.ptr[i++];
      continue;
    }
    size_t begin = i++;
    int byte = escape(text, &i);
    if (byte < 0) {
      report(p->diags, BAD_STRING, part(at, begin, 2), "`\\%c` is no escape", text.ptr[begin + 1]);
      diag_help(p->diags, "the escapes are \\\" \\\\ \\n \\t \\xHH");
      i = begin + 2;
    } else {
      out[len++] = (char)byte;
    }
  }
  if (len > STRING_MAX_BYTES) {
    report(p->diags, BAD_STRING, at, "a string of %zu bytes; at most %d are allowed", len, STRING_MAX_BYTES);
    diag_help(p->diags, "several texts stand in a set or list, each for itself");
  }
  value->word.text = text_of(out, len);
  return TOK_STRING;
}

int lexer_single_quoted(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  report(p->diags, BAD_STRING, at, "strings stand in double quotes");
  bool plain = text.len <= NAME_MAX_BYTES && !memchr(text.ptr, '"', text.len) && !memchr(text.ptr, '\\', text.len);
  if (plain)
    diag_help(p->diags, "write \"%.*s\"", (int)text.len - 2, text.ptr + 1);
  else
    diag_help(p->diags, "in them, a quote is written \\\" and a backslash \\\\");
  value->word = word_make(at, arena_text(p->arena, text_of(text.ptr + 1, text.len - 2)));
  return TOK_STRING;
}

size_t lexer_before_braces(struct text text) {
  size_t kept = text.len;
  for (size_t i = text.len; i > 1 && strchr("} \t\r", text.ptr[i - 1]) && text.ptr[i - 1]; i--)
    if (text.ptr[i - 1] == '}') kept = i - 1;
  return kept;
}

int lexer_unclosed_string(struct parse *p, union ASSAY_YYSTYPE *value, struct span at) {
  report(p->diags, BAD_STRING, at, "this string is not closed on its line");
  diag_help(p->diags, "end it with \", or write \\n for a line end inside");
  value->word = word_make(at, TEXT(""));
  return TOK_STRING;
}

/* --- regexes --- */

static unsigned regex_flags(struct parse *p, struct span at, struct text flags) {
  static const char letters[] = "imsxu";
  unsigned bits = 0;
  for (size_t i = 0; i < flags.len; i++) {
    const char *letter = strchr(letters, flags.ptr[i]);
    unsigned bit = letter ? 1u << (letter - letters) : 0;
    if (bit == 0 || bits & bit) {
      report(p->diags, BAD_REGEX, part(at, i, 1), bit ? "the flag `%c` stands twice" : "`%c` is no regex flag",
             flags.ptr[i]);
      diag_help(p->diags, "the flags are i m s x u, each once");
    }
    bits |= bit;
  }
  return bits;
}

/* Checks with PCRE2, where a place in the source can still be shown. */
static int finish_regex(struct parse *p, union ASSAY_YYSTYPE *value, struct span source_at, struct text flags,
                        struct span flags_at) {
  struct text source = text_of(p->bytes.ptr + source_at.begin, source_at.end - source_at.begin);
  value->regex.source = arena_text(p->arena, source);
  value->regex.flags = regex_flags(p, flags_at, flags);
  if (source.len > STRING_MAX_BYTES) {
    report(p->diags, BAD_REGEX, source_at, "a regex of %zu bytes; at most %d are allowed", source.len,
           STRING_MAX_BYTES);
    diag_help(p->diags, "split it: a set or a list of regexes is matched as one");
    return TOK_REGEX;
  }
  struct regex_report regex;
  regex_check(&regex, source, value->regex.flags);
  if (!regex.ok) {
    size_t offset = regex.error_offset < source.len ? regex.error_offset : source.len;
    report(p->diags, BAD_REGEX, part(source_at, offset, offset < source.len), "%s", regex.message);
    if (!text_starts(text_from(regex.message), TEXT("\\C")))
      diag_help(p->diags, "what has a meaning in a pattern, such as ( [ * or +, stands for itself behind a backslash");
  }
  return TOK_REGEX;
}

void lexer_comment(struct parse *p, struct span at) {
  report(p->diags, SYNTAX, at, "this is a comment of another language");
  diag_help(p->diags, "comments begin with # and end with the line");
}

int lexer_regex(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  size_t end = text.len;
  while (text.ptr[end - 1] != '/') end--;
  struct text flags = text_of(text.ptr + end, text.len - end);
  if (end == 2 && flags.len) { /* //words */
    lexer_comment(p, at);
    return finish_regex(p, value, part(at, 1, 0), TEXT(""), part(at, end, 0));
  }
  return finish_regex(p, value, part(at, 1, end - 2), flags, part(at, end, flags.len));
}

void lexer_regex_begin(struct parse *p, struct span at) {
  p->regex_begin = at.begin;
  p->regex_depth = 1;
}

int lexer_regex_end(struct parse *p, union ASSAY_YYSTYPE *value, struct span *at) {
  struct span close = *at;
  at->begin = p->regex_begin;
  struct span source = {at->file, p->regex_begin + 2, close.begin};
  struct span flags = {at->file, close.begin + 1, close.end};
  struct text text = text_of(p->bytes.ptr + flags.begin, flags.end - flags.begin);
  return finish_regex(p, value, source, text, flags);
}

int lexer_unclosed_regex(struct parse *p, union ASSAY_YYSTYPE *value, struct span at) {
  bool braced = p->bytes.ptr[at.begin] == 'm';
  report(p->diags, BAD_REGEX, at, braced ? "this m{…} is not closed" : "this regex is not closed on its line");
  if (text_starts(text_of(p->bytes.ptr + at.begin, at.end - at.begin), TEXT("/*")))
    diag_help(p->diags, "comments begin with #");
  else
    diag_help(p->diags, "%s", braced ? "each { in it needs its }, and stands for itself as \\{"
                                       : "a / always opens a regex; there is no division");
  value->regex.source = TEXT("");
  value->regex.flags = 0;
  return TOK_REGEX;
}

/* --- addresses --- */

static void report_address(struct parse *p, struct span at, struct text text, enum addr_fault fault,
                           struct network suggested) {
  report(p->diags, BAD_ADDRESS, at, "`%.*s`: %s", TEXT_ARG(text), addr_fault_text(fault));
  if (suggested.addr.family == 0) {
    diag_help(p->diags, "%s", addr_fault_help(fault));
    return;
  }
  bool network = memchr(text.ptr, '/', text.len) != NULL;
  struct buf form;
  buf_init(&form, p->arena->alloc);
  if (network)
    network_print(&form, suggested);
  else
    addr_print(&form, suggested.addr);
  diag_help(p->diags, "the %s is `%.*s`", network ? "network" : "address", TEXT_ARG(buf_view(&form)));
  p->arena->failed |= form.failed;
  buf_free(&form);
}

int lexer_address(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  value->network = (struct network){{{0}, 4}, 0};
  struct addr addr;
  enum addr_fault fault = addr_parse(&addr, text);
  if (fault == ADDR_OK)
    value->network.addr = addr;
  else
    report_address(p, at, text, fault, (struct network){addr, 0});
  return TOK_ADDRESS;
}

int lexer_network(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  value->network = (struct network){{{0}, 4}, 0};
  struct network network = {{{0}, 0}, 0};
  bool whole = memchr(text.ptr, '/', text.len) != NULL;
  enum addr_fault fault = whole ? network_parse(&network, text) : addr_parse(&network.addr, text);
  if (fault == ADDR_OK)
    value->network = network;
  else
    report_address(p, at, text, fault, network);
  return TOK_NETWORK;
}

/* --- numbers --- */

int lexer_bad_number(struct parse *p, union ASSAY_YYSTYPE *value, struct span at) {
  value->number = (struct number){0, false};
  report(p->diags, BAD_NUMBER, at, "a letter or dot is glued to a number");
  diag_help(p->diags, "numbers are 3, 2.5, 10k, 5M; texts stand in quotes");
  return TOK_NUMBER;
}

int lexer_duration(struct parse *p, union ASSAY_YYSTYPE *value, struct span at) {
  value->number = (struct number){0, false};
  report(p->diags, BAD_NUMBER, at, "durations belong into assayd.conf; no fact of a rule is one");
  diag_help(p->diags, "numbers are 3, 2.5, 10k, 5M");
  return TOK_NUMBER;
}

/* Reads digits into *out; false when it does not fit. */
static bool whole(struct text digits, int64_t *out) {
  *out = 0;
  for (size_t i = 0; i < digits.len; i++)
    if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, digits.ptr[i] - '0', out)) return false;
  return true;
}

static bool scaled(struct text text, struct number *number) {
  size_t digits = 0;
  while (digits < text.len && ascii_digit(text.ptr[digits])) digits++;
  int64_t value, fraction = 0, scale = 1000;
  if (!whole(text_of(text.ptr, digits), &value)) return false;
  if (digits < text.len && text.ptr[digits] == '.') {
    number->fraction = true;
    for (size_t i = digits + 1, weight = 100; i < text.len; i++, weight /= 10)
      fraction += (text.ptr[i] - '0') * (int64_t)weight;
  } else if (digits < text.len) {
    scale *= text.ptr[digits] == 'k' ? 1 << 10 : text.ptr[digits] == 'M' ? 1 << 20 : 1 << 30;
  }
  if (__builtin_mul_overflow(value, scale, &value) || __builtin_add_overflow(value, fraction, &value)) return false;
  number->milli = value;
  return true;
}

int lexer_number(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text) {
  value->number = (struct number){0, false};
  const char *dot = memchr(text.ptr, '.', text.len);
  if (dot && (size_t)(text.ptr + text.len - dot - 1) > 3) {
    report(p->diags, BAD_NUMBER, at, "more than three decimals");
    diag_help(p->diags, "scores are exact thousandths; nothing is rounded");
  } else if (!scaled(text, &value->number)) {
    report(p->diags, BAD_NUMBER, at, "this number is too large");
    diag_help(p->diags, "the largest is %lld", (long long)(INT64_MAX / 1000));
  }
  return TOK_NUMBER;
}
