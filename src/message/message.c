/* Owns the walk over the header fields of a message (RFC 5322 section 2.2).
 * Must never know: what a field means. */
#include "message/message.h"

/* Behind the line that begins at `at`; 0 when it has no end. */
static size_t line_end(struct part head, size_t at) {
  size_t len = part_find(part_from(head, at), '\n');
  return at + len < head.len ? at + len + 1 : 0;
}

/* `From :` is a field, in its old spelling. */
static bool begins_mailbox(struct part bytes) {
  size_t at = 5;
  if (part_begins(bytes, PART(">From "))) return true;
  if (!part_begins(bytes, PART("From "))) return false;
  while (at < bytes.len && (bytes.ptr[at] == ' ' || bytes.ptr[at] == '\t')) at++;
  return at == bytes.len || bytes.ptr[at] != ':';
}

void message_open(struct message *message, struct part bytes) {
  bool mailbox = begins_mailbox(bytes);
  message->head = part_first(bytes, MESSAGE_HEAD_MOST);
  message->at = mailbox ? line_end(message->head, 0) : 0;
  if (mailbox && message->at == 0) message->at = message->head.len; /* nothing else is there */
}

/* The length of a name that stands at the begin of a line; 0 when there is none. */
static size_t name_length(struct part line) {
  size_t len = 0;
  while (len < line.len && line.ptr[len] > ' ' && line.ptr[len] <= '~' && line.ptr[len] != ':') len++;
  size_t colon = len;
  while (colon < line.len && (line.ptr[colon] == ' ' || line.ptr[colon] == '\t')) colon++;
  return colon < line.len && line.ptr[colon] == ':' ? len : 0;
}

bool message_next(struct message *message, struct message_field *out) {
  struct part head = message->head;
  size_t begin = message->at, end = line_end(head, begin);
  message->at = head.len; /* until it is known that the field is whole, there is no next one */
  if (end == 0) return false;
  size_t name_len = name_length(part_from(part_first(head, end), begin));
  if (name_len == 0) return false;
  while (end > 0 && end < head.len && (head.ptr[end] == ' ' || head.ptr[end] == '\t')) end = line_end(head, end);
  if (end == 0) return false;
  struct part field = part_from(part_first(head, end), begin);
  out->name = part_first(field, name_len);
  out->value = part_trim(part_from(field, part_find(field, ':') + 1));
  message->at = end;
  return true;
}
