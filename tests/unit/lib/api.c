/* Owns what the tests of the public functions share: rules from a text, a place to write to, memory that runs out.
 * Must never know: any header by itself. */
#include "unit/lib/api.h"

assay_ruleset *api_rules(const char *text, const assay_alloc *alloc) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset = NULL;
  assay_diags *diags = NULL;
  assay_diag diag;
  options.alloc = alloc;
  options.tests = true;
  assay_status status = assay_ruleset_compile_text(&ruleset, "t.rule", text, strlen(text), &options, &diags);
  if (assay_diags_at(diags, 0, &diag) == ASSAY_OK) fail_msg("%u: %s\n%s", diag.place.line, diag.message, text);
  assert_int_equal(status, ASSAY_OK);
  assay_diags_free(diags);
  return ruleset;
}

enum api_outcome api_outcome(const assay_verdict *verdict) {
  assay_unknown unknown;
  if (assay_verdict_hit_count(verdict)) return API_HIT;
  if (assay_verdict_unknown_at(verdict, 0, &unknown) != ASSAY_OK) return API_MISS;
  return API_NOT_YET + unknown.why;
}

enum api_outcome api_ask(const assay_facts *facts, const char *when) {
  char text[512];
  assay_verdict *verdict;
  assert_true(snprintf(text, sizeof text, "rule R { describe \"r\" score 1 when %s }\n", when) < (int)sizeof text);
  assay_ruleset *ruleset = api_rules(text, NULL);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  assert_int_equal(assay_evaluate(ruleset, facts, NULL, verdict), ASSAY_OK);
  enum api_outcome outcome = api_outcome(verdict);
  assay_verdict_free(verdict);
  assay_ruleset_unref(ruleset);
  return outcome;
}

void api_write(void *user, const char *bytes, size_t len) {
  struct api_sink *sink = user;
  assert_true(len < sizeof sink->text - sink->len);
  memcpy(sink->text + sink->len, bytes, len);
  sink->len += len;
  sink->text[sink->len] = '\0';
  sink->calls++;
}

void api_starve(assay_status (*attempt)(struct test_alloc *alloc), size_t at_least, size_t spared) {
  for (int after = 0; after <= 1; after++) {
    bool done = false;
    size_t borne = 0;
    for (size_t nth = 1; !done; nth++) {
      struct test_alloc alloc;
      test_alloc_failing(&alloc, nth, after);
      assay_status status = attempt(&alloc);
      done = alloc.calls < nth;
      borne += !done && status == ASSAY_OK;
      if (done && nth <= at_least) fail_msg("only %zu allocations", nth - 1);
      if (status != ASSAY_OK && (done || status != ASSAY_NO_MEMORY)) fail_msg("allocation %zu: status %d", nth, status);
      if (borne > spared) fail_msg("allocation %zu, %d: its failure is hidden", nth, after);
      if (!test_alloc_clean(&alloc)) fail_msg("allocation %zu, %d: %ld blocks are left", nth, after, alloc.held);
    }
  }
}

void api_feed(struct test_alloc *alloc) {
  alloc->fail_at = 0;
}

void api_same(const char *got, const char *expected) {
  bool same = got && expected ? strcmp(got, expected) == 0 : got == expected;
  if (!same) fail_msg("%s, not %s", got ? got : "NULL", expected ? expected : "NULL");
}
