/* Owns the VALUE instructions that DNS answers: which questions they stand for, what an answer, a failure and silence
 * mean. Must never know: who asks DNS, or when. */
#include "facts/askable.h"
#include "facts/iprev.h"
#include "run/ops.h"

#define VALUE(id)                                                                                             \
  void value_##id(struct workspace *ws, const struct insn *insn, const struct value *a, const struct value *b, \
                  struct value *out)
#define UNUSED (void)ws, (void)insn, (void)a, (void)b

/* A list being gathered from one or several answers. */
struct gather {
  struct workspace *ws;
  VEC(struct value) items;
  size_t records, null_mx; /* of how many records, and how many of these say that the domain takes no mail */
  bool missing; /* some answer is not known */
  enum outcome outcome; /* of what is missing; else of answers without records */
};

static void add(struct gather *gather, struct value value) {
  struct value *slot = vec_add(&gather->ws->arena, &gather->items);
  if (slot)
    *slot = value;
  else
    gather->ws->failed = true;
}

/* A list is used through any(…): of several missing parts the one that may come soonest could already make it true. */
static void miss(struct gather *gather, enum outcome outcome) {
  if (!gather->missing || outcome_why(outcome) < outcome_why(gather->outcome)) gather->outcome = outcome;
  gather->missing = true;
}

/* Of several answers without records the one speaks whose name is at least there. */
static void note_nothing(struct gather *gather, enum outcome outcome) {
  bool first = gather->outcome == OUTCOME_FOUND;
  if (!gather->missing && (first || outcome == OUTCOME_NODATA)) gather->outcome = outcome;
}

static void finish(const struct gather *gather, struct value *out) {
  bool nothing = gather->items.count == 0;
  *out = (struct value){.known = !(gather->missing && nothing),
                        .partial = gather->missing,
                        .outcome = (uint8_t)(gather->missing || nothing ? gather->outcome : OUTCOME_FOUND),
                        .count = (uint32_t)gather->items.count,
                        .items = gather->items.at};
}

/* What is missing may still make it true. */
static void finish_bool(const struct gather *gather, bool yes, struct value *out) {
  *out = yes || !gather->missing ? (struct value){.known = 1, .number = yes} : value_unknown(gather->outcome);
}

/* "Null MX": the domain takes no mail (RFC 7505). The root is no mail host, so it is none of the list either. */
static bool is_null_mx(enum question type, struct text name) {
  return type == QUESTION_MX && (name.len == 0 || text_is(name, "."));
}

static void add_record(struct gather *gather, enum question type, const struct record *record) {
  struct value value = {.known = 1};
  bool null_mx = is_null_mx(type, record->text);
  gather->records++;
  gather->null_mx += null_mx;
  if (null_mx) return;
  if (type == QUESTION_A || type == QUESTION_AAAA)
    value.addr = record->address;
  else if (type == QUESTION_TXT)
    value.text = record->text;
  else
    value_name(gather->ws, record->text, &value);
  if (value.known) add(gather, value);
}

/* What the source of the facts knows at once costs nothing. */
static bool is_free(const struct answer *answer) {
  return answer && answer->lent && answer->outcome != OUTCOME_PENDING;
}

/* Where the question stands among those of this connection, old or new, and what is known of it; NULL when it is over the
 * budget, or free and one too many to be noted. */
static struct asked *ask(struct workspace *ws, enum question type, struct text name, const struct answer **answer) {
  uint64_t hash = text_hash(name) + type;
  for (size_t i = 0; i < ws->asked_count; i++) {
    struct asked *asked = &ws->asked[i];
    if (asked->hash != hash || asked->type != type || !text_eq(asked->name, name)) continue;
    *answer = asked->answer;
    return asked;
  }
  *answer = facts_look_up(ws->facts, type, name, &ws->arena);
  bool free = is_free(*answer);
  if (free ? ws->asked_count - ws->spent == FREE_MAX : ws->spent == QUESTIONS_MAX) return NULL;
  ws->spent += !free;
  struct asked *asked = &ws->asked[ws->asked_count++];
  *asked = (struct asked){.type = type, .hash = hash, .name = name, .answer = *answer};
  return asked;
}

