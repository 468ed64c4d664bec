/* Tests which of a message's fields become facts: whose line is believed, what is above it, and what never is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/handles.h"
#include "message/connection.h"
#include "message/message.h"
#include "support/alloc.h"
#include "unit/message/received_text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DATE "; Mon, 2 Jan 2023 10:00:00 +0000\r\n"

/* Hops: of a stranger, of a relay of ours, of amavis, of a relay that only options make ours, and of nobody. */
#define STRANGER                                                                        \
  "Received: from smtp.example.net (mail.example.net [192.0.2.10])\r\n"                 \
  "\tby mx.example.com (Postfix) with ESMTP id 4ABC\r\n\tfor <u@example.com>" DATE
#define FORGED                                                                          \
  "Received: from boss.example.org (boss.example.org [203.0.113.9])\r\n"                \
  "\tby mx.example.com (Postfix) with ESMTPSA id 4FFF\r\n\tfor <boss@example.org>" DATE
#define INSIDE                                                                          \
  "Received: from mx.example.com (mx.example.com [10.0.0.7])\r\n"                       \
  "\tby store.example.com (Postfix) with ESMTP id 1" DATE
#define AMAVIS "Received: from mx.example.com ([127.0.0.1]) by localhost (amavisd-new, port 10024) with ESMTP id 2" DATE
#define RELAY                                                                           \
  "Received: from gate.example.com (gate.example.com [198.51.100.25])\r\n"              \
  "\tby mx.example.com (Postfix) with SMTP id 3" DATE
#define PICKUP "Received: by mx.example.com (Postfix, from userid 1000) id 4" DATE
#define LMTP "Received: from mx.example.com by store.example.com with LMTP id 5 for <u@example.com>" DATE
#define ODD "Received: from carrier.pigeon by mx.example.com with FEATHERS" DATE
#define REST "Subject: x\r\n\r\nReceived: from in.the.body (x [203.0.113.1]) by mx.example.com with SMTP id 9" DATE

#define OF_STRANGER                                                                    \
  "client.ip=192.0.2.10 client.rdns=mail.example.net client.rdns_confirmed=mail.example.net helo=smtp.example.net " \
  "helo.verb=EHLO rcpt=u@example.com session.protocol=ESMTP"
#define OF_INSIDE                                                                      \
  "client.ip=10.0.0.7 client.rdns=mx.example.com client.rdns_confirmed=mx.example.com helo=mx.example.com " \
  "helo.verb=EHLO session.protocol=ESMTP"

/* "client.ip=192.0.2.10 helo=…" of all that is known, in the order of the table. */
static void known(char out[RECEIVED_TEXT_SIZE], const assay_facts *facts) {
  const assay_fact_info *info;
  out[0] = 0;
  for (size_t i = 0; (info = assay_fact_at(i)); i++) {
    const struct fact_value *value = &facts->facts->values[i];
    if (value->state != FACT_KNOWN) continue;
    struct buf text;
    buf_init(&text, &mem_default);
    if (info->type == ASSAY_TYPE_ADDRESS) addr_print(&text, value->address);
    else if (info->type != ASSAY_TYPE_MAILBOX_LIST) buf_text(&text, value->text);
    for (size_t n = 0; n < value->list.count; n++) {
      if (n > 0) buf_str(&text, ",");
      buf_text(&text, value->list.at[n]);
    }
    received_text_add(out, info->name, (struct part){buf_view(&text).ptr, text.len});
    buf_free(&text);
  }
  if (out[0] == ' ') memmove(out, out + 1, strlen(out));
}

static assay_facts *facts_make(const assay_alloc *alloc) {
  assay_facts *facts;
  assert_int_equal(assay_facts_new(&facts, alloc), ASSAY_OK);
  return facts;
}

