/* Tests requests of Postfix's policy delegation: every attribute by state, requests cut at every byte, pipelined, ended
 * by the end of input or malformed; and what requests must have in common to get one verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/policy.h"

#define SIZED(literal) "" literal, sizeof(literal) - 1
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ASKS "request=smtpd_access_policy\n"

static const struct policy_limits limits = POLICY_LIMITS_INIT;

/* One whole request; it must be one. */
static struct policy_request read_whole(const char *text, size_t len) {
  struct policy_request request = {0};
  struct proto_error error = {""};
  enum codec_need need = policy_scan(&request, text, len, false, &limits, &error);
  if (need != CODEC_READY) fail_msg("need %d: %s\n%s", (int)need, error.text, text);
  assert_int_equal(request.used, len);
  return request;
}

/* --- what attributes say --- */

/* As Postfix sends it for a second recipient, over TLS, of a client that is logged in. */
static const char whole[] = ASKS
    "protocol_state=RCPT\nprotocol_name=ESMTP\nclient_address=192.0.2.10\nclient_name=mx1.good.example\n"
    "client_port=55445\nreverse_client_name=mx1.good.example\nserver_address=198.51.100.25\nserver_port=25\n"
    "helo_name=mx1.good.example\nsender=alice@good.example\nrecipient=bob@rx.example\nrecipient_count=0\n"
    "queue_id=D6A08A7AE16\ninstance=4e7e.6b05ee2b.d56d6.0\nsize=4321\netrn_domain=\nstress=\nsasl_method=PLAIN\n"
    "sasl_username=alice\nsasl_sender=\nccert_subject=Alice+20A.+2BCo\nccert_issuer=CA\nccert_fingerprint=AA:BB\n"
    "ccert_pubkey_fingerprint=CC:DD\nencryption_protocol=TLSv1.3\nencryption_cipher=TLS_AES_256_GCM_SHA384\n"
    "encryption_keysize=256\npolicy_context=rcpt\n\n";

static void a_whole_request(void **state) {
  (void)state;
  assay_facts facts = {"left from before", 16};
  struct proto_error error;
  struct policy_request request = read_whole(whole, sizeof whole - 1);
  assert_int_equal(policy_facts(&request, whole, POLICY_ALL, &facts, &error), PROTO_OK);
  assert_string_equal(
      facts.log,
      "set session.protocol=ESMTP; set client.ip=192.0.2.10; set client.rdns_confirmed=mx1.good.example; "
      "set client.port=55445; set client.rdns=mx1.good.example; set server.ip=198.51.100.25; set server.port=25; "
      "set helo=mx1.good.example; set mail.from=alice@good.example; set rcpt=bob@rx.example; not yet rcpt.count; "
      "set session.queue_id=D6A08A7AE16; set mail.size=4321; set auth.method=PLAIN; set auth.user=alice; "
      "set tls.subject=Alice A.+Co; set tls.version=TLSv1.3; set tls.cipher=TLS_AES_256_GCM_SHA384; ");
  size_t len;
  const char *context = policy_value(&request, whole, POLICY_POLICY_CONTEXT, &len);
  assert_int_equal(len, 4);
  assert_memory_equal(context, "rcpt", 4);
  assert_string_equal(policy_state_word(&request), "RCPT");
}