/* The slot being computed stays open until the question is answered. */
static void await(struct workspace *ws, struct asked *asked, bool pending) {
  struct asking *asking = vec_add(&ws->arena, &ws->asking);
  if (asking)
    *asking = (struct asking){ws->slot, (uint32_t)(asked - ws->asked)};
  else
    ws->failed = true;
  asked->open = true;
  asked->pending = pending;
}

/* No answer is there, and none will come: a question need not be noted then. */
static bool nobody_answers(const struct facts *facts) {
  return facts->answers.count == 0 && !facts->source && facts->unasked_why != WHY_NOT_YET;
}

/* An answer that is there counts even for what would not be asked: a host or a test that answers knows why. */
static const struct answer *find(struct gather *gather, enum question type, struct text name, bool askable) {
  struct workspace *ws = gather->ws;
  if (askable && nobody_answers(ws->facts)) {
    miss(gather, outcome_of_why(ws->facts->unasked_why));
    return NULL;
  }
  const struct answer *answer = askable ? NULL : facts_find_answer(ws->facts, type, name);
  struct asked *asked = askable ? ask(ws, type, name, &answer) : NULL;
  if (!answer && !askable) return NULL;
  enum outcome outcome = answer ? answer->outcome : outcome_of_why(ws->facts->unasked_why);
  if (outcome_known(outcome)) {
    if (outcome != OUTCOME_FOUND) note_nothing(gather, outcome);
    return answer;
  }
  if (!answer && !asked && outcome == OUTCOME_PENDING) outcome = OUTCOME_OVER_BUDGET;
  if (asked && outcome == OUTCOME_PENDING) await(ws, asked, answer != NULL);
  miss(gather, outcome);
  return NULL;
}

static void gather_name(struct gather *gather, enum question type, const struct host *host) {
  const struct answer *answer = find(gather, type, host->canonical, askable_name(host));
  for (size_t i = 0; answer && i < answer->count; i++) add_record(gather, type, &answer->records[i]);
}

static void gather_ptr(struct gather *gather, struct addr addr) {
  const struct answer *answer = find(gather, QUESTION_PTR, value_reverse_name(gather->ws, addr), askable_address(addr));
  for (size_t i = 0; answer && i < answer->count; i++) add_record(gather, QUESTION_PTR, &answer->records[i]);
}

static void ask_name(struct workspace *ws, enum question type, const struct value *a, struct value *out) {
  struct gather gather = {.ws = ws};
  gather_name(&gather, type, a->host);
  finish(&gather, out);
}

VALUE(DNS_MX) { UNUSED; ask_name(ws, QUESTION_MX, a, out); }
VALUE(DNS_TXT) { UNUSED; ask_name(ws, QUESTION_TXT, a, out); }
VALUE(DNS_NS) { UNUSED; ask_name(ws, QUESTION_NS, a, out); }

VALUE(DNS_ADDRESS) {
  UNUSED;
  struct gather gather = {.ws = ws};
  gather_name(&gather, QUESTION_A, a->host);
  gather_name(&gather, QUESTION_AAAA, a->host);
  finish(&gather, out);
}

VALUE(DNS_PTR) {
  UNUSED;
  struct gather gather = {.ws = ws};
  gather_ptr(&gather, a->addr);
  finish(&gather, out);
}

VALUE(DNS_EXISTS) {
  UNUSED;
  struct gather gather = {.ws = ws};
  gather_name(&gather, QUESTION_A, a->host);
  gather_name(&gather, QUESTION_AAAA, a->host);
  gather_name(&gather, QUESTION_MX, a->host);
  finish_bool(&gather, gather.records > 0, out);
}

VALUE(DNS_NULL_MX) {
  UNUSED;
  struct gather gather = {.ws = ws};
  gather_name(&gather, QUESTION_MX, a->host);
  finish_bool(&gather, gather.null_mx > 0 && gather.null_mx == gather.records, out);
}

/* One question is enough: a name that does not exist has no record of any type (RFC 8020). */
VALUE(DNS_NXDOMAIN) {
  UNUSED;
  struct gather gather = {.ws = ws};
  const struct answer *answer = find(&gather, QUESTION_A, a->host->canonical, askable_name(a->host));
  finish_bool(&gather, answer && answer->outcome == OUTCOME_NXDOMAIN, out);
}

/* --- DNS lists (RFC 5782) --- */

