/* Owns the proof that replies are those that spamd's clients know, by command and version, and that nothing from
 * outside gets into them but as printable ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/spamd_parts.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const struct spamd_limits usual = SPAMD_LIMITS_INIT;

static const assay_verdict spam = {
    .score = 7650, .low = 7650, .high = 7650, .action = ASSAY_REJECT, .settled = true,
    .hits = {{"RDNS_NONE", "", "no reverse name", 4300}, {"HELO_NODOT", "helo", "the HELO is a single label", 3350}}};
static const assay_verdict ham = {.score = -40, .low = -40, .high = -40, .action = ASSAY_ACCEPT, .settled = true};

/* The reply to a request that is all there is on its connection; caller frees. */
static struct bytes reply_to(const char *bytes, size_t len, const struct spamd_said *said) {
  struct spamd_request request = {0};
  struct bytes out = {0};
  BYTES_LITERAL(&out, "before");
  assert_int_equal(spamd_scan(&request, bytes, len, true, &usual), CODEC_READY);
  spamd_reply(&out, &request, bytes, said);
  spamd_request_free(&request);
  assert_false(out.failed);
  assert_memory_equal(out.ptr, "before", 6);
  memmove(out.ptr, out.ptr + 6, out.len - 6);
  out.len -= 6;
  bytes_byte(&out, 0);
  out.len--;
  return out;
}

static void check(const char *request, const char *want, const struct spamd_said *said) {
  struct bytes got = reply_to(request, strlen(request), said);
  if (strcmp(got.ptr, want) != 0) fail_msg("%s\n got: %s\nwant: %s", request, got.ptr, want);
  bytes_free(&got);
}

#define MESSAGE "Subject: x\n\nhi\n"
#define MARK "X-Assay-Action: reject\nX-Assay-Score: 7.65 required=5.0\nX-Assay-Rules: RDNS_NONE=4.3, HELO_NODOT=3.35\n"
#define REPORT                                                                       \
  "Assay 0.1.0 has judged the connection by which this message came.\n"              \
  "Action: reject\n\n"                                                               \
  "Content analysis details:   (7.7 points, 5.0 required)\n\n"                       \
  " pts rule name              description\n"                                        \
  "---- ---------------------- --------------------------------------------------\n" \
  " 4.3 RDNS_NONE              no reverse name\n"                                    \
  " 3.4 HELO_NODOT             the HELO is a single label\n"

