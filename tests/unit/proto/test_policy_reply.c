/* Tests replies of Postfix's policy delegation: each action in each state, in earnest and in dry run; whole
 * transcripts; and that nothing from outside ends the line, begins with a code, or makes it too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/policy.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ASKS "request=smtpd_access_policy\n"
#define X50 "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

static const struct policy_limits limits = POLICY_LIMITS_INIT;

static struct policy_request ask(const char *text) {
  struct policy_request request = {0};
  struct proto_error error = {""};
  if (policy_scan(&request, text, strlen(text), false, &limits, &error) != CODEC_READY)
    fail_msg("%s: %s", text, error.text);
  return request;
}

static struct policy_request ask_in(const char *state) {
  char text[128];
  snprintf(text, sizeof text, ASKS "protocol_state=%s\n\n", state);
  return ask(text);
}

/* The one line of a reply, in a buffer that lives until the next one. */
static const char *line_of(const struct bytes *out) {
  static char line[1024];
  assert_false(out->failed);
  assert_true(out->len > 2 && out->len < sizeof line);
  assert_memory_equal(out->ptr + out->len - 2, "\n\n", 2);
  memcpy(line, out->ptr, out->len - 2);
  line[out->len - 2] = 0;
  return line;
}

static bool reply_is(const struct policy_map *map, const char *state, const assay_verdict *verdict, bool dry_run,
                     bool prepended, const char *want) {
  struct bytes out = {0};
  struct policy_request request = ask_in(state);
  const struct policy_reply_how how = {map, dry_run, prepended};
  bool header = policy_reply(&out, &request, verdict, &how);
  const char *line = line_of(&out);
  if (strcmp(line, want) != 0) fail_msg("%s, dry run %d\ngot:  %s\nwant: %s", state, dry_run, line, want);
  assert_int_equal(header, strncmp(line, "action=PREPEND ", 15) == 0);
  bytes_free(&out);
  return header;
}

static void map_to(struct policy_map *map, const char *action, const char *text) {
  struct proto_error error;
  if (policy_map_set(map, action, strlen(action), text, strlen(text), &error) != PROTO_OK) fail_msg("%s", error.text);
}

/* --- each action in each state --- */

static const char *const states[] = {"CONNECT", "EHLO", "HELO", "VRFY",          "ETRN",
                                     "MAIL",    "RCPT", "DATA", "END-OF-MESSAGE"};

#define STATUS(action) "action=PREPEND X-Assay-Status: " action " score=9.1 rules=A,B"

/* As installed: what is answered where it can be, and the first of the states above where it can; last: the one behind.
 */
static const struct {
  assay_action action;
  const char *want, *dry;
  size_t first, last;
} installed[] = {
    {ASSAY_ACCEPT, "action=DUNNO", "action=DUNNO", 0, 9},
    {ASSAY_TAG, STATUS("tag"), "action=WARN would tag score=9.1 rules=A,B", 5, 8},
    {ASSAY_GREYLIST, STATUS("greylist"), "action=WARN would greylist score=9.1 rules=A,B", 5, 8},
    {ASSAY_DEFER, "action=DEFER_IF_PERMIT 4.7.1 text", "action=WARN would defer score=9.1 rules=A,B", 0, 9},
    {ASSAY_REJECT, "action=550 5.7.1 text", "action=WARN would reject score=9.1 rules=A,B", 0, 9},
    {ASSAY_DISCARD, "action=DISCARD text", "action=WARN would discard score=9.1 rules=A,B", 5, 9},
};

static void each_action_in_each_state(void **state) {
  (void)state;
  struct policy_map map;
  policy_map_init(&map);
  for (size_t i = 0; i < COUNT(installed); i++) {
    const assay_verdict verdict = {.score = 9100,
                                   .action = installed[i].action,
                                   .reply = "text",
                                   .hits = {{"A", "", "", 5000}, {"B", "", "", 4100}}};
    for (size_t s = 0; s < COUNT(states); s++) {
      bool can = s >= installed[i].first && s < installed[i].last;
      const char *want = can ? installed[i].want : "action=DUNNO";
      bool header = reply_is(&map, states[s], &verdict, false, false, want);
      reply_is(&map, states[s], &verdict, true, false, installed[i].dry);
      reply_is(&map, states[s], &verdict, true, true, installed[i].dry);
      reply_is(&map, states[s], &verdict, false, true, header ? "action=DUNNO" : want);
    }
  }
}

/* --- what a site maps actions to --- */

