/* Owns timers: what is to happen when, soonest first.
 * Must never know: what happens. It has no clock: the caller says what time it is. */
#include "dns/timers.h"

/* One of two heaps becomes the first child of the other. */
static struct timer *meld(struct timer *a, struct timer *b) {
  if (!a) return b;
  if (!b) return a;
  if (b->due < a->due) {
    struct timer *later = a;
    a = b;
    b = later;
  }
  b->previous = a;
  b->next = a->child;
  if (b->next) b->next->previous = b;
  a->child = b;
  return a;
}

/* One heap of a list of siblings: in pairs from the left, then the pairs from the right, which is what makes taking
 * the soonest out cheap in the long run. */
static struct timer *meld_siblings(struct timer *first) {
  struct timer *pairs = NULL, *heap = NULL;
  while (first) {
    struct timer *a = first, *b = a->next;
    first = b ? b->next : NULL;
    a->next = a->previous = NULL;
    if (b) b->next = b->previous = NULL;
    struct timer *pair = meld(a, b);
    pair->next = pairs;
    pairs = pair;
  }
  while (pairs) {
    struct timer *rest = pairs->next;
    pairs->next = NULL;
    heap = meld(heap, pairs);
    pairs = rest;
  }
  return heap;
}

void timers_set(struct timers *timers, struct timer *timer, uint64_t due) {
  timer->child = timer->next = timer->previous = NULL;
  timer->due = due;
  timer->set = true;
  timers->soonest = meld(timers->soonest, timer);
}

void timers_cancel(struct timers *timers, struct timer *timer) {
  if (!timer->set) return;
  timer->set = false;
  struct timer *below = meld_siblings(timer->child);
  timer->child = NULL;
  if (timer == timers->soonest) {
    timers->soonest = below;
    return;
  }
  if (timer->previous->child == timer)
    timer->previous->child = timer->next;
  else
    timer->previous->next = timer->next;
  if (timer->next) timer->next->previous = timer->previous;
  timer->next = timer->previous = NULL;
  timers->soonest = meld(timers->soonest, below);
}

void timers_run(struct timers *timers, uint64_t now) {
  while (timers->soonest && timers->soonest->due <= now) {
    struct timer *timer = timers->soonest;
    timers_cancel(timers, timer);
    timer->fire(timer->user);
  }
}
