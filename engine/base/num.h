/* Owns arithmetic on numbers that come from outside: checked where it must fail, saturating where the rule
 * language says so. Must never know: what the numbers count. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool num_add_size(size_t a, size_t b, size_t *out) {
  return !__builtin_add_overflow(a, b, out);
}

static inline bool num_mul_size(size_t a, size_t b, size_t *out) {
  return !__builtin_mul_overflow(a, b, out);
}

static inline int64_t num_sat_add(int64_t a, int64_t b) {
  int64_t r;
  if (!__builtin_add_overflow(a, b, &r)) return r;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

static inline int64_t num_sat_sub(int64_t a, int64_t b) {
  int64_t r;
  if (!__builtin_sub_overflow(a, b, &r)) return r;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

static inline int64_t num_sat_mul(int64_t a, int64_t b) {
  int64_t r;
  if (!__builtin_mul_overflow(a, b, &r)) return r;
  return (a < 0) != (b < 0) ? INT64_MIN : INT64_MAX;
}

static inline int64_t num_sat_neg(int64_t a) {
  return a == INT64_MIN ? INT64_MAX : -a;
}

static inline int64_t num_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static inline int64_t num_max(int64_t a, int64_t b) {
  return a > b ? a : b;
}

#endif
