/* Owns the public face of settings: reading them by a host's forms, looking into them, complaining about them.
 * Must never know: what a setting is for. */
#include "grammar/settings.h"

#include <sys/stat.h>

#include "grammar/codes.h"
#include "lib/handles.h"
#include "lib/loader_fs.h"

struct assay_settings {
  const assay_alloc *alloc;
  struct settings read;
};

/* --- forms --- */

static bool is_known(const struct settings *settings, struct text name) {
  for (size_t i = 0; i < settings->forms.count; i++)
    if (text_eq(settings->forms.at[i].name, name)) return true;
  return false;
}

static assay_status take_forms(struct settings *settings, const assay_setting_form *forms, size_t count) {
  struct arena *arena = &settings->arena;
  for (size_t i = 0; i < count; i++) {
    struct text name = arena_text(arena, text_from(forms[i].name));
    struct text values = arena_text(arena, text_from(forms[i].values));
    struct text doc = arena_text(arena, text_from(forms[i].doc ? forms[i].doc : ""));
    if (arena->failed) return ASSAY_NO_MEMORY;
    if (is_known(settings, name)) return ASSAY_BAD_ARGUMENT;
    struct setting_form *form = vec_add(arena, &settings->forms);
    if (!form) return ASSAY_NO_MEMORY;
    bool read = setting_form_read(form, arena, name, values);
    if (arena->failed) return ASSAY_NO_MEMORY;
    if (!read) return ASSAY_BAD_ARGUMENT;
    form->doc = doc;
    form->repeats = forms[i].repeats;
  }
  return ASSAY_OK;
}

static bool forms_ok(const assay_setting_form *forms, size_t count) {
  if (count && !forms) return false;
  for (size_t i = 0; i < count; i++)
    if (!forms[i].name || !forms[i].values) return false;
  return true;
}

/* --- reading --- */

/* The bytes of a file, in the arena; or why there are none, in words. */
static assay_status load(struct arena *arena, struct text path, struct text *bytes, struct text *error) {
  struct fs_roots anywhere = {NULL, 0};
  struct loader loader = loader_fs(&anywhere);
  struct loaded loaded = {.error = TEXT("")};
  struct stat info;
  assay_status status = loader.read(loader.user, arena, path, SETTINGS_FILE_MAX, &loaded);
  *bytes = text_of(loaded.bytes ? loaded.bytes : "", loaded.len);
  *error = loaded.error;
  if (status == ASSAY_NOT_FOUND && stat(path.ptr, &info) == 0 && S_ISDIR(info.st_mode)) *error = TEXT("it is a folder");
  return status;
}

static void report_unreadable(struct diags *diags, struct text path, assay_status status, struct text error) {
  if (status == ASSAY_OVER_LIMIT) {
    report(diags, TOO_LARGE, SPAN_NONE, "`%.*s` is larger than %d MiB", TEXT_ARG(path), SETTINGS_FILE_MAX >> 20);
    diag_help(diags, "settings are a page or two; this is another file");
  } else {
    report(diags, FILE, SPAN_NONE, "cannot read `%.*s`: %.*s", TEXT_ARG(path), TEXT_ARG(error));
    diag_help(diags, "it must be a file that whoever reads the settings may read");
  }
}

/* text NULL: from the file. */
static assay_status read_into(assay_settings *settings, struct text name, const struct text *text,
                              const assay_setting_form *forms, size_t count, struct diags *diags) {
  struct settings *read = &settings->read;
  struct text bytes = text ? *text : TEXT(""), error = TEXT("");
  assay_status status = take_forms(read, forms, count);
  if (status != ASSAY_OK) return status;
  if (!text)
    status = load(&read->arena, name, &bytes, &error);
  else if (bytes.len > SETTINGS_FILE_MAX)
    status = ASSAY_OVER_LIMIT;
  else
    bytes = arena_text(&read->arena, bytes);
  if (read->arena.failed) return ASSAY_NO_MEMORY;
  if (status == ASSAY_NO_MEMORY) return status;
  if (status != ASSAY_OK) report_unreadable(diags, name, status, error);
  if (status == ASSAY_OK && !settings_read(read, diags, name, bytes)) return ASSAY_NO_MEMORY;
  if (diags->arena.failed) return ASSAY_NO_MEMORY;
  return status == ASSAY_OK && diags->errors ? ASSAY_BAD_SETTINGS : status;
}

static assay_status read_to(assay_settings **out, struct text name, const struct text *text,
                            const assay_setting_form *forms, size_t count, const assay_alloc *alloc,
                            assay_diags **diags_out) {
  assay_settings *settings = mem_new(alloc, sizeof *settings);
  assay_diags *diags = handle_diags(alloc);
  assay_status status = ASSAY_NO_MEMORY;
  if (settings) settings->alloc = alloc;
  if (settings) arena_init(&settings->read.arena, alloc, SIZE_MAX);
  if (settings && diags) status = read_into(settings, name, text, forms, count, &diags->list);
  if (status == ASSAY_OK)
    *out = settings;
  else
    assay_settings_free(settings);
  if (diags_out && status != ASSAY_BAD_ARGUMENT)
    *diags_out = diags;
  else
    assay_diags_free(diags);
  return status;
}

