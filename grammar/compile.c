/* Owns the order of the passes.
 * Must never know: what a pass does. */
#include "grammar/compile.h"

#include "grammar/codes.h"
#include "grammar/lint.h"
#include "grammar/unknown.h"

assay_status compilation_init(struct compilation *c, const assay_alloc *alloc, const struct loader *loader,
                              const struct vocabulary *vocabulary, struct diags *diags) {
  *c = (struct compilation){.diags = diags, .loader = loader};
  arena_init(&c->arena, alloc, SIZE_MAX);
  intern_init(&c->names, &c->arena);
  intern_init(&c->group_names, &c->arena);
  intern_init(&c->taken, &c->arena);
  files_init(c);
  bool ok = words_init(&c->words, vocabulary, &c->arena) && sources_init(&c->sources, &c->arena);
  return ok ? ASSAY_OK : ASSAY_NO_MEMORY;
}

void compilation_free(struct compilation *c) {
  files_free(c);
  arena_free(&c->arena);
}

/* Everything that can be said about the text is said in one run, so the passes go on behind an error; only lowering
 * needs a faultless tree. */
static bool analyse(struct compilation *c) {
  if (!declare_all(c)) return false;
  lists_build(c);
  names_resolve(c);
  types_check(c);
  tests_check(c);
  replies_check(c);
  unknown_summary(c);
  return !c->arena.failed;
}

static assay_status to_program(struct verified **out, struct compilation *c, const assay_alloc *alloc) {
  struct program program = {.code_count = 0};
  struct verify_fault fault;
  arena_init(&program.arena, alloc, SIZE_MAX);
  if (c->lint) lint_guards(c);
  if (c->lint) lint_regexes(c);
  if (c->lint) lint_contradictions(c);
  fold_all(c);
  if (c->lint) lint_rules(c);
  if (!lower_all(c, &program)) {
    arena_free(&program.arena);
    return c->diags->errors ? ASSAY_BAD_RULES : ASSAY_NO_MEMORY;
  }
  assay_status status = program_verify(out, &program, alloc, &fault);
  if (status != ASSAY_UNVERIFIED) return status;
  report(c->diags, PROGRAM, SPAN_NONE, "the program was refused: %s (%u)", fault.what, fault.where);
  return ASSAY_BAD_RULES;
}

assay_status compile_run(struct verified **out, struct compilation *c, const struct text *paths, size_t count,
                         const struct text *text, const assay_alloc *alloc) {
  assay_status status = ASSAY_OK;
  *out = NULL;
  c->diags->sources = &c->sources;
  bool whole = text ? load_text(c, paths[0], *text, &status) : load_paths(c, paths, count, &status);
  whole = whole && analyse(c);
  if (!whole)
    status = ASSAY_NO_MEMORY;
  else if (status == ASSAY_OK && c->diags->errors)
    status = ASSAY_BAD_RULES;
  else if (status == ASSAY_OK)
    status = to_program(out, c, alloc);
  if (c->arena.failed || c->diags->arena.failed) status = ASSAY_NO_MEMORY;
  if (status != ASSAY_OK) {
    verified_free(*out, alloc);
    *out = NULL;
  }
  diags_sort(c->diags);
  c->diags->sources = NULL;
  return status;
}
