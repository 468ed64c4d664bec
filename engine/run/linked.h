/* Owns a program made ready to run: its sets as tables, its patterns, its constants as values, its facts bound by
 * name. Immutable but for the patterns' code; shared by threads. Must never know: a connection. */
#ifndef RUN_LINKED_H
#define RUN_LINKED_H

#include "facts/domain.h"
#include "facts/vocabulary.h"
#include "program/verify.h"
#include "run/pattern.h"
#include "run/table.h"
#include "run/value.h"

/* What a set becomes: the fields its kind uses; the others are NULL. */
struct linked_set {
  struct text_table *texts;             /* STRINGS and NAMES; MAILBOXES: "a@b" */
  struct text_table *domains, *locals;  /* MAILBOXES: "@b" without the @; "a@" without the @ */
  struct net_table *networks;
  struct pattern **patterns;
  uint32_t pattern_count;
};

struct linked {
  const assay_alloc *alloc;
  struct verified *verified;
  const struct program *program; /* verified's */
  struct arena arena;
  struct linked_set *sets;
  struct value *constants;
  unsigned *fields; /* the fact behind each fact_need */
  const struct host_function **functions; /* the one behind each function_need */
  bool host_facts;  /* some of the facts are the host's */
  uint64_t reads;   /* bit f: the value of fact f may matter to what comes out */
  uint32_t *disabled; /* the rules that are */
  size_t disabled_count;
  const struct vocabulary *vocabulary;
  struct domain *domain;
  uint8_t arity[OP_COUNT_OF]; /* slots each instruction reads */
};

/* Takes the verified program over, whatever the outcome. ASSAY_NOT_FOUND when the program needs a fact or a function that
 * does not exist, or has another type. The vocabulary, which may be NULL, is borrowed. */
assay_status linked_new(struct linked **out, struct verified *verified, const struct vocabulary *vocabulary,
                        const assay_alloc *alloc);
void linked_free(struct linked *linked);

/* The slots that a body instruction reads; by far the most are no calls. */
static inline struct operands linked_operands(const struct linked *linked, const struct insn *insn) {
  if (insn->op == OP_CALL) return insn_operands(linked->program, insn);
  return (struct operands){insn->operands, linked->arity[insn->op]};
}

#endif
