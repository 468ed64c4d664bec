/* Tests the rule set in use and its change: what is loaded and what is refused, by wish and by a file that changes. */
#include "unit/daemon/site.h"

#include <assay/assay.h>
#include <pthread.h>
#include <time.h>

static const char *const one_file[] = {"a.rule", NULL}, *const whole_folder[] = {"", NULL};

#define LISTED "list l : name from \"names.txt\"\n" SITE_RULE("L", "4")
#define ONE SITE_RULE("ONE", "1")
#define TWO SITE_RULE("TWO", "2")
#define FAILING "rule F { describe \"r\" score 8 when helo == \"x\" test hit { helo \"y\" } }\n"

/* --- by wish --- */

static void what_is_broken_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;   /* NULL: the file is gone */
    const char *answer; /* how the line in the log begins */
    const char *words;  /* what is said as well */
    int64_t score;
  } rows[] = {
      {TWO, RELOADED, "1 rules and 0 lists from 1 files, 2 of 2 tests passed", 2000},
      {TWO, RELOADED, NULL, 2000}, /* the same again */
      {"rule ONE {\n", KEPT, "E101", 2000},
      {"rule ONE { describe \"r\" score 1 when help == \"x\" }\n", KEPT, "did you mean `helo`?", 2000},
      {ONE FAILING, KEPT, "a.rule:4: the test `F hit` fails: expected hit, got miss", 2000},
      {ONE "test \"all\" { helo \"x\" expect score == 5 }\n", KEPT, "the test `all` fails: expected score == 5, got score 1",
       2000},
      {"include \"none.rule\"\n", KEPT, "none.rule", 2000},
      {NULL, KEPT, "No such file or directory", 2000},
      {ONE, RELOADED, NULL, 1000},
      {"", RELOADED, NULL, 0},
  };
  site_write("a.rule", ONE);
  struct rules *rules = site_rules(false, one_file);
  assert_int_equal(site_score(rules), 1000);
  for (size_t i = 0; i < COUNT(rows); i++) {
    size_t before = site_said(rows[i].answer), told = rows[i].words ? site_told(rows[i].words) : 0;
    if (rows[i].text)
      site_write("a.rule", rows[i].text);
    else
      site_remove("a.rule");
    rules_reload(rules);
    site_wait(rows[i].answer, before);
    if (rows[i].words && site_told(rows[i].words) <= told) fail_msg("row %zu: not told: %s", i, rows[i].words);
    if (site_score(rules) != rows[i].score) fail_msg("row %zu: %lld", i, (long long)site_score(rules));
  }
  rules_free(rules);
}

static void a_start_needs_rules_that_compile(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool tested, starts;
    const char *words;
  } rows[] = {
      {"rule ONE {\n", false, false, "the rules do not compile: 1 error"},
      {NULL, false, false, "No such file or directory"},
      {FAILING, false, true, "loaded the rules in spite of tests that fail"},
      {FAILING, true, false, "a reload would refuse the rules: 1 of "},
      {ONE, true, true, "loaded the rules, id "},
  };
  const char *paths[] = {site_path("a.rule")};
  struct rules_options options = {.paths = paths, .count = 1, .watch = true, .say = site_say};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct rules *rules = (struct rules *)(uintptr_t)rows;
    if (rows[i].text) site_write("a.rule", rows[i].text);
    options.tested = rows[i].tested;
    if (rules_new(&rules, &options) != rows[i].starts || (rules != NULL) != rows[i].starts) fail_msg("row %zu", i);
    if (site_told(rows[i].words) != 1) fail_msg("row %zu: not told: %s", i, rows[i].words);
    rules_free(rules);
    if (i == 0) site_remove("a.rule");
  }
  rules_free(NULL);
}

/* Whoever got the old one can use it until it gives it back, and when all the rest is over. */
static void an_old_rule_set_stays_whole(void **state) {
  (void)state;
  site_write("a.rule", ONE);
  struct rules *rules = site_rules(false, one_file);
  assay_ruleset *old = rules_get(rules);
  char id[17];
  strcpy(id, assay_ruleset_id(old));
  site_write("a.rule", TWO);
  rules_reload(rules);
  site_wait(RELOADED, 0);
  assay_ruleset *fresh = rules_get(rules);
  assert_ptr_not_equal(old, fresh);
  rules_free(rules);
  assay_rule_info info;
  assert_int_equal(assay_ruleset_rule_at(old, 0, &info), ASSAY_OK);
  assert_string_equal(info.name, "ONE");
  assert_string_equal(assay_ruleset_id(old), id);
  assert_string_not_equal(assay_ruleset_id(fresh), id);
  assay_ruleset_unref(old);
  assay_ruleset_unref(fresh);
}

