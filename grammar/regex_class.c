/* Owns the single characters of a regular expression: escapes, classes, and the sets of bytes they stand for.
 * Must never know: groups, quantifiers, or what an item is for. */
#include "grammar/regex.h"
#include "grammar/regex_read.h"

static void add_bit(struct byte_set *set, unsigned bit) {
  set->word[bit / 64] |= (uint64_t)1 << (bit % 64);
}

static void add_set(struct byte_set *set, const struct byte_set *other) {
  for (size_t i = 0; i < 4; i++) set->word[i] |= other->word[i];
}

static void invert(struct byte_set *set) {
  for (size_t i = 0; i < 4; i++) set->word[i] = ~set->word[i];
}

static void add_high_half(struct byte_set *set) {
  set->word[2] = set->word[3] = UINT64_MAX;
}

static bool is_letter(uint32_t point) {
  return point < 128 && ascii_alpha((char)point);
}

void byte_set_add(struct byte_set *set, uint32_t point, unsigned flags) {
  add_bit(set, flags & REGEX_U && point >= 128 ? 128 + point % 128 : point & 255);
  if (flags & REGEX_I && is_letter(point)) add_bit(set, point ^ 0x20);
}

static void add_range(struct byte_set *set, uint32_t low, uint32_t high, unsigned flags) {
  uint32_t wide = flags & REGEX_U ? 127 : 255;
  for (uint32_t point = low; point <= high && point <= wide; point++) byte_set_add(set, point, flags);
  if (high > wide && low == high) byte_set_add(set, low, flags);
  if (high > wide && low != high) add_high_half(set);
}

/* A named set as ranges of bytes, "az" for a to z; used by shorthands and POSIX classes alike. */
static void add_ranges(struct byte_set *set, struct text ranges) {
  for (size_t i = 0; i + 1 < ranges.len; i += 2)
    for (unsigned bit = (unsigned char)ranges.ptr[i]; bit <= (unsigned char)ranges.ptr[i + 1]; bit++)
      add_bit(set, bit);
}

bool byte_set_shorthand(struct byte_set *out, char letter, unsigned flags) {
  static const struct {
    char letter;
    struct text ranges;
  } table[] = {{'d', {"09", 2}},       {'w', {"azAZ09__", 8}},         {'s', {"  \t\r", 4}},
               {'h', {"  \t\t\xa0\xa0", 6}}, {'v', {"\n\r\x85\x85", 4}}};
  *out = (struct byte_set){{0}};
  if (letter == 'R') return byte_set_shorthand(out, 'v', flags);
  if (letter == 'X' || letter == 'p' || letter == 'P') {
    invert(out); /* which characters have a property is more than a warning needs */
    return true;
  }
  if (letter == 'N') {
    byte_set_dot(out, flags & ~(unsigned)REGEX_S);
    return true;
  }
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    if (table[i].letter != (letter | 0x20) || !ascii_alpha(letter)) continue;
    add_ranges(out, table[i].ranges);
    bool upper = ascii_lower(letter) != letter;
    if (upper) invert(out);
    if (letter == 'w' && flags & REGEX_U) add_high_half(out);
    return true;
  }
  return false;
}

void byte_set_dot(struct byte_set *out, unsigned flags) {
  *out = (struct byte_set){{0}};
  if (!(flags & REGEX_S)) add_bit(out, '\n');
  invert(out);
}

uint32_t regex_read_point(struct regex_reader *reader) {
  struct text source = reader->source;
  uint32_t point = (unsigned char)source.ptr[reader->at++];
  if (!(reader->flags & REGEX_U) || point < 0xc0) return point;
  unsigned more = point >= 0xf0 ? 3 : point >= 0xe0 ? 2 : 1;
  point &= 0x3fu >> more;
  for (; more > 0 && reader->at < source.len; more--)
    point = point << 6 | ((unsigned char)source.ptr[reader->at++] & 0x3fu);
  return point;
}

void regex_skip_behind(struct regex_reader *reader, char byte) {
  while (reader->at < reader->source.len)
    if (reader->source.ptr[reader->at++] == byte) return;
}

