/* Owns what tests of single questions share: a resolver that is soon out of patience, what came of a question as text.
 * Must never know: which server it asks. */
#include "unit/lib/asking.h"

assay_resolver_options asking_options(const char *servers) {
  assay_resolver_options options = ASSAY_RESOLVER_OPTIONS_INIT;
  options.servers = servers;
  options.attempt_ms = 150;
  options.attempts = 2;
  return options;
}

assay_resolver *asking_open_with(const assay_resolver_options *options) {
  assay_resolver *resolver;
  assert_int_equal(assay_resolver_new(&resolver, options), ASSAY_OK);
  return resolver;
}

assay_resolver *asking_open(const struct dns_fake *fake) {
  assay_resolver_options options = asking_options(dns_fake_server(fake));
  return asking_open_with(&options);
}

static void show_record(char *out, size_t size, const assay_record *record) {
  const unsigned char *b = (const unsigned char *)record->bytes;
  bool address = record->len == 4 && b[0] == 192; /* no name of these tests looks like that */
  if (address)
    snprintf(out, size, " %u.%u.%u.%u", b[0], b[1], b[2], b[3]);
  else if (record->len == 16)
    snprintf(out, size, " v6:%02x", b[15]);
  else
    snprintf(out, size, " %.*s", (int)record->len, record->bytes);
}

void asking_hear(void *user, const assay_answer *answer) {
  struct heard *heard = user;
  heard->calls++;
  heard->outcome = answer->outcome;
  size_t len = (size_t)snprintf(heard->text, sizeof heard->text, "%s", assay_outcome_text(answer->outcome));
  for (size_t i = 0; i < answer->count && len + 300 < sizeof heard->text; i++) {
    show_record(heard->text + len, sizeof heard->text - len, &answer->records[i]);
    len += strlen(heard->text + len);
  }
}

assay_lookup *asking_ask(assay_resolver *resolver, assay_question_type type, const char *name, struct heard *heard) {
  assay_lookup *lookup;
  assert_int_equal(assay_resolver_ask(resolver, type, name, strlen(name), asking_hear, heard, &lookup), ASSAY_OK);
  assert_true(lookup || heard->calls > 0);
  return lookup;
}

void asking_wait(assay_resolver *resolver) {
  while (assay_resolver_pending(resolver) > 0) assert_int_equal(assay_resolver_wait(resolver, -1), ASSAY_OK);
}

void asking_check(assay_resolver *resolver, assay_question_type type, const char *name, const char *expected) {
  struct heard heard = {0};
  asking_ask(resolver, type, name, &heard);
  asking_wait(resolver);
  assert_int_equal(heard.calls, 1);
  if (strcmp(heard.text, expected) != 0) fail_msg("%s: %s, not %s", name, heard.text, expected);
}

assay_resolver_stats asking_stats(const assay_resolver *resolver) {
  assay_resolver_stats stats;
  assay_resolver_statistics(resolver, &stats);
  return stats;
}

void asking_watch(void *user, int fd, bool read, bool write) {
  struct asking_loop *loop = user;
  size_t at = 0;
  while (at < loop->count && loop->watched[at].fd != fd) at++;
  loop->changes++;
  if (read || write) {
    if (at == loop->count) loop->count++;
    assert_true(loop->count <= COUNT(loop->watched));
    loop->watched[at] = (struct pollfd){fd, (short)((read ? POLLIN : 0) | (write ? POLLOUT : 0)), 0};
  } else if (at < loop->count) {
    loop->watched[at] = loop->watched[--loop->count];
  }
}
