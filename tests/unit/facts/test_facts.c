/* Tests the facts of a connection: values by type, reasons, answers, and that an error leaves the old value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/facts.h"
#include "support/alloc.h"
#include "support/facts.h"

static struct facts *new_facts(const assay_alloc *alloc) {
  struct facts *facts = NULL;
  assert_int_equal(facts_new(&facts, NULL, alloc), ASSAY_OK);
  return facts;
}

static void everything_starts_unset(void **state) {
  (void)state;
  struct facts *facts = new_facts(&mem_default);
  for (unsigned i = 0; i < FIELD_COUNT; i++) assert_int_equal(facts->values[i].state, FACT_UNSET);
  assert_int_equal(facts->unset_why, WHY_NOT_YET);
  assert_int_equal(facts->unasked_why, WHY_NOT_YET);
  assert_null(facts_find_answer(facts, QUESTION_A, TEXT("a.example")));
  facts_free(facts);
  facts_free(NULL);
}

static void numbers_by_table(void **state) {
  (void)state;
  static const struct {
    enum field field;
    const char *text;
    assay_status status;
    int64_t number;
  } rows[] = {
      {FIELD_MAIL_SIZE, "0", ASSAY_OK, 0},
      {FIELD_MAIL_SIZE, "42", ASSAY_OK, 42},
      {FIELD_MAIL_SIZE, "-7", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "-0", ASSAY_OK, 0},
      {FIELD_MAIL_SIZE, "007", ASSAY_OK, 7},
      {FIELD_MAIL_SIZE, "9223372036854775807", ASSAY_OK, INT64_MAX},
      {FIELD_MAIL_SIZE, "-9223372036854775808", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "9223372036854775808", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "-9223372036854775809", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "99999999999999999999999", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "-", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "+1", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "1 ", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "1.5", ASSAY_BAD_VALUE, 0},
      {FIELD_MAIL_SIZE, "0x10", ASSAY_BAD_VALUE, 0},
      {FIELD_TLS_VERIFIED, "true", ASSAY_OK, 1},
      {FIELD_TLS_VERIFIED, "false", ASSAY_OK, 0},
      {FIELD_TLS_VERIFIED, "1", ASSAY_OK, 1},
      {FIELD_TLS_VERIFIED, "0", ASSAY_OK, 0},
      {FIELD_TLS_VERIFIED, "", ASSAY_BAD_VALUE, 0},
      {FIELD_TLS_VERIFIED, "yes", ASSAY_BAD_VALUE, 0},
      {FIELD_TLS_VERIFIED, "TRUE", ASSAY_BAD_VALUE, 0},
      {FIELD_TLS_VERIFIED, "2", ASSAY_BAD_VALUE, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct facts *facts = new_facts(&mem_default);
    assert_int_equal(facts_set(facts, rows[i].field, text_from(rows[i].text)), rows[i].status);
    const struct fact_value *value = &facts->values[rows[i].field];
    assert_int_equal(value->state, rows[i].status == ASSAY_OK ? FACT_KNOWN : FACT_UNSET);
    assert_true(value->number == rows[i].number);
    facts_free(facts);
  }
}

static void numbers_have_a_range(void **state) {
  (void)state;
  static const struct {
    enum field field;
    int64_t least, most; /* most INT64_MAX: there is nothing above */
  } rows[] = {
      {FIELD_CLIENT_PORT, 0, 65535},        {FIELD_SERVER_PORT, 0, 65535},
      {FIELD_MAIL_SIZE, 0, INT64_MAX},      {FIELD_RCPT_COUNT, 0, INT64_MAX},
      {FIELD_SESSION_ERRORS, 0, INT64_MAX}, {FIELD_SESSION_HOUR, 0, 23},
      {FIELD_SESSION_WEEKDAY, 1, 7},
  };
  size_t ints = 0;
  for (unsigned f = 0; f < FIELD_COUNT; f++) ints += field_info(f)->type == FIELD_INT;
  assert_int_equal(ints, sizeof rows / sizeof *rows);
  struct facts *facts = new_facts(&mem_default);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct fact_value *value = &facts->values[rows[i].field];
    assert_int_equal(facts_set_int(facts, rows[i].field, rows[i].least), ASSAY_OK);
    assert_int_equal(facts_set_int(facts, rows[i].field, rows[i].most), ASSAY_OK);
    assert_int_equal(facts_set_int(facts, rows[i].field, rows[i].least - 1), ASSAY_BAD_VALUE);
    assert_int_equal(facts_set_int(facts, rows[i].field, INT64_MIN), ASSAY_BAD_VALUE);
    assert_int_equal(facts_set(facts, rows[i].field, TEXT("-1")), ASSAY_BAD_VALUE);
    if (rows[i].most < INT64_MAX) {
      assert_int_equal(facts_set_int(facts, rows[i].field, rows[i].most + 1), ASSAY_BAD_VALUE);
      assert_int_equal(facts_set(facts, rows[i].field, TEXT("65536")), ASSAY_BAD_VALUE);
    }
    assert_true(value->state == FACT_KNOWN && value->number == rows[i].most); /* an error leaves the old value */
  }
  facts_free(facts);
}

