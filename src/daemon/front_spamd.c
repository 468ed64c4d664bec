/* Owns spamd's protocol as a front end: facts from its message and from request headers of our own.
 * Must never know: sockets, or the protocol's bytes. */
#include <string.h>

#include "daemon/front.h"
#include "message/connection.h"
#include "proto/spamd.h"

struct state {
  struct spamd_request request;
};

static struct spamd_limits limits_of(const struct conf *conf) {
  struct spamd_limits limits = SPAMD_LIMITS_INIT;
  limits.request_bytes = conf_bound(conf->limits.request);
  limits.head_bytes = conf_bound(conf->limits.headers);
  return limits;
}

/* Where the client says what it knows, that is all: two halves of different connections would make a third one. */
static enum proto_result set_facts(struct exchange *x, struct proto_error *error) {
  const struct state *state = x->state;
  size_t len;
  const char *message = spamd_message(&state->request, x->bytes, &len);
  struct message_options options = {.trusted = x->conf->trusted, .trusted_count = x->conf->trusted_count};
  if (!state->request.has_facts && message_facts(x->facts, message, len, &options, NULL) != ASSAY_OK)
    return PROTO_NO_MEMORY;
  return spamd_facts(&state->request, x->bytes, x->facts, error);
}

static struct spamd_said said_of(const struct exchange *x, const assay_verdict *verdict) {
  struct spamd_said said = {.verdict = verdict,
                            .markup = x->conf->spamassassin_markup ? SPAMD_MARKUP_SPAMASSASSIN : SPAMD_MARKUP_ASSAY,
                            .host = x->conf->host};
  if (!assay_ruleset_threshold(x->rules, ASSAY_TAG, &said.threshold)) said.threshold = INT64_MAX;
  return said;
}

static enum front_step refuse(struct exchange *x, enum spamd_code code, const char *text) {
  struct state *state = x->state;
  spamd_error(x->out, code, text);
  spamd_request_free(&state->request);
  front_trouble(x, text, strlen(text));
  return FRONT_CLOSE;
}

static enum front_step take_whole(struct exchange *x) {
  struct state *state = x->state;
  struct proto_error error = {""};
  x->used = state->request.used;
  x->framed = state->request.framed;
  x->close = true; /* one request a connection: clients read to its end */
  if (!spamd_wants_verdict(&state->request)) {
    struct spamd_said said = said_of(x, NULL);
    spamd_reply(x->out, &state->request, x->bytes, &said);
    return FRONT_DONE;
  }
  x->waits = spamd_wants_waits(&state->request);
  enum proto_result result = set_facts(x, &error);
  if (result == PROTO_OK) return FRONT_ASK;
  bool memory = result == PROTO_NO_MEMORY;
  return refuse(x, memory ? SPAMD_TEMPFAIL : SPAMD_PROTOCOL, memory ? "out of memory" : error.text);
}

static enum front_step take(struct exchange *x) {
  struct state *state = x->state;
  struct spamd_limits limits = limits_of(x->conf);
  switch (spamd_scan(&state->request, x->bytes, x->len, x->at_end, &limits)) {
    case CODEC_MORE: return FRONT_MORE;
    case CODEC_READY: return take_whole(x);
    case CODEC_GONE: return FRONT_CLOSE;
    case CODEC_BAD: break;
  }
  spamd_refuse(x->out, &state->request, x->bytes);
  size_t len = x->out->len;
  while (len > 0 && (x->out->ptr[len - 1] == '\n' || x->out->ptr[len - 1] == '\r')) len--;
  if (len > 0) front_trouble(x, x->out->ptr, len);
  return FRONT_CLOSE;
}

static void answer(struct exchange *x, const struct verdict_given *given) {
  struct state *state = x->state;
  struct spamd_said said = said_of(x, given->verdict);
  spamd_reply(x->out, &state->request, x->bytes, &said);
  x->user = x->bytes + state->request.user.at;
  x->user_len = state->request.user.len;
  spamd_request_free(&state->request); /* a client may take its time to read, and what was inflated is large */
}

static void give_up(struct exchange *x, enum front_limit why) {
  static const struct {
    enum spamd_code code;
    const char *text;
  } rows[] = {[FRONT_NO_MEMORY] = {SPAMD_TEMPFAIL, "out of memory"},
              [FRONT_TOO_SLOW] = {SPAMD_TIMEOUT, "the request did not come in time"},
              [FRONT_TOO_MUCH] = {SPAMD_TEMPFAIL, "too much is held at the moment"},
              [FRONT_FAILED] = {SPAMD_TEMPFAIL, "no verdict can be had at the moment"}};
  spamd_error(x->out, rows[why].code, rows[why].text);
}

static void end(void *user) {
  struct state *state = user;
  spamd_request_free(&state->request);
}

/* What is inflated counts as what came: a small message may become a large one. */
static size_t held(const void *user) {
  const struct state *state = user;
  return spamd_request_held(&state->request);
}

const struct front front_spamd = {"spamd", sizeof(struct state), take, answer, give_up, end, held};
