/* Tests what is read from Received fields that somebody made up to be misread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/message/received_text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DATE "; Mon, 2 Jan 2023 10:00:00 +0000"

#define ROW(value, expected) {value, sizeof(value) - 1, expected}
#define CLIENT "client by=mx.example.com ip=192.0.2.10 "

static const struct {
  const char *value;
  size_t len;
  const char *expected;
} rows[] = {
    ROW("from x (y [203.0.113.9]) (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9]) by z with SMTP id 1; x (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) "
     "with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9]) by z with SMTP (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with "
     "ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9]) by z from q (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from by (by [192.0.2.10]) by mx.example.com with SMTP id 1 for by@by" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=by rdns=by protocol=SMTP id=1 for=by@by"),
    ROW("from [192.0.2.10] (helo=x ident=y) ([203.0.113.9]) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
     "unreadable"),
    ROW("from mail.example.net ([192.0.2.10] helo=x ident=y) (Authenticated sender: boss) by mx.example.com with "
     "esmtpa (Exim 4.96) id 1" DATE,
     "unreadable"),
    ROW("from [192.0.2.10] (helo=x) ([203.0.113.9]) by mx.example.com with esmtp (Exim 4.96) id 1" DATE, "unreadable"),
    ROW("from [192.0.2.10] (HELO x) (203.0.113.9) by mx.example.com (CommuniGate Pro SMTP 6.1) with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from [IPv6:2001:db8::9] (HELO x) (203.0.113.9) by mx.example.com with ESMTP id 1" DATE, "unreadable"),
    ROW("from mail.example.net (HELO x) ([203.0.113.9]@192.0.2.10) by mx.example.com with SMTP" DATE, "unreadable"),
    ROW("from mail.example.net (HELO x) (([203.0.113.9])@192.0.2.10) by mx.example.com with SMTP" DATE, "unreadable"),
    ROW("from mail.example.net (HELO x) (y[203.0.113.9]:25@192.0.2.10) by mx.example.com with SMTP" DATE, "unreadable"),
    ROW("from x ([203.0.113.9] helo=y@[192.0.2.10]) by mx.example.com (8.17.1/8.17.1) with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y@[192.0.2.10]) by mx.example.com (8.17.1/8.17.1) with ESMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO protocol=ESMTP id=1"),
    ROW("from mail.example.net (HELO x) (y@192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=SMTP"),
    ROW("from mail.example.net ([192.0.2.10]:4321 helo=x) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1 user= tls= "
     "cipher="),
    ROW("from 192.0.2.10 (EHLO x) (203.0.113.9) by mx.example.com with SMTP" DATE, "unreadable"),
    ROW("from 192.0.2.10 (EHLO x) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO protocol=SMTP"),
    ROW("from ([203.0.113.9]) (mail.example.net [192.0.2.10.25]) by mx.example.com with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from (203.0.113.9) (unknown [unknown]) by mx.example.com with ESMTP id 1" DATE, "unreadable"),
    ROW("from x ([203.0.113.9] [192.0.2.10]) by mx.example.com (milter-spamd) id 1" DATE, "unreadable"),
    ROW("from x ([192.0.2.10] [192.0.2.10] [203.0.113.9]) by mx.example.com (milter-spamd) id 1" DATE, "unreadable"),
    ROW("from [192.0.2.10] (port=4321 []) by mx.example.com with esmtp (Exim 4.96) id 1" DATE, "unreadable"),
    ROW("from [192.0.2.10] (helo=) (203.0.113.9) by mx.example.com with esmtp (Exim 4.96) id 1" DATE, "unreadable"),
    ROW("from x (203.0.113.9) [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1" DATE, "unreadable"),
    ROW("from mail.example.net (HELO x) (Authenticated sender: boss) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=SMTP"),
    ROW("from (helo=x) (Authenticated sender: boss) (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=ESMTP"),
    ROW("from 127.0.0.1 (EHLO x) (AUTH: PLAIN boss) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO protocol=SMTP"),
    ROW("from x (y [203.0.113.9] ) ( a b [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9] ) (ident= [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x ([203.0.113.9] ident=y [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x ([203.0.113.9] \"EHLO y\" [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from [192.0.2.10] (account boss HELO x) (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP id "
        "1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=ESMTP id=1"),
    ROW("from mail.example.net (HELO y) (account boss HELO x) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 protocol=SMTP"),
    ROW("from mail.example.net ([192.0.2.10]:4321 \"EHLO x) (Authenticated sender: boss)\") by mx.example.com with "
     "ESMTP id S1" DATE,
     "unreadable"),
    ROW("from mail pickup service ([192.0.2.10]) by mx.example.com with Microsoft SMTPSVC(6.0.3790.1830)" DATE,
     "client by=mx.example.com ip=192.0.2.10"),
    ROW("from mail pickup service (192.0.2.10) by mx.example.com (10.0.0.9) with Microsoft SMTP Server id 14.3.1" DATE,
     "client by=mx.example.com ip=192.0.2.10 id=14.3.1"),
    ROW("from x (y [203.0.113.9]) by (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9]) by z with (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9]) by z with SMTP id (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP id "
     "1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9]) by z for (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP id 1" DATE,
     "unreadable"),
    ROW("from x (y [203.0.113.9]) by z tls from (mail.example.net [192.0.2.10]) by mx.example.com with ESMTP" DATE,
     "unreadable"),
    ROW("from mail.example.net ([192.0.2.10] helo=x ident=y) by z with local id (q) by mx.example.com with esmtp (Exim "
     "4.96) id 1" DATE,
     "unreadable"),
    ROW("from from (from [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=from rdns=from protocol=SMTP id=1"),
    ROW("from two words (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from [203.0.113.9] [198.51.100.1] (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from x [203.0.113.9] by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x(y[203.0.113.9] (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x(y[203.0.113.9] rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from (Authenticated sender: boss) (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from x (Authenticated sender: boss) (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from 203.0.113.9 (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=203.0.113.9 rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from !!! (203.0.113.9 [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=!!! protocol=SMTP id=1"),
    ROW("from \"quoted name (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from \"a;b (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=\"a;b rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10] (a (b (c)))) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com ((((with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10] by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10\\) by mx.example.com) with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10]) with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1",
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10]) by" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10]) by ; z" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1; a (b",
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.256]) by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2]) by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [0300.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net []) by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10) by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x (a b [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from x ([192.0.2.10] helo=) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 verb=EHLO protocol=ESMTP id=1 user= tls= cipher="),
    ROW("from x (HELO) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 protocol=SMTP"),
    ROW("from x (HELO a b) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 protocol=SMTP"),
    ROW("from x (HELO a) (HELO b) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 protocol=SMTP"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 1 for "
     "<a@example.com>,<b@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 1 for nobody" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 1 for <\"a;b "
     "(c\"@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1 "
     "for=<\"a;b (c\"@example.com>"),
    ROW("from x (mail.example.net [192.0.2.10]) (using TLSv9 with cipher X) by mx.example.com (Postfix) with ESMTP id "
     "1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10]) (using) by mx.example.com (Postfix) with ESMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 1 (envelope-from "
     "a@example.net)" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com with BSMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net id=1"),
    ROW("frombx (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
     "unreadable"),
    ROW("from",
     "unreadable"),
    ROW("from x",
     "unreadable"),
    ROW("; x",
     "unreadable"),
    ROW("((((",
     "unreadable"),
    ROW(")",
     "unreadable"),
    ROW("from mail.example.net ([192.0.2.10] helo=x) by mx.example.com with esmtp (Exim 4.96) (envelope-from <\"a) "
     "(b\"@example.net>) id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1 "
     "from=<\"a) (b\"@example.net> user= tls= cipher="),
    ROW("from mail.example.net ([192.0.2.10] helo=x) by mx.example.com with esmtp (Exim 4.96) (envelope-from "
     "<\"a\\\"b (\"@example.net>) id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1 "
     "from=<\"a\\\"b (\"@example.net> user= tls= cipher="),
    ROW("from mail.example.net ([192.0.2.10] helo=x) by mx.example.com with esmtp (Exim 4.96) (envelope-from <a.\"b) "
     "for boss@example.com (c\"@example.net>) id 1 for u@example.com" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1 "
     "from=<a.\"b) for boss@example.com (c\"@example.net> for=u@example.com user= tls= cipher="),
    ROW("from mail.example.net ([192.0.2.10] helo=x) by mx.example.com with esmtp (Exim 4.96) (envelope-from "
     "<\"a\".\"b) (c\"@example.net>) id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1 "
     "from=<\"a\".\"b) (c\"@example.net> user= tls= cipher="),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1 envelope-from <a.\"b by "
     "; c\"@example.net>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=ESMTP id=1 from=<a.\"b by ; "
     "c\"@example.net>"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1 envelope-from <\"a by "
     "b\"@example.net>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=ESMTP id=1 from=<\"a by "
     "b\"@example.net>"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1 envelope-from <\"a" DATE,
     "unreadable"),
    ROW("from mail.example.net ([192.0.2.10] helo=x ident=y helo=z [203.0.113.9] q) by mx.example.com with esmtp (Exim "
     "4.96) id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x verb=EHLO rdns+=mail.example.net protocol=ESMTP id=1 user= "
     "tls= cipher="),
    ROW("from mail.example.net ([192.0.2.10] helo=x ident=y [203.0.113.9]) by mx.example.com with esmtp (Exim 4.96) id "
     "1" DATE,
     "unreadable"),
    ROW("from mail.example.net ([192.0.2.10] helo=x helo=y) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 verb=EHLO protocol=ESMTP id=1 user= tls= cipher="),
    ROW("from x (IDENT:y [203.0.113.9]@mail.example.net [192.0.2.10]) by mx.example.com (8.9.3/8.9.3) with ESMTP id "
     "1" DATE,
     "unreadable"),
    ROW("from x (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1 with ESMTP id 2 for <a@example.com> "
     "for <b@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x rdns=mail.example.net protocol=SMTP id=1 for=<a@example.com>"),
    ROW("from x ((mail.example.net [192.0.2.10])) by mx.example.com with SMTP id 1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=x protocol=SMTP id=1"),
    ROW("from [192.0.2.10] (port=4321 [ helo=x) by mx.example.com with esmtp (Exim 4.96) id 1" DATE, "unreadable"),
    ROW("(from x [203.0.113.9]) by mx.example.com (NAVGW 2.5) with SMTP id 1" DATE, "unreadable"),
    ROW("(from x) by mx.example.com with SMTP id 1" DATE, "unreadable"),
    ROW("(from x) z" DATE, "unreadable"),
    ROW("(x) from y (z [203.0.113.9]) by mx.example.com with SMTP id 1" DATE, "unreadable"),
    /* --- bytes that no mail server writes --- */
    ROW("from a\0b (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
        CLIENT "helo=a\\x00b rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from x (mail.example.net [192.0.2.10\0]) by mx.example.com with SMTP id 1" DATE, "unreadable"),
    ROW("\0from x (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE, "unreadable"),
    ROW("from \xff\xc3\xa9 (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
        CLIENT "helo=\\xFF\\xC3\\xA9 rdns=mail.example.net protocol=SMTP id=1"),
    ROW("from \x1b[31m (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE,
        CLIENT "helo=\\x1B[31m rdns=mail.example.net protocol=SMTP id=1"),
};

