/* Owns a table that gives each distinct text a small number, counted from 0 in order of arrival.
 * Must never know: what the texts stand for. */
#include "base/intern.h"

void intern_init(struct intern *intern, struct arena *arena) {
  *intern = (struct intern){.arena = arena};
}

static size_t probe(const struct intern *intern, struct text text) {
  size_t mask = intern->slot_count - 1, at = (size_t)text_hash(text) & mask;
  while (intern->slots[at] && !text_eq(intern->texts.at[intern->slots[at] - 1], text)) at = (at + 1) & mask;
  return at;
}

static bool widen(struct intern *intern) {
  if (intern->texts.count * 2 < intern->slot_count) return true;
  size_t wider = intern->slot_count ? intern->slot_count * 2 : 64;
  uint32_t *slots = arena_array(intern->arena, wider, sizeof *slots);
  if (!slots) return false;
  intern->slots = slots;
  intern->slot_count = wider;
  for (size_t i = 0; i < intern->texts.count; i++) intern->slots[probe(intern, intern->texts.at[i])] = (uint32_t)i + 1;
  return true;
}

uint32_t intern_add(struct intern *intern, struct text text) {
  if (intern->texts.count >= UINT32_MAX - 1 || !widen(intern)) return INTERN_NONE;
  size_t at = probe(intern, text);
  if (intern->slots[at]) return intern->slots[at] - 1;
  struct text copy = arena_text(intern->arena, text);
  if (intern->arena->failed) return INTERN_NONE;
  struct text *slot = vec_add(intern->arena, &intern->texts);
  if (!slot) return INTERN_NONE;
  *slot = copy;
  intern->slots[at] = (uint32_t)intern->texts.count;
  return (uint32_t)intern->texts.count - 1;
}

uint32_t intern_find(const struct intern *intern, struct text text) {
  if (intern->slot_count == 0) return INTERN_NONE;
  size_t at = probe(intern, text);
  return intern->slots[at] ? intern->slots[at] - 1 : INTERN_NONE;
}
