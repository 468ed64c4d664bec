/* Owns the proof that spamd's requests are read as spamd reads them: whole, cut at every byte, and wrong in many
 * ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/spamd.h"

#define N(text) text, sizeof(text) - 1
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const struct spamd_limits small = {64, 120, 4}, usual = SPAMD_LIMITS_INIT;

/* Whatever comes of a request, as one text: "ready 31 CHECK 1500 <message>", "bad SPAMD/1.0 76 …", "gone", "more". */
static void outcome(char *text, size_t cap, enum codec_need need, const struct spamd_request *request,
                    const char *bytes) {
  static const char *const names[] = {"CHECK",   "SYMBOLS", "REPORT", "REPORT_IFSPAM", "HEADERS",
                                      "PROCESS", "PING",    "SKIP",   "TELL"};
  struct bytes out = {0};
  size_t len;
  if (need == CODEC_READY) {
    const char *message = spamd_message(request, bytes, &len);
    snprintf(text, cap, "ready %zu %s %u <%.*s>", request->used, names[request->command], request->version, (int)len,
             message);
  } else if (need == CODEC_BAD) {
    spamd_refuse(&out, request, bytes);
    assert_false(out.failed);
    assert_true(out.len <= 480);
    snprintf(text, cap, "bad %.*s", (int)out.len, out.ptr);
  } else {
    snprintf(text, cap, "%s", need == CODEC_GONE ? "gone" : "more");
  }
  bytes_free(&out);
}

/* Every byte in a buffer of its own size, so that a sanitizer sees what is read beyond it. */
static enum codec_need scan_some(struct spamd_request *request, const char *bytes, size_t len, bool at_end,
                                 const struct spamd_limits *limits) {
  char *copy = malloc(len ? len : 1);
  assert_non_null(copy);
  memcpy(copy, bytes, len);
  enum codec_need need = spamd_scan(request, copy, len, at_end, limits);
  free(copy);
  return need;
}

enum { WHOLE, BYTE_BY_BYTE, CUT };

static void scan_in(char *text, size_t cap, int how, size_t cut, const char *bytes, size_t len, bool at_end,
                    const struct spamd_limits *limits) {
  struct spamd_request request = {0};
  enum codec_need need = CODEC_MORE;
  size_t step = how == BYTE_BY_BYTE ? 1 : how == CUT && cut > 0 ? cut : len + 1;
  for (size_t have = step; need == CODEC_MORE && have < len; have = how == CUT ? len : have + step)
    need = scan_some(&request, bytes, have, false, limits);
  /* The end may come with the last byte, or alone. */
  if (how == BYTE_BY_BYTE && need == CODEC_MORE) need = scan_some(&request, bytes, len, false, limits);
  if (need == CODEC_MORE) need = scan_some(&request, bytes, len, at_end, limits);
  outcome(text, cap, need, &request, bytes);
  spamd_request_free(&request);
  assert_int_equal(request.used, 0);
}

struct row {
  const char *bytes;
  size_t len;
  bool at_end;
  const char *want;
};

static void check_rows(const struct row *rows, size_t count, const struct spamd_limits *limits) {
  char got[1024];
  for (size_t i = 0; i < count; i++) {
    const struct row *row = &rows[i];
    for (size_t cut = 0; cut <= row->len + 1; cut++) {
      int how = cut == 0 ? WHOLE : cut == row->len + 1 ? BYTE_BY_BYTE : CUT;
      scan_in(got, sizeof got, how, cut, row->bytes, row->len, row->at_end, limits);
      if (strcmp(got, row->want) != 0)
        fail_msg("row %zu, cut %zu: %s\n got: %s\nwant: %s", i, cut, row->bytes, got, row->want);
    }
  }
}

#define BAD "bad SPAMD/1.0 76 Bad header line: "

