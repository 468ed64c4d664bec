/* Owns what is known about one connection: facts, and answers to DNS questions.
 * Must never know: rules. */
#ifndef ASSAY_FACTS_H
#define ASSAY_FACTS_H

#include <assay/alloc.h>
#include <assay/answer.h>
#include <assay/status.h>
#include <assay/value.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers of the facts; a fact keeps its number for ever. The comments say the type, and where a fact's meaning
 * comes from; assay_fact_at has a sentence on each. Since 0.1. */
typedef enum assay_fact {
  ASSAY_FACT_CLIENT_IP,               /* address */
  ASSAY_FACT_CLIENT_PORT,             /* int */
  ASSAY_FACT_CLIENT_RDNS,             /* name; RFC 1035 section 3.5 */
  ASSAY_FACT_CLIENT_RDNS_CONFIRMED,   /* name; RFC 8601 section 3, iprev */
  ASSAY_FACT_CLIENT_IDENT,            /* string; RFC 1413 */
  ASSAY_FACT_HELO,                    /* name; RFC 5321 section 4.1.1.1 */
  ASSAY_FACT_HELO_VERB,               /* string; RFC 5321 section 4.1.1.1, LHLO: RFC 2033 */
  ASSAY_FACT_HELO_PREVIOUS,           /* name */
  ASSAY_FACT_HELO_PREVIOUS_VERB,      /* string */
  ASSAY_FACT_MAIL_FROM,               /* mailbox; RFC 5321 section 4.1.1.2 */
  ASSAY_FACT_MAIL_SIZE,               /* int, bytes; RFC 1870 */
  ASSAY_FACT_MAIL_SMTPUTF8,           /* bool; RFC 6531 */
  ASSAY_FACT_RCPT,                    /* list of mailbox; RFC 5321 section 4.1.1.3 */
  ASSAY_FACT_RCPT_COUNT,              /* int */
  ASSAY_FACT_AUTH_USER,               /* string; RFC 4954 */
  ASSAY_FACT_AUTH_METHOD,             /* string; RFC 4954 */
  ASSAY_FACT_TLS_VERSION,             /* string; RFC 3207 */
  ASSAY_FACT_TLS_CIPHER,              /* string */
  ASSAY_FACT_TLS_VERIFIED,            /* bool */
  ASSAY_FACT_TLS_SUBJECT,             /* string */
  ASSAY_FACT_SESSION_PROTOCOL,        /* string */
  ASSAY_FACT_SESSION_EARLY_TALKER,    /* bool; RFC 5321 section 4.3.1 */
  ASSAY_FACT_SESSION_ERRORS,          /* int */
  ASSAY_FACT_SESSION_QUEUE_ID,        /* string */
  ASSAY_FACT_SESSION_HOUR,            /* int */
  ASSAY_FACT_SESSION_WEEKDAY,         /* int; ISO 8601 */
  ASSAY_FACT_SERVER_NAME,             /* name; RFC 5321 section 4.3.1 */
  ASSAY_FACT_SERVER_IP,               /* address */
  ASSAY_FACT_SERVER_PORT,             /* int */
  ASSAY_FACT_COUNT,                   /* how many there are; no fact */
  ASSAY_FACT_HOST = 1024              /* the first of a host's own, see vocabulary.h */
} assay_fact;

/* A row of the table of facts; all texts are NUL-terminated. Static. Since 0.1. */
typedef struct assay_fact_info {
  const char *name; /* "client.ip" */
  assay_type type;
  const char *type_name; /* "address", "list of mailbox" */
  const char *stage;     /* CONNECT HELO MAIL RCPT DATA */
  const char *doc;
  const char *json, *postfix, *milter, *header; /* what supplies it in each front end; "" where nothing does */
  const char *range; /* the values that an int can have, "0 to 65535"; "" for every other type */
} assay_fact_info;

/* The fact of this number, of the language's alone; NULL past the end. Static. From any thread. Since 0.1. */
ASSAY_API const assay_fact_info *assay_fact_at(size_t index);