static void rows_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct received received;
    char text[RECEIVED_TEXT_SIZE];
    received_read(&received, (struct part){rows[i].value, rows[i].len});
    received_text(text, &received);
    if (strcmp(text, rows[i].expected) != 0)
      fail_msg("%s\n  is       %s\n  must be  %s", rows[i].value, text, rows[i].expected);
  }
}

static const char *const forms[] = {
    "from @ (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 1" DATE,
    "from @ ([192.0.2.10]) by mx.example.com with ESMTP id 1" DATE,
    "from @ (192.0.2.10) by mx.example.com (10.0.0.9) with Microsoft SMTP Server id 14.3.1" DATE,
    "from @ ([192.0.2.10]) by mx.example.com with Microsoft SMTPSVC(6.0.3790.1830)" DATE,
    "from @ (mail.example.net [192.0.2.10:25]) by mx.example.com with ESMTP id 1" DATE,
    "from mail.example.net ([192.0.2.10] helo=@) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
    "from [192.0.2.10] (helo=@) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
    "from mail.example.net ([192.0.2.10] helo=x ident=@) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
    "from [192.0.2.10] (helo=x ident=@) by mx.example.com with esmtp (Exim 4.96) id 1" DATE,
    "from unknown (HELO @) (192.0.2.10) by mx.example.com with SMTP" DATE,
    "from 127.0.0.1 (EHLO @) (192.0.2.10) by mx.example.com with SMTP" DATE,
    "from [192.0.2.10] (HELO @) by mx.example.com (CommuniGate Pro SMTP 6.1) with ESMTP id 1" DATE,
    "from 192.0.2.10 (EHLO @) by mx.example.com with SMTP" DATE,
    "from mail.example.net ([192.0.2.10]:4321 \"EHLO @\") by mx.example.com with ESMTP id S1" DATE,
    "from x (@ [192.0.2.10]) by mx.example.com (Haraka/2.8) with ESMTP id 1" DATE,
};

