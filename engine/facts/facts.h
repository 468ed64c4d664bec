/* Owns what is known about one connection: a value or a reason for each fact, and the answers to DNS questions.
 * Must never know: rules, or who asked. */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include <assay/status.h>

#include "base/addr.h"
#include "base/arena.h"
#include "facts/outcome.h"
#include "facts/vocabulary.h"

enum fact_state { FACT_UNSET, FACT_KNOWN, FACT_UNKNOWN };

struct fact_value {
  enum fact_state state;
  enum why why;         /* of FACT_UNKNOWN */
  int64_t number;       /* INT and BOOL */
  struct text text;     /* STRING and NAME: the bytes; MAILBOX: in lower case, without <> */
  struct addr address;
  VEC(struct text) list; /* MAILBOX_LIST */
};

enum question { QUESTION_A, QUESTION_AAAA, QUESTION_PTR, QUESTION_MX, QUESTION_TXT, QUESTION_NS, QUESTION_COUNT };

struct record {
  struct text text; /* a name, or TXT bytes */
  struct addr address;
};

struct answer {
  enum question type;
  struct text name; /* canonical: lower case, no trailing dot */
  enum outcome outcome;
  struct record *records; /* none unless it is OUTCOME_FOUND */
  size_t count;
  bool lent; /* by the source, for one evaluation */
};

/* Looks for the answer to a question somewhere else: true, with outcome and records of *out filled, in the arena or with
 * bytes that stay as they are until the evaluation has returned. `name` is canonical. */
typedef bool facts_source_fn(void *user, enum question type, struct text name, struct arena *arena, struct answer *out);

struct facts {
  const assay_alloc *alloc;
  struct arena arena;
  const struct vocabulary *vocabulary; /* borrowed; may be NULL */
  uint64_t touched; /* the fields that are not as at the beginning */
  VEC(struct answer) answers;
  enum why unset_why, unasked_why;
  facts_source_fn *source; /* of answers that are not among these; NULL: none. The host's, so clearing leaves it */
  void *source_user;
  uint64_t generation; /* changes with every change */
  struct fact_value values[]; /* those of the host behind the others */
};

/* caller frees. vocabulary may be NULL, and must outlive the facts. A fact is below its vocabulary's count. */
assay_status facts_new(struct facts **out, const struct vocabulary *vocabulary, const assay_alloc *alloc);
void facts_free(struct facts *facts);
void facts_clear(struct facts *facts);

assay_status facts_set(struct facts *facts, unsigned field, struct text text);
assay_status facts_append(struct facts *facts, unsigned field, struct text text);
assay_status facts_set_int(struct facts *facts, unsigned field, int64_t value);
assay_status facts_set_bool(struct facts *facts, unsigned field, bool value);
assay_status facts_set_unknown(struct facts *facts, unsigned field, enum why why);

/* Copies the records, of which there are none unless outcome is OUTCOME_FOUND. A later answer to the same question
 * replaces the earlier one. */
assay_status facts_answer(struct facts *facts, enum question type, struct text name, enum outcome outcome,
                          const struct record *records, size_t count);

/* The answer that the facts hold, or NULL. `name` must be canonical. */
const struct answer *facts_find_answer(const struct facts *facts, enum question type, struct text name);

/* The same, or else one that their source has, made in the arena, as which `name` lives at least; NULL, too, when that is
 * out of memory (arena->failed). */
const struct answer *facts_look_up(const struct facts *facts, enum question type, struct text name, struct arena *arena);

/* What an unknown fact counts as. */
static inline enum outcome facts_outcome(const struct facts *facts, const struct fact_value *fact) {
  return outcome_of_why(fact->state == FACT_UNSET ? facts->unset_why : fact->why);
}

/* A mailbox in its compared form, in the arena: <> and a source route are taken off, ASCII letters lowered. */
struct text mailbox_canonical(struct arena *arena, struct text text);

/* The parts around the last @; the domain is empty where there is none. */
struct text mailbox_local(struct text mailbox);
struct text mailbox_domain(struct text mailbox);

#endif
