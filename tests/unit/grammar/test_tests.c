/* Tests the check of tests: values of each type of fact, pins, DNS lines of each record, expectations, and that a
 * test of a connection expects something. */
#include "compile_text.h"

#include <stdio.h>

#include "facts/field.h"

/* A test's lines, in a test of rule ROW. */
static void expect_lines(const struct said_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    char text[1024];
    snprintf(text, sizeof text,
             "rule A { describe \"d\" score 1 when helo }\nexempt E { describe \"d\" when helo }\n"
             "rule ROW { describe \"d\" score 1 when helo test hit {\n%s\n} }",
             rows[i].text);
    subject_open(&s);
    s.lines_before = 3;
    subject_run(&s, text, PASS_TESTS);
    if (strcmp(subject_said(&s), rows[i].said) != 0)
      fail_msg("%s\n  said \"%s\"\n  want \"%s\"", rows[i].text, subject_said(&s), rows[i].said);
    subject_close(&s);
  }
}

static void values_of_facts(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo \"x\" client.ip 192.0.2.1 mail.from \"a@b\" rcpt \"a@b\", \"c@d\" auth.user \"x\"", ""},
      {"rcpt.count 3 client.port 25 tls.verified true mail.smtputf8 false", ""},
      {"helo \"\" client.ip \"\" mail.from \"\" rcpt \"\"", ""},
      {"helo none client.ip none mail.from none rcpt none auth.user none", ""},
      {"helo unknown client.ip unknown rcpt.count unknown tls.verified unknown rcpt unknown", ""},
      {"rcpt.count none tls.verified none", "E215@1:12 E215@1:30"}, /* never empty */
      {"helo 192.0.2.1", "E215@1:6"},
      {"helo 5", "E215@1:6"},
      {"helo true", "E215@1:6"},
      {"client.ip \"192.0.2.1\"", "E215@1:11"},
      {"client.ip 5", "E215@1:11"},
      {"rcpt.count 1.5", "E215@1:12"},
      {"rcpt.count \"1\"", "E215@1:12"},
      {"tls.verified 1", "E215@1:14"},
      {"tls.verified \"true\"", "E215@1:14"},
      {"helo \"a\", \"b\"", "E215@1:1"},
      {"helo \"a\", 5", "E215@1:1 E215@1:11"},
      {"client.ip 192.0.2.1, 192.0.2.2", "E215@1:1"},
      {"rcpt \"a@b\", none", "E215@1:13"},
      {"rcpt \"a@b\", unknown", "E215@1:13"},
      {"rcpt 192.0.2.1", "E215@1:6"},
      {"hello \"x\"", "E203@1:1"},
      {"helo.tld \"x\"", "E203@1:1"},
      {"client \"x\"", "E203@1:1"},
  };
  expect_lines(rows, COUNT(rows));
}

static void pins(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"A hit ROW miss A unknown", ""},
      {"B hit", "E203@1:1"},
      {"E hit", "E203@1:1(p2:8)"}, /* which is an exemption */
      {"client.port -1", "E215@1:13"},
  };
  expect_lines(rows, COUNT(rows));
}

