/* Owns the way of a request through a connection: taken by its front end, scored, answered, or given up.
 * Must never know: what the bytes mean, or how they come and go. */
#include <stdlib.h>
#include <string.h>

#include "daemon/account.h"
#include "daemon/connection_parts.h"

static bool prepare(struct connection *c, struct slot *slot) {
  size_t size = c->front->state_size;
  if (!c->state && size > 0) {
    c->state = malloc(size); /* calloc would pass by what the thread has just freed */
    if (!c->state) return false;
    memset(c->state, 0, size);
  }
  worker_take_room(&c->worker->out, &c->out);
  slot->exchange = (struct exchange){.conf = c->worker->server->conf,
                                     .state = c->state,
                                     .bytes = c->in.ptr ? c->in.ptr + c->taken : "",
                                     .len = c->in.len - c->taken,
                                     .at_end = c->at_end,
                                     .facts = slot->facts,
                                     .rules = slot->rules,
                                     .out = &c->out};
  return true;
}

void request_forget(struct connection *c) {
  if (c->front->end && c->state) c->front->end(c->state);
  free(c->state);
  c->state = NULL;
  worker_give_room(&c->worker->in, &c->in);
  c->taken = 0;
  c->asked_us = 0;
}

void request_give_up(struct connection *c, enum front_limit why) {
  struct exchange exchange = {.conf = c->worker->server->conf, .state = c->state, .out = &c->out};
  if (c->front->give_up) c->front->give_up(&exchange, why);
  c->closing = c->abrupt = true;
  request_forget(c);
}

/* The request at hand is over: its bytes are done with, and the next one may begin. */
static void end_request(struct connection *c, const struct exchange *exchange) {
  size_t left = c->in.len - c->taken;
  c->taken += exchange->used < left ? exchange->used : left;
  c->asked_us = c->taken < c->in.len ? server_now_us() : 0;
  c->answered = true;
  c->framed = exchange->framed;
  if (exchange->close) c->closing = true;
}

/* The verdict is there. */
static void answer(struct connection *c, struct slot *slot) {
  struct verdict_given given = {slot->verdict, c->worker->resolver ? &slot->usage : NULL};
  if (slot->status == ASSAY_OK) {
    c->front->answer(&slot->exchange, &given);
    account_verdict(c->worker, c->front, &slot->exchange, &given, server_now_us() - c->asked_us);
    if (slot->usage.late) connection_trouble(c, TROUBLE_LATE, NULL);
    end_request(c, &slot->exchange);
  } else {
    connection_trouble(c, TROUBLE_MEMORY, assay_status_text(slot->status));
    request_give_up(c, FRONT_NO_MEMORY);
  }
  worker_give_back(c->worker, slot);
}

static void scored(void *user, assay_status status, const assay_dns_usage *usage) {
  struct slot *slot = user;
  struct connection *c = slot->connection;
  slot->status = status;
  slot->usage = *usage;
  slot->scoring = NULL;
  slot->done = true;
  if (!c) return; /* it took no time: whoever asked looks at it */
  c->slot = NULL;
  answer(c, slot);
  connection_go_on(c);
}

/* What the protocol did not say, and the site has. */
static assay_status add_facts(const struct exchange *exchange) {
  const char *name = exchange->conf->server_name;
  size_t len;
  if (!name || assay_facts_get(exchange->facts, ASSAY_FACT_SERVER_NAME, NULL, 0, &len)) return ASSAY_OK;
  return assay_facts_set(exchange->facts, ASSAY_FACT_SERVER_NAME, name, strlen(name));
}

/* True when the verdict was there at once. */
static bool score(struct connection *c, struct slot *slot) {
  struct worker *worker = c->worker;
  slot->done = false;
  slot->usage = (assay_dns_usage){0};
  assay_verdict_keep_waits(slot->verdict, slot->exchange.waits);
  assay_status status = add_facts(&slot->exchange);
  if (status == ASSAY_OK && worker->resolver) {
    status = assay_resolver_score_start(worker->resolver, slot->rules, slot->facts, worker->workspace, slot->verdict,
                                        scored, slot, &slot->scoring);
  } else if (status == ASSAY_OK) {
    status = assay_evaluate(slot->rules, slot->facts, worker->workspace, slot->verdict);
    slot->done = true;
  }
  if (status != ASSAY_OK || !worker->resolver) slot->status = status;
  if (status != ASSAY_OK) slot->done = true;
  if (slot->done) return true;
  slot->connection = c;
  c->slot = slot;
  return false;
}

/* One step with what is there; false when there is nothing more to do for now. */
static bool take_one(struct connection *c) {
  struct slot *slot = worker_slot(c->worker);
  if (!slot || !prepare(c, slot)) {
    connection_trouble(c, TROUBLE_MEMORY, NULL);
    if (slot) worker_give_back(c->worker, slot);
    request_give_up(c, FRONT_NO_MEMORY);
    return false;
  }
  struct exchange *exchange = &slot->exchange;
  enum front_step step = c->front->take(exchange);
  if (step == FRONT_ASK) {
    if (!score(c, slot)) return false;
    answer(c, slot);
    return !c->closing;
  }
  if (step == FRONT_DONE) end_request(c, exchange);
  if (step == FRONT_CLOSE) {
    if (exchange->trouble[0]) connection_trouble(c, TROUBLE_REQUEST, exchange->trouble);
    c->closing = true;
    c->abrupt = exchange->trouble[0] != '\0';
    request_forget(c);
  }
  worker_give_back(c->worker, slot);
  return step == FRONT_DONE && !c->closing;
}

/* Bytes of requests that are over go in one move for all of them; never while one waits, which still looks at its
 * own. */
static void drop_taken(struct connection *c) {
  if (c->slot || c->taken == 0) return;
  c->in.len -= c->taken;
  if (c->in.len > 0) memmove(c->in.ptr, c->in.ptr + c->taken, c->in.len);
  c->taken = 0;
}

void requests_take(struct connection *c) {
  while (!c->closing && !c->slot && (c->taken < c->in.len || (c->at_end && !c->answered)) && take_one(c)) {
  }
  drop_taken(c);
}

void request_cancel(struct connection *c) {
  if (!c->slot) return;
  assay_scoring_cancel(c->slot->scoring);
  worker_give_back(c->worker, c->slot);
  c->slot = NULL;
}
