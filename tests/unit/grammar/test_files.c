/* Tests that each file is read once, whatever names it, and that lists of one file share its items without harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "grammar/compile.h"
#include "support/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A file system of three files; a path may begin with "./" any number of times. */
static const struct {
  const char *path, *bytes;
} disk[] = {
    {"names.txt", "a.example\nb.example\n\nc.example # comment\n"},
    {"bad.txt", "10.0.0.0/8\nnobody\n"},
    {"more.rule", "list more : name from \"names.txt\"\n"},
};

struct reads {
  size_t of[COUNT(disk)], unknown;
};

static assay_status read_disk(void *user, struct arena *arena, struct text path, size_t limit, struct loaded *out) {
  struct reads *reads = user;
  while (text_starts(path, TEXT("./"))) path = text_of(path.ptr + 2, path.len - 2);
  for (size_t i = 0; i < COUNT(disk); i++) {
    if (!text_is(path, disk[i].path)) continue;
    struct text bytes = arena_text(arena, text_from(disk[i].bytes));
    reads->of[i]++;
    out->real = arena_text(arena, path);
    out->bytes = (char *)(uintptr_t)bytes.ptr;
    out->len = bytes.len;
    if (arena->failed) return ASSAY_NO_MEMORY;
    return bytes.len > limit ? ASSAY_OVER_LIMIT : ASSAY_OK;
  }
  reads->unknown++;
  out->error = arena_text(arena, TEXT("no such file"));
  return ASSAY_NOT_FOUND;
}

static assay_status expand_nothing(void *user, struct arena *arena, struct text path, struct expanded *out) {
  (void)user, (void)arena, (void)path, (void)out;
  return ASSAY_OK;
}

struct bench {
  struct reads reads;
  struct loader loader;
  struct diags diags;
  struct compilation c;
  struct verified *verified;
};

static assay_status bench_compile(struct bench *bench, const char *text, const assay_alloc *alloc) {
  struct text name = TEXT("test.rule"), bytes = text_from(text);
  *bench = (struct bench){.loader = {&bench->reads, read_disk, expand_nothing}};
  diags_init(&bench->diags, alloc);
  assay_status status = compilation_init(&bench->c, alloc, &bench->loader, NULL, &bench->diags);
  bench->c.lint = true;
  return status == ASSAY_OK ? compile_run(&bench->verified, &bench->c, &name, 1, &bytes, alloc) : status;
}

static void bench_close(struct bench *bench, const assay_alloc *alloc) {
  verified_free(bench->verified, alloc);
  compilation_free(&bench->c);
  diags_free(&bench->diags);
}

static const struct list *list_of(const struct bench *bench, const char *name) {
  const struct symbol *symbol = symbol_find(&bench->c, text_from(name));
  assert_non_null(symbol);
  return &bench->c.lists.at[symbol->index];
}

static const char lists[] = "list one : name from \"names.txt\"\n"
                            "list two : name from \"./names.txt\"\n"
                            "list raw : string from \"names.txt\"\n"
                            "list less : name from \"names.txt\"\n"
                            "list gone : name { }\n"
                            "list grown : name { \"a.example\" }\n"
                            "list two += { \"d.example\" }\n"
                            "list two += from \"names.txt\"\n"
                            "list less -= { \"b.example\" }\n"
                            "list gone += from \"names.txt\"\n"
                            "list gone -= from \"././names.txt\"\n"
                            "list grown += from \"names.txt\"\n"
                            "list grown += from \"names.txt\"\n"
                            "rule R { describe \"d\" score 1\n"
                            "  when helo in one or helo in two or helo.raw in raw or helo in less or helo in gone\n"
                            "    or helo in grown\n"
                            "  test hit { helo \"a.example\" } }\n"
                            "include \"more.rule\"\n"
                            "include \"./more.rule\"\n";

