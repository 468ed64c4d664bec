/* Tests the forms of a mailbox, as written and as compared, and its two parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/facts.h"
#include "support/alloc.h"

#define T(literal) {literal, sizeof(literal) - 1}

static void forms_by_table(void **state) {
  (void)state;
  static const struct {
    struct text given, compared, local, domain;
  } rows[] = {
      {T(""), T(""), T(""), T("")},
      {T("<>"), T(""), T(""), T("")},
      {T("  <>\t"), T(""), T(""), T("")},
      {T("a@b.example"), T("a@b.example"), T("a"), T("b.example")},
      {T("<A@B.Example>"), T("a@b.example"), T("a"), T("b.example")},
      {T(" <a@b>"), T("a@b"), T("a"), T("b")},
      {T("postmaster"), T("postmaster"), T("postmaster"), T("")},
      {T("<Postmaster>"), T("postmaster"), T("postmaster"), T("")},
      {T("<@relay.example:user@dom.example>"), T("user@dom.example"), T("user"), T("dom.example")},
      {T("<@a.example,@b.example:user@dom.example>"), T("user@dom.example"), T("user"), T("dom.example")},
      {T("<@a.example:>"), T(""), T(""), T("")},
      {T("@dom.example"), T("@dom.example"), T(""), T("dom.example")},
      {T("\"a@b\"@c.example"), T("\"a@b\"@c.example"), T("\"a@b\""), T("c.example")},
      {T("\"x:y\"@c.example"), T("\"x:y\"@c.example"), T("\"x:y\""), T("c.example")},
      {T("u@[IPv6:2001:DB8::1]"), T("u@[ipv6:2001:db8::1]"), T("u"), T("[ipv6:2001:db8::1]")},
      {T("user@"), T("user@"), T("user"), T("")},
      {T("@"), T("@"), T(""), T("")},
      {T("<"), T("<"), T("<"), T("")},
      {T(">"), T(">"), T(">"), T("")},
      {T("<a@b"), T("<a@b"), T("<a"), T("b")},
      {T("\xc3\x84@b"), T("\xc3\x84@b"), T("\xc3\x84"), T("b")}, /* beyond ASCII, case is left alone */
      {T("nul\0x@b"), T("nul\0x@b"), T("nul\0x"), T("b")},
      {{NULL, 0}, T(""), T(""), T("")},
  };
  struct arena arena;
  arena_init(&arena, &mem_default, SIZE_MAX);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text compared = mailbox_canonical(&arena, rows[i].given);
    assert_true(text_eq(compared, rows[i].compared));
    assert_true(text_eq(mailbox_local(compared), rows[i].local));
    assert_true(text_eq(mailbox_domain(compared), rows[i].domain));
    assert_true(text_eq(mailbox_canonical(&arena, compared), compared)); /* it is its own compared form */
  }
  arena_free(&arena);
}

static void memory_out_is_empty(void **state) {
  (void)state;
  struct test_alloc t;
  test_alloc_failing(&t, 1, true);
  struct arena arena;
  arena_init(&arena, &t.alloc, SIZE_MAX);
  assert_int_equal(mailbox_canonical(&arena, TEXT("a@b")).len, 0);
  assert_true(arena.failed);
  arena_free(&arena);
  assert_true(test_alloc_clean(&t));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(forms_by_table), cmocka_unit_test(memory_out_is_empty)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