static const struct {
  const char *message;
  enum message_source source;
  const char *expected;
} rows[] = {
    /* --- whose line is believed --- */
    {STRANGER REST, MESSAGE_STRANGER, OF_STRANGER},
    {STRANGER FORGED REST, MESSAGE_STRANGER, OF_STRANGER},
    {STRANGER ODD REST, MESSAGE_STRANGER, OF_STRANGER},
    {INSIDE STRANGER FORGED REST, MESSAGE_STRANGER, OF_STRANGER},
    {INSIDE AMAVIS STRANGER FORGED REST, MESSAGE_STRANGER, OF_STRANGER},
    {LMTP INSIDE AMAVIS STRANGER FORGED REST, MESSAGE_STRANGER, OF_STRANGER},
    {"From a@example.net Mon Jan  2 10:00:00 2023\r\n" STRANGER REST, MESSAGE_STRANGER, OF_STRANGER},
    {"X-Spam-Level: *\r\n" STRANGER REST, MESSAGE_STRANGER, OF_STRANGER},
    {"RECEIVED : from smtp.example.net ([192.0.2.10])\n by mx.example.com (8.14.4/8.14.4) with SMTP id 1" DATE,
     MESSAGE_STRANGER, "client.ip=192.0.2.10 helo=smtp.example.net helo.verb=HELO session.protocol=SMTP"},
    {RELAY STRANGER REST, MESSAGE_STRANGER,
     "client.ip=198.51.100.25 client.rdns=gate.example.com client.rdns_confirmed=gate.example.com "
     "helo=gate.example.com helo.verb=HELO session.protocol=SMTP"},
    {INSIDE REST, MESSAGE_TRUSTED, OF_INSIDE},
    {AMAVIS INSIDE PICKUP REST, MESSAGE_TRUSTED, OF_INSIDE},
    /* --- and whose is not --- */
    {"", MESSAGE_NONE, ""},
    {REST, MESSAGE_NONE, ""},
    {PICKUP REST, MESSAGE_NONE, ""},
    {ODD STRANGER REST, MESSAGE_UNREADABLE, ""},
    {INSIDE ODD STRANGER REST, MESSAGE_UNREADABLE, ""},
    {"no field\r\n" STRANGER REST, MESSAGE_NONE, ""},
    {"\r\n" STRANGER REST, MESSAGE_NONE, ""},
    {"X-Received: from a (b [203.0.113.1]) by c with SMTP id 1" DATE REST, MESSAGE_NONE, ""},
    /* --- the envelope --- */
    {"Return-Path: <a@example.net>\r\n" STRANGER REST, MESSAGE_STRANGER,
     "client.ip=192.0.2.10 client.rdns=mail.example.net client.rdns_confirmed=mail.example.net helo=smtp.example.net "
     "helo.verb=EHLO mail.from=a@example.net rcpt=u@example.com session.protocol=ESMTP"},
    {"Return-Path: <a@example.net>\r\nDelivered-To: u@example.com\r\n" INSIDE REST, MESSAGE_TRUSTED,
     "client.ip=10.0.0.7 client.rdns=mx.example.com client.rdns_confirmed=mx.example.com helo=mx.example.com "
     "helo.verb=EHLO mail.from=a@example.net rcpt=u@example.com session.protocol=ESMTP"},
    {"Return-Path: <>\r\n" AMAVIS REST, MESSAGE_TRUSTED,
     "client.ip=127.0.0.1 helo=mx.example.com mail.from= session.protocol=ESMTP"},
    {"Return-Path: <jo>\r\nReturn-Path: jo@\r\nReturn-Path: @example.net\r\n"
     "Return-Path: <a@example.net>\r\n" AMAVIS REST, MESSAGE_TRUSTED,
     "client.ip=127.0.0.1 helo=mx.example.com mail.from=a@example.net session.protocol=ESMTP"},
    {STRANGER "Return-Path: <boss@example.com>\r\nX-Envelope-From: <boss@example.com>\r\n" REST, MESSAGE_STRANGER,
     OF_STRANGER},
    {INSIDE "Return-Path: <boss@example.com>\r\nDelivered-To: boss@example.com\r\n" REST, MESSAGE_TRUSTED, OF_INSIDE},
    {"Return-Path: <boss@example.com>\r\n" REST, MESSAGE_NONE, ""},
    {"Return-Path: <boss@example.com>\r\n" ODD REST, MESSAGE_UNREADABLE, ""},
    {"From a@example.net Mon Jan  2 10:00:00 2023\nX-Envelope-From: <a@example.net>\n"
     "X-Envelope-To: u@example.com, \"x, y\"@example.com,,<v@example.com>\n"
     "Received: from [192.0.2.10] (helo=friend)\n\tby mx.example.com with esmtp (Exim 4.96)\n\tid 1" DATE REST,
     MESSAGE_STRANGER,
     "client.ip=192.0.2.10 helo=friend helo.verb=EHLO mail.from=a@example.net "
     "rcpt=u@example.com,\"x, y\"@example.com,v@example.com auth.user= tls.version= tls.cipher= "
     "session.protocol=ESMTP"},
    {"Return-Path: <srs@example.com>\n"
     "Received: from [192.0.2.10] (helo=friend) by mx.example.com with esmtpsa (TLS1.2:AES:256) (Exim 4.96)\n"
     " (envelope-from <a@example.net>) id 1" DATE REST,
     MESSAGE_STRANGER,
     "client.ip=192.0.2.10 helo=friend helo.verb=EHLO mail.from=a@example.net tls.version=TLSv1.2 tls.cipher=AES "
     "session.protocol=ESMTP"},
    {"Delivered-To: v@example.com\r\nX-Original-To: w@example.com\r\nDelivered-To: x@example.com\r\n" INSIDE REST,
     MESSAGE_TRUSTED,
     "client.ip=10.0.0.7 client.rdns=mx.example.com client.rdns_confirmed=mx.example.com helo=mx.example.com "
     "helo.verb=EHLO rcpt=w@example.com session.protocol=ESMTP"},
    {"Delivered-To: v@example.com\r\nDelivered-To: x@example.com\r\n" INSIDE REST, MESSAGE_TRUSTED, OF_INSIDE},
    {"Delivered-To: nobody\r\n" INSIDE REST, MESSAGE_TRUSTED, OF_INSIDE},
    /* --- what a fact cannot have stays unknown --- */
    {"Return-Path: <a b@example.net>\r\n" INSIDE REST, MESSAGE_TRUSTED, OF_INSIDE},
};

