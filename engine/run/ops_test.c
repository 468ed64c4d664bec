/* Owns the TEST instructions: one question about known operands, answered yes or no.
 * Must never know: planes, units, or which rule asks. */
#include "run/ops.h"
#include "run/strfn.h"

#define TEST(id)                                                                                \
  enum answer_kind test_##id(struct workspace *ws, const struct insn *insn, const struct value *a, \
                             const struct value *b)
#define UNUSED (void)ws, (void)insn, (void)a, (void)b
#define SIMPLE(id, condition) \
  TEST(id) {                  \
    UNUSED;                   \
    return (condition) ? ANSWER_YES : ANSWER_NO; \
  }

SIMPLE(EQ_INT, a->number == b->number)
SIMPLE(LT_INT, a->number < b->number)
SIMPLE(LE_INT, a->number <= b->number)
SIMPLE(EQ_REAL, !(a->real < b->real) && !(a->real > b->real))
SIMPLE(LT_REAL, a->real < b->real)
SIMPLE(LE_REAL, a->real <= b->real)
SIMPLE(EQ_STRING, text_eq(a->text, b->text))
SIMPLE(EQ_NAME, host_eq(a->host, b->host))
SIMPLE(EQ_ADDRESS, addr_eq(a->addr, b->addr))
SIMPLE(EQ_MAILBOX, text_eq(a->text, b->text))
/* A name with such a fault belongs to no domain: what stands before the dot is not a label of its owner's choice. */
static bool sound(const struct host *host) {
  return !(host->props & (1u << HOST_HAS_BAD_CHAR | 1u << HOST_HAS_SPACE | 1u << HOST_LEADING_DOT |
                          1u << HOST_EMPTY_LABEL));
}

SIMPLE(UNDER, sound(a->host) && host_under(a->host, b->host))
SIMPLE(NAME_PROP, a->host->props >> insn->c & 1)
SIMPLE(ADDRESS_PROP, addr_props(a->addr) >> insn->c & 1)
SIMPLE(IN_STRINGS, a->text.len && text_table_has(ws->linked->sets[insn->c].texts, a->text))
SIMPLE(IN_NETWORKS, a->addr.family && net_table_has(ws->linked->sets[insn->c].networks, a->addr))
SIMPLE(CONTAINS, text_find(a->text, b->text) != SIZE_MAX)
SIMPLE(STARTS_WITH, text_starts(a->text, b->text))
SIMPLE(ENDS_WITH, text_ends(a->text, b->text))
SIMPLE(GLOB, strfn_glob(a->text, b->text))
SIMPLE(HAS_BIT, addr_bit(a->addr, b->number))

/* The names of a set are in their compared form, so the compared form is what is looked up. */
SIMPLE(IN_NAMES, a->host->canonical.len && text_table_has(ws->linked->sets[insn->c].texts, a->host->canonical))

/* An address is under nothing but itself. */
static bool under_set(const struct text_table *table, const struct host *host) {
  uint32_t whole = 1u << HOST_IS_ADDRESS | 1u << HOST_IS_LITERAL | 1u << HOST_IS_BAD_LITERAL;
  if (!sound(host)) return false;
  if (host->props & whole) return text_table_has(table, host->canonical);
  return text_table_has_suffix(table, host->canonical);
}

SIMPLE(UNDER_NAMES, under_set(ws->linked->sets[insn->c].texts, a->host))

static bool mailbox_in(const struct linked_set *set, struct text mailbox) {
  if (mailbox.len == 0) return false;
  struct text domain = mailbox_domain(mailbox);
  return text_table_has(set->texts, mailbox) || (domain.len && text_table_has(set->domains, domain)) ||
         text_table_has(set->locals, mailbox_local(mailbox));
}

SIMPLE(IN_MAILBOXES, mailbox_in(&ws->linked->sets[insn->c], a->text))

