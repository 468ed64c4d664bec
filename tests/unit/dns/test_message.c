/* Tests what is read from a response: records of each type, chains, that there is nothing, and what is no answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reply_text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct dns_message message;

struct row {
  const char *question, *lines, *expect;
  unsigned flags; /* 0: DNS_RESPONSE */
};

/* "MX example.com" */
static assay_question_type question_of(const char *question, const char **name) {
  size_t len = strcspn(question, " ");
  assay_question_type type = ASSAY_QUESTION_A;
  while (!text_eq(text_of(question, len), text_from(dns_type_word(type)))) {
    assert_int_not_equal(type, ASSAY_QUESTION_NS);
    type++;
  }
  *name = question + len + 1;
  return type;
}

static void write_row(const struct row *row, bool compress) {
  const char *name;
  assay_question_type type = question_of(row->question, &name);
  message.compress = compress;
  dns_begin(&message, row->flags ? row->flags : DNS_RESPONSE, name, dns_type(dns_type_word(type)));
  dns_add(&message, row->lines);
}

static void expect_read(const char *question, const char *expect, const char *what) {
  const char *name;
  assay_question_type type = question_of(question, &name);
  char *got = read_text(&message, type, name);
  if (strcmp(got, expect) != 0) fail_msg("%s\n%s\n  %s\nnot %s", question, what, got, expect);
  free(got);
}

static void expect_rows(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count * 2; i++) {
    const struct row *row = &rows[i / 2];
    write_row(row, i % 2);
    expect_read(row->question, row->expect, row->lines);
  }
}

static void records_of_each_type(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"A a.example", "an a.example 300 A 192.0.2.1", "found 300: 192.0.2.1", 0},
      {"AAAA a.example", "an a.example 300 AAAA 20010db8000000000000000000000001",
       "found 300: 20010db8000000000000000000000001", 0},
      {"PTR 1.2.0.192.in-addr.arpa", "an 1.2.0.192.in-addr.arpa 5 PTR mx.a.example", "found 5: <mx.a.example>", 0},
      {"MX a.example", "an a.example 300 MX 10 mx.a.example", "found 300: <mx.a.example>", 0},
      {"TXT a.example", "an a.example 300 TXT \"v=spf1\" \"-all\" \"\" \"x\"", "found 300: <v=spf1-allx>", 0},
      {"TXT a.example", "an a.example 300 TXT \"\"", "found 300: <>", 0},
      {"NS a.example", "an a.example 300 NS ns1.a.example", "found 300: <ns1.a.example>", 0},
      {"NS a.example", "an a.example 300 NS .", "found 300: <>", 0},
      /* RFC 7505: a null MX */
      {"MX a.example", "an a.example 300 MX 0 .", "found 300: <>", 0},
      /* case is kept in what is answered */
      {"NS a.example", "an A.EXAMPLE 300 NS Ns1.A.example", "found 300: <Ns1.A.example>", 0},
      /* the least TTL, and none above 2^31 (RFC 2181 section 8) */
      {"A a.example", "an a.example 300 A 192.0.2.1\nan a.example 20 A 192.0.2.2", "found 20: 192.0.2.1 192.0.2.2", 0},
      {"A a.example", "an a.example 2147483647 A 192.0.2.1", "found 2147483647: 192.0.2.1", 0},
      {"A a.example", "an a.example 2147483648 A 192.0.2.1", "found 0: 192.0.2.1", 0},
      {"A a.example", "an a.example 0 A 192.0.2.1", "found 0: 192.0.2.1", 0},
      /* bytes that are no text */
      {"NS a.example", "an a.example 1 NS \\010\\000\\255.\\032b", "found 1: <\\010\\000\\255.\\032b>", 0},
      {"NS a.example", "an a.example 1 NS a\\.b.c\\\\d.x\"y", "found 1: <a\\.b.c\\\\d.x\"y>", 0},
      /* a name of the same text with another dot is another name */
      {"A a.b.example", "an a\\.b.example 1 A 192.0.2.1", "malformed -", 0},
  };
  expect_rows(rows, COUNT(rows));
}

