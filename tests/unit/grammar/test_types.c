/* Tests the types: every operator with a value of every type on each side, what calls and properties take and give,
 * and how literals take the type of what they stand beside. */
#include "compile_text.h"

#include <stdio.h>

#include "grammar/types.h"
#include "tree_text.h"

static const char prelude[] =
    "let a_bool = tls.verified\n"
    "list names : name { \"x.example\" }\n"
    "list strings : string { \"x\" }\n"
    "list addresses : address { 192.0.2.1 }\n"
    "list networks : network { 10.0.0.0/8 }\n"
    "list mailboxes : mailbox { \"a@b.example\" }\n"
    "list regexes : regex { /x/ }\n"
    "map brands { \"k\" = { \"k.example\" } }\n"
    "rule A { describe \"d\" score 1 when helo }\n"
    "rule B { describe \"d\" score 1 when helo }\n";

/* A value of each type, as no literal. */
static const struct {
  const char *text, *word;
} values[] = {
    {"tls.verified", "bool"},     {"rcpt.count", "int"},  {"entropy(helo)", "real"}, {"auth.user", "string"},
    {"helo", "name"},             {"client.ip", "address"}, {"mail.from", "mailbox"},  {"rcpt", "mailboxes"},
    {"any(rcpt)", "any mailbox"},
};

/* The codes of a condition, without their places. */
static void codes_of(const char *condition, char *out, size_t size) {
  struct subject s;
  subject_open(&s);
  subject_run(&s, subject_rule_text(&s, prelude, condition), PASS_TYPES);
  out[0] = '\0';
  for (size_t i = 0; i < s.diags.list.count; i++)
    snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", s.diags.list.at[i].code->code);
  subject_close(&s);
}

/* What each operator says for each pair of types: . nothing, 6 the types do not go together, 8 any is needed, 9 a
 * negation of any. Rows are the left side's type, columns the right one's, in the order of `values`. */
static const struct {
  const char *operator, *answers[9];
} operators[] = {
    /*       bool int real string name address mailbox list any */
    {"==", {".66666686", "6.6666686", "66.666686", "666.66686", "6666.6686", "66666.686", "666666.8.", "888888888",
            "666666.8."}},
    {"!=", {".66666686", "6.6666686", "66.666686", "666.66686", "6666.6686", "66666.686", "666666.89", "888888888",
            "666666989"}},
    {"<", {"666666686", "6.6666686", "66.666686", "666666686", "666666686", "666666686", "666666686", "888888888",
           "666666686"}},
    {">=", {"666666686", "6.6666686", "66.666686", "666666686", "666666686", "666666686", "666666686", "888888888",
            "666666686"}},
    {"in", {"666666666", "666666666", "666666666", "666666666", "666666666", "666666666", "6666666..", "888888888",
            "6666666.."}},
    {"not in", {"666666666", "666666666", "666666666", "666666666", "666666666", "666666666", "666666699",
                "888888888",
                "999999999"}},
    {"under", {"666666666", "666666666", "666666666", "666666666", "6666.6666", "666666666", "666666666", "888888888",
               "666666666"}},
    {"not under", {"666666666", "666666666", "666666666", "666666666", "6666.6666", "666666666", "666666666",
                   "888888888", "666666666"}},
    {"+ 1 ==", {"666666666", "6.6666686", "666666666", "666666666", "666666666", "666666666", "666666666",
                "666666666",
                "666666666"}},
};

static void every_operator_with_every_type(void **state) {
  (void)state;
  for (size_t o = 0; o < COUNT(operators); o++)
    for (size_t a = 0; a < COUNT(values); a++)
      for (size_t b = 0; b < COUNT(values); b++) {
        char condition[128], codes[64], want[8] = "E20?";
        snprintf(condition, sizeof condition, "%s %s %s", values[a].text, operators[o].operator, values[b].text);
        want[3] = operators[o].answers[a][b];
        codes_of(condition, codes, sizeof codes);
        if (strcmp(codes, want[3] == '.' ? "" : want) != 0) fail_msg("%s: \"%s\", want %s", condition, codes, want);
      }
}

