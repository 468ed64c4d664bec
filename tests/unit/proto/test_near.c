/* Tests the search for the name that somebody meant: how far off one may be, and which of several it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/near.h"

#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const char *name_at(void *user, size_t index) {
  const char *const *names = user;
  return names[index];
}

static void nearest_by_table(void **state) {
  (void)state;
  static const char *const names[] = {"helo",     "help",         "client.rdns", "client.ip", "auth.user", "rcpt",
                                      "HELO_AIR", "mail.smtputf8", "ip",          X32 X32,     X32 X32 "x", NULL};
  static const struct {
    const char *name, *nearest;
  } rows[] = {
      {"helo", "helo"},
      {"hello", "helo"},   /* one too many */
      {"hlo", "helo"},     /* one too few */
      {"hexo", "helo"},    /* another; of two that are as near the first */
      {"ehlo", "helo"},    /* neighbours swapped */
      {"HELO", "helo"},    /* without regard to case */
      {"hellop", "helo"},  /* two off are near for six letters */
      {"xyzhelo", "helo"}, /* three for seven */
      {"wxyzhelo", NULL},
      {"client-ip", "client.ip"},
      {"client_rdns", "client.rdns"},
      {"helo-air", "HELO_AIR"}, /* - and _ are one */
      {"mail.smtputf", "mail.smtputf8"},
      {"mail.smtput", "mail.smtputf8"},
      {"mail.smtpu", "mail.smtputf8"}, /* three off are the most */
      {"mail.smtp", NULL},
      {"rdns", "client.rdns"}, /* a whole part behind a dot */
      {"user", "auth.user"},
      {"ser", NULL},
      {".user", NULL},
      {"i", "ip"},
      {"pi", "ip"}, /* a swap is one, not two */
      {"x", NULL},
      {"", NULL},
      {"rctp", "rcpt"},
      {"completely-different", NULL},
      {X32 X32, X32 X32},
      {X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", X32 X32}, /* 63: the candidate of 65 is too long to be looked at */
      {X32 X32 "x", NULL},
      {"h\xff" "lo", "helo"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *nearest = near_find(rows[i].name, strlen(rows[i].name), name_at, (void *)(uintptr_t)names);
    bool same = nearest && rows[i].nearest ? strcmp(nearest, rows[i].nearest) == 0 : nearest == rows[i].nearest;
    if (!same) fail_msg("%s: %s", rows[i].name, nearest ? nearest : "none");
  }
}

/* The name is borrowed by its length: what stands behind it does not count. */
static void a_name_ends_where_it_ends(void **state) {
  (void)state;
  static const char *const names[] = {"helo", NULL}, *const none[] = {NULL}, *const longer[] = {X32 X32 "x", NULL};
  assert_ptr_equal(near_find("hlo=localhost", 3, name_at, (void *)(uintptr_t)names), names[0]);
  assert_null(near_find("helo", 4, name_at, (void *)(uintptr_t)none));
  assert_null(near_find(X32 X32, 64, name_at, (void *)(uintptr_t)longer)); /* there is no room to compare them */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nearest_by_table),
      cmocka_unit_test(a_name_ends_where_it_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
