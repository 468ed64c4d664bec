/* Tests what a test adds to lists and maps (grammar/test_lists.c): how its lines become gains, and the sets of the
 * program that is made of them. How such a test then answers is the affair of unit/lang/lists. */
#include "compile_text.h"

#include "grammar/test_lists.h"

#define RULES(condition, lines) \
  "rule A { describe \"d\" score 1 when " condition " test hit { " lines " } }"

/* --- sets as text --- */

static void print_set(struct buf *out, const struct set *set) {
  buf_byte(out, '{');
  for (uint32_t i = 0; i < set->count; i++) {
    if (i) buf_byte(out, ' ');
    if (set->kind == SET_NETWORKS)
      network_print(out, set->networks[i]);
    else if (set->kind == SET_PATTERNS)
      buf_printf(out, "/%.*s/", TEXT_ARG(set->patterns[i].source));
    else
      buf_text(out, set->texts[i]);
  }
  buf_byte(out, '}');
}

/* "{a b} {c} k={d}": the sets that no map has, then the maps. */
static const char *print_program(struct buf *out, const struct program *p) {
  buf_clear(out);
  for (uint32_t i = 0; i < p->sets_count; i++) {
    bool mapped = p->sets[i].kind == SET_RULES;
    for (uint32_t m = 0; m < p->maps_count; m++)
      for (uint32_t k = 0; k < p->maps[m].count; k++) mapped |= p->maps[m].entries[k].set == i;
    if (mapped) continue;
    if (out->len) buf_byte(out, ' ');
    print_set(out, &p->sets[i]);
  }
  for (uint32_t m = 0; m < p->maps_count; m++)
    for (uint32_t k = 0; k < p->maps[m].count; k++) {
      if (out->len) buf_byte(out, ' ');
      buf_printf(out, "%.*s=", TEXT_ARG(p->maps[m].entries[k].key));
      print_set(out, &p->sets[p->maps[m].entries[k].set]);
    }
  buf_byte(out, '\0');
  return out->ptr;
}

/* The gains of the last rule's first test. */
static const struct test_lists *first_gains(const struct subject *s) {
  return s->c.rules.at[s->c.rules.count - 1].body->tests->lists;
}

static void open_whole(struct subject *s, const char *text) {
  subject_open(s);
  if (subject_compile(s, text) != ASSAY_OK) fail_msg("%s\n%s", text, subject_said(s));
}

/* --- a program that holds more --- */

