/* Tests the facts of a connection as a host sets them: each type rightly and wrongly, reasons, answers to questions;
 * what an error leaves, and what is left when memory runs out. */
#include "unit/lib/api.h"

static assay_facts *facts_make(void) {
  assay_facts *facts;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  return facts;
}

static assay_status set(assay_facts *facts, assay_fact fact, const char *text) {
  return assay_facts_set(facts, fact, text, strlen(text));
}

static void must_be(const assay_facts *facts, const char *when, enum api_outcome expected) {
  enum api_outcome got = api_ask(facts, when);
  if (got != expected) fail_msg("%s: %d, not %d", when, got, expected);
}

/* --- the table --- */

static void each_fact_is_found_by_its_name(void **state) {
  (void)state;
  size_t i = 0;
  for (const assay_fact_info *info; (info = assay_fact_at(i)); i++) {
    assay_fact fact = ASSAY_FACT_COUNT;
    assert_int_equal(assay_fact_find(&fact, info->name, strlen(info->name)), ASSAY_OK);
    assert_int_equal(fact, i);
    assert_true(*info->type_name && *info->stage && *info->doc);
    assert_true(info->json && info->postfix && info->milter && info->header);
  }
  assert_int_equal(i, ASSAY_FACT_COUNT);
  assert_null(assay_fact_at(ASSAY_FACT_HOST));
  assert_null(assay_fact_at(SIZE_MAX));
}

static void other_names_are_no_facts(void **state) {
  (void)state;
  static const struct {
    const char *name;
    size_t len;
    assay_status status;
  } rows[] = {
      {"helo", 4, ASSAY_OK},         {"helo.verb", 4, ASSAY_OK},     {"helo", 3, ASSAY_NOT_FOUND},
      {"helo", 5, ASSAY_NOT_FOUND},  {"HELO", 4, ASSAY_NOT_FOUND},   {"", 0, ASSAY_NOT_FOUND},
      {"client", 6, ASSAY_NOT_FOUND}, {NULL, 0, ASSAY_BAD_ARGUMENT}, {NULL, 4, ASSAY_BAD_ARGUMENT},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_fact fact = ASSAY_FACT_MAIL_SIZE;
    assert_int_equal(assay_fact_find(&fact, rows[i].name, rows[i].len), rows[i].status);
    assert_int_equal(fact, rows[i].status == ASSAY_OK ? ASSAY_FACT_HELO : ASSAY_FACT_COUNT);
  }
  assert_int_equal(assay_fact_find(NULL, "helo", 4), ASSAY_BAD_ARGUMENT);
}

static void each_reason_has_its_words(void **state) {
  (void)state;
  assert_string_equal(assay_why_text(ASSAY_NOT_YET), "not yet");
  assert_string_equal(assay_why_text(ASSAY_FAILED), "failed");
  assert_string_equal(assay_why_text(ASSAY_NEVER), "never");
  assert_string_equal(assay_why_text((assay_why)3), "unknown");
  assert_string_equal(assay_why_text((assay_why)-1), "unknown");
}

/* --- values --- */

