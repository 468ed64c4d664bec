/* Tests the cache: how long answers hold, which go first, and that it never has more memory than it may have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dns/cache.h"
#include "dns/message.h"
#include "support/alloc.h"

#define FOUND ASSAY_OUTCOME_FOUND
#define NODATA ASSAY_OUTCOME_NODATA
#define NXDOMAIN ASSAY_OUTCOME_NXDOMAIN
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct cache_limits wide = {
    .bytes = 1 << 20, .ttl_floor = 0, .ttl_ceiling = 86400, .negative_ceiling = 3600, .stale = 0, .key = 7};

static struct test_alloc memory;

static struct cache *open_cache(const struct cache_limits *limits) {
  struct cache *cache;
  test_alloc_init(&memory);
  assert_int_equal(cache_new(&cache, limits, &memory.alloc), ASSAY_OK);
  return cache;
}

static void close_cache(struct cache *cache) {
  cache_free(cache);
  assert_true(test_alloc_clean(&memory));
}

static const assay_record one_record = {"\x7f\0\0\2", 4};
static const assay_answer found = {ASSAY_OUTCOME_FOUND, &one_record, 1};

static void put(struct cache *cache, const char *name, const assay_answer *answer, uint32_t ttl, uint64_t now) {
  cache_put(cache, ASSAY_QUESTION_A, text_from(name), answer, ttl, now);
}

static enum cache_state state_of(struct cache *cache, const char *name, uint64_t now) {
  assay_answer answer;
  return cache_find(cache, ASSAY_QUESTION_A, text_from(name), now, &answer);
}

/* --- how long --- */

static void holds_for_so_many_seconds(void **state) {
  (void)state;
  static const struct {
    assay_outcome outcome;
    uint32_t ttl, floor, ceiling, negative, seconds;
  } rows[] = {
      {FOUND, 300, 0, 86400, 3600, 300},
      {FOUND, 1, 0, 86400, 3600, 1},
      {FOUND, 0, 0, 86400, 3600, 0},
      {FOUND, 0, 5, 86400, 3600, 5},
      {FOUND, 4, 5, 86400, 3600, 5},
      {FOUND, 5, 5, 86400, 3600, 5},
      {FOUND, 86400, 5, 86400, 3600, 86400},
      {FOUND, 86401, 5, 86400, 3600, 86400},
      {FOUND, INT32_MAX, 0, UINT32_MAX, 3600, INT32_MAX},
      {FOUND, UINT32_MAX, 0, UINT32_MAX, 3600, UINT32_MAX},
      {FOUND, 300, 200, 100, 3600, 100}, /* the ceiling wins */
      {FOUND, 0, 200, 100, 3600, 100},
      {FOUND, 300, 0, 0, 3600, 0},
      {FOUND, 300, 5, 0, 3600, 0},
      {NODATA, 300, 0, 86400, 3600, 300},
      {NODATA, 4000, 0, 86400, 3600, 3600},
      {NXDOMAIN, 4000, 0, 86400, 3600, 3600},
      {NXDOMAIN, 4000, 0, 100, 3600, 3600},
      {NXDOMAIN, 0, 5, 86400, 3600, 5},
      {NXDOMAIN, 0, 5, 86400, 2, 2},
      {NXDOMAIN, 300, 5, 86400, 0, 0},
      {NXDOMAIN, 0, 0, 86400, 3600, 0},
  };
  for (size_t i = 0; i < COUNT(rows) * 2; i++) {
    struct cache_limits limits = wide;
    const uint64_t now = i % 2 ? (uint64_t)1 << 40 : 0;
    limits.ttl_floor = rows[i / 2].floor;
    limits.ttl_ceiling = rows[i / 2].ceiling;
    limits.negative_ceiling = rows[i / 2].negative;
    struct cache *cache = open_cache(&limits);
    assay_answer answer = {rows[i / 2].outcome, &one_record, rows[i / 2].outcome == ASSAY_OUTCOME_FOUND}, got;
    put(cache, "a.example", &answer, rows[i / 2].ttl, now);
    uint64_t end = now + (uint64_t)rows[i / 2].seconds * 1000;
    if (rows[i / 2].seconds > 0) {
      assert_int_equal(state_of(cache, "a.example", now), CACHE_FRESH);
      assert_int_equal(cache_find(cache, ASSAY_QUESTION_A, TEXT("a.example"), end - 1, &got), CACHE_FRESH);
      assert_int_equal(got.outcome, answer.outcome);
      assert_int_equal(got.count, answer.count);
      if (got.count == 0) assert_null(got.records);
      assert_int_equal(cache_entries(cache), 1);
    }
    assert_int_equal(state_of(cache, "a.example", end), CACHE_MISS);
    assert_int_equal(cache_entries(cache), rows[i / 2].seconds > 0); /* it goes when there is something to put */
    close_cache(cache);
  }
}

