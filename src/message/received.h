/* Owns the reading of one Received field: who connected to the server that wrote it, and what was said.
 * Must never know: whether that server is one of ours. */
#ifndef MESSAGE_RECEIVED_H
#define MESSAGE_RECEIVED_H

#include "message/address.h"
#include "message/part.h"

/* A longer one is unreadable. */
#define RECEIVED_MOST ((size_t)8 * 1024)

enum received_kind {
  RECEIVED_UNREADABLE, /* of no known form, or it can be read in two ways */
  RECEIVED_CLIENT,     /* a client with an address connected */
  RECEIVED_LOCAL       /* none did: picked up, fetched, or handed over within a site */
};

enum received_server {
  SERVER_OTHER,
  SERVER_POSTFIX,
  SERVER_EXIM,
  SERVER_SENDMAIL,
  SERVER_MICROSOFT,
  SERVER_COURIER
};

/* What is not sure has the pointer NULL. Parts are borrowed from the field's value; the `const char *` are static. */
struct received {
  enum received_kind kind;
  enum received_server server;
  struct address address;   /* of the client */
  struct part address_text; /* of it, without brackets and zone */
  struct part helo;         /* as it was said */
  struct part rdns;         /* as the server wrote it, without a last dot; never `unknown` */
  bool rdns_confirmed;      /* and this server writes only names that lead back to the address */
  struct part by;           /* the server's name */
  struct part with;         /* the protocol as written */
  struct part id, envelope_from, rcpt;
  struct part auth_user; /* empty: surely not authenticated */
  bool authenticated;
  struct part tls_cipher;
  const char *tls_version; /* TLSv1.3; empty: surely none */
  const char *protocol;    /* SMTP, ESMTP or LMTP */
  const char *verb;        /* HELO, EHLO or LHLO */
};

/* Reads the value of a field, folds and all. Takes time in proportion to its length. */
void received_read(struct received *out, struct part value);

#endif
