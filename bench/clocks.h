/* Owns the clocks of the benchmark.
 * Must never know: what is measured. */
#ifndef BENCH_CLOCKS_H
#define BENCH_CLOCKS_H

#include <stdint.h>
#include <time.h>

static inline double clock_seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Of this process, its time in the kernel included. */
static inline double cpu_seconds(void) {
  return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static inline double wall_seconds(void) {
  return clock_seconds(CLOCK_MONOTONIC);
}

static inline uint64_t wall_us(void) {
  return (uint64_t)(wall_seconds() * 1e6);
}

#endif
