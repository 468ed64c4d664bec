/* Owns replies of Postfix's policy delegation: a verdict as one action on one line.
 * Must never know: the bytes of a request, or where the reply goes. */
#include "proto/policy.h"
#include "proto/policy_state.h"

/* The most bytes that the names of rules take, before the rest of them is only counted. */
#define RULES_MOST 240

#define HIDDEN "-"

/* Where the rules have no reply text. An empty text behind a code would make it a permission. */
static const char *const words[POLICY_ACTIONS] = {
    [ASSAY_ACCEPT] = HIDDEN,
    [ASSAY_TAG] = HIDDEN,
    [ASSAY_GREYLIST] = "please try again later",
    [ASSAY_DEFER] = "please try again later",
    [ASSAY_REJECT] = "refused by local policy",
    [ASSAY_DISCARD] = "refused by local policy",
};

static void put_tame(struct bytes *out, const char *text) {
  codec_tame(out, text, strlen(text), CODEC_TAME_MOST);
}

/* --- what is filled in --- */

static void put_action(struct bytes *out, const assay_verdict *verdict) {
  bytes_str(out, assay_action_text(assay_verdict_action(verdict)));
}

static void put_score(struct bytes *out, const assay_verdict *verdict) {
  bytes_milli(out, assay_verdict_score(verdict));
}

static void put_rules(struct bytes *out, const assay_verdict *verdict) {
  size_t count = assay_verdict_hit_count(verdict), start = out->len, i = 0;
  assay_hit hit;
  for (; i < count && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) {
    if (out->len - start + strlen(hit.rule) > RULES_MOST) break;
    if (i > 0) bytes_byte(out, ',');
    put_tame(out, hit.rule);
  }
  if (count == 0) BYTES_LITERAL(out, HIDDEN);
  if (i == count) return;
  bytes_str(out, i > 0 ? ",+" : "+");
  bytes_uint(out, count - i);
}

static void put_top(struct bytes *out, const assay_verdict *verdict) {
  size_t count = assay_verdict_hit_count(verdict);
  assay_hit hit, top = {.rule = HIDDEN};
  for (size_t i = 0; i < count && assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++)
    if (i == 0 || hit.score > top.score) top = hit;
  put_tame(out, top.rule);
}

static void put_reply(struct bytes *out, const assay_verdict *verdict) {
  const char *reply = assay_verdict_reply(verdict);
  while (reply && *reply == ' ') reply++;
  put_tame(out, reply && *reply ? reply : words[assay_verdict_action(verdict)]);
}

static void (*const fills[])(struct bytes *out, const assay_verdict *verdict) = {
    [POLICY_FILL_ACTION] = put_action, [POLICY_FILL_SCORE] = put_score, [POLICY_FILL_RULES] = put_rules,
    [POLICY_FILL_TOP] = put_top,       [POLICY_FILL_REPLY] = put_reply,
};

/* Digits that are filled in where Postfix looks for a status code must not be one. */
static void put_fill(struct bytes *out, enum policy_fill fill, const assay_verdict *verdict, bool looked_at) {
  static const char mark[] = {'-', ' '};
  size_t start = out->len;
  fills[fill](out, verdict);
  if (!looked_at || out->len == start || out->ptr[start] < '0' || out->ptr[start] > '9') return;
  bytes_add(out, mark, sizeof mark);
  if (out->failed) return;
  memmove(out->ptr + start + sizeof mark, out->ptr + start, out->len - start - sizeof mark);
  memcpy(out->ptr + start, mark, sizeof mark);
}

static void put_text(struct bytes *out, const struct policy_entry *entry, const assay_verdict *verdict) {
  for (const char *at = entry->text; *at;) {
    size_t len = 1;
    enum policy_fill fill = *at == '{' ? policy_fill_at(at, &len) : POLICY_FILL_NONE;
    bool looked_at = at == entry->text && (fill == POLICY_FILL_REPLY || policy_kind_class(entry->kind));
    if (fill == POLICY_FILL_NONE) {
      bytes_byte(out, *at);
      len = *at == '{' ? 2 : 1; /* a brace stands doubled */
    } else {
      put_fill(out, fill, verdict, looked_at);
    }
    at += len;
  }
}

/* --- the line --- */

static void put_entry(struct bytes *out, const struct policy_entry *entry, const assay_verdict *verdict) {
  bytes_str(out, entry->lead);
  if (!entry->text[0]) return;
  bytes_byte(out, ' ');
  put_text(out, entry, verdict);
}

static void put_would(struct bytes *out, const assay_verdict *verdict) {
  BYTES_LITERAL(out, "WARN would ");
  put_action(out, verdict);
  BYTES_LITERAL(out, " score=");
  put_score(out, verdict);
  BYTES_LITERAL(out, " rules=");
  put_rules(out, verdict);
}

static bool can_do(const struct policy_state *state, enum policy_kind kind, bool prepended) {
  enum policy_needs needs = policy_kind_needs(kind);
  if (needs == POLICY_NEEDS_HEADER) return state->header && !prepended;
  return needs == POLICY_NEEDS_NOTHING || state->envelope;
}

static void end_line(struct bytes *out, size_t start) {
  if (out->failed) return;
  if (out->len - start > POLICY_LINE_MOST) out->len = start + POLICY_LINE_MOST;
  while (out->ptr[out->len - 1] == ' ') out->len--;
  BYTES_LITERAL(out, "\n\n");
}

bool policy_reply(struct bytes *out, const struct policy_request *request, const assay_verdict *verdict,
                  const struct policy_reply_how *how) {
  assay_action action = assay_verdict_action(verdict);
  const struct policy_entry *entry = &how->map->entries[action];
  bool real = !how->dry_run && can_do(request->state, entry->kind, how->prepended);
  size_t start = out->len;
  BYTES_LITERAL(out, "action=");
  if (real)
    put_entry(out, entry, verdict);
  else if (how->dry_run && action != ASSAY_ACCEPT)
    put_would(out, verdict);
  else
    BYTES_LITERAL(out, "DUNNO");
  end_line(out, start);
  return real && entry->kind == POLICY_KIND_PREPEND;
}
