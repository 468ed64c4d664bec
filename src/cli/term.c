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

/* The character at ptr; what is no UTF-8 counts as one byte, one column. */
static uint32_t take_character(const char *ptr, size_t len, size_t *used) {
  unsigned char lead = (unsigned char)ptr[0];
  size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  *used = 1;
  if (more == 0 || more >= len) return lead;
  uint32_t code = lead & (0x3Fu >> more);
  for (; *used <= more; ++*used) code = code << 6 | ((unsigned char)ptr[*used] & 0x3Fu);
  return code;
}

/* Characters that stand upon the one before take no column; East Asian ones and pictures two. */
static size_t columns_of(uint32_t code) {
  static const struct {
    uint32_t low, high;
    size_t columns;
  } ranges[] = {{0x300, 0x36F, 0},     {0x483, 0x489, 0},     {0x591, 0x5BD, 0},     {0x610, 0x61A, 0},
                {0x64B, 0x65F, 0},     {0x1100, 0x115F, 2},   {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},
                {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},   {0xAC00, 0xD7A3, 2},
                {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},   {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6F, 2},
                {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FF, 2},
                {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2}};
  if (code < ranges[0].low) return 1;
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (code >= ranges[i].low && code <= ranges[i].high) return ranges[i].columns;
  return 1;
}

/* As many bytes as take at most so many columns, and in *taken how many they take. */
static size_t measure(const char *ptr, size_t len, size_t most, size_t *taken) {
  size_t at = 0, used;
  *taken = 0;
  for (; at < len; at += used) {
    if (ptr[at] == '\033') {
      const char *end = memchr(ptr + at, 'm', len - at);
      used = end ? (size_t)(end - ptr) + 1 - at : len - at;
      continue;
    }
    size_t columns = columns_of(take_character(ptr + at, len - at, &used));
    if (columns > most - *taken) break;
    *taken += columns;
  }
  return at;
}

size_t term_columns(const char *ptr, size_t len) {
  size_t taken;
  measure(ptr, len, SIZE_MAX, &taken);
  return taken;
}

size_t term_fits(const char *ptr, size_t len, size_t columns) {
  size_t taken;
  return measure(ptr, len, columns, &taken);
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
