/* Owns what the resolver is measured against: c-ares by itself, driven by poll(2), that looks at nothing it gets.
 * Must never know: the resolver. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>

#include <ares.h>

#include "clocks.h"
#include "dns.h"

struct bare {
  ares_channel channel;
  const char *zone;
  size_t names, asked, most, answered, failed;
  int fd; /* the one UDP socket */
};

static void watch(void *data, ares_socket_t fd, int readable, int writable) {
  struct bare *bare = data;
  (void)writable;
  bare->fd = readable ? fd : -1;
}

static void next(struct bare *bare);

static void heard(void *data, int status, int timeouts, unsigned char *message, int len) {
  struct bare *bare = data;
  (void)timeouts, (void)message, (void)len;
  bare->answered++;
  bare->failed += status != ARES_SUCCESS;
  if (bare->asked < bare->most) next(bare);
}

static void next(struct bare *bare) {
  char name[80];
  snprintf(name, sizeof name, "n%zu.%s", bare->asked++ % bare->names, bare->zone);
  ares_query(bare->channel, name, 1, 1, heard, bare);
}

static bool open_bare(struct bare *bare, const char *server) {
  struct ares_options options = {.flags = ARES_FLAG_STAYOPEN | ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP,
                                 .timeout = 2000,
                                 .tries = 3,
                                 .ednspsz = 1232,
                                 .socket_receive_buffer_size = 1 << 20,
                                 .sock_state_cb = watch,
                                 .sock_state_cb_data = bare};
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_RCVBUF |
             ARES_OPT_SOCK_STATE_CB;
  return ares_init_options(&bare->channel, &options, mask) == ARES_SUCCESS &&
         ares_set_servers_ports_csv(bare->channel, server) == ARES_SUCCESS;
}

int run_dns_bare(char **args) {
  struct bare bare = {.zone = args[1], .names = strtoull(args[2], NULL, 10), .most = strtoull(args[3], NULL, 10), .fd = -1};
  size_t in_flight = strtoull(args[4], NULL, 10);
  if (bare.names == 0 || !open_bare(&bare, args[0])) return fprintf(stderr, "assay-bench: dns: no channel\n"), 1;
  double start = cpu_seconds(), wall = wall_seconds();
  while (bare.asked < in_flight && bare.asked < bare.most) next(&bare);
  while (bare.answered < bare.most) {
    struct pollfd ready = {bare.fd, POLLIN, 0};
    struct timeval buffer, *wait = ares_timeout(bare.channel, NULL, &buffer);
    poll(&ready, 1, wait ? (int)(wait->tv_sec * 1000 + wait->tv_usec / 1000) + 1 : -1);
    ares_process_fd(bare.channel, ready.revents ? bare.fd : ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }
  double seconds = cpu_seconds() - start;
  ares_destroy(bare.channel);
  if (bare.failed > 0) return fprintf(stderr, "assay-bench: dns: some questions failed\n"), 1;
  printf("us %.2f\nrate %.0f\n", seconds * 1e6 / (double)bare.answered, (double)bare.answered / (wall_seconds() - wall));
  return 0;
}
