/* A test that adds to a list sees what it would see if the list held that: each row is compiled with the additions in
 * its tests, and with the same statements outside, and must answer alike down to the traces; without the additions it
 * must answer otherwise. */
#include <assay/assay.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"

enum { FACTS_MAX = 6, TEXT_MAX = 8192, ANSWERS_MAX = 32768 };

/* Written with ' for ", to be read more easily. */
static const struct row {
  const char *lists, *gain, *condition;
  const char *facts[FACTS_MAX];
  bool unused; /* the list that gains is not asked, so nothing may change */
} rows[] = {
    /* every type of list, empty and not */
    {"list l : name { }", "list l += { 'Gain.Example.' }", "helo in l",
     {"helo 'GAIN.example'", "helo 'x.gain.example'", "helo ''", "helo unknown"}, false},
    {"list l : name { 'base.example' }", "list l += { 'm\xC3\xBCller.example', 'b.example', 'b.example' }", "helo in l",
     {"helo 'base.example'", "helo 'xn--mller-kva.example'", "helo 'b.example'", "helo 'c.example'"}, false},
    {"list l : name { }", "list l += { 'gain.example' }", "helo under l",
     {"helo 'x.gain.example'", "helo 'gain.example'", "helo 'again.example'", ""}, false},
    {"list l : name { 'base.example' }", "list l += { 'gain.example' }", "helo and helo not in l and helo not under l",
     {"helo 'x.gain.example'", "helo 'gain.example'", "helo 'base.example'", "helo 'other.example'"}, false},
    {"list l : string { }", "list l += { 'Gain' }", "tls.subject in l",
     {"tls.subject 'Gain'", "tls.subject 'gain'", "tls.subject ''", ""}, false},
    {"list l : string { 'base' }", "list l += { 'gain' }", "tls.subject not in l",
     {"tls.subject 'base'", "tls.subject 'gain'", "tls.subject ''", ""}, false},
    {"list l : address { }", "list l += { 192.0.2.1, 2001:db8::1 }", "client.ip in l",
     {"client.ip 192.0.2.1", "client.ip 2001:db8::1", "client.ip 192.0.2.2", "client.ip none", ""}, false},
    {"list l : address { 192.0.2.1 }", "list l += { 192.0.2.2 }", "any(dns.address(helo)) in l",
     {"helo 'a.b' dns { A 'a.b' 192.0.2.9, 192.0.2.2 }", "helo 'a.b' dns { A 'a.b' 192.0.2.1 }",
      "helo 'a.b' dns { A 'a.b' 192.0.2.9 }", "helo 'a.b'"}, false},
    {"list l : network { }", "list l += { 192.0.2.0/24, 198.51.100.7 }", "client.ip in l",
     {"client.ip 192.0.2.255", "client.ip 198.51.100.7", "client.ip 198.51.100.8", "client.ip ::", ""}, false},
    {"list l : network { 192.0.2.128/25 }", "list l += { 192.0.2.0/24, ::/0 }", "client.ip in l",
     {"client.ip 192.0.2.1", "client.ip 192.0.2.129", "client.ip 2001:db8::1", "client.ip 198.51.100.1"}, false},
    {"list l : mailbox { }", "list l += { 'Joe@A.example', '@b.example', 'root@' }", "mail.from in l",
     {"mail.from 'joe@a.example'", "mail.from 'x@B.example'", "mail.from 'root@c.example'", "mail.from 'x@a.example'",
      "mail.from none", ""}, false},
    {"list l : mailbox { 'joe@a.example', '@d.example' }", "list l += { '@b.example', 'abuse@' }", "any(rcpt) in l",
     {"rcpt 'x@y', 'x@b.example'", "rcpt 'abuse@y'", "rcpt 'joe@a.example'", "rcpt 'x@y'", "rcpt none", ""}, false},
    {"list l : regex { }", "list l += { /^GAIN/i, /x$/ }", "helo in l",
     {"helo 'gain.example'", "helo 'fox'", "helo 'again.example'", "helo ''", ""}, false},
    {"list l : regex { /^base/ }", "list l += { /^Gain/ }", "tls.subject in l",
     {"tls.subject 'base'", "tls.subject 'Gain'", "tls.subject 'gain'", ""}, false},
    {"list l : regex { }", "list l += { /^joe@/, /^(a+)+$/ }", "any(rcpt) in l or mail.from not in l",
     {"rcpt 'x@y', 'Joe@z' mail.from 'joe@y'", "rcpt 'x@y' mail.from 'joe@y'", "rcpt none mail.from 'x@y'", ""}, false},
    /* zones: a list of names or strings, by address and by name */
    {"list l : name { }", "list l += { 'Zen.Example.' }", "dnsbl(l)",
     {"client.ip 192.0.2.1 dns { DNSBL 'zen.example' 192.0.2.1 127.0.0.2 }",
      "client.ip 192.0.2.1 dns { DNSBL 'zen.example' 192.0.2.1 timeout }",
      "client.ip 192.0.2.1 dns { DNSBL 'zen.example' 192.0.2.1 nxdomain }", "client.ip 192.0.2.1",
      "client.ip 10.0.0.1"}, false},
    {"list l : string { 'one.example' }", "list l += { 'Two.Example' }", "any(dnsbl(l, helo)) == 127.0.0.4",
     {"helo 'a.b' dns { DNSBL 'one.example' 'a.b' nxdomain DNSBL 'two.example' 'a.b' 127.0.0.4 }",
      "helo 'a.b' dns { DNSBL 'one.example' 'a.b' 127.0.0.4 }",
      "helo 'a.b' dns { DNSBL 'one.example' 'a.b' nxdomain }"}, false},
    {"list l : name { } list m : name { }", "list l += { 'zen.example' }", "dnsbl(l) and not dnsbl(m)",
     {"client.ip 192.0.2.1 dns { DNSBL 'zen.example' 192.0.2.1 127.0.0.2 }", "client.ip 192.0.2.1"}, false},
    {"list l : name { 'a.b' }", "list l += { 'zen.example' }", "dnsbl(l) and not dnsbl('a.b')",
     {"client.ip 192.0.2.1 dns { DNSBL 'zen.example' 192.0.2.1 127.0.0.2 DNSBL 'a.b' 192.0.2.1 nxdomain }"}, false},
    /* one list in several uses, and beside equal ones */
    {"list l : name { }", "list l += { 'zen.example' }", "dnsbl(l) or helo in l or client.rdns under l",
     {"client.ip 192.0.2.1 helo 'a' client.rdns 'a' dns { DNSBL 'zen.example' 192.0.2.1 127.0.0.2 }",
      "client.ip 192.0.2.1 helo 'zen.example'", "client.ip 10.0.0.1 helo 'a' client.rdns 'x.zen.example'",
      "client.ip 10.0.0.1 helo 'a' client.rdns 'a'"}, false},
    {"list l : string { }", "list l += { 'zen.example' }", "tls.subject in l or dnsbl(l)",
     {"tls.subject 'zen.example' client.ip 10.0.0.1", "tls.subject '' client.ip 192.0.2.1"}, false},
    {"list l : name { } list m : name { }", "list l += { 'a.example' }", "helo in l and helo not in m",
     {"helo 'a.example'", "helo 'b.example'"}, false},
    {"list l : name { 'a.example' }", "list l += { 'b.example' }", "helo in l and helo not in { 'a.example' }",
     {"helo 'a.example'", "helo 'b.example'"}, false},
    {"list l : name { } list m : regex { }", "list l += { 'a.example' } list m += { /^b/ } list l += { 'c.example' }",
     "helo in l or helo in m", {"helo 'a.example'", "helo 'b'", "helo 'c.example'", "helo 'd'"}, false},
    {"list l : name { } let known = helo in l", "list l += { 'a.example' }", "not known and 1 of (known, helo)",
     {"helo 'a.example'", "helo 'b.example'"}, false},
    {"list l : name { } rule O { describe 'o' score 1 when helo in l }", "list l += { 'a.example' }",
     "score of (O) >= 1", {"helo 'a.example'", "helo 'b.example'", ""}, false},
    /* maps: new keys, values for old ones, both */
    {"map m { }", "map m += { 'Google' = { 'google.com' } }", "forged(helo, m)",
     {"helo 'google.test'", "helo 'mx.google.com'", "helo 'googles.test'", "helo ''", ""}, false},
    {"map m { 'a' = { 'a.example' }, 'b' = { 'b.example' } }", "map m += { 'B' = { 'b.test' } }", "forged(helo, m)",
     {"helo 'b.test'", "helo 'b.example'", "helo 'b.other'", "helo 'a.b.test'"}, false},
    {"map m { 'a' = { 'a.example' } }",
     "map m += { 'c' = { }, 'a' = { 'a.test' } } map m += { 'c' = { 'c.test' } }", "forged(helo, m)",
     {"helo 'a.test'", "helo 'c.example'", "helo 'c.test'", "helo 'a.other'"}, false},
    {"map m { 'a' = { 'a.example' } } map n { 'a' = { 'a.example' } } list l : name { 'a.example' }",
     "map n += { 'a' = { 'a.test' } }", "forged(helo, m) and not forged(helo, n) and helo not in l",
     {"helo 'a.test'", "helo 'a.other'", "helo 'a.example'"}, false},
    /* what nobody asks may gain too */
    {"list l : name { } list idle : regex { } map idle_map { }",
     "list idle += { /a/ } map idle_map += { 'a' = { 'a.example' } } list l += { }", "helo in l",
     {"helo 'a.example'", ""}, true},
};

