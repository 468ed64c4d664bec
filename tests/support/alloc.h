/* Owns an allocator for tests: it counts, checks the sizes it is told, and fails when asked to.
 * Must never know: what is tested. */
#ifndef SUPPORT_ALLOC_H
#define SUPPORT_ALLOC_H

#include <assay/alloc.h>
#include <stdbool.h>

struct test_alloc {
  assay_alloc alloc; /* hand on its address */
  size_t calls;      /* that asked for memory, failed ones too */
  size_t fail_at;    /* which of them fails, counted from 1; 0: none */
  bool fail_after;   /* and all behind it */
  long held;         /* blocks not given back */
  size_t bytes;      /* in them */
  size_t wrong;      /* releases that told a size other than was asked for */
};

/* The struct must stay where it is as long as it is used. */
void test_alloc_init(struct test_alloc *t);

/* The same, with the nth call failing, and all later ones if `after`. */
void test_alloc_failing(struct test_alloc *t, size_t nth, bool after);

/* Whether everything was given back, with the right sizes. */
bool test_alloc_clean(const struct test_alloc *t);

#endif
