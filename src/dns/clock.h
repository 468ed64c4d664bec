/* Owns the time of the resolver: milliseconds and microseconds that only grow.
 * Must never know: what is timed, or what day it is. */
#ifndef DNS_CLOCK_H
#define DNS_CLOCK_H

#include <stdint.h>

uint64_t clock_us(void);

static inline uint64_t clock_ms(void) {
  return clock_us() / 1000;
}

#endif
