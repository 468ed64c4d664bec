/* Tests what the actions of a verdict may be mapped to: each kind of text, and each that Postfix would misread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/policy_map.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define X100 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static enum proto_result set(struct policy_map *map, const char *action, const char *text, struct proto_error *error) {
  return policy_map_set(map, action, strlen(action), text, strlen(text), error);
}

static void texts_are_taken(void **state) {
  (void)state;
  static const struct {
    const char *action, *text;
    assay_action at;
    enum policy_kind kind;
    const char *lead, *rest;
  } rows[] = {
      {"accept", "dunno", ASSAY_ACCEPT, POLICY_KIND_DUNNO, "DUNNO", ""},
      {"reject", "  DuNNo ", ASSAY_REJECT, POLICY_KIND_DUNNO, "DUNNO", ""},
      {"accept", "info {score}", ASSAY_ACCEPT, POLICY_KIND_INFO, "INFO", "{score}"},
      {"tag", "WARN", ASSAY_TAG, POLICY_KIND_WARN, "WARN", ""},
      {"tag", "warn   a  b", ASSAY_TAG, POLICY_KIND_WARN, "WARN", "a  b"},
      {"tag", "prepend X-Spam-Flag: YES", ASSAY_TAG, POLICY_KIND_PREPEND, "PREPEND", "X-Spam-Flag: YES"},
      {"tag", "hold {rules}", ASSAY_TAG, POLICY_KIND_HOLD, "HOLD", "{rules}"},
      {"greylist", "greylisting", ASSAY_GREYLIST, POLICY_KIND_CLASS, "greylisting", ""},
      {"greylist", "_grey_2", ASSAY_GREYLIST, POLICY_KIND_CLASS, "_grey_2", ""},
      {"defer", "defer_if_permit", ASSAY_DEFER, POLICY_KIND_DEFER_IF_PERMIT, "DEFER_IF_PERMIT", ""},
      {"defer", "defer_if_permit {reply}", ASSAY_DEFER, POLICY_KIND_DEFER_IF_PERMIT, "DEFER_IF_PERMIT", "{reply}"},
      {"defer", "defer_if_permit 4.3.0 {reply}", ASSAY_DEFER, POLICY_KIND_DEFER_IF_PERMIT, "DEFER_IF_PERMIT 4.3.0",
       "{reply}"},
      {"defer", "450 {reply}", ASSAY_DEFER, POLICY_KIND_CODE_4, "450", "{reply}"},
      {"greylist", "421 4.7.0 go away", ASSAY_GREYLIST, POLICY_KIND_CODE_4, "421 4.7.0", "go away"},
      {"reject", "550 5.7.1 {reply}", ASSAY_REJECT, POLICY_KIND_CODE_5, "550 5.7.1", "{reply}"},
      {"reject", "550 no  ", ASSAY_REJECT, POLICY_KIND_CODE_5, "550", "no"},
      {"reject", "550 5.1234.1 x", ASSAY_REJECT, POLICY_KIND_CODE_5, "550", "5.1234.1 x"},
      {"reject", "550 5.7 x", ASSAY_REJECT, POLICY_KIND_CODE_5, "550", "5.7 x"},
      {"reject", "554 5.7.1x", ASSAY_REJECT, POLICY_KIND_CODE_5, "554", "5.7.1x"},
      {"reject", "599 5.700.123 {{a} }", ASSAY_REJECT, POLICY_KIND_CODE_5, "599 5.700.123", "{{a} }"},
      {"reject", "450 later", ASSAY_REJECT, POLICY_KIND_CODE_4, "450", "later"},
      {"discard", "discard {top} {action}", ASSAY_DISCARD, POLICY_KIND_DISCARD, "DISCARD", "{top} {action}"},
      {"discard", "550 no", ASSAY_DISCARD, POLICY_KIND_CODE_5, "550", "no"},
      {"reject", "hold", ASSAY_REJECT, POLICY_KIND_HOLD, "HOLD", ""},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct policy_map map;
    struct proto_error error = {""};
    policy_map_init(&map);
    if (set(&map, rows[i].action, rows[i].text, &error) != PROTO_OK) fail_msg("%s: %s", rows[i].text, error.text);
    const struct policy_entry *entry = &map.entries[rows[i].at];
    assert_int_equal(entry->kind, rows[i].kind);
    assert_string_equal(entry->lead, rows[i].lead);
    assert_string_equal(entry->text, rows[i].rest);
  }
}

static const struct {
  const char *action, *text, *words;
} refused[] = {
    /* what Postfix takes for a permission */
    {"accept", "ok", "\"ok\" would let the mail pass all restrictions that follow; write dunno"},
    {"tag", "OK spam", "\"OK\" would let the mail pass"},
    {"tag", "Relay", "\"Relay\" would let the mail pass"},
    {"tag", "permit", "\"permit\" would let the mail pass"},
    {"tag", "PERMIT_MYNETWORKS", "\"PERMIT_MYNETWORKS\" would let the mail pass"},
    {"tag", "permit_sasl_authenticated", "would let the mail pass"},
    {"reject", "", "an empty text; Postfix would take it for a permission: write dunno"},
    {"reject", "   ", "an empty text"},
    {"reject", "550", "\"550\" needs a text behind it, such as {reply}"},
    {"reject", "550 5.7.1", "\"550 5.7.1\" needs a text behind it"},
    {"reject", "1", "\"1\" is no code from 400 to 599; Postfix takes other numbers for a permission"},
    {"reject", "250 fine", "\"250\" is no code"},
    {"reject", "600 x", "\"600\" is no code"},
    {"reject", "5501 x", "\"5501\" is no code"},
    {"reject", "55 x", "\"55\" is no code"},
    {"reject", "5xx x", "\"5xx\" is no code"},
    {"reject", "5.7.1 x", "\"5.7.1\" is no code"},
    /* what sends the mail elsewhere, or says too little */
    {"reject", "reject {reply}", "\"reject\" does not say which code; write \"550 5.7.1 {reply}\""},
    {"defer", "DEFER", "\"DEFER\" does not say which code"},
    {"defer", "defer_if_reject", "write defer_if_permit"},
    {"discard", "filter smtp:[192.0.2.1]", "\"filter\" would send the mail elsewhere"},
    {"discard", "redirect a@b.example", "\"redirect\" would send"},
    {"discard", "bcc a@b.example", "\"bcc\" would send"},
    {"greylist", "sleep 10", "\"sleep\" would keep a process"},
    {"greylist", "warn_if_reject", "\"warn_if_reject\" needs a restriction behind it"},
    /* names of classes, and what they are not */
    {"greylist", "Greylisting", "\"Greylisting\" is no action of Postfix and no name of a restriction class"},
    {"greylist", "grey-listing", "\"grey-listing\" is no action"},
    {"greylist", "grey,permit", "\"grey,permit\" is no action"},
    {"greylist", "hash:/etc/x", "\"hash:/etc/x\" is no action"},
    {"greylist", "check_policy_service unix:x", "nothing may stand behind \"check_policy_service\""},
    {"greylist", "greylisting permit", "nothing may stand behind \"greylisting\""},
    {"greylist", "dunno permit", "nothing may stand behind \"dunno\""},
    {"greylist", "{reply}", "\"{reply}\" is no action"},
    /* no accepted mail is touched, and none is lost by a look-up that failed */
    {"accept", "550 no", "\"550\" is too much for accept: it may stand for reject and what is harsher"},
    {"accept", "greylisting", "\"greylisting\" is too much for accept: it may stand for tag"},
    {"accept", "hold", "\"hold\" is too much for accept"},
    {"tag", "450 later", "\"450\" is too much for tag: it may stand for greylist"},
    {"tag", "defer_if_permit", "\"defer_if_permit\" is too much for tag"},
    {"greylist", "550 no", "\"550\" is too much for greylist"},
    {"defer", "554 no", "\"554\" is too much for defer"},
    {"defer", "discard", "\"discard\" is too much for defer"},
    /* enhanced codes, headers, placeholders */
    {"reject", "550 4.7.1 no", "\"4.7.1\" does not go with \"550\": it must begin with 5"},
    {"reject", "450 5.7.1 no", "\"5.7.1\" does not go with \"450\": it must begin with 4"},
    {"defer", "defer_if_permit 5.7.1 no", "it must begin with 4"},
    {"defer", "defer_if_permit 4.7.1", "needs a text behind it"},
    {"tag", "prepend", "\"prepend\" needs a text behind it"},
    {"tag", "prepend X-Spam", "\"X-Spam\" is no header: write \"prepend Name: text\""},
    {"tag", "prepend X Spam: yes", "is no header"},
    {"tag", "prepend X-Spam:yes", "is no header"},
    {"tag", "prepend {reply}: yes", "is no header"},
    {"tag", "prepend : yes", "is no header"},
    {"reject", "550 {helo}", "\"{helo}\" is no placeholder: {action}, {score}, {rules}, {top} and {reply} are, and {{"},
    {"reject", "550 {reply", "\"{reply\" is no placeholder"},
    {"reject", "550 a {", "\"{\" is no placeholder"},
    {"reject", "550 {{{reply", "\"{reply\" is no placeholder"},
    /* bytes */
    {"reject", "550 a\r\n\r\naction=OK", "is not printable ASCII"},
    {"reject", "550 a\tb", "\"550 a\\x09b\" is not printable ASCII"},
    {"reject", "550 a\x7f", "\"550 a\\x7f\" is not printable ASCII"},
    {"reject", "550 m\xc3\xbc", "is not printable ASCII"},
    {"reject", "550 " X100 X100 X100, "a text of 304 bytes, where 300 are the most"},
    /* actions */
    {"rejected", "dunno", "\"rejected\" is no action: accept, tag, greylist, defer, reject and discard are"},
    {"", "dunno", "\"\" is no action"},
    {"REJECT", "dunno", "\"REJECT\" is no action"},
};