static char peek(const struct regex_reader *reader) {
  return reader->at < reader->source.len ? reader->source.ptr[reader->at] : '\0';
}

static unsigned digit_value(char byte) {
  if (ascii_digit(byte)) return (unsigned)(byte - '0');
  char lower = ascii_lower(byte);
  return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
}

/* Up to `most` digits; a code point has no more than 21 bits, so that nothing overflows in what PCRE2 took. */
static uint32_t read_number(struct regex_reader *reader, unsigned base, size_t most) {
  uint32_t number = 0;
  for (; most > 0 && digit_value(peek(reader)) < base; most--)
    number = number * base + digit_value(reader->source.ptr[reader->at++]);
  return number;
}

/* \x41, \x{41}, \o{101} */
static uint32_t read_code(struct regex_reader *reader, unsigned base) {
  if (peek(reader) != '{') return read_number(reader, base, 2);
  reader->at++;
  uint32_t number = read_number(reader, base, 16);
  regex_skip_behind(reader, '}');
  return number;
}

/* What names a group behind \g or \k, or a property behind \p: in some kind of bracket, or a bare number or
 * letter. */
static void skip_name(struct regex_reader *reader) {
  char open = peek(reader);
  if (open == '{' || open == '<' || open == '\'') {
    reader->at++;
    regex_skip_behind(reader, open == '{' ? '}' : open == '<' ? '>' : '\'');
    return;
  }
  if (open == '+' || open == '-' || ascii_alpha(open)) reader->at++;
  while (ascii_digit(peek(reader))) reader->at++;
}

static enum regex_escape read_digits(struct regex_reader *reader, bool in_class, uint32_t *point) {
  if (!in_class && peek(reader) != '0') { /* a back reference; \010 and the like begin with a zero */
    skip_name(reader);
    return REGEX_ESCAPE_NOTHING;
  }
  *point = read_number(reader, 8, 3);
  return REGEX_ESCAPE_POINT;
}

static bool control_letter(char letter, uint32_t *point) {
  static const char table[][2] = {{'a', 7}, {'e', 27}, {'f', 12}, {'n', 10}, {'r', 13}, {'t', 9}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    if (table[i][0] != letter) continue;
    *point = (unsigned char)table[i][1];
    return true;
  }
  return false;
}

static bool is_one_of(char letter, const char *letters) {
  return letter != '\0' && strchr(letters, letter) != NULL;
}

enum regex_escape regex_read_escape(struct regex_reader *reader, bool in_class, struct byte_set *set,
                                    uint32_t *point) {
  char letter = peek(reader);
  if (ascii_digit(letter)) return read_digits(reader, in_class, point);
  *point = regex_read_point(reader);
  if (control_letter(letter, point)) return REGEX_ESCAPE_POINT;
  if (letter == 'b' && in_class) *point = '\b';
  if (letter == 'x' || letter == 'o') *point = read_code(reader, letter == 'x' ? 16 : 8);
  if (letter == 'c' && reader->at < reader->source.len) {
    char control = reader->source.ptr[reader->at++];
    *point = ((uint32_t)(unsigned char)(ascii_alpha(control) ? control & ~0x20 : control)) ^ 0x40;
  }
  if (is_one_of(letter, "gk")) skip_name(reader);
  if (is_one_of(letter, "gk") || (!in_class && is_one_of(letter, "bBAZzGK"))) return REGEX_ESCAPE_NOTHING;
  if (letter == 'N' && text_starts(text_of(reader->source.ptr + reader->at, reader->source.len - reader->at),
                                   TEXT("{U+"))) {
    reader->at += 3;
    *point = read_number(reader, 16, 16);
    regex_skip_behind(reader, '}');
    return REGEX_ESCAPE_POINT;
  }
  if (!byte_set_shorthand(set, letter, reader->flags)) return REGEX_ESCAPE_POINT;
  if (is_one_of(letter, "pP")) skip_name(reader);
  return REGEX_ESCAPE_SET;
}

