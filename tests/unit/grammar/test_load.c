/* Tests the reading of files: includes at their place, each file once, circles, depth, globs, whose tests count as
 * named, limits, and files that cannot be read. */
#include "compile_text.h"

#include <stdio.h>

#include "grammar/parse.h"

/* The names of what was read, in order. */
static const char *order(struct subject *s) {
  buf_clear(&s->out);
  for (const struct stmt *stmt = s->c.statements; stmt; stmt = stmt->next)
    if (stmt->kind != S_BROKEN) buf_printf(&s->out, "%s%.*s", s->out.len ? " " : "", TEXT_ARG(stmt->name.text));
  buf_byte(&s->out, '\0');
  return s->out.ptr;
}

struct row {
  struct memory_file files[6];
  const char *paths[4]; /* that the caller names */
  const char *order, *said;
  assay_status status;
};

static size_t filled(const struct memory_file *files, size_t most) {
  size_t count = 0;
  while (count < most && files[count].path) count++;
  return count;
}

static void load_row(struct subject *s, const struct row *row, assay_status *status) {
  struct text paths[4];
  size_t count = 0;
  while (count < COUNT(row->paths) && row->paths[count]) paths[count] = text_from(row->paths[count]), count++;
  subject_open(s);
  subject_files(s, row->files, filled(row->files, COUNT(row->files)));
  assert_true(load_paths(&s->c, paths, count, status));
}

static void expect_rows(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    assay_status status = ASSAY_OK;
    load_row(&s, &rows[i], &status);
    if (strcmp(order(&s), rows[i].order) != 0) fail_msg("row %zu: read \"%s\", want \"%s\"", i, order(&s),
                                                        rows[i].order);
    if (strcmp(subject_said(&s), rows[i].said) != 0)
      fail_msg("row %zu: said \"%s\", want \"%s\"", i, subject_said(&s), rows[i].said);
    assert_int_equal(status, rows[i].status);
    subject_close(&s);
  }
}

#define FILE_OF(path, text) {path, text, NULL, ASSAY_OK}

static void includes_stand_in_their_place(void **state) {
  (void)state;
  static const struct row rows[] = {
      {{FILE_OF("a", "let a = x")}, {"a"}, "a", "", ASSAY_OK},
      {{FILE_OF("a", "let a = x include \"b\" let c = x"), FILE_OF("b", "let b = x")}, {"a"}, "a b c", "", ASSAY_OK},
      {{FILE_OF("a", "include \"b\" include \"c\""), FILE_OF("b", "let b = x"),
        FILE_OF("c", "let c = x include \"b\"")},
       {"a"}, "b c", "", ASSAY_OK},
      {{FILE_OF("a", "let a = x"), FILE_OF("b", "let b = x")}, {"b", "a"}, "b a", "", ASSAY_OK},
      /* Paths are relative to the file they stand in, unless they begin at the root. */
      {{FILE_OF("d/a", "include \"b\""), FILE_OF("d/b", "let near = x"), FILE_OF("b", "let far = x")},
       {"d/a"}, "near", "", ASSAY_OK},
      {{FILE_OF("d/a", "include \"/b\""), FILE_OF("d/b", "let near = x"), FILE_OF("/b", "let far = x")},
       {"d/a"}, "far", "", ASSAY_OK},
      {{FILE_OF("d/a", "include \"e/b\""), FILE_OF("d/e/b", "include \"c\""), FILE_OF("d/e/c", "let c = x")},
       {"d/a"}, "c", "", ASSAY_OK},
      /* What could be read of a broken file stays, its includes too. */
      {{FILE_OF("a", "let a b\ninclude \"b\"\n"), FILE_OF("b", "let b = x")}, {"a"}, "b", "E101@a:1:7", ASSAY_OK},
  };
  expect_rows(rows, COUNT(rows));
}

