/* Tests the way to a file: each name on it, whichever links and patterns it leads through, and what looking at files
 * tells. */
#include "unit/daemon/site.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/rules_files.h"
#include "daemon/rules_way.h"

/* What was seen from the test's folder on: "folder name[*][/]; …", where * is a pattern and / says that it goes on. */
struct trail {
  char text[1024];
};

static void note(void *user, const struct way_step *step) {
  struct trail *trail = user;
  const char *root = site_path("");
  if (strncmp(step->folder, root, strlen(root)) != 0) return;
  size_t len = strlen(trail->text);
  const char *folder = step->folder + strlen(root);
  snprintf(trail->text + len, sizeof trail->text - len, "%s%s %s%s%s", len ? "; " : "", folder[0] ? folder + 1 : ".",
           step->name, step->wild ? "*" : "", step->more ? "/" : "");
}

static void put_tree(void) {
  site_folder("d");
  site_folder("d/e");
  site_folder("f[1]");
  site_write("d/a.rule", "");
  site_write("d/e/b.rule", "");
  site_write("f[1]/c.rule", "");
  site_link("d", "link");
  site_link("../d/e/b.rule", "d/up");
  site_link("round", "round");
}

static void each_name_is_on_the_way(void **state) {
  (void)state;
  static const struct {
    const char *path, *trail;
  } rows[] = {
      {"d/a.rule", ". d/; d a.rule; d/a.rule "},
      {"d//./e/../a.rule", ". d/; d e/; d a.rule; d/a.rule "},
      {"d", ". d/; d *.rule*"},
      {"d/", ". d/; d *.rule*"},
      {"d/e/..", ". d/; d e/; d *.rule*"},
      {"link/a.rule", ". link/; . d/; d a.rule; d/a.rule "},
      {"d/up", ". d/; d up/; . d/; d e/; d/e b.rule; d/e/b.rule "},
      {"none.rule", ". none.rule"},
      {"none/a.rule", ". none/"},
      {"d/a.rule/x", ". d/; d a.rule/; d/a.rule "},
      {"d/*.rule", ". d/; d *.rule*"},
      {"d/[e]/b.rule", ". d/; d [e]*/; d e/; d/e b.rule; d/e/b.rule "},
      {"*[1]*/*.rule", ". *[1]**/; . f[1]/; f[1] *.rule*"},
      {"x*/b.rule", ". x**/"},
      {"f[1]/c.rule", ". f[1]/; f[1] c.rule; f[1]/c.rule "},
  };
  put_tree();
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct trail trail = {""};
    way_walk(site_path(rows[i].path), note, &trail);
    if (strcmp(trail.text, rows[i].trail) != 0) fail_msg("%s: %s\nnot %s", rows[i].path, trail.text, rows[i].trail);
  }
}

/* An endless link ends, and a path from here begins here. */
static void ways_end_and_begin(void **state) {
  (void)state;
  struct trail trail = {""};
  put_tree();
  way_walk(site_path("round"), note, &trail);
  assert_true(strlen(trail.text) > 0 && strlen(trail.text) < sizeof trail.text - 1);
  trail.text[0] = '\0';
  assert_int_equal(chdir(site_path("d")), 0);
  way_walk("e/b.rule", note, &trail);
  assert_int_equal(chdir("/"), 0);
  assert_string_equal(trail.text, ". d/; d e/; d/e b.rule; d/e/b.rule ");
}

/* --- looking --- */

static void write_longer(void) {
  site_write("d/a.rule", "x");
}
static void rename_over(void) {
  site_rename_over("d/a.rule", "");
}
static void another(void) {
  site_write("d/new.rule", "");
}
static void gone(void) {
  site_remove("d/e/b.rule");
}
static void other_name(void) {
  site_write("d/new.rule~", "");
  site_write("d/.new.rule", "");
}
static void mode(void) {
  assert_int_equal(chmod(site_path("d/a.rule"), 0400), 0);
}
static void nothing(void) {
}

static void a_mark_tells_files_apart(void **state) {
  (void)state;
  static const struct {
    const char *path;
    void (*change)(void);
    bool differs;
  } rows[] = {
      {"d/a.rule", nothing, false},     {"d/a.rule", write_longer, true}, {"d/a.rule", rename_over, true},
      {"d/a.rule", mode, true},         {"d/a.rule", another, false},     {"d", another, true},
      {"d", other_name, false},         {"d", write_longer, true},        {"d/*.rule", another, true},
      {"d/*.rule", other_name, false},  {"d/new.*", another, true},       {"link/a.rule", write_longer, true},
      {"d/up", gone, true},             {"d/new.rule", another, true},    {"d/none", nothing, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_int_equal(site_set_up(NULL), 0);
    put_tree();
    const char *paths[] = {site_path(rows[i].path), "/nowhere/at/all"};
    struct timespec before, newest;
    clock_gettime(CLOCK_REALTIME, &before);
    before.tv_sec -= 10; /* clocks of files may be coarse */
    uint64_t mark = files_look(paths, 2).mark;
    rows[i].change();
    struct files_seen seen = files_look(paths, 2);
    newest = seen.newest;
    if ((seen.mark != mark) != rows[i].differs) fail_msg("row %zu: %s", i, rows[i].path);
    bool there = rows[i].change != gone && strcmp(rows[i].path, "d/none") != 0;
    if ((newest.tv_sec > before.tv_sec) != there) fail_msg("row %zu: newest", i);
    assert_int_equal(site_tear_down(NULL), 0);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_set_up, site_tear_down)
  const struct CMUnitTest tests[] = {TEST(each_name_is_on_the_way), TEST(ways_end_and_begin),
                                     cmocka_unit_test(a_mark_tells_files_apart)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