static const char *const inserts[] = {
    "x", " ", "(", ")", "[203.0.113.9]", "203.0.113.9", " by ", " from ", " with ", " id ", " for ", " local ",
    " LMTP ", ";", "z", "(y [203.0.113.9])", "(203.0.113.9)", " (HELO x) ", "helo=x", "ident=", " \"EHLO ", "\"", "<",
    ">", "\\", " account boss ", " HELO x", "(account boss HELO x)", "(helo=x)", "mail pickup service", "HTTPS",
    "POP3", "(qmail", "[", "]", "=", " (Authenticated sender: boss) ", " (AUTH: PLAIN boss) ", "user=boss ",
    "auth=yes ", "@",
};

/* Whatever a client says, its address is what the server wrote, or it is not known; and nothing else was the server. */
static void pieces_in_a_row_forge_nothing(void **state) {
  (void)state;
  uint32_t random = 1;
  for (size_t round = 0; round < 200000; round++) {
    char line[512] = "";
    const char *form = forms[round % COUNT(forms)], *at = strchr(form, '@');
    strncat(line, form, (size_t)(at - form));
    for (size_t i = 0; i < 1 + round % 7; i++) {
      random = random * 1664525 + 1013904223;
      strcat(line, inserts[(random >> 8) % COUNT(inserts)]);
    }
    strcat(line, at + 1);
    struct received received;
    received_read(&received, (struct part){line, strlen(line)});
    bool client = received.kind == RECEIVED_CLIENT;
    if (!client && received.kind == RECEIVED_UNREADABLE) continue;
    struct part user = received.auth_user;
    bool right = client && part_is(received.address_text, PART("192.0.2.10"));
    if (!right || !part_is(received.by, PART("mx.example.com")) || (user.ptr && user.len > 0)) {
      char text[RECEIVED_TEXT_SIZE];
      fail_msg("%s\n  is  %s", line, received_text(text, &received));
    }
  }
}

