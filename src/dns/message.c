/* Owns reading a DNS response: the records that answer the question, or what is wrong, and how long that holds.
 * Must never know: sockets, c-ares, or a cache. */
#include "dns/message.h"

#include <stdlib.h>

#include "dns/name.h"

/* RFC 1035 sections 3.2.2 and 4.1.1; AAAA: RFC 3596; OPT: RFC 6891 */
enum {
  TYPE_A = 1,
  TYPE_NS = 2,
  TYPE_CNAME = 5,
  TYPE_SOA = 6,
  TYPE_PTR = 12,
  TYPE_MX = 15,
  TYPE_TXT = 16,
  TYPE_AAAA = 28,
  TYPE_OPT = 41
};
enum { CLASS_IN = 1, HEADER = 12, SOA_NUMBERS = 20 };
enum { FLAG_QR = 0x8000, FLAG_AA = 0x0400, FLAG_TC = 0x0200, FLAG_RA = 0x0080 };
enum { MASK_OPCODE = 0x7800, MASK_RCODE = 0x000F };
enum { NOERROR = 0, FORMERR = 1, SERVFAIL = 2, NXDOMAIN = 3, NOTIMP = 4, REFUSED = 5 };

struct rr {
  size_t name, data; /* where they begin */
  uint64_t owner;    /* hash of the name */
  uint16_t type, class, len;
  uint32_t ttl;
};

struct reader {
  struct message message;
  struct arena *arena;
  uint16_t flags;
  struct rr *answers, *authorities;
  size_t answer_count, authority_count;
  assay_question_type question;
  struct text target; /* the end of the chain so far */
  uint64_t target_hash;
  unsigned followed; /* CNAME records */
  uint32_t ttl;       /* the least along it */
};

/* --- the message as records --- */

static uint16_t read_16(const struct message *message, size_t at) {
  return (uint16_t)(message->bytes[at] << 8 | message->bytes[at + 1]);
}

static uint32_t read_32(const struct message *message, size_t at) {
  return (uint32_t)read_16(message, at) << 16 | read_16(message, at + 2);
}

/* Of a name whose letters' case does not count. A long message is gone through once a name of the chain, so names are
 * compared by this before they are spelt out again. */
static uint64_t hash_name(struct text name) {
  char lower[NAME_TEXT_MAX];
  for (size_t i = 0; i < name.len; i++) lower[i] = ascii_lower(name.ptr[i]);
  return text_hash(text_of(lower, name.len));
}

/* A record whose name cannot be read might be the very one that was asked for: with it, there is no answer at all. */
static bool read_rr(const struct message *message, size_t *at, struct rr *rr) {
  enum { FIXED = 10 };
  char owner[NAME_TEXT_MAX];
  size_t len;
  rr->name = *at;
  if (!name_read(owner, &len, message, at) || message->len - *at < FIXED) return false;
  rr->owner = hash_name(text_of(owner, len));
  rr->type = read_16(message, *at);
  rr->class = read_16(message, *at + 2);
  rr->ttl = read_32(message, *at + 4);
  rr->len = read_16(message, *at + 8);
  if (rr->ttl > INT32_MAX && rr->type != TYPE_OPT) rr->ttl = 0; /* RFC 2181 section 8 */
  *at += FIXED;
  rr->data = *at;
  if (message->len - *at < rr->len) return false;
  *at += rr->len;
  return true;
}

/* Room grows with what is there, not with what the header says. */
static bool read_section(struct reader *reader, size_t count, size_t *at, struct rr **out) {
  VEC(struct rr) rows = {0};
  for (size_t i = 0; i < count; i++) {
    struct rr rr;
    if (!read_rr(&reader->message, at, &rr)) return false;
    struct rr *row = vec_add(reader->arena, &rows);
    if (!row) return false;
    *row = rr;
  }
  *out = rows.at;
  return true;
}

