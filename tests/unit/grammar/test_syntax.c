/* Tests what is told about a syntax error beside its place: that habits from elsewhere get a line of help, a lost
 * brace its second place, a misspelt keyword its suggestion. The words themselves are the golden tests' affair. */
#include "compile_text.h"

#include "grammar/syntax.h"
#include "parser.tab.h"

/* The one error of a text. */
static const struct diag *only_error(struct subject *s, const char *text) {
  assert_true(subject_run(s, text, PASS_LOAD));
  if (s->diags.list.count != 1) fail_msg("%s: %s", text, subject_said(s));
  const struct diag *diag = &s->diags.list.at[0];
  assert_string_equal(diag->code->code, "E101");
  return diag;
}

/* Each of these is a habit: somewhere else, it is how one writes. */
static void habits_get_help(void **state) {
  (void)state;
  static const char *const rows[] = {
      "header A HELO =~ /x/",
      "meta A (B && C)",
      "describe A text",
      "loadplugin X",
      "required_score 5",
      "import \"x\"",
      "rule A { when a = b }",
      "rule A { when a == b == c }",
      "rule A { when a == /x/ }",
      "rule A { when a != /x/ }",
      "rule A { when a =~ \"x\" }",
      "rule A { when a like b }",
      "rule A { when a is unknown }",
      "rule A { when a / b / c }",
      "rule A { score \"1\" when a }",
      "rule A { condition a }",
      "rule A { when any (a, b) }",
      "rule A { when a test hit { helo = \"x\" } }",
      "rule A { when a test hit { expect A } }",
      "list l : name { \"a\" \"b\" }",
      "action reject 5",
      "score R",
      "include x",
      "let a b",
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    if (only_error(&s, rows[i])->help.len == 0) fail_msg("%s", rows[i]);
    subject_close(&s);
  }
}

static void misspelt_keywords_get_the_right_one(void **state) {
  (void)state;
  static const struct {
    const char *text, *keyword; /* NULL: nothing is near */
  } rows[] = {
      {"incldue \"x\"", "`include`"},     {"rul A {}", "`rule`"},
      {"rule A { scor 1 when a }", "`score`"}, {"rule A { descirbe \"d\" when a }", "`describe`"},
      {"rule A { when a tset hit {} }", "`test`"}, {"group g { capp 1 }", "`cap`"},
      {"banana A {}", NULL},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    struct text help = only_error(&s, rows[i].text)->help;
    bool found = rows[i].keyword && text_find(help, text_from(rows[i].keyword)) != SIZE_MAX;
    if (found != (rows[i].keyword != NULL)) fail_msg("%s: %.*s", rows[i].text, TEXT_ARG(help));
    subject_close(&s);
  }
}

/* --- by itself --- */

static const struct diag *reported(struct subject *s, struct syntax *syntax, const char *text, uint32_t begin,
                                   uint32_t end, struct parse *parse) {
  struct text bytes = text_from(text);
  uint32_t file = sources_add(&s->c.sources, TEXT("t"), bytes, SPAN_NONE);
  *parse = (struct parse){.arena = &s->c.arena, .diags = &s->diags, .file = file, .bytes = bytes};
  syntax->parse = parse;
  syntax->at = (struct span){file, begin, end};
  syntax->open = (struct span){file, 0, 1};
  syntax_report(syntax);
  return &s->diags.list.at[0];
}

static bool says(const struct diag *diag, const char *part) {
  return text_find(diag->message, text_from(part)) != SIZE_MAX;
}

/* What may stand there is listed while that is short enough to read, and the word the parser uses for itself never.
 * */
static void what_may_stand_is_listed(void **state) {
  (void)state;
  static const char *const few[] = {"string", "'}'", "end of the broken statement"};
  static const char *const many[] = {"and", "or", "not", "in", "under", "of", "any", "all", "score"};
  static const char *const soft[] = {"name", "from", "hit", "rule"};
  struct subject s;
  struct parse parse;
  subject_open(&s);
  struct syntax syntax = {.found = "number", .expected = few, .count = COUNT(few), .depth = 1};
  const struct diag *diag = reported(&s, &syntax, "{ 12 }", 2, 4, &parse);
  assert_true(says(diag, "number") && says(diag, "string") && says(diag, "`}`") && !says(diag, "broken"));
  assert_false(says(diag, "12"));
  assert_int_equal(diag->first.place.column, 3);
  assert_int_equal(diag->second.place.line, 0);
  subject_close(&s);

  subject_open(&s);
  syntax = (struct syntax){.found = "number", .expected = many, .count = COUNT(many), .depth = 1};
  assert_false(says(reported(&s, &syntax, "{ 12 }", 2, 4, &parse), "under"));
  subject_close(&s);

  /* Words that are names as well are not listed where any name may stand. */
  subject_open(&s);
  syntax = (struct syntax){.found = "number", .expected = soft, .count = COUNT(soft), .depth = 1};
  diag = reported(&s, &syntax, "{ 12 }", 2, 4, &parse);
  assert_true(says(diag, "name") && says(diag, "rule") && !says(diag, "hit") && !says(diag, "from"));
  subject_close(&s);
}

/* A statement that begins inside of braces, or the end of the file there: the brace is shown, not a list of words. */
static void a_lost_brace_is_shown(void **state) {
  (void)state;
  static const struct {
    const char *found;
    bool column_1;
    unsigned depth;
    bool shown;
  } rows[] = {
      {"list", true, 1, true},         {"end of file", false, 2, true}, {"list", false, 1, false},
      {"end of file", false, 0, false}, {"'}'", true, 1, false},         {"list", true, 0, false},
  };
  static const char *const expected[] = {"string"};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    struct parse parse;
    struct syntax syntax = {.found = rows[i].found, .expected = expected, .count = 1, .column_1 = rows[i].column_1,
                            .depth = rows[i].depth};
    subject_open(&s);
    const struct diag *diag = reported(&s, &syntax, "{\nlist", 2, 6, &parse);
    if ((diag->second.place.line == 1) != rows[i].shown) fail_msg("row %zu", i);
    subject_close(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(habits_get_help),
      cmocka_unit_test(misspelt_keywords_get_the_right_one),
      cmocka_unit_test(what_may_stand_is_listed),
      cmocka_unit_test(a_lost_brace_is_shown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