/* --- the three rule sets of a row --- */

struct text {
  char bytes[TEXT_MAX];
  size_t len;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text->bytes + text->len, sizeof text->bytes - text->len, format, args);
  va_end(args);
  assert_true(len >= 0 && (size_t)len < sizeof text->bytes - text->len);
  for (char *at = text->bytes + text->len; *at; at++) *at = *at == '\'' ? '"' : *at;
  text->len += (size_t)len;
}

/* Each test is one that is likely to fail, so that its trace is seen. */
static void write_rules(struct text *text, const struct row *row, bool exemption, const char *outside,
                        const char *inside) {
  const char *condition = row->condition;
  text->len = 0;
  add(text, "%s %s\nrule R { describe 'r' score 1 when %s\n", row->lists, outside, condition);
  for (const char *const *facts = row->facts; facts < row->facts + FACTS_MAX && *facts; facts++)
    add(text, "test unknown { %s %s }\ntest hit { %s %s }\n", inside, *facts, *facts, inside);
  add(text, "}\n");
  if (exemption) add(text, "exempt E { describe 'e' when tls.verified and (%s) }\n", condition);
  for (const char *const *facts = row->facts; facts < row->facts + FACTS_MAX && *facts; facts++) {
    add(text, "test 'rule' { %s %s expect unknown R expect score == 0.125 }\n", inside, *facts);
    if (!exemption) continue;
    add(text, "test 'exempt' { tls.verified true %s %s expect not exempt E }\n", *facts, inside);
  }
}

