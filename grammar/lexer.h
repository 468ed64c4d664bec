/* Owns the two calls into the scanner that flex makes; its own header never leaves lexer.l.
 * Must never know: tokens' meaning. */
#ifndef GRAMMAR_LEXER_H
#define GRAMMAR_LEXER_H

#include "grammar/parse.h"

union ASSAY_YYSTYPE;

/* Readies the scanner for bytes[0..len], behind which two NULs follow. False when the slab is too small. */
bool lexer_open(struct parse *p, char *bytes, size_t len);

/* The same for a file of settings (grammar/lexer_settings.h has the tokens that only these have). */
bool lexer_open_settings(struct parse *p, char *bytes, size_t len);

/* The next token, its value and its span. */
int lexer_scan(union ASSAY_YYSTYPE *value, struct span *at, struct parse *p);

#endif
