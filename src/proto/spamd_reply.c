/* Owns the frames of replies, by command and version, and of errors.
 * Must never know: what is in a report or a header. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/spamd_parts.h"

/* A name and a text fit into one line together. */
#define NAME_MOST 64

/* The point is passed over: a locale may have another. */
static int64_t printed_tenths(int64_t thousandths) {
  char text[40];
  int64_t tenths = 0;
  snprintf(text, sizeof text, "%.1f", (double)thousandths / 1000.0);
  for (const char *at = text; *at; at++)
    if (*at >= '0' && *at <= '9') tenths = tenths * 10 + (*at - '0');
  return text[0] == '-' ? -tenths : tenths;
}

/* SpamAssassin prints what Perl's printf makes of a binary fraction. That is the nearest tenth; where two are as near,
 * as of 0.15, the fraction decides which, and it is printed. So it is where a fraction is coarse. */
int64_t spamd_tenths(int64_t thousandths) {
  static const int64_t exact = INT64_C(1000000000000);
  bool between = thousandths % 100 == 50 || thousandths % 100 == -50;
  if (between || thousandths > exact || thousandths < -exact) return printed_tenths(thousandths);
  return (thousandths + (thousandths < 0 ? -50 : 50)) / 100;
}

void spamd_add_tenths(struct bytes *out, int64_t tenths) {
  if (tenths < 0) bytes_byte(out, '-');
  uint64_t size = tenths < 0 ? 0 - (uint64_t)tenths : (uint64_t)tenths;
  bytes_uint(out, size / 10);
  bytes_byte(out, '.');
  bytes_uint(out, size % 10);
}

/* Of what is no spam the score is printed below the threshold, whatever rounding makes of it: Exim compares the two. */
struct spamd_printed spamd_printed(const struct spamd_said *said) {
  bool spam = assay_verdict_action(said->verdict) >= ASSAY_TAG;
  int64_t score = spamd_tenths(assay_verdict_score(said->verdict)), threshold = spamd_tenths(said->threshold);
  if (!spam && score >= threshold) score = threshold - 1;
  return (struct spamd_printed){spam, score, threshold};
}

void spamd_add_text(struct bytes *out, const char *text) {
  codec_tame(out, text, strlen(text), CODEC_TAME_MOST);
}

void spamd_add_name(struct bytes *out, const char *name) {
  codec_tame(out, name, strlen(name), NAME_MOST);
}

