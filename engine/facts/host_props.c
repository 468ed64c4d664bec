/* Owns which properties of a name exclude each other, made from host_props.def.
 * Must never know: a name. */
#include "facts/host.h"

enum { ALONE, VALID, FLAW, FREE };

static const uint8_t classes[] = {
#define PROP(id, word, doc, class) class,
#include "facts/host_props.def"
#undef PROP
};

bool host_props_exclude(enum host_prop a, enum host_prop b) {
  bool ordered = classes[a] < classes[b];
  uint8_t strict = classes[ordered ? a : b], lax = classes[ordered ? b : a];
  return a != b && (strict == ALONE || (strict == VALID && lax != FREE));
}