static void requests_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      {N("CHECK SPAMC/1.5\r\nContent-length: 3\r\n\r\nab\n"), false, "ready 41 CHECK 1500 <ab\n>"},
      {N("SYMBOLS SPAMC/1.2\r\nContent-length: 3\r\n\r\nab\n"), false, "ready 43 SYMBOLS 1200 <ab\n>"},
      {N("REPORT SPAMC/1.2\r\nUser: nobody\r\nContent-length: 3\r\n\r\nab\n"), false, "ready 56 REPORT 1200 <ab\n>"},
      {N("REPORT_IFSPAM SPAMC/1.3\r\n\r\nab"), true, "ready 29 REPORT_IFSPAM 1300 <ab>"},
      {N("HEADERS SPAMC/1.4\r\n\r\n"), true, "ready 21 HEADERS 1400 <>"},
      {N("PROCESS SPAMC/1.1\r\nAnything: else\r\n\r\nx"), true, "ready 38 PROCESS 1100 <x>"},
      {N("PROCESS SPAMC/1.1\r\nAnything: else\r\n\r\nx"), false, "more"},
      /* 1.0 and below, and what is no number, have no headers. */
      {N("CHECK SPAMC/1.0\r\nUser: x\r\n\r\nab"), true, "ready 30 CHECK 1000 <User: x\r\n\r\nab>"},
      {N("CHECK SPAMC/abc\r\n\r\nab"), true, "ready 21 CHECK 0 <\r\nab>"},
      {N("CHECK SPAMC/\r\n"), true, "ready 14 CHECK 0 <>"},
      {N("CHECK SPAMC/1.10x\n\r\n"), true, "ready 20 CHECK 1100 <>"},
      {N("CHECK SPAMC/99999999999999999999.99999\r\n\r\n"), true, "ready 42 CHECK 9999999 <>"},
      {N("PING SPAMC/1.5\r\n\r\n"), false, "ready 18 PING 1500 <>"},
      {N("PING SPAMC/1.5\r\n"), false, "more"},
      {N("PING SPAMC/1.2\r\n"), false, "ready 16 PING 1200 <>"},
      {N("PING SPAMC/1.2"), true, "ready 14 PING 1200 <>"},
      {N("SKIP SPAMC/1.2\r\n"), false, "gone"},
      {N("SKIP SPAMC/1.5\r\n\r\n"), false, "gone"},
      {N("TELL SPAMC/1.3\r\nMessage-class: spam\r\nSet: local\r\nContent-length: 2\r\n\r\na\n"), false,
       "ready 72 TELL 1300 <a\n>"},
      {N("TELL SPAMC/1.0\r\nSet: local\r\n\r\na"), true, "ready 31 TELL 1000 <a>"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 0\r\n\r\n"), false, "ready 38 CHECK 1500 <>"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 003\r\n\r\nab\n"), false, "ready 43 CHECK 1500 <ab\n>"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 9\r\nContent-length: 1\r\n\r\n\n"), false, "ready 58 CHECK 1500 <\n>"},
      {N("CHECK SPAMC/1.5\nUser: x\nContent-length: 1\n\r\n\n"), false, "ready 45 CHECK 1500 <\n>"},
      /* spamd passes over a name in another case, so the input's end is what counts. */
      {N("CHECK SPAMC/1.5\r\nContent-Length: 2\r\n\r\nabc"), true, "ready 41 CHECK 1500 <abc>"},
      {N("CHECK SPAMC/1.5\r\nAssay-Helo: x\r\nContent-length: 0\r\n\r\n"), false, "ready 53 CHECK 1500 <>"},
      /* Headers of ours say all that is needed, where the message is not to be given back. */
      {N("CHECK SPAMC/1.5\r\nAssay-Helo: x\r\n\r\n"), true, "ready 34 CHECK 1500 <>"},
      {N("CHECK SPAMC/1.5\r\nAssay-Helo: x\r\n\r\n"), false, "ready 34 CHECK 1500 <>"},
      {N("CHECK SPAMC/1.5\r\nAssay-Helo: x\r\n\r\nabc"), true, "ready 34 CHECK 1500 <>"},
      {N("PROCESS SPAMC/1.5\r\nAssay-Helo: x\r\n\r\n"), false, "more"},
      {N("PROCESS SPAMC/1.5\r\nAssay-Helo: x\r\n\r\nabc"), true, "ready 39 PROCESS 1500 <abc>"},
      {N("CHECK SPAMC/1.5\r\nUser: x\r\n\r\n"), false, "more"},
      /* What comes behind a request is not part of it. */
      {N("PING SPAMC/1.5\r\n\r\nPING SPAMC/1.5\r\n\r\n"), false, "ready 18 PING 1500 <>"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 3\r\n\r\nab\nCHECK SPAMC/1.5\r\n"), true, "ready 41 CHECK 1500 <ab\n>"},
      /* A message that ends within a line may have been counted wrong: the next byte tells. */
      {N("CHECK SPAMC/1.5\r\nContent-length: 2\r\n\r\nab"), true, "ready 40 CHECK 1500 <ab>"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 2\r\n\r\nab"), false, "more"},
  };
  check_rows(rows, COUNT(rows), &usual);
}

