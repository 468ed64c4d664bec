/* Owns the sets that a field is looked up in: exact texts, domain suffixes, networks, mailboxes.
 * Must never know: which rule asks, or where the items came from. */
#ifndef RUN_TABLE_H
#define RUN_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include <assay/status.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/text.h"

/* Immutable once built; shared by threads; look-ups allocate nothing. Duplicate items are harmless. */
struct text_table;
struct net_table;

/* The array and the bytes of its items are borrowed and must outlive the table. Linear up to 8 items, else a
 * one-bit bitmap before an open-addressing hash whose hits compare the bytes: at most 36 bytes an item, whatever
 * the items are. ASSAY_OVER_LIMIT for a count whose indexes would not fit. On failure *out is NULL. */
assay_status text_table_new(struct text_table **out, const struct text *items, size_t count,
                            const assay_alloc *alloc);
void text_table_free(struct text_table *table);

/* Whether the text is one of the items, byte for byte. */
bool text_table_has(const struct text_table *table, struct text text);

/* Whether the name (lower case, no trailing dot) or one of its parent domains is an item: one probe a label.
 * An empty name, and an empty item, match nothing, nor does an item longer than any domain name (255 bytes): the
 * cost is bounded for any name. */
bool text_table_has_suffix(const struct text_table *table, struct text name);

/* Networks, overlapping or nested as they come, flattened to sorted disjoint ranges, one array a family; IPv4
 * with a first-level table from a few thousand ranges up. The items are not needed afterwards; their host bits are
 * ignored. ASSAY_BAD_VALUE for an item of no family or with too long a prefix. */
assay_status net_table_new(struct net_table **out, const struct network *items, size_t count,
                           const assay_alloc *alloc);
void net_table_free(struct net_table *table);
bool net_table_has(const struct net_table *table, struct addr addr);

#endif
