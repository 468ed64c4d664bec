/* What tests of the grammar share: files in memory, passes one by one, and what they said as one line of text. */
#include "compile_text.h"

#include "grammar/lint.h"
#include "tree_text.h"

/* --- the loader --- */

static assay_status memory_read(void *user, struct arena *arena, struct text path, size_t limit, struct loaded *out) {
  struct subject *s = user;
  s->reads++;
  if (limit > s->limit) s->limit = limit;
  for (size_t i = 0; i < s->file_count; i++) {
    const struct memory_file *file = &s->files[i];
    if (!text_is(path, file->path)) continue;
    out->error = TEXT("refused");
    if (file->status != ASSAY_OK) return file->status;
    struct text bytes = arena_text(arena, text_from(file->text));
    out->real = arena_text(arena, text_from(file->real ? file->real : file->path));
    out->len = bytes.len;
    out->bytes = arena_new(arena, bytes.len + 1);
    if (out->bytes && bytes.len) memcpy(out->bytes, bytes.ptr, bytes.len);
    return arena->failed ? ASSAY_NO_MEMORY : ASSAY_OK;
  }
  out->error = TEXT("not there");
  return ASSAY_NOT_FOUND;
}

static bool matches(const char *pattern, const char *path) {
  if (*pattern == '*')
    return matches(pattern + 1, path) || (*path && *path != '/' && matches(pattern, path + 1));
  return *pattern == *path && (*path == '\0' || matches(pattern + 1, path + 1));
}

/* The files of the table are in the order that they stand in. */
static assay_status memory_expand(void *user, struct arena *arena, struct text pattern, struct expanded *out) {
  struct subject *s = user;
  bool folder = pattern.len && pattern.ptr[pattern.len - 1] == '/';
  struct text glob = arena_printf(arena, "%.*s%s", (int)pattern.len, pattern.ptr, folder ? "*.rule" : "");
  out->paths = arena_array(arena, s->file_count + 1, sizeof *out->paths);
  if (!out->paths || arena->failed) return ASSAY_NO_MEMORY;
  if (!memchr(glob.ptr, '*', glob.len)) return ASSAY_OK;
  for (size_t i = 0; i < s->file_count; i++)
    if (matches(glob.ptr, s->files[i].path)) out->paths[out->count++] = text_from(s->files[i].path);
  return ASSAY_OK;
}

/* --- a compilation --- */

static assay_status open_with(struct subject *s) {
  s->loader = (struct loader){s, memory_read, memory_expand};
  buf_init(&s->out, &mem_default);
  diags_init(&s->diags, &s->alloc.alloc);
  assay_status status = compilation_init(&s->c, &s->alloc.alloc, &s->loader, NULL, &s->diags);
  s->c.lint = true;
  s->diags.sources = &s->c.sources;
  return status;
}

void subject_open(struct subject *s) {
  *s = (struct subject){.files = NULL};
  test_alloc_init(&s->alloc);
  assert_int_equal(open_with(s), ASSAY_OK);
}

bool subject_open_failing(struct subject *s, size_t nth, bool after) {
  *s = (struct subject){.files = NULL};
  test_alloc_failing(&s->alloc, nth, after);
  return open_with(s) == ASSAY_OK;
}

void subject_files(struct subject *s, const struct memory_file *files, size_t count) {
  s->files = files;
  s->file_count = count;
}

void subject_close(struct subject *s) {
  verified_free(s->verified, &s->alloc.alloc);
  compilation_free(&s->c);
  diags_free(&s->diags);
  buf_free(&s->out);
  assert_true(test_alloc_clean(&s->alloc));
}

