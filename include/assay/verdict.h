/* Owns the answer about one connection: score, interval, action, the rules that hit, the rules still open.
 * Must never know: how it was found. */
#ifndef ASSAY_VERDICT_H
#define ASSAY_VERDICT_H

#include <assay/alloc.h>
#include <assay/answer.h>
#include <assay/facts.h>
#include <assay/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From mild to harsh. Since 0.1. */
typedef enum assay_action {
  ASSAY_ACCEPT,
  ASSAY_TAG,
  ASSAY_GREYLIST,
  ASSAY_DEFER,
  ASSAY_REJECT,
  ASSAY_DISCARD
} assay_action;

/* The action in a word: "accept" … "discard"; "unknown" for what is none. Static; never NULL. From any thread.
 * Since 0.1. */
ASSAY_API const char *assay_action_text(assay_action action);

/* Reused from one evaluation to the next; holds a reference on its rule set, and copies of every other text, so it
 * outlives rule set, facts and workspace. What it hands out is borrowed, and lives until the next evaluation into
 * it or until it is freed. Nothing was evaluated into a new one: it is empty, and so is NULL to all that only look
 * at a verdict. One thread at a time. Since 0.1. */
typedef struct assay_verdict assay_verdict;

/* Makes an empty verdict. alloc NULL: malloc; else it must outlive the verdict. ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT
 * when out is NULL. Caller frees with assay_verdict_free. Since 0.1. */
ASSAY_API assay_status assay_verdict_new(assay_verdict **out, const assay_alloc *alloc);

/* Frees the verdict, and gives back its reference on the rule set; NULL is allowed. Since 0.1. */
ASSAY_API void assay_verdict_free(assay_verdict *verdict);

/* Whether evaluations from now on note what unknown rules wait for, as they do unless told otherwise: false saves that
 * work where nobody asks, and no unknown rule waits for anything then. Nothing else depends on it. NULL does nothing.
 * Since 0.1. */
ASSAY_API void assay_verdict_keep_waits(assay_verdict *verdict, bool keep);

/* Thousandths: 5.5 points are 5500. score is what true rules add; low <= score <= high are the bounds once what is
 * still unknown is known. 0 when empty. Since 0.1. */
ASSAY_API int64_t assay_verdict_score(const assay_verdict *verdict);
ASSAY_API int64_t assay_verdict_low(const assay_verdict *verdict);
ASSAY_API int64_t assay_verdict_high(const assay_verdict *verdict);

/* The action at the score; reject and discard softened to defer where a failed look-up could have saved the mail.
 * ASSAY_ACCEPT when empty. Since 0.1. */
ASSAY_API assay_action assay_verdict_action(const assay_verdict *verdict);

/* Nothing that is still to come can change the action. False when empty. Since 0.1. */
ASSAY_API bool assay_verdict_settled(const assay_verdict *verdict);

/* The reply text of the action with its placeholders filled, printable ASCII, at most 400 bytes; NULL when the
 * action has none. Borrowed from the verdict, NUL-terminated; so are all texts below. Since 0.1. */
ASSAY_API const char *assay_verdict_reply(const assay_verdict *verdict);

/* The exemption that held, and its describe; NULL when none did. Where one held there are no hits, and the score is
 * 0. Since 0.1. */
ASSAY_API const char *assay_verdict_exempt(const assay_verdict *verdict);
ASSAY_API const char *assay_verdict_exempt_describe(const assay_verdict *verdict);

/* A rule that is true. Since 0.1. */
typedef struct assay_hit {
  const char *rule, *group, *describe; /* group "" when it has none */
  int64_t score;                       /* thousandths */
} assay_hit;

/* How many rules hit, and each of them, in the order of the rule set. ASSAY_BAD_ARGUMENT past the end, and when a
 * pointer is NULL. Since 0.1. */
ASSAY_API size_t assay_verdict_hit_count(const assay_verdict *verdict);
ASSAY_API assay_status assay_verdict_hit_at(const assay_verdict *verdict, size_t index, assay_hit *out);

/* A rule whose condition is unknown, why, and on how many things it waits. Since 0.1. */
typedef struct assay_unknown {
  const char *rule;
  assay_why why;
  size_t wait_count;
} assay_unknown;

/* How many rules are unknown, and each of them: exemptions first, then rules, in the order of the rule set.
 * ASSAY_BAD_ARGUMENT past the end, and when a pointer is NULL. Since 0.1. */
ASSAY_API size_t assay_verdict_unknown_count(const assay_verdict *verdict);
ASSAY_API assay_status assay_verdict_unknown_at(const assay_verdict *verdict, size_t index, assay_unknown *out);

/* What the unknown rule of this index waits for: a fact or a question as the rule writes it, "helo" or
 * "dns.address(helo)". NULL past the end of either. Since 0.1. */
ASSAY_API const char *assay_verdict_wait_at(const assay_verdict *verdict, size_t unknown, size_t wait);

/* What became of the question that this wait stands for; of several (A and AAAA, a list of zones) the one that makes
 * the rule's reason. For a fact: ASSAY_OUTCOME_PENDING, _FAILED or _NEVER, by its reason. ASSAY_OUTCOME_NEVER past the
 * end of either. Since 0.1. */
ASSAY_API assay_outcome assay_verdict_wait_outcome(const assay_verdict *verdict, size_t unknown, size_t wait);

/* A look-up whose answer could still change the action. Since 0.1. */
typedef struct assay_question {
  assay_question_type type;
  const char *name; /* as it is to be asked, without the last dot: in lower case, labels beyond ASCII as A-labels, an
                       address as its reverse name. For assay_facts_answer */
  bool pending;     /* the facts have it as unknown, not yet: it has been asked, and is on its way */
} assay_question;

/* The look-ups that are worth their time now, each once; at most 64. First come those on which an exemption waits,
 * then the others by the largest score, up or down, of a rule that waits for them; among equals, in the order in which
 * the rules came to them. So whoever cannot ask all of them asks the first. Answer them, or some of them, into the
 * facts and evaluate again: an answer may settle the verdict, drop questions, or bring new ones (the addresses of a
 * reverse name). Of `a and b` the second is asked about when the first has come out true. None when the verdict is
 * settled, or waits for facts alone. A question that counts as failed or as never answered is none
 * (assay_facts_default_why). ASSAY_BAD_ARGUMENT past the end, and when a pointer is NULL. Since 0.1. */
ASSAY_API size_t assay_verdict_question_count(const assay_verdict *verdict);
ASSAY_API assay_status assay_verdict_question_at(const assay_verdict *verdict, size_t index, assay_question *out);

#ifdef __cplusplus
}
#endif
#endif