static void both_sides_by_version(void **state) {
  (void)state;
  static const struct {
    const char *request, *spam, *ham;
  } rows[] = {
      {"CHECK SPAMC/1.5\r\n\r\n" MESSAGE, "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.7 / 5.0\r\n\r\n",
       "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n\r\n"},
      {"CHECK SPAMC/1.0\r\n" MESSAGE, "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.7 / 5.0\r\n\r\n",
       "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n\r\n"},
      {"SYMBOLS SPAMC/1.3\r\n\r\n" MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 20\r\nSpam: True ; 7.7 / 5.0\r\n\r\nHELO_NODOT,RDNS_NONE",
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\nSpam: False ; 0.0 / 5.0\r\n\r\n"},
      {"SYMBOLS SPAMC/1.2\r\n\r\n" MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.7 / 5.0\r\n\r\nHELO_NODOT,RDNS_NONE\r\n",
       "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n\r\n\r\n"},
      {"REPORT SPAMC/1.5\r\n\r\n" MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 356\r\nSpam: True ; 7.7 / 5.0\r\n\r\n" REPORT, NULL},
      {"REPORT SPAMC/1.2\r\n\r\n" MESSAGE, "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.7 / 5.0\r\n\r\n" REPORT, NULL},
      {"REPORT_IFSPAM SPAMC/1.5\r\n\r\n" MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 356\r\nSpam: Yes ; 7.7 / 5.0\r\n\r\n" REPORT,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\nSpam: No ; 0.0 / 5.0\r\n\r\n"},
      {"REPORT_IFSPAM SPAMC/1.2\r\n\r\n" MESSAGE, "SPAMD/1.1 0 EX_OK\r\nSpam: Yes ; 7.7 / 5.0\r\n\r\n" REPORT,
       "SPAMD/1.1 0 EX_OK\r\nSpam: No ; 0.0 / 5.0\r\n\r\n"},
      {"PROCESS SPAMC/1.3\r\n\r\n" MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 117\r\nSpam: True ; 7.7 / 5.0\r\n\r\n" MARK MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 92\r\nSpam: False ; 0.0 / 5.0\r\n\r\nX-Assay-Action: accept\n"
       "X-Assay-Score: -0.04 required=5.0\nX-Assay-Rules: none\n" MESSAGE},
      {"PROCESS SPAMC/1.2\r\n\r\n" MESSAGE, "SPAMD/1.1 0 EX_OK\r\nContent-length: 117\r\n\r\n" MARK MESSAGE, NULL},
      {"PROCESS SPAMC/1.1\r\n\r\n" MESSAGE, "SPAMD/1.0 0 EX_OK\r\n" MARK MESSAGE, NULL},
      {"PROCESS SPAMC/1.0\r\n" MESSAGE, "SPAMD/1.0 0 EX_OK\r\n" MARK MESSAGE, NULL},
      {"HEADERS SPAMC/1.5\r\n\r\n" MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 114\r\nSpam: True ; 7.7 / 5.0\r\n\r\n" MARK "Subject: x\n\n", NULL},
      {"HEADERS SPAMC/1.2\r\n\r\n" MESSAGE,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 114\r\n\r\n" MARK "Subject: x\n\n", NULL},
      {"HEADERS SPAMC/1.0\r\n" MESSAGE, "SPAMD/1.0 0 EX_OK\r\n" MARK "Subject: x\n\n", NULL},
      {"PING SPAMC/1.5\r\n\r\n", "SPAMD/1.5 0 PONG\r\n", "SPAMD/1.5 0 PONG\r\n"},
      {"PING SPAMC/1.2\r\n", "SPAMD/1.5 0 PONG\r\n", NULL},
      {"TELL SPAMC/1.5\r\nSet: local\r\n\r\n" MESSAGE, "SPAMD/1.1 0 EX_OK\r\n\r\n\r\n", NULL},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    check(rows[i].request, rows[i].spam, &(struct spamd_said){&spam, 5000, SPAMD_MARKUP_ASSAY, NULL});
    if (rows[i].ham)
      check(rows[i].request, rows[i].ham, &(struct spamd_said){&ham, 5000, SPAMD_MARKUP_ASSAY, NULL});
  }
}

/* Exim's own formats, from its spam.c: it takes the second one. */
static void exim_takes_a_report(void **state) {
  (void)state;
  static const char request[] = "REPORT SPAMC/1.2\r\nUser: nobody\r\nContent-length: 15\r\n\r\n" MESSAGE;
  struct bytes got = reply_to(request, sizeof request - 1, &(struct spamd_said){&spam, 5000, SPAMD_MARKUP_ASSAY, NULL});
  char version[8] = "";
  double score = 0, threshold = 0;
  int at = -1;
  assert_int_not_equal(sscanf(got.ptr, "SPAMD/%7s 0 EX_OK\r\nContent-length: %*u\r\n\r\n%lf/%lf\r\n%n", version,
                              &score, &threshold, &at), 3);
  assert_int_equal(sscanf(got.ptr, "SPAMD/%7s 0 EX_OK\r\nSpam: %*s ; %lf / %lf\r\n\r\n%n", version, &score,
                          &threshold, &at), 3);
  assert_true(score > 7.69 && score < 7.71 && threshold > 4.99 && threshold < 5.01);
  assert_string_equal(got.ptr + at, REPORT);
  bytes_free(&got);
}

static void scores_are_printed_as_perl_does(void **state) {
  (void)state;
  static const struct {
    int64_t score, threshold;
    assay_action action;
    const char *want;
  } rows[] = {
      {5000, 5000, ASSAY_TAG, "True ; 5.0 / 5.0"},          {4999, 5000, ASSAY_ACCEPT, "False ; 4.9 / 5.0"},
      {4940, 5000, ASSAY_ACCEPT, "False ; 4.9 / 5.0"},      {4970, 4960, ASSAY_TAG, "True ; 5.0 / 5.0"},
      {5020, 5040, ASSAY_ACCEPT, "False ; 4.9 / 5.0"},      {150, 5000, ASSAY_ACCEPT, "False ; 0.1 / 5.0"},
      {250, 5000, ASSAY_ACCEPT, "False ; 0.2 / 5.0"},       {350, 5000, ASSAY_ACCEPT, "False ; 0.3 / 5.0"},
      {750, 5000, ASSAY_ACCEPT, "False ; 0.8 / 5.0"},       {-150, 5000, ASSAY_ACCEPT, "False ; -0.1 / 5.0"},
      {-12345, 5000, ASSAY_ACCEPT, "False ; -12.3 / 5.0"},  {9000, 5000, ASSAY_DEFER, "True ; 9.0 / 5.0"},
      {9000, 5000, ASSAY_DISCARD, "True ; 9.0 / 5.0"},      {0, 0, ASSAY_ACCEPT, "False ; -0.1 / 0.0"},
      {0, -1000, ASSAY_ACCEPT, "False ; -1.1 / -1.0"},      {9999, 5000, ASSAY_GREYLIST, "True ; 10.0 / 5.0"},
      {1000000, 1000000, ASSAY_TAG, "True ; 1000.0 / 1000.0"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_verdict verdict = {.score = rows[i].score, .action = rows[i].action};
    char want[128];
    snprintf(want, sizeof want, "SPAMD/1.1 0 EX_OK\r\nSpam: %s\r\n\r\n", rows[i].want);
    check("CHECK SPAMC/1.5\r\n\r\n", want, &(struct spamd_said){&verdict, rows[i].threshold, SPAMD_MARKUP_ASSAY, NULL});
  }
}

static void what_a_report_tells(void **state) {
  (void)state;
  static const assay_verdict verdict = {
      .score = 3000, .low = -1500, .high = 10120, .action = ASSAY_DEFER, .reply = "try later", .exempt = "OURS",
      .exempt_describe = "one of our networks",
      .hits = {{"A", "", "", 1000}, {"A_NAME_OF_MORE_THAN_TWENTY_TWO", "", "its words", -12000},
               {"LONG", "",
                "words that are more than fifty columns wide go on in the next line, where the column begins",
                2000},
               {"WIDE", "", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff and more", 150}},
      .unknown = {{"SLOW", ASSAY_NOT_YET, {"dns.address(helo)", "dns.mx(mail.from.domain)"}, {0}},
                  {"DOWN", ASSAY_FAILED, {"client.rdns"}, {0}}, {"OFF", ASSAY_NEVER, {"helo"}, {0}}}};
  check("REPORT SPAMC/1.2\r\n\r\n",
        "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 3.0 / 2.5\r\n\r\n"
        "Assay 0.1.0 on mx.example has judged the connection by which this message came.\n"
        "Action: defer\nReply: try later\nExempt: OURS one of our networks\n\n"
        "Content analysis details:   (3.0 points, 2.5 required)\n\n"
        " pts rule name              description\n"
        "---- ---------------------- --------------------------------------------------\n"
        " 1.0 A\n"
        "-12.0 A_NAME_OF_MORE_THAN_TWENTY_TWO its words\n"
        " 2.0 LONG                   words that are more than fifty columns wide go on\n"
        "                            in the next line, where the column begins\n"
        " 0.1 WIDE                   aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff\n"
        "                            and more\n"
        "   ? SLOW                   not yet: dns.address(helo),\n"
        "                            dns.mx(mail.from.domain)\n"
        "   ? DOWN                   failed: client.rdns\n"
        "\n1 rule was not decided, for want of data that the request did not have.\n"
        "With what is not known it may be -1.5 to 10.1 points.\n",
        &(struct spamd_said){&verdict, 2500, SPAMD_MARKUP_ASSAY, "mx.example"});
}

#define OURS "X-Assay-Action: tag\nX-Assay-Score: 5.0 required=5.0\nX-Assay-Rules: none\n"
#define CRLF "X-Assay-Action: tag\r\nX-Assay-Score: 5.0 required=5.0\r\nX-Assay-Rules: none\r\n"

static void forged_headers_by_table(void **state) {
  (void)state;
  static const assay_verdict verdict = {.score = 5000, .low = 5000, .high = 5000, .action = ASSAY_TAG};
  static const struct {
    bool cut;
    const char *message, *want;
  } rows[] = {
      {false, "", OURS},
      {false, "Subject: x", OURS "Subject: x"},
      {false, "\n", OURS "\n"},
      {false, "\nX-Assay-Action: accept\n", OURS "\nX-Assay-Action: accept\n"},
      {false, "A: b\r\n\r\nbody\n", CRLF "A: b\r\n\r\nbody\n"},
      {false, "A: b\n\r\nX-Assay-Action: x\n", OURS "A: b\n\r\nX-Assay-Action: x\n"},
      {false, "X-Assay-Action: accept\n\tmore\n and more\nA: b\n\nX-Assay-Action: x\n",
       OURS "A: b\n\nX-Assay-Action: x\n"},
      {false, "A: b\r\nx-aSSAY-anything : y\r\nX-Assay-: \r\n \r\nC: d\r\n\r\n", CRLF "A: b\r\nC: d\r\n\r\n"},
      {false, "A: X-Assay-Action: y\nX-Assay: z\n\n", OURS "A: X-Assay-Action: y\nX-Assay: z\n\n"},
      {false, "X-Spam-Flag: YES\n\n", OURS "X-Spam-Flag: YES\n\n"},
      {false, "A: b\nX-Assay-Action: y", OURS "A: b\n"},
      {false, "From a@b Mon\nA: b\n\nx", "From a@b Mon\n" OURS "A: b\n\nx"},
      {false, "From a@b Mon", "From a@b Mon" OURS},
      {false, "From: a@b\n\n", OURS "From: a@b\n\n"},
      {false, "From : a@b\n\tfold\nA: b\n\nx", OURS "From : a@b\n\tfold\nA: b\n\nx"},
      {true, "From \t:\n c\n\nx", OURS "From \t:\n c\n\n"},
      {false, "From ", "From " OURS},
      /* It would go on our last header. */
      {false, " X: y\nX-Assay-Action: a\n\nx", OURS "\n X: y\nX-Assay-Action: a\n\nx"},
      {false, "From a@b\r\n\tX: y\r\n", "From a@b\r\n" CRLF "\r\n\tX: y\r\n"},
      {true, " X: y\n\nx", OURS "\n X: y\n\n"},
      {true, "\tX: y\r\nA: b\r\n\r\nx\r\n\r\ny", CRLF "\r\n\tX: y\r\nA: b\r\n\r\n"},
      {true, " X: y\nA: b", OURS "\n X: y\nA: b"},
      {true, "A: b\r\n\r\nbody\r\n\r\nmore", CRLF "A: b\r\n\r\n"},
      {true, "A: b\nC: d", OURS "A: b\nC: d"},
      {true, "\nbody", OURS "\n"},
      {true, "", OURS},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char request[512], want[512];
    snprintf(request, sizeof request, "%s SPAMC/1.0\r\n%s", rows[i].cut ? "HEADERS" : "PROCESS", rows[i].message);
    snprintf(want, sizeof want, "SPAMD/1.0 0 EX_OK\r\n%s", rows[i].want);
    check(request, want, &(struct spamd_said){&verdict, 5000, SPAMD_MARKUP_ASSAY, NULL});
  }
}

static void headers_of_ours(void **state) {
  (void)state;
  static const assay_verdict verdict = {
      .score = 4999, .low = -1000, .high = 9000, .action = ASSAY_GREYLIST, .reply = "come back later",
      .hits = {{"A_NAME_THAT_IS_RATHER_LONG_OF_ITS_KIND", "", "", 1000}, {"ANOTHER_NAME_THAT_IS_LONG", "", "", -12000},
               {"C", "", "", 1}},
      .unknown = {{"SLOW", ASSAY_NOT_YET, {NULL}, {0}}, {"OFF", ASSAY_NEVER, {NULL}, {0}},
                  {"DOWN", ASSAY_FAILED, {NULL}, {0}}}};
  static const assay_verdict exempt = {.exempt = "OURS", .reply = "none"};
  check("PROCESS SPAMC/1.0\r\nA: b\r\n",
        "SPAMD/1.0 0 EX_OK\r\n"
        "X-Assay-Action: greylist\r\n"
        "X-Assay-Score: 4.999 required=2.0 low=-1.0 high=9.0\r\n"
        "X-Assay-Rules: A_NAME_THAT_IS_RATHER_LONG_OF_ITS_KIND=1.0,\r\n"
        "\tANOTHER_NAME_THAT_IS_LONG=-12.0, C=0.001\r\n"
        "X-Assay-Unknown: SLOW=pending, DOWN=failed\r\n"
        "X-Assay-Report: come back later\r\n"
        "A: b\r\n",
        &(struct spamd_said){&verdict, 2000, SPAMD_MARKUP_ASSAY, "mx.example"});
  check("PROCESS SPAMC/1.0\r\nA: b\n",
        "SPAMD/1.0 0 EX_OK\r\nX-Assay-Action: accept\nX-Assay-Score: 0.0 required=2.0\nX-Assay-Rules: none\n"
        "X-Assay-Report: exempt by OURS\nA: b\n",
        &(struct spamd_said){&exempt, 2000, SPAMD_MARKUP_ASSAY, NULL});
}

static void headers_of_spamassassin(void **state) {
  (void)state;
  static const assay_verdict many = {
      .score = 60000, .action = ASSAY_DISCARD,
      .hits = {{"Z_NAME_THAT_IS_RATHER_LONG", "", "", 1}, {"ANOTHER_NAME_THAT_IS_LONG", "", "", 1},
               {"C", "", "", 1}, {"B", "", "", 1}}};
  static const char forged[] =
      "PROCESS SPAMC/1.0\r\nX-Spam-Status: No, score=0\r\n\ttests=none\r\nA: b\r\nx-spam-FLAG: NO\r\n"
      "X-Assay-Action: accept\r\n\r\nX-Spam-Flag: NO";
  check(forged,
        "SPAMD/1.0 0 EX_OK\r\n"
        "X-Spam-Checker-Version: Assay 0.1.0 on mx.example\r\nX-Spam-Flag: YES\r\nX-Spam-Level: *******\r\n"
        "X-Spam-Status: Yes, score=7.7 required=5.0 tests=HELO_NODOT,RDNS_NONE\r\n"
        "\tautolearn=disabled version=0.1.0\r\nA: b\r\n\r\nX-Spam-Flag: NO",
        &(struct spamd_said){&spam, 5000, SPAMD_MARKUP_SPAMASSASSIN, "mx.example"});
  check(forged,
        "SPAMD/1.0 0 EX_OK\r\n"
        "X-Spam-Checker-Version: Assay 0.1.0\r\nX-Spam-Level: \r\n"
        "X-Spam-Status: No, score=0.0 required=5.0 tests=none autolearn=disabled\r\n"
        "\tversion=0.1.0\r\nA: b\r\n\r\nX-Spam-Flag: NO",
        &(struct spamd_said){&ham, 5000, SPAMD_MARKUP_SPAMASSASSIN, NULL});
  check("PROCESS SPAMC/1.0\r\n\n",
        "SPAMD/1.0 0 EX_OK\r\n"
        "X-Spam-Checker-Version: Assay 0.1.0\nX-Spam-Flag: YES\n"
        "X-Spam-Level: **************************************************\n"
        "X-Spam-Status: Yes, score=60.0 required=5.0 tests=ANOTHER_NAME_THAT_IS_LONG,\n"
        "\tB,C,Z_NAME_THAT_IS_RATHER_LONG autolearn=disabled version=0.1.0\n\n",
        &(struct spamd_said){&many, 5000, SPAMD_MARKUP_SPAMASSASSIN, NULL});
}

#define EVIL "\r\nSpam: False ; 0 / 5\r\n\r\n\x01\x1b[2J\x7f\xc3\xa9\xff 550 5.7.1 "
#define TEN(x) x x x x x x x x x x

/* Whatever a text of the rules or of the verdict holds, no line of a reply is longer than it may be, or of other
 * bytes; and there are as many lines as with harmless texts of the same length. */
static void hostile_texts_stay_in_their_line(void **state) {
  (void)state;
  static const char evil[] = TEN(EVIL) TEN(EVIL);
  static char tame[sizeof evil];
  static const char *const commands[] = {"CHECK", "SYMBOLS", "REPORT", "REPORT_IFSPAM", "HEADERS", "PROCESS"};
  for (size_t i = 0; i + 1 < sizeof tame; i++) tame[i] = evil[i] == ' ' ? ' ' : 'x';
  for (size_t i = 0; i < COUNT(commands) * 4; i++) {
    size_t lines[2] = {0, 0};
    for (int side = 0; side < 2; side++) {
      const char *text = side ? tame : evil;
      assay_verdict verdict = {.score = 9000, .high = 10000, .action = ASSAY_REJECT, .reply = text,
                               .exempt = i & 1 ? text : NULL, .exempt_describe = text,
                               .hits = {{text, text, text, 9000}}, .unknown = {{text, ASSAY_NOT_YET, {text}, {0}}}};
      struct spamd_said said = {&verdict, 5000, i & 2 ? SPAMD_MARKUP_SPAMASSASSIN : SPAMD_MARKUP_ASSAY, text};
      char request[64];
      snprintf(request, sizeof request, "%s SPAMC/1.5\r\n\r\nA: b\n\n", commands[i / 4]);
      struct bytes got = reply_to(request, strlen(request), &said);
      size_t begin = 0;
      for (size_t k = 0; k < got.len; k++) {
        unsigned char byte = (unsigned char)got.ptr[k];
        bool end = byte == '\n' || (byte == '\r' && got.ptr[k + 1] == '\n') || (byte == '\t' && k == begin);
        assert_true(end || (byte >= 0x20 && byte < 0x7F));
        if (byte != '\n') continue;
        assert_true(k - begin <= 480);
        lines[side]++;
        begin = k + 1;
      }
      bytes_free(&got);
    }
    assert_int_equal(lines[0], lines[1]);
  }
}

static void errors_by_table(void **state) {
  (void)state;
  static const struct {
    enum spamd_code code;
    const char *text, *want;
  } rows[] = {
      {SPAMD_TIMEOUT, "(30 second socket timeout reading input from client)",
       "SPAMD/1.0 79 Timeout: (30 second socket timeout reading input from client)\r\n"},
      {SPAMD_TEMPFAIL, "too many connections", "SPAMD/1.0 75 Temporary Failure: too many connections\r\n"},
      {SPAMD_UNAVAILABLE, "a\r\nb", "SPAMD/1.0 69 Service Unavailable: a?" "?b\r\n"},
      {SPAMD_PROTOCOL, "", "SPAMD/1.0 76 Bad header line: \r\n"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct bytes out = {0};
    spamd_error(&out, rows[i].code, rows[i].text);
    bytes_byte(&out, 0);
    assert_string_equal(out.ptr, rows[i].want);
    bytes_free(&out);
  }
}

static void check_tenths(int64_t thousandths) {
  char want[40];
  struct bytes got = {0};
  snprintf(want, sizeof want, "%.1f", (double)thousandths / 1000.0);
  spamd_add_tenths(&got, spamd_tenths(thousandths));
  bytes_byte(&got, 0);
  if (strcmp(got.ptr, strcmp(want, "-0.0") == 0 ? "0.0" : want) != 0)
    fail_msg("%lld\n got: %s\nwant: %s", (long long)thousandths, got.ptr, want);
  bytes_free(&got);
}

/* As printf prints the fraction, which is how SpamAssassin does: all scores to 1000 points, and around larger ones. */
static void tenths_are_those_of_printf(void **state) {
  (void)state;
  for (int64_t score = -1000000; score <= 1000000; score++) check_tenths(score);
  for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10)
    for (int64_t near = -1100; near <= 1100; near++) {
      check_tenths(power + near);
      check_tenths(-power + near);
      check_tenths(power * 9 + near);
    }
  check_tenths(INT64_MAX);
  check_tenths(INT64_MIN);
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(tenths_are_those_of_printf),
      cmocka_unit_test(both_sides_by_version),
      cmocka_unit_test(exim_takes_a_report),
      cmocka_unit_test(scores_are_printed_as_perl_does),
      cmocka_unit_test(what_a_report_tells),
      cmocka_unit_test(forged_headers_by_table),
      cmocka_unit_test(headers_of_ours),
      cmocka_unit_test(headers_of_spamassassin),
      cmocka_unit_test(hostile_texts_stay_in_their_line),
      cmocka_unit_test(errors_by_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
