/* Tests rule sets from outside: compiling, counting references, looking into them, running their tests; each call
 * against its contract, and against memory that runs out. */
#include <limits.h>

#include "unit/lib/api.h"

#define PLAIN "rule R { describe \"r\" score 1 when helo == \"x\" }\n"

/* Two rules in a group, one of them off; an exemption, a list, tests. */
static const char *const whole =
    "list ours : name { \"a.example\", \"b.example\" }\n"
    "group bad { describe \"g\" cap 3 }\n"
    "rule ONE { describe \"the first\" score 1.5 group bad when helo in ours\n"
    "  test hit { helo \"a.example\" }\n"
    "  test miss \"another name\" { helo \"c.example\" }\n"
    "  test unknown { helo unknown }\n"
    "  test hit { helo \"c.example\" } }\n"
    "rule TWO { describe \"\" score -0.125 when ONE test hit { ONE hit } }\n"
    "disable TWO\n"
    "exempt FRIEND { describe \"f\" when client.ip == 192.0.2.1 }\n"
    "action reject at 5 \"no\"\n"
    "test \"all of it\" { helo \"a.example\" client.ip 192.0.2.2 expect ONE expect score == 1.5 }\n"
    "test \"too much\" { helo \"a.example\" client.ip 192.0.2.2 expect score >= 3 }\n";

/* --- compiling --- */

static const char *const one_path[] = {"/nowhere/at/all.rule"}, *const null_path[] = {NULL}, *const one_root[] = {"/"};

/* What is handed in by options: by default as the macro sets it. */
static assay_status compile_text(const assay_compile_options *options, const char *name, const char *text, size_t len) {
  assay_ruleset *ruleset = (assay_ruleset *)(uintptr_t)&whole;
  assay_diags *diags = (assay_diags *)(uintptr_t)&whole;
  assay_status status = assay_ruleset_compile_text(&ruleset, name, text, len, options, &diags);
  assert_int_equal(ruleset != NULL, status == ASSAY_OK);
  assert_int_equal(diags != NULL, status != ASSAY_BAD_ARGUMENT);
  assay_ruleset_unref(ruleset);
  assay_diags_free(diags);
  return status;
}

static void texts_compile_or_say_why(void **state) {
  (void)state;
  static const struct {
    const char *name, *text;
    size_t len; /* 0: to its NUL */
    assay_status status;
  } rows[] = {
      {"t.rule", PLAIN, 0, ASSAY_OK},
      {"", PLAIN, 0, ASSAY_OK},
      {"t.rule", "", 0, ASSAY_OK},
      {"t.rule", NULL, 0, ASSAY_OK},
      {"t.rule", PLAIN "rule", sizeof PLAIN - 1, ASSAY_OK}, /* the length counts, not the NUL */
      {"t.rule", PLAIN "\0", sizeof PLAIN, ASSAY_BAD_RULES},
      {"t.rule", "rule R {", 0, ASSAY_BAD_RULES},
      {"t.rule", "include \"/nowhere/at/all.rule\"", 0, ASSAY_BAD_RULES},
      {"t.rule", "\xff\xfe", 0, ASSAY_BAD_RULES},
      {NULL, PLAIN, 0, ASSAY_BAD_ARGUMENT},
      {"t.rule", NULL, 1, ASSAY_BAD_ARGUMENT},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    size_t len = rows[i].len || !rows[i].text ? rows[i].len : strlen(rows[i].text);
    assay_status status = compile_text(NULL, rows[i].name, rows[i].text, len);
    if (status != rows[i].status) fail_msg("row %zu: status %d", i, status);
  }
  assert_int_equal(assay_ruleset_compile_text(NULL, "t.rule", PLAIN, 1, NULL, NULL), ASSAY_BAD_ARGUMENT);
}

