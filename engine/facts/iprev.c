/* Owns the result of the check `iprev` (RFC 8601 section 2.7.3) for a client, from the answers that there are.
 * Must never know: rules, or who asks DNS. */
#include "facts/iprev.h"

#include "facts/askable.h"

/* The names that count, in their compared form: the first few, bytewise. How many these are. */
static size_t least_names(const struct answer *ptr, struct text names[IPREV_NAMES_MAX], struct arena *arena) {
  size_t kept = 0;
  for (size_t i = 0; i < ptr->count; i++) {
    struct host host;
    if (!host_scan(&host, ptr->records[i].text, arena)) return 0;
    size_t at = kept;
    while (at > 0 && text_compare(names[at - 1], host.canonical) > 0) at--;
    if (at == IPREV_NAMES_MAX) continue;
    kept += kept < IPREV_NAMES_MAX;
    memmove(&names[at + 1], &names[at], (kept - 1 - at) * sizeof *names);
    names[at] = host.canonical;
  }
  return kept;
}

/* What a name that cannot be asked for is worth: it resolves to nothing. */
static enum iprev judge_unasked(struct text name, struct arena *arena) {
  struct host host;
  if (!host_scan(&host, name, arena)) return IPREV_NONE;
  return askable_name(&host) ? IPREV_NONE : IPREV_FAIL;
}

static enum iprev judge_outcome(enum outcome outcome) {
  if (outcome_known(outcome)) return IPREV_FAIL;
  return outcome_why(outcome) == WHY_FAILED ? IPREV_TEMPERROR : IPREV_NONE;
}

static enum iprev judge_name(const struct facts *facts, struct text name, struct addr client, struct arena *arena) {
  enum question type = client.family == 6 ? QUESTION_AAAA : QUESTION_A;
  const struct answer *answer = facts_look_up(facts, type, name, arena);
  if (!answer) return judge_unasked(name, arena);
  for (size_t i = 0; i < answer->count; i++)
    if (addr_eq(answer->records[i].address, client)) return IPREV_PASS;
  return judge_outcome(answer->outcome);
}

/* One name that passes is enough; else what is not known decides, and what may still come before what has failed. */
static enum iprev judge_names(const struct facts *facts, const struct answer *ptr, struct addr client,
                              struct arena *arena) {
  static const unsigned rank[] = {[IPREV_PASS] = 3, [IPREV_NONE] = 2, [IPREV_TEMPERROR] = 1, [IPREV_FAIL] = 0};
  struct text names[IPREV_NAMES_MAX];
  size_t count = least_names(ptr, names, arena);
  enum iprev result = IPREV_FAIL;
  for (size_t i = 0; i < count && result != IPREV_PASS; i++) {
    enum iprev one = judge_name(facts, names[i], client, arena);
    if (rank[one] > rank[result]) result = one;
  }
  return arena->failed ? IPREV_NONE : result;
}

enum iprev facts_iprev(const struct facts *facts, struct arena *arena) {
  const struct fact_value *ip = &facts->values[FIELD_CLIENT_IP];
  if (ip->state != FACT_KNOWN || !askable_address(ip->address)) return IPREV_NONE;
  struct buf name;
  buf_init(&name, facts->alloc);
  addr_reverse(&name, ip->address);
  struct text reverse = arena_text(arena, buf_view(&name));
  if (name.failed) arena->failed = true;
  buf_free(&name);
  const struct answer *ptr = arena->failed ? NULL : facts_look_up(facts, QUESTION_PTR, reverse, arena);
  if (!ptr) return IPREV_NONE;
  if (ptr->count > 0) return judge_names(facts, ptr, ip->address, arena);
  return outcome_known(ptr->outcome) ? IPREV_PERMERROR : judge_outcome(ptr->outcome);
}
