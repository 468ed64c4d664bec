/* Owns finding and compiling the rules that a verb works with, and showing what the compiler says.
 * Must never know: what the rules are used for. */
#include "cli/rules.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SHIPPED "/profiles/default.rule"

/* The rules beside the program: a build tree and an install tree have the same shape, and one that was moved keeps
 * it. */
static bool beside_program(char *path, size_t size) {
  char self[PATH_MAX];
  ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
  if (len <= 0) return false;
  self[len] = 0;
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(self, '/');
    if (!slash) return false;
    *slash = 0;
  }
  int wrote = snprintf(path, size, "%s/share/assay/rules%s", self, SHIPPED);
  return wrote > 0 && (size_t)wrote < size && access(path, R_OK) == 0;
}

/* Where the shipped rules are: what the environment says, beside the program, where they were to be installed. */
static const char *shipped_rules(char *path, size_t size) {
  const char *named = getenv("ASSAY_RULES");
  if (named && named[0]) return named;
  return beside_program(path, size) ? path : ASSAY_RULES_DIR SHIPPED;
}

static int exit_for(assay_status status) {
  static const struct {
    assay_status status;
    int code;
  } codes[] = {
      {ASSAY_OK, CLI_OK},
      {ASSAY_NOT_FOUND, CLI_NO_INPUT},
      {ASSAY_IO_ERROR, CLI_NO_INPUT},
      {ASSAY_NO_MEMORY, CLI_IO},
  };
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].status == status) return codes[i].code;
  return CLI_FINDINGS;
}

int rules_compile(struct cli *cli, assay_ruleset **out, assay_diags **diags, const struct rules_request *request) {
  char found[PATH_MAX];
  size_t count = request->paths->count;
  const char *shipped = NULL;
  const char **paths = calloc(count + 1, sizeof *paths);
  *out = NULL;
  *diags = NULL;
  if (!paths) {
    cli_complain(cli, "out of memory");
    return CLI_IO;
  }
  for (size_t i = 0; i < count; i++) paths[i] = request->paths->items[i].value;
  if (count == 0) paths[count++] = shipped = shipped_rules(found, sizeof found);
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  options.tests = request->tests;
  options.lint = request->lint;
  assay_status status = assay_ruleset_compile_files(out, paths, count, &options, diags);
  if (status != ASSAY_OK && assay_diags_count(*diags) == 0)
    cli_complain(cli, "cannot read the rules: %s", assay_status_text(status));
  if (status == ASSAY_NOT_FOUND && shipped)
    cli_complain(cli, "the shipped rules cannot be read; name others with -r PATH or ASSAY_RULES");
  free(paths);
  return exit_for(status);
}

void rules_show(struct cli *cli, struct out *out, const assay_diags *diags, bool warnings) {
  struct out err = {.fd = STDERR_FILENO};
  assay_diag diag;
  for (size_t i = 0; assay_diags_at(diags, i, &diag) == ASSAY_OK; i++) {
    if (diag.severity != ASSAY_ERROR && !warnings) continue;
    if (strcmp(diag.code, "E110") == 0 && diag.place.line == 0) {
      out_flush(&err);
      cli_complain(cli, "%s", diag.message);
    } else {
      assay_diags_render(diags, i, out ? cli->colour_out : cli->colour_err, out_write, out ? out : &err);
    }
  }
  out_flush(&err);
  bytes_free(&err.bytes);
}

int rules_load(struct cli *cli, assay_ruleset **out, const struct opt_list *paths) {
  struct rules_request request = {.paths = paths};
  assay_diags *diags;
  int code = rules_compile(cli, out, &diags, &request);
  if (code != CLI_OK) rules_show(cli, NULL, diags, false);
  assay_diags_free(diags);
  if (code == CLI_FINDINGS) cli_complain(cli, "the rules do not compile; `assay check` shows all there is to say");
  return code;
}
