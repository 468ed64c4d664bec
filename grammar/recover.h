/* Owns what happens after a syntax error: the message, and the way to the next statement.
 * Must never know: what the parser builds. */
#ifndef GRAMMAR_RECOVER_H
#define GRAMMAR_RECOVER_H

#include "grammar/parse.h"

union ASSAY_YYSTYPE;

enum { SYNTAX_EXPECTED_MAX = 96 }; /* more than there are tokens */

/* Called by bison with the token that does not fit and all that would. */
void syntax_error(struct parse *p, struct span at, const char *found, const char *const *expected, int count);
void syntax_too_deep(struct parse *p, struct span at);

/* The parser's source of tokens. It counts braces, and after an error drops tokens up to the brace that closes the
 * statement, or up to a statement's keyword in column 1; then it gives RESYNC. */
int assay_yylex(union ASSAY_YYSTYPE *value, struct span *at, struct parse *p);

#endif
