/* Owns the tokens that only files of settings have, and what the scanner's actions do with their bytes.
 * Must never know: which settings there are. */
#ifndef GRAMMAR_LEXER_SETTINGS_H
#define GRAMMAR_LEXER_SETTINGS_H

#include "grammar/parse.h"

union ASSAY_YYSTYPE;

/* Beside those of the rule language that settings have too: STRING, NUMBER, ADDRESS, NETWORK. All of them stand for
 * themselves: their meaning is in their text. */
enum setting_token {
  SETTING_LINE_END = 1 << 16,
  SETTING_WORD_TOKEN,
  SETTING_DURATION_TOKEN,
  SETTING_ENDPOINT_TOKEN, /* a word, a colon, and what is glued to it */
  SETTING_SERVER_TOKEN,   /* 192.0.2.1:53 and [::1]:53 */
  SETTING_NO_TOKEN        /* a byte that begins none, which has been reported */
};

/* Each reports what is wrong with its token and gives one all the same. */
int setting_word(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int setting_duration(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int setting_bad_number(struct parse *p, union ASSAY_YYSTYPE *value, struct span at);
int setting_endpoint(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int setting_server(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int setting_path(struct parse *p, union ASSAY_YYSTYPE *value, struct span at, struct text text);
int setting_bad_byte(struct parse *p, struct span at, char byte);

/* What a number is written in: 10 with k M G, 8, or thousandths of a second with ms s m h. */
enum setting_scale { SCALE_NUMBER, SCALE_OCTAL, SCALE_DURATION };

/* The whole of a text as a number; false when it has not that form, or does not fit. */
bool setting_amount(int64_t *out, struct text text, enum setting_scale scale);

#endif
