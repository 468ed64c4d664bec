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
  void (*say)(void *user, const char *line, size_t len); /* one line for the log, without its end */
  void *user;
};

/* Compiles; false, with the diagnostics said, when that fails. */
bool rules_new(struct rules **out, const struct rules_options *options);
void rules_free(struct rules *rules);

/* The rule set in use, referenced: caller gives it back with assay_ruleset_unref. From any thread; it waits for no
 * compilation. */
assay_ruleset *rules_get(struct rules *rules);

/* Asks for a reload. From any thread. */
void rules_reload(struct rules *rules);

#endif
