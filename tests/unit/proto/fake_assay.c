/* Owns a stand-in for the library's facts and verdict.
 * Must never know: any format. */
#include "fake_assay.h"

#include <stdio.h>
#include <string.h>

#define RANGE(id, least, most, words) static const char range_##id[] = words;
#include "facts/ranges.def"
#define FIELD(id, word, type, stage, doc, json, postfix, milter, header, range) \
  {word, ASSAY_TYPE_##type, #type, #stage, doc, json, postfix, milter, header, range_##range},
static const assay_fact_info facts_table[] = {
#include "facts/fields.def"
};

const assay_fact_info *assay_fact_at(size_t index) {
  return index < sizeof facts_table / sizeof *facts_table ? &facts_table[index] : NULL;
}

assay_status assay_fact_find(assay_fact *out, const char *name, size_t len) {
  const assay_fact_info *info;
  for (size_t i = 0; (info = assay_fact_at(i)); i++) {
    if (strlen(info->name) != len || memcmp(info->name, name, len) != 0) continue;
    *out = (assay_fact)i;
    return ASSAY_OK;
  }
  return ASSAY_NOT_FOUND;
}

const char *assay_status_text(assay_status status) {
  return status == ASSAY_OVER_LIMIT ? "over a limit" : "some status";
}

const char *assay_why_text(assay_why why) {
  static const char *const words[] = {"not yet", "failed", "never"};
  return words[why];
}

const char *assay_outcome_text(assay_outcome outcome) {
#define OUTCOME(id, word, known, why, told) word,
  static const char *const words[] = {
#include "facts/outcomes.def"
  };
  return words[outcome];
}

const char *assay_iprev_text(assay_iprev iprev) {
  static const char *const words[] = {"none", "pass", "fail", "temperror", "permerror"};
  return words[iprev];
}

const char *assay_action_text(assay_action action) {
  static const char *const words[] = {"accept", "tag", "greylist", "defer", "reject", "discard"};
  return words[action];
}

static void log_byte(assay_facts *facts, char byte) {
  if (facts->len + 1 < sizeof facts->log) facts->log[facts->len++] = byte;
  facts->log[facts->len] = 0;
}

static void log_text(assay_facts *facts, const char *bytes, size_t len) {
  static const char hex[] = "0123456789abcdef";
  for (size_t i = 0; i < len; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    bool plain = byte >= 0x20 && byte < 0x7f;
    if (plain) log_byte(facts, bytes[i]);
    if (plain) continue;
    char escaped[4] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    for (size_t k = 0; k < sizeof escaped; k++) log_byte(facts, escaped[k]);
  }
}

static bool is(const char *bytes, size_t len, const char *text) {
  return strlen(text) == len && memcmp(bytes, text, len) == 0;
}

static assay_status log_call(assay_facts *facts, const char *what, assay_fact fact, const char *bytes,
                             size_t len) {
  if (is(bytes, len, FAKE_BAD_VALUE)) return ASSAY_BAD_VALUE;
  if (is(bytes, len, FAKE_NO_MEMORY)) return ASSAY_NO_MEMORY;
  log_text(facts, what, strlen(what));
  log_byte(facts, ' ');
  log_text(facts, facts_table[fact].name, strlen(facts_table[fact].name));
  log_byte(facts, '=');
  log_text(facts, bytes, len);
  log_text(facts, "; ", 2);
  return ASSAY_OK;
}

void assay_facts_clear(assay_facts *facts) {
  facts->len = 0;
  facts->log[0] = 0;
}

assay_status assay_facts_set(assay_facts *facts, assay_fact fact, const char *bytes, size_t len) {
  return log_call(facts, "set", fact, bytes, len);
}

assay_status assay_facts_append(assay_facts *facts, assay_fact fact, const char *bytes, size_t len) {
  return log_call(facts, "append", fact, bytes, len);
}

assay_status assay_facts_set_int(assay_facts *facts, assay_fact fact, int64_t value) {
  char text[32];
  int len = snprintf(text, sizeof text, "%lld", (long long)value);
  return log_call(facts, "int", fact, text, (size_t)len);
}

assay_status assay_facts_set_bool(assay_facts *facts, assay_fact fact, bool value) {
  return log_call(facts, "bool", fact, value ? "true" : "false", value ? 4 : 5);
}

assay_status assay_facts_set_unknown(assay_facts *facts, assay_fact fact, assay_why why) {
  log_text(facts, assay_why_text(why), strlen(assay_why_text(why)));
  log_byte(facts, ' ');
  log_text(facts, facts_table[fact].name, strlen(facts_table[fact].name));
  log_text(facts, "; ", 2);
  return ASSAY_OK;
}

bool assay_ruleset_reads(const assay_ruleset *ruleset, assay_fact fact) {
  return ruleset->reads >> fact & 1;
}

int64_t assay_verdict_score(const assay_verdict *verdict) {
  return verdict->score;
}

int64_t assay_verdict_low(const assay_verdict *verdict) {
  return verdict->low;
}

int64_t assay_verdict_high(const assay_verdict *verdict) {
  return verdict->high;
}

assay_action assay_verdict_action(const assay_verdict *verdict) {
  return verdict->action;
}

bool assay_verdict_settled(const assay_verdict *verdict) {
  return verdict->settled;
}

const char *assay_verdict_reply(const assay_verdict *verdict) {
  return verdict->reply;
}

const char *assay_verdict_exempt(const assay_verdict *verdict) {
  return verdict->exempt;
}

const char *assay_verdict_exempt_describe(const assay_verdict *verdict) {
  return verdict->exempt_describe;
}

const char *assay_version(void) {
  return "0.1.0";
}

size_t assay_verdict_hit_count(const assay_verdict *verdict) {
  size_t count = 0;
  while (count < FAKE_MOST && verdict->hits[count].rule) count++;
  return count;
}

assay_status assay_verdict_hit_at(const assay_verdict *verdict, size_t index, assay_hit *out) {
  *out = verdict->hits[index];
  return ASSAY_OK;
}

size_t assay_verdict_unknown_count(const assay_verdict *verdict) {
  size_t count = 0;
  while (count < FAKE_MOST && verdict->unknown[count].rule) count++;
  return count;
}

assay_status assay_verdict_unknown_at(const assay_verdict *verdict, size_t index, assay_unknown *out) {
  *out = (assay_unknown){.rule = verdict->unknown[index].rule, .why = verdict->unknown[index].why};
  return ASSAY_OK;
}

const char *assay_verdict_wait_at(const assay_verdict *verdict, size_t unknown, size_t wait) {
  return wait < FAKE_MOST ? verdict->unknown[unknown].waits[wait] : NULL;
}

assay_outcome assay_verdict_wait_outcome(const assay_verdict *verdict, size_t unknown, size_t wait) {
  return verdict->unknown[unknown].outcomes[wait];
}
