/* Tests the table of facts: its names are unique, unambiguous, and agree with the public numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <assay/facts.h>

#include "facts/field.h"

static void every_row_is_found_by_its_name(void **state) {
  (void)state;
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    const struct field_info *info = field_info(i);
    assert_int_equal(field_find(text_from(info->name)), i); /* so no two are the same */
    assert_true(info->doc[0] && info->stage[0] && info->json[0]);
    assert_non_null(field_type_word(info->type));
    assert_non_null(info->postfix);
    assert_non_null(info->milter);
    assert_non_null(info->header);
    /* Only numbers have a range, and all of them: lints rely on it. */
    assert_int_equal(info->range->words[0] != 0, info->type == FIELD_INT);
    assert_true(info->range->least < info->range->most);
    assert_string_equal(assay_fact_at(i)->range, info->range->words);
  }
}

static void what_is_no_fact(void **state) {
  (void)state;
  static const char *const rows[] = {"",           "helo.",       "HELO", "client", "helo.is_fqdn",
                                     "client.ip ", "rcpt.counts", "hel"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(field_find(text_from(rows[i])), FIELD_COUNT);
  assert_int_equal(field_find(text_of("helo\0", 5)), FIELD_COUNT);
}

/* The public enum is a promise: numbers never move. */
static void public_numbers_are_these(void **state) {
  (void)state;
  static const struct {
    assay_fact number;
    const char *name;
  } rows[] = {
      {ASSAY_FACT_CLIENT_IP, "client.ip"},
      {ASSAY_FACT_CLIENT_PORT, "client.port"},
      {ASSAY_FACT_CLIENT_RDNS, "client.rdns"},
      {ASSAY_FACT_CLIENT_RDNS_CONFIRMED, "client.rdns_confirmed"},
      {ASSAY_FACT_CLIENT_IDENT, "client.ident"},
      {ASSAY_FACT_HELO, "helo"},
      {ASSAY_FACT_HELO_VERB, "helo.verb"},
      {ASSAY_FACT_HELO_PREVIOUS, "helo.previous"},
      {ASSAY_FACT_HELO_PREVIOUS_VERB, "helo.previous_verb"},
      {ASSAY_FACT_MAIL_FROM, "mail.from"},
      {ASSAY_FACT_MAIL_SIZE, "mail.size"},
      {ASSAY_FACT_MAIL_SMTPUTF8, "mail.smtputf8"},
      {ASSAY_FACT_RCPT, "rcpt"},
      {ASSAY_FACT_RCPT_COUNT, "rcpt.count"},
      {ASSAY_FACT_AUTH_USER, "auth.user"},
      {ASSAY_FACT_AUTH_METHOD, "auth.method"},
      {ASSAY_FACT_TLS_VERSION, "tls.version"},
      {ASSAY_FACT_TLS_CIPHER, "tls.cipher"},
      {ASSAY_FACT_TLS_VERIFIED, "tls.verified"},
      {ASSAY_FACT_TLS_SUBJECT, "tls.subject"},
      {ASSAY_FACT_SESSION_PROTOCOL, "session.protocol"},
      {ASSAY_FACT_SESSION_EARLY_TALKER, "session.early_talker"},
      {ASSAY_FACT_SESSION_ERRORS, "session.errors"},
      {ASSAY_FACT_SESSION_QUEUE_ID, "session.queue_id"},
      {ASSAY_FACT_SESSION_HOUR, "session.hour"},
      {ASSAY_FACT_SESSION_WEEKDAY, "session.weekday"},
      {ASSAY_FACT_SERVER_NAME, "server.name"},
      {ASSAY_FACT_SERVER_IP, "server.ip"},
      {ASSAY_FACT_SERVER_PORT, "server.port"},
  };
  assert_int_equal(sizeof rows / sizeof *rows, FIELD_COUNT);
  assert_int_equal((int)ASSAY_FACT_COUNT, (int)FIELD_COUNT);
  for (size_t i = 0; i < FIELD_COUNT; i++) {
    assert_int_equal(rows[i].number, i);
    assert_string_equal(field_info((unsigned)i)->name, rows[i].name);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_row_is_found_by_its_name), cmocka_unit_test(what_is_no_fact),
      cmocka_unit_test(public_numbers_are_these),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