/* A piece again and again: as much as is read at all, and one more. */
static void long_lines(void **state) {
  (void)state;
  static const char *const pieces[] = {"(", ")", "\\", "\"", "[", "<\"", "( [1.2.3.4]", "x ", "by ", " (x)",
                                       "([192.0.2.1]) ", "(\"EHLO ", "helo= ", ";", "from ", "(helo=a) ", "\n ", "\0"};
  char *line = test_malloc(100 * 1024);
  for (size_t i = 0; i < COUNT(pieces); i++) {
    size_t begin = (size_t)sprintf(line, "from x (mail.example.net [192.0.2.10] "), piece = strlen(pieces[i]);
    if (piece == 0) piece = 1;
    for (size_t at = begin; at < 100 * 1024; at++) line[at] = pieces[i][(at - begin) % piece];
    for (size_t from = 0; from < begin + 1; from += begin) {
      struct received received;
      received_read(&received, (struct part){line + from, RECEIVED_MOST});
      assert_int_equal(received.kind == RECEIVED_CLIENT, false);
      received_read(&received, (struct part){line + from, 100 * 1024 - from});
      assert_int_equal(received.kind, RECEIVED_UNREADABLE);
    }
  }
  test_free(line);
}

static void the_longest_that_is_read(void **state) {
  (void)state;
  static const char head[] = "from ", tail[] = " (mail.example.net [192.0.2.10]) by mx.example.com with SMTP id 1" DATE;
  char *line = test_malloc(RECEIVED_MOST + 1);
  struct received received;
  for (size_t more = 0; more < 2; more++) {
    size_t len = RECEIVED_MOST + more;
    memset(line, 'x', len);
    memcpy(line, head, sizeof head - 1);
    memcpy(line + len - (sizeof tail - 1), tail, sizeof tail - 1);
    received_read(&received, (struct part){line, len});
    assert_int_equal(received.kind, more ? RECEIVED_UNREADABLE : RECEIVED_CLIENT);
  }
  test_free(line);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_by_table),
      cmocka_unit_test(pieces_in_a_row_forge_nothing),
      cmocka_unit_test(long_lines),
      cmocka_unit_test(the_longest_that_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