static void messages_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_facts *facts = facts_make(NULL);
    enum message_source source = MESSAGE_NONE;
    char text[RECEIVED_TEXT_SIZE];
    assert_int_equal(message_facts(facts, rows[i].message, strlen(rows[i].message), NULL, &source), ASSAY_OK);
    known(text, facts);
    if (strcmp(text, rows[i].expected) != 0 || source != rows[i].source)
      fail_msg("%s\n  is       %d %s\n  must be  %d %s", rows[i].message, source, text, rows[i].source,
               rows[i].expected);
    assay_facts_free(facts);
  }
}

static void options_by_table(void **state) {
  (void)state;
  static const struct part mine[] = {PART_OF("mx.example.com"), PART_OF("STORE.example.com")};
  static const struct part theirs[] = {PART_OF("mx.example.org")};
  struct address_range gates[2];
  assert_true(address_range_read(&gates[0], PART("2001:db8::/32")));
  assert_true(address_range_read(&gates[1], PART("198.51.100.0/24")));
  const struct {
    const char *message;
    struct message_options options;
    enum message_source source;
    const char *expected;
  } table[] = {
      {RELAY STRANGER FORGED REST, {gates, 2, NULL, 0}, MESSAGE_STRANGER, OF_STRANGER},
      {INSIDE RELAY STRANGER REST, {gates, 2, NULL, 0}, MESSAGE_STRANGER, OF_STRANGER},
      {STRANGER REST, {NULL, 0, mine, 2}, MESSAGE_STRANGER, OF_STRANGER},
      {INSIDE STRANGER REST, {NULL, 0, mine, 2}, MESSAGE_STRANGER, OF_STRANGER},
      {STRANGER REST, {NULL, 0, theirs, 1}, MESSAGE_NONE, ""},
      {"Return-Path: <boss@example.com>\r\n" STRANGER REST, {NULL, 0, theirs, 1}, MESSAGE_NONE, ""},
      {INSIDE STRANGER REST, {NULL, 0, mine + 1, 1}, MESSAGE_TRUSTED, OF_INSIDE},
  };
  for (size_t i = 0; i < COUNT(table); i++) {
    assay_facts *facts = facts_make(NULL);
    enum message_source source = MESSAGE_NONE;
    char text[RECEIVED_TEXT_SIZE];
    const char *message = table[i].message;
    assert_int_equal(message_facts(facts, message, strlen(message), &table[i].options, &source), ASSAY_OK);
    known(text, facts);
    if (strcmp(text, table[i].expected) != 0 || source != table[i].source)
      fail_msg("%s\n  is  %d %s", message, source, text);
    assay_facts_free(facts);
  }
}

