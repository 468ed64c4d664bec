/* Owns the states of the dialogue in which Postfix asks.
 * Must never know: a request, or a reply. */
#ifndef PROTO_POLICY_STATE_H
#define PROTO_POLICY_STATE_H

#include <stdbool.h>

enum policy_reached { POLICY_AT_CONNECT, POLICY_AT_HELO, POLICY_AT_MAIL, POLICY_AT_RCPT, POLICY_AT_DATA };

/* A row of policy_states.def. */
struct policy_state {
  const char *word;
  enum policy_reached reached;
  bool verb, envelope, header;
};

#endif
