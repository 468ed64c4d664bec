/* Owns the pieces that a Received field is made of: words, comments, and the semicolon before the date.
 * Must never know: what a word means. */
#include "message/received_lex.h"

/* Behind the quoted local part of a path, `<"a) (b"@…`, that a client may have given as its sender; `at` where there
 * is none, and the end where it does not end. */
static size_t behind_quotes(struct part rest, size_t at) {
  if (at + 1 >= rest.len || rest.ptr[at] != '<' || rest.ptr[at + 1] != '"') return at;
  for (size_t i = at + 2; i < rest.len; i++) {
    if (rest.ptr[i] == '\\') i++;
    else if (rest.ptr[i] == '"') return i;
  }
  return rest.len;
}

/* The length of a comment with its parentheses, 0 when it does not end. */
static size_t comment_length(struct part rest) {
  size_t depth = 0;
  for (size_t i = 0; i < rest.len; i++) {
    i = behind_quotes(rest, i);
    char c = i < rest.len ? rest.ptr[i] : 0;
    if (c == '\\') i++;
    else if (c == '(') depth++;
    else if (c == ')' && --depth == 0) return i + 1;
  }
  return 0;
}

static size_t word_length(struct part rest, bool loose) {
  bool path = false;
  size_t len = 0;
  for (; len < rest.len && !part_space(rest.ptr[len]); len++) {
    if (loose) continue;
    len = behind_quotes(rest, len);
    if (len == rest.len) break;
    char c = rest.ptr[len];
    if (c == '<' || c == '"') path = true;
    if (c == '>') path = false;
    if (!path && (c == '(' || c == ';')) break;
  }
  return len;
}

enum received_token received_token(struct part *out, struct part *rest, bool loose) {
  *rest = part_trim(*rest);
  *out = part_first(*rest, 0);
  if (rest->len == 0) return RECEIVED_END;
  if (rest->ptr[0] == '(') {
    size_t len = comment_length(*rest);
    if (len == 0) return RECEIVED_BROKEN;
    *out = part_trim(part_from(part_first(*rest, len - 1), 1));
    *rest = part_from(*rest, len);
    return RECEIVED_COMMENT;
  }
  if (!loose && rest->ptr[0] == ';') {
    *rest = part_from(*rest, 1);
    return RECEIVED_SEMICOLON;
  }
  size_t len = word_length(*rest, loose);
  *out = part_first(*rest, len);
  *rest = part_from(*rest, len);
  return RECEIVED_WORD;
}
