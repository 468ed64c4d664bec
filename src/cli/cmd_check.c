/* Owns `assay check`: compile, draw every diagnostic, count.
 * Must never know: how rules compile. */
#include "cli/rules.h"

struct check {
  struct opt_list paths;
  bool strict;
};

static const struct opt check_options[] = {
    {"strict", 0, OPT_FLAG, NULL, offsetof(struct check, strict), NULL, "exit with 1 on warnings too"},
};

static const struct opt_spec check_spec = {
    "assay check [--strict] PATH...",
    "Compiles rule files, or folders of them, and shows errors and warnings.\n"
    "Exits with 0 when there is no error, 1 when there is one.",
    check_options, sizeof check_options / sizeof *check_options, offsetof(struct check, paths),
    "a rule file, or a folder of them", SIZE_MAX};

static void count(struct bytes *out, size_t number, const char *noun) {
  bytes_uint(out, number);
  bytes_byte(out, ' ');
  bytes_str(out, noun);
  if (number != 1) bytes_byte(out, 's');
}

/* "3 files, 41 rules: 1 error, 2 warnings". How many rules a set has that does not compile, nobody can say. */
static void summary(struct bytes *out, const assay_ruleset *ruleset, size_t errors, size_t warnings) {
  if (ruleset) {
    assay_ruleset_stats stats;
    assay_ruleset_statistics(ruleset, &stats);
    count(out, stats.files, "file");
    bytes_str(out, ", ");
    count(out, stats.rules, "rule");
    bytes_str(out, ": ");
  }
  count(out, errors, "error");
  bytes_str(out, ", ");
  count(out, warnings, "warning");
  bytes_byte(out, '\n');
}

static void more(struct bytes *out, size_t unseen) {
  bytes_str(out, "… and ");
  count(out, unseen, "more message");
  bytes_byte(out, '\n');
}

int cmd_check(struct cli *cli, int argc, char **argv) {
  struct check check = {0};
  struct rules_request request = {.paths = &check.paths, .tests = true, .lint = true};
  assay_ruleset *ruleset = NULL;
  assay_diags *diags = NULL;
  int code;
  if (!opt_parse(&check_spec, cli, &check, argc, argv, &code)) goto done;
  code = rules_compile(cli, &ruleset, &diags, &request);
  size_t shown = assay_diags_count(diags), errors = assay_diags_errors(diags), warnings = assay_diags_warnings(diags);
  rules_show(cli, &cli->out, diags, true);
  if (errors + warnings > shown) more(&cli->out.bytes, errors + warnings - shown);
  if (ruleset || shown > 0) summary(&cli->out.bytes, ruleset, errors, warnings);
  if (code == CLI_OK && check.strict && warnings > 0) code = CLI_FINDINGS;
done:
  assay_diags_free(diags);
  assay_ruleset_unref(ruleset);
  opt_list_free(&check.paths);
  return code;
}
