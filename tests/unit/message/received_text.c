/* Owns how tests write what was read from a Received field.
 * Must never know: how it was read. */
#include "unit/message/received_text.h"

#include <stdio.h>
#include <string.h>

void received_text_add(char out[RECEIVED_TEXT_SIZE], const char *word, struct part part) {
  if (!part.ptr) return;
  size_t at = strlen(out);
  at += (size_t)snprintf(out + at, RECEIVED_TEXT_SIZE - at, " %s=", word);
  for (size_t i = 0; i < part.len && at + 8 < RECEIVED_TEXT_SIZE; i++) {
    unsigned char c = (unsigned char)part.ptr[i];
    at += (size_t)snprintf(out + at, RECEIVED_TEXT_SIZE - at, c >= ' ' && c <= '~' ? "%c" : "\\x%02X", c);
  }
}

static void add_text(char out[RECEIVED_TEXT_SIZE], const char *word, const char *text) {
  if (text) received_text_add(out, word, (struct part){text, strlen(text)});
}

char *received_text(char out[RECEIVED_TEXT_SIZE], const struct received *in) {
  static const char *const kinds[] = {"unreadable", "client", "local"};
  snprintf(out, RECEIVED_TEXT_SIZE, "%s", kinds[in->kind]);
  if (in->kind == RECEIVED_UNREADABLE) return out;
  received_text_add(out, "by", in->by);
  received_text_add(out, "ip", in->address_text);
  received_text_add(out, "helo", in->helo);
  add_text(out, "verb", in->verb);
  received_text_add(out, in->rdns_confirmed ? "rdns+" : "rdns", in->rdns);
  add_text(out, "protocol", in->protocol);
  received_text_add(out, "id", in->id);
  received_text_add(out, "from", in->envelope_from);
  received_text_add(out, "for", in->rcpt);
  received_text_add(out, "user", in->auth_user);
  if (in->authenticated) strncat(out, " authenticated", RECEIVED_TEXT_SIZE - strlen(out) - 1);
  add_text(out, "tls", in->tls_version);
  received_text_add(out, "cipher", in->tls_cipher);
  return out;
}
