/* Owns the connections that the benchmark scores: made up, the same on every run, in proportions seen at the edge.
 * Must never know: rules. */
#ifndef BENCH_CONNECTIONS_H
#define BENCH_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONNECTION_NAME_ROOM = 96 };

/* Texts end with a NUL and hold none; no byte is above 127. */
struct connection {
  char ip[16], rdns[CONNECTION_NAME_ROOM], helo[CONNECTION_NAME_ROOM], user[8];
  uint8_t address[16]; /* ip as an IPv4-mapped IPv6 address */
  size_t ip_len, rdns_len, helo_len, user_len;
};

/* NULL when memory is out; caller frees, with free. The first n are the same whatever the count. */
struct connection *connections_new(size_t count);

#endif
