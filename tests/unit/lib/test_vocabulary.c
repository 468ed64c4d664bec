/* Tests the facts and functions that a host adds: which words it may take, and what rules make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <assay/assay.h>

#include "support/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- functions --- */

static assay_status add(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)call;
  result->number = arguments[0].number + arguments[1].number + *(const int *)user;
  return ASSAY_OK;
}

/* The status is the number handed in. */
static assay_status answer(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  result->number = 1;
  return (assay_status)arguments[0].number;
}

static assay_status wrong_type(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)arguments, (void)call;
  result->type = ASSAY_TYPE_NAME;
  return ASSAY_OK;
}

static assay_status no_number(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  result->real = arguments[0].real > 1 ? arguments[0].real / 4 : 0.0 / (arguments[0].real - arguments[0].real);
  return ASSAY_OK;
}

/* "x" to "<x>", in memory of the call. */
static assay_status wrap(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  char *bytes = assay_call_memory(call, arguments[0].len + 2);
  (void)user;
  if (!bytes) return ASSAY_NO_MEMORY;
  bytes[0] = '<';
  memcpy(bytes + 1, arguments[0].bytes, arguments[0].len);
  bytes[arguments[0].len + 1] = '>';
  result->bytes = bytes;
  result->len = arguments[0].len + 2;
  return ASSAY_OK;
}

static assay_status same(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  result->bytes = arguments[0].bytes;
  result->len = arguments[0].len;
  return ASSAY_OK;
}

/* A network address: the last byte made 0; an address of nobody's family for IPv6. */
static assay_status network(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user;
  char *bytes = assay_call_memory(call, 16);
  if (!bytes) return ASSAY_NO_MEMORY;
  if (arguments[0].len) memcpy(bytes, arguments[0].bytes, arguments[0].len);
  if (arguments[0].len == 4) bytes[3] = 0;
  result->bytes = bytes;
  result->len = arguments[0].len == 16 ? 15 : arguments[0].len;
  return ASSAY_OK;
}

static assay_status lengths(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  for (size_t i = 0; i < 8; i++) result->number = result->number * 10 + (int64_t)arguments[i].len;
  return ASSAY_OK;
}

static assay_status is_upper(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)call;
  for (size_t i = 0; i < arguments[0].len; i++)
    if (arguments[0].bytes[i] >= 'A' && arguments[0].bytes[i] <= 'Z') result->number = 17;
  return ASSAY_OK;
}

static const int five = 5;
static const assay_type INT = ASSAY_TYPE_INT, NAME = ASSAY_TYPE_NAME, STRING = ASSAY_TYPE_STRING;
static const assay_type ints[] = {ASSAY_TYPE_INT, ASSAY_TYPE_INT}, real = ASSAY_TYPE_REAL;
static const assay_type address = ASSAY_TYPE_ADDRESS, mailbox = ASSAY_TYPE_MAILBOX;
static const assay_type eight[8] = {ASSAY_TYPE_STRING, ASSAY_TYPE_STRING, ASSAY_TYPE_NAME,    ASSAY_TYPE_ADDRESS,
                                    ASSAY_TYPE_NAME,   ASSAY_TYPE_STRING, ASSAY_TYPE_MAILBOX, ASSAY_TYPE_STRING};

