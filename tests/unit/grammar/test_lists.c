/* Tests the items of lists and maps: additions before removals whatever their order, files with one item a line, what
 * each type can hold, and items that nothing can equal. */
#include "compile_text.h"

#include "tree_text.h"

/* The items of list `index`, as in its inline form. */
static const char *items_of(struct subject *s, size_t index) {
  struct text no_name = TEXT("");
  struct list *list = &s->c.lists.at[index];
  list->name.text = no_name;
  struct expr e = {.kind = E_LIST, .index = (uint32_t)index};
  buf_clear(&s->out);
  print_expr(&s->out, &s->c, &e);
  buf_byte(&s->out, '\0');
  return s->out.ptr;
}

struct row {
  const char *text, *items, *said;
};

static const struct memory_file files[] = {
    {"names", "# a comment\n a.example \n\nB.Example. # another\r\nc#d.example\n\t\nlast.example", NULL, ASSAY_OK},
    {"empty", "", NULL, ASSAY_OK},
    {"comments", "#\n  # x\n\n", NULL, ASSAY_OK},
    {"addresses", "192.0.2.1\n2001:DB8::1 # x\n::ffff:192.0.2.2\n", NULL, ASSAY_OK},
    {"networks", "192.0.2.0/24\n192.0.2.1\n::/0\n", NULL, ASSAY_OK},
    {"bad_networks", "192.0.2.1/24\nx\n192.0.2.01\n192.0.2.0/33\n10.0.0.0/8\n", NULL, ASSAY_OK},
    {"bad_addresses", "192.0.2.0/24\n192.0.2.1\n", NULL, ASSAY_OK},
    {"mailboxes", "A@B.example\n@c.example\nd@\nx\n@\n", NULL, ASSAY_OK},
    {"regexes", "^dyn\n/a b/i\n/x\n/y/z\n/(/\n(\nq/i\n#r\ns #t\n//\n", NULL, ASSAY_OK},
    {"twice", "/a/ii\n/b/im\n", NULL, ASSAY_OK},
    {"strings", "a b\n \"q\" \n'x'\n", NULL, ASSAY_OK},
    {"huge", "", NULL, ASSAY_OVER_LIMIT},
    {"locked", "", NULL, ASSAY_IO_ERROR},
    {"d/main", "list l : name from \"names\"", NULL, ASSAY_OK},
    {"d/names", "near.example", NULL, ASSAY_OK},
};

static void expect_rows(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct subject s;
    subject_open(&s);
    subject_files(&s, files, COUNT(files));
    assert_true(subject_run(&s, rows[i].text, PASS_LISTS));
    if (strcmp(subject_said(&s), rows[i].said) != 0)
      fail_msg("%s: said \"%s\", want \"%s\"", rows[i].text, subject_said(&s), rows[i].said);
    if (strcmp(items_of(&s, 0), rows[i].items) != 0)
      fail_msg("%s: holds %s, want %s", rows[i].text, items_of(&s, 0), rows[i].items);
    subject_close(&s);
  }
}

static void each_type_holds_its_items(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"list l : name { \"A.Example.\", \"b\" }", "{\"a.example\" \"b\"}", ""},
      {"list l : name { \"m\xC3\xBCller.example\" }", "{\"xn--mller-kva.example\"}", ""},
      {"list l : string { \"A.Example.\", \"b c\" }", "{\"A.Example.\" \"b c\"}", ""},
      {"list l : address { 192.0.2.1, 2001:db8::1 }", "{192.0.2.1/32 2001:db8::1/128}", ""},
      {"list l : network { 192.0.2.1, 10.0.0.0/8, ::/0, ::1 }", "{192.0.2.1/32 10.0.0.0/8 ::/0 ::1/128}", ""},
      {"list l : mailbox { \"A@B.example\", \"@B.example\", \"a@\" }", "{\"a@b.example\" \"@b.example\" \"a@\"}", ""},
      {"list l : regex { /A/i, /b/ }", "{/A/i /b/}", ""},
  };
  expect_rows(rows, COUNT(rows));
}

static void each_type_refuses_the_others(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"list l : name { 192.0.2.1, \"a\", 5, true, /x/, 10.0.0.0/8, -1 }", "{\"a\"}",
       "E210@1:17 E210@1:33 E210@1:36 E210@1:42 E210@1:47 E210@1:59"},
      {"list l : string { 192.0.2.1, /x/, \"a\" }", "{\"a\"}", "E210@1:19 E210@1:30"},
      {"list l : address { \"192.0.2.1\", 10.0.0.0/8, 192.0.2.1 }", "{192.0.2.1/32}", "E210@1:20 E210@1:33"},
      {"list l : network { \"192.0.2.1\", /x/, 10.0.0.0/8 }", "{10.0.0.0/8}", "E210@1:20 E210@1:33"},
      {"list l : mailbox { \"a\", \"\", \"@\", \"<>\", 192.0.2.1, \"a@b\" }", "{\"a@b\"}",
       "E210@1:20 E210@1:25 E210@1:29 E210@1:34 E210@1:40"},
      {"list l : regex { \"x\", 5, /y/ }", "{/y/}", "E210@1:18 E210@1:23"},
  };
  expect_rows(rows, COUNT(rows));
}

