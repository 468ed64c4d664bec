/* Tests where rule and list files may come from: the file system within roots, and a loader of the host's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/assay.h>

#include "support/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define RULE "rule R { describe \"r\" score 1 when helo == \"x\" }\n"

/* --- the file system --- */

static char folder[64];

static void put(const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static void make_folder(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_int_equal(mkdir(path, 0700), 0);
}

static void make_link(const char *target, const char *name) {
  char from[256], path[256];
  snprintf(from, sizeof from, target[0] == '/' ? "%s%s" : "%s/%s", target[0] == '/' ? "" : folder, target);
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_int_equal(symlink(from, path), 0);
}

static int set_up(void **state) {
  (void)state;
  char path[256];
  strcpy(folder, "/tmp/assay-loader-XXXXXX");
  assert_non_null(mkdtemp(folder));
  make_folder("in");
  make_folder("in/sub");
  make_folder("inside");
  make_folder("out");
  put("in/good.rule", RULE);
  put("in/sub/up.rule", "include \"../good.rule\"\n");
  put("in/out.rule", "include \"../out/secret.rule\"\n");
  put("in/beside.rule", "include \"../inside/near.rule\"\n");
  put("in/glob.rule", "include \"../out/*.rule\"\n");
  put("in/folder.rule", "include \"../out\"\n");
  put("in/list.rule", "list l : name from \"../out/secret.txt\"\n" RULE);
  put("in/listed.rule", "list l : name from \"names.txt\"\n" RULE);
  put("in/names.txt", "a.example\n");
  put("inside/near.rule", RULE);
  put("out/secret.rule", RULE);
  put("out/secret.txt", "secret.example\n");
  make_link("out/secret.rule", "in/link.rule");
  make_link("out", "in/door");
  put("in/through.rule", "include \"door/secret.rule\"\n");
  make_link("in/good.rule", "out/home.rule");
  make_link("/dev/zero", "in/endless.rule");
  make_link("in/round.rule", "in/round.rule");
  snprintf(path, sizeof path, "%s/in/pipe.rule", folder);
  assert_int_equal(mkfifo(path, 0600), 0);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command);
}

static bool says(const assay_diags *diags, const char *words) {
  assay_diag diag;
  for (size_t i = 0; assay_diags_at(diags, i, &diag) == ASSAY_OK; i++)
    if (strstr(diag.message, words)) return true;
  return false;
}

#define OUTSIDE "outside the folders"

static const struct {
  const char *path, *root; /* root NULL: none */
  assay_status status;
  const char *words;
} files[] = {
    {"in/good.rule", "in", ASSAY_OK, NULL},
    {"in/sub/up.rule", "in", ASSAY_OK, NULL},
    {"in/sub/up.rule", "in/sub", ASSAY_BAD_RULES, OUTSIDE},
    {"in/sub/../good.rule", "in", ASSAY_OK, NULL},
    {"out/home.rule", "in", ASSAY_OK, NULL}, /* a link that leads in */
    {"in/listed.rule", "in", ASSAY_OK, NULL},
    {"in/out.rule", "in", ASSAY_BAD_RULES, OUTSIDE},
    {"in/out.rule", NULL, ASSAY_OK, NULL},
    {"in/beside.rule", "in", ASSAY_BAD_RULES, OUTSIDE}, /* "inside" begins like "in" */
    {"in/glob.rule", "in", ASSAY_OK, "no file matches"},
    {"in/folder.rule", "in", ASSAY_BAD_RULES, OUTSIDE},
    {"in/list.rule", "in", ASSAY_BAD_RULES, OUTSIDE},
    {"in/list.rule", NULL, ASSAY_OK, NULL},
    {"in/link.rule", "in", ASSAY_NOT_FOUND, OUTSIDE},
    {"in/through.rule", "in", ASSAY_BAD_RULES, OUTSIDE},
    {"out/secret.rule", "in", ASSAY_NOT_FOUND, OUTSIDE},
    {"out", "in", ASSAY_NOT_FOUND, OUTSIDE},
    {"in/good.rule", "missing", ASSAY_NOT_FOUND, NULL},
    {"in/good.rule", "in/good.rule", ASSAY_NOT_FOUND, NULL}, /* a root is a folder */
    {"in/endless.rule", NULL, ASSAY_IO_ERROR, "not a regular file"},
    {"in/pipe.rule", "in", ASSAY_IO_ERROR, "not a regular file"},
    {"in/round.rule", "in", ASSAY_IO_ERROR, "cannot read"},
    {"in/none.rule", "in", ASSAY_NOT_FOUND, "cannot read"},
};

