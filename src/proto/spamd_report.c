/* Owns the report on a verdict, in the form that SpamAssassin's users and their scripts know.
 * Must never know: how it is framed. */
#include <assay/assay.h>

#include "proto/spamd_parts.h"

enum { NAME_WIDTH = 22, TEXT_AT = 28, TEXT_WIDTH = 50, WORD_MOST = 200 };

/* Where the line ends that begins at `at`: before the last blank that fits, or behind a word that is too long. */
static size_t line_stop(const char *text, size_t len, size_t at) {
  size_t stop = at + TEXT_WIDTH;
  while (stop > at && text[stop] != ' ') stop--;
  if (stop > at) return stop;
  while (stop < len && stop - at < WORD_MOST && text[stop] != ' ') stop++;
  return stop;
}

/* Words in lines of 50 columns; all but the first line are moved to where the column begins. */
static void add_wrapped(struct bytes *out, const char *text, size_t len) {
  size_t at = 0;
  while (len - at > TEXT_WIDTH) {
    size_t stop = line_stop(text, len, at);
    if (stop == len) break;
    bytes_add(out, text + at, stop - at);
    bytes_byte(out, '\n');
    bytes_spaces(out, TEXT_AT);
    at = text[stop] == ' ' ? stop + 1 : stop;
  }
  bytes_add(out, text + at, len - at);
}

static void pad_left(struct bytes *out, const struct bytes *text, size_t width) {
  if (text->len < width) bytes_spaces(out, width - text->len);
  bytes_add(out, text->ptr, text->len);
}

/* A row of the table: `pts rule name description`. */
static void add_row(struct bytes *out, const struct bytes *points, const char *name, const struct bytes *text) {
  pad_left(out, points, 4);
  bytes_byte(out, ' ');
  size_t from = out->len;
  spamd_add_name(out, name);
  if (text->len > 0) {
    size_t width = out->len - from;
    bytes_spaces(out, width < NAME_WIDTH ? NAME_WIDTH - width + 1 : 1);
    add_wrapped(out, text->ptr, text->len);
  }
  bytes_byte(out, '\n');
  if (points->failed || text->failed) out->failed = true;
}

static void add_hits(struct bytes *out, const assay_verdict *verdict) {
  struct bytes points = {0}, text = {0};
  size_t count = assay_verdict_hit_count(verdict);
  assay_hit hit;
  for (size_t i = 0; i < count && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    points.len = text.len = 0;
    spamd_add_tenths(&points, spamd_tenths(hit.score));
    spamd_add_text(&text, hit.describe);
    add_row(out, &points, hit.rule, &text);
  }
  bytes_free(&points);
  bytes_free(&text);
}

static void add_waits(struct bytes *text, const assay_verdict *verdict, size_t unknown) {
  const char *wait;
  for (size_t k = 0; (wait = assay_verdict_wait_at(verdict, unknown, k)); k++) {
    bytes_str(text, k > 0 ? ", " : ": ");
    spamd_add_text(text, wait);
  }
}

/* What may never come is only counted: a request that has the address alone leaves many rules open for good. */
static size_t add_unknown(struct bytes *out, const assay_verdict *verdict) {
  struct bytes mark = {0}, text = {0};
  size_t count = assay_verdict_unknown_count(verdict), never = 0;
  assay_unknown unknown;
  bytes_byte(&mark, '?');
  for (size_t i = 0; i < count && assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    never += unknown.why == ASSAY_NEVER;
    if (unknown.why == ASSAY_NEVER) continue;
    text.len = 0;
    bytes_str(&text, assay_why_text(unknown.why));
    add_waits(&text, verdict, i);
    add_row(out, &mark, unknown.rule, &text);
  }
  bytes_free(&mark);
  bytes_free(&text);
  return never;
}

static void add_intro(struct bytes *out, const struct spamd_said *said) {
  const char *reply = assay_verdict_reply(said->verdict), *exempt = assay_verdict_exempt(said->verdict);
  BYTES_LITERAL(out, "Assay ");
  bytes_str(out, assay_version());
  if (said->host) {
    BYTES_LITERAL(out, " on ");
    spamd_add_text(out, said->host);
  }
  BYTES_LITERAL(out, " has judged the connection by which this message came.\nAction: ");
  bytes_str(out, assay_action_text(assay_verdict_action(said->verdict)));
  bytes_byte(out, '\n');
  if (reply) {
    BYTES_LITERAL(out, "Reply: ");
    spamd_add_text(out, reply);
    bytes_byte(out, '\n');
  }
  if (exempt) {
    BYTES_LITERAL(out, "Exempt: ");
    spamd_add_name(out, exempt);
    const char *describe = assay_verdict_exempt_describe(said->verdict);
    if (describe && describe[0]) bytes_byte(out, ' ');
    if (describe) spamd_add_text(out, describe);
    bytes_byte(out, '\n');
  }
}

/* Scripts look for this line, and for that of dashes. */
static void add_details(struct bytes *out, const struct spamd_said *said) {
  struct spamd_printed printed = spamd_printed(said);
  BYTES_LITERAL(out, "\nContent analysis details:   (");
  spamd_add_tenths(out, printed.score);
  BYTES_LITERAL(out, " points, ");
  spamd_add_tenths(out, printed.threshold);
  BYTES_LITERAL(out, " required)\n\n"
                     " pts rule name              description\n"
                     "---- ---------------------- --------------------------------------------------\n");
}

void spamd_report(struct bytes *out, const struct spamd_said *said) {
  const assay_verdict *verdict = said->verdict;
  int64_t low = assay_verdict_low(verdict), high = assay_verdict_high(verdict);
  add_intro(out, said);
  add_details(out, said);
  add_hits(out, verdict);
  size_t never = add_unknown(out, verdict);
  if (never > 0 || low != high) bytes_byte(out, '\n');
  if (never > 0) {
    bytes_uint(out, never);
    bytes_str(out, never == 1 ? " rule was" : " rules were");
    BYTES_LITERAL(out, " not decided, for want of data that the request did not have.\n");
  }
  if (low != high) {
    BYTES_LITERAL(out, "With what is not known it may be ");
    spamd_add_tenths(out, spamd_tenths(low));
    BYTES_LITERAL(out, " to ");
    spamd_add_tenths(out, spamd_tenths(high));
    BYTES_LITERAL(out, " points.\n");
  }
}