static void data_that_is_none(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"A a.example", "an a.example 300 A 192.0.2", "malformed -", 0},
      {"A a.example", "an a.example 300 A 192.0.2.1.5", "malformed -", 0},
      {"A a.example", "an a.example 300 A", "malformed -", 0},
      {"A a.example", "an a.example 300 A 192.0.2.1\nan a.example 300 A 192.0.2", "malformed -", 0},
      {"AAAA a.example", "an a.example 300 AAAA 20010db80000000000000000000001", "malformed -", 0},
      {"AAAA a.example", "an a.example 300 AAAA 20010db800000000000000000000000100", "malformed -", 0},
      {"TXT a.example", "an a.example 300 TXT", "malformed -", 0},
      {"MX a.example", "an a.example 300 HINFO 0161\nan a.example 300 MX 10 mx.example", "found 300: <mx.example>", 0},
      /* of other names, classes and types it does not matter */
      {"A a.example", "an b.example 300 A 192.0.2\nan a.example 300 A 192.0.2.1", "found 300: 192.0.2.1", 0},
      {"A a.example", "an a.example 300 CH A 192.0.2\nan a.example 300 A 192.0.2.1", "found 300: 192.0.2.1", 0},
      {"A a.example", "an a.example 300 AAAA 00\nan a.example 300 A 192.0.2.1", "found 300: 192.0.2.1", 0},
      {"A a.example", "an a.example 300 A 192.0.2.1\nns a.example 3 SOA 5\nar b.example 1 A 192",
       "found 300: 192.0.2.1", 0},
  };
  expect_rows(rows, COUNT(rows));
}

/* Data in hexadecimal, of a type whose data has a form of its own. */
static void raw_data_that_is_none(void **state) {
  (void)state;
  static const struct {
    const char *question, *type, *data, *expect;
  } rows[] = {
      {"TXT a.example", "TXT", "0161", "found 7: <a>"},
      {"TXT a.example", "TXT", "016103626364", "found 7: <abcd>"},
      {"TXT a.example", "TXT", "0261", "malformed -"},
      {"TXT a.example", "TXT", "016102", "malformed -"},
      {"TXT a.example", "TXT", "01610362", "malformed -"},
      {"TXT a.example", "TXT", "01ff", "found 7: <\xff>"},
      {"MX a.example", "MX", "000a00", "found 7: <>"},
      {"MX a.example", "MX", "000a", "malformed -"},
      {"MX a.example", "MX", "00", "malformed -"},
      {"MX a.example", "MX", "000a0161", "malformed -"},   /* the name has no end within the data */
      {"MX a.example", "MX", "000a016100ff", "malformed -"}, /* a byte behind it */
      {"NS a.example", "NS", "016100", "found 7: <a>"},
      {"NS a.example", "NS", "01610000", "malformed -"},
      {"NS a.example", "NS", "c00c", "found 7: <a.example>"},
      {"NS a.example", "NS", "0162c00e", "found 7: <b.example>"},
      {"NS a.example", "NS", "c0", "malformed -"},
      {"NS a.example", "NS", "c0ff", "malformed -"}, /* forward */
      {"NS a.example", "NS", "016140", "malformed -"},
      {"NS a.example", "NS", "016180", "malformed -"},
      {"NS a.example", "CNAME", "c00c", "malformed -"}, /* to itself */
      {"NS a.example", "CNAME", "016100", "nodata -"},
      {"NS a.example", "CNAME", "0161", "malformed -"},
      {"NS a.example", "CNAME", "", "malformed -"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    const struct row row = {rows[i].question, "", "", 0};
    write_row(&row, false);
    message.bytes[7] = 1;
    dns_put(&message, 0xc00c, 2);
    dns_put(&message, dns_type(rows[i].type), 2);
    dns_put(&message, 1, 2);
    dns_put(&message, 7, 4);
    dns_put(&message, strlen(rows[i].data) / 2, 2);
    for (const char *at = rows[i].data; *at; at += 2) {
      unsigned byte;
      assert_int_equal(sscanf(at, "%2x", &byte), 1);
      dns_put(&message, byte, 1);
    }
    expect_read(rows[i].question, rows[i].expect, rows[i].data);
  }
}

static void order_does_not_hang_on_the_server(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"A a.example",
       "an a.example 9 A 10.0.0.9\nan a.example 9 A 9.0.0.10\nan a.example 9 A 200.0.0.1\nan a.example 9 A 9.0.0.10",
       "found 9: 9.0.0.10 10.0.0.9 200.0.0.1", 0},
      {"TXT a.example",
       "an a.example 9 TXT \"b\"\nan a.example 9 TXT \"\"\nan a.example 9 TXT \"ab\"\nan a.example 9 TXT \"a\" \"b\"",
       "found 9: <> <ab> <b>", 0},
      {"MX a.example",
       "an a.example 9 MX 256 a.example\nan a.example 9 MX 5 z.example\nan a.example 9 MX 10 y.example\n"
       "an a.example 9 MX 5 m.example\nan a.example 9 MX 10 y.example",
       "found 9: <m.example> <z.example> <y.example> <a.example>", 0},
      {"A a.example",
       "an c.example 7 A 10.0.0.2\nan c.example 7 A 10.0.0.1\nan b.example 8 CNAME c.example\n"
       "an a.example 9 CNAME b.example",
       "found 7: 10.0.0.1 10.0.0.2", 0},
  };
  expect_rows(rows, COUNT(rows));
  for (size_t i = 0; i < COUNT(rows); i++) { /* the lines in each order that begins elsewhere */
    const char *lines = rows[i].lines, *end = lines + strlen(lines);
    for (const char *from = strchr(lines, '\n'); from; from = strchr(from + 1, '\n')) {
      char turned[512];
      snprintf(turned, sizeof turned, "%.*s\n%.*s", (int)(end - from - 1), from + 1, (int)(from - lines), lines);
      const struct row row = {rows[i].question, turned, rows[i].expect, 0};
      expect_rows(&row, 1);
    }
  }
}

