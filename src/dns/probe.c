/* Owns finding out whether there is a DNS server at an address.
 * Must never know: what it would say. */
#include <poll.h>

#include "dns/channel.h"
#include "dns/clock.h"

struct probe {
  bool ended, answered;
};

static void heard(void *user, void *question, const struct dns_reply *reply) {
  struct probe *probe = user;
  (void)question;
  probe->ended = true;
  probe->answered = reply->outcome <= ASSAY_OUTCOME_NXDOMAIN || reply->outcome == ASSAY_OUTCOME_SERVFAIL;
}

/* A resolver answers for `localhost` by itself (RFC 6761 section 6.3), so at once; a server of some zones refuses. */
bool servers_probe(const struct server *server, unsigned most_ms) {
  struct servers only = {.at = {*server}, .count = 1, .local = true};
  struct probe probe = {false, false};
  struct channels *channels;
  struct channels_options options = {.servers = &only, .attempt_ms = most_ms, .attempts = 1, .answered = heard,
                                     .user = &probe, .alloc = &mem_default};
  if (channels_new(&channels, &options) != ASSAY_OK) return false;
  uint64_t end = clock_ms() + most_ms;
  channels_ask(channels, ASSAY_QUESTION_A, TEXT("localhost"), NULL);
  for (uint64_t now = clock_ms(); !probe.ended && now < end; now = clock_ms()) {
    struct pollfd turn[2];
    size_t count;
    const struct pollfd *descriptors = channels_descriptors(channels, &count);
    if (count > 2) count = 2;
    if (count > 0) memcpy(turn, descriptors, count * sizeof *turn);
    int ready = poll(turn, (nfds_t)count, (int)(end - now));
    for (size_t i = 0; ready > 0 && i < count; i++)
      if (turn[i].revents)
        channels_process(channels, turn[i].fd, turn[i].revents & ~POLLOUT, turn[i].revents & POLLOUT);
    channels_process(channels, -1, false, false);
  }
  channels_free(channels);
  return probe.answered;
}