static void a_text_may_be_too_large(void **state) {
  (void)state;
  size_t most = (size_t)64 << 20;
  char *text = calloc(most + 1, 1);
  assert_non_null(text);
  memset(text, '\n', most + 1);
  assert_int_equal(compile_text(NULL, "t.rule", text, most + 1), ASSAY_OVER_LIMIT);
  assert_int_equal(compile_text(NULL, "t.rule", text, most), ASSAY_OK);
  free(text);
}

static void paths_compile_or_say_why(void **state) {
  (void)state;
  const struct {
    const char *const *paths;
    size_t count;
    assay_status status;
    bool list; /* there are diagnostics to look at */
  } rows[] = {
      {NULL, 0, ASSAY_OK, true}, /* no files: no rules */
      {one_path, 0, ASSAY_OK, true},
      {one_path, 1, ASSAY_NOT_FOUND, true},
      {NULL, 1, ASSAY_BAD_ARGUMENT, false},
      {null_path, 1, ASSAY_BAD_ARGUMENT, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset = (assay_ruleset *)(uintptr_t)rows;
    assay_diags *diags = (assay_diags *)(uintptr_t)rows;
    assert_int_equal(assay_ruleset_compile_files(&ruleset, rows[i].paths, rows[i].count, NULL, &diags), rows[i].status);
    assert_int_equal(ruleset != NULL, rows[i].status == ASSAY_OK);
    assert_int_equal(assay_ruleset_rule_count(ruleset), 0);
    assert_int_equal(diags != NULL, rows[i].list);
    assert_int_equal(assay_diags_errors(diags), rows[i].status == ASSAY_NOT_FOUND);
    assay_ruleset_unref(ruleset);
    assay_diags_free(diags);
  }
  assert_int_equal(assay_ruleset_compile_files(NULL, one_path, 0, NULL, NULL), ASSAY_BAD_ARGUMENT);
}

static assay_status no_file(void *user, const char *path, assay_load *load) {
  (void)user, (void)path, (void)load;
  return ASSAY_NOT_FOUND;
}

/* The larger options of a later version are taken, smaller ones are not. */
static void options_are_checked(void **state) {
  (void)state;
  static const assay_loader good = {sizeof good, NULL, no_file, NULL}, small = {sizeof good - 1, NULL, no_file, NULL},
                            unread = ASSAY_LOADER_INIT;
  const assay_compile_options plain = ASSAY_COMPILE_OPTIONS_INIT;
  const struct {
    size_t size;
    const assay_loader *loader;
    const char *const *roots;
    size_t root_count;
    assay_status status;
  } rows[] = {
      {plain.size, NULL, NULL, 0, ASSAY_OK},
      {plain.size + 64, NULL, NULL, 0, ASSAY_OK},
      {plain.size - 1, NULL, NULL, 0, ASSAY_BAD_ARGUMENT},
      {0, NULL, NULL, 0, ASSAY_BAD_ARGUMENT},
      {plain.size, &good, NULL, 0, ASSAY_OK},
      {plain.size, &small, NULL, 0, ASSAY_BAD_ARGUMENT},
      {plain.size, &unread, NULL, 0, ASSAY_BAD_ARGUMENT},
      {plain.size, NULL, one_root, 1, ASSAY_OK},
      {plain.size, NULL, one_path, 1, ASSAY_NOT_FOUND}, /* no folder */
      {plain.size, NULL, NULL, 1, ASSAY_BAD_ARGUMENT},
      {plain.size, NULL, null_path, 1, ASSAY_BAD_ARGUMENT},
      {plain.size, &good, one_root, 1, ASSAY_BAD_ARGUMENT},
      {plain.size, &good, one_root, 0, ASSAY_OK},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_compile_options options = plain;
    options.size = rows[i].size;
    options.loader = rows[i].loader;
    options.roots = rows[i].roots;
    options.root_count = rows[i].root_count;
    assay_status status = compile_text(&options, "t.rule", PLAIN, strlen(PLAIN));
    if (status != rows[i].status) fail_msg("row %zu: status %d", i, status);
    assay_ruleset *ruleset = (assay_ruleset *)(uintptr_t)rows;
    status = assay_ruleset_compile_files(&ruleset, one_path, 0, &options, NULL);
    if (status != rows[i].status) fail_msg("row %zu, files: status %d", i, status);
    assert_int_equal(ruleset != NULL, status == ASSAY_OK);
    assay_ruleset_unref(ruleset);
  }
}

/* --- references --- */

static void a_rule_set_lives_until_the_last_reference(void **state) {
  (void)state;
  struct test_alloc alloc;
  test_alloc_init(&alloc);
  assay_ruleset *ruleset = api_rules(whole, &alloc.alloc);
  for (int i = 0; i < 3; i++) assert_ptr_equal(assay_ruleset_ref(ruleset), ruleset);
  for (int i = 0; i < 3; i++) assay_ruleset_unref(ruleset);
  assert_int_equal(assay_ruleset_rule_count(ruleset), 2);
  assert_true(alloc.held > 0);
  assay_ruleset_unref(ruleset);
  assert_true(test_alloc_clean(&alloc));
  assert_null(assay_ruleset_ref(NULL));
  assay_ruleset_unref(NULL);
}

/* --- looking into them --- */

static void each_rule_says_what_it_is(void **state) {
  (void)state;
  static const assay_rule_info expected[] = {{"ONE", "the first", "bad", 1500, false, "t.rule", 3},
                                             {"TWO", "", "", -125, true, "t.rule", 8}};
  assay_ruleset *ruleset = api_rules(whole, NULL);
  assay_rule_info got;
  assert_int_equal(assay_ruleset_rule_count(ruleset), COUNT(expected));
  for (size_t i = 0; i < COUNT(expected); i++) {
    assert_int_equal(assay_ruleset_rule_at(ruleset, i, &got), ASSAY_OK);
    api_same(got.name, expected[i].name);
    api_same(got.describe, expected[i].describe);
    api_same(got.group, expected[i].group);
    assert_int_equal(got.score, expected[i].score);
    assert_int_equal(got.disabled, expected[i].disabled);
    api_same(got.file, expected[i].file);
    assert_int_equal(got.line, expected[i].line);
  }
  got.name = "as before";
  assert_int_equal(assay_ruleset_rule_at(ruleset, 2, &got), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_ruleset_rule_at(ruleset, SIZE_MAX, &got), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_ruleset_rule_at(ruleset, 0, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_ruleset_rule_at(NULL, 0, &got), ASSAY_BAD_ARGUMENT);
  assert_string_equal(got.name, "as before");
  assert_int_equal(assay_ruleset_rule_count(NULL), 0);
  assay_ruleset_unref(ruleset);
}

/* Serves a file of rules and a list. */
static assay_status read_part(void *user, const char *path, assay_load *load) {
  const char *const *texts = user;
  const char *text = texts[strstr(path, ".list") != NULL];
  return assay_load_bytes(load, text, strlen(text));
}

/* The same bytes have the same id, wherever they lie; other ones, or the same cut elsewhere, have another. */
static void an_id_tells_what_was_read(void **state) {
  (void)state;
#define LISTED "list l : name from \"x.list\"\n" PLAIN
  static const struct {
    const char *path, *texts[2];
    size_t same_as;
  } rows[] = {
      {"a.rule", {LISTED, "one\n"}, 0},       {"elsewhere/b.rule", {LISTED, "one\n"}, 0}, {"a.rule", {LISTED, "two\n"}, 2},
      {"a.rule", {LISTED "# r", "one\n"}, 3}, {"a.rule", {LISTED, "# rone\n"}, 4},        {"a.rule", {LISTED, ""}, 5},
      {"a.rule", {LISTED "# \n", ""}, 6},     {"a.rule", {LISTED "\n", "# "}, 7},
  };
  char ids[COUNT(rows)][17];
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_loader loader = {sizeof loader, (void *)(uintptr_t)rows[i].texts, read_part, NULL};
    assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
    assay_ruleset *ruleset;
    options.loader = &loader;
    assert_int_equal(assay_ruleset_compile_files(&ruleset, &rows[i].path, 1, &options, NULL), ASSAY_OK);
    assert_int_equal(strspn(assay_ruleset_id(ruleset), "0123456789abcdef"), 16);
    assert_int_equal(strlen(assay_ruleset_id(ruleset)), 16);
    strcpy(ids[i], assay_ruleset_id(ruleset));
    assay_ruleset_unref(ruleset);
    for (size_t k = 0; k < i; k++)
      if ((strcmp(ids[i], ids[k]) == 0) != (rows[i].same_as == rows[k].same_as)) fail_msg("rows %zu, %zu", i, k);
  }
  assert_string_equal(assay_ruleset_id(NULL), "");
}

static void statistics_count(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules(whole, NULL);
  assay_ruleset_stats stats = {.files = 99};
  assay_ruleset_statistics(ruleset, &stats);
  assert_int_equal(stats.files, 1);
  assert_int_equal(stats.rules, 2);
  assert_int_equal(stats.exemptions, 1);
  assert_int_equal(stats.lists, 1);
  assert_int_equal(stats.tests, 7);
  assert_true(stats.features > 0 && stats.instructions > stats.rules);
  assay_ruleset_statistics(NULL, &stats);
  assert_true(stats.files + stats.rules + stats.tests + stats.features + stats.instructions == 0);
  assay_ruleset_statistics(ruleset, NULL);
  assay_ruleset_unref(ruleset);
}

/* A letter a fact: c client.ip, r client.rdns, f client.rdns_confirmed, h helo, m mail.from, n rcpt.count, o a host's. */
static void reads_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text, *reads;
  } rows[] = {
      {"", ""},
      {"rule R { describe \"r\" score 1 when helo == \"x\" and rcpt.count > 3 }", "hn"},
      {"exempt X { describe \"x\" when client.ip in 192.0.2.0/24 }", "c"},
      {"rule R { describe \"r\" score 1 when any(dns.address(mail.from.domain)) == 192.0.2.1 }", "m"},
      {"rule R { describe \"r\" score 1 when site.mark == \"x\" }", "o"},
      {"let named = helo.is_fqdn\nrule R { describe \"r\" score 1 when not named }", "h"},
      /* what is looked at when another one was not set */
      {"rule R { describe \"r\" score 1 when client.rdns == \"x\" }", "cr"},
      {"rule R { describe \"r\" score 1 when client.rdns_confirmed == \"x\" }", "crf"},
      {"list zones : name { \"bl.example\" }\nrule R { describe \"r\" score 1 when dnsbl(zones) }", "c"},
      /* what a reply shows */
      {"action reject at 5 \"no\"", ""},
      {"action reject at 5 \"no {score} {rules} {top}\"", ""},
      {"action reject at 5 \"no {helo}\"", "h"},
      {"action defer at 5 \"no {client.ip}\"", "c"},
      {"action tag at 5 \"no {client.rdns} {{helo\"", "cr"},
  };
  static const assay_fact facts[] = {ASSAY_FACT_CLIENT_IP, ASSAY_FACT_CLIENT_RDNS, ASSAY_FACT_CLIENT_RDNS_CONFIRMED,
                                     ASSAY_FACT_HELO,      ASSAY_FACT_MAIL_FROM,   ASSAY_FACT_RCPT_COUNT,
                                     ASSAY_FACT_HOST};
  assay_vocabulary *vocabulary;
  assay_fact mark;
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assert_int_equal(assay_vocabulary_new(&vocabulary, NULL), ASSAY_OK);
  assert_int_equal(assay_vocabulary_add_fact(vocabulary, "site.mark", ASSAY_TYPE_STRING, "a mark", &mark), ASSAY_OK);
  assert_int_equal(mark, ASSAY_FACT_HOST);
  options.vocabulary = vocabulary;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset;
    assay_status status =
        assay_ruleset_compile_text(&ruleset, "t.rule", rows[i].text, strlen(rows[i].text), &options, NULL);
    if (status != ASSAY_OK) fail_msg("%s: status %d", rows[i].text, status);
    char reads[COUNT(facts) + 1], *end = reads;
    for (size_t f = 0; f < COUNT(facts); f++)
      if (assay_ruleset_reads(ruleset, facts[f])) *end++ = "crfhmno"[f];
    *end = 0;
    if (strcmp(reads, rows[i].reads) != 0) fail_msg("%s\nreads %s, want %s", rows[i].text, reads, rows[i].reads);
    static const unsigned none[] = {ASSAY_FACT_COUNT, ASSAY_FACT_HOST - 1, ASSAY_FACT_HOST + 1, ASSAY_FACT_HOST + 64,
                                    UINT_MAX};
    for (size_t n = 0; n < COUNT(none); n++) assert_false(assay_ruleset_reads(ruleset, (assay_fact)none[n]));
    assay_ruleset_unref(ruleset);
  }
  assert_false(assay_ruleset_reads(NULL, ASSAY_FACT_HELO));
  assay_vocabulary_unref(vocabulary);
}

