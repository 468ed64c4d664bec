/* Owns the general text functions of the language: glob, digits, entropy, edit distance, pieces.
 * Must never know: facts, rules, or that an answer may be unknown. */
#include "run/strfn.h"

#include <math.h>

/* Where a glob stands. A class needs its closing bracket; once one `[` has been found to lack it, every later one
 * lacks it too, and remembering that keeps a pattern of many `[` linear. */
struct glob {
  struct text pattern;
  size_t no_class_from;
};

static unsigned char byte_at(struct text text, size_t i) {
  return (unsigned char)text.ptr[i];
}

/* One member of a class, with its escape taken off; moves *at behind it. False at the end of the pattern. */
static bool class_member(struct text pattern, size_t *at, unsigned char *out) {
  if (*at < pattern.len && pattern.ptr[*at] == '\\') ++*at;
  if (*at >= pattern.len) return false;
  *out = byte_at(pattern, (*at)++);
  return true;
}

/* The class that opens at `at`: whether it holds the byte; *end is behind its bracket. False where it never
 * closes. A bracket in first place is a member; a hyphen in last place too. A range that runs backwards holds
 * nothing. */
static bool class_read(struct text pattern, size_t at, unsigned char byte, bool *holds, size_t *end) {
  size_t i = at + 1;
  bool negated = i < pattern.len && pattern.ptr[i] == '!', found = false;
  if (negated) i++;
  for (size_t first = i; i < pattern.len; ) {
    unsigned char low, high;
    if (pattern.ptr[i] == ']' && i != first) {
      *holds = found != negated;
      *end = i + 1;
      return true;
    }
    if (!class_member(pattern, &i, &low)) return false;
    high = low;
    if (i + 1 < pattern.len && pattern.ptr[i] == '-' && pattern.ptr[i + 1] != ']') {
      i++;
      if (!class_member(pattern, &i, &high)) return false;
    }
    if (low <= byte && byte <= high) found = true;
  }
  return false;
}

/* Matches one byte against the pattern's element at *at, which is no star, and moves *at behind it. */
static bool glob_step(struct glob *glob, size_t *at, unsigned char byte) {
  struct text pattern = glob->pattern;
  char element = pattern.ptr[*at];
  bool holds;
  size_t end;
  if (element == '?') {
    ++*at;
    return true;
  }
  if (element == '[' && *at < glob->no_class_from) {
    if (class_read(pattern, *at, byte, &holds, &end)) {
      *at = end;
      return holds;
    }
    glob->no_class_from = *at;
  }
  if (element == '\\' && *at + 1 < pattern.len) ++*at;
  return byte_at(pattern, (*at)++) == byte;
}

bool strfn_glob(struct text text, struct text pattern) {
  struct glob glob = {pattern, SIZE_MAX};
  size_t at = 0, i = 0, star = SIZE_MAX, resume = 0;
  while (i < text.len) {
    if (at < pattern.len && pattern.ptr[at] == '*') {
      star = ++at;
      resume = i;
    } else if (at < pattern.len && glob_step(&glob, &at, byte_at(text, i))) {
      i++;
    } else if (star != SIZE_MAX) {
      /* Only the last star need ever take one more byte: an earlier one could win nothing by it. */
      at = star;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (at < pattern.len && pattern.ptr[at] == '*') at++;
  return at == pattern.len;
}

int64_t strfn_digits(struct text text) {
  int64_t count = 0;
  for (size_t i = 0; i < text.len; i++) count += ascii_digit(text.ptr[i]);
  return count;
}

double strfn_entropy(struct text text) {
  size_t counts[256] = {0};
  double entropy = 0, total = (double)text.len;
  for (size_t i = 0; i < text.len; i++) counts[byte_at(text, i)]++;
  for (size_t i = 0; i < 256; i++) {
    if (counts[i] == 0) continue;
    double share = (double)counts[i] / total;
    entropy -= share * log2(share);
  }
  return entropy > 0 ? entropy : 0; /* never the minus zero of a text of one repeated byte */
}

static struct text cut(struct text text, size_t most) {
  return text_of(text.ptr, text.len < most ? text.len : most);
}

/* What two texts begin or end with alike costs nothing, and is most of two similar names. */
static void trim_common(struct text *a, struct text *b) {
  while (a->len && b->len && a->ptr[0] == b->ptr[0]) {
    *a = text_of(a->ptr + 1, a->len - 1);
    *b = text_of(b->ptr + 1, b->len - 1);
  }
  while (a->len && b->len && a->ptr[a->len - 1] == b->ptr[b->len - 1]) {
    a->len--;
    b->len--;
  }
}

static unsigned least(unsigned a, unsigned b) {
  return a < b ? a : b;
}

int64_t strfn_edit_distance(struct text a, struct text b) {
  uint16_t row[STRFN_EDIT_MAX + 1]; /* row[j]: from what was read of a to the first j bytes of b */
  a = cut(a, STRFN_EDIT_MAX);
  b = cut(b, STRFN_EDIT_MAX);
  trim_common(&a, &b);
  for (size_t j = 0; j <= b.len; j++) row[j] = (uint16_t)j;
  for (size_t i = 0; i < a.len; i++) {
    unsigned diagonal = row[0];
    row[0] = (uint16_t)(i + 1);
    for (size_t j = 0; j < b.len; j++) {
      unsigned change = diagonal + (a.ptr[i] != b.ptr[j]);
      diagonal = row[j + 1];
      row[j + 1] = (uint16_t)least(change, least(diagonal, row[j]) + 1);
    }
  }
  return row[b.len];
}

static bool is_delimiter(char byte) {
  return byte == '.' || byte == '-';
}

static bool is_piece(struct text name, size_t begin, size_t end) {
  return (begin == 0 || is_delimiter(name.ptr[begin - 1])) && (end == name.len || is_delimiter(name.ptr[end]));
}

bool strfn_has_piece(struct text name, struct text key) {
  if (key.len == 0) return false;
  for (size_t at = 0; at + key.len <= name.len; at++) {
    const char *first = memchr(name.ptr + at, key.ptr[0], name.len - key.len - at + 1);
    if (!first) return false;
    at = (size_t)(first - name.ptr);
    if (is_piece(name, at, at + key.len) && text_eq(text_of(first, key.len), key)) return true;
  }
  return false;
}
