/* Owns the public suffix list, through libpsl.
 * Must never know: where a name came from, or what a rule makes of its suffix. */
#include "facts/domain.h"

#include <libpsl.h>
#include <stddef.h>

enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63 };

struct domain {
  const assay_alloc *alloc;
  psl_ctx_t *list;
};

/* psl_latest takes the system's compiled list, or libpsl's own one where that is newer. When the file cannot be
 * read, the list inside libpsl is still better than none. */
static psl_ctx_t *newest_list(void) {
  psl_ctx_t *list = psl_latest(NULL);
  return list ? list : (psl_ctx_t *)psl_builtin();
}

assay_status domain_open(struct domain **out, const assay_alloc *alloc) {
  assay_status status = ASSAY_NO_MEMORY;
  *out = NULL;
  struct domain *domain = mem_new(alloc, sizeof *domain);
  if (!domain) goto done;
  domain->alloc = alloc;
  domain->list = newest_list();
  status = domain->list ? ASSAY_OK : ASSAY_NOT_FOUND;
  if (status != ASSAY_OK) goto done;
  *out = domain;
  domain = NULL;
done:
  domain_close(domain);
  return status;
}

void domain_close(struct domain *domain) {
  if (!domain) return;
  psl_free(domain->list); /* leaves the list inside libpsl alone */
  mem_free(domain->alloc, domain, sizeof *domain);
}

/* libpsl wants a NUL behind the name, and names are views into longer text. False when the name cannot be a
 * domain name at all. */
static bool terminate(char *out, struct text name, size_t most) {
  if (name.len == 0 || name.len > most || memchr(name.ptr, 0, name.len)) return false;
  memcpy(out, name.ptr, name.len);
  out[name.len] = 0;
  return true;
}

/* The list's implicit rule "*" counts here: a private network's mail.corp.lan belongs to corp.lan. */
struct text domain_registrable(const struct domain *domain, struct text name) {
  char copy[NAME_MAX_BYTES + 1];
  const char *found = terminate(copy, name, NAME_MAX_BYTES) ? psl_registrable_domain(domain->list, copy) : NULL;
  if (!found) return text_of("", 0);
  size_t skip = (size_t)(found - copy);
  return text_of(name.ptr + skip, name.len - skip);
}

static const char *const reserved[] = {
#define RESERVED(label, see) label,
#include "facts/domain_reserved.def"
#undef RESERVED
};

/* And here it must not count, or every label would be known. */
bool domain_tld_known(const struct domain *domain, struct text tld) {
  char copy[LABEL_MAX_BYTES + 1];
  if (!terminate(copy, tld, LABEL_MAX_BYTES)) return false;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (text_is(tld, reserved[i])) return true;
  return psl_is_public_suffix2(domain->list, copy, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}