static void a_listing_is_of_all_or_of_one(void **state) {
  (void)state;
  static struct api_sink sink;
  static const struct {
    const char *rule;
    assay_status status;
  } rows[] = {{NULL, ASSAY_OK},          {"ONE", ASSAY_OK},        {"TWO", ASSAY_OK},
              {"THREE", ASSAY_NOT_FOUND}, {"one", ASSAY_NOT_FOUND}, {"", ASSAY_NOT_FOUND}};
  assay_ruleset *ruleset = api_rules(whole, NULL);
  for (size_t i = 0; i < COUNT(rows); i++) {
    sink.len = sink.calls = 0;
    assert_int_equal(assay_ruleset_disassemble(ruleset, rows[i].rule, api_write, &sink), rows[i].status);
    assert_int_equal(sink.calls > 0, rows[i].status == ASSAY_OK);
    if (rows[i].rule && sink.calls) assert_non_null(strstr(sink.text, rows[i].rule));
  }
  assert_int_equal(assay_ruleset_disassemble(NULL, NULL, api_write, &sink), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_ruleset_disassemble(ruleset, NULL, NULL, &sink), ASSAY_BAD_ARGUMENT);
  assay_ruleset_unref(ruleset);
}

static void the_tables_end(void **state) {
  (void)state;
  size_t functions = 0, properties = 0;
  for (const assay_function_info *f; (f = assay_function_at(functions)); functions++)
    assert_true(strncmp(f->signature, f->name, strlen(f->name)) == 0 && *f->doc);
  for (const assay_property_info *p; (p = assay_property_at(properties)); properties++)
    assert_true(*p->type && *p->name && *p->result && *p->doc);
  assert_true(functions > 5 && properties > 20);
  assert_null(assay_function_at(SIZE_MAX));
  assert_null(assay_property_at(SIZE_MAX));
}

