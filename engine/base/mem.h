/* Owns the calls into a host's allocator, and the default one on malloc.
 * Must never know: what is stored. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <assay/alloc.h>
#include <stdbool.h>
#include <stddef.h>

/* The C library's allocator. */
extern const assay_alloc mem_default;

/* Zeroed memory, or NULL. */
void *mem_new(const assay_alloc *alloc, size_t size);
void mem_free(const assay_alloc *alloc, void *block, size_t size);
void *mem_resize(const assay_alloc *alloc, void *block, size_t old_size, size_t new_size);

/* Grows an array of *cap elements of `size` bytes until it can hold `need`; false leaves it as it was. */
bool mem_grow_to(const assay_alloc *alloc, void **array, size_t *cap, size_t need, size_t size);

/* The same; most often there is room. */
static inline bool mem_grow(const assay_alloc *alloc, void **array, size_t *cap, size_t need, size_t size) {
  return need <= *cap || mem_grow_to(alloc, array, cap, need, size);
}

#endif
