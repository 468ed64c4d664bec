/* Shows replies as text, so that a test says in one string what it expects. */
#ifndef TESTS_DNS_REPLY_TEXT_H
#define TESTS_DNS_REPLY_TEXT_H

#include "dns/message.h"
#include "support/dns_message.h"

/* "found 300: 192.0.2.1 192.0.2.2", "nxdomain 60", "nodata -" (not to be kept), "malformed -": AAAA in hexadecimal,
 * names and strings in angle brackets. caller frees with free. */
char *reply_text(const struct dns_reply *reply, assay_question_type type);

/* Reads a message that lies in a block of just its length, so that a byte too far is found out. caller frees with
 * free. */
char *read_text(const struct dns_message *m, assay_question_type type, const char *name);

#endif