/* A value that is taken, and what a rule then sees of it; or one that is not, and then the fact is as it was. */
static const struct {
  assay_fact fact;
  const char *text;
  assay_status status;
  const char *when; /* true when it was taken */
} values[] = {
    {ASSAY_FACT_CLIENT_IP, "192.0.2.9", ASSAY_OK, "client.ip == 192.0.2.9"},
    {ASSAY_FACT_CLIENT_IP, "2001:DB8::9", ASSAY_OK, "client.ip == 2001:db8::9"},
    {ASSAY_FACT_CLIENT_IP, "::ffff:192.0.2.9", ASSAY_OK, "client.ip == 192.0.2.9"},
    {ASSAY_FACT_CLIENT_IP, "", ASSAY_OK, "client.ip.is_empty"},
    {ASSAY_FACT_CLIENT_IP, "192.0.2.256", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_CLIENT_IP, "192.0.2.09", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_CLIENT_IP, "[192.0.2.9]", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_CLIENT_IP, "fe80::1%eth0", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_CLIENT_IP, "mx.example", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_HELO, "MX.Example.", ASSAY_OK, "helo == \"mx.example\" and helo.raw == \"MX.Example.\""},
    {ASSAY_FACT_HELO, "\xff(", ASSAY_OK, "helo.raw == \"\\xff(\""},
    {ASSAY_FACT_HELO, "", ASSAY_OK, "helo.is_empty"},
    {ASSAY_FACT_HELO_VERB, "EHLO", ASSAY_OK, "helo.verb == \"EHLO\""},
    {ASSAY_FACT_AUTH_USER, "", ASSAY_OK, "not auth.user"},
    {ASSAY_FACT_MAIL_SIZE, "0012", ASSAY_OK, "mail.size == 12"},
    {ASSAY_FACT_MAIL_SIZE, "-0", ASSAY_OK, "mail.size == 0"},
    {ASSAY_FACT_MAIL_SIZE, "-1", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_CLIENT_PORT, "65535", ASSAY_OK, "client.port == 65535"},
    {ASSAY_FACT_CLIENT_PORT, "65536", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_SESSION_HOUR, "24", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_SESSION_WEEKDAY, "0", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_MAIL_SIZE, "9223372036854775807", ASSAY_OK, "mail.size > 9223372036854774"},
    {ASSAY_FACT_MAIL_SIZE, "9223372036854775808", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_MAIL_SIZE, "", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_MAIL_SIZE, "12k", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_MAIL_SIZE, " 1", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_TLS_VERIFIED, "true", ASSAY_OK, "tls.verified"},
    {ASSAY_FACT_TLS_VERIFIED, "0", ASSAY_OK, "not tls.verified"},
    {ASSAY_FACT_TLS_VERIFIED, "", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_TLS_VERIFIED, "yes", ASSAY_BAD_VALUE, NULL},
    {ASSAY_FACT_MAIL_FROM, "<Joe@Example.org>", ASSAY_OK, "mail.from == \"joe@example.org\""},
    {ASSAY_FACT_MAIL_FROM, "joe@example.org", ASSAY_OK, "mail.from.domain == \"example.org\""},
    {ASSAY_FACT_MAIL_FROM, "<>", ASSAY_OK, "mail.from.is_empty"},
    {ASSAY_FACT_MAIL_FROM, "", ASSAY_OK, "mail.from.is_empty"},
    {ASSAY_FACT_RCPT, "a@b.example", ASSAY_OK, "any(rcpt) == \"a@b.example\""},
    {ASSAY_FACT_RCPT, "", ASSAY_OK, "not rcpt"},
};

static void each_type_takes_its_texts(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(values); i++) {
    assay_facts *facts = facts_make();
    char text[64];
    snprintf(text, sizeof text, "%s", values[i].text);
    assay_status status = assay_facts_set(facts, values[i].fact, text, strlen(text));
    if (status != values[i].status) fail_msg("%s: status %d", values[i].text, status);
    memset(text, '?', sizeof text); /* it was copied */
    if (values[i].when) must_be(facts, values[i].when, API_HIT);
    assay_facts_free(facts);
  }
}

static void what_is_known_is_shown(void **state) {
  (void)state;
  static const struct {
    assay_fact fact;
    const char *value, *shown;
  } rows[] = {
      {ASSAY_FACT_CLIENT_IP, "2001:DB8::1", "2001:db8::1"}, {ASSAY_FACT_CLIENT_IP, "::ffff:192.0.2.9", "192.0.2.9"},
      {ASSAY_FACT_CLIENT_IP, "", ""},                       {ASSAY_FACT_HELO, "MX.example.", "MX.example."},
      {ASSAY_FACT_MAIL_SIZE, "70", "70"},                   {ASSAY_FACT_TLS_VERIFIED, "1", "true"},
      {ASSAY_FACT_TLS_VERIFIED, "false", "false"},          {ASSAY_FACT_MAIL_FROM, "<A@B.example>", "a@b.example"},
      {ASSAY_FACT_RCPT, "c@d.example", "c@d.example,e@f.example"},
  };
  char out[64];
  size_t len;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts *facts = facts_make();
    assert_false(assay_facts_get(facts, rows[i].fact, out, sizeof out, &len));
    assert_int_equal(set(facts, rows[i].fact, rows[i].value), ASSAY_OK);
    if (rows[i].fact == ASSAY_FACT_RCPT) assert_int_equal(assay_facts_append(facts, ASSAY_FACT_RCPT, "e@f.example", 11), ASSAY_OK);
    assert_true(assay_facts_get(facts, rows[i].fact, out, sizeof out, &len));
    assert_int_equal(len, strlen(rows[i].shown));
    assert_memory_equal(out, rows[i].shown, len);
    memset(out, '#', sizeof out);
    assert_true(assay_facts_get(facts, rows[i].fact, out, 2, &len)); /* as much as there is room for */
    assert_int_equal(len, strlen(rows[i].shown));
    assert_int_equal(out[2], '#');
    assert_true(assay_facts_get(facts, rows[i].fact, NULL, 0, &len));
    assert_false(assay_facts_get(facts, rows[i].fact, NULL, 1, &len));
    assert_false(assay_facts_get(facts, rows[i].fact, out, sizeof out, NULL));
    assert_false(assay_facts_get(facts, ASSAY_FACT_COUNT, out, sizeof out, &len));
    assert_false(assay_facts_get(NULL, rows[i].fact, out, sizeof out, &len));
    assert_int_equal(len, 0);
    assay_facts_free(facts);
  }
}

