/* Owns the forms of a mailbox: as written in MAIL FROM, as compared, its two parts.
 * Must never know: a connection. */
#include "facts/facts.h"

/* "<@relay.example:user@dom.example>" is the source route that RFC 5321 section 4.1.2 has servers accept and ignore. */
static struct text bare(struct text text) {
  while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) text = text_of(text.ptr + 1, text.len - 1);
  while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')) text.len--;
  if (text.len >= 2 && text.ptr[0] == '<' && text.ptr[text.len - 1] == '>') text = text_of(text.ptr + 1, text.len - 2);
  const char *colon = text.len && text.ptr[0] == '@' ? memchr(text.ptr, ':', text.len) : NULL;
  if (colon) text = text_of(colon + 1, text.len - (size_t)(colon + 1 - text.ptr));
  return text;
}

struct text mailbox_canonical(struct arena *arena, struct text text) {
  struct text inner = bare(text);
  char *out = arena_new(arena, inner.len + 1);
  if (!out) return TEXT("");
  for (size_t i = 0; i < inner.len; i++) out[i] = ascii_lower(inner.ptr[i]);
  return text_of(out, inner.len);
}

static size_t last_at(struct text mailbox) {
  size_t at = mailbox.len;
  while (at > 0 && mailbox.ptr[at - 1] != '@') at--;
  return at; /* one behind the @; 0 when there is none */
}

struct text mailbox_local(struct text mailbox) {
  size_t at = last_at(mailbox);
  return at ? text_of(mailbox.ptr, at - 1) : mailbox;
}

struct text mailbox_domain(struct text mailbox) {
  size_t at = last_at(mailbox);
  return at ? text_of(mailbox.ptr + at, mailbox.len - at) : TEXT("");
}
