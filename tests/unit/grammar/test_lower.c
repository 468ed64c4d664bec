/* Tests the program that conditions become, by its listing: bits shared between rules, literals of one word in one
 * test, negations moved inwards, cheap before dear, units made once and only where they are needed, sets and
 * phases. */
#include "compile_text.h"

#include <stdio.h>

#include "program/disasm.h"

/* Appends one line of a listing: no addresses or bit numbers, jumps relative, a unit that is needed as NEED alone. */
static void append_code(struct buf *out, const char *line, size_t len) {
  unsigned pc = (unsigned)strtoul(line, NULL, 10);
  const char *end = line + len;
  bool need = false;
  line += 17;
  buf_str(out, "; ");
  for (size_t word = 0; line < end; word++) {
    const char *stop = memchr(line, ' ', (size_t)(end - line));
    if (!stop) stop = end;
    struct text piece = text_of(line, (size_t)(stop - line));
    if (word == 0) need = text_is(piece, "NEED");
    bool jump = out->len > 3 && text_ends(buf_view(out), TEXT("-> "));
    bool bit = piece.len > 1 && (piece.ptr[0] == '#' || (piece.ptr[0] == '!' && piece.ptr[1] == '#'));
    if (jump) buf_printf(out, "+%u", (unsigned)strtoul(line, NULL, 10) - pc);
    else if (bit) buf_str(out, piece.ptr[0] == '!' ? "!" : "");
    else if (piece.len && (!need || word == 0)) buf_text(out, piece);
    bool blank = piece.len && !(need && word > 0) && stop < end && !bit;
    if (blank) buf_byte(out, ' ');
    for (line = stop; line < end && *line == ' ';) line++;
  }
  while (out->len && out->ptr[out->len - 1] == ' ') out->len--;
}

/* The code of the condition of a rule, without the units that it needs. */
static const char *code_of(struct subject *s, const char *rule) {
  struct buf listing;
  buf_init(&listing, &mem_default);
  assert_true(disasm_rule(&listing, s->verified, text_from(rule)) && !listing.failed);
  buf_byte(&listing, '\0');
  char *last = listing.ptr;
  for (char *at = last; (at = strstr(at, "\nunit ")) != NULL;) last = ++at;
  buf_clear(&s->out);
  for (char *line = strchr(last, '\n') + 1; *line;) {
    char *end = strchr(line, '\n');
    append_code(&s->out, line, (size_t)(end - line));
    line = end + 1;
  }
  buf_byte(&s->out, '\0');
  buf_free(&listing);
  return s->out.ptr + 2;
}

static const char *listing_of(struct subject *s) {
  buf_clear(&s->out);
  disasm_program(&s->out, s->verified);
  buf_byte(&s->out, '\0');
  return s->out.ptr;
}

static void compile(struct subject *s, const char *text) {
  subject_open(s);
  s->c.lint = false;
  if (subject_compile(s, text) != ASSAY_OK) fail_msg("%s\n%s", text, subject_said(s));
}

struct row {
  const char *condition, *code;
};

static const char prelude[] =
    "list names : name { \"x.example\" }\n"
    "list mixed : regex { /m/ }\n"
    "let lazy = helo =~ /l/\n"
    "rule A { describe \"d\" score 1 when helo }\n"
    "rule B { describe \"d\" score 2 when auth.user }\n";

static void expect_code(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    char text[2048];
    snprintf(text, sizeof text, "%srule ROW { describe \"d\" score 1 when\n%s }", prelude, rows[i].condition);
    compile(&s, text);
    if (strcmp(code_of(&s, "ROW"), rows[i].code) != 0)
      fail_msg("%s\n  got  %s\n  want %s", rows[i].condition, code_of(&s, "ROW"), rows[i].code);
    subject_close(&s);
  }
}