static void an_error_leaves_the_old_value(void **state) {
  (void)state;
  static const struct {
    assay_fact fact;
    const char *good, *bad, *when;
  } rows[] = {
      {ASSAY_FACT_CLIENT_IP, "192.0.2.9", "192.0.2.", "client.ip == 192.0.2.9"},
      {ASSAY_FACT_MAIL_SIZE, "7", "seven", "mail.size == 7"},
      {ASSAY_FACT_TLS_VERIFIED, "true", "TRUE", "tls.verified"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts *facts = facts_make();
    assert_int_equal(set(facts, rows[i].fact, rows[i].bad), ASSAY_BAD_VALUE);
    must_be(facts, rows[i].when, API_NOT_YET);
    assert_int_equal(set(facts, rows[i].fact, rows[i].good), ASSAY_OK);
    assert_int_equal(set(facts, rows[i].fact, rows[i].bad), ASSAY_BAD_VALUE);
    assert_int_equal(assay_facts_set_unknown(facts, rows[i].fact, (assay_why)3), ASSAY_BAD_ARGUMENT);
    must_be(facts, rows[i].when, API_HIT);
    assay_facts_free(facts);
  }
}

static void a_later_value_replaces_the_earlier(void **state) {
  (void)state;
  assay_facts *facts = facts_make();
  assert_int_equal(set(facts, ASSAY_FACT_RCPT, "a@b.example"), ASSAY_OK);
  assert_int_equal(assay_facts_append(facts, ASSAY_FACT_RCPT, "c@d.example", 11), ASSAY_OK);
  assert_int_equal(assay_facts_append(facts, ASSAY_FACT_RCPT, NULL, 0), ASSAY_OK); /* an empty one: <> */
  must_be(facts, "any(rcpt) == \"\" and any(rcpt).domain == \"b.example\" and any(rcpt).domain == \"d.example\"",
          API_HIT);
  assert_int_equal(set(facts, ASSAY_FACT_RCPT, "e@f.example"), ASSAY_OK);
  must_be(facts, "any(rcpt).domain == \"f.example\" and not any(rcpt) == \"\"", API_HIT);
  assert_int_equal(assay_facts_set_unknown(facts, ASSAY_FACT_RCPT, ASSAY_FAILED), ASSAY_OK);
  must_be(facts, "any(rcpt).domain == \"f.example\"", API_FAILED);
  assert_int_equal(assay_facts_append(facts, ASSAY_FACT_RCPT, "g@h.example", 11), ASSAY_OK);
  must_be(facts, "any(rcpt).domain == \"h.example\" and not any(rcpt).domain == \"f.example\"", API_HIT);
  assert_int_equal(assay_facts_set_int(facts, ASSAY_FACT_MAIL_SIZE, INT64_MAX), ASSAY_OK);
  assert_int_equal(assay_facts_set_int(facts, ASSAY_FACT_MAIL_SIZE, 5), ASSAY_OK);
  assert_int_equal(assay_facts_set_int(facts, ASSAY_FACT_MAIL_SIZE, -1), ASSAY_BAD_VALUE);
  assert_int_equal(assay_facts_set_bool(facts, ASSAY_FACT_TLS_VERIFIED, true), ASSAY_OK);
  must_be(facts, "mail.size == 5 and tls.verified", API_HIT);
  assay_facts_free(facts);
}

/* Every fact against every way to set it: only its own type's are taken. */
static void each_way_is_for_its_types(void **state) {
  (void)state;
  assay_facts *facts = facts_make();
  for (unsigned i = 0; i < ASSAY_FACT_COUNT; i++) {
    assay_fact fact = (assay_fact)i;
    assay_type type = assay_fact_at(i)->type;
    assert_int_equal(assay_facts_set_int(facts, fact, 1), type == ASSAY_TYPE_INT ? ASSAY_OK : ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_facts_set_bool(facts, fact, true), type == ASSAY_TYPE_BOOL ? ASSAY_OK : ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_facts_append(facts, fact, "a@b", 3),
                     type == ASSAY_TYPE_MAILBOX_LIST ? ASSAY_OK : ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_facts_set(facts, fact, NULL, 0),
                     type == ASSAY_TYPE_INT || type == ASSAY_TYPE_BOOL ? ASSAY_BAD_VALUE : ASSAY_OK);
    for (assay_why why = ASSAY_NOT_YET; why <= ASSAY_NEVER; why++)
      assert_int_equal(assay_facts_set_unknown(facts, fact, why), ASSAY_OK);
  }
  assay_facts_free(facts);
}

static void there_is_no_such_fact(void **state) {
  (void)state;
  assay_facts *facts = facts_make();
  const struct {
    assay_facts *facts;
    assay_fact fact;
  } rows[] = {
      {NULL, ASSAY_FACT_RCPT},         {facts, ASSAY_FACT_COUNT},   {facts, (assay_fact)(ASSAY_FACT_HOST - 1)},
      {facts, ASSAY_FACT_HOST},        {facts, (assay_fact)-1},     {facts, (assay_fact)INT32_MIN},
      {facts, (assay_fact)INT32_MAX},  {NULL, ASSAY_FACT_COUNT},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_int_equal(assay_facts_set(rows[i].facts, rows[i].fact, "x", 1), ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_facts_set_int(rows[i].facts, rows[i].fact, 1), ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_facts_set_bool(rows[i].facts, rows[i].fact, true), ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_facts_append(rows[i].facts, rows[i].fact, "x", 1), ASSAY_BAD_ARGUMENT);
    assert_int_equal(assay_facts_set_unknown(rows[i].facts, rows[i].fact, ASSAY_NEVER), ASSAY_BAD_ARGUMENT);
  }
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, NULL, 1), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_facts_append(facts, ASSAY_FACT_RCPT, NULL, 1), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_facts_set_unknown(facts, ASSAY_FACT_HELO, (assay_why)-1), ASSAY_BAD_ARGUMENT);
  must_be(facts, "helo or any(rcpt)", API_NOT_YET);
  assay_facts_free(facts);
}