#define FN(name, result, arguments, count, call, user) \
  {sizeof(assay_function), name, ASSAY_TYPE_##result, arguments, count, "of the test", call, (void *)(uintptr_t)(user)}

static const assay_function functions[] = {
    FN("add5", INT, ints, 2, add, &five),       FN("site.answer", BOOL, &INT, 1, answer, NULL),
    FN("site.wrong", INT, &INT, 1, wrong_type, NULL), FN("quarter", REAL, &real, 1, no_number, NULL),
    FN("wrap", STRING, &STRING, 1, wrap, NULL), FN("same_name", NAME, &NAME, 1, same, NULL),
    FN("network", ADDRESS, &address, 1, network, NULL), FN("lengths", INT, eight, 8, lengths, NULL),
    FN("is_upper", BOOL, &NAME, 1, is_upper, NULL), FN("same_mailbox", MAILBOX, &mailbox, 1, same, NULL),
};

enum { SCORE, ORIGIN, SEEN, PEERS, FROM_IP, MARK, FLAG, FACTS };

static const struct {
  const char *name;
  assay_type type;
} facts_rows[FACTS] = {
    [SCORE] = {"site.score", ASSAY_TYPE_INT},     [ORIGIN] = {"site.origin", ASSAY_TYPE_NAME},
    [SEEN] = {"seen", ASSAY_TYPE_BOOL},           [PEERS] = {"site.deep.peers", ASSAY_TYPE_MAILBOX_LIST},
    [FROM_IP] = {"site.ip", ASSAY_TYPE_ADDRESS},  [MARK] = {"site.mark", ASSAY_TYPE_STRING},
    [FLAG] = {"site.mailbox", ASSAY_TYPE_MAILBOX},
};

static assay_fact numbers[FACTS];

static assay_vocabulary *vocabulary_make(void) {
  assay_vocabulary *vocabulary;
  assert_int_equal(assay_vocabulary_new(&vocabulary, NULL), ASSAY_OK);
  for (size_t i = 0; i < FACTS; i++)
    assert_int_equal(
        assay_vocabulary_add_fact(vocabulary, facts_rows[i].name, facts_rows[i].type, "of the test", &numbers[i]),
        ASSAY_OK);
  for (size_t i = 0; i < COUNT(functions); i++)
    assert_int_equal(assay_vocabulary_add_function(vocabulary, &functions[i]), ASSAY_OK);
  return vocabulary;
}

/* --- conditions --- */

enum { MISS, HIT, NOT_YET, FAILED, NEVER, REFUSED };

static const struct {
  const char *when;
  int expected;
} conditions[] = {
    {"site.score > 6", HIT},
    {"site.score == 8", MISS},
    {"site.origin under \"example.net\"", HIT},
    {"site.origin.tld == \"net\"", HIT},
    {"site.origin.org_domain == \"example.net\"", HIT},
    {"not seen", HIT},
    {"any(site.deep.peers).domain == \"b.example\"", HIT},
    {"site.ip in 192.0.2.0/24", HIT},
    {"site.mark", NOT_YET}, /* never set */
    {"site.mailbox", FAILED},
    {"site.score in { 6, 7 }", HIT},
    {"add5(site.score, 1) == 13", HIT},
    {"add5(1, 2) == 8", HIT},
    {"add5(1, 2) + add5(1, 3) == 17 and add5(1, 2) < add5(1, 3)", HIT},
    {"add5(site.score, mail.size) == 13", NOT_YET},
    {"site.answer(0)", HIT},
    {"site.answer(0) == true", HIT},
    {"not site.answer(0)", MISS},
    {"site.answer(3)", FAILED},
    {"site.answer(session.errors)", NEVER},
    {"site.answer(session.errors) or seen == false", HIT},
    {"site.wrong(1) == 0", FAILED},
    {"quarter(entropy(helo)) > 0.5", HIT},
    {"quarter(2.0) == 0.5", HIT},
    {"quarter(1) == 0.5", FAILED}, /* not a number */
    {"wrap(helo) == \"<mx.client.example>\"", HIT}, /* a string sees the compared form */
    {"wrap(mail.from) == \"<a@b.example>\"", HIT},
    {"wrap(\"\") == \"<>\"", HIT},
    {"wrap(helo.raw) == \"<MX.Client.example.>\"", HIT},
    {"length(wrap(wrap(helo))) == 21", HIT},
    {"same_name(helo) == helo", HIT},
    {"same_name(helo).org_domain == \"client.example\"", HIT},
    {"same_name(\"a.example\").labels == 2", HIT},
    {"is_upper(helo)", HIT}, /* a name comes as received */
    {"is_upper(site.origin)", MISS},
    {"same_mailbox(mail.from).domain == \"b.example\"", HIT},
    {"network(client.ip) == 192.0.2.0", HIT},
    {"network(2001:db8::1) == 192.0.2.0", FAILED}, /* 15 bytes are no address */
    {"lengths(\"1\", \"22\", \"333\", 192.0.2.1, \"55555\", \"666666\", \"7@77777\", \"88888888\") == 12345678", HIT},
    {"is_upper(any(rcpt).domain)", MISS},
    {"wrap(any(rcpt)) == \"<c@d.example>\"", HIT},
    {"wrap(any(rcpt).local) == \"<e>\"", HIT},
    {"any(rcpt).local in { \"e\" }", HIT},
    {"add5(length(any(rcpt)), 1) == 17", HIT},
    {"same_name(any(rcpt).domain) under \"d.example\"", HIT},
    {"wrap(any(site.deep.peers)) == \"<x>\"", MISS},
    {"is_upper(any(dns.mx(helo)))", NOT_YET},
    /* what the compiler refuses */
    {"add5(1)", REFUSED},
    {"add5(1, 2, 3) == 1", REFUSED},
    {"add5(helo, 1) == 1", REFUSED},
    {"add5(any(rcpt), 1) == 1", REFUSED},
    {"site.unknown(1) == 1", REFUSED},
    {"network(helo) == client.ip", REFUSED},
    {"same_name(\"x\").no_property", REFUSED},
    {"is_upper(rcpt)", REFUSED},
    {"site", REFUSED},
    {"site.nothing == 1", REFUSED},
    {"wrap(seen)", REFUSED},
};

static assay_facts *facts_make(assay_vocabulary *vocabulary) {
  assay_facts *facts;
  assert_int_equal(assay_facts_new_with(&facts, vocabulary, NULL), ASSAY_OK);
  assert_int_equal(assay_facts_set_int(facts, numbers[SCORE], 7), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, numbers[ORIGIN], "a.example.net", 13), ASSAY_OK);
  assert_int_equal(assay_facts_set_bool(facts, numbers[SEEN], false), ASSAY_OK);
  assert_int_equal(assay_facts_append(facts, numbers[PEERS], "a@b.example", 11), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, numbers[FROM_IP], "192.0.2.77", 10), ASSAY_OK);
  assert_int_equal(assay_facts_set_unknown(facts, numbers[FLAG], ASSAY_FAILED), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_CLIENT_IP, "192.0.2.9", 9), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, "MX.Client.example.", 18), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_MAIL_FROM, "A@b.example", 11), ASSAY_OK);
  assert_int_equal(assay_facts_append(facts, ASSAY_FACT_RCPT, "c@d.example", 11), ASSAY_OK);
  assert_int_equal(assay_facts_append(facts, ASSAY_FACT_RCPT, "e@f.example", 11), ASSAY_OK);
  assert_int_equal(assay_facts_set_unknown(facts, ASSAY_FACT_SESSION_ERRORS, ASSAY_NEVER), ASSAY_OK);
  return facts;
}

