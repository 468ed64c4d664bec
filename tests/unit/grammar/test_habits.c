/* Tests which of the helps a syntax error gets: each by a place that calls for it, and beside it one that looks
 * alike and must not be told the same. */
#include "compile_text.h"

#define RULE(condition) "rule A { when " condition " }"
#define TEST(lines) "rule A { when helo test hit { " lines " } }"

struct row {
  const char *text, *help; /* a part of the help of the first message; NULL: it has none */
};

static void expect_helps(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, rows[i].text, PASS_LOAD));
    if (s.diags.list.count == 0) fail_msg("%s: nothing is wrong", rows[i].text);
    const struct diag *diag = &s.diags.list.at[0];
    assert_string_equal(diag->code->code, "E101");
    bool found = rows[i].help ? text_find(diag->help, text_from(rows[i].help)) != SIZE_MAX : diag->help.len == 0;
    if (!found) fail_msg("%s\n  said %.*s\n  help \"%.*s\"\n  want \"%s\"", rows[i].text, TEXT_ARG(diag->message),
                         TEXT_ARG(diag->help), rows[i].help ? rows[i].help : "");
    subject_close(&s);
  }
}

static void words_of_other_systems(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"header A Helo =~ /x/", "rules are written `rule NAME"},
      {"HEADER A Helo =~ /x/", "rules are written `rule NAME"},
      {"rule A { header helo }", "a rule's condition stands behind `when`"},
      {"body A /x/", "there is no message"},
      {"rule A { body helo }", NULL},
      {"rule A { weight 1 }", "`score 1.0`"},
      {RULE("helo is \"x\""), "write `==`"},
      {"let a is helo", "the statement is `let"},
      {RULE("helo contains \"x\""), "it is a function: "},
      {RULE("helo containz \"x\""), NULL},
  };
  expect_helps(rows, COUNT(rows));
}

static void the_case_of_letters(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"RULE A { when helo }", "write `rule`, in lower case"},
      {"rule low { when helo }", "write `LOW`, in upper case"},
      {"list L : name { \"a\" }", "write `l`, in lower case"},
      {"let LOW = helo", "write `low`, in lower case"},
      {RULE("NOT helo"), "write `not`, in lower case"},
      {RULE("OTHER helo"), NULL},
      {RULE("LENGTH(helo) > 5"), "write `length`, in lower case"},
      {RULE("OTHER(helo) > 5"), NULL},
      {TEST("HELO \"x\""), "write `helo`, in lower case"},
      {TEST("OTHER \"x\""), NULL},
      {"test \"t\" { HELO \"x\" }", "write `helo`, in lower case"},
      {"test \"t\" { OTHER \"x\" }", "it expects them"},
  };
  expect_helps(rows, COUNT(rows));
}

static void texts_and_numbers(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"include a/b.rule", "\"a/b.rule\""},
      {"include *.rule", "\"*.rule\""},
      {"rule A { describe two words when helo }", "double quotes: \"…\""},
      {"rule A { score 1,5 when helo }", "1.5"},
      {"rule A { score 1, when helo }", NULL},
      {"rule A { score \"1\" when helo }", "numbers stand without quotes"},
      {"list l : name { \"a\" \"b\" }", "is a comma missing"},
      {RULE("helo =~ \"x\""), "between slashes"},
      {RULE("helo == /x/"), "=~ in place of =="},
      {RULE("helo != /x/"), "!~ in place of !="},
      {RULE("1 / 2 / 3 > 1"), "there is no division"},
      {"// a comment //", "comments begin with #"},
  };
  expect_helps(rows, COUNT(rows));
}

static void operators(void **state) {
  (void)state;
  static const struct row rows[] = {
      {RULE("helo = \"x\""), "write `==`"},
      {RULE("helo === \"x\""), "write `==`"},
      {RULE("helo !== \"x\""), "write `!=`"},
      {RULE("helo <> \"x\""), "write `!=`"},
      {RULE("rcpt.count =< 5"), "write `<=`"},
      {RULE("rcpt.count => 5"), "write `>=`"},
      {RULE("1 < rcpt.count < 5"), "comparisons do not chain"},
      {RULE("any (helo, tls.verified)"), "any of (a, b)"},
      {TEST("helo = \"x\""), "a fact and its value"},
      {TEST("l += { \"x\" }"), "list a_name += "},
  };
  expect_helps(rows, COUNT(rows));
}

static void lists_in_tests(void **state) {
  (void)state;
  static const struct row rows[] = {
      {TEST("list l += from \"x\""), "what a test adds stands in the test"},
      {TEST("list l -= { \"x\" }"), "can only gain something"},
      {"list l = { \"x\" }", "the statement is `list"}, /* outside of one they can do more */
      {"list l += 5", "or `list a_name += { … }`"},
  };
  expect_helps(rows, COUNT(rows));
}

static void other_habits(void **state) {
  (void)state;
  static const struct row rows[] = {
      {TEST("expect A"), "`expect` stands in tests outside rules"},
      {"test \"t\" { A hit }", "it expects them"},
      {RULE("none"), "write `not x`"},
      {RULE("helo == none"), "write `not x`"},
      {"rule A { when helo test { helo \"x\" } }", "`test hit { … }`"},
      {"let a = helo }", "no brace is open here"},
      {"}", "no brace is open here"},
  };
  expect_helps(rows, COUNT(rows));
}

static void slips_and_forms(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"incldue \"x\"", "did you mean `include`?"},
      {"rule A { scroe 1 when helo }", "did you mean `score`?"},
      {"include", "double quotes"},
      {"score A", "the statement is `score A_RULE 2.5`"},
      {"disable 5", "the statement is `disable A_RULE`"},
      {"action reject 5", "action reject at 5.0"},
      {"map m : name { }", "the statement is `map"},
      {"group 5 { }", "the statement is `group"},
      {"banana", "a statement begins with a word such as"},
      {"let a = helo banana", NULL},
      {"rule A { banana }", NULL},
  };
  expect_helps(rows, COUNT(rows));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_of_other_systems), cmocka_unit_test(the_case_of_letters),
      cmocka_unit_test(texts_and_numbers),      cmocka_unit_test(operators),
      cmocka_unit_test(lists_in_tests),         cmocka_unit_test(other_habits),
      cmocka_unit_test(slips_and_forms),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
