/* Owns what the compiler must know about a regular expression without running it: whether PCRE2 takes it, whether
 * it matches the empty string, whether it can backtrack exponentially. Must never know: the run-time half. */
#ifndef GRAMMAR_REGEX_H
#define GRAMMAR_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* The letters behind the closing slash, as bits; the engine reads the same ones (its test says so). */
enum regex_flag { REGEX_I = 1, REGEX_M = 2, REGEX_S = 4, REGEX_X = 8, REGEX_U = 16 };

enum { REGEX_MESSAGE_MAX = 160, REGEX_SOURCE_MAX = 4096 };

struct regex_report {
  bool ok;
  size_t error_offset; /* into the source, where PCRE2 stopped */
  /* PCRE2's words; or ours for what PCRE2 alone would let pass (\C, callouts, verbs that change options). */
  char message[REGEX_MESSAGE_MAX];
  bool matches_empty; /* the empty string is a match */
  /* An unbounded loop that can match one text in many ways: (a+)+, (a|a)*, (\w*x?)*. Not (a|ab)*, nor
   * (?:\.[a-z]+)+, whose ways are told apart by a byte; not atomic groups and possessive quantifiers. Word
   * boundaries and looks ahead or behind are not seen to keep two ways apart; a group of more than 128
   * characters is not searched. */
  bool may_explode;
  size_t explode_begin, explode_end; /* that group or item and its quantifier, in the source */
};

/* `flags` are the bits of enum regex_flag. Allocates only inside PCRE2 and frees all of it. */
void regex_check(struct regex_report *out, struct text source, unsigned flags);

#endif
