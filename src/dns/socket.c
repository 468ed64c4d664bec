/* Owns the sockets that c-ares uses: as it would make them itself, but that writing to one raises no signal.
 * Must never know: channels, or what goes through a socket. */
#include "dns/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVE_BUFFER = 1024 * 1024 }; /* many answers may come in one burst */

static ares_socket_t open_socket(int family, int type, int protocol, void *user) {
  static const int room = RECEIVE_BUFFER, yes = 1;
  (void)user;
  int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) return ARES_SOCKET_BAD;
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room); /* as much as the system allows */
  if (type == SOCK_STREAM) (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

static int close_socket(ares_socket_t fd, void *user) {
  (void)user;
  return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *to, ares_socklen_t len, void *user) {
  (void)user;
  return connect(fd, to, len);
}

static ares_ssize_t receive(ares_socket_t fd, void *bytes, size_t len, int flags, struct sockaddr *from,
                            ares_socklen_t *from_len, void *user) {
  (void)user;
  return recvfrom(fd, bytes, len, flags, from, from_len);
}

/* A server may close its end while a question is on its way, and a host that has not thought of SIGPIPE would end. */
static ares_ssize_t send_parts(ares_socket_t fd, const struct iovec *parts, int count, void *user) {
  struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = (size_t)count};
  (void)user;
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}

const struct ares_socket_functions *socket_functions(void) {
  static const struct ares_socket_functions functions = {open_socket, close_socket, connect_socket, receive,
                                                         send_parts};
  return &functions;
}
