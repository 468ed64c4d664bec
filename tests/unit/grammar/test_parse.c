/* Tests the parser by the shape of its tree: precedence and associativity of every operator, every statement, clause
 * and line of a test, places, the nesting limit, and memory that runs out at any allocation. */
#include "compile_text.h"

#include <stdio.h>

#include "grammar/parse.h"
#include "tree_text.h"

/* The tree of a file's statements, then what was said. */
static const char *parsed(struct subject *s, const char *text) {
  struct stmt *statements = NULL;
  struct text bytes = text_from(text);
  uint32_t file = sources_add(&s->c.sources, TEXT("t"), bytes, SPAN_NONE);
  bool whole = parse_file(&s->c.arena, &s->diags, file, bytes, &statements);
  assert_true(whole);
  struct buf both;
  buf_init(&both, &mem_default);
  print_statements(&both, statements);
  if (s->diags.list.count) buf_printf(&both, " | %s", subject_said(s));
  buf_clear(&s->out);
  buf_text(&s->out, buf_view(&both));
  buf_byte(&s->out, '\0');
  buf_free(&both);
  return s->out.ptr;
}

struct row {
  const char *text, *tree;
};

static void expect_trees(const struct row *rows, size_t count, const char *before, const char *tree_before) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    char text[1024], tree[1024];
    snprintf(text, sizeof text, "%s%s", before, rows[i].text);
    snprintf(tree, sizeof tree, "%s%s%s", tree_before, rows[i].tree, tree_before[0] ? ")" : "");
    subject_open(&s);
    const char *got = parsed(&s, text);
    if (strcmp(got, tree) != 0) fail_msg("%s\n  got  %s\n  want %s", text, got, tree);
    subject_close(&s);
  }
}

static void expect_expressions(const struct row *rows, size_t count) {
  expect_trees(rows, count, "let x = ", "(let x ");
}

static void precedence(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"a or b and c", "(or a (and b c))"},
      {"a and b or c", "(or (and a b) c)"},
      {"(a or b) and c", "(and (or a b) c)"},
      {"not a and b", "(and (not a) b)"},
      {"not a or b", "(or (not a) b)"},
      {"not a == b", "(not (== a b))"},
      {"not a in b", "(not (in a b))"},
      {"not a under b", "(not (under a b))"},
      {"not a =~ /x/", "(not (=~ a /x/))"},
      {"not not a", "(not (not a))"},
      {"a and not b or c", "(or (and a (not b)) c)"},
      {"a == b and c < d", "(and (== a b) (< c d))"},
      {"a + 1 == b - 2", "(== (+ a 1) (- b 2))"},
      {"a + b * c", "(+ a (* b c))"},
      {"a * b + c", "(+ (* a b) c)"},
      {"-a * b", "(* (neg a) b)"},
      {"a * -b", "(* a (neg b))"},
      {"- -a", "(neg (neg a))"},
      {"-a.b", "(neg (.b a))"},
      {"-1 + 2", "(+ (neg 1) 2)"},
      {"a + b in c", "(in (+ a b) c)"},
      {"a in b + c", "(in a (+ b c))"},
      {"a under b.c", "(under a (.c b))"},
      {"!a == b", "(== (not a) b)"},
      {"!a and b", "(and (not a) b)"},
      {"!a.b", "(not (.b a))"},
      {"!f(a)", "(not (f a))"},
      {"!(a or b)", "(not (or a b))"},
      {"a && b || c", "(or (and a b) c)"},
      {"a.b.c", "(.c (.b a))"},
      {"a.label(0).tld", "(.tld (.label a 0))"},
      {"f(a).b", "(.b (f a))"},
      {"(a).b", "(.b a)"},
      {"\"s\".b", "(.b \"s\")"},
  };
  expect_expressions(rows, COUNT(rows));
}

/* Chains are one node however long; parentheses keep a chain of its own. */
static void associativity(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"a or b or c or d", "(or a b c d)"},
      {"a and b and c", "(and a b c)"},
      {"(a or b) or c", "(or (or a b) c)"},
      {"a or (b or c)", "(or a (or b c))"},
      {"(a and b) and c", "(and (and a b) c)"},
      {"a - b - c", "(- (- a b) c)"},
      {"a - (b - c)", "(- a (- b c))"},
      {"a + b - c + d", "(+ (- (+ a b) c) d)"},
      {"a * b * c", "(* (* a b) c)"},
      {"a == b == c", " | E101@1:16"},
      {"a < b < c", " | E101@1:15"},
      {"a in b in c", " | E101@1:16"},
      {"a == b in c", " | E101@1:16"},
      {"not a == not b", " | E101@1:18"},
      {"a =~ /x/ == b", " | E101@1:18"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    bool broken = rows[i].tree[0] == ' ';
    expect_trees(&rows[i], 1, "let x = ", broken ? "" : "(let x ");
  }
}

