/* Owns a verdict as one JSON object (docs/verdict.schema.json).
 * Must never know: where it goes. */
#include "proto/verdict_json.h"

static void string(struct bytes *out, const char *text) {
  bytes_json(out, text, strlen(text));
}

static void string_or_null(struct bytes *out, const char *text) {
  if (text)
    string(out, text);
  else
    BYTES_LITERAL(out, "null");
}

static void boolean(struct bytes *out, bool value) {
  bytes_str(out, value ? "true" : "false");
}

static void write_id(struct bytes *out, const struct proto_id *id) {
  if (id->kind == PROTO_ID_JSON)
    bytes_json_again(out, id->ptr, id->len);
  else if (id->kind == PROTO_ID_BYTES)
    bytes_json(out, id->ptr, id->len);
  else
    BYTES_LITERAL(out, "null");
}

static void write_hits(struct bytes *out, const assay_verdict *verdict) {
  size_t count = assay_verdict_hit_count(verdict);
  assay_hit hit;
  for (size_t i = 0; i < count && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    bytes_str(out, i == 0 ? "{\"rule\":" : ",{\"rule\":");
    string(out, hit.rule);
    BYTES_LITERAL(out, ",\"score\":");
    bytes_milli(out, hit.score);
    BYTES_LITERAL(out, ",\"group\":");
    string_or_null(out, hit.group[0] ? hit.group : NULL);
    BYTES_LITERAL(out, ",\"describe\":");
    string(out, hit.describe);
    bytes_byte(out, '}');
  }
}

/* What it waits for, or what became of that. */
static void write_waits(struct bytes *out, const assay_verdict *verdict, size_t unknown, bool outcomes) {
  const char *wait;
  for (size_t k = 0; (wait = assay_verdict_wait_at(verdict, unknown, k)); k++) {
    if (k > 0) bytes_byte(out, ',');
    string(out, outcomes ? assay_outcome_text(assay_verdict_wait_outcome(verdict, unknown, k)) : wait);
  }
}

static void write_unknown(struct bytes *out, const assay_verdict *verdict) {
  size_t count = assay_verdict_unknown_count(verdict);
  assay_unknown unknown;
  for (size_t i = 0; i < count && assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    bytes_str(out, i == 0 ? "{\"rule\":" : ",{\"rule\":");
    string(out, unknown.rule);
    BYTES_LITERAL(out, ",\"waits\":[");
    write_waits(out, verdict, i, false);
    BYTES_LITERAL(out, "],\"outcomes\":[");
    write_waits(out, verdict, i, true);
    BYTES_LITERAL(out, "],\"why\":");
    string(out, assay_why_text(unknown.why));
    bytes_byte(out, '}');
  }
}

static void write_usage(struct bytes *out, const assay_dns_usage *usage) {
  BYTES_LITERAL(out, ",\"dns\":{\"questions\":");
  bytes_uint(out, usage->questions);
  BYTES_LITERAL(out, ",\"cached\":");
  bytes_uint(out, usage->cached);
  BYTES_LITERAL(out, ",\"failed\":");
  bytes_uint(out, usage->failed);
  BYTES_LITERAL(out, ",\"late\":");
  boolean(out, usage->late);
  BYTES_LITERAL(out, ",\"ms\":");
  bytes_milli(out, (int64_t)usage->microseconds);
  BYTES_LITERAL(out, ",\"iprev\":");
  string(out, assay_iprev_text(usage->iprev));
  bytes_byte(out, '}');
}

void verdict_json(struct bytes *out, const assay_verdict *verdict, const struct proto_id *id,
                  const assay_dns_usage *usage) {
  BYTES_LITERAL(out, "{\"v\":1,\"id\":");
  write_id(out, id);
  BYTES_LITERAL(out, ",\"score\":");
  bytes_milli(out, assay_verdict_score(verdict));
  BYTES_LITERAL(out, ",\"low\":");
  bytes_milli(out, assay_verdict_low(verdict));
  BYTES_LITERAL(out, ",\"high\":");
  bytes_milli(out, assay_verdict_high(verdict));
  BYTES_LITERAL(out, ",\"action\":");
  string(out, assay_action_text(assay_verdict_action(verdict)));
  BYTES_LITERAL(out, ",\"settled\":");
  boolean(out, assay_verdict_settled(verdict));
  BYTES_LITERAL(out, ",\"reply\":");
  string_or_null(out, assay_verdict_reply(verdict));
  BYTES_LITERAL(out, ",\"exempt\":");
  string_or_null(out, assay_verdict_exempt(verdict));
  BYTES_LITERAL(out, ",\"hits\":[");
  write_hits(out, verdict);
  BYTES_LITERAL(out, "],\"unknown\":[");
  write_unknown(out, verdict);
  bytes_byte(out, ']');
  if (usage) write_usage(out, usage);
  bytes_byte(out, '}');
}
