/* Tests which words are suggested for which: slips of the hand are, other words are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "grammar/tables.h"

static bool suggested(const char *word, const char *candidate) {
  struct nearest nearest = nearest_start(text_from(word));
  nearest_offer(&nearest, text_from(candidate));
  return nearest_good(&nearest);
}

static void pairs_by_table(void **state) {
  (void)state;
  static const struct {
    const char *word, *candidate;
    bool good;
  } rows[] = {
      /* a letter too many, too few, another one; two that changed places */
      {"hello", "helo", true},
      {"ehlo", "helo", true},
      {"rcpts", "rcpt", true},
      {"wen", "when", true},
      {"grup", "group", true},
      {"form", "from", true},
      {"lable", "label", true},
      {"lenght", "length", true},
      {"unkown", "unknown", true},
      {"TIPO", "TYPO", true},
      {"CALS", "CALLS", true},
      /* of two or three in a longer word */
      {"descirbbe", "describe", true},
      {"startwith", "starts_with", true},
      {"edit_distence", "edit_distance", true},
      {"EARLY_TALK", "EARLY_TALKER", true},
      {"HELO_IS_AN_IP", "HELO_IS_IP", true},
      {"HELO_UNDRESCORES", "HELO_UNDERSCORE", true},
      {"trusted_network", "trusted_networks", true},
      /* the case alone, and the separator */
      {"Helo", "helo", true},
      {"ip", "IP", true},
      {"helo_is_ip", "HELO_IS_IP", true},
      {"client_ip", "client.ip", true},
      {"mailfrom", "mail.from", true},
      /* the parts of a dotted word are judged one by one */
      {"clent.ip", "client.ip", true},
      {"client.rnds", "client.rdns", true},
      {"mail.form", "mail.from", true},
      {"dns.adress", "dns.address", true},
      {"server.host", "server.port", false},
      {"client.foo", "client.ip", false},
      {"client.id", "client.ip", false},
      {"session.day", "session.hour", false},
      {"dns.a", "dns.mx", false},
      /* short words of their own */
      {"A", "B", false},
      {"is", "in", false},
      {"on", "or", false},
      {"iff", "in", false},
      {"port", "rcpt", false},
      {"time", "name", false},
      {"date", "name", false},
      {"body", "bool", false},
      {"size", "see", false},
      {"ipv4", "is_v4", false},
      {"is_ip", "is_v4", false},
      {"geo", "helo", false},
      /* longer words of their own */
      {"mynetworks", "network", false},
      {"HELO_BARE_IP", "HELO_IS_IP", false},
      {"HELO_STATIC", "HELO_DYNAMIC", false},
      {"RDNS_NONE", "RDNS_MISSING", false},
      {"local_networks", "welcomed_networks", false},
      {"helo_match", "helo_claim", false},
  };
  size_t wrong = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (suggested(rows[i].word, rows[i].candidate) == rows[i].good) continue;
    print_error("%s: %s\n", rows[i].word, rows[i].candidate);
    wrong++;
  }
  assert_int_equal(wrong, 0);
}

static void the_nearest_is_kept(void **state) {
  (void)state;
  struct nearest nearest = nearest_start(TEXT("helo_loclhost"));
  assert_false(nearest_good(&nearest)); /* nothing has been offered */
  nearest_offer(&nearest, TEXT("helo_localdomain"));
  nearest_offer(&nearest, TEXT("helo_localhost"));
  nearest_offer(&nearest, TEXT("helo_loclhosts")); /* as near, but later */
  nearest_offer(&nearest, TEXT("helo"));
  assert_true(text_is(nearest.best, "helo_localhost"));
  assert_int_equal(nearest.distance, 1);
  char longer[80];
  memset(longer, 'x', sizeof longer);
  nearest = nearest_start(text_of(longer, sizeof longer));
  nearest_offer(&nearest, text_of(longer, sizeof longer)); /* no name is that long */
  assert_false(nearest_good(&nearest));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pairs_by_table),
      cmocka_unit_test(the_nearest_is_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
