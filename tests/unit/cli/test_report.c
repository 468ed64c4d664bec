/* Tests how a verdict is shown to a person: the table of one, and the columns of many, whatever their ids are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <assay/assay.h>

#include "capture.h"
#include "cli/report.h"
#include "cli/term.h"

#define X36 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define HAN "\xe6\x97\xa5"

static const char rules[] =
    "rule LOCAL { describe \"says localhost\" score 3 when helo == \"localhost\" }\n"
    "rule BIG { describe \"b\" score 2.25 when mail.size > 10 }\n"
    "rule LATER { describe \"c\" score -1 when auth.user == \"x\" }\n"
    "exempt OURS { describe \"one of us\" when helo == \"us.example\" }\n"
    "action tag at 1\n"
    "action reject at 5 \"no: {helo}\"\n";

static assay_ruleset *ruleset;

static int setup(void **state) {
  (void)state;
  return assay_ruleset_compile_text(&ruleset, "test", rules, sizeof rules - 1, NULL, NULL) == ASSAY_OK ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  assay_ruleset_unref(ruleset);
  return 0;
}

/* Facts that are NULL are unknown for that reason. */
static assay_verdict *judge(const char *helo, const char *size, const char *user, assay_why why) {
  const struct {
    const char *name, *value;
  } given[] = {{"helo", helo}, {"mail.size", size}, {"auth.user", user}};
  assay_facts *facts;
  assay_workspace *workspace;
  assay_verdict *verdict;
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_workspace_new(&workspace, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assay_facts_default_why(facts, why, why);
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    assay_fact fact;
    assert_int_equal(assay_fact_find(&fact, given[i].name, strlen(given[i].name)), ASSAY_OK);
    if (!given[i].value) continue;
    assert_int_equal(assay_facts_set(facts, fact, given[i].value, strlen(given[i].value)), ASSAY_OK);
  }
  assert_int_equal(assay_evaluate(ruleset, facts, workspace, verdict), ASSAY_OK);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  return verdict;
}

static void one_by_table(void **state) {
  (void)state;
  static const struct {
    const char *helo, *size, *user;
    bool colour;
    const char *text;
  } rows[] = {
      {"mx.example", "1", "", false, "score   0.0\naction  accept\n"},
      {"localhost", "20", "", false,
       "RULE   SCORE  DESCRIPTION\n"
       "LOCAL    3.0  says localhost\n"
       "BIG     2.25  b\n"
       "\n"
       "score   5.25\naction  reject\nreply   no: localhost\n"},
      {"localhost", NULL, NULL, false,
       "RULE   SCORE  DESCRIPTION\n"
       "LOCAL    3.0  says localhost\n"
       "\n"
       "UNKNOWN  WHY      WAITS FOR\n"
       "BIG      not yet  mail.size\n"
       "LATER    not yet  auth.user\n"
       "\n"
       "score   3.0 (2.0 to 5.25)\naction  tag (what is still unknown may change it)\n"},
      {"us.example", "20", "", false, "exempt  OURS  one of us\nscore   0.0\naction  accept\n"},
      {"mx.example", "20", "", true,
       "\033[1mRULE\033[0m  \033[1mSCORE\033[0m  \033[1mDESCRIPTION\033[0m\n"
       "BIG    2.25  b\n"
       "\n"
       "\033[1mscore\033[0m   2.25\n\033[1maction\033[0m  \033[33mtag\033[0m\n"},
      {"mx.example", "1", "", true, "\033[1mscore\033[0m   0.0\n\033[1maction\033[0m  \033[32maccept\033[0m\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    assay_verdict *verdict = judge(rows[i].helo, rows[i].size, rows[i].user, ASSAY_NOT_YET);
    report_full(&out, verdict, NULL, rows[i].colour, 0);
    assert_bytes(&out, rows[i].text);
    bytes_free(&out);
    assay_verdict_free(verdict);
  }
}

static void bounds_are_told(void **state) {
  (void)state;
  static const char capped[] =
      "rule ONE { describe \"one\" score 2 group few when helo }\n"
      "rule TWO { describe \"two\" score 1.5 group few when mail.size > 10 }\n"
      "group few { cap 2.5 }\n";
  static const struct {
    const char *size, *text;
  } rows[] = {
      {"20",
       "RULE  SCORE  DESCRIPTION\nONE     2.0  one\nTWO     1.5  two\n\n"
       "score   2.5; the hits add up to 3.5, and groups have bounds\naction  accept\n"},
      {"1", "RULE  SCORE  DESCRIPTION\nONE     2.0  one\n\nscore   2.0\naction  accept\n"},
  };
  assay_ruleset *whole = ruleset;
  assert_int_equal(assay_ruleset_compile_text(&ruleset, "test", capped, sizeof capped - 1, NULL, NULL), ASSAY_OK);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    assay_verdict *verdict = judge("mx.example", rows[i].size, "", ASSAY_NOT_YET);
    report_full(&out, verdict, NULL, false, 0);
    assert_bytes(&out, rows[i].text);
    bytes_free(&out);
    assay_verdict_free(verdict);
  }
  assay_ruleset_unref(ruleset);
  ruleset = whole;
}