static void a_file_is_read_once(void **state) {
  (void)state;
  static const struct row rows[] = {
      {{FILE_OF("a", "include \"b\" include \"b\""), FILE_OF("b", "let b = x")}, {"a", "b", "a"}, "b", "", ASSAY_OK},
      /* By another name it is the same file. */
      {{FILE_OF("a", "include \"b\" include \"link\""), FILE_OF("b", "let b = x"),
        {"link", "let b = x", "b", ASSAY_OK}},
       {"a"}, "b", "", ASSAY_OK},
      /* Two ways to one file are no circle. */
      {{FILE_OF("a", "include \"b\" include \"c\""), FILE_OF("b", "include \"d\""), FILE_OF("c", "include \"d\""),
        FILE_OF("d", "let d = x")}, {"a"}, "d", "", ASSAY_OK},
  };
  expect_rows(rows, COUNT(rows));
}

static void circles_are_shown(void **state) {
  (void)state;
  static const struct row rows[] = {
      {{FILE_OF("a", "include \"a\"\nlet a = x")}, {"a"}, "a", "E111@a:1:9", ASSAY_OK},
      {{FILE_OF("a", "include \"b\"\nlet a = x"), FILE_OF("b", "let b = x\ninclude \"a\"")}, {"a"}, "b a",
       "E111@b:2:9",
       ASSAY_OK},
      {{FILE_OF("a", "include \"b\""), FILE_OF("b", "include \"c\""), FILE_OF("c", "include \"b\"")}, {"a"}, "",
       "E111@c:1:9", ASSAY_OK},
      {{FILE_OF("a", "include \"link\""), {"link", "", "a", ASSAY_OK}}, {"a"}, "", "E111@a:1:9", ASSAY_OK},
  };
  expect_rows(rows, COUNT(rows));
  struct subject s;
  assay_status status = ASSAY_OK;
  load_row(&s, &rows[2], &status);
  struct text message = s.diags.list.at[0].message;
  assert_true(text_ends(message, TEXT("b <- c <- b"))); /* the circle, without the way to it */
  subject_close(&s);
}

static void globs(void **state) {
  (void)state;
  static const struct row rows[] = {
      {{FILE_OF("a", "include \"*.r\""), FILE_OF("b.r", "let b = x"), FILE_OF("c.r", "let c = x"),
        FILE_OF("d", "let d = x")},
       {"a"}, "b c", "", ASSAY_OK},
      {{FILE_OF("d/a", "include \"e/*\""), FILE_OF("d/e/b", "let b = x"), FILE_OF("e/c", "let c = x")},
       {"d/a"}, "b", "", ASSAY_OK},
      /* The file with the glob is left out. */
      {{FILE_OF("a.r", "include \"*.r\" let a = x"), FILE_OF("b.r", "let b = x")}, {"a.r"}, "b a", "", ASSAY_OK},
      {{FILE_OF("a.r", "include \"*.r\"")}, {"a.r"}, "", "W301@a.r:1:9", ASSAY_OK},
      {{FILE_OF("a", "include \"n*\"")}, {"a"}, "", "W301@a:1:9", ASSAY_OK},
      /* A folder that is named is its rule files, and includes among them are no circle. */
      {{FILE_OF("d/a.rule", "include \"b.rule\" let a = x"), FILE_OF("d/b.rule", "let b = x"),
        FILE_OF("d/c", "let c = x")},
       {"d/"}, "b a", "", ASSAY_OK},
      {{FILE_OF("d/a.rule", "include \"*.rule\""), FILE_OF("d/b.rule", "include \"*.rule\"")}, {"d/"}, "",
       "E111@d/b.rule:1:9", ASSAY_OK},
  };
  expect_rows(rows, COUNT(rows));
}

static void files_that_cannot_be_read(void **state) {
  (void)state;
  static const struct row rows[] = {
      {{FILE_OF("a", "")}, {"b"}, "", "E110@-", ASSAY_NOT_FOUND},
      {{FILE_OF("a", "let a = x")}, {"b", "a"}, "a", "E110@-", ASSAY_NOT_FOUND},
      {{{"a", "", NULL, ASSAY_IO_ERROR}}, {"a", "b"}, "", "E110@- E110@-", ASSAY_IO_ERROR},
      {{{"a", "", NULL, ASSAY_OVER_LIMIT}}, {"a"}, "", "E109@-", ASSAY_OVER_LIMIT},
      /* An include that fails is an error of the rules, not of the call. */
      {{FILE_OF("a", "include \"b\"\nlet a = x")}, {"a"}, "a", "E110@a:1:9", ASSAY_OK},
      {{FILE_OF("a", "include \"b\""), {"b", "", NULL, ASSAY_OVER_LIMIT}}, {"a"}, "", "E109@a:1:9", ASSAY_OK},
      {{FILE_OF("a", "include \"b\" include \"b\""), {"b", "", NULL, ASSAY_IO_ERROR}}, {"a"}, "",
       "E110@a:1:9 E110@a:1:21", ASSAY_OK},
  };
  expect_rows(rows, COUNT(rows));
}