static assay_status compile(assay_ruleset **out, assay_vocabulary *vocabulary, const char *text, assay_diags **diags) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  options.vocabulary = vocabulary;
  options.tests = true;
  return assay_ruleset_compile_text(out, "test.rule", text, strlen(text), &options, diags);
}

static int outcome(const assay_verdict *verdict) {
  assay_unknown unknown;
  if (assay_verdict_hit_count(verdict)) return HIT;
  if (assay_verdict_unknown_at(verdict, 0, &unknown) != ASSAY_OK) return MISS;
  return NOT_YET + (int)unknown.why;
}

static void test_conditions(void **state) {
  (void)state;
  assay_vocabulary *vocabulary = vocabulary_make();
  assay_facts *facts = facts_make(vocabulary);
  assay_verdict *verdict;
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  for (size_t i = 0; i < COUNT(conditions); i++) {
    char text[512];
    assay_ruleset *ruleset;
    int got = REFUSED;
    snprintf(text, sizeof text, "rule R { describe \"r\" score 1 when %s }\n", conditions[i].when);
    assay_status status = compile(&ruleset, vocabulary, text, NULL);
    if (status == ASSAY_OK) {
      assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
      got = outcome(verdict);
    } else {
      assert_int_equal(status, ASSAY_BAD_RULES);
    }
    if (got != conditions[i].expected) fail_msg("%s: %d, not %d", conditions[i].when, got, conditions[i].expected);
    assay_ruleset_unref(ruleset);
  }
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_vocabulary_unref(vocabulary);
}