/* The number of a fact of the language by its name of len bytes; a host has the numbers of its own from
 * assay_vocabulary_add_fact. ASSAY_NOT_FOUND when there is none, ASSAY_BAD_ARGUMENT when a pointer is NULL; *out is
 * then ASSAY_FACT_COUNT, which is no fact. From any thread. Since 0.1. */
ASSAY_API assay_status assay_fact_find(assay_fact *out, const char *name, size_t len);

/* Why a value is unknown. Since 0.1. */
typedef enum assay_why {
  ASSAY_NOT_YET, /* it may come: before HELO, a look-up on its way */
  ASSAY_FAILED,  /* failed for now: time-out, SERVFAIL, refused, over budget */
  ASSAY_NEVER    /* it cannot come: this front end does not have it, DNS is off */
} assay_why;

/* The reason in words: "not yet", "failed", "never"; "unknown" for what is none. Static; never NULL. From any
 * thread. Since 0.1. */
ASSAY_API const char *assay_why_text(assay_why why);

/* The facts of one connection. They own copies of every text given. One thread at a time; evaluation only reads
 * them, so any number of threads may evaluate facts that nobody changes. What a value or answer replaces keeps its
 * memory until all is cleared. Since 0.1. */
typedef struct assay_facts assay_facts;

/* Makes facts of which nothing is known: every fact is unknown, not yet; so is every question. alloc NULL: malloc;
 * else it must outlive the facts. ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT when out is NULL. Caller frees with
 * assay_facts_free. Since 0.1. */
ASSAY_API assay_status assay_facts_new(assay_facts **out, const assay_alloc *alloc);

/* Frees the facts; NULL is allowed. Since 0.1. */
ASSAY_API void assay_facts_free(assay_facts *facts);

/* Forgets all values and answers, but not the two defaults below; keeps the memory. NULL is allowed. Since 0.1. */
ASSAY_API void assay_facts_clear(assay_facts *facts);

/* What a fact that was never set, and a question that was never answered, count as. A reason that there is not
 * changes neither; facts may be NULL. Since 0.1. */
ASSAY_API void assay_facts_default_why(assay_facts *facts, assay_why facts_why, assay_why questions_why);

/* Sets a fact from its text of len bytes: bytes as they come for strings and names; digits, with a - before them or
 * not, for int; true or 1, false or 0 for bool; for an address dotted quads or RFC 4291 section 2.2, without
 * brackets and zone (an IPv4-mapped one is the IPv4 address); for a mailbox the path of RFC 5321 section 4.1.2,
 * with or without <>, whose source route is ignored. An empty text, which may be NULL, is known and empty (a name,
 * string, mailbox, address) or ASSAY_BAD_VALUE (int, bool), as is an int outside the fact's range. A list gets this
 * one element, or becomes empty by an empty text. A later value replaces the earlier; after an error the old one
 * stands. ASSAY_BAD_VALUE; ASSAY_NO_MEMORY, and the same call may be made again; ASSAY_BAD_ARGUMENT when facts are
 * NULL, or have no such fact. Since 0.1. */
ASSAY_API assay_status assay_facts_set(assay_facts *facts, assay_fact fact, const char *bytes, size_t len);

/* Set an int, and a bool. ASSAY_BAD_VALUE when the int is outside the fact's range; ASSAY_BAD_ARGUMENT as above,
 * and when the fact is of another type. After an error the old value stands. Since 0.1. */
ASSAY_API assay_status assay_facts_set_int(assay_facts *facts, assay_fact fact, int64_t value);
ASSAY_API assay_status assay_facts_set_bool(assay_facts *facts, assay_fact fact, bool value);

/* Appends an element to a list; the first one makes it known, an empty text is an empty element. ASSAY_NO_MEMORY;
 * ASSAY_BAD_ARGUMENT as above, and when the fact is no list. After an error the list is as it was. Since 0.1. */
ASSAY_API assay_status assay_facts_append(assay_facts *facts, assay_fact fact, const char *bytes, size_t len);

/* Forgets the value: the fact is unknown for this reason, whatever the default. ASSAY_BAD_ARGUMENT as above, and
 * when there is no such reason. Since 0.1. */
