/* Owns the headers that a message gets, and the removal of forged ones.
 * Must never know: how the message is framed. */
#include <assay/assay.h>
#include <stdlib.h>

#include "proto/spamd_parts.h"

/* Headers are folded before the item that would pass this column. */
#define FOLD_AT 76
#define STARS_MOST 50

/* One header on its way out. */
struct header {
  struct bytes *out;
  const char *eol;
  size_t begin; /* of the line */
};

static struct header header_begin(struct bytes *out, const char *eol, const char *name) {
  struct header header = {out, eol, out->len};
  bytes_str(out, name);
  return header;
}

static void header_end(struct header *header) {
  bytes_str(header->out, header->eol);
}

/* An item that is to stand in one line, with the separator that follows it; a blank before it is dropped by a fold. */
static void header_item(struct header *header, const char *before, const struct bytes *item) {
  size_t len = strlen(before) + item->len;
  if (header->out->len - header->begin + len > FOLD_AT) {
    bytes_str(header->out, header->eol);
    header->begin = header->out->len;
    bytes_byte(header->out, '\t');
  } else {
    bytes_str(header->out, before);
  }
  bytes_add(header->out, item->ptr, item->len);
  if (item->failed) header->out->failed = true;
}

static void add_milli_pair(struct bytes *out, const char *name, int64_t thousandths) {
  bytes_str(out, name);
  bytes_milli(out, thousandths);
}

static void assay_rules(struct bytes *out, const assay_verdict *verdict, const char *eol) {
  struct header header = header_begin(out, eol, "X-Assay-Rules:");
  struct bytes item = {0};
  size_t count = assay_verdict_hit_count(verdict);
  assay_hit hit;
  if (count == 0) BYTES_LITERAL(out, " none");
  for (size_t i = 0; i < count && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    item.len = 0;
    spamd_add_name(&item, hit.rule);
    add_milli_pair(&item, "=", hit.score);
    if (i + 1 < count) bytes_byte(&item, ',');
    header_item(&header, " ", &item);
  }
  header_end(&header);
  bytes_free(&item);
}

/* Rules that wait for what may never come are no news. */
static void assay_unknown_rules(struct bytes *out, const assay_verdict *verdict, const char *eol) {
  struct header header = {out, eol, out->len};
  struct bytes item = {0};
  size_t count = assay_verdict_unknown_count(verdict), said = 0;
  assay_unknown unknown;
  for (size_t i = 0; i < count && assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    if (unknown.why == ASSAY_NEVER) continue;
    bytes_str(out, said++ == 0 ? "X-Assay-Unknown:" : ",");
    item.len = 0;
    spamd_add_name(&item, unknown.rule);
    bytes_str(&item, unknown.why == ASSAY_FAILED ? "=failed" : "=pending");
    header_item(&header, " ", &item);
  }
  if (said > 0) header_end(&header);
  bytes_free(&item);
}

static void assay_report(struct bytes *out, const assay_verdict *verdict, const char *eol) {
  const char *reply = assay_verdict_reply(verdict), *exempt = assay_verdict_exempt(verdict);
  if (!reply && !exempt) return;
  BYTES_LITERAL(out, "X-Assay-Report: ");
  if (exempt) BYTES_LITERAL(out, "exempt by ");
  if (exempt)
    spamd_add_name(out, exempt);
  else
    spamd_add_text(out, reply);
  bytes_str(out, eol);
}

static void assay_headers(struct bytes *out, const struct spamd_said *said, const char *eol) {
  const assay_verdict *verdict = said->verdict;
  int64_t low = assay_verdict_low(verdict), high = assay_verdict_high(verdict);
  BYTES_LITERAL(out, "X-Assay-Action: ");
  bytes_str(out, assay_action_text(assay_verdict_action(verdict)));
  bytes_str(out, eol);
  add_milli_pair(out, "X-Assay-Score: ", assay_verdict_score(verdict));
  add_milli_pair(out, " required=", said->threshold);
  if (low != high) {
    add_milli_pair(out, " low=", low);
    add_milli_pair(out, " high=", high);
  }
  bytes_str(out, eol);
  assay_rules(out, verdict, eol);
  assay_unknown_rules(out, verdict, eol);
  assay_report(out, verdict, eol);
}

static void spam_checker(struct bytes *out, const struct spamd_said *said, const char *eol) {
  BYTES_LITERAL(out, "X-Spam-Checker-Version: Assay ");
  bytes_str(out, assay_version());
  if (said->host) {
    BYTES_LITERAL(out, " on ");
    spamd_add_text(out, said->host);
  }
  bytes_str(out, eol);
}

static void spam_level(struct bytes *out, const assay_verdict *verdict, const char *eol) {
  int64_t stars = assay_verdict_score(verdict) / 1000;
  BYTES_LITERAL(out, "X-Spam-Level: ");
  for (int64_t i = 0; i < stars && i < STARS_MOST; i++) bytes_byte(out, '*');
  bytes_str(out, eol);
}

/* The words and their order are SpamAssassin's, and so are the folds: within the list of tests a comma stays in its
 * line. */
