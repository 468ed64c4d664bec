/* Owns the calls into a host's allocator, and the default one on malloc.
 * Must never know: what is stored. */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

static void *libc_resize(void *user, void *block, size_t old_size, size_t new_size) {
  (void)user;
  (void)old_size;
  if (new_size == 0) {
    free(block);
    return NULL;
  }
  return realloc(block, new_size);
}

const assay_alloc mem_default = {libc_resize, NULL};

void *mem_new(const assay_alloc *alloc, size_t size) {
  void *block = alloc->resize(alloc->user, NULL, 0, size ? size : 1);
  if (block) memset(block, 0, size ? size : 1);
  return block;
}

void mem_free(const assay_alloc *alloc, void *block, size_t size) {
  if (block) alloc->resize(alloc->user, block, size ? size : 1, 0);
}

void *mem_resize(const assay_alloc *alloc, void *block, size_t old_size, size_t new_size) {
  return alloc->resize(alloc->user, block, old_size, new_size);
}

bool mem_grow_to(const assay_alloc *alloc, void **array, size_t *cap, size_t need, size_t size) {
  if (need <= *cap) return true;
  size_t next = *cap ? *cap : 8, bytes;
  while (next < need)
    if (!num_mul_size(next, 2, &next)) return false;
  if (!num_mul_size(next, size, &bytes)) return false;
  void *grown = mem_resize(alloc, *array, *cap * size, bytes);
  if (!grown) return false;
  memset((char *)grown + *cap * size, 0, (next - *cap) * size);
  *array = grown;
  *cap = next;
  return true;
}