/* Tests of connections run from files that the caller named, also where another file has included them first. */
static void which_files_are_named(void **state) {
  (void)state;
  static const struct {
    struct row row;
    const char *named;
  } rows[] = {
      {{{FILE_OF("a", "")}, {"a"}, NULL, NULL, ASSAY_OK}, "a"},
      {{{FILE_OF("a", "include \"b\""), FILE_OF("b", "")}, {"a"}, NULL, NULL, ASSAY_OK}, "a"},
      {{{FILE_OF("a", "include \"b\""), FILE_OF("b", "")}, {"b", "a"}, NULL, NULL, ASSAY_OK}, "b a"},
      {{{FILE_OF("a", "include \"b\""), FILE_OF("b", "")}, {"a", "b"}, NULL, NULL, ASSAY_OK}, "a b"},
      {{{FILE_OF("d/a.rule", "include \"c.rule\""), FILE_OF("d/b.rule", ""), FILE_OF("d/c.rule", "include \"e\""),
         FILE_OF("d/e", "")}, {"d/"}, NULL, NULL, ASSAY_OK}, "d/a.rule d/b.rule d/c.rule"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    assay_status status = ASSAY_OK;
    load_row(&s, &rows[i].row, &status);
    for (size_t k = 0; k < s.c.named_files.count; k++)
      buf_printf(&s.out, "%s%.*s", k ? " " : "", TEXT_ARG(s.c.sources.files.at[s.c.named_files.at[k]].name));
    if (!text_is(buf_view(&s.out), rows[i].named))
      fail_msg("row %zu: %.*s, want %s", i, (int)s.out.len, buf_view(&s.out).ptr, rows[i].named);
    subject_close(&s);
  }
}

/* --- limits --- */

/* Files 0, 1, 2, … that each include the next. */
static void includes_are_16_deep(void **state) {
  (void)state;
  for (size_t deepest = 16; deepest <= 17; deepest++) {
    struct memory_file files[18];
    char paths[18][8], texts[18][32];
    struct subject s;
    for (size_t i = 0; i <= deepest; i++) {
      snprintf(paths[i], sizeof paths[i], "f%zu", i);
      snprintf(texts[i], sizeof texts[i], i < deepest ? "include \"f%zu\"" : "let f%zu = x", i + (i < deepest));
      files[i] = (struct memory_file){paths[i], texts[i], NULL, ASSAY_OK};
    }
    subject_open(&s);
    subject_files(&s, files, deepest + 1);
    assert_true(subject_run_files(&s, "f0", PASS_LOAD));
    assert_string_equal(subject_said(&s), deepest == 16 ? "" : "E108@f16:1:9");
    assert_int_equal(s.c.statements != NULL, deepest == 16);
    subject_close(&s);
  }
}

/* The file that is over the limit is not read at all. */
static void at_most_10000_files(void **state) {
  (void)state;
  static const struct memory_file files[] = {FILE_OF("a", "include \"b\" include \"c\""), FILE_OF("b", "let b = x"),
                                             FILE_OF("c", "let c = x")};
  for (size_t before = 9997; before <= 9998; before++) {
    struct subject s;
    subject_open(&s);
    subject_files(&s, files, COUNT(files));
    s.c.file_count = before; /* as if so many had been read */
    assert_true(subject_run_files(&s, "a", PASS_LOAD));
    assert_string_equal(subject_said(&s), before == 9998 ? "E109@a:1:21" : "");
    assert_int_equal(s.c.file_count, 10000);
    assert_int_equal(s.reads, 10000 - before);
    subject_close(&s);
  }
}

static void sizes_are_limited(void **state) {
  (void)state;
  static const struct memory_file files[] = {FILE_OF("a", "include \"b\""), FILE_OF("b", "list l : name from \"c\""),
                                             FILE_OF("c", "x")};
  struct subject s;
  subject_open(&s);
  subject_files(&s, files, COUNT(files));
  assert_true(subject_run_files(&s, "a", PASS_LOAD));
  assert_int_equal(s.limit, RULE_FILE_MAX); /* what the loader was asked to refuse beyond */
  assert_true(declare_all(&s.c));
  lists_build(&s.c);
  assert_int_equal(s.limit, LIST_FILE_MAX);
  subject_close(&s);
}

static void a_text_is_limited_too(void **state) {
  (void)state;
  char *bytes = malloc(RULE_FILE_MAX + 1);
  assert_non_null(bytes);
  memset(bytes, ' ', RULE_FILE_MAX + 1);
  for (size_t extra = 0; extra < 2; extra++) {
    struct subject s;
    subject_open(&s);
    assay_status status = ASSAY_OK;
    assert_true(load_text(&s.c, TEXT("t"), text_of(bytes, RULE_FILE_MAX + extra), &status));
    assert_int_equal(status, extra ? ASSAY_OVER_LIMIT : ASSAY_OK);
    assert_string_equal(subject_said(&s), extra ? "E109@-" : "");
    assert_int_equal(s.c.named_files.count, !extra);
    subject_close(&s);
  }
  free(bytes);
}

/* A text's includes are relative to its name, and it is no file: one that includes the file of its name reads it. */
static void a_text_with_includes(void **state) {
  (void)state;
  static const struct memory_file files[] = {FILE_OF("d/b", "let b = x"), FILE_OF("d/t", "let t = x")};
  struct subject s;
  subject_open(&s);
  subject_files(&s, files, COUNT(files));
  assay_status status = ASSAY_OK;
  assert_true(load_text(&s.c, TEXT("d/t"), TEXT("include \"b\" let a = x include \"t\""), &status));
  assert_string_equal(order(&s), "b a t");
  assert_string_equal(subject_said(&s), "");
  subject_close(&s);
}

static void places_beside(void **state) {
  (void)state;
  static const struct {
    const char *path, *includer, *want;
  } rows[] = {
      {"b", "a", "b"},         {"b", "d/a", "d/b"},     {"b", "/a", "/b"},  {"../b", "d/a", "d/../b"},
      {"/b", "d/a", "/b"},     {"", "d/a", "d/"},       {"b", "", "b"},     {"e/b", "d/e/a", "d/e/e/b"},
      {"b", "d/", "d/b"},
  };
  struct subject s;
  subject_open(&s);
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct text got = path_beside(&s.c, text_from(rows[i].path), text_from(rows[i].includer));
    if (!text_is(got, rows[i].want)) fail_msg("row %zu: %.*s", i, TEXT_ARG(got));
  }
  subject_close(&s);
}

