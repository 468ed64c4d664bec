/* Owns what is kept of a verdict: its line in the log, the counters, a warning that all clients look local.
 * Must never know: how it was found, or how it was answered. */
#ifndef DAEMON_ACCOUNT_H
#define DAEMON_ACCOUNT_H

#include "daemon/front.h"
#include "daemon/worker.h"

void account_verdict(struct worker *worker, const struct front *front, const struct exchange *exchange,
                     const struct verdict_given *given, uint64_t microseconds);

#endif
