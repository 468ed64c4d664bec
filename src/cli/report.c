/* Owns how a verdict is shown to a person.
 * Must never know: how it was found. */
#include "cli/report.h"

#include "cli/table.h"
#include "cli/term.h"

#define ID_COLUMN 16
#define ID_COLUMN_MOST 40 /* a UUID fits */
#define SCORE_COLUMN 7
#define ACTION_COLUMN 8

static enum term_style style_of(assay_action action) {
  if (action == ASSAY_ACCEPT) return TERM_GREEN;
  return action >= ASSAY_REJECT ? TERM_RED : TERM_YELLOW;
}

static void safe(struct bytes *out, const char *text) {
  bytes_printable(out, text, strlen(text));
}

static void heading(struct table *table, bool colour, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) term_paint(table_cell(table), colour, TERM_BOLD, names[i]);
  table_end_row(table);
}

static void print_hits(struct bytes *out, const assay_verdict *verdict, bool colour, size_t width) {
  static const char *const names[] = {"RULE", "SCORE", "DESCRIPTION"};
  size_t count = assay_verdict_hit_count(verdict);
  struct table table = {.width = width, .right = 1u << 1};
  assay_hit hit;
  if (count == 0) return;
  heading(&table, colour, names, 3);
  for (size_t i = 0; i < count && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    safe(table_cell(&table), hit.rule);
    bytes_milli(table_cell(&table), hit.score);
    safe(table_cell(&table), hit.describe);
    table_end_row(&table);
  }
  table_print(&table, out);
  table_free(&table);
  bytes_byte(out, '\n');
}

/* An outcome that says more than that the answer has not come, will not, or failed. */
static bool is_telling(assay_outcome outcome) {
  return outcome > ASSAY_OUTCOME_PENDING && outcome < ASSAY_OUTCOME_FAILED;
}

/* "client.ip, dns.address(helo): timeout" */
static void print_waits(struct bytes *out, const assay_verdict *verdict, size_t unknown) {
  const char *wait;
  for (size_t k = 0; (wait = assay_verdict_wait_at(verdict, unknown, k)); k++) {
    assay_outcome outcome = assay_verdict_wait_outcome(verdict, unknown, k);
    if (k > 0) bytes_str(out, ", ");
    safe(out, wait);
    if (!is_telling(outcome)) continue;
    bytes_str(out, ": ");
    bytes_str(out, assay_outcome_text(outcome));
  }
}

static void print_unknown(struct bytes *out, const assay_verdict *verdict, bool colour, size_t width) {
  static const char *const names[] = {"UNKNOWN", "WHY", "WAITS FOR"};
  size_t count = assay_verdict_unknown_count(verdict);
  struct table table = {.width = width};
  assay_unknown unknown;
  if (count == 0) return;
  heading(&table, colour, names, 3);
  for (size_t i = 0; i < count && assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    safe(table_cell(&table), unknown.rule);
    bytes_str(table_cell(&table), assay_why_text(unknown.why));
    print_waits(table_cell(&table), verdict, i);
    table_end_row(&table);
  }
  table_print(&table, out);
  table_free(&table);
  bytes_byte(out, '\n');
}

static void interval(struct bytes *out, const assay_verdict *verdict) {
  int64_t low = assay_verdict_low(verdict), high = assay_verdict_high(verdict);
  if (low == high) return;
  bytes_str(out, " (");
  bytes_milli(out, low);
  bytes_str(out, " to ");
  bytes_milli(out, high);
  bytes_byte(out, ')');
}

/* Else the sum of the table would look wrong. */
static void print_bounds(struct bytes *out, const assay_verdict *verdict) {
  int64_t sum = 0;
  assay_hit hit;
  for (size_t i = 0; assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) sum += hit.score;
  if (sum == assay_verdict_score(verdict)) return;
  bytes_str(out, "; the hits add up to ");
  bytes_milli(out, sum);
  bytes_str(out, ", and groups have bounds");
}

static void label(struct bytes *out, bool colour, const char *text) {
  term_paint(out, colour, TERM_BOLD, text);
  bytes_spaces(out, 8 - strlen(text));
}

/* " (servfail, timeout)": what the failures were, each word once; those that no rule has waited for are not told. */
static void print_failures(struct bytes *out, const assay_verdict *verdict) {
  const char *before = " (";
  bool met[ASSAY_OUTCOME_NEVER + 1] = {false};
  for (size_t i = 0, count = assay_verdict_unknown_count(verdict); i < count; i++)
    for (size_t k = 0; assay_verdict_wait_at(verdict, i, k); k++) met[assay_verdict_wait_outcome(verdict, i, k)] = true;
  for (size_t i = 0; i <= ASSAY_OUTCOME_NEVER; i++) {
    if (!met[i] || !is_telling((assay_outcome)i)) continue;
    bytes_str(out, before);
    bytes_str(out, assay_outcome_text((assay_outcome)i));
    before = ", ";
  }
  if (before[0] == ',') bytes_byte(out, ')');
}