/* [:alpha:] and its like, from behind the colon. */
static void read_posix(struct regex_reader *reader, struct byte_set *out) {
  static const struct {
    struct text name, ranges;
  } table[] = {{{"alnum", 5}, {"azAZ09", 6}},  {{"alpha", 5}, {"azAZ", 4}},    {{"ascii", 5}, {"\0\x7f", 2}},
               {{"blank", 5}, {"  \t\t", 4}},  {{"cntrl", 5}, {"\0\x1f\x7f\x7f", 4}}, {{"digit", 5}, {"09", 2}},
               {{"graph", 5}, {"!~", 2}},      {{"lower", 5}, {"az", 2}},      {{"print", 5}, {" ~", 2}},
               {{"punct", 5}, {"!/:@[`{~", 8}}, {{"space", 5}, {"  \t\r", 4}}, {{"upper", 5}, {"AZ", 2}},
               {{"word", 4}, {"azAZ09__", 8}}, {{"xdigit", 6}, {"09afAF", 6}}};
  struct byte_set set = {{0}};
  bool negated = peek(reader) == '^';
  size_t begin = reader->at += negated;
  regex_skip_behind(reader, ':');
  struct text name = text_of(reader->source.ptr + begin, reader->at - 1 - begin);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (text_eq(table[i].name, name)) add_ranges(&set, table[i].ranges);
  bool one_case = text_is(name, "lower") || text_is(name, "upper");
  if (one_case && reader->flags & REGEX_I) add_ranges(&set, TEXT("azAZ"));
  if (negated) invert(&set);
  add_set(out, &set);
  regex_skip_behind(reader, ']');
}

/* A bracket and colon begin a POSIX class only where ":]" follows before the class could end. */
static bool at_posix(const struct regex_reader *reader) {
  struct text rest = text_of(reader->source.ptr + reader->at, reader->source.len - reader->at);
  if (!text_starts(rest, TEXT("[:"))) return false;
  for (size_t i = 2; i + 1 < rest.len; i++) {
    if (rest.ptr[i] == ':') return rest.ptr[i + 1] == ']';
    if (!ascii_alpha(rest.ptr[i]) && !(i == 2 && rest.ptr[i] == '^')) return false;
  }
  return false;
}

/* One member: a set, which is added, or a point, which may begin a range. */
static bool read_member(struct regex_reader *reader, struct byte_set *out, uint32_t *point) {
  struct byte_set set = {{0}};
  if (!reader->quoted && at_posix(reader)) {
    reader->at += 2;
    read_posix(reader, out);
    return false;
  }
  if (reader->quoted || peek(reader) != '\\' || reader->at + 1 >= reader->source.len) {
    *point = regex_read_point(reader);
    return true;
  }
  reader->at++;
  enum regex_escape escape = regex_read_escape(reader, true, &set, point);
  add_set(out, &set);
  return escape == REGEX_ESCAPE_POINT;
}

static bool skip_quote(struct regex_reader *reader) {
  struct text rest = text_of(reader->source.ptr + reader->at, reader->source.len - reader->at);
  if (!text_starts(rest, reader->quoted ? TEXT("\\E") : TEXT("\\Q"))) return false;
  reader->at += 2;
  reader->quoted = !reader->quoted;
  return true;
}

void regex_read_class(struct regex_reader *reader, struct byte_set *out) {
  *out = (struct byte_set){{0}};
  bool negated = peek(reader) == '^';
  reader->at += negated;
  for (bool first = true; reader->at < reader->source.len; first = false) {
    uint32_t low, high;
    if (skip_quote(reader)) continue;
    if (!reader->quoted && !first && peek(reader) == ']') break;
    if (!read_member(reader, out, &low)) continue;
    high = low;
    struct text source = reader->source;
    bool dash = !reader->quoted && reader->at + 1 < source.len && source.ptr[reader->at] == '-' &&
                source.ptr[reader->at + 1] != ']';
    if (dash) {
      reader->at++;
      /* A dash before a set, as in [a-\d], is only itself. */
      if (!read_member(reader, out, &high)) {
        high = low;
        byte_set_add(out, '-', reader->flags);
      }
    }
    add_range(out, low, high, reader->flags);
  }
  reader->at += reader->at < reader->source.len;
  if (negated) invert(out);
}
