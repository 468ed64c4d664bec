/* Tests the form in which names are asked for, and which cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dns/message.h"
#include "dns/question_name.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define L10 "abcdefghij"
#define L63 L10 L10 L10 L10 L10 L10 "abc"
#define L61 L10 L10 L10 L10 L10 L10 "a"

static void expect_form(assay_question_type type, struct text name, const char *expect) {
  char *copy = malloc(name.len ? name.len : 1), *bytes = malloc(QUESTION_NAME_SIZE); /* of just their sizes */
  assert_true(copy && bytes);
  memcpy(copy, name.ptr, name.len);
  struct text out;
  bool good = question_name(&out, bytes, type, text_of(copy, name.len));
  if (good != (expect != NULL)) fail_msg("%.*s: %d", TEXT_ARG(name), good);
  if (!text_is(out, expect ? expect : "")) fail_msg("%.*s: %.*s", TEXT_ARG(name), TEXT_ARG(out));
  if (good) assert_ptr_equal(out.ptr, bytes);
  free(copy);
  free(bytes);
}

static void names_of_all_types(void **state) {
  (void)state;
  static const struct {
    const char *name, *form; /* NULL: none */
  } rows[] = {
      {"mail.example.com", "mail.example.com"},
      {"Mail.EXAMPLE.com.", "mail.example.com"},
      {"x", "x"},
      {"x.", "x"},
      {"_dmarc.example.com", "_dmarc.example.com"},
      {"a-.-b.example", "a-.-b.example"},
      {"!~\"@*/.example", "!~\"@*/.example"},
      {"2.0.0.127.zen.example", "2.0.0.127.zen.example"},
      {"@[`{.Z", "@[`{.z"},
      {"1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa"},
      {L63, L63},
      {L63 ".example", L63 ".example"},
      {L63 "d", NULL},
      {"example." L63 "d", NULL},
      {"example." L63 "d.example", NULL},
      {L63 "." L63 "." L63 "." L61, L63 "." L63 "." L63 "." L61}, /* 253 */
      {L63 "." L63 "." L63 "." L61 ".", L63 "." L63 "." L63 "." L61},
      {L63 "." L63 "." L63 "." L61 "b", NULL},
      {L63 "." L63 "." L63 "." L61 "b.", NULL},
      {L63 "." L63 "." L63 "." L63 "." L63, NULL},
      {"", NULL},
      {".", NULL},
      {"..", NULL},
      {".example", NULL},
      {"mail..example", NULL},
      {"example..", NULL},
      {"mail example", NULL},
      {" example", NULL},
      {"example ", NULL},
      {"mail\texample", NULL},
      {"mail\n", NULL},
      {"mail\\.example", NULL},
      {"\\", NULL},
      {"m\xc3\xa4il.example", NULL},
      {"mail\x7f.example", NULL},
      {"mail\x01", NULL},
  };
  for (assay_question_type type = ASSAY_QUESTION_A; type <= ASSAY_QUESTION_NS; type++)
    for (size_t i = 0; i < COUNT(rows); i++) expect_form(type, text_from(rows[i].name), rows[i].form);
  expect_form(ASSAY_QUESTION_A, text_of("a\0b", 3), NULL);
  expect_form(ASSAY_QUESTION_A, text_of("ab\0", 3), NULL);
  assert_int_equal(strlen(L63 "." L63 "." L63 "." L61), DNS_NAME_MAX);
}

/* Asked for PTR an address is its reverse name; for other types it is a name of numbers, or none. */
static void addresses(void **state) {
  (void)state;
  static const struct {
    const char *name, *of_ptr, *of_a;
  } rows[] = {
      {"192.0.2.1", "1.2.0.192.in-addr.arpa", "192.0.2.1"},
      {"255.255.255.255", "255.255.255.255.in-addr.arpa", "255.255.255.255"},
      {"2001:DB8::25",
       "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "2001:db8::25"},
      {"::ffff:192.0.2.1", "1.2.0.192.in-addr.arpa", "::ffff:192.0.2.1"},
      /* no address */
      {"192.0.2.1.", "192.0.2.1", "192.0.2.1"},
      {"192.0.2", "192.0.2", "192.0.2"},
      {"192.0.2.256", "192.0.2.256", "192.0.2.256"},
      {"192.0.2.01", "192.0.2.01", "192.0.2.01"},
      {"192.0.2.1/24", "192.0.2.1/24", "192.0.2.1/24"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    expect_form(ASSAY_QUESTION_PTR, text_from(rows[i].name), rows[i].of_ptr);
    for (assay_question_type type = ASSAY_QUESTION_A; type <= ASSAY_QUESTION_NS; type++)
      if (type != ASSAY_QUESTION_PTR) expect_form(type, text_from(rows[i].name), rows[i].of_a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_of_all_types),
      cmocka_unit_test(addresses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
