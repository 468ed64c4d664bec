/* Owns the items of a regular expression: groups by their heads, settings, quantifiers, what is to be skipped.
 * Must never know: what the items are put together to. */
#include "grammar/regex_read.h"

#include "grammar/regex.h"

static struct text rest_of(const struct regex_reader *reader) {
  return text_of(reader->source.ptr + reader->at, reader->source.len - reader->at);
}

static bool at_text(const struct regex_reader *reader, struct text text) {
  return text_starts(rest_of(reader), text);
}

static char peek(const struct regex_reader *reader) {
  return reader->at < reader->source.len ? reader->source.ptr[reader->at] : '\0';
}

static bool is_blank(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool skip_one_filler(struct regex_reader *reader) {
  if (at_text(reader, reader->quoted ? TEXT("\\E") : TEXT("\\Q"))) {
    reader->at += 2;
    reader->quoted = !reader->quoted;
    return true;
  }
  if (reader->quoted) return false;
  if (at_text(reader, TEXT("\\E"))) {
    reader->at += 2; /* one that ends nothing means nothing */
    return true;
  }
  if (at_text(reader, TEXT("(?#"))) {
    regex_skip_behind(reader, ')');
    return true;
  }
  if (!(reader->flags & REGEX_X)) return false;
  if (peek(reader) == '#') {
    regex_skip_behind(reader, '\n');
    return true;
  }
  if (!is_blank(peek(reader))) return false;
  reader->at++;
  return true;
}

void regex_skip_filler(struct regex_reader *reader) {
  while (reader->at < reader->source.len && skip_one_filler(reader)) continue;
}

/* (?i), (?s-x), (?^i), or with a colon the same for one group. */
static void read_settings(struct regex_reader *reader, struct regex_item *out) {
  static const struct {
    char letter;
    unsigned flag;
  } table[] = {{'i', REGEX_I}, {'m', REGEX_M}, {'s', REGEX_S}, {'x', REGEX_X}};
  bool off = false;
  for (char letter; (letter = peek(reader)) != '\0'; ) {
    reader->at++;
    if (letter == ':' || letter == ')') {
      out->kind = letter == ':' ? REGEX_OPEN : REGEX_NOTHING;
      return;
    }
    if (letter == '-') off = true;
    if (letter == '^') reader->flags &= REGEX_U;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
      if (table[i].letter != letter) continue;
      reader->flags = off ? reader->flags & ~table[i].flag : reader->flags | table[i].flag;
    }
  }
}

/* A condition is skipped when it is a number or a name; one that looks ahead or behind is read as a group. */
static void read_choice(struct regex_reader *reader, struct regex_item *out) {
  out->group = REGEX_CHOICE;
  if (at_text(reader, TEXT("(?")) || at_text(reader, TEXT("(*"))) return;
  regex_skip_behind(reader, ')');
}

/* (*VERB), or one of the spelled-out groups, (*atomic:…); from behind the star. */
static void read_starred(struct regex_reader *reader, struct regex_item *out) {
  static const struct {
    struct text name;
    enum regex_group group;
  } table[] = {
    {{"atomic", 6}, REGEX_ATOMIC}, {{"asr", 3}, REGEX_ATOMIC}, {{"atomic_script_run", 17}, REGEX_ATOMIC},
    {{"sr", 2}, REGEX_PLAIN}, {{"script_run", 10}, REGEX_PLAIN},
  };
  char letter = peek(reader);
  if (!(letter >= 'a' && letter <= 'z')) {
    regex_skip_behind(reader, ')');
    out->kind = REGEX_NOTHING;
    return;
  }
  size_t begin = reader->at;
  regex_skip_behind(reader, ':');
  struct text name = text_of(reader->source.ptr + begin, reader->at - 1 - begin);
  out->group = REGEX_ASIDE;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (text_eq(table[i].name, name)) out->group = table[i].group;
}

enum action { ENTER, NAMED, SKIP, CALLOUT, CHOICE, STARRED };

/* The heads of groups behind the parenthesis; the longer of two that begin alike comes first. */
static const struct head {
  struct text text;
  enum action action;
  enum regex_group group;
  char name_end;
} heads[] = {
  {{"?:", 2}, ENTER, REGEX_PLAIN, 0}, {{"?|", 2}, ENTER, REGEX_PLAIN, 0}, {{"?>", 2}, ENTER, REGEX_ATOMIC, 0},
  {{"?=", 2}, ENTER, REGEX_ASIDE, 0}, {{"?!", 2}, ENTER, REGEX_ASIDE, 0}, {{"?*", 2}, ENTER, REGEX_ASIDE, 0},
  {{"?<=", 3}, ENTER, REGEX_ASIDE, 0}, {{"?<!", 3}, ENTER, REGEX_ASIDE, 0}, {{"?<*", 3}, ENTER, REGEX_ASIDE, 0},
  {{"?<", 2}, NAMED, REGEX_PLAIN, '>'}, {{"?P<", 3}, NAMED, REGEX_PLAIN, '>'},
  {{"?'", 2}, NAMED, REGEX_PLAIN, '\''}, {{"?P=", 3}, SKIP, REGEX_PLAIN, 0}, {{"?P>", 3}, SKIP, REGEX_PLAIN, 0},
  {{"?&", 2}, SKIP, REGEX_PLAIN, 0}, {{"?R", 2}, SKIP, REGEX_PLAIN, 0}, {{"?C", 2}, CALLOUT, REGEX_PLAIN, 0},
  {{"?(", 2}, CHOICE, REGEX_PLAIN, 0}, {{"*", 1}, STARRED, REGEX_PLAIN, 0},
};