static void literals_of_a_word_are_one_test(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"helo", "TEST helo else -> +2; PASS; FAIL"},
      {"not helo", "TEST !helo else -> +2; PASS; FAIL"},
      {"helo and auth.user and not tls.verified", "TEST helo & auth.user & !tls.verified else -> +2; PASS; FAIL"},
      {"helo.is_fqdn and helo.is_literal", "TEST helo.is_fqdn & helo.is_literal else -> +2; PASS; FAIL"},
      {"helo and (auth.user and tls.verified)", "TEST helo & auth.user & tls.verified else -> +2; PASS; FAIL"},
      {"helo and helo", "TEST helo else -> +2; PASS; FAIL"},
      /* What contradicts itself is unknown where helo is, so it must stay two tests. */
      {"helo and not helo", "TEST helo else -> +3; TEST !helo else -> +2; PASS; FAIL"},
      {"true", "PASS; FAIL"},
      {"false", "JUMP -> +2; PASS; FAIL"},
  };
  expect_code(rows, COUNT(rows));
}

static void negations_move_inwards(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"not (helo or auth.user)", "TEST !helo & !auth.user else -> +2; PASS; FAIL"},
      {"not (helo and auth.user)", "TEST_OR !helo then -> +2; TEST !auth.user else -> +2; PASS; FAIL"},
      {"not not helo", "TEST helo else -> +2; PASS; FAIL"},
      {"not (helo and not auth.user)", "TEST_OR !helo then -> +2; TEST auth.user else -> +2; PASS; FAIL"},
      {"helo != \"x\"", "TEST !helo == \"x\" else -> +2; PASS; FAIL"},
      {"not helo != \"x\"", "TEST helo == \"x\" else -> +2; PASS; FAIL"},
      {"helo not in names", "TEST !helo in names else -> +2; PASS; FAIL"},
      {"none of (helo, auth.user)", "TEST !helo & !auth.user else -> +2; PASS; FAIL"},
      {"rcpt.count > 5", "TEST rcpt.count > 5 else -> +2; PASS; FAIL"},
  };
  expect_code(rows, COUNT(rows));
}

static void cheap_comes_before_dear(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"helo =~ /x/ and auth.user", "TEST auth.user else -> +4; NEED; TEST helo =~ /x/ else -> +2; PASS; FAIL"},
      {"helo =~ /x/ or auth.user",
       "TEST_OR auth.user then -> +3; NEED; TEST helo =~ /x/ else -> +2; PASS; FAIL"},
      {"dns.exists(helo) and helo =~ /x/ and auth.user",
       "TEST auth.user else -> +6; NEED; TEST helo =~ /x/ else -> +4; NEED; TEST dns.exists(helo) else -> +2; "
       "PASS; FAIL"},
      {"dns.exists(helo) or helo =~ /x/ or auth.user",
       "TEST_OR auth.user then -> +5; NEED; TEST_OR helo =~ /x/ then -> +3; NEED; TEST dns.exists(helo) else -> "
       "+2; PASS; FAIL"},
      {"helo and (auth.user or tls.verified)",
       "TEST helo else -> +4; TEST_OR auth.user then -> +2; TEST tls.verified else -> +2; PASS; FAIL"},
  };
  expect_code(rows, COUNT(rows));
}

/* A unit is needed once on each way, and again on another way. */
static void units_are_needed_once_a_way(void **state) {
  (void)state;
  static const struct {
    const char *condition;
    size_t needs;
  } rows[] = {
      {"lazy and (lazy or helo)", 1}, {"A and A", 1}, {"(helo and lazy) or (auth.user and lazy)", 2},
          {"helo or lazy", 1},
      {"(lazy or helo) and (lazy or auth.user)", 2},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    char text[2048];
    snprintf(text, sizeof text, "%srule ROW { describe \"d\" score 1 when\n%s }", prelude, rows[i].condition);
    compile(&s, text);
    const char *code = code_of(&s, "ROW");
    size_t needs = 0;
    for (const char *at = code; (at = strstr(at, "NEED")) != NULL; at++) needs++;
    if (needs != rows[i].needs) fail_msg("%s: %s", rows[i].condition, code);
    subject_close(&s);
  }
}

