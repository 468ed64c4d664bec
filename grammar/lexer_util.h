/* Owns what the scanner's actions do with the bytes of a token: escapes, numbers, addresses, flags.
 * Must never know: the order that tokens may stand in. */
#ifndef GRAMMAR_LEXER_UTIL_H
#define GRAMMAR_LEXER_UTIL_H

#include "grammar/parse.h"

union ASSAY_YYSTYPE;

/* Each reports what is wrong with its token and still gives one of the right kind, so that one slip makes one
 * message. */
int lexer_name(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, int token);
int lexer_mixed_case(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int lexer_string(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int lexer_single_quoted(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int lexer_unclosed_string(struct parse *p, union ASSAY_YYSTYPE *value, struct span at);
void lexer_comment(struct parse *p, struct span at);
int lexer_regex(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int lexer_unclosed_regex(struct parse *p, union ASSAY_YYSTYPE *value, struct span at);
void lexer_regex_begin(struct parse *p, struct span at);
int lexer_regex_end(struct parse *p, union ASSAY_YYSTYPE *value, struct span *at);
int lexer_address(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int lexer_network(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int lexer_number(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int lexer_duration(struct parse *p, union ASSAY_YYSTYPE *value, struct span at);
int lexer_bad_number(struct parse *p, union ASSAY_YYSTYPE *value, struct span at);
void lexer_bad_byte(struct parse *p, struct span at, char byte);

/* Moves on (back) by what the scanner took (gave back). */
void lexer_advance(struct parse *p, struct span *at, size_t len);
void lexer_retreat(struct parse *p, struct span *at, size_t len);

/* Memory for the scanner; NULL when the slab is used up, which its fixed needs never do. */
void *lexer_slab_take(struct parse *p, size_t size);

/* The scanner found itself broken, which its fixed memory makes impossible: goes the parse's way out. */
void lexer_fatal(struct parse *p) __attribute__((noreturn));

/* How much of the text stands before the braces, if any, at its end. */
size_t lexer_before_braces(struct text text);

#endif