static int by_name(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char **spamd_names(struct bytes *out, const assay_verdict *verdict, size_t *count) {
  *count = assay_verdict_hit_count(verdict);
  const char **names = *count ? calloc(*count, sizeof *names) : NULL;
  if (!names) {
    out->failed = out->failed || *count > 0;
    *count = 0;
    return NULL;
  }
  assay_hit hit;
  for (size_t i = 0; i < *count; i++) names[i] = assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK ? hit.rule : "";
  qsort(names, *count, sizeof *names, by_name);
  return names;
}

static void add_symbols(struct bytes *out, const assay_verdict *verdict) {
  size_t count;
  const char **names = spamd_names(out, verdict, &count);
  for (size_t i = 0; i < count; i++) {
    if (i > 0) bytes_byte(out, ',');
    spamd_add_name(out, names[i]);
  }
  free(names);
}

static void add_spam(struct bytes *out, const struct spamd_request *request, const struct spamd_printed *printed) {
  static const char *const words[2][2] = {{"False", "True"}, {"No", "Yes"}};
  BYTES_LITERAL(out, "Spam: ");
  bytes_str(out, words[request->command == SPAMD_REPORT_IFSPAM][printed->spam]);
  BYTES_LITERAL(out, " ; ");
  spamd_add_tenths(out, printed->score);
  BYTES_LITERAL(out, " / ");
  spamd_add_tenths(out, printed->threshold);
  BYTES_LITERAL(out, "\r\n");
}

/* What stands before a body of this length. Before 1.3 a reply has one header at most, before 1.2 a message has none,
 * nor an empty line. Exim takes a report at 1.2 just so. */
static void add_head(struct bytes *out, const struct spamd_request *request, const struct spamd_printed *printed,
                     size_t body) {
  bool message = request->command == SPAMD_PROCESS || request->command == SPAMD_HEADERS;
  bool new = request->version >= 1300, old = message && request->version < 1200;
  bool length = request->command != SPAMD_CHECK && (new || (message && !old));
  bytes_str(out, old ? "SPAMD/1.0 0 EX_OK\r\n" : "SPAMD/1.1 0 EX_OK\r\n");
  if (length) {
    BYTES_LITERAL(out, "Content-length: ");
    bytes_uint(out, body);
    BYTES_LITERAL(out, "\r\n");
  }
  if (!message || new) add_spam(out, request, printed);
  if (!old) BYTES_LITERAL(out, "\r\n");
}

static void add_body(struct bytes *out, const struct spamd_request *request, const char *bytes,
                     const struct spamd_said *said, bool spam) {
  size_t len;
  const char *message = spamd_message(request, bytes, &len);
  switch (request->command) {
    case SPAMD_SYMBOLS:
      add_symbols(out, said->verdict);
      if (request->version < 1300) BYTES_LITERAL(out, "\r\n");
      return;
    case SPAMD_REPORT_IFSPAM:
      if (!spam) return;
      spamd_report(out, said);
      return;
    case SPAMD_REPORT: spamd_report(out, said); return;
    case SPAMD_HEADERS:
    case SPAMD_PROCESS: spamd_marked(out, message, len, request->command == SPAMD_HEADERS, said); return;
    default: return;
  }
}

/* The head has the length of the body, so it comes last, and the body makes room for it, if there is one. */
static void put_before(struct bytes *out, size_t at, const struct bytes *head) {
  if (head->failed) out->failed = true;
  if (head->len == 0 || !bytes_reserve(out, head->len)) return;
  memmove(out->ptr + at + head->len, out->ptr + at, out->len - at);
  memcpy(out->ptr + at, head->ptr, head->len);
  out->len += head->len;
}

void spamd_reply(struct bytes *out, const struct spamd_request *request, const char *bytes,
                 const struct spamd_said *said) {
  if (request->command == SPAMD_PING) {
    BYTES_LITERAL(out, "SPAMD/1.5 0 PONG\r\n");
  } else if (request->command == SPAMD_TELL) {
    /* As spamd answers when it did nothing: neither DidSet nor DidRemove, and its two empty lines. */
    BYTES_LITERAL(out, "SPAMD/1.1 0 EX_OK\r\n\r\n\r\n");
  } else if (spamd_wants_verdict(request)) {
    struct spamd_printed printed = spamd_printed(said);
    struct bytes head = {0};
    size_t at = out->len;
    add_body(out, request, bytes, said, printed.spam);
    add_head(out->len == at ? out : &head, request, &printed, out->len - at);
    put_before(out, at, &head);
    bytes_free(&head);
  }
}

static const char *code_words(enum spamd_code code) {
  switch (code) {
    case SPAMD_UNAVAILABLE: return "Service Unavailable";
    case SPAMD_TEMPFAIL: return "Temporary Failure";
    case SPAMD_TIMEOUT: return "Timeout";
    default: return "Bad header line";
  }
}

/* One line and no empty one behind it, as spamd ends. What spamc makes of that is EX_IOERR, which is for now. */
static void add_error(struct bytes *out, enum spamd_code code, const char *ptr, size_t len) {
  BYTES_LITERAL(out, "SPAMD/1.0 ");
  bytes_uint(out, code);
  bytes_byte(out, ' ');
  bytes_str(out, code_words(code));
  BYTES_LITERAL(out, ": ");
  codec_tame(out, ptr, len, CODEC_TAME_MOST);
  BYTES_LITERAL(out, "\r\n");
}

void spamd_error(struct bytes *out, enum spamd_code code, const char *text) {
  add_error(out, code, text, strlen(text));
}

void spamd_refuse(struct bytes *out, const struct spamd_request *request, const char *bytes) {
  static const struct {
    enum spamd_code code;
    const char *text;
  } faults[] = {
      [SPAMD_NO_FAULT] = {SPAMD_PROTOCOL, ""},
#define SPAMD_FAULT(id, code, text) [SPAMD_FAULT_##id] = {code, text},
#include "proto/spamd_faults.def"
  };
  struct bytes text = {0};
  for (const char *at = faults[request->fault].text; *at; at++) {
    if (*at == '@')
      codec_tame(&text, bytes + request->about.at, request->about.len, CODEC_TAME_MOST / 2);
    else if (*at == '#')
      bytes_uint(&text, request->got);
    else
      bytes_byte(&text, *at);
  }
  if (text.failed) out->failed = true;
  add_error(out, faults[request->fault].code, text.ptr, text.len);
  bytes_free(&text);
}