static void errors_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      {N(""), true, BAD "(closed before headers)\r\n"},
      {N("FOO SPAMC/1.5\r\n\r\n"), false, BAD "FOO SPAMC/1.5\r\n"},
      {N("check SPAMC/1.5\r\n\r\n"), false, BAD "check SPAMC/1.5\r\n"},
      {N("CHECK\r\n\r\n"), false, BAD "CHECK\r\n"},
      {N("CHECK\n"), false, BAD "CHECK\r\n"},
      {N("CHECK SPAMC"), true, BAD "CHECK SPAMC\r\n"},
      {N("POST /?CHECK SPAMC/1.0 HTTP/1.1\r\n"), false, BAD "POST /?CHECK SPAMC/1.0 HTTP/1.1\r\n"},
      {N("\0\x01\x1b[2J\xff\rX\r\n"), false, BAD "???[2J??X\r\n"},
      {N("CHECK SPAMC/1.5"), true, BAD "(EOF during headers)\r\n"},
      {N("CHECK SPAMC/1.5\r\n"), true, BAD "(EOF during headers)\r\n"},
      {N("CHECK SPAMC/1.5\r\nUser: x"), true, BAD "(EOF during headers)\r\n"},
      {N("PING SPAMC/1.5\r\n"), true, BAD "(EOF during headers)\r\n"},
      {N("CHECK SPAMC/1.5\r\nno colon\r\n"), false, BAD "(header not in 'Name: value' format)\r\n"},
      {N("CHECK SPAMC/1.5\nUser: x\n\n"), false, BAD "(header not in 'Name: value' format)\r\n"},
      {N("CHECK SPAMC/1.5\r\n\r"), true, BAD "(header not in 'Name: value' format)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length:\r\n"), false, BAD "(Content-Length contains non-numeric bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 1x\r\n"), false, BAD "(Content-Length contains non-numeric bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 1 \r\n"), false, BAD "(Content-Length contains non-numeric bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: -1\r\n"), false, BAD "(Content-Length contains non-numeric bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 99999\r\n\r\nab"), true,
       BAD "(Content-Length mismatch: Expected 99999 bytes, got 2 bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 10\r\n\r\nSubject: a message of 34 bytes...\nmore\n"), false,
       BAD "(Content-Length mismatch: Expected 10 bytes, got 34 bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 2\r\n\r\nabc"), true,
       BAD "(Content-Length mismatch: Expected 2 bytes, got 3 bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nUser: a\tb\r\n"), false, BAD "(User header contains control chars)\r\n"},
      {N("CHECK SPAMC/1.5\r\nUser: a\0b\r\n"), false, BAD "(User header contains control chars)\r\n"},
      {N("CHECK SPAMC/1.5\r\nCompress: gzip\r\n"), false, BAD "(compression type not supported: gzip)\r\n"},
      {N("CHECK SPAMC/1.5\r\nCompress: g\0\x7f\xc3\xa9\r\n"), false,
       BAD "(compression type not supported: g???\?)\r\n"},
      {N("CHECK SPAMC/1.5\r\nCompress: ZLIB\r\n\r\n"), false,
       "bad SPAMD/1.0 69 Service Unavailable: Compress requires Content-length header\r\n"},
      {N("CHECK SPAMC/1.5\r\nCompress: zlib\r\nContent-length: 4\r\n\r\nabcd"), false,
       "bad SPAMD/1.0 69 Service Unavailable: zlib: failed to find end of zlib stream\r\n"},
      {N("CHECK SPAMC/1.5\r\nCompress: zlib\r\nContent-length: 0\r\n\r\n"), false,
       "bad SPAMD/1.0 69 Service Unavailable: zlib: failed to find end of zlib stream\r\n"},
      {N("TELL SPAMC/1.5\r\nSet: local\r\nRemove: remote, LOCAL\r\n\r\n"), false,
       BAD "Unable to set local and remove local in the same operation.\r\n"},
      {N("TELL SPAMC/1.5\r\nSet: remote\r\nRemove: remote\r\n\r\n"), false,
       BAD "Unable to set remote and remove remote in the same operation.\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 99999999999999999999999\r\n\r\n"), false,
       "bad SPAMD/1.0 75 Temporary Failure: message of more than 16777216 bytes\r\n"},
  };
  check_rows(rows, COUNT(rows), &usual);
}