/* --- their tests --- */

static const struct {
  const char *rule, *title;
  unsigned line;
  bool passed;
  const char *expected, *got;
} results[] = {
    {"ONE", "hit", 4, true, NULL, NULL},
    {"ONE", "miss: another name", 5, true, NULL, NULL},
    {"ONE", "unknown", 6, true, NULL, NULL},
    {"ONE", "hit", 7, false, "hit", "miss"},
    {"TWO", "hit", 8, true, NULL, NULL},
    {NULL, "all of it", 12, true, NULL, NULL},
    {NULL, "too much", 13, false, "score >= 3", "score 1.5"},
};

struct seen {
  size_t count, stop_after;
};

static bool look(void *user, const assay_test_result *result) {
  struct seen *seen = user;
  size_t i = seen->count++;
  assert_true(i < COUNT(results));
  api_same(result->file, "t.rule");
  api_same(result->rule, results[i].rule);
  api_same(result->title, results[i].title);
  assert_int_equal(result->line, results[i].line);
  assert_int_equal(result->passed, results[i].passed);
  if (!result->passed) {
    api_same(result->expected, results[i].expected);
    api_same(result->got, results[i].got);
    assert_non_null(strchr(result->trace, '\n'));
  }
  return seen->count != seen->stop_after;
}

