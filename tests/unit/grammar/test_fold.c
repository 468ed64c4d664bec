/* Tests the constants: what no connection can change is decided, and nothing else is: no excluded middle, because a
 * value may be unknown, and nothing about what a list holds, because lists change. */
#include "compile_text.h"

static const char prelude[] =
    "list empty : name from \"empty\"\n"
    "list names : name { \"x.example\" }\n"
    "let five = 2 + 3\n"
    "let yes = 1 < 2\n"
    "let no = not yes\n"
    "let open = helo and yes\n"
    "rule A { describe \"d\" score 1 when helo }\n"
    "rule B { describe \"d\" score 1 when helo }\n"
    "rule NEVER { describe \"d\" score 1 when false }\n";

static const struct memory_file files[] = {{"empty", "", NULL, ASSAY_OK}};

static void expect_folded(const struct said_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    subject_open(&s);
    subject_files(&s, files, COUNT(files));
    bool whole = subject_run(&s, subject_rule_text(&s, prelude, rows[i].text), PASS_TYPES);
    if (!whole || s.diags.errors) fail_msg("%s: %s", rows[i].text, subject_said(&s));
    fold_all(&s.c);
    if (strcmp(subject_when(&s), rows[i].said) != 0)
      fail_msg("%s\n  got  %s\n  want %s", rows[i].text, subject_when(&s), rows[i].said);
    subject_close(&s);
  }
}

static void constants_are_decided(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"true", "true"},
      {"not true", "false"},
      {"not not false", "false"},
      {"1 < 2", "true"},
      {"1 == 1.0 and 1.5 >= 1.5", "true"},
      {"2 != 2 or 3 <= 2", "false"},
      {"2 + 3 * 4 == 14", "true"},
      {"-5 - -5 == 0", "true"},
      {"5", "true"},
      {"0", "false"},
      {"0.5", "true"},
      {"\"\"", "false"},
      {"\"x\"", "true"},
      {"not 5", "false"},
      {"not \"\"", "true"},
      {"five == 5", "true"},
      {"five", "true"},
      {"yes", "true"},
      {"no", "false"},
      {"not no and yes", "true"},
      {"9223372036854775 * 1024 > 9223372036854775", "(> (* 9223372036854775 1024) 9223372036854775)"},
      {"rcpt.count > five * 2", "(> <rcpt.count> 10)"},
      {"contains(helo, \"x\") == true", "(contains <helo> \"x\")"},
      {"has_bit(client.ip, 1 + 2)", "(has_bit <client.ip> 3)"},
  };
  expect_folded(rows, COUNT(rows));
}

static void chains_drop_what_decides_nothing(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo == \"x\" and true", "(== <helo> \"x\")"},
      {"true and helo == \"x\" and 1 < 2 and tls.verified", "(and (== <helo> \"x\") <tls.verified>)"},
      {"helo == \"x\" and false", "false"},
      {"helo == \"x\" or true", "true"},
      {"helo == \"x\" or false or tls.verified", "(or (== <helo> \"x\") <tls.verified>)"},
      {"(helo == \"x\" and false) or tls.verified", "<tls.verified>"},
      {"not (tls.verified and true)", "(not <tls.verified>)"},
      /* A value that is left alone stays in its chain, which is what makes a condition of it. */
      {"helo and true", "(and <helo>)"},
      {"false or rcpt.count", "(or <rcpt.count>)"},
      {"open", "let:open"},
  };
  expect_folded(rows, COUNT(rows));
}

