/* Tests the sockets that the daemon listens at: mode, what stands in the way, and what is taken away again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/listener.h"

struct site {
  char folder[64], path[96], other[96];
  struct conf_listen conf;
};

static int make_site(void **state) {
  struct site *site = calloc(1, sizeof *site);
  *state = site;
  if (!site) return -1;
  strcpy(site->folder, "/tmp/assay-listen-XXXXXX");
  if (!mkdtemp(site->folder)) return -1;
  snprintf(site->path, sizeof site->path, "%s/socket", site->folder);
  snprintf(site->other, sizeof site->other, "%s/other", site->folder);
  site->conf = (struct conf_listen){.path = site->path, .owner = (uid_t)-1, .group = (gid_t)-1, .mode = 0600};
  return 0;
}

static int drop_site(void **state) {
  struct site *site = *state;
  unlink(site->path);
  unlink(site->other);
  int dropped = rmdir(site->folder);
  free(site);
  return dropped;
}

static bool there(const char *path) {
  struct stat about;
  return lstat(path, &about) == 0;
}

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, path, strlen(path));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

static void has_its_mode(void **state) {
  struct site *site = *state;
  static const mode_t modes[] = {0600, 0660, 0666, 0, 0777};
  mode_t before = umask(0);
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    struct listener listener;
    struct stat about;
    char why[LISTENER_WHY];
    site->conf.mode = modes[i];
    assert_true(listener_open(&listener, &site->conf, why));
    assert_int_equal(lstat(site->path, &about), 0);
    assert_true(S_ISSOCK(about.st_mode));
    assert_int_equal(about.st_mode & 07777, modes[i]);
    listener_close(&listener);
    assert_false(there(site->path));
    listener_close(&listener); /* once more is nothing */
  }
  assert_int_equal(umask(before), 0); /* as it was */
}

static void takes_a_stale_one_away(void **state) {
  struct site *site = *state;
  struct listener listener, again;
  char why[LISTENER_WHY];
  assert_true(listener_open(&listener, &site->conf, why));
  close(listener.fd); /* as if it had been killed */
  assert_true(there(site->path));
  assert_true(listener_open(&again, &site->conf, why));
  int fd = connect_to(site->path);
  assert_true(fd >= 0);
  close(fd);
  listener_close(&again);
  assert_false(there(site->path));
}

static void leaves_what_is_in_use(void **state) {
  struct site *site = *state;
  struct listener listener, second;
  char why[LISTENER_WHY];
  assert_true(listener_open(&listener, &site->conf, why));
  assert_false(listener_open(&second, &site->conf, why));
  assert_string_equal(why, "another program listens there");
  assert_int_equal(second.fd, -1);
  int fd = connect_to(site->path);
  assert_true(fd >= 0);
  close(fd);
  listener_close(&listener);
}

/* Nobody accepts, and no more can wait: to connect would block. */
static void leaves_who_is_busy(void **state) {
  struct site *site = *state;
  struct listener second;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char why[LISTENER_WHY];
  int busy = socket(AF_UNIX, SOCK_STREAM, 0), waiting = -1;
  memcpy(address.sun_path, site->path, strlen(site->path));
  assert_int_equal(bind(busy, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(busy, 0), 0);
  for (int i = 0; i < 4; i++) {
    int fd = connect_to(site->path);
    if (fd >= 0 && waiting < 0) waiting = fd;
    else if (fd >= 0) close(fd);
  }
  assert_false(listener_open(&second, &site->conf, why));
  assert_string_equal(why, "another program listens there");
  assert_true(there(site->path));
  close(waiting);
  close(busy);
}

static void leaves_what_is_no_socket(void **state) {
  struct site *site = *state;
  struct listener listener;
  char why[LISTENER_WHY];
  FILE *file = fopen(site->path, "w");
  assert_non_null(file);
  fclose(file);
  assert_false(listener_open(&listener, &site->conf, why));
  assert_string_equal(why, "there is a file that is no socket");
  assert_true(there(site->path));
  unlink(site->path);
  assert_int_equal(symlink(site->other, site->path), 0); /* nor a link, wherever it leads */
  assert_false(listener_open(&listener, &site->conf, why));
  assert_true(there(site->path));
  assert_false(there(site->other));
}

/* The path is another daemon's by the time that this one ends. */
static void leaves_its_successor(void **state) {
  struct site *site = *state;
  struct listener first, next;
  char why[LISTENER_WHY];
  assert_true(listener_open(&first, &site->conf, why));
  assert_int_equal(rename(site->path, site->other), 0);
  assert_true(listener_open(&next, &site->conf, why));
  listener_close(&first);
  assert_true(there(site->path));
  listener_close(&next);
  assert_false(there(site->path));
}

static void says_why(void **state) {
  struct site *site = *state;
  struct listener listener;
  char why[LISTENER_WHY], text[LISTENER_TEXT];
  char far[300];
  memset(far, 'a', sizeof far - 1);
  far[0] = '/';
  far[sizeof far - 1] = '\0';
  site->conf.path = far;
  assert_false(listener_open(&listener, &site->conf, why));
  assert_string_equal(why, "the path is longer than the 107 bytes that a socket's may be");
  site->conf.path = "/nowhere/at/all";
  assert_false(listener_open(&listener, &site->conf, why));
  assert_non_null(strstr(why, "No such file"));
  listener_name(text, &site->conf);
  assert_string_equal(text, "unix:/nowhere/at/all");
  struct conf_listen six = {.port = 783}, four = {.port = 783};
  assert_true(address_read(&six.address, PART("::"), NULL) && address_read(&four.address, PART("0.0.0.0"), NULL));
  listener_name(text, &six);
  assert_string_equal(text, "tcp:[::]:783");
  listener_name(text, &four);
  assert_string_equal(text, "tcp:0.0.0.0:783");
}

static void tcp_is_had_once(void **state) {
  (void)state;
  struct conf_listen conf = {0};
  struct listener listener, second;
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  char why[LISTENER_WHY], text[LISTENER_TEXT];
  assert_true(address_read(&conf.address, PART("127.0.0.1"), NULL));
  assert_true(listener_open(&listener, &conf, why));
  assert_int_equal(getsockname(listener.fd, (struct sockaddr *)&address, &size), 0);
  conf.port = ntohs(address.sin_port);
  listener_name(text, &conf);
  assert_string_equal(listener.text, text); /* port 0 became this one */
  assert_false(listener_open(&second, &conf, why));
  assert_non_null(strstr(why, "cannot have this address and port"));
  listener_close(&listener);
  assert_true(listener_open(&second, &conf, why));
  listener_close(&second);
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, make_site, drop_site)

int main(void) {
  const struct CMUnitTest tests[] = {
      ROW(has_its_mode),             ROW(takes_a_stale_one_away), ROW(leaves_what_is_in_use), ROW(leaves_who_is_busy),
      ROW(leaves_what_is_no_socket), ROW(leaves_its_successor),   ROW(says_why),              ROW(tcp_is_had_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
