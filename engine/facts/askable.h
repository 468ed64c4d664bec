/* Owns which names and addresses DNS can say anything about.
 * Must never know: who wants to know, or why. */
#ifndef FACTS_ASKABLE_H
#define FACTS_ASKABLE_H

#include "facts/host.h"

/* Whether a name can be asked for at all: labels that DNS can hold, and more than one of them. */
bool askable_name(const struct host *host);

/* Loopback, private, link-local and multicast addresses have no public reverse name and stand in no public list. The
 * documentation blocks are asked for: tests and examples live there. */
bool askable_address(struct addr addr);

#endif
