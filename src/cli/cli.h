/* Owns what every verb of the program is given, and the program's exit codes.
 * Must never know: what any verb does. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>

#include "cli/out.h"

/* The codes above 1 are those of sysexits.h. */
enum cli_exit {
  CLI_OK = 0,
  CLI_FINDINGS = 1,   /* the rules have errors, a test failed */
  CLI_USAGE = 64,     /* the command line is wrong */
  CLI_BAD_DATA = 65,  /* a line of the input is malformed */
  CLI_NO_INPUT = 66,  /* a file is not there, or cannot be opened */
  CLI_IO = 74         /* reading, writing or memory failed */
};

struct cli {
  struct out out;                /* standard output */
  bool colour_out, colour_err;   /* ANSI colours may be used there */
  bool terminal_out, terminal_err;
  bool progress;                 /* standard error is a terminal that can redraw a line */
};

/* Says something on standard error: "assay: …". Bytes of strangers in it are escaped. */
void cli_complain(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same without the "assay: ". */
void cli_say(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One verb: its arguments begin behind its name. */
int cmd_check(struct cli *cli, int argc, char **argv);
int cmd_test(struct cli *cli, int argc, char **argv);
int cmd_score(struct cli *cli, int argc, char **argv);
int cmd_disasm(struct cli *cli, int argc, char **argv);
int cmd_facts(struct cli *cli, int argc, char **argv);
int cmd_functions(struct cli *cli, int argc, char **argv);
int cmd_codes(struct cli *cli, int argc, char **argv);

#endif
