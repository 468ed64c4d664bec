/* Owns making the resolver that `assay score --dns` asks for.
 * Must never know: rules, or connections. */
#ifndef CLI_SCORE_DNS_H
#define CLI_SCORE_DNS_H

#include "cli/score.h"

/* Makes scorer->resolver, where DNS is on, and says what is unwise or wrong about it. An exit code; caller frees the
 * resolver. */
int score_dns_open(struct scorer *scorer);

#endif
