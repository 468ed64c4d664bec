/* Owns the line that shows how far a batch has come, and its counts by action.
 * Must never know: where connections come from. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <assay/verdict.h>

#include "cli/cli.h"

#define PROGRESS_ACTIONS (ASSAY_DISCARD + 1)

struct progress {
  struct cli *cli;
  uint64_t total_bytes; /* 0: not known */
  uint64_t actions[PROGRESS_ACTIONS], connections, malformed;
  uint64_t questions, cached; /* to DNS; of them, answered from the cache */
  uint64_t began, drawn; /* milliseconds of a clock that only goes forward */
  bool shown;
};

void progress_begin(struct progress *progress, struct cli *cli, uint64_t total_bytes);
void progress_count(struct progress *progress, assay_action action);

/* Draws, if standard error is a terminal and the last time is long enough ago. */
void progress_tick(struct progress *progress, uint64_t bytes);

/* Takes the line off the screen, so that other text can stand there. */
void progress_hide(struct progress *progress);

/* Draws it a last time, and leaves it. */
void progress_end(struct progress *progress, uint64_t bytes);

#endif