/* --- words --- */

static const struct {
  const char *name;
  assay_status status;
} words[] = {
    {"reputation", ASSAY_OK},      {"my.own.word", ASSAY_OK},     {"a1_b.c2", ASSAY_OK},
    {"x", ASSAY_OK},               {"hello", ASSAY_OK},           {"in_list.when", ASSAY_OK},
    {"", ASSAY_BAD_VALUE},         {".", ASSAY_BAD_VALUE},        {"a.", ASSAY_BAD_VALUE},
    {".a", ASSAY_BAD_VALUE},       {"a..b", ASSAY_BAD_VALUE},     {"A", ASSAY_BAD_VALUE},
    {"a b", ASSAY_BAD_VALUE},      {"1a", ASSAY_BAD_VALUE},       {"_a", ASSAY_BAD_VALUE},
    {"a.1", ASSAY_BAD_VALUE},      {"a-b", ASSAY_BAD_VALUE},      {"a\"", ASSAY_BAD_VALUE},
    {"\xC3\xA4", ASSAY_BAD_VALUE}, {"helo", ASSAY_BAD_VALUE},     {"helo.mine", ASSAY_BAD_VALUE},
    {"client", ASSAY_BAD_VALUE},   {"dns", ASSAY_BAD_VALUE},      {"dns.mine", ASSAY_BAD_VALUE},
    {"length", ASSAY_BAD_VALUE},   {"length.x", ASSAY_BAD_VALUE}, {"rule", ASSAY_BAD_VALUE},
    {"and", ASSAY_BAD_VALUE},      {"in", ASSAY_BAD_VALUE},       {"when", ASSAY_BAD_VALUE},
    {"true", ASSAY_BAD_VALUE},     {"any", ASSAY_BAD_VALUE},      {"not", ASSAY_BAD_VALUE},
    {"site.score", ASSAY_BAD_VALUE}, /* taken by a fact */
    {"add5", ASSAY_BAD_VALUE},       /* taken by a function */
    {"a.b.c.d.e.f", ASSAY_BAD_VALUE},
    {"a2345678901234567890123456789012345678901234567890123456789012345", ASSAY_BAD_VALUE},
};

static void test_words(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(words); i++) {
    assay_vocabulary *vocabulary = vocabulary_make();
    assay_fact fact = ASSAY_FACT_COUNT;
    assay_function function = functions[0];
    function.name = words[i].name;
    bool many_dots = strcmp(words[i].name, "my.own.word") == 0;
    assay_status status = assay_vocabulary_add_function(vocabulary, &function);
    if (status != (many_dots ? ASSAY_BAD_VALUE : words[i].status)) fail_msg("function %s: %d", words[i].name, status);
    assay_vocabulary_unref(vocabulary);
    vocabulary = vocabulary_make();
    status = assay_vocabulary_add_fact(vocabulary, words[i].name, ASSAY_TYPE_INT, "", &fact);
    if (status != words[i].status) fail_msg("fact %s: %d", words[i].name, status);
    assert_int_equal(fact == ASSAY_FACT_COUNT, status != ASSAY_OK);
    assay_vocabulary_unref(vocabulary);
  }
}

