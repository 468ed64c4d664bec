/* Owns what is known about the terminal: whether it is one, takes colour, and how wide it is.
 * Must never know: what is shown on it. */
#include "cli/term.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool term_redraws(int fd) {
  const char *term = getenv("TERM");
  return isatty(fd) && term && term[0] && strcmp(term, "dumb") != 0;
}

bool term_colour(int fd) {
  const char *no_color = getenv("NO_COLOR");
  return term_redraws(fd) && !(no_color && no_color[0]);
}

size_t term_width(int fd) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void term_paint(struct bytes *bytes, bool colour, enum term_style style, const char *text) {
  static const char *const styles[] = {
      [TERM_BOLD] = "\033[1m",   [TERM_DIM] = "\033[2m",     [TERM_RED] = "\033[31m",
      [TERM_GREEN] = "\033[32m", [TERM_YELLOW] = "\033[33m",
  };
  if (colour) bytes_str(bytes, styles[style]);
  bytes_str(bytes, text);
  if (colour) BYTES_LITERAL(bytes, "\033[0m");
}