/* Holds the thread up in the midst of a reload, for as long as the test holds the lock. */
static void say_and_wait(void *user, const char *level, const char *line, size_t len) {
  pthread_mutex_t *lock = user;
  site_say(NULL, level, line, len);
  pthread_mutex_lock(lock);
  pthread_mutex_unlock(lock);
}

static void who_ends_need_not_wait_for_a_reload(void **state) {
  (void)state;
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  const char *paths[] = {site_path("a.rule")};
  struct rules_options options = {.paths = paths, .count = 1, .say = say_and_wait, .user = &lock};
  struct rules *rules;
  site_write("a.rule", ONE);
  assert_true(rules_new(&rules, &options));
  pthread_mutex_lock(&lock);
  rules_reload(rules);
  site_wait(RELOADED, 0);
  assert_false(rules_stop(rules, 0));
  assert_false(rules_stop(rules, 50));
  pthread_mutex_unlock(&lock);
  assert_true(rules_stop(rules, 60000));
  assert_true(rules_stop(rules, 0)); /* once more is nothing */
  assert_int_equal(site_score(rules), 1000);
  rules_free(rules);
  assert_true(rules_stop(NULL, 0));
}

/* What is in the log cannot drive a terminal, nor end a line. */
static void what_is_said_is_printable(void **state) {
  (void)state;
  site_write("a.rule", ONE);
  struct rules *rules = site_rules(false, one_file);
  site_write("a.rule", "rule F { describe \"r\" score 8 when helo == \"x\" test hit \"a\x1b[2J\" { helo \"y\" } }\n");
  rules_reload(rules);
  site_wait(KEPT, 0);
  assert_int_equal(site_told("\x1b"), 0);
  assert_int_equal(site_told("\n"), 0);
  assert_true(site_told("\\x1b[2J") > 0);
  rules_free(rules);
}

/* --- by itself --- */

static void write_in_place(void) {
  site_write("a.rule", TWO);
}
static void rename_over(void) {
  site_rename_over("a.rule", TWO);
}
static void new_file_in_folder(void) {
  site_write("b.rule", TWO);
}
static void moved_into_folder(void) {
  site_write("b.rule~", TWO);
  site_move("b.rule~", "b.rule");
}
static void gone_from_folder(void) {
  site_remove("b.rule");
}
static void list_changed(void) {
  site_write("names.txt", "b.example\nc.example\n");
}
static void list_renamed_over(void) {
  site_rename_over("names.txt", "b.example\nc.example\n");
}
static void folder_replaced(void) {
  site_folder("fresh");
  site_write("fresh/a.rule", TWO);
  site_move("rules", "rules.old");
  site_move("fresh", "rules");
}
static void data_link_swapped(void) {
  site_folder("..2");
  site_write("..2/a.rule", TWO);
  site_link("..2", "..data_tmp");
  site_move("..data_tmp", "..data");
}
static void behind_a_link(void) {
  site_write("real/a.rule", TWO);
}
static void glob_matches_at_last(void) {
  site_write("conf.d/b.rule", TWO);
}

static void put_one(void) {
  site_write("a.rule", ONE);
}
static void put_two_files(void) {
  put_one();
  site_write("b.rule", TWO);
}
static void put_listed(void) {
  site_write("names.txt", "a.example\n");
  site_write("a.rule", LISTED);
}
static void put_rules_folder(void) {
  site_folder("rules");
  site_write("rules/a.rule", ONE);
}
static void put_data_links(void) {
  site_folder("..1");
  site_write("..1/a.rule", ONE);
  site_link("..1", "..data");
  site_link("..data/a.rule", "a.rule");
}
static void put_link(void) {
  site_folder("real");
  site_write("real/a.rule", ONE);
  site_link("real/a.rule", "a.rule");
}
static void put_glob(void) {
  site_folder("conf.d");
  site_write("a.rule", ONE "include \"conf.d/*.rule\"\n");
}