static void test_files(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(files); i++) {
    char path[256], root[256];
    const char *paths[] = {path}, *roots[] = {root};
    snprintf(path, sizeof path, "%s/%s", folder, files[i].path);
    snprintf(root, sizeof root, "%s/%s", folder, files[i].root ? files[i].root : "");
    assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
    options.roots = roots;
    options.root_count = files[i].root ? 1 : 0;
    assay_ruleset *ruleset;
    assay_diags *diags;
    assay_status status = assay_ruleset_compile_files(&ruleset, paths, 1, &options, &diags);
    if (status != files[i].status) fail_msg("%s in %s: status %d", files[i].path, files[i].root, status);
    if (files[i].words && !says(diags, files[i].words)) fail_msg("%s: not `%s`", files[i].path, files[i].words);
    assert_int_equal(status == ASSAY_OK, ruleset != NULL);
    assay_ruleset_unref(ruleset);
    assay_diags_free(diags);
  }
}

/* What may not be listed does not come out by what a message says. */
static void test_glob_tells_nothing(void **state) {
  (void)state;
  char path[256], root[256];
  const char *paths[] = {path}, *roots[] = {root};
  snprintf(path, sizeof path, "%s/in/glob.rule", folder);
  snprintf(root, sizeof root, "%s/in", folder);
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  options.roots = roots;
  options.root_count = 1;
  assay_ruleset *ruleset;
  assay_diags *diags;
  assert_int_equal(assay_ruleset_compile_files(&ruleset, paths, 1, &options, &diags), ASSAY_OK);
  assert_true(says(diags, "no file matches"));
  assert_false(says(diags, "secret"));
  assay_ruleset_unref(ruleset);
  assay_diags_free(diags);
}

static void test_two_roots(void **state) {
  (void)state;
  char path[256], first[256], second[256];
  const char *paths[] = {path}, *roots[] = {first, second};
  snprintf(path, sizeof path, "%s/in/out.rule", folder);
  snprintf(first, sizeof first, "%s/out/", folder);
  snprintf(second, sizeof second, "%s/./in", folder);
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  options.roots = roots;
  options.root_count = 2;
  assay_ruleset *ruleset;
  assert_int_equal(assay_ruleset_compile_files(&ruleset, paths, 1, &options, NULL), ASSAY_OK);
  assay_ruleset_unref(ruleset);
}

/* A folder that may be passed but not listed is no obstacle. Root may list everything, so it becomes somebody else. */
static int read_as_stranger(const char *path) {
  if (getuid() == 0 && setuid(65534) != 0) return 2;
  assay_ruleset *ruleset;
  assay_status status = assay_ruleset_compile_files(&ruleset, &path, 1, NULL, NULL);
  assay_ruleset_unref(ruleset);
  return status != ASSAY_OK;
}

static void test_folder_without_listing(void **state) {
  (void)state;
  char path[256], inner[256];
  int status = 0;
  snprintf(inner, sizeof inner, "%s/in", folder);
  snprintf(path, sizeof path, "%s/in/good.rule", folder);
  assert_int_equal(chmod(folder, 0711), 0);
  assert_int_equal(chmod(inner, 0111), 0);
  pid_t child = fork();
  if (child == 0) _exit(read_as_stranger(path));
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  assert_int_equal(chmod(inner, 0700), 0);
}