static void stale_for_so_many_seconds_behind(void **state) {
  (void)state;
  static const uint32_t stales[] = {1, 60, UINT32_MAX};
  for (size_t i = 0; i < COUNT(stales); i++) {
    struct cache_limits limits = wide;
    limits.stale = stales[i];
    struct cache *cache = open_cache(&limits);
    assay_answer got = {ASSAY_OUTCOME_NEVER, NULL, 0};
    put(cache, "a.example", &found, 10, 500);
    const uint64_t end = 10500, last = end + (uint64_t)stales[i] * 1000 - 1;
    assert_int_equal(state_of(cache, "a.example", end - 1), CACHE_FRESH);
    assert_int_equal(state_of(cache, "a.example", end), CACHE_STALE);
    assert_int_equal(cache_find(cache, ASSAY_QUESTION_A, TEXT("a.example"), last, &got), CACHE_STALE);
    assert_int_equal(got.outcome, ASSAY_OUTCOME_FOUND);
    assert_memory_equal(got.records[0].bytes, one_record.bytes, 4);
    put(cache, "a.example", &found, 10, last); /* is fresh anew */
    assert_int_equal(state_of(cache, "a.example", last + 9999), CACHE_FRESH);
    assert_int_equal(state_of(cache, "a.example", last + 10000), CACHE_STALE);
    assert_int_equal(state_of(cache, "a.example", last + 10000 + (uint64_t)stales[i] * 1000), CACHE_MISS);
    put(cache, "a.example", &found, 0, last + 10000 + (uint64_t)stales[i] * 1000);
    assert_int_equal(cache_entries(cache), 0);
    close_cache(cache);
  }
}

/* Whoever holds an answer may look again when it has expired: what he holds stays until something is put. */
static void what_was_found_stays_until_the_next_put(void **state) {
  (void)state;
  struct cache *cache = open_cache(&wide);
  assay_answer got;
  put(cache, "a.example", &found, 1, 0);
  put(cache, "b.example", &found, 300, 0);
  assert_int_equal(cache_find(cache, ASSAY_QUESTION_A, TEXT("a.example"), 0, &got), CACHE_FRESH);
  assay_record held = got.records[0];
  assert_int_equal(state_of(cache, "a.example", 1000), CACHE_MISS);
  assert_int_equal(state_of(cache, "a.example", 1000), CACHE_MISS);
  assert_memory_equal(held.bytes, one_record.bytes, one_record.len);
  assert_int_equal(cache_entries(cache), 2);
  close_cache(cache);
}

/* It is the first to go when room is needed, however late it was looked for. */
static void what_has_expired_goes_first(void **state) {
  (void)state;
  struct cache_limits limits = wide;
  limits.bytes = 4096;
  struct cache *cache = open_cache(&limits);
  char name[32];
  unsigned count = 0;
  put(cache, "first.example", &found, 300, 0);
  put(cache, "expired.example", &found, 1, 0);
  while (cache_evicted(cache) == 0 && count < 100) {
    assert_int_equal(state_of(cache, "first.example", 0), CACHE_FRESH);
    assert_int_equal(state_of(cache, "expired.example", 1000), CACHE_MISS);
    snprintf(name, sizeof name, "host%u.example", count++);
    put(cache, name, &found, 300, 0);
  }
  assert_in_range(count, 10, 99);
  assert_int_equal(state_of(cache, "expired.example", 0), CACHE_MISS);
  assert_int_equal(state_of(cache, "first.example", 0), CACHE_FRESH);
  close_cache(cache);
}

/* --- what is kept --- */

static void an_empty_cache(void **state) {
  (void)state;
  struct cache *cache = open_cache(&wide);
  assert_int_equal(state_of(cache, "a.example", 0), CACHE_MISS);
  assert_int_equal(state_of(cache, "", 0), CACHE_MISS);
  assert_int_equal(cache_entries(cache), 0);
  assert_true(cache_evicted(cache) == 0);
  close_cache(cache);
  cache_free(NULL);
}

