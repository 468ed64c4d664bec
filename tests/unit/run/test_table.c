/* Tests the sets of texts and networks: edge cases by table, and random sets against a linear scan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/table.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A small generator with a fixed seed, so that a failure comes again. */
static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state * 0x2545f4914f6cdd1du >> 16;
}

/* An allocator that fails from the nth call on, and counts what is still held. */
struct failing {
  size_t left;
  long held;
};

static void *failing_resize(void *user, void *block, size_t old_size, size_t new_size) {
  struct failing *failing = user;
  (void)old_size;
  if (new_size == 0) {
    failing->held--;
    free(block);
    return NULL;
  }
  if (failing->left == 0) return NULL;
  failing->left--;
  failing->held += block == NULL;
  return realloc(block, new_size);
}

static struct text_table *table_of(const struct text *items, size_t count) {
  struct text_table *table = NULL;
  assert_int_equal(text_table_new(&table, items, count, &mem_default), ASSAY_OK);
  return table;
}

/* The same questions are put to a linear table and, by repeating fillers, to a hashed one. */
static void each_size(void (*check)(const struct text_table *), const struct text *items, size_t count) {
  struct text padded[64];
  char fillers[64][16];
  struct text_table *small = table_of(items, count);
  check(small);
  text_table_free(small);
  for (size_t i = 0; i < COUNT(padded); i++) {
    int len = snprintf(fillers[i], sizeof fillers[i], "filler%zu.zz", i);
    padded[i] = i < count ? items[i] : text_of(fillers[i], (size_t)len);
  }
  struct text_table *large = table_of(padded, COUNT(padded));
  check(large);
  text_table_free(large);
}

static void check_exact(const struct text_table *table) {
  static const struct {
    struct text text;
    bool has;
  } rows[] = {
    {{"example.com", 11}, true}, {{"example.co", 10}, false}, {{"xample.com", 10}, false},
    {{"Example.com", 11}, false}, {{"a", 1}, true}, {{"b", 1}, false}, {{"", 0}, true}, {{NULL, 0}, true},
    {{"nul\0a", 5}, true}, {{"nul\0b", 5}, false}, {{"nul", 3}, false}, {{"1234567", 7}, true},
    {{"12345678", 8}, true}, {{"123456789", 9}, true}, {{"1234567890", 10}, false}, {{"twice", 5}, true},
  };
  for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(text_table_has(table, rows[i].text), rows[i].has);
}

static void exact_is_byte_for_byte(void **state) {
  (void)state;
  static const struct text items[] = {{"example.com", 11}, {"a", 1},        {"", 0},          {"nul\0a", 5},
                                      {"1234567", 7},      {"12345678", 8}, {"123456789", 9}, {"twice", 5}};
  each_size(check_exact, items, COUNT(items));
  struct text doubled[24];
  for (size_t i = 0; i < COUNT(doubled); i++) doubled[i] = items[i % COUNT(items)];
  struct text_table *table = table_of(doubled, COUNT(doubled));
  check_exact(table);
  text_table_free(table);
}

static char overlong[300];

