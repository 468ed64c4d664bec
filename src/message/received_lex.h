/* Owns the pieces that a Received field is made of: words, comments, and the semicolon before the date.
 * Must never know: what a word means. */
#ifndef MESSAGE_RECEIVED_LEX_H
#define MESSAGE_RECEIVED_LEX_H

#include "message/part.h"

enum received_token {
  RECEIVED_END,
  RECEIVED_WORD,
  RECEIVED_COMMENT, /* what is between its parentheses; others may be in it */
  RECEIVED_SEMICOLON,
  RECEIVED_BROKEN /* a comment that does not end */
};

/* Cuts the next token off. `loose`: a word ends at a space only, for what comes from the client may hold anything;
 * else also at a parenthesis or semicolon outside <>. */
enum received_token received_token(struct part *out, struct part *rest, bool loose);

#endif
