/* Owns asking DNS: servers, questions under way, what is remembered, and scoring that asks what it needs.
 * Must never know: what a rule says. */
#ifndef ASSAY_RESOLVER_H
#define ASSAY_RESOLVER_H

#include <assay/alloc.h>
#include <assay/answer.h>
#include <assay/eval.h>
#include <assay/facts.h>
#include <assay/ruleset.h>
#include <assay/status.h>
#include <assay/verdict.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Asks DNS for one thread, and remembers what it learnt. It never starts a thread, and sleeps only in the calls that
 * say so; a host with a loop of its own is told which descriptors to watch. It asks a recursive resolver, by UDP and,
 * when an answer is too long, TCP; never a hosts file, and never a name with a search domain behind it.
 * One thread at a time; make one a thread. Since 0.1. */
typedef struct assay_resolver assay_resolver;

/* Set with the macro, then change what differs. A smaller size is ASSAY_BAD_ARGUMENT; of a larger one, which is a later
 * version's, the rest is not looked at. Since 0.1. */
typedef struct assay_resolver_options {
  size_t size;              /* sizeof(assay_resolver_options) */
  const assay_alloc *alloc; /* NULL: malloc; else it must outlive the resolver. c-ares allocates by itself */
  const char *servers;      /* "127.0.0.1", "[::1]:5353, 192.0.2.1:53": asked in this order, 8 at most. Copied. NULL: a
                               resolver on loopback if there is one, else those of /etc/resolv.conf */
  uint32_t attempt_ms;      /* until a question is sent again; twice as long in each round of the servers */
  uint32_t attempts;        /* how often it is sent to each server before it has timed out; 1 to 10 */
  uint32_t in_flight;       /* questions that are under way at once, at most 64 a socket; the rest wait. 1 to 4096. One
                               that has had no answer for attempt_ms no longer counts, up to three times as many; and
                               half of the places are kept for zones that have answered their latest question */
  uint32_t zone_in_flight;  /* the same, of one zone */
  uint32_t zone_timeouts;   /* so many timeouts in a row, and the zone is down: 0: never */
  uint32_t zone_down_ms;    /* that is, its questions are ASSAY_OUTCOME_ZONE_DOWN for so long */
  size_t cache_bytes;       /* what may be remembered, all of its memory counted; 0: nothing */
  uint32_t ttl_floor, ttl_ceiling; /* seconds between which the TTL of an answer is brought */
  uint32_t negative_ceiling; /* seconds: the same for NXDOMAIN and NODATA (RFC 2308) */
  uint32_t stale;           /* seconds for which an answer that has expired may be given while it is asked for anew
                               (RFC 8767); 0: never */
  uint32_t questions;       /* a verdict may ask so many; the rest is ASSAY_OUTCOME_OVER_BUDGET. What is remembered
                               costs nothing. At most 64 */
  uint32_t deadline_ms;     /* of a verdict; what is not answered by then is ASSAY_OUTCOME_TIMEOUT */
} assay_resolver_options;

/* The defaults. Since 0.1. */
#define ASSAY_RESOLVER_OPTIONS_INIT                                                                             \
  {sizeof(assay_resolver_options), NULL, NULL, 700, 3, 64, 16, 5, 30000, 32u << 20, 0, 86400, 3600, 0, 32, 5000}

/* Makes a resolver. options may be NULL. Nothing is sent, unless servers is NULL: then 127.0.0.1 and ::1 are tried,
 * for at most 300 ms. Caller frees with assay_resolver_free. ASSAY_BAD_VALUE when servers is no list of addresses with
 * ports, or too long; ASSAY_NOT_FOUND when there is no server to ask; ASSAY_IO_ERROR; ASSAY_NO_MEMORY;
 * ASSAY_BAD_ARGUMENT when out is NULL or a number is out of its range. Since 0.1. */
ASSAY_API assay_status assay_resolver_new(assay_resolver **out, const assay_resolver_options *options);

/* Frees the resolver. What is still under way ends without a callback; its lookups and scorings are gone with it. NULL
 * is allowed; not from a callback. Since 0.1. */
ASSAY_API void assay_resolver_free(assay_resolver *resolver);

/* The server at this index as "127.0.0.1:53" or "[::1]:53", in the order in which they are asked; NULL past the end.
 * Borrowed from the resolver. Since 0.1. */
ASSAY_API const char *assay_resolver_server_at(const assay_resolver *resolver, size_t index);

/* What is unwise about the servers, in a sentence for the administrator: one that is not on this machine, so that
 * others on the way may forge its answers. NULL when there is nothing. Borrowed from the resolver. Since 0.1. */
ASSAY_API const char *assay_resolver_warning(const assay_resolver *resolver);

/* --- one question --- */

/* A question under way. It is gone when its callback has been called, or it was cancelled. Since 0.1. */
typedef struct assay_lookup assay_lookup;

/* Called once with the answer, which is borrowed and lives until it returns. It may ask and cancel. Since 0.1. */
typedef void (*assay_answer_fn)(void *user, const assay_answer *answer);

/* Asks a question: of the cache, of the server, or of one who has asked the same and waits. name: as
 * assay_verdict_question_at gives it; for PTR an address in text will do. When the answer is known at once, the
 * callback is called before this returns, and *out is NULL. A name that cannot be asked for (RFC 1035 section 2.3.4)
 * is ASSAY_BAD_VALUE; ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT when resolver, name, callback or out is NULL, or there is no
 * such type. After an error there is no callback. Since 0.1. */
ASSAY_API assay_status assay_resolver_ask(assay_resolver *resolver, assay_question_type type, const char *name,
                                          size_t name_len, assay_answer_fn callback, void *user, assay_lookup **out);