/* Rules that ask, and what became of their questions. */
static void dns_by_table(void **state) {
  (void)state;
  static const char asking[] =
      "rule NOWHERE { describe \"n\" score 1 when not dns.address(helo) }\n"
      "rule NO_MX { describe \"m\" score 1 when not dns.mx(helo) or any(dns.address(helo)) == 192.0.2.1 }\n";
  static const struct {
    assay_outcome a, mx;
    assay_dns_usage usage;
    const char *text;
  } rows[] = {
      {ASSAY_OUTCOME_NXDOMAIN, ASSAY_OUTCOME_FOUND, {0, 0, 0, false, 17, ASSAY_IPREV_NONE},
       "RULE     SCORE  DESCRIPTION\nNOWHERE    1.0  n\n\n"
       "score   1.0\naction  accept\ndns     0 questions, 0.017 ms\n"},
      {ASSAY_OUTCOME_NXDOMAIN, ASSAY_OUTCOME_FOUND, {3, 2, 0, false, 12349, ASSAY_IPREV_PASS},
       "RULE     SCORE  DESCRIPTION\nNOWHERE    1.0  n\n\n"
       "score   1.0\naction  accept\ndns     3 questions, 2 from the cache, 12.3 ms; iprev pass\n"},
      {ASSAY_OUTCOME_NXDOMAIN, ASSAY_OUTCOME_FOUND, {1, 0, 1, false, 999951, ASSAY_IPREV_TEMPERROR},
       "RULE     SCORE  DESCRIPTION\nNOWHERE    1.0  n\n\n"
       "score   1.0\naction  accept\ndns     1 question, 1 failed, 1000.0 ms; iprev temperror\n"},
      {ASSAY_OUTCOME_TIMEOUT, ASSAY_OUTCOME_SERVFAIL, {3, 0, 2, true, 5000499, ASSAY_IPREV_NONE},
       "UNKNOWN  WHY     WAITS FOR\n"
       "NOWHERE  failed  dns.address(helo): timeout\n"
       "NO_MX    failed  dns.mx(helo): servfail, dns.address(helo): timeout\n\n"
       "score   0.0 (0.0 to 2.0)\naction  accept\n"
       "dns     3 questions, 2 failed (servfail, timeout), 5000.5 ms, stopped by the deadline\n"},
  };
  assay_ruleset *asks;
  assert_int_equal(assay_ruleset_compile_text(&asks, "test", asking, sizeof asking - 1, NULL, NULL), ASSAY_OK);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    static const assay_record host = {"mx.example", 10};
    assay_answer answers[] = {{rows[i].a, NULL, 0}, {rows[i].a, NULL, 0}, {rows[i].mx, &host, 1}};
    static const assay_question_type types[] = {ASSAY_QUESTION_A, ASSAY_QUESTION_AAAA, ASSAY_QUESTION_MX};
    struct bytes out = {0};
    assay_facts *facts;
    assay_verdict *verdict;
    assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
    assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
    assay_facts_default_why(facts, ASSAY_NEVER, ASSAY_NOT_YET);
    assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, "mx.example", 10), ASSAY_OK);
    for (size_t k = 0; k < 3; k++)
      assert_int_equal(assay_facts_take_answer(facts, types[k], "mx.example", 10, &answers[k]), ASSAY_OK);
    assert_int_equal(assay_evaluate(asks, facts, NULL, verdict), ASSAY_OK);
    report_full(&out, verdict, &rows[i].usage, false, 0);
    assert_bytes(&out, rows[i].text);
    bytes_free(&out);
    assay_verdict_free(verdict);
    assay_facts_free(facts);
  }
  assay_ruleset_unref(asks);
}