static const struct {
  const char *lines, *log;
} said[] = {
    {"", ""},
    {"no_such_attribute=x\nmail_version=3.8\n", ""},
    /* the client's names: unknown is asked anew, each by itself */
    {"client_name=unknown\nreverse_client_name=unknown\n", ""},
    {"client_name=unknown\nreverse_client_name=forged.bad.example\n", "set client.rdns=forged.bad.example; "},
    {"client_name=\nreverse_client_name=\n", ""},
    {"client_name=unknown.example\n", "set client.rdns_confirmed=unknown.example; "},
    {"client_name=UNKNOWN\n", "set client.rdns_confirmed=UNKNOWN; "},
    /* addresses and ports */
    {"client_address=2001:db8::25\nserver_address=2001:db8::1\n",
     "set client.ip=2001:db8::25; set server.ip=2001:db8::1; "},
    {"client_address=fe80::1%eth0\n", "set client.ip=fe80::1; "},
    {"client_address=unknown\nclient_port=unknown\nserver_address=unknown\nserver_port=unknown\n", ""},
    {"client_address=\nclient_port=\nserver_port=0\nclient_port=0\n", ""},
    {"client_address=%eth0\n", ""},
    {"client_port=1\nserver_port=65535\n", "set client.port=1; set server.port=65535; "},
    /* HELO, by state */
    {"helo_name=\n", "set helo=; "},
    {"protocol_state=MAIL\nhelo_name=\n", "set helo=; "},
    {"protocol_state=CONNECT\nhelo_name=\n", "not yet helo.verb; not yet helo; "},
    {"protocol_state=VRFY\nhelo_name=\n", "not yet helo; "},
    {"protocol_state=EHLO\nhelo_name=[192.0.2.1]\n", "set helo.verb=EHLO; set helo=[192.0.2.1]; "},
    {"protocol_state=HELO\nhelo_name=x\n", "set helo.verb=HELO; set helo=x; "},
    {"protocol_state=RCPT\nhelo_name=??&$\n", "set helo=??&$; "},
    {"helo_name==eq=uals\n", "set helo==eq=uals; "},
    {"helo_name=m\xc3\xbcnchen.example\n", "set helo=m\\xc3\\xbcnchen.example; "},
    {"helo_name= \t\x01\n", "set helo= \\x09\\x01; "},
    /* the envelope */
    {"sender=\n", "set mail.from=; "},
    {"protocol_state=HELO\nsender=\n", "set helo.verb=HELO; not yet mail.from; "},
    {"protocol_state=ETRN\nsender=\nrecipient=\n", "not yet mail.from; not yet rcpt; "},
    {"protocol_state=VRFY\nrecipient=who@rx.example\n", "set rcpt=who@rx.example; "},
    {"protocol_state=MAIL\nsender=a@b.example\nrecipient=\n", "set mail.from=a@b.example; not yet rcpt; "},
    {"protocol_state=RCPT\nrecipient=\n", ""},
    {"protocol_state=DATA\nrecipient=\nrecipient_count=2\n", "set rcpt.count=2; "},
    {"protocol_state=DATA\nrecipient=a@b.example\nrecipient_count=1\n", "set rcpt=a@b.example; set rcpt.count=1; "},
    {"protocol_state=END-OF-MESSAGE\nrecipient_count=3\nsize=18\n", "set rcpt.count=3; set mail.size=18; "},
    {"protocol_state=DATA\nrecipient_count=\nsize=\n", ""},
    {"protocol_state=RCPT\nrecipient_count=0\nsize=0\n", "not yet rcpt.count; set mail.size=0; "},
    {"protocol_state=MAIL\nrecipient_count=0\nsize=7\n", "not yet rcpt.count; set mail.size=7; "},
    {"protocol_state=CONNECT\nsize=0\n", "not yet helo.verb; not yet mail.size; "},
    {"queue_id=\n", "set session.queue_id=; "},
    {"protocol_state=CONNECT\nqueue_id=\n", "not yet helo.verb; set session.queue_id=; "},
    /* protocol, AUTH, TLS */
    {"protocol_state=EHLO\nprotocol_name=SMTP\n", "set helo.verb=EHLO; not yet session.protocol; "},
    {"protocol_state=MAIL\nprotocol_name=SMTP\n", "set session.protocol=SMTP; "},
    {"protocol_name=\n", ""},
    {"sasl_method=\nsasl_username=\nsasl_sender=\n", "set auth.method=; set auth.user=; "},
    {"protocol_state=EHLO\nsasl_username=\n", "set helo.verb=EHLO; not yet auth.user; "},
    {"protocol_state=EHLO\nsasl_username=bob\n", "set helo.verb=EHLO; set auth.user=bob; "},
    {"encryption_protocol=\nencryption_cipher=\nencryption_keysize=0\n", "set tls.version=; set tls.cipher=; "},
    {"protocol_state=CONNECT\nencryption_protocol=\n", "not yet helo.verb; not yet tls.version; "},
    {"protocol_state=CONNECT\nencryption_protocol=TLSv1.2\n", "not yet helo.verb; set tls.version=TLSv1.2; "},
    {"ccert_subject=\n", "set tls.subject=; "},
    {"protocol_state=EHLO\nccert_subject=\n", "set helo.verb=EHLO; not yet tls.subject; "},
    {"ccert_subject=a+20b+2b+C3+bC\n", "set tls.subject=a b+\\xc3\\xbc; "},
    {"ccert_subject=+\n", "set tls.subject=+; "},
    {"ccert_subject=a+2\n", "set tls.subject=a+2; "},
    {"ccert_subject=+2g+g2+zz\n", "set tls.subject=+2g+g2+zz; "},
    {"ccert_subject=+00\n", "set tls.subject=\\x00; "},
    /* the last one stands; order is free; a state of a later version is as RCPT */
    {"helo_name=a\nhelo_name=b\n", "set helo=b; "},
    {"helo_name=b\nhelo_name=\n", "set helo=; "},
    {"helo_name=\nsize=1\nsender=\nprotocol_state=HELO\n",
     "set helo.verb=HELO; not yet helo; not yet mail.from; not yet mail.size; "},
    {"protocol_state=BDAT\nhelo_name=\nrecipient_count=1\n", "set helo=; not yet rcpt.count; "},
    {"protocol_state=\nhelo_name=\n", "set helo=; "},
    {"stress=yes\netrn_domain=x\npolicy_context=y\ninstance=z\nccert_issuer=c\n", ""},
};

