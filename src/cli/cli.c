/* Owns how the program speaks on standard error.
 * Must never know: what any verb does. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define MESSAGE_LONGEST 2048

static void say(struct cli *cli, const char *before, const char *format, va_list args) {
  char text[MESSAGE_LONGEST];
  struct bytes safe = {0};
  /* Where both go to one screen, what was answered before must stand above. */
  if (cli->terminal_out) out_flush(&cli->out);
  if (vsnprintf(text, sizeof text, format, args) < 0) text[0] = 0;
  bytes_str(&safe, before);
  bytes_printable(&safe, text, strlen(text));
  bytes_byte(&safe, '\n');
  if (!safe.failed) out_all(STDERR_FILENO, safe.ptr, safe.len);
  bytes_free(&safe);
}

void cli_complain(struct cli *cli, const char *format, ...) {
  va_list args;
  va_start(args, format);
  say(cli, "assay: ", format, args);
  va_end(args);
}

void cli_say(struct cli *cli, const char *format, ...) {
  va_list args;
  va_start(args, format);
  say(cli, "", format, args);
  va_end(args);
}
