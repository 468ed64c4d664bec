/* Owns the rule set in use, and its change.
 * Must never know: connections, or the log's form. */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include <assay/ruleset.h>

struct rules;

struct rules_options {
  const char *const *paths; /* files and folders, as assay_ruleset_compile_files takes them */
  size_t count;
  bool watch; /* reload by itself when a file has been stable for 200 ms */
  bool tested; /* a test that fails is an error at the start, too */
  /* One line for the log, without its end; printable. Called by rules_new on its thread, later by another one. */
  void (*say)(void *user, const char *level, const char *line, size_t len); /* level: info, warning, error */
  void *user;
};

/* Compiles; false, with the diagnostics said, when that fails. Tests that fail are said, too, but there is no older
 * rule set that would be better: without `tested` they are no matter. What the options point to is copied, but for say
 * and user. Caller frees with rules_free. */
bool rules_new(struct rules **out, const struct rules_options *options);

/* From now on nothing is reloaded. False when a compilation is under way that does not end within so many milliseconds;
 * it cannot be broken off, and whoever does not want to wait for it as rules_free does has to end the process. */
bool rules_stop(struct rules *rules, int ms);

/* Waits for a compilation that is under way. Nobody may use it any more; rule sets that were got stay. NULL is
 * allowed. */
void rules_free(struct rules *rules);

/* The rule set in use, referenced: caller gives it back with assay_ruleset_unref. From any thread; it waits for no
 * compilation. */
assay_ruleset *rules_get(struct rules *rules);

/* Asks for a reload, which begins after this call and is told of in the log. From any thread. */
void rules_reload(struct rules *rules);

#endif
