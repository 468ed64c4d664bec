/* Holds engine/facts/domain.c to the public suffix list and the reserved names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts/domain.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct domain *domain;

static int setup(void **state) {
  (void)state;
  return domain_open(&domain, &mem_default) == ASSAY_OK ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  domain_close(domain);
  return 0;
}

static void finds_the_registrable_domain(void **state) {
  (void)state;
  static const struct {
    const char *name, *org;
  } rows[] = {
      {"mail.example.com", "example.com"},
      {"example.com", "example.com"},
      {"com", ""},
      {"a.b.co.uk", "b.co.uk"},
      {"co.uk", ""},
      {"a.b.city.kobe.jp", "city.kobe.jp"}, /* an exception to *.kobe.jp */
      {"c.a.b.kobe.jp", "a.b.kobe.jp"},
      {"b.kobe.jp", ""},
      {"a.www.ck", "www.ck"},
      {"foo.ck", ""},
      {"a.user.github.io", "user.github.io"}, /* the private part of the list */
      {"github.io", ""},
      {"mail.corp.lan", "corp.lan"}, /* in no list: the implicit rule "*" */
      {"lan", ""},
      {"mail.bank.example", "bank.example"},
      {"a.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"},
      {"a_b.x.example.com", "example.com"},
      {"", ""},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct text name = text_from(rows[i].name), org = domain_registrable(domain, name);
    if (!text_is(org, rows[i].org)) fail_msg("%s: \"%.*s\"", rows[i].name, (int)org.len, org.ptr);
    if (org.len > 0) assert_ptr_equal(org.ptr + org.len, name.ptr + name.len);
    assert_int_equal(domain_has_registrable(domain, name), org.len > 0);
  }
}

static void reads_no_byte_behind_the_name(void **state) {
  (void)state;
  struct text name = text_of("mail.example.comfort", 16);
  assert_true(text_is(domain_registrable(domain, name), "example.com"));
  assert_true(domain_tld_known(domain, text_of("comfort-", 3)));
  assert_false(domain_tld_known(domain, text_of("com\0", 4)));
  assert_true(text_is(domain_registrable(domain, text_of("a\0b.example.com", 15)), ""));
}

static void refuses_names_too_long(void **state) {
  (void)state;
  char name[254 + 1];
  memset(name, 'a', sizeof name);
  memcpy(name + 253 - 12, ".example.com", 12);
  assert_true(text_is(domain_registrable(domain, text_of(name, 253)), "example.com"));
  memset(name, 'a', sizeof name);
  memcpy(name + 254 - 12, ".example.com", 12);
  assert_true(text_is(domain_registrable(domain, text_of(name, 254)), ""));
  assert_false(domain_has_registrable(domain, text_of(name, 254)));
  assert_false(domain_tld_known(domain, text_of(name, 200)));
}

static void knows_top_level_domains(void **state) {
  (void)state;
  static const struct {
    const char *label;
    bool known;
  } rows[] = {
      {"com", true},   {"de", true},           {"ck", true},      {"er", true},  {"xn--p1ai", true},
      {"lan", false},  {"localdomain", false}, {"corp", false},   {"home", false}, {"123", false},
      {"", false},     {"github.io", false},   {"Com", false},    {"co", true},  {"internals", false},
#define RESERVED(label, see) {label, true},
#include "facts/domain_reserved.def"
#undef RESERVED
  };
  for (size_t i = 0; i < COUNT(rows); i++)
    if (domain_tld_known(domain, text_from(rows[i].label)) != rows[i].known) fail_msg("\"%s\"", rows[i].label);
}

/* Twice: what is remembered must be what was answered. */
static void a_view_answers_as_its_list(void **state) {
  (void)state;
  static const char *const names[] = {
      "mail.example.com", "example.com", "com", "a.b.co.uk", "a.www.ck", "foo.ck", "a.user.github.io", "github.io",
      "lan", "c.a.b.kobe.jp", "", ".com", "a.name-too-long-to-be-remembered-whole-though-its-parents-are.example.com"};
  struct domain *view;
  assert_int_equal(domain_view_new(&view, &mem_default), ASSAY_OK);
  assert_int_equal(domain_registrable(view, text_from(names[0])).len, 0); /* shows no list yet */
  assert_false(domain_tld_known(view, TEXT("com")));
  for (int round = 0; round < 2; round++) {
    domain_view_show(view, domain);
    for (size_t i = 0; i < COUNT(names); i++) {
      struct text name = text_from(names[i]);
      assert_true(text_eq(domain_registrable(view, name), domain_registrable(domain, name)));
      assert_int_equal(domain_tld_known(view, name), domain_tld_known(domain, name));
    }
  }
  domain_close(view);
}

static void a_view_holds_its_list(void **state) {
  (void)state;
  struct domain *view, *list;
  assert_int_equal(domain_view_new(&view, &mem_default), ASSAY_OK);
  assert_int_equal(domain_open(&list, &mem_default), ASSAY_OK);
  domain_view_show(view, list);
  domain_close(list);
  assert_true(text_is(domain_registrable(view, TEXT("mail.example.com")), "example.com"));
  domain_view_show(view, NULL); /* and forgets what it has answered */
  assert_int_equal(domain_registrable(view, TEXT("mail.example.com")).len, 0);
  domain_close(view);
}

static void *no_memory(void *user, void *block, size_t old_size, size_t new_size) {
  (void)user;
  (void)block;
  (void)old_size;
  (void)new_size;
  return NULL;
}

static void open_without_memory_leaves_null(void **state) {
  (void)state;
  static const assay_alloc none = {no_memory, NULL};
  struct domain *out = domain;
  assert_int_equal(domain_open(&out, &none), ASSAY_NO_MEMORY);
  assert_null(out);
  out = domain;
  assert_int_equal(domain_view_new(&out, &none), ASSAY_NO_MEMORY);
  assert_null(out);
  domain_close(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finds_the_registrable_domain),
      cmocka_unit_test(reads_no_byte_behind_the_name),
      cmocka_unit_test(refuses_names_too_long),
      cmocka_unit_test(knows_top_level_domains),
      cmocka_unit_test(a_view_answers_as_its_list),
      cmocka_unit_test(a_view_holds_its_list),
      cmocka_unit_test(open_without_memory_leaves_null),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
