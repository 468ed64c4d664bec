/* Owns timers: what is to happen when, soonest first.
 * Must never know: what happens. It has no clock: the caller says what time it is. */
#ifndef DNS_TIMERS_H
#define DNS_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lies in what it is for, zeroed at first. */
struct timer {
  struct timer *child, *next, *previous; /* of a pairing heap; previous: the sibling before, or the parent */
  uint64_t due;                          /* milliseconds */
  bool set;
  void (*fire)(void *user);
  void *user;
};

struct timers {
  struct timer *soonest;
};

/* Sets a timer that is not set. */
void timers_set(struct timers *timers, struct timer *timer, uint64_t due);
void timers_cancel(struct timers *timers, struct timer *timer); /* one that is not set is left alone */

/* Fires what is due, each after it has been taken out. */
void timers_run(struct timers *timers, uint64_t now);

#endif
