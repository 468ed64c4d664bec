/* Owns an allocator for tests: it counts, checks the sizes it is told, and fails when asked to.
 * Must never know: what is tested. */
#include "support/alloc.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Stands before each block, so that the size told later can be held against the one asked for. */
struct head {
  alignas(max_align_t) size_t size;
};

static bool must_fail(const struct test_alloc *t) {
  return t->fail_at && (t->calls == t->fail_at || (t->fail_after && t->calls > t->fail_at));
}

static void *test_resize(void *user, void *block, size_t old_size, size_t new_size) {
  struct test_alloc *t = user;
  struct head *old = block ? (struct head *)block - 1 : NULL;
  size_t had = old ? old->size : 0;
  t->wrong += old && had != old_size;
  if (new_size == 0) {
    t->held -= old != NULL;
    t->bytes -= had;
    free(old);
    return NULL;
  }
  t->calls++;
  if (must_fail(t)) return NULL;
  /* Always moves, so that a pointer kept across a resize is found out. */
  struct head *grown = malloc(sizeof *grown + new_size);
  if (!grown) return NULL;
  memset(grown + 1, 0xa5, new_size);
  if (old) memcpy(grown + 1, block, had < new_size ? had : new_size);
  free(old);
  grown->size = new_size;
  t->held += old == NULL;
  t->bytes += new_size - had;
  return grown + 1;
}

void test_alloc_init(struct test_alloc *t) {
  *t = (struct test_alloc){.alloc = {test_resize, t}};
}

void test_alloc_failing(struct test_alloc *t, size_t nth, bool after) {
  test_alloc_init(t);
  t->fail_at = nth;
  t->fail_after = after;
}

bool test_alloc_clean(const struct test_alloc *t) {
  return t->held == 0 && t->bytes == 0 && t->wrong == 0;
}
