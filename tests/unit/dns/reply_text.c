/* Shows replies as text, so that a test says in one string what it expects. */
#include "reply_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/addr.h"

static void print_record(struct buf *out, assay_question_type type, const assay_record *record) {
  struct addr addr;
  buf_byte(out, ' ');
  if (type == ASSAY_QUESTION_A) {
    assert_true(addr_read(&addr, record->bytes, record->len));
    addr_print(out, addr);
  } else if (type == ASSAY_QUESTION_AAAA) {
    for (size_t i = 0; i < record->len; i++) buf_printf(out, "%02x", (unsigned)(uint8_t)record->bytes[i]);
  } else {
    buf_byte(out, '<');
    buf_text(out, text_of(record->bytes, record->len));
    buf_byte(out, '>');
  }
}

char *reply_text(const struct dns_reply *reply, assay_question_type type) {
  struct buf out;
  buf_init(&out, &mem_default);
  buf_str(&out, assay_outcome_text(reply->outcome));
  buf_byte(&out, ' ');
  if (reply->keep) buf_uint(&out, reply->ttl);
  if (!reply->keep) buf_str(&out, reply->ttl == 0 ? "-" : "a ttl that is none");
  if (reply->count > 0) buf_byte(&out, ':');
  for (size_t i = 0; i < reply->count; i++) print_record(&out, type, &reply->records[i]);
  buf_byte(&out, '\0');
  assert_false(out.failed);
  return out.ptr;
}

char *read_text(const struct dns_message *m, assay_question_type type, const char *name) {
  uint8_t *bytes = malloc(m->len ? m->len : 1);
  assert_non_null(bytes);
  memcpy(bytes, m->bytes, m->len);
  struct arena arena;
  struct dns_reply reply;
  arena_init(&arena, &mem_default, SIZE_MAX);
  assert_int_equal(dns_read(&reply, &arena, bytes, m->len, type, text_from(name)), ASSAY_OK);
  char *text = reply_text(&reply, type);
  arena_free(&arena);
  free(bytes);
  return text;
}
