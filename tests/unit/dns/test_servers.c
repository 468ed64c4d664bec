/* Tests which servers are asked: what an option names, what the system has, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "dns/servers.h"
#include "support/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* In a block of just its length, so that a byte too far is found out. caller frees. */
static char *copy_of(const char *string) {
  size_t len = strlen(string);
  char *copy = malloc(len ? len : 1);
  assert_non_null(copy);
  memcpy(copy, string, len);
  return copy;
}

static void expect_servers(const struct servers *servers, const char *expect, const char *what) {
  char got[SERVERS_MAX * SERVER_TEXT] = "";
  for (size_t i = 0; i < servers->count; i++) {
    if (i > 0) strcat(got, " ");
    assert_true(strlen(servers->at[i].text) < SERVER_TEXT);
    strcat(got, servers->at[i].text);
  }
  if (strcmp(got, expect) != 0) fail_msg("\"%s\"\n  %s\nnot %s", what, got, expect);
}

/* --- an option --- */

static void options_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text, *servers; /* NULL: a bad value */
    bool local;
  } rows[] = {
      {"127.0.0.1", "127.0.0.1:53", true},
      {"127.8.9.1:5353", "127.8.9.1:5353", true},
      {"::1", "[::1]:53", true},
      {"[::1]", "[::1]:53", true},
      {"[::1]:5353", "[::1]:5353", true},
      {"192.0.2.1:1", "192.0.2.1:1", false},
      {"192.0.2.1:65535", "192.0.2.1:65535", false},
      {"192.0.2.1:00053", "192.0.2.1:53", false},
      {"2001:DB8:0:0::1", "[2001:db8::1]:53", false},
      {"::ffff:127.0.0.1", "127.0.0.1:53", true},
      {"[::ffff:192.0.2.1]:7", "192.0.2.1:7", false},
      {"[1111:2222:3333:4444:5555:6666:7777:8888]:65535", "[1111:2222:3333:4444:5555:6666:7777:8888]:65535", false},
      {"127.0.0.1,::1", "127.0.0.1:53 [::1]:53", true},
      {" ,\t127.0.0.1 ,, [::1]:5353\r\n192.0.2.1:53\n", "127.0.0.1:53 [::1]:5353 192.0.2.1:53", false},
      {"192.0.2.1 127.0.0.1", "192.0.2.1:53 127.0.0.1:53", false},
      {"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8",
       "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53 10.0.0.4:53 10.0.0.5:53 10.0.0.6:53 10.0.0.7:53 10.0.0.8:53", false},
      {"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9", NULL, false},
      {"", NULL, false},
      {" ,\n", NULL, false},
      {"localhost", NULL, false},
      {"127.0.0.1;::1", NULL, false},
      {"127.0.0.1 x", NULL, false},
      {"127.0.0.1:0", NULL, false},
      {"127.0.0.1:", NULL, false},
      {"127.0.0.1:65536", NULL, false},
      {"127.0.0.1:100000", NULL, false},
      {"127.0.0.1:000053", NULL, false},
      {"127.0.0.1:-1", NULL, false},
      {"127.0.0.1:+1", NULL, false},
      {"127.0.0.1:5x", NULL, false},
      {"127.0.0.1:53:53", NULL, false},
      {"127.0.0.1#53", NULL, false},
      {"127.0.0.256", NULL, false},
      {"127.0.0.01", NULL, false},
      {":53", NULL, false},
      {":", NULL, false},
      {"[", NULL, false},
      {"]", NULL, false},
      {"[]", NULL, false},
      {"[]:53", NULL, false},
      {"[::1", NULL, false},
      {"::1]", NULL, false},
      {"[::1]53", NULL, false},
      {"[::1]:", NULL, false},
      {"[::1]:0", NULL, false},
      {"[::1]x:53", NULL, false},
      {"[[::1]]:53", NULL, false},
      {"fe80::1%eth0", NULL, false},
      {"192.0.2.0/24", NULL, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct servers servers;
    char *copy = copy_of(rows[i].text);
    assay_status status = servers_parse(&servers, text_of(copy, strlen(rows[i].text)));
    free(copy);
    if (status != (rows[i].servers ? ASSAY_OK : ASSAY_BAD_VALUE)) fail_msg("\"%s\": %d", rows[i].text, (int)status);
    if (!rows[i].servers) continue;
    expect_servers(&servers, rows[i].servers, rows[i].text);
    assert_int_equal(servers.local, rows[i].local);
    assert_int_equal(servers.warning[0] == '\0', rows[i].local);
  }
}

static void each_part_of_a_server(void **state) {
  (void)state;
  struct servers servers;
  assert_int_equal(servers_parse(&servers, TEXT("[2001:db8::25]:5353")), ASSAY_OK);
  assert_int_equal(servers.at[0].port, 5353);
  assert_int_equal(servers.at[0].addr.family, 6);
  assert_int_equal(servers.at[0].addr.bytes[15], 0x25);
}

