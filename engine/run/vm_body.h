/* Owns the entry of the body half of the run loop.
 * Must never know: conditions. */
#ifndef RUN_VM_BODY_H
#define RUN_VM_BODY_H

#include "run/workspace.h"

/* Runs straight-line code: computes the slots that are not computed yet, and sets the bits. */
void vm_body(struct workspace *ws, const struct unit *unit);

#endif
