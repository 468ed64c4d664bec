/* Owns which names and addresses DNS can say anything about.
 * Must never know: who wants to know, or why. */
#include "facts/askable.h"

bool askable_name(const struct host *host) {
  uint32_t bad = 1u << HOST_IS_EMPTY | 1u << HOST_IS_ADDRESS | 1u << HOST_IS_LITERAL | 1u << HOST_IS_BAD_LITERAL |
                 1u << HOST_HAS_BAD_CHAR | 1u << HOST_HAS_SPACE | 1u << HOST_LEADING_DOT | 1u << HOST_EMPTY_LABEL |
                 1u << HOST_LABEL_TOO_LONG | 1u << HOST_TOO_LONG | 1u << HOST_NUMERIC_TLD;
  return !(host->props & bad) && host->label_count > 1;
}

bool askable_address(struct addr addr) {
  uint32_t local = 1u << ADDR_IS_EMPTY | 1u << ADDR_IS_LOOPBACK | 1u << ADDR_IS_PRIVATE | 1u << ADDR_IS_LINK_LOCAL |
                   1u << ADDR_IS_MULTICAST;
  return !(addr_props(addr) & local);
}