static void what_is_unwise(void **state) {
  (void)state;
  static const struct {
    const char *text, *warning;
  } rows[] = {
      {"127.0.0.1 ::1 127.0.0.53:5353", ""},
      {"127.0.0.1 192.0.2.1:5353 10.0.0.1",
       "the DNS server 192.0.2.1:5353 is not on this machine: whoever is on the way to it can forge answers; "
       "run a resolver such as unbound on 127.0.0.1"},
      {"1111:2222:3333:4444:5555:6666:7777:8888",
       "the DNS server [1111:2222:3333:4444:5555:6666:7777:8888]:53 is not on this machine: whoever is on the way to "
       "it can forge answers; run a resolver such as unbound on 127.0.0.1"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct servers servers;
    assert_int_equal(servers_parse(&servers, text_from(rows[i].text)), ASSAY_OK);
    assert_string_equal(servers.warning, rows[i].warning);
  }
}

/* --- the system --- */

/* Notes who is asked, and says yes to some. */
struct ask {
  const char *yes;
  char asked[256];
};

static bool answers(void *user, const struct server *server) {
  struct ask *ask = user;
  if (ask->asked[0]) strcat(ask->asked, " ");
  strcat(ask->asked, server->text);
  return strstr(ask->yes, server->text) != NULL;
}

static void what_the_system_has(void **state) {
  (void)state;
  static const char v4[] = "127.0.0.1:53", v6[] = "[::1]:53", both[] = "127.0.0.1:53 [::1]:53";
  static const struct {
    const char *file, *yes, *servers, *asked; /* servers NULL: none */
    bool local;
  } rows[] = {
      {"nameserver 127.0.0.53\n", "", "127.0.0.53:53", "", true},
      {"nameserver 192.0.2.1\nnameserver ::1\nnameserver 127.0.0.1", both, "[::1]:53 127.0.0.1:53", "", true},
      {"nameserver 192.0.2.1\n", v4, v4, v4, true},
      {"nameserver 192.0.2.1\n", v6, v6, both, true},
      {"nameserver 192.0.2.1\n", both, v4, v4, true}, /* one of them will do */
      {"nameserver 192.0.2.1\n", "", "192.0.2.1:53", both, false},
      {"nameserver 192.0.2.1\nnameserver 2001:db8::1\n", "", "192.0.2.1:53 [2001:db8::1]:53", both, false},
      {"", v4, v4, v4, true},
      {"", "", NULL, both, false},
      {"# nameserver 127.0.0.1\n;nameserver 127.0.0.1\nsearch example.com\n\n", "", NULL, both, false},
      {"nameserver\t127.0.0.1 # here\r\nnameserver  ::1\r\n", "", "127.0.0.1:53 [::1]:53", "", true},
      {"nameserver\nnameserver \nnameserver x\nnameserver fe80::1%eth0\nnameserver 127.0.0.1:53\n", "", NULL, both,
       false},
      {"nameservers 127.0.0.1\nNAMESERVER 127.0.0.1\nname server 127.0.0.1\nnameserver127.0.0.1\n", "", NULL, both,
       false},
      {"nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.5\n"
       "nameserver 10.0.0.6\nnameserver 10.0.0.7\nnameserver 10.0.0.8\nnameserver 10.0.0.9\n",
       "", "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53 10.0.0.4:53 10.0.0.5:53 10.0.0.6:53 10.0.0.7:53 10.0.0.8:53", both,
       false},
      {"nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.5\n"
       "nameserver 10.0.0.6\nnameserver 10.0.0.7\nnameserver 10.0.0.8\nnameserver 127.0.0.1\n",
       "", "127.0.0.1:53", "", true},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct servers servers;
    struct ask ask = {rows[i].yes, ""};
    char *copy = copy_of(rows[i].file);
    assay_status status = servers_default(&servers, text_of(copy, strlen(rows[i].file)), answers, &ask);
    free(copy);
    if (status != (rows[i].servers ? ASSAY_OK : ASSAY_NOT_FOUND)) fail_msg("%s%d", rows[i].file, (int)status);
    assert_string_equal(ask.asked, rows[i].asked);
    if (!rows[i].servers) continue;
    expect_servers(&servers, rows[i].servers, rows[i].file);
    assert_int_equal(servers.local, rows[i].local);
    assert_int_equal(servers.warning[0] == '\0', rows[i].local);
  }
}

static void reads_a_file(void **state) {
  (void)state;
  enum { MOST = 65536 };
  static const struct {
    size_t size, len;
  } rows[] = {{0, 0}, {1, 1}, {4000, 4000}, {MOST, MOST}, {MOST + 1, MOST}};
  char path[] = "/tmp/test_dns_servers.XXXXXX", *text;
  size_t len, cap;
  struct test_alloc memory;
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  for (size_t i = 0; i < COUNT(rows); i++) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t n = 0; n < rows[i].size; n++) fputc((int)(n % 251), file);
    fclose(file);
    test_alloc_init(&memory);
    assert_int_equal(servers_read_file(&text, &len, &cap, path, &memory.alloc), ASSAY_OK);
    assert_int_equal(len, rows[i].len);
    for (size_t n = 0; n < len; n++) assert_int_equal((uint8_t)text[n], n % 251);
    mem_free(&memory.alloc, text, cap);
    assert_true(test_alloc_clean(&memory));
  }
  unlink(path);
  assert_int_equal(servers_read_file(&text, &len, &cap, path, &memory.alloc), ASSAY_OK); /* none: empty */
  assert_int_equal(len, 0);
  mem_free(&memory.alloc, text, cap);
  test_alloc_failing(&memory, 1, true);
  assert_int_equal(servers_read_file(&text, &len, &cap, path, &memory.alloc), ASSAY_NO_MEMORY);
  assert_null(text);
  assert_true(test_alloc_clean(&memory));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_by_table),
      cmocka_unit_test(each_part_of_a_server),
      cmocka_unit_test(what_is_unwise),
      cmocka_unit_test(what_the_system_has),
      cmocka_unit_test(reads_a_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