static void addresses_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text;
    assay_status status;
    unsigned family;
  } rows[] = {
      {"192.0.2.1", ASSAY_OK, 4},           {"2001:db8::1", ASSAY_OK, 6},
      {"::ffff:192.0.2.1", ASSAY_OK, 4},    {"", ASSAY_OK, 0},
      {"192.0.2", ASSAY_BAD_VALUE, 0},      {"192.0.2.01", ASSAY_BAD_VALUE, 0},
      {"fe80::1%eth0", ASSAY_BAD_VALUE, 0}, {"192.0.2.1 ", ASSAY_BAD_VALUE, 0},
      {"[192.0.2.1]", ASSAY_BAD_VALUE, 0},  {"unknown", ASSAY_BAD_VALUE, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct facts *facts = new_facts(&mem_default);
    assert_int_equal(facts_set(facts, FIELD_CLIENT_IP, text_from(rows[i].text)), rows[i].status);
    assert_int_equal(facts->values[FIELD_CLIENT_IP].address.family, rows[i].family);
    facts_free(facts);
  }
}

static void texts_are_copied_as_they_are(void **state) {
  (void)state;
  static const struct {
    enum field field;
    struct text given, kept;
  } rows[] = {
      {FIELD_HELO, {"Mail.Example.", 13}, {"Mail.Example.", 13}},
      {FIELD_HELO, {"", 0}, {"", 0}},
      {FIELD_HELO, {NULL, 0}, {"", 0}},
      {FIELD_HELO, {"a\0\xff", 3}, {"a\0\xff", 3}},
      {FIELD_AUTH_USER, {"User", 4}, {"User", 4}},
      {FIELD_MAIL_FROM, {"<A@B>", 5}, {"a@b", 3}},
      {FIELD_MAIL_FROM, {"<>", 2}, {"", 0}},
  };
  struct facts *facts = new_facts(&mem_default);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char space[32] = {0};
    if (rows[i].given.len) memcpy(space, rows[i].given.ptr, rows[i].given.len);
    assert_int_equal(facts_set(facts, rows[i].field, text_of(rows[i].given.ptr ? space : NULL, rows[i].given.len)),
                     ASSAY_OK);
    memset(space, 'x', sizeof space);
    assert_int_equal(facts->values[rows[i].field].state, FACT_KNOWN);
    assert_true(text_eq(facts->values[rows[i].field].text, rows[i].kept));
  }
  facts_free(facts);
}

static void lists_grow_and_are_replaced(void **state) {
  (void)state;
  struct facts *facts = new_facts(&mem_default);
  struct fact_value *value = &facts->values[FIELD_RCPT];
  assert_int_equal(facts_append(facts, FIELD_RCPT, TEXT("A@B")), ASSAY_OK);
  assert_int_equal(facts_append(facts, FIELD_RCPT, TEXT("<c@d>")), ASSAY_OK);
  assert_int_equal(value->list.count, 2);
  assert_true(text_is(value->list.at[0], "a@b") && text_is(value->list.at[1], "c@d"));
  assert_int_equal(facts_set(facts, FIELD_RCPT, TEXT("e@f")), ASSAY_OK);
  assert_int_equal(value->list.count, 1);
  assert_int_equal(facts_set(facts, FIELD_RCPT, TEXT("")), ASSAY_OK);
  assert_int_equal(value->list.count, 0);
  assert_int_equal(value->state, FACT_KNOWN);
  assert_int_equal(facts_set_unknown(facts, FIELD_RCPT, WHY_FAILED), ASSAY_OK);
  assert_int_equal(value->state, FACT_UNKNOWN);
  assert_int_equal(facts_append(facts, FIELD_RCPT, TEXT("")), ASSAY_OK); /* the null recipient is an element */
  assert_int_equal(value->list.count, 1);
  assert_int_equal(facts_append(facts, FIELD_HELO, TEXT("x")), ASSAY_BAD_ARGUMENT);
  facts_free(facts);
}

static void types_are_held(void **state) {
  (void)state;
  struct facts *facts = new_facts(&mem_default);
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    enum field_type type = field_info(i)->type;
    assert_int_equal(facts_set_int(facts, (enum field)i, 5) == ASSAY_OK, type == FIELD_INT);
    assert_int_equal(facts_set_bool(facts, (enum field)i, true) == ASSAY_OK, type == FIELD_BOOL);
    assert_int_equal(facts_append(facts, (enum field)i, TEXT("x")) == ASSAY_OK, type == FIELD_MAILBOX_LIST);
  }
  facts_free(facts);
}