/* --- a host's loader --- */

/* Files in memory. Text NULL: it fails with `status`. size: so many bytes, made up. */
struct memory_file {
  const char *path, *identity, *text;
  size_t size;
  assay_status status;
  const char *error;
};

struct memory {
  const struct memory_file *files;
  size_t count, reads;
  const char *const *matches; /* what "*" and "dir" stand for */
  assay_status expand_status;
};

static assay_status memory_read(void *user, const char *path, assay_load *load) {
  struct memory *memory = user;
  memory->reads++;
  for (size_t i = 0; i < memory->count; i++) {
    const struct memory_file *file = &memory->files[i];
    if (strcmp(file->path, path) != 0) continue;
    if (file->identity) assert_int_equal(assay_load_identity(load, file->identity), ASSAY_OK);
    if (file->error) assert_int_equal(assay_load_error(load, file->error), ASSAY_OK);
    if (file->status != ASSAY_OK) return file->status;
    static const char lines[4096] = "#";
    for (size_t done = 0; done < file->size; done += sizeof lines)
      if (assay_load_bytes(load, lines, sizeof lines) != ASSAY_OK) return ASSAY_OK; /* the compiler remembers */
    size_t half = strlen(file->text) / 2;
    assert_int_equal(assay_load_path(load, "x"), ASSAY_BAD_ARGUMENT);
    assay_load_bytes(load, file->text, half); /* in two pieces */
    assay_load_bytes(load, file->text + half, strlen(file->text) - half);
    return ASSAY_OK;
  }
  return ASSAY_NOT_FOUND;
}

static assay_status memory_expand(void *user, const char *path, assay_load *load) {
  struct memory *memory = user;
  if (!strchr(path, '*') && strcmp(path, "dir") != 0) return ASSAY_OK;
  assert_int_equal(assay_load_bytes(load, "x", 1), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_load_identity(load, "x"), ASSAY_BAD_ARGUMENT);
  if (memory->expand_status != ASSAY_OK) {
    assay_load_error(load, "the database is away");
    return memory->expand_status;
  }
  for (size_t i = 0; memory->matches && memory->matches[i]; i++) assay_load_path(load, memory->matches[i]);
  return ASSAY_OK;
}

#define INC(path) "include \"" path "\"\n"

static const struct memory_file store[] = {
    {"a.rule", NULL, RULE, 0, ASSAY_OK, NULL},
    {"also_a.rule", "a.rule", "rule NEVER_READ_TWICE {", 0, ASSAY_OK, NULL},
    {"both.rule", NULL, INC("a.rule") INC("also_a.rule"), 0, ASSAY_OK, NULL},
    {"deep/b.rule", NULL, INC("../a.rule"), 0, ASSAY_OK, NULL},
    {"deep/../a.rule", "a.rule", RULE, 0, ASSAY_OK, NULL},
    {"list.rule", NULL, "list l : name from \"names\"\n" RULE, 0, ASSAY_OK, NULL},
    {"names", NULL, "a.example\nb.example", 0, ASSAY_OK, NULL},
    {"no_list.rule", NULL, "list l : name from \"nowhere\"\n" RULE, 0, ASSAY_OK, NULL},
    {"gone.rule", NULL, NULL, 0, ASSAY_IO_ERROR, "row 7 was deleted"},
    {"mute.rule", NULL, NULL, 0, ASSAY_IO_ERROR, NULL},
    {"gone_below.rule", NULL, INC("gone.rule"), 0, ASSAY_OK, NULL},
    {"large.rule", NULL, RULE, (64u << 20) + 1, ASSAY_OK, NULL},
    {"circle.rule", NULL, INC("circle.rule"), 0, ASSAY_OK, NULL},
    {"star.rule", NULL, INC("*.rule"), 0, ASSAY_OK, NULL},
    {"empty.rule", NULL, "", 0, ASSAY_OK, NULL},
};

