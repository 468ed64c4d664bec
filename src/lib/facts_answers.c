/* Owns the public face of the answers that facts hold: taken as texts, as DNS gives them, or looked for at a host's.
 * Must never know: rules. */
#include "facts/host.h"
#include "facts/iprev.h"
#include "lib/handles.h"

_Static_assert((int)ASSAY_QUESTION_NS == (int)QUESTION_NS, "the questions differ");

/* A question's name in its compared form; an address becomes its reverse name. */
static assay_status question_name(struct facts *facts, assay_question_type type, struct text name, struct text *out) {
  struct addr addr;
  struct host host;
  if (type == ASSAY_QUESTION_PTR && addr_parse(&addr, name) == ADDR_OK) {
    struct buf reverse;
    buf_init(&reverse, facts->alloc);
    addr_reverse(&reverse, addr);
    *out = arena_text(&facts->arena, buf_view(&reverse));
    bool failed = reverse.failed;
    buf_free(&reverse);
    return failed || facts->arena.failed ? ASSAY_NO_MEMORY : ASSAY_OK;
  }
  if (!host_scan(&host, name, &facts->arena)) return ASSAY_NO_MEMORY;
  *out = host.canonical;
  return ASSAY_OK;
}

/* An AAAA record may hold an IPv4 address, mapped (RFC 4291, section 2.5.5.2): how it is written tells its type. */
static assay_status parse_record(assay_question_type type, struct text text, struct record *out) {
  bool v6 = memchr(text.ptr, ':', text.len);
  out->text = text;
  if (type != ASSAY_QUESTION_A && type != ASSAY_QUESTION_AAAA) return ASSAY_OK;
  if (v6 != (type == ASSAY_QUESTION_AAAA)) return ASSAY_BAD_VALUE;
  return addr_parse(&out->address, text) == ADDR_OK ? ASSAY_OK : ASSAY_BAD_VALUE;
}

static bool records_ok(const char *const *records, const size_t *record_lens, size_t count) {
  if (count && (!records || !record_lens)) return false;
  for (size_t i = 0; i < count; i++)
    if (!records[i] && record_lens[i]) return false;
  return true;
}

assay_status assay_facts_answer(assay_facts *facts, assay_question_type type, const char *name, size_t name_len,
                                const char *const *records, const size_t *record_lens, size_t count) {
  if (!facts || !name || (unsigned)type >= QUESTION_COUNT || !records_ok(records, record_lens, count))
    return ASSAY_BAD_ARGUMENT;
  struct text canonical;
  assay_status status = question_name(facts_ready(facts), type, text_of(name, name_len), &canonical);
  struct record *parsed = arena_array(&facts->facts->arena, count, sizeof *parsed);
  if (!parsed) status = ASSAY_NO_MEMORY;
  for (size_t i = 0; i < count && status == ASSAY_OK; i++)
    status = parse_record(type, text_of(records[i] ? records[i] : "", record_lens[i]), &parsed[i]);
  if (status != ASSAY_OK) return status;
  enum outcome outcome = count ? OUTCOME_FOUND : OUTCOME_NODATA;
  return facts_answer(facts->facts, (enum question)type, canonical, outcome, parsed, count);
}

assay_status assay_facts_answer_unknown(assay_facts *facts, assay_question_type type, const char *name, size_t name_len,
                                        assay_why why) {
  if (!facts || !name || (unsigned)type >= QUESTION_COUNT || (unsigned)why > ASSAY_NEVER) return ASSAY_BAD_ARGUMENT;
  struct text canonical;
  assay_status status = question_name(facts_ready(facts), type, text_of(name, name_len), &canonical);
  if (status != ASSAY_OK) return status;
  return facts_answer(facts->facts, (enum question)type, canonical, outcome_of_why((enum why)why), NULL, 0);
}

/* --- answers as they come from DNS --- */

static assay_status read_record(assay_question_type type, const assay_record *in, struct record *out) {
  size_t address = type == ASSAY_QUESTION_A ? 4 : type == ASSAY_QUESTION_AAAA ? 16 : 0;
  if (!in->bytes && in->len) return ASSAY_BAD_ARGUMENT;
  out->text = text_of(in->bytes ? in->bytes : "", in->len);
  if (!address) return ASSAY_OK;
  return in->len == address && addr_read(&out->address, in->bytes, in->len) ? ASSAY_OK : ASSAY_BAD_VALUE;
}

/* The answer as the engine has it, in the arena; the bytes of names and texts stay where they are. */
static assay_status read_answer(struct answer *out, assay_question_type type, const assay_answer *in,
                                struct arena *arena) {
  size_t count = in->outcome == ASSAY_OUTCOME_FOUND ? in->count : 0;
  if ((unsigned)in->outcome > ASSAY_OUTCOME_NEVER || (count && !in->records)) return ASSAY_BAD_ARGUMENT;
  struct record *records = arena_array(arena, count, sizeof *records);
  if (!records) return ASSAY_NO_MEMORY;
  assay_status status = ASSAY_OK;
  for (size_t i = 0; i < count && status == ASSAY_OK; i++) status = read_record(type, &in->records[i], &records[i]);
  out->outcome = in->outcome == ASSAY_OUTCOME_FOUND && !count ? OUTCOME_NODATA : (enum outcome)in->outcome;
  out->records = records;
  out->count = count;
  return status;
}

assay_status assay_facts_take_answer(assay_facts *facts, assay_question_type type, const char *name, size_t name_len,
                                     const assay_answer *answer) {
  struct text canonical;
  struct answer taken;
  if (!facts || !name || !answer || (unsigned)type >= QUESTION_COUNT) return ASSAY_BAD_ARGUMENT;
  assay_status status = read_answer(&taken, type, answer, &facts_ready(facts)->arena);
  if (status == ASSAY_OK) status = question_name(facts->facts, type, text_of(name, name_len), &canonical);
  if (status != ASSAY_OK) return status;
  return facts_answer(facts->facts, (enum question)type, canonical, taken.outcome, taken.records, taken.count);
}

/* What a host's function says against its contract makes no sense as an answer either. */
static bool find_answer(void *user, enum question type, struct text name, struct arena *arena, struct answer *out) {
  const assay_facts *facts = user;
  assay_answer found = {ASSAY_OUTCOME_NEVER, NULL, 0};
  if (!facts->find(facts->find_user, (assay_question_type)type, name.ptr, name.len, &found)) return false;
  if (read_answer(out, (assay_question_type)type, &found, arena) == ASSAY_OK) return true;
  out->outcome = OUTCOME_MALFORMED;
  out->count = 0;
  return true;
}

void assay_facts_answers_from(assay_facts *facts, assay_answers_fn find, void *user) {
  if (!facts) return;
  facts->find = find;
  facts->find_user = user;
  facts->facts->source = find ? find_answer : NULL;
  facts->facts->source_user = facts;
}

/* --- what they come to --- */

_Static_assert((int)ASSAY_IPREV_PERMERROR == (int)IPREV_PERMERROR, "the results differ");

assay_iprev assay_facts_iprev(const assay_facts *facts) {
  if (!facts || !facts->facts) return ASSAY_IPREV_NONE;
  struct arena arena;
  arena_init(&arena, facts->facts->alloc, SIZE_MAX);
  enum iprev iprev = facts_iprev(facts->facts, &arena);
  arena_free(&arena);
  return (assay_iprev)iprev;
}
