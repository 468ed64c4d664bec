/* Owns connections being scored while others wait for DNS, and their answers in the order of the input.
 * Must never know: how a connection is written, or an answer. */
#ifndef CLI_SCORE_WINDOW_H
#define CLI_SCORE_WINDOW_H

#include <poll.h>

#include "cli/score.h"

/* A connection that has been scored; all is borrowed. */
struct scored {
  const assay_verdict *verdict;
  const assay_dns_usage *usage; /* NULL: DNS is off */
  const struct proto_id *id;
  uint64_t line;
};

struct slot;

struct window {
  struct scorer *scorer;
  void (*answer)(void *user, const struct scored *scored);
  bool (*quiet)(void *user); /* called before it waits; false: nobody wants answers any more */
  void *user;
  struct slot *current;       /* gets the next connection */
  struct slot *first, *last;  /* in the order of the input, since the first has no verdict yet */
  struct slot *unused;
  size_t count, bytes;        /* from first to last, and about what they hold */
  unsigned unseen;            /* connections since DNS was looked at */
  struct pollfd *watched, *turn; /* at 0 the input; the second is a copy for one turn */
  size_t watched_count, watched_cap;
  bool failed;                /* the reason has been said, or nobody wants to know it: nothing more comes */
};

/* False when there is no memory; window_free takes it all the same. */
bool window_init(struct window *window, struct scorer *scorer, void (*answer)(void *user, const struct scored *scored),
                 bool (*quiet)(void *user), void *user);

/* What still waits is forgotten. */
void window_free(struct window *window);

/* Facts for the next connection, to be cleared and set; NULL when there is no memory. */
assay_facts *window_facts(struct window *window);

/* Scores those facts, which came from a line of so many bytes. The id is copied where it has to wait. False when it
 * failed. */
bool window_score(struct window *window, const struct proto_id *id, uint64_t line, size_t len);

/* Gives answers as they come until the input has something, or nothing waits any more. */
void window_wait_for_input(struct window *window, int input);

/* Waits for all. */
void window_finish(struct window *window);

#endif
