/* Owns a line of settings against the forms: whose it is, the value of each place, and what is said when it fits none.
 * Must never know: how a value is read. */
#include "grammar/codes.h"
#include "grammar/lexer_settings.h"
#include "grammar/settings.h"
#include "grammar/tables.h"

static struct span behind(const struct setting_line *line) {
  struct span last = line->end[-1].span;
  return (struct span){last.file, last.end, last.end};
}

static bool is_word(const struct setting_line *line, const struct setting_item *item) {
  return item < line->end && item->token == SETTING_WORD_TOKEN;
}

/* --- whose it is --- */

/* How many words of the form's name the line begins with. */
static size_t shared_words(const struct setting_line *line, const struct setting_form *form) {
  size_t n = 0;
  while (n < form->words.count && is_word(line, line->begin + n) && text_eq(form->words.at[n], line->begin[n].text))
    n++;
  return n;
}

/* The form with the longest name that the line begins with, or NULL; *most: the most words of any name. */
static struct setting_form *find_form(const struct setting_line *line, size_t *most) {
  struct setting_form *best = NULL;
  *most = 0;
  for (size_t i = 0; i < line->settings->forms.count; i++) {
    struct setting_form *form = &line->settings->forms.at[i];
    size_t shared = shared_words(line, form);
    if (shared > *most) *most = shared;
    if (shared == form->words.count && (!best || shared > best->words.count)) best = form;
  }
  return best;
}

/* The words that go on a name behind its first `known` ones, each once and in the order of the forms. */
static const struct text *next_words(const struct setting_line *line, size_t known, size_t *count) {
  VEC(struct text) words = {0};
  for (size_t i = 0; i < line->settings->forms.count; i++) {
    const struct setting_form *form = &line->settings->forms.at[i];
    bool fresh = form->words.count > known && shared_words(line, form) >= known;
    for (size_t k = 0; fresh && k < words.count; k++) fresh = !text_eq(words.at[k], form->words.at[known]);
    struct text *word = fresh ? vec_add(&line->settings->arena, &words) : NULL;
    if (word) *word = form->words.at[known];
  }
  *count = words.count;
  return words.at;
}

static void list_words(const struct setting_line *line, const char *before, const struct text *words, size_t count) {
  struct buf out;
  buf_init(&out, line->settings->arena.alloc);
  for (size_t i = 0; i < count; i++) buf_printf(&out, "%s`%.*s`", i ? ", " : "", TEXT_ARG(words[i]));
  diag_help(line->diags, "%s %.*s", before, (int)out.len, buf_view(&out).ptr);
  line->settings->arena.failed |= out.failed;
  buf_free(&out);
}

/* The name, as far as it is known, with a blank behind it. */
static struct text known_name(const struct setting_line *line, size_t known) {
  struct text name = TEXT("");
  for (size_t i = 0; i < known; i++)
    name = arena_printf(&line->settings->arena, "%.*s%.*s ", (int)name.len, name.ptr, TEXT_ARG(line->begin[i].text));
  return name;
}

/* Offers the nearest of the words that may stand there, or all of them. A message that is not kept needs no help. */
static void help_unknown(const struct setting_line *line, size_t known, struct text name) {
  size_t count;
  if (!line->diags->open) return;
  const struct text *words = next_words(line, known, &count);
  const struct setting_item *item = line->begin + known;
  struct nearest nearest = nearest_start(is_word(line, item) ? item->text : TEXT(""));
  for (size_t i = 0; i < count; i++) nearest_offer(&nearest, words[i]);
  if (is_word(line, item) && nearest_good(&nearest))
    diag_help(line->diags, "did you mean `%.*s%.*s`?", TEXT_ARG(name), TEXT_ARG(nearest.best));
  else
    list_words(line, known ? "it goes on with one of" : "the settings are", words, count);
}

