/* Owns compiled rule sets: making them from files or text, looking into them, running the tests written in them.
 * Must never know: a connection. */
#ifndef ASSAY_RULESET_H
#define ASSAY_RULESET_H

#include <assay/alloc.h>
#include <assay/diag.h>
#include <assay/facts.h>
#include <assay/loader.h>
#include <assay/status.h>
#include <assay/verdict.h>
#include <assay/vocabulary.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An immutable, verified set of rules. Shared by threads; counted: _ref and _unref are atomic. Caller frees with
 * _unref; verdicts hold references, too. Since 0.1. */
typedef struct assay_ruleset assay_ruleset;

/* Set with the macro, then change what differs. All that it points to is only used while compiling, but for alloc
 * and the vocabulary. A smaller size is ASSAY_BAD_ARGUMENT; of a larger one, which is a later version's, the rest
 * is not looked at. Since 0.1. */
typedef struct assay_compile_options {
  size_t size;              /* sizeof(assay_compile_options) */
  const assay_alloc *alloc; /* NULL: malloc; else it must outlive rule set and diagnostics */
  bool tests;               /* keep the tests, for assay_ruleset_test */
  bool lint;                /* warn about style as well: what `assay check` shows */
  const assay_loader *loader; /* NULL: the file system */
  const char *const *roots; /* of the file system: a file that lies, with all links followed, in none of these folders
                               is refused. None is NULL. root_count 0: a file may lie anywhere. Not with a loader */
  size_t root_count;
  assay_vocabulary *vocabulary; /* NULL: the language alone. The rule set holds a reference, and closes it */
} assay_compile_options;

/* The options that differ in nothing: all of the language, and files from anywhere. Since 0.1. */
#define ASSAY_COMPILE_OPTIONS_INIT {sizeof(assay_compile_options), NULL, false, false, NULL, NULL, 0, NULL}

/* Compiles files and folders (a folder: its *.rule files in byte order), with what they include, at most 16 deep.
 * count 0: a rule set without rules. options may be NULL. Caller frees *out with assay_ruleset_unref. *diags, if
 * diags is not NULL, gets the list of diagnostics, warnings too, in success and in failure; caller frees it. It is
 * NULL when the contract was broken, and may be when memory was out. ASSAY_BAD_RULES when the diagnostics hold an
 * error; ASSAY_NOT_FOUND, ASSAY_IO_ERROR or ASSAY_OVER_LIMIT (64 MiB), or what the loader answered, when a named
 * path cannot be read; ASSAY_NOT_FOUND when a root is no folder; ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT when out or a
 * path is NULL, or the options are not as they must be. From the file system only regular files are read. From any
 * thread. Since 0.1. */
ASSAY_API assay_status assay_ruleset_compile_files(assay_ruleset **out, const char *const *paths, size_t count,
                                                   const assay_compile_options *options, assay_diags **diags);

/* Compiles one text of len bytes, which may be NULL where len is 0; `name` stands for the file in diagnostics, and
 * includes are relative to its folder. Both are copied. Statuses as above; ASSAY_OVER_LIMIT when the text itself is
 * too large. Since 0.1. */
ASSAY_API assay_status assay_ruleset_compile_text(assay_ruleset **out, const char *name, const char *text, size_t len,
                                                  const assay_compile_options *options, assay_diags **diags);

/* Counts one more holder, and answers its argument; one less, and the last one frees. NULL is allowed. From any
 * thread. Since 0.1. */
ASSAY_API assay_ruleset *assay_ruleset_ref(assay_ruleset *ruleset);
ASSAY_API void assay_ruleset_unref(assay_ruleset *ruleset);

/* What a rule says of itself. Texts are NUL-terminated, borrowed, and live as long as the rule set; "" where the
 * rule does not say. The score, after all overrides, in thousandths. Since 0.1. */
typedef struct assay_rule_info {
  const char *name, *describe, *group;
  int64_t score;
  bool disabled;
  const char *file;
  unsigned line;
} assay_rule_info;

/* How many rules there are, disabled ones too, and each of them, in the order of the rule set; 0 of NULL.
 * ASSAY_BAD_ARGUMENT past the end, and when a pointer is NULL. From any thread. Since 0.1. */
ASSAY_API size_t assay_ruleset_rule_count(const assay_ruleset *ruleset);
ASSAY_API assay_status assay_ruleset_rule_at(const assay_ruleset *ruleset, size_t index, assay_rule_info *out);

