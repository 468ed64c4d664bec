/* Owns assayd's command line, its start, its signals and its end.
 * Must never know: a protocol. */
#include <assay/assay.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/front.h"
#include "daemon/worker.h"

enum { EXIT_USAGE = 64, EXIT_CONFIG = 78, EXIT_OS = 71 };

struct daemon {
  struct conf conf;
  struct server server;
  struct listener listeners[CONF_LISTENS_MOST];
  size_t listener_count;
  struct worker *workers;
  size_t worker_count;
};

static const char usage[] =
    "Usage: assayd [--config FILE] [--check]\n\n"
    "Scores SMTP connections for mail servers: spamd's protocol, and Postfix policy delegation.\n"
    "Without a file it serves spamd on 127.0.0.1:10783 and policy on 127.0.0.1:10784 with the shipped rules, and refuses\n"
    "nothing (dry_run).\n\n"
    "  -c, --config FILE  settings; " ASSAY_CONF_FILE " where that is\n"
    "      --check        says whether file and rules are right, and ends\n"
    "      --version      prints the version\n"
    "  -h, --help         prints this\n\n"
    "SIGHUP reloads the rules, SIGUSR1 logs the counters, SIGTERM ends it. It logs to standard error.\n"
    "Exit: 0 all is well, 64 usage, 71 the system refuses, 78 bad configuration or rules.\n";

struct options {
  const char *config;
  bool check;
};

/* --- start and end --- */

static void say_rules(void *user, const char *level, const char *line, size_t len) {
  struct log *log = user;
  log_say(log, level, "rules", "%.*s", (int)len, line);
}

static struct log *loop_log; /* libevent hands over nothing to find it by */

static void say_loop(int severity, const char *message) {
  const char *level = severity == EVENT_LOG_ERR ? "error" : "warning";
  log_say(loop_log, level, "loop", "%s", message);
}

/* libevent ends the process when it cannot have what a loop takes, and would say so on its own. */
static void fail_loop(int error) {
  (void)error;
  _exit(EXIT_OS);
}

static void open_log(struct log *log) {
  log_init(log, STDERR_FILENO);
  loop_log = log;
  event_set_log_callback(say_loop);
  event_set_fatal_callback(fail_loop);
}

static bool open_listeners(struct daemon *daemon) {
  char why[LISTENER_WHY];
  for (size_t i = 0; i < daemon->conf.listen_count; i++) {
    struct listener *listener = &daemon->listeners[daemon->listener_count];
    if (!listener_open(listener, &daemon->conf.listens[i], why)) {
      log_say(&daemon->server.log, "error", "listen", "cannot listen at %s: %s", listener->text, why);
      return false;
    }
    daemon->listener_count++;
  }
  return true;
}

static bool open_server(struct daemon *daemon, bool check) {
  struct server *server = &daemon->server;
  server->conf = &daemon->conf;
  struct rules_options options = {.paths = daemon->conf.rules,
                                  .count = daemon->conf.rule_count,
                                  .watch = daemon->conf.watch,
                                  .tested = check,
                                  .say = say_rules,
                                  .user = &server->log};
  if (!rules_new(&server->rules, &options)) return false;
  server->clients = clients_new();
  return server->clients != NULL;
}

static bool start_workers(struct daemon *daemon) {
  daemon->workers = calloc(daemon->conf.workers, sizeof *daemon->workers);
  for (; daemon->workers && daemon->worker_count < daemon->conf.workers; daemon->worker_count++)
    if (!worker_start(&daemon->workers[daemon->worker_count], &daemon->server, daemon->listeners,
                      daemon->listener_count))
      return false;
  return daemon->workers != NULL;
}

enum { RULES_LEAST_MS = 200 };

/* Rules that are being compiled are waited for no longer than who is being served. */
static bool stop_rules(struct daemon *daemon, uint64_t began) {
  uint64_t grace = daemon->conf.limits.grace, gone = server_now_ms() - began;
  return rules_stop(daemon->server.rules, gone + RULES_LEAST_MS < grace ? (int)(grace - gone) : RULES_LEAST_MS);
}