static void counts_lose_decided_members(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"2 of (A, B, true)", "(or A B)"},
      {"2 of (A, B, false)", "(and A B)"},
      {"2 of (A, B, tls.verified)", "(2-of A B <tls.verified>)"},
      {"2 of (A, B, tls.verified, true, false)", "(or A B <tls.verified>)"},
      {"3 of (A, true, false)", "false"},
      {"1 of (A, true)", "true"},
      {"2 of (A, true, true)", "true"},
      {"1 of (A, B)", "(or A B)"},
      {"2 of (A, B)", "(and A B)"},
      {"2 of (A, no, yes, B)", "(or A B)"},
      {"any of (A, B, false)", "(or A B)"},
      {"all of (A, B, true)", "(and A B)"},
      {"any of (A, true)", "true"},
      {"all of (A, false)", "false"},
      {"none of (A, B)", "(not (or A B))"},
      {"none of (A, true)", "false"},
      {"none of (A, false)", "(not A)"},
      {"none of (false)", "true"},
      {"any of (NO_SUCH_*)", "false"},
      {"all of (NO_SUCH_*)", "true"},
  };
  expect_folded(rows, COUNT(rows));
}

static void what_may_be_unknown_is_left_alone(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo or not helo", "(or <helo> (not <helo>))"},
      {"tls.verified and not tls.verified", "(and <tls.verified> (not <tls.verified>))"},
      {"helo == helo", "(== <helo> <helo>)"},
      {"rcpt.count >= rcpt.count", "(>= <rcpt.count> <rcpt.count>)"},
      {"rcpt.count * 0 == 0", "(== (* <rcpt.count> 0) 0)"},
      {"rcpt.count - rcpt.count == 0", "(== (- <rcpt.count> <rcpt.count>) 0)"},
      {"A or not A", "(or A (not A))"},
      {"A == A", "(== A A)"},
      {"2 of (A, not A)", "(and A (not A))"},
      {"length(\"abc\") == 3", "(== (length \"abc\") 3)"},
      {"\"a\" == \"b\"", "(== \"a\" \"b\")"},
  };
  expect_folded(rows, COUNT(rows));
}

static void what_a_list_holds_is_left_alone(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo in empty", "(in <helo> list:empty)"},
      {"helo not in empty", "(not-in <helo> list:empty)"},
      {"helo under empty or tls.verified", "(or (under <helo> list:empty) <tls.verified>)"},
      {"client.ip in ::/0 or client.ip in 0.0.0.0/0", "(or (in <client.ip> {::/0}) (in <client.ip> {0.0.0.0/0}))"},
  };
  expect_folded(rows, COUNT(rows));
}

/* Another rule may be disabled or get another score, but its condition is its own: a rule that never holds is still
 * asked. */
static void rules_are_not_looked_into(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"NEVER", "NEVER"},
      {"not NEVER and A", "(and (not NEVER) A)"},
      {"score of (NEVER) > 5", "(> (score-of NEVER) 5)"},
  };
  expect_folded(rows, COUNT(rows));
}

/* Lets and exemptions are folded too, used or not. */
static void lets_and_exemptions(void **state) {
  (void)state;
  struct subject s;
  subject_open(&s);
  assert_true(subject_run(&s, "let a = b and true let b = 1 > 2 exempt E { describe \"d\" when helo and b }",
                          PASS_TYPES));
  fold_all(&s.c);
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(s.c.lets.at[i].expr->kind, E_BOOL);
    assert_int_equal(s.c.lets.at[i].expr->number.milli, 0);
  }
  assert_int_equal(s.c.exempts.at[0].body->when->kind, E_BOOL);
  subject_close(&s);
}

/* The place of what is decided stays: a warning marks what its author wrote. */
static void places_stay(void **state) {
  (void)state;
  struct subject s;
  subject_open(&s);
  assert_true(subject_run(&s, "let x = 1 < 2\nrule R { describe \"d\" score 1 when x and true }", PASS_TYPES));
  fold_all(&s.c);
  struct text text = sources_text(&s.c.sources, s.c.rules.at[0].body->when->span);
  assert_true(text_is(text, "x and true"));
  subject_close(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constants_are_decided),             cmocka_unit_test(chains_drop_what_decides_nothing),
      cmocka_unit_test(counts_lose_decided_members),       cmocka_unit_test(what_may_be_unknown_is_left_alone),
      cmocka_unit_test(what_a_list_holds_is_left_alone),   cmocka_unit_test(rules_are_not_looked_into),
      cmocka_unit_test(lets_and_exemptions),               cmocka_unit_test(places_stay),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
