/* Owns the resolver's time and descriptors: waiting by itself, and within a loop of the host's.
 * Must never know: what is asked. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include "dns/clock.h"
#include "dns/resolver.h"

void assay_resolver_process(assay_resolver *resolver, int fd, bool readable, bool writable) {
  if (!resolver || resolver->telling) return; /* c-ares would free what it is about to go on with */
  resolver->telling = true;
  resolver_look_at_clock(resolver);
  lookups_process(resolver->lookups, fd, readable, writable, resolver->now);
  timers_run(&resolver->timers, resolver->now);
  resolver->telling = false;
}

int assay_resolver_timeout(const assay_resolver *resolver) {
  if (!resolver) return -1;
  uint64_t now = clock_ms();
  int lookups = lookups_timeout(resolver->lookups, now);
  if (!resolver->timers.soonest) return lookups;
  uint64_t due = resolver->timers.soonest->due;
  int timer = due <= now ? 0 : due - now > INT_MAX ? INT_MAX : (int)(due - now);
  return lookups >= 0 && lookups < timer ? lookups : timer;
}

static int shorter(int a, int b) {
  if (a < 0) return b;
  return b < 0 || a < b ? a : b;
}

assay_status assay_resolver_wait(assay_resolver *resolver, int most_ms) {
  if (!resolver || resolver->telling) return ASSAY_BAD_ARGUMENT;
  const struct lookups_counts *counts = lookups_counts(resolver->lookups);
  if (assay_resolver_pending(resolver) == 0 && counts->in_flight + counts->overdue == 0) return ASSAY_OK;
  size_t count;
  const struct pollfd *descriptors = channels_descriptors(lookups_channels(resolver->lookups), &count);
  if (!mem_grow(resolver->alloc, (void **)&resolver->turn, &resolver->turn_cap, count, sizeof *resolver->turn))
    return ASSAY_NO_MEMORY;
  struct pollfd *turn = resolver->turn; /* a copy, for what is handled may change the list */
  if (count > 0) memcpy(turn, descriptors, count * sizeof *turn);
  int ready = poll(turn, (nfds_t)count, shorter(most_ms, assay_resolver_timeout(resolver)));
  if (ready < 0 && errno != EINTR) return ASSAY_IO_ERROR;
  for (size_t i = 0; ready > 0 && i < count; i++) {
    short events = turn[i].revents;
    if (events) assay_resolver_process(resolver, turn[i].fd, events & ~POLLOUT, events & POLLOUT);
  }
  assay_resolver_process(resolver, -1, false, false);
  return ASSAY_OK;
}

void assay_resolver_watch(assay_resolver *resolver, assay_watch_fn watch, void *user) {
  if (resolver) channels_watch(lookups_channels(resolver->lookups), watch, user);
}