/* --- reasons --- */

static void what_was_never_set_counts_as_the_default(void **state) {
  (void)state;
  static const struct {
    assay_why fact, question;
    enum api_outcome helo, address;
  } rows[] = {
      {ASSAY_NOT_YET, ASSAY_NOT_YET, API_NOT_YET, API_NOT_YET},
      {ASSAY_FAILED, ASSAY_NEVER, API_FAILED, API_NEVER},
      {ASSAY_NEVER, ASSAY_FAILED, API_NEVER, API_FAILED},
      {(assay_why)3, ASSAY_NEVER, API_NEVER, API_FAILED}, /* a bad one changes neither */
      {ASSAY_NOT_YET, (assay_why)-1, API_NEVER, API_FAILED},
  };
  assay_facts *facts = facts_make();
  must_be(facts, "helo", API_NOT_YET);
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts_default_why(facts, rows[i].fact, rows[i].question);
    must_be(facts, "helo", rows[i].helo);
    must_be(facts, "any(dns.address(\"mx.example\")) == 192.0.2.9", rows[i].address);
    assay_facts_clear(facts); /* keeps them */
  }
  assert_int_equal(assay_facts_set_unknown(facts, ASSAY_FACT_HELO, ASSAY_NOT_YET), ASSAY_OK);
  must_be(facts, "helo", API_NOT_YET); /* said of this fact, it counts before the default */
  assay_facts_default_why(NULL, ASSAY_NEVER, ASSAY_NEVER);
  assay_facts_free(facts);
}

