/* Tests the warnings about rules that compile and are not what their author means: constants, no tests, unused
 * lets, one rule that refuses by itself, disabled ones that are asked for, groups; and when two expressions are the
 * same. */
#include "compile_text.h"

#include <stdio.h>

#include "grammar/lint.h"

#define TESTS " test hit { helo \"x\" } "
#define RULE(name, clauses, condition) \
  "rule " name " { describe \"d\" " clauses TESTS "when " condition " }\n"

static void constants(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {RULE("A", "score 1", "helo"), ""},
      {RULE("A", "score 1", "true"), "W302@1:58"},
      {RULE("A", "score 1", "helo and 2 < 1"), "W302@1:58"},
      {"exempt E { describe \"d\" when 1 > 2 }", "W302@1:30"},
      {"exempt E { describe \"d\" when helo }", ""},
  };
  expect_said(PASS_RULES, rows, COUNT(rows));
}

static void tests_and_lets(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"rule A { describe \"d\" score 1 when helo }", "W304@1:1"},
      {"rule A { describe \"d\" score 1 when helo test miss {} }", "W304@1:1"}, /* no hit */
      {"rule A { describe \"d\" score 1 when helo test hit {} }", ""},
      {"exempt E { describe \"d\" when helo }", ""},
      {"let x = helo", "W305@1:5"},
      {"let x = helo let y = x", "W305@1:18"},
      {"let x = helo\n" RULE("A", "score 1", "x"), ""},
      {"let x = helo exempt E { describe \"d\" when not x }", ""},
  };
  expect_said(PASS_RULES, rows, COUNT(rows));
}

/* At the threshold is as good as above it; discard is spoken of before reject; a cap or a milder action helps. */
static void one_rule_that_refuses(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {RULE("A", "score 5", "helo") "action reject at 5", "W306@1:1(2:18)"},
      {RULE("A", "score 4.999", "helo") "action reject at 5", ""},
      {RULE("A", "score 9", "helo") "action defer at 5", ""},
      {RULE("A", "score 9", "helo") "action reject off", ""},
      {RULE("A", "score 9", "helo") "action reject at 5 action discard at 9", "W306@1:1(2:38)"},
      {RULE("A", "score 8", "helo") "action reject at 5 action discard at 9", "W306@1:1(2:18)"},
      {RULE("A", "score 9 group g", "helo") "action reject at 5 group g { cap 4.9 }", ""},
      {RULE("A", "score 9 group g", "helo") "action reject at 5 group g { cap 5 }", "W306@1:1(2:18)"},
      {RULE("A", "score 9", "helo") "action reject at 5 disable A", ""},
      {RULE("A", "score 9", "helo") "action reject at 5 score A 1", ""},
      {RULE("A", "score 1", "helo") "action reject at 5 score A 9", "W306@1:1(2:18)"},
      {RULE("A", "score -9", "helo") "action reject at 5", ""},
  };
  expect_said(PASS_RULES, rows, COUNT(rows));
}

static void disabled_rules_that_are_asked_for(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {RULE("A", "score 1", "helo") RULE("B", "score 1", "not A") "disable A", "W308@2:62(1:6)"},
      {RULE("A", "score 1", "helo") RULE("B", "score 1", "2 of (A, helo, helo)") "disable A", "W308@2:64(1:6)"},
      {RULE("A", "score 1", "helo") RULE("B", "score 1", "score of (A) > 1") "disable A", "W308@2:68(1:6)"},
      {RULE("A", "score 1", "helo") RULE("B", "score 1", "A") "disable A disable B", ""},
      {RULE("A", "score 1", "helo") RULE("B", "score 1", "A") "disable B", ""},
      {RULE("A", "score 1", "helo") "let x = A or helo\n" RULE("B", "score 1", "x") "disable A", "W308@2:9(1:6)"},
      {RULE("A", "score 1", "helo") "exempt E { describe \"d\" when A } disable A", "W308@2:30(1:6)"},
  };
  expect_said(PASS_RULES, rows, COUNT(rows));
}