static const struct {
  const char *path;
  assay_status status, expand_status;
  size_t rules;
  const char *words;
} loads[] = {
    {"a.rule", ASSAY_OK, ASSAY_OK, 1, NULL},
    {"both.rule", ASSAY_OK, ASSAY_OK, 1, NULL},
    {"deep/b.rule", ASSAY_OK, ASSAY_OK, 1, NULL},
    {"list.rule", ASSAY_OK, ASSAY_OK, 1, NULL},
    {"no_list.rule", ASSAY_BAD_RULES, ASSAY_OK, 0, "cannot read `nowhere`: not found"},
    {"gone.rule", ASSAY_IO_ERROR, ASSAY_OK, 0, "cannot read `gone.rule`: row 7 was deleted"},
    {"mute.rule", ASSAY_IO_ERROR, ASSAY_OK, 0, "could not read or write"},
    {"gone_below.rule", ASSAY_BAD_RULES, ASSAY_OK, 0, "row 7 was deleted"},
    {"nowhere.rule", ASSAY_NOT_FOUND, ASSAY_OK, 0, "not found"},
    {"large.rule", ASSAY_OVER_LIMIT, ASSAY_OK, 0, "larger than 64 MiB"},
    {"circle.rule", ASSAY_BAD_RULES, ASSAY_OK, 0, "include each other"},
    {"dir", ASSAY_OK, ASSAY_OK, 1, NULL},
    {"star.rule", ASSAY_OK, ASSAY_OK, 1, NULL},
    {"dir", ASSAY_IO_ERROR, ASSAY_IO_ERROR, 0, "cannot read `dir`: the database is away"},
    {"star.rule", ASSAY_BAD_RULES, ASSAY_IO_ERROR, 0, "the database is away"},
    {"empty.rule", ASSAY_OK, ASSAY_OK, 0, NULL},
};

static const char *const matches[] = {"deep/b.rule", "also_a.rule", "empty.rule", NULL};

static void test_host_loader(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(loads); i++) {
    struct memory memory = {store, COUNT(store), 0, matches, loads[i].expand_status};
    assay_loader loader = {sizeof loader, &memory, memory_read, memory_expand};
    assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
    options.loader = &loader;
    assay_ruleset *ruleset;
    assay_diags *diags;
    assay_status status = assay_ruleset_compile_files(&ruleset, &loads[i].path, 1, &options, &diags);
    if (status != loads[i].status) fail_msg("%s: status %d", loads[i].path, status);
    if (loads[i].words && !says(diags, loads[i].words)) fail_msg("%s: not `%s`", loads[i].path, loads[i].words);
    assert_int_equal(assay_ruleset_rule_count(ruleset), loads[i].rules);
    assay_ruleset_unref(ruleset);
    assay_diags_free(diags);
  }
}

/* Every allocation that fails, the compiler's and the loader's, ends in one status and leaves nothing behind. */
static void test_no_memory(void **state) {
  (void)state;
  size_t nth = 1;
  for (bool done = false; !done; nth++) {
    struct test_alloc alloc;
    struct memory memory = {store, COUNT(store), 0, matches, ASSAY_OK};
    assay_loader loader = {sizeof loader, &memory, memory_read, memory_expand};
    assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
    const char *path = "list.rule";
    assay_ruleset *ruleset;
    assay_diags *diags;
    test_alloc_failing(&alloc, nth, true);
    options.loader = &loader;
    options.alloc = &alloc.alloc;
    assay_status status = assay_ruleset_compile_files(&ruleset, &path, 1, &options, &diags);
    done = alloc.calls < nth;
    if (status != (done ? ASSAY_OK : ASSAY_NO_MEMORY)) fail_msg("allocation %zu: status %d", nth, status);
    assay_ruleset_unref(ruleset);
    assay_diags_free(diags);
    assert_true(test_alloc_clean(&alloc));
  }
  assert_true(nth > 10);
}