static void each_test_is_reported(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules(whole, NULL);
  struct seen seen = {0, 0};
  assert_int_equal(assay_ruleset_test(ruleset, look, &seen), ASSAY_OK);
  assert_int_equal(seen.count, COUNT(results));
  for (size_t stop = 1; stop <= COUNT(results); stop++) {
    seen = (struct seen){0, stop};
    assert_int_equal(assay_ruleset_test(ruleset, look, &seen), ASSAY_OK);
    assert_int_equal(seen.count, stop);
  }
  assert_int_equal(assay_ruleset_test(NULL, look, &seen), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_ruleset_test(ruleset, NULL, &seen), ASSAY_BAD_ARGUMENT);
  assay_ruleset_unref(ruleset);
}

/* Without the option the tests are read, and dropped. */
static void tests_are_kept_on_demand(void **state) {
  (void)state;
  assay_ruleset *ruleset;
  struct seen seen = {0, 0};
  assert_int_equal(assay_ruleset_compile_text(&ruleset, "t.rule", whole, strlen(whole), NULL, NULL), ASSAY_OK);
  assert_int_equal(assay_ruleset_test(ruleset, look, &seen), ASSAY_BAD_ARGUMENT);
  assert_int_equal(seen.count, 0);
  assay_ruleset_unref(ruleset);
}

