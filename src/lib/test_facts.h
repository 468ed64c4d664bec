/* Owns the way from the lines of a test to facts and answers.
 * Must never know: how a test is judged. */
#ifndef LIB_TEST_FACTS_H
#define LIB_TEST_FACTS_H

#include "lib/handles.h"

/* Facts and answers that a test does not name are unknown and will not come. */
assay_status test_facts_fill(assay_facts *facts, const struct test_line *lines);

#endif
