/* Tests the way from statements to tables: names given once, overrides from anywhere applied last, groups, scores and
 * thresholds within their bounds. */
#include "compile_text.h"

#define RULE(name) "rule " name " { describe \"d\" score 1 when helo }\n"
#define EXEMPT(name) "exempt " name " { describe \"d\" when helo }\n"

static void names_are_given_once(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {RULE("A") RULE("B") EXEMPT("C"), ""},
      {RULE("A") RULE("A"), "E201@2:6(1:6)"},
      {RULE("A") EXEMPT("A"), "E201@2:8(1:6)"},
      {RULE("A") RULE("A") RULE("A"), "E201@2:6(1:6) E201@3:6(1:6)"},
      {"let x = helo\nlet x = helo", "E201@2:5(1:5)"},
      {"let x = helo\nlist x : name { \"a\" }", "E201@2:6(1:5)"},
      {"map x {}\nlet x = helo", "E201@2:5(1:5)"},
      {"map x {}\nmap x += {}", ""},
      {"list x : name { \"a\" }\nlist x += { \"b\" }", ""},
      /* Groups and rules have name spaces of their own. */
      {"let x = helo\ngroup x { cap 1 }\ngroup x { cap 2 }", ""},
  };
  expect_said(PASS_DECLARE, rows, COUNT(rows));
}

static void reserved_names(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"let helo = true", "E204@1:5"},        {"let client = true", "E204@1:5"},
          {"let contains = true", "E204@1:5"},
      {"list mail : name { \"a\" }", "E204@1:6"}, {"map forged {}", "E204@1:5"},   {"let dns = true", "E204@1:5"},
      {"let dnsbl = true", "E204@1:5"},       {"let rdns = true", ""},             {"let hel = true", ""},
      {"let helo_x = true", ""},              {"let ip = true", ""},               {"group helo { cap 1 }", ""},
      {"let tld = true", ""},
  };
  expect_said(PASS_DECLARE, rows, COUNT(rows));
}

static void overrides_need_their_rule(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"score A 2\ndisable A\n" RULE("A"), ""},
      {"score A 2", "E203@1:7"},
      {"disable A", "E203@1:9"},
      {"disable E\n" EXEMPT("E"), ""},
      {"score E 2\n" EXEMPT("E"), "E203@1:7(2:8)"},
      {"list L_X : name { \"a\" }", "E101@1:6"},
  };
  expect_said(PASS_DECLARE, rows, COUNT(rows));
}

static void scores_are_bounded(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"rule A { describe \"d\" score 1000 when helo }", ""},
      {"rule A { describe \"d\" score -1000 when helo }", ""},
      {"rule A { describe \"d\" score 1000.001 when helo }", "E211@1:29"},
      {"rule A { describe \"d\" score -1000.001 when helo }", "E211@1:29"},
      {RULE("A") "score A -1000.001", "E211@2:9"},
      {"group g { cap 0 floor 0 }", ""},
      {"group g { cap 1000 floor -1000 }", ""},
      {"group g { cap -0.001 }", "E211@1:15"},
      {"group g { floor 0.001 }", "E211@1:17"},
      {"group g { cap 1000.001 floor -1000.001 }", "E211@1:15 E211@1:30"},
      {"action tag at 1000.001", "E211@1:15"},
      {"action tag at -5", ""},
  };
  expect_said(PASS_DECLARE, rows, COUNT(rows));
}

static void thresholds_rise(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"action tag at 1 action greylist at 2 action defer at 3 action reject at 4 action discard at 5", ""},
      {"action discard at 5\naction tag at 1", ""},
      {"action tag at 1\naction reject at 1", "E212@2:18(1:15)"},
      {"action reject at 1\naction tag at 2", "E212@1:18(2:15)"},
      {"action tag at 3\naction reject at 2\naction discard at 1", "E212@2:18(1:15) E212@3:19(2:18)"},
      /* One that is off is passed over; one that is given again counts as it was given last. */
      {"action tag at 3\naction defer at 1\naction defer off\naction reject at 4", ""},
      {"action tag at 3\naction tag off\naction reject at 1", ""},
      {"action reject at 1\naction reject at 5\naction tag at 3", ""},
      {"action accept at 1", "E212@1:8"},
      {"action ban at 1", "E212@1:8"},
      {"action ban off", "E212@1:8"},
      {"action reject of", "E101@1:15"},
      {"action reject unknown", "E101@1:15"},
      {"list l : names { \"a\" }", "E210@1:10"},
  };
  expect_said(PASS_DECLARE, rows, COUNT(rows));
}

/* The last override wins, wherever it stands; that is what lets a site's file come first or last. */
static void the_last_override_wins(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t score;
    bool disabled;
  } rows[] = {
      {RULE("A"), 1000, false},
      {"score A 2\n" RULE("A"), 2000, false},
      {RULE("A") "score A 2\nscore A -3.5", -3500, false},
      {"score A -3.5\n" RULE("A") "score A 2\n", 2000, false},
      {"disable A\n" RULE("A"), 1000, true},
      {RULE("A") "disable A\nscore A 4\ndisable A", 4000, true},
      {RULE("A") "score A 0", 0, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, rows[i].text, PASS_DECLARE));
    assert_string_equal(subject_said(&s), "");
    assert_int_equal(s.c.rules.count, 1);
    if (s.c.rules.at[0].score != rows[i].score || s.c.rules.at[0].disabled != rows[i].disabled)
      fail_msg("row %zu: %lld", i, (long long)s.c.rules.at[0].score);
    subject_close(&s);
  }
}

