/* Owns scoring with DNS: evaluate, ask what could still change the action, evaluate again, until that is settled.
 * Must never know: how a question is sent, or what a rule says. It knows rules and facts as any host does. */
#include <assay/assay.h>
#include <string.h>

#include "dns/clock.h"
#include "dns/resolver.h"

enum { FOUND_MAX = 64 };

/* What an evaluation found in the cache. It goes into the facts when there will be another evaluation, which must not
 * find anything else. The names are the evaluation's, and live until the next; what does not fit is found again. */
struct found {
  const assay_scoring *scoring;
  size_t count;
  struct {
    assay_question_type type;
    struct text name;
  } at[FOUND_MAX];
};

/* A question of a scoring that was put to the resolver. */
struct inquiry {
  struct inquiry *next;
  assay_scoring *scoring;
  assay_lookup *lookup; /* NULL: it has been answered */
  assay_question_type type;
  size_t len;
  char name[];
};

struct assay_scoring {
  assay_scoring *next, *previous; /* of the resolver's */
  assay_resolver *resolver;
  assay_ruleset *ruleset; /* a reference, once it has to wait */
  assay_facts *facts;
  assay_workspace *workspace;
  assay_verdict *verdict;
  assay_scored_fn callback;
  void *user;
  uint64_t began_us;
  assay_dns_usage usage;
  uint32_t asked;   /* of the budget */
  uint32_t waiting; /* inquiries without an answer */
  struct inquiry *inquiries;
  struct timer deadline;
  bool asking; /* what is answered now is looked at by the evaluation that comes next */
  bool news;   /* and something was */
  assay_status status;
};

/* --- evaluating --- */

/* Whether the question is on its way. The facts do not know: whatever ends the scoring, they are as if it had never
 * been asked. */
static bool is_under_way(const assay_scoring *scoring, assay_question_type type, struct text name) {
  const struct inquiry *inquiry = scoring->inquiries;
  for (; inquiry; inquiry = inquiry->next)
    if (inquiry->lookup && inquiry->type == type && text_eq(text_of(inquiry->name, inquiry->len), name)) return true;
  return false;
}

static bool find(void *user, assay_question_type type, const char *name, size_t len, assay_answer *out) {
  struct found *found = user;
  struct text text = text_of(name, len);
  if (is_under_way(found->scoring, type, text)) {
    *out = (assay_answer){.outcome = ASSAY_OUTCOME_PENDING};
    return true;
  }
  if (!resolver_peek(found->scoring->resolver, type, text, out)) return false;
  if (found->count == FOUND_MAX) return true;
  found->at[found->count].type = type;
  found->at[found->count++].name = text;
  return true;
}

static void evaluate(assay_scoring *scoring, struct found *found) {
  found->scoring = scoring;
  found->count = 0;
  assay_facts_answers_from(scoring->facts, find, found);
  scoring->status = assay_evaluate(scoring->ruleset, scoring->facts, scoring->workspace, scoring->verdict);
  scoring->usage.questions += (uint32_t)found->count;
  scoring->usage.cached += (uint32_t)found->count;
}

/* Whether nothing that could be asked can change the action any more. */
static bool is_final(const assay_scoring *scoring) {
  return scoring->status != ASSAY_OK || assay_verdict_settled(scoring->verdict) ||
         assay_verdict_question_count(scoring->verdict) == 0;
}

/* --- answers --- */

static void take(assay_scoring *scoring, assay_question_type type, const char *name, size_t len,
                 const assay_answer *answer) {
  assay_status status = assay_facts_take_answer(scoring->facts, type, name, len, answer);
  if (status != ASSAY_OK) scoring->status = status;
  if (answer->outcome > ASSAY_OUTCOME_PENDING) scoring->usage.failed++;
  scoring->news = true;
}

static void keep(assay_scoring *scoring, const struct found *found) {
  assay_answer answer;
  for (size_t i = 0; i < found->count && scoring->status == ASSAY_OK; i++) {
    struct text name = found->at[i].name;
    const assay_resolver *resolver = scoring->resolver;
    if (cache_find(resolver->cache, found->at[i].type, name, resolver->now, &answer) == CACHE_MISS) continue;
    scoring->status = assay_facts_take_answer(scoring->facts, found->at[i].type, name.ptr, name.len, &answer);
  }
}

static void proceed(assay_scoring *scoring);

static void answered(void *user, const assay_answer *answer) {
  struct inquiry *inquiry = user;
  assay_scoring *scoring = inquiry->scoring;
  inquiry->lookup = NULL;
  scoring->waiting--;
  take(scoring, inquiry->type, inquiry->name, inquiry->len, answer);
  if (!scoring->asking) proceed(scoring);
}

/* --- asking --- */