/* The upper bits of a response code stand in the OPT record (RFC 6891 section 6.1.3). */
static bool read_extended_rcode(struct reader *reader, size_t count, size_t *at, bool *extended) {
  for (size_t i = 0; i < count; i++) {
    struct rr rr;
    if (!read_rr(&reader->message, at, &rr)) return false;
    if (rr.type == TYPE_OPT && rr.ttl >> 24 != 0) *extended = true;
  }
  return true;
}

/* --- names --- */

static void set_target(struct reader *reader, struct text name) {
  reader->target = name;
  reader->target_hash = hash_name(name);
}

static bool is_target(const struct reader *reader, size_t at) {
  char text[NAME_TEXT_MAX];
  size_t len;
  return name_read(text, &len, &reader->message, &at) && text_eq_nocase(text_of(text, len), reader->target);
}

/* The name that fills the data of a record from `at` on; NULL bytes when it does not, or memory is out. */
static struct text data_name(struct reader *reader, const struct rr *rr, size_t at) {
  char text[NAME_TEXT_MAX];
  size_t len, end = rr->data + rr->len;
  if (at >= end || !name_read(text, &len, &reader->message, &at) || at != end) return text_of(NULL, 0);
  struct text copy = arena_text(reader->arena, text_of(text, len));
  return reader->arena->failed ? text_of(NULL, 0) : copy;
}

/* --- the data of records --- */

struct item {
  uint16_t preference; /* of MX; else 0 */
  assay_record record;
};

static bool take_bytes(struct reader *reader, const struct rr *rr, size_t len, struct item *out) {
  if (rr->len != len) return false;
  out->record = (assay_record){(const char *)reader->message.bytes + rr->data, len};
  return true;
}

static bool take_a(struct reader *reader, const struct rr *rr, struct item *out) {
  return take_bytes(reader, rr, 4, out);
}

static bool take_aaaa(struct reader *reader, const struct rr *rr, struct item *out) {
  return take_bytes(reader, rr, 16, out);
}

static bool take_name(struct reader *reader, const struct rr *rr, struct item *out) {
  struct text name = data_name(reader, rr, rr->data);
  out->record = (assay_record){name.ptr, name.len};
  return name.ptr != NULL;
}

static bool take_mx(struct reader *reader, const struct rr *rr, struct item *out) {
  if (rr->len < 3) return false;
  struct text name = data_name(reader, rr, rr->data + 2);
  out->preference = read_16(&reader->message, rr->data);
  out->record = (assay_record){name.ptr, name.len};
  return name.ptr != NULL;
}

static bool take_txt(struct reader *reader, const struct rr *rr, struct item *out) {
  const uint8_t *from = reader->message.bytes + rr->data;
  char *text = arena_new(reader->arena, (size_t)rr->len + 1);
  size_t len = 0;
  if (!text || rr->len == 0) return false;
  for (size_t at = 0; at < rr->len;) {
    size_t string = from[at++];
    if (string > rr->len - at) return false;
    memcpy(text + len, from + at, string);
    len += string;
    at += string;
  }
  out->record = (assay_record){text, len};
  return true;
}

/* By assay_question_type. */
static const struct {
  uint16_t type;
  bool (*take)(struct reader *reader, const struct rr *rr, struct item *out);
} kinds[] = {{TYPE_A, take_a},   {TYPE_AAAA, take_aaaa}, {TYPE_PTR, take_name},
             {TYPE_MX, take_mx}, {TYPE_TXT, take_txt},   {TYPE_NS, take_name}};

static int compare_items(const void *left, const void *right) {
  const struct item *a = left, *b = right;
  if (a->preference != b->preference) return a->preference < b->preference ? -1 : 1;
  return text_compare(text_of(a->record.bytes, a->record.len), text_of(b->record.bytes, b->record.len));
}

/* --- the chain --- */

enum found { NOTHING, RECORDS, ALIAS, BROKEN };

static bool stands_at_target(const struct reader *reader, const struct rr *rr, uint16_t type) {
  return rr->type == type && rr->class == CLASS_IN && rr->owner == reader->target_hash && is_target(reader, rr->name);
}