/* A literal takes the type of the other side; what it cannot be is refused. */
static void literals_take_the_other_sides_type(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo == \"x\" and mail.from == \"a@b\" and auth.user == \"x\"", ""},
      {"\"x\" == helo and \"a@b\" == mail.from", ""},
      {"client.ip == 192.0.2.1 and 192.0.2.1 != client.ip", ""},
      {"rcpt.count == 3 and 3 < rcpt.count and entropy(helo) > 3 and 3.5 < entropy(helo)", ""},
      {"rcpt.count == 3.5", "E206@1:1"},
      {"rcpt.count > 1.0", ""}, /* a whole number, however it is written */
      {"client.ip == \"192.0.2.1\"", "E206@1:1"},
      {"helo == 192.0.2.1", "E206@1:1"},
      {"helo == 5", "E206@1:1"},
      {"rcpt.count == \"5\"", "E206@1:1"},
      {"tls.verified == 1", "E206@1:1"},
      {"helo == true", "E206@1:1"},
      {"tls.verified == true and false != a_bool and A == B and A != true", ""},
      {"tls.verified < true", "E206@1:1"},
      {"1 == 1.5 and 1 < 2", ""},
      {"\"a\" == \"b\"", ""},
      {"\"a\" < \"b\"", "E206@1:1"},
      {"1 == \"a\"", "E206@1:1"},
      {"any(rcpt) == \"a@b\" and \"a@b\" == any(rcpt)", ""},
      {"any(rcpt) != \"a@b\"", "E209@1:1"},
      {"not any(rcpt) == \"a@b\"", ""},
      {"any(rcpt).domain.is_fqdn == true", ""},
      {"any(rcpt).domain.is_fqdn == false", "E209@1:1"},
      {"any(rcpt).domain.is_fqdn == tls.verified", "E209@1:1"},
  };
  expect_conditions_said(prelude, PASS_TYPES, rows, COUNT(rows));
}

static void arithmetic(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"rcpt.count + 1 > 2 - -3 * session.errors", ""},
      {"-rcpt.count < 0", ""},
      {"rcpt.count + 1.5 > 2", "E206@1:14"},
      {"helo + 1 > 2", "E206@1:1"},
      {"-helo > 2", "E206@1:2"},
      {"\"a\" + \"b\" == \"ab\"", "E206@1:1 E206@1:7"},
      {"entropy(helo) + 1 > 2", "E206@1:1"},
      {"-1.5 < entropy(helo)", ""},
      {"tls.verified + 1 > 2", "E206@1:1"},
      {"length(rcpt) - 1 > 2", ""},
      {"length(any(rcpt)) + 1 > 2", ""},
      {"length(any(rcpt)) + length(any(rcpt)) > 2", "E206@1:1"},
      {"hello + 1 > 2", "E203@1:1"}, /* one slip, one message */
  };
  expect_conditions_said(prelude, PASS_TYPES, rows, COUNT(rows));
}