/* Why a question is not asked at all; PENDING when it is. */
static assay_outcome refusal(const assay_scoring *scoring) {
  if (scoring->usage.late) return ASSAY_OUTCOME_TIMEOUT;
  bool spent = scoring->asked >= scoring->resolver->options.questions;
  return spent ? ASSAY_OUTCOME_OVER_BUDGET : ASSAY_OUTCOME_PENDING;
}

static void put(assay_scoring *scoring, assay_question_type type, const char *name, size_t len) {
  struct inquiry *inquiry = mem_new(scoring->resolver->alloc, sizeof *inquiry + len);
  if (!inquiry) {
    scoring->status = ASSAY_NO_MEMORY;
    return;
  }
  *inquiry = (struct inquiry){.next = scoring->inquiries, .scoring = scoring, .type = type, .len = len};
  memcpy(inquiry->name, name, len);
  scoring->inquiries = inquiry;
  scoring->asked++;
  scoring->waiting++;
  assay_status status =
      assay_resolver_ask(scoring->resolver, type, inquiry->name, len, answered, inquiry, &inquiry->lookup);
  if (status == ASSAY_BAD_VALUE) /* DNS has no such names */
    answered(inquiry, &(assay_answer){.outcome = ASSAY_OUTCOME_FAILED});
  else if (status != ASSAY_OK)
    scoring->status = status;
}

/* Puts the open questions of the verdict to the resolver, in their order. */
static void ask(assay_scoring *scoring) {
  assay_question question;
  scoring->asking = true;
  for (size_t i = 0; assay_verdict_question_at(scoring->verdict, i, &question) == ASSAY_OK; i++) {
    size_t len = strlen(question.name);
    assay_answer none = {.outcome = refusal(scoring)};
    if (scoring->status != ASSAY_OK) break;
    if (question.pending) continue;
    scoring->usage.questions++;
    if (none.outcome == ASSAY_OUTCOME_PENDING)
      put(scoring, question.type, question.name, len);
    else
      take(scoring, question.type, question.name, len, &none);
  }
  scoring->asking = false;
}

/* From an evaluation on: true when that, or one that follows from it at once, is the last. */
static bool pursue(assay_scoring *scoring, struct found *found) {
  while (!is_final(scoring)) {
    scoring->news = false;
    keep(scoring, found);
    if (scoring->status == ASSAY_OK) ask(scoring);
    if (scoring->status != ASSAY_OK) break;
    if (!scoring->news) return scoring->waiting == 0;
    evaluate(scoring, found);
  }
  return true;
}

/* --- the end --- */

static void drop_inquiries(assay_scoring *scoring) {
  while (scoring->inquiries) {
    struct inquiry *inquiry = scoring->inquiries;
    scoring->inquiries = inquiry->next;
    assay_lookup_cancel(inquiry->lookup);
    mem_free(scoring->resolver->alloc, inquiry, sizeof *inquiry + inquiry->len);
  }
}

/* Only looks: it is no question, and nothing is asked anew. */
static bool look(void *user, assay_question_type type, const char *name, size_t len, assay_answer *out) {
  const assay_resolver *resolver = user;
  return cache_find(resolver->cache, type, text_of(name, len), resolver->now, out) == CACHE_FRESH;
}

/* What was waited for is of no more interest; what it took is known. */
static void conclude(assay_scoring *scoring) {
  assay_facts_answers_from(scoring->facts, look, scoring->resolver);
  if (scoring->status == ASSAY_OK) scoring->usage.iprev = assay_facts_iprev(scoring->facts);
  scoring->usage.microseconds = clock_us() - scoring->began_us;
  assay_facts_answers_from(scoring->facts, NULL, NULL);
}

static void discard(assay_scoring *scoring) {
  assay_resolver *resolver = scoring->resolver;
  drop_inquiries(scoring);
  timers_cancel(&resolver->timers, &scoring->deadline);
  if (scoring->previous)
    scoring->previous->next = scoring->next;
  else
    resolver->scorings = scoring->next;
  if (scoring->next) scoring->next->previous = scoring->previous;
  resolver->scoring_count--;
  assay_ruleset_unref(scoring->ruleset);
  mem_free(resolver->alloc, scoring, sizeof *scoring);
}

static void finish(assay_scoring *scoring) {
  conclude(scoring);
  assay_scored_fn callback = scoring->callback;
  void *user = scoring->user;
  assay_dns_usage usage = scoring->usage;
  assay_status status = scoring->status;
  discard(scoring);
  callback(user, status, &usage);
}

static void proceed(assay_scoring *scoring) {
  struct found found;
  found.count = 0;
  if (scoring->status == ASSAY_OK) evaluate(scoring, &found);
  if (pursue(scoring, &found))
    finish(scoring);
  else
    assay_facts_answers_from(scoring->facts, NULL, NULL);
}