static void stop(struct daemon *daemon, int code) {
  uint64_t began = server_now_ms();
  daemon->server.stopping = true;
  for (size_t i = 0; i < daemon->worker_count; i++) worker_wake(&daemon->workers[i]);
  for (size_t i = 0; i < daemon->worker_count; i++) worker_join(&daemon->workers[i]);
  if (daemon->worker_count > 0) server_say_counters(&daemon->server);
  free(daemon->workers);
  for (size_t i = 0; i < daemon->listener_count; i++) listener_close(&daemon->listeners[i]);
  if (!stop_rules(daemon, began)) _exit(code);
  rules_free(daemon->server.rules);
  clients_free(daemon->server.clients);
  log_close(&daemon->server.log);
  conf_free(&daemon->conf);
}

/* --- running --- */

static void say_start(struct daemon *daemon) {
  for (size_t i = 0; i < daemon->listener_count; i++) {
    const char *front = daemon->listeners[i].conf->front == CONF_SPAMD ? front_spamd.name : front_policy.name;
    log_say(&daemon->server.log, "info", "listening", "%s at %s", front, daemon->listeners[i].text);
  }
  log_say(&daemon->server.log, "info", "started", "assayd %s, %u workers, DNS %s, %s", assay_version(),
          daemon->conf.workers, daemon->conf.dns ? "on" : "off", daemon->conf.dry_run ? "dry run" : "in force");
}

static bool is_last(int signal) {
  return signal == SIGTERM || signal == SIGINT;
}

/* Signals are blocked in all threads, and taken here one by one. */
static int serve(struct daemon *daemon, const sigset_t *signals) {
  if (!open_listeners(daemon) || !start_workers(daemon)) return EXIT_OS;
  say_start(daemon);
  for (;;) {
    int signal;
    if (sigwait(signals, &signal) != 0) continue;
    if (signal == SIGHUP) rules_reload(daemon->server.rules);
    if (signal == SIGUSR1) server_say_counters(&daemon->server);
    if (!is_last(signal)) continue;
    log_say(&daemon->server.log, "info", "stopping", "got signal %d", signal);
    return 0;
  }
}

static int run(const struct options *options) {
  static struct daemon daemon;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  signal(SIGPIPE, SIG_IGN);
  open_log(&daemon.server.log);
  if (!conf_read(&daemon.conf, options->config)) {
    conf_free(&daemon.conf);
    return EXIT_CONFIG;
  }
  daemon.server.log.json = daemon.conf.log_json;
  int code = open_server(&daemon, options->check) ? 0 : EXIT_CONFIG;
  if (code == 0 && options->check) printf("assayd: configuration and rules are right\n");
  if (code == 0 && !options->check) code = serve(&daemon, &signals);
  stop(&daemon, code);
  return code;
}

/* --- command line --- */

/* False when there is nothing more to do; *code is then the exit code. */
static bool parse(struct options *options, int argc, char **argv, int *code) {
  for (int i = 1; i < argc; i++) {
    const char *word = argv[i];
    *code = 0;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return fputs(usage, stdout), false;
    if (strcmp(word, "--version") == 0) return printf("assayd %s\n", assay_version()), false;
    *code = EXIT_USAGE;
    if (strcmp(word, "--check") == 0) {
      options->check = true;
    } else if (strncmp(word, "--config=", 9) == 0) {
      options->config = word + 9;
    } else if ((strcmp(word, "--config") == 0 || strcmp(word, "-c") == 0) && i + 1 < argc) {
      options->config = argv[++i];
    } else {
      fprintf(stderr, "assayd: %s: there is no such option, or its value is missing; `assayd --help` lists them\n",
              word);
      return false;
    }
  }
  return true;
}

/* Shells and cron give far fewer descriptors than they allow, and fewer than the connections that are let in by default. */
static void raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit); /* what it may have now is enough for most */
}

/* Where one of these is closed, the next file or socket would take its place, and get what is meant for the log. */
static void fill_standard(void) {
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = open("/dev/null", O_RDWR);
  if (fd >= 0) close(fd);
}

int main(int argc, char **argv) {
  struct options options = {0};
  int code;
  fill_standard();
  raise_descriptors();
  return parse(&options, argc, argv, &code) ? run(&options) : code;
}
