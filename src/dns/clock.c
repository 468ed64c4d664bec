/* Owns the time of the resolver: milliseconds and microseconds that only grow.
 * Must never know: what is timed, or what day it is. */
#include "dns/clock.h"

#include <time.h>

uint64_t clock_us(void) {
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