/* The deadline: what has not been answered has timed out, and so has what would have been asked next. */
static void expire(void *user) {
  assay_scoring *scoring = user;
  static const assay_answer none = {.outcome = ASSAY_OUTCOME_TIMEOUT};
  scoring->usage.late = true;
  for (struct inquiry *inquiry = scoring->inquiries; inquiry; inquiry = inquiry->next) {
    if (!inquiry->lookup) continue;
    assay_lookup_cancel(inquiry->lookup);
    inquiry->lookup = NULL;
    scoring->waiting--;
    take(scoring, inquiry->type, inquiry->name, inquiry->len, &none);
  }
  proceed(scoring);
}

void scorings_drop(assay_resolver *resolver) {
  while (resolver->scorings) assay_scoring_cancel(resolver->scorings);
}

/* --- the public side --- */

/* A scoring that has to wait becomes an object, with a deadline; NULL when memory is out. */
static assay_scoring *park(const assay_scoring *first) {
  assay_resolver *resolver = first->resolver;
  assay_scoring *scoring = mem_new(resolver->alloc, sizeof *scoring);
  if (!scoring) return NULL;
  *scoring = *first;
  assay_ruleset_ref(scoring->ruleset);
  scoring->next = resolver->scorings;
  if (scoring->next) scoring->next->previous = scoring;
  resolver->scorings = scoring;
  resolver->scoring_count++;
  scoring->deadline.fire = expire;
  scoring->deadline.user = scoring;
  timers_set(&resolver->timers, &scoring->deadline, resolver->now + resolver->options.deadline_ms);
  return scoring;
}

/* The first evaluation has left questions open. */
static assay_status begin(const assay_scoring *first, struct found *found, assay_scoring **out) {
  assay_scoring *scoring = park(first);
  if (!scoring) {
    assay_facts_answers_from(first->facts, NULL, NULL);
    return ASSAY_NO_MEMORY;
  }
  bool final = pursue(scoring, found);
  assay_status status = scoring->status;
  if (final && status == ASSAY_OK) {
    finish(scoring);
    return ASSAY_OK;
  }
  assay_facts_answers_from(scoring->facts, NULL, NULL);
  if (final)
    discard(scoring);
  else
    *out = scoring;
  return status;
}

assay_status assay_resolver_score_start(assay_resolver *resolver, const assay_ruleset *ruleset, assay_facts *facts,
                                        assay_workspace *workspace, assay_verdict *verdict, assay_scored_fn callback,
                                        void *user, assay_scoring **out) {
  if (out) *out = NULL;
  if (!resolver || !ruleset || !facts || !verdict || !callback || !out) return ASSAY_BAD_ARGUMENT;
  struct found found;
  assay_scoring first = {.resolver = resolver,
                         .ruleset = (assay_ruleset *)(uintptr_t)ruleset,
                         .facts = facts,
                         .workspace = workspace,
                         .verdict = verdict,
                         .callback = callback,
                         .user = user,
                         .began_us = resolver_look_at_clock(resolver)};
  evaluate(&first, &found);
  if (!is_final(&first)) return begin(&first, &found, out);
  conclude(&first);
  if (first.status == ASSAY_OK) callback(user, ASSAY_OK, &first.usage);
  return first.status;
}

void assay_scoring_cancel(assay_scoring *scoring) {
  if (scoring) discard(scoring);
}

/* --- waiting for it --- */

struct waiter {
  bool done;
  assay_status status;
  assay_dns_usage usage;
};

static void scored(void *user, assay_status status, const assay_dns_usage *usage) {
  struct waiter *waiter = user;
  *waiter = (struct waiter){true, status, *usage};
}

assay_status assay_resolver_score(assay_resolver *resolver, const assay_ruleset *ruleset, assay_facts *facts,
                                  assay_workspace *workspace, assay_verdict *verdict, assay_dns_usage *usage) {
  struct waiter waiter = {.done = false};
  assay_scoring *scoring;
  assay_status status =
      assay_resolver_score_start(resolver, ruleset, facts, workspace, verdict, scored, &waiter, &scoring);
  while (status == ASSAY_OK && !waiter.done) status = assay_resolver_wait(resolver, -1);
  if (status != ASSAY_OK && !waiter.done) assay_scoring_cancel(scoring);
  /* What was asked for the cache's sake comes in only when somebody looks. */
  if (waiter.done && lookups_counts(resolver->lookups)->in_flight > 0) (void)assay_resolver_wait(resolver, 0);
  if (usage && waiter.done) *usage = waiter.usage;
  return waiter.done ? waiter.status : status;
}
