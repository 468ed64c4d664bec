/* Owns what a host adds to the language: rows of facts and of functions behind the shipped ones.
 * Must never know: a rule, or how a function is called. */
#ifndef FACTS_VOCABULARY_H
#define FACTS_VOCABULARY_H

#include <assay/status.h>
#include <assay/value.h>

#include "base/arena.h"
#include "facts/field.h"

enum { HOST_FACTS_MAX = 32, HOST_FUNCTIONS_MAX = 256, ARGUMENTS_MAX = 8 };

struct host_function {
  const char *name, *shown, *doc; /* shown: "site.score(name, int) -> int" */
  assay_type result;
  assay_type arguments[ARGUMENTS_MAX];
  size_t count;
  assay_function_fn call;
  void *user;
};

struct vocabulary {
  struct arena arena;
  struct field_info facts[HOST_FACTS_MAX];
  size_t fact_count;
  VEC(struct host_function) functions;
};

void vocabulary_init(struct vocabulary *vocabulary, const assay_alloc *alloc);
void vocabulary_free(struct vocabulary *vocabulary);

/* Take what is checked already, and copy it. The fact's number goes to *out. */
assay_status vocabulary_add_fact(struct vocabulary *vocabulary, const char *name, enum field_type type,
                                 const char *doc, unsigned *out);
assay_status vocabulary_add_function(struct vocabulary *vocabulary, const struct host_function *function);

/* The facts there are, a host's behind the shipped ones. vocabulary NULL: none of a host's. */
unsigned vocabulary_fact_count(const struct vocabulary *vocabulary);
const struct field_info *vocabulary_fact(const struct vocabulary *vocabulary, unsigned field);
unsigned vocabulary_find_fact(const struct vocabulary *vocabulary, struct text name); /* the count when there is none */

/* NULL when there is none. */
const struct host_function *vocabulary_find_function(const struct vocabulary *vocabulary, struct text name);

#endif
