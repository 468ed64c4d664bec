/* Owns c-ares: channels to the servers, their sockets and time-outs, a message that came or the reason why none did.
 * Must never know: who asks, what is remembered, or which questions may be sent now. */
#ifndef DNS_CHANNEL_H
#define DNS_CHANNEL_H

#include <poll.h>

#include "dns/message.h"
#include "dns/servers.h"

struct channels;

struct channels_options {
  const struct servers *servers; /* copied */
  uint32_t attempt_ms, attempts;
  /* A question has come to its end; *reply is borrowed until it returns. It may ask; it may not free the channels. */
  void (*answered)(void *user, void *question, const struct dns_reply *reply);
  void *user;
  const assay_alloc *alloc;
};

assay_status channels_new(struct channels **out, const struct channels_options *options); /* caller frees */
void channels_free(struct channels *channels); /* questions under way end without a word */

/* Sends a question. name ends with a NUL, and it and `question` live until `answered`, which may be called before this
 * returns. A server that fails, will not say or makes no sense is followed by the next; one that is silent, too. */
void channels_ask(struct channels *channels, assay_question_type type, struct text name, void *question);

/* The descriptors, as poll(2) wants them; borrowed until the next call but this. */
const struct pollfd *channels_descriptors(const struct channels *channels, size_t *count);

/* What to call when one is to be watched differently, or no more: with what is to be watched already at once. */
void channels_watch(struct channels *channels, void (*watch)(void *user, int fd, bool read, bool write), void *user);

int channels_timeout(const struct channels *channels); /* milliseconds; -1: nothing is due */
void channels_process(struct channels *channels, int fd, bool readable, bool writable); /* fd -1: what is due */

#endif
