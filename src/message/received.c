/* Owns the reading of one Received field: its clauses, and which of them make it readable.
 * Must never know: whether the server that wrote it is one of ours. */
#include "message/received.h"

#include "message/received_from.h"
#include "message/received_lex.h"
#include "message/received_remark.h"

enum { COMMENTS_MOST = 16 };

/* Servers write it right behind the keyword. */
static const struct keyword {
  struct part word;
  size_t offset;
} keywords[] = {
    {PART_OF("with"), offsetof(struct received, with)},
    {PART_OF("id"), offsetof(struct received, id)},
    {PART_OF("for"), offsetof(struct received, rcpt)},
    {PART_OF("tls"), offsetof(struct received, tls_cipher)},
    {PART_OF("envelope-from"), offsetof(struct received, envelope_from)},
};

/* Where the word behind this one belongs; NULL when it is no keyword. */
static struct part *keyword_find(struct received *out, struct part word) {
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    if (part_is(word, keywords[i].word)) return (struct part *)((char *)out + keywords[i].offset);
  return NULL;
}

/* A name may be `by` itself, the word behind it cannot. */
static bool read_from(struct received_from *from, struct received *out, struct part *rest) {
  struct part piece, look = *rest;
  if (received_token(&piece, &look, true) == RECEIVED_WORD) {
    from->name = piece;
    *rest = look;
  }
  for (size_t comments = 0; comments <= COMMENTS_MOST;) {
    enum received_token token = received_token(&piece, rest, true);
    if (token == RECEIVED_COMMENT) {
      comments++;
      received_from_comment(from, out, piece);
    } else if (token != RECEIVED_WORD) {
      return false;
    } else if (part_is(piece, PART("by"))) {
      return true;
    } else {
      received_from_word(from, piece);
    }
  }
  return false;
}

/* Whoever says one of these again has something inserted, and cannot be read. */
static bool is_again(struct part word) {
  return part_is(word, PART("by")) || part_is(word, PART("from"));
}

/* A word that is no keyword. */
static void other_word(struct received *out, struct part word) {
  if (part_begins(word, PART("user=")) && out->authenticated) out->auth_user = part_from(word, 5);
  if (part_is(word, PART("auth=yes"))) out->authenticated = true;
}

static void by_comment(struct received *out, struct part comment, size_t words) {
  if (words == 0 || part_begins(comment, PART("Exim"))) received_server(out, comment);
  received_remark(out, comment);
}

/* The clauses from the server's name to the date; false when they are none. No keyword takes a `by` for its value: a
 * HELO of several words may end in one, and the server's own `by` would be gone. Nor is there a comment before the
 * server's name: a HELO that ends in `by` would make one of the client's address. */
static bool read_by(struct received *out, struct part *rest) {
  struct part piece, *next = &out->by;
  size_t words = 0;
  for (size_t comments = 0; comments <= COMMENTS_MOST;) {
    switch (received_token(&piece, rest, false)) {
    case RECEIVED_SEMICOLON:
      return out->by.ptr != NULL;
    case RECEIVED_COMMENT:
      if (!out->by.ptr) return false;
      comments++;
      by_comment(out, piece, words);
      break;
    case RECEIVED_WORD:
      if (is_again(piece)) return false;
      words += out->by.ptr != NULL;
      if (next) {
        if (!next->ptr) *next = piece;
        next = NULL;
      } else if (!(next = keyword_find(out, piece))) {
        other_word(out, piece);
      }
      break;
    default:
      return false;
    }
  }
  return false;
}

/* Behind the semicolon stands the date alone. */
static bool read_date(struct part *rest) {
  struct part piece;
  for (;;) {
    enum received_token token = received_token(&piece, rest, true);
    if (token == RECEIVED_END) return true;
    if (token == RECEIVED_BROKEN || is_again(piece)) return false;
  }
}

static bool is_hex(struct part part, size_t len) {
  if (part.len != len) return false;
  for (size_t i = 0; i < len; i++) {
    char c = part.ptr[i];
    if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F') && !(c >= 'a' && c <= 'f')) return false;
  }
  return true;
}

/* Courier's ids are of three hexadecimal numbers: 0000000000A1B2C3.000000005F3E2D1C.00001F2E. */
static bool is_courier_id(struct part id) {
  return id.len == 42 && id.ptr[16] == '.' && id.ptr[33] == '.' && is_hex(part_first(id, 16), 16) &&
         is_hex(part_first(part_from(id, 17), 16), 16) && is_hex(part_from(id, 34), 8);
}

