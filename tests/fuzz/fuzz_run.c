/* Fuzzes the run-time half. An input that begins with an even byte damages a program of all instructions and says the facts:
 * what the verifier passes must run. An odd one is rule text, a NUL, and facts for it. */
#include <assay/assay.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "program/disasm.h"
#include "run/verdict.h"
#include "support/damage.h"
#include "support/facts.h"
#include "support/sample.h"

static uint8_t take(struct text *rest) {
  if (rest->len == 0) return 0;
  uint8_t byte = (uint8_t)*rest->ptr;
  *rest = text_of(rest->ptr + 1, rest->len - 1);
  return byte;
}

static struct text take_text(struct text *rest) {
  size_t len = take(rest) % 64;
  if (len > rest->len) len = rest->len;
  struct text text = text_of(rest->ptr, len);
  *rest = text_of(rest->ptr + len, rest->len - len);
  return text;
}

/* --- a damaged program --- */

static void take_answer(struct facts *facts, struct text *rest) {
  static const char *const names[] = {"mail.bank.example",     "mx1.isp.test",           "9.2.0.192.in-addr.arpa",
                                      "9.2.0.192.zen.example", "9.2.0.192.dead.example", "a.example"};
  enum question type = (enum question)(take(rest) % QUESTION_COUNT);
  struct text name = text_from(names[take(rest) % (sizeof names / sizeof *names)]);
  uint8_t how = take(rest);
  struct record records[3] = {{{NULL, 0}, {{0}, 0}}};
  if (how % 4 == 0) {
    enum outcome none = (enum outcome)(OUTCOME_NODATA + how / 4 % (OUTCOME_COUNT - OUTCOME_NODATA));
    facts_answer(facts, type, name, none, NULL, 0);
    return;
  }
  for (unsigned i = 0; i < how % 4; i++) {
    records[i].text = take_text(rest);
    records[i].address = (struct addr){{127, 0, 0, take(rest)}, 4};
    if (how & 16) records[i].address = (struct addr){{192, 0, 2, 9}, 4};
  }
  facts_answer(facts, type, name, OUTCOME_FOUND, records, how % 4);
}

static void take_facts(struct facts *facts, struct text rest) {
  facts->unset_why = (enum why)(take(&rest) % 3);
  facts->unasked_why = (enum why)(take(&rest) % 3);
  while (rest.len) {
    uint8_t what = take(&rest);
    enum field field = (enum field)(what % FIELD_COUNT);
    if (what >= 192)
      take_answer(facts, &rest);
    else if (what >= 160)
      facts_set_unknown(facts, field, (enum why)(take(&rest) % 3));
    else if (field_info(field)->type == FIELD_MAILBOX_LIST)
      facts_append(facts, field, take_text(&rest));
    else if (field == FIELD_CLIENT_IP && what & 64)
      facts_set(facts, field, TEXT("192.0.2.9"));
    else
      facts_set(facts, field, take_text(&rest)); /* what is no value leaves it unset */
  }
}

/* Made once, and kept. */
static const struct vocabulary *words(void) {
  static struct vocabulary vocabulary;
  if (vocabulary.functions.count == 0) MUST(sample_vocabulary(&vocabulary, &mem_default));
  return &vocabulary;
}

static void run(struct verified *verified, struct text said) {
  struct linked *linked = NULL;
  struct workspace *ws = NULL;
  struct verdict *verdict = NULL;
  struct facts *facts = NULL;
  if (linked_new(&linked, verified, words(), &mem_default) != ASSAY_OK) return;
  MUST(workspace_new(&ws, &mem_default) == ASSAY_OK && verdict_new(&verdict, &mem_default) == ASSAY_OK);
  MUST(facts_new(&facts, NULL, &mem_default) == ASSAY_OK);
  take_facts(facts, said);
  MUST(verdict_evaluate(verdict, linked, facts, ws) == ASSAY_OK);
  MUST(verdict->low <= verdict->score && verdict->score <= verdict->high);
  int64_t score = verdict->score;
  MUST(verdict_evaluate(verdict, linked, facts, ws) == ASSAY_OK && verdict->score == score);
  facts_free(facts);
  verdict_free(verdict);
  workspace_free(ws);
  linked_free(linked);
}

static void run_damaged(struct text input) {
  static struct program sample; /* made once; it is copied for each input */
  struct program p;
  struct verified *verified = NULL;
  struct verify_fault fault;
  if (sample.units_count == 0) MUST(sample_program(&sample, &mem_default));
  size_t times = take(&input) % 8, half = input.len / 2;
  struct damage_source source = {(const uint8_t *)input.ptr, half, 0};
  MUST(program_copy(&p, &sample, &mem_default));
  for (size_t i = 0; i < times; i++) damage_program(&p, &source);
  if (program_verify(&verified, &p, &mem_default, &fault) != ASSAY_OK) {
    MUST(fault.what);
    return;
  }
  struct buf out;
  buf_init(&out, &mem_default);
  disasm_program(&out, verified);
  MUST(!out.failed && out.len);
  buf_free(&out);
  run(verified, text_of(input.ptr + half, input.len - half));
}

/* --- rule text --- */

static void say(assay_facts *facts, struct text rest) {
  while (rest.len) {
    assay_fact fact = (assay_fact)(take(&rest) % ASSAY_FACT_COUNT);
    struct text text = take_text(&rest);
    assay_facts_set(facts, fact, text.ptr, text.len);
  }
}

static void run_rules(struct text input) {
  assay_ruleset *ruleset = NULL;
  assay_facts *facts = NULL;
  assay_workspace *workspace = NULL;
  assay_verdict *verdict = NULL;
  const char *nul = input.len ? memchr(input.ptr, 0, input.len) : NULL;
  size_t len = nul ? (size_t)(nul - input.ptr) : input.len;
  if (assay_ruleset_compile_text(&ruleset, "input.rule", input.ptr, len, NULL, NULL) != ASSAY_OK) return;
  MUST(assay_facts_new(&facts, NULL) == ASSAY_OK && assay_workspace_new(&workspace, NULL) == ASSAY_OK);
  MUST(assay_verdict_new(&verdict, NULL) == ASSAY_OK);
  int64_t low = INT64_MIN, high = INT64_MAX;
  for (unsigned round = 0; round < 2; round++) { /* as facts become known, the interval only narrows */
    MUST(assay_evaluate(ruleset, facts, workspace, verdict) == ASSAY_OK);
    bool exempt = assay_verdict_exempt(verdict) != NULL;
    MUST(exempt || (low <= assay_verdict_low(verdict) && assay_verdict_high(verdict) <= high));
    if (!exempt) low = assay_verdict_low(verdict), high = assay_verdict_high(verdict);
    if (round == 0) say(facts, nul ? text_of(nul + 1, input.len - len - 1) : TEXT(""));
  }
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  assay_ruleset_unref(ruleset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct text input = text_of((const char *)data, size);
  if (size == 0) return 0;
  if (take(&input) % 2 == 0)
    run_damaged(input);
  else
    run_rules(input);
  return 0;
}
