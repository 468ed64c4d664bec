/* Tests regular expressions at run time: meanings of the flags, limits, first use by two threads, allocations. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/pattern.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* An allocator that counts calls that ask for memory, checks the sizes it is told on release, and can be made to
 * fail. Each block carries its size, for the check. */
struct counting {
  size_t calls, left;
  long held, wrong_sizes;
};

static void *counting_resize(void *user, void *block, size_t old_size, size_t new_size) {
  struct counting *counting = user;
  size_t *head = block ? (size_t *)block - 2 : NULL;
  if (head && *head != old_size) counting->wrong_sizes++;
  if (new_size == 0) {
    counting->held -= head != NULL;
    free(head);
    return NULL;
  }
  counting->calls++;
  if (counting->left == 0) return NULL;
  counting->left--;
  size_t *grown = realloc(head, 2 * sizeof *head + new_size);
  if (!grown) return NULL;
  counting->held += head == NULL;
  *grown = new_size;
  return grown + 2;
}

static struct pattern *pattern_of(struct text source, unsigned flags, const assay_alloc *alloc) {
  struct pattern *pattern = NULL;
  assert_int_equal(pattern_new(&pattern, source, flags, alloc), ASSAY_OK);
  return pattern;
}

static struct pattern_scratch *scratch_of(const assay_alloc *alloc) {
  struct pattern_scratch *scratch = NULL;
  assert_int_equal(pattern_scratch_new(&scratch, alloc), ASSAY_OK);
  return scratch;
}

static void answers_by_table(void **state) {
  (void)state;
  static const struct {
    const char *source;
    unsigned flags;
    struct text subject;
    enum pattern_answer answer;
  } rows[] = {
    {"", 0, {NULL, 0}, PATTERN_YES},
    {"^$", 0, {NULL, 0}, PATTERN_YES},
    {"a", 0, {NULL, 0}, PATTERN_NO},
    {"dyn", 0, {"x.dyn.test", 10}, PATTERN_YES},
    {"^dyn", 0, {"x.dyn.test", 10}, PATTERN_NO},
    {"test$", 0, {"x.test", 6}, PATTERN_YES},
    {"test$", 0, {"x.test\n", 7}, PATTERN_NO},
    {"DYN", 0, {"dyn", 3}, PATTERN_NO},
    {"DYN", PATTERN_I, {"dyn", 3}, PATTERN_YES},
    {"^b$", 0, {"a\nb\nc", 5}, PATTERN_NO},
    {"^b$", PATTERN_M, {"a\nb\nc", 5}, PATTERN_YES},
    {"a.b", 0, {"a\nb", 3}, PATTERN_NO},
    {"a.b", 0, {"a\rb", 3}, PATTERN_YES},
    {"a.b", PATTERN_S, {"a\nb", 3}, PATTERN_YES},
    {"a b # c", 0, {"ab", 2}, PATTERN_NO},
    {"a b # c", PATTERN_X, {"ab", 2}, PATTERN_YES},
    {"A . B", PATTERN_I | PATTERN_S | PATTERN_X, {"a\nb", 3}, PATTERN_YES},
    {"^(a)(b)(c)(d)\\4\\3$", 0, {"abcddc", 6}, PATTERN_YES},
    {"a\\x00b", 0, {"a\0b", 3}, PATTERN_YES},
    {"^.$", 0, {"\xc3\xa9", 2}, PATTERN_NO},
    {"^.$", PATTERN_U, {"\xc3\xa9", 2}, PATTERN_YES},
    {"^\\w$", PATTERN_U, {"\xc3\xa9", 2}, PATTERN_YES},
    {"^\xc3\xa9$", PATTERN_U | PATTERN_I, {"\xc3\x89", 2}, PATTERN_YES},
    {"^\xc3\xa9$", PATTERN_I, {"\xc3\x89", 2}, PATTERN_NO},
    {"[\x80-\xff]", 0, {"a\xff", 2}, PATTERN_YES},
    /* Bytes that are no UTF-8 match nothing, and keep nothing else from matching. */
    {"a", PATTERN_U, {"\xff\xfe" "a\x80", 4}, PATTERN_YES},
    {"b", PATTERN_U, {"\xff\xfe" "a\x80", 4}, PATTERN_NO},
    {"^a", PATTERN_U, {"\xc3", 1}, PATTERN_NO},
    {"x.y", PATTERN_U | PATTERN_S, {"x\xffy", 3}, PATTERN_NO},
    /* The same through the interpreter. */
    {"(*NO_JIT)a", PATTERN_U, {"\xff\xfe" "a\x80", 4}, PATTERN_YES},
    {"(*NO_JIT)x.y", PATTERN_U | PATTERN_S, {"x\xffy", 3}, PATTERN_NO},
    {"(*NO_JIT)^$", 0, {NULL, 0}, PATTERN_YES},
    /* What PCRE2 or our options refuse. */
    {"(", 0, {"(", 1}, PATTERN_LIMIT},
    {"a\\Cb", 0, {"acb", 3}, PATTERN_LIMIT},
    {"a\\Cb", PATTERN_U, {"acb", 3}, PATTERN_LIMIT},
    {"(*UTF)a", 0, {"a", 1}, PATTERN_LIMIT},
    {"(*UCP)a", 0, {"a", 1}, PATTERN_LIMIT},
    {"\xff", PATTERN_U, {"a", 1}, PATTERN_LIMIT},
  };
  struct pattern_scratch *scratch = scratch_of(&mem_default);
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct pattern *pattern = pattern_of(text_from(rows[i].source), rows[i].flags, &mem_default);
    for (int again = 0; again < 2; again++) {
      enum pattern_answer answer = pattern_match(pattern, rows[i].subject, scratch);
      if (answer != rows[i].answer) fail_msg("/%s/: got %d, want %d", rows[i].source, answer, rows[i].answer);
    }
    pattern_free(pattern);
  }
  pattern_scratch_free(scratch);
}