static assay_ruleset *compile(const struct text *text, const assay_alloc *alloc) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset;
  assay_diags *diags;
  assay_diag first;
  options.alloc = alloc;
  options.tests = true;
  assay_ruleset_compile_text(&ruleset, "row.rule", text->bytes, text->len, &options, &diags);
  if (assay_diags_at(diags, 0, &first) == ASSAY_OK) print_error("%s\n%s\n", first.message, text->bytes);
  assay_diags_free(diags);
  assert_non_null(ruleset);
  return ruleset;
}

struct answers {
  char bytes[ANSWERS_MAX];
  size_t len, tests;
};

static bool note(void *user, const assay_test_result *result) {
  struct answers *answers = user;
  int len = snprintf(answers->bytes + answers->len, sizeof answers->bytes - answers->len, "%zu %d %s, got %s\n%s",
                     ++answers->tests, result->passed, result->title, result->got, result->trace);
  assert_true(len > 0 && (size_t)len < sizeof answers->bytes - answers->len);
  answers->len += (size_t)len;
  return true;
}

static void ask(struct answers *answers, const struct row *row, bool exemption, const char *outside,
                const char *inside) {
  struct text text;
  write_rules(&text, row, exemption, outside, inside);
  assay_ruleset *ruleset = compile(&text, NULL);
  answers->len = answers->tests = 0;
  assert_int_equal(assay_ruleset_test(ruleset, note, answers), ASSAY_OK);
  assay_ruleset_unref(ruleset);
}