/* Return codes that say "you may not ask" or that no list gives: the answer is no evidence. */
static bool is_refusal(struct addr addr) {
  const uint8_t *b = addr.bytes;
  if (addr.family != 4 || b[0] != 127) return true;
  return (b[1] == 0 && b[2] == 0 && b[3] == 1) || (b[1] == 255 && b[2] == 255);
}

/* What a name can have at most, in text and without the last dot (RFC 1035, section 2.3.4). */
enum { NAME_MAX_BYTES = 253 };

static void gather_zone(struct gather *gather, struct text subject, struct text zone, bool askable) {
  struct arena *arena = &gather->ws->arena;
  char *bytes = arena_new(arena, subject.len + zone.len + 1);
  if (!bytes) {
    gather->ws->failed = true;
    return;
  }
  memcpy(bytes, subject.ptr, subject.len);
  bytes[subject.len] = '.';
  memcpy(bytes + subject.len + 1, zone.ptr, zone.len);
  struct text name = text_of(bytes, subject.len + 1 + zone.len);
  const struct answer *answer = find(gather, QUESTION_A, name, askable && name.len <= NAME_MAX_BYTES);
  for (size_t i = 0; answer && i < answer->count; i++)
    if (is_refusal(answer->records[i].address)) {
      miss(gather, OUTCOME_REFUSED);
      return;
    }
  for (size_t i = 0; answer && i < answer->count; i++) add_record(gather, QUESTION_A, &answer->records[i]);
}

static const struct set *zones_of(const struct workspace *ws, const struct insn *insn) {
  return &ws->linked->program->sets[insn->c];
}

static void gather_zones(struct workspace *ws, const struct insn *insn, struct text subject, bool askable,
                         struct value *out) {
  struct gather gather = {.ws = ws};
  const struct set *zones = zones_of(ws, insn);
  for (uint32_t i = 0; subject.len && i < zones->count; i++) gather_zone(&gather, subject, zones->texts[i], askable);
  finish(&gather, out);
}

/* The reverse name without the zone it would stand in: "10.2.0.192". */
static struct text reversed_labels(struct workspace *ws, struct addr addr) {
  struct text name = value_reverse_name(ws, addr);
  size_t tail = addr.family == 4 ? sizeof ".in-addr.arpa" - 1 : sizeof ".ip6.arpa" - 1;
  return name.len > tail ? text_of(name.ptr, name.len - tail) : TEXT("");
}

VALUE(DNSBL_ADDRESS) {
  UNUSED;
  bool any = zones_of(ws, insn)->count > 0;
  gather_zones(ws, insn, any ? reversed_labels(ws, a->addr) : TEXT(""), any && askable_address(a->addr), out);
}

VALUE(DNSBL_NAME) {
  UNUSED;
  gather_zones(ws, insn, a->host->canonical, askable_name(a->host), out);
}

/* --- the reverse name of the client --- */

/* Brings the first few to the front, bytewise, so that the choice among them does not hang on the order of an answer, nor
 * the work on its length. How many these are. */
static size_t keep_least(struct value *names, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    struct value name = names[i];
    size_t at = kept;
    while (at > 0 && text_compare(names[at - 1].host->canonical, name.host->canonical) > 0) at--;
    if (at == IPREV_NAMES_MAX) continue;
    kept += kept < IPREV_NAMES_MAX;
    memmove(&names[at + 1], &names[at], (kept - 1 - at) * sizeof *names);
    names[at] = name;
  }
  return kept;
}

/* Whether the name resolves to the address, by the one question of the address's family; *open: where that is unknown,
 * what became of the question. */
static enum answer_kind resolves_to(struct workspace *ws, const struct host *host, struct addr addr,
                                    enum outcome *open) {
  struct gather gather = {.ws = ws};
  gather_name(&gather, addr.family == 6 ? QUESTION_AAAA : QUESTION_A, host);
  for (size_t i = 0; i < gather.items.count; i++)
    if (addr_eq(gather.items.at[i].addr, addr)) return ANSWER_YES;
  *open = gather.outcome;
  return gather.missing ? answer_unknown(outcome_why(gather.outcome)) : ANSWER_NO;
}