#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

static void limits_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      {N("CHECK SPAMC/1.5\r\na:\r\nb:\r\nc:\r\nd:\r\n\r\n"), true, "ready 35 CHECK 1500 <>"},
      {N("CHECK SPAMC/1.5\r\na:\r\nb:\r\nc:\r\nd:\r\ne:\r\n"), false, BAD "(too many headers)\r\n"},
      {N(FORTY FORTY FORTY "x"), false, BAD "(headers of more than 120 bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nUser: " FORTY FORTY FORTY "\r\n\r\n"), false, BAD "(headers of more than 120 bytes)\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 64\r\n\r\n" FORTY TEN TEN "abc\n"), false,
       "ready 103 CHECK 1500 <" FORTY TEN TEN "abc\n>"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 65\r\n\r\n"), false,
       "bad SPAMD/1.0 75 Temporary Failure: message of more than 64 bytes\r\n"},
      {N("CHECK SPAMC/1.5\r\nContent-length: 60\r\n\r\n" FORTY FORTY FORTY "\n"), false,
       "bad SPAMD/1.0 75 Temporary Failure: message of more than 64 bytes\r\n"},
      {N("CHECK SPAMC/1.5\r\n\r\n" FORTY TEN TEN "abcde"), false,
       "bad SPAMD/1.0 75 Temporary Failure: message of more than 64 bytes\r\n"},
      {N("CHECK SPAMC/1.0\r\n" FORTY TEN TEN "abcd"), true, "ready 81 CHECK 1000 <" FORTY TEN TEN "abcd>"},
  };
  check_rows(rows, COUNT(rows), &small);
}

/* 255 headers are as many as spamd takes. */
static void as_many_headers_as_spamd(void **state) {
  (void)state;
  for (size_t count = 255; count <= 256; count++) {
    struct bytes text = {0};
    struct spamd_request request = {0};
    char got[256];
    BYTES_LITERAL(&text, "CHECK SPAMC/1.5\r\n");
    for (size_t i = 0; i < count; i++) BYTES_LITERAL(&text, "X: y\r\n");
    BYTES_LITERAL(&text, "Content-length: 0\r\n\r\n");
    text.len -= count == 255 ? 21 : 0;
    if (count == 255) BYTES_LITERAL(&text, "\r\n");
    outcome(got, sizeof got, spamd_scan(&request, text.ptr, text.len, true, &usual), &request, text.ptr);
    assert_string_equal(got, count == 255 ? "ready 1549 CHECK 1500 <>" : BAD "(too many headers)\r\n");
    bytes_free(&text);
  }
}

