/* Owns what must hold of a reply whatever message it was read from.
 * Must never know: the message. */
#ifndef SUPPORT_DNS_REPLY_H
#define SUPPORT_DNS_REPLY_H

#include "dns/message.h"

/* What does not hold of it; NULL when it is in order. Static. */
const char *dns_reply_fault(const struct dns_reply *reply, assay_question_type type);

bool dns_reply_eq(const struct dns_reply *a, const struct dns_reply *b);

#endif
