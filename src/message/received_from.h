/* Owns what stands between `from` and `by` in a Received field: the forms in which servers write a client down.
 * Must never know: the field's other clauses, but for which server wrote it. */
#ifndef MESSAGE_RECEIVED_FROM_H
#define MESSAGE_RECEIVED_FROM_H

#include "message/received.h"

/* What was found there, before it is known who wrote it. */
struct received_from {
  struct part name; /* the word behind `from`: the HELO or the reverse name */
  struct part rdns; /* the name beside the address */
  struct part helo; /* that is called HELO */
  struct part account; /* who logged in, as CommuniGate Pro writes it there */
  struct part address_text;
  struct address address;
  const char *verb;
  size_t addresses; /* how many comments have one */
  size_t strays;    /* words that belong to no form */
  bool ambiguous;   /* something else may be an address */
  bool said;        /* a comment is about the HELO, be it an odd one */
  bool open_end;    /* an ident of Exim's or a HELO in quotes that has no end: what follows may be a part of it */
  bool bracketed;   /* the address stood in [] */
  bool quoted;      /* the HELO stood in quotes: ZMailer */
};

/* Takes a comment. What only follows the address goes to *out. */
void received_from_comment(struct received_from *from, struct received *out, struct part comment);

/* Takes a word that is not the name. */
void received_from_word(struct received_from *from, struct part word);

/* Decides which is which, from what the rest of the field says about the server; false: the client is not sure. */
bool received_from_decide(const struct received_from *from, struct received *out);

#endif
