/* Fuzzes what is read from the header of a message: whatever the bytes, all that is read lies in them, and a beginning
 * of them never says what the whole denies. An input is a message. */
#include <string.h>

#include <assay/facts.h>

#include "fuzz/fuzz.h"
#include "message/connection.h"
#include "message/message.h"
#include "message/received.h"

static bool inside(struct part part, struct part whole) {
  return !part.ptr || part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static bool same(struct part a, struct part b) {
  return !a.ptr == !b.ptr && a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static void check_received(const struct received *in, struct part value) {
  const struct part parts[] = {in->address_text, in->helo, in->rdns,      in->by,        in->with,
                               in->id,           in->rcpt, in->auth_user, in->tls_cipher, in->envelope_from};
  struct address address;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) MUST(inside(parts[i], value));
  if (in->kind == RECEIVED_CLIENT) {
    MUST(address_read(&address, in->address_text, NULL));
    MUST(memcmp(&address, &in->address, sizeof address) == 0);
    MUST(in->by.len > 0);
  } else {
    MUST(!in->address_text.ptr && !in->helo.ptr && !in->rdns.ptr && !in->auth_user.ptr && !in->envelope_from.ptr);
  }
  MUST(!in->rdns_confirmed || in->rdns.len > 0);
  MUST(!in->envelope_from.ptr || in->envelope_from.len >= 2);
}

/* A beginning of a field is unreadable, or says the same. */
static void check_cut(const struct received *whole, struct part value) {
  size_t step = value.len / 64 + 1;
  for (size_t len = 0; len < value.len; len += step) {
    struct received cut;
    received_read(&cut, part_first(value, len));
    if (cut.kind != RECEIVED_CLIENT || whole->kind != RECEIVED_CLIENT) continue;
    MUST(same(cut.address_text, whole->address_text) && same(cut.helo, whole->helo) && same(cut.rdns, whole->rdns));
    MUST(same(cut.auth_user, whole->auth_user) && same(cut.envelope_from, whole->envelope_from));
    MUST(same_text(cut.tls_version, whole->tls_version) && same_text(cut.verb, whole->verb));
  }
}

static void check_value(struct part value) {
  struct received received;
  received_read(&received, value);
  check_received(&received, value);
  check_cut(&received, value);
}

static void check_facts(struct part bytes) {
  struct address_range trusted;
  struct part server = PART("mx.example.com");
  const struct message_options options = {&trusted, 1, &server, 1};
  MUST(address_range_read(&trusted, PART("192.0.2.0/24")));
  assay_facts *facts;
  enum message_source source, strict;
  MUST(assay_facts_new(&facts, NULL) == ASSAY_OK);
  MUST(message_facts(facts, bytes.ptr, bytes.len, NULL, &source) == ASSAY_OK);
  MUST(message_facts(facts, bytes.ptr, bytes.len, &options, &strict) == ASSAY_OK);
  MUST(source != MESSAGE_NONE || strict == MESSAGE_NONE); /* who believes fewer servers knows no more */
  assay_facts_free(facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct part bytes = {(const char *)data, size};
  struct message message;
  struct message_field field;
  size_t checked = 0;
  message_open(&message, bytes);
  while (message_next(&message, &field)) {
    MUST(inside(field.name, bytes) && inside(field.value, bytes) && field.name.len > 0);
    if (part_is(field.name, PART("Received")) && checked++ < 16) check_value(field.value);
  }
  check_value(bytes); /* and as if it were all one field */
  check_facts(bytes);
  return 0;
}
