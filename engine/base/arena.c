/* Owns a bump arena: many small things that live and die together.
 * Must never know: what is stored in it. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>

#include "base/num.h"

enum { ARENA_FIRST = 4096, ARENA_LARGEST = 1 << 20 };

struct arena_chunk {
  struct arena_chunk *next;
  size_t size, used; /* size counts the bytes behind this head */
  alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena, const assay_alloc *alloc, size_t cap) {
  *arena = (struct arena){.alloc = alloc, .cap = cap};
}

static void free_chunks(struct arena *arena, struct arena_chunk *chunk) {
  while (chunk) {
    struct arena_chunk *next = chunk->next;
    mem_free(arena->alloc, chunk, sizeof *chunk + chunk->size);
    chunk = next;
  }
}

void arena_free(struct arena *arena) {
  free_chunks(arena, arena->head);
  free_chunks(arena, arena->spare);
  *arena = (struct arena){.alloc = arena->alloc, .cap = arena->cap};
}

void arena_reset(struct arena *arena) {
  while (arena->head) {
    struct arena_chunk *chunk = arena->head;
    arena->head = chunk->next;
    chunk->next = arena->spare;
    chunk->used = 0;
    arena->spare = chunk;
  }
  arena->failed = false;
}

static struct arena_chunk *take_spare(struct arena *arena, size_t size) {
  for (struct arena_chunk **at = &arena->spare; *at; at = &(*at)->next) {
    struct arena_chunk *chunk = *at;
    if (chunk->size < size) continue;
    *at = chunk->next;
    return chunk;
  }
  return NULL;
}

static struct arena_chunk *new_chunk(struct arena *arena, size_t size) {
  struct arena_chunk *chunk = take_spare(arena, size);
  if (!chunk) {
    size_t want = arena->head ? arena->head->size * 2 : ARENA_FIRST - sizeof *chunk;
    if (want > ARENA_LARGEST) want = ARENA_LARGEST;
    if (want < size) want = size;
    size_t bytes, total;
    if (!num_add_size(want, sizeof *chunk, &bytes) || !num_add_size(arena->total, bytes, &total)) return NULL;
    if (total > arena->cap) return NULL;
    chunk = mem_resize(arena->alloc, NULL, 0, bytes);
    if (!chunk) return NULL;
    arena->total = total;
    chunk->size = want;
  }
  chunk->used = 0;
  chunk->next = arena->head;
  arena->head = chunk;
  return chunk;
}

void *arena_new(struct arena *arena, size_t size) {
  size_t need;
  if (!num_add_size(size ? size : 1, alignof(max_align_t) - 1, &need)) {
    arena->failed = true;
    return NULL;
  }
  need &= ~(alignof(max_align_t) - 1);
  struct arena_chunk *chunk = arena->head;
  if (!chunk || chunk->size - chunk->used < need) chunk = new_chunk(arena, need);
  if (!chunk) {
    arena->failed = true;
    return NULL;
  }
  void *block = chunk->bytes + chunk->used;
  chunk->used += need;
  memset(block, 0, need);
  return block;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
  size_t bytes;
  if (!num_mul_size(count, size, &bytes)) {
    arena->failed = true;
    return NULL;
  }
  return arena_new(arena, bytes);
}

struct text arena_text(struct arena *arena, struct text text) {
  char *copy = arena_new(arena, text.len + 1);
  if (!copy) return text_of("", 0);
  if (text.len) memcpy(copy, text.ptr, text.len);
  return text_of(copy, text.len);
}

struct text arena_printf(struct arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *out = len < 0 ? NULL : arena_new(arena, (size_t)len + 1);
  if (!out) return text_of("", 0);
  va_start(args, format);
  vsnprintf(out, (size_t)len + 1, format, args);
  va_end(args);
  return text_of(out, (size_t)len);
}

bool arena_grow(struct arena *arena, void **array, size_t count, size_t *cap, size_t size) {
  if (count < *cap) return true;
  size_t next = *cap ? *cap * 2 : 4;
  void *grown = arena_array(arena, next, size);
  if (!grown) return false;
  if (count) memcpy(grown, *array, count * size);
  *array = grown;
  *cap = next;
  return true;
}
