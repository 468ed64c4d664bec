/* Owns a table that gives each distinct text a small number, counted from 0 in order of arrival.
 * Must never know: what the texts stand for. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

struct intern {
  struct arena *arena;
  VEC(struct text) texts;
  uint32_t *slots; /* number + 1, or 0; a power of two of them */
  size_t slot_count;
};

#define INTERN_NONE UINT32_MAX

void intern_init(struct intern *intern, struct arena *arena);

/* The number of the text, new or old; INTERN_NONE when memory is out. The text is copied when new. */
uint32_t intern_add(struct intern *intern, struct text text);

/* The number of a text that is there, or INTERN_NONE. */
uint32_t intern_find(const struct intern *intern, struct text text);

#endif