static const struct change {
  const char *title;
  void (*put)(void);
  const char *names[2];
  void (*change)(void);
  int64_t before, after;
} changes[] = {
    {"written in place", put_one, {"a.rule"}, write_in_place, 1000, 2000},
    {"renamed over", put_one, {"a.rule"}, rename_over, 1000, 2000},
    {"a new file in a folder", put_one, {""}, new_file_in_folder, 1000, 3000},
    {"moved into a folder", put_one, {""}, moved_into_folder, 1000, 3000},
    {"gone from a folder", put_two_files, {""}, gone_from_folder, 3000, 1000},
    {"a list", put_listed, {"a.rule"}, list_changed, 4000, 4000},
    {"a list renamed over", put_listed, {"a.rule"}, list_renamed_over, 4000, 4000},
    {"another folder in the place of one", put_rules_folder, {"rules"}, folder_replaced, 1000, 2000},
    {"another folder on the way", put_rules_folder, {"rules/a.rule"}, folder_replaced, 1000, 2000},
    {"a link on the way", put_data_links, {"a.rule"}, data_link_swapped, 1000, 2000},
    {"a file behind a link", put_link, {"a.rule"}, behind_a_link, 1000, 2000},
    {"a glob that matched nothing", put_glob, {"a.rule"}, glob_matches_at_last, 1000, 3000},
};

static void each_change_is_noticed(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(changes); i++) {
    char id[17];
    assert_int_equal(site_set_up(NULL), 0);
    changes[i].put();
    struct rules *rules = site_rules(true, changes[i].names);
    assay_ruleset *old = rules_get(rules);
    strcpy(id, assay_ruleset_id(old));
    assay_ruleset_unref(old);
    if (site_score(rules) != changes[i].before) fail_msg("before: %s", changes[i].title);
    changes[i].change();
    site_wait(RELOADED, 0);
    /* A slow machine may have read in the midst of a change; the last reload is right. */
    for (size_t n = 1; site_score(rules) != changes[i].after; n++) site_wait(RELOADED, n);
    assay_ruleset *fresh = rules_get(rules);
    if (strcmp(assay_ruleset_id(fresh), id) == 0) fail_msg("the same id: %s", changes[i].title);
    assay_ruleset_unref(fresh);
    rules_free(rules);
    assert_int_equal(site_tear_down(NULL), 0);
  }
}

/* Changes something as soon as there is something to say: the files have been read then, and are not watched yet. */
static void say_and_change(void *user, const char *level, const char *line, size_t len) {
  void (**change)(void) = user;
  site_say(NULL, level, line, len);
  if (*change) (*change)();
  *change = NULL;
}

static void a_change_while_they_are_read_is_noticed(void **state) {
  (void)state;
  static const struct {
    void (*change)(void);
    int64_t after;
  } rows[] = {{glob_matches_at_last, 3000}, {write_in_place, 2000}, {rename_over, 2000}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_int_equal(site_set_up(NULL), 0);
    put_glob();
    void (*change)(void) = rows[i].change;
    const char *paths[] = {site_path("a.rule")};
    struct rules_options options = {.paths = paths, .count = 1, .watch = true, .say = say_and_change, .user = &change};
    struct rules *rules;
    assert_true(rules_new(&rules, &options));
    assert_null(change); /* there was something to say: that the glob matches nothing */
    site_wait(RELOADED, 0);
    for (size_t n = 1; site_score(rules) != rows[i].after; n++) site_wait(RELOADED, n);
    rules_free(rules);
    assert_int_equal(site_tear_down(NULL), 0);
  }
}

/* The file that has what is missing may lie in a folder where nothing was read before. */
static void a_mistake_is_mended_anywhere(void **state) {
  (void)state;
  site_folder("more");
  site_write("a.rule", ONE);
  struct rules *rules = site_rules(true, one_file);
  site_write("a.rule", ONE "include \"more/b.rule\"\n");
  site_wait(KEPT, 0);
  size_t kept = site_said(KEPT);
  site_write("more/b.rule", "let\n");
  site_wait(KEPT, kept);
  size_t before = site_said(RELOADED);
  site_write("more/b.rule", TWO);
  site_wait(RELOADED, before);
  assert_int_equal(site_score(rules), 3000);
  rules_free(rules);
}

