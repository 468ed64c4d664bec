/* Owns what the files that write spamd's replies share.
 * Must never know: requests. */
#ifndef PROTO_SPAMD_PARTS_H
#define PROTO_SPAMD_PARTS_H

#include "proto/spamd.h"

/* What is printed of a verdict's numbers, in tenths of a point. */
struct spamd_printed {
  bool spam;
  int64_t score, threshold;
};
struct spamd_printed spamd_printed(const struct spamd_said *said);

/* Thousandths as tenths, rounded as printf rounds them; and tenths as a decimal. */
int64_t spamd_tenths(int64_t thousandths);
void spamd_add_tenths(struct bytes *out, int64_t tenths);

/* The names of the rules that hit, sorted; caller frees the array. NULL where there are none, or, with out->failed,
 * no memory. */
const char **spamd_names(struct bytes *out, const assay_verdict *verdict, size_t *count);

/* A text of the rules or of a verdict, and the name of a rule, fit to stand in one line. */
void spamd_add_text(struct bytes *out, const char *text);
void spamd_add_name(struct bytes *out, const char *name);

/* The report for people: lines that end in LF. */
void spamd_report(struct bytes *out, const struct spamd_said *said);

/* The message with headers of ours, forged ones removed; only its header section, to the empty line, where `cut`. */
void spamd_marked(struct bytes *out, const char *message, size_t len, bool cut, const struct spamd_said *said);

#endif
