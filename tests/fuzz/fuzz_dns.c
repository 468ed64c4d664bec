/* Fuzzes the reading of DNS responses: whatever the bytes, what must hold of a reply does, and it is the same twice.
 * An input is: a byte for the type, one for the length of the name, the name, the message. */
#include "dns/name.h"
#include "dns/question_name.h"
#include "fuzz/fuzz.h"
#include "support/dns_reply.h"

/* Wherever a name stands, reading and skipping it end in the same place. */
static void check_names(const struct message *message) {
  for (size_t begin = 0; begin < message->len && begin < 512; begin++) {
    char text[NAME_TEXT_MAX];
    size_t at = begin, skipped = begin, len = 0;
    if (!name_read(text, &len, message, &at)) continue;
    MUST(name_skip(message, &skipped) && at == skipped);
    MUST(at > begin && at <= message->len && len <= sizeof text);
    for (size_t i = 0; i < len; i++) MUST(text[i] > ' ' && text[i] <= '~');
  }
}

/* Records may lie in the message, which stays where it is. */
static void check_reply(const struct message *message, assay_question_type type, struct text name) {
  struct arena arena, other;
  struct dns_reply reply, again;
  arena_init(&arena, &mem_default, SIZE_MAX);
  arena_init(&other, &mem_default, SIZE_MAX);
  MUST(dns_read(&reply, &arena, message->bytes, message->len, type, name) == ASSAY_OK);
  const char *fault = dns_reply_fault(&reply, type);
  if (fault) fprintf(stderr, "%s\n", fault);
  MUST(!fault);
  MUST(dns_read(&again, &other, message->bytes, message->len, type, name) == ASSAY_OK);
  MUST(dns_reply_eq(&reply, &again));
  arena_free(&other);
  arena_init(&other, &mem_default, 4096); /* little memory is an error, or makes no difference */
  if (dns_read(&again, &other, message->bytes, message->len, type, name) == ASSAY_OK)
    MUST(dns_reply_eq(&reply, &again));
  else
    MUST(other.failed);
  arena_free(&other);
  arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  assay_question_type type = (assay_question_type)(data[0] % (ASSAY_QUESTION_NS + 1));
  size_t len = data[1] < size - 2 ? data[1] : size - 2;
  struct text raw = text_of((const char *)data + 2, len), name;
  char bytes[QUESTION_NAME_SIZE];
  if (!question_name(&name, bytes, type, raw)) name = TEXT("www.example.com"); /* nothing else is ever asked */
  struct message message = {data + 2 + len, size - 2 - len};
  check_names(&message);
  check_reply(&message, type, name);
  return 0;
}