static void items_that_nothing_equals(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"list l : name { \"*.a\" }", "{\"*.a\"}", "W307@1:17"},
      {"list l : name { \".a\" }", "{\".a\"}", "W307@1:17"},
      {"list l : name { \"\" }", "{\"\"}", "W307@1:17"},
      {"list l : string { \"\", \" \", \"*\" }", "{\"\" \" \" \"*\"}", "W307@1:19"},
      {"list l : mailbox { \"*@a\" }", "{\"*@a\"}", ""},
  };
  expect_rows(rows, COUNT(rows));
}

static void additions_come_before_removals(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"list l : name { \"a\", \"b\" }\nlist l -= { \"a\" }", "{\"b\"}", ""},
      {"list l -= { \"a\" }\nlist l : name { \"a\", \"b\" }", "{\"b\"}", ""},
      {"list l += { \"c\" }\nlist l : name { \"a\" }", "{\"c\" \"a\"}", ""},
      {"list l : name { \"b\" }\nlist l -= { \"a\" }\nlist l += { \"a\" }", "{\"b\"}", ""},
      {"list l -= { \"a\" }\nlist l += { \"a\", \"a\" }\nlist l : name { \"a\" }", "{}", ""},
      /* Compared form against compared form. */
      {"list l : name { \"A.example.\" }\nlist l -= { \"a.EXAMPLE\" }", "{}", ""},
      {"list l : mailbox { \"A@b\" }\nlist l -= { \"<a@B>\" }", "{}", ""},
      {"list l : string { \"A\" }\nlist l -= { \"a\" }", "{\"A\"}", "W301@2:13(1:6)"},
      {"list l : regex { /a/, /a/i }\nlist l -= { /a/ }", "{/a/i}", ""},
      {"list l : network { 10.0.0.0/8, 10.0.0.0/9 }\nlist l -= { 10.0.0.0/8 }", "{10.0.0.0/9}", ""},
      {"list l : network { 192.0.2.1/32 }\nlist l -= { 192.0.2.1 }", "{}", ""},
      {"list l : address { 192.0.2.1 }\nlist l -= { ::ffff:192.0.2.1 }", "{}", ""},
      {"list l : network { ::/0, 0.0.0.0/0 }\nlist l -= { 0.0.0.0/0 }", "{::/0}", ""},
      {"list l : name { \"a\" }\nlist l -= { \"b\", \"a\", \"b\" }", "{}", "W301@2:13(1:6) W301@2:23(1:6)"},
      {"list l : name { \"a\" }\nlist l -= from \"empty\"", "{\"a\"}", ""},
      {"list l : name from \"names\"\nlist l -= { \"b.example\", \"c#d.example\" }",
       "{\"a.example\" \"last.example\"}", ""},
      {"list l : name { \"last.example\" }\nlist l -= from \"names\"", "{}",
       "W301@names:2:2(1:6) W301@names:4:1(1:6) W301@names:5:1(1:6)"},
      {"list l : name { \"a\" }\nlist l -= { 5 }", "{\"a\"}", "E210@2:13"},
  };
  expect_rows(rows, COUNT(rows));
}

static void one_item_a_line(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"list l : name from \"names\"", "{\"a.example\" \"b.example\" \"c#d.example\" \"last.example\"}", ""},
      {"list l : name from \"empty\"", "{}", ""},
      {"list l : name from \"comments\"", "{}", ""},
      {"list l : name { \"x\" }\nlist l += from \"names\"\nlist l += { \"y\" }",
       "{\"x\" \"a.example\" \"b.example\" \"c#d.example\" \"last.example\" \"y\"}", ""},
      {"list l : address from \"addresses\"", "{192.0.2.1/32 2001:db8::1/128 192.0.2.2/32}", ""},
      {"list l : network from \"networks\"", "{192.0.2.0/24 192.0.2.1/32 ::/0}", ""},
      {"list l : network from \"bad_networks\"", "{10.0.0.0/8}",
       "E210@bad_networks:1:1 E210@bad_networks:2:1 E210@bad_networks:3:1 E210@bad_networks:4:1"},
      {"list l : address from \"bad_addresses\"", "{192.0.2.1/32}", "E210@bad_addresses:1:1"},
      {"list l : mailbox from \"mailboxes\"", "{\"a@b.example\" \"@c.example\" \"d@\"}",
       "E210@mailboxes:4:1 E210@mailboxes:5:1"},
      {"list l : regex from \"regexes\"", "{/^dyn/ /a b/i //x/ /q/i/ /s/ //}",
       "E106@regexes:4:1 E106@regexes:5:1 E106@regexes:6:1"},
      {"list l : regex from \"twice\"", "{/b/im}", "E106@twice:1:1"},
      {"list l : string from \"strings\"", "{\"a b\" \"\\\"q\\\"\" \"'x'\"}", ""},
      {"list l : name from \"nowhere\"", "{}", "E110@1:20"},
      {"list l : name from \"huge\"\nlist l += { \"a\" }", "{\"a\"}", "E109@1:20"},
      {"list l : name from \"locked\"", "{}", "E110@1:20"},
  };
  expect_rows(rows, COUNT(rows));
  struct subject s;
  subject_open(&s);
  subject_files(&s, files, COUNT(files));
  assert_true(subject_run_files(&s, "d/main", PASS_LISTS));
  assert_string_equal(items_of(&s, 0), "{\"near.example\"}"); /* beside the file that holds the statement */
  subject_close(&s);
}