/* What needs a look at more than one clause. */
static void settle(struct received *out) {
  if (part_is(out->with, PART("Microsoft")) || part_is(out->with, PART("mapi"))) out->server = SERVER_MICROSOFT;
  if (is_courier_id(out->id)) out->server = SERVER_COURIER;
  bool single = part_find(out->rcpt, ',') == out->rcpt.len && part_find(out->rcpt, '@') < out->rcpt.len;
  if (!single) out->rcpt = (struct part){0};
  if (out->envelope_from.ptr) out->envelope_from = received_path(out->envelope_from);
}

/* No stranger's SMTP: submitted on the machine, fetched from a mailbox, or delivered within the site. Exchange hands
 * over by HTTPS from server to server, and writes both as it does for SMTP. */
static bool is_handed_over(const struct received *in, const struct received_from *from) {
  static const struct part ways[] = {PART_OF("local"), PART_OF("POP3"), PART_OF("IMAP"), PART_OF("mapi"),
                                     PART_OF("qmail-scanner")};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
    if (part_begins(in->with, ways[i])) return true;
  return part_is(in->with, PART("HTTPS")) && from->addresses == 1 && !from->bracketed;
}

/* `from mail pickup service by`, without an address: a client may say these words, too. */
static bool is_pickup(const struct received *in, const struct received_from *from) {
  return in->server == SERVER_MICROSOFT && part_is(from->name, PART("mail")) && from->strays == 2 &&
         from->addresses == 0 && !from->ambiguous;
}

/* A field without `from`: handed over, unless it may be that the server names no clients. */
static enum received_kind kind_without_from(const struct received *in) {
  struct address address;
  bool inside = address_read(&address, in->by, NULL) && address_is_local(&address);
  return in->protocol && in->protocol[0] != 'L' && !inside ? RECEIVED_UNREADABLE : RECEIVED_LOCAL;
}

/* A field that begins with a comment: `(from user@host) by …` of Sendmail, `(qmail 7 invoked by uid 0)` and other notes
 * with nothing behind them but the date. Some servers name a client in such a one. */
static enum received_kind kind_of_comment(struct received *out, struct part comment, struct part rest) {
  struct part word, look = rest;
  if (part_is(part_word(&comment), PART("qmail"))) return RECEIVED_LOCAL;
  if (part_find(comment, '[') < comment.len) return RECEIVED_UNREADABLE;
  if (received_token(&word, &look, false) == RECEIVED_SEMICOLON)
    return read_date(&look) ? RECEIVED_LOCAL : RECEIVED_UNREADABLE;
  if (!part_is(word, PART("by")) || !read_by(out, &look) || !read_date(&look)) return RECEIVED_UNREADABLE;
  settle(out);
  received_protocol(out);
  return kind_without_from(out);
}

static enum received_kind read_all(struct received *out, struct part rest) {
  struct received_from from = {0};
  struct part word;
  enum received_token first = received_token(&word, &rest, true);
  bool has_from = part_is(word, PART("from"));
  if (first == RECEIVED_COMMENT) return kind_of_comment(out, word, rest);
  if (first != RECEIVED_WORD || (!has_from && !part_is(word, PART("by")))) return RECEIVED_UNREADABLE;
  if (has_from && !read_from(&from, out, &rest)) return RECEIVED_UNREADABLE;
  if (!read_by(out, &rest) || !read_date(&rest)) return RECEIVED_UNREADABLE;
  settle(out);
  bool client = has_from && received_from_decide(&from, out);
  if (part_begins(out->with, PART("HTTP"))) out->helo = (struct part){0}; /* a browser says none */
  received_protocol(out);
  if (!has_from) return kind_without_from(out);
  if (is_handed_over(out, &from) || is_pickup(out, &from)) return RECEIVED_LOCAL;
  bool delivered = out->protocol && out->protocol[0] == 'L' && from.addresses == 0;
  if (!client) return delivered ? RECEIVED_LOCAL : RECEIVED_UNREADABLE;
  out->rdns_confirmed = out->rdns.ptr && (out->server == SERVER_POSTFIX || out->server == SERVER_EXIM);
  if (out->authenticated && out->auth_user.ptr && out->auth_user.len == 0) out->auth_user = (struct part){0};
  return RECEIVED_CLIENT;
}

void received_read(struct received *out, struct part value) {
  *out = (struct received){.kind = RECEIVED_UNREADABLE};
  if (value.len > RECEIVED_MOST) return;
  enum received_kind kind = read_all(out, value);
  struct part by = kind == RECEIVED_UNREADABLE ? (struct part){0} : out->by;
  if (kind != RECEIVED_CLIENT) *out = (struct received){.by = by}; /* half of it says nothing */
  out->kind = kind;
}
