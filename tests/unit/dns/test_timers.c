/* Tests timers against a plain reference, and setting and cancelling while they fire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dns/timers.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { TIMERS = 200 };

/* Notes which timers fire, in their order. */
struct log {
  struct timers timers;
  struct timer at[TIMERS];
  size_t fired[4 * TIMERS], count;
  void (*then)(struct log *log, size_t which);
};

static struct log log_;

static size_t which_of(const void *user) {
  return (size_t)((const struct timer *)user - log_.at);
}

static void fire(void *user) {
  size_t which = which_of(user);
  assert_false(log_.at[which].set);
  assert_true(log_.count < COUNT(log_.fired));
  log_.fired[log_.count++] = which;
  if (log_.then) log_.then(&log_, which);
}

static void start(void) {
  log_ = (struct log){.count = 0};
  for (size_t i = 0; i < TIMERS; i++) log_.at[i] = (struct timer){.fire = fire, .user = &log_.at[i]};
}

static void set(size_t which, uint64_t due) {
  timers_set(&log_.timers, &log_.at[which], due);
}

static void cancel(size_t which) {
  timers_cancel(&log_.timers, &log_.at[which]);
}

static void expect_fired(const char *letters) {
  char got[64] = "";
  for (size_t i = 0; i < log_.count; i++) got[i] = (char)('a' + log_.fired[i]);
  assert_string_equal(got, letters);
  log_.count = 0;
  memset(log_.fired, 0, sizeof log_.fired);
}

static void soonest_first(void **state) {
  (void)state;
  start();
  timers_run(&log_.timers, UINT64_MAX); /* none */
  expect_fired("");
  static const uint64_t dues[] = {50, 10, UINT64_MAX, 30, 0, 20};
  for (size_t i = 0; i < COUNT(dues); i++) set(i, dues[i]);
  assert_ptr_equal(log_.timers.soonest, &log_.at[4]);
  timers_run(&log_.timers, 0);
  expect_fired("e");
  timers_run(&log_.timers, 9);
  expect_fired("");
  timers_run(&log_.timers, 10);
  expect_fired("b");
  timers_run(&log_.timers, 49);
  expect_fired("fd");
  timers_run(&log_.timers, UINT64_MAX - 1);
  expect_fired("a");
  timers_run(&log_.timers, UINT64_MAX);
  expect_fired("c");
  assert_null(log_.timers.soonest);
}

static void cancelled_ones_do_not_fire(void **state) {
  (void)state;
  for (size_t gone = 0; gone < 7; gone++) {
    start();
    cancel(gone); /* not set: nothing happens */
    for (size_t i = 0; i < 7; i++) set(i, 100 - i);
    cancel(gone);
    cancel(gone);
    assert_false(log_.at[gone].set);
    timers_run(&log_.timers, 100);
    char expect[8] = "gfedcba";
    memmove(expect + 6 - gone, expect + 7 - gone, gone + 1);
    expect_fired(expect);
    set(gone, 5); /* may be set anew */
    timers_run(&log_.timers, 5);
    assert_int_equal(log_.count, 1);
  }
}

static void each_once_when_due_together(void **state) {
  (void)state;
  start();
  for (size_t i = 0; i < TIMERS; i++) set(i, 7);
  timers_run(&log_.timers, 6);
  assert_int_equal(log_.count, 0);
  timers_run(&log_.timers, 7);
  assert_int_equal(log_.count, TIMERS);
  bool seen[TIMERS] = {false};
  for (size_t i = 0; i < TIMERS; i++) {
    assert_false(seen[log_.fired[i]]);
    seen[log_.fired[i]] = true;
  }
}

/* --- while they fire --- */

/* a sets b for the same time, c for later, and cancels d. */
static void a_acts(struct log *log, size_t which) {
  (void)log;
  if (which != 0) return;
  set(1, 10);
  set(2, 20);
  cancel(3);
}

/* a sets itself, until it is late. */
static void a_repeats(struct log *log, size_t which) {
  if (which == 0 && log->count < 5) set(0, 10 * (log->count + 1));
}

/* a moves b, which is due, to later. */
static void a_moves_b(struct log *log, size_t which) {
  (void)log;
  if (which != 0) return;
  cancel(1);
  set(1, 30);
}

