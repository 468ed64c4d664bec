/* Owns Postfix policy delegation as a front end: one verdict a message where its recipients do not matter to the rules.
 * Must never know: sockets, or the protocol's bytes. */
#include <stdlib.h>
#include <string.h>

#include "daemon/front.h"
#include "proto/policy.h"

/* What is longer than MEMORY_MOST is not remembered: it would be held for as long as the connection is idle. */
enum { ID_SIZE = 24, MEMORY_MOST = 4096 };

/* What the log says of a client, whether rules look at it or not. */
#define LOGGED (POLICY_BIT(POLICY_CLIENT_ADDRESS) | POLICY_BIT(POLICY_HELO_NAME))

/* What is remembered of the latest verdict, and of the message that has got its header; in one piece, for there are
 * many connections that are idle. */
struct memory {
  char rules_id[ID_SIZE]; /* whose verdict it is */
  size_t key_len, again_len, instance_len;
  char bytes[]; /* the verdict's key, what another request of that key is told, the instance */
};

struct state {
  struct policy_request *request; /* under way, or being answered; else NULL */
  struct bytes key;               /* of that request */
  struct memory *memory;          /* NULL: nothing */
  uint32_t wanted;                /* the attributes that the rules read whose verdict is remembered */
};

struct piece {
  const char *ptr;
  size_t len;
};

static struct piece memory_key(const struct memory *memory) {
  return memory ? (struct piece){memory->bytes, memory->key_len} : (struct piece){"", 0};
}

static struct piece memory_again(const struct memory *memory) {
  return (struct piece){memory->bytes + memory->key_len, memory->again_len};
}

static struct piece memory_instance(const struct memory *memory) {
  if (!memory) return (struct piece){"", 0};
  return (struct piece){memory->bytes + memory->key_len + memory->again_len, memory->instance_len};
}

static bool same(struct piece a, struct piece b) {
  return a.len > 0 && a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static void end_request(struct state *state) {
  free(state->request);
  state->request = NULL;
  bytes_free(&state->key);
}

static bool is_known(struct state *state, const struct exchange *x) {
  const char *id = assay_ruleset_id(x->rules);
  bool same_rules = state->memory && strncmp(state->memory->rules_id, id, ID_SIZE - 1) == 0;
  if (!same_rules) state->wanted = policy_wanted(x->rules);
  bool keyed = policy_key(&state->key, state->request, x->bytes, state->wanted);
  return same_rules && keyed && same(memory_key(state->memory), (struct piece){state->key.ptr, state->key.len});
}

static enum front_step close_with(struct exchange *x, const char *why) {
  end_request(x->state);
  front_trouble(x, why, strlen(why));
  return FRONT_CLOSE;
}

static enum front_step take_whole(struct exchange *x) {
  struct state *state = x->state;
  struct proto_error error = {""};
  x->used = state->request->used;
  x->close = x->at_end && x->used >= x->len;
  if (is_known(state, x)) {
    struct piece again = memory_again(state->memory);
    bytes_add(x->out, again.ptr, again.len);
    end_request(state);
    return FRONT_DONE;
  }
  enum proto_result result = policy_facts(state->request, x->bytes, state->wanted | LOGGED, x->facts, &error);
  if (result == PROTO_OK) return FRONT_ASK;
  return close_with(x, result == PROTO_NO_MEMORY ? "out of memory" : error.text);
}

static enum front_step take(struct exchange *x) {
  struct state *state = x->state;
  size_t most = conf_bound(x->conf->limits.headers);
  struct policy_limits limits = {.line = most, .request = most};
  struct proto_error error = {""};
  if (!state->request) {
    state->request = malloc(sizeof *state->request);
    if (!state->request) return close_with(x, "out of memory");
    *state->request = (struct policy_request){0};
  }
  enum codec_need need = policy_scan(state->request, x->bytes, x->len, x->at_end, &limits, &error);
  if (need == CODEC_MORE) return FRONT_MORE;
  if (need == CODEC_READY) return take_whole(x);
  return close_with(x, error.text);
}

static char *put(char *at, struct piece piece) {
  if (piece.len > 0) memcpy(at, piece.ptr, piece.len);
  return at + piece.len;
}

/* Without memory nothing is remembered, and the next one is judged anew. */
static void remember(struct state *state, const struct exchange *x, struct piece again, struct piece instance) {
  struct piece key = {state->key.ptr, state->key.len};
  struct memory *memory = malloc(sizeof *memory + key.len + again.len + instance.len);
  if (memory) {
    *memory = (struct memory){.key_len = key.len, .again_len = again.len, .instance_len = instance.len};
    strncpy(memory->rules_id, assay_ruleset_id(x->rules), ID_SIZE - 1);
    put(put(put(memory->bytes, key), again), instance);
  }
  free(state->memory);
  state->memory = memory;
}

/* Other requests of the same key will be told the same, but for the header, which is there already. */
static void answer(struct exchange *x, const struct verdict_given *given) {
  struct state *state = x->state;
  struct piece instance, had = memory_instance(state->memory);
  instance.ptr = policy_value(state->request, x->bytes, POLICY_INSTANCE, &instance.len);
  if (state->key.len > MEMORY_MOST) state->key.len = 0;
  if (instance.len > MEMORY_MOST) instance.len = 0;
  struct policy_reply_how how = {&x->conf->policy, x->conf->dry_run, same(had, instance)};
  size_t begin = x->out->len;
  bool prepended = policy_reply(x->out, state->request, given->verdict, &how);
  struct piece again = {x->out->ptr + begin, x->out->len - begin};
  struct bytes other = {0};
  if (prepended) {
    how.prepended = true;
    policy_reply(&other, state->request, given->verdict, &how);
    again = (struct piece){other.ptr, other.len};
  }
  if (x->out->failed || other.failed) state->key.len = 0;
  if (state->key.len == 0) again.len = 0;
  remember(state, x, again, prepended ? instance : had);
  bytes_free(&other);
  end_request(state);
}

static void end(void *user) {
  struct state *state = user;
  end_request(state);
  free(state->memory);
}

/* When the daemon gives up, it says nothing: to Postfix that is a failure for now, which it knows to deal with. */
const struct front front_policy = {"policy", sizeof(struct state), take, answer, NULL, end, NULL};