/* Of several names the first confirmed one, all of which are asked for at once. One that is not known yet keeps the choice
 * open, one that failed is passed over: what came out stands, in whatever order answers come. *confirmed is where it stands,
 * or count when none is; *open: where that is unknown, what may come soonest. */
static enum answer_kind find_confirmed(struct workspace *ws, const struct value *names, size_t count, struct addr addr,
                                       size_t *confirmed, enum outcome *open) {
  enum answer_kind result = ANSWER_NO;
  *confirmed = count;
  for (size_t i = 0; i < count && *confirmed == count; i++) {
    enum outcome outcome = OUTCOME_FOUND;
    enum answer_kind answer = resolves_to(ws, names[i].host, addr, &outcome);
    if (answer == ANSWER_YES) *confirmed = i;
    bool sooner = answer > ANSWER_YES && (result == ANSWER_NO || answer < result);
    if (sooner) result = answer, *open = outcome;
  }
  return *confirmed < count && result != ANSWER_NOT_YET ? ANSWER_YES : result;
}

/* The client's reverse name may come from the front end or from DNS: where DNS is off, the front end's reason counts. */
static void set_open(struct workspace *ws, struct value *out, enum outcome outcome) {
  bool dns_off = ws->facts->unasked_why == WHY_NEVER && outcome == OUTCOME_NEVER;
  *out = value_unknown(dns_off ? outcome_of_why(ws->facts->unset_why) : outcome);
}

static bool known_fact(struct workspace *ws, enum field field, struct value *out) {
  const struct fact_value *fact = &ws->facts->values[field];
  if (fact->state == FACT_UNSET) return false;
  *out = value_unknown(facts_outcome(ws->facts, fact));
  if (fact->state == FACT_KNOWN) value_name(ws, fact->text, out);
  return true;
}

/* Whether the client's address is known; else its reason is the gathered one's. */
static bool know_client(struct gather *gather, struct addr *client) {
  const struct fact_value *ip = &gather->ws->facts->values[FIELD_CLIENT_IP];
  *client = ip->address;
  if (ip->state != FACT_KNOWN) miss(gather, facts_outcome(gather->ws->facts, ip));
  return ip->state == FACT_KNOWN;
}

/* The client's PTR names, the first few in order; false, with *out unknown, when they are not known. */
static bool ptr_names(struct gather *gather, struct addr *client, struct value *out) {
  if (know_client(gather, client)) gather_ptr(gather, *client);
  gather->items.count = keep_least(gather->items.at, gather->items.count);
  if (gather->missing) set_open(gather->ws, out, gather->outcome);
  return !gather->missing;
}

void value_rdns(struct workspace *ws, enum field field, struct value *out) {
  struct gather names = {.ws = ws};
  struct addr client;
  if (known_fact(ws, field, out) || !ptr_names(&names, &client, out)) return;
  size_t at = 0;
  enum outcome open = OUTCOME_FOUND;
  enum answer_kind answer = ANSWER_NO;
  if (names.items.count > 1) answer = find_confirmed(ws, names.items.at, names.items.count, client, &at, &open);
  if (answer >= ANSWER_NOT_YET)
    set_open(ws, out, open);
  else
    value_name(ws, names.items.count ? names.items.at[answer == ANSWER_YES ? at : 0].host->raw : TEXT(""), out);
}

VALUE(RDNS) { UNUSED; value_rdns(ws, ws->linked->fields[insn->c], out); }

VALUE(RDNS_CONFIRMED) {
  UNUSED;
  struct gather names = {.ws = ws};
  struct addr client;
  if (known_fact(ws, ws->linked->fields[insn->c], out)) return;
  if (known_fact(ws, FIELD_CLIENT_RDNS, out)) {
    if (!out->known || out->host->props >> HOST_IS_EMPTY & 1) return;
    add(&names, *out);
    if (!know_client(&names, &client)) {
      set_open(ws, out, names.outcome);
      return;
    }
  } else if (!ptr_names(&names, &client, out)) {
    return;
  }
  size_t at;
  enum outcome open = OUTCOME_FOUND;
  enum answer_kind answer = find_confirmed(ws, names.items.at, names.items.count, client, &at, &open);
  if (answer >= ANSWER_NOT_YET)
    set_open(ws, out, open);
  else
    value_name(ws, answer == ANSWER_YES ? names.items.at[at].host->raw : TEXT(""), out);
}
