/* Tests a whole compilation: which status each kind of failure gives, that failure leaves nothing behind, and that
 * memory may run out at any allocation. */
#include "compile_text.h"

#define RULE(name, condition) "rule " name " { describe \"d\" score 1 when " condition " }\n"

static const struct memory_file files[] = {
    {"good", RULE("A", "helo"), NULL, ASSAY_OK},
    {"also_good", "include \"good\"\n" RULE("B", "A"), NULL, ASSAY_OK},
    {"bad", RULE("A", "hello"), NULL, ASSAY_OK},
    {"bad_include", "include \"nowhere\"\n" RULE("A", "helo"), NULL, ASSAY_OK},
    {"locked", "", NULL, ASSAY_IO_ERROR},
    {"huge", "", NULL, ASSAY_OVER_LIMIT},
};

static void the_status_of_files(void **state) {
  (void)state;
  static const struct {
    const char *paths[3];
    assay_status status;
    const char *said;
  } rows[] = {
      {{"good"}, ASSAY_OK, "W304@good:1:1"},
      {{"also_good"}, ASSAY_OK, "W304@also_good:2:1 W304@good:1:1"},
      {{NULL}, ASSAY_OK, ""}, /* no rules are rules */
      {{"bad"}, ASSAY_BAD_RULES, "E203@bad:1:36"},
      {{"bad_include"}, ASSAY_BAD_RULES, "E110@bad_include:1:9"},
      {{"nowhere"}, ASSAY_NOT_FOUND, "E110@-"},
      {{"locked"}, ASSAY_IO_ERROR, "E110@-"},
      {{"huge"}, ASSAY_OVER_LIMIT, "E109@-"},
      /* The first path that cannot be read decides, and what is wrong with the others is said as well. */
      {{"good", "nowhere", "locked"}, ASSAY_NOT_FOUND, "E110@- E110@-"},
      {{"bad", "locked"}, ASSAY_IO_ERROR, "E110@- E203@bad:1:36"},
      {{"locked", "bad"}, ASSAY_IO_ERROR, "E110@- E203@bad:1:36"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    struct text paths[3];
    size_t count = 0;
    while (count < COUNT(paths) && rows[i].paths[count]) paths[count] = text_from(rows[i].paths[count]), count++;
    subject_open(&s);
    subject_files(&s, files, COUNT(files));
    assay_status status = compile_run(&s.verified, &s.c, paths, count, NULL, &s.alloc.alloc);
    if (status != rows[i].status || strcmp(subject_said(&s), rows[i].said) != 0)
      fail_msg("row %zu: status %d, said %s", i, (int)status, subject_said(&s));
    assert_int_equal(s.verified != NULL, status == ASSAY_OK);
    assert_null(s.diags.sources); /* diagnostics outlive the compilation */
    subject_close(&s);
  }
}

/* An error of each pass is told, though passes before it have told one too. */
static void each_pass_refuses(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"let x =", "E101@1:8"},
      {RULE("A", "helo") RULE("A", "helo"), "E201@2:6(1:6)"},
      {"list l : name { 5 }", "E210@1:17"},
      {RULE("A", "hello"), "E203@1:36"},
      {RULE("A", "A"), "E111@1:6"},
      {RULE("A", "helo == 5"), "E206@1:36"},
      {"test \"t\" {}", "E215@1:1"},
      {"action tag at 5 \"{x}\"", "E213@1:17"},
      {"let x =\n" RULE("A", "hello") RULE("A", "helo") RULE("B",
                                                             "helo == 5") "list l : name { 5 }\naction tag at 5 "
                                                             "\"{x}\"\n"
       "test \"t\" {}", "E101@2:1 E203@2:36 E201@3:6(2:6) E206@4:36 E210@5:17 E213@6:17 E215@7:1"},
      /* A circle keeps nothing else from being said. */
      {RULE("A", "A and helo == 5") RULE("B", "helo == 5") "test \"t\" {}", "E111@1:6 E206@1:42 E206@2:36 E215@3:1"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assay_status status = subject_compile(&s, rows[i].text);
    if (status != ASSAY_BAD_RULES || s.verified || strcmp(subject_said(&s), rows[i].said) != 0)
      fail_msg("%s\n  status %d, said %s\n  want %s", rows[i].text, (int)status, subject_said(&s), rows[i].said);
    subject_close(&s);
  }
}

