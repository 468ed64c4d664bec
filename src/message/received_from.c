/* Owns what stands between `from` and `by` in a Received field: the forms in which servers write a client down.
 * Must never know: the field's other clauses, but for which server wrote it. */
#include "message/received_from.h"

#include <string.h>

#include "message/received_remark.h"

/* Takes the address; a second one makes the field ambiguous. */
static bool take_address(struct received_from *from, struct part text, bool bracketed) {
  struct address address;
  struct part alone;
  if (!address_read(&address, text, &alone)) return false;
  from->addresses++;
  from->address = address;
  from->address_text = alone;
  from->bracketed = bracketed;
  return true;
}

/* The text in brackets at the begin; ptr NULL when there is none. */
static struct part in_brackets(struct part part) {
  size_t close = part_find(part, ']');
  if (part.len == 0 || part.ptr[0] != '[' || close == part.len) return (struct part){0};
  return part_from(part_first(part, close), 1);
}

/* `EHLO x` in quotes, of ZMailer. */
static void take_quoted(struct received_from *from, struct part verb, struct part said) {
  if (said.len < 2 || part_find(said, '"') != said.len - 1) {
    from->strays++;
    from->open_end = true;
    return;
  }
  from->helo = part_first(said, said.len - 1);
  from->verb = part_is(verb, PART("\"EHLO")) ? "EHLO" : "HELO";
  from->quoted = true;
}

/* `port=z helo=x ident=y` of Exim and what ZMailer writes, in the comment of the address or alone. What follows an
 * ident, the client made up; what else looks like an address makes the field ambiguous. */
static void take_more(struct received_from *from, struct part rest) {
  while (rest.len > 0) {
    struct part word = part_word(&rest);
    if (part_begins(word, PART("ident="))) {
      from->open_end = true;
      return;
    }
    if (part_begins(word, PART("helo="))) {
      if (from->helo.ptr || word.len == 5) from->strays++;
      else from->helo = part_from(word, 5);
    } else if (part_is(word, PART("\"EHLO")) || part_is(word, PART("\"HELO"))) {
      take_quoted(from, word, part_word(&rest));
      return;
    } else if (part_find(word, '[') < word.len) {
      struct part again = in_brackets(word); /* milters write `[address] [address]` for a client without a name */
      bool same = from->addresses > 0 && again.len + 2 == word.len && part_is(again, from->address_text);
      if (!same) from->ambiguous = true;
    }
  }
}

/* `HELO x`, alone in its comment, or behind an `account`. */
static bool take_helo(struct received_from *from, struct part comment) {
  static const struct {
    struct part word;
    const char *verb;
  } verbs[] = {
      {PART_OF("HELO"), NULL}, /* qmail writes it for EHLO, too */
      {PART_OF("EHLO"), "EHLO"},
      {PART_OF("LHLO"), "LHLO"},
  };
  struct part rest = comment, word = part_word(&rest), user = {0};
  if (part_is(word, PART("account"))) {
    user = part_word(&rest);
    word = part_word(&rest);
  }
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
    if (!part_is(word, verbs[i].word)) continue;
    from->said = true;
    if (from->helo.ptr) from->strays++;
    from->helo = part_word(&rest);
    from->verb = verbs[i].verb;
    if (part_trim(rest).len > 0 || from->helo.len == 0) from->strays++;
    if (user.len > 0) from->account = user;
    return true;
  }
  return false;
}

/* Whether a blank stands behind brackets, or nothing, but for the `:port` that Exim may write and the end of comments.
 * Behind those of an ident, which the client's machine chose, comes its `@`. */
static bool is_end(struct part rest) {
  size_t at = rest.len > 0 && rest.ptr[0] == ':' ? 1 : 0;
  while (at > 0 && at < rest.len && rest.ptr[at] >= '0' && rest.ptr[at] <= '9') at++;
  while (at < rest.len && rest.ptr[at] == ')') at++;
  return at == rest.len || part_space(rest.ptr[at]);
}

/* `rdns [address]` and what may follow; an ident before the name counts as none of it. What is in the brackets may be
 * no address that is known here: then none of what else is there is the client's. */
static bool take_host_address(struct received_from *from, struct part comment) {
  size_t open = part_find(comment, '[');
  struct part before = part_trim(part_first(comment, open)), after = part_from(comment, open);
  struct part text = in_brackets(after), name = part_word(&before);
  if (!text.ptr || part_trim(before).len > 0) return false;
  if (!is_end(part_from(after, text.len + 2)) || !take_address(from, text, true)) {
    from->ambiguous = true;
    return true;
  }
  size_t at = part_find_last(name, '@');
  from->rdns = at < name.len ? part_from(name, at + 1) : name;
  take_more(from, part_from(after, text.len + 2));
  return true;
}

/* `address` of qmail and Microsoft, with an ident before it or not. */
static bool take_bare_address(struct received_from *from, struct part comment) {
  size_t at = part_find_last(comment, '@');
  return take_address(from, at < comment.len ? part_from(comment, at + 1) : comment, false);
}

/* A word behind the name; what is left of a comment that a bracket in a name has closed leaves nothing sure. */
void received_from_word(struct received_from *from, struct part word) {
  from->strays++;
  if (from->addresses > 0 && (part_find(word, ']') < word.len || part_find(word, ')') < word.len))
    from->ambiguous = true;
}

/* Servers write the address last, some behind an ident: where a comment's last word is one, no other before it is the
 * client's. */
static bool ends_in_another(const struct received_from *from, struct part comment) {
  size_t at = part_find_last(comment, '[');
  struct part last = part_from(comment, at), text = in_brackets(last);
  struct address address;
  bool word = at == 0 || (at < comment.len && (part_space(comment.ptr[at - 1]) || comment.ptr[at - 1] == '@'));
  if (!word || text.len + 2 != last.len || !address_read(&address, text, NULL)) return false;
  return memcmp(address.bytes, from->address.bytes, sizeof address.bytes) != 0;
}