static void dns_lines(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"dns { A \"x\" 192.0.2.1 A \"x\" 192.0.2.1, 192.0.2.2 AAAA \"x\" ::1 }", ""},
      {"dns { PTR 192.0.2.1 \"x\" PTR ::1 \"x\", \"y\" }", ""},
      {"dns { MX \"x\" 10 \"y\" MX \"x\" 10 \"y\" 20 \"z\" }", ""},
      {"dns { MX \"x\" \"\" MX \"x\" 0 \".\" MX \"x\" 0 \"\" }", ""},
      {"dns { TXT \"x\" \"t\" NS \"x\" \"n\" }", ""},
      {"dns { DNSBL \"z\" 192.0.2.1 127.0.0.2 DNSBL \"z\" \"x\" 127.0.0.2, 127.0.0.3 }", ""},
      {"dns { A \"x\" nxdomain A \"x\" nodata A \"x\" servfail A \"x\" timeout A \"x\" refused }", ""},
      {"dns { A \"x\" malformed A \"x\" over_budget A \"x\" zone_down }", ""},
      {"dns { PTR 192.0.2.1 nxdomain MX \"x\" timeout DNSBL \"z\" 192.0.2.1 servfail }", ""},
      {"dns {}", ""},
      {"dns { SPF \"x\" \"y\" }", "E215@1:7"},
      {"dns { A 192.0.2.1 192.0.2.1 }", "E215@1:7"},
      {"dns { A \"x\" }", "E215@1:7"},
      {"dns { A \"x\" \"y\" }", "E215@1:13"},
      {"dns { A \"x\" 192.0.2.1, \"y\" }", "E215@1:24"},
      {"dns { A \"x\" nothing }", "E215@1:13"},
      {"dns { A \"x\" nxdomain, 192.0.2.1 }", "E215@1:13"},
      {"dns { A \"x\" 192.0.2.1 nxdomain }", "E215@1:23"},
      {"dns { PTR \"x\" \"y\" }", "E215@1:7"},
      {"dns { PTR 192.0.2.1 192.0.2.2 }", "E215@1:21"},
      {"dns { MX \"x\" \"y\" }", "E215@1:14"},
      {"dns { MX \"x\" \".\" }", "E215@1:14"},
      {"dns { MX \"x\" \"\" 10 \"y\" }", "E215@1:14"},
      {"dns { MX \"x\" 10 }", "E215@1:14"},
      {"dns { MX \"x\" 10 \"y\" 20 }", "E215@1:21"},
      {"dns { TXT \"x\" 192.0.2.1 }", "E215@1:15"},
      {"dns { DNSBL \"z\" 127.0.0.2 }", "E215@1:7"},
      {"dns { DNSBL 192.0.2.1 \"z\" 127.0.0.2 }", "E215@1:7"},
      {"dns { DNSBL \"z\" 192.0.2.1 \"y\" }", "E215@1:27"},
      {"dns { DNSBL \"z\" 5 127.0.0.2 }", "E215@1:7"},
      {"dns { DNSBL \"z\" nxdomain nxdomain }", "E215@1:7"},
      {"dns { DNSBL \"z\" 192.0.2.1 ::1 }", "E215@1:27"}, /* such a list answers in 127.0.0.0/8 */
  };
  expect_lines(rows, COUNT(rows));
}

static void expectations(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"expect A expect not A expect unknown A", ""},
      {"expect exempt E expect not exempt E", ""},
      {"expect action accept expect action tag expect action discard", ""},
      {"expect score >= 3", ""},
      {"expect B", "E203@1:8"},
      {"expect E", "E203@1:8(p2:8)"},
      {"expect exempt A", "E203@1:15(p1:6)"},
      {"expect not exempt F", "E203@1:19"},
      {"expect action ban", "E212@1:15"},
      {"helo \"x\"", "E215@p3:1"},
      {"", "E215@p3:1"},
      {"hello \"x\" expect A", "E203@1:1"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    char text[512];
    snprintf(text, sizeof text,
             "rule A { describe \"d\" score 1 when helo }\nexempt E { describe \"d\" when helo }\ntest \"t\" "
             "{\n%s\n}",
             rows[i].text);
    subject_open(&s);
    s.lines_before = 3;
    subject_run(&s, text, PASS_TESTS);
    if (strcmp(subject_said(&s), rows[i].said) != 0) fail_msg("%s: %s", rows[i].text, subject_said(&s));
    subject_close(&s);
  }
}

/* The check leaves in each line the number of what it names, for whoever runs the test. */
static void lines_know_what_they_name(void **state) {
  (void)state;
  struct subject s;
  subject_open(&s);
  assert_true(subject_run(&s,
                          "rule A { describe \"d\" score 1 when helo }\nrule B { describe \"d\" score 1 when helo }\n"
                          "exempt E { describe \"d\" when helo }\nexempt F { describe \"d\" when helo }\n"
                          "test \"t\" { expect B expect exempt F expect action reject helo \"x\" }",
                          PASS_TESTS));
  const struct test_line *line = s.c.tests.at[0]->lines;
  assert_int_equal(line->index, 1);
  assert_int_equal(line->next->index, 1);
  assert_int_equal(line->next->next->index, ACTION_REJECT);
  assert_int_equal(line->next->next->next->index, field_find(TEXT("helo")));
  subject_close(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_of_facts), cmocka_unit_test(pins),         cmocka_unit_test(dns_lines),
      cmocka_unit_test(expectations),    cmocka_unit_test(lines_know_what_they_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