/* A name that the rules give and one that the host gives cannot be the same. */
static void test_reserved(void **state) {
  (void)state;
  static const char *const rules[] = {"let site = 1\n", "let add5 = 1\n", "list seen : name { }\n",
                                      "map quarter { \"a\" = { \"b.example\" } }\n"};
  assay_vocabulary *vocabulary = vocabulary_make();
  for (size_t i = 0; i < COUNT(rules); i++) {
    assay_ruleset *ruleset;
    assay_diags *diags;
    assay_diag diag;
    assert_int_equal(compile(&ruleset, vocabulary, rules[i], &diags), ASSAY_BAD_RULES);
    assert_int_equal(assay_diags_at(diags, 0, &diag), ASSAY_OK);
    assert_non_null(strstr(diag.message, "is "));
    assay_diags_free(diags);
    assert_int_equal(compile(&ruleset, NULL, rules[i], NULL), ASSAY_OK);
    assay_ruleset_unref(ruleset);
  }
  assay_vocabulary_unref(vocabulary);
}

static void test_suggestions(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"rule R { describe \"r\" score 1 when site.scor > 1 }\n", "did you mean `site.score`?"},
      {"rule R { describe \"r\" score 1 when site.anser(1) }\n", "did you mean `site.answer`?"},
      {"rule R { describe \"r\" score 1 when add5(1) == 1 }\n", "it is add5(int, int) -> int"},
      {"rule R { describe \"r\" score 1 when seen test hit { sen true } }\n", "did you mean `seen`?"},
  };
  assay_vocabulary *vocabulary = vocabulary_make();
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset;
    assay_diags *diags;
    assay_diag diag;
    assert_int_equal(compile(&ruleset, vocabulary, rows[i][0], &diags), ASSAY_BAD_RULES);
    assert_int_equal(assay_diags_at(diags, 0, &diag), ASSAY_OK);
    assert_string_equal(diag.help ? diag.help : "", rows[i][1]);
    assay_diags_free(diags);
  }
  assay_vocabulary_unref(vocabulary);
}

/* --- the rest of the library --- */

static bool count_passed(void *user, const assay_test_result *result) {
  size_t *counts = user;
  counts[result->passed]++;
  if (!result->passed) assert_non_null(strstr(result->trace, "add5(site.score, 1) = 14"));
  return true;
}

static void test_tests_in_rules(void **state) {
  (void)state;
  assay_vocabulary *vocabulary = vocabulary_make();
  assay_ruleset *ruleset;
  size_t counts[2] = {0, 0};
  assert_int_equal(compile(&ruleset, vocabulary,
                           "rule R { describe \"r\" score 1 when add5(site.score, 1) > 9\n"
                           "  test hit { site.score 4 } test miss { site.score 3 } test unknown { seen true }\n"
                           "  test miss { site.score 8 } }\n"
                           "test \"whole\" { site.score 4 site.ip 192.0.2.1 site.deep.peers \"a@b.example\" expect R }\n",
                           NULL),
                   ASSAY_OK);
  assert_int_equal(assay_ruleset_test(ruleset, count_passed, counts), ASSAY_OK);
  assert_int_equal(counts[true], 4);
  assert_int_equal(counts[false], 1);
  assay_ruleset_unref(ruleset);
  assay_vocabulary_unref(vocabulary);
}

static void collect(void *user, const char *bytes, size_t len) {
  char *text = user;
  size_t have = strlen(text);
  if (have + len < 4096) memcpy(text + have, bytes, len);
}