static void note_ttl(struct reader *reader, uint32_t ttl) {
  if (ttl < reader->ttl) reader->ttl = ttl;
}

/* The records of the type at the target, sorted, each once. */
static enum found collect(struct reader *reader, struct dns_reply *out) {
  struct item *items = arena_array(reader->arena, reader->answer_count, sizeof *items);
  size_t count = 0;
  if (!items) return BROKEN;
  for (size_t i = 0; i < reader->answer_count; i++) {
    const struct rr *rr = &reader->answers[i];
    if (!stands_at_target(reader, rr, kinds[reader->question].type)) continue;
    if (!kinds[reader->question].take(reader, rr, &items[count++])) return BROKEN;
    note_ttl(reader, rr->ttl);
  }
  if (count == 0) return NOTHING;
  qsort(items, count, sizeof *items, compare_items);
  out->records = arena_array(reader->arena, count < DNS_RECORDS_MAX ? count : DNS_RECORDS_MAX, sizeof *out->records);
  if (!out->records) return BROKEN;
  for (size_t i = 0; i < count && out->count < DNS_RECORDS_MAX; i++)
    if (i == 0 || compare_items(&items[i - 1], &items[i]) != 0) out->records[out->count++] = items[i].record;
  return RECORDS;
}

static enum found follow_alias(struct reader *reader) {
  for (size_t i = 0; i < reader->answer_count; i++) {
    const struct rr *rr = &reader->answers[i];
    if (!stands_at_target(reader, rr, TYPE_CNAME)) continue;
    struct text target = data_name(reader, rr, rr->data);
    if (!target.ptr) return BROKEN;
    set_target(reader, target);
    note_ttl(reader, rr->ttl);
    return ALIAS;
  }
  return NOTHING;
}

/* A circle is a chain that is too long. */
static enum found walk_chain(struct reader *reader, struct dns_reply *out) {
  for (;; reader->followed++) {
    enum found found = collect(reader, out);
    if (found == NOTHING) found = follow_alias(reader);
    if (found != ALIAS) return found;
    if (reader->followed == DNS_CHAIN_MAX) return BROKEN;
  }
}

/* --- that there is nothing --- */

static bool is_below(struct text name, struct text zone) {
  if (zone.len == 0) return true;
  if (name.len < zone.len) return false;
  struct text tail = text_of(name.ptr + name.len - zone.len, zone.len);
  return text_eq_nocase(tail, zone) && (name.len == zone.len || name.ptr[name.len - zone.len - 1] == '.');
}

/* How long there will be nothing, by the zone's SOA record (RFC 2308 sections 3 and 5). */
static bool read_soa(struct reader *reader, const struct rr *rr) {
  char zone[NAME_TEXT_MAX];
  size_t len, name = rr->name, at = rr->data, end = rr->data + rr->len;
  if (!name_read(zone, &len, &reader->message, &name) || !is_below(reader->target, text_of(zone, len))) return false;
  if (!name_skip(&reader->message, &at) || !name_skip(&reader->message, &at)) return false;
  if (at > end || end - at != SOA_NUMBERS) return false;
  note_ttl(reader, rr->ttl);
  note_ttl(reader, read_32(&reader->message, end - 4));
  return true;
}

/* Whether all that it says is about other names. */
static bool is_beside_the_point(const struct reader *reader) {
  if (reader->followed > 0 || (reader->flags & MASK_RCODE) == NXDOMAIN) return false;
  for (size_t i = 0; i < reader->answer_count; i++)
    if (reader->answers[i].owner == reader->target_hash) return false;
  return reader->answer_count > 0;
}

/* A server that knows says so by a SOA record, or by nothing at all; one that names other servers only does not know
 * (RFC 2308 section 2.2), nor does one that neither is the authority nor asks others, or speaks of something else. */
