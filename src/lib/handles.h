/* Owns what stands behind the public handles.
 * Must never know: files, or a protocol. */
#ifndef LIB_HANDLES_H
#define LIB_HANDLES_H

#include <assay/assay.h>
#include <stdatomic.h>

#include "facts/facts.h"
#include "grammar/compile.h"
#include "run/verdict.h"
#include "run/workspace.h"

struct assay_diags {
  const assay_alloc *alloc;
  struct diags list;
  VEC(const char *) paths; /* in the list's arena */
};

struct assay_ruleset {
  atomic_size_t refs;
  const assay_alloc *alloc;
  assay_vocabulary *vocabulary; /* a reference, or NULL */
  struct linked *linked;
  struct compilation *compilation; /* the tree, while tests are kept; else NULL */
  assay_ruleset_stats stats;
  char id[17];
};

struct assay_vocabulary {
  atomic_size_t refs;
  atomic_bool closed; /* used by somebody, so it no longer changes */
  const assay_alloc *alloc;
  struct vocabulary words;
};

struct assay_facts {
  const assay_alloc *alloc;
  assay_vocabulary *vocabulary; /* a reference, or NULL */
  struct facts *facts;
  assay_answers_fn find; /* the host's source of answers, or NULL */
  void *find_user;
};

struct assay_workspace {
  const assay_alloc *alloc;
  struct workspace *workspace;
};

struct assay_verdict {
  const assay_alloc *alloc;
  struct verdict *verdict;
  assay_ruleset *ruleset; /* of the latest evaluation; the texts are its */
  struct workspace *own;  /* for evaluations without one; NULL until there was one */
};

/* The facts, about to take texts: memory that was out the last time may be back. */
static inline struct facts *facts_ready(assay_facts *facts) {
  facts->facts->arena.failed = false;
  return facts->facts;
}

/* The number inside of a public fact; false when it is none of `count` facts, a host's included. */
static inline bool fact_field(unsigned fact, unsigned count, unsigned *out) {
  unsigned host = (unsigned)ASSAY_FACT_HOST;
  *out = fact < host ? fact : fact - host + FIELD_COUNT;
  return fact < host ? fact < FIELD_COUNT : *out >= FIELD_COUNT && *out < count;
}

/* Closes the vocabulary, for it is about to be used; NULL is allowed. */
const struct vocabulary *vocabulary_close(assay_vocabulary *vocabulary);

/* The host's allocator, or the C library's. */
const assay_alloc *handle_alloc(const assay_alloc *alloc);

/* An empty list of diagnostics, or NULL. */
assay_diags *handle_diags(const assay_alloc *alloc);

#endif
