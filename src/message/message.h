/* Owns the walk over the header fields of a message (RFC 5322 section 2.2).
 * Must never know: what a field means. */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include "message/part.h"

/* More of a header is not looked at: no mail server writes its own lines that far down. */
#define MESSAGE_HEAD_MOST ((size_t)256 * 1024)

/* Borrows the bytes. */
struct message {
  struct part head; /* as much as may be looked at */
  size_t at;        /* where the next field begins */
};

struct message_field {
  struct part name;  /* without spaces */
  struct part value; /* without spaces at its ends; a fold is in it as it stands, line end and all */
};

/* Lines may end in LF or CRLF; a `From ` line of a mailbox may come first. */
void message_open(struct message *message, struct part bytes);

/* The next field; false at the empty line, at what is no field, and at one whose end is not there or beyond the
 * bound. */
bool message_next(struct message *message, struct message_field *out);

#endif
