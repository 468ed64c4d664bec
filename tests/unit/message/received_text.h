/* Owns how tests write what was read from a Received field: one line, and nothing of what is not sure.
 * Must never know: how it was read. */
#ifndef MESSAGE_RECEIVED_TEXT_H
#define MESSAGE_RECEIVED_TEXT_H

#include <stddef.h>

#include "message/received.h"

#define RECEIVED_TEXT_SIZE 2048

/* `client ip=192.0.2.1 helo=a rdns=b …`, with odd bytes as \xHH, or `local`, or `unreadable`. Answers `out`. */
char *received_text(char out[RECEIVED_TEXT_SIZE], const struct received *in);

/* A part in the same form, behind what stands in `out`. */
void received_text_add(char out[RECEIVED_TEXT_SIZE], const char *word, struct part part);

#endif
