/* Owns what can become of a DNS question, made from outcomes.def, and the reasons why something is unknown.
 * Must never know: questions, or who answers them. */
#ifndef FACTS_OUTCOME_H
#define FACTS_OUTCOME_H

#include <stdint.h>

#include "base/text.h"

/* Why something is unknown, mildest first: of two operands the later reason decides, of an `or` the earlier. */
enum why { WHY_NOT_YET, WHY_FAILED, WHY_NEVER };

enum outcome {
#define OUTCOME(id, word, known, why, told) OUTCOME_##id,
#include "facts/outcomes.def"
#undef OUTCOME
  OUTCOME_COUNT
};

struct outcome_info {
  const char *word;
  bool known; /* it is knowledge */
  bool told;  /* a test can say it in place of records */
  uint8_t why; /* of what is not known */
};

extern const struct outcome_info outcome_infos[OUTCOME_COUNT];

static inline bool outcome_known(enum outcome outcome) {
  return outcome_infos[outcome].known;
}

/* The reason that an outcome makes, of one that is not known. */
static inline enum why outcome_why(enum outcome outcome) {
  return (enum why)outcome_infos[outcome].why;
}

/* The outcome that says no more than the reason. */
static inline enum outcome outcome_of_why(enum why why) {
  return why == WHY_NEVER ? OUTCOME_NEVER : why == WHY_FAILED ? OUTCOME_FAILED : OUTCOME_PENDING;
}

/* OUTCOME_COUNT when there is none of this word. */
enum outcome outcome_find(struct text word);

#endif
