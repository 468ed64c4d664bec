/* Owns questions to DNS and the answers to them, as values: types, outcomes, records.
 * Must never know: who asks, who answers, or what for. */
#ifndef ASSAY_ANSWER_H
#define ASSAY_ANSWER_H

#include <assay/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The types of DNS questions (RFC 1035 section 3.2.2; AAAA: RFC 3596). Since 0.1. */
typedef enum assay_question_type {
  ASSAY_QUESTION_A,
  ASSAY_QUESTION_AAAA,
  ASSAY_QUESTION_PTR, /* the name is the address in text, or its reverse name (RFC 1035 section 3.5, RFC 3596) */
  ASSAY_QUESTION_MX,
  ASSAY_QUESTION_TXT,
  ASSAY_QUESTION_NS
} assay_question_type;

/* The type in a word: "A" … "NS"; "unknown" for what is none. Static; never NULL. From any thread. Since 0.1. */
ASSAY_API const char *assay_question_type_text(assay_question_type type);

/* What became of a question. The first three are answers: they are knowledge. The fourth may still become one; of all
 * the others nothing may be concluded. Since 0.1. */
typedef enum assay_outcome {
  ASSAY_OUTCOME_FOUND,       /* there are records */
  ASSAY_OUTCOME_NODATA,      /* the name exists, and has no record of this type; RFC 2308 section 2.2 */
  ASSAY_OUTCOME_NXDOMAIN,    /* the name does not exist; RFC 2308 section 2.1, RFC 8020 */
  ASSAY_OUTCOME_PENDING,     /* not yet: it may still be answered */
  ASSAY_OUTCOME_SERVFAIL,    /* the server could not find out; RFC 1035 section 4.1.1 */
  ASSAY_OUTCOME_REFUSED,     /* the server, or a DNS list, will not say; or nothing listens at the server's port */
  ASSAY_OUTCOME_TIMEOUT,     /* nothing came in time */
  ASSAY_OUTCOME_MALFORMED,   /* what came makes no sense: broken, lame, in a circle */
  ASSAY_OUTCOME_OVER_BUDGET, /* it was one question too many for this connection, and was not asked */
  ASSAY_OUTCOME_ZONE_DOWN,   /* its zone has been silent, and was not asked again */
  ASSAY_OUTCOME_FAILED,      /* failed for now; nobody said how */
  ASSAY_OUTCOME_NEVER        /* it cannot come: DNS is off */
} assay_outcome;

/* The outcome in a word: "found" "nodata" "nxdomain" "pending" "servfail" "refused" "timeout" "malformed"
 * "over_budget" "zone_down" "failed" "never"; "unknown" for what is none. Static; never NULL. From any thread. Since
 * 0.1. */
ASSAY_API const char *assay_outcome_text(assay_outcome outcome);

/* One record of an answer. A: the 4 bytes of the address, AAAA: its 16 bytes; PTR, MX and NS: a name in text without
 * the last dot, in which a byte that is not printable ASCII, a dot inside a label, and a backslash are escaped as in
 * RFC 1035 section 5.1 ("\." "\010"), and the root is ""; TXT: its strings, joined. Not NUL-terminated. Since 0.1. */
typedef struct assay_record {
  const char *bytes;
  size_t len;
} assay_record;

/* An answer, or the lack of one. The records are those of the type asked for, in an order that does not hang on the
 * server's: by their bytes, MX by preference first. None unless outcome is ASSAY_OUTCOME_FOUND. An MX record of the
 * root ("") is a null MX: the domain takes no mail (RFC 7505). Since 0.1. */
typedef struct assay_answer {
  assay_outcome outcome;
  const assay_record *records; /* borrowed */
  size_t count;
} assay_answer;

/* The result of the check `iprev` (RFC 8601 section 2.7.3). Since 0.1. */
typedef enum assay_iprev {
  ASSAY_IPREV_NONE,      /* not known yet, or not looked up */
  ASSAY_IPREV_PASS,      /* a reverse name of the client resolves back to it */
  ASSAY_IPREV_FAIL,      /* it has reverse names, and none of them does */
  ASSAY_IPREV_TEMPERROR, /* a look-up that it takes failed for now */
  ASSAY_IPREV_PERMERROR  /* the client has no reverse name */
} assay_iprev;

/* The result in RFC 8601's word: "none" "pass" "fail" "temperror" "permerror"; "unknown" for what is none. Static;
 * never NULL. From any thread. Since 0.1. */
ASSAY_API const char *assay_iprev_text(assay_iprev iprev);

#ifdef __cplusplus
}
#endif
#endif