static void an_answer_replaces_the_one_before(void **state) {
  (void)state;
  struct cache *cache = open_cache(&wide);
  static const assay_answer none = {ASSAY_OUTCOME_NXDOMAIN, NULL, 0};
  assay_answer got;
  put(cache, "a.example", &found, 300, 0);
  put(cache, "a.example", &none, 20, 0);
  assert_int_equal(cache_find(cache, ASSAY_QUESTION_A, TEXT("a.example"), 0, &got), CACHE_FRESH);
  assert_int_equal(got.outcome, ASSAY_OUTCOME_NXDOMAIN);
  assert_int_equal(cache_entries(cache), 1);
  assert_int_equal(state_of(cache, "a.example", 20000), CACHE_MISS);
  put(cache, "a.example", &found, 300, 0);
  put(cache, "a.example", &found, 0, 0); /* not to be kept, and what was there is no more true */
  assert_int_equal(state_of(cache, "a.example", 0), CACHE_MISS);
  assert_int_equal(cache_entries(cache), 0);
  assert_true(cache_evicted(cache) == 0);
  close_cache(cache);
}

static void types_of_one_name_are_apart(void **state) {
  (void)state;
  struct cache *cache = open_cache(&wide);
  assay_answer got;
  for (assay_question_type type = ASSAY_QUESTION_A; type <= ASSAY_QUESTION_NS; type++) {
    char bytes[] = {'t', (char)('0' + (char)type)};
    const assay_record record = {bytes, 2};
    const assay_answer answer = {ASSAY_OUTCOME_FOUND, &record, 1};
    cache_put(cache, type, TEXT("a.example"), &answer, 300, 0);
  }
  assert_int_equal(cache_entries(cache), 6);
  for (assay_question_type type = ASSAY_QUESTION_A; type <= ASSAY_QUESTION_NS; type++) {
    assert_int_equal(cache_find(cache, type, TEXT("a.example"), 0, &got), CACHE_FRESH);
    assert_int_equal(got.records[0].bytes[1], '0' + type);
    assert_int_equal(cache_find(cache, type, TEXT("b.example"), 0, &got), CACHE_MISS);
    assert_int_equal(cache_find(cache, type, TEXT("a.exampl"), 0, &got), CACHE_MISS);
  }
  close_cache(cache);
}

/* What is no knowledge changes nothing. */
static void failures_are_not_kept(void **state) {
  (void)state;
  struct cache *cache = open_cache(&wide);
  put(cache, "a.example", &found, 300, 0);
  for (assay_outcome outcome = ASSAY_OUTCOME_PENDING; outcome <= ASSAY_OUTCOME_NEVER; outcome++) {
    const assay_answer answer = {outcome, NULL, 0};
    put(cache, "b.example", &answer, 300, 0);
    put(cache, "a.example", &answer, 300, 0);
    assert_int_equal(state_of(cache, "b.example", 0), CACHE_MISS);
    assert_int_equal(state_of(cache, "a.example", 0), CACHE_FRESH);
  }
  close_cache(cache);
}

static void what_an_entry_can_hold(void **state) {
  (void)state;
  static char bytes[UINT16_MAX + 1];
  static const struct {
    size_t name, records, record;
    bool kept;
  } rows[] = {
      {0, 1, 4, true},      {1, 0, 0, true},          {255, 1, 4, true},          {256, 1, 4, false},
      {9, 64, 16, true},    {9, 65, 16, false},       {9, 1, UINT16_MAX, true},   {9, 1, UINT16_MAX + 1, false},
      {9, 64, 0, true},
  };
  struct cache_limits limits = wide;
  limits.bytes = 8 << 20;
  memset(bytes, 'x', sizeof bytes);
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct cache *cache = open_cache(&limits);
    assay_record records[65];
    for (size_t r = 0; r < 65; r++) records[r] = (assay_record){rows[i].record ? bytes : NULL, rows[i].record};
    const assay_answer answer = {ASSAY_OUTCOME_FOUND, records, rows[i].records};
    assay_answer got;
    cache_put(cache, ASSAY_QUESTION_TXT, text_of(bytes, rows[i].name), &answer, 300, 0);
    bool kept = cache_find(cache, ASSAY_QUESTION_TXT, text_of(bytes, rows[i].name), 0, &got) == CACHE_FRESH;
    if (kept != rows[i].kept) fail_msg("row %zu", i);
    assert_int_equal(cache_entries(cache), kept);
    if (kept) assert_int_equal(got.count, rows[i].records);
    for (size_t r = 0; kept && r < got.count; r++) {
      assert_int_equal(got.records[r].len, rows[i].record);
      assert_memory_equal(got.records[r].bytes, bytes, rows[i].record);
    }
    close_cache(cache);
  }
}