static void check_suffix(const struct text_table *table) {
  static const struct {
    const char *name;
    bool has;
  } rows[] = {
    {"example.com", true},    {"mail.example.com", true},   {"a.b.c.example.com", true}, {"notexample.com", false},
    {"example.com.au", false}, {"com", false},              {"", false},                 {".", false},
    {"x.test", true},         {"test", true},               {"xtest", false},            {"deep.sub.org", true},
    {"sub.org", false},       {"a.deep.sub.org", true},     {"a..dotted.net", true},     {"a.dotted.net", false},
    {"example.com.", false},  {".example.com", true},
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    assert_int_equal(text_table_has_suffix(table, text_from(rows[i].name)), rows[i].has);
  assert_false(text_table_has_suffix(table, text_of(overlong, sizeof overlong)));
  assert_true(text_table_has(table, text_of(overlong, sizeof overlong)));
}

static void suffix_is_whole_labels(void **state) {
  (void)state;
  memset(overlong, 'x', sizeof overlong);
  const struct text items[] = {TEXT("example.com"), TEXT("test"),        TEXT(""),
                               TEXT("deep.sub.org"), TEXT(".dotted.net"), text_of(overlong, sizeof overlong)};
  each_size(check_suffix, items, COUNT(items));
}

static void empty_tables_hold_nothing(void **state) {
  (void)state;
  struct text_table *texts = table_of(NULL, 0);
  assert_false(text_table_has(texts, TEXT("")));
  assert_false(text_table_has_suffix(texts, TEXT("a.b")));
  text_table_free(texts);
  text_table_free(NULL);
  struct net_table *nets = NULL;
  assert_int_equal(net_table_new(&nets, NULL, 0, &mem_default), ASSAY_OK);
  assert_false(net_table_has(nets, (struct addr){{0}, 4}));
  assert_false(net_table_has(nets, (struct addr){{0}, 6}));
  net_table_free(nets);
  net_table_free(NULL);
}

/* Short names over a tiny alphabet, so that hits, parents and near misses are all common. */
static struct text random_name(uint64_t *state, char *space, size_t most) {
  static const char alphabet[] = "ab.c";
  size_t len = (size_t)(next_random(state) % (most + 1));
  for (size_t i = 0; i < len; i++) space[i] = alphabet[next_random(state) % 4];
  return text_of(space, len);
}

static bool scan_has(const struct text *items, size_t count, struct text text) {
  for (size_t i = 0; i < count; i++)
    if (text_eq(items[i], text)) return true;
  return false;
}

static bool scan_under(const struct text *items, size_t count, struct text name) {
  for (size_t i = 0; i < count; i++) {
    struct text item = items[i];
    if (item.len == 0 || !text_ends(name, item)) continue;
    if (item.len == name.len || name.ptr[name.len - item.len - 1] == '.') return true;
  }
  return false;
}

static void texts_agree_with_a_scan(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 7, 8, 9, 30, 300, 3000};
  uint64_t seed = 20240301;
  size_t hits = 0, misses = 0;
  for (size_t s = 0; s < COUNT(sizes); s++) {
    size_t count = sizes[s];
    char(*space)[16] = calloc(count, sizeof *space);
    struct text *items = calloc(count, sizeof *items);
    for (size_t i = 0; i < count; i++) items[i] = random_name(&seed, space[i], 12);
    struct text_table *table = table_of(items, count);
    for (size_t q = 0; q < 3000; q++) {
      char bytes[24];
      struct text name = random_name(&seed, bytes, 14);
      bool has = text_table_has(table, name), under = text_table_has_suffix(table, name);
      assert_int_equal(has, scan_has(items, count, name));
      assert_int_equal(under, scan_under(items, count, name));
      *(under ? &hits : &misses) += 1;
    }
    for (size_t i = 0; i < count; i++) assert_true(text_table_has(table, items[i]));
    text_table_free(table);
    free(items);
    free(space);
  }
  assert_true(hits > 1000 && misses > 1000);
}

static void a_million_items_are_found(void **state) {
  (void)state;
  enum { MILLION = 1000000 };
  char(*space)[24] = calloc(MILLION, sizeof *space);
  struct text *items = calloc(MILLION, sizeof *items);
  for (size_t i = 0; i < MILLION; i++)
    items[i] = text_of(space[i], (size_t)snprintf(space[i], sizeof *space, "host%zu.example.net", i));
  struct text_table *table = table_of(items, MILLION);
  for (size_t i = 0; i < MILLION; i += 7) assert_true(text_table_has(table, items[i]));
  assert_true(text_table_has_suffix(table, TEXT("mx.host999999.example.net")));
  assert_false(text_table_has_suffix(table, TEXT("host1000000.example.net")));
  assert_false(text_table_has(table, TEXT("host.example.net")));
  text_table_free(table);
  free(items);
  free(space);
}

static void refuses_counts_that_overflow(void **state) {
  (void)state;
  static const size_t counts[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 16, UINT32_MAX};
  for (size_t i = 0; i < COUNT(counts); i++) {
    struct text_table *table = (struct text_table *)&table;
    assert_int_equal(text_table_new(&table, NULL, counts[i], &mem_default), ASSAY_OVER_LIMIT);
    assert_null(table);
  }
}

static struct addr v4(uint32_t number) {
  struct addr addr = {{0}, 4};
  for (unsigned i = 0; i < 4; i++) addr.bytes[i] = (uint8_t)(number >> (24 - 8 * i));
  return addr;
}

static struct addr v6(uint64_t high, uint64_t low) {
  struct addr addr = {{0}, 6};
  for (unsigned i = 0; i < 8; i++) {
    addr.bytes[i] = (uint8_t)(high >> (56 - 8 * i));
    addr.bytes[i + 8] = (uint8_t)(low >> (56 - 8 * i));
  }
  return addr;
}

static struct net_table *nets_of(const struct network *items, size_t count) {
  struct net_table *table = NULL;
  assert_int_equal(net_table_new(&table, items, count, &mem_default), ASSAY_OK);
  return table;
}