static void report_unknown(const struct setting_line *line, size_t known) {
  const struct setting_item *item = line->begin + known;
  struct text name = known_name(line, known);
  if (is_word(line, item))
    report(line->diags, UNKNOWN_SETTING, item->span, "there is no setting `%.*s%.*s`", TEXT_ARG(name),
           TEXT_ARG(item->text));
  else if (known)
    report(line->diags, MISSING_VALUE, item < line->end ? item->span : behind(line), "`%.*s` alone is no setting",
           (int)name.len - 1, name.ptr);
  else
    report(line->diags, SYNTAX, item->span, "a setting begins with its name");
  if (!known && item->token == SETTING_ENDPOINT_TOKEN)
    diag_help(line->diags, "the name stands without a colon");
  else
    help_unknown(line, known, name);
}

/* --- its values --- */

static const struct setting_part *find_part(const struct setting_form *form, const struct setting_item *item) {
  for (size_t i = 0; item->token == SETTING_WORD_TOKEN && i < form->parts.count; i++)
    if (text_eq(form->parts.at[i].name, item->text)) return &form->parts.at[i];
  return NULL;
}

/* "a network or `off`". */
static void list_choices(struct buf *out, const struct setting_slot *slot) {
  for (size_t i = 0; i < slot->choices.count; i++) {
    if (i) buf_str(out, i + 1 == slot->choices.count ? " or " : ", ");
    setting_choice_print(out, &slot->choices.at[i]);
  }
}

static bool near_choice(struct diags *diags, const struct setting_slot *slot, const struct setting_item *item) {
  struct nearest nearest = nearest_start(item->text);
  for (size_t i = 0; i < slot->choices.count; i++)
    if (slot->choices.at[i].word.len) nearest_offer(&nearest, slot->choices.at[i].word);
  bool good = item->token == SETTING_WORD_TOKEN && nearest_good(&nearest);
  if (good) diag_help(diags, "did you mean `%.*s`?", TEXT_ARG(nearest.best));
  return good;
}

/* item NULL: there is none. */
static void report_wrong(const struct setting_line *line, const struct setting_form *form, struct text place,
                         const struct setting_slot *slot, const struct setting_item *item) {
  struct buf found, wanted;
  buf_init(&found, line->settings->arena.alloc);
  buf_init(&wanted, line->settings->arena.alloc);
  list_choices(&wanted, slot);
  if (item) setting_item_print(&found, item);
  if (item)
    report(line->diags, WRONG_VALUE, item->span, "unexpected %.*s; expected %.*s", TEXT_ARG(buf_view(&found)),
           TEXT_ARG(buf_view(&wanted)));
  else
    report(line->diags, MISSING_VALUE, behind(line), "`%.*s` lacks a value; expected %.*s", TEXT_ARG(place),
           TEXT_ARG(buf_view(&wanted)));
  line->settings->arena.failed |= found.failed || wanted.failed;
  buf_free(&found);
  buf_free(&wanted);
  if (!item || !(near_choice(line->diags, slot, item) || setting_wrong_help(line->diags, slot, item)))
    setting_form_help(line->diags, form);
}

static struct text place_name(const struct setting_form *form, const struct setting_part *part) {
  return part->name.len ? part->name : form->name;
}

static bool read_item(struct setting_line *line, const struct setting_form *form, struct setting *setting,
                      const struct setting_part *part, const struct setting_slot *slot) {
  const struct setting_item *item = line->at++;
  for (size_t i = 0; i < slot->choices.count; i++) {
    if (!setting_choice_fits(&slot->choices.at[i], item)) continue;
    struct setting_value value, *kept;
    if (!setting_value_read(&value, line, &slot->choices.at[i], item, place_name(form, part))) return false;
    value.part = part->name;
    kept = vec_add(&line->settings->arena, &setting->values);
    if (kept) *kept = value;
    return true;
  }
  report_wrong(line, form, TEXT(""), slot, item);
  return false;
}