static void limits_are_answered(void **state) {
  (void)state;
  static const char *const sources[] = {"(a+)+$", "(*NO_JIT)(a+)+$", "^(?:a|a)*$", "(*NO_JIT)^(?:a|a)*$",
                                        "(*NO_JIT)^(?:(a)|b)*$"};
  static char subject[100001];
  memset(subject, 'a', sizeof subject);
  subject[sizeof subject - 1] = '!';
  struct pattern_scratch *scratch = scratch_of(&mem_default);
  for (size_t i = 0; i < COUNT(sources); i++) {
    struct pattern *pattern = pattern_of(text_from(sources[i]), 0, &mem_default);
    assert_int_equal(pattern_match(pattern, text_of(subject, sizeof subject), scratch), PATTERN_LIMIT);
    /* A limit spoils neither the pattern nor the scratch. */
    assert_int_equal(pattern_match(pattern, TEXT("aaaa"), scratch), PATTERN_YES);
    assert_int_equal(pattern_match(pattern, TEXT("!"), scratch), PATTERN_NO);
    pattern_free(pattern);
  }
  pattern_scratch_free(scratch);
}

static void bad_arguments_are_refused(void **state) {
  (void)state;
  static char longest[PATTERN_SOURCE_MAX + 1];
  memset(longest, 'a', sizeof longest);
  struct pattern *pattern = (struct pattern *)longest;
  assert_int_equal(pattern_new(&pattern, TEXT("a"), 32, &mem_default), ASSAY_BAD_VALUE);
  assert_null(pattern);
  pattern = (struct pattern *)longest;
  assert_int_equal(pattern_new(&pattern, text_of(longest, sizeof longest), 0, &mem_default), ASSAY_OVER_LIMIT);
  assert_null(pattern);
  struct pattern_scratch *scratch = scratch_of(&mem_default);
  pattern = pattern_of(text_of(longest, PATTERN_SOURCE_MAX), 0, &mem_default);
  assert_int_equal(pattern_match(pattern, text_of(longest, sizeof longest), scratch), PATTERN_YES);
  pattern_free(pattern);
  pattern_scratch_free(scratch);
  pattern_free(NULL);
  pattern_scratch_free(NULL);
}

static void nesting_is_bounded(void **state) {
  (void)state;
  static const struct {
    size_t depth;
    enum pattern_answer answer;
  } rows[] = {{200, PATTERN_YES}, {201, PATTERN_LIMIT}, {1000, PATTERN_LIMIT}};
  struct pattern_scratch *scratch = scratch_of(&mem_default);
  for (size_t i = 0; i < COUNT(rows); i++) {
    char source[2001];
    memset(source, '(', rows[i].depth);
    source[rows[i].depth] = 'a';
    memset(source + rows[i].depth + 1, ')', rows[i].depth);
    struct pattern *pattern = pattern_of(text_of(source, 2 * rows[i].depth + 1), 0, &mem_default);
    assert_int_equal(pattern_match(pattern, TEXT("xax"), scratch), rows[i].answer);
    pattern_free(pattern);
  }
  pattern_scratch_free(scratch);
}

