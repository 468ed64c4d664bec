/* Tests the words that rules may use: the language's, a host's behind them, and which ones a host may add. */
#include "compile_text.h"

#include "grammar/word_form.h"
#include "grammar/words.h"

static assay_status nothing(void *user, const assay_value *arguments, assay_value *result, assay_call *call) {
  (void)user, (void)arguments, (void)result, (void)call;
  return ASSAY_OK;
}

static void fill(struct vocabulary *vocabulary) {
  unsigned number;
  const struct host_function row = {.name = "site.mix", .doc = "", .result = ASSAY_TYPE_REAL, .count = 3, .call = nothing,
                                    .arguments = {ASSAY_TYPE_STRING, ASSAY_TYPE_MAILBOX, ASSAY_TYPE_REAL}};
  vocabulary_init(vocabulary, &mem_default);
  assert_int_equal(vocabulary_add_fact(vocabulary, "site.score", FIELD_INT, "", &number), ASSAY_OK);
  assert_int_equal(number, FIELD_COUNT);
  assert_int_equal(vocabulary_add_function(vocabulary, &row), ASSAY_OK);
}

/* The host's rows stand behind the language's, under the same roof. */
static void rows_of_a_host(void **state) {
  (void)state;
  struct vocabulary vocabulary;
  struct arena arena;
  struct words words, plain = {.vocabulary = NULL};
  arena_init(&arena, &mem_default, SIZE_MAX);
  fill(&vocabulary);
  assert_true(words_init(&words, &vocabulary, &arena));
  size_t at = words_find_function(&words, TEXT("site.mix"));
  assert_int_equal(at, function_count());
  const struct function_info *row = words_function(&words, at);
  assert_int_equal(row->op, OP_CALL);
  assert_int_equal(row->result, TYPE_REAL);
  assert_string_equal(row->args, "smr");
  assert_string_equal(row->shown, "site.mix(string, mailbox, real) -> real");
  assert_null(words_function(&words, at + 1));
  assert_int_equal(words_find_fact(&words, TEXT("site.score")), FIELD_COUNT);
  assert_string_equal(words_fact(&words, FIELD_COUNT)->name, "site.score");
  assert_null(words_fact(&words, FIELD_COUNT + 1));
  assert_null(words_fact(&plain, words_find_fact(&plain, TEXT("site.score"))));
  assert_null(words_function(&plain, words_find_function(&plain, TEXT("site.mix"))));
  assert_int_equal(words_find_fact(&words, TEXT("helo")), words_find_fact(&plain, TEXT("helo")));
  assert_true(words_function_prefix(&words, TEXT("site")) && !words_function_prefix(&plain, TEXT("site")));
  assert_true(words_function_prefix(&plain, TEXT("dns")) && !words_function_prefix(&plain, TEXT("dnsbl")));
  vocabulary_free(&vocabulary);
  arena_free(&arena);
}

static void first_words(void **state) {
  (void)state;
  static const struct {
    const char *word, *dotted;
    bool first;
  } rows[] = {{"client", "client.ip", true}, {"helo", "helo", true},   {"hel", "helo", false},
              {"client.ip", "client", false}, {"dns", "dnsbl", false}, {"a.b", "a.b.c", true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(is_first_word(text_from(rows[i].word), text_from(rows[i].dotted)), rows[i].first);
}

static void forms(void **state) {
  (void)state;
  static const struct {
    const char *word;
    size_t dots;
    bool good;
  } rows[] = {{"a", 0, true},       {"a.b", 1, true},   {"a.b", 0, false}, {"a.b.c", 1, false}, {"a_1.b2", 1, true},
              {"a.in", 1, true},    {"in", 0, false},   {"any.x", 1, false}, {"A", 0, false},   {"a.", 1, false},
              {"a..b", 2, false},   {".a", 1, false},   {"", 0, false},    {"1", 0, false},     {"a b", 0, false},
              {"a\nlet b", 0, false}, {"score", 0, false}, {"unknown", 0, true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    bool good;
    assert_true(word_form(&good, text_from(rows[i].word), rows[i].dots, &mem_default));
    if (good != rows[i].good) fail_msg("%s: %d", rows[i].word, good);
  }
}

/* Whatever allocation fails, it is told, and nothing is kept. */
static void memory_out(void **state) {
  (void)state;
  size_t nth = 1;
  for (bool ok = false; !ok; nth++) {
    struct test_alloc alloc;
    bool good;
    test_alloc_failing(&alloc, nth, true);
    ok = word_form(&good, TEXT("site.score"), 1, &alloc.alloc);
    assert_true(test_alloc_clean(&alloc));
    if (ok) assert_true(good);
  }
  assert_true(nth > 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_a_host), cmocka_unit_test(first_words),
                                     cmocka_unit_test(forms), cmocka_unit_test(memory_out)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