static const struct {
  bool (*decides)(struct compilation *c);
  void (*does)(struct compilation *c);
} passes[] = {
    [PASS_DECLARE] = {declare_all, NULL},    [PASS_LISTS] = {NULL, lists_build},
    [PASS_NAMES] = {NULL, names_resolve},    [PASS_TYPES] = {NULL, types_check},
    [PASS_TESTS] = {NULL, tests_check},      [PASS_REPLIES] = {NULL, replies_check},
    [PASS_GUARDS] = {NULL, lint_guards},     [PASS_REGEXES] = {NULL, lint_regexes},
    [PASS_FOLD] = {NULL, fold_all},          [PASS_CONTRADICTIONS] = {NULL, lint_contradictions},
    [PASS_RULES] = {NULL, lint_rules},
};

static bool run_from_declare(struct subject *s, enum pass last) {
  for (enum pass pass = PASS_DECLARE; pass <= last; pass++) {
    if (pass >= PASS_GUARDS && s->diags.errors) return false;
    if (passes[pass].does) passes[pass].does(&s->c);
    if (passes[pass].decides && !passes[pass].decides(&s->c)) return false;
  }
  return !s->c.arena.failed;
}

bool subject_run(struct subject *s, const char *text, enum pass last) {
  assay_status status = ASSAY_OK;
  return load_text(&s->c, TEXT("t"), text_from(text), &status) && run_from_declare(s, last);
}

bool subject_run_files(struct subject *s, const char *path, enum pass last) {
  assay_status status = ASSAY_OK;
  struct text name = text_from(path);
  return load_paths(&s->c, &name, 1, &status) && status == ASSAY_OK && run_from_declare(s, last);
}

assay_status subject_compile(struct subject *s, const char *text) {
  struct text name = TEXT("t"), bytes = text_from(text);
  return compile_run(&s->verified, &s->c, &name, 1, &bytes, &s->alloc.alloc);
}

/* --- what came out --- */

static void print_place(struct subject *s, const struct place *place) {
  if (place->line == 0) {
    buf_byte(&s->out, '-');
    return;
  }
  bool before = place->line <= s->lines_before;
  if (!text_is(place->file, "t")) buf_printf(&s->out, "%.*s:", TEXT_ARG(place->file));
  buf_printf(&s->out, "%s%u:%u", before ? "p" : "", before ? place->line : place->line - s->lines_before,
             place->column);
}

const char *subject_said(struct subject *s) {
  buf_clear(&s->out);
  for (size_t i = 0; i < s->diags.list.count; i++) {
    const struct diag *diag = &s->diags.list.at[i];
    buf_printf(&s->out, "%s%s@", i ? " " : "", diag->code->code);
    print_place(s, &diag->first.place);
    if (diag->second.place.line) {
      buf_byte(&s->out, '(');
      print_place(s, &diag->second.place);
      buf_byte(&s->out, ')');
    }
  }
  buf_byte(&s->out, '\0');
  return s->out.ptr;
}

const char *subject_when(struct subject *s) {
  buf_clear(&s->out);
  assert_true(s->c.rules.count > 0);
  print_expr(&s->out, &s->c, s->c.rules.at[s->c.rules.count - 1].body->when);
  buf_byte(&s->out, '\0');
  return s->out.ptr;
}

/* --- rows --- */

static void expect_row(struct subject *s, const char *shown, const char *want) {
  const char *said = subject_said(s);
  if (strcmp(said, want) != 0) fail_msg("%s\n  said \"%s\"\n  want \"%s\"", shown, said, want);
}

void expect_said(enum pass last, const struct said_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    subject_open(&s);
    subject_run(&s, rows[i].text, last);
    expect_row(&s, rows[i].text, rows[i].said);
    subject_close(&s);
  }
}

const char *subject_rule_text(struct subject *s, const char *prelude, const char *condition) {
  s->lines_before = 1;
  for (const char *at = prelude; *at; at++) s->lines_before += *at == '\n';
  return arena_printf(&s->c.arena, "%srule ROW { describe \"d\" score 1 when\n%s\n}\n", prelude, condition).ptr;
}

void expect_conditions_said(const char *prelude, enum pass last, const struct said_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    subject_open(&s);
    subject_run(&s, subject_rule_text(&s, prelude, rows[i].text), last);
    expect_row(&s, rows[i].text, rows[i].said);
    subject_close(&s);
  }
}
