/* Owns regular expressions at run time, through PCRE2: compile and JIT on first use, limits, match data.
 * Must never know: which fact is matched, or which rule asks. */
#ifndef RUN_PATTERN_H
#define RUN_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include <assay/status.h>

#include "base/mem.h"
#include "base/text.h"

/* The flags of the language's /…/imsxu, as bits. */
enum pattern_flag { PATTERN_I = 1, PATTERN_M = 2, PATTERN_S = 4, PATTERN_X = 8, PATTERN_U = 16 };

/* The longest source, in bytes; a longer one is ASSAY_OVER_LIMIT. */
enum { PATTERN_SOURCE_MAX = 4096 };

/* Immutable but for its code, which the first thread that needs it compiles privately and publishes by one
 * atomic compare-and-swap (the loser frees its own). */
struct pattern;

/* One a thread: match data, match context with its limits, JIT stack. Nothing is allocated by a match once the
 * pattern is compiled; where there is no JIT, once a match as deep has been made with this scratch. The JIT's own
 * code and stack are mapped by PCRE2 itself, everything else comes from the allocator. */
struct pattern_scratch;

enum pattern_answer { PATTERN_NO, PATTERN_YES, PATTERN_LIMIT /* reached: the answer is unknown */, PATTERN_NO_MEMORY };

/* The source is borrowed and must outlive the pattern. It is not compiled yet. ASSAY_BAD_VALUE for an unknown
 * flag. */
assay_status pattern_new(struct pattern **out, struct text source, unsigned flags, const assay_alloc *alloc);
void pattern_free(struct pattern *pattern);

assay_status pattern_scratch_new(struct pattern_scratch **out, const assay_alloc *alloc);
void pattern_scratch_free(struct pattern_scratch *scratch);

/* Unanchored search. A source that PCRE2 refuses answers PATTERN_LIMIT (the compiler has refused it before). */
enum pattern_answer pattern_match(const struct pattern *pattern, struct text subject,
                                  struct pattern_scratch *scratch);

#endif