static void groups_that_nobody_declares(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {RULE("A", "score 1 group helos", "helo") "group helo { cap 1 }", "W311@1:37"},
      {RULE("A", "score 1 group other", "helo") "group helo { cap 1 }", ""},
      {RULE("A", "score 1 group helos", "helo"), ""},
      {RULE("A", "score 1 group helos", "helo") RULE("B", "score 1 group helo", "helo"), ""},
      {RULE("A", "score 1 group helo", "helo") "group helo { cap 1 }", ""},
  };
  expect_said(PASS_RULES, rows, COUNT(rows));
}

/* --- lint_same --- */

/* Two conditions, as the two parts of an `and`. */
static bool same(const char *a, const char *b) {
  struct subject s;
  char condition[256];
  snprintf(condition, sizeof condition, "(%s) and (%s)", a, b);
  subject_open(&s);
  const char *text = subject_rule_text(&s, "list l : name { \"x\" }\nlist k : name { \"x\" }\nlet v = helo\n"
                                           "rule R { describe \"d\" score 1 when helo }\n", condition);
  if (!subject_run(&s, text, PASS_TYPES)) fail_msg("%s", condition);
  assert_string_equal(subject_said(&s), "");
  const struct expr *when = s.c.rules.at[1].body->when;
  assert_int_equal(when->count, 2);
  bool forth = lint_same(when->items[0], when->items[1]), back = lint_same(when->items[1], when->items[0]);
  assert_int_equal(forth, back);
  assert_true(lint_same(when->items[0], when->items[0]));
  subject_close(&s);
  return forth;
}

static void what_is_the_same(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool same;
  } rows[] = {
      {"helo", "helo", true},
      {"helo", "client.rdns", false},
      {"helo.tld == \"x\"", "helo.tld == \"x\"", true},
      {"helo.tld == \"x\"", "helo.tld == \"y\"", false},
      {"helo.tld == \"x\"", "helo.raw == \"x\"", false},
      {"helo == \"x\"", "helo != \"x\"", false},
      {"rcpt.count > 5", "rcpt.count > 5", true},
      {"rcpt.count > 5", "rcpt.count > 6", false},
      {"rcpt.count > 5", "rcpt.count >= 5", false},
      {"helo.label(0)", "helo.label(1)", false},
      {"helo in l", "helo in l", true},
      {"helo in l", "helo in k", false},
      {"helo in l", "helo not in l", false},
      {"helo in l", "helo under l", false},
      /* Sets in place are not looked into: nothing is said rather than something wrong. */
      {"helo in { \"x\" }", "helo in { \"x\" }", false},
      {"helo =~ /x/", "helo =~ /x/", true},
      {"helo =~ /x/", "helo =~ /x/i", false},
      {"helo =~ /x/", "helo =~ /y/", false},
      {"contains(helo, \"x\")", "contains(helo, \"x\")", true},
      {"contains(helo, \"x\")", "contains(helo, \"y\")", false},
      {"contains(helo, \"x\")", "starts_with(helo, \"x\")", false},
      {"v", "v", true},
      {"v", "helo", false},
      {"R", "R", true},
      {"R", "helo", false},
      {"client.ip == 192.0.2.1", "client.ip == 192.0.2.2", false},
      {"2 of (R, v, helo)", "2 of (R, v, helo)", true},
      {"2 of (R, v, helo)", "3 of (R, v, helo)", false},
      {"not v", "not v", true},
      {"any(rcpt) == \"a@b\"", "any(rcpt) == \"a@b\"", true},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    if (same(rows[i].a, rows[i].b) != rows[i].same) fail_msg("%s | %s", rows[i].a, rows[i].b);
  assert_true(lint_same(NULL, NULL));
  struct expr e = {.kind = E_BOOL};
  assert_false(lint_same(&e, NULL) || lint_same(NULL, &e));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constants),                         cmocka_unit_test(tests_and_lets),
      cmocka_unit_test(one_rule_that_refuses),             cmocka_unit_test(disabled_rules_that_are_asked_for),
      cmocka_unit_test(groups_that_nobody_declares),       cmocka_unit_test(what_is_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