/* "Subject: x\n\nhi\n" as zlib packs it. */
#define PACKED "\x78\x9c\x0b\x2e\x4d\xca\x4a\x4d\x2e\xb1\x52\xa8\xe0\xe2\xca\xc8\xe4\x02\x00\x29\x7b\x04\x92"

static void compressed_by_table(void **state) {
  (void)state;
  static const char head[] = "PROCESS SPAMC/1.5\r\nCompress: zlib\r\nContent-length: ";
  struct {
    size_t length, sent;
    bool at_end;
    const char *want;
  } rows[] = {
      {23, 23, false, "ready"},
      {23, 22, true, "zlib"},
      {22, 22, false, "zlib"},
      {23, 22, false, "more"},
      {30, 23, true, "ready"}, /* spamd takes a stream that is whole, though the length was wrong */
      {30, 23, false, "more"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char request[128], want[128], got[256];
    int len = snprintf(request, sizeof request, "%s%zu\r\n\r\n", head, rows[i].length);
    memcpy(request + len, PACKED, rows[i].sent);
    size_t all = (size_t)len + rows[i].sent;
    snprintf(want, sizeof want, "%s", rows[i].want);
    if (rows[i].want[0] == 'r') snprintf(want, sizeof want, "ready %zu PROCESS 1500 <Subject: x\n\nhi\n>", all);
    if (rows[i].want[0] == 'z')
      snprintf(want, sizeof want, "bad SPAMD/1.0 69 Service Unavailable: zlib: failed to find end of zlib stream\r\n");
    for (size_t cut = 0; cut <= all + 1; cut++) {
      scan_in(got, sizeof got, cut == 0 ? WHOLE : cut > all ? BYTE_BY_BYTE : CUT, cut, request, all, rows[i].at_end,
              &usual);
      assert_string_equal(got, want);
    }
  }
}

static void what_else_a_request_says(void **state) {
  (void)state;
  static const char text[] = "TELL SPAMC/1.5\r\nUser: m\xc3\xbcller x\r\nMessage-class: ham\r\naSSAY-hELO: y\r\n\r\n";
  struct spamd_request request = {0}, plain = {0};
  assert_int_equal(spamd_scan(&request, text, sizeof text - 1, true, &usual), CODEC_READY);
  assert_int_equal(request.user.len, 9);
  assert_memory_equal(text + request.user.at, "m\xc3\xbcller x", 9);
  assert_int_equal(request.class.len, 3);
  assert_memory_equal(text + request.class.at, "ham", 3);
  assert_true(request.has_facts);
  assert_false(spamd_wants_verdict(&request));
  assert_int_equal(spamd_request_held(&request), 0);
  assert_int_equal(spamd_scan(&plain, N("CHECK SPAMC/1.5\r\nX-Assay-Helo: y\r\n\r\n"), true, &usual), CODEC_READY);
  assert_false(plain.has_facts);
  assert_true(spamd_wants_verdict(&plain));
}

static void our_headers_by_table(void **state) {
  (void)state;
  static const struct {
    const char *head, *want; /* what the facts were told, or the error */
  } rows[] = {
      {"User: x\r\n", ""},
      {"Assay-Client-IP: 192.0.2.1\r\nAssay-Client-Name: mx.example\r\nAssay-Helo: mx\r\n"
       "Assay-Mail-From: <a@b.example>\r\nAssay-Rcpt: <c@d.example>\r\nAssay-Rcpt: e@f.example\r\n"
       "Assay-Auth-User: joe\r\nAssay-Tls: TLSv1.3\r\n",
       "set client.ip=192.0.2.1; set client.rdns=mx.example; set helo=mx; set mail.from=<a@b.example>; "
       "set rcpt=<c@d.example>; append rcpt=e@f.example; set auth.user=joe; set tls.version=TLSv1.3; "},
      {"assay-HELO:two words \t\r\nUser: y\r\nASSAY-TLS:   \r\n", "set helo=two words \\x09; set tls.version=; "},
      {"Assay-Helo: x\nAssay-Mail-From: <>\n", "set helo=x; set mail.from=<>; "},
      {"Assay-Client-Name: \r\n", "set client.rdns=; "},
      {"Assay-Client-Name: Unknown\r\n", ""},
      {"Assay-Client-Name: unknown.example\r\n", "set client.rdns=unknown.example; "},
      {"Assay-Helo: unknown\r\n", "set helo=unknown; "},
      {"Assay-Helo: a\x01\xff\r\n", "set helo=a\\x01\\xff; "},
      {"Assay-Tls: TLSv1.3 with\r\n", "Assay-Tls: \"TLSv1.3 with\" is not one word"},
      {"Assay-Client-IP: bad-value\r\n",
       "Assay-Client-IP: \"bad-value\" does not fit client.ip: write an IPv4 or IPv6 address, such as 192.0.2.1"},
      {"Assay-Helo: no-memory\r\n", "no memory"},
      {"Assay-Hello: x\r\n", "there is no header \"Assay-Hello\"; did you mean Assay-Helo?"},
      {"Assay-Something: x\r\n", "there is no header \"Assay-Something\""},
      {"Assay-\x1b: x\r\n", "there is no header \"Assay-\\x1b\"; did you mean Assay-Tls?"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char text[1024];
    struct spamd_request request = {0};
    struct proto_error error = {""};
    assay_facts facts = {0};
    int len = snprintf(text, sizeof text, "CHECK SPAMC/1.5\r\n%sContent-length: 0\r\n\r\n", rows[i].head);
    assert_int_equal(spamd_scan(&request, text, (size_t)len, false, &usual), CODEC_READY);
    enum proto_result result = spamd_facts(&request, text, &facts, &error);
    const char *got = result == PROTO_OK ? facts.log : result == PROTO_BAD ? error.text : "no memory";
    assert_string_equal(got, rows[i].want);
  }
}

/* A server that knows where a request ends need not look whether more of it is on its way. */
static void says_where_it_ends(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
    bool at_end, framed;
  } rows[] = {
      {N("CHECK SPAMC/1.5\r\nContent-length: 3\r\n\r\nab\n"), false, true},
      {N("CHECK SPAMC/1.5\r\nContent-length: 2\r\n\r\nab"), true, true},
      {N("CHECK SPAMC/1.5\r\nContent-length: 0\r\nAssay-Helo: x\r\n\r\n"), false, true},
      {N("CHECK SPAMC/1.5\r\nAssay-Helo: x\r\n\r\n"), false, false},
      {N("CHECK SPAMC/1.5\r\n\r\nab"), true, false},
      {N("PING SPAMC/1.2\r\n"), false, false},
      {N("PING SPAMC/1.5\r\nContent-length: 0\r\n\r\n"), false, true},
      {N("PING SPAMC/1.5\r\nContent-length: 3\r\n\r\n"), false, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct spamd_request request = {0};
    assert_int_equal(scan_some(&request, rows[i].bytes, rows[i].len, rows[i].at_end, &usual), CODEC_READY);
    if (request.framed != rows[i].framed) fail_msg("row %zu: %s", i, rows[i].bytes);
    spamd_request_free(&request);
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests_by_table),        cmocka_unit_test(errors_by_table),
      cmocka_unit_test(limits_by_table),          cmocka_unit_test(as_many_headers_as_spamd),
      cmocka_unit_test(compressed_by_table),      cmocka_unit_test(what_else_a_request_says),
      cmocka_unit_test(our_headers_by_table),     cmocka_unit_test(says_where_it_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
