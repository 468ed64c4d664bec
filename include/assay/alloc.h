/* Owns the allocator a host hands to each object.
 * Must never know: who allocates, or why. */
#ifndef ASSAY_ALLOC_H
#define ASSAY_ALLOC_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One function does everything, as in Lua: new_size 0 frees and answers NULL; block NULL allocates; else it
 * resizes. Sizes are bytes; old_size is what was asked for before. Memory is aligned for any type, as malloc's.
 * NULL on failure, and the old block is then still valid. It is called from every thread that uses an object made
 * with it, several at a time where these share a rule set or a vocabulary, and may call nothing of this library.
 * The struct is not copied: it outlives what was made with it. resize is never NULL. Since 0.1. */
typedef struct assay_alloc {
  void *(*resize)(void *user, void *block, size_t old_size, size_t new_size);
  void *user;
} assay_alloc;

#ifdef __cplusplus
}
#endif
#endif