void received_from_comment(struct received_from *from, struct received *out, struct part comment) {
  if (from->open_end) { /* servers write no comment behind it */
    from->ambiguous = true;
    return;
  }
  if (from->addresses > 0 && ends_in_another(from, comment)) from->ambiguous = true;
  if (part_begins(comment, PART("helo=")) || part_begins(comment, PART("port=")) ||
      part_begins(comment, PART("ident="))) {
    from->said = true;
    take_more(from, comment);
    return;
  }
  if (take_helo(from, comment)) return;
  if (take_host_address(from, comment) || take_bare_address(from, comment)) {
    if (from->addresses > 0 && ends_in_another(from, comment)) from->ambiguous = true;
  } else if (from->addresses > 0) { /* before the address there may be a HELO of any form */
    received_remark(out, comment);
  }
}

/* What servers write where they know no name: most, Courier, SmarterMail, Symantec, MailSite, InterMail. */
static const struct part nameless[] = {PART_OF("unknown"),        PART_OF("softdnserr"), PART_OF("UnknownHost"),
                                       PART_OF("Unknown_Domain"), PART_OF("unverified"), PART_OF("really")};

/* Whether servers mean a name by it; an address is none. */
static struct part a_name(struct part name) {
  struct address address;
  if (name.len > 0 && name.ptr[name.len - 1] == '.') name.len--;
  bool odd = name.len == 0 || name.ptr[0] == '[' || name.ptr[0] == '<' || name.ptr[0] == '(';
  for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++) odd = odd || part_is(name, nameless[i]);
  if (odd || address_read(&address, name, NULL)) return (struct part){0};
  return name;
}

/* No comment has an address: the name itself may be one. */
static bool decide_by_name(const struct received_from *from, struct received *out) {
  struct part text = in_brackets(from->name);
  bool whole = text.ptr && text.len + 2 == from->name.len;
  bool colon = text.ptr && from->name.len > text.len + 2 && from->name.ptr[text.len + 2] == ':';
  bool said = from->helo.ptr || out->server == SERVER_EXIM;
  if (!whole && !colon) text = from->verb ? from->name : (struct part){0}; /* Yahoo: `from 192.0.2.1 (EHLO x)` */
  if (!said || from->strays > 0 || !text.ptr) return false;
  out->authenticated = out->authenticated || from->account.ptr;
  if (from->account.ptr) out->auth_user = from->account;
  return address_read(&out->address, text, &out->address_text);
}

/* `from name ([address])`: Exim's name is the reverse one, and the HELO the same if there was any; that of others is
 * the HELO. Small letters are like Exim's, and like those of others. */
static void decide_alone(const struct received_from *from, struct received *out) {
  bool small = out->with.len > 0 && out->with.ptr[0] >= 'a' && out->with.ptr[0] <= 'z';
  bool extended = part_begins(out->with, PART("esmtp"));
  if (part_is(from->name, PART("unknown"))) return;
  if (out->server == SERVER_EXIM) {
    out->rdns = a_name(from->name);
    if (extended) out->helo = from->name;
  } else if (!small || out->server == SERVER_COURIER) {
    out->helo = from->name;
  }
}

/* `from name (address)`: Microsoft's name is the HELO, qmail's the reverse one, and the HELO the same if there was
 * any. qmail knows no `id`. */
static void decide_bare(const struct received_from *from, struct received *out) {
  if (out->server == SERVER_MICROSOFT) {
    out->helo = from->name;
  } else if (!out->id.ptr && (part_begins(out->with, PART("SMTP")) || part_begins(out->with, PART("ESMTP")))) {
    out->rdns = a_name(from->name);
    if (part_begins(out->with, PART("ESMTP")) && out->rdns.ptr) out->helo = from->name;
  }
}

/* `[address] (HELO said)` leaves room for a HELO of `x) ([forged]`. Yahoo writes 127.0.0.1 where it knows no name. */
static bool has_two(const struct received_from *from) {
  struct part text = in_brackets(from->name);
  struct address name;
  if (from->addresses == 0 || !from->said || !address_read(&name, text.ptr ? text : from->name, NULL)) return false;
  return !part_is(from->name, PART("127.0.0.1")) && memcmp(name.bytes, from->address.bytes, sizeof name.bytes) != 0;
}

bool received_from_decide(const struct received_from *from, struct received *out) {
  if (from->addresses > 1 || from->ambiguous || has_two(from)) return false;
  if (from->strays == 0) out->helo = from->helo;
  out->verb = from->verb;
  if (from->addresses == 0) return decide_by_name(from, out);
  out->address = from->address;
  out->address_text = from->address_text;
  if (from->helo.ptr) {
    struct part name = from->strays == 0 ? from->name : (struct part){0};
    if (!from->quoted) out->rdns = a_name(from->rdns.len > 0 ? from->rdns : name);
  } else if (from->bracketed && from->rdns.len > 0) {
    /* Postfix repeats the name where there was no HELO, and few clients say this one; with ESMTP there was an EHLO. */
    bool unsaid = out->server == SERVER_POSTFIX && part_is(out->with, PART("SMTP")) &&
                  part_is(from->name, PART("unknown")) && part_is(from->rdns, from->name);
    out->rdns = a_name(from->rdns);
    out->helo = from->name.len > 0 && from->strays == 0 && !unsaid ? from->name : (struct part){0};
  } else if (from->name.len > 0 && from->strays == 0) {
    if (from->bracketed) decide_alone(from, out);
    else decide_bare(from, out);
  }
  return true;
}