static void a_cancels_all(struct log *log, size_t which) {
  (void)log;
  (void)which;
  for (size_t i = 0; i < TIMERS; i++) cancel(i);
}

static void acting_while_they_fire(void **state) {
  (void)state;
  static const struct {
    void (*then)(struct log *log, size_t which);
    uint64_t dues[4]; /* of a to d; 0: not set */
    const char *at_15, *at_100;
  } rows[] = {
      {a_acts, {5, 0, 0, 12}, "ab", "c"},
      {a_acts, {5, 0, 0, 6}, "ab", "c"},
      {a_acts, {5, 0, 0, 30}, "ab", "c"},
      {a_repeats, {10, 0, 0, 0}, "a", "aaaa"},
      {a_repeats, {1, 2, 0, 30}, "ab", "ada"},
      {a_moves_b, {5, 6, 7, 0}, "ac", "b"},
      {a_moves_b, {5, 6, 0, 40}, "a", "bd"},
      {a_cancels_all, {5, 6, 7, 8}, "a", ""},
      {a_cancels_all, {9, 6, 7, 80}, "b", ""},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    start();
    log_.then = rows[i].then;
    for (size_t n = 0; n < 4; n++)
      if (rows[i].dues[n] > 0) set(n, rows[i].dues[n]);
    timers_run(&log_.timers, 15);
    size_t before = log_.count;
    char got[16] = "";
    for (size_t n = 0; n < before; n++) got[n] = (char)('a' + log_.fired[n]);
    assert_string_equal(got, rows[i].at_15);
    timers_run(&log_.timers, 100);
    memset(got, 0, sizeof got);
    for (size_t n = before; n < log_.count; n++) got[n - before] = (char)('a' + log_.fired[n]);
    assert_string_equal(got, rows[i].at_100);
    assert_null(log_.timers.soonest);
  }
}

/* --- at random --- */

static uint64_t next_number(uint64_t *seed) {
  *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
  return *seed >> 11;
}

/* What is due, by the reference: fired in the order of its times, and nothing else. */
static void expect_due(uint64_t dues[TIMERS], uint64_t now) {
  size_t due = 0;
  for (size_t i = 0; i < TIMERS; i++) due += dues[i] > 0 && dues[i] <= now;
  assert_int_equal(log_.count, due);
  for (size_t i = 0; i < log_.count; i++) {
    uint64_t this = dues[log_.fired[i]], before = i > 0 ? log_.at[log_.fired[i - 1]].due : 0;
    assert_true(this > 0 && this <= now && this >= before);
    dues[log_.fired[i]] = 0;
  }
  log_.count = 0;
}

static void against_a_reference(void **state) {
  (void)state;
  uint64_t seed = 1, now = 1, dues[TIMERS] = {0}; /* 0: not set */
  start();
  for (int step = 0; step < 200000; step++) {
    size_t which = (size_t)next_number(&seed) % TIMERS;
    unsigned act = (unsigned)(next_number(&seed) % 16);
    if (act < 8 && dues[which] == 0) {
      dues[which] = now + next_number(&seed) % (act < 4 ? 1000 : 10);
      set(which, dues[which]);
    } else if (act < 14 && act > 9) {
      cancel(which);
      dues[which] = 0;
    } else if (act == 15) {
      now += next_number(&seed) % 40;
      timers_run(&log_.timers, now);
      expect_due(dues, now);
    }
    uint64_t soonest = 0;
    for (size_t i = 0; step % 64 == 0 && i < TIMERS; i++) {
      assert_int_equal(log_.at[i].set, dues[i] > 0);
      if (dues[i] > 0 && (soonest == 0 || dues[i] < soonest)) soonest = dues[i];
    }
    if (soonest > 0) assert_true(log_.timers.soonest->due == soonest);
  }
  timers_run(&log_.timers, UINT64_MAX);
  expect_due(dues, UINT64_MAX);
  assert_null(log_.timers.soonest);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(soonest_first),
      cmocka_unit_test(cancelled_ones_do_not_fire),
      cmocka_unit_test(each_once_when_due_together),
      cmocka_unit_test(acting_while_they_fire),
      cmocka_unit_test(against_a_reference),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