static void attributes_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(said); i++) {
    char text[512];
    assay_facts facts = {"", 0};
    struct proto_error error;
    int len = snprintf(text, sizeof text, ASKS "%s\n", said[i].lines);
    struct policy_request request = read_whole(text, (size_t)len);
    assert_int_equal(policy_facts(&request, text, POLICY_ALL, &facts, &error), PROTO_OK);
    if (strcmp(facts.log, said[i].log) != 0) fail_msg("%sgot:  %s\nwant: %s", said[i].lines, facts.log, said[i].log);
  }
}

/* Rules that do not look at it are not kept from their verdict by a value that makes no sense. */
static void only_what_is_wanted(void **state) {
  (void)state;
  static const char text[] = ASKS "helo_name=x\nsender=a@b.example\nsize=" FAKE_BAD_VALUE "\nqueue_id=q\n\n";
  static const struct {
    uint32_t wanted;
    const char *log;
  } rows[] = {
      {0, ""},
      {POLICY_BIT(POLICY_HELO_NAME), "set helo=x; "},
      {POLICY_BIT(POLICY_HELO_NAME) | POLICY_BIT(POLICY_QUEUE_ID), "set helo=x; set session.queue_id=q; "},
      {POLICY_BIT(POLICY_SASL_USERNAME), ""},
      {POLICY_BIT(POLICY_REQUEST) | POLICY_BIT(POLICY_POLICY_CONTEXT), ""},
      {POLICY_ALL & ~POLICY_BIT(POLICY_SIZE),
       "set helo=x; set mail.from=a@b.example; set session.queue_id=q; "},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts facts = {"left from before", 16};
    struct proto_error error;
    struct policy_request request = read_whole(text, sizeof text - 1);
    assert_int_equal(policy_facts(&request, text, rows[i].wanted, &facts, &error), PROTO_OK);
    assert_string_equal(facts.log, rows[i].log);
  }
}

static void values_that_do_not_fit(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
    enum proto_result result;
  } rows[] = {
      {ASKS "client_address=" FAKE_BAD_VALUE "\n\n", "does not fit client.ip: write an IPv4", PROTO_BAD},
      {ASKS "size=" FAKE_BAD_VALUE "\n\n", "does not fit mail.size: write a whole number, 0 or more", PROTO_BAD},
      {ASKS "ccert_subject=bad+2Dvalue\n\n", "does not fit tls.subject", PROTO_BAD},
      {ASKS "ccert_subject=" FAKE_NO_MEMORY "\n\n", "", PROTO_NO_MEMORY},
      {ASKS "helo_name=" FAKE_NO_MEMORY "\n\n", "", PROTO_NO_MEMORY},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts facts = {"", 0};
    struct proto_error error = {""};
    struct policy_request request = read_whole(rows[i].text, strlen(rows[i].text));
    assert_int_equal(policy_facts(&request, rows[i].text, POLICY_ALL, &facts, &error), rows[i].result);
    if (!strstr(error.text, rows[i].words)) fail_msg("got: %s\nwant: %s", error.text, rows[i].words);
  }
}

/* The table of facts says which attribute sets which, and so does ours. */
static void the_tables_agree(void **state) {
  (void)state;
  for (size_t fact = 0; fact < ASSAY_FACT_COUNT; fact++) {
    const char *word = "";
    for (size_t attr = 0; attr < POLICY_ATTRS; attr++)
      if (policy_attr_at(attr)->fact == (assay_fact)fact) word = policy_attr_at(attr)->word;
    assert_string_equal(assay_fact_at(fact)->postfix, word);
  }
  for (size_t attr = 0; attr < POLICY_ATTRS; attr++) assert_true(*policy_attr_at(attr)->doc);
  assert_null(policy_attr_at(POLICY_ATTRS));
}

