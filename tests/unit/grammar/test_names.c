/* Tests the meaning of words: facts by their longest dotted form, lets, lists, maps, functions, rules, wildcards;
 * what is not there; circles and depth among lets and rules. */
#include "compile_text.h"

#include "grammar/parse.h"
#include "grammar/tables.h"

static const char prelude[] =
    "let a_let = helo\n"
    "list a_list : name { \"x.example\" }\n"
    "map a_map {}\n"
    "rule H_A { describe \"d\" score 1 when helo }\n"
    "rule H_B { describe \"d\" score 1 when helo }\n"
    "rule OTHER { describe \"d\" score 1 when helo }\n"
    "exempt EX { describe \"d\" when helo }\n";

static void words_get_their_meaning(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo", "<helo>"},
      {"client.ip", "<client.ip>"},
      {"client.rdns", "<client.rdns>"},
      {"client.rdns_confirmed", "<client.rdns_confirmed>"},
      /* The longest fact, then properties. */
      {"helo.verb", "<helo.verb>"},
      {"helo.tld", "(.tld <helo>)"},
      {"client.rdns.tld", "(.tld <client.rdns>)"},
      {"helo.previous.org_domain.tld", "(.tld (.org_domain <helo.previous>))"},
      {"helo.label(0)", "(.label <helo> 0)"},
      {"(helo).verb", "<helo.verb>"},
      {"a_let", "let:a_let"},
      {"a_let.tld", "(.tld let:a_let)"},
      {"helo in a_list", "(in <helo> list:a_list)"},
      {"forged(helo, a_map)", "(forged <helo> map:a_map)"},
      {"dns.address(helo)", "(dns.address <helo>)"},
      {"any(dns.mx(a_let)).tld", "(.tld (any (dns.mx let:a_let)))"},
      {"length(a_let)", "(length let:a_let)"},
      {"OTHER", "OTHER"},
      {"not (OTHER or helo)", "(not (or OTHER <helo>))"},
      {"any of (H_*, OTHER)", "(any-of H_A H_B OTHER)"},
      {"2 of (OTHER, H_*, H_A)", "(2-of OTHER H_A H_B H_A)"},
      {"score of (H_*) > 1", "(> (score-of H_A H_B) 1)"},
      {"all of (R*)", "(all-of)"}, /* not the rule that it stands in */
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, subject_rule_text(&s, prelude, rows[i].text), PASS_NAMES));
    if (strcmp(subject_when(&s), rows[i].said) != 0)
      fail_msg("%s\n  got  %s\n  want %s", rows[i].text, subject_when(&s), rows[i].said);
    subject_close(&s);
  }
}

static void what_is_not_there(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"hello", "E203@1:1"},
      {"ehlo == \"x\" and rdns", "E203@1:1 E203@1:17"},
      {"client.rdn", "E203@1:1"},
      {"client", "E203@1:1"},
      {"clientx.rdns.tld", "E203@1:1"},
      {"nothing.at.all", "E203@1:1"},
      {"helo.nothing", ""}, /* a property, which is for the pass of types */
      {"nofunction(helo, hello)", "E203@1:18 E203@1:1"},
      {"dns.nothing(helo)", "E203@1:1"},
      {"dns", "E203@1:1"},
      {"unknown", "E203@1:1"},
      {"NONE_SUCH", "E203@1:1"},
      {"helo and NONE_SUCH", "E203@1:10"},
      {"EX", "E216@1:1(p7:8)"},
      {"any of (EX, a_let)", "E216@1:9(p7:8)"},
      {"any of (NO_*)", "W301@1:9"},
      {"score of (NO_*, H_A) > 1", "W301@1:11"},
      {"score of (helo) > 1", "E214@1:11"},
      {"score of (H_A, not H_B) > 1", "E214@1:16"},
      {"score of (NONE_SUCH) > 1", "E203@1:11"},
      {"helo in nothing", "E203@1:9"},
      {"helo.label(nothing)", "E203@1:12"},
  };
  expect_conditions_said(prelude, PASS_NAMES, rows, COUNT(rows));
}

/* Misspelt words are looked for among what there is only while that is worth it; the errors go on. */
static void suggestions_end(void **state) {
  (void)state;
  struct subject s;
  struct buf text;
  buf_init(&text, &mem_default);
  for (int i = 0; i < (SUGGESTIONS_MAX + 5); i++) buf_printf(&text, "let l%d = hello\n", i);
  buf_byte(&text, '\0');
  subject_open(&s);
  subject_run(&s, text.ptr, PASS_NAMES);
  assert_int_equal(s.diags.errors, (SUGGESTIONS_MAX + 5));
  assert_true(s.diags.list.at[0].help.len > 0);
  assert_true(s.diags.list.at[(SUGGESTIONS_MAX + 5) - 1].help.len == 0);
  subject_close(&s);
  buf_free(&text);
}

/* A wildcard may stand for as many rules as there may be members. */
static void wildcards_are_limited(void **state) {
  (void)state;
  for (int count = MEMBERS_MAX; count <= MEMBERS_MAX + 1; count++) {
    struct subject s;
    struct buf text;
    buf_init(&text, &mem_default);
    for (int i = 0; i < count; i++) buf_printf(&text, "rule W%d { describe \"d\" score 1 when helo }\n", i);
    buf_byte(&text, '\0');
    subject_open(&s);
    subject_run(&s, subject_rule_text(&s, text.ptr, "any of (W*)"), PASS_NAMES);
    assert_string_equal(subject_said(&s), count > MEMBERS_MAX ? "E214@1:9" : "");
    subject_close(&s);
    buf_free(&text);
  }
}

