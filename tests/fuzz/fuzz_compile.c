/* Fuzzes the compiler through the public interface: any text compiles or is refused with errors that can be drawn; what
 * compiles is evaluated, tested and listed. Memory may run out on the way. */
#include <assay/assay.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "support/alloc.h"

/* Text that people will see: nothing in it may move a cursor. */
static void plain_text(void *user, const char *bytes, size_t len) {
  *(size_t *)user += len;
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)bytes[i];
    MUST((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t');
  }
}

static void any_text(void *user, const char *bytes, size_t len) {
  (void)bytes;
  *(size_t *)user += len;
}

static void check_diags(const assay_diags *diags, assay_status status) {
  size_t errors = 0, count = assay_diags_count(diags);
  for (size_t i = 0; i < count; i++) {
    assay_diag diag;
    size_t drawn = 0, coloured = 0;
    MUST(assay_diags_at(diags, i, &diag) == ASSAY_OK);
    MUST(diag.code && diag.message && *diag.message && (!diag.place.line || diag.place.file));
    MUST(diag.place.line == 0 || (diag.place.column > 0 && diag.place.end_line >= diag.place.line));
    MUST(assay_diags_render(diags, i, false, plain_text, &drawn) == ASSAY_OK && drawn);
    MUST(assay_diags_render(diags, i, true, any_text, &coloured) == ASSAY_OK && coloured > drawn);
    errors += diag.severity == ASSAY_ERROR;
  }
  MUST(errors <= assay_diags_errors(diags));
  if (status == ASSAY_OK) MUST(assay_diags_errors(diags) == 0);
  if (status == ASSAY_BAD_RULES) MUST(errors > 0);
}

static void check_verdict(const assay_verdict *verdict) {
  const char *reply = assay_verdict_reply(verdict);
  MUST(assay_verdict_low(verdict) <= assay_verdict_score(verdict));
  MUST(assay_verdict_score(verdict) <= assay_verdict_high(verdict));
  MUST(!reply || strlen(reply) <= 400);
  for (; reply && *reply; reply++) MUST(*reply >= 0x20 && *reply < 0x7f);
  if (assay_verdict_exempt(verdict))
    MUST(assay_verdict_hit_count(verdict) == 0 && assay_verdict_score(verdict) == 0);
  for (size_t i = 0; i < assay_verdict_hit_count(verdict); i++) {
    assay_hit hit;
    MUST(assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK && hit.rule && hit.group && hit.describe);
  }
  for (size_t i = 0; i < assay_verdict_unknown_count(verdict); i++) {
    assay_unknown unknown;
    MUST(assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK && unknown.rule);
    for (size_t w = 0; w < unknown.wait_count; w++) MUST(assay_verdict_wait_at(verdict, i, w));
  }
}

static void set(assay_facts *facts, assay_fact fact, const char *text) {
  MUST(assay_facts_set(facts, fact, text, strlen(text)) == ASSAY_OK);
}

static void fill(assay_facts *facts, unsigned which) {
  if (which == 0) return; /* nothing is known yet */
  static const char *const helos[] = {"", "mail.bank.example", "[192.0.2.9]", "..\xff_-"};
  set(facts, ASSAY_FACT_HELO, helos[which]);
  set(facts, ASSAY_FACT_CLIENT_IP, which == 2 ? "2001:db8::1" : "192.0.2.9");
  set(facts, ASSAY_FACT_CLIENT_RDNS, which == 3 ? "" : "mx1.isp.test");
  set(facts, ASSAY_FACT_MAIL_FROM, "a@b.example");
  set(facts, ASSAY_FACT_RCPT, "c@d.example");
  MUST(assay_facts_append(facts, ASSAY_FACT_RCPT, "e@f.example", 11) == ASSAY_OK);
  MUST(assay_facts_set_int(facts, ASSAY_FACT_MAIL_SIZE, INT64_MAX) == ASSAY_OK);
  const char *record = "192.0.2.9";
  size_t len = strlen(record);
  MUST(assay_facts_answer(facts, ASSAY_QUESTION_A, "mail.bank.example", 17, &record, &len, 1) == ASSAY_OK);
  if (which == 3) assay_facts_default_why(facts, ASSAY_NEVER, ASSAY_FAILED);
}

static void evaluate(const assay_ruleset *ruleset) {
  for (unsigned which = 0; which < 4; which++) {
    assay_facts *facts = NULL;
    assay_workspace *workspace = NULL;
    assay_verdict *verdict = NULL;
    MUST(assay_facts_new(&facts, NULL) == ASSAY_OK);
    MUST(assay_workspace_new(&workspace, NULL) == ASSAY_OK);
    MUST(assay_verdict_new(&verdict, NULL) == ASSAY_OK);
    fill(facts, which);
    MUST(assay_evaluate(ruleset, facts, workspace, verdict) == ASSAY_OK);
    check_verdict(verdict);
    assay_verdict_free(verdict);
    assay_workspace_free(workspace);
    assay_facts_free(facts);
  }
}

static bool note_test(void *user, const assay_test_result *result) {
  ++*(size_t *)user;
  MUST(result->file && result->title && (result->passed || (result->expected && result->got && result->trace)));
  return true;
}

static void look_into(const assay_ruleset *ruleset) {
  size_t tests = 0, listed = 0;
  assay_ruleset_stats stats;
  assay_ruleset_statistics(ruleset, &stats);
  MUST(stats.rules == assay_ruleset_rule_count(ruleset));
  for (size_t i = 0; i < stats.rules; i++) {
    assay_rule_info info;
    MUST(assay_ruleset_rule_at(ruleset, i, &info) == ASSAY_OK);
    if (i < 4) MUST(assay_ruleset_disassemble(ruleset, info.name, any_text, &listed) == ASSAY_OK);
  }
  MUST(assay_ruleset_disassemble(ruleset, NULL, any_text, &listed) == ASSAY_OK);
  MUST(assay_ruleset_test(ruleset, note_test, &tests) == ASSAY_OK);
  MUST(tests == stats.tests);
}

static assay_status compile(const char *text, size_t len, const assay_alloc *alloc) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset = NULL;
  assay_diags *diags = NULL;
  options.alloc = alloc;
  options.tests = options.lint = true;
  assay_status status = assay_ruleset_compile_text(&ruleset, "input.rule", text, len, &options, &diags);
  MUST((status == ASSAY_OK) == (ruleset != NULL));
  if (!alloc) {
    MUST(diags);
    check_diags(diags, status);
  }
  if (ruleset && !alloc) {
    look_into(ruleset);
    evaluate(ruleset);
  }
  assay_ruleset_unref(ruleset);
  assay_diags_free(diags);
  return status;
}

/* Where memory ends is taken from the input, so that a failure comes again. */
static void compile_with_little(const char *text, size_t len, assay_status status) {
  struct test_alloc t;
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < len; i++) hash = (hash ^ (uint8_t)text[i]) * 16777619u;
  test_alloc_failing(&t, 1 + hash % 97, hash >> 8 & 1);
  assay_status with_little = compile(text, len, &t.alloc);
  if (t.calls < t.fail_at) MUST(with_little == status);
  MUST(with_little == ASSAY_NO_MEMORY || with_little == status);
  MUST(test_alloc_clean(&t));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = (const char *)data;
  assay_status status = compile(text, size, NULL);
  compile_with_little(text, size, status);
  return 0;
}