static void test_listing_and_waits(void **state) {
  (void)state;
  assay_vocabulary *vocabulary = vocabulary_make();
  assay_facts *facts;
  assay_ruleset *ruleset;
  assay_verdict *verdict;
  static char text[8192];
  assert_int_equal(compile(&ruleset, vocabulary,
                           "rule R { describe \"r\" score 1 when lengths(helo, helo.raw, helo, client.ip, helo, site.mark,"
                           " mail.from, helo) > 0 and add5(1, 2) == 8 }\n",
                           NULL),
                   ASSAY_OK);
  assert_int_equal(assay_ruleset_disassemble(ruleset, NULL, collect, text), ASSAY_OK);
  assert_non_null(strstr(text, "CALL "));
  assert_non_null(strstr(text, " lengths"));
  assert_int_equal(assay_facts_new_with(&facts, vocabulary, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, "x", 1), ASSAY_OK);
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  assert_string_equal(assay_verdict_wait_at(verdict, 0, 0), "client.ip");
  assert_string_equal(assay_verdict_wait_at(verdict, 0, 1), "site.mark");
  assert_string_equal(assay_verdict_wait_at(verdict, 0, 2), "mail.from");
  assert_null(assay_verdict_wait_at(verdict, 0, 3));
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  assay_vocabulary_unref(vocabulary);
}