static void networks_by_table(void **state) {
  (void)state;
  const struct network items[] = {
    {v4(0xc0000200), 24}, {v4(0xc0000280), 25}, {v4(0x0a000000), 8},  {v4(0x0a010000), 16},
    {v4(0xffffffff), 32}, {v4(0xcb007180), 25}, {v4(0xcb007100), 25}, {v4(0xc63364ff), 24 /* host bits set */},
    {v6(0x20010db800000000, 0), 32}, {v6(0x20010db800000000, 0x25), 128}, {v6(0x2a00000000000000, 0), 64},
    {v6(0, 1), 128}, {v6(UINT64_MAX, UINT64_MAX), 128}, {v6(0xfe80000000000000, 0), 10},
    {v6(0x2a01000000000000, 0xffff000000000000), 80},
  };
  const struct {
    struct addr addr;
    bool has;
  } rows[] = {
    {v4(0xc0000200), true},  {v4(0xc00002ff), true},  {v4(0xc00001ff), false}, {v4(0xc0000300), false},
    {v4(0x0a000000), true},  {v4(0x0affffff), true},  {v4(0x09ffffff), false}, {v4(0x0b000000), false},
    {v4(0xffffffff), true},  {v4(0xfffffffe), false}, {v4(0), false},          {v4(0xcb00717f), true},
    {v4(0xcb007180), true},  {v4(0xcb007200), false}, {v4(0xc6336400), true},  {v4(0xc63364ff), true},
    {v6(0x20010db800000000, 0x25), true}, {v6(0x20010db8ffffffff, UINT64_MAX), true},
    {v6(0x20010db900000000, 0), false},   {v6(0x20010db7ffffffff, UINT64_MAX), false},
    {v6(0x2a00000000000000, UINT64_MAX), true}, {v6(0x2a00000000000001, 0), false},
    {v6(0, 1), true},        {v6(0, 0), false},       {v6(0, 2), false},       {v6(UINT64_MAX, UINT64_MAX), true},
    {v6(UINT64_MAX, UINT64_MAX - 1), false},    {v6(0xfebfffffffffffff, UINT64_MAX), true},
    {v6(0xfec0000000000000, 0), false},         {v6(0x2a01000000000000, 0xffff00000000ffff), true},
    {v6(0x2a01000000000000, 0xfffe000000000000), false}, {v6(0, 0xffffc0000201), false}, {{{0}, 0}, false},
  };
  struct net_table *table = nets_of(items, COUNT(items));
  for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(net_table_has(table, rows[i].addr), rows[i].has);
  net_table_free(table);
}

static void default_networks_hold_their_family(void **state) {
  (void)state;
  const struct network items[] = {
    {v4(0), 0}, {v4(0xc0000200), 24}, {v6(0, 0), 0}, {v6(0x20010db800000000, 0), 32},
  };
  for (size_t skip = 0; skip < 3; skip += 2) {
    struct net_table *table = nets_of(items + skip, 2);
    assert_int_equal(net_table_has(table, v4(0)), skip == 0);
    assert_int_equal(net_table_has(table, v4(UINT32_MAX)), skip == 0);
    assert_int_equal(net_table_has(table, v6(0, 0)), skip == 2);
    assert_int_equal(net_table_has(table, v6(UINT64_MAX, UINT64_MAX)), skip == 2);
    net_table_free(table);
  }
}

static void unsound_networks_are_refused(void **state) {
  (void)state;
  const struct network rows[] = {{{{0}, 0}, 0}, {{{0}, 5}, 8}, {v4(0), 33}, {v6(0, 0), 129}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct net_table *table = (struct net_table *)&table;
    assert_int_equal(net_table_new(&table, &rows[i], 1, &mem_default), ASSAY_BAD_VALUE);
    assert_null(table);
  }
}

static bool scan_holds(const struct network *items, size_t count, struct addr addr) {
  for (size_t i = 0; i < count; i++) {
    bool same = items[i].addr.family == addr.family;
    for (unsigned bit = 0; same && bit < items[i].bits; bit++)
      same = ((items[i].addr.bytes[bit / 8] ^ addr.bytes[bit / 8]) >> (7 - bit % 8) & 1) == 0;
    if (same) return true;
  }
  return false;
}

/* Addresses whose upper bits are few, so that networks nest and touch. */
static struct addr random_addr(uint64_t *state) {
  uint64_t a = next_random(state), b = next_random(state);
  if (a & 1) return v4((uint32_t)(b & 0x030f00ff) | (uint32_t)(a & 0xff00));
  return v6(0x2001000000000000 | (b & 0xff), (a & 0xff00000000ff) << 8);
}

