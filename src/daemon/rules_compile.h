/* Owns the making of one rule set that may be put to use: compiled, its tests run, all that is wrong said.
 * Must never know: that there is an older one, or threads. */
#ifndef DAEMON_RULES_COMPILE_H
#define DAEMON_RULES_COMPILE_H

#include "daemon/rules.h"
#include "proto/bytes.h"

/* What came of a compilation. */
struct rules_made {
  assay_status status;
  assay_ruleset *ruleset; /* NULL when it did not compile */
  assay_diags *diags;     /* NULL when memory was out */
  size_t tests, failed;   /* tests that ran, and failed */
};

/* Compiles and tests. What the compiler has to say and each test that failed is said. Caller frees with
 * rules_made_free. */
void rules_make(struct rules_made *made, const struct rules_options *options);

/* Frees what is left in it. */
void rules_made_free(struct rules_made *made);

/* Compiled, and no test failed. */
bool rules_made_good(const struct rules_made *made);

/* What is wrong with it, in a few words: "2 errors". */
void rules_made_fault(const struct rules_made *made, char *words, size_t size);

/* Says one line that is formatted like printf's; what is not printable is escaped. */
void rules_say(const struct rules_options *options, const char *level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
