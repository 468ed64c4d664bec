/* Owns what each action of a verdict is to Postfix: texts such as "550 5.7.1 {reply}", checked when they are read.
 * Must never know: a verdict, or a request. */
#include "proto/policy_map.h"

#include <string.h>

#include "proto/codec.h"

enum text { NONE, ANY, MUST };

static const struct kind {
  const char *word;
  assay_action least;
  enum text text;
  enum policy_needs needs;
} kinds[] = {
#define POLICY_KIND(id, word, least, text, needs, doc) {word, ASSAY_##least, text, POLICY_NEEDS_##needs},
#include "proto/policy_kinds.def"
#undef POLICY_KIND
};

static const char *const defaults[POLICY_ACTIONS] = {
#define POLICY_DEFAULT(id, word, text) [ASSAY_##id] = text,
#include "proto/policy_defaults.def"
#undef POLICY_DEFAULT
};

/* Words of Postfix that are no mapping, and why. It reads them in any case. */
static const struct {
  const char *word, *why;
} refused[] = {
    {"ok", "would let the mail pass all restrictions that follow; write dunno"},
    {"relay", "would let the mail pass all restrictions that follow; write dunno"},
    {"permit", "would let the mail pass all restrictions that follow; write dunno"},
    {"reject", "does not say which code; write \"550 5.7.1 {reply}\""},
    {"defer", "does not say which code; write \"defer_if_permit {reply}\" or \"450 4.7.1 {reply}\""},
    {"defer_if_reject", "would turn a refusal of somebody else's into a delay; write defer_if_permit"},
    {"filter", "would send the mail elsewhere, which no score can call for"},
    {"redirect", "would send the mail elsewhere, which no score can call for"},
    {"bcc", "would send the mail elsewhere, which no score can call for"},
    {"sleep", "would keep a process of Postfix waiting"},
    {"warn_if_reject", "needs a restriction behind it; name a restriction class that holds both"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* A part of the text that is being read. */
struct part {
  const char *ptr;
  size_t len;
};

static bool same_word(struct part part, const char *word) {
  size_t i = 0;
  while (i < part.len && word[i] && codec_lower(part.ptr[i]) == word[i]) i++;
  return i == part.len && !word[i];
}

static bool begins(struct part part, const char *word) {
  size_t len = strlen(word);
  return part.len >= len && same_word((struct part){part.ptr, len}, word);
}

/* Takes the first word, and the blanks behind it, off the rest. */
static struct part take_word(struct part *rest) {
  struct part word = {rest->ptr, 0};
  while (word.len < rest->len && word.ptr[word.len] != ' ') word.len++;
  size_t used = word.len;
  while (used < rest->len && rest->ptr[used] == ' ') used++;
  *rest = (struct part){rest->ptr + used, rest->len - used};
  return word;
}

/* --- placeholders --- */

enum policy_fill policy_fill_at(const char *text, size_t *len) {
  static const char *const words[] = {"{action}", "{score}", "{rules}", "{top}", "{reply}"};
  for (size_t i = 0; i < COUNT(words); i++) {
    *len = strlen(words[i]);
    if (strncmp(text, words[i], *len) == 0) return (enum policy_fill)i;
  }
  *len = 0;
  return POLICY_FILL_NONE;
}

static enum proto_result check_text(const char *text, struct proto_error *error) {
  for (size_t at = 0; text[at];) {
    size_t len;
    const char *from = text + at;
    if (from[0] != '{') {
      at++;
    } else if (from[1] == '{') {
      at += 2;
    } else if (policy_fill_at(from, &len) != POLICY_FILL_NONE) {
      at += len;
    } else {
      return proto_fail(error,
                        "%s is no placeholder: {action}, {score}, {rules}, {top} and {reply} are, and {{ is a brace",
                        proto_show(from, strcspn(from, " ")).text);
    }
  }
  return PROTO_OK;
}

/* --- kinds --- */

enum policy_needs policy_kind_needs(enum policy_kind kind) {
  return kinds[kind].needs;
}

static const char classes[POLICY_KINDS] = {
    [POLICY_KIND_DEFER_IF_PERMIT] = '4', [POLICY_KIND_CODE_4] = '4', [POLICY_KIND_CODE_5] = '5'};

char policy_kind_class(enum policy_kind kind) {
  return classes[kind];
}

static enum proto_result refuse(struct part word, struct proto_error *error) {
  struct proto_shown shown = proto_show(word.ptr, word.len);
  for (size_t i = 0; i < COUNT(refused); i++)
    if (same_word(word, refused[i].word)) return proto_fail(error, "%s %s", shown.text, refused[i].why);
  if (begins(word, "permit_"))
    return proto_fail(error, "%s would let the mail pass all restrictions that follow; write dunno", shown.text);
  return PROTO_OK;
}

/* A word that begins with a digit is a code, or none of this. */
static bool is_class(struct part word) {
  for (size_t i = 0; i < word.len; i++) {
    char c = word.ptr[i];
    bool letter = (c >= 'a' && c <= 'z') || c == '_';
    if (!letter && !is_digit(c)) return false;
  }
  return word.len > 0;
}

static enum proto_result read_code(enum policy_kind *out, struct part word, struct proto_error *error) {
  bool digits = word.len == 3 && is_digit(word.ptr[1]) && is_digit(word.ptr[2]);
  *out = word.ptr[0] == '4' ? POLICY_KIND_CODE_4 : POLICY_KIND_CODE_5;
  if (digits && (word.ptr[0] == '4' || word.ptr[0] == '5')) return PROTO_OK;
  return proto_fail(error, "%s is no code from 400 to 599; Postfix takes other numbers for a permission",
                    proto_show(word.ptr, word.len).text);
}

static enum proto_result read_kind(enum policy_kind *out, struct part word, struct proto_error *error) {
  if (word.len == 0) return proto_fail(error, "an empty text; Postfix would take it for a permission: write dunno");
  if (is_digit(word.ptr[0])) return read_code(out, word, error);
  enum proto_result result = refuse(word, error);
  if (result != PROTO_OK) return result;
  for (unsigned kind = 0; kind < POLICY_KINDS; kind++) {
    *out = (enum policy_kind)kind;
    if (kinds[kind].word[0] && same_word(word, kinds[kind].word)) return PROTO_OK;
  }
  *out = POLICY_KIND_CLASS;
  if (is_class(word)) return PROTO_OK;
  return proto_fail(error,
                    "%s is no action of Postfix and no name of a restriction class, which has a-z, 0-9 and _ alone",
                    proto_show(word.ptr, word.len).text);
}

/* --- what follows --- */

/* The length of an enhanced status code (RFC 3463) that the text begins with; 0 when it does with none. */
static size_t enhanced_len(struct part text) {
  size_t at = 0;
  for (unsigned number = 0; number < 3; number++) {
    size_t from = at;
    while (at < text.len && is_digit(text.ptr[at])) at++;
    if (at == from || at - from > 3) return 0;
    if (number < 2 && (at == text.len || text.ptr[at++] != '.')) return 0;
  }
  return at == text.len || text.ptr[at] == ' ' ? at : 0;
}

static enum proto_result check_header(struct part text, struct proto_error *error) {
  size_t len = 0;
  while (len < text.len && text.ptr[len] > ' ' && text.ptr[len] != ':' && text.ptr[len] != '{') len++;
  if (len > 0 && len + 1 < text.len && text.ptr[len] == ':' && text.ptr[len + 1] == ' ') return PROTO_OK;
  return proto_fail(error, "%s is no header: write \"prepend Name: text\"", proto_show(text.ptr, text.len).text);
}

/* A code without a text would be a number to Postfix, and that a permission; so would what stands behind a class. */
static enum proto_result check_amount(const struct kind *kind, struct part word, struct part text,
                                      struct proto_error *error) {
  struct proto_shown shown = proto_show(word.ptr, word.len);
  if (kind->text == NONE && text.len > 0) return proto_fail(error, "nothing may stand behind %s", shown.text);
  if (kind->text == MUST && text.len == 0)
    return proto_fail(error, "%s needs a text behind it, such as {reply}", shown.text);
  return PROTO_OK;
}

/* Moves an enhanced code from the text to what Postfix reads first. Its class must be that of the code. */
static enum proto_result take_enhanced(struct part *lead, char class, struct part *text, struct proto_error *error) {
  size_t len = class ? enhanced_len(*text) : 0;
  if (len == 0) return PROTO_OK;
  if (text->ptr[0] != class)
    return proto_fail(error, "%s does not go with %s: it must begin with %c", proto_show(text->ptr, len).text,
                      proto_show(lead->ptr, lead->len).text, class);
  lead->len = (size_t)(text->ptr - lead->ptr) + len;
  take_word(text);
  return text->len > 0
             ? PROTO_OK
             : proto_fail(error, "%s needs a text behind it, such as {reply}", proto_show(lead->ptr, lead->len).text);
}

static enum proto_result check_least(const struct kind *kind, struct part word, assay_action action,
                                     struct proto_error *error) {
  if (action >= kind->least) return PROTO_OK;
  return proto_fail(error, "%s is too much for %s: it may stand for %s and what is harsher",
                    proto_show(word.ptr, word.len).text, assay_action_text(action), assay_action_text(kind->least));
}

static char upper(char c) {
  return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static void copy(char *out, struct part part) {
  memcpy(out, part.ptr, part.len);
  out[part.len] = 0;
}

static enum proto_result read_entry(struct policy_entry *entry, struct part rest, assay_action action,
                                    struct proto_error *error) {
  struct part word = take_word(&rest), lead = word;
  enum proto_result result = read_kind(&entry->kind, word, error);
  if (result != PROTO_OK) return result;
  const struct kind *kind = &kinds[entry->kind];
  result = check_least(kind, word, action, error);
  if (result == PROTO_OK) result = check_amount(kind, word, rest, error);
  if (result == PROTO_OK) result = take_enhanced(&lead, classes[entry->kind], &rest, error);
  if (result == PROTO_OK && entry->kind == POLICY_KIND_PREPEND) result = check_header(rest, error);
  if (result != PROTO_OK) return result;
  copy(entry->lead, lead);
  copy(entry->text, rest);
  for (size_t i = 0; kind->word[0] && i < word.len; i++) entry->lead[i] = upper(entry->lead[i]);
  return check_text(entry->text, error);
}

static enum proto_result find_action(assay_action *out, const char *word, size_t len, struct proto_error *error) {
  for (unsigned action = 0; action < POLICY_ACTIONS; action++) {
    *out = (assay_action)action;
    const char *text = assay_action_text(*out);
    if (strlen(text) == len && memcmp(text, word, len) == 0) return PROTO_OK;
  }
  return proto_fail(error, "%s is no action: accept, tag, greylist, defer, reject and discard are",
                    proto_show(word, len).text);
}

enum proto_result policy_map_set(struct policy_map *map, const char *action, size_t action_len, const char *text,
                                 size_t len, struct proto_error *error) {
  struct policy_entry entry;
  assay_action which;
  enum proto_result result = find_action(&which, action, action_len, error);
  if (result != PROTO_OK) return result;
  if (len > POLICY_MAP_MOST)
    return proto_fail(error, "a text of %zu bytes, where %d are the most", len, POLICY_MAP_MOST);
  for (size_t i = 0; i < len; i++)
    if (text[i] < ' ' || text[i] > '~')
      return proto_fail(error, "%s is not printable ASCII, which is all that Postfix takes",
                        proto_show(text, len).text);
  while (len > 0 && text[len - 1] == ' ') len--;
  struct part rest = {text, len};
  while (rest.len > 0 && *rest.ptr == ' ') rest.ptr++, rest.len--;
  result = read_entry(&entry, rest, which, error);
  if (result == PROTO_OK) map->entries[which] = entry;
  return result;
}

const char *policy_map_default(assay_action action) {
  return defaults[action];
}

void policy_map_init(struct policy_map *map) {
  struct proto_error error;
  *map = (struct policy_map){0};
  for (unsigned action = 0; action < POLICY_ACTIONS; action++) {
    const char *word = assay_action_text((assay_action)action);
    policy_map_set(map, word, strlen(word), defaults[action], strlen(defaults[action]), &error);
  }
}
