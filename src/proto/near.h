/* Owns the search for the name that somebody meant.
 * Must never know: what the names stand for. */
#ifndef PROTO_NEAR_H
#define PROTO_NEAR_H

#include <stddef.h>

/* The candidate nearest to what was written, or NULL when none is near. `at` answers NULL past the end; the answer
 * is borrowed from it. */
const char *near_find(const char *name, size_t len, const char *(*at)(void *user, size_t index), void *user);

#endif
