/* Owns what the tests of the public functions share: rules from a text, a place to write to, memory that runs out.
 * Must never know: any header by itself. */
#ifndef LIB_API_H
#define LIB_API_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assay/assay.h>

#include "support/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Rules, in a file named "t.rule", that must compile, their tests kept. alloc NULL: malloc. */
assay_ruleset *api_rules(const char *text, const assay_alloc *alloc);

/* What a condition makes of facts. */
enum api_outcome { API_MISS, API_HIT, API_NOT_YET, API_FAILED, API_NEVER };

enum api_outcome api_ask(const assay_facts *facts, const char *when);

/* The same of the first rule of a verdict. */
enum api_outcome api_outcome(const assay_verdict *verdict);

/* What an assay_write_fn was given; user is its address. */
struct api_sink {
  char text[65536];
  size_t len, calls;
};

void api_write(void *user, const char *bytes, size_t len);

/* Makes one attempt after the other, in which the nth allocation fails, alone or with all behind it, until none does.
 * Each must answer ASSAY_NO_MEMORY, the last ASSAY_OK, and all must give back what they took. at_least: so many
 * allocations there are. spared: how many of them a single failure of may be borne (PCRE2's machine code: a pattern is
 * then interpreted). */
void api_starve(assay_status (*attempt)(struct test_alloc *alloc), size_t at_least, size_t spared);

/* From here on nothing fails any more. */
void api_feed(struct test_alloc *alloc);

/* The same texts, or both NULL. */
void api_same(const char *got, const char *expected);

#endif
