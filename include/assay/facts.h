/* Owns what is known about one connection: facts, and answers to DNS questions.
 * Must never know: rules. */
#ifndef ASSAY_FACTS_H
#define ASSAY_FACTS_H

#include <assay/alloc.h>
#include <assay/status.h>
#include <assay/value.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers of the facts; a fact keeps its number for ever. Since 0.1. */
typedef enum assay_fact {
  ASSAY_FACT_CLIENT_IP,
  ASSAY_FACT_CLIENT_PORT,
  ASSAY_FACT_CLIENT_RDNS,
  ASSAY_FACT_CLIENT_RDNS_CONFIRMED,
  ASSAY_FACT_CLIENT_IDENT,
  ASSAY_FACT_HELO,
  ASSAY_FACT_HELO_VERB,
  ASSAY_FACT_HELO_PREVIOUS,
  ASSAY_FACT_HELO_PREVIOUS_VERB,
  ASSAY_FACT_MAIL_FROM,
  ASSAY_FACT_MAIL_SIZE,
  ASSAY_FACT_MAIL_SMTPUTF8,
  ASSAY_FACT_RCPT,
  ASSAY_FACT_RCPT_COUNT,
  ASSAY_FACT_AUTH_USER,
  ASSAY_FACT_AUTH_METHOD,
  ASSAY_FACT_TLS_VERSION,
  ASSAY_FACT_TLS_CIPHER,
  ASSAY_FACT_TLS_VERIFIED,
  ASSAY_FACT_TLS_SUBJECT,
  ASSAY_FACT_SESSION_PROTOCOL,
  ASSAY_FACT_SESSION_EARLY_TALKER,
  ASSAY_FACT_SESSION_ERRORS,
  ASSAY_FACT_SESSION_QUEUE_ID,
  ASSAY_FACT_SESSION_HOUR,
  ASSAY_FACT_SESSION_WEEKDAY,
  ASSAY_FACT_SERVER_NAME,
  ASSAY_FACT_SERVER_IP,
  ASSAY_FACT_SERVER_PORT,
  ASSAY_FACT_COUNT,
  ASSAY_FACT_HOST = 1024 /* the first of a host's own, see vocabulary.h */
} assay_fact;

/* A row of the table of facts. Static. Since 0.1. */
typedef struct assay_fact_info {
  const char *name; /* "client.ip" */
  assay_type type;
  const char *type_name; /* "address", "list of mailbox" */
  const char *stage;     /* CONNECT HELO MAIL RCPT DATA */
  const char *doc;
  const char *json, *postfix, *milter, *header; /* what supplies it in each front end; "" where nothing does */
  const char *range; /* the values that an int can have, "0 to 65535"; "" for every other type */
} assay_fact_info;

/* NULL past the end. */
ASSAY_API const assay_fact_info *assay_fact_at(size_t index);

/* The number of a fact by its name; ASSAY_NOT_FOUND when there is none, and *out is then ASSAY_FACT_COUNT, which is no
 * fact. */
ASSAY_API assay_status assay_fact_find(assay_fact *out, const char *name, size_t len);

/* Why a value is unknown. Since 0.1. */
typedef enum assay_why {
  ASSAY_NOT_YET, /* it may come: before HELO, a look-up on its way */
  ASSAY_FAILED,  /* failed for now: time-out, SERVFAIL, refused, over budget */
  ASSAY_NEVER    /* it cannot come: this front end does not have it, DNS is off */
} assay_why;

/* Static words: "not yet", "failed", "never". */
ASSAY_API const char *assay_why_text(assay_why why);

/* The facts of one connection. They own copies of every text given. One thread at a time; evaluation only reads
 * them. Since 0.1. */
typedef struct assay_facts assay_facts;

/* alloc NULL: malloc; else it must outlive the facts. caller frees. Every fact starts unknown, not yet; so does
 * every question. */
ASSAY_API assay_status assay_facts_new(assay_facts **out, const assay_alloc *alloc);
ASSAY_API void assay_facts_free(assay_facts *facts); /* NULL is allowed */

/* Forgets all values and answers, but not the two defaults below; keeps the memory. */
ASSAY_API void assay_facts_clear(assay_facts *facts);

/* What a fact that was never set, and a question that was never answered, count as. A reason that there is not changes
 * nothing. */
ASSAY_API void assay_facts_default_why(assay_facts *facts, assay_why facts_why, assay_why questions_why);

/* Sets a fact from its text: bytes for strings and names, digits for int, true/false for bool, an address, a
 * mailbox (with or without <>). An empty text is known and empty (a name, string, mailbox, address) or
 * ASSAY_BAD_VALUE (int, bool), as is an int outside the fact's range. A list gets this one element, or becomes empty by an empty text. A later value replaces
 * the earlier; after an error the old one stands. */
ASSAY_API assay_status assay_facts_set(assay_facts *facts, assay_fact fact, const char *bytes, size_t len);
ASSAY_API assay_status assay_facts_set_int(assay_facts *facts, assay_fact fact, int64_t value);
ASSAY_API assay_status assay_facts_set_bool(assay_facts *facts, assay_fact fact, bool value);

/* Appends to a list; the first one makes it known. */
ASSAY_API assay_status assay_facts_append(assay_facts *facts, assay_fact fact, const char *bytes, size_t len);
ASSAY_API assay_status assay_facts_set_unknown(assay_facts *facts, assay_fact fact, assay_why why);

/* DNS questions. Names are compared in their canonical form. Since 0.1. */
typedef enum assay_question_type {
  ASSAY_QUESTION_A,
  ASSAY_QUESTION_AAAA,
  ASSAY_QUESTION_PTR, /* the name is the address in text, or its reverse name */
  ASSAY_QUESTION_MX,
  ASSAY_QUESTION_TXT,
  ASSAY_QUESTION_NS
} assay_question_type;

/* Static: "A" … "NS". */
ASSAY_API const char *assay_question_type_text(assay_question_type type);

/* Answers a question with `count` records: addresses in text for A and AAAA, names for PTR, MX and NS (MX in order of
 * preference), bytes for TXT. No records: NXDOMAIN or no data, known and empty. ASSAY_BAD_VALUE when a record is no
 * address of the question's kind. */
ASSAY_API assay_status assay_facts_answer(assay_facts *facts, assay_question_type type, const char *name,
                                          size_t name_len, const char *const *records, const size_t *record_lens,
                                          size_t count);

/* The question failed for now, or will never be answered; or with ASSAY_NOT_YET it has been asked, and its answer is on
 * its way. */
ASSAY_API assay_status assay_facts_answer_unknown(assay_facts *facts, assay_question_type type, const char *name,
                                                  size_t name_len, assay_why why);

#ifdef __cplusplus
}
#endif
#endif