/* Where preferences differ the name is a record each time. */
static void equal_names_of_other_preference_stay(void **state) {
  (void)state;
  static const struct row row = {"MX a.example", "an a.example 9 MX 5 m.example\nan a.example 9 MX 6 m.example",
                                 "found 9: <m.example> <m.example>", 0};
  expect_rows(&row, 1);
}

static void of_many_records_the_first_in_order(void **state) {
  (void)state;
  for (unsigned count = 63; count <= 66; count++) {
    char expect[2048];
    int len = snprintf(expect, sizeof expect, "found 5:");
    static const struct row row = {"A a.example", "", "", 0};
    write_row(&row, true);
    for (unsigned i = 0; i < count * 2; i++) { /* each twice, the last first */
      char line[64];
      snprintf(line, sizeof line, "an a.example 5 A 192.0.2.%u", count - 1 - i / 2);
      dns_add(&message, line);
    }
    for (unsigned i = 0; i < count && i < DNS_RECORDS_MAX; i++)
      len += snprintf(expect + len, sizeof expect - (size_t)len, " 192.0.2.%u", i);
    expect_read(row.question, expect, "many records");
  }
}

static void chains(void **state) {
  (void)state;
  for (unsigned links = 0; links <= 10; links++) {
    static const struct row row = {"A c0.example", "", "", 0};
    for (unsigned backwards = 0; backwards < 2; backwards++) {
      write_row(&row, true);
      char line[64];
      for (unsigned i = 0; i < links; i++) {
        unsigned n = backwards ? links - 1 - i : i;
        snprintf(line, sizeof line, "an c%u.example %u CNAME c%u.example", n, 100 - n, n + 1);
        dns_add(&message, line);
      }
      snprintf(line, sizeof line, "an c%u.example 100 A 192.0.2.1", links);
      dns_add(&message, line);
      char expect[64] = "malformed -";
      if (links <= DNS_CHAIN_MAX) snprintf(expect, sizeof expect, "found %u: 192.0.2.1", links ? 101 - links : 100);
      expect_read(row.question, expect, line);
    }
  }
}