static void spam_status(struct bytes *out, const struct spamd_said *said, const char *eol) {
  struct spamd_printed printed = spamd_printed(said);
  struct header header = header_begin(out, eol, "X-Spam-Status: ");
  struct bytes item = {0};
  size_t count;
  const char **names = spamd_names(out, said->verdict, &count);
  bytes_str(out, printed.spam ? "Yes, score=" : "No, score=");
  spamd_add_tenths(out, printed.score);
  BYTES_LITERAL(out, " required=");
  spamd_add_tenths(out, printed.threshold);
  for (size_t i = 0; i < count || i == 0; i++) {
    item.len = 0;
    if (i == 0) BYTES_LITERAL(&item, "tests=");
    spamd_add_name(&item, count > 0 ? names[i] : "none");
    if (i + 1 < count) bytes_byte(&item, ',');
    header_item(&header, i == 0 ? " " : "", &item);
  }
  static const char *const last[] = {"autolearn=disabled", "version="};
  for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
    item.len = 0;
    bytes_str(&item, last[i]);
    if (i + 1 == sizeof last / sizeof *last) bytes_str(&item, assay_version());
    header_item(&header, " ", &item);
  }
  header_end(&header);
  free(names);
  bytes_free(&item);
}

static void spam_headers(struct bytes *out, const struct spamd_said *said, const char *eol) {
  spam_checker(out, said, eol);
  if (assay_verdict_action(said->verdict) >= ASSAY_TAG) {
    BYTES_LITERAL(out, "X-Spam-Flag: YES");
    bytes_str(out, eol);
  }
  spam_level(out, said->verdict, eol);
  spam_status(out, said, eol);
}

/* A message on its way through. */
struct copy {
  struct bytes *out;
  const char *ptr, *end;
};

static const char *line_end(const struct copy *copy, const char *at) {
  const char *stop = at < copy->end ? memchr(at, '\n', (size_t)(copy->end - at)) : NULL;
  return stop ? stop + 1 : copy->end;
}

static void copy_to(struct copy *copy, const char *to) {
  bytes_add(copy->out, copy->ptr, (size_t)(to - copy->ptr));
  copy->ptr = to;
}

static bool is_blank(const char *line, const char *end) {
  return (line < end && line[0] == '\n') || (end - line >= 2 && line[0] == '\r' && line[1] == '\n');
}

static bool is_folded(const char *line, const char *end) {
  return line < end && (line[0] == ' ' || line[0] == '\t');
}

static bool has_prefix(const char *line, const char *end, const char *prefix) {
  for (; *prefix; prefix++, line++) {
    if (line == end || codec_lower(*line) != *prefix) return false;
  }
  return true;
}

/* X-Spam-* of a checker before this one is left alone where ours are not called so. */
static bool is_forged(const char *line, const char *end, enum spamd_markup markup) {
  return has_prefix(line, end, "x-assay-") || (markup == SPAMD_MARKUP_SPAMASSASSIN && has_prefix(line, end, "x-spam-"));
}

/* Copies the header section and its empty line, but for forged headers with all their lines. */
static void copy_headers(struct copy *copy, enum spamd_markup markup) {
  const char *at = copy->ptr;
  while (at < copy->end && !is_blank(at, copy->end)) {
    if (!is_forged(at, copy->end, markup)) {
      at = line_end(copy, at);
      continue;
    }
    copy_to(copy, at);
    do at = line_end(copy, at);
    while (is_folded(at, copy->end));
    copy->ptr = at;
  }
  copy_to(copy, line_end(copy, at));
}

/* The line before a message in a mailbox; `From :` is a field, in its old spelling. */
static bool is_mailbox_line(const char *line, const char *end) {
  if (!has_prefix(line, end, "from ") || line[0] != 'F') return false;
  for (line += 5; line < end && (*line == ' ' || *line == '\t'); line++) {}
  return line == end || *line != ':';
}

void spamd_marked(struct bytes *out, const char *message, size_t len, bool cut, const struct spamd_said *said) {
  struct copy copy = {out, message, message + len};
  const char *first = len > 0 ? memchr(message, '\n', len) : NULL;
  const char *eol = first && first > message && first[-1] == '\r' ? "\r\n" : "\n";
  if (is_mailbox_line(message, copy.end)) copy_to(&copy, line_end(&copy, message));
  if (said->markup == SPAMD_MARKUP_SPAMASSASSIN)
    spam_headers(out, said, eol);
  else
    assay_headers(out, said, eol);
  /* A message that begins with a blank would go on the last header of ours: it has none of its own, and is all body.
   * Who asks for the headers has what stands behind the first empty line, and nothing before it. */
  if (is_folded(copy.ptr, copy.end)) {
    const char *at = copy.ptr;
    while (cut && at < copy.end && !is_blank(at, copy.end)) at = line_end(&copy, at);
    bytes_str(out, eol);
    copy_to(&copy, cut ? line_end(&copy, at) : copy.end);
    return;
  }
  copy_headers(&copy, said->markup);
  if (!cut) copy_to(&copy, copy.end);
}