static void every_operator(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"a == b", "(== a b)"},
      {"a != b", "(!= a b)"},
      {"a < b", "(< a b)"},
      {"a <= b", "(<= a b)"},
      {"a > b", "(> a b)"},
      {"a >= b", "(>= a b)"},
      {"a =~ /x/i", "(=~ a /x/i)"},
      {"a !~ m{x}s", "(!~ a /x/s)"},
      {"a in {\"x\", /y/, 1, 1.2.3.4, ::/0,}", "(in a {\"x\" /y/ 1 1.2.3.4 ::/0})"},
      {"a in {-1}", "(in a {-1})"},
      {"a not in b", "(not-in a b)"},
      {"a not in {true}", "(not-in a {true})"},
      {"a in 192.0.2.0/24", "(in a 192.0.2.0/24)"},
      {"a under \"x\"", "(under a \"x\")"},
      {"a not under {\"x\"}", "(not-under a {\"x\"})"},
      {"a not under b", "(not-under a b)"},
      {"any(a) == b", "(== (any a) b)"},
      {"any(a).b", "(.b (any a))"},
      {"f()", "(f)"},
      {"f(a, not b, 1 + 2)", "(f a (not b) (+ 1 2))"},
      {"dns.mx(a)", "(.mx dns a)"},
      {"2 of (A, b or c, H_*)", "(2-of A (or b c) H_*)"},
      {"any of (A)", "(any-of A)"},
      {"all of (A, B)", "(all-of A B)"},
      {"none of (A, any of (B))", "(none-of A (any-of B))"},
      {"score of (A, B_*) >= -1.5", "(>= (score-of A B_*) (neg 1.5))"},
      {"true == false", "(== true false)"},
      {"a.of.in.rule.not", "(.not (.rule (.in (.of a))))"},
      {"hit and miss and from and at and cap and floor", "(and hit miss from at cap floor)"},
  };
  expect_expressions(rows, COUNT(rows));
}

static void statements(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"", ""},
      {"include \"a\"", "(include a)"},
      {"list l : name { \"a\", \"b\", }", "(list l name {\"a\" \"b\"})"},
      {"list l : regex { /a/i }", "(list l regex {/a/i})"},
      {"list l : name from \"f\"", "(list l name from \"f\")"},
      {"list l += { 1.2.3.4 }", "(list+= l {1.2.3.4})"},
      {"list l += from \"f\"", "(list+= l from \"f\")"},
      {"list l -= { \"a\" }", "(list-= l {\"a\"})"},
      {"list l -= from \"f\"", "(list-= l from \"f\")"},
      {"list dns : from { \"a\" }", "(list dns from {\"a\"})"},
      {"map m {}", "(map m)"},
      {"map m += {}", "(map+= m)"},
      {"map m { \"a\" = { \"x\" }, \"b\" = { \"y\", \"z\" } }", "(map m \"b\"={\"y\" \"z\"} \"a\"={\"x\"})"},
      {"map m += { \"a\" = { \"x\" }, }", "(map+= m \"a\"={\"x\"})"},
      {"let l = a", "(let l a)"},
      {"score R 2.5", "(score R at 2.5)"},
      {"score R -2", "(score R at -2)"},
      {"disable R", "(disable R)"},
      {"action reject at 5", "(action reject at 5)"},
      {"action reject at -5 \"no\"", "(action reject at -5 reply \"no\")"},
      {"action reject off", "(action reject off)"},
      {"group g {}", "(group g)"},
      {"group g { cap 6 floor -3 describe \"d\" }", "(group g describe \"d\" cap 6 floor -3)"},
      {"exempt E { see \"s\" when a describe \"d\" see \"t\" }",
       "(exempt E describe \"d\" see \"s\" see \"t\" when a)"},
      {"rule R { describe \"d\" score 1 when a }", "(rule R describe \"d\" score 1 when a)"},
      {"rule R { when a tags b, c group g score -1 describe \"d\" }",
       "(rule R describe \"d\" tags \"b, c\" group \"g\" score -1 when a)"},
      {"disable A disable B", "(disable A) (disable B)"},
      {"let a = b list l : name { \"x\" }", "(let a b) (list l name {\"x\"})"},
  };
  expect_trees(rows, COUNT(rows), "", "");
}

