/* Owns which of a message's header fields tell of the connection that it came by, as facts.
 * Must never know: how a Received field is written. */
#ifndef MESSAGE_CONNECTION_H
#define MESSAGE_CONNECTION_H

#include <assay/facts.h>

#include "message/address.h"
#include "message/part.h"

/* Whom to believe. All zeros: loopback, private and link-local addresses alone are trusted, whatever the servers'
 * names. Everything is borrowed. */
struct message_options {
  const struct address_range *trusted; /* relays of the site beyond those */
  size_t trusted_count;
  const struct part *servers; /* when there are any, only fields that one of them wrote (`by`) are believed */
  size_t server_count;
};

/* Where the facts come from. */
enum message_source {
  MESSAGE_NONE,       /* no field of a server of ours: nothing is set */
  MESSAGE_UNREADABLE, /* the one that names the client cannot be read for sure: nothing of the client is set */
  MESSAGE_TRUSTED,    /* the client is one of our own, and nobody else was before it */
  MESSAGE_STRANGER    /* the newest client that is not trusted */
};

/* Sets the facts of the newest Received field whose client is not trusted, those of a message that came from a trusted
 * client alone otherwise; and from the fields above all Received ones the sender and recipients where that one does
 * not say. What is not sure stays as it was. The bytes are a message, or as much of its beginning as there is; they are
 * read once, up to MESSAGE_HEAD_MOST. options and source may be NULL. ASSAY_NO_MEMORY, and some of it may be set. */
assay_status message_facts(assay_facts *facts, const char *bytes, size_t len, const struct message_options *options,
                           enum message_source *source);

#endif
