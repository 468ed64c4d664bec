/* Owns which of a message's header fields tell of the connection that it came by, as facts.
 * Must never know: how a Received field is written. */
#include "message/connection.h"

#include <string.h>

#include "message/message.h"
#include "message/received.h"

#define HOPS_MOST 50 /* no site has so many servers in a row */
#define RCPTS_MOST 1000

/* The fields that a server of ours writes above its Received field. */
struct envelope {
  struct part sender;
  struct part rcpt; /* of the field that is surest */
  size_t rank;      /* of that field, from 1 */
  bool again;       /* it stands there more than once */
};

static const struct part senders[] = {PART_OF("X-Envelope-From"), PART_OF("Return-Path")};

/* The surest first. The last is the address after aliases, where a server has any. */
static const struct part rcpts[] = {PART_OF("X-Envelope-To"), PART_OF("X-Original-To"), PART_OF("Envelope-To"),
                                    PART_OF("Delivered-To")};

/* An address with a domain, in <> or not, or <>; spaces in quotes alone. */
static bool is_mailbox(struct part part) {
  if (part_is(part, PART("<>"))) return true;
  if (part.len > 0 && part.ptr[0] == '<') part = part_from(part_first(part, part_find_last(part, '>')), 1);
  size_t at = part_find_last(part, '@');
  bool quoted = part.len > 0 && part.ptr[0] == '"';
  for (size_t i = 0; i < part.len; i++) {
    unsigned char c = (unsigned char)part.ptr[i];
    if (c < ' ' || c == 0x7f || (c == ' ' && !quoted)) return false;
  }
  return at > 0 && at + 1 < part.len;
}

static void envelope_take(struct envelope *envelope, const struct message_field *field) {
  for (size_t i = 0; i < sizeof senders / sizeof *senders; i++)
    if (part_is(field->name, senders[i]) && is_mailbox(field->value) && !envelope->sender.ptr)
      envelope->sender = field->value;
  for (size_t i = 0; i < sizeof rcpts / sizeof *rcpts; i++) {
    if (!part_is(field->name, rcpts[i]) || (envelope->rank > 0 && envelope->rank < i + 1)) continue;
    envelope->again = envelope->rank == i + 1;
    envelope->rank = i + 1;
    envelope->rcpt = field->value;
  }
}

static bool is_trusted(const struct message_options *options, const struct address *address) {
  return address_is_local(address) || address_among(options->trusted, options->trusted_count, address);
}

static bool is_ours(const struct message_options *options, const struct received *hop) {
  for (size_t i = 0; i < options->server_count; i++)
    if (part_is(hop->by, options->servers[i])) return true;
  return options->server_count == 0;
}

/* Goes down the fields of our own servers, to the one that a stranger connected to. */
static enum message_source find_client(struct received *client, struct envelope *envelope, struct part bytes,
                                       const struct message_options *options) {
  enum message_source source = MESSAGE_NONE;
  struct message message;
  struct message_field field;
  size_t hops = 0;
  message_open(&message, bytes);
  while (hops < HOPS_MOST && message_next(&message, &field)) {
    struct received hop;
    if (!part_is(field.name, PART("Received"))) {
      if (hops == 0) envelope_take(envelope, &field);
      continue;
    }
    hops++;
    received_read(&hop, field.value);
    if (hop.kind == RECEIVED_UNREADABLE) return MESSAGE_UNREADABLE;
    if (hop.by.ptr && !is_ours(options, &hop)) return source;
    if (hop.kind == RECEIVED_LOCAL) continue;
    *client = hop;
    source = MESSAGE_TRUSTED;
    if (!is_trusted(options, &hop.address)) return MESSAGE_STRANGER;
  }
  return source;
}

/* A value that the fact cannot have is none. */
static bool set(assay_facts *facts, assay_fact fact, struct part value) {
  return !value.ptr || assay_facts_set(facts, fact, value.ptr, value.len) != ASSAY_NO_MEMORY;
}

static bool set_mailbox(assay_facts *facts, assay_fact fact, struct part value) {
  return !is_mailbox(value) || set(facts, fact, value);
}

static bool set_text(assay_facts *facts, assay_fact fact, const char *text) {
  return !text || assay_facts_set(facts, fact, text, strlen(text)) != ASSAY_NO_MEMORY;
}

static bool set_client(assay_facts *facts, const struct received *client) {
  return set(facts, ASSAY_FACT_CLIENT_IP, client->address_text) && set(facts, ASSAY_FACT_CLIENT_RDNS, client->rdns) &&
         (!client->rdns_confirmed || set(facts, ASSAY_FACT_CLIENT_RDNS_CONFIRMED, client->rdns)) &&
         set(facts, ASSAY_FACT_HELO, client->helo) &&
         (!client->helo.ptr || set_text(facts, ASSAY_FACT_HELO_VERB, client->verb)) &&
         set(facts, ASSAY_FACT_AUTH_USER, client->auth_user) &&
         set_text(facts, ASSAY_FACT_TLS_VERSION, client->tls_version) &&
         set(facts, ASSAY_FACT_TLS_CIPHER, client->tls_cipher) &&
         set_text(facts, ASSAY_FACT_SESSION_PROTOCOL, client->protocol) &&
         set_mailbox(facts, ASSAY_FACT_MAIL_FROM, client->envelope_from) &&
         set_mailbox(facts, ASSAY_FACT_RCPT, client->rcpt);
}

/* Where the next recipient ends: at a comma outside <> and quotes. */
static size_t rcpt_length(struct part list) {
  bool path = false, quoted = false;
  for (size_t i = 0; i < list.len; i++) {
    char c = list.ptr[i];
    if (c == '\\' && quoted) i++;
    else if (c == '"') quoted = !quoted;
    else if (!quoted && (c == '<' || c == '>')) path = c == '<';
    else if (!quoted && !path && c == ',') return i;
  }
  return list.len;
}

/* The first one makes the list, so that what stood there is gone. */
static bool set_rcpts(assay_facts *facts, struct part list) {
  for (size_t count = 0; list.len > 0 && count < RCPTS_MOST;) {
    size_t len = rcpt_length(list);
    struct part one = part_trim(part_first(list, len));
    list = part_from(list, len + 1);
    if (!is_mailbox(one)) continue;
    assay_status status = count == 0 ? assay_facts_set(facts, ASSAY_FACT_RCPT, one.ptr, one.len)
                                     : assay_facts_append(facts, ASSAY_FACT_RCPT, one.ptr, one.len);
    if (status == ASSAY_NO_MEMORY) return false;
    count++;
  }
  return true;
}

assay_status message_facts(assay_facts *facts, const char *bytes, size_t len, const struct message_options *options,
                           enum message_source *source) {
  static const struct message_options none = {0};
  struct received client = {0};
  struct envelope envelope = {0};
  enum message_source found = find_client(&client, &envelope, (struct part){bytes, len}, options ? options : &none);
  if (source) *source = found;
  if (found == MESSAGE_NONE || found == MESSAGE_UNREADABLE) return ASSAY_OK;
  if (!set_client(facts, &client)) return ASSAY_NO_MEMORY;
  if (!client.envelope_from.ptr && !set(facts, ASSAY_FACT_MAIL_FROM, envelope.sender)) return ASSAY_NO_MEMORY;
  if (!client.rcpt.ptr && !envelope.again && !set_rcpts(facts, envelope.rcpt)) return ASSAY_NO_MEMORY;
  return ASSAY_OK;
}
