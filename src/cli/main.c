/* Owns the table of verbs and the way out.
 * Must never know: what any verb does. */
#include <assay/assay.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "cli/term.h"
#include "proto/near.h"

static const struct verb {
  const char *name;
  int (*run)(struct cli *cli, int argc, char **argv);
  const char *doc;
} verbs[] = {
    {"check", cmd_check, "compile rule files and show what is wrong with them"},
    {"test", cmd_test, "run the tests written in rule files"},
    {"score", cmd_score, "score one connection, or a file of them"},
    {"disasm", cmd_disasm, "list the bytecode of rules"},
    {"facts", cmd_facts, "list the facts a rule can use"},
    {"functions", cmd_functions, "list the functions and properties a rule can use"},
    {"codes", cmd_codes, "list the diagnostic codes of `assay check`, or explain one"},
};

#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static const char *verb_name(void *user, size_t index) {
  (void)user;
  return index < VERB_COUNT ? verbs[index].name : NULL;
}

static int help(struct cli *cli) {
  struct table table = {.indent = 2};
  bytes_str(&cli->out.bytes, "Usage: assay VERB [options]\n\nScores SMTP connections with rules.\n\nVerbs:\n");
  for (size_t i = 0; i < VERB_COUNT; i++) {
    bytes_str(table_cell(&table), verbs[i].name);
    bytes_str(table_cell(&table), verbs[i].doc);
    table_end_row(&table);
  }
  table_print(&table, &cli->out.bytes);
  table_free(&table);
  bytes_str(&cli->out.bytes,
            "\n`assay VERB --help` says more. `assay --version` prints the version.\n"
            "Exit: 0 all is well, 1 findings, 64 usage, 65 bad data, 66 no input, 74 input or output.\n");
  return CLI_OK;
}

static int version(struct cli *cli) {
  bytes_str(&cli->out.bytes, "assay ");
  bytes_str(&cli->out.bytes, assay_version());
  bytes_byte(&cli->out.bytes, '\n');
  return CLI_OK;
}

static int run(struct cli *cli, int argc, char **argv) {
  if (argc < 2) {
    cli_say(cli, "Usage: assay VERB [options]; `assay --help` lists the verbs");
    return CLI_USAGE;
  }
  const char *name = argv[1];
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) return help(cli);
  if (strcmp(name, "--version") == 0) return version(cli);
  for (size_t i = 0; i < VERB_COUNT; i++)
    if (strcmp(name, verbs[i].name) == 0) return verbs[i].run(cli, argc - 2, argv + 2);
  const char *nearest = near_find(name, strlen(name), verb_name, NULL);
  if (nearest)
    cli_complain(cli, "there is no verb %s; did you mean %s?", name, nearest);
  else
    cli_complain(cli, "there is no verb %s; `assay --help` lists them", name);
  return CLI_USAGE;
}

int main(int argc, char **argv) {
  /* A reader that goes away shall be an error of write, not a death without a word to the exit code. */
  signal(SIGPIPE, SIG_IGN);
  struct cli cli = {
      .out = {.fd = STDOUT_FILENO},
      .colour_out = term_colour(STDOUT_FILENO),
      .colour_err = term_colour(STDERR_FILENO),
      .terminal_out = isatty(STDOUT_FILENO),
      .terminal_err = isatty(STDERR_FILENO),
      .progress = term_redraws(STDERR_FILENO),
  };
  int code = run(&cli, argc, argv);
  if (!out_flush(&cli.out)) {
    if (cli.out.error != EPIPE) cli_complain(&cli, "cannot write: %s", strerror(cli.out.error));
    code = CLI_IO;
  }
  bytes_free(&cli.out.bytes);
  return code;
}