/* The score from which on an action is taken, in thousandths; false, with *out 0, when no score leads to it, there is no such
 * action, or a pointer is NULL. From any thread. Since 0.1. */
ASSAY_API bool assay_ruleset_threshold(const assay_ruleset *ruleset, assay_action action, int64_t *out);

/* Counts for a summary line. Since 0.1. */
typedef struct assay_ruleset_stats {
  size_t files, rules, exemptions, lists, tests, features, instructions;
} assay_ruleset_stats;

/* Fills *out; all are 0 of NULL. From any thread. Since 0.1. */
ASSAY_API void assay_ruleset_statistics(const assay_ruleset *ruleset, assay_ruleset_stats *out);

/* Whether what comes out may depend on this fact: a rule or an exemption looks at it, a reply text shows it, or it is
 * looked at where another one was not set (client.ip for client.rdns). Of two connections that differ in nothing else,
 * with the same answers to questions, the verdicts are the same. It may be true more often than need be. Facts of the
 * vocabulary count like the language's. False of NULL, and of a number that is no fact of this rule set. From any
 * thread. Since 0.1. */
ASSAY_API bool assay_ruleset_reads(const assay_ruleset *ruleset, assay_fact fact);

/* What tells rule sets apart in a log: 16 hex digits of a hash of all that was read, rules and lists, in the order of
 * reading. The same bytes give the same on machines of one byte order; where they lay does not matter. It is no proof
 * against somebody who looks for two of the same. NUL-terminated, lives as long as the rule set; "" of NULL. From any
 * thread. Since 0.1. */
ASSAY_API const char *assay_ruleset_id(const assay_ruleset *ruleset);

/* Prints the bytecode as a listing; rule NULL: all of it, else what that rule needs. ASSAY_NOT_FOUND when there is
 * no such rule, ASSAY_NO_MEMORY, and then nothing is written; ASSAY_BAD_ARGUMENT when rule set or write are NULL.
 * From any thread. Since 0.1. */
ASSAY_API assay_status assay_ruleset_disassemble(const assay_ruleset *ruleset, const char *rule, assay_write_fn write,
                                                 void *user);

/* What one test found. Texts are NUL-terminated and live until the callback returns. Since 0.1. */
typedef struct assay_test_result {
  const char *file;
  unsigned line;
  const char *rule;     /* the rule it stands in; NULL for a top-level test */
  const char *title;    /* "hit", "miss: no PTR", or a top-level test's title */
  bool passed;
  const char *expected; /* when it failed, as the next two: "hit"; "score >= 3" */
  const char *got;      /* "unknown"; "score 2.5" */
  const char *trace;    /* several lines that show why: each part of the condition with its answer and values */
} assay_test_result;

/* Runs the tests kept by the `tests` option and calls back for each: those in rules, then those at top level of the
 * files that were named (not of included ones), both in the order of reading. Tests never touch the network. The
 * callback returns false to stop, which is ASSAY_OK. A test that cannot run ends the run: ASSAY_NO_MEMORY.
 * ASSAY_BAD_ARGUMENT when rule set or callback are NULL, or no tests were kept. From any thread. Since 0.1. */
ASSAY_API assay_status assay_ruleset_test(const assay_ruleset *ruleset,
                                          bool (*report)(void *user, const assay_test_result *result), void *user);

/* A row of the table of functions of the language; all texts are NUL-terminated. Static. Since 0.1. */
typedef struct assay_function_info {
  const char *name;      /* "embeds_address" */
  const char *signature; /* "embeds_address(name, address) -> bool" */
  const char *doc;
} assay_function_info;

/* The function at this place of the table; NULL past the end. Static. From any thread. Since 0.1. */
ASSAY_API const assay_function_info *assay_function_at(size_t index);

/* A row of the table of properties of values; all texts are NUL-terminated. Static. Since 0.1. */
typedef struct assay_property_info {
  const char *type;   /* of the value it belongs to: "name" */
  const char *name;   /* "is_fqdn" */
  const char *result; /* type of the result: "bool" */
  const char *doc;
} assay_property_info;

/* The property at this place of the table; NULL past the end. Static. From any thread. Since 0.1. */
ASSAY_API const assay_property_info *assay_property_at(size_t index);

#ifdef __cplusplus
}
#endif
#endif