/* --- how much --- */

static void larger_than_an_eighth_is_not_kept(void **state) {
  (void)state;
  static char bytes[8192];
  struct cache_limits limits = wide;
  limits.bytes = 32768;
  struct cache *cache = open_cache(&limits);
  size_t most = 0;
  for (size_t len = 3000; len < sizeof bytes; len++) {
    const assay_record record = {bytes, len};
    const assay_answer answer = {ASSAY_OUTCOME_FOUND, &record, 1};
    put(cache, "a.example", &answer, 300, 0);
    bool kept = state_of(cache, "a.example", 0) == CACHE_FRESH;
    if (kept) assert_true(most == len - 1 || most == 0);
    if (kept) most = len;
  }
  assert_in_range(most, 32768 / 8 - 128, 32768 / 8);
  assert_int_equal(cache_entries(cache), 0); /* the one that was too large took what was there along */
  close_cache(cache);
}

static void without_room_it_keeps_nothing(void **state) {
  (void)state;
  for (size_t bytes = 0; bytes < 2000; bytes += 7) {
    struct cache_limits limits = wide;
    limits.bytes = bytes;
    struct cache *cache = open_cache(&limits);
    size_t empty = memory.bytes;
    put(cache, "a.example", &found, 300, 0);
    if (bytes < empty + 512) assert_int_equal(state_of(cache, "a.example", 0), CACHE_MISS);
    assert_true(memory.bytes <= bytes || memory.bytes == empty);
    close_cache(cache);
  }
}

/* The most it ever had. */
struct watch {
  assay_alloc alloc;
  struct test_alloc *inner;
  size_t most;
};

static void *watch_resize(void *user, void *block, size_t old_size, size_t new_size) {
  struct watch *watch = user;
  void *got = watch->inner->alloc.resize(watch->inner->alloc.user, block, old_size, new_size);
  if (watch->inner->bytes > watch->most) watch->most = watch->inner->bytes;
  return got;
}

static uint64_t next_number(uint64_t *seed) {
  *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
  return *seed >> 11;
}

/* What it ought to hold, the least recently used first. */
enum { MODEL_MOST = 4096 };

struct model {
  struct expected {
    unsigned name, type, len;
    char byte;
  } rows[MODEL_MOST];
  size_t count;
};

static void model_drop(struct model *model, size_t at) {
  memmove(&model->rows[at], &model->rows[at + 1], (--model->count - at) * sizeof *model->rows);
}

static struct text name_of(char out[32], unsigned n) {
  return text_of(out, (size_t)snprintf(out, 32, "host%u.example", n));
}

/* One by one in their order, which stays as it is thereby. */
static void expect_model(struct cache *cache, const struct model *model) {
  assert_int_equal(cache_entries(cache), model->count);
  for (size_t i = 0; i < model->count; i++) {
    const struct expected *row = &model->rows[i];
    char name[32];
    assay_answer got;
    assert_int_equal(cache_find(cache, (assay_question_type)row->type, name_of(name, row->name), 0, &got), CACHE_FRESH);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.records[0].len, row->len);
    for (unsigned b = 0; b < row->len; b++) assert_int_equal(got.records[0].bytes[b], row->byte);
  }
}

static void random_step(struct cache *cache, struct model *model, uint64_t *seed, size_t room) {
  static char bytes[512];
  struct expected row = {.name = (unsigned)(next_number(seed) % 3000),
                         .type = (unsigned)(next_number(seed) % 6),
                         .byte = (char)next_number(seed)};
  row.len = (unsigned)(next_number(seed) % (next_number(seed) % 8 ? 20 : sizeof bytes));
  if (row.len > room / 8 - 128) row.len = 4; /* those that are too large are tested elsewhere */
  char name[32];
  struct text text = name_of(name, row.name);
  size_t at = 0;
  while (at < model->count && (model->rows[at].name != row.name || model->rows[at].type != row.type)) at++;
  if (next_number(seed) % 4 == 0) { /* only looks */
    assay_answer got;
    enum cache_state was = cache_find(cache, (assay_question_type)row.type, text, 0, &got);
    assert_int_equal(was, at < model->count ? CACHE_FRESH : CACHE_MISS);
    if (at == model->count) return;
    row = model->rows[at];
    model_drop(model, at);
    model->rows[model->count++] = row;
    return;
  }
  if (at < model->count) model_drop(model, at);
  bool kept = next_number(seed) % 16 > 0;
  memset(bytes, row.byte, sizeof bytes);
  const assay_record record = {bytes, row.len};
  const assay_answer answer = {ASSAY_OUTCOME_FOUND, &record, 1};
  uint64_t evicted = cache_evicted(cache);
  cache_put(cache, (assay_question_type)row.type, text, &answer, kept ? 300 : 0, 0);
  for (; evicted < cache_evicted(cache); evicted++) model_drop(model, 0);
  assert_true(model->count < MODEL_MOST);
  if (kept) model->rows[model->count++] = row;
}