static void texts_are_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(refused); i++) {
    struct policy_map map, before;
    struct proto_error error = {""};
    policy_map_init(&map);
    before = map;
    if (set(&map, refused[i].action, refused[i].text, &error) != PROTO_BAD) fail_msg("%s is taken", refused[i].text);
    if (!strstr(error.text, refused[i].words)) fail_msg("got:  %s\nwant: %s", error.text, refused[i].words);
    assert_memory_equal(&map, &before, sizeof map);
  }
}

/* The longest text, and a length that is shorter than the string. */
static void lengths_count(void **state) {
  (void)state;
  struct policy_map map;
  struct proto_error error = {""};
  static const char longest[] = "550 " X100 X100 X100;
  policy_map_init(&map);
  assert_int_equal(policy_map_set(&map, "rejected", 6, longest, POLICY_MAP_MOST, &error), PROTO_OK);
  assert_int_equal(strlen(map.entries[ASSAY_REJECT].text), POLICY_MAP_MOST - 4);
  assert_int_equal(policy_map_set(&map, "tagged", 3, "dunno permit", 5, &error), PROTO_OK);
  assert_int_equal(map.entries[ASSAY_TAG].kind, POLICY_KIND_DUNNO);
}

/* As installed each action does what language.md says of it, and what is installed can be written. */
static void defaults_are_in_order(void **state) {
  (void)state;
  static const enum policy_kind kinds[POLICY_ACTIONS] = {
      [ASSAY_ACCEPT] = POLICY_KIND_DUNNO,     [ASSAY_TAG] = POLICY_KIND_PREPEND,
      [ASSAY_GREYLIST] = POLICY_KIND_PREPEND, [ASSAY_DEFER] = POLICY_KIND_DEFER_IF_PERMIT,
      [ASSAY_REJECT] = POLICY_KIND_CODE_5,    [ASSAY_DISCARD] = POLICY_KIND_DISCARD,
  };
  struct policy_map map;
  struct proto_error error;
  policy_map_init(&map);
  for (unsigned action = 0; action < POLICY_ACTIONS; action++) {
    struct policy_map again = {0};
    const char *word = assay_action_text((assay_action)action);
    assert_int_equal(map.entries[action].kind, kinds[action]);
    assert_int_equal(set(&again, word, policy_map_default((assay_action)action), &error), PROTO_OK);
    assert_string_equal(again.entries[action].lead, map.entries[action].lead);
    assert_string_equal(again.entries[action].text, map.entries[action].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_are_taken),
      cmocka_unit_test(texts_are_refused),
      cmocka_unit_test(lengths_count),
      cmocka_unit_test(defaults_are_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