TEST(TRUTH) {
  UNUSED;
  enum value_type type = ws->linked->program->slots[insn->a];
  if (insn->each & 1) type = type_element(type);
  switch (type) {
    case TYPE_BOOL:
    case TYPE_INT: return a->number != 0 ? ANSWER_YES : ANSWER_NO;
    case TYPE_REAL: return a->real > 0 || a->real < 0 ? ANSWER_YES : ANSWER_NO;
    case TYPE_STRING:
    case TYPE_MAILBOX: return a->text.len ? ANSWER_YES : ANSWER_NO;
    case TYPE_NAME: return a->host->props >> HOST_IS_EMPTY & 1 ? ANSWER_NO : ANSWER_YES;
    case TYPE_ADDRESS: return a->addr.family ? ANSWER_YES : ANSWER_NO;
    default: break;
  }
  if (a->count) return ANSWER_YES;
  return a->partial ? answer_unknown(value_why(a)) : ANSWER_NO;
}

TEST(TLD_KNOWN) {
  UNUSED;
  host_find_tld(a->host, ws->domain);
  return a->host->tld_known ? ANSWER_YES : ANSWER_NO;
}

SIMPLE(HAS_ORG, host_has_org(a->host, ws->domain))

TEST(SAME_ORG) {
  UNUSED;
  if (!host_may_share_org(a->host, b->host)) return ANSWER_NO;
  host_find_org(a->host, ws->domain);
  host_find_org(b->host, ws->domain);
  return host_same_org(a->host, b->host) ? ANSWER_YES : ANSWER_NO;
}

/* What this test has answered about the same operands before, or NULL: HELO and the reverse name are often one. */
static const struct found *found_before(const struct workspace *ws, const struct insn *insn, struct text text,
                                        struct addr addr) {
  for (size_t i = 0; i < ws->found_count; i++) {
    const struct found *found = &ws->found[i];
    if (found->op != insn->op || found->c != insn->c || !text_eq(found->text, text)) continue;
    if (addr_eq(found->addr, addr)) return found;
  }
  return NULL;
}

static enum answer_kind keep_found(struct workspace *ws, struct found found) {
  if (ws->found_count < FOUND_MAX) ws->found[ws->found_count++] = found;
  return found.answer;
}

TEST(EMBEDS_ADDRESS) {
  struct text name = a->host->canonical;
  const struct found *found = found_before(ws, insn, name, b->addr);
  if (found) return found->answer;
  enum answer_kind answer = strfn_embeds_address(name, b->addr) ? ANSWER_YES : ANSWER_NO;
  return keep_found(ws, (struct found){insn->op, insn->c, name, b->addr, answer});
}

/* Several patterns: one that matches decides, whatever another one ran into. */
static enum answer_kind match_set(struct workspace *ws, const struct linked_set *set, struct text text) {
  enum answer_kind answer = ANSWER_NO;
  bool no_memory = false;
  for (uint32_t i = 0; i < set->pattern_count; i++) {
    enum pattern_answer match = pattern_match(set->patterns[i], text, ws->patterns);
    if (match == PATTERN_YES) return ANSWER_YES;
    if (match != PATTERN_NO) answer = ANSWER_FAILED;
    no_memory |= match == PATTERN_NO_MEMORY;
  }
  ws->failed |= no_memory;
  return answer;
}

TEST(MATCH) {
  UNUSED;
  struct addr none = {.family = 0};
  const struct found *found = found_before(ws, insn, a->text, none);
  if (found) return found->answer;
  enum answer_kind answer = match_set(ws, &ws->linked->sets[insn->c], a->text);
  return keep_found(ws, (struct found){insn->op, insn->c, a->text, none, answer});
}

TEST(FORGED) {
  UNUSED;
  const struct map *map = &ws->linked->program->maps[insn->c];
  for (uint32_t i = 0; i < map->count; i++) {
    const struct map_entry *entry = &map->entries[i];
    if (!strfn_has_piece(a->host->canonical, entry->key)) continue;
    if (!under_set(ws->linked->sets[entry->set].texts, a->host)) return ANSWER_YES;
  }
  return ANSWER_NO;
}

/* The tables of bits are set by the run loop through op_bits; these rows only keep the table complete. */
SIMPLE(NAME_BITS, a->host->props != 0)
SIMPLE(ADDRESS_BITS, addr_props(a->addr) != 0)

uint32_t op_bits(const struct insn *insn, const struct value *a) {
  return insn->op == OP_NAME_BITS ? a->host->props : addr_props(a->addr);
}
