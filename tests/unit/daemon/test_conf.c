/* Tests the configuration: its defaults, what each setting sets, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conf.h"

static char path[] = "/tmp/assay-conf-XXXXXX";

/* Reads a text; what is said on standard error goes to `said`. */
static bool read_text(struct conf *conf, const char *text, char said[4096]) {
  FILE *file = fopen(path, "w"), *errors = tmpfile();
  assert_non_null(file);
  assert_non_null(errors);
  fputs(text, file);
  fclose(file);
  fflush(stderr);
  int before = dup(STDERR_FILENO);
  dup2(fileno(errors), STDERR_FILENO);
  bool read = conf_read(conf, path);
  fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  rewind(errors);
  said[fread(said, 1, 4095, errors)] = '\0';
  fclose(errors);
  return read;
}

static void has_defaults(void **state) {
  (void)state;
  struct conf conf;
  char said[4096];
  assert_true(read_text(&conf, "", said));
  assert_string_equal(said, "");
  assert_int_equal(conf.listen_count, 2);
  assert_int_equal(conf.listens[0].front, CONF_SPAMD);
  assert_int_equal(conf.listens[0].port, 10783);
  assert_int_equal(conf.listens[1].front, CONF_POLICY);
  assert_int_equal(conf.listens[1].port, 10784);
  for (size_t i = 0; i < 2; i++) assert_true(net_is_loopback(&conf.listens[i].address));
  assert_int_equal(conf.rule_count, 1);
  assert_non_null(strstr(conf.rules[0], "/profiles/default.rule"));
  assert_true(conf.dns && conf.dry_run && conf.watch);
  assert_false(conf.log_json || conf.spamassassin_markup);
  assert_null(conf.resolver);
  assert_null(conf.server_name);
  assert_true(conf.workers > 0);
  assert_true(conf.limits.idle >= 330000); /* Postfix keeps a connection for 300 s */
  assert_int_equal(conf.limits.bytes, 256u << 20);
  conf_free(&conf);
}

static void sets_limits(void **state) {
  (void)state;
  struct conf conf;
  char said[4096];
  assert_true(read_text(&conf,
                        "limit connections 1\nlimit client_connections 0\nlimit request 3M\nlimit headers 4k\n"
                        "limit bytes 5G\nlimit first_byte 6ms\nlimit idle 7s\nlimit whole_request 8m\nlimit write 9h\n"
                        "limit grace 10s\nlimit dns 11ms\nworkers 12\n",
                        said));
  const struct conf_limits *l = &conf.limits;
  assert_int_equal(l->connections, 1);
  assert_int_equal(l->client_connections, 0);
  assert_int_equal(l->request, 3u << 20);
  assert_int_equal(l->headers, 4096);
  assert_true(l->bytes == (size_t)5 << 30);
  assert_int_equal(l->first_byte, 6);
  assert_int_equal(l->idle, 7000);
  assert_int_equal(l->whole_request, 480000);
  assert_int_equal(l->write, 32400000);
  assert_int_equal(l->grace, 10000);
  assert_int_equal(l->deadline, 11);
  assert_int_equal(conf.workers, 12);
  assert_true(conf_bound(0) > (size_t)1 << 40);
  assert_int_equal(conf_bound(7), 7);
  conf_free(&conf);
}

