/* Owns the public face of rule sets: compiling, sharing, looking into them.
 * Must never know: a connection. */
#include "lib/handles.h"
#include "lib/loader_fs.h"
#include "lib/loader_host.h"
#include "program/disasm.h"

static void fill_stats(assay_ruleset *ruleset, const struct compilation *c) {
  const struct program *p = ruleset->linked->program;
  size_t tests = c->tests.count;
  for (size_t r = 0; r < c->rules.count; r++)
    for (const struct test_tree *t = c->rules.at[r].body->tests; t; t = t->next) tests++;
  size_t lists = 0;
  for (size_t i = 0; i < c->lists.count; i++) lists += c->lists.at[i].name.text.len != 0;
  ruleset->stats = (assay_ruleset_stats){.files = c->file_count,
                                         .rules = p->rules_count,
                                         .exemptions = p->exempts_count,
                                         .lists = lists,
                                         .tests = tests,
                                         .features = p->rule_bits,
                                         .instructions = p->code_count};
}

/* Of all that was read: rules, then lists. A length before each keeps apart what is cut in two in different places. */
static void fill_id(assay_ruleset *ruleset, const struct sources *sources) {
  unsigned long long hash = sources->files.count;
  for (size_t i = 1; i < sources->files.count; i++) hash = text_hash_keyed(sources->files.at[i].bytes, hash);
  for (size_t i = 0; i < 16; i++) ruleset->id[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
}

/* What was looked for outlives the tree, in success and in failure. */
static assay_status keep_paths(assay_diags *diags, const struct compilation *c) {
  struct arena *arena = &diags->list.arena;
  for (size_t i = 0; i < c->looked.texts.count; i++) {
    const char **slot = vec_add(arena, &diags->paths);
    if (slot) *slot = arena_text(arena, c->looked.texts.at[i]).ptr;
  }
  return arena->failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}

static assay_status make_ruleset(assay_ruleset **out, struct verified *verified, struct compilation *c,
                                 assay_vocabulary *vocabulary, const assay_alloc *alloc) {
  assay_ruleset *ruleset = mem_new(alloc, sizeof *ruleset);
  if (!ruleset) {
    verified_free(verified, alloc);
    return ASSAY_NO_MEMORY;
  }
  atomic_init(&ruleset->refs, 1);
  ruleset->alloc = alloc;
  assay_status status = linked_new(&ruleset->linked, verified, c->words.vocabulary, alloc);
  if (status == ASSAY_OK) {
    fill_stats(ruleset, c);
    fill_id(ruleset, &c->sources);
    ruleset->vocabulary = assay_vocabulary_ref(vocabulary);
    *out = ruleset;
  } else {
    mem_free(alloc, ruleset, sizeof *ruleset);
  }
  return status;
}

static void compilation_end(struct compilation *c, const assay_alloc *alloc) {
  if (!c) return;
  compilation_free(c);
  mem_free(alloc, c, sizeof *c);
}

/* Compiles, links, and keeps the tree where its tests are wanted. */
static assay_status compile(assay_ruleset **out, const struct text *paths, size_t count, const struct text *text,
                            const assay_compile_options *options, assay_diags *diags, const assay_alloc *alloc) {
  struct verified *verified = NULL;
  struct loader loader;
  struct fs_roots roots;
  struct compilation *c = mem_new(alloc, sizeof *c);
  if (!c) return ASSAY_NO_MEMORY;
  const struct vocabulary *words = vocabulary_close(options->vocabulary);
  assay_status status = compilation_init(c, alloc, &loader, words, &diags->list);
  c->lint = options->lint;
  loader = options->loader ? loader_host(options->loader) : loader_fs(&roots);
  if (status == ASSAY_OK) status = fs_roots_resolve(&roots, &c->arena, options->roots, options->root_count);
  if (status == ASSAY_OK) status = compile_run(&verified, c, paths, count, text, alloc);
  assay_status kept = keep_paths(diags, c);
  if (kept != ASSAY_OK && status == ASSAY_OK) verified_free(verified, alloc);
  if (kept != ASSAY_OK) status = kept;
  if (status == ASSAY_OK) status = make_ruleset(out, verified, c, options->vocabulary, alloc);
  if (status == ASSAY_OK && options->tests) {
    c->diags = NULL;
    c->loader = NULL;
    (*out)->compilation = c;
    c = NULL;
  }
  compilation_end(c, alloc);
  return status;
}

static assay_status compile_to(assay_ruleset **out, const struct text *paths, size_t count, const struct text *text,
                               const assay_compile_options *options, assay_diags **diags_out) {
  static const assay_compile_options plain = ASSAY_COMPILE_OPTIONS_INIT;
  if (!options) options = &plain;
  const assay_alloc *alloc = handle_alloc(options->alloc);
  assay_diags *diags = handle_diags(alloc);
  if (!diags) return ASSAY_NO_MEMORY;
  assay_status status = compile(out, paths, count, text, options, diags, alloc);
  if (diags_out)
    *diags_out = diags;
  else
    assay_diags_free(diags);
  return status;
}

/* A later version's options are larger, and an earlier one's would be smaller. */
static bool options_ok(const assay_compile_options *options) {
  if (!options) return true;
  if (options->size < sizeof *options || (options->root_count && (!options->roots || options->loader))) return false;
  for (size_t i = 0; i < options->root_count; i++)
    if (!options->roots[i]) return false;
  return !options->loader || (options->loader->size >= sizeof(assay_loader) && options->loader->read);
}

assay_status assay_ruleset_compile_files(assay_ruleset **out, const char *const *paths, size_t count,
                                         const assay_compile_options *options, assay_diags **diags) {
  if (out) *out = NULL;
  if (diags) *diags = NULL;
  if (!out || (count && !paths) || !options_ok(options)) return ASSAY_BAD_ARGUMENT;
  for (size_t i = 0; i < count; i++)
    if (!paths[i]) return ASSAY_BAD_ARGUMENT;
  const assay_alloc *alloc = handle_alloc(options ? options->alloc : NULL);
  struct text *texts = mem_new(alloc, count * sizeof *texts);
  if (!texts) return ASSAY_NO_MEMORY;
  for (size_t i = 0; i < count; i++) texts[i] = text_from(paths[i]);
  assay_status status = compile_to(out, texts, count, NULL, options, diags);
  mem_free(alloc, texts, count * sizeof *texts);
  return status;
}

assay_status assay_ruleset_compile_text(assay_ruleset **out, const char *name, const char *text, size_t len,
                                        const assay_compile_options *options, assay_diags **diags) {
  if (out) *out = NULL;
  if (diags) *diags = NULL;
  if (!out || !name || (!text && len) || !options_ok(options)) return ASSAY_BAD_ARGUMENT;
  struct text path = text_from(name), bytes = text_of(text ? text : "", len);
  return compile_to(out, &path, 1, &bytes, options, diags);
}

assay_ruleset *assay_ruleset_ref(assay_ruleset *ruleset) {
  if (ruleset) atomic_fetch_add_explicit(&ruleset->refs, 1, memory_order_relaxed);
  return ruleset;
}

void assay_ruleset_unref(assay_ruleset *ruleset) {
  if (!ruleset || atomic_fetch_sub_explicit(&ruleset->refs, 1, memory_order_acq_rel) != 1) return;
  linked_free(ruleset->linked);
  compilation_end(ruleset->compilation, ruleset->alloc);
  assay_vocabulary_unref(ruleset->vocabulary);
  mem_free(ruleset->alloc, ruleset, sizeof *ruleset);
}

size_t assay_ruleset_rule_count(const assay_ruleset *ruleset) {
  return ruleset ? ruleset->linked->program->rules_count : 0;
}

assay_status assay_ruleset_rule_at(const assay_ruleset *ruleset, size_t index, assay_rule_info *out) {
  if (!ruleset || !out || index >= ruleset->linked->program->rules_count) return ASSAY_BAD_ARGUMENT;
  const struct program *p = ruleset->linked->program;
  const struct rule *rule = &p->rules[index];
  *out = (assay_rule_info){.name = rule->name.ptr,
                           .describe = rule->describe.ptr,
                           .group = rule->group == NO_INDEX ? "" : p->groups[rule->group].name.ptr,
                           .score = rule->score,
                           .disabled = rule->disabled,
                           .file = rule->file.ptr,
                           .line = rule->line};
  return ASSAY_OK;
}

bool assay_ruleset_threshold(const assay_ruleset *ruleset, assay_action action, int64_t *out) {
  if (out) *out = 0;
  if (!ruleset || !out || (unsigned)action >= ACTION_COUNT) return false;
  const struct threshold *threshold = &ruleset->linked->program->thresholds[action];
  if (threshold->set) *out = threshold->at;
  return threshold->set;
}

const char *assay_ruleset_id(const assay_ruleset *ruleset) {
  return ruleset ? ruleset->id : "";
}

void assay_ruleset_statistics(const assay_ruleset *ruleset, assay_ruleset_stats *out) {
  if (out) *out = ruleset ? ruleset->stats : (assay_ruleset_stats){0};
}

bool assay_ruleset_reads(const assay_ruleset *ruleset, assay_fact fact) {
  unsigned field = 0;
  bool is_fact = ruleset && fact_field((unsigned)fact, vocabulary_fact_count(ruleset->linked->vocabulary), &field);
  return is_fact && ruleset->linked->reads >> field & 1;
}

assay_status assay_ruleset_disassemble(const assay_ruleset *ruleset, const char *rule, assay_write_fn write,
                                       void *user) {
  if (!ruleset || !write) return ASSAY_BAD_ARGUMENT;
  struct buf out;
  buf_init(&out, ruleset->alloc);
  bool found = true;
  if (rule)
    found = disasm_rule(&out, ruleset->linked->verified, text_from(rule));
  else
    disasm_program(&out, ruleset->linked->verified);
  assay_status status = out.failed ? ASSAY_NO_MEMORY : found ? ASSAY_OK : ASSAY_NOT_FOUND;
  if (status == ASSAY_OK && out.len) write(user, out.ptr, out.len);
  buf_free(&out);
  return status;
}