static void lets_are_marked_as_used(void **state) {
  (void)state;
  struct subject s;
  subject_open(&s);
  assert_true(subject_run(&s, "let a = helo let b = a let c = b.tld let d = helo\n"
                              "rule R { describe \"d\" score 1 when d and c }",
                          PASS_NAMES));
  const char *used = "1111";
  for (size_t i = 0; i < 4; i++) assert_int_equal(s.c.lets.at[i].used, used[i] == '1');
  subject_close(&s);
}

/* --- circles --- */

#define WHEN(name, condition) "rule " name " { describe \"d\" score 1 when " condition " }\n"

static void circles(void **state) {
  (void)state;
  static const struct {
    const char *text, *said, *circle; /* the end of the first message */
  } rows[] = {
      {"let a = a", "E111@1:5", "a <- a"},
      {"let a = b let b = a", "E111@1:5", "a <- b <- a"},
      {"let a = b\nlet b = c\nlet c = b", "E111@2:5", "b <- c <- b"}, /* without the way to it */
      {WHEN("A", "not A"), "E111@1:6", "A <- A"},
      {WHEN("A", "x") "let x = A", "E111@2:5", "x <- A <- x"},
      {WHEN("A", "any of (B, helo)") WHEN("B", "2 of (helo, C)") WHEN("C", "score of (A) > 1"), "E111@1:6",
       "A <- C <- B <- A"},
      {WHEN("A", "any of (*)"), "E101@1:44", NULL},
      {WHEN("S_A", "any of (S_*)") WHEN("S_B", "any of (S_*)"), "E111@1:6", "S_A <- S_B <- S_A"},
      {WHEN("A", "B") WHEN("B", "helo"), "", NULL},
      {WHEN("A", "B and C") WHEN("B", "D") WHEN("C", "D") WHEN("D", "helo"), "", NULL}, /* two ways are no circle */
      {"let a = length(b.tld) + 1 let b = (helo in c) let c = -a", "E111@1:5", NULL},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, rows[i].text, PASS_NAMES));
    if (strcmp(subject_said(&s), rows[i].said) != 0) fail_msg("%s: said %s", rows[i].text, subject_said(&s));
    if (rows[i].circle && !text_ends(s.diags.list.at[0].message, text_from(rows[i].circle)))
      fail_msg("%s: %.*s", rows[i].text, TEXT_ARG(s.diags.list.at[0].message));
    subject_close(&s);
    subject_open(&s);
    assert_true(subject_run(&s, rows[i].text, PASS_REPLIES)); /* later passes do not walk a circle for ever */
    subject_close(&s);
  }
}

/* Chains of lets, in either order, and of rules: 64 are allowed, of 65 one is reported, and of very many too. */
static void depth_is_limited(void **state) {
  (void)state;
  static const unsigned counts[] = {DEPENDENCY_MAX, DEPENDENCY_MAX + 1, 5000};
  for (unsigned i = 0; i < COUNT(counts) * 3; i++) {
    unsigned count = counts[i / 3], form = i % 3;
    struct subject s;
    struct buf text;
    buf_init(&text, &mem_default);
    for (unsigned k = 0; k < count; k++) {
      unsigned at = form == 1 ? count - 1 - k : k;
      const char *last = at + 1 == count ? "helo" : NULL;
      if (form == 2) buf_printf(&text, "rule R%u { describe \"d\" score 1 when ", at);
      else buf_printf(&text, "let l%u = ", at);
      if (last) buf_str(&text, last);
      else buf_printf(&text, form == 2 ? "R%u" : "l%u", at + 1);
      buf_str(&text, form == 2 ? " }\n" : "\n");
    }
    buf_byte(&text, '\0');
    subject_open(&s);
    assert_true(subject_run(&s, text.ptr, PASS_NAMES));
    bool whole = s.diags.errors == 0;
    if (whole != (count == DEPENDENCY_MAX)) fail_msg("%u, form %u: %s", count, form, subject_said(&s));
    if (!whole) assert_string_equal(s.diags.list.at[0].code->code, "E108");
    subject_close(&s);
    buf_free(&text);
  }
}

static void memory_out(void **state) {
  (void)state;
  for (size_t nth = 1;; nth++) {
    struct subject s;
    bool opened = subject_open_failing(&s, nth, true), whole = false;
    if (opened)
      whole = subject_run(&s, "let a = b let b = a let c = hello.x\n" WHEN("R",
                                                                           "any of (S*, dns.mx(helo))") WHEN("S",
                                                                                                             "R"),
                          PASS_NAMES);
    bool failed = s.alloc.calls >= nth;
    if (failed && (whole || (!s.c.arena.failed && !s.diags.arena.failed && opened)))
      fail_msg("allocation %zu failed and nobody noticed", nth);
    subject_close(&s);
    if (!failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_get_their_meaning), cmocka_unit_test(what_is_not_there),
      cmocka_unit_test(suggestions_end),         cmocka_unit_test(wildcards_are_limited),
      cmocka_unit_test(lets_are_marked_as_used), cmocka_unit_test(circles),
      cmocka_unit_test(depth_is_limited),        cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