static void groups_and_their_bounds(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t floor, cap;
    bool declared;
    const char *describe;
  } rows[] = {
      {"rule A { describe \"d\" score 1 group g when helo }", INT64_MIN, INT64_MAX, false, ""},
      {"rule A { describe \"d\" score 1 group g when helo }\ngroup g { cap 2 }", INT64_MIN, 2000, true, ""},
      {"group g { cap 2 describe \"x\" }\nrule A { describe \"d\" score 1 group g when helo }", INT64_MIN, 2000, true,
       "x"},
      {"group g { floor -1 cap 2 describe \"x\" }", -1000, 2000, true, "x"},
      /* A later statement replaces all of the earlier one. */
      {"group g { floor -1 cap 2 describe \"x\" }\ngroup g { cap 3 }", INT64_MIN, 3000, true, ""},
      {"group g { cap 3 }\ngroup g {}", INT64_MIN, INT64_MAX, true, ""},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, rows[i].text, PASS_DECLARE));
    assert_int_equal(s.c.groups.count, 1);
    const struct group_decl *group = &s.c.groups.at[0];
    if (group->floor != rows[i].floor || group->cap != rows[i].cap || group->declared != rows[i].declared ||
        !text_is(group->describe, rows[i].describe))
      fail_msg("row %zu", i);
    if (s.c.rules.count) assert_int_equal(s.c.rules.at[0].group, 0);
    subject_close(&s);
  }
}

static void symbols_and_list_types(void **state) {
  (void)state;
  static const struct {
    const char *name;
    enum symbol_kind kind;
    uint32_t index;
  } rows[] = {
      {"l", SYMBOL_LIST, 0}, {"m", SYMBOL_MAP, 0}, {"x", SYMBOL_LET, 0}, {"A", SYMBOL_RULE, 0}, {"B", SYMBOL_RULE, 1},
      {"E", SYMBOL_EXEMPT, 0},
  };
  struct subject s;
  subject_open(&s);
  assert_true(subject_run(&s, RULE("A") "list l : name { \"a\" } map m {} let x = helo\n" EXEMPT("E") RULE("B"),
                          PASS_DECLARE));
  for (size_t i = 0; i < COUNT(rows); i++) {
    const struct symbol *symbol = symbol_find(&s.c, text_from(rows[i].name));
    assert_non_null(symbol);
    assert_int_equal(symbol->kind, rows[i].kind);
    assert_int_equal(symbol->index, rows[i].index);
  }
  assert_null(symbol_find(&s.c, TEXT("C")));
  subject_close(&s);
  for (unsigned t = 0; t < LIST_TYPE_COUNT; t++)
    assert_int_equal(list_type_find(text_from(list_type_word((enum list_type)t))), t);
  assert_int_equal(list_type_find(TEXT("int")), LIST_TYPE_COUNT);
  assert_int_equal(list_type_find(TEXT("")), LIST_TYPE_COUNT);
}

/* Tests in rules know their rule; those of connections are kept in order. */
static void tests_find_their_rule(void **state) {
  (void)state;
  struct subject s;
  subject_open(&s);
  assert_true(subject_run(&s,
                          RULE("A") "rule B { describe \"d\" score 1 when helo test hit {} test miss {} }\n"
                                    "test \"one\" {} test \"two\" {}",
                          PASS_DECLARE));
  const struct test_tree *test = s.c.rules.at[1].body->tests;
  assert_int_equal(test->rule, 1);
  assert_int_equal(test->next->rule, 1);
  assert_null(test->next->next);
  assert_int_equal(s.c.tests.count, 2);
  assert_true(text_is(s.c.tests.at[0]->title, "one") && text_is(s.c.tests.at[1]->title, "two"));
  assert_int_equal(s.c.tests.at[0]->rule, NO_INDEX);
  subject_close(&s);
}

/* As if a million rules less one had been declared. */
static void rules_are_limited(void **state) {
  (void)state;
  for (int extra = 0; extra < 3; extra++) {
    struct subject s;
    subject_open(&s);
    s.c.rules.at = calloc(RULES_MAX + 3, sizeof *s.c.rules.at);
    assert_non_null(s.c.rules.at);
    s.c.rules.cap = RULES_MAX + 3;
    s.c.rules.count = RULES_MAX - 1;
    struct rule_decl *ours = s.c.rules.at;
    static const char *const texts[] = {RULE("A"), RULE("A") RULE("B"), RULE("A") RULE("B") RULE("C")};
    assert_true(subject_run(&s, texts[extra], PASS_DECLARE));
    assert_string_equal(subject_said(&s), extra ? "E109@2:1" : "");
    subject_close(&s);
    free(ours);
  }
}

static void memory_out(void **state) {
  (void)state;
  for (size_t nth = 1;; nth++) {
    struct subject s;
    bool opened = subject_open_failing(&s, nth, true), whole = false;
    if (opened)
      whole = subject_run(&s,
                          RULE("A") RULE("A") "score B 1 group g { cap 1 } map m {} let helo = true test \"t\" {}",
                          PASS_DECLARE);
    bool failed = s.alloc.calls >= nth;
    if (failed && whole && !s.diags.arena.failed) fail_msg("allocation %zu failed and nobody noticed", nth);
    subject_close(&s);
    if (!failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_given_once),     cmocka_unit_test(reserved_names),
      cmocka_unit_test(overrides_need_their_rule), cmocka_unit_test(scores_are_bounded),
      cmocka_unit_test(thresholds_rise),          cmocka_unit_test(the_last_override_wins),
      cmocka_unit_test(groups_and_their_bounds),  cmocka_unit_test(symbols_and_list_types),
      cmocka_unit_test(tests_find_their_rule),    cmocka_unit_test(rules_are_limited),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