/* Forgets the question: no callback. If it is on its way, its answer is remembered all the same. NULL is allowed.
 * Since 0.1. */
ASSAY_API void assay_lookup_cancel(assay_lookup *lookup);

/* --- scoring --- */

/* What a verdict took. Since 0.1. */
typedef struct assay_dns_usage {
  uint32_t questions;    /* that the verdict needed, each once */
  uint32_t cached;       /* of them answered from the cache at once */
  uint32_t failed;       /* of them without an answer, for whatever reason */
  bool late;             /* the deadline came before the verdict was settled */
  uint64_t microseconds; /* from the call to the answer */
  assay_iprev iprev;     /* of the client, as far as its look-ups were needed */
} assay_dns_usage;

/* A connection being scored. It is gone when its callback has been called, or it was cancelled. Since 0.1. */
typedef struct assay_scoring assay_scoring;

/* Called once, when the verdict is settled, nothing more can be learnt, or the deadline has come. status is that of the
 * last evaluation; usage is borrowed until it returns. It may ask, cancel, and begin and cancel scorings. Since 0.1. */
typedef void (*assay_scored_fn)(void *user, assay_status status, const assay_dns_usage *usage);

/* Scores a connection: evaluates, asks what could still change the action, and evaluates again as answers come, until
 * the verdict is settled; then cancels what is left. Answers go into the facts. What a host has said of a question
 * (assay_facts_answer) is not asked; where they look for answers (assay_facts_answers_from) is the scoring's from now
 * on, and nowhere afterwards. Rule set, facts, workspace (NULL: the verdict's own) and verdict are borrowed until the
 * callback; the rule set is referenced; several scorings of one thread may share the workspace. When no answer has to
 * be waited for, the callback is called before this returns, and *out is NULL. ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT
 * when a pointer but workspace and user is NULL. After an error there is no callback. Since 0.1. */
ASSAY_API assay_status assay_resolver_score_start(assay_resolver *resolver, const assay_ruleset *ruleset,
                                                  assay_facts *facts, assay_workspace *workspace,
                                                  assay_verdict *verdict, assay_scored_fn callback, void *user,
                                                  assay_scoring **out);

/* Forgets the scoring: no callback. The verdict is that of the latest evaluation. NULL is allowed. Since 0.1. */
ASSAY_API void assay_scoring_cancel(assay_scoring *scoring);

/* The same, waiting: sleeps until the verdict is there. Other questions and scorings of this resolver go on meanwhile,
 * and their callbacks are called. usage may be NULL. Not from a callback. Since 0.1. */
ASSAY_API assay_status assay_resolver_score(assay_resolver *resolver, const assay_ruleset *ruleset, assay_facts *facts,
                                            assay_workspace *workspace, assay_verdict *verdict,
                                            assay_dns_usage *usage);

/* --- time and descriptors --- */

/* Waits at most so many milliseconds (-1: as long as it takes) until something has happened, and handles it. At once
 * when nothing is under way, not even what is asked anew for the cache. For hosts without a loop. ASSAY_IO_ERROR when
 * the system cannot wait; ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT when resolver is NULL, and from a callback. Since 0.1. */
ASSAY_API assay_status assay_resolver_wait(assay_resolver *resolver, int most_ms);

/* How many lookups and scorings are under way. 0 of NULL. Since 0.1. */
ASSAY_API size_t assay_resolver_pending(const assay_resolver *resolver);

/* Tells the host's loop what to watch a descriptor for, level-triggered; neither: no more, and the descriptor is about
 * to be closed. Called from any call of this header but those that only look. It may call nothing of this library.
 * Since 0.1. */
typedef void (*assay_watch_fn)(void *user, int fd, bool read, bool write);

/* Registers the host's loop, and reports at once what is to be watched already; NULL: no loop. Since 0.1. */
ASSAY_API void assay_resolver_watch(assay_resolver *resolver, assay_watch_fn watch, void *user);

/* In how many milliseconds assay_resolver_process must be called, if nothing else happens first; -1: no need. It may
 * change with every call of this header. Since 0.1. */
ASSAY_API int assay_resolver_timeout(const assay_resolver *resolver);

/* Handles a descriptor that is ready, or with fd -1 what is due by time; callbacks are called from here. From a callback
 * it does nothing. Since 0.1. */
ASSAY_API void assay_resolver_process(assay_resolver *resolver, int fd, bool readable, bool writable);

/* --- looking at it --- */

/* Counts since it was made, but for the last five, which are of now. Since 0.1. */
typedef struct assay_resolver_stats {
  uint64_t asked;     /* questions put to it */
  uint64_t cached;    /* of them answered from the cache */
  uint64_t stale;     /* of those, by an answer that had expired */
  uint64_t coalesced; /* of them joined to the same question under way */
  uint64_t sent;      /* questions sent to a server; not how often */
  uint64_t answered;  /* of them answered: found, NODATA, NXDOMAIN */
  uint64_t timeouts, failures; /* of them without an answer: for silence, for all other reasons */
  uint64_t zones_down; /* how often a zone was found to be down */
  uint64_t evicted;   /* what had to go from the cache before its time */
  size_t in_flight, waiting; /* questions at the server, and waiting to be sent */
  size_t overdue;     /* questions at the server, too, but for longer than attempt_ms: others have their places */
  size_t cache_entries, cache_bytes;
} assay_resolver_stats;

/* Fills *out; all are 0 of NULL. Since 0.1. */
ASSAY_API void assay_resolver_statistics(const assay_resolver *resolver, assay_resolver_stats *out);

#ifdef __cplusplus
}
#endif
#endif
