/* Owns the run-time value of a slot and the answer of a test.
 * Must never know: instructions. */
#ifndef RUN_VALUE_H
#define RUN_VALUE_H

#include "facts/facts.h"
#include "facts/host.h"

/* The answer of a test: no, yes, or 2 + the reason why it is unknown. */
enum answer_kind { ANSWER_NO, ANSWER_YES, ANSWER_NOT_YET, ANSWER_FAILED, ANSWER_NEVER };

static inline enum answer_kind answer_unknown(enum why why) {
  return (enum answer_kind)(ANSWER_NOT_YET + why);
}

/* A list may be partial: what is there is known, but something may be missing. `outcome` says what keeps it from being
 * known, or wholly known; of an empty list, why there is nothing. */
struct value {
  uint8_t known, partial, outcome;
  uint32_t count; /* of a list */
  union {
    int64_t number;
    double real;
    struct text text; /* STRING; MAILBOX in its compared form */
    struct host *host;
    struct addr addr;
    const struct value *items;
  };
};

static inline struct value value_unknown(enum outcome outcome) {
  return (struct value){.outcome = (uint8_t)outcome};
}

/* Of one that is not known, or not wholly. */
static inline enum why value_why(const struct value *value) {
  return outcome_why((enum outcome)value->outcome);
}

#endif
