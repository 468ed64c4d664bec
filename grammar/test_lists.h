/* Owns what a test adds to lists and maps for itself: from its lines to a program whose sets hold it as well.
 * Must never know: how a test is run, or what a program does. */
#ifndef GRAMMAR_TEST_LISTS_H
#define GRAMMAR_TEST_LISTS_H

#include "grammar/compile.h"

/* What the list or map of that number gains. */
struct list_gain {
  uint32_t number;
  struct list more;
};

struct map_gain {
  uint32_t number;
  struct name_map more;
};

struct test_lists {
  VEC(struct list_gain) lists;
  VEC(struct map_gain) maps;
};

/* Takes the items of a line of the test; what is wrong with them is reported as for a statement. */
void test_lists_take(struct compilation *c, struct test_tree *test, const struct test_line *line);

/* Makes of the compiled program another one, not verified yet, whose lists hold what the test adds. It borrows what
 * does not change, so `from` must outlive it. False when memory is out; out's arena is the caller's in any case. */
bool test_lists_extend(struct program *out, const struct program *from, const struct compilation *c,
                       const struct test_lists *gains);

#endif
