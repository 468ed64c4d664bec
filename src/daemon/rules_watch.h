/* Owns the watch over the files that rules come from: each on its whole way, through folders and links.
 * Must never know: what is in them, or what a change leads to. */
#ifndef DAEMON_RULES_WATCH_H
#define DAEMON_RULES_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct watch;

/* Watches nothing yet. NULL when memory is out. Caller frees. */
struct watch *watch_new(void);
void watch_free(struct watch *watch);

/* Watches these paths (files, folders for their *.rule files, globs; there or not) and no others any more. What had
 * happened to those that it watched before is still to be read. False when memory is out; then what was watched still
 * is. */
bool watch_set(struct watch *watch, const char *const *paths, size_t count);

/* Becomes readable when something happens; -1 when there is none. */
int watch_fd(const struct watch *watch);

/* Takes what has happened; true when it was to a path, or to a folder or link on its way. */
bool watch_read(struct watch *watch);

/* 0: whatever happens is told. Else the error that keeps it from being told: the caller has to look. */
int watch_blind(const struct watch *watch);

/* A number that differs when one of the files does, by its size, its times or its place. */
uint64_t watch_mark(const struct watch *watch);

/* True when one of the files has changed at or after this time (CLOCK_REALTIME_COARSE), by its own time. */
bool watch_changed_since(const struct watch *watch, struct timespec since);

#endif