static void memory_out(void **state) {
  (void)state;
  static const struct memory_file files[] = {FILE_OF("a", "include \"b\" include \"c*\" include \"a\" include \"x\""),
                                             FILE_OF("b", "let b = x"), FILE_OF("c1", "let c = x")};
  for (size_t nth = 1;; nth++) {
    struct subject s;
    bool opened = subject_open_failing(&s, nth, true), whole = false;
    subject_files(&s, files, COUNT(files));
    if (opened) whole = subject_run_files(&s, "a", PASS_LOAD);
    bool failed = s.alloc.calls >= nth;
    if (failed && whole && !s.diags.arena.failed) fail_msg("allocation %zu failed and nobody noticed", nth);
    subject_close(&s);
    if (!failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(includes_stand_in_their_place), cmocka_unit_test(a_file_is_read_once),
      cmocka_unit_test(circles_are_shown),             cmocka_unit_test(globs),
      cmocka_unit_test(files_that_cannot_be_read),     cmocka_unit_test(which_files_are_named),
      cmocka_unit_test(includes_are_16_deep),          cmocka_unit_test(at_most_10000_files),
      cmocka_unit_test(sizes_are_limited),             cmocka_unit_test(a_text_is_limited_too),
      cmocka_unit_test(a_text_with_includes),          cmocka_unit_test(places_beside),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
