/* Owns the language in which a host says what a setting takes: `spamd|policy ENDPOINT [mode OCTAL(0..0777)]`.
 * Must never know: a file of settings. */
#include "grammar/codes.h"
#include "grammar/settings.h"

/* A form being read, and what is left of it. */
struct reading {
  struct arena *arena;
  struct text left;
};

static bool takes(struct reading *r, const char *mark) {
  struct text text = text_from(mark);
  if (!text_starts(r->left, text)) return false;
  r->left = text_of(r->left.ptr + text.len, r->left.len - text.len);
  return true;
}

static bool is_word_byte(char c) {
  return ascii_alpha(c) || ascii_digit(c) || c == '_' || c == '-';
}

/* What stands at the front of the form up to the first byte that no word has; empty when there is none. */
static struct text take_word(struct reading *r) {
  size_t len = 0;
  while (len < r->left.len && is_word_byte(r->left.ptr[len])) len++;
  struct text word = text_of(r->left.ptr, len);
  r->left = text_of(r->left.ptr + len, r->left.len - len);
  return word;
}

static bool is_name(struct text word) {
  return word.len && word.ptr[0] >= 'a' && word.ptr[0] <= 'z';
}

/* One end of a range, up to a mark. */
static bool read_end(struct reading *r, const char *mark, enum setting_type type, struct text *text, int64_t *out) {
  *text = take_word(r);
  return setting_type_ranged(type, *text, out) && takes(r, mark);
}

static bool read_range(struct reading *r, struct setting_choice *choice) {
  return !takes(r, "(") || (read_end(r, "..", choice->type, &choice->low_text, &choice->low) &&
                            read_end(r, ")", choice->type, &choice->high_text, &choice->high) &&
                            choice->low <= choice->high);
}

static bool read_choice(struct reading *r, struct setting_slot *slot) {
  struct setting_choice *choice = vec_add(r->arena, &slot->choices);
  struct text word = take_word(r);
  if (!choice) return true;
  choice->type = setting_type_find(word);
  if (choice->type != SETTING_TYPE_COUNT) return read_range(r, choice);
  choice->word = word;
  return is_name(word);
}

static bool read_slot(struct reading *r, struct setting_part *part) {
  struct setting_slot *slot = vec_add(r->arena, &part->slots);
  if (!slot) return true;
  do
    if (!read_choice(r, slot)) return false;
  while (takes(r, "|"));
  slot->list = takes(r, "...");
  return true;
}

static bool ends(const struct reading *r) {
  return r->left.len == 0 || r->left.ptr[0] == ']';
}

/* Places with one blank between them, up to the end of the form or of the part; behind a list none can stand. */
static bool read_slots(struct reading *r, struct setting_part *part) {
  while (!ends(r) && !text_starts(r->left, TEXT("["))) {
    if (part->slots.count && part->slots.at[part->slots.count - 1].list) return false;
    if (!read_slot(r, part)) return false;
    if (!takes(r, " ")) return ends(r);
    if (ends(r)) return false;
  }
  return true;
}

static bool is_new_part(const struct setting_form *form, struct text name) {
  for (size_t i = 0; i < form->parts.count; i++)
    if (text_eq(form->parts.at[i].name, name)) return false;
  return is_name(name);
}

static bool read_part(struct reading *r, struct setting_form *form) {
  struct text name = take_word(r);
  if (!is_new_part(form, name)) return false;
  struct setting_part *part = vec_add(r->arena, &form->parts);
  if (!part) return true;
  part->name = arena_text(r->arena, name);
  if (takes(r, " ") && (ends(r) || !read_slots(r, part))) return false;
  return takes(r, "]");
}

static bool read_name(struct reading *r, struct setting_form *form) {
  do {
    struct text word = take_word(r), *slot = vec_add(r->arena, &form->words);
    if (slot) *slot = word;
    if (!is_name(word)) return false;
  } while (takes(r, " "));
  return r->left.len == 0;
}

bool setting_form_read(struct setting_form *out, struct arena *arena, struct text name, struct text values) {
  struct reading r = {arena, name};
  *out = (struct setting_form){.name = name, .values = values, .doc = TEXT(""), .front.name = TEXT("")};
  if (!read_name(&r, out)) return false;
  r.left = values;
  if (!read_slots(&r, &out->front)) return false;
  while (r.left.len) {
    if (!takes(&r, "[") || !read_part(&r, out)) return false;
    if (r.left.len && !text_starts(r.left, TEXT(" ["))) return false;
    takes(&r, " ");
  }
  return true;
}

void setting_form_help(struct diags *diags, const struct setting_form *form) {
  diag_help(diags, "the form is `%.*s%s%.*s`%s%.*s", TEXT_ARG(form->name), form->values.len ? " " : "",
            TEXT_ARG(form->values), form->doc.len ? ": " : "", TEXT_ARG(form->doc));
}
