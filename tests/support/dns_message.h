/* Owns DNS messages for tests: written from lines of text, with compressed names or without.
 * Must never know: how they are read. */
#ifndef SUPPORT_DNS_MESSAGE_H
#define SUPPORT_DNS_MESSAGE_H

#include <assay/answer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  DNS_RESPONSE = 0x8180, /* QR RD RA, NOERROR */
  DNS_QR = 0x8000,
  DNS_AA = 0x0400,
  DNS_TC = 0x0200,
  DNS_RD = 0x0100,
  DNS_RA = 0x0080
};

struct dns_message {
  uint8_t bytes[65535];
  size_t len;
  bool compress; /* set it before the first name */
  size_t names[1024], name_count; /* where labels begin that can be pointed to */
};

/* By what a type is called ("AAAA"), its number in messages. */
unsigned dns_type(const char *word);
const char *dns_type_word(assay_question_type type);

void dns_put(struct dns_message *m, unsigned long value, size_t bytes); /* big-endian */

/* A name in text, as in RFC 1035 section 5.1; "." is the root. */
void dns_put_name(struct dns_message *m, const char *text);

/* A header and one question of class IN. Keeps `compress`. */
void dns_begin(struct dns_message *m, unsigned flags, const char *name, unsigned type);

/* Adds records, a line each, and counts them in the header. Sections in order (an, ns, ar):
 *
 *     an www.example.com 300 A 192.0.2.1          as many bytes as there are numbers
 *     an www.example.com 300 CH A 192.0.2.1       of another class
 *     an www.example.com 300 MX 10 mx.example.com
 *     an www.example.com 300 TXT "one" "two"      no escapes, no blanks
 *     ns example.com 3600 SOA 60                  the minimum; all else is made up
 *     ar . 16777216 OPT
 *     an www.example.com 300 AAAA 20010db8…       and every other type: data in hexadecimal
 */
void dns_add(struct dns_message *m, const char *lines);

#endif