static void read_head(struct regex_reader *reader, const struct head *head, struct regex_item *out) {
  reader->at += head->text.len;
  out->group = head->group;
  switch (head->action) {
    case ENTER: return;
    case NAMED: regex_skip_behind(reader, head->name_end); return;
    case STARRED: read_starred(reader, out); return;
    case CHOICE:
      reader->at--; /* the condition begins with its own parenthesis */
      read_choice(reader, out);
      return;
    case CALLOUT:
      if (!reader->has_callout) reader->callout_at = out->begin;
      reader->has_callout = true;
      break;
    case SKIP: break;
  }
  out->kind = REGEX_NOTHING;
  regex_skip_behind(reader, ')');
}

/* (?1), (?+1), (?-1) recurse. */
static bool at_recursion(const struct regex_reader *reader) {
  struct text rest = rest_of(reader);
  size_t sign = rest.len > 1 && (rest.ptr[1] == '+' || rest.ptr[1] == '-');
  return rest.len > 1 + sign && rest.ptr[0] == '?' && ascii_digit(rest.ptr[1 + sign]);
}

/* From behind the parenthesis. */
static void read_group(struct regex_reader *reader, struct regex_item *out) {
  out->kind = REGEX_OPEN;
  out->group = REGEX_PLAIN;
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    if (!at_text(reader, heads[i].text)) continue;
    read_head(reader, &heads[i], out);
    return;
  }
  if (at_recursion(reader)) {
    out->kind = REGEX_NOTHING;
    regex_skip_behind(reader, ')');
  } else if (peek(reader) == '?') {
    reader->at++;
    read_settings(reader, out);
  }
}

static void read_character(struct regex_reader *reader, struct regex_item *out) {
  out->kind = REGEX_ONE;
  byte_set_add(&out->set, regex_read_point(reader), reader->flags);
}

static void read_escaped(struct regex_reader *reader, struct regex_item *out) {
  uint32_t point;
  enum regex_escape escape = regex_read_escape(reader, false, &out->set, &point);
  out->kind = escape == REGEX_ESCAPE_NOTHING ? REGEX_NOTHING : REGEX_ONE;
  if (escape == REGEX_ESCAPE_POINT) byte_set_add(&out->set, point, reader->flags);
}

void regex_read_item(struct regex_reader *reader, struct regex_item *out) {
  regex_skip_filler(reader);
  *out = (struct regex_item){.kind = REGEX_END, .begin = reader->at};
  if (reader->at >= reader->source.len) return;
  char byte = peek(reader);
  if (reader->quoted || byte == '\0' || strchr("|)^$(.[\\", byte) == NULL) {
    read_character(reader, out);
    return;
  }
  reader->at++;
  switch (byte) {
    case '|': out->kind = REGEX_BAR; break;
    case ')': out->kind = REGEX_CLOSE; break;
    case '(': read_group(reader, out); break;
    case '\\': read_escaped(reader, out); break;
    case '.':
      out->kind = REGEX_ONE;
      byte_set_dot(&out->set, reader->flags);
      break;
    case '[':
      out->kind = REGEX_ONE;
      regex_read_class(reader, &out->set);
      break;
    default: out->kind = REGEX_NOTHING; break;
  }
}

static bool read_count(struct text text, size_t *at, uint32_t *out) {
  size_t begin = *at;
  *out = 0;
  for (; *at < text.len && ascii_digit(text.ptr[*at]) && *at - begin < 6; ++*at)
    *out = *out * 10 + (uint32_t)(text.ptr[*at] - '0');
  return *at > begin;
}

/* {2}, {2,} or {2,5}; anything else in braces is literal. */
static bool read_braces(struct regex_reader *reader, struct regex_repeat *out) {
  struct text source = reader->source;
  size_t at = reader->at + 1;
  uint32_t least, most;
  if (!read_count(source, &at, &least)) return false;
  most = least;
  if (at < source.len && source.ptr[at] == ',') {
    at++;
    if (!read_count(source, &at, &most)) most = UINT32_MAX;
  }
  if (at >= source.len || source.ptr[at] != '}') return false;
  reader->at = at + 1;
  *out = (struct regex_repeat){least, most, false};
  return true;
}

void regex_read_repeat(struct regex_reader *reader, struct regex_repeat *out) {
  *out = (struct regex_repeat){1, 1, false};
  regex_skip_filler(reader);
  if (reader->quoted) return;
  char byte = peek(reader);
  if (byte == '{') {
    if (!read_braces(reader, out)) return;
  } else if (byte == '*' || byte == '+' || byte == '?') {
    reader->at++;
    *out = (struct regex_repeat){byte == '+', byte == '?' ? 1 : UINT32_MAX, false};
  } else {
    return;
  }
  out->possessive = peek(reader) == '+';
  if (peek(reader) == '+' || peek(reader) == '?') reader->at++;
}