static void networks_agree_with_a_scan(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 5, 50, 500, 6000};
  uint64_t seed = 4711;
  size_t hits = 0, misses = 0;
  for (size_t s = 0; s < COUNT(sizes); s++) {
    struct network *items = calloc(sizes[s], sizeof *items);
    for (size_t i = 0; i < sizes[s]; i++) {
      items[i].addr = random_addr(&seed);
      unsigned least = items[i].addr.family == 4 ? 20 : 56, spread = items[i].addr.family == 4 ? 13 : 73;
      items[i].bits = (uint8_t)(least + next_random(&seed) % spread);
    }
    struct net_table *table = nets_of(items, sizes[s]);
    for (size_t q = 0; q < 2000; q++) {
      struct addr addr = random_addr(&seed);
      bool has = net_table_has(table, addr);
      assert_int_equal(has, scan_holds(items, sizes[s], addr));
      *(has ? &hits : &misses) += 1;
    }
    net_table_free(table);
    free(items);
  }
  assert_true(hits > 1000 && misses > 1000);
}

/* Enough disjoint ranges for the first-level table, with gaps, and one range that spans many of its entries. */
static void first_level_agrees_with_arithmetic(void **state) {
  (void)state;
  enum { RANGES = 70000 };
  struct network *items = calloc(RANGES + 1, sizeof *items);
  for (uint32_t i = 0; i < RANGES; i++) items[i] = (struct network){v4(0x10000000 + i * 1000 / 8 * 8), 29};
  items[RANGES] = (struct network){v4(0xc0000000), 10};
  struct net_table *table = nets_of(items, RANGES + 1);
  for (uint32_t i = 0; i < RANGES; i += 3) {
    uint32_t first = 0x10000000 + i * 1000 / 8 * 8;
    assert_true(net_table_has(table, v4(first)));
    assert_true(net_table_has(table, v4(first + 7)));
    assert_false(net_table_has(table, v4(first + 8)));
    assert_false(net_table_has(table, v4(first - 1)));
  }
  static const struct {
    uint32_t number;
    bool has;
  } rows[] = {{0xbfffffff, false}, {0xc0000000, true}, {0xc0123456, true}, {0xc03fffff, true}, {0xc0400000, false},
              {0, false},          {UINT32_MAX, false}};
  for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(net_table_has(table, v4(rows[i].number)), rows[i].has);
  net_table_free(table);
  free(items);
}

static void a_million_networks_are_found(void **state) {
  (void)state;
  enum { MILLION = 1000000 };
  struct network *items = calloc(MILLION, sizeof *items);
  for (uint32_t i = 0; i < MILLION; i++) /* an order that is neither up nor down */
    items[i] = (struct network){v4((uint32_t)(i * (uint64_t)7919 % MILLION) * 512), 24};
  struct net_table *table = nets_of(items, MILLION);
  for (uint32_t i = 0; i < MILLION; i += 11) {
    assert_true(net_table_has(table, v4(i * 512 + 255)));
    assert_false(net_table_has(table, v4(i * 512 + 256)));
  }
  net_table_free(table);
  free(items);
}

static void failed_memory_is_a_status(void **state) {
  (void)state;
  struct network nets[3000];
  struct text texts[20];
  for (uint32_t i = 0; i < COUNT(nets); i++) nets[i] = (struct network){v4(i * 512), 24};
  nets[0] = (struct network){v6(1, 1), 128};
  for (size_t i = 0; i < COUNT(texts); i++) texts[i] = TEXT("x");
  size_t failures = 0;
  for (size_t left = 0;; left++) {
    struct failing failing = {left, 0};
    assay_alloc alloc = {failing_resize, &failing};
    struct text_table *text_table = (struct text_table *)&failing;
    struct net_table *net_table = (struct net_table *)&failing;
    assay_status status = text_table_new(&text_table, texts, COUNT(texts), &alloc);
    assert_int_equal(status == ASSAY_OK, text_table != NULL);
    if (status == ASSAY_OK) status = net_table_new(&net_table, nets, COUNT(nets), &alloc);
    if (status == ASSAY_OK) {
      net_table_free(net_table);
    } else {
      assert_int_equal(status, ASSAY_NO_MEMORY);
      if (text_table) assert_null(net_table);
      failures++;
    }
    text_table_free(text_table);
    assert_int_equal(failing.held, 0);
    if (status == ASSAY_OK) break;
  }
  assert_true(failures >= 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(exact_is_byte_for_byte),
    cmocka_unit_test(suffix_is_whole_labels),
    cmocka_unit_test(empty_tables_hold_nothing),
    cmocka_unit_test(texts_agree_with_a_scan),
    cmocka_unit_test(a_million_items_are_found),
    cmocka_unit_test(refuses_counts_that_overflow),
    cmocka_unit_test(networks_by_table),
    cmocka_unit_test(default_networks_hold_their_family),
    cmocka_unit_test(unsound_networks_are_refused),
    cmocka_unit_test(networks_agree_with_a_scan),
    cmocka_unit_test(first_level_agrees_with_arithmetic),
    cmocka_unit_test(a_million_networks_are_found),
    cmocka_unit_test(failed_memory_is_a_status),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