static void sets_the_rest(void **state) {
  (void)state;
  struct conf conf;
  char said[4096];
  assert_true(read_text(&conf,
                        "listen spamd tcp:[::1]:783\nlisten policy unix:/tmp/p owner root group \"root\" mode 0660\n"
                        "listen spamd tcp:*:784\nlisten policy unix:/tmp/q\n"
                        "allow 192.0.2.0/24 2001:db8::/32\nallow 198.51.100.7 ::ffff:203.0.113.0/120\ntrusted 10.0.0.0/8\n"
                        "rules \"/tmp\" \"/\"\nresolver 127.0.0.1 [::1]:5353\ndry_run off\nmarkup spamassassin\nlog json\n"
                        "watch off\nmap tag \"PREPEND X: {score}\"\nserver_name mx.example.org\n",
                        said));
  assert_string_equal(said, "");
  assert_int_equal(conf.listen_count, 4);
  assert_false(address_is_v4(&conf.listens[0].address));
  assert_true(net_is_loopback(&conf.listens[0].address));
  assert_string_equal(conf.listens[1].path, "/tmp/p");
  assert_int_equal(conf.listens[1].owner, 0);
  assert_int_equal(conf.listens[1].group, 0);
  assert_int_equal(conf.listens[1].mode, 0660);
  assert_true(address_is_v4(&conf.listens[2].address));
  assert_false(net_is_loopback(&conf.listens[2].address));
  assert_int_equal(conf.listens[3].owner, (uid_t)-1);
  assert_int_equal(conf.listens[3].mode, 0600);
  static const struct {
    const char *address;
    bool allowed;
  } rows[] = {{"192.0.2.255", true},  {"192.0.3.0", false},  {"2001:db8::9", true},  {"2001:db9::", false},
              {"198.51.100.7", true}, {"198.51.100.8", false}, {"203.0.113.77", true}, {"203.0.114.1", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct address one;
    assert_true(address_read(&one, (struct part){rows[i].address, strlen(rows[i].address)}, NULL));
    if (address_among(conf.allow, conf.allow_count, &one) != rows[i].allowed) fail_msg("%s", rows[i].address);
  }
  assert_string_equal(conf.server_name, "mx.example.org");
  assert_int_equal(conf.trusted_count, 1);
  assert_int_equal(conf.rule_count, 2);
  assert_non_null(strstr(conf.resolver, "127.0.0.1"));
  assert_non_null(strstr(conf.resolver, "[::1]:5353"));
  assert_false(conf.dry_run || conf.watch);
  assert_true(conf.dns && conf.spamassassin_markup && conf.log_json);
  conf_free(&conf);
}

static void refuses_by_table(void **state) {
  (void)state;
  static const struct {
    const char *text, *said;
  } rows[] = {
      {"listen spamd tcp:0.0.0.0:783\n", "others than this machine can connect here"},
      {"listen spamd tcp:*:783\n", "others than this machine can connect here"},
      {"listen spamd tcp:[::]:783\n", "others than this machine can connect here"},
      {"listen policy unix:/tmp/p owner no-such-user-here\n", "there is no user of this name"},
      {"listen policy unix:/tmp/p group no-such-group-here\n", "there is no group of this name"},
      {"listen policy tcp:127.0.0.1:1 mode 0600\n", "owner, group and mode are those of a Unix socket"},
      {"rules \"/no/such/file.rule\"\n", "this cannot be read: No such file or directory"},
      {"rules \"/dev/null/x\"\n", "this cannot be read: Not a directory"},
      {"resolver off\nresolver 127.0.0.1\n", ""},
      {"limit idle 0s\n", ""},
      {"limit requests 1\n", ""},
      {"map tag \"\"\n", ""},
      {"map tag \"OK\"\n", ""},
      {"map tag \"dunno\"\nmap reject \"dunno\"\nmap tag \"warn\"\n", ":3:5: error[E408]: a `map` above is of this action"},
      {"listen policy unix:/tmp/p\nlisten spamd unix:/tmp/p\n", ":2:14: error[E408]: a `listen` above has this endpoint"},
      {"listen spamd tcp:[::1]:1\nlisten spamd tcp:[::1]:1 \n", "a `listen` above has this endpoint"},
      {"workers 0\n", ""},
      {"server_name mx.example.org\nserver_name mx.example.net\n", ""},
      {"server_name\n", ""},
      {"nonsense\n", ""},
      {"listen spamd\n", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct conf conf;
    char said[4096];
    bool read = read_text(&conf, rows[i].text, said);
    conf_free(&conf);
    if (read || !strstr(said, rows[i].said) || !strstr(said, path)) fail_msg("%s: %d %s", rows[i].text, read, said);
  }
}

/* Two labels at least, of letters, digits and inner hyphens, and the last one not all digits. */
static void knows_a_full_name(void **state) {
  (void)state;
#define L63 "a23456789-123456789-123456789-123456789-123456789-123456789-123"
  static const struct {
    const char *name;
    bool right;
  } rows[] = {{"mx.example.org", true},
              {"MX-1.Example.ORG", true},
              {"4.mx.example", true},
              {"a.b", true},
              {L63 ".example", true},
              {L63 "." L63 "." L63 "." "123456789-123456789-123456789-123456789-123456789-123456789.b", true},
              {L63 "." L63 "." L63 "." "123456789-123456789-123456789-123456789-123456789-123456789.bc", false},
              {L63 "4.example", false},
              {"", false},
              {"localhost", false},
              {"mx.example.org.", false},
              {".example.org", false},
              {"mx..example.org", false},
              {"mx_1.example.org", false},
              {"-mx.example.org", false},
              {"mx-.example.org", false},
              {"mx.example.org-", false},
              {"mx example.org", false},
              {"192.0.2.1", false},
              {"mx.example.25", false},
              {"[192.0.2.1]", false},
              {"2001:db8::1", false},
              {"m\xc3\xbc.example.org", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct conf conf;
    char said[4096], text[512];
    snprintf(text, sizeof text, "# a comment\nserver_name \"%s\"\n", rows[i].name);
    bool read = read_text(&conf, text, said);
    if (read != rows[i].right) fail_msg("%s: %d %s", rows[i].name, read, said);
    if (read) assert_string_equal(conf.server_name, rows[i].name);
    if (!read && (!strstr(said, "this is no full name of a server") || !strstr(said, ":2:13")))
      fail_msg("%s: %s", rows[i].name, said);
    conf_free(&conf);
  }
}

static void tells_endpoints_apart(void **state) {
  (void)state;
  struct conf conf;
  char said[4096];
  assert_true(read_text(&conf,
                        "listen spamd tcp:127.0.0.1:1\nlisten policy tcp:127.0.0.1:2\nlisten policy unix:/tmp/p\n"
                        "listen spamd unix:/tmp/s\nlisten policy tcp:127.0.0.1:0\nlisten spamd tcp:127.0.0.1:0\n",
                        said));
  assert_string_equal(said, "");
  conf_free(&conf);
}

static void bounds_the_listeners(void **state) {
  (void)state;
  for (int extra = 0; extra < 3; extra++) {
    struct conf conf;
    char said[4096];
    char text[(CONF_LISTENS_MOST + 2) * 40 + 1] = "";
    for (int i = 0; i < CONF_LISTENS_MOST + extra; i++)
      snprintf(text + strlen(text), 40, "listen policy unix:/tmp/s%d\n", i);
    assert_int_equal(read_text(&conf, text, said), extra == 0);
    if (extra) assert_non_null(strstr(said, "there are more of these than the 64 that can be"));
    conf_free(&conf);
  }
}

static void says_what_is_not_there(void **state) {
  (void)state;
  struct conf conf;
  assert_false(conf_read(&conf, "/no/such/assayd.conf"));
  conf_free(&conf);
}

int main(void) {
  int fd = mkstemp(path);
  if (fd < 0) return 1;
  close(fd);
  const struct CMUnitTest tests[] = {cmocka_unit_test(has_defaults),         cmocka_unit_test(sets_limits),
                                     cmocka_unit_test(sets_the_rest),        cmocka_unit_test(refuses_by_table),
                                     cmocka_unit_test(bounds_the_listeners), cmocka_unit_test(says_what_is_not_there),
                                     cmocka_unit_test(knows_a_full_name),    cmocka_unit_test(tells_endpoints_apart)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  return failed;
}
