/* Owns the words that the rules at hand may use for facts and functions: the language's, and behind them the host's.
 * Must never know: what a rule does with them. */
#ifndef GRAMMAR_WORDS_H
#define GRAMMAR_WORDS_H

#include "facts/vocabulary.h"
#include "grammar/tables.h"

struct words {
  const struct vocabulary *vocabulary; /* NULL: the language's alone */
  struct function_info *functions;     /* the host's */
  size_t function_count;
};

/* Makes the rows of the host's functions, in the arena. */
bool words_init(struct words *words, const struct vocabulary *vocabulary, struct arena *arena);

/* By index; NULL past the end. */
const struct field_info *words_fact(const struct words *words, size_t index);
const struct function_info *words_function(const struct words *words, size_t index);

/* By name: the index, or that past the end. A function has as many rows in a row as there are ways to call it. */
size_t words_find_fact(const struct words *words, struct text name);
size_t words_find_function(const struct words *words, struct text name);

/* Whether a function has this word before its dot: "dns". */
bool words_function_prefix(const struct words *words, struct text word);

/* Whether a fact is called so, or begins with that word and a dot: then nothing else may. */
bool words_begin_fact(const struct words *words, struct text word);

#endif
