/* Owns the sockets that the daemon listens at: made, handed to the workers, taken away again.
 * Must never know: what comes by them. */
#include "daemon/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

void listener_name(char out[LISTENER_TEXT], const struct conf_listen *conf) {
  char address[NET_TEXT];
  if (conf->path) {
    snprintf(out, LISTENER_TEXT, "unix:%s", conf->path);
    return;
  }
  net_print(address, &conf->address);
  snprintf(out, LISTENER_TEXT, address_is_v4(&conf->address) ? "tcp:%s:%u" : "tcp:[%s]:%u", address, conf->port);
}

static bool fail(struct listener *listener, char why[LISTENER_WHY], const char *what, int error) {
  if (listener->fd >= 0) close(listener->fd);
  listener->fd = -1;
  snprintf(why, LISTENER_WHY, "%s: %s", what, strerror(error));
  return false;
}

/* --- TCP --- */

/* Where the system chose the port, its name has that one: nobody could connect to 0. */
static void name_port(struct listener *listener, struct sockaddr_storage *address) {
  struct conf_listen there = *listener->conf;
  socklen_t size = sizeof *address;
  if (there.port > 0 || getsockname(listener->fd, (struct sockaddr *)address, &size) != 0) return;
  there.port = ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                    : ((const struct sockaddr_in *)address)->sin_port);
  listener_name(listener->text, &there);
}

static bool open_tcp(struct listener *listener, char why[LISTENER_WHY]) {
  const struct conf_listen *conf = listener->conf;
  struct sockaddr_storage address;
  socklen_t size = net_bindable(&address, &conf->address, conf->port);
  int on = 1;
  listener->fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener->fd < 0) return fail(listener, why, "cannot make a socket", errno);
  setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ss_family == AF_INET6) setsockopt(listener->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(listener->fd, (struct sockaddr *)&address, size) != 0)
    return fail(listener, why, "cannot have this address and port", errno);
  if (listen(listener->fd, LISTENER_BACKLOG) != 0) return fail(listener, why, "cannot listen", errno);
  name_port(listener, &address);
  return true;
}

/* --- Unix --- */

/* True when the path is free: nothing was there, or a socket at which nobody answers. */
static bool make_way(const struct sockaddr_un *address, struct listener *listener, char why[LISTENER_WHY]) {
  struct stat about;
  if (lstat(address->sun_path, &about) != 0)
    return errno == ENOENT || fail(listener, why, "cannot look at the path", errno);
  if (!S_ISSOCK(about.st_mode)) {
    snprintf(why, LISTENER_WHY, "there is a file that is no socket");
    return false;
  }
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* whoever is there may be busy */
  if (probe < 0) return fail(listener, why, "cannot make a socket", errno);
  int error = connect(probe, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
  close(probe);
  if (error != ECONNREFUSED) {
    bool busy = error == 0 || error == EAGAIN;
    snprintf(why, LISTENER_WHY, busy ? "another program listens there" : "cannot try the socket that is there: %s",
             strerror(error));
    return false;
  }
  return unlink(address->sun_path) == 0 || fail(listener, why, "cannot take the old socket away", errno);
}

/* Nobody else can connect until owner, group and mode are those that were asked for. */
static bool bind_closed(int fd, const struct sockaddr_un *address) {
  mode_t before = umask(0177);
  int bound = bind(fd, (const struct sockaddr *)address, sizeof *address);
  int error = errno;
  umask(before);
  errno = error;
  return bound == 0;
}

/* By the file, not by its name: where others may write the folder, the name may be a link by now. */
static bool give_away(struct listener *listener) {
  const struct conf_listen *conf = listener->conf;
  struct stat about = {0};
  char name[32];
  bool owned = conf->owner != (uid_t)-1 || conf->group != (gid_t)-1;
  int fd = open(conf->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return false;
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  bool given = fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode) &&
               (!owned || fchownat(fd, "", conf->owner, conf->group, AT_EMPTY_PATH) == 0) &&
                chmod(name, conf->mode) == 0;
  int error = errno;
  listener->device = about.st_dev;
  listener->inode = about.st_ino;
  close(fd);
  errno = error;
  return given;
}

static bool open_unix(struct listener *listener, char why[LISTENER_WHY]) {
  const struct conf_listen *conf = listener->conf;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t len = strlen(conf->path);
  if (len >= sizeof address.sun_path) {
    snprintf(why, LISTENER_WHY, "the path is longer than the %zu bytes that a socket's may be",
             sizeof address.sun_path - 1);
    return false;
  }
  memcpy(address.sun_path, conf->path, len);
  if (!make_way(&address, listener, why)) return false;
  listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener->fd < 0) return fail(listener, why, "cannot make a socket", errno);
  if (!bind_closed(listener->fd, &address)) return fail(listener, why, "cannot make the socket's file", errno);
  if (!give_away(listener) || listen(listener->fd, LISTENER_BACKLOG) != 0) {
    int error = errno;
    unlink(conf->path);
    return fail(listener, why, "cannot give the socket its owner, group and mode", error);
  }
  return true;
}

bool listener_open(struct listener *out, const struct conf_listen *conf, char why[LISTENER_WHY]) {
  *out = (struct listener){.conf = conf, .fd = -1};
  listener_name(out->text, conf);
  return conf->path ? open_unix(out, why) : open_tcp(out, why);
}

/* The path may be another daemon's by now. */
void listener_close(struct listener *listener) {
  struct stat about;
  const char *path = listener->conf->path;
  if (listener->fd < 0) return;
  if (path && lstat(path, &about) == 0 && about.st_dev == listener->device && about.st_ino == listener->inode)
    unlink(path);
  close(listener->fd);
  listener->fd = -1;
}
