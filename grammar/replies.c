/* Owns the check of reply texts: known placeholders, and nothing from outside at the start.
 * Must never know: how a reply is filled. */
#include "grammar/codes.h"
#include "grammar/compile.h"

enum { REPLY_BYTES_MAX = 400 };

static const char *const placeholders[] = {"{score}", "{rules}", "{top}", "{helo}", "{client.ip}", "{client.rdns}"};

static bool known(struct text rest) {
  for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
    if (text_starts(rest, text_from(placeholders[i]))) return true;
  return false;
}

/* Whether what is inserted could become a part of the reply's code, which is its first three bytes. */
static bool early_placeholder(struct text text) {
  for (size_t i = 0, sent = 0; sent < 3 && i < text.len; i++, sent++) {
    struct text rest = text_of(text.ptr + i, text.len - i);
    if (known(rest)) return true;
    if (text_starts(rest, TEXT("{{"))) i++;
  }
  return false;
}

static void unknown(struct compilation *c, const struct word *reply, struct text rest) {
  const char *end = memchr(rest.ptr, '}', rest.len);
  struct text shown = end ? text_of(rest.ptr, (size_t)(end - rest.ptr) + 1) : rest;
  report(c->diags, BAD_REPLY, reply->span, "`%.*s` is no placeholder", TEXT_ARG(shown));
  diag_help(c->diags, "there are {score} {rules} {top} {helo} {client.ip} {client.rdns}; a brace is written {{");
}

static void check(struct compilation *c, const struct word *reply) {
  struct text text = reply->text;
  if (early_placeholder(text)) {
    report(c->diags, BAD_REPLY, reply->span, "a reply may not begin with a placeholder");
    diag_help(c->diags,
              "nobody outside may choose the reply's first bytes, which can be its code; put a word before it");
  }
  if (text.len > REPLY_BYTES_MAX) {
    report(c->diags, BAD_REPLY, reply->span, "a reply of %zu bytes; at most %d are sent", text.len, REPLY_BYTES_MAX);
    diag_help(c->diags, "name a page where more is said");
  }
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.ptr[i];
    if (byte < 0x20 || byte > 0x7e) {
      report(c->diags, BAD_REPLY, reply->span, "a reply holds printable ASCII only; this has a byte \\x%02X", byte);
      diag_help(c->diags, "it is sent as one line of SMTP, which cannot say in which encoding it is");
      return;
    }
    struct text rest = text_of(text.ptr + i, text.len - i);
    if (byte == '{' && text_starts(rest, TEXT("{{"))) i++;
    else if (byte == '{' && !known(rest)) unknown(c, reply, rest);
  }
}

void replies_check(struct compilation *c) {
  for (unsigned a = 0; a < ACTION_COUNT; a++)
    if (c->actions[a].set && c->actions[a].reply.span.file) check(c, &c->actions[a].reply);
}
