/* Owns the buffered writing of standard output, and the memory of its failure.
 * Must never know: what is written. */
#include "cli/out.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int out_all(int fd, const char *ptr, size_t len) {
  while (len > 0) {
    ssize_t wrote = write(fd, ptr, len);
    if (wrote < 0 && errno == EAGAIN) {
      /* Somebody else made the descriptor non-blocking: wait as a blocking one would. */
      struct pollfd ready = {.fd = fd, .events = POLLOUT};
      if (poll(&ready, 1, -1) < 0 && errno != EINTR) return errno;
      continue;
    }
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    ptr += wrote;
    len -= (size_t)wrote;
  }
  return 0;
}

bool out_flush(struct out *out) {
  if (out->bytes.failed && out->error == 0) out->error = ENOMEM;
  if (out->error == 0) out->error = out_all(out->fd, out->bytes.ptr, out->bytes.len);
  out->bytes.len = 0;
  return out->error == 0;
}

bool out_drain(struct out *out) {
  if (out->bytes.len < OUT_FULL && !out->bytes.failed) return out->error == 0;
  return out_flush(out);
}

void out_write(void *user, const char *ptr, size_t len) {
  struct out *out = user;
  bytes_add(&out->bytes, ptr, len);
  out_drain(out);
}