static void chains_by_table(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"A a.example", "an a.example 1 CNAME a.example", "malformed -", 0},
      {"A a.example", "an a.example 1 CNAME b.example\nan b.example 1 CNAME a.example", "malformed -", 0},
      {"A a.example", "an a.example 1 CNAME b.example\nan b.example 1 CNAME c.example\nan c.example 1 CNAME b.example",
       "malformed -", 0},
      /* records of another than the end of the chain are no answer, whoever sent them */
      {"A a.example", "an a.example 9 CNAME b.example\nan c.example 1 A 192.0.2.1\nan b.example 9 A 192.0.2.2",
       "found 9: 192.0.2.2", 0},
      /* nothing but other names: it speaks of something else, unless the zone says that there is nothing */
      {"A a.example", "an b.example 9 A 192.0.2.2", "malformed -", 0},
      {"A a.example", "an b.example 1 CNAME c.example\nan c.example 1 A 192.0.2.2", "malformed -", 0},
      {"A a.example", "an b.example 9 A 192.0.2.2\nns example 60 SOA 900", "nodata 60", 0},
      {"A a.example", "an a.example 9 AAAA 00\nan b.example 9 A 192.0.2.2", "nodata -", 0},
      {"A a.example", "an a.example 9 CNAME b.example\nan c.example 9 A 192.0.2.2", "nodata -", 0},
      {"A a.example", "an a.example 9 CNAME b.example\nar b.example 9 A 192.0.2.2", "nodata -", 0},
      {"A a.example", "ns a.example 9 CNAME b.example\nar b.example 9 A 192.0.2.2", "nodata -", 0},
      /* case does not matter along it */
      {"A a.example", "an A.Example 9 CNAME B.EXAMPLE\nan b.example 9 A 192.0.2.2", "found 9: 192.0.2.2", 0},
      /* an alias of another class */
      {"A a.example", "an a.example 9 CH CNAME b.example\nan b.example 9 A 192.0.2.2", "nodata -", 0},
      /* it ends in nothing */
      {"A a.example", "an a.example 40 CNAME b.sub.example\nns sub.example 50 SOA 60", "nodata 40", 0},
      {"A a.example", "an a.example 40 CNAME b.sub.example\nns sub.example 50 SOA 30", "nodata 30", 0},
      {"A a.example", "an a.example 40 CNAME b.sub.example\nns sub.example 50 SOA 60", "nxdomain 40", DNS_RESPONSE | 3},
      {"A a.example", "an a.example 40 CNAME b.other\nns example 50 SOA 60", "nodata -", 0},
      {"A a.example", "an a.example 40 CNAME b.example\nan b.example 40 A 192.0.2.1", "malformed -", DNS_RESPONSE | 3},
      /* an odd name along it */
      {"A a.example", "an a.example 9 CNAME b\\.\\000.example\nan b\\.\\000.example 9 A 192.0.2.2",
       "found 9: 192.0.2.2", 0},
      {"A a.example", "an a.example 9 CNAME .\nan . 9 A 192.0.2.2", "found 9: 192.0.2.2", 0},
      {"A a.example", "an a.example 9 CNAME .\nns . 60 SOA 50", "nodata 9", 0},
  };
  expect_rows(rows, COUNT(rows));
}

