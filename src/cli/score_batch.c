/* Owns scoring an input of connections, one a line, in order and in bounded memory.
 * Must never know: how a line is decoded. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/lines.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/score_window.h"
#include "proto/jsonl.h"
#include "proto/tsv.h"
#include "proto/verdict_json.h"

#define TICK_EVERY 256 /* connections between two looks at the clock */

struct batch;

/* A format of lines. */
struct format {
  const char *name;
  bool has_header, passes_blank;
  enum proto_result (*take)(struct batch *batch, char *line, size_t len, assay_facts *facts, struct proto_id *id);
};

struct batch {
  struct scorer *scorer;
  const char *name; /* of the input, for messages */
  const struct format *format;
  struct lines lines;
  struct window window;
  struct tsv tsv;
  struct jsonl jsonl;
  struct progress progress;
  struct proto_error error;
  bool begun; /* the header, if the format has one, was read */
  bool guessed; /* nobody said what the format is */
  size_t id_column;
  int stop;   /* the exit code when the rest of the input shall not be read; else 0 */
};

static enum proto_result take_tsv(struct batch *batch, char *line, size_t len, assay_facts *facts,
                                  struct proto_id *id) {
  return tsv_line(&batch->tsv, line, len, facts, id, &batch->error);
}

static enum proto_result take_jsonl(struct batch *batch, char *line, size_t len, assay_facts *facts,
                                    struct proto_id *id) {
  return jsonl_line(&batch->jsonl, line, len, facts, id, &batch->error);
}

static const struct format formats[] = {{"tsv", true, false, take_tsv}, {"jsonl", false, true, take_jsonl}};
enum { TSV, JSONL };

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text), end_len = strlen(end);
  return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* As asked, else by the name, else NULL: the first line shall say. */
static const struct format *choose_format(const struct score_request *request) {
  static const struct {
    const char *end;
    size_t format;
  } endings[] = {{".tsv", TSV}, {".jsonl", JSONL}, {".ndjson", JSONL}, {".json", JSONL}};
  if (request->format) return &formats[strcmp(request->format, "tsv") == 0 ? TSV : JSONL];
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (ends_with(request->input, endings[i].end)) return &formats[endings[i].format];
  return NULL;
}

static bool is_blank(const char *line, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') return false;
  return true;
}

/* No fact begins with a brace, so a first line that does is no header. */
static const struct format *guess_format(const char *line, size_t len) {
  size_t at = 0;
  while (at < len && (line[at] == ' ' || line[at] == '\t')) at++;
  return &formats[at < len && line[at] == '{' ? JSONL : TSV];
}

static void malformed(struct batch *batch, const char *message) {
  batch->progress.malformed++;
  progress_hide(&batch->progress);
  cli_say(batch->scorer->cli, "%s:%llu: %s", batch->name, (unsigned long long)batch->lines.number, message);
}

/* A line by its id or, where that says nothing, by its number. */
static void answer_line(struct batch *batch, const struct scored *scored) {
  struct cli *cli = batch->scorer->cli;
  const struct proto_id *id = scored->id;
  bool quoted = id->kind == PROTO_ID_JSON && id->len >= 2 && id->ptr[0] == '"';
  const char *shown = quoted ? id->ptr + 1 : id->ptr;
  size_t len = quoted ? id->len - 2 : id->len;
  char number[24] = "#";
  struct bytes text = {.ptr = number, .len = 1, .cap = sizeof number};
  if (len == 0) {
    bytes_uint(&text, scored->line);
    shown = number;
    len = text.len;
  }
  report_line(&cli->out.bytes, scored->verdict, shown, len, cli->colour_out, &batch->id_column);
}

static void answer(void *user, const struct scored *scored) {
  struct batch *batch = user;
  struct scorer *scorer = batch->scorer;
  struct out *out = &scorer->cli->out;
  if (scorer->request->json) {
    verdict_json(&out->bytes, scored->verdict, scored->id, scored->usage);
    bytes_byte(&out->bytes, '\n');
  } else {
    answer_line(batch, scored);
  }
  progress_count(&batch->progress, assay_verdict_action(scored->verdict));
  if (scored->usage) {
    batch->progress.questions += scored->usage->questions;
    batch->progress.cached += scored->usage->cached;
  }
  if (out->bytes.len >= OUT_FULL) progress_hide(&batch->progress);
  out_drain(out);
}

static void take_header(struct batch *batch, char *line, size_t len) {
  enum proto_result result = tsv_header(&batch->tsv, line, len, &batch->error);
  if (result == PROTO_OK) return;
  malformed(batch, batch->error.text);
  if (batch->guessed) cli_say(batch->scorer->cli, "the input was taken for TSV; `--format jsonl` says that it is JSON");
  batch->stop = CLI_BAD_DATA;
}

