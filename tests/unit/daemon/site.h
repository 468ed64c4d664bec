/* Owns what the tests of the daemon's rules share: a folder that is written to, and a log that is waited for.
 * Must never know: how a change is noticed. */
#ifndef DAEMON_SITE_H
#define DAEMON_SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/rules.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The folder of a test; below it, names are given without it. For cmocka's set-up and tear-down. */
int site_set_up(void **state);
int site_tear_down(void **state);

/* The whole path of a name; one of a few, used in turn. */
const char *site_path(const char *name);

/* Changes. A text is written in place, or into another file that is then renamed. */
void site_write(const char *name, const char *text);
void site_rename_over(const char *name, const char *text);
void site_move(const char *from, const char *to);
void site_folder(const char *name);
void site_link(const char *target, const char *name);
void site_remove(const char *name);

/* Rules of which each has a score of its own, and a connection that they hit. */
#define SITE_RULE(name, score) \
  "rule " name " { describe \"r\" score " score " when helo == \"x\"\n" \
  "  test hit { helo \"x\" }\n  test miss { helo \"y\" } }\n"

/* The score, in thousandths, that the rule set in use gives to the connection. */
int64_t site_score(struct rules *rules);

/* Rules from these names, at most four of them; must compile. */
struct rules *site_rules(bool watch, const char *const *names);

/* For rules_options: what is said goes into the log. */
void site_say(void *user, const char *level, const char *line, size_t len);

/* How many lines begin so, or hold these words. */
size_t site_said(const char *start);
size_t site_told(const char *words);

/* Waits until there are more than `before` lines that begin so; fails, with the log, when there are none in a minute. */
void site_wait(const char *start, size_t before);

/* Sleeps; for what must not happen. */
void site_sleep(unsigned milliseconds);

#define RELOADED "reloaded the rules"
#define KEPT "kept the old rules"

#endif