/* Whether a value may be looked for: the line goes on, and not with the name of a part. */
static bool goes_on(const struct setting_line *line, const struct setting_form *form) {
  return line->at < line->end && !find_part(form, line->at);
}

static bool read_places(struct setting_line *line, const struct setting_form *form, struct setting *setting,
                        const struct setting_part *part) {
  for (size_t i = 0; i < part->slots.count; i++) {
    const struct setting_slot *slot = &part->slots.at[i];
    if (!goes_on(line, form)) {
      report_wrong(line, form, place_name(form, part), slot, NULL);
      return false;
    }
    do
      if (!read_item(line, form, setting, part, slot)) return false;
    while (slot->list && goes_on(line, form));
  }
  return true;
}

/* --- its parts --- */

/* A part that holds nothing but its name has that for its value. */
static void keep_name(struct setting_line *line, struct setting *setting, const struct setting_part *part) {
  struct setting_value *value = vec_add(&line->settings->arena, &setting->values);
  if (value)
    *value = (struct setting_value){.kind = SETTING_WORD, .part = part->name, .text = part->name, .shown = TEXT(""),
                                    .span = line->at[-1].span};
}

static bool stands_twice(const struct setting_line *line, const struct setting_form *form,
                         const struct setting_part *part, const struct setting_item *first) {
  for (const struct setting_item *item = first; item < line->at; item++) {
    if (find_part(form, item) != part) continue;
    report(line->diags, SET_TWICE, line->at->span, "`%.*s` stands twice", TEXT_ARG(part->name));
    diag_second(line->diags, item->span, "first here");
    diag_help(line->diags, "keep one of them");
    return true;
  }
  return false;
}

static void report_extra(const struct setting_line *line, const struct setting_form *form) {
  const struct setting_item *item = line->at;
  struct nearest nearest = nearest_start(item->text);
  for (size_t i = 0; i < form->parts.count; i++) nearest_offer(&nearest, form->parts.at[i].name);
  bool slip = item->token == SETTING_WORD_TOKEN && nearest_good(&nearest);
  report(line->diags, EXTRA_VALUE, item->span, "`%.*s` is complete before this", TEXT_ARG(form->name));
  if (slip)
    diag_help(line->diags, "did you mean `%.*s`?", TEXT_ARG(nearest.best));
  else
    setting_form_help(line->diags, form);
}

static bool read_parts(struct setting_line *line, const struct setting_form *form, struct setting *setting) {
  const struct setting_item *first = line->at;
  while (line->at < line->end) {
    const struct setting_part *part = find_part(form, line->at);
    if (!part) {
      report_extra(line, form);
      return false;
    }
    if (stands_twice(line, form, part, first)) return false;
    line->at++;
    if (part->slots.count == 0) keep_name(line, setting, part);
    if (!read_places(line, form, setting, part)) return false;
  }
  return true;
}

/* --- the whole --- */

static bool is_first(const struct setting_line *line, struct setting_form *form, struct span span) {
  if (form->repeats || form->first.file == 0) {
    form->first = span;
    return true;
  }
  report(line->diags, SET_TWICE, span, "`%.*s` is set twice", TEXT_ARG(form->name));
  diag_second(line->diags, form->first, "first set here");
  diag_help(line->diags, "keep one of them");
  return false;
}

void setting_line_read(struct setting_line *line) {
  struct settings *settings = line->settings;
  size_t known;
  struct setting_form *form = find_form(line, &known);
  if (!form) {
    report_unknown(line, known);
    return;
  }
  line->at = line->begin + form->words.count;
  struct setting setting = {.form = (size_t)(form - settings->forms.at),
                            .span = span_join(line->begin->span, line->at[-1].span)};
  if (!is_first(line, form, setting.span) || !read_places(line, form, &setting, &form->front) ||
      !read_parts(line, form, &setting))
    return;
  struct setting *kept = vec_add(&settings->arena, &settings->list);
  if (kept) *kept = setting;
}