static void counts_and_sums(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"2 of (helo, auth.user, tls.verified)",
       "COUNT_ZERO; COUNT helo; COUNT auth.user; COUNT tls.verified; COUNT_TEST >= 2 else -> +2; PASS; FAIL"},
      /* not (2 of 3) is at least 2 of the three negations. */
      {"not 2 of (helo, auth.user, tls.verified)",
       "COUNT_ZERO; COUNT !helo; COUNT !auth.user; COUNT !tls.verified; COUNT_TEST >= 2 else -> +2; PASS; FAIL"},
      {"not 3 of (helo, auth.user, tls.verified, not client.rdns)",
       "COUNT_ZERO; COUNT !helo; COUNT !auth.user; COUNT !tls.verified; COUNT client.rdns; COUNT_TEST >= 2 else "
       "-> +2; "
       "PASS; FAIL"},
      {"score of (A, B) >= 1.5", "NEED; NEED; SUM_TEST set 1 >= 1.5 else -> +2; PASS; FAIL"},
      {"not score of (A, B) >= 1.5", "NEED; NEED; SUM_TEST set 1 < 1.5 else -> +2; PASS; FAIL"},
      {"not score of (A, B) == 1", "NEED; NEED; SUM_TEST set 1 != 1 else -> +2; PASS; FAIL"},
      {"2 < score of (A)", "NEED; SUM_TEST set 1 > 2 else -> +2; PASS; FAIL"},
  };
  expect_code(rows, COUNT(rows));
}

static void bools_that_are_compared(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"tls.verified == mail.smtputf8",
       "TEST tls.verified else -> +3; TEST mail.smtputf8 else -> +2; JUMP -> +3; TEST !tls.verified else -> +3; TEST "
       "!mail.smtputf8 else -> +2; PASS; FAIL"},
      {"tls.verified != mail.smtputf8",
       "TEST tls.verified else -> +3; TEST !mail.smtputf8 else -> +2; JUMP -> +3; TEST !tls.verified else -> "
       "+3; TEST "
       "mail.smtputf8 else -> +2; PASS; FAIL"},
  };
  expect_code(rows, COUNT(rows));
}

/* A set that holds items and patterns is two bits, either of which decides. */
static void items_and_patterns(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"auth.user in { \"a\", /b/ }",
       "TEST_OR auth.user in { \"a\", /b/ } then -> +3; NEED; TEST auth.user in { \"a\", /b/ } else -> +2; "
       "PASS; FAIL"},
      {"auth.user not in { \"a\", /b/ }",
       "TEST !auth.user in { \"a\", /b/ } else -> +4; NEED; TEST !auth.user in { \"a\", /b/ } else -> +2; "
       "PASS; FAIL"},
      {"helo in mixed", "NEED; TEST helo in mixed else -> +2; PASS; FAIL"},
  };
  expect_code(rows, COUNT(rows));
}

/* --- the whole program --- */

static size_t occurrences(const char *text, const char *part) {
  size_t count = 0;
  for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part)) count++;
  return count;
}

#define WHEN(name, condition) "rule " name " { describe \"d\" score 1 when " condition " }\n"