/* Both ways of matching, each warmed up with its largest subject, then many more matches. */
static void nothing_is_allocated_after_warm_up(void **state) {
  (void)state;
  static const struct {
    const char *source;
    unsigned flags;
  } rows[] = {{"^(?:[a-z]|\\d)+\\.test$", 0},         {"(*NO_JIT)^(?:[a-z]|\\d)+\\.test$", 0},
              {"(\\w+)\\.\\1", PATTERN_U},            {"(*NO_JIT)(\\w+)\\.\\1", PATTERN_U},
              {"(a+)+$", PATTERN_I},                  {"(*NO_JIT)(a+)+$", PATTERN_I}};
  struct counting counting = {0, SIZE_MAX, 0, 0};
  const assay_alloc alloc = {counting_resize, &counting};
  struct pattern *patterns[COUNT(rows)];
  char subject[3000];
  memset(subject, 'a', sizeof subject);
  subject[sizeof subject - 1] = '!';
  struct pattern_scratch *scratch = scratch_of(&alloc);
  for (size_t i = 0; i < COUNT(rows); i++) {
    patterns[i] = pattern_of(text_from(rows[i].source), rows[i].flags, &alloc);
    size_t before = counting.calls;
    pattern_match(patterns[i], text_of(subject, sizeof subject), scratch);
    assert_true(counting.calls > before); /* the first use compiles, and the counter works */
  }
  size_t warm = counting.calls;
  for (size_t len = 0; len <= sizeof subject; len += 37)
    for (size_t i = 0; i < COUNT(rows); i++)
      pattern_match(patterns[i], text_of(subject + sizeof subject - len, len), scratch);
  assert_int_equal(counting.calls, warm);
  for (size_t i = 0; i < COUNT(rows); i++) pattern_free(patterns[i]);
  pattern_scratch_free(scratch);
  assert_int_equal(counting.held, 0);
  assert_int_equal(counting.wrong_sizes, 0);
}

static void failed_memory_is_said(void **state) {
  (void)state;
  size_t failures = 0;
  for (size_t left = 0;; left++) {
    struct counting counting = {0, left, 0, 0};
    const assay_alloc alloc = {counting_resize, &counting};
    enum pattern_answer answer = PATTERN_LIMIT;
    struct pattern *pattern = NULL;
    struct pattern_scratch *scratch = NULL;
    assay_status status = pattern_new(&pattern, TEXT("(\\d+)-x"), 0, &alloc);
    if (status == ASSAY_OK) status = pattern_scratch_new(&scratch, &alloc);
    if (status == ASSAY_OK) {
      answer = pattern_match(pattern, TEXT("17-x"), scratch);
      assert_int_equal(answer, counting.calls <= left ? PATTERN_YES : PATTERN_NO_MEMORY);
      counting.left = SIZE_MAX;
      /* What failed for want of memory works when there is some again. */
      assert_int_equal(pattern_match(pattern, TEXT("17-x"), scratch), PATTERN_YES);
    } else {
      assert_int_equal(status, ASSAY_NO_MEMORY);
      assert_null(scratch);
    }
    pattern_free(pattern);
    pattern_scratch_free(scratch);
    assert_int_equal(counting.held, 0);
    assert_int_equal(counting.wrong_sizes, 0);
    if (answer == PATTERN_YES && counting.calls <= left) break;
    failures++;
  }
  assert_true(failures >= 8);
}

enum { THREADS = 4, SHARED = 200 };

struct racer {
  struct pattern *const *patterns;
  atomic_int *ready;
  size_t wrong;
};

static void *race(void *argument) {
  struct racer *racer = argument;
  struct pattern_scratch *scratch = NULL;
  if (pattern_scratch_new(&scratch, &mem_default) != ASSAY_OK) {
    racer->wrong = SHARED;
    return NULL;
  }
  atomic_fetch_add(racer->ready, 1);
  while (atomic_load(racer->ready) < THREADS) continue;
  for (size_t i = 0; i < SHARED; i++) {
    racer->wrong += pattern_match(racer->patterns[i], TEXT("mx17.isp.test"), scratch) != PATTERN_YES;
    racer->wrong += pattern_match(racer->patterns[i], TEXT("mail.isp.test"), scratch) != PATTERN_NO;
  }
  pattern_scratch_free(scratch);
  return NULL;
}

static void threads_share_a_first_use(void **state) {
  (void)state;
  struct pattern *patterns[SHARED];
  struct racer racers[THREADS];
  pthread_t threads[THREADS];
  atomic_int ready = 0;
  for (size_t i = 0; i < SHARED; i++) patterns[i] = pattern_of(TEXT("^[a-z]+\\d+\\."), PATTERN_I, &mem_default);
  for (size_t i = 0; i < THREADS; i++) {
    racers[i] = (struct racer){patterns, &ready, 0};
    assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
  }
  for (size_t i = 0; i < THREADS; i++) {
    assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(racers[i].wrong, 0);
  }
  for (size_t i = 0; i < SHARED; i++) pattern_free(patterns[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(answers_by_table),
    cmocka_unit_test(limits_are_answered),
    cmocka_unit_test(bad_arguments_are_refused),
    cmocka_unit_test(nesting_is_bounded),
    cmocka_unit_test(nothing_is_allocated_after_warm_up),
    cmocka_unit_test(failed_memory_is_said),
    cmocka_unit_test(threads_share_a_first_use),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
