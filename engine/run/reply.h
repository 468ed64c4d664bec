/* Owns the reply text of an action: placeholders filled, everything made safe for an SMTP reply line.
 * Must never know: who sends the reply. */
#ifndef RUN_REPLY_H
#define RUN_REPLY_H

#include "run/verdict.h"

enum { REPLY_MAX = 400 };

/* Writes the reply for the verdict's action into verdict->reply. The workspace has just evaluated the connection. */
void reply_write(struct verdict *verdict, struct workspace *workspace);

/* The facts that the placeholders of a template show, bit f for fact f. */
uint64_t reply_reads(struct text template);

#endif
