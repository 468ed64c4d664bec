/* Owns regular expressions at run time, through PCRE2: compile and JIT on first use, limits, match data.
 * Must never know: which fact is matched, or which rule asks. The compile options have a twin in the grammar's
 * check, which must accept nothing that is refused here. */
#include "run/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/num.h"

enum {
  PARENS_MAX = 200,
  MATCH_LIMIT = 500000, /* a millisecond or so of JIT code; ample for names, whatever the rule */
  DEPTH_LIMIT = 500000,
  HEAP_LIMIT_KIB = 4096,
  JIT_STACK_FIRST = 32 * 1024,
  JIT_STACK_MOST = 512 * 1024
};

/* What the first use makes of the source. Also made of a refused one, so that it is not compiled again each
 * time. */
struct compiled {
  pcre2_code *code; /* NULL: PCRE2 refused the source */
  bool jit;
};

struct pattern {
  const assay_alloc *alloc;
  struct text source;
  unsigned flags;
  _Atomic(struct compiled *) compiled;
};

struct pattern_scratch {
  const assay_alloc *alloc;
  pcre2_general_context *general;
  pcre2_match_context *context;
  pcre2_match_data *data;
  pcre2_jit_stack *stack; /* NULL where this PCRE2 has no JIT */
};

/* PCRE2 frees a block without saying how large it was, and the host's allocator must be told: each block carries
 * its size in front. */
struct block {
  _Alignas(max_align_t) size_t size;
};

static void *block_new(size_t size, void *user) {
  if (!num_add_size(size, sizeof(struct block), &size)) return NULL;
  struct block *block = mem_resize(user, NULL, 0, size);
  if (!block) return NULL;
  block->size = size;
  return block + 1;
}

static void block_free(void *at, void *user) {
  if (!at) return;
  struct block *block = (struct block *)at - 1;
  mem_free(user, block, block->size);
}

static pcre2_general_context *general_new(const assay_alloc *alloc) {
  /* PCRE2 hands the pointer back untouched, as the const it is. */
  return pcre2_general_context_create(block_new, block_free, (void *)(uintptr_t)alloc);
}

assay_status pattern_new(struct pattern **out, struct text source, unsigned flags, const assay_alloc *alloc) {
  *out = NULL;
  if (flags & ~(unsigned)(PATTERN_I | PATTERN_M | PATTERN_S | PATTERN_X | PATTERN_U)) return ASSAY_BAD_VALUE;
  if (source.len > PATTERN_SOURCE_MAX) return ASSAY_OVER_LIMIT;
  struct pattern *pattern = mem_new(alloc, sizeof *pattern);
  if (!pattern) return ASSAY_NO_MEMORY;
  pattern->alloc = alloc;
  pattern->source = source;
  pattern->flags = flags;
  atomic_init(&pattern->compiled, NULL);
  *out = pattern;
  return ASSAY_OK;
}

static void compiled_free(struct compiled *compiled, const assay_alloc *alloc) {
  if (!compiled) return;
  pcre2_code_free(compiled->code);
  mem_free(alloc, compiled, sizeof *compiled);
}

void pattern_free(struct pattern *pattern) {
  if (!pattern) return;
  compiled_free(atomic_load_explicit(&pattern->compiled, memory_order_acquire), pattern->alloc);
  mem_free(pattern->alloc, pattern, sizeof *pattern);
}

static uint32_t options_of(unsigned flags) {
  static const struct {
    unsigned flag;
    uint32_t option;
  } table[] = {{PATTERN_I, PCRE2_CASELESS}, {PATTERN_M, PCRE2_MULTILINE}, {PATTERN_S, PCRE2_DOTALL},
               {PATTERN_X, PCRE2_EXTENDED}, {PATTERN_U, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_UCP}};
  uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (flags & table[i].flag) options |= table[i].option;
  return flags & PATTERN_U ? options : options | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
}

/* The newline convention is set, not left to how the library was built: a rule means the same everywhere. */
static pcre2_compile_context *context_new(pcre2_general_context *general) {
  pcre2_compile_context *context = pcre2_compile_context_create(general);
  if (!context) return NULL;
  pcre2_set_max_pattern_length(context, PATTERN_SOURCE_MAX);
  pcre2_set_parens_nest_limit(context, PARENS_MAX);
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
  return context;
}

static bool has_jit_code(const pcre2_code *code) {
  size_t size = 0;
  return pcre2_pattern_info(code, PCRE2_INFO_JITSIZE, &size) == 0 && size > 0;
}

