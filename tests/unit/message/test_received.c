/* Tests what is read from Received fields in the forms of the common mail servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/message/received_text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DATE "; Mon, 2 Jan 2023 10:00:00 +0000"

static const struct {
  const char *value, *expected;
} rows[] = {
    /* --- Postfix --- */
    {"from mail.example.net (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 4ABC for "
     "<u@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=EHLO rdns+=mail.example.net protocol=ESMTP "
     "id=4ABC for=<u@example.com>"},
    {"from mail.example.net (unknown [192.0.2.10])\n\tby mx.example.com (Postfix) with ESMTP id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=EHLO protocol=ESMTP id=4ABC"},
    {"from [192.0.2.10] (host.example.net [192.0.2.10]) by mx.example.com (Postfix) with SMTP id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=[192.0.2.10] verb=HELO rdns+=host.example.net protocol=SMTP "
     "id=4ABC"},
    {"from [127.0.0.1] (unknown [198.51.100.7]) by mx.example.com (Postfix) with ESMTP id 4ABC" DATE,
     "client by=mx.example.com ip=198.51.100.7 helo=[127.0.0.1] verb=EHLO protocol=ESMTP id=4ABC"},
    {"from localhost (unknown [198.51.100.7])\r\n\tby mx.example.com (Postfix) with SMTP id 4ABC\r\n\tfor "
     "<u@example.com>" DATE,
     "client by=mx.example.com ip=198.51.100.7 helo=localhost verb=HELO protocol=SMTP id=4ABC for=<u@example.com>"},
    {"from mail.example.net (mail.example.net [IPv6:2001:db8::25])\n\t(using TLSv1.3 with cipher "
     "TLS_AES_256_GCM_SHA384 (256/256 bits)\n\t key-exchange X25519 server-signature RSA-PSS (4096 bits) "
     "server-digest SHA256)\n\t(No client certificate requested)\n\tby mx.example.com (Postfix) with ESMTPS id "
     "4ABC\n\tfor <u@example.com>" DATE,
     "client by=mx.example.com ip=2001:db8::25 helo=mail.example.net verb=EHLO rdns+=mail.example.net "
     "protocol=ESMTP id=4ABC for=<u@example.com> tls=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384"},
    {"from [IPv6:2001:db8::9] (unknown [IPv6:2001:db8::9]) by mx.example.com (Postfix) with ESMTPS id 4ABC" DATE,
     "client by=mx.example.com ip=2001:db8::9 helo=[IPv6:2001:db8::9] verb=EHLO protocol=ESMTP id=4ABC"},
    {"from laptop (dsl.example.org [203.0.113.5])\n\t(using TLSv1 with cipher ECDHE-RSA-AES256-SHA (256/256 "
     "bits))\n\t(Client did not present a certificate)\n\t(Authenticated sender: jo@example.com)\n\tby "
     "mx.example.com (Postfix) with ESMTPSA id 4ABC\n\tfor <u@example.com>" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=laptop verb=EHLO rdns+=dsl.example.org protocol=ESMTP id=4ABC "
     "for=<u@example.com> user=jo@example.com authenticated tls=TLSv1 cipher=ECDHE-RSA-AES256-SHA"},
    {"from laptop (dsl.example.org [203.0.113.5]) (Authenticated sender: jo smith) by mx.example.com (Postfix) "
     "with ESMTPA id 4ABC" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=laptop verb=EHLO rdns+=dsl.example.org protocol=ESMTP id=4ABC "
     "user=jo smith authenticated"},
    {"from mail.example.net (mail.example.net [192.0.2.10]:54321) by mx.example.com (Postfix) with ESMTP id "
     "4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=EHLO rdns+=mail.example.net protocol=ESMTP "
     "id=4ABC"},
    {"from mail.example.net (mail.example.net [192.0.2.10]) by mx.example.com (Our Mail) with ESMTP id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net rdns=mail.example.net protocol=ESMTP id=4ABC"},
    {"from mail.example.net (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with LMTP id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=LHLO rdns+=mail.example.net protocol=LMTP "
     "id=4ABC"},
    {"from mail.example.net (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with UTF8SMTPS id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=EHLO rdns+=mail.example.net protocol=ESMTP "
     "id=4ABC"},
    {"from unknown (unknown [192.0.2.10]) by mx.example.com (Postfix) with ESMTP id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=unknown verb=EHLO protocol=ESMTP id=4ABC"},
    {"from unknown (unknown [192.0.2.10]) by mx.example.com (Postfix) with SMTP id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 verb=HELO protocol=SMTP id=4ABC"},
    {"from mail.example.net (mail.example.net [192.0.2.10]) by mx.example.com (Postfix) with SMTP id 4ABC" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=HELO rdns+=mail.example.net protocol=SMTP "
     "id=4ABC"},
    {"by mx.example.com (Postfix, from userid 1000) id 4ABC" DATE,
     "local by=mx.example.com"},
    {"by smtp.example.com (Postfix) with ESMTPSA id 4ABC" DATE,
     "unreadable"},
    /* --- Zimbra, amavis --- */
    {"from mta.example.com (localhost.localdomain [127.0.0.1])\n\tby mta.example.com (Postfix) with ESMTPS id "
     "4ABC" DATE,
     "client by=mta.example.com ip=127.0.0.1 helo=mta.example.com verb=EHLO rdns+=localhost.localdomain "
     "protocol=ESMTP id=4ABC"},
    {"from localhost (localhost [127.0.0.1]) by mta.example.com (Postfix) with ESMTP id 4ABC" DATE,
     "client by=mta.example.com ip=127.0.0.1 helo=localhost verb=EHLO rdns+=localhost protocol=ESMTP id=4ABC"},
    {"from mta.example.com ([127.0.0.1]) by localhost (mta.example.com [127.0.0.1]) (amavisd-new, port 10024) with "
     "ESMTP id k8Us for <u@example.com>" DATE,
     "client by=localhost ip=127.0.0.1 helo=mta.example.com protocol=ESMTP id=k8Us for=<u@example.com>"},
    /* --- Exim --- */
    {"from mail.example.net ([192.0.2.10] helo=smtp.example.net) by mx.example.com with esmtps "
     "(TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256) (Exim 4.92) (envelope-from <a@example.net>) id 1iAbCd-0001aB-Cd "
     "for u@example.com" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO rdns+=mail.example.net protocol=ESMTP "
     "id=1iAbCd-0001aB-Cd from=<a@example.net> for=u@example.com user= tls=TLSv1.2 "
     "cipher=ECDHE_RSA_AES_256_GCM_SHA384"},
    {"from mail.example.net ([192.0.2.10])\n\tby mx.example.com with esmtps  (TLS1.3) tls "
     "TLS_AES_256_GCM_SHA384\n\t(Exim 4.96)\n\t(envelope-from <a@example.net>)\n\tid 1qAbCd-0001aB-Cd\n\tfor "
     "u@example.com" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=EHLO rdns+=mail.example.net protocol=ESMTP "
     "id=1qAbCd-0001aB-Cd from=<a@example.net> for=u@example.com user= tls=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384"},
    {"from mail.example.net ([192.0.2.10]) by mx.example.com with smtp (Exim 4.96) (envelope-from <>) id "
     "1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 verb=HELO rdns+=mail.example.net protocol=SMTP id=1qAbCd-0001aB-Cd "
     "from=<> user= tls= cipher="},
    {"from mail.example.net ([192.0.2.10]:4321 helo=friend) by mx.example.com with smtp (Exim 4.96) id "
     "1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=friend verb=HELO rdns+=mail.example.net protocol=SMTP "
     "id=1qAbCd-0001aB-Cd user= tls= cipher="},
    {"from [192.0.2.10] (helo=smtp.example.net) by mx.example.com with esmtp (Exim 4.96) id 1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO protocol=ESMTP id=1qAbCd-0001aB-Cd "
     "user= tls= cipher="},
    {"from [192.0.2.10] (helo=[198.51.100.1]) by mx.example.com with esmtp (Exim 4.96) id 1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=[198.51.100.1] verb=EHLO protocol=ESMTP id=1qAbCd-0001aB-Cd "
     "user= tls= cipher="},
    {"from mail.example.net ([192.0.2.10] helo=[198.51.100.1]) by mx.example.com with esmtp (Exim 4.96) id "
     "1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=[198.51.100.1] verb=EHLO rdns+=mail.example.net protocol=ESMTP "
     "id=1qAbCd-0001aB-Cd user= tls= cipher="},
    {"from [192.0.2.10]:4321 (helo=smtp.example.net ident=root) by mx.example.com with esmtp (Exim 4.96) id "
     "1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO protocol=ESMTP id=1qAbCd-0001aB-Cd "
     "user= tls= cipher="},
    {"from [192.0.2.10] (port=4321 helo=smtp.example.net) by mx.example.com with esmtps "
     "(TLS1.2:ECDHE-RSA-AES128-GCM-SHA256:128) (Exim 4.86) id 1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO protocol=ESMTP id=1qAbCd-0001aB-Cd "
     "user= tls=TLSv1.2 cipher=ECDHE-RSA-AES128-GCM-SHA256"},
    {"from mail.example.net ([192.0.2.10] helo=smtp.example.net ident=root) by mx.example.com with smtp (Exim "
     "4.96) id 1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=HELO rdns+=mail.example.net protocol=SMTP "
     "id=1qAbCd-0001aB-Cd user= tls= cipher="},
    {"from [192.0.2.10] by mx.example.com with esmtp (Exim 4.96) id 1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 verb=EHLO protocol=ESMTP id=1qAbCd-0001aB-Cd user= tls= cipher="},
    {"from [2001:db8::25] (helo=smtp.example.net) by mx.example.com with esmtpsa (TLS1.3) tls "
     "TLS_AES_128_GCM_SHA256 (Exim 4.96) (envelope-from <jo@example.com>) id 1qAbCd-0001aB-Cd for "
     "u@example.com" DATE,
     "client by=mx.example.com ip=2001:db8::25 helo=smtp.example.net verb=EHLO protocol=ESMTP id=1qAbCd-0001aB-Cd "
     "from=<jo@example.com> for=u@example.com authenticated tls=TLSv1.3 cipher=TLS_AES_128_GCM_SHA256"},
    {"from mail.example.net ([2001:db8::25] helo=smtp.example.net) by mx.example.com with esmtp (Exim 4.96) id "
     "1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=2001:db8::25 helo=smtp.example.net verb=EHLO rdns+=mail.example.net "
     "protocol=ESMTP id=1qAbCd-0001aB-Cd user= tls= cipher="},
    {"from mail.example.net ([192.0.2.10] helo=smtp.example.net) by mx.example.com with esmtp id "
     "1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP "
     "id=1qAbCd-0001aB-Cd"},
    {"from mail.example.net ([192.0.2.10]) by mx.example.com with esmtp id 1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=192.0.2.10 protocol=ESMTP id=1qAbCd-0001aB-Cd"},
    {"from jo by mx.example.com with local (Exim 4.96) (envelope-from <jo@example.com>) id 1qAbCd-0001aB-Cd for "
     "u@example.com" DATE,
     "local by=mx.example.com"},
    {"from localhost ([127.0.0.1] helo=mx.example.com) by mx.example.com with esmtp (Exim 4.96) id "
     "1qAbCd-0001aB-Cd" DATE,
     "client by=mx.example.com ip=127.0.0.1 helo=mx.example.com verb=EHLO rdns+=localhost protocol=ESMTP "
     "id=1qAbCd-0001aB-Cd user= tls= cipher="},
    /* --- Sendmail --- */
    {"from mail.example.net (mail.example.net [192.0.2.10]) by mx.example.com (8.14.4/8.14.4) with ESMTP id "
     "p1ABC123 for <u@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net verb=EHLO rdns=mail.example.net protocol=ESMTP "
     "id=p1ABC123 for=<u@example.com>"},
    {"from smtp.example.net (mail.example.net [192.0.2.10] (may be forged))\n\tby mx.example.com "
     "(8.15.2/8.15.2/Debian-22) with ESMTPS id p1ABC123\n\t(version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 "
     "bits=256 verify=NO)\n\tfor <u@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO rdns=mail.example.net protocol=ESMTP "
     "id=p1ABC123 for=<u@example.com> tls=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384"},
    {"from smtp.example.net ([192.0.2.10]) by mx.example.com (8.14.4/8.14.4) with SMTP id p1ABC123" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=HELO protocol=SMTP id=p1ABC123"},
    {"from smtp.example.net (IDENT:root@mail.example.net [192.0.2.10]) by mx.example.com (8.9.3/8.9.3) with ESMTP "
     "id p1ABC123" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO rdns=mail.example.net protocol=ESMTP "
     "id=p1ABC123"},
    {"from smtp.example.net (root@mail.example.net [192.0.2.10]) by mx.example.com (8.11.6/8.11.6) with SMTP id "
     "p1ABC123" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=HELO rdns=mail.example.net protocol=SMTP "
     "id=p1ABC123"},
    {"from smtp.example.net (jo@[192.0.2.10]) by mx.example.com (8.11.6/8.11.6) with SMTP id p1ABC123" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net verb=HELO protocol=SMTP id=p1ABC123"},
    {"from laptop (dsl.example.org [203.0.113.5]) (authenticated bits=0) by mx.example.com (8.14.4/8.14.4) with "
     "ESMTP id p1ABC123" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=laptop verb=EHLO rdns=dsl.example.org protocol=ESMTP "
     "id=p1ABC123 authenticated"},
    {"from laptop (dsl.example.org [203.0.113.5]) (authenticated) by mx.example.com (8.12.1/8.12.1) with ESMTP id "
     "p1ABC123" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=laptop verb=EHLO rdns=dsl.example.org protocol=ESMTP "
     "id=p1ABC123 authenticated"},
    {"from [192.0.2.10] ([192.0.2.10]) by mx.example.com (8.14.4/8.14.4) with ESMTP id p1ABC123" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=[192.0.2.10] verb=EHLO protocol=ESMTP id=p1ABC123"},
    {"from mail.example.net (mail.example.net [IPv6:2001:db8:0:0:0:0:0:25]) by mx.example.com (8.14.4/8.14.4) with "
     "ESMTP id p1ABC123" DATE,
     "client by=mx.example.com ip=2001:db8:0:0:0:0:0:25 helo=mail.example.net verb=EHLO rdns=mail.example.net "
     "protocol=ESMTP id=p1ABC123"},
    {"(from jo@localhost) by mx.example.com (8.14.4/8.14.4/Submit) id p1ABC123" DATE, "local by=mx.example.com"},
    {"from laptop (dsl.example.org [203.0.113.5]) (authenticated (0 bits)) by mx.example.com (8.11.6/8.11.6) "
     "with ESMTP id p1ABC123" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=laptop verb=EHLO rdns=dsl.example.org protocol=ESMTP id=p1ABC123 "
     "authenticated"},
    {"from smtp.example.net ([192.0.2.10] [192.0.2.10])\r\n\tby mx.example.com (milter-spamd) id p1ABC123\r\n\tfor "
     "<u@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net id=p1ABC123 for=<u@example.com>"},
    /* --- qmail --- */
    {"from unknown (HELO smtp.example.net) (192.0.2.10)\n  by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net protocol=SMTP"},
    {"from mail.example.net (HELO smtp.example.net) (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=SMTP"},
    {"from mail.example.net (HELO smtp.example.net) (root@192.0.2.10) by mx.example.com with ESMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP"},
    {"from mail.example.net (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 rdns=mail.example.net protocol=SMTP"},
    {"from mail.example.net (192.0.2.10) by mx.example.com with ESMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=mail.example.net rdns=mail.example.net protocol=ESMTP"},
    {"from mail.example.net (root@192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 rdns=mail.example.net protocol=SMTP"},
    {"from unknown (192.0.2.10) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 protocol=SMTP"},
    {"from mail.example.net (HELO smtp.example.net) (192.0.2.10) by mx.example.com with (ECDHE-RSA-AES256-SHA "
     "encrypted) SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=SMTP"},
    {"from unknown (HELO ?192.168.1.5?) (jo@example.com@203.0.113.5) by mx.example.com with ESMTPA" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=?192.168.1.5? protocol=ESMTP authenticated"},
    {"from unknown (HELO [192.168.1.5]) (203.0.113.5) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=[192.168.1.5] protocol=SMTP"},
    {"(qmail 4711 invoked from network)" DATE,
     "local"},
    {"(qmail 4711 invoked by uid 1000)" DATE,
     "local"},
    {"(qmail 4711 invoked from network[192.0.2.10/mail.example.net])" DATE, "local"},
    {"(cpmta 4711 invoked from network)" DATE, "local"},
    /* --- Microsoft --- */
    {"from smtp.example.net (192.0.2.10) by AB1EX01.mail.example.com (198.51.100.9) with Microsoft SMTP Server "
     "(version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.6002.11 via Frontend Transport" DATE,
     "client by=AB1EX01.mail.example.com ip=192.0.2.10 helo=smtp.example.net id=15.20.6002.11 tls=TLSv1.2 "
     "cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {"from AB1PR01MB1.example.com (2001:db8:1::15) by AB1PR01MB2.example.com (2001:db8:2::20) with Microsoft SMTP "
     "Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.6002.11" DATE,
     "client by=AB1PR01MB2.example.com ip=2001:db8:1::15 helo=AB1PR01MB1.example.com id=15.20.6002.11 tls=TLSv1.3 "
     "cipher=TLS_AES_256_GCM_SHA384"},
    {"from AB1PR01MB1.example.com ([fe80::1:2%4]) by AB1PR01MB1.example.com ([fe80::1:2%4]) with mapi id "
     "15.20.6002.011" DATE,
     "local by=AB1PR01MB1.example.com"},
    {"from AB1PR01MB1.example.com (2001:db8:1::15) by AB1PR01MB2.example.com (2001:db8:2::20) with HTTPS" DATE,
     "local by=AB1PR01MB2.example.com"},
    {"from smtp.example.net ([192.0.2.10]) by mx.example.com with Microsoft SMTPSVC(6.0.3790.1830)" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net"},
    {"from [192.0.2.10] (192.0.2.10) by ex.example.com (198.51.100.9) with Microsoft SMTP Server id 14.3.1" DATE,
     "client by=ex.example.com ip=192.0.2.10 helo=[192.0.2.10] id=14.3.1"},
    {"from mail pickup service by mx.example.com with Microsoft SMTPSVC" DATE,
     "local by=mx.example.com"},
    {"from smtp.example.net (192.0.2.10) by mx.example.com (10.0.0.9) with Microsoft SMTP Server (TLS) id "
     "14.3.1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net id=14.3.1"},
    /* --- SmarterMail, Symantec, MailSite, InterMail: no name is known --- */
    {"from [192.0.2.10] (Unknown_Domain [192.0.2.10]) by mx.example.com (Symantec Messaging Gateway) with SMTP id "
     "09.E7.1" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=[192.0.2.10] protocol=SMTP id=09.E7.1"},
    {"from [192.0.2.10] (UnknownHost [192.0.2.10]) by mx.example.com with SMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=[192.0.2.10] protocol=SMTP"},
    {"from smtp.example.net (unverified [192.0.2.10]) by mx.example.com (Vircom SMTPRS 4.3) with ESMTP id <B1@x>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net protocol=ESMTP id=<B1@x>"},
    {"from [10.0.0.7] (really [192.0.2.10]) by mx.example.com (InterMail vM.7.08) with SMTP id <1.A@x>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=[10.0.0.7] protocol=SMTP id=<1.A@x>"},
    /* --- Gmail and others that write likewise --- */
    {"from mail.example.net (mail.example.net. [192.0.2.10])\n        by mx.google.com with ESMTPS id a1si12\n     "
     "   for <u@example.com>\n        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256)" DATE " (PST)",
     "client by=mx.google.com ip=192.0.2.10 helo=mail.example.net rdns=mail.example.net protocol=ESMTP id=a1si12 "
     "for=<u@example.com> tls=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384"},
    {"from mail.example.net ([192.0.2.10]) by mx.google.com with SMTP id a1si12" DATE,
     "client by=mx.google.com ip=192.0.2.10 helo=mail.example.net protocol=SMTP id=a1si12"},
    {"from mail.example.net (mail.example.net. [2001:db8::25]) by mx.google.com with ESMTPS id a1si12 for "
     "<u@example.com> (version=TLS1_2 cipher=ECDHE-ECDSA-AES128-GCM-SHA256 bits=128/128)" DATE,
     "client by=mx.google.com ip=2001:db8::25 helo=mail.example.net rdns=mail.example.net protocol=ESMTP id=a1si12 "
     "for=<u@example.com> tls=TLSv1.2 cipher=ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"from laptop (dsl.example.org. [203.0.113.5]) by smtp.gmail.com with ESMTPSA id a1si12 for <u@example.com> "
     "(version=TLS1_2 cipher=AES128-SHA bits=128/128)" DATE,
     "client by=smtp.gmail.com ip=203.0.113.5 helo=laptop rdns=dsl.example.org protocol=ESMTP id=a1si12 "
     "for=<u@example.com> authenticated tls=TLSv1.2 cipher=AES128-SHA"},
    {"by 2002:a05:6a00:1234:: with SMTP id a1csp12" DATE,
     "local by=2002:a05:6a00:1234::"},
    {"by 10.1.2.3 with SMTP id a1csp12" DATE,
     "local by=10.1.2.3"},
    {"by mail-ab1-f1.google.com with SMTP id a1so12 for <u@example.com>" DATE,
     "unreadable"},
    {"from 1064022179695 named unknown by gmailapi.google.com with HTTPREST" DATE,
     "unreadable"},
    {"from mail.example.net (mail.example.net [192.0.2.10]) by inbound-smtp.us-east-1.amazonaws.com with SMTP id "
     "k1abc for u@example.com" DATE " (UTC)",
     "client by=inbound-smtp.us-east-1.amazonaws.com ip=192.0.2.10 helo=mail.example.net rdns=mail.example.net "
     "protocol=SMTP id=k1abc for=u@example.com"},
    {"from 192.0.2.10 (EHLO mail.example.net) by 10.197.1.2 with SMTPs (version=TLS1_2 "
     "cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)" DATE,
     "client by=10.197.1.2 ip=192.0.2.10 helo=mail.example.net verb=EHLO protocol=SMTP tls=TLSv1.2 "
     "cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {"from 127.0.0.1 (EHLO mail.example.net) (192.0.2.10) by mta1.mail.example.com with SMTP" DATE,
     "client by=mta1.mail.example.com ip=192.0.2.10 helo=mail.example.net verb=EHLO protocol=SMTP"},
    /* --- Courier --- */
    {"from smtp.example.net (softdnserr [192.0.2.10]) by mx.example.com with esmtp" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net protocol=ESMTP"},
    {"from smtp.example.net (mail.example.net [::ffff:192.0.2.10]) by mx.example.com with esmtp" DATE,
     "client by=mx.example.com ip=::ffff:192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP"},
    {"from smtp.example.net (mail.example.net [192.0.2.10]) (AUTH: LOGIN jo@example.com, TLS: "
     "TLSv1.2,256bits,ECDHE_RSA_AES_256_GCM_SHA384) by mx.example.com with ESMTPSA id "
     "0000000000A1B2C3.000000005F3E2D1C.00001F2E" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP "
     "id=0000000000A1B2C3.000000005F3E2D1C.00001F2E user=jo@example.com authenticated tls=TLSv1.2 "
     "cipher=ECDHE_RSA_AES_256_GCM_SHA384"},
    {"from smtp.example.net ([::ffff:192.0.2.10]) by mx.example.com with esmtp id "
     "0000000000A1B2C3.000000005F3E2D1C.00001F2E" DATE,
     "client by=mx.example.com ip=::ffff:192.0.2.10 helo=smtp.example.net protocol=ESMTP "
     "id=0000000000A1B2C3.000000005F3E2D1C.00001F2E"},
    {"from smtp.example.net ([192.0.2.10]) (AUTH: PLAIN jo) by mx.example.com with esmtp id "
     "0000000000A1B2C3.000000005F3E2D1C.0000ZZZZ" DATE,
     "client by=mx.example.com ip=192.0.2.10 protocol=ESMTP id=0000000000A1B2C3.000000005F3E2D1C.0000ZZZZ user=jo "
     "authenticated"},
    /* --- Haraka --- */
    {"from smtp.example.net (mail.example.net [192.0.2.10])\n\tby mx.example.com (Haraka/2.8.28) with ESMTPS id "
     "1A2B.1\n\tenvelope-from <a@example.net>\n\ttls TLS_AES_256_GCM_SHA384" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP id=1A2B.1 "
     "from=<a@example.net> cipher=TLS_AES_256_GCM_SHA384"},
    {"from smtp.example.net (mail.example.net [192.0.2.10]) by mx.example.com (Haraka/2.7.3) with ESMTPSA id "
     "1A2B.1 envelope-from <a@example.net> (authenticated bits=0) (version=TLSv1/SSLv3 "
     "cipher=ECDHE-RSA-AES128-GCM-SHA256 verify=FAIL)" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP id=1A2B.1 "
     "from=<a@example.net> authenticated cipher=ECDHE-RSA-AES128-GCM-SHA256"},
    /* --- OpenSMTPD --- */
    {"from smtp.example.net (mail.example.net [192.0.2.10])\n\tby mx.example.com (OpenSMTPD) with ESMTPS id "
     "a1b2c3d4 (TLSv1.3:AEAD-AES256-GCM-SHA384:256:NO)\n\tfor <u@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP "
     "id=a1b2c3d4 for=<u@example.com> tls=TLSv1.3 cipher=AEAD-AES256-GCM-SHA384"},
    {"from smtp.example.net (<unknown> [192.0.2.10]) by mx.example.com (OpenSMTPD) with ESMTP id a1b2c3d4 for "
     "<u@example.com>" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net protocol=ESMTP id=a1b2c3d4 for=<u@example.com>"},
    {"from laptop (dsl.example.org [203.0.113.5]) by mx.example.com (OpenSMTPD) with ESMTPSA id a1b2c3d4 "
     "(TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256:NO) auth=yes user=jo for <u@example.com>" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=laptop rdns=dsl.example.org protocol=ESMTP id=a1b2c3d4 "
     "for=<u@example.com> user=jo authenticated tls=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384"},
    /* --- IronPort --- */
    {"from mail.example.net (HELO smtp.example.net) ([192.0.2.10]) by esa.example.com with ESMTP" DATE,
     "client by=esa.example.com ip=192.0.2.10 helo=smtp.example.net rdns=mail.example.net protocol=ESMTP"},
    {"from unknown (HELO smtp.example.net) ([192.0.2.10]) by esa.example.com with "
     "ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384" DATE,
     "client by=esa.example.com ip=192.0.2.10 helo=smtp.example.net protocol=ESMTP "
     "cipher=ECDHE-RSA-AES256-GCM-SHA384"},
    {"from mail.example.net ([192.0.2.10]) by esa.example.com with ESMTP" DATE,
     "client by=esa.example.com ip=192.0.2.10 helo=mail.example.net protocol=ESMTP"},
    /* --- ZMailer --- */
    {"from mail.example.net ([192.0.2.10]:42533 \"EHLO smtp.example.net\" rhost-flags-OK-OK-OK-OK) by "
     "lists.example.com with ESMTP id S1234" DATE,
     "client by=lists.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO protocol=ESMTP id=S1234"},
    {"from mail.example.net ([192.0.2.10]:42533 \"HELO smtp.example.net\") by lists.example.com with SMTP id "
     "S1234" DATE,
     "client by=lists.example.com ip=192.0.2.10 helo=smtp.example.net verb=HELO protocol=SMTP id=S1234"},
    {"from mail.example.net ([192.0.2.10]:42533 \"EHLO smtp.example.net\" ident: \"NO-IDENT-SERVICE[2]\" smtp-auth: "
     "<none>) by lists.example.com with ESMTP id S1234" DATE,
     "client by=lists.example.com ip=192.0.2.10 helo=smtp.example.net verb=EHLO protocol=ESMTP id=S1234"},
    {"from mail.example.net ([192.0.2.10]:42533 \"EHLO two words\") by lists.example.com with ESMTP id S1234" DATE,
     "client by=lists.example.com ip=192.0.2.10 protocol=ESMTP id=S1234"},
    /* --- CommuniGate Pro, and others --- */
    {"from [192.0.2.10] (HELO smtp.example.net) by mx.example.com (CommuniGate Pro SMTP 6.1) with ESMTP id 12345 "
     "for u@example.com" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net protocol=ESMTP id=12345 for=u@example.com"},
    {"from [203.0.113.5] (account jo@example.com HELO laptop) by mx.example.com (CommuniGate Pro SMTP 6.1) with "
     "ESMTPSA id 12345" DATE,
     "client by=mx.example.com ip=203.0.113.5 helo=laptop protocol=ESMTP id=12345 user=jo@example.com authenticated"},
    {"from smtp.example.net ([192.0.2.10]) by mx.example.com (MDaemon PRO v9) with ESMTP id md50001" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net protocol=ESMTP id=md50001"},
    {"from smtp.example.net ([192.0.2.10]) by mx.example.com (Lotus Domino Release 8.5) with ESMTP id "
     "2023010210" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=smtp.example.net protocol=ESMTP id=2023010210"},
    {"from smtp.example.net (LHLO lists.example.net) ([192.0.2.10]) by mx.example.com with LMTP" DATE,
     "client by=mx.example.com ip=192.0.2.10 helo=lists.example.net verb=LHLO rdns=smtp.example.net protocol=LMTP"},
    {"from mx.example.com\n\tby store.example.com with LMTP\n\tid 0Abc (envelope-from <a@example.net>)\n\tfor "
     "<u@example.com>" DATE,
     "local by=store.example.com"},
    {"from pop.example.net [192.0.2.10] by box.example.com with POP3 (fetchmail-6.3.1) for <u@localhost> "
     "(single-drop)" DATE,
     "local by=box.example.com"},
    {"from pop.example.net (pop.example.net [192.0.2.10]) by box.example.com with IMAP (fetchmail-6.3.1)" DATE,
     "local by=box.example.com"},
    {"from jo by mx.example.com with local-bsmtp (Exim 4.96) id 1qAbCd-0001aB-Cd" DATE, "local by=mx.example.com"},
    {"from a@example.net by mx.example.com with qmail-scanner-1.10 (. Clear:0.)" DATE, "local by=mx.example.com"},
    {"from dsl.example.org ([203.0.113.5]) (SquirrelMail authenticated user jo) by web.example.com with HTTP" DATE,
     "client by=web.example.com ip=203.0.113.5"},
    {"from dsl.example.org (dsl.example.org [203.0.113.5]) by web.example.com (Horde MIME library) with HTTP" DATE,
     "client by=web.example.com ip=203.0.113.5 rdns=dsl.example.org"},
    {"from [192.0.2.10] by web.example.com via HTTP" DATE,
     "unreadable"},
    {"from [203.0.113.5] by web.example.com with HTTP" DATE,
     "unreadable"},
    {"via list-7 for +lists/talk" DATE,
     "unreadable"},
};

static void forms_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct received received;
    char text[RECEIVED_TEXT_SIZE];
    received_read(&received, (struct part){rows[i].value, strlen(rows[i].value)});
    received_text(text, &received);
    if (strcmp(text, rows[i].expected) != 0)
      fail_msg("%s\n  is       %s\n  must be  %s", rows[i].value, text, rows[i].expected);
  }
}

/* Of the beginning of a field nothing is read, or just what the whole says. */
static void cut_at_every_byte(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    size_t len = strlen(rows[i].value);
    for (size_t cut = 0; cut < len; cut++) {
      struct received received;
      char text[RECEIVED_TEXT_SIZE], *copy = test_malloc(cut + 1);
      memcpy(copy, rows[i].value, cut);
      received_read(&received, (struct part){copy, cut});
      received_text(text, &received);
      if (received.kind != RECEIVED_UNREADABLE && strcmp(text, rows[i].expected) != 0)
        fail_msg("%.*s\n  is  %s", (int)cut, rows[i].value, text);
      test_free(copy);
    }
  }
}

/* Folds, and more spaces than servers write, change nothing. */
static void folds_change_nothing(void **state) {
  (void)state;
  static const char *const folds[] = {"\n ", "\r\n\t", " \t ", "\r\n  "};
  for (size_t i = 0; i < COUNT(rows); i++)
    for (size_t f = 0; f < COUNT(folds); f++) {
      struct received received;
      char value[4096], text[RECEIVED_TEXT_SIZE];
      size_t len = 0;
      for (const char *at = rows[i].value; *at; at++) {
        bool here = *at == ' ' && !strstr(rows[i].expected, "user=jo smith");
        size_t add = here ? strlen(folds[f]) : 1;
        memcpy(value + len, here ? folds[f] : at, add);
        len += add;
      }
      received_read(&received, (struct part){value, len});
      received_text(text, &received);
      if (strcmp(text, rows[i].expected) != 0) fail_msg("%.*s\n  is  %s", (int)len, value, text);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forms_by_table),
      cmocka_unit_test(cut_at_every_byte),
      cmocka_unit_test(folds_change_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