static void what_vanishes_may_return(void **state) {
  (void)state;
  site_folder("rules");
  site_write("rules/a.rule", ONE);
  static const char *const names[] = {"rules/a.rule", NULL};
  static const char *const whats[] = {"rules/a.rule", "rules"};
  struct rules *rules = site_rules(true, names);
  for (size_t i = 0; i < COUNT(whats); i++) {
    size_t kept = site_said(KEPT), reloaded = site_said(RELOADED);
    site_move(whats[i], "away");
    site_wait(KEPT, kept);
    assert_int_equal(site_score(rules), 1000);
    site_move("away", whats[i]);
    site_wait(RELOADED, reloaded);
    assert_int_equal(site_score(rules), 1000);
  }
  rules_free(rules);
}

/* Files that are no rules may come and go beside them. */
static void what_does_not_matter_is_left_alone(void **state) {
  (void)state;
  site_write("a.rule", ONE);
  struct rules *rules = site_rules(true, whole_folder);
  site_sleep(300);
  size_t before = site_said(RELOADED);
  site_write("notes.txt", "x");
  site_write(".a.rule.swp", "x");
  site_write("a.rule~", "x");
  site_remove("a.rule~");
  site_sleep(700);
  assert_int_equal(site_said(RELOADED), before);
  rules_free(rules);
}

static int64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Changes every 20 ms for a while. The longest time between two of them, in milliseconds. */
static int64_t burst(int64_t last_for, const char *name) {
  int64_t began = clock_ms(), last = began, longest = 0;
  for (unsigned n = 0; clock_ms() - began < last_for; n++) {
    site_write(name, n % 2 ? ONE : TWO);
    site_sleep(20);
    if (clock_ms() - last > longest) longest = clock_ms() - last;
    last = clock_ms();
  }
  site_write(name, TWO);
  return longest;
}

/* In a folder that is new: what is in it is no older change than that there is one. */
static int64_t burst_in_a_new_folder(void) {
  site_remove("rules.old");
  folder_replaced();
  return burst(600, "rules/a.rule");
}

static int64_t burst_in_a_file(void) {
  return burst(600, "rules/a.rule");
}

/* A machine that was busy in the midst of a burst makes two of it; then it is tried once more. */
static void a_burst_is_one_change(void **state) {
  (void)state;
  int64_t (*const bursts[])(void) = {burst_in_a_file, burst_in_a_new_folder};
  static const char *const names[] = {"rules/a.rule", NULL};
  put_rules_folder();
  site_folder("rules.old");
  struct rules *rules = site_rules(true, names);
  for (size_t i = 0, tries = 0; i < COUNT(bursts) && tries < 20; tries++) {
    site_sleep(600);
    size_t before = site_said(RELOADED);
    bool steady = bursts[i]() < 150;
    site_wait(RELOADED, before);
    site_sleep(600);
    size_t reloads = site_said(RELOADED) - before;
    if (steady && reloads != 1) fail_msg("burst %zu: %zu reloads", i, reloads);
    if (tries == 19) fail_msg("the machine is too busy to tell");
    assert_int_equal(site_score(rules), 2000);
    i += steady;
  }
  rules_free(rules);
}

/* Whatever never rests is read all the same. */
static void steady_changes_are_read_at_last(void **state) {
  (void)state;
  site_write("a.rule", ONE);
  struct rules *rules = site_rules(true, one_file);
  size_t before = site_said(RELOADED) + site_said(KEPT);
  (void)burst(6000, "a.rule");
  assert_true(site_said(RELOADED) + site_said(KEPT) > before);
  for (size_t n = site_said(RELOADED); site_score(rules) != 2000; n++) site_wait(RELOADED, n);
  rules_free(rules);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_set_up, site_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(what_is_broken_is_refused),
      TEST(a_start_needs_rules_that_compile),
      TEST(an_old_rule_set_stays_whole),
      TEST(who_ends_need_not_wait_for_a_reload),
      TEST(what_is_said_is_printable),
      cmocka_unit_test(each_change_is_noticed),
      cmocka_unit_test(a_change_while_they_are_read_is_noticed),
      TEST(a_mistake_is_mended_anywhere),
      TEST(what_vanishes_may_return),
      TEST(what_does_not_matter_is_left_alone),
      TEST(a_burst_is_one_change),
      TEST(steady_changes_are_read_at_last),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
