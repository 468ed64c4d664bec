/* Owns the form in which a name is asked for, and whether it can be.
 * Must never know: who asks, or whom. */
#include "dns/question_name.h"

#include "base/addr.h"
#include "dns/message.h"

enum { LABEL_MAX = 63 };

/* The length of the reverse name, or 0 when this is no address. */
static size_t reverse_name(char bytes[QUESTION_NAME_SIZE], struct text name) {
  struct addr addr;
  if (addr_parse(&addr, name) != ADDR_OK) return 0;
  struct buf out = {.ptr = bytes, .cap = QUESTION_NAME_SIZE}; /* 72 bytes at most: it never grows */
  addr_reverse(&out, addr);
  return out.len;
}

bool question_name(struct text *out, char bytes[QUESTION_NAME_SIZE], assay_question_type type, struct text name) {
  *out = text_of(bytes, type == ASSAY_QUESTION_PTR ? reverse_name(bytes, name) : 0);
  if (out->len > 0) return true;
  if (name.len > 0 && name.ptr[name.len - 1] == '.') name.len--;
  if (name.len == 0 || name.len > DNS_NAME_MAX) return false;
  size_t label = 0;
  for (size_t i = 0; i < name.len; i++) {
    char byte = name.ptr[i];
    if (byte <= ' ' || byte > '~' || byte == '\\') return false;
    if (byte == '.' && label == 0) return false;
    label = byte == '.' ? 0 : label + 1;
    if (label > LABEL_MAX) return false;
    bytes[i] = ascii_lower(byte);
  }
  if (label > 0) out->len = name.len;
  return label > 0;
}
