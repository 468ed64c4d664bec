/* Owns the pieces that a Received field is made of: words, comments, and the semicolon before the date.
 * Must never know: what a word means. */
#include "message/received_lex.h"

/* Whether the next byte is within a path, `<a@b>`, after this one. */
static bool in_path(bool path, char c) {
  return c == '<' || (path && c != '>' && !part_space(c));
}

/* Where the quotes end that begin at `at`, in the local part of a path that a client may have given as its sender:
 * `<"a) (b"@…`, `<a."b) (c"@…`. The end where they do not. */
static size_t quotes_end(struct part rest, size_t at) {
  for (size_t i = at + 1; i < rest.len; i++) {
    if (rest.ptr[i] == '\\') i++;
    else if (rest.ptr[i] == '"') return i;
  }
  return rest.len;
}

/* The length of a comment with its parentheses, 0 when it does not end. */
static size_t comment_length(struct part rest) {
  size_t depth = 0;
  bool path = false;
  for (size_t i = 0; i < rest.len; i++) {
    char c = rest.ptr[i];
    if (path && c == '"') i = quotes_end(rest, i);
    path = in_path(path, c);
    if (c == '\\') i++;
    else if (c == '(') depth++;
    else if (c == ')' && --depth == 0) return i + 1;
  }
  return 0;
}

static size_t word_length(struct part rest, bool loose) {
  bool path = false, open = false;
  size_t len = 0;
  for (; len < rest.len && !part_space(rest.ptr[len]); len++) {
    char c = rest.ptr[len];
    if (loose) continue;
    if (path && c == '"') len = quotes_end(rest, len);
    if (len == rest.len) break;
    path = in_path(path, c);
    if (c == '<' || c == '"') open = true;
    if (c == '>') open = false;
    if (!open && (c == '(' || c == ';')) break;
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