static void test_contract(void **state) {
  (void)state;
  const char *path = "a.rule", *root = "/";
  assay_ruleset *ruleset = (assay_ruleset *)&path;
  assay_loader none = ASSAY_LOADER_INIT, loader = {sizeof loader, NULL, memory_read, NULL};
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  options.loader = &none; /* no function to read */
  assert_int_equal(assay_ruleset_compile_files(&ruleset, &path, 1, &options, NULL), ASSAY_BAD_ARGUMENT);
  assert_null(ruleset);
  loader.size = 1;
  options.loader = &loader;
  assert_int_equal(assay_ruleset_compile_files(&ruleset, &path, 1, &options, NULL), ASSAY_BAD_ARGUMENT);
  loader.size = sizeof loader;
  options.roots = &root; /* roots are the file system's */
  options.root_count = 1;
  assert_int_equal(assay_ruleset_compile_files(&ruleset, &path, 1, &options, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_load_bytes(NULL, "", 0), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_load_identity(NULL, ""), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_load_error(NULL, ""), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_load_path(NULL, ""), ASSAY_BAD_ARGUMENT);
}

/* --- what was looked for --- */

/* Where a change could make a difference: what was read, and where nothing was. */
static void test_every_path_is_told(void **state) {
  (void)state;
  static const struct {
    const char *path, *text, *looked[6];
    assay_status status;
  } rows[] = {
      {"in/listed.rule", NULL, {"in/listed.rule", "in/names.txt"}, ASSAY_OK},
      {"in/sub", NULL, {"in/sub", "in/sub/up.rule", "in/sub/../good.rule"}, ASSAY_OK},
      {"new/a.rule", "include \"*.none\"\n", {"new/a.rule", "new/*.none"}, ASSAY_OK},
      {"new/a.rule", "include \"b.rule\"\nrule R {\n", {"new/a.rule", "new/b.rule"}, ASSAY_BAD_RULES},
      {"new/a.rule", "list l : name from \"l\"\n" RULE "list l += from \"l\"\n", {"new/a.rule", "new/l"}, ASSAY_BAD_RULES},
      {"new/none.rule", NULL, {"new/none.rule"}, ASSAY_NOT_FOUND},
  };
  make_folder("new");
  for (size_t i = 0; i < COUNT(rows); i++) {
    char path[256];
    const char *paths[] = {path};
    assay_ruleset *ruleset;
    assay_diags *diags;
    size_t count = 0;
    if (rows[i].text) put(rows[i].path, rows[i].text);
    snprintf(path, sizeof path, "%s/%s", folder, rows[i].path);
    assert_int_equal(assay_ruleset_compile_files(&ruleset, paths, 1, NULL, &diags), rows[i].status);
    for (; rows[i].looked[count]; count++) {
      const char *got = assay_diags_path_at(diags, count);
      if (!got || strncmp(got, folder, strlen(folder)) != 0 || strcmp(got + strlen(folder) + 1, rows[i].looked[count]) != 0)
        fail_msg("row %zu: %s, not %s", i, got ? got : "NULL", rows[i].looked[count]);
    }
    assert_int_equal(assay_diags_path_count(diags), count);
    assert_null(assay_diags_path_at(diags, count));
    assert_null(assay_diags_path_at(diags, SIZE_MAX));
    assay_ruleset_unref(ruleset);
    assay_diags_free(diags);
  }
  assert_int_equal(assay_diags_path_count(NULL), 0);
  assert_null(assay_diags_path_at(NULL, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_glob_tells_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_two_roots, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_folder_without_listing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_every_path_is_told, set_up, tear_down),
      cmocka_unit_test(test_host_loader),
      cmocka_unit_test(test_no_memory),
      cmocka_unit_test(test_contract),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
