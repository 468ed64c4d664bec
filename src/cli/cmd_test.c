/* Owns `assay test`: run the tests that rules carry, and report.
 * Must never know: how a test runs. */
#include "cli/rules.h"
#include "cli/term.h"

struct test {
  struct opt_list paths;
  bool verbose;
  struct cli *cli;
  size_t passed, failed;
};

static const struct opt test_options[] = {
    {"verbose", 'v', OPT_FLAG, NULL, offsetof(struct test, verbose), NULL, "list the tests that pass as well"},
};

static const struct opt_spec test_spec = {
    "assay test [--verbose] PATH...",
    "Runs the tests written in rule files, or in folders of them. No test asks the network.\n"
    "Exits with 0 when all pass; with 1 when one fails, the rules do not compile, or there is no test.",
    test_options, sizeof test_options / sizeof *test_options, offsetof(struct test, paths),
    "a rule file, or a folder of them", SIZE_MAX};

static void printable(struct bytes *out, const char *text) {
  if (text) bytes_printable(out, text, strlen(text));
}

/* The trace has lines of its own; each is set in. */
static void trace(struct bytes *out, const char *text) {
  while (text && *text) {
    size_t len = strcspn(text, "\n");
    bytes_spaces(out, 4);
    bytes_printable(out, text, len);
    bytes_byte(out, '\n');
    text += len + (text[len] == '\n');
  }
}

static bool report(void *user, const assay_test_result *result) {
  struct test *test = user;
  struct bytes *out = &test->cli->out.bytes;
  bool colour = test->cli->colour_out;
  *(result->passed ? &test->passed : &test->failed) += 1;
  if (result->passed && !test->verbose) return true;
  if (result->passed)
    term_paint(out, colour, TERM_GREEN, "pass");
  else
    term_paint(out, colour, TERM_RED, "FAIL");
  bytes_byte(out, ' ');
  printable(out, result->file);
  bytes_byte(out, ':');
  bytes_uint(out, result->line);
  bytes_str(out, ": ");
  if (result->rule) {
    printable(out, result->rule);
    bytes_byte(out, ' ');
  }
  printable(out, result->title);
  if (!result->passed) {
    bytes_str(out, ": expected ");
    printable(out, result->expected);
    bytes_str(out, ", got ");
    printable(out, result->got);
  }
  bytes_byte(out, '\n');
  if (!result->passed) trace(out, result->trace);
  return out_drain(&test->cli->out);
}

static int run(struct cli *cli, struct test *test, const assay_ruleset *ruleset) {
  struct bytes *out = &cli->out.bytes;
  assay_status status = assay_ruleset_test(ruleset, report, test);
  size_t total = test->passed + test->failed;
  if (status != ASSAY_OK) {
    cli_complain(cli, "the tests could not run to their end: %s", assay_status_text(status));
    return CLI_IO;
  }
  if (total == 0) {
    bytes_str(out, "no tests\n");
    return CLI_FINDINGS;
  }
  bytes_uint(out, total);
  bytes_str(out, total == 1 ? " test: " : " tests: ");
  bytes_uint(out, test->passed);
  bytes_str(out, " passed, ");
  bytes_uint(out, test->failed);
  bytes_str(out, " failed\n");
  return test->failed > 0 ? CLI_FINDINGS : CLI_OK;
}

int cmd_test(struct cli *cli, int argc, char **argv) {
  struct test test = {.cli = cli};
  struct rules_request request = {.paths = &test.paths, .tests = true};
  assay_ruleset *ruleset = NULL;
  assay_diags *diags = NULL;
  int code;
  if (!opt_parse(&test_spec, cli, &test, argc, argv, &code)) goto done;
  code = rules_compile(cli, &ruleset, &diags, &request);
  rules_show(cli, &cli->out, diags, false);
  if (code == CLI_FINDINGS) bytes_str(&cli->out.bytes, "no test was run: the rules do not compile\n");
  if (code == CLI_OK) code = run(cli, &test, ruleset);
done:
  assay_diags_free(diags);
  assay_ruleset_unref(ruleset);
  opt_list_free(&test.paths);
  return code;
}
