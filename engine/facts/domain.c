/* Owns the public suffix list, through libpsl.
 * Must never know: where a name came from, or what a rule makes of its suffix. */
#include "facts/domain.h"

#include <libpsl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63 };

/* Held by the domain that opened it, and by every view that shows it. A view may outlive the allocator of that domain,
 * so this comes from malloc, as everything inside libpsl does. */
struct list {
  atomic_size_t refs;
  psl_ctx_t *psl;
};

/* What was asked last, each answer in the place that its name hashes to. Longer names are not remembered. */
struct memory {
  struct answer {
    int type; /* 0: nothing is here */
    uint8_t len;
    bool yes;
    char name[58];
  } answers[512];
};

struct domain {
  const assay_alloc *alloc;
  struct list *list;     /* NULL: none */
  struct memory *memory; /* of a view; else NULL */
};

/* psl_latest takes the system's compiled list, or libpsl's own one where that is newer. When the file cannot be
 * read, the list inside libpsl is still better than none. */
static psl_ctx_t *newest_list(void) {
  psl_ctx_t *list = psl_latest(NULL);
  return list ? list : (psl_ctx_t *)psl_builtin();
}

static void release(struct domain *domain) {
  struct list *list = domain->list;
  domain->list = NULL;
  if (!list || atomic_fetch_sub_explicit(&list->refs, 1, memory_order_acq_rel) > 1) return;
  psl_free(list->psl); /* leaves the list inside libpsl alone */
  mem_free(&mem_default, list, sizeof *list);
}

static struct domain *new_domain(const assay_alloc *alloc) {
  struct domain *domain = mem_new(alloc, sizeof *domain);
  if (domain) domain->alloc = alloc;
  return domain;
}

assay_status domain_open(struct domain **out, const assay_alloc *alloc) {
  assay_status status = ASSAY_NO_MEMORY;
  *out = NULL;
  struct domain *domain = new_domain(alloc);
  if (!domain) goto done;
  domain->list = mem_new(&mem_default, sizeof *domain->list);
  if (!domain->list) goto done;
  atomic_init(&domain->list->refs, 1);
  domain->list->psl = newest_list();
  status = domain->list->psl ? ASSAY_OK : ASSAY_NOT_FOUND;
  if (status != ASSAY_OK) goto done;
  *out = domain;
  domain = NULL;
done:
  domain_close(domain);
  return status;
}

assay_status domain_view_new(struct domain **out, const assay_alloc *alloc) {
  *out = NULL;
  struct domain *view = new_domain(alloc);
  if (view) view->memory = mem_new(alloc, sizeof *view->memory);
  if (view && view->memory)
    *out = view;
  else
    domain_close(view);
  return *out ? ASSAY_OK : ASSAY_NO_MEMORY;
}

void domain_close(struct domain *domain) {
  if (!domain) return;
  release(domain);
  mem_free(domain->alloc, domain->memory, sizeof *domain->memory);
  mem_free(domain->alloc, domain, sizeof *domain);
}

void domain_view_show(struct domain *view, const struct domain *domain) {
  struct list *list = domain ? domain->list : NULL;
  if (view->list == list) return;
  release(view);
  memset(view->memory, 0, sizeof *view->memory);
  if (list) atomic_fetch_add_explicit(&list->refs, 1, memory_order_relaxed);
  view->list = list;
}

/* Whether the name, which ends with a NUL, is a public suffix in the sense of `type`. */
static bool is_suffix(const struct domain *domain, struct text name, int type) {
  struct answer *place = NULL;
  if (domain->memory && name.len <= sizeof place->name) {
    place = &domain->memory->answers[text_hash(name) % (sizeof domain->memory->answers / sizeof *place)];
    if (place->type == type && text_eq(text_of(place->name, place->len), name)) return place->yes;
  }
  bool yes = psl_is_public_suffix2(domain->list->psl, name.ptr, type) != 0;
  if (place) {
    place->type = type;
    place->len = (uint8_t)name.len;
    place->yes = yes;
    memcpy(place->name, name.ptr, name.len);
  }
  return yes;
}

/* libpsl wants a NUL behind the name, and names are views into longer text. False when the name cannot be a
 * domain name at all. */
static bool terminate(char *out, struct text name, size_t most) {
  if (name.len == 0 || name.len > most || memchr(name.ptr, 0, name.len)) return false;
  memcpy(out, name.ptr, name.len);
  out[name.len] = 0;
  return true;
}

/* The longest public suffix with one more label. The list's implicit rule "*" counts here: a private network's
 * mail.corp.lan belongs to corp.lan. */
struct text domain_registrable(const struct domain *domain, struct text name) {
  char copy[NAME_MAX_BYTES + 1];
  struct text nothing = text_of("", 0), before = nothing;
  if (!domain->list || !terminate(copy, name, NAME_MAX_BYTES) || copy[0] == '.') return nothing;
  for (size_t at = 0; !is_suffix(domain, text_of(copy + at, name.len - at), PSL_TYPE_ANY);) {
    before = text_of(name.ptr + at, name.len - at);
    const char *dot = memchr(copy + at, '.', name.len - at);
    if (!dot) return nothing;
    at = (size_t)(dot - copy) + 1;
  }
  return before;
}

/* By the implicit rule "*" there always is a suffix, so only the whole name can be too short. */
bool domain_has_registrable(const struct domain *domain, struct text name) {
  char copy[NAME_MAX_BYTES + 1];
  if (!domain->list || !terminate(copy, name, NAME_MAX_BYTES) || copy[0] == '.') return false;
  return !is_suffix(domain, text_of(copy, name.len), PSL_TYPE_ANY);
}

static const char *const reserved[] = {
#define RESERVED(label, see) label,
#include "facts/domain_reserved.def"
#undef RESERVED
};

/* And here it must not count, or every label would be known. */
bool domain_tld_known(const struct domain *domain, struct text tld) {
  char copy[LABEL_MAX_BYTES + 1];
  if (!domain->list || !terminate(copy, tld, LABEL_MAX_BYTES)) return false;
  if (is_suffix(domain, text_of(copy, tld.len), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE)) return true;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (text_is(tld, reserved[i])) return true;
  return false;
}