static void clear_forgets_values_and_answers(void **state) {
  (void)state;
  const char *record = "192.0.2.9";
  size_t len = 9;
  assay_facts *facts = facts_make();
  for (unsigned round = 0; round < 3; round++) {
    must_be(facts, "helo", API_NOT_YET);
    must_be(facts, "any(dns.address(\"mx.example\")) == 192.0.2.9", API_NOT_YET);
    assert_int_equal(set(facts, ASSAY_FACT_HELO, "mx.example"), ASSAY_OK);
    assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_A, "mx.example", 10, &record, &len, 1), ASSAY_OK);
    must_be(facts, "helo and any(dns.address(helo)) == 192.0.2.9", API_HIT);
    assay_facts_clear(facts);
  }
  assay_facts_clear(NULL);
  assay_facts_free(facts);
  assay_facts_free(NULL);
}

/* --- answers --- */

/* A question, its records (up to two), and a condition that is true when they were taken. */
static const struct {
  assay_question_type type;
  const char *name, *records[2];
  assay_status status;
  const char *when;
} answers[] = {
    {ASSAY_QUESTION_A, "a.example", {"192.0.2.9", NULL}, ASSAY_OK, "any(dns.address(\"a.example\")) == 192.0.2.9"},
    {ASSAY_QUESTION_A, "A.Example.", {"192.0.2.9", NULL}, ASSAY_OK, "any(dns.address(\"a.example\")) == 192.0.2.9"},
    {ASSAY_QUESTION_A, "a.example", {"192.0.2.8", "192.0.2.9"}, ASSAY_OK,
     "any(dns.address(\"a.example\")) == 192.0.2.9"},
    {ASSAY_QUESTION_AAAA, "a.example", {"2001:db8::9", NULL}, ASSAY_OK,
     "any(dns.address(\"a.example\")) == 2001:db8::9"},
    {ASSAY_QUESTION_AAAA, "a.example", {"::ffff:192.0.2.9", NULL}, ASSAY_OK,
     "any(dns.address(\"a.example\")) == 192.0.2.9"},
    {ASSAY_QUESTION_PTR, "192.0.2.9", {"mx.example", NULL}, ASSAY_OK, "any(dns.ptr(192.0.2.9)) == \"mx.example\""},
    {ASSAY_QUESTION_PTR, "9.2.0.192.in-addr.arpa", {"mx.example", NULL}, ASSAY_OK,
     "any(dns.ptr(192.0.2.9)) == \"mx.example\""},
    {ASSAY_QUESTION_PTR, "2001:db8::9", {"MX.example.", NULL}, ASSAY_OK,
     "any(dns.ptr(2001:db8::9)) == \"mx.example\""},
    {ASSAY_QUESTION_PTR, "192.0.2.9", {NULL, NULL}, ASSAY_OK, "not dns.ptr(192.0.2.9)"},
    {ASSAY_QUESTION_MX, "a.example", {"mx.example", NULL}, ASSAY_OK, "any(dns.mx(\"a.example\")) == \"mx.example\""},
    {ASSAY_QUESTION_NS, "a.example", {"ns.example", NULL}, ASSAY_OK, "any(dns.ns(\"a.example\")) == \"ns.example\""},
    {ASSAY_QUESTION_TXT, "a.example", {"v=spf1 -all", NULL}, ASSAY_OK,
     "any(dns.txt(\"a.example\")) == \"v=spf1 -all\""},
    {ASSAY_QUESTION_TXT, "a.example", {NULL, NULL}, ASSAY_OK, "not dns.txt(\"a.example\")"},
    {ASSAY_QUESTION_A, "a.example", {"2001:db8::9", NULL}, ASSAY_BAD_VALUE, NULL},
    {ASSAY_QUESTION_A, "a.example", {"192.0.2.9", "192.0.2"}, ASSAY_BAD_VALUE, NULL},
    {ASSAY_QUESTION_A, "a.example", {"", NULL}, ASSAY_BAD_VALUE, NULL},
    {ASSAY_QUESTION_AAAA, "a.example", {"192.0.2.9", NULL}, ASSAY_BAD_VALUE, NULL},
    {ASSAY_QUESTION_AAAA, "a.example", {"fe80::1%eth0", NULL}, ASSAY_BAD_VALUE, NULL},
};