static void that_there_is_nothing(void **state) {
  (void)state;
  enum { NONE = DNS_RESPONSE | 3 };
  static const struct row rows[] = {
      {"A a.example", "ns example 900 SOA 60", "nodata 60", 0},
      {"A a.example", "ns example 60 SOA 900", "nodata 60", 0},
      {"A a.example", "ns example 900 SOA 60", "nxdomain 60", NONE},
      {"A a.example", "ns example 60 SOA 900", "nxdomain 60", NONE},
      {"A a.example", "ns a.example 0 SOA 900", "nxdomain 0", NONE},
      {"A a.example", "ns example 900 SOA 4294967295", "nxdomain 900", NONE},
      {"A a.example", "ns example 2147483648 SOA 60", "nxdomain 0", NONE},
      {"A a.example", "ns A.Example 60 SOA 900", "nxdomain 60", NONE},
      {"A a.example", "ns . 60 SOA 900", "nxdomain 60", NONE},
      {"A a.example", "ns example 60 SOA 900\nns a.example 50 SOA 900", "nxdomain 50", NONE},
      {"A a.example", "", "nodata -", 0},
      {"A a.example", "", "nxdomain -", NONE},
      /* what another zone says of itself holds nothing here */
      {"A a.example", "ns other 60 SOA 900", "nxdomain -", NONE},
      {"A a.example", "ns b.a.example 60 SOA 900", "nxdomain -", NONE},
      {"A aa.example", "ns a.example 60 SOA 900", "nxdomain -", NONE},
      {"A a.example", "ns example 60 CH SOA 900", "nxdomain -", NONE},
      {"A a.example", "an example 60 SOA 900", "nxdomain -", NONE},
      {"A a.example", "ns other 60 SOA 900\nns example 70 SOA 900", "nxdomain 70", NONE},
      /* other names, types and classes */
      {"A a.example", "an a.example 9 AAAA 20010db8000000000000000000000001\nns example 60 SOA 900", "nodata 60", 0},
      {"A a.example", "an a.example 9 CH A 192.0.2.1\nns example 60 SOA 900", "nodata 60", 0},
      {"A a.example", "an b.example 9 A 192.0.2.1\nns example 60 SOA 900", "nodata 60", 0},
      /* NXDOMAIN with records is neither */
      {"A a.example", "an a.example 9 A 192.0.2.1\nns example 60 SOA 900", "malformed -", NONE},
      /* a server that sends one elsewhere is lame; with a SOA it knows (RFC 2308 section 2.2) */
      {"A a.example", "ns example 9 NS ns.example", "malformed -", 0},
      {"A a.example", "ns example 9 NS ns.example", "malformed -", DNS_QR | DNS_AA},
      {"A a.example", "ns example 9 NS ns.example\nns other 9 SOA 9", "malformed -", 0},
      {"A a.example", "ns example 9 NS ns.example\nns example 60 SOA 900", "nodata 60", 0},
      {"A a.example", "ns example 9 CH NS ns.example", "nodata -", 0},
      {"A a.example", "", "malformed -", DNS_QR},
      {"A a.example", "", "malformed -", DNS_QR | 3},
      {"A a.example", "", "nodata -", DNS_QR | DNS_AA},
      {"A a.example", "", "nodata -", DNS_QR | DNS_RA},
      {"A a.example", "ns example 60 SOA 900", "nodata 60", DNS_QR},
      /* with records the flags do not matter */
      {"A a.example", "an a.example 9 A 192.0.2.1", "found 9: 192.0.2.1", DNS_QR},
      {"A a.example", "an a.example 9 A 192.0.2.1\nns example 9 NS ns.example", "found 9: 192.0.2.1", 0},
  };
  expect_rows(rows, COUNT(rows));
}

static void soa_of_another_length_is_not_believed(void **state) {
  (void)state;
  for (unsigned off = 0; off < 3; off++) {
    static const struct row row = {"A a.example", "ns example 60 SOA 900", "", DNS_RESPONSE | 3};
    write_row(&row, false);
    size_t data = 20 + strlen("ns.example.com") + 2 + strlen("hostmaster.example.com") + 2;
    message.bytes[message.len - data - 1] = (uint8_t)(data + off - 1);
    message.len += off > 1 ? off - 1 : 0;
    message.len -= off == 0;
    expect_read(row.question, off == 1 ? "nxdomain 60" : "nxdomain -", "a SOA record");
  }
}

static void response_codes(void **state) {
  (void)state;
  static const char *const expect[16] = {
      "found 9: 192.0.2.1", "malformed -", "servfail -", "malformed -", "refused -",  "refused -",
      "servfail -",         "servfail -",  "servfail -", "servfail -",  "servfail -", "servfail -",
      "servfail -",         "servfail -",  "servfail -", "servfail -"};
  for (unsigned rcode = 0; rcode < 16; rcode++) {
    struct row row = {"A a.example", "an a.example 9 A 192.0.2.1\nar . 0 OPT", expect[rcode], DNS_RESPONSE | rcode};
    expect_rows(&row, 1);
    row.lines = "an a.example 9 A 192.0.2.1\nar . 16777216 OPT"; /* 16 more */
    row.expect = "servfail -";
    expect_rows(&row, 1);
    row.lines = "an a.example 9 A 192.0.2.1\nar . 4278190080 OPT";
    expect_rows(&row, 1);
  }
  static const struct row rows[] = {
      {"A a.example", "", "servfail -", DNS_RESPONSE | 2},
      {"A a.example", "", "refused -", DNS_RESPONSE | 5},
      {"A a.example", "ns example 60 SOA 900", "servfail -", DNS_RESPONSE | 2},
      /* EDNS version and flags are no response code */
      {"A a.example", "an a.example 9 A 192.0.2.1\nar . 16744448 OPT", "found 9: 192.0.2.1", 0},
      /* a record of high TTL is no OPT */
      {"A a.example", "an a.example 9 A 192.0.2.1\nar a.example 16777216 A 192.0.2.1", "found 9: 192.0.2.1", 0},
  };
  expect_rows(rows, COUNT(rows));
}