/* How often a part stands in the listing. */
static void what_is_made_once(void **state) {
  (void)state;
  static const struct {
    const char *text, *part;
    size_t times;
  } rows[] = {
      {WHEN("A", "helo == \"x\"") WHEN("B", "not helo == \"x\" and helo"), "EQ_NAME", 1},
      {WHEN("A", "helo != \"x\"") WHEN("B", "helo == \"x\""), "EQ_NAME", 1},
      {WHEN("A", "helo == \"x\"") WHEN("B", "helo == \"X.\""),
       "EQ_NAME", 2}, /* equal names, not the same bytes: `.raw` could tell them apart */
      {WHEN("A", "helo.is_fqdn and helo.has_space and not helo.is_literal"), "NAME_BITS", 1},
      {WHEN("A", "helo =~ /x/") WHEN("B", "helo =~ /x/"), "MATCH", 1},
      {WHEN("A", "helo =~ /x/") WHEN("B", "helo =~ /x/i"), "MATCH", 2},
      {WHEN("A", "helo in { \"a\", \"b\" }") WHEN("B", "client.rdns in { \"a\", \"b\" }"), "set 0: 2 names", 1},
      {WHEN("A", "helo in { \"a\", \"b\" }") WHEN("B", "client.rdns in { \"b\", \"a\" }"), "names", 2},
      {"list l : name { \"a\" }\n" WHEN("A", "helo in l or helo under l or client.rdns in l"),
       "1 names", 1},
      {"list l : name { \"a\" }\nlist k : name { \"a\" }\n" WHEN("A", "helo in l or helo in k"),
       "1 names", 2}, /* a site may change one of two named lists */
      {"list l : name { \"a\" }\n" WHEN("A", "helo"), "1 names", 0}, /* not used */
      {"let x = helo.tld == \"a\"\n" WHEN("A", "x") WHEN("B", "not x"), "EQ_NAME", 1},
      {"let x = helo or auth.user\n" WHEN("A", "x and helo") WHEN("B", "x and auth.user"),
       ": answers", 3}, /* the let has a unit */
      {WHEN("A", "helo") WHEN("B", "not A and not A"), ": answers", 3},
      {WHEN("A", "client.ip in 10.0.0.0/8 and client.ip in { 10.0.0.0/8 }"), "IN_NETWORKS", 1},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    compile(&s, rows[i].text);
    size_t times = occurrences(listing_of(&s), rows[i].part);
    if (times != rows[i].times) fail_msg("%s: %zu times in\n%s", rows[i].part, times, listing_of(&s));
    subject_close(&s);
  }
}

/* What is cheap is computed for every connection, in unit 0 where an exemption needs it, else in unit 1; what is
 * lazy or a look-up has a unit of its own. */
static void units_and_phases(void **state) {
  (void)state;
  static const struct {
    const char *exempt, *rule, *part;
    unsigned unit; /* that computes the part; 2: one of its own */
  } rows[] = {
      {"helo", "auth.user", "auth.user", 1},
      {"auth.user", "auth.user", "auth.user", 0},
      {"not (helo or auth.user)", "helo", "auth.user", 0},
      {"helo", "helo =~ /x/", "=~", 2},
      {"helo =~ /x/", "helo", "=~", 2},
      {"helo", "dns.exists(helo)", "dns.exists(helo)", 2},
      {"R", "auth.user", "auth.user", 0},
      {"x", "helo", "tls.verified", 0},
      {"helo", "x", "tls.verified", 1},
      {"helo", "helo.tld_known", "tld_known", 2},
      {"helo", "has_bit(client.ip, 3)", "has_bit", 2},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    char text[512];
    snprintf(text, sizeof text,
             "let x = tls.verified and helo\nexempt E { describe \"d\" when %s }\nrule R { describe \"d\" score "
             "1 when %s }",
             rows[i].exempt, rows[i].rule);
    compile(&s, text);
    const struct program *p = &s.verified->program;
    uint32_t bit = 0;
    while (bit < p->bit_count && text_find(p->bit_texts[bit], text_from(rows[i].part)) == SIZE_MAX) bit++;
    assert_true(bit < p->bit_count);
    uint32_t unit = s.verified->bit_unit[bit];
    if ((unit > 2 ? 2 : unit) != rows[i].unit) fail_msg("row %zu: unit %u", i, unit);
    subject_close(&s);
  }
}