static void tests_in_rules(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"test hit {}", "(test hit)"},
      {"test miss \"t\" { helo \"a\" }", "(test miss \"t\" (helo \"a\"))"},
      {"test unknown { client.ip 1.2.3.4 }", "(test unknown (client.ip 1.2.3.4))"},
      {"test hit { helo none client.port -25 tls.verified true auth.user unknown x false }",
       "(test hit (helo none) (client.port -25) (tls.verified true) (auth.user unknown) (x false))"},
      {"test hit { rcpt \"a\", \"b\" }", "(test hit (rcpt \"a\" \"b\"))"},
      {"test hit { A hit B miss C unknown }", "(test hit (pin A hit) (pin B miss) (pin C unknown))"},
      {"test hit { dns { A \"x\" 1.2.3.4, ::1 MX \"x\" 10 \"y\" TXT \"x\" nxdomain } helo \"b\" }",
       "(test hit (dns A \"x\" 1.2.3.4 ::1) (dns MX \"x\" 10 \"y\") (dns TXT \"x\" nxdomain) (helo \"b\"))"},
      {"test hit { dns {} }", "(test hit)"},
      {"test hit {} test hit \"u\" {}", "(test hit) (test hit \"u\")"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char text[512], tree[512];
    snprintf(text, sizeof text, "rule R { describe \"d\" score 1 when a %s }", rows[i].text);
    snprintf(tree, sizeof tree, "(rule R describe \"d\" score 1 when a %s)", rows[i].tree);
    expect_trees(&(struct row){text, tree}, 1, "", "");
  }
}

static void tests_of_connections(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"test \"t\" {}", "(test t)"},
      {"test \"t\" { helo \"a\" expect A expect not A expect unknown A }",
       "(test t (helo \"a\") (expect rule A hit) (expect rule A miss) (expect rule A unknown))"},
      {"test \"t\" { expect score >= 3 expect score < -1.5 expect score == 0 expect score != 1 }",
       "(test t (expect score >= 3) (expect score < -1.5) (expect score == 0) (expect score != 1))"},
      {"test \"t\" { expect score > 3 expect score <= 3 }", "(test t (expect score > 3) (expect score <= 3))"},
      {"test \"t\" { expect action defer expect exempt E expect not exempt E }",
       "(test t (expect action defer) (expect exempt E) (expect exempt not E))"},
  };
  expect_trees(rows, COUNT(rows), "", "");
}

/* A clause that stands twice keeps the first and shows both; what a body must have is asked for at its head. */
static void clauses_stand_once(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"rule R { describe \"d\" describe \"e\" score 1 when a }",
       "(rule R describe \"d\" score 1 when a) | E201@1:23(1:10)"},
      {"rule R { describe \"d\" score 1 score 2 when a }",
       "(rule R describe \"d\" score 1 when a) | E201@1:37(1:29)"},
      {"rule R { describe \"d\" score 1 when a when b }", "(rule R describe \"d\" score 1 when a) | E201@1:38(1:36)"},
      {"rule R { describe \"d\" score 1 when a tags a tags b }",
       "(rule R describe \"d\" tags \"a\" score 1 when a) | E201@1:45(1:38)"},
      {"rule R { describe \"d\" score 1 when a group a group b }",
       "(rule R describe \"d\" group \"a\" score 1 when a) | E201@1:46(1:44)"},
      {"group g { cap 1 cap 2 floor -1 floor -2 }", "(group g cap 1 floor -1) | E201@1:21(1:15) E201@1:38(1:29)"},
      {"rule R {}", "(rule R) | E202@1:1 E202@1:1 E202@1:1"},
      {"rule R { score 1 }", "(rule R score 1) | E202@1:1 E202@1:1"},
      {"exempt E { when a }", "(exempt E when a) | E202@1:1"},
      {"exempt E { describe \"d\" }", "(exempt E describe \"d\") | E202@1:1"},
      {"exempt E { describe \"d\" when a score 1 }", " | E101@1:32"},
      {"group g { when a }", " | E101@1:11"},
  };
  expect_trees(rows, COUNT(rows), "", "");
}