assay_status assay_settings_read_file(assay_settings **out, const char *path, const assay_setting_form *forms,
                                      size_t count, const assay_alloc *alloc, assay_diags **diags) {
  if (out) *out = NULL;
  if (diags) *diags = NULL;
  if (!out || !path || !forms_ok(forms, count)) return ASSAY_BAD_ARGUMENT;
  return read_to(out, text_from(path), NULL, forms, count, handle_alloc(alloc), diags);
}

assay_status assay_settings_read_text(assay_settings **out, const char *name, const char *text, size_t len,
                                      const assay_setting_form *forms, size_t count, const assay_alloc *alloc,
                                      assay_diags **diags) {
  if (out) *out = NULL;
  if (diags) *diags = NULL;
  if (!out || !name || (!text && len) || !forms_ok(forms, count)) return ASSAY_BAD_ARGUMENT;
  struct text bytes = text_of(text ? text : "", len);
  return read_to(out, text_from(name), &bytes, forms, count, handle_alloc(alloc), diags);
}

void assay_settings_free(assay_settings *settings) {
  if (!settings) return;
  arena_free(&settings->read.arena);
  mem_free(settings->alloc, settings, sizeof *settings);
}

/* --- looking into them --- */

size_t assay_settings_count(const assay_settings *settings) {
  return settings ? settings->read.list.count : 0;
}

static const struct setting *setting_at(const assay_settings *settings, size_t index) {
  return settings && index < settings->read.list.count ? &settings->read.list.at[index] : NULL;
}

static assay_place place_of(const assay_settings *settings, struct span span) {
  struct place place = sources_place(&settings->read.sources, span);
  return (assay_place){.file = place.file.ptr,
                       .line = place.line,
                       .column = place.column,
                       .end_line = place.end_line,
                       .end_column = place.end_column};
}

assay_status assay_settings_at(const assay_settings *settings, size_t index, assay_setting *out) {
  const struct setting *setting = setting_at(settings, index);
  if (!setting || !out) return ASSAY_BAD_ARGUMENT;
  *out = (assay_setting){.name = settings->read.forms.at[setting->form].name.ptr,
                         .form = setting->form,
                         .value_count = setting->values.count,
                         .place = place_of(settings, setting->span)};
  return ASSAY_OK;
}

static const assay_setting_kind kinds[] = {
    [SETTING_WORD] = ASSAY_SETTING_WORD,       [SETTING_STRING] = ASSAY_SETTING_STRING,
    [SETTING_NUMBER] = ASSAY_SETTING_NUMBER,   [SETTING_DURATION] = ASSAY_SETTING_DURATION,
    [SETTING_ADDRESS] = ASSAY_SETTING_ADDRESS, [SETTING_NETWORK] = ASSAY_SETTING_NETWORK,
    [SETTING_TCP] = ASSAY_SETTING_TCP,         [SETTING_UNIX] = ASSAY_SETTING_UNIX,
    [SETTING_SERVER] = ASSAY_SETTING_SERVER,
};

assay_status assay_settings_value(const assay_settings *settings, size_t index, size_t value,
                                  assay_setting_value *out) {
  const struct setting *setting = setting_at(settings, index);
  if (!setting || !out || value >= setting->values.count) return ASSAY_BAD_ARGUMENT;
  const struct setting_value *v = &setting->values.at[value];
  *out = (assay_setting_value){.kind = kinds[v->kind],
                               .part = v->part.ptr,
                               .text = v->text.ptr,
                               .number = v->number,
                               .address = v->shown.ptr,
                               .family = v->addr.family,
                               .bits = v->kind == SETTING_NETWORK ? v->bits : 0,
                               .port = v->port,
                               .place = place_of(settings, v->span),
                               .index = value};
  return ASSAY_OK;
}

assay_status assay_settings_part(const assay_settings *settings, size_t index, const char *part, size_t nth,
                                 assay_setting_value *out) {
  const struct setting *setting = setting_at(settings, index);
  if (!setting || !part || !out) return ASSAY_BAD_ARGUMENT;
  for (size_t i = 0; i < setting->values.count; i++)
    if (text_is(setting->values.at[i].part, part) && nth-- == 0) return assay_settings_value(settings, index, i, out);
  return ASSAY_NOT_FOUND;
}

/* --- complaining --- */

assay_status assay_settings_complain(const assay_settings *settings, size_t index, size_t value, const char *message,
                                     const char *help, assay_diags *diags) {
  const struct setting *setting = setting_at(settings, index);
  bool whole = value == ASSAY_SETTING_WHOLE;
  if (!setting || !message || !diags || (!whole && value >= setting->values.count)) return ASSAY_BAD_ARGUMENT;
  struct diags *list = &diags->list;
  list->arena.failed = false;
  list->sources = &settings->read.sources;
  report(list, REFUSED_SETTING, whole ? setting->span : setting->values.at[value].span, "%s", message);
  if (help) diag_help(list, "%s", help);
  list->sources = NULL;
  diags_sort(list);
  return list->arena.failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}
