/* Owns the words of a syntax error.
 * Must never know: how the reader goes on behind it. */
#ifndef GRAMMAR_SYNTAX_H
#define GRAMMAR_SYNTAX_H

#include "grammar/parse.h"

/* Where the parser stands: the token that does not fit, and all that would. */
struct syntax {
  struct parse *parse;
  struct span at;
  const char *found;           /* the token's name in the grammar */
  const char *const *expected; /* names of tokens */
  int count;
  int statement, before;       /* token kinds: the keyword of the statement, 0 for none; the token before */
  struct span before_at;
  unsigned depth;              /* braces open before the token */
  struct span open;            /* the outermost of them */
  bool column_1;
};

void syntax_report(const struct syntax *s);

enum { SYNTAX_SHOWN = 8 }; /* where more is expected, the list is no help */

bool syntax_expects(const struct syntax *s, const char *symbol);
struct text syntax_text(const struct syntax *s, struct span at);

/* Whether it names a kind of token; any other stands for itself. */
bool syntax_is_kind(const char *symbol);
bool syntax_is_shown(const struct syntax *s, const char *symbol);

/* habits.c: what the author may have meant. */
void habits_help(const struct syntax *s);

#endif
