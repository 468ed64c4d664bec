/* Owns the tables of functions and properties, made from functions.def, properties.def and the names' table.
 * Must never know: a rule. */
#include "grammar/tables.h"

#include <stdint.h>

#include "base/addr.h"
#include "facts/field.h"
#include "facts/host.h"

static const struct function_info functions[] = {
#define FUNCTION(name, result, op, args, shown, doc) {name, TYPE_##result, OP_##op, args, shown, doc},
#include "grammar/functions.def"
#undef FUNCTION
};

static const struct property_info properties[] = {
#define PROP(id, word, doc, class) {TYPE_NAME, #word, TYPE_BOOL, OP_NAME_PROP, HOST_##id, 0, doc},
#include "facts/host_props.def"
#undef PROP
#define PROPERTY(type, word, result, op, bit, args, doc) {TYPE_##type, #word, TYPE_##result, OP_##op, bit, args, doc},
#include "grammar/properties.def"
#undef PROPERTY
};

size_t function_count(void) {
  return sizeof functions / sizeof *functions;
}

const struct function_info *function_at(size_t index) {
  return index < function_count() ? &functions[index] : NULL;
}

const struct property_info *property_at(size_t index) {
  return index < sizeof properties / sizeof *properties ? &properties[index] : NULL;
}

const struct function_info *function_find(struct text name) {
  for (size_t i = 0; i < function_count(); i++)
    if (text_is(name, functions[i].name)) return &functions[i];
  return NULL;
}

const struct property_info *property_find(enum value_type on, struct text word) {
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
    if (properties[i].on == on && text_is(word, properties[i].word)) return &properties[i];
  return NULL;
}

bool begins_fact(struct text word) {
  for (unsigned f = 0; f < FIELD_COUNT; f++)
    if (is_first_word(word, text_from(field_info(f)->name))) return true;
  return false;
}

/* --- suggestions --- */

enum { WORD_MAX = 64 };

/* Edit distance with a swap of neighbours as one step, case ignored; one row of state and the one before. */
static size_t distance(struct text a, struct text b) {
  size_t rows[3][WORD_MAX + 1];
  if (a.len > WORD_MAX || b.len > WORD_MAX) return SIZE_MAX;
  for (size_t k = 0; k <= b.len; k++) rows[0][k] = k;
  for (size_t i = 1; i <= a.len; i++) {
    size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];
    now[0] = i;
    for (size_t k = 1; k <= b.len; k++) {
      char x = ascii_lower(a.ptr[i - 1]), y = ascii_lower(b.ptr[k - 1]);
      size_t best = last[k - 1] + (x != y);
      if (last[k] + 1 < best) best = last[k] + 1;
      if (now[k - 1] + 1 < best) best = now[k - 1] + 1;
      bool swapped = i > 1 && k > 1 && x == ascii_lower(b.ptr[k - 2]) && ascii_lower(a.ptr[i - 2]) == y;
      if (swapped && older[k - 2] + 1 < best) best = older[k - 2] + 1;
      now[k] = best;
    }
  }
  return rows[a.len % 3][b.len];
}

struct nearest nearest_start(struct text word) {
  return (struct nearest){word, TEXT(""), SIZE_MAX};
}

void nearest_offer(struct nearest *nearest, struct text candidate) {
  size_t d = distance(nearest->word, candidate);
  if (d >= nearest->distance) return;
  nearest->distance = d;
  nearest->best = candidate;
}

/* What both share up to a dot makes them no more alike: `server.host` is not `server.port`. */
static size_t shared_dotted(struct text a, struct text b) {
  size_t shared = 0;
  for (size_t i = 0; i < a.len && i < b.len && ascii_lower(a.ptr[i]) == ascii_lower(b.ptr[i]); i++)
    if (a.ptr[i] == '.') shared = i + 1;
  return shared;
}

/* In a short word one other letter makes another word. */
static size_t mistakes_allowed(size_t len) {
  static const size_t least_length[] = {0, 3, 6, 12}; /* for no mistake, one, two, three */
  size_t mistakes = sizeof least_length / sizeof *least_length - 1;
  while (len < least_length[mistakes]) mistakes--;
  return mistakes;
}

bool nearest_good(const struct nearest *nearest) {
  size_t own = nearest->word.len - shared_dotted(nearest->word, nearest->best);
  return nearest->best.len && nearest->distance <= mistakes_allowed(own);
}
