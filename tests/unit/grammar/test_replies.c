/* Tests the check of reply texts: placeholders that are known, a beginning that nobody outside can choose, printable
 * bytes, and the length. */
#include "compile_text.h"

#include <stdio.h>

static void expect_reply(const char *reply, const char *said) {
  struct subject s;
  char text[1024];
  snprintf(text, sizeof text, "action reject at 5\n%s", reply);
  subject_open(&s);
  subject_run(&s, text, PASS_REPLIES);
  if (strcmp(subject_said(&s), said) != 0) fail_msg("%s\n  said \"%s\"\n  want \"%s\"", reply, subject_said(&s),
                                                    said);
  subject_close(&s);
}

static void texts(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"\"\"", ""},
      {"\"550 5.7.1 no\"", ""},
      {"\"550 {score} {rules} {top} {helo} {client.ip} {client.rdns}\"", ""},
      {"\"550 {{not a placeholder}\"", ""},
      {"\"550 }\"", ""},
      {"\"550 {{{helo}\"", ""},
      {"\"550 {\"", "E213@2:1"},
      {"\"550 {helo\"", "E213@2:1"},
      {"\"550 {hello}\"", "E213@2:1"},
      {"\"550 { helo}\"", "E213@2:1"},
      {"\"550 {HELO}\"", "E213@2:1"},
      {"\"550 {a} {b}\"", "E213@2:1 E213@2:1"},
      /* The first three bytes can be the reply's code. */
      {"\"{helo} 550\"", "E213@2:1"},
      {"\"5{helo}\"", "E213@2:1"},
      {"\"55{helo}\"", "E213@2:1"},
      {"\"550{helo}\"", ""},
      {"\"{{{helo}\"", "E213@2:1"},
      {"\"{{0{helo}\"", "E213@2:1"}, /* bytes as they are sent: a brace is one */
      {"\"{{{{{helo}\"", "E213@2:1"},
      {"\"{{{{{{{helo}\"", ""},
      {"\"550 a\\nb\"", "E213@2:1"},
      {"\"550 a\\x00b\"", "E213@2:1"},
      {"\"550 a\\x7fb\"", "E213@2:1"},
      {"\"550 \xC3\xA9\"", "E213@2:1"},
      {"\"550 \\t\\n\"", "E213@2:1"}, /* once */
  };
  for (size_t i = 0; i < COUNT(rows); i++) expect_reply(rows[i].text, rows[i].said);
}

static void lengths(void **state) {
  (void)state;
  for (size_t len = 400; len <= 401; len++) {
    char reply[410];
    memset(reply, 'a', sizeof reply);
    reply[0] = reply[len + 1] = '"';
    reply[len + 2] = '\0';
    expect_reply(reply, len > 400 ? "E213@2:1" : "");
  }
}

/* What is not used is not judged: a threshold that is off, one that was replaced. */
static void only_replies_in_use(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"action reject at 5 \"{x}\"\naction reject off", ""},
      {"action reject at 5 \"{x}\"\naction reject at 6", ""},
      {"action reject at 5 \"{x}\"\naction discard at 6 \"{y}\"", "E213@1:20 E213@2:21"},
      {"action tag at 5", ""},
  };
  expect_said(PASS_REPLIES, rows, COUNT(rows));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(lengths),
                                     cmocka_unit_test(only_replies_in_use)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