static bool expect_in_traces(void *user, const assay_test_result *result) {
  const char *const *parts = user; /* of the rule's test, of the whole one */
  const char *part = parts[result->rule ? 0 : 1];
  assert_false(result->passed);
  if (!strstr(result->trace, part)) fail_msg("no \"%s\" in\n%s", part, result->trace);
  return true;
}

/* Whoever looks why a test failed sees what became of a look-up. */
static void a_trace_says_what_became_of_a_question(void **state) {
  (void)state;
  static const struct {
    const char *word, *parts[2];
  } rows[] = {
#define NOTHING(word) {word, {"false    dns.txt(helo)   ; dns.txt(helo) = {} (" word ")", "dns.txt(helo) = {} (" word ")"}}
#define FAILED(word) \
  {word, {"unknown  dns.txt(helo)   ; dns.txt(helo) = failed for now: " word, "unknown  R (failed)  dns.txt(helo): " word "\n"}}
      NOTHING("nodata"), NOTHING("nxdomain"),  FAILED("servfail"),    FAILED("refused"),
      FAILED("timeout"), FAILED("malformed"), FAILED("over_budget"), FAILED("zone_down"),
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char text[512];
    snprintf(text, sizeof text,
             "rule R { describe \"r\" score 1 when dns.txt(helo) test hit { helo \"a.b\" dns { TXT \"a.b\" %s } } }\n"
             "test \"t\" { helo \"a.b\" dns { TXT \"a.b\" %s } expect R }\n",
             rows[i].word, rows[i].word);
    assay_ruleset *ruleset = api_rules(text, NULL);
    const char *parts[2] = {rows[i].parts[0], rows[i].parts[1]};
    assert_int_equal(assay_ruleset_test(ruleset, expect_in_traces, parts), ASSAY_OK);
    assay_ruleset_unref(ruleset);
  }
}

static bool count_passed(void *user, const assay_test_result *result) {
  size_t *counts = user;
  counts[result->passed]++;
  return true;
}

/* Tests at top level are run of the files that were named, not of those they include; rules' own tests always. */
static assay_status two_files(void *user, const char *path, assay_load *load) {
  (void)user;
  static const char first[] = "include \"b\"\ntest \"a\" { helo \"x\" expect R }\n";
  static const char second[] = "rule R { describe \"r\" score 1 when helo == \"x\" test hit { helo \"x\" } }\n"
                               "test \"b\" { helo \"y\" expect R }\n";
  const char *text = strcmp(path, "a") == 0 ? first : second;
  return assay_load_bytes(load, text, strlen(text));
}