/* Milliseconds, in tenths when there are any to speak of. */
static void print_time(struct bytes *out, uint64_t microseconds) {
  bool short_one = microseconds < 1000;
  bytes_milli(out, (int64_t)(short_one ? microseconds : (microseconds + 50) / 100 * 100));
  bytes_str(out, " ms");
}

static void print_usage(struct bytes *out, const assay_verdict *verdict, const assay_dns_usage *usage, bool colour) {
  label(out, colour, "dns");
  bytes_uint(out, usage->questions);
  bytes_str(out, usage->questions == 1 ? " question, " : " questions, ");
  if (usage->cached > 0) {
    bytes_uint(out, usage->cached);
    bytes_str(out, " from the cache, ");
  }
  if (usage->failed > 0) {
    bytes_uint(out, usage->failed);
    bytes_str(out, " failed");
    print_failures(out, verdict);
    bytes_str(out, ", ");
  }
  print_time(out, usage->microseconds);
  if (usage->late) bytes_str(out, ", stopped by the deadline");
  if (usage->iprev != ASSAY_IPREV_NONE) {
    bytes_str(out, "; iprev ");
    bytes_str(out, assay_iprev_text(usage->iprev));
  }
  bytes_byte(out, '\n');
}

void report_full(struct bytes *out, const assay_verdict *verdict, const assay_dns_usage *usage, bool colour,
                 size_t width) {
  const char *exempt = assay_verdict_exempt(verdict), *describe = assay_verdict_exempt_describe(verdict);
  const char *reply = assay_verdict_reply(verdict);
  assay_action action = assay_verdict_action(verdict);
  print_hits(out, verdict, colour, width);
  print_unknown(out, verdict, colour, width);
  if (exempt) {
    label(out, colour, "exempt");
    safe(out, exempt);
    if (describe && describe[0]) bytes_str(out, "  ");
    if (describe) safe(out, describe);
    bytes_byte(out, '\n');
  }
  label(out, colour, "score");
  bytes_milli(out, assay_verdict_score(verdict));
  interval(out, verdict);
  print_bounds(out, verdict);
  bytes_byte(out, '\n');
  label(out, colour, "action");
  term_paint(out, colour, style_of(action), assay_action_text(action));
  if (!assay_verdict_settled(verdict)) bytes_str(out, " (what is still unknown may change it)");
  bytes_byte(out, '\n');
  if (reply) {
    label(out, colour, "reply");
    safe(out, reply);
    bytes_byte(out, '\n');
  }
  if (usage) print_usage(out, verdict, usage, colour);
}

static void pad(struct bytes *out, size_t from, size_t column) {
  size_t used = out->len - from;
  bytes_spaces(out, used < column ? column - used : 0);
}

static void print_id(struct bytes *out, const char *id, size_t id_len, size_t *column) {
  size_t start = out->len;
  bytes_printable(out, id, id_len);
  size_t width = term_columns(out->ptr + start, out->len - start);
  if (*column < ID_COLUMN) *column = ID_COLUMN;
  if (*column < width) *column = width < ID_COLUMN_MOST ? width : ID_COLUMN_MOST;
  if (width > *column) {
    out->len = start + term_fits(out->ptr + start, out->len - start, *column - 1);
    BYTES_LITERAL(out, "…");
    width = term_columns(out->ptr + start, out->len - start);
  }
  bytes_spaces(out, *column - width);
}

void report_line(struct bytes *out, const assay_verdict *verdict, const char *id, size_t id_len, bool colour,
                 size_t *column) {
  const char *exempt = assay_verdict_exempt(verdict);
  assay_action action = assay_verdict_action(verdict);
  const char *word = assay_action_text(action);
  size_t start, word_len = strlen(word), count = assay_verdict_hit_count(verdict);
  assay_hit hit;
  print_id(out, id, id_len, column);
  bytes_byte(out, ' ');
  start = out->len;
  bytes_milli(out, assay_verdict_score(verdict));
  pad(out, start, SCORE_COLUMN);
  bytes_byte(out, ' ');
  term_paint(out, colour, style_of(action), word);
  if (exempt || count > 0) bytes_spaces(out, (word_len < ACTION_COLUMN ? ACTION_COLUMN - word_len : 0));
  if (exempt) {
    bytes_str(out, " exempt ");
    safe(out, exempt);
  }
  for (size_t i = 0; i < count && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    bytes_byte(out, ' ');
    safe(out, hit.rule);
  }
  interval(out, verdict);
  bytes_byte(out, '\n');
}
