/* Tests what happens after a syntax error: it is told once, at the token that does not fit, and reading goes on at
 * the next statement, so that the other statements survive. */
#include "compile_text.h"

#include "grammar/recover.h"
#include "tree_text.h"

/* The kinds of the statements that were read, a letter each, with their names; of a broken one only its name is kept. */
static void print_survivors(struct buf *out, const struct stmt *s) {
  static const char letters[] = {[S_INCLUDE] = 'i', [S_LIST] = 'l', [S_LIST_CHANGE] = 'c', [S_MAP] = 'm',
                                 [S_LET] = 'v',
                                 [S_RULE] = 'r',    [S_GROUP] = 'g', [S_EXEMPT] = 'e',     [S_SCORE] = 's',
                                 [S_DISABLE] = 'd', [S_ACTION] = 'a', [S_TEST] = 't'};
  for (; s; s = s->next)
    if (s->kind != S_BROKEN) buf_printf(out, "%c:%.*s ", letters[s->kind], TEXT_ARG(s->name.text));
}

struct row {
  const char *text, *survivors, *said;
};

static void expect_rows(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    struct buf out;
    subject_open(&s);
    buf_init(&out, &mem_default);
    assert_true(subject_run(&s, rows[i].text, PASS_LOAD));
    print_survivors(&out, s.c.statements);
    if (!text_is(buf_view(&out), rows[i].survivors) || strcmp(subject_said(&s), rows[i].said) != 0)
      fail_msg("%s\n  read \"%.*s\", said \"%s\"\n  want \"%s\", \"%s\"", rows[i].text, (int)out.len,
               buf_view(&out).ptr,
               subject_said(&s), rows[i].survivors, rows[i].said);
    buf_free(&out);
    subject_close(&s);
  }
}

/* Outside of braces the next statement's keyword in column 1 ends what is broken. */
static void resumes_at_a_keyword_in_column_1(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"let a b\nlet c = d\n", "v:c ", "E101@1:7"},
      {"foo bar baz\nlet c = d\n", "v:c ", "E101@1:1"},
      {"let a b let x = y\nlet c = d\n", "v:c ", "E101@1:7"},
      {"let a b\n let x = y\nlet c = d\n", "v:c ", "E101@1:7"},
      {"let a b\nlet c d\nlet e = f\n", "v:e ", "E101@1:7 E101@2:7"},
      {"let a = b\nlet c d", "v:a ", "E101@2:7"},
      {"let a =", "", "E101@1:8"},
      {"let a =\nlet b = c", "v:b ", "E101@2:1"},
      {"action reject 5\nscore R 1\n", "s:R ", "E101@1:15"},
      {"action reject at 5 6\n", "", "E101@1:20"},
      {"score R\ndisable S\n", "d:S ", "E101@2:1"},
      {"list l name\nlist k : name { \"a\" }\n", "l:k ", "E101@1:8"},
      {"\n\n}\nlet c = d\n", "v:c ", "E101@3:1"},
      {"let a = )\r\nlet c = d\r\n", "v:c ", "E101@1:9"},
  };
  expect_rows(rows, COUNT(rows));
}

/* Inside braces, what closes the statement ends it; a keyword in column 1 means that the brace was forgotten. */
static void resumes_behind_the_closing_brace(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"rule A { when a = b } let c = d\n", "v:c ", "E101@1:17"},
      {"rule A { when a b test hit { helo \"x\" } } let c = d\n", "v:c ", "E101@1:17"},
      {"rule A {\n when a = b\n score 1\n}\nlet c = d\n", "v:c ", "E101@2:9"},
      {"rule A {\n when a\nlet c = d\n", "v:c ", "E101@3:1(1:8)"},
      {"rule A {\n test hit { helo \"x\"\n score 1\n}\nlet c = d\n", "v:c ", "E101@3:2"},
      {"rule A {\n when a\n", "", "E101@3:1(1:8)"},
      {"group g { cap }\nlet c = d\n", "v:c ", "E101@1:15"},
      {"map m { \"a\" }\nlet c = d\n", "v:c ", "E101@1:13"},
      {"list l : name { \"a\" \"b\" }\nlet c = d\n", "v:c ", "E101@1:21"},
      {"test \"t\" { expect }\nlet c = d\n", "v:c ", "E101@1:19"},
      {"rule A { when a and }\nrule B { when = }\nlet c = d\n", "v:c ", "E101@1:21 E101@2:15"},
  };
  expect_rows(rows, COUNT(rows));
}

/* One slip, one message: what the scanner has said is not said again by the parser, and what it would say of bytes
 * that are passed over is not said at all. */
static void one_slip_one_message(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"let a = ;\nlet c = d\n", "v:c ", "E102@1:9"},
      {"let a = b ; $ %\nlet c = d\n", "v:a v:c ", "E102@1:11 E102@1:13 E102@1:15"},
      {"let a b ; $ 1.2345 \"x\\q\"\nlet c = d\n", "v:c ", "E101@1:7"},
      {"let a b;\nlet c = d\n", "v:c ", "E101@1:7"},
      {"rule A { when a b ; }\nlet c = d\n", "v:c ", "E101@1:17"},
      {"let a b ;", "", "E101@1:7"},
      {"let a b\nlet c = d ;\n", "v:c ", "E101@1:7 E102@2:11"},
      {"let a b \"open\nlet c = d\n", "v:c ", "E101@1:7"},
      {"let 3rd = b\nlet c = d\n", "v:c ", "E104@1:5"},
      {"rule A { describe \"open }\nlet c = d\n", "r:A v:c ", "E103@1:19 E202@1:1 E202@1:1"},
      {"rule A { when a =~ m{x }\nlet c = d\n", "v:c ", "E101@2:1(1:8)"},
      {"rule A { when a =~ m{x\nlet c = d\n", "", "E106@1:20"},
      {"rule A { when a =~ /x }\nlet c = d\n", "r:A v:c ", "E106@1:20 E202@1:1 E202@1:1"},
      {"rule Mixed { describe \"d\" score 1 when a }\nlet c = d\n", "r:MIXED v:c ", "E107@1:6"},
      {"let Mixed = a\nlet c = d\n", "v:c ", "E107@1:5"},
  };
  expect_rows(rows, COUNT(rows));
}

/* Errors that were counted before one is passed over stay counted, kept or not. */
static void errors_stay_counted(void **state) {
  (void)state;
  struct subject s;
  struct buf text;
  buf_init(&text, &mem_default);
  for (int i = 0; i < DIAG_KEEP_MAX + 5; i++) buf_str(&text, "let a b $\n");
  buf_str(&text, "let c = d\n");
  buf_byte(&text, '\0');
  subject_open(&s);
  assert_true(subject_run(&s, text.ptr, PASS_LOAD));
  assert_int_equal(s.diags.errors, DIAG_KEEP_MAX + 5);
  assert_int_equal(s.diags.list.count, DIAG_KEEP_MAX);
  assert_int_equal(s.diags.dropped, 5);
  const struct stmt *whole = s.c.statements;
  while (whole && whole->kind == S_BROKEN) whole = whole->next;
  assert_true(whole && text_is(whole->name.text, "c"));
  subject_close(&s);
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(resumes_at_a_keyword_in_column_1),
      cmocka_unit_test(resumes_behind_the_closing_brace),
      cmocka_unit_test(one_slip_one_message),
      cmocka_unit_test(errors_stay_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
