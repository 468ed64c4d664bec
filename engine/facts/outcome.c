/* Owns what can become of a DNS question, made from outcomes.def.
 * Must never know: questions, or who answers them. */
#include "facts/outcome.h"

#define TOLD_yes true
#define TOLD_no false

const struct outcome_info outcome_infos[OUTCOME_COUNT] = {
#define OUTCOME(id, word, known, why, told) {word, known, TOLD_##told, WHY_##why},
#include "facts/outcomes.def"
#undef OUTCOME
};

enum outcome outcome_find(struct text word) {
  for (unsigned i = 0; i < OUTCOME_COUNT; i++)
    if (text_is(word, outcome_infos[i].word)) return (enum outcome)i;
  return OUTCOME_COUNT;
}
