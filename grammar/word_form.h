/* Owns the question whether a host's word can be one of the language.
 * Must never know: which words there are. */
#ifndef GRAMMAR_WORD_FORM_H
#define GRAMMAR_WORD_FORM_H

#include <assay/alloc.h>
#include <stdbool.h>

#include "base/text.h"

enum { WORD_DOTS_MAX = 4 };

/* Whether rules can use the word for a fact or a function: small letters, digits and _, with at most so many dots, and
 * nothing that the grammar reads otherwise. False when memory is out. */
bool word_form(bool *out, struct text word, size_t dots, const assay_alloc *alloc);

#endif