static void sets_and_lists(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo in names and helo under names and auth.user in strings and mail.from in mailboxes", ""},
      {"client.ip in addresses and client.ip in networks and client.ip not in networks", ""},
      {"helo in regexes and auth.user in regexes and mail.from in regexes", ""},
      {"client.ip in regexes", "E206@1:1(p7:6)"},
      {"helo in strings", "E206@1:1(p3:6)"},
      {"auth.user in names", "E206@1:1(p2:6)"},
      {"mail.from in names", "E206@1:1(p2:6)"},
      {"mail.from.domain in names", ""},
      {"helo in networks", "E206@1:1(p5:6)"},
      {"helo under strings", "E206@1:1(p3:6)"},
      {"auth.user under names", "E206@1:1"},
      {"mail.from under \"x\"", "E206@1:1"},
      {"helo in { \"a\", /b/ } and auth.user in { /b/, \"a\" } and mail.from in { \"@a\", /b/ }", ""},
      {"helo in { 192.0.2.1, 5 }", "E210@1:11 E210@1:22"},
      {"client.ip in { 192.0.2.1, 10.0.0.0/8 }", ""},
      {"client.ip in { \"192.0.2.1\", /x/ }", "E210@1:16 E210@1:29"},
      {"helo under { /x/ }", "E210@1:14"},
      {"helo in \"a\" and client.ip in 192.0.2.1 and client.ip in 10.0.0.0/8 and helo under \"a\"", ""},
      {"helo in 192.0.2.1", "E210@1:9"},
      {"rcpt.count in { 1, 2, -3 } and rcpt.count not in { 5 }", ""},
      {"rcpt.count in { \"a\", 1.5 }", "E206@1:17 E206@1:22"},
      {"rcpt.count in 5", "E206@1:15"},
      {"tls.verified in { true }", "E206@1:1"},
      {"entropy(helo) in { 1 }", "E206@1:1"},
      {"any(rcpt) in mailboxes and any(rcpt).domain under names", ""},
      {"any(rcpt) not in mailboxes", "E209@1:1"},
      {"any(rcpt).domain not under names", "E209@1:1"},
      {"rcpt in mailboxes", "E208@1:1"},
      {"client.ip in dns.address(helo) and mail.from in rcpt", ""},
      {"client.ip not in dns.address(helo)", "E209@1:1"},
      {"helo in dns.address(helo)", "E206@1:1"},
      {"helo under client.rdns and helo under any(dns.ptr(client.ip))", ""},
      {"helo in client.rdns", "E206@1:9"},
      {"helo =~ /x/ and mail.from !~ /x/ and auth.user =~ /x/", ""},
      {"any(rcpt) =~ /x/", ""},
      {"any(rcpt) !~ /x/", "E209@1:1"},
      {"rcpt =~ /x/", "E208@1:1"},
      {"client.ip =~ /x/", "E206@1:1"},
      {"rcpt.count =~ /x/", "E206@1:1"},
      {"tls.verified =~ /x/", "E206@1:1"},
      {"helo in brands", "E216@1:9"},
      {"helo == names", "E216@1:9"},
      {"names", "E216@1:1"},
      {"brands and helo", "E216@1:1"},
      {"10.0.0.0/8", "E216@1:1"},
      {"client.ip == 10.0.0.0/8", "E216@1:14"},
      {"any(names) == helo", "E216@1:5"},
      {"any(helo) == \"x\"", "E206@1:1"},
      {"any(A)", "E206@1:1"},
  };
  expect_conditions_said(prelude, PASS_TYPES, rows, COUNT(rows));
}

static void calls(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"length(helo) > 1 and length(auth.user) > 1 and length(mail.from) > 1 and length(rcpt) > 1", ""},
      {"length(client.ip) > 1", "E206@1:1"},
      {"length() > 1", "E207@1:1"},
      {"length(helo, helo) > 1", "E207@1:1"},
      {"contains(helo, \"x\") and contains(\"x\", helo) and contains(mail.from, auth.user)", ""},
      {"contains(helo, 5)", "E206@1:1"},
      {"contains(helo, client.ip)", "E206@1:1"},
      {"contains(helo)", "E207@1:1"},
      {"contains(rcpt, \"x\")", "E206@1:1"},
      {"contains(any(rcpt), \"x\")", ""},
      {"contains(any(rcpt), any(rcpt))", "E206@1:1"},
      {"same_org(helo, \"x.example\")", ""},
      {"same_org(helo, auth.user)", "E206@1:1"},
      {"embeds_address(client.rdns, client.ip) and embeds_address(\"x\", 192.0.2.1)", ""},
      {"embeds_address(client.ip, helo)", "E206@1:1"},
      {"has_bit(client.ip, 1)", ""},
      {"has_bit(client.ip, rcpt.count)", ""},
      {"has_bit(client.ip, 1.5)", "E206@1:1"},
      {"forged(helo, brands)", ""},
      {"forged(helo, names)", "E206@1:1"},
      {"forged(helo, \"x\")", "E206@1:1"},
      {"forged(brands, helo)", "E206@1:1"},
      {"length(brands) > 1", "E206@1:1"},
      {"dnsbl(\"z\") and dnsbl(names) and dnsbl(strings) and dnsbl(\"z\", client.ip) and dnsbl(names, helo)", ""},
      {"dnsbl(mailboxes)", "E206@1:1"},
      {"dnsbl(helo)", "E206@1:1"},
      {"dnsbl(\"z\", 5)", "E206@1:1"},
      {"dnsbl()", "E207@1:1"},
      {"any(dnsbl(\"z\")) == 127.0.0.2 and has_bit(any(dnsbl(\"z\")), 1)", ""},
      {"dns.address(\"x\") and dns.ptr(192.0.2.1) and dns.exists(helo)", ""},
      {"dns.ptr(helo)", "E206@1:1"},
      {"contains(hello, 5)", "E203@1:10"}, /* one slip, one message */
      {"lower(helo) == \"x\" and lower(helo) in strings", ""},
      {"lower(helo) in names", "E206@1:1(p2:6)"},
      {"entropy(helo) > 3.5 and entropy(helo) == 3", ""},
  };
  expect_conditions_said(prelude, PASS_TYPES, rows, COUNT(rows));
}