static void lists_must_be_there(void **state) {
  (void)state;
  static const struct said_row rows[] = {
      {"list l += { \"a\" }", "E203@1:6"},
      {"list l -= from \"nowhere\"", "E203@1:6"},
      {"let l = helo\nlist l += { \"a\" }", "E203@2:6(1:5)"},
      {"map m += { \"a\" = { \"b\" } }", "E203@1:5"},
      {"list m : name { \"a\" }\nmap m += { \"a\" = { \"b\" } }", "E203@2:5(1:6)"},
      /* The second definition has been reported; its items do not go anywhere strange. */
      {"let m = helo\nmap m { \"a\" = { \"b\" } }", "E201@2:5(1:5)"},
  };
  expect_said(PASS_LISTS, rows, COUNT(rows));
}

static void maps(void **state) {
  (void)state;
  static const struct {
    const char *text, *first; /* the first key, and its values */
    size_t keys;
    const char *values, *said;
  } rows[] = {
      {"map m { \"K\" = { \"A.example.\", \"b\" } }", "k", 1, "{\"a.example\" \"b\"}", ""},
      {"map m { \"k\" = { \"a\" } }\nmap m += { \"K.\" = { \"b\" } }", "k", 1, "{\"a\" \"b\"}", ""},
      {"map m += { \"k\" = { \"b\" } }\nmap m { \"k\" = { \"a\" } }", "k", 1, "{\"b\" \"a\"}", ""},
      {"map m { \"k\" = { \"a\" }, \"l\" = { \"b\" } }", "l", 2, "{\"b\"}", ""},
      {"map m { \"k\" = { 192.0.2.1, \"a\" } }", "k", 1, "{\"a\"}", "E210@1:17"},
      {"map m { \"\" = { \"a\" } }", "", 1, "{\"a\"}", "W307@1:9"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct subject s;
    subject_open(&s);
    assert_true(subject_run(&s, rows[i].text, PASS_LISTS));
    assert_string_equal(subject_said(&s), rows[i].said);
    const struct name_map *map = &s.c.maps.at[0];
    assert_int_equal(map->entries.count, rows[i].keys);
    assert_int_equal(map->lists.count, rows[i].keys);
    assert_true(text_is(map->entries.at[0].key, rows[i].first));
    struct list values = map->lists.at[0], *slot = vec_add(&s.c.arena, &s.c.lists);
    assert_non_null(slot);
    *slot = values;
    assert_string_equal(items_of(&s, s.c.lists.count - 1), rows[i].values);
    subject_close(&s);
  }
}

/* Without warnings nothing is said of items that are merely odd, but errors are. */
static void warnings_can_be_off(void **state) {
  (void)state;
  struct subject s;
  subject_open(&s);
  s.c.lint = false;
  assert_true(subject_run(&s, "list l : name { \"*.a\", 5 }\nlist l -= { \"x\" }\nmap m { \"\" = { \"\" } }",
                          PASS_LISTS));
  assert_string_equal(subject_said(&s), "E210@1:24");
  subject_close(&s);
}

/* Memory may run out anywhere between the first look at a removal and the last. */
static void memory_out(void **state) {
  (void)state;
  struct buf text;
  buf_init(&text, &mem_default);
  buf_str(&text, "list l : regex { /a/ }\nlist l -= { /a/");
  for (int i = 0; i < 2000; i++) buf_printf(&text, ", /removed%d/", i);
  buf_str(&text, " }\nlist n : network from \"bad_networks\"\nlist n -= from \"networks\"\n");
  buf_byte(&text, '\0');
  size_t failures = 0;
  for (size_t nth = 1;; nth++) {
    struct subject s;
    bool opened = subject_open_failing(&s, nth, true), whole = false;
    subject_files(&s, files, COUNT(files));
    if (opened) whole = subject_run(&s, text.ptr, PASS_LISTS);
    bool failed = s.alloc.calls >= nth;
    failures += failed;
    if (failed && whole && !s.diags.arena.failed) fail_msg("allocation %zu failed and nobody noticed", nth);
    subject_close(&s);
    if (!failed) break;
  }
  assert_true(failures > 8);
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_type_holds_its_items),      cmocka_unit_test(each_type_refuses_the_others),
      cmocka_unit_test(items_that_nothing_equals),      cmocka_unit_test(additions_come_before_removals),
      cmocka_unit_test(one_item_a_line),                cmocka_unit_test(lists_must_be_there),
      cmocka_unit_test(maps),                           cmocka_unit_test(warnings_can_be_off),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