static void what_is_no_response_to_this_question(void **state) {
  (void)state;
  static const struct row flags[] = {
      {"A a.example", "an a.example 9 A 192.0.2.1", "malformed -", DNS_RESPONSE & ~DNS_QR},
      {"A a.example", "an a.example 9 A 192.0.2.1", "malformed -", DNS_RESPONSE | DNS_TC},
      {"A a.example", "an a.example 9 A 192.0.2.1", "malformed -", DNS_RESPONSE | 0x0800}, /* other opcodes */
      {"A a.example", "an a.example 9 A 192.0.2.1", "malformed -", DNS_RESPONSE | 0x4000},
      {"A a.example", "an a.example 9 A 192.0.2.1", "found 9: 192.0.2.1", DNS_RESPONSE | 0x0070}, /* Z AD CD */
      {"A a.example", "", "malformed -", DNS_TC | DNS_RESPONSE | 2},
  };
  expect_rows(flags, COUNT(flags));
  static const struct {
    const char *name, *type;
    unsigned class, questions;
    const char *expect;
  } rows[] = {
      {"a.example", "A", 1, 1, "found 9: 192.0.2.1"}, {"A.eXaMPLE", "A", 1, 1, "found 9: 192.0.2.1"},
      {"b.example", "A", 1, 1, "malformed -"},         {"a.example.com", "A", 1, 1, "malformed -"},
      {"example", "A", 1, 1, "malformed -"},           {".", "A", 1, 1, "malformed -"},
      {"a\\.example", "A", 1, 1, "malformed -"},       {"a.example", "AAAA", 1, 1, "malformed -"},
      {"a.example", "CNAME", 1, 1, "malformed -"},     {"a.example", "A", 3, 1, "malformed -"},
      {"a.example", "A", 255, 1, "malformed -"},       {"a.example", "A", 1, 2, "malformed -"},
      {"a.example", "A", 1, 0, "malformed -"},         {"a.example", "A", 1, 257, "malformed -"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    message.compress = false;
    dns_begin(&message, DNS_RESPONSE, rows[i].name, dns_type(rows[i].type));
    message.bytes[message.len - 1] = (uint8_t)rows[i].class;
    if (rows[i].questions == 2) {
      dns_put_name(&message, "a.example");
      dns_put(&message, 0x00010001, 4);
    }
    message.bytes[4] = (uint8_t)(rows[i].questions >> 8);
    message.bytes[5] = (uint8_t)rows[i].questions;
    dns_add(&message, "an a.example 9 A 192.0.2.1");
    expect_read("A a.example", rows[i].expect, rows[i].name);
  }
}

/* What a section holds is counted in the header: fewer are not looked for, more are missed. */
static void counts(void **state) {
  (void)state;
  static const struct row row = {"A a.example", "an a.example 9 A 192.0.2.1\nns example 1 NS n.example\nar . 1 OPT",
                                 "found 9: 192.0.2.1", 0};
  expect_rows(&row, 1);
  for (size_t at = 6; at <= 10; at += 2) {
    write_row(&row, false);
    message.bytes[at + 1]++;
    expect_read(row.question, "malformed -", "one more than there are");
    message.bytes[at] = 0xff;
    expect_read(row.question, "malformed -", "many more than there are");
  }
  write_row(&row, false);
  message.bytes[11]--;
  expect_read(row.question, "found 9: 192.0.2.1", "bytes behind the last record");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(records_of_each_type),
      cmocka_unit_test(data_that_is_none),
      cmocka_unit_test(raw_data_that_is_none),
      cmocka_unit_test(order_does_not_hang_on_the_server),
      cmocka_unit_test(equal_names_of_other_preference_stay),
      cmocka_unit_test(of_many_records_the_first_in_order),
      cmocka_unit_test(chains),
      cmocka_unit_test(chains_by_table),
      cmocka_unit_test(that_there_is_nothing),
      cmocka_unit_test(soa_of_another_length_is_not_believed),
      cmocka_unit_test(response_codes),
      cmocka_unit_test(what_is_no_response_to_this_question),
      cmocka_unit_test(counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
