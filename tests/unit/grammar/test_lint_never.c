/* Tests the warning about parts of a condition that contradict each other, and that nothing is said where they might
 * both hold. */
#include "compile_text.h"

#include "grammar/lint_value.h"

static const char prelude[] =
    "let x = tls.verified\n"
    "rule A { describe \"d\" score 1 when helo }\n";

static void parts_that_exclude_each_other(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo and not helo", "W302@1:10(1:1)"},
      {"not A and tls.verified and A", "W302@1:28(1:1)"},
      {"x and not x", "W302@1:7(1:1)"},
      {"rcpt.count > 5 and rcpt.count < 5", "W302@1:20(1:1)"},
      {"rcpt.count > 5 and rcpt.count < 6", "W302@1:20(1:1)"},
      {"rcpt.count >= 5 and rcpt.count < 5", "W302@1:21(1:1)"},
      {"rcpt.count == 5 and rcpt.count == 6", "W302@1:21(1:1)"},
      {"rcpt.count == 5 and rcpt.count > 5", "W302@1:21(1:1)"},
      {"rcpt.count < -5 and rcpt.count > -5", "W302@1:1 W302@1:21"}, /* each by itself, by its range */
      {"helo == \"a\" and helo == \"b\"", "W302@1:17(1:1)"},
      {"auth.user == \"a\" and tls.verified and auth.user == \"b\"", "W302@1:39(1:1)"},
      {"client.ip == 192.0.2.1 and not client.ip == 192.0.2.1", "W302@1:28(1:1)"},
      {"helo or not helo", "W302@1:9(1:1)"},
      {"rcpt.count < 5 or rcpt.count >= 5", "W302@1:19(1:1)"},
      {"rcpt.count <= 5 or rcpt.count > 3", "W302@1:20(1:1)"},
      {"tls.verified and (helo and not helo)", "W302@1:28(1:19)"},
      {"not (helo and not helo)", "W302@1:15(1:6)"},
      {"2 of (A, helo and not helo, x)", "W302@1:19(1:10)"},
  };
  expect_conditions_said(prelude, PASS_CONTRADICTIONS, rows, COUNT(rows));
}

static void parts_that_may_both_hold(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo and not client.rdns", ""},
      {"helo and helo", ""},
      {"rcpt.count > 5 and rcpt.count < 7", ""},
      {"rcpt.count >= 5 and rcpt.count <= 5", ""},
      {"rcpt.count <= 5 and rcpt.count >= 5", ""},
      {"rcpt.count > 5 and session.errors < 5", ""},
      {"rcpt.count != 5 and rcpt.count == 6", ""},
      {"rcpt.count < 5 or rcpt.count > 5", ""},
      {"rcpt.count < 5 or rcpt.count > 7", ""},
      {"helo == \"a\" or helo == \"b\"", ""},
      {"helo == \"A.example\" and helo == \"a.example\"", ""},  /* one name */
      {"helo == \"a\" and helo == \"a.\"", ""},                  /* the compared forms are the same */
      {"helo == \"b\xC3\xBC\" and helo == \"xn--b-eha\"", ""},   /* one name in two spellings */
      {"helo == \"a\" and client.rdns == \"b\"", ""},
      {"client.ip == 192.0.2.1 and not client.ip == 192.0.2.2", ""},
      {"has_bit(client.ip, 1) and not has_bit(client.ip, 2)", ""},
      {"embeds_address(helo, 192.0.2.1) and not embeds_address(helo, 192.0.2.2)", ""},
      /* Of several values one may be this and another that. */
      {"any(rcpt) == \"a@b\" and any(rcpt) == \"c@d\"", ""},
      {"length(any(rcpt)) > 5 and length(any(rcpt)) < 3", ""},
      {"helo =~ /a/ and not helo =~ /b/", ""},
      {"helo in { \"a\" } and not helo in { \"b\" }", ""},
      {"2 of (A, not A)", ""},
  };
  expect_conditions_said(prelude, PASS_CONTRADICTIONS, rows, COUNT(rows));
}

/* One message a chain, and lets and exemptions are looked at. */
static void where_it_looks(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"let x = helo and not helo", "W302@1:18(1:9)"},
      {"exempt E { describe \"d\" when helo and not helo and client.rdns and not client.rdns }", "W302@1:39(1:30)"},
  };
  expect_said(PASS_CONTRADICTIONS, rows, COUNT(rows));
}

/* So many parts of a chain are looked at, and what stands behind them is left alone. */
static void long_chains_are_looked_at_in_part(void **state) {
  (void)state;
  for (int parts = LITERALS_MAX; parts <= LITERALS_MAX + 1; parts++) {
    struct subject s;
    struct buf text;
    buf_init(&text, &mem_default);
    buf_str(&text, "let x = helo");
    for (int i = 2; i < parts; i++) buf_str(&text, " and tls.verified");
    buf_str(&text, " and not helo");
    buf_byte(&text, '\0');
    subject_open(&s);
    assert_true(subject_run(&s, text.ptr, PASS_CONTRADICTIONS));
    if (s.diags.list.count != (parts == LITERALS_MAX)) fail_msg("%d parts: said \"%s\"", parts, subject_said(&s));
    subject_close(&s);
    buf_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_that_exclude_each_other),
      cmocka_unit_test(parts_that_may_both_hold),
      cmocka_unit_test(where_it_looks),
      cmocka_unit_test(long_chains_are_looked_at_in_part),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