static void the_test_sees_the_longer_list(void **state) {
  (void)state;
  static struct answers within, really, without;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int exemption = 0; exemption <= 1; exemption++) {
      ask(&within, &rows[i], exemption, "", rows[i].gain);
      ask(&really, &rows[i], exemption, rows[i].gain, "");
      ask(&without, &rows[i], exemption, "", "");
      assert_string_equal(within.bytes, really.bytes);
      if (rows[i].unused)
        assert_string_equal(within.bytes, without.bytes);
      else
        assert_string_not_equal(within.bytes, without.bytes);
    }
}

/* The tests of one rule set by turns with and without the addition: none sees that of another. */
static void only_that_test_sees_it(void **state) {
  (void)state;
  static const char rules[] =
      "list l : name { } map m { 'a' = { 'a.example' } }\n"
      "rule R { describe 'r' score 1 when helo in l or forged(helo, m)\n"
      "  test miss { helo 'b.c' }  test hit { list l += { 'b.c' }  helo 'b.c' }  test miss { helo 'b.c' }\n"
      "  test hit { map m += { 'b' = { } }  helo 'b.c' }  test miss { list l += { 'd.c' }  helo 'b.c' } }\n"
      "test 'one' { list l += { 'b.c' }  helo 'b.c'  expect R }  test 'two' { helo 'b.c'  expect not R }\n";
  static const char expected[] = "1 1 miss, got miss\n2 1 hit, got hit\n3 1 miss, got miss\n4 1 hit, got hit\n"
                                 "5 1 miss, got miss\n6 1 one, got \n7 1 two, got \n";
  static struct answers answers;
  struct text text = {.len = 0};
  add(&text, "%s", rules);
  assay_ruleset *ruleset = compile(&text, NULL);
  assert_int_equal(assay_ruleset_test(ruleset, note, &answers), ASSAY_OK);
  assert_string_equal(answers.bytes, expected);
  assay_ruleset_unref(ruleset);
}

static bool ignore(void *user, const assay_test_result *result) {
  (void)user;
  return result != NULL;
}

static void memory_runs_out(void **state) {
  (void)state;
  struct test_alloc t;
  struct text text;
  size_t failures = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i += 5) {
    test_alloc_init(&t);
    write_rules(&text, &rows[i], true, "", rows[i].gain);
    assay_ruleset *ruleset = compile(&text, &t.alloc);
    long held = t.held;
    t.fail_at = 0;
    do {
      t.calls = 0;
      t.fail_at++;
      assay_status status = assay_ruleset_test(ruleset, ignore, NULL);
      failures += status == ASSAY_NO_MEMORY;
      assert_true(status == ASSAY_OK || status == ASSAY_NO_MEMORY);
      assert_int_equal(t.held, held);
    } while (t.calls >= t.fail_at);
    assay_ruleset_unref(ruleset);
    assert_true(test_alloc_clean(&t));
  }
  assert_true(failures > 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_test_sees_the_longer_list),
      cmocka_unit_test(only_that_test_sees_it),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
