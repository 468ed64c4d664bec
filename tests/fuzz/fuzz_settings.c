/* Fuzzes settings. The first line is the values of a form, the rest a file of settings: any bytes are tokens up to the
 * end, a form is taken or refused, and what is read can be looked at, complained about and drawn. */
#include <assay/assay.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "grammar/lexer.h"
#include "grammar/parse.h"
#include "parser.tab.h"

static void scan(struct text text) {
  struct arena arena;
  struct sources sources;
  struct diags diags;
  char slab[LEXER_SLAB];
  arena_init(&arena, &mem_default, SIZE_MAX);
  diags_init(&diags, &mem_default);
  MUST(sources_init(&sources, &arena));
  diags.sources = &sources;
  uint32_t file = sources_add(&sources, TEXT("input"), text, SPAN_NONE), last = 0;
  char *bytes = arena_new(&arena, text.len + 2); /* a copy, for the scanner writes into it */
  MUST(file && bytes);
  if (text.len) memcpy(bytes, text.ptr, text.len);
  struct parse p = {.arena = &arena, .diags = &diags, .file = file, .bytes = text, .slab = slab};
  MUST(lexer_open_settings(&p, bytes, text.len));
  for (size_t tokens = 0;; tokens++) {
    ASSAY_YYSTYPE value;
    struct span at = {file, 0, 0};
    int token = lexer_scan(&value, &at, &p);
    if (token == 0) break;
    MUST(token > 0 && tokens <= text.len); /* a token takes a byte at the least */
    MUST(at.file == file && last <= at.begin && at.begin < at.end && at.end <= text.len);
    last = at.end;
  }
  MUST(p.offset == text.len);
  diags_free(&diags);
  arena_free(&arena);
}

static void count(void *user, const char *bytes, size_t len) {
  (void)bytes;
  *(size_t *)user += len;
}

/* Everything that was read keeps what its header says. */
static void look(const assay_settings *settings, size_t index) {
  assay_setting setting;
  assay_setting_value v, same;
  MUST(assay_settings_at(settings, index, &setting) == ASSAY_OK && setting.place.line);
  for (size_t i = 0; i < setting.value_count; i++) {
    MUST(assay_settings_value(settings, index, i, &v) == ASSAY_OK);
    MUST(v.text && v.part && v.address && v.place.line >= setting.place.line);
    MUST(v.port <= 65535 && v.bits <= 128 && (v.family == 0 || v.family == 4 || v.family == 6));
    MUST(v.kind != ASSAY_SETTING_UNIX || v.text[0] == '/');
    MUST(v.kind == ASSAY_SETTING_TCP || (v.family != 0) == (v.address[0] != '\0'));
    MUST(assay_settings_part(settings, index, v.part, 0, &same) == ASSAY_OK);
  }
  MUST(assay_settings_value(settings, index, setting.value_count, &v) == ASSAY_BAD_ARGUMENT);
}

static void draw(const assay_diags *diags) {
  for (size_t i = 0; i < assay_diags_count(diags); i++) {
    assay_diag diag;
    size_t drawn = 0;
    MUST(assay_diags_at(diags, i, &diag) == ASSAY_OK && (diag.help || !strcmp(diag.code, "E408")));
    MUST(assay_diags_render(diags, i, false, count, &drawn) == ASSAY_OK && drawn > 0);
  }
}

static void read_all(const char *values, const char *text, size_t len) {
  const assay_setting_form forms[] = {
      {"listen", "spamd|policy ENDPOINT [owner TEXT] [mode OCTAL(0..0777)] [quiet]", true, NULL},
      {"allow", "NETWORK... [except ADDRESS...]", true, NULL},
      {"limit idle", "DURATION(1s..1h)", false, "a doc"},
      {"limit", "NUMBER", true, NULL},
      {"ask", "off|SERVER...", true, NULL},
      {"x", values, true, NULL},
  };
  assay_settings *settings;
  assay_diags *diags;
  assay_status status =
      assay_settings_read_text(&settings, "input", text, len, forms, sizeof forms / sizeof *forms, NULL, &diags);
  MUST((status == ASSAY_OK) == (settings != NULL) && (status == ASSAY_BAD_ARGUMENT) == (diags == NULL));
  MUST((status == ASSAY_BAD_SETTINGS) == (assay_diags_errors(diags) > 0) || status == ASSAY_OVER_LIMIT);
  for (size_t i = 0; i < assay_settings_count(settings); i++) {
    look(settings, i);
    MUST(assay_settings_complain(settings, i, ASSAY_SETTING_WHOLE, values, NULL, diags) == ASSAY_OK);
  }
  draw(diags);
  assay_settings_free(settings);
  assay_diags_free(diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *bytes = (const char *)data, *end = size ? memchr(bytes, '\n', size) : NULL;
  size_t first = end ? (size_t)(end - bytes) : 0, rest = end ? first + 1 : 0;
  char *values = calloc(first + 1, 1);
  MUST(values);
  if (first) memcpy(values, bytes, first);
  scan(text_of(bytes, size));
  read_all(values, bytes + rest, size - rest);
  free(values);
  return 0;
}