/* The place of an expression is what its author would mark. */
static void places(void **state) {
  (void)state;
  static const struct {
    const char *text, *marked;
  } rows[] = {
      {"let x = a or b", "a or b"},
      {"let x = (a or b)", "(a or b)"},
      {"let x = not a", "not a"},
      {"let x = -1", "-1"},
      {"let x = a.b ( c )", "a.b ( c )"},
      {"let x = a == \"b\" # c", "a == \"b\""},
      {"let x = a in { \"b\" }", "a in { \"b\" }"},
      {"let x = 2 of (A,\n B)", "2 of (A,\n B)"},
      {"let x = \"a\".b", "\"a\".b"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, rows[i].text, PASS_LOAD));
    struct text marked = sources_text(&s.c.sources, s.c.statements->expr->span);
    if (!text_is(marked, rows[i].marked)) fail_msg("%s: %.*s", rows[i].text, TEXT_ARG(marked));
    subject_close(&s);
  }
}

/* A set is what stands between its braces, and they. */
static void places_of_sets(void **state) {
  (void)state;
  static const char *const sets[] = {"{ \"b\" }", "{ \"b\", /c/, }", "{}"};
  for (size_t i = 0; i < COUNT(sets); i++) {
    struct subject s;
    char text[64];
    snprintf(text, sizeof text, "let x = a not in %s", sets[i]);
    subject_open(&s);
    assert_true(subject_run(&s, text, PASS_LOAD));
    assert_true(text_is(sources_text(&s.c.sources, s.c.statements->expr->b->span), sets[i]));
    subject_close(&s);
  }
}

/* --- limits --- */

static void repeat(struct buf *out, const char *piece, unsigned times) {
  for (unsigned i = 0; i < times; i++) buf_str(out, piece);
}