/* --- the bytes --- */

/* A connection: bytes come in pieces into a block of just their size, and what was read is taken off. Each request's
 * facts go to the log, then "|", and at the end what was needed: "more", "bad", "gone". */
struct reading {
  struct policy_request request;
  char log[2048];
  size_t begin; /* of the request under way */
  bool over;
};

static void read_on(struct reading *reading, const char *bytes, size_t len, bool at_end) {
  static const char *const ends[] = {[CODEC_BAD] = "bad", [CODEC_GONE] = "gone"};
  while (!reading->over) {
    struct proto_error error;
    size_t there = len - reading->begin;
    char *copy = malloc(there ? there : 1);
    assert_non_null(copy);
    memcpy(copy, bytes + reading->begin, there);
    enum codec_need need = policy_scan(&reading->request, copy, there, at_end, &limits, &error);
    if (need == CODEC_READY) {
      assay_facts facts = {"", 0};
      assert_int_equal(policy_facts(&reading->request, copy, POLICY_ALL, &facts, &error), PROTO_OK);
      strcat(strcat(reading->log, facts.log), "| ");
      reading->begin += reading->request.used;
      reading->request = (struct policy_request){0};
    }
    free(copy);
    if (need == CODEC_MORE) {
      assert_false(at_end);
      assert_int_equal(reading->request.scanned, there); /* no byte is looked at twice */
      return;
    }
    reading->over = need != CODEC_READY;
    if (reading->over) strcat(reading->log, ends[need]);
  }
}

static const struct stream {
  const char *bytes;
  size_t len;
  const char *log;
} streams[] = {
    {SIZED(""), "gone"},
    {SIZED(ASKS "\n"), "| gone"},
    {SIZED(ASKS "helo_name=a\n\n" ASKS "helo_name=b\n\n" ASKS "\n"), "set helo=a; | set helo=b; | | gone"},
    /* ended by the end of input */
    {SIZED(ASKS), "| gone"},
    {SIZED("request=smtpd_access_policy"), "| gone"},
    {SIZED(ASKS "helo_name=a\n"), "set helo=a; | gone"},
    {SIZED(ASKS "helo_name=a"), "set helo=a; | gone"},
    {SIZED(ASKS "helo_name="), "set helo=; | gone"},
    {SIZED(ASKS "ccert_subject=a+2"), "set tls.subject=a+2; | gone"},
    {SIZED(ASKS "helo_name=a\n\n" ASKS "helo_name=b"), "set helo=a; | set helo=b; | gone"},
    /* malformed: what came before stands */
    {SIZED(ASKS "helo_name=a\n\nhelo_name=b\n\n"), "set helo=a; | bad"},
    {SIZED(ASKS "helo_name\n\n"), "bad"},
    {SIZED(ASKS "helo_name"), "bad"},
    {SIZED(ASKS "=x\n\n"), "bad"},
    {SIZED(ASKS "helo_name=a\0b\n\n"), "bad"},
    {SIZED(ASKS "helo_name=a\r\n\r\n"), "bad"},
    {SIZED("\n"), "bad"},
    {SIZED("\n" ASKS "\n"), "bad"},
    {SIZED("request=junk\n\n"), "bad"},
    {SIZED("request=\n\n"), "bad"},
    {SIZED("REQUEST=smtpd_access_policy\n\n"), "bad"},
    {SIZED(ASKS "request=other\n\n"), "bad"},
    {SIZED("request=other\n" ASKS "\n"), "| gone"},
    {SIZED("\x16\x03\x01\x02\x00\x01\n"), "bad"},
    {SIZED("EHLO mx.example\r\n"), "bad"},
};

static void check_log(const struct stream *stream, const struct reading *reading, size_t cut) {
  if (strcmp(reading->log, stream->log) != 0)
    fail_msg("%s, cut at %zu\ngot:  %s\nwant: %s", stream->bytes, cut, reading->log, stream->log);
}

static void streams_cut_at_every_byte(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(streams); i++) {
    for (size_t cut = 0; cut <= streams[i].len; cut++) {
      struct reading reading = {.begin = 0};
      read_on(&reading, streams[i].bytes, cut, false);
      read_on(&reading, streams[i].bytes, streams[i].len, true);
      check_log(&streams[i], &reading, cut);
    }
    struct reading bytewise = {.begin = 0};
    for (size_t len = 0; len <= streams[i].len; len++) read_on(&bytewise, streams[i].bytes, len, false);
    read_on(&bytewise, streams[i].bytes, streams[i].len, true);
    check_log(&streams[i], &bytewise, streams[i].len);
  }
}

