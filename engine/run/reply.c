/* Owns the reply text of an action: placeholders filled, everything made safe for an SMTP reply line.
 * Must never know: who sends the reply. */
#include "run/reply.h"

#include "run/ops.h"

struct reply {
  const struct verdict *verdict;
  const struct program *program;
  struct workspace *ws;
};

/* Only printable ASCII goes out, so nobody outside can end the line or start another. */
static void put_safe(struct buf *out, struct text text) {
  size_t at = out->len;
  buf_text(out, text);
  for (; at < out->len; at++)
    if (out->ptr[at] < 0x20 || out->ptr[at] >= 0x7f) out->ptr[at] = '?';
}

static void put_score(struct buf *out, const struct reply *reply) {
  buf_milli(out, reply->verdict->score);
}

static void put_rules(struct buf *out, const struct reply *reply) {
  const struct verdict *v = reply->verdict;
  for (size_t i = 0; i < v->hit_count; i++) {
    if (i) buf_byte(out, ',');
    put_safe(out, reply->program->rules[v->hits[i]].name);
  }
  if (v->hit_count == 0) buf_byte(out, '-');
}

static void put_top(struct buf *out, const struct reply *reply) {
  const struct rule *rules = reply->program->rules, *top = NULL;
  for (size_t i = 0; i < reply->verdict->hit_count; i++) {
    const struct rule *rule = &rules[reply->verdict->hits[i]];
    if (!top || rule->score > top->score) top = rule;
  }
  put_safe(out, top ? top->name : TEXT("-"));
}

/* What is empty or unknown shows as a hyphen. */
static void put_outside(struct buf *out, struct text text) {
  put_safe(out, text.len ? text : TEXT("-"));
}

static void put_helo(struct buf *out, const struct reply *reply) {
  const struct fact_value *helo = &reply->ws->facts->values[FIELD_HELO];
  put_outside(out, helo->state == FACT_KNOWN ? helo->text : TEXT(""));
}

static void put_ip(struct buf *out, const struct reply *reply) {
  const struct fact_value *ip = &reply->ws->facts->values[FIELD_CLIENT_IP];
  size_t before = out->len;
  if (ip->state == FACT_KNOWN) addr_print(out, ip->address);
  if (out->len == before) buf_byte(out, '-');
}

/* As the rules see it. */
static void put_rdns(struct buf *out, const struct reply *reply) {
  struct value name;
  value_rdns(reply->ws, FIELD_CLIENT_RDNS, &name);
  put_outside(out, name.known ? name.host->raw : TEXT(""));
}

#define BIT(field) (UINT64_C(1) << (field))

static const struct {
  struct text word;
  void (*put)(struct buf *out, const struct reply *reply);
  uint64_t reads;
} placeholders[] = {
    {{"{score}", 7}, put_score, 0},
    {{"{rules}", 7}, put_rules, 0},
    {{"{top}", 5}, put_top, 0},
    {{"{helo}", 6}, put_helo, BIT(FIELD_HELO)},
    {{"{client.ip}", 11}, put_ip, BIT(FIELD_CLIENT_IP)},
    {{"{client.rdns}", 13}, put_rdns, BIT(FIELD_CLIENT_RDNS)},
};

/* One behind a doubled brace counts too: what is compared for nothing does no harm. */
uint64_t reply_reads(struct text template) {
  uint64_t reads = 0;
  for (size_t at = 0; at < template.len; at++)
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
      if (text_starts(text_of(template.ptr + at, template.len - at), placeholders[i].word))
        reads |= placeholders[i].reads;
  return reads;
}

/* Puts what stands at the start of the template; how many bytes of it that was. */
static size_t put_next(struct buf *out, struct text rest, const struct reply *reply) {
  const char *brace = memchr(rest.ptr, '{', rest.len);
  size_t plain = brace ? (size_t)(brace - rest.ptr) : rest.len;
  if (plain > 0) {
    put_safe(out, text_of(rest.ptr, plain));
    return plain;
  }
  for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
    if (text_starts(rest, placeholders[i].word)) {
      placeholders[i].put(out, reply);
      return placeholders[i].word.len;
    }
  put_safe(out, text_of(rest.ptr, 1));
  return text_starts(rest, TEXT("{{")) ? 2 : 1;
}

void reply_write(struct verdict *verdict, struct workspace *ws) {
  struct text template = ws->linked->program->thresholds[verdict->action].reply;
  struct reply reply = {verdict, ws->linked->program, ws};
  buf_clear(&verdict->reply);
  verdict->has_reply = template.ptr != NULL;
  for (size_t at = 0; at < template.len && verdict->reply.len < REPLY_MAX;)
    at += put_next(&verdict->reply, text_of(template.ptr + at, template.len - at), &reply);
  if (verdict->reply.len > REPLY_MAX) verdict->reply.len = REPLY_MAX;
  buf_byte(&verdict->reply, '\0');
}
