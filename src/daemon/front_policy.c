/* Owns Postfix policy delegation as a front end: one verdict a message where its recipients do not matter to the rules.
 * Must never know: sockets, or the protocol's bytes. */
#include <string.h>

#include "daemon/front.h"
#include "proto/policy.h"

enum { ID_SIZE = 32 };

struct state {
  struct policy_request request; /* under way, or being answered */
  struct bytes key;      /* of the request at hand; */
  struct bytes last_key; /* of the latest verdict: empty when none is kept */
  struct bytes again;    /* what another request of that key is told */
  char rules_id[ID_SIZE]; /* whose verdict it is */
  struct bytes instance; /* the message that has got its header; empty: none */
};

static bool same(const struct bytes *bytes, const char *ptr, size_t len) {
  return len > 0 && bytes->len == len && memcmp(bytes->ptr, ptr, len) == 0;
}

static void keep(struct bytes *bytes, const char *ptr, size_t len) {
  bytes->len = 0;
  bytes_add(bytes, ptr, len);
  if (bytes->failed) bytes_free(bytes); /* then nothing is kept, and the next one is judged anew */
}

static bool is_known(struct state *state, const struct exchange *x) {
  bool keyed = policy_key(&state->key, &state->request, x->bytes, policy_wanted(x->rules));
  return keyed && same(&state->last_key, state->key.ptr, state->key.len) &&
         strncmp(state->rules_id, assay_ruleset_id(x->rules), ID_SIZE - 1) == 0;
}

static enum front_step close_with(struct exchange *x, const char *why) {
  bytes_free(&((struct state *)x->state)->key);
  exchange_trouble(x, why);
  return FRONT_CLOSE;
}

static enum front_step take_whole(struct exchange *x) {
  struct state *state = x->state;
  struct proto_error error = {""};
  x->used = state->request.used;
  x->close = x->at_end && x->used >= x->len;
  if (is_known(state, x)) {
    bytes_add(x->out, state->again.ptr, state->again.len);
    state->request = (struct policy_request){0};
    return FRONT_DONE;
  }
  enum proto_result result = policy_facts(&state->request, x->bytes, x->facts, &error);
  if (result == PROTO_OK) return FRONT_ASK;
  return close_with(x, result == PROTO_NO_MEMORY ? "out of memory" : error.text);
}

static enum front_step take(struct exchange *x) {
  struct state *state = x->state;
  size_t most = conf_bound(x->conf->limits.headers);
  struct policy_limits limits = {.line = most, .request = most};
  struct proto_error error = {""};
  enum codec_need need = policy_scan(&state->request, x->bytes, x->len, x->at_end, &limits, &error);
  if (need == CODEC_MORE) return FRONT_MORE;
  if (need == CODEC_READY) return take_whole(x);
  return close_with(x, error.text);
}

/* What other requests of the same key will be told: the same, but for the header, which is there already. */
static void remember(struct state *state, const struct exchange *x, const assay_verdict *verdict) {
  struct policy_reply_how how = {&x->conf->policy, x->conf->dry_run, true};
  state->again.len = 0;
  policy_reply(&state->again, &state->request, verdict, &how);
  keep(&state->last_key, state->again.failed ? NULL : state->key.ptr, state->again.failed ? 0 : state->key.len);
  strncpy(state->rules_id, assay_ruleset_id(x->rules), ID_SIZE - 1);
}

static void answer(struct exchange *x, const struct verdict_given *given) {
  struct state *state = x->state;
  size_t len;
  const char *instance = policy_value(&state->request, x->bytes, POLICY_INSTANCE, &len);
  struct policy_reply_how how = {&x->conf->policy, x->conf->dry_run, same(&state->instance, instance, len)};
  if (policy_reply(x->out, &state->request, given->verdict, &how)) keep(&state->instance, instance, len);
  remember(state, x, given->verdict);
  state->request = (struct policy_request){0};
}

static void end(void *user) {
  struct state *state = user;
  bytes_free(&state->key);
  bytes_free(&state->last_key);
  bytes_free(&state->again);
  bytes_free(&state->instance);
}

/* When the daemon gives up, it says nothing: to Postfix that is a failure for now, which it knows to deal with. */
const struct front front_policy = {"policy", sizeof(struct state), take, answer, NULL, end, NULL};