static void what_is_wrong_is_said(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
    const char *words;
  } rows[] = {
      {SIZED(ASKS "helo_name\n"), "a line is no name=value: \"helo_name\""},
      {SIZED("a\0=\n\n"), "a line holds a NUL byte: \"a\\x00=\""},
      {SIZED(ASKS "helo_name=\0\nsender=x\n\n"), "a line holds a NUL byte: \"helo_name=\\x00\""},
      {SIZED("a=b\na=\0\0c\n\n"), "a line holds a NUL byte: \"a=\\x00\\x00c\""},
      {SIZED(ASKS "\r\n"), "CR LF, where LF alone ends it: \"\\x0d\""},
      {SIZED("helo_name=x\n\n"), "a request must hold request=smtpd_access_policy, and has: \"\""},
      {SIZED("request=\x1b[2J\n\n"), "and has: \"\\x1b[2J\""},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct policy_request request = {0};
    struct proto_error error = {""};
    assert_int_equal(policy_scan(&request, rows[i].bytes, rows[i].len, false, &limits, &error), CODEC_BAD);
    if (!strstr(error.text, rows[i].words)) fail_msg("got: %s\nwant: %s", error.text, rows[i].words);
  }
}

/* As long as allowed is fine; a byte more is not, and is found without the line's end. */
static void limits_hold(void **state) {
  (void)state;
  static const struct policy_limits small = {40, 100};
  static const struct {
    size_t value, lines; /* lines "h=" and so many bytes */
    bool ended;
    enum codec_need need;
    const char *words;
  } rows[] = {
      {38, 1, true, CODEC_READY, ""},
      {39, 1, true, CODEC_BAD, "a line is too long"},
      {38, 1, false, CODEC_MORE, ""},
      {39, 1, false, CODEC_BAD, "a line is too long"},
      {8, 6, true, CODEC_READY, ""},
      {8, 7, true, CODEC_BAD, "a request is too long"},
      {8, 7, false, CODEC_BAD, "a request is too long"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char text[256] = ASKS;
    struct policy_request request = {0};
    struct proto_error error = {""};
    size_t len = strlen(text);
    for (size_t line = 0; line < rows[i].lines; line++) {
      memcpy(text + len, "h=", 2);
      memset(text + len + 2, 'x', rows[i].value);
      len += 2 + rows[i].value;
      text[len++] = '\n';
    }
    if (rows[i].ended) text[len++] = '\n';
    if (!rows[i].ended) len--;
    enum codec_need need = policy_scan(&request, text, len, false, &small, &error);
    if (need != rows[i].need) fail_msg("row %zu: %d, %s", i, (int)need, error.text);
    assert_non_null(strstr(error.text, rows[i].words));
  }
}

/* --- one verdict for several --- */

#define OF(lines) ASKS "instance=1.2.3.0\n" lines "\n"

static void keys_by_table(void **state) {
  (void)state;
  static const uint64_t helo = UINT64_C(1) << ASSAY_FACT_HELO, rcpt = UINT64_C(1) << ASSAY_FACT_RCPT,
                        size = UINT64_C(1) << ASSAY_FACT_MAIL_SIZE, count = UINT64_C(1) << ASSAY_FACT_RCPT_COUNT,
                        verb = UINT64_C(1) << ASSAY_FACT_HELO_VERB, rdns = UINT64_C(1) << ASSAY_FACT_CLIENT_RDNS;
  const struct {
    uint64_t reads;
    const char *one, *other;
    bool same;
  } rows[] = {
      {helo, OF("helo_name=a\nrecipient=x@rx.example\n"), OF("recipient=y@rx.example\nhelo_name=a\n"), true},
      {helo | rcpt, OF("helo_name=a\nrecipient=x@rx.example\n"), OF("helo_name=a\nrecipient=y@rx.example\n"), false},
      {helo, OF("helo_name=a\n"), OF("helo_name=b\n"), false},
      {helo, OF("helo_name=a\n"), ASKS "instance=1.2.3.1\nhelo_name=a\n\n", false},
      {helo, OF("helo_name=\n"), OF(""), false}, /* known and empty, and unset */
      {helo, OF("helo_name=\nprotocol_state=MAIL\n"), OF("helo_name=\nprotocol_state=CONNECT\n"), false},
      {helo, OF("helo_name=a\nprotocol_state=RCPT\n"), OF("helo_name=a\nprotocol_state=DATA\n"), true},
      {size, OF("size=1\n"), OF("size=1\nprotocol_state=END-OF-MESSAGE\n"), true},
      {size, OF("size=1\n"), OF("size=2\nprotocol_state=END-OF-MESSAGE\n"), false},
      {count, OF("recipient_count=0\n"), OF("recipient_count=2\nprotocol_state=DATA\n"), false},
      {verb, OF("protocol_state=EHLO\n"), OF("protocol_state=HELO\n"), false},
      {verb, OF("protocol_state=RCPT\n"), OF("protocol_state=DATA\n"), true},
      {rdns, OF("reverse_client_name=unknown\n"), OF(""), true}, /* both are looked up */
      {helo, OF("protocol_state=CONNECT\nhelo_name=\n"), OF("protocol_state=CONNECT\n"),
       false}, /* not yet, and unset */
      {0, OF("helo_name=a\n"), OF("helo_name=b\n"), true},
      /* where there is no message, DUNNO may have to stand for HOLD */
      {0, OF("protocol_state=VRFY\n"), OF("protocol_state=RCPT\n"), false},
      {0, OF("protocol_state=VRFY\n"), OF("protocol_state=ETRN\n"), true},
      {0, OF("protocol_state=RCPT\n"), OF("protocol_state=END-OF-MESSAGE\n"), true},
      /* no text passes for two, or for a part of its neighbour */
      {helo | rdns, OF("reverse_client_name=b=:c\nhelo_name=d\n"), OF("reverse_client_name=b\nhelo_name=c=:d\n"),
       false},
      {helo | rdns, OF("reverse_client_name=b=1:c\nhelo_name=d\n"), OF("reverse_client_name=b\nhelo_name=c=1:d\n"),
       false},
  };
  struct bytes first = {0}, second = {0};
  for (size_t i = 0; i < COUNT(rows); i++) {
    const assay_ruleset ruleset = {rows[i].reads};
    uint32_t wanted = policy_wanted(&ruleset);
    struct policy_request one = read_whole(rows[i].one, strlen(rows[i].one));
    struct policy_request other = read_whole(rows[i].other, strlen(rows[i].other));
    assert_true(policy_key(&first, &one, rows[i].one, wanted));
    assert_true(policy_key(&second, &other, rows[i].other, wanted));
    bool same = first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0;
    if (same != rows[i].same) fail_msg("row %zu:\n%s%s", i, rows[i].one, rows[i].other);
  }
  bytes_free(&first);
  bytes_free(&second);
}

static void without_an_instance_there_is_no_key(void **state) {
  (void)state;
  static const char *const rows[] = {ASKS "helo_name=a\n\n", ASKS "helo_name=a\ninstance=\n\n"};
  struct bytes key = {0};
  bytes_str(&key, "left from before");
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct policy_request request = read_whole(rows[i], strlen(rows[i]));
    assert_false(policy_key(&key, &request, rows[i], UINT32_MAX));
    assert_int_equal(key.len, 0);
  }
  bytes_free(&key);
}

static void what_rules_read_is_wanted(void **state) {
  (void)state;
  static const assay_ruleset all = {UINT64_MAX}, none = {0}, helo = {UINT64_C(1) << ASSAY_FACT_HELO};
  uint32_t with_facts = 0;
  for (unsigned attr = 0; attr < POLICY_ATTRS; attr++)
    if (policy_attr_at(attr)->fact != ASSAY_FACT_COUNT) with_facts |= UINT32_C(1) << attr;
  assert_int_equal(policy_wanted(&all), with_facts);
  assert_int_equal(policy_wanted(&none), 0);
  assert_int_equal(policy_wanted(&helo), UINT32_C(1) << POLICY_HELO_NAME);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_whole_request),
      cmocka_unit_test(attributes_by_table),
      cmocka_unit_test(only_what_is_wanted),
      cmocka_unit_test(values_that_do_not_fit),
      cmocka_unit_test(the_tables_agree),
      cmocka_unit_test(streams_cut_at_every_byte),
      cmocka_unit_test(what_is_wrong_is_said),
      cmocka_unit_test(limits_hold),
      cmocka_unit_test(keys_by_table),
      cmocka_unit_test(without_an_instance_there_is_no_key),
      cmocka_unit_test(what_rules_read_is_wanted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
