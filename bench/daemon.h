/* Owns what is measured of the daemon: clients that load a server, and bare servers that cost what nobody can spare.
 * Must never know: who serves. */
#ifndef BENCH_DAEMON_H
#define BENCH_DAEMON_H

/* Each a verb of assay-bench. An ADDRESS is the path of a Unix socket, or a port of 127.0.0.1. */
int run_daemon_load(char **args);   /* DIALECT ADDRESS CONNECTIONS REQUESTS: some at once, each with one request */
int run_daemon_policy(char **args); /* PATH: bare; whatever comes is answered, by epoll; until it is ended */
int run_daemon_spamd(char **args);  /* PATH: bare; accept, read, answer, close; until it is ended */

#endif