static void tests_at_top_level_are_of_named_files(void **state) {
  (void)state;
  static const assay_loader loader = {sizeof loader, NULL, two_files, NULL};
  static const char *const both[] = {"a", "b"}, *const second[] = {"b"};
  static const struct {
    const char *const *paths;
    size_t count, passed, failed;
  } rows[] = {{both, 1, 2, 0}, {second, 1, 1, 1}};
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  options.loader = &loader;
  options.tests = true;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_ruleset *ruleset;
    size_t counts[2] = {0, 0};
    assert_int_equal(assay_ruleset_compile_files(&ruleset, rows[i].paths, rows[i].count, &options, NULL), ASSAY_OK);
    assert_int_equal(assay_ruleset_test(ruleset, count_passed, counts), ASSAY_OK);
    assert_int_equal(counts[true], rows[i].passed);
    assert_int_equal(counts[false], rows[i].failed);
    assay_ruleset_unref(ruleset);
  }
}

/* As many answers and pinned rules as a test wants. */
static void tests_may_be_long(void **state) {
  (void)state;
  enum { MANY = 300 };
  char *text = malloc(256 * (MANY + 1)), *end = text;
  size_t counts[2] = {0, 0};
  struct test_alloc alloc;
  assert_non_null(text);
  test_alloc_init(&alloc);
  for (int i = 0; i < MANY; i++)
    end += sprintf(end, "rule P%d { describe \"p\" score 0 when helo == \"p%d\" }\n", i, i);
  end += sprintf(end, "rule R { describe \"r\" score 1 when P299 and any(dns.address(helo)) == 192.0.2.299\n");
  end = strstr(text, "192.0.2.299");
  end += sprintf(end, "10.0.1.43 and any(dns.mx(helo)) == \"mx299\"\n test hit { helo \"x\"");
  for (int i = 0; i < MANY; i++) end += sprintf(end, " P%d %s", i, i == 299 ? "hit" : "miss");
  end += sprintf(end, " dns { A \"x\" 10.0.0.1");
  for (int i = 0; i < MANY; i++) end += sprintf(end, ", 10.0.%d.%d", i / 256, i % 256);
  end += sprintf(end, "\nMX \"x\" 10 \"mx\"");
  for (int i = 0; i < MANY; i++) end += sprintf(end, ", %d \"mx%d\"", i, i);
  end += sprintf(end, " } } }\n");
  assay_ruleset *ruleset = api_rules(text, &alloc.alloc);
  assert_int_equal(assay_ruleset_test(ruleset, count_passed, counts), ASSAY_OK);
  assert_int_equal(counts[true], 1);
  assert_int_equal(counts[false], 0);
  assay_ruleset_unref(ruleset);
  assert_true(test_alloc_clean(&alloc));
  free(text);
}

/* --- memory --- */

/* Of everything a little. */
static const char *const mixed =
    "list names : name { \"a.example\" }\nlist nets : network { 192.0.2.0/24, 2001:db8::/32 }\n"
    "list odd : regex { /^a+$/i, m{b{2}} }\nlist boxes : mailbox { \"a@b.example\", \"@c.example\" }\n"
    "map brands { \"bank\" = { \"bank.example\" } }\n"
    "let near = helo under \"example.org\" and helo !~ /^mx[0-9]+/\n"
    "group g { describe \"g\" cap 2.5 floor -1 }\n"
    "rule A { describe \"a\" score 1 group g see \"RFC 5321\" when near and client.ip in nets\n"
    "  test hit { helo \"x\" } }\n"
    "rule B { describe \"b\" score 2 when helo in odd or any(rcpt) in boxes or 2 of (A, near, helo in names) }\n"
    "rule C { describe \"c\" score 3 when forged(helo, brands) and client.rdns != helo and entropy(helo) > 2.5 }\n"
    "rule D { describe \"d\" score 4 when any(dns.address(helo)) == client.ip and mail.size > 5M }\n"
    "rule E { describe \"e\" score 5 when any(dnsbl(\"zen.example\")) == 127.0.0.2 }\n"
    "exempt X { describe \"x\" when auth.user }\n"
    "action tag at 1\naction defer at 3 \"later {score}\"\naction reject at 5 \"no {rules}\"\n"
    "test \"t\" { helo \"x\" dns { A \"x\" 192.0.2.1 } expect not A }\n";

