/* Owns what is known about the terminal: whether it is one, takes colour, and how wide it is.
 * Must never know: what is shown on it. */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/bytes.h"

/* A terminal, NO_COLOR not set (or empty), and TERM names one that is not dumb. */
bool term_colour(int fd);

/* A terminal that obeys a carriage return and an erase. */
bool term_redraws(int fd);

/* Columns; 80 where nothing says. */
size_t term_width(int fd);

/* How many columns a printable text takes, colours in it none. */
size_t term_columns(const char *ptr, size_t len);

/* How many bytes at its start take at most so many columns; never part of a character. */
size_t term_fits(const char *ptr, size_t len, size_t columns);

enum term_style { TERM_BOLD, TERM_DIM, TERM_RED, TERM_GREEN, TERM_YELLOW };

/* The text, in that style if colour is on. The text is ours: it is not escaped. */
void term_paint(struct bytes *bytes, bool colour, enum term_style style, const char *text);

#endif
