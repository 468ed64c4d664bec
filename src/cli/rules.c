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
      {ASSAY_IO_ERROR, CLI_IO},
      {ASSAY_NO_MEMORY, CLI_IO},
  };
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].status == status) return codes[i].code;
  return CLI_FINDINGS;
}

/* Looks for the path to blame; the compiler names none. */
static int unreadable(struct cli *cli, assay_status status, const char *const *paths, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (access(paths[i], R_OK) == 0) continue;
    cli_complain(cli, "cannot read %s: %s", paths[i], strerror(errno));
    return CLI_NO_INPUT;
  }
  cli_complain(cli, "cannot read the rules: %s", assay_status_text(status));
  return exit_for(status);
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
  int code = exit_for(status);
  if (status != ASSAY_OK && status != ASSAY_BAD_RULES) code = unreadable(cli, status, paths, count);
  if (status == ASSAY_NOT_FOUND && shipped)
    cli_complain(cli, "those are the shipped rules; name others with -r PATH or ASSAY_RULES");
  free(paths);
  return code;
}

int rules_load(struct cli *cli, assay_ruleset **out, const struct opt_list *paths) {
  struct out err = {.fd = STDERR_FILENO};
  struct rules_request request = {.paths = paths};
  assay_diags *diags;
  assay_diag diag;
  int code = rules_compile(cli, out, &diags, &request);
  for (size_t i = 0; code != CLI_OK && diags && assay_diags_at(diags, i, &diag) == ASSAY_OK; i++)
    if (diag.severity == ASSAY_ERROR) assay_diags_render(diags, i, cli->colour_err, out_write, &err);
  out_flush(&err);
  bytes_free(&err.bytes);
  assay_diags_free(diags);
  if (code == CLI_FINDINGS) cli_complain(cli, "the rules do not compile; `assay check` shows all there is to say");
  return code;
}
