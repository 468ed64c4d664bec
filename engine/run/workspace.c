/* Owns the scratch memory of one thread: the planes, the slots, what has been computed for the connection at hand.
 * Must never know: what an instruction does. */
#include "run/workspace.h"

enum { PLANES = 6 };

assay_status workspace_new(struct workspace **out, const assay_alloc *alloc) {
  *out = NULL;
  struct workspace *ws = mem_new(alloc, sizeof *ws);
  if (!ws) return ASSAY_NO_MEMORY;
  ws->alloc = alloc;
  arena_init(&ws->arena, alloc, SIZE_MAX);
  buf_init(&ws->text, alloc);
  assay_status status = pattern_scratch_new(&ws->patterns, alloc);
  if (status == ASSAY_OK) status = domain_view_new(&ws->domain, alloc);
  if (status == ASSAY_OK)
    *out = ws;
  else
    workspace_free(ws);
  return status;
}

void workspace_free(struct workspace *ws) {
  if (!ws) return;
  mem_free(ws->alloc, ws->truth, ws->words * PLANES * sizeof *ws->truth);
  mem_free(ws->alloc, ws->slots, ws->slot_cap * sizeof *ws->slots);
  mem_free(ws->alloc, ws->slot_done, ws->slot_done_cap * sizeof *ws->slot_done);
  mem_free(ws->alloc, ws->unit_done, ws->unit_cap * sizeof *ws->unit_done);
  mem_free(ws->alloc, ws->slot_seen, ws->slot_seen_cap * sizeof *ws->slot_seen);
  mem_free(ws->alloc, ws->unit_seen, ws->unit_seen_cap * sizeof *ws->unit_seen);
  arena_free(&ws->arena);
  buf_free(&ws->text);
  pattern_scratch_free(ws->patterns);
  domain_close(ws->domain);
  mem_free(ws->alloc, ws, sizeof *ws);
}

static bool grow_planes(struct workspace *ws, size_t words) {
  if (words <= ws->words) return true;
  uint64_t *planes = mem_new(ws->alloc, words * PLANES * sizeof *planes);
  if (!planes) return false;
  mem_free(ws->alloc, ws->truth, ws->words * PLANES * sizeof *planes);
  ws->words = words;
  ws->truth = planes;
  ws->known = planes + words;
  ws->never = planes + words * 2;
  ws->stuck = planes + words * 3;
  ws->none = planes + words * 4;
  ws->all = planes + words * 5;
  memset(ws->all, 0xff, words * sizeof *ws->all);
  return true;
}

static bool grow_marks(struct workspace *ws, const struct program *p) {
  return mem_grow(ws->alloc, (void **)&ws->slots, &ws->slot_cap, (size_t)p->slots_count + 1, sizeof *ws->slots) &&
         mem_grow(ws->alloc, (void **)&ws->slot_done, &ws->slot_done_cap, ws->slot_cap, sizeof *ws->slot_done) &&
         mem_grow(ws->alloc, (void **)&ws->unit_done, &ws->unit_cap, (size_t)p->units_count + 1, sizeof *ws->unit_done) &&
         mem_grow(ws->alloc, (void **)&ws->slot_seen, &ws->slot_seen_cap, ws->slot_cap, sizeof *ws->slot_seen) &&
         mem_grow(ws->alloc, (void **)&ws->unit_seen, &ws->unit_seen_cap, ws->unit_cap, sizeof *ws->unit_seen);
}

static void forget(struct workspace *ws, size_t words) {
  memset(ws->truth, 0, words * sizeof *ws->truth);
  memset(ws->known, 0, words * sizeof *ws->known);
  memset(ws->never, 0, words * sizeof *ws->never);
  memset(ws->stuck, 0, words * sizeof *ws->stuck);
  if (++ws->now == 0) {
    memset(ws->slot_done, 0, ws->slot_done_cap * sizeof *ws->slot_done);
    memset(ws->unit_done, 0, ws->unit_cap * sizeof *ws->unit_done);
    ws->now = 1;
  }
  arena_reset(&ws->arena);
  ws->failed = false;
  ws->asked_count = ws->spent = ws->scanned_count = ws->found_count = 0;
  memset(&ws->asking, 0, sizeof ws->asking); /* the arena had it */
}

void workspace_walk(struct workspace *ws) {
  if (++ws->walk != 0) return;
  memset(ws->slot_seen, 0, ws->slot_seen_cap * sizeof *ws->slot_seen);
  memset(ws->unit_seen, 0, ws->unit_seen_cap * sizeof *ws->unit_seen);
  ws->walk = 1;
}

assay_status workspace_begin(struct workspace *ws, const struct linked *linked, const struct facts *facts) {
  const struct program *p = linked->program;
  size_t words = ((size_t)p->bit_count + 63) / 64 + 1;
  if (!grow_planes(ws, words) || !grow_marks(ws, p)) return ASSAY_NO_MEMORY;
  forget(ws, words);
  domain_view_show(ws->domain, linked->domain);
  ws->linked = linked;
  ws->facts = facts;
  ws->constants = linked->constants;
  ws->constants_count = p->constants_count;
  return ASSAY_OK;
}