static void lines_by_table(void **state) {
  (void)state;
  static const struct {
    const char *helo, *size;
    bool colour;
    const char *text; /* behind the id */
  } rows[] = {
      {"mx.example", "1", false, "0.0     accept\n"},
      {"localhost", "1", false, "3.0     tag      LOCAL\n"},
      {"localhost", "20", false, "5.25    reject   LOCAL BIG\n"},
      {"localhost", NULL, false, "3.0     tag      LOCAL (3.0 to 5.25)\n"},
      {"mx.example", NULL, false, "0.0     accept (0.0 to 2.25)\n"},
      {"us.example", "20", false, "0.0     accept   exempt OURS\n"},
      {"localhost", "20", true, "5.25    \033[31mreject\033[0m   LOCAL BIG\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    size_t column = 0;
    assay_verdict *verdict = judge(rows[i].helo, rows[i].size, "", ASSAY_NOT_YET);
    report_line(&out, verdict, "id", 2, rows[i].colour, &column);
    assert_true(out.len > 17 && memcmp(out.ptr, "id               ", 17) == 0);
    assert_int_equal(out.len - 17, strlen(rows[i].text));
    assert_memory_equal(out.ptr + 17, rows[i].text, out.len - 17);
    bytes_free(&out);
    assay_verdict_free(verdict);
  }
}

/* One batch: the column as it was left, and how the id is shown. */
static void ids_keep_the_columns(void **state) {
  (void)state;
  static const struct {
    const char *id;
    size_t len;
    const char *shown;
    size_t column;
  } rows[] = {
      {"q1", 2, "q1", 16},
      {"", 0, "", 16},
      {"0123456789abcdef", 16, "0123456789abcdef", 16},
      {"0123456789abcdefg", 17, "0123456789abcdefg", 17}, /* wider from here on */
      {"q2", 2, "q2", 17},
      {"m\xc3\xbcnchen", 8, "m\xc3\xbcnchen", 17},
      {HAN HAN HAN, 9, HAN HAN HAN, 17},
      {"e\xcc\x81", 3, "e\xcc\x81", 17},
      {"\x1b[2J", 4, "\\x1b[2J", 17},
      {"a\0b\r\n", 5, "a\\x00b\\x0d\\x0a", 17},
      {"\xff\xfe", 2, "\\xff\\xfe", 17},
      {"a\xe2\x80\xae" "b", 5, "a\\xe2\\x80\\xaeb", 17}, /* turns the direction of a text */
      {X36, 36, X36, 36},
      {X36 "1234", 40, X36 "1234", 40},
      {X36 "12345", 41, X36 "123\xe2\x80\xa6", 40}, /* cut at 40 */
      {X36 X36, 72, X36 "xxx\xe2\x80\xa6", 40},
      {X36 "12" HAN HAN, 44, X36 "12\xe2\x80\xa6", 40}, /* never half a character */
      {X36 "\xff\xff", 38, X36 "\\xf\xe2\x80\xa6", 40},
      {"q3", 2, "q3", 40},
  };
  assay_verdict *verdict = judge("mx.example", "1", "", ASSAY_NEVER);
  size_t column = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bytes out = {0};
    size_t len = strlen(rows[i].shown);
    report_line(&out, verdict, rows[i].id, rows[i].len, false, &column);
    assert_int_equal(column, rows[i].column);
    if (out.len < len || memcmp(out.ptr, rows[i].shown, len) != 0) fail_msg("row %zu: %.*s", i, (int)out.len, out.ptr);
    const char *score = " 0.0     accept\n";
    size_t tail = strlen(score);
    assert_memory_equal(out.ptr + out.len - tail, score, tail);
    assert_int_equal(term_columns(out.ptr, out.len - tail), column);
    bytes_free(&out);
  }
  assay_verdict_free(verdict);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_by_table),
      cmocka_unit_test(bounds_are_told),
      cmocka_unit_test(dns_by_table),
      cmocka_unit_test(lines_by_table),
      cmocka_unit_test(ids_keep_the_columns),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