static void properties(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"helo.is_fqdn and client.ip.is_private and mail.from.domain.tld and helo.address.is_v4", ""},
      {"helo.label(0) == \"x\" and helo.label(-1) and helo.label(255) and helo.label(-255)", ""},
      {"helo.label(256)", "E207@1:12"},
      {"helo.label(rcpt.count)", "E207@1:12"},
      {"helo.label(1.5)", "E207@1:12"},
      {"helo.label(\"0\")", "E207@1:12"},
      {"helo.label", "E207@1:1"},
      {"helo.label()", "E207@1:1"},
      {"helo.label(0, 1)", "E207@1:1"},
      {"helo.tld(0)", "E207@1:1"},
      {"helo.is_private", "E205@1:6"},
      {"client.ip.is_fqdn", "E205@1:11"},
      {"mail.from.tld", "E205@1:11"},
      {"auth.user.length", "E205@1:11"},
      {"rcpt.count.x", "E205@1:12"},
      {"helo.nothing.more", "E205@1:6"},
      {"rcpt.domain", "E208@1:1"},
      {"any(rcpt).domain", ""},
      {"A.x", "E205@1:3"},
      {"5.x", "E104@1:1"},
      {"names.x", "E216@1:1"},
      /* Every value can be empty, and be asked for that. */
      {"helo.is_empty and client.ip.is_empty and auth.user.is_empty and mail.from.is_empty and rcpt.is_empty", ""},
      {"rcpt.count.is_empty", "E205@1:12"},
      {"any(rcpt).is_empty", "E205@1:11"},
  };
  expect_conditions_said(prelude, PASS_TYPES, rows, COUNT(rows));
}

static void members_and_sums(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"2 of (A, helo, rcpt.count > 1)", ""},
      {"0 of (A, B)", "E214@1:1"},
      {"1.5 of (A, B)", "E214@1:1"},
      {"3 of (A, B)", "E214@1:1"},
      {"2 of (A, B_*)", "W301@1:10 E214@1:1"},
      {"any of (names)", "E216@1:9"},
      {"score of (A, B) >= 1.5 and 2 > score of (A, B) and score of (A) == -1", ""},
      {"score of (A) >= rcpt.count", "E206@1:17"},
      {"score of (A) >= score of (B)", "E206@1:17"},
      {"score of (A) >= \"x\"", "E206@1:17"},
      {"score of (A) >= hello", "E203@1:17"},
      {"score of (A)", "E216@1:1"},
      {"score of (A) + 1 > 2", "E216@1:1"},
      {"A and not B or helo", ""},
      {"A == helo", "E206@1:1"},
      {"A in names", "E206@1:1(p2:6)"},
  };
  expect_conditions_said(prelude, PASS_TYPES, rows, COUNT(rows));
}

/* --- what the pass makes of the tree --- */