static void never_more_memory_than_it_may_have(void **state) {
  (void)state;
  static struct model model;
  static const size_t rooms[] = {2500, 4096, 10000, 65536, 250000};
  for (size_t i = 0; i < COUNT(rooms); i++) {
    struct test_alloc inner;
    struct watch watch = {{watch_resize, &watch}, &inner, 0};
    struct cache_limits limits = wide;
    struct cache *cache;
    uint64_t seed = i + 1;
    test_alloc_init(&inner);
    limits.bytes = rooms[i];
    model.count = 0;
    assert_int_equal(cache_new(&cache, &limits, &watch.alloc), ASSAY_OK);
    for (int step = 0; step < 100000; step++) {
      random_step(cache, &model, &seed, rooms[i]);
      if (step % 5000 == 0) expect_model(cache, &model);
      assert_true(cache_bytes(cache) == inner.bytes + 16 * (size_t)inner.held); /* and what a block costs beside */
      assert_true(cache_bytes(cache) <= rooms[i]);
    }
    expect_model(cache, &model);
    assert_true(watch.most <= rooms[i]);
    assert_true(cache_bytes(cache) > rooms[i] / 2); /* and it makes use of it */
    assert_true(cache_evicted(cache) > 1000);
    cache_free(cache);
    assert_true(test_alloc_clean(&inner));
  }
}

static void what_a_name_costs(void **state) {
  (void)state;
  enum { NAMES = 10000 };
  struct cache_limits limits = wide;
  limits.bytes = 64 << 20;
  struct cache *cache = open_cache(&limits);
  for (unsigned i = 0; i < NAMES; i++) {
    char name[32];
    snprintf(name, sizeof name, "mail%05u.example.com", i);
    put(cache, name, &found, 300, 0);
  }
  assert_int_equal(cache_entries(cache), NAMES);
  assert_true(memory.bytes <= cache_bytes(cache));
  assert_in_range(memory.calls, NAMES + 5, NAMES + 20); /* the table grows with them, and seldom */
  if (cache_bytes(cache) / NAMES > 200) fail_msg("%zu bytes a name", cache_bytes(cache) / NAMES);
  close_cache(cache);
}

static void the_least_recently_used_goes_first(void **state) {
  (void)state;
  struct cache_limits limits = wide;
  limits.bytes = 8192;
  struct cache *cache = open_cache(&limits);
  char name[32];
  unsigned count = 0;
  while (cache_evicted(cache) == 0) {
    name_of(name, count++);
    put(cache, name, &found, 300, 0);
    assert_int_equal(state_of(cache, "host0.example", 0), CACHE_FRESH);
  }
  assert_true(count > 20);
  assert_int_equal(state_of(cache, "host1.example", 0), CACHE_MISS); /* host0 was looked for all the while */
  for (unsigned i = 2; i < count; i++) {
    name_of(name, i);
    assert_int_equal(state_of(cache, name, 0), CACHE_FRESH);
  }
  close_cache(cache);
}

/* --- names that meet --- */

struct hashed {
  uint32_t hash;
  unsigned name;
};

static int compare_hashed(const void *a, const void *b) {
  const struct hashed *left = a, *right = b;
  return left->hash < right->hash ? -1 : left->hash > right->hash;
}

