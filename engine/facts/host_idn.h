/* Owns the conversion of internationalised labels to their A-labels, through libidn2.
 * Must never know: the properties of a name, or what makes an ASCII label malformed. */
#ifndef FACTS_HOST_IDN_H
#define FACTS_HOST_IDN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

/* The lower-case form of a name that holds bytes above 127, in the arena: every valid U-label (RFC 5890 section
 * 2.3.2.1, after the mapping of UTS 46, non-transitional) becomes its A-label, every other label keeps its bytes
 * but for the case of ASCII letters. *invalid tells whether a label with such bytes was no U-label. False when
 * memory is out. libidn2 allocates by itself, through malloc; nothing of that outlives the call. */
bool host_idn_fold(struct text *out, bool *invalid, struct text name, struct arena *arena);

#endif
