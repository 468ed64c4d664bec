/* Tests the warning about negations that are true on an empty left side: where they are, what guards them, and which
 * left sides are never empty. */
#include "compile_text.h"

static const char prelude[] =
    "list names : name { \"x.example\" }\n"
    "list boxes : mailbox { \"a@b.example\" }\n"
    "let there = helo\n"
    "let no_x = helo != \"x\"\n"
    "let is_name = helo.is_fqdn\n";

static void negations_on_what_may_be_empty(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo != \"x\"", "W303@1:1"},
      {"helo !~ /x/", "W303@1:1"},
      {"helo not in names", "W303@1:1"},
      {"helo not under names", "W303@1:1"},
      {"mail.from not in boxes", "W303@1:1"},
      {"client.rdns != helo", "W303@1:1"},
      {"auth.user != \"x\"", "W303@1:1"},
      {"helo.tld != \"x\"", "W303@1:1"},
      {"not helo == \"x\"", ""}, /* its author has written the opposite, and sees it */
      {"not (helo == \"x\" or helo =~ /y/)", ""},
      {"not not helo != \"x\"", "W303@1:9"},
      {"not helo != \"x\"", ""},
      {"tls.verified and helo != \"x\"", "W303@1:18"},
      {"tls.verified or helo != \"x\"", "W303@1:17"},
      {"any of (tls.verified, helo != \"x\")", "W303@1:23"},
      {"none of (tls.verified, helo != \"x\")", ""},
      {"none of (tls.verified, not helo != \"x\")", "W303@1:28"},
      {"no_x", "Wp"},
      {"not no_x", ""},
      {"helo == \"x\" and helo =~ /x/", ""},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    /* A let is marked where it was written. */
    struct said_row row = {rows[i].text, strcmp(rows[i].said, "Wp") == 0 ? "W303@p4:12" : rows[i].said};
    expect_conditions_said(prelude, PASS_GUARDS, &row, 1);
  }
}

static void never_empty(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"client.ip != 192.0.2.1", ""},
      {"client.ip not in 10.0.0.0/8", ""},
      {"server.name != \"x\" and server.ip != 192.0.2.1", ""},
      {"helo.verb != \"EHLO\" and session.protocol != \"ESMTP\"", ""},
      {"rcpt.count != 5 and session.hour != 3", ""},
      {"tls.verified != A", ""},
      {"helo.address != 192.0.2.1", "W303@1:1"},
      {"client.ip.reverse != \"x\"", "W303@1:1"},
      {"helo != \"\"", ""}, /* asks for emptiness itself */
      {"\"x\" != helo", ""},
  };
  expect_conditions_said("rule A { describe \"d\" score 1 when helo }\n", PASS_GUARDS, rows, COUNT(rows));
}

static void guards(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo and helo != \"x\"", ""},
      {"helo != \"x\" and helo", ""}, /* the order does not matter */
      {"helo and (tls.verified or helo != \"x\")", ""},
      {"helo and not (tls.verified or helo == \"x\")", ""},
      {"all of (helo, helo != \"x\")", ""},
      {"any of (helo, helo != \"x\")", "W303@1:15"},
      {"helo or helo != \"x\"", "W303@1:9"},
      {"client.rdns and helo != \"x\"", "W303@1:17"},
      {"not helo and helo != \"x\"", "W303@1:14"},
      {"there and there != \"x\"", ""},
      {"helo and no_x", ""},
      {"(helo and tls.verified) and helo != \"x\"", ""},
      {"(helo or tls.verified) and helo != \"x\"", "W303@1:28"},
      /* What is true of a name says that it is not empty. */
      {"helo.is_fqdn and helo != \"x\"", ""},
      {"is_name and helo != \"x\"", ""},
      {"helo.is_empty and helo != \"x\"", "W303@1:19"},
      {"helo in names and helo != \"x\"", ""},
      {"helo under names and helo != \"x\"", ""},
      {"helo not in names and helo != \"x\"", "W303@1:1 W303@1:23"},
      {"helo == \"y\" and helo != \"x\"", ""},
      {"helo == client.rdns and helo != \"x\"", "W303@1:25"},
      {"contains(helo, \"y\") and helo != \"x\"", ""},
      {"length(helo) > 3 and helo != \"x\"", "W303@1:22"},
      /* And parts that such a name always has. */
      {"helo.is_fqdn and helo.tld != \"x\" and helo.raw != \"x\" and helo.label(0) != \"x\"", ""},
      {"helo.is_literal and helo.address != 192.0.2.1", ""},
      {"helo.is_fqdn and helo.org_domain != \"x\"", "W303@1:18"}, /* a bare suffix has none */
      {"helo and helo.tld != \"x\"", "W303@1:10"}, /* a name that is an address has none */
      {"helo.tld and helo.tld != \"x\"", ""},
      {"helo.tld and helo != \"x\"", "W303@1:14"},
  };
  expect_conditions_said(prelude, PASS_GUARDS, rows, COUNT(rows));
}

/* One negation in a let that many use is one warning; exemptions are walked as rules are. */
static void said_once(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"let x = helo != \"y\"\nrule A { describe \"d\" score 1 when x }\nrule B { describe \"d\" score 1 when x "
      "or x }",
       "W303@1:9"},
      {"exempt E { describe \"d\" when helo != \"y\" }", "W303@1:30"},
      {"let x = helo != \"y\"", ""}, /* nobody asks for it */
  };
  expect_said(PASS_GUARDS, rows, COUNT(rows));
}

/* Lets that use each other twice would be walked along every path: the walk is bounded. */
static void doubling_lets_come_to_an_end(void **state) {
  (void)state;
  struct subject s;
  struct buf text;
  buf_init(&text, &mem_default);
  buf_str(&text, "let l0 = helo == \"x\"\n");
  for (int i = 1; i < 60; i++) buf_printf(&text, "let l%d = l%d and l%d\n", i, i - 1, i - 1);
  buf_str(&text, "rule R { describe \"d\" score 1 when l59 and client.rdns != \"y\" }\n");
  buf_byte(&text, '\0');
  subject_open(&s);
  assert_true(subject_run(&s, text.ptr, PASS_GUARDS));
  assert_int_equal(s.diags.errors, 0);
  subject_close(&s);
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(negations_on_what_may_be_empty), cmocka_unit_test(never_empty), cmocka_unit_test(guards),
      cmocka_unit_test(said_once),                      cmocka_unit_test(doubling_lets_come_to_an_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
