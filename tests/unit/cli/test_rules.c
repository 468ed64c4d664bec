/* Tests the finding and compiling of rules for a verb: exit codes, what is said where, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "cli/rules.h"

static char folder[] = "/tmp/assay-test-XXXXXX";

static void write_file(const char *name, const char *text) {
  FILE *file = fopen(name, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static int setup(void **state) {
  (void)state;
  if (!mkdtemp(folder) || chdir(folder) != 0) return -1;
  write_file("good.rule",
             "rule A { describe \"a\" score 1 when helo  test hit { helo \"x\" }  test miss { helo \"\" } }\n");
  write_file("warned.rule", "rule B { describe \"b\" score 1 when helo }\n");
  write_file("bad.rule", "rule C {\n");
  write_file("lost.rule", "include \"no-such-file\"\n");
  return mkdir("empty", 0700);
}

static int teardown(void **state) {
  static const char *const names[] = {"good.rule", "warned.rule", "bad.rule", "lost.rule"};
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(names[i]);
  rmdir("empty");
  return chdir("/") == 0 ? rmdir(folder) : -1;
}

/* How often the words stand in the text. */
static size_t times(const char *text, const char *words) {
  size_t count = 0;
  for (const char *at = text; (at = strstr(at, words)); at++) count++;
  return count;
}

static const struct row {
  const char *paths[3];
  int code;
  const char *complaint; /* stands on standard error once; "": nothing does */
  const char *finding;   /* stands in what is drawn once; "": nothing does */
} rows[] = {
    {{"good.rule"}, CLI_OK, "", ""},
    {{"warned.rule"}, CLI_OK, "", "W304"},
    {{"good.rule", "warned.rule"}, CLI_OK, "", "W304"},
    {{"bad.rule"}, CLI_FINDINGS, "", "E101"},
    {{"lost.rule"}, CLI_FINDINGS, "", "cannot read `no-such-file`"},
    {{"no-such.rule"}, CLI_NO_INPUT, "assay: cannot read `no-such.rule`: No such file or directory\n", ""},
    {{"good.rule/x"}, CLI_NO_INPUT, "assay: cannot read `good.rule/x`: Not a directory\n", ""},
    {{"empty"}, CLI_NO_INPUT, "assay: cannot read `empty`: it is a folder without *.rule files\n", ""},
    {{"/dev/null"}, CLI_NO_INPUT, "assay: cannot read `/dev/null`: it is not a regular file\n", ""},
    {{"no-such.rule", "bad.rule"}, CLI_NO_INPUT, "assay: cannot read `no-such.rule`", "E101"},
    {{"\x1b[2J"}, CLI_NO_INPUT, "[2J`: No such file or directory\n", ""},
};

static void make_list(struct opt_list *list, struct opt_pair *pairs, const char *const *paths) {
  *list = (struct opt_list){pairs, 0};
  while (list->count < 3 && paths[list->count]) {
    pairs[list->count] = (struct opt_pair){NULL, paths[list->count]};
    list->count++;
  }
}

static void compiled_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct cli cli = plain_cli();
    struct capture capture;
    struct opt_pair pairs[3];
    struct opt_list paths;
    struct rules_request request = {.paths = &paths, .tests = true, .lint = true};
    assay_ruleset *ruleset;
    assay_diags *diags;
    make_list(&paths, pairs, rows[i].paths);
    capture_begin(&capture);
    int code = rules_compile(&cli, &ruleset, &diags, &request);
    struct out drawn = {.fd = -1};
    rules_show(&cli, &drawn, diags, true);
    char *said = capture_end(&capture);
    bytes_byte(&drawn.bytes, 0);
    const char *text = drawn.bytes.ptr;
    assert_int_equal(code, rows[i].code);
    assert_int_equal(ruleset != NULL, code == CLI_OK);
    if (times(said, "assay:") != (rows[i].complaint[0] != 0) || !strstr(said, rows[i].complaint))
      fail_msg("row %zu: said %s", i, said);
    if (rows[i].finding[0] ? times(text, rows[i].finding) != 1 : text[0] != 0) fail_msg("row %zu: drew %s", i, text);
    assert_null(strchr(said, 0x1b));
    free(said);
    bytes_free(&drawn.bytes);
    assay_diags_free(diags);
    assay_ruleset_unref(ruleset);
  }
}

/* Verbs that use rules: all goes to standard error, no warnings, and whom to ask for more. */
static void loaded_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct cli cli = plain_cli();
    struct capture capture;
    struct opt_pair pairs[3];
    struct opt_list paths;
    assay_ruleset *ruleset;
    make_list(&paths, pairs, rows[i].paths);
    capture_begin(&capture);
    int code = rules_load(&cli, &ruleset, &paths);
    char *said = capture_end(&capture);
    assert_int_equal(code, rows[i].code);
    if (code == CLI_OK) assert_string_equal(said, "");
    if (code != CLI_OK && (!strstr(said, rows[i].complaint) || !strstr(said, rows[i].finding)))
      fail_msg("row %zu: said %s", i, said);
    assert_int_equal(times(said, "`assay check` shows all"), code == CLI_FINDINGS);
    assert_int_equal(times(said, "No such file"), code != CLI_OK && strstr(said, "No such file") != NULL);
    assert_int_equal(cli.out.bytes.len, 0);
    free(said);
    assay_ruleset_unref(ruleset);
  }
}

/* Without paths the shipped rules are meant: those that the environment names, if it does. */
static void shipped_rules_may_be_named(void **state) {
  (void)state;
  static const struct {
    const char *named;
    int code;
    const char *said;
  } shipped[] = {
      {"good.rule", CLI_OK, ""},
      {"bad.rule", CLI_FINDINGS, "bad.rule:"},
      {"no-such.rule", CLI_NO_INPUT,
       "assay: the shipped rules cannot be read; name others with -r PATH or ASSAY_RULES\n"
       "assay: cannot read `no-such.rule`: No such file or directory\n"},
  };
  for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
    struct cli cli = plain_cli();
    struct capture capture;
    struct opt_list none = {0};
    assay_ruleset *ruleset;
    assert_int_equal(setenv("ASSAY_RULES", shipped[i].named, 1), 0);
    capture_begin(&capture);
    int code = rules_load(&cli, &ruleset, &none);
    char *said = capture_end(&capture);
    assert_int_equal(code, shipped[i].code);
    if (strncmp(said, shipped[i].said, strlen(shipped[i].said)) != 0) fail_msg("row %zu: said %s", i, said);
    free(said);
    assay_ruleset_unref(ruleset);
  }
  unsetenv("ASSAY_RULES");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(compiled_by_table),
      cmocka_unit_test(loaded_by_table),
      cmocka_unit_test(shipped_rules_may_be_named),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