static void each_question_takes_its_records(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(answers); i++) {
    assay_facts *facts = facts_make();
    size_t lens[2] = {0, 0}, count = 0;
    for (; count < 2 && answers[i].records[count]; count++) lens[count] = strlen(answers[i].records[count]);
    assay_status status = assay_facts_answer(facts, answers[i].type, answers[i].name, strlen(answers[i].name),
                                             answers[i].records, lens, count);
    if (status != answers[i].status) fail_msg("answer %zu: status %d", i, status);
    if (answers[i].when) must_be(facts, answers[i].when, API_HIT);
    assay_facts_free(facts);
  }
}

static void a_later_answer_replaces_the_earlier(void **state) {
  (void)state;
  static const char when[] = "dns.mx(\"a.example\")";
  const char *records[] = {"mx.example"}, *bad[] = {"not an address"};
  size_t lens[] = {10}, bad_lens[] = {14};
  assay_facts *facts = facts_make();
  for (assay_why why = ASSAY_NOT_YET; why <= ASSAY_NEVER; why++) {
    assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_MX, "a.example", 9, records, lens, 1), ASSAY_OK);
    must_be(facts, when, API_HIT);
    assert_int_equal(assay_facts_answer_unknown(facts, ASSAY_QUESTION_MX, "A.example.", 10, why), ASSAY_OK);
    must_be(facts, when, API_NOT_YET + why);
    assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_MX, "a.example", 9, NULL, NULL, 0), ASSAY_OK);
    must_be(facts, when, API_MISS);
  }
  assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_A, "a.example", 9, NULL, NULL, 0), ASSAY_OK);
  assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_AAAA, "a.example", 9, NULL, NULL, 0), ASSAY_OK);
  assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_A, "a.example", 9, bad, bad_lens, 1), ASSAY_BAD_VALUE);
  must_be(facts, "dns.address(\"a.example\")", API_MISS); /* the old one stands */
  assay_facts_free(facts);
}

