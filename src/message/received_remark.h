/* Owns what mail servers write beside a Received field's clauses: TLS, who logged in, the sender, their own name.
 * Must never know: the client's name or address. */
#ifndef MESSAGE_RECEIVED_REMARK_H
#define MESSAGE_RECEIVED_REMARK_H

#include "message/received.h"

/* Takes what a comment behind the client's address, or behind `by`, says; of what it does not know, nothing. */
void received_remark(struct received *out, struct part comment);

/* Takes the server's name for itself, from the comment behind `by`. */
void received_server(struct received *out, struct part comment);

/* Takes what `with` says, once the whole field has been read. */
void received_protocol(struct received *out);

/* The part, when it is a text in <>; ptr NULL else. */
struct part received_path(struct part part);

#endif