static void rewritten_forms(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"tls.verified == true", "<tls.verified>"},
      {"tls.verified != true", "(not <tls.verified>)"},
      {"false == tls.verified", "(not <tls.verified>)"},
      {"false != tls.verified", "<tls.verified>"},
      {"A == B", "(== A B)"},
      {"auth.user.is_empty", "(not <auth.user>)"},
      {"helo.is_empty", "(.is_empty <helo>)"},
      {"rcpt.count in { 1, 2 }", "(or (== <rcpt.count> 1) (== <rcpt.count> 2))"},
      {"rcpt.count not in { 1, 2 }", "(not (or (== <rcpt.count> 1) (== <rcpt.count> 2)))"},
      {"rcpt.count == -5", "(== <rcpt.count> -5)"},
      {"helo in \"A\"", "(in <helo> {\"a\"})"},
      {"client.ip in 192.0.2.1", "(in <client.ip> {192.0.2.1/32})"},
      {"helo in { /x/i, \"a\" }", "(in <helo> {\"a\" /x/i})"},
      {"contains(helo, \"DYN\")", "(contains <helo> \"dyn\")"},
      {"contains(mail.from, \"DYN\")", "(contains <mail.from> \"dyn\")"},
      {"contains(auth.user, \"DYN\")", "(contains <auth.user> \"DYN\")"},
      {"contains(\"DYN\", helo)", "(contains \"DYN\" <helo>)"},
      {"dnsbl(\"z\")", "(dnsbl \"z\" <client.ip>)"},
      {"1.5 <= score of (A)", "(>= (score-of A) 1.5)"},
      {"1.5 > score of (A)", "(< (score-of A) 1.5)"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, subject_rule_text(&s, prelude, rows[i].text), PASS_TYPES));
    assert_string_equal(subject_said(&s), "");
    if (strcmp(subject_when(&s), rows[i].said) != 0)
      fail_msg("%s\n  got  %s\n  want %s", rows[i].text, subject_when(&s), rows[i].said);
    subject_close(&s);
  }
}

/* A let has the type of its expression, wherever it stands, and an element of a list stays one through it. */
static void lets_carry_types(void **state) {
  (void)state;
  static const struct {
    const char *text, *type;
    bool each;
  } rows[] = {
      {"helo", "name", false},          {"rcpt.count + 1", "int", false}, {"any(rcpt)", "mailbox", true},
      {"any(rcpt).domain", "name", true}, {"rcpt", "list of mailbox", false}, {"client.ip", "address", false},
      {"entropy(helo)", "real", false}, {"\"x\"", "string", false},       {"1.5", "real", false},
      {"1.0", "int", false},            {"helo == \"x\"", "bool", false}, {"A", "bool", false},
      {"dns.mx(helo)", "list of name", false}, {"length(any(rcpt))", "int", true}, {"true", "bool", false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    char text[256];
    snprintf(text, sizeof text, "let user = used\nlet used = %s\nrule A { describe \"d\" score 1 when helo }",
             rows[i].text);
    subject_open(&s);
    assert_true(subject_run(&s, text, PASS_TYPES));
    assert_string_equal(subject_said(&s), "");
    for (size_t k = 0; k < 2; k++) {
      const struct expr *e = s.c.lets.at[k].expr;
      if (strcmp(type_word(e->type), rows[i].type) != 0 || e->each != rows[i].each)
        fail_msg("%s: %s %d", rows[i].text, type_word(e->type), e->each);
    }
    subject_close(&s);
  }
}

static void small_helpers(void **state) {
  (void)state;
  struct expr number = {.kind = E_NUMBER, .number = {1500, true}, .type = TYPE_REAL};
  assert_false(types_coerce(&number, TYPE_INT));
  assert_int_equal(number.type, TYPE_REAL); /* untouched when it does not fit */
  number.number.milli = 2000;
  assert_true(types_coerce(&number, TYPE_INT));
  assert_false(types_coerce(&number, TYPE_NAME));
  struct expr string = {.kind = E_STRING, .type = TYPE_STRING};
  assert_true(types_coerce(&string, TYPE_MAILBOX) && string.type == TYPE_MAILBOX);
  assert_false(types_coerce(&string, TYPE_ADDRESS));
  struct expr fact = {.kind = E_FACT, .type = TYPE_STRING};
  assert_false(types_coerce(&fact, TYPE_NAME));
  assert_true(types_coerce(&fact, TYPE_STRING));
  assert_true(types_is_text(TYPE_NAME) && types_is_text(TYPE_MAILBOX) && !types_is_text(TYPE_ADDRESS));
  assert_string_equal(types_article(TYPE_INT), "an");
  assert_string_equal(types_article(TYPE_ADDRESS), "an");
  assert_string_equal(types_article(TYPE_NAME), "a");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_operator_with_every_type), cmocka_unit_test(literals_take_the_other_sides_type),
      cmocka_unit_test(arithmetic),                     cmocka_unit_test(sets_and_lists),
      cmocka_unit_test(calls),                          cmocka_unit_test(properties),
      cmocka_unit_test(members_and_sums),               cmocka_unit_test(rewritten_forms),
      cmocka_unit_test(lets_carry_types),               cmocka_unit_test(small_helpers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