static void mappings_by_table(void **state) {
  (void)state;
  static const struct {
    const char *action, *text;
    assay_action which;
    const char *state, *want;
  } rows[] = {
      {"accept", "info {action} {score}", ASSAY_ACCEPT, "RCPT", "action=INFO accept 3.25"},
      {"accept", "info {reply}", ASSAY_ACCEPT, "CONNECT", "action=INFO -"},
      {"tag", "warn {rules}", ASSAY_TAG, "CONNECT", "action=WARN ONE,TWO"},
      {"tag", "hold", ASSAY_TAG, "END-OF-MESSAGE", "action=HOLD"},
      {"tag", "hold {top}", ASSAY_TAG, "HELO", "action=DUNNO"},
      {"tag", "prepend X-Spam-Level: {{{score}} {top}", ASSAY_TAG, "DATA", "action=PREPEND X-Spam-Level: {3.25} TWO"},
      {"greylist", "greylisting", ASSAY_GREYLIST, "CONNECT", "action=greylisting"},
      {"greylist", "450 4.2.0 {reply}", ASSAY_GREYLIST, "RCPT", "action=450 4.2.0 please try again later"},
      {"defer", "defer_if_permit", ASSAY_DEFER, "RCPT", "action=DEFER_IF_PERMIT"},
      {"defer", "421 {reply}", ASSAY_DEFER, "RCPT", "action=421 please try again later"},
      {"reject", "550 {reply}", ASSAY_REJECT, "RCPT", "action=550 refused by local policy"},
      {"reject", "554 5.7.1 {top}: {reply}", ASSAY_REJECT, "RCPT", "action=554 5.7.1 TWO: refused by local policy"},
      {"reject", "dunno", ASSAY_REJECT, "RCPT", "action=DUNNO"},
      {"discard", "discard", ASSAY_DISCARD, "RCPT", "action=DISCARD"},
      /* no text that is filled in can be read as a code */
      {"reject", "550 {score}", ASSAY_REJECT, "RCPT", "action=550 - 3.25"},
      {"reject", "550 5.7.1 {score}", ASSAY_REJECT, "RCPT", "action=550 5.7.1 - 3.25"},
      {"reject", "550 at {score}", ASSAY_REJECT, "RCPT", "action=550 at 3.25"},
      {"tag", "info {score}", ASSAY_TAG, "RCPT", "action=INFO 3.25"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct policy_map map;
    const assay_verdict verdict = {
        .score = 3250, .action = rows[i].which, .hits = {{"ONE", "", "", 1000}, {"TWO", "", "", 2250}}};
    policy_map_init(&map);
    map_to(&map, rows[i].action, rows[i].text);
    reply_is(&map, rows[i].state, &verdict, false, false, rows[i].want);
  }
}

/* --- transcripts --- */

static const struct turn {
  const char *request;
  assay_action action;
  int64_t score;
  const char *text; /* the reply of the rules */
  const char *reply;
} dialogue[] = {
    /* a clean one, and its DATA */
    {ASKS "protocol_state=RCPT\nclient_address=192.0.2.10\nhelo_name=mx1.good.example\ninstance=1.a.b.0\n\n",
     ASSAY_ACCEPT, 0, NULL, "action=DUNNO\n\n"},
    {ASKS "protocol_state=DATA\nclient_address=192.0.2.10\nhelo_name=mx1.good.example\ninstance=1.a.b.0\n\n",
     ASSAY_ACCEPT, 0, NULL, "action=DUNNO\n\n"},
    /* marked at its first recipient, and only there */
    {ASKS "protocol_state=RCPT\nclient_address=198.51.100.7\nhelo_name=[198.51.100.7]\ninstance=1.a.c.0\n\n", ASSAY_TAG,
     2500, NULL, "action=PREPEND X-Assay-Status: tag score=2.5 rules=NO_RDNS\n\n"},
    {ASKS "protocol_state=RCPT\nclient_address=198.51.100.7\nhelo_name=[198.51.100.7]\ninstance=1.a.c.0\n\n", ASSAY_TAG,
     2500, NULL, "action=DUNNO\n\n"},
    {ASKS "protocol_state=END-OF-MESSAGE\nclient_address=198.51.100.7\ninstance=1.a.c.0\n\n", ASSAY_TAG, 2500, NULL,
     "action=DUNNO\n\n"},
    /* refused, and put off */
    {ASKS "protocol_state=RCPT\nclient_address=203.0.113.5\nhelo_name=localhost\ninstance=1.a.d.0\n\n", ASSAY_REJECT,
     9100, "Refused with score 9.1", "action=550 5.7.1 Refused with score 9.1\n\n"},
    {ASKS "protocol_state=RCPT\nclient_address=203.0.113.9\nhelo_name=tmp.tempfail.example\ninstance=1.a.e.0\n\n",
     ASSAY_DEFER, 6000, NULL, "action=DEFER_IF_PERMIT 4.7.1 please try again later\n\n"},
};

/* All requests at once, as a client that does not wait sends them; all replies in one buffer. */
static void a_dialogue(void **state) {
  (void)state;
  struct bytes in = {0}, out = {0}, want = {0};
  struct policy_map map;
  size_t at = 0, instance_len = 0;
  char instance[32] = "";
  policy_map_init(&map);
  for (size_t i = 0; i < COUNT(dialogue); i++) {
    bytes_str(&in, dialogue[i].request);
    bytes_str(&want, dialogue[i].reply);
  }
  for (size_t i = 0; i < COUNT(dialogue); i++) {
    struct policy_request request = {0};
    struct proto_error error;
    const assay_verdict verdict = {.score = dialogue[i].score,
                                   .action = dialogue[i].action,
                                   .reply = dialogue[i].text,
                                   .hits = {{"NO_RDNS", "", "", 2500}}};
    assert_int_equal(policy_scan(&request, in.ptr + at, in.len - at, false, &limits, &error), CODEC_READY);
    size_t len;
    const char *its = policy_value(&request, in.ptr + at, POLICY_INSTANCE, &len);
    const struct policy_reply_how how = {&map, false, len == instance_len && memcmp(its, instance, len) == 0};
    if (policy_reply(&out, &request, &verdict, &how)) {
      memcpy(instance, its, len);
      instance_len = len;
    }
    at += request.used;
  }
  assert_int_equal(at, in.len);
  assert_int_equal(out.len, want.len);
  assert_memory_equal(out.ptr, want.ptr, want.len);
  bytes_free(&in);
  bytes_free(&out);
  bytes_free(&want);
}

/* --- what comes from outside --- */

static const char *const hostile[] = {
    "",
    " ",
    "   x",
    "250 ok",
    "5.1.1 gone",
    " 5.1.1 gone",
    "550",
    "4",
    "OK",
    "\n",
    "\r\n\r\naction=OK\n\n",
    "a\nb",
    "a\rb",
    "\x1b[2J",
    "\x7f",
    "m\xc3\xbcnchen",
    "\xff\xfe",
    "\xe2\x80\xae",
    "{reply}",
    "{score}{rules}",
    "a\tb",
    "action=OK",
    X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50,
    "9" X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50,
};

/* A text that Postfix would read as a code, right behind what the site wrote. */
static bool has_code(const char *line, const char *lead) {
  const char *text = line + strlen("action=") + strlen(lead);
  return *text == ' ' && text[1] >= '0' && text[1] <= '9';
}

static void check_line(const struct bytes *out, const char *lead) {
  const char *line = line_of(out);
  assert_true(strlen(line) <= POLICY_LINE_MOST);
  assert_int_equal(strncmp(line, "action=", 7), 0);
  if (strncmp(line + 7, lead, strlen(lead)) != 0) fail_msg("got: %s\nwant: %s", line, lead);
  for (const char *c = line; *c; c++) assert_true(*c >= ' ' && *c <= '~');
  assert_true(line[strlen(line) - 1] != ' ');
  if (has_code(line, lead)) fail_msg("a code from outside: %s", line);
}

static void nothing_from_outside_gets_through(void **state) {
  (void)state;
  static const struct {
    const char *action, *text, *lead;
    assay_action which;
  } rows[] = {
      {"reject", "550 5.7.1 {reply}", "550 5.7.1", ASSAY_REJECT},
      {"reject", "550 {reply}", "550", ASSAY_REJECT},
      {"reject", "550 {top}", "550", ASSAY_REJECT},
      {"reject", "550 {rules}", "550", ASSAY_REJECT},
      {"defer", "defer_if_permit {reply}", "DEFER_IF_PERMIT", ASSAY_DEFER},
      {"defer", "450 4.7.1 {reply}", "450 4.7.1", ASSAY_DEFER},
      {"discard", "discard {reply}", "DISCARD", ASSAY_DISCARD},
      {"tag", "prepend X-A: {reply} {rules} {top}", "PREPEND", ASSAY_TAG},
      {"tag", "hold {reply}", "HOLD", ASSAY_TAG},
      {"accept", "info {reply}", "INFO", ASSAY_ACCEPT},
      {"tag", "warn {reply} {rules} {rules}", "WARN", ASSAY_TAG},
      {"reject", "550 " X50 X50 X50 X50 "{reply}{reply}", "550", ASSAY_REJECT},
  };
  const struct policy_request request = ask_in("RCPT");
  for (size_t i = 0; i < COUNT(rows); i++) {
    for (size_t h = 0; h < COUNT(hostile); h++) {
      struct policy_map map;
      struct bytes out = {0};
      const assay_verdict verdict = {.score = 5000,
                                     .action = rows[i].which,
                                     .reply = hostile[h],
                                     .hits = {{hostile[h], "", "", 1}, {hostile[h], "", "", 2}}};
      policy_map_init(&map);
      map_to(&map, rows[i].action, rows[i].text);
      policy_reply(&out, &request, &verdict, &(struct policy_reply_how){&map, false, false});
      check_line(&out, rows[i].lead);
      out.len = 0;
      policy_reply(&out, &request, &verdict, &(struct policy_reply_how){&map, true, false});
      check_line(&out, rows[i].which == ASSAY_ACCEPT ? "DUNNO" : "WARN would");
      bytes_free(&out);
    }
  }
}

/* A code alone is a permission, so there is always a text. */
static void a_code_never_stands_alone(void **state) {
  (void)state;
  static const char *const replies[] = {NULL, "", " ", "     "};
  struct policy_map map;
  policy_map_init(&map);
  map_to(&map, "reject", "550 {reply}");
  for (size_t i = 0; i < COUNT(replies); i++) {
    const assay_verdict verdict = {.action = ASSAY_REJECT, .reply = replies[i]};
    reply_is(&map, "RCPT", &verdict, false, false, "action=550 refused by local policy");
  }
  map_to(&map, "reject", "550 {rules}");
  const assay_verdict without = {.action = ASSAY_REJECT};
  reply_is(&map, "RCPT", &without, false, false, "action=550 -");
}

static void many_rules_are_counted(void **state) {
  (void)state;
  static const struct {
    const char *names[FAKE_MOST];
    const char *want;
  } rows[] = {
      {{NULL}, "action=WARN would tag score=0.0 rules=-"},
      {{"A", X50 X50, X50 X50, "B"}, "action=WARN would tag score=0.0 rules=A," X50 X50 "," X50 X50 ",B"},
      {{X50 X50, X50 X50, X50, "B"}, "action=WARN would tag score=0.0 rules=" X50 X50 "," X50 X50 ",+2"},
      {{X50 X50 X50 X50 X50, "B"}, "action=WARN would tag score=0.0 rules=+2"},
  };
  struct policy_map map;
  policy_map_init(&map);
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_verdict verdict = {.action = ASSAY_TAG};
    for (size_t h = 0; h < FAKE_MOST; h++) verdict.hits[h] = (assay_hit){rows[i].names[h], "", "", 0};
    reply_is(&map, "RCPT", &verdict, true, false, rows[i].want);
  }
}

/* Replies stand one behind the other; a buffer that failed stays as it is. */
static void replies_are_appended(void **state) {
  (void)state;
  struct policy_map map;
  struct bytes out = {0}, failed = {.failed = true};
  const assay_verdict verdict = {.action = ASSAY_REJECT, .reply = "5 no"};
  const struct policy_request request = ask(ASKS "\n");
  policy_map_init(&map);
  const struct policy_reply_how how = {&map, false, false};
  policy_reply(&out, &request, &verdict, &how);
  policy_reply(&out, &request, &verdict, &how);
  static const char want[] = "action=550 5.7.1 - 5 no\n\naction=550 5.7.1 - 5 no\n\n";
  assert_int_equal(out.len, strlen(want));
  assert_memory_equal(out.ptr, want, out.len);
  policy_reply(&failed, &request, &verdict, &how);
  assert_true(failed.failed && failed.len == 0);
  bytes_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_action_in_each_state),
      cmocka_unit_test(mappings_by_table),
      cmocka_unit_test(a_dialogue),
      cmocka_unit_test(nothing_from_outside_gets_through),
      cmocka_unit_test(a_code_never_stands_alone),
      cmocka_unit_test(many_rules_are_counted),
      cmocka_unit_test(replies_are_appended),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