/* Warnings do not refuse; they are said only where they are asked for, and not behind an error. */
static void warnings(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool lint;
    const char *said;
  } rows[] = {
      {RULE("A", "helo != \"x\"") "let u = helo", true, "W304@1:1 W303@1:36 W305@2:5"},
      {RULE("A", "helo != \"x\"") "let u = helo", false, ""},
      {RULE("A", "hello") "let u = helo", true, "E203@1:36"},
      {RULE("A", "any of (X_*)"), false, "W301@1:44"}, /* for what the rules say in themselves */
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    s.c.lint = rows[i].lint;
    subject_compile(&s, rows[i].text);
    if (strcmp(subject_said(&s), rows[i].said) != 0) fail_msg("row %zu: %s", i, subject_said(&s));
    subject_close(&s);
  }
}

static const char everything[] =
    "let x = helo.org_domain let both = helo or auth.user and x == \"a\"\n"
    "list l : name { \"a\", \"*.b\" } list l -= { \"a\", \"c\" } map m { \"k\" = { \"v\" } }\n"
    "rule A { describe \"d\" see \"s\" tags t group g score 1 when helo in l or both or helo =~ /(a+)+/ }\n"
    "rule B { describe \"d\" score 1 when 2 of (A, not both, helo in { \"a\", /b*/ }, client.ip in ::/0) }\n"
    "rule C { describe \"d\" score 9 when score of (A, B) > 1 and (A == B) and forged(helo, m) and dnsbl(\"z\") }\n"
    "rule D { describe \"d\" score 1 when any(rcpt).domain under l and rcpt.count not in { 1, 2 } and any of (A*)\n"
    "  test hit { helo \"a\" dns { A \"x\" 192.0.2.1 } A hit } }\n"
    "group g { cap 1 } exempt E { describe \"d\" when A and client.ip.reverse != \"x\" }\n"
    "score A 2 disable B action reject at 5 \"no {top}\" test \"t\" { helo \"a\" expect A }\n";

static const char everything_wrong[] =
    "include \"nowhere\" let a = b let b = a let c = hello + 1.5 let d = 192.0.2.300\n"
    "list l : regex from \"patterns\" list n : network from \"networks\"\n"
    "rule A { describe \"d\" score 1 when helo == 5 and helo.nothing and contains(helo) and X and 9 of (A) }\n"
    "rule A { describe \"d\" score 1 when helo = 5 }\n"
    "action reject at 1 action tag at 2 \"{x}\" test \"t\" { hello \"x\" }\n";

static const struct memory_file parts[] = {
    {"patterns", "(\n/a/q\n^ok$\n", NULL, ASSAY_OK},
    {"networks", "192.0.2.1/24\nx\n10.0.0.0/8\n", NULL, ASSAY_OK},
};

/* Whichever allocation fails, alone or with all behind it: ASSAY_NO_MEMORY, no program, no leak. */
static void memory_out_at_any_allocation(void **state) {
  (void)state;
  static const struct {
    const char *text;
    assay_status status; /* with memory */
  } rows[] = {{everything, ASSAY_OK}, {everything_wrong, ASSAY_BAD_RULES}};
  for (size_t i = 0; i < COUNT(rows) * 2; i++)
    for (size_t nth = 1;; nth++) {
      struct subject s;
      bool opened = subject_open_failing(&s, nth, i % 2);
      subject_files(&s, parts, COUNT(parts));
      assay_status status = opened ? subject_compile(&s, rows[i / 2].text) : ASSAY_NO_MEMORY;
      bool failed = s.alloc.calls >= nth;
      if (status != (failed ? ASSAY_NO_MEMORY : rows[i / 2].status) || (failed && s.verified))
        fail_msg("row %zu, allocation %zu: status %d, said %s", i, nth, (int)status, subject_said(&s));
      subject_close(&s);
      if (!failed) break;
    }
}

/* Small steps of the arena do not reach the allocator; a bound on it does the same at each of its pieces. */
static void memory_out_at_any_bound(void **state) {
  (void)state;
  static const char *const texts[] = {everything, everything_wrong};
  for (size_t i = 0; i < COUNT(texts); i++)
    for (size_t room = 0, done = 0; !done; room += 512) {
      struct subject s;
      subject_open(&s);
      subject_files(&s, parts, COUNT(parts));
      s.c.arena.cap = s.c.arena.total + room;
      assay_status status = subject_compile(&s, texts[i]);
      done = status != ASSAY_NO_MEMORY;
      assert_int_equal(done, !s.c.arena.failed);
      assert_true(done || !s.verified);
      subject_close(&s);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_status_of_files), cmocka_unit_test(each_pass_refuses),
      cmocka_unit_test(warnings),           
      cmocka_unit_test(memory_out_at_any_allocation), cmocka_unit_test(memory_out_at_any_bound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
