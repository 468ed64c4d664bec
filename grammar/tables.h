/* Owns the tables of functions and properties, made from functions.def, properties.def and the names' table.
 * Must never know: a rule. */
#ifndef GRAMMAR_TABLES_H
#define GRAMMAR_TABLES_H

#include "base/text.h"
#include "program/opcode.h"

struct function_info {
  const char *name;
  enum value_type result;
  enum opcode op;
  const char *args, *shown, *doc;
};

struct property_info {
  enum value_type on;
  const char *word;
  enum value_type result;
  enum opcode op;
  unsigned bit, args;
  const char *doc;
};

size_t function_count(void);

/* NULL past the end. */
const struct function_info *function_at(size_t index);
const struct property_info *property_at(size_t index);

/* The first row of a function of the language by its name, or the property; NULL when there is none. */
const struct function_info *function_find(struct text name);
const struct property_info *property_find(enum value_type on, struct text word);

/* Whether the word is the dotted one, or stands before its first dot. */
static inline bool is_first_word(struct text word, struct text dotted) {
  return text_starts(dotted, word) && (dotted.len == word.len || dotted.ptr[word.len] == '.');
}

/* Whether a fact is called so, or begins with that word and a dot: then nothing else is. */
bool begins_fact(struct text word);

/* The candidate nearest to a misspelt word. */
struct nearest {
  struct text word, best;
  size_t distance;
};

/* Looking for it goes through every name there is, so only that many mistakes of a set are helped that way. */
enum { SUGGESTIONS_MAX = 100 };

struct nearest nearest_start(struct text word);
void nearest_offer(struct nearest *nearest, struct text candidate);

/* Whether the best one is near enough to be suggested. */
bool nearest_good(const struct nearest *nearest);

#endif
