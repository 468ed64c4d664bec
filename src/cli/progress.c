/* Owns the line that shows how far a batch has come, and its counts by action.
 * Must never know: where connections come from. */
#include "cli/progress.h"

#include <time.h>
#include <unistd.h>

#include "cli/term.h"

#define PROGRESS_EVERY 200 /* milliseconds */

static uint64_t now(void) {
  struct timespec time;
  if (clock_gettime(CLOCK_MONOTONIC, &time) != 0) return 0;
  return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, struct cli *cli, uint64_t total_bytes) {
  *progress = (struct progress){.cli = cli, .total_bytes = total_bytes};
  if (cli->progress) progress->began = progress->drawn = now();
}

void progress_count(struct progress *progress, assay_action action) {
  progress->connections++;
  if ((size_t)action < PROGRESS_ACTIONS) progress->actions[action]++;
}

static void write_error(struct bytes *bytes) {
  if (!bytes->failed) out_all(STDERR_FILENO, bytes->ptr, bytes->len);
  bytes_free(bytes);
}

/* Seconds as 7s, 3m20s, 2h05m. */
static void duration(struct bytes *bytes, uint64_t seconds) {
  uint64_t big = seconds >= 3600 ? seconds / 3600 : seconds / 60;
  uint64_t small = seconds >= 3600 ? seconds / 60 % 60 : seconds % 60;
  if (seconds >= 60) {
    bytes_uint(bytes, big);
    bytes_str(bytes, seconds >= 3600 ? "h" : "m");
    if (small < 10) bytes_byte(bytes, '0');
  }
  bytes_uint(bytes, small);
  bytes_str(bytes, seconds >= 3600 ? "m" : "s");
}

static void counts(struct bytes *bytes, const struct progress *progress) {
  for (size_t i = 0; i < PROGRESS_ACTIONS; i++) {
    if (progress->actions[i] == 0) continue;
    bytes_str(bytes, "  ");
    bytes_str(bytes, assay_action_text((assay_action)i));
    bytes_byte(bytes, ' ');
    bytes_uint(bytes, progress->actions[i]);
  }
  if (progress->malformed > 0) {
    bytes_str(bytes, "  malformed ");
    bytes_uint(bytes, progress->malformed);
  }
  if (progress->questions > 0) {
    bytes_str(bytes, "  questions ");
    bytes_uint(bytes, progress->questions);
    bytes_str(bytes, " (");
    bytes_uint(bytes, progress->cached);
    bytes_str(bytes, " cached)");
  }
}

static void draw(struct progress *progress, uint64_t bytes_read, uint64_t at, bool last) {
  struct bytes line = {0};
  uint64_t spent = at - progress->began, total = progress->total_bytes;
  bytes_uint(&line, progress->connections);
  bytes_str(&line, " connections  ");
  bytes_uint(&line, progress->connections * 1000 / (spent > 0 ? spent : 1));
  bytes_str(&line, "/s");
  if (last) {
    bytes_str(&line, "  in ");
    duration(&line, spent / 1000);
  } else if (bytes_read > 0 && total >= bytes_read) {
    bytes_str(&line, "  ");
    bytes_uint(&line, bytes_read * 100 / total);
    bytes_str(&line, "%  ETA ");
    duration(&line, spent * ((total - bytes_read) / 1024 + 1) / (bytes_read / 1024 + 1) / 1000);
  }
  counts(&line, progress);
  size_t width = term_width(STDERR_FILENO);
  if (!last && line.len >= width) line.len = width - 1;
  struct bytes drawn = {0};
  bytes_str(&drawn, "\r\033[K");
  bytes_add(&drawn, line.ptr, line.len);
  if (last) bytes_byte(&drawn, '\n');
  write_error(&drawn);
  bytes_free(&line);
  progress->shown = !last;
  progress->drawn = at;
}

void progress_tick(struct progress *progress, uint64_t bytes) {
  if (!progress->cli->progress) return;
  uint64_t at = now();
  if (at - progress->drawn >= PROGRESS_EVERY) draw(progress, bytes, at, false);
}

void progress_hide(struct progress *progress) {
  if (!progress->shown) return;
  struct bytes erase = {0};
  bytes_str(&erase, "\r\033[K");
  write_error(&erase);
  progress->shown = false;
}

void progress_end(struct progress *progress, uint64_t bytes) {
  if (progress->cli->progress) draw(progress, bytes, now(), true);
}