/* NULL when memory is out: nothing is published then, and a later match tries again. */
static struct compiled *compile(const struct pattern *pattern) {
  const assay_alloc *alloc = pattern->alloc;
  struct compiled *compiled = NULL, *result = NULL;
  pcre2_compile_context *context = NULL;
  pcre2_general_context *general = general_new(alloc);
  int error = 0;
  size_t offset = 0;
  if (!general || !(context = context_new(general))) goto done;
  compiled = mem_new(alloc, sizeof *compiled);
  if (!compiled) goto done;
  struct text source = pattern->source;
  PCRE2_SPTR at = (PCRE2_SPTR)(source.len ? source.ptr : "");
  compiled->code = pcre2_compile(at, source.len, options_of(pattern->flags), &error, &offset, context);
  if (!compiled->code && error == PCRE2_ERROR_HEAP_FAILED) goto done;
  if (compiled->code) {
    /* A failure here only means that the interpreter runs the pattern, under the same limits. */
    (void)pcre2_jit_compile(compiled->code, PCRE2_JIT_COMPLETE);
    compiled->jit = has_jit_code(compiled->code);
  }
  result = compiled;
  compiled = NULL;

done:
  compiled_free(compiled, alloc);
  pcre2_compile_context_free(context);
  pcre2_general_context_free(general);
  return result;
}

static const struct compiled *compiled_of(const struct pattern *pattern) {
  /* The one mutable part of a pattern, which is always made as a mutable object by pattern_new. */
  _Atomic(struct compiled *) *slot = &((struct pattern *)(uintptr_t)pattern)->compiled;
  struct compiled *found = atomic_load_explicit(slot, memory_order_acquire);
  if (found) return found;
  struct compiled *own = compile(pattern);
  if (!own) return NULL;
  if (atomic_compare_exchange_strong_explicit(slot, &found, own, memory_order_acq_rel, memory_order_acquire))
    return own;
  compiled_free(own, pattern->alloc);
  return found;
}

static bool jit_is_built_in(void) {
  uint32_t jit = 0;
  return pcre2_config(PCRE2_CONFIG_JIT, &jit) >= 0 && jit == 1;
}

/* False when memory is out; what was made so far is then the caller's to free. */
static bool scratch_fill(struct pattern_scratch *scratch) {
  scratch->general = general_new(scratch->alloc);
  if (!scratch->general) return false;
  scratch->context = pcre2_match_context_create(scratch->general);
  /* One pair is enough: nobody asks where the match lies. */
  scratch->data = pcre2_match_data_create(1, scratch->general);
  if (!scratch->context || !scratch->data) return false;
  pcre2_set_match_limit(scratch->context, MATCH_LIMIT);
  pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT);
  pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB);
  if (!jit_is_built_in()) return true;
  scratch->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MOST, scratch->general);
  if (!scratch->stack) return false;
  pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
  return true;
}

assay_status pattern_scratch_new(struct pattern_scratch **out, const assay_alloc *alloc) {
  *out = NULL;
  struct pattern_scratch *scratch = mem_new(alloc, sizeof *scratch);
  if (!scratch) return ASSAY_NO_MEMORY;
  scratch->alloc = alloc;
  if (!scratch_fill(scratch)) {
    pattern_scratch_free(scratch);
    return ASSAY_NO_MEMORY;
  }
  *out = scratch;
  return ASSAY_OK;
}

void pattern_scratch_free(struct pattern_scratch *scratch) {
  if (!scratch) return;
  pcre2_jit_stack_free(scratch->stack);
  pcre2_match_data_free(scratch->data);
  pcre2_match_context_free(scratch->context);
  pcre2_general_context_free(scratch->general);
  mem_free(scratch->alloc, scratch, sizeof *scratch);
}

enum pattern_answer pattern_match(const struct pattern *pattern, struct text subject,
                                  struct pattern_scratch *scratch) {
  const struct compiled *compiled = compiled_of(pattern);
  if (!compiled) return PATTERN_NO_MEMORY;
  if (!compiled->code) return PATTERN_LIMIT;
  PCRE2_SPTR at = (PCRE2_SPTR)(subject.len ? subject.ptr : "");
  const pcre2_code *code = compiled->code;
  int answer = compiled->jit ? pcre2_jit_match(code, at, subject.len, 0, 0, scratch->data, scratch->context)
                             : pcre2_match(code, at, subject.len, 0, 0, scratch->data, scratch->context);
  if (answer >= 0) return PATTERN_YES;
  if (answer == PCRE2_ERROR_NOMEMORY) return PATTERN_NO_MEMORY;
  return answer == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_LIMIT;
}