static void one_reading_for_all(void **state) {
  (void)state;
  static const struct {
    const char *list;
    size_t count;
  } rows[] = {{"one", 3}, {"two", 4}, {"raw", 3}, {"less", 2}, {"gone", 0}, {"grown", 4}, {"more", 3}};
  struct bench bench;
  assert_int_equal(bench_compile(&bench, lists, &mem_default), ASSAY_OK);
  for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(list_of(&bench, rows[i].list)->items.count, rows[i].count);
  assert_true(text_is(list_of(&bench, "one")->items.at[1].text, "b.example"));
  assert_true(text_is(list_of(&bench, "less")->items.at[1].text, "c.example"));
  assert_ptr_equal(list_of(&bench, "one")->items.at, list_of(&bench, "more")->items.at);
  assert_int_equal(list_of(&bench, "one")->items_set, 0);
  assert_int_equal(bench.reads.of[0], 3); /* once for each way in which it was spelt */
  assert_int_equal(bench.reads.of[2], 2);
  assert_int_equal(bench.c.files.count, 2);
  assert_int_equal(bench.diags.list.count, 0);
  bench_close(&bench, &mem_default);
}

/* What is wrong with a line is said once for each type of list. */
static void a_bad_line_is_one_message(void **state) {
  (void)state;
  static const char text[] = "list a : network from \"bad.txt\"\nlist b : network from \"bad.txt\"\n"
                             "list b += from \"bad.txt\"\nlist c : address from \"bad.txt\"\n";
  struct bench bench;
  assert_int_equal(bench_compile(&bench, text, &mem_default), ASSAY_BAD_RULES);
  assert_int_equal(bench.diags.errors, 3); /* an address list cannot hold a network either */
  bench_close(&bench, &mem_default);
}

static void what_cannot_be_read(void **state) {
  (void)state;
  static const char text[] = "list a : name from \"nowhere\"\nlist b : name from \"nowhere\"\ninclude \"nowhere\"\n";
  struct bench bench;
  assert_int_equal(bench_compile(&bench, text, &mem_default), ASSAY_BAD_RULES);
  assert_int_equal(bench.diags.errors, 3);
  for (size_t i = 0; i < 3; i++)
    assert_true(text_is(bench.diags.list.at[i].message, "cannot read `nowhere`: no such file"));
  assert_int_equal(bench.reads.unknown, 3);
  bench_close(&bench, &mem_default);
}

static void pairs_of_one_key_are_one(void **state) {
  (void)state;
  static const char text[] = "map m { \"Key\" = { \"a.example\" }, \"other\" = { \"o.example\" } }\n"
                             "map m += { \"key.\" = { \"b.example\", \"c.example\" } }\n";
  struct bench bench;
  assert_int_equal(bench_compile(&bench, text, &mem_default), ASSAY_OK);
  const struct name_map *map = &bench.c.maps.at[0];
  assert_int_equal(map->entries.count, 2);
  for (size_t i = 0; i < 2; i++)
    assert_int_equal(map->lists.at[i].items.count, text_is(map->entries.at[i].key, "key") ? 3 : 1);
  assert_false(text_eq(map->entries.at[0].key, map->entries.at[1].key));
  bench_close(&bench, &mem_default);
}

static void without_memory(void **state) {
  (void)state;
  static const char map[] = "map m { \"k\" = { \"a.example\" }, \"l\" = { \"b.example\" } }\n"
                            "map m += { \"k\" = { \"c.example\" } }\n";
  const char *const texts[] = {lists, map};
  for (size_t t = 0; t < COUNT(texts); t++)
    for (int after = 0; after < 2; after++)
      for (size_t nth = 1;; nth++) {
        struct test_alloc alloc;
        struct bench bench;
        test_alloc_failing(&alloc, nth, after);
        assay_status status = bench_compile(&bench, texts[t], &alloc.alloc);
        assert_true(status == ASSAY_OK || status == ASSAY_NO_MEMORY);
        bench_close(&bench, &alloc.alloc);
        assert_true(test_alloc_clean(&alloc));
        if (alloc.calls < nth) break;
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_reading_for_all), cmocka_unit_test(a_bad_line_is_one_message),
      cmocka_unit_test(what_cannot_be_read), cmocka_unit_test(pairs_of_one_key_are_one),
      cmocka_unit_test(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
