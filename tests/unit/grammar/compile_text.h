/* What tests of the grammar share: files in memory, passes one by one, and what they said as one line of text.
 * Each call of cmocka's asserts in here fails the test that runs. */
#ifndef UNIT_GRAMMAR_COMPILE_TEXT_H
#define UNIT_GRAMMAR_COMPILE_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "grammar/compile.h"
#include "support/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A file of the loader in memory. `*` in a pattern stands for any run of bytes but `/`; a folder is a path with a
 * `/` at its end. */
struct memory_file {
  const char *path, *text;
  const char *real;    /* what makes it the same file; NULL: its path */
  assay_status status; /* that reading it answers */
};

/* The passes in their order; those from the guards on need a tree without errors. */
enum pass {
  PASS_LOAD,
  PASS_DECLARE,
  PASS_LISTS,
  PASS_NAMES,
  PASS_TYPES,
  PASS_TESTS,
  PASS_REPLIES,
  PASS_GUARDS,
  PASS_REGEXES,
  PASS_CONTRADICTIONS,
  PASS_FOLD,
  PASS_RULES,
  PASS_COUNT
};

/* A compilation under test. It must stay where it is. */
struct subject {
  struct test_alloc alloc;
  struct loader loader;
  const struct memory_file *files;
  size_t file_count, reads;
  size_t limit; /* the largest file that was asked for */
  struct diags diags;
  struct compilation c;
  struct verified *verified;
  uint32_t lines_before; /* of a prelude: places are counted from behind it */
  struct buf out;        /* what the calls below that give a string have written */
};

/* A compilation with warnings on. */
void subject_open(struct subject *s);
void subject_files(struct subject *s, const struct memory_file *files, size_t count);

/* The same, with the nth allocation failing, and all behind it if `after`; false when opening it failed. */
bool subject_open_failing(struct subject *s, size_t nth, bool after);

/* Frees, and sees that all memory was given back. */
void subject_close(struct subject *s);

/* Runs the passes up to `last` over a text; false when one of them could not go on. */
bool subject_run(struct subject *s, const char *text, enum pass last);
bool subject_run_files(struct subject *s, const char *path, enum pass last);

/* Runs all, up to a verified program. */
assay_status subject_compile(struct subject *s, const char *text);

/* What was said, in order: "E203@1:5 E201@2:6(1:6) W301@b.rule:1:3", code, place, second place. */
const char *subject_said(struct subject *s);

/* The condition of the last rule as an s-expression. */
const char *subject_when(struct subject *s);

/* Rows of a text and what the passes up to `last` say of it. */
struct said_row {
  const char *text, *said;
};
void expect_said(enum pass last, const struct said_row *rows, size_t count);

/* The same of conditions behind a prelude of statements; places are counted from the condition's start. */
void expect_conditions_said(const char *prelude, enum pass last, const struct said_row *rows, size_t count);

/* The prelude and a rule ROW with this condition; counts the lines before it. */
const char *subject_rule_text(struct subject *s, const char *prelude, const char *condition);

#endif
