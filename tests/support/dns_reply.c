/* Owns what must hold of a reply whatever message it was read from.
 * Must never know: the message. */
#include "support/dns_reply.h"

#include <string.h>

/* Text without the last dot; its labels are not looked at, for escapes may hold dots. */
static const char *name_fault(const assay_record *record) {
  enum { MOST = 1012 };
  if (record->len > MOST) return "a name is too long";
  for (size_t i = 0; i < record->len; i++)
    if (record->bytes[i] <= ' ' || record->bytes[i] > '~') return "a name is not printable";
  return NULL;
}

static const char *record_fault(const assay_record *record, assay_question_type type) {
  if (record->len > 0 && !record->bytes) return "a record has no bytes";
  if (type == ASSAY_QUESTION_A) return record->len == 4 ? NULL : "an address has not 4 bytes";
  if (type == ASSAY_QUESTION_AAAA) return record->len == 16 ? NULL : "an address has not 16 bytes";
  if (type == ASSAY_QUESTION_TXT) return record->len <= UINT16_MAX ? NULL : "a text is too long";
  return name_fault(record);
}

static bool in_order(const assay_record *a, const assay_record *b) {
  return text_compare(text_of(a->bytes, a->len), text_of(b->bytes, b->len)) < 0;
}

const char *dns_reply_fault(const struct dns_reply *reply, assay_question_type type) {
  bool found = reply->outcome == ASSAY_OUTCOME_FOUND;
  if (reply->outcome > ASSAY_OUTCOME_MALFORMED || reply->outcome == ASSAY_OUTCOME_PENDING ||
      reply->outcome == ASSAY_OUTCOME_TIMEOUT)
    return "no message can have this outcome";
  if (found != (reply->count > 0) || found != (reply->records != NULL)) return "records, and not found, or the reverse";
  if (reply->count > DNS_RECORDS_MAX) return "too many records";
  if (reply->keep && reply->outcome > ASSAY_OUTCOME_NXDOMAIN) return "to be kept, and no knowledge";
  if (found && !reply->keep) return "found, and not to be kept";
  if (!reply->keep && reply->ttl != 0) return "a time for what is not to be kept";
  if (reply->ttl > INT32_MAX) return "a time that is too long";
  for (size_t i = 0; i < reply->count; i++) {
    const char *fault = record_fault(&reply->records[i], type);
    if (fault) return fault;
    if (i > 0 && type != ASSAY_QUESTION_MX && !in_order(&reply->records[i - 1], &reply->records[i]))
      return "records out of order, or twice";
  }
  return NULL;
}

bool dns_reply_eq(const struct dns_reply *a, const struct dns_reply *b) {
  if (a->outcome != b->outcome || a->ttl != b->ttl || a->keep != b->keep || a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++)
    if (!text_eq(text_of(a->records[i].bytes, a->records[i].len), text_of(b->records[i].bytes, b->records[i].len)))
      return false;
  return true;
}
