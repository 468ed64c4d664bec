/* Owns reading a DNS response: the records that answer the question, or what is wrong, and how long that holds.
 * Must never know: sockets, c-ares, or a cache. */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include <assay/answer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum {
  DNS_RECORDS_MAX = 64, /* records kept of one answer; of more, the first in order */
  DNS_CHAIN_MAX = 8,    /* CNAME records followed from the name asked for (RFC 1034 section 3.6.2) */
  DNS_NAME_MAX = 253    /* bytes of a name that can be asked for, in text without the last dot */
};

struct dns_reply {
  assay_outcome outcome; /* FOUND NODATA NXDOMAIN SERVFAIL REFUSED MALFORMED */
  uint32_t ttl;          /* seconds: the least along the chain; of NXDOMAIN and NODATA that of RFC 2308 section 5 */
  bool keep;             /* whether it may be remembered at all */
  assay_record *records; /* in the order of <assay/answer.h>; in the arena, as are their bytes */
  size_t count;
};

/* Reads the response of len bytes to the question for `name` (text, lower case, without the last dot). Only the chain
 * of that name is looked at: CNAME by CNAME to the records of the type; whatever else stands in the message is
 * ignored. A response of another question, one that is cut off or damaged, a referral (lame), a circle or a chain that
 * is too long is MALFORMED. ASSAY_NO_MEMORY only. */
assay_status dns_read(struct dns_reply *out, struct arena *arena, const uint8_t *message, size_t len,
                      assay_question_type type, struct text name);

#endif