/* Names whose hashes are the same: there are some among so many. */
static void names_of_one_hash(void **state) {
  (void)state;
  enum { NAMES = 400000 };
  struct hashed *rows = calloc(NAMES, sizeof *rows);
  assert_non_null(rows);
  char name[32];
  for (unsigned i = 0; i < NAMES; i++) {
    struct text text = name_of(name, i);
    rows[i] = (struct hashed){(uint32_t)text_hash_keyed(text, wide.key + ASSAY_QUESTION_A), i};
  }
  qsort(rows, NAMES, sizeof *rows, compare_hashed);
  size_t pairs = 0;
  for (size_t i = 1; i < NAMES; i++) {
    if (rows[i].hash != rows[i - 1].hash) continue;
    struct cache *cache = open_cache(&wide);
    pairs++;
    for (unsigned n = 0; n < 2; n++) {
      const assay_record record = {n ? "one" : "two", 3};
      const assay_answer answer = {ASSAY_OUTCOME_FOUND, &record, 1};
      cache_put(cache, ASSAY_QUESTION_A, name_of(name, rows[i - n].name), &answer, 300, 0);
    }
    assert_int_equal(cache_entries(cache), 2);
    for (unsigned n = 0; n < 2; n++) {
      assay_answer got;
      assert_int_equal(cache_find(cache, ASSAY_QUESTION_A, name_of(name, rows[i - n].name), 0, &got), CACHE_FRESH);
      assert_memory_equal(got.records[0].bytes, n ? "one" : "two", 3);
    }
    cache_put(cache, ASSAY_QUESTION_A, name_of(name, rows[i].name), &found, 0, 0); /* forgets its own */
    assay_answer got;
    assert_int_equal(cache_find(cache, ASSAY_QUESTION_A, name_of(name, rows[i].name), 0, &got), CACHE_MISS);
    assert_int_equal(cache_find(cache, ASSAY_QUESTION_A, name_of(name, rows[i - 1].name), 0, &got), CACHE_FRESH);
    close_cache(cache);
  }
  assert_true(pairs > 0);
  free(rows);
}

/* --- without memory --- */

static void fill(struct cache *cache, unsigned count, bool all) {
  char name[32];
  for (unsigned i = 0; i < count; i++) {
    name_of(name, i);
    put(cache, name, &found, 300, 0);
    bool there = state_of(cache, name, 0) == CACHE_FRESH;
    if (all) assert_true(there);
  }
}

/* One call that fails costs old answers at most, where there are any to give up. */
static void one_failure_of_the_allocator(void **state) {
  (void)state;
  enum { NAMES = 300 };
  struct cache *cache = open_cache(&wide);
  fill(cache, NAMES, true);
  size_t calls = memory.calls;
  close_cache(cache);
  test_alloc_failing(&memory, 1, false);
  assert_int_equal(cache_new(&cache, &wide, &memory.alloc), ASSAY_NO_MEMORY);
  assert_null(cache);
  assert_true(test_alloc_clean(&memory));
  for (size_t nth = 2; nth <= calls; nth++) {
    test_alloc_failing(&memory, nth, false);
    assert_int_equal(cache_new(&cache, &wide, &memory.alloc), ASSAY_OK);
    fill(cache, NAMES, nth > 3); /* the first has none to push out */
    assert_true(cache_evicted(cache) <= 1);
    assert_int_equal(cache_entries(cache) + cache_evicted(cache), NAMES - (nth <= 3));
    close_cache(cache);
  }
}

static void no_more_memory_from_then_on(void **state) {
  (void)state;
  for (size_t nth = 2; nth <= 200; nth++) {
    struct cache *cache;
    test_alloc_failing(&memory, nth, true);
    assert_int_equal(cache_new(&cache, &wide, &memory.alloc), ASSAY_OK);
    fill(cache, 300, false);
    assert_true(memory.held <= (long)nth);
    close_cache(cache);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(holds_for_so_many_seconds),
      cmocka_unit_test(stale_for_so_many_seconds_behind),
      cmocka_unit_test(what_was_found_stays_until_the_next_put),
      cmocka_unit_test(what_has_expired_goes_first),
      cmocka_unit_test(an_empty_cache),
      cmocka_unit_test(an_answer_replaces_the_one_before),
      cmocka_unit_test(types_of_one_name_are_apart),
      cmocka_unit_test(failures_are_not_kept),
      cmocka_unit_test(what_an_entry_can_hold),
      cmocka_unit_test(larger_than_an_eighth_is_not_kept),
      cmocka_unit_test(without_room_it_keeps_nothing),
      cmocka_unit_test(never_more_memory_than_it_may_have),
      cmocka_unit_test(what_a_name_costs),
      cmocka_unit_test(the_least_recently_used_goes_first),
      cmocka_unit_test(names_of_one_hash),
      cmocka_unit_test(one_failure_of_the_allocator),
      cmocka_unit_test(no_more_memory_from_then_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
