/* Owns how a verdict is shown to a person.
 * Must never know: how it was found. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <assay/resolver.h>
#include <assay/verdict.h>

#include "proto/bytes.h"

/* A table of the rules that hit, what is unknown, the score, the action and its reply, and what DNS took: usage is NULL
 * where nobody asked it. Width 0: no lines are wrapped. */
void report_full(struct bytes *out, const assay_verdict *verdict, const assay_dns_usage *usage, bool colour,
                 size_t width);

/* One line: a name for the connection, score, action, rules. *column, 0 at first, is how wide the name's column has
 * become: a longer name widens it for the lines to come, up to a limit at which names are cut. */
void report_line(struct bytes *out, const assay_verdict *verdict, const char *id, size_t id_len, bool colour,
                 size_t *column);

#endif
