/* Owns the VALUE instructions that need no answer from DNS.
 * Must never know: planes, units, or which rule asks. */
#include "base/num.h"
#include "run/ops.h"
#include "run/strfn.h"

/* A name that was scanned before, or NULL. */
static struct host *scanned_before(const struct workspace *ws, struct text raw) {
  for (size_t i = 0; i < ws->scanned_count; i++)
    if (text_eq(ws->scanned[i]->raw, raw)) return ws->scanned[i];
  return NULL;
}

static struct host *scan(struct workspace *ws, struct text raw) {
  struct host *host = arena_new(&ws->arena, sizeof *host);
  if (!host || !host_scan(host, raw, &ws->arena)) return NULL;
  if (ws->scanned_count < SCANNED_MAX) ws->scanned[ws->scanned_count++] = host;
  return host;
}

void value_name(struct workspace *ws, struct text raw, struct value *out) {
  *out = (struct value){.known = 1, .host = scanned_before(ws, raw)};
  if (!out->host) out->host = scan(ws, raw);
  if (out->host) return;
  ws->failed = true;
  *out = value_unknown(OUTCOME_FAILED);
}

struct text value_reverse_name(struct workspace *ws, struct addr addr) {
  buf_clear(&ws->text);
  addr_reverse(&ws->text, addr);
  struct text text = arena_text(&ws->arena, buf_view(&ws->text));
  ws->failed |= ws->text.failed || ws->arena.failed;
  return text;
}

static void fact_list(struct workspace *ws, const struct fact_value *fact, struct value *out) {
  struct value *items = arena_array(&ws->arena, fact->list.count, sizeof *items);
  if (!items) {
    ws->failed = true;
    *out = value_unknown(OUTCOME_FAILED);
    return;
  }
  for (size_t i = 0; i < fact->list.count; i++) items[i] = (struct value){.known = 1, .text = fact->list.at[i]};
  *out = (struct value){.known = 1, .count = (uint32_t)fact->list.count, .items = items};
}

void value_FACT(struct workspace *ws, const struct insn *insn, const struct value *a, const struct value *b,
                struct value *out) {
  (void)a, (void)b;
  unsigned field = ws->linked->fields[insn->c];
  const struct fact_value *fact = &ws->facts->values[field];
  if (fact->state != FACT_KNOWN) {
    *out = value_unknown(facts_outcome(ws->facts, fact));
    return;
  }
  *out = (struct value){.known = 1};
  switch (vocabulary_fact(ws->facts->vocabulary, field)->type) {
    case FIELD_BOOL:
    case FIELD_INT: out->number = fact->number; break;
    case FIELD_STRING:
    case FIELD_MAILBOX: out->text = fact->text; break;
    case FIELD_NAME: value_name(ws, fact->text, out); break;
    case FIELD_ADDRESS: out->addr = fact->address; break;
    case FIELD_MAILBOX_LIST: fact_list(ws, fact, out); break;
  }
}

#define VALUE(id)                                                                                             \
  void value_##id(struct workspace *ws, const struct insn *insn, const struct value *a, const struct value *b, \
                  struct value *out)
#define UNUSED (void)ws, (void)insn, (void)a, (void)b

static void set_int(struct value *out, int64_t number) {
  *out = (struct value){.known = 1, .number = number};
}

static void set_text(struct value *out, struct text text) {
  *out = (struct value){.known = 1, .text = text};
}

VALUE(ADD) { UNUSED; set_int(out, num_sat_add(a->number, b->number)); }
VALUE(SUB) { UNUSED; set_int(out, num_sat_sub(a->number, b->number)); }
VALUE(MUL) { UNUSED; set_int(out, num_sat_mul(a->number, b->number)); }
VALUE(NEG) { UNUSED; set_int(out, num_sat_neg(a->number)); }
VALUE(NAME_TEXT) { UNUSED; set_text(out, a->host->canonical); }
VALUE(NAME_RAW) { UNUSED; set_text(out, a->host->raw); }
VALUE(NAME_LABELS) { UNUSED; set_int(out, a->host->label_count); }
VALUE(NAME_LABEL) { UNUSED; value_name(ws, host_label(a->host, (int32_t)insn->c), out); }
VALUE(NAME_TLD) { UNUSED; value_name(ws, host_tld(a->host), out); }
VALUE(MAILBOX_TEXT) { UNUSED; set_text(out, a->text); }
VALUE(MAILBOX_LOCAL) { UNUSED; set_text(out, mailbox_local(a->text)); }
VALUE(MAILBOX_DOMAIN) { UNUSED; value_name(ws, mailbox_domain(a->text), out); }
VALUE(LENGTH) { UNUSED; set_int(out, (int64_t)a->text.len); }
VALUE(DIGITS) { UNUSED; set_int(out, strfn_digits(a->text)); }
VALUE(EDIT_DISTANCE) { UNUSED; set_int(out, strfn_edit_distance(a->text, b->text)); }

VALUE(LIST_LENGTH) {
  UNUSED;
  set_int(out, a->count);
  if (a->partial) *out = value_unknown((enum outcome)a->outcome);
}

VALUE(NAME_ORG) {
  UNUSED;
  host_find_org(a->host, ws->domain);
  value_name(ws, a->host->org, out);
}

VALUE(NAME_ADDRESS) {
  UNUSED;
  *out = (struct value){.known = 1, .addr = a->host->address};
}

VALUE(ENTROPY) {
  UNUSED;
  *out = (struct value){.known = 1, .real = strfn_entropy(a->text)};
}

VALUE(ADDRESS_REVERSE) {
  UNUSED;
  value_name(ws, value_reverse_name(ws, a->addr), out);
}

VALUE(LOWER) {
  UNUSED;
  char *bytes = arena_new(&ws->arena, a->text.len + 1);
  ws->failed |= !bytes;
  for (size_t i = 0; bytes && i < a->text.len; i++) bytes[i] = ascii_lower(a->text.ptr[i]);
  set_text(out, bytes ? text_of(bytes, a->text.len) : TEXT(""));
}