/* Facts of another vocabulary have other numbers, so rules that ask for them may not see these. */
static void test_strangers(void **state) {
  (void)state;
  assay_vocabulary *ours = vocabulary_make(), *theirs = vocabulary_make();
  assay_facts *facts = facts_make(theirs), *plain;
  assay_ruleset *asks, *calls;
  assay_verdict *verdict;
  assert_int_equal(compile(&asks, ours, "rule R { describe \"r\" score 1 when seen }\n", NULL), ASSAY_OK);
  assert_int_equal(compile(&calls, ours, "rule R { describe \"r\" score 1 when add5(1, 2) == 8 }\n", NULL), ASSAY_OK);
  assert_int_equal(assay_facts_new(&plain, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assert_int_equal(assay_evaluate(asks, facts, NULL, verdict), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_evaluate(asks, plain, NULL, verdict), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_evaluate(calls, plain, NULL, verdict), ASSAY_OK);
  assert_int_equal(assay_verdict_hit_count(verdict), 1);
  assert_int_equal(assay_evaluate(asks, plain, NULL, verdict), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_verdict_hit_count(verdict), 0); /* nothing of the last one is left */
  assert_int_equal(assay_facts_set_int(plain, numbers[SCORE], 1), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_facts_set_int(facts, (assay_fact)(numbers[FACTS - 1] + 1), 1), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_facts_set_int(facts, ASSAY_FACT_COUNT, 1), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_facts_set_int(facts, (assay_fact)1023, 1), ASSAY_BAD_ARGUMENT);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_facts_free(plain);
  assay_ruleset_unref(asks);
  assay_ruleset_unref(calls);
  assay_vocabulary_unref(ours);
  assay_vocabulary_unref(theirs);
}

/* Rule sets and facts keep it alive. */
static void test_lifetime(void **state) {
  (void)state;
  assay_vocabulary *vocabulary = vocabulary_make();
  assay_facts *facts = facts_make(vocabulary);
  assay_ruleset *ruleset;
  assay_verdict *verdict;
  assert_int_equal(compile(&ruleset, vocabulary, "rule R { describe \"r\" score 1 when add5(1, 2) == 8 and site.ip }\n",
                           NULL),
                   ASSAY_OK);
  assert_ptr_equal(assay_vocabulary_ref(vocabulary), vocabulary);
  assay_vocabulary_unref(vocabulary);
  assay_vocabulary_unref(vocabulary); /* ours */
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  assert_int_equal(assay_verdict_hit_count(verdict), 1);
  assay_ruleset_unref(ruleset);
  assay_facts_free(facts);
  assay_verdict_free(verdict);
}

static void test_contract(void **state) {
  (void)state;
  assay_vocabulary *vocabulary = vocabulary_make();
  assay_fact fact;
  assay_function function = functions[0];
  assay_facts *facts;
  static const assay_type bad[][1] = {{ASSAY_TYPE_BOOL}, {ASSAY_TYPE_MAILBOX_LIST}, {(assay_type)99}};
  assert_int_equal(assay_vocabulary_new(NULL, NULL), ASSAY_BAD_ARGUMENT);
  assert_null(assay_vocabulary_ref(NULL));
  assay_vocabulary_unref(NULL);
  assert_null(assay_call_memory(NULL, 1));
  assert_int_equal(assay_vocabulary_add_fact(NULL, "a", ASSAY_TYPE_INT, "", &fact), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_vocabulary_add_fact(vocabulary, NULL, ASSAY_TYPE_INT, "", &fact), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_vocabulary_add_fact(vocabulary, "a", ASSAY_TYPE_INT, NULL, &fact), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_vocabulary_add_fact(vocabulary, "a", ASSAY_TYPE_INT, "", NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_vocabulary_add_fact(vocabulary, "a", ASSAY_TYPE_REAL, "", &fact), ASSAY_BAD_VALUE);
  assert_int_equal(assay_vocabulary_add_fact(vocabulary, "a", (assay_type)99, "", &fact), ASSAY_BAD_VALUE);
  assert_int_equal(assay_vocabulary_add_function(NULL, &function), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_vocabulary_add_function(vocabulary, NULL), ASSAY_BAD_ARGUMENT);
  function.name = "other";
  for (size_t i = 0; i < COUNT(bad); i++) {
    function.arguments = bad[i];
    function.argument_count = 1;
    assert_int_equal(assay_vocabulary_add_function(vocabulary, &function), ASSAY_BAD_VALUE);
  }
  function.arguments = ints;
  for (size_t count = 0; count <= 9; count += 9) {
    function.argument_count = count;
    assert_int_equal(assay_vocabulary_add_function(vocabulary, &function), ASSAY_BAD_ARGUMENT);
  }
  function.argument_count = 2;
  function.result = ASSAY_TYPE_MAILBOX_LIST;
  assert_int_equal(assay_vocabulary_add_function(vocabulary, &function), ASSAY_BAD_VALUE);
  function.result = ASSAY_TYPE_INT;
  function.size = 8;
  assert_int_equal(assay_vocabulary_add_function(vocabulary, &function), ASSAY_BAD_ARGUMENT);
  function.size = sizeof function;
  assert_int_equal(assay_facts_new_with(&facts, vocabulary, NULL), ASSAY_OK);
  assert_int_equal(assay_vocabulary_add_function(vocabulary, &function), ASSAY_BAD_ARGUMENT); /* closed */
  assert_int_equal(assay_vocabulary_add_fact(vocabulary, "b", ASSAY_TYPE_INT, "", &fact), ASSAY_BAD_ARGUMENT);
  assay_facts_free(facts);
  assay_vocabulary_unref(vocabulary);
}

static void test_limits(void **state) {
  (void)state;
  assay_vocabulary *vocabulary;
  assay_fact fact = ASSAY_FACT_COUNT;
  assay_function function = functions[0];
  char name[16];
  assert_int_equal(assay_vocabulary_new(&vocabulary, NULL), ASSAY_OK);
  for (size_t i = 0; i <= ASSAY_HOST_FACTS_MAX; i++) {
    snprintf(name, sizeof name, "fact%zu", i);
    assay_status status = assay_vocabulary_add_fact(vocabulary, name, ASSAY_TYPE_INT, "", &fact);
    assert_int_equal(status, i < ASSAY_HOST_FACTS_MAX ? ASSAY_OK : ASSAY_OVER_LIMIT);
  }
  function.name = name;
  for (size_t i = 0; i <= ASSAY_HOST_FUNCTIONS_MAX; i++) {
    snprintf(name, sizeof name, "function%zu", i);
    assay_status status = assay_vocabulary_add_function(vocabulary, &function);
    assert_int_equal(status, i < ASSAY_HOST_FUNCTIONS_MAX ? ASSAY_OK : ASSAY_OVER_LIMIT);
  }
  assay_ruleset *ruleset;
  assert_int_equal(compile(&ruleset, vocabulary, "rule R { describe \"r\" score 1 when fact31 == function255(1, 2) }\n",
                           NULL),
                   ASSAY_OK);
  assay_ruleset_unref(ruleset);
  assay_vocabulary_unref(vocabulary);
}

static assay_status all_of_it(const assay_alloc *alloc) {
  assay_vocabulary *vocabulary;
  assay_ruleset *ruleset = NULL;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  assay_fact score;
  static const char text[] = "rule R { describe \"r\" score 1 when wrap(any(rcpt)) == \"<x>\" and site.score > 1 }\n";
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_status status = assay_vocabulary_new(&vocabulary, alloc);
  options.alloc = alloc;
  options.vocabulary = vocabulary;
  if (status == ASSAY_OK) status = assay_vocabulary_add_fact(vocabulary, "site.score", ASSAY_TYPE_INT, "", &score);
  if (status == ASSAY_OK) status = assay_vocabulary_add_function(vocabulary, &functions[4]);
  if (status == ASSAY_OK)
    status = assay_ruleset_compile_text(&ruleset, "t", text, sizeof text - 1, &options, NULL);
  if (status == ASSAY_OK) status = assay_facts_new_with(&facts, vocabulary, alloc);
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, alloc);
  if (status == ASSAY_OK) status = assay_facts_append(facts, ASSAY_FACT_RCPT, "c@d.example", 11);
  if (status == ASSAY_OK) status = assay_evaluate(ruleset, facts, NULL, verdict);
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
  assay_vocabulary_unref(vocabulary);
  return status;
}

static void test_no_memory(void **state) {
  (void)state;
  size_t nth = 1;
  for (bool done = false; !done; nth++) {
    struct test_alloc alloc;
    test_alloc_failing(&alloc, nth, true);
    assay_status status = all_of_it(&alloc.alloc);
    done = alloc.calls < nth;
    if (status != (done ? ASSAY_OK : ASSAY_NO_MEMORY)) fail_msg("allocation %zu: status %d", nth, status);
    assert_true(test_alloc_clean(&alloc));
  }
  assert_true(nth > 20);
}

/* Texts too long for what an arena has left: each needs memory, and is taken when there is some again. */
static void test_memory_comes_back(void **state) {
  (void)state;
  static char doc[20000];
  memset(doc, 'd', sizeof doc - 1);
  for (size_t nth = 2; nth <= 3; nth++) {
    struct test_alloc alloc;
    assay_vocabulary *vocabulary;
    assay_function function = functions[0];
    assay_fact fact = ASSAY_FACT_COUNT;
    test_alloc_failing(&alloc, nth, true);
    function.doc = doc;
    assert_int_equal(assay_vocabulary_new(&vocabulary, &alloc.alloc), ASSAY_OK);
    assert_int_equal(assay_vocabulary_add_fact(vocabulary, "site.score", ASSAY_TYPE_INT, doc, &fact), ASSAY_NO_MEMORY);
    assert_int_equal(fact, ASSAY_FACT_COUNT);
    assert_int_equal(assay_vocabulary_add_function(vocabulary, &function), ASSAY_NO_MEMORY);
    alloc.fail_at = 0;
    assert_int_equal(assay_vocabulary_add_fact(vocabulary, "site.score", ASSAY_TYPE_INT, doc, &fact), ASSAY_OK);
    assert_int_equal(assay_vocabulary_add_function(vocabulary, &function), ASSAY_OK);
    assay_vocabulary_unref(vocabulary);
    assert_true(test_alloc_clean(&alloc));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_conditions),        cmocka_unit_test(test_words),     cmocka_unit_test(test_reserved),
      cmocka_unit_test(test_suggestions),       cmocka_unit_test(test_tests_in_rules),
      cmocka_unit_test(test_listing_and_waits), cmocka_unit_test(test_strangers), cmocka_unit_test(test_lifetime),
      cmocka_unit_test(test_contract),          cmocka_unit_test(test_limits),    cmocka_unit_test(test_no_memory),
      cmocka_unit_test(test_memory_comes_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
