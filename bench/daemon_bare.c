/* Owns servers that answer without looking: what the kernel takes for itself, whoever serves.
 * Must never know: a protocol, but for where a request ends. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon.h"

enum { EVENTS = 64, ROOM = 16384 };

static const char policy_answer[] = "action=DUNNO\n\n";
static const char spamd_answer[] = "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 2.0\r\n\r\n";

static int fail(const char *what) {
  fprintf(stderr, "assay-bench: bare: %s: %s\n", what, strerror(errno));
  return 1;
}

static int listen_at(const char *path) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (strlen(path) >= sizeof at.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(at.sun_path, path);
  return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 1024) == 0 ? fd : -1;
}

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("watching a connection");
}

/* One read and one write: a request is never longer than what is read at once. */
static void answer(int fd) {
  char bytes[ROOM];
  ssize_t got = recv(fd, bytes, sizeof bytes, 0);
  if (got <= 0)
    close(fd);
  else if (got >= 2 && memcmp(bytes + got - 2, "\n\n", 2) == 0)
    (void)!send(fd, policy_answer, sizeof policy_answer - 1, MSG_NOSIGNAL);
}

int run_daemon_policy(char **args) {
  struct epoll_event events[EVENTS];
  int listener = listen_at(args[0]), epoll = epoll_create1(0), count = 0;
  if (listener < 0 || epoll < 0) return fail(args[0]);
  watch(epoll, listener);
  while ((count = epoll_wait(epoll, events, EVENTS, -1)) >= 0 || errno == EINTR)
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener)
        watch(epoll, accept(listener, NULL, NULL));
      else
        answer(fd);
    }
  return fail("waiting");
}

int run_daemon_spamd(char **args) {
  char bytes[ROOM];
  int listener = listen_at(args[0]), fd;
  if (listener < 0) return fail(args[0]);
  while ((fd = accept(listener, NULL, NULL)) >= 0) {
    if (recv(fd, bytes, sizeof bytes, 0) > 0) (void)!send(fd, spamd_answer, sizeof spamd_answer - 1, MSG_NOSIGNAL);
    close(fd);
  }
  return fail("accepting");
}