static void take_connection(struct batch *batch, char *line, size_t len) {
  struct proto_id id;
  assay_facts *facts = window_facts(&batch->window);
  enum proto_result result = facts ? batch->format->take(batch, line, len, facts, &id) : PROTO_NO_MEMORY;
  if (result == PROTO_NO_MEMORY) cli_complain(batch->scorer->cli, "out of memory");
  if (result == PROTO_BAD)
    malformed(batch, batch->error.text);
  else if (result != PROTO_OK || !window_score(&batch->window, &id, batch->lines.number, len))
    batch->stop = CLI_IO;
}

static void take_line(struct batch *batch, char *line, size_t len) {
  if (!batch->begun && len >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
    line += 3; /* the mark that some editors put before UTF-8 */
    len -= 3;
  }
  if (!batch->format && is_blank(line, len)) return;
  batch->guessed |= !batch->format;
  if (!batch->format) batch->format = guess_format(line, len);
  bool header = !batch->begun && batch->format->has_header;
  batch->begun = true;
  if (header) {
    take_header(batch, line, len);
    return;
  }
  if (!batch->format->passes_blank || !is_blank(line, len)) take_connection(batch, line, len);
}

static void take_too_long(struct batch *batch) {
  malformed(batch, "the line is longer than a mebibyte");
  /* Without its header, a table says nothing. */
  if (!batch->begun && batch->format == &formats[TSV]) batch->stop = CLI_BAD_DATA;
}

/* Nothing more comes for now: whoever waits for the answers so far shall have them. False when nobody does. */
static bool quiet(void *user) {
  struct batch *batch = user;
  struct out *out = &batch->scorer->cli->out;
  if (out->bytes.len > 0 && batch->scorer->cli->terminal_out) progress_hide(&batch->progress);
  out_flush(out);
  progress_tick(&batch->progress, batch->lines.bytes);
  return out->error == 0;
}

/* There is no input for now: until there is, answers come from DNS. */
static bool idle(void *user) {
  struct batch *batch = user;
  window_wait_for_input(&batch->window, batch->lines.fd);
  return quiet(batch) && !batch->window.failed;
}

static int run(struct batch *batch) {
  struct cli *cli = batch->scorer->cli;
  enum lines_result result;
  char *line;
  size_t len;
  do {
    result = lines_next(&batch->lines, &line, &len);
    if (result == LINES_LINE) take_line(batch, line, len);
    if (result == LINES_TOO_LONG) take_too_long(batch);
    if (batch->lines.number % TICK_EVERY == 0) progress_tick(&batch->progress, batch->lines.bytes);
    if (batch->window.failed) batch->stop = CLI_IO;
  } while ((result == LINES_LINE || result == LINES_TOO_LONG) && batch->stop == 0 && cli->out.error == 0);
  if (batch->stop == 0 && cli->out.error == 0) window_finish(&batch->window);
  if (batch->window.failed) batch->stop = CLI_IO;
  progress_hide(&batch->progress);
  progress_end(&batch->progress, batch->lines.bytes);
  if (result == LINES_ERROR) cli_complain(cli, "cannot read %s: %s", batch->name, strerror(batch->lines.error));
  if (result == LINES_ERROR) return CLI_IO;
  if (batch->stop != 0 || batch->progress.malformed == 0) return batch->stop;
  cli_complain(cli, "%llu of %llu lines malformed", (unsigned long long)batch->progress.malformed,
               (unsigned long long)(batch->progress.malformed + batch->progress.connections));
  return CLI_BAD_DATA;
}

/* Opens the input; below 0, with the reason said, when it cannot be. */
static int open_input(struct cli *cli, const char *path, bool standard, struct stat *about) {
  int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  int error = fd < 0 || fstat(fd, about) != 0 ? errno : S_ISDIR(about->st_mode) ? EISDIR : 0;
  if (error == 0) return fd;
  cli_complain(cli, "cannot read %s: %s", path, strerror(error));
  if (fd >= 0 && !standard) close(fd);
  return -1;
}

int score_batch(struct scorer *scorer) {
  struct batch batch = {.scorer = scorer, .format = choose_format(scorer->request)};
  bool standard = strcmp(scorer->request->input, "-") == 0;
  struct stat about;
  int code = CLI_IO;
  int fd = open_input(scorer->cli, scorer->request->input, standard, &about);
  if (fd < 0) return CLI_NO_INPUT;
  batch.name = standard ? "stdin" : scorer->request->input;
  progress_begin(&batch.progress, scorer->cli, S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0);
  if (window_init(&batch.window, scorer, answer, quiet, &batch) && lines_init(&batch.lines, fd, idle, &batch))
    code = run(&batch);
  else
    cli_complain(scorer->cli, "out of memory");
  window_free(&batch.window);
  lines_free(&batch.lines);
  jsonl_free(&batch.jsonl);
  if (!standard) close(fd);
  return code;
}
