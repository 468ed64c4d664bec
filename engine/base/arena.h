/* Owns a bump arena: many small things that live and die together.
 * Must never know: what is stored in it. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/mem.h"
#include "base/text.h"

struct arena_chunk;

struct arena {
  const assay_alloc *alloc;
  struct arena_chunk *head;  /* the chunk being filled; older ones behind it */
  struct arena_chunk *spare; /* kept by arena_reset for the next round */
  size_t total;              /* bytes held from the allocator */
  size_t cap;                /* the most it may hold; SIZE_MAX for no bound */
  bool failed;               /* sticky: some allocation answered NULL */
};

void arena_init(struct arena *arena, const assay_alloc *alloc, size_t cap);
void arena_free(struct arena *arena);

/* Forgets what is stored but keeps the memory, so that a steady load allocates nothing. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type; NULL and `failed` when memory or the cap is exhausted. */
void *arena_new(struct arena *arena, size_t size);

/* The same for `count` elements; refuses an overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy, followed by a NUL that is not counted. On failure the text is empty and `failed` is set. */
struct text arena_text(struct arena *arena, struct text text);

struct text arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for one more element in an arena array; doubles, leaving the old copy behind. */
bool arena_grow(struct arena *arena, void **array, size_t count, size_t *cap, size_t size);

/* A growable array in an arena: VEC(struct x) v; then vec_push. */
#define VEC(type)      \
  struct {             \
    type *at;          \
    size_t count, cap; \
  }

/* Room for one more: the address of a zeroed new last element, or NULL when memory is out. */
#define vec_add(arena, vec)                                                                              \
  (arena_grow((arena), (void **)&(vec)->at, (vec)->count, &(vec)->cap, sizeof *(vec)->at) ? &(vec)->at[(vec)->count++] \
                                                                                           : NULL)

#endif