static assay_status starve_compile(struct test_alloc *alloc) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset = (assay_ruleset *)alloc;
  options.alloc = &alloc->alloc;
  options.tests = options.lint = true;
  assay_status status = assay_ruleset_compile_text(&ruleset, "t.rule", mixed, strlen(mixed), &options, NULL);
  assert_int_equal(ruleset != NULL, status == ASSAY_OK);
  assay_ruleset_unref(ruleset);
  return status;
}

/* The rule set is made with memory, the run without; and then with memory again. */
static assay_status starve_tests(struct test_alloc *alloc) {
  size_t fail_at = alloc->fail_at;
  struct seen seen = {0, 0};
  static struct api_sink sink;
  api_feed(alloc);
  assay_ruleset *ruleset = api_rules(whole, &alloc->alloc);
  alloc->calls = 0;
  alloc->fail_at = fail_at;
  assay_status status = assay_ruleset_test(ruleset, look, &seen);
  sink.len = sink.calls = 0;
  if (status == ASSAY_OK) status = assay_ruleset_disassemble(ruleset, NULL, api_write, &sink);
  if (status == ASSAY_NO_MEMORY) {
    assert_int_equal(sink.calls, 0);
    size_t calls = alloc->calls;
    api_feed(alloc);
    seen.count = 0;
    assert_int_equal(assay_ruleset_test(ruleset, look, &seen), ASSAY_OK);
    alloc->calls = calls;
  }
  assay_ruleset_unref(ruleset);
  return status;
}

static void memory_may_run_out(void **state) {
  (void)state;
  assay_ruleset_unref(api_rules(mixed, NULL));
  api_starve(starve_compile, 40, 0);
  api_starve(starve_tests, 15, 0);
}

static void thresholds_are_told(void **state) {
  (void)state;
  assay_ruleset *ruleset = api_rules("action tag at 2.5\naction reject at 5\naction reject off\n", NULL);
  int64_t at = 7;
  assert_true(assay_ruleset_threshold(ruleset, ASSAY_TAG, &at));
  assert_int_equal(at, 2500);
  assert_false(assay_ruleset_threshold(ruleset, ASSAY_REJECT, &at));
  assert_int_equal(at, 0);
  assert_false(assay_ruleset_threshold(ruleset, (assay_action)6, &at));
  assert_false(assay_ruleset_threshold(NULL, ASSAY_TAG, &at));
  assert_false(assay_ruleset_threshold(ruleset, ASSAY_TAG, NULL));
  assay_ruleset_unref(ruleset);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_compile_or_say_why),
      cmocka_unit_test(thresholds_are_told),
      cmocka_unit_test(a_text_may_be_too_large),
      cmocka_unit_test(paths_compile_or_say_why),
      cmocka_unit_test(options_are_checked),
      cmocka_unit_test(a_rule_set_lives_until_the_last_reference),
      cmocka_unit_test(each_rule_says_what_it_is),
      cmocka_unit_test(an_id_tells_what_was_read),
      cmocka_unit_test(statistics_count),
      cmocka_unit_test(reads_by_table),
      cmocka_unit_test(a_listing_is_of_all_or_of_one),
      cmocka_unit_test(the_tables_end),
      cmocka_unit_test(each_test_is_reported),
      cmocka_unit_test(tests_are_kept_on_demand),
      cmocka_unit_test(a_trace_says_what_became_of_a_question),
      cmocka_unit_test(tests_at_top_level_are_of_named_files),
      cmocka_unit_test(tests_may_be_long),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
