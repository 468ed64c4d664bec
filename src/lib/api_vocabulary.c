/* Owns the public face of vocabularies: which words a host may add.
 * Must never know: a rule set, or a connection. */
#include "grammar/word_form.h"
#include "lib/handles.h"
#include "run/call.h"

_Static_assert(ASSAY_HOST_FACTS_MAX == HOST_FACTS_MAX && ASSAY_HOST_FUNCTIONS_MAX == HOST_FUNCTIONS_MAX &&
                   ASSAY_ARGUMENTS_MAX == ARGUMENTS_MAX && (int)OPERANDS_MAX == (int)ARGUMENTS_MAX,
               "include/assay/vocabulary.h and the engine differ");
_Static_assert((int)ASSAY_TYPE_MAILBOX_LIST == (int)FIELD_MAILBOX_LIST && (int)ASSAY_TYPE_INT == (int)FIELD_INT,
               "the types of facts differ");

assay_status assay_vocabulary_new(assay_vocabulary **out, const assay_alloc *alloc) {
  if (!out) return ASSAY_BAD_ARGUMENT;
  *out = NULL;
  alloc = handle_alloc(alloc);
  assay_vocabulary *vocabulary = mem_new(alloc, sizeof *vocabulary);
  if (!vocabulary) return ASSAY_NO_MEMORY;
  vocabulary->alloc = alloc;
  atomic_init(&vocabulary->refs, 1);
  atomic_init(&vocabulary->closed, false);
  vocabulary_init(&vocabulary->words, alloc);
  *out = vocabulary;
  return ASSAY_OK;
}

assay_vocabulary *assay_vocabulary_ref(assay_vocabulary *vocabulary) {
  if (vocabulary) atomic_fetch_add_explicit(&vocabulary->refs, 1, memory_order_relaxed);
  return vocabulary;
}

void assay_vocabulary_unref(assay_vocabulary *vocabulary) {
  if (!vocabulary || atomic_fetch_sub_explicit(&vocabulary->refs, 1, memory_order_acq_rel) != 1) return;
  vocabulary_free(&vocabulary->words);
  mem_free(vocabulary->alloc, vocabulary, sizeof *vocabulary);
}

const struct vocabulary *vocabulary_close(assay_vocabulary *vocabulary) {
  if (!vocabulary) return NULL;
  atomic_store_explicit(&vocabulary->closed, true, memory_order_relaxed);
  return &vocabulary->words;
}

/* --- words --- */

static struct text first_word(struct text dotted) {
  const char *dot = memchr(dotted.ptr, '.', dotted.len);
  return text_of(dotted.ptr, dot ? (size_t)(dot - dotted.ptr) : dotted.len);
}

/* Free to be taken: no word of the language begins with its first, so neither hides the other or its properties. */
static assay_status word_free(const assay_vocabulary *vocabulary, struct text name) {
  struct words shipped = {.vocabulary = NULL};
  struct text first = first_word(name);
  if (vocabulary_find_fact(&vocabulary->words, name) < vocabulary_fact_count(&vocabulary->words) ||
      vocabulary_find_function(&vocabulary->words, name))
    return ASSAY_BAD_VALUE;
  for (size_t f = 0; words_fact(&shipped, f); f++)
    if (is_first_word(first, text_from(words_fact(&shipped, f)->name))) return ASSAY_BAD_VALUE;
  for (size_t f = 0; words_function(&shipped, f); f++)
    if (is_first_word(first, text_from(words_function(&shipped, f)->name))) return ASSAY_BAD_VALUE;
  return ASSAY_OK;
}

static assay_status check_word(const assay_vocabulary *vocabulary, const char *name, size_t dots) {
  bool is_word;
  if (atomic_load_explicit(&vocabulary->closed, memory_order_relaxed)) return ASSAY_BAD_ARGUMENT;
  if (!word_form(&is_word, text_from(name), dots, vocabulary->alloc)) return ASSAY_NO_MEMORY;
  return is_word ? word_free(vocabulary, text_from(name)) : ASSAY_BAD_VALUE;
}

assay_status assay_vocabulary_add_fact(assay_vocabulary *vocabulary, const char *name, assay_type type,
                                       const char *doc, assay_fact *out) {
  unsigned field = 0;
  if (!vocabulary || !name || !doc || !out) return ASSAY_BAD_ARGUMENT;
  assay_status status = check_word(vocabulary, name, WORD_DOTS_MAX);
  if (status == ASSAY_OK && (unsigned)type > ASSAY_TYPE_MAILBOX_LIST) status = ASSAY_BAD_VALUE;
  if (status == ASSAY_OK)
    status = vocabulary_add_fact(&vocabulary->words, name, (enum field_type)type, doc, &field);
  if (status == ASSAY_OK) *out = (assay_fact)(ASSAY_FACT_HOST + field - FIELD_COUNT);
  return status;
}

/* A bool is no argument, for a condition is no value; a list is taken through any(…). */
static bool types_ok(const assay_function *function) {
  unsigned result = (unsigned)function->result;
  bool ok = result <= ASSAY_TYPE_REAL && result != ASSAY_TYPE_MAILBOX_LIST;
  for (size_t i = 0; ok && i < function->argument_count; i++) {
    unsigned type = (unsigned)function->arguments[i];
    ok = type <= ASSAY_TYPE_REAL && type != ASSAY_TYPE_MAILBOX_LIST && type != ASSAY_TYPE_BOOL;
  }
  return ok;
}

assay_status assay_vocabulary_add_function(assay_vocabulary *vocabulary, const assay_function *function) {
  if (!vocabulary || !function || function->size < sizeof *function) return ASSAY_BAD_ARGUMENT;
  if (!function->name || !function->doc || !function->call || !function->arguments) return ASSAY_BAD_ARGUMENT;
  if (function->argument_count == 0 || function->argument_count > ASSAY_ARGUMENTS_MAX) return ASSAY_BAD_ARGUMENT;
  assay_status status = check_word(vocabulary, function->name, 1);
  if (status == ASSAY_OK && !types_ok(function)) status = ASSAY_BAD_VALUE;
  if (status != ASSAY_OK) return status;
  struct host_function row = {.name = function->name,
                              .doc = function->doc,
                              .result = function->result,
                              .count = function->argument_count,
                              .call = function->call,
                              .user = function->user};
  memcpy(row.arguments, function->arguments, row.count * sizeof *row.arguments);
  return vocabulary_add_function(&vocabulary->words, &row);
}

void *assay_call_memory(assay_call *call, size_t size) {
  return call ? call_memory(call, size) : NULL;
}
