/* Owns the public face of questions and answers as values: their words.
 * Must never know: who asks, or who answers. */
#include <assay/answer.h>

#include "facts/outcome.h"

/* The public numbers are the table's. */
#define OUTCOME(id, word, known, why, told) \
  _Static_assert((int)ASSAY_OUTCOME_##id == (int)OUTCOME_##id, "include/assay/answer.h and outcomes.def differ");
#include "facts/outcomes.def"
#undef OUTCOME
_Static_assert((int)ASSAY_OUTCOME_NEVER + 1 == (int)OUTCOME_COUNT, "include/assay/answer.h and outcomes.def differ");

const char *assay_question_type_text(assay_question_type type) {
  static const char *const texts[] = {"A", "AAAA", "PTR", "MX", "TXT", "NS"};
  size_t at = (size_t)type;
  return at < sizeof texts / sizeof *texts ? texts[at] : "unknown";
}

const char *assay_outcome_text(assay_outcome outcome) {
  size_t at = (size_t)outcome;
  return at < OUTCOME_COUNT ? outcome_infos[at].word : "unknown";
}

const char *assay_iprev_text(assay_iprev iprev) {
  static const char *const texts[] = {"none", "pass", "fail", "temperror", "permerror"};
  size_t at = (size_t)iprev;
  return at < sizeof texts / sizeof *texts ? texts[at] : "unknown";
}
