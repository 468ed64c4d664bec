/* Owns the table of diagnostic codes, made from codes.def.
 * Must never know: when a code is used. */
#ifndef GRAMMAR_CODES_H
#define GRAMMAR_CODES_H

#include "base/diag.h"

enum code {
#define CODE(id, code, name, severity, doc) CODE_##id,
#include "grammar/codes.def"
#undef CODE
  CODE_COUNT
};

/* Borrowed from a static table; `code` must be below CODE_COUNT. */
const struct diag_code *code_info(unsigned code);

/* diag_report with a code of this table. */
#define report(diags, id, span, ...) diag_report((diags), code_info(CODE_##id), (span), __VA_ARGS__)

#endif