/* The last depth that is allowed, one more, and very many more: said once, and the next statement is read. */
static void nesting_is_limited(void **state) {
  (void)state;
  static const struct {
    const char *open, *core, *close;
    unsigned most;
  } rows[] = {
      {"(", "a", ")", NESTING_MAX},         {"not ", "a", "", NESTING_MAX},   {"-", "a", "", NESTING_MAX},
      {"f(", "a", ")", NESTING_MAX},        {"any of (", "A", ")", NESTING_MAX}, {"", "a", ".b", NESTING_MAX},
      {"(b or (c and ", "a", "))", NESTING_MAX / 2}, {"", "a", " + b", NESTING_MAX},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    for (unsigned over = 0; over < 3; over++) {
      struct subject s;
      struct buf text;
      unsigned times = rows[i].most + (over == 2 ? 2500 : over);
      buf_init(&text, &mem_default);
      buf_str(&text, "let x =\n");
      repeat(&text, rows[i].open, times);
      buf_str(&text, rows[i].core);
      repeat(&text, rows[i].close, times);
      if (over < 2) buf_str(&text, "\nlet y = 1\n");
      buf_byte(&text, '\0');
      subject_open(&s);
      assert_true(subject_run(&s, text.ptr, PASS_LOAD));
      if (s.diags.errors != (over > 0)) fail_msg("%s… %u: %s", rows[i].open, times, subject_said(&s));
      if (over) assert_string_equal(s.diags.list.at[0].code->code, "E108");
      if (over < 2) assert_true(s.c.statements && s.c.statements->next);
      if (over == 1) assert_int_equal(s.c.statements->expr->depth, NESTING_MAX + 1);
      subject_close(&s);
      buf_free(&text);
    }
}

/* Long chains are no nesting. */
static void width_is_not_nesting(void **state) {
  (void)state;
  static const char *const pieces[] = {" or a", " and a"};
  for (size_t i = 0; i < COUNT(pieces); i++) {
    struct subject s;
    struct buf text;
    buf_init(&text, &mem_default);
    buf_str(&text, "let x = a");
    repeat(&text, pieces[i], 5000);
    buf_byte(&text, '\0');
    subject_open(&s);
    assert_true(subject_run(&s, text.ptr, PASS_LOAD));
    assert_string_equal(subject_said(&s), "");
    assert_int_equal(s.c.statements->expr->count, 5001);
    assert_int_equal(s.c.statements->expr->depth, 0);
    subject_close(&s);
    buf_free(&text);
  }
}

static void members_are_limited(void **state) {
  (void)state;
  for (unsigned count = MEMBERS_MAX; count <= MEMBERS_MAX + 1; count++) {
    struct subject s;
    struct buf text;
    buf_init(&text, &mem_default);
    buf_str(&text, "let x = any of (\na");
    repeat(&text, ",a", count - 1);
    buf_str(&text, ")");
    buf_byte(&text, '\0');
    subject_open(&s);
    assert_true(subject_run(&s, text.ptr, PASS_LOAD));
    assert_string_equal(subject_said(&s), count > MEMBERS_MAX ? "E214@2:1" : "");
    subject_close(&s);
    buf_free(&text);
  }
}

/* --- memory --- */

static const char everything[] =
    "include \"a\" list l : name { \"a\" } list l += from \"f\" list l -= { /x/i } map m { \"k\" = { \"v\" } }\n"
    "let x = not (a or b and c) == f(1, \"\\x41\") + -2 let y = a.b(1) not in { 1.2.3.0/24, true }\n"
    "rule R { describe \"d\" see \"s\" tags a, b group g score 1 when 2 of (A, B_*, !c)\n"
    "  test hit \"t\" { helo \"a\" A hit dns { MX \"x\" 10 \"y\" } } }\n"
    "group g { cap 1 floor -1 } exempt E { describe \"d\" when a =~ m{x}i }\n"
    "score R 2 disable R action reject at 5 \"no\" action tag off\n"
    "test \"t\" { expect R expect score >= 1 expect action tag }\n"
    "let z = a == \nrule Mixed { describe 'q' describe \"a\\q\" score 1.2345 when 1.2.3.400 }\n";

/* Whichever allocation fails, by itself or with all behind it: no crash, no leak, and it is told. */
static void memory_out_at_any_allocation(void **state) {
  (void)state;
  size_t failures = 0;
  for (int after = 0; after < 2; after++)
    for (size_t nth = 1;; nth++) {
      struct subject s;
      bool opened = subject_open_failing(&s, nth, after), whole = false;
      if (opened) whole = subject_run(&s, everything, PASS_LOAD);
      bool failed = s.alloc.calls >= nth;
      bool diags_failed = s.diags.arena.failed;
      failures += failed;
      if (whole && failed && !diags_failed) fail_msg("allocation %zu failed and nobody noticed", nth);
      subject_close(&s);
      if (!failed) break;
    }
  assert_true(failures > 4);
}

/* The arena asks for big pieces, so most of its allocations never meet the allocator: here each small step of it
 * does, by a bound that grows. */
static void memory_out_at_any_byte(void **state) {
  (void)state;
  size_t done[2] = {0, 0};
  for (size_t used = 0;; used += 16) {
    struct subject s;
    subject_open(&s);
    s.c.arena.cap = s.c.arena.total;
    size_t left = 0;
    while (arena_new(&s.c.arena, 1)) left += 16;
    subject_close(&s);
    if (used > left) break;
    subject_open(&s);
    struct text bytes = text_from("let x = a or f(\"b\") and 2 of (A, c) rule R { describe \"d\" score 1 when x }");
    uint32_t file = sources_add(&s.c.sources, TEXT("t"), bytes, SPAN_NONE);
    size_t room = 0;
    s.c.arena.cap = s.c.arena.total;
    for (; room + used < left && arena_new(&s.c.arena, 1); room += 16) {}
    struct stmt *out = NULL;
    bool whole = parse_file(&s.c.arena, &s.diags, file, bytes, &out);
    assert_true(whole != s.c.arena.failed);
    done[whole]++;
    subject_close(&s);
  }
  assert_true(done[false] > 8 && done[true] > 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(precedence),           cmocka_unit_test(associativity),
      cmocka_unit_test(every_operator),       cmocka_unit_test(statements),
      cmocka_unit_test(tests_in_rules),       cmocka_unit_test(tests_of_connections),
      cmocka_unit_test(clauses_stand_once),   cmocka_unit_test(places),
      cmocka_unit_test(places_of_sets),
      cmocka_unit_test(nesting_is_limited),   cmocka_unit_test(width_is_not_nesting),
      cmocka_unit_test(members_are_limited),  cmocka_unit_test(memory_out_at_any_allocation),
      cmocka_unit_test(memory_out_at_any_byte),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
