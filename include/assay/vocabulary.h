/* Owns what a host adds to the language: facts that its front end knows, and functions that it computes.
 * Must never know: a rule set, or a connection. */
#ifndef ASSAY_VOCABULARY_H
#define ASSAY_VOCABULARY_H

#include <assay/alloc.h>
#include <assay/facts.h>
#include <assay/status.h>
#include <assay/value.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many of each a vocabulary holds, and how many arguments a function takes. Since 0.1. */
#define ASSAY_HOST_FACTS_MAX 32
#define ASSAY_HOST_FUNCTIONS_MAX 256
#define ASSAY_ARGUMENTS_MAX 8

/* Words that rules may use beside those of the language. It is filled by one thread; the first rule set or facts
 * made with it close it, and from then on it is immutable and shared by threads. Counted: _ref and _unref are
 * atomic; rule sets and facts hold a reference. Since 0.1. */
typedef struct assay_vocabulary assay_vocabulary;

/* Makes a vocabulary without words. alloc NULL: malloc; else it must outlive the vocabulary, which rule sets and
 * facts keep alive. ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT when out is NULL. Caller frees with _unref. Since 0.1. */
ASSAY_API assay_status assay_vocabulary_new(assay_vocabulary **out, const assay_alloc *alloc);

/* Counts one more holder, and answers its argument; one less, and the last one frees. NULL is allowed. From any
 * thread. Since 0.1. */
ASSAY_API assay_vocabulary *assay_vocabulary_ref(assay_vocabulary *vocabulary);
ASSAY_API void assay_vocabulary_unref(assay_vocabulary *vocabulary);

/* Adds a fact: words of small letters, digits and _ with dots between them, "site.reputation"; of any type but
 * ASSAY_TYPE_REAL. Its number, for assay_facts_set and its like, goes to *out. In rules it is a fact like any
 * other. Texts are copied. ASSAY_BAD_VALUE: the name has not that form, is a word of the language, or begins with
 * the first word of another fact of the language or bears the name of a function; or the type is none of a fact.
 * ASSAY_BAD_ARGUMENT: the vocabulary is closed, or a pointer is NULL. ASSAY_OVER_LIMIT: it holds
 * ASSAY_HOST_FACTS_MAX. ASSAY_NO_MEMORY. After an error the vocabulary and *out are as they were. Since 0.1. */
ASSAY_API assay_status assay_vocabulary_add_fact(assay_vocabulary *vocabulary, const char *name, assay_type type,
                                                 const char *doc, assay_fact *out);

/* A function by name and type. Set with the macro, then fill in. Since 0.1. */
typedef struct assay_function {
  size_t size; /* sizeof(assay_function) */
  const char *name;
  assay_type result;           /* any type but a list */
  const assay_type *arguments; /* any type but a list and a bool. A STRING takes names and mailboxes too, in their
                                  compared form: in lower case, a name without its last dot */
  size_t argument_count;       /* 1 to ASSAY_ARGUMENTS_MAX */
  const char *doc;             /* a sentence */
  assay_function_fn call;
  void *user; /* handed to call; must outlive the vocabulary, as must call */
} assay_function;

/* A function without anything, to be filled in. Since 0.1. */
#define ASSAY_FUNCTION_INIT {sizeof(assay_function), NULL, ASSAY_TYPE_BOOL, NULL, 0, NULL, NULL, NULL}

/* Adds a function. Everything is copied. ASSAY_BAD_VALUE: the name is not of the form "word" or "word.word", or is
 * taken, as of a fact; or a type is none that may stand there. ASSAY_BAD_ARGUMENT: the vocabulary is closed, a
 * pointer but user is NULL, the size is smaller than this struct's, or the number of arguments is none.
 * ASSAY_OVER_LIMIT: it holds ASSAY_HOST_FUNCTIONS_MAX. ASSAY_NO_MEMORY. Since 0.1. */
ASSAY_API assay_status assay_vocabulary_add_function(assay_vocabulary *vocabulary, const assay_function *function);

/* Makes facts of one connection that hold those of the vocabulary too: as assay_facts_new. They hold a reference on
 * the vocabulary, and close it. vocabulary NULL: none. Caller frees with assay_facts_free. Since 0.1. */
ASSAY_API assay_status assay_facts_new_with(assay_facts **out, assay_vocabulary *vocabulary, const assay_alloc *alloc);

/* Memory of size bytes, zeroed and aligned for any type, that lives as long as the evaluation that called the
 * function, for the bytes of its result; nobody frees it. NULL when there is none, and then the evaluation ends
 * with ASSAY_NO_MEMORY, whatever the function answers; NULL of a call that is NULL. Since 0.1. */
ASSAY_API void *assay_call_memory(assay_call *call, size_t size);

#ifdef __cplusplus
}
#endif
#endif
