/* Owns short ways to write the facts of a connection in a test.
 * Must never know: rules. */
#ifndef SUPPORT_FACTS_H
#define SUPPORT_FACTS_H

#include "facts/facts.h"

/* One line of a table of facts. text NULL: unknown, for the reason in `why`. */
struct test_fact {
  const char *name, *text;
  enum why why;
};

/* One line of a table of answers. records NULL: there are none, by that outcome; else separated by blanks, addresses for A
 * and AAAA, names for the others; "" is the empty answer, no data. */
struct test_answer {
  enum question type;
  const char *name, *records;
  enum outcome outcome;
};

/* Each returns false when a row is wrong or memory is out. A row whose name is NULL ends its table early. */
bool test_facts_set(struct facts *facts, const struct test_fact *rows, size_t count);
bool test_facts_answer(struct facts *facts, const struct test_answer *rows, size_t count);

/* Facts of their own from both tables; NULL when that fails. caller frees with facts_free. */
struct facts *test_facts_new(const struct test_fact *rows, size_t count, const struct test_answer *answers,
                             size_t answer_count, const assay_alloc *alloc);

#endif
