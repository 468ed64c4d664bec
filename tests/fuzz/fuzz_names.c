/* Fuzzes the scan of names: whatever the bytes, the properties agree with each other, and the compared form is its own. */
#include <string.h>

#include "facts/domain.h"
#include "facts/facts.h"
#include "facts/host.h"
#include "fuzz/fuzz.h"
#include "run/strfn.h"

static bool has(const struct host *host, enum host_prop prop) {
  return host->props >> prop & 1;
}

static bool inside(struct text part, struct text whole) {
  return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

/* What a name is; at most one of these. */
static void check_kinds(const struct host *host) {
  static const enum host_prop kinds[] = {HOST_IS_EMPTY,   HOST_IS_FQDN,    HOST_IS_SINGLE_LABEL,
                                         HOST_IS_ADDRESS, HOST_IS_LITERAL, HOST_IS_BAD_LITERAL};
  static const enum host_prop faults[] = {HOST_HAS_BAD_CHAR, HOST_HAS_UNDERSCORE, HOST_HAS_SPACE, HOST_LEADING_DOT,
                                          HOST_EMPTY_LABEL, HOST_BAD_HYPHEN, HOST_LABEL_TOO_LONG, HOST_TOO_LONG};
  unsigned of_kind = 0, at_fault = 0;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) of_kind += has(host, kinds[i]);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) at_fault += has(host, faults[i]);
  bool address = has(host, HOST_IS_ADDRESS) || has(host, HOST_IS_LITERAL);
  MUST(of_kind <= 1);
  MUST(of_kind == 0 || at_fault == 0);
  MUST(of_kind == 1 || at_fault > 0 || has(host, HOST_TRAILING_DOT) || has(host, HOST_HAS_NON_ASCII) ||
       has(host, HOST_NUMERIC_TLD));
  MUST(!has(host, HOST_NUMERIC_TLD) || of_kind == 0 ||
       has(host, HOST_IS_SINGLE_LABEL)); /* a label of digits is one */
  MUST(address == (host->address.family != 0));
  MUST(!has(host, HOST_IS_EMPTY) || host->canonical.len == 0);
  MUST(!has(host, HOST_TLD_KNOWN)); /* not by the scan */
  MUST(!has(host, HOST_IS_FQDN) || (host->label_count >= 2 && host->canonical.len <= 253));
  MUST(!has(host, HOST_IS_SINGLE_LABEL) || (host->label_count == 1 && host->canonical.len <= 63));
  MUST(host->props >> HOST_PROP_COUNT == 0);
}

static void check_labels(const struct host *host) {
  size_t bytes = 0;
  for (int64_t n = 0; n < host->label_count; n++) {
    struct text label = host_label(host, n), mirror = host_label(host, n - host->label_count);
    MUST(inside(label, host->canonical) && text_eq(label, mirror));
    bytes += label.len;
  }
  if (host->label_count && host->label_count < UINT16_MAX)
    MUST(bytes + host->label_count - 1 == host->canonical.len);
  MUST(host_label(host, host->label_count).len == 0);
  MUST(host_label(host, -(int64_t)host->label_count - 1).len == 0);
  MUST(host_label(host, INT64_MIN).len == 0 && host_label(host, INT64_MAX).len == 0);
  MUST(text_eq(host_tld(host), host_label(host, -1)));
}

static void check_relations(const struct host *host, const struct host *again) {
  bool empty = host->canonical.len == 0;
  MUST(host_eq(host, again) && host_eq(again, host));
  MUST(host_under(host, again) == !empty);
  struct host tld;
  struct arena arena;
  arena_init(&arena, &mem_default, SIZE_MAX);
  MUST(host_scan(&tld, host_tld(host), &arena));
  if (has(host, HOST_IS_FQDN)) MUST(host_under(host, &tld) && !host_eq(host, &tld));
  arena_free(&arena);
}

static void check_suffix(struct host *host, const struct domain *domain) {
  bool has_org = host_has_org(host, domain);
  host_suffix(host, domain);
  MUST(host->tld_done && host->org_done && has_org == (host->org.len > 0));
  MUST(host->org.len == 0 || text_ends(host->canonical, host->org));
  MUST(host->org.len == 0 || has(host, HOST_IS_FQDN) || has(host, HOST_HAS_UNDERSCORE));
  MUST(host_same_org(host, host) == (host->org.len > 0));
}

static void check_functions(const struct host *host) {
  struct addr v4 = {{192, 0, 2, 17}, 4}, v6 = {{0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x25}, 6};
  struct text name = host->canonical;
  strfn_embeds_address(name, v4);
  strfn_embeds_address(name, v6);
  MUST(!strfn_embeds_address(name, (struct addr){{0}, 0}));
  MUST(strfn_glob(name, TEXT("*")));
  strfn_glob(name, host->raw);
  MUST(strfn_digits(name) <= (int64_t)name.len);
  double entropy = strfn_entropy(name);
  MUST(entropy >= 0 && entropy <= 8);
  if (name.len <= 64) MUST(strfn_edit_distance(name, name) == 0); /* slow for long ones */
  MUST(strfn_has_piece(name, name) || name.len == 0);
}

static void check_mailbox(struct text raw, struct arena *arena) {
  struct text mailbox = mailbox_canonical(arena, raw);
  struct text local = mailbox_local(mailbox), domain = mailbox_domain(mailbox);
  MUST(mailbox.len <= raw.len && local.len + domain.len <= mailbox.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct domain *domain; /* opening it for each input would be all that is measured */
  if (!domain) domain_open(&domain, &mem_default);
  struct text raw = text_of((const char *)data, size);
  struct arena arena;
  struct host host, again;
  struct addr addr;
  struct network network;
  arena_init(&arena, &mem_default, SIZE_MAX);
  MUST(host_scan(&host, raw, &arena));
  MUST(host_scan(&again, host.canonical, &arena));
  MUST(text_eq(again.canonical, host.canonical));
  check_kinds(&host);
  check_labels(&host);
  check_relations(&host, &again);
  check_suffix(&host, domain);
  check_functions(&host);
  check_mailbox(raw, &arena);
  addr_parse(&addr, raw);
  network_parse(&network, raw);
  arena_free(&arena);
  return 0;
}