static void answers_that_break_the_contract(void **state) {
  (void)state;
  static const char *const records[] = {"mx.example", NULL}, *const empty[] = {NULL};
  static const size_t lens[] = {10, 1}, none[] = {0};
  assay_facts *facts = facts_make();
  const struct {
    assay_facts *facts;
    int type;
    const char *name, *const *records;
    const size_t *lens;
    size_t count;
  } rows[] = {
      {NULL, ASSAY_QUESTION_MX, "a.example", records, lens, 1},
      {facts, ASSAY_QUESTION_NS + 1, "a.example", records, lens, 1},
      {facts, -1, "a.example", records, lens, 1},
      {facts, ASSAY_QUESTION_MX, NULL, records, lens, 1},
      {facts, ASSAY_QUESTION_MX, "a.example", NULL, lens, 1},
      {facts, ASSAY_QUESTION_MX, "a.example", records, NULL, 1},
      {facts, ASSAY_QUESTION_MX, "a.example", records, lens, 2}, /* a NULL of one byte */
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    assert_int_equal(assay_facts_answer(rows[i].facts, (assay_question_type)rows[i].type, rows[i].name,
                                        rows[i].name ? 9 : 0, rows[i].records, rows[i].lens, rows[i].count),
                     ASSAY_BAD_ARGUMENT);
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(assay_facts_answer_unknown(rows[i].facts, (assay_question_type)rows[i].type, rows[i].name,
                                                rows[i].name ? 9 : 0, ASSAY_FAILED),
                     ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_facts_answer_unknown(facts, ASSAY_QUESTION_MX, "a.example", 9, (assay_why)3),
                   ASSAY_BAD_ARGUMENT);
  must_be(facts, "dns.mx(\"a.example\")", API_NOT_YET);
  assert_int_equal(assay_facts_answer(facts, ASSAY_QUESTION_TXT, "a.example", 9, empty, none, 1), ASSAY_OK);
  must_be(facts, "any(dns.txt(\"a.example\")) == \"\"", API_HIT); /* an empty record is one */
  assay_facts_free(facts);
}

/* --- memory --- */

static assay_status new_facts(struct test_alloc *alloc) {
  assay_facts *facts = (assay_facts *)alloc;
  assay_status status = assay_facts_new(&facts, &alloc->alloc);
  assert_int_equal(facts != NULL, status == ASSAY_OK);
  assay_facts_free(facts);
  return status;
}

enum { LONG = 20000 };
static char long_text[LONG];

/* Each way to hand in a text, long enough to need memory each time; the same again when there is memory. */
static assay_status put(assay_facts *facts, size_t step) {
  const char *records[] = {long_text, long_text}, *addresses[] = {"192.0.2.9"};
  size_t lens[] = {LONG, LONG - 1}, address_lens[] = {9};
  switch (step) {
    case 0: return assay_facts_set(facts, ASSAY_FACT_HELO, long_text, LONG);
    case 1: return assay_facts_set(facts, ASSAY_FACT_MAIL_FROM, long_text, LONG);
    case 2: return assay_facts_set(facts, ASSAY_FACT_RCPT, long_text, LONG);
    case 3: return assay_facts_append(facts, ASSAY_FACT_RCPT, long_text, LONG);
    case 4: return assay_facts_answer(facts, ASSAY_QUESTION_TXT, long_text, LONG, records, lens, 2);
    case 5: return assay_facts_answer(facts, ASSAY_QUESTION_PTR, "2001:db8::9", 11, records, lens, 2);
    case 6: return assay_facts_answer(facts, ASSAY_QUESTION_A, long_text, LONG, addresses, address_lens, 1);
    default: return assay_facts_answer_unknown(facts, ASSAY_QUESTION_MX, long_text, LONG, ASSAY_FAILED);
  }
}

static const char *const kept[] = {"helo == \"old.example\"",
                                   "mail.from == \"old@example.org\"",
                                   "any(rcpt) == \"old@example.org\"",
                                   "not any(rcpt).local == \"\" and any(rcpt) == \"old@example.org\"",
                                   "helo",
                                   "any(dns.ptr(2001:db8::9)) == \"old.example\"",
                                   "helo",
                                   "helo"};

static assay_facts *old_facts(struct test_alloc *alloc) {
  const char *record = "old.example";
  size_t len = 11;
  assay_facts *facts;
  if (assay_facts_new(&facts, &alloc->alloc) != ASSAY_OK) return NULL;
  assay_status status = set(facts, ASSAY_FACT_HELO, "old.example");
  if (status == ASSAY_OK) status = set(facts, ASSAY_FACT_MAIL_FROM, "old@example.org");
  if (status == ASSAY_OK) status = set(facts, ASSAY_FACT_RCPT, "old@example.org");
  if (status == ASSAY_OK) status = assay_facts_answer(facts, ASSAY_QUESTION_PTR, "2001:db8::9", 11, &record, &len, 1);
  if (status == ASSAY_OK) return facts;
  assay_facts_free(facts);
  return NULL;
}

static size_t at_step;

static assay_status put_one(struct test_alloc *alloc) {
  assay_facts *facts = old_facts(alloc);
  if (!facts) return ASSAY_NO_MEMORY;
  assay_status status = put(facts, at_step);
  if (status != ASSAY_OK) {
    must_be(facts, kept[at_step], API_HIT);
    api_feed(alloc);
    assert_int_equal(put(facts, at_step), ASSAY_OK); /* no grudge is borne */
  }
  assay_facts_free(facts);
  return status;
}

static void without_memory_the_old_value_stands(void **state) {
  (void)state;
  memset(long_text, 'X', sizeof long_text);
  api_starve(new_facts, 1, 0);
  for (at_step = 0; at_step < COUNT(kept); at_step++) api_starve(put_one, 3, 0);
}

static void the_contract_of_new(void **state) {
  (void)state;
  assert_int_equal(assay_facts_new(NULL, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_facts_new_with(NULL, NULL, NULL), ASSAY_BAD_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_fact_is_found_by_its_name),
      cmocka_unit_test(other_names_are_no_facts),
      cmocka_unit_test(each_reason_has_its_words),
      cmocka_unit_test(each_type_takes_its_texts),
      cmocka_unit_test(what_is_known_is_shown),
      cmocka_unit_test(an_error_leaves_the_old_value),
      cmocka_unit_test(a_later_value_replaces_the_earlier),
      cmocka_unit_test(each_way_is_for_its_types),
      cmocka_unit_test(there_is_no_such_fact),
      cmocka_unit_test(what_was_never_set_counts_as_the_default),
      cmocka_unit_test(clear_forgets_values_and_answers),
      cmocka_unit_test(each_question_takes_its_records),
      cmocka_unit_test(a_later_answer_replaces_the_earlier),
      cmocka_unit_test(answers_that_break_the_contract),
      cmocka_unit_test(without_memory_the_old_value_stands),
      cmocka_unit_test(the_contract_of_new),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