static void every_change_is_a_generation(void **state) {
  (void)state;
  struct facts *facts = new_facts(&mem_default);
  struct record record = {TEXT("x"), {{0}, 0}};
  uint64_t last = facts->generation;
#define CHANGES(call)                        \
  do {                                       \
    (void)(call);                            \
    assert_true(facts->generation != last);  \
    last = facts->generation;                \
  } while (0)
  CHANGES(facts_set(facts, FIELD_HELO, TEXT("a")));
  CHANGES(facts_set(facts, FIELD_RCPT, TEXT("")));
  CHANGES(facts_append(facts, FIELD_RCPT, TEXT("a@b")));
  CHANGES(facts_set_int(facts, FIELD_MAIL_SIZE, 1));
  CHANGES(facts_set_bool(facts, FIELD_TLS_VERIFIED, true));
  CHANGES(facts_set_unknown(facts, FIELD_HELO, WHY_NEVER));
  CHANGES(facts_answer(facts, QUESTION_TXT, TEXT("a.b"), OUTCOME_FOUND, &record, 1));
  CHANGES(facts_answer(facts, QUESTION_TXT, TEXT("a.b"), OUTCOME_FAILED, NULL, 0));
  CHANGES((facts_clear(facts), 0));
#undef CHANGES
  facts_free(facts);
}

static void answers_are_kept_by_type_and_name(void **state) {
  (void)state;
  static const struct test_answer rows[] = {
      {QUESTION_A, "mx.example", "192.0.2.1 192.0.2.2", OUTCOME_FOUND},
      {QUESTION_AAAA, "mx.example", "2001:db8::1", OUTCOME_FOUND},
      {QUESTION_MX, "mx.example", "", OUTCOME_FOUND},
      {QUESTION_TXT, "mx.example", NULL, OUTCOME_FAILED},
      {QUESTION_PTR, "1.2.0.192.in-addr.arpa", "mx.example", OUTCOME_FOUND},
  };
  struct facts *facts = new_facts(&mem_default);
  assert_true(test_facts_answer(facts, rows, sizeof rows / sizeof *rows));
  const struct answer *a = facts_find_answer(facts, QUESTION_A, TEXT("mx.example"));
  assert_true(a && a->outcome == OUTCOME_FOUND && a->count == 2 && a->records[1].address.bytes[3] == 2);
  const struct answer *mx = facts_find_answer(facts, QUESTION_MX, TEXT("mx.example"));
  assert_true(mx && mx->outcome == OUTCOME_NODATA && mx->count == 0);
  const struct answer *txt = facts_find_answer(facts, QUESTION_TXT, TEXT("mx.example"));
  assert_true(txt && txt->outcome == OUTCOME_FAILED);
  assert_null(facts_find_answer(facts, QUESTION_NS, TEXT("mx.example")));
  assert_null(facts_find_answer(facts, QUESTION_A, TEXT("mx.exampl")));
  const struct answer *ptr = facts_find_answer(facts, QUESTION_PTR, TEXT("1.2.0.192.in-addr.arpa"));
  assert_true(ptr && text_is(ptr->records[0].text, "mx.example"));
  /* a later answer replaces an earlier one, both ways */
  assert_int_equal(facts_answer(facts, QUESTION_A, TEXT("mx.example"), OUTCOME_NEVER, NULL, 0), ASSAY_OK);
  a = facts_find_answer(facts, QUESTION_A, TEXT("mx.example"));
  assert_true(a && a->outcome == OUTCOME_NEVER && a->count == 0);
  assert_int_equal(facts_answer(facts, QUESTION_TXT, TEXT("mx.example"), OUTCOME_NODATA, NULL, 0), ASSAY_OK);
  txt = facts_find_answer(facts, QUESTION_TXT, TEXT("mx.example"));
  assert_true(txt && txt->outcome == OUTCOME_NODATA && txt->count == 0);
  assert_int_equal(facts->answers.count, 5);
  facts_free(facts);
}

static void clearing_forgets_all_but_the_reasons(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_init(&t);
  struct facts *facts = new_facts(&t.alloc);
  facts->unset_why = WHY_NEVER;
  facts->unasked_why = WHY_FAILED;
  size_t warm = 0;
  for (size_t round = 0; round < 10; round++) {
    for (size_t i = 0; i < 100; i++)
      assert_int_equal(facts_append(facts, FIELD_RCPT, TEXT("somebody@host.example")), ASSAY_OK);
    assert_int_equal(facts_answer(facts, QUESTION_MX, TEXT("host.example"), OUTCOME_NODATA, NULL, 0), ASSAY_OK);
    facts_clear(facts);
    assert_int_equal(facts->values[FIELD_RCPT].state, FACT_UNSET);
    assert_int_equal(facts->answers.count, 0);
    if (round == 1) warm = t.calls;
  }
  assert_int_equal(facts->unset_why, WHY_NEVER);
  assert_int_equal(facts->unasked_why, WHY_FAILED);
  assert_int_equal(t.calls, warm); /* the memory was kept */
  facts_free(facts);
  assert_true(test_alloc_clean(&t));
}