static assay_outcome judge_nothing(struct reader *reader, struct dns_reply *out) {
  bool referral = false;
  for (size_t i = 0; i < reader->authority_count; i++) {
    const struct rr *rr = &reader->authorities[i];
    if (rr->class != CLASS_IN) continue;
    if (rr->type == TYPE_SOA && read_soa(reader, rr)) out->keep = true;
    if (rr->type == TYPE_NS) referral = true;
  }
  bool lame = !out->keep && (referral || !(reader->flags & (FLAG_AA | FLAG_RA)) || is_beside_the_point(reader));
  if (lame) return ASSAY_OUTCOME_MALFORMED;
  return (reader->flags & MASK_RCODE) == NXDOMAIN ? ASSAY_OUTCOME_NXDOMAIN : ASSAY_OUTCOME_NODATA;
}

/* --- all of it --- */

/* Response codes that are no answer; a server that cannot do what is asked will not. */
static assay_outcome failure(uint16_t flags, bool extended) {
  static const assay_outcome outcomes[] = {[FORMERR] = ASSAY_OUTCOME_MALFORMED,
                                           [SERVFAIL] = ASSAY_OUTCOME_SERVFAIL,
                                           [NOTIMP] = ASSAY_OUTCOME_REFUSED,
                                           [REFUSED] = ASSAY_OUTCOME_REFUSED};
  unsigned rcode = flags & MASK_RCODE;
  if (extended || rcode >= sizeof outcomes / sizeof *outcomes) return ASSAY_OUTCOME_SERVFAIL;
  return outcomes[rcode];
}

/* Whether it is a whole response to this very question; *at is then behind the question. */
static bool is_response(struct reader *reader, size_t *at) {
  const struct message *message = &reader->message;
  if (message->len < HEADER) return false;
  reader->flags = read_16(message, 2);
  if (!(reader->flags & FLAG_QR) || reader->flags & (MASK_OPCODE | FLAG_TC) || read_16(message, 4) != 1) return false;
  *at = HEADER;
  if (!is_target(reader, *at) || !name_skip(message, at) || message->len - *at < 4) return false;
  *at += 4;
  return read_16(message, *at - 4) == kinds[reader->question].type && read_16(message, *at - 2) == CLASS_IN;
}

static assay_outcome read_response(struct reader *reader, struct dns_reply *out) {
  const struct message *message = &reader->message;
  bool extended = false;
  size_t at;
  if (!is_response(reader, &at)) return ASSAY_OUTCOME_MALFORMED;
  reader->answer_count = read_16(message, 6);
  reader->authority_count = read_16(message, 8);
  if (!read_section(reader, reader->answer_count, &at, &reader->answers) ||
      !read_section(reader, reader->authority_count, &at, &reader->authorities) ||
      !read_extended_rcode(reader, read_16(message, 10), &at, &extended))
    return ASSAY_OUTCOME_MALFORMED;
  unsigned rcode = reader->flags & MASK_RCODE;
  if (extended || (rcode != NOERROR && rcode != NXDOMAIN)) return failure(reader->flags, extended);
  enum found found = walk_chain(reader, out);
  if (found == NOTHING) return judge_nothing(reader, out);
  if (found == BROKEN || rcode == NXDOMAIN) return ASSAY_OUTCOME_MALFORMED;
  out->keep = true;
  return ASSAY_OUTCOME_FOUND;
}

assay_status dns_read(struct dns_reply *out, struct arena *arena, const uint8_t *message, size_t len,
                      assay_question_type type, struct text name) {
  struct reader reader = {.message = {message, len}, .arena = arena, .question = type, .ttl = INT32_MAX};
  struct dns_reply reply = {0};
  set_target(&reader, name);
  reply.outcome = read_response(&reader, &reply);
  bool found = reply.outcome == ASSAY_OUTCOME_FOUND, known = reply.outcome <= ASSAY_OUTCOME_NXDOMAIN;
  if (arena->failed) return ASSAY_NO_MEMORY;
  *out = (struct dns_reply){.outcome = reply.outcome,
                            .ttl = known && reply.keep ? reader.ttl : 0,
                            .keep = known && reply.keep,
                            .records = found ? reply.records : NULL,
                            .count = found ? reply.count : 0};
  return ASSAY_OK;
}