/* However much of a message has come, a forged line never wins. */
static void cut_at_every_byte(void **state) {
  (void)state;
  static const char message[] = INSIDE AMAVIS STRANGER FORGED REST;
  for (size_t len = 0; len < sizeof message; len++) {
    assay_facts *facts = facts_make(NULL);
    char text[RECEIVED_TEXT_SIZE], *copy = test_malloc(len + 1);
    memcpy(copy, message, len);
    assert_int_equal(message_facts(facts, copy, len, NULL, NULL), ASSAY_OK);
    known(text, facts);
    bool right = text[0] == 0 || strcmp(text, OF_INSIDE) == 0 || strcmp(text, OF_STRANGER) == 0 ||
                 strncmp(text, "client.ip=127.0.0.1 helo=mx.example.com", 39) == 0;
    if (!right) fail_msg("%zu bytes: %s", len, text);
    test_free(copy);
    assay_facts_free(facts);
  }
}

/* What is already known stays, where the message does not say better. */
static void what_was_known_stays(void **state) {
  (void)state;
  assay_facts *facts = facts_make(NULL);
  char text[RECEIVED_TEXT_SIZE];
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_AUTH_USER, "jo", 2), ASSAY_OK);
  assert_int_equal(assay_facts_set(facts, ASSAY_FACT_HELO, "old", 3), ASSAY_OK);
  assert_int_equal(message_facts(facts, AMAVIS, strlen(AMAVIS), NULL, NULL), ASSAY_OK);
  known(text, facts);
  assert_string_equal(text, "client.ip=127.0.0.1 helo=mx.example.com auth.user=jo session.protocol=ESMTP");
  assay_facts_free(facts);
}

static void fields_without_end(void **state) {
  (void)state;
  size_t inside = strlen(INSIDE), count = 2 * MESSAGE_HEAD_MOST / inside, len = 0;
  char *bytes = test_malloc(count * inside + sizeof STRANGER), text[RECEIVED_TEXT_SIZE];
  assay_facts *facts = facts_make(NULL);
  enum message_source source;
  for (size_t i = 0; i < count; i++, len += inside) memcpy(bytes + len, INSIDE, inside);
  memcpy(bytes + len, STRANGER, sizeof STRANGER);
  assert_int_equal(message_facts(facts, bytes, len + sizeof STRANGER - 1, NULL, &source), ASSAY_OK);
  known(text, facts);
  assert_int_equal(source, MESSAGE_TRUSTED);
  assert_string_equal(text, OF_INSIDE);
  assay_facts_free(facts);
  test_free(bytes);
}

static void no_memory(void **state) {
  (void)state;
  static const char message[] =
      "Return-Path: <a@example.net>\r\nX-Envelope-To: u@example.com,v@example.com\r\n" INSIDE REST;
  bool failed = false;
  for (size_t nth = 1;; nth++) {
    struct test_alloc memory;
    assay_facts *facts;
    test_alloc_failing(&memory, nth, true);
    if (assay_facts_new(&facts, &memory.alloc) == ASSAY_OK) {
      assay_status status = message_facts(facts, message, sizeof message - 1, NULL, NULL);
      assay_facts_free(facts);
      assert_true(test_alloc_clean(&memory));
      if (status == ASSAY_OK) break;
      assert_int_equal(status, ASSAY_NO_MEMORY);
      failed = true;
    }
  }
  assert_true(failed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_by_table), cmocka_unit_test(options_by_table),
      cmocka_unit_test(cut_at_every_byte), cmocka_unit_test(what_was_known_stays),
      cmocka_unit_test(fields_without_end), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