static void sets_gain_what_the_test_adds(void **state) {
  (void)state;
  static const struct {
    const char *text, *before, *after;
  } rows[] = {
      {"list l : name { \"a\" }" RULES("helo in l", "list l += { \"B.Example.\" }"), "{a}", "{a b.example}"},
      {"list l : name { }" RULES("helo in l", "list l += { \"b\" }"), "{}", "{b}"},
      {"list l : name { \"a\" }" RULES("helo in l", "list l += { }"), "{a}", "{a}"},
      {"list l : name { \"a\" }" RULES("helo in l", "list l += { \"b\" } helo \"x\" list l += { \"c\" }"), "{a}",
       "{a b c}"},
      {"list l : network { 10.0.0.0/8 }" RULES("client.ip in l", "list l += { 192.0.2.1 }"), "{10.0.0.0/8}",
       "{10.0.0.0/8 192.0.2.1/32}"},
      {"list l : regex { /a/ }" RULES("helo in l", "list l += { /b/ }"), "{/a/}", "{/a/ /b/}"},
      {"list l : mailbox { \"@a\" }" RULES("mail.from in l", "list l += { \"X@B\" }"), "{@a}", "{@a x@b}"},
      /* A use as zones has a set of its own, and gains too. */
      {"list l : name { \"a.b\" }" RULES("helo in l and dnsbl(l)", "list l += { \"Z.Example\" }"), "{a.b} {a.b}",
       "{a.b z.example} {a.b z.example}"},
      /* Others stay as they are, equal or not, and a list that nothing asks has no set. */
      {"list l : name { \"a\" } list m : name { \"a\" }" RULES("helo in l and helo in m", "list m += { \"b\" }"),
       "{a} {a}", "{a} {a b}"},
      {"list l : name { \"a\" }" RULES("helo in l and helo not in { \"a\" }", "list l += { \"b\" }"), "{a} {a}",
       "{a b} {a}"},
      {"list l : name { \"a\" } list m : name { \"a\" }" RULES("helo in l", "list m += { \"b\" }"), "{a}", "{a}"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    struct program more;
    open_whole(&s, rows[i].text);
    const struct program *from = &s.verified->program;
    if (strcmp(print_program(&s.out, from), rows[i].before) != 0) fail_msg("row %zu before: %s", i, s.out.ptr);
    assert_true(test_lists_extend(&more, from, &s.c, first_gains(&s)));
    if (strcmp(print_program(&s.out, &more), rows[i].after) != 0) fail_msg("row %zu after: %s", i, s.out.ptr);
    assert_string_equal(print_program(&s.out, from), rows[i].before); /* which others still run on */
    assert_ptr_equal(more.code, from->code);
    arena_free(&more.arena);
    subject_close(&s);
  }
}

/* Pairs are kept from the last to the first, which makes no difference to what is asked of a map. */
static void maps_gain_what_the_test_adds(void **state) {
  (void)state;
#define MAP "map m { \"a\" = { \"a.example\" }, \"b\" = { } }"
  static const struct {
    const char *lines, *after;
  } rows[] = {
      {"map m += { \"c\" = { \"c.example\" } }", "b={} a={a.example} c={c.example}"},
      {"map m += { \"A\" = { \"a.test\" } }", "b={} a={a.example a.test}"},
      {"map m += { \"b\" = { \"b.test\" } }", "b={b.test} a={a.example}"},
      {"map m += { \"c\" = { } }", "b={} a={a.example} c={}"},
      {"map m += { }", "b={} a={a.example}"},
      {"map m += { \"d\" = { \"x\" }, \"a\" = { \"y\" } } map m += { \"c\" = { \"z\" }, \"d\" = { \"w\" } }",
       "b={} a={a.example y} d={x w} c={z}"},
      {"map idle += { \"k\" = { \"v\" } }", "b={} a={a.example}"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    struct program more;
    subject_open(&s);
    static const char around[] = MAP " map idle { }" RULES("forged(helo, m)", "%s");
    const char *text = arena_printf(&s.c.arena, around, rows[i].lines).ptr;
    if (subject_compile(&s, text) != ASSAY_OK) fail_msg("%s\n%s", text, subject_said(&s));
    const struct program *from = &s.verified->program;
    assert_true(test_lists_extend(&more, from, &s.c, first_gains(&s)));
    if (strcmp(print_program(&s.out, &more), rows[i].after) != 0) fail_msg("row %zu: %s", i, s.out.ptr);
    assert_string_equal(print_program(&s.out, from), "b={} a={a.example}");
    arena_free(&more.arena);
    subject_close(&s);
  }
}

/* --- lines --- */

static void lines_are_joined_by_what_they_name(void **state) {
  (void)state;
  struct subject s;
  open_whole(&s, "list k : name { } list l : name { } map m { } map n { }" RULES("helo in l",
                 "list l += { \"a\" } map n += { \"x\" = { } } list k += { \"b\" } list l += { \"c\" }"
                 " map n += { \"y\" = { } }"));
  const struct test_lists *gains = first_gains(&s);
  assert_int_equal(gains->lists.count, 2);
  assert_int_equal(gains->lists.at[0].number, 1);
  assert_int_equal(gains->lists.at[0].more.items.count, 2);
  assert_int_equal(gains->lists.at[1].number, 0);
  assert_int_equal(gains->maps.count, 1);
  assert_int_equal(gains->maps.at[0].number, 1);
  assert_int_equal(gains->maps.at[0].more.entries.count, 2);
  assert_int_equal(s.c.lists.at[1].items.count, 0); /* the rules' own list is not touched */
  subject_close(&s);
}

static void a_test_without_lines_gains_nothing(void **state) {
  (void)state;
  struct subject s;
  open_whole(&s, "list l : name { }" RULES("helo in l", "helo \"x\""));
  assert_null(first_gains(&s));
  subject_close(&s);
}

static void wrong_lines(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"list l : name { }\n" RULES("helo in l", "\nlist k += { \"a\" }"), "E203@3:6"},
      {"let l = helo\n" RULES("l", "\nlist l += { \"a\" }"), "E203@3:6(1:5)"},
      {"map m { }\n" RULES("forged(helo, m)", "\nlist m += { \"a\" }"), "E203@3:6(1:5)"},
      {"list l : name { }\n" RULES("helo in l", "\nmap l += { \"a\" = { } }"), "E203@3:5(1:6)"},
      {"list l : name { }\n" RULES("helo in l", "\nlist l += { 5, \"a\" }"), "E210@3:13"},
      {"map m { }\n" RULES("forged(helo, m)", "\nmap m += { \"a\" = { 192.0.2.1 } }"), "E210@3:20"},
      {"list l : name { }\ntest \"t\" {\nlist k += { \"a\" } expect action accept }", "E203@3:6"},
      /* Of a list that is broken nothing more is said. */
      {"list l : nam {\n" RULES("helo", "\nlist l += { 5 }"), "E101@2:1(1:14)"},
  };
  expect_said(PASS_TESTS, rows, COUNT(rows));
}

/* --- memory --- */

/* Whichever allocation fails: false, and what was made goes with its arena. There are enough items for several. */
static void memory_out(void **state) {
  (void)state;
  struct subject s;
  struct buf text;
  buf_init(&text, &mem_default);
  buf_str(&text, "list l : name { \"a\" } map m { \"k\" = { \"v\" } } rule A { describe \"d\" score 1\n"
                 "when helo in l and dnsbl(l) and forged(helo, m)\n"
                 "test hit { map m += { \"n\" = { \"w\" } } list l += {");
  for (int i = 0; i < 2000; i++) buf_printf(&text, "\"item-%d.example\", ", i);
  buf_str(&text, "} map m += { \"k\" = { \"x\" } } } }");
  buf_byte(&text, '\0');
  open_whole(&s, text.ptr);
  buf_free(&text);
  const struct test_lists *gains = first_gains(&s);
  size_t refused = 0;
  for (size_t nth = 1; nth; nth++) {
    struct test_alloc t;
    struct program from = s.verified->program, more;
    test_alloc_failing(&t, nth, nth % 2);
    arena_init(&from.arena, &t.alloc, SIZE_MAX);
    bool whole = test_lists_extend(&more, &from, &s.c, gains);
    bool failed = t.calls >= nth;
    assert_int_equal(whole, !failed);
    refused += failed;
    arena_free(&more.arena);
    assert_true(test_alloc_clean(&t));
    if (!failed) break;
  }
  assert_true(refused > 3);
  subject_close(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sets_gain_what_the_test_adds),       cmocka_unit_test(maps_gain_what_the_test_adds),
      cmocka_unit_test(lines_are_joined_by_what_they_name), cmocka_unit_test(a_test_without_lines_gains_nothing),
      cmocka_unit_test(wrong_lines),                        cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