/* A value that cannot be had leaves the one before it. */
static void an_error_leaves_the_old_value(void **state) {
  (void)state;
  char large[9000];
  memset(large, 'x', sizeof large);
  struct test_alloc t;
  test_alloc_init(&t);
  struct facts *facts = new_facts(&t.alloc);
  static const struct test_fact before[] = {
      {"helo", "old", WHY_NOT_YET}, {"mail.size", "5", WHY_NOT_YET}, {"client.ip", "192.0.2.1", WHY_NOT_YET},
      {"rcpt", "a@b", WHY_NOT_YET}, {"mail.from", "o@p", WHY_NOT_YET}, {"tls.verified", "true", WHY_NOT_YET},
  };
  assert_true(test_facts_set(facts, before, sizeof before / sizeof *before));
  assert_true(
      test_facts_answer(facts, (const struct test_answer[]){{QUESTION_TXT, "a.b", "old", OUTCOME_FOUND}}, 1));
  t.fail_at = t.calls + 1;
  t.fail_after = true;
  struct text much = text_of(large, sizeof large);
  struct record record = {much, {{0}, 0}};
  assert_int_equal(facts_set(facts, FIELD_MAIL_SIZE, TEXT("x")), ASSAY_BAD_VALUE);
  assert_int_equal(facts_set(facts, FIELD_TLS_VERIFIED, TEXT("")), ASSAY_BAD_VALUE);
  assert_int_equal(facts_set(facts, FIELD_CLIENT_IP, TEXT("300.1.1.1")), ASSAY_BAD_VALUE);
  assert_int_equal(facts_set(facts, FIELD_HELO, much), ASSAY_NO_MEMORY);
  assert_int_equal(facts_set(facts, FIELD_MAIL_FROM, much), ASSAY_NO_MEMORY);
  assert_int_equal(facts_set(facts, FIELD_RCPT, much), ASSAY_NO_MEMORY);
  assert_int_equal(facts_append(facts, FIELD_RCPT, much), ASSAY_NO_MEMORY);
  assert_int_equal(facts_answer(facts, QUESTION_TXT, TEXT("a.b"), OUTCOME_FOUND, &record, 1), ASSAY_NO_MEMORY);
  assert_int_equal(facts_answer(facts, QUESTION_TXT, much, OUTCOME_FOUND, &record, 1), ASSAY_NO_MEMORY);
  assert_int_equal(facts_answer(facts, QUESTION_NS, much, OUTCOME_NEVER, NULL, 0), ASSAY_NO_MEMORY);
  assert_true(text_is(facts->values[FIELD_HELO].text, "old"));
  assert_true(text_is(facts->values[FIELD_MAIL_FROM].text, "o@p"));
  assert_true(facts->values[FIELD_MAIL_SIZE].number == 5 && facts->values[FIELD_TLS_VERIFIED].number == 1);
  assert_int_equal(facts->values[FIELD_CLIENT_IP].address.family, 4);
  assert_int_equal(facts->values[FIELD_RCPT].list.count, 1);
  assert_true(text_is(facts->values[FIELD_RCPT].list.at[0], "a@b"));
  const struct answer *answer = facts_find_answer(facts, QUESTION_TXT, TEXT("a.b"));
  assert_true(answer && answer->outcome == OUTCOME_FOUND && answer->count == 1 && text_is(answer->records[0].text, "old"));
  assert_int_equal(facts->answers.count, 1);
  facts_free(facts);
  assert_true(test_alloc_clean(&t));
}

static void no_memory_is_no_facts(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_failing(&t, 1, true);
  struct facts *facts = (struct facts *)&t;
  assert_int_equal(facts_new(&facts, NULL, &t.alloc), ASSAY_NO_MEMORY);
  assert_null(facts);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_starts_unset),               cmocka_unit_test(numbers_by_table),
      cmocka_unit_test(numbers_have_a_range),                  cmocka_unit_test(addresses_by_table),
      cmocka_unit_test(texts_are_copied_as_they_are),          cmocka_unit_test(lists_grow_and_are_replaced),
      cmocka_unit_test(types_are_held),                        cmocka_unit_test(every_change_is_a_generation),
      cmocka_unit_test(answers_are_kept_by_type_and_name),     cmocka_unit_test(clearing_forgets_all_but_the_reasons),
      cmocka_unit_test(an_error_leaves_the_old_value),         cmocka_unit_test(no_memory_is_no_facts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