/* Rules, groups, exemptions and thresholds arrive as they were declared. */
static void what_is_no_code(void **state) {
  (void)state;
  struct subject s;
  compile(&s,
          "group g { describe \"G\" cap 2 }\n"
          "\nrule A { describe \"D\" see \"x\" see \"y\" tags t, u group g score 1.5 when helo }\n"
          "rule B { describe \"E\" score 1 when not A }\nscore B -3\ndisable B\n"
          "exempt E { describe \"X\" when helo }\naction tag at 1\naction reject at 5 \"550 no\"\n");
  const struct program *p = &s.verified->program;
  assert_int_equal(p->rules_count, 2);
  const struct rule *a = &p->rules[0], *b = &p->rules[1];
  assert_true(text_is(a->name, "A") && text_is(a->describe, "D") && text_is(a->see, "x; y") && text_is(a->tags,
                                                                                                       "t, u"));
  assert_true(text_is(a->file, "t") && a->line == 3 && a->score == 1500 && a->group == 0 && !a->disabled);
  assert_true(b->score == -3000 && b->group == NO_INDEX && b->disabled);
  assert_int_not_equal(a->negated, NO_INDEX); /* B asks for it */
  assert_int_equal(b->negated, NO_INDEX);
  assert_true(text_is(p->groups[0].name, "g") && text_is(p->groups[0].describe, "G") && p->groups[0].cap == 2000);
  assert_int_equal(p->exempts_count, 1);
  assert_true(text_is(p->exempts[0].describe, "X"));
  assert_true(p->thresholds[ACTION_TAG].set && p->thresholds[ACTION_TAG].reply.ptr == NULL);
  assert_true(text_is(p->thresholds[ACTION_REJECT].reply, "550 no") && !p->thresholds[ACTION_DEFER].set);
  subject_close(&s);
}

/* What sets and maps hold. */
static void sets_and_maps(void **state) {
  (void)state;
  struct subject s;
  compile(&s, "map m { \"k\" = { \"A.example\", \"b.example\" } }\nlist z : name { \"Zone.One.\" }\n"
              "rule A { describe \"d\" score 1 when forged(helo, m) or dnsbl(z) or dnsbl(\"zone.TWO\") }\n"
              "rule B { describe \"d\" score 1 when mail.from in { \"A@B\" } and client.ip in { "
              "::ffff:192.0.2.0/120 } }\n");
  const struct program *p = &s.verified->program;
  assert_int_equal(p->maps_count, 1);
  assert_true(p->maps[0].count == 1 && text_is(p->maps[0].entries[0].key, "k"));
  const struct set *values = &p->sets[p->maps[0].entries[0].set];
  assert_true(values->kind == SET_NAMES && values->count == 2 && text_is(values->texts[0], "a.example"));
  size_t zones = 0;
  for (uint32_t i = 0; i < p->sets_count; i++) {
    const struct set *set = &p->sets[i];
    if (set->kind == SET_ZONES) assert_true(text_is(set->texts[0], zones++ ? "zone.two" : "zone.one"));
    if (set->kind == SET_MAILBOXES) assert_true(text_is(set->texts[0], "a@b"));
    if (set->kind == SET_NETWORKS) assert_true(set->networks[0].addr.family == 4 && set->networks[0].bits == 24);
  }
  assert_int_equal(zones, 2);
  subject_close(&s);
}

/* Chains of lets that use each other twice are lowered once each, not along every path. */
static void doubling_lets_stay_small(void **state) {
  (void)state;
  static const char *const first[] = {"let l0 = helo or auth.user\n", "let l0 = rcpt.count\n"};
  for (size_t i = 0; i < COUNT(first); i++) {
    struct subject s;
    struct buf text;
    buf_init(&text, &mem_default);
    buf_str(&text, first[i]);
    for (int k = 1; k < 60; k++) buf_printf(&text, i ? "let l%d = l%d + l%d\n" : "let l%d = l%d and not l%d\n", k,
                                            k - 1, k - 1);
    buf_str(&text,
            i ? "rule R { describe \"d\" score 1 when l59 > 1 }\n" : "rule R { describe \"d\" score 1 when l59 }\n");
    buf_byte(&text, '\0');
    compile(&s, text.ptr);
    assert_true(s.verified->program.code_count < 1500);
    subject_close(&s);
    buf_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(literals_of_a_word_are_one_test), cmocka_unit_test(negations_move_inwards),
      cmocka_unit_test(cheap_comes_before_dear),         cmocka_unit_test(units_are_needed_once_a_way),
      cmocka_unit_test(counts_and_sums),                 cmocka_unit_test(bools_that_are_compared),
      cmocka_unit_test(items_and_patterns),              cmocka_unit_test(what_is_made_once),
      cmocka_unit_test(units_and_phases),                cmocka_unit_test(what_is_no_code),
      cmocka_unit_test(sets_and_maps),                   cmocka_unit_test(doubling_lets_stay_small),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
