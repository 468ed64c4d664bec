/* A host whose rules are no files: a loader hands them out, here from a table, elsewhere from a database or an archive.
 * The second set names a row that is not there, to show how what the compiler says reaches a person. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

static const struct row {
  const char *path, *text;
} rows[] = {
    {"site.rule", "include \"shared/names.rule\"\naction tag at 1\n"},
    {"shared/names.rule",
     "list bad_names : name from \"bad.txt\"\n"
     "rule BAD_NAME { describe \"a name that nobody has\" score 1 when helo in bad_names }\n"},
    {"shared/bad.txt", "localhost\nlocalhost.localdomain   # the default of a distribution\n"},
    {"broken.rule", "include \"shared/gone.rule\"\n"},
};

/* The path is the one that was named, or an include's behind the folder of its file: "shared/bad.txt". */
static assay_status read_row(void *user, const char *path, assay_load *load) {
  (void)user;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strcmp(rows[i].path, path) == 0) return assay_load_bytes(load, rows[i].text, strlen(rows[i].text));
  assay_load_error(load, "no such row");
  return ASSAY_NOT_FOUND;
}

static void print(void *user, const char *bytes, size_t len) {
  fwrite(bytes, 1, len, user);
}

/* Warnings come in success too, so they are shown in either case. */
static assay_status compile(assay_ruleset **rules, const char *path) {
  assay_loader loader = ASSAY_LOADER_INIT;
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_diags *diags = NULL;
  loader.read = read_row;
  options.loader = &loader;
  assay_status status = assay_ruleset_compile_files(rules, &path, 1, &options, &diags);
  for (size_t i = 0; i < assay_diags_count(diags); i++) assay_diags_render(diags, i, false, print, stdout);
  printf("%s: %s\n", path, assay_status_text(status));
  assay_diags_free(diags);
  return status;
}

int main(void) {
  assay_ruleset *rules = NULL, *broken = NULL;
  assay_facts *facts = NULL;
  assay_verdict *verdict = NULL;
  assay_status status = compile(&rules, "site.rule");
  if (status == ASSAY_OK) status = assay_facts_new(&facts, NULL);
  if (status == ASSAY_OK) status = assay_verdict_new(&verdict, NULL);
  if (status == ASSAY_OK) status = assay_facts_set(facts, ASSAY_FACT_HELO, "localhost", strlen("localhost"));
  if (status == ASSAY_OK) status = assay_evaluate(rules, facts, NULL, verdict);
  if (status == ASSAY_OK) printf("%s\n", assay_action_text(assay_verdict_action(verdict)));
  if (status != ASSAY_OK) fprintf(stderr, "memory_rules: %s\n", assay_status_text(status));
  bool refused = compile(&broken, "broken.rule") == ASSAY_BAD_RULES; /* and `broken` is NULL: there is no half a set */
  assay_verdict_free(verdict);
  assay_facts_free(facts);
  assay_ruleset_unref(broken);
  assay_ruleset_unref(rules);
  return status != ASSAY_OK || !refused;
}