ASSAY_API assay_status assay_facts_set_unknown(assay_facts *facts, assay_fact fact, assay_why why);

/* Writes what is known of a fact as text, for a log or a question to a person: up to `size` bytes of it into out, not
 * NUL-terminated, of *len in all. Bytes from strangers come as they are: whoever shows them escapes them. The elements of a
 * list stand with commas between. False, with *len 0, when the fact is not known, when facts or len are NULL or have no
 * such fact, or when out is NULL and size is not 0. Since 0.1. */
ASSAY_API bool assay_facts_get(const assay_facts *facts, assay_fact fact, char *out, size_t size, size_t *len);

/* Answers a question with `count` records: addresses in text for A and AAAA, names for PTR, MX and NS (MX in order
 * of preference), bytes for TXT. No records: NXDOMAIN or no data, known and empty. Names are compared without
 * regard to case and a last dot, labels beyond ASCII as A-labels. Everything is copied. A later answer to the same
 * question replaces the earlier; after an error the old one stands. ASSAY_BAD_VALUE when a record is no address of
 * the question's type; ASSAY_NO_MEMORY, and the same call may be made again; ASSAY_BAD_ARGUMENT when a pointer is
 * NULL (an empty record may be, and with count 0 both arrays), or there is no such type. Since 0.1. */
ASSAY_API assay_status assay_facts_answer(assay_facts *facts, assay_question_type type, const char *name,
                                          size_t name_len, const char *const *records, const size_t *record_lens,
                                          size_t count);

/* The question failed for now, or will never be answered; or with ASSAY_NOT_YET it has been asked, and its answer
 * is on its way. ASSAY_NO_MEMORY and ASSAY_BAD_ARGUMENT as above, the latter also when there is no such reason.
 * Since 0.1. */
ASSAY_API assay_status assay_facts_answer_unknown(assay_facts *facts, assay_question_type type, const char *name,
                                                  size_t name_len, assay_why why);

/* Takes what became of a question: the records, or why there are none. Records are looked at where the outcome is
 * ASSAY_OUTCOME_FOUND; that without any is ASSAY_OUTCOME_NODATA. Everything is copied; a later answer replaces the
 * earlier; after an error the old one stands. ASSAY_BAD_VALUE when a record of A is not 4 bytes long, or one of AAAA
 * not 16; ASSAY_NO_MEMORY and ASSAY_BAD_ARGUMENT as above, the latter also when there is no such outcome. Since 0.1. */
ASSAY_API assay_status assay_facts_take_answer(assay_facts *facts, assay_question_type type, const char *name,
                                               size_t name_len, const assay_answer *answer);

/* Looks for the answer to a question in what a host already knows: true, with *out filled, when it is there. It runs
 * in the midst of an evaluation, so it must not wait, nor call anything that takes these facts. The bytes of the
 * records stay as they are until the evaluation has returned; the array need only do so until the next call. An answer
 * that assay_facts_take_answer would not take counts as ASSAY_OUTCOME_MALFORMED. name: as assay_verdict_question_at
 * gives it, not NUL-terminated. Since 0.1. */
typedef bool (*assay_answers_fn)(void *user, assay_question_type type, const char *name, size_t name_len,
                                 assay_answer *out);

/* Where an evaluation, and assay_facts_iprev, look for an answer that the facts do not hold: what is found counts, and
 * is not kept. NULL: nowhere, as in new facts. Clearing the facts does not change it. facts may be NULL. Since 0.1. */
ASSAY_API void assay_facts_answers_from(assay_facts *facts, assay_answers_fn find, void *user);

/* The result of `iprev` for the client (RFC 8601 section 3), from its address and the answers that there are: over its
 * first ten reverse names, in bytewise order. ASSAY_IPREV_NONE while an answer that it takes has not come, when the
 * client's address is unknown or empty, or facts are NULL. Since 0.1. */
ASSAY_API assay_iprev assay_facts_iprev(const assay_facts *facts);

#ifdef __cplusplus
}
#endif
#endif
