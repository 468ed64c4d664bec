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

static void write_unknown(struct bytes *out, const assay_verdict *verdict) {
  size_t count = assay_verdict_unknown_count(verdict);
  assay_unknown unknown;
  for (size_t i = 0; i < count && assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    bytes_str(out, i == 0 ? "{\"rule\":" : ",{\"rule\":");
    string(out, unknown.rule);
    BYTES_LITERAL(out, ",\"waits\":[");
    const char *wait;
    for (size_t k = 0; (wait = assay_verdict_wait_at(verdict, i, k)); k++) {
      if (k > 0) bytes_byte(out, ',');
      string(out, wait);
    }
    BYTES_LITERAL(out, "],\"why\":");
    string(out, assay_why_text(unknown.why));
    bytes_byte(out, '}');
  }
}

void verdict_json(struct bytes *out, const assay_verdict *verdict, const struct proto_id *id) {
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
  BYTES_LITERAL(out, "]}");
}
