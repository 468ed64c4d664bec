/* Owns what the compiler has to say about rules: diagnostics with code, place, help; and how they are drawn.
 * Must never know: which passes there are. */
#ifndef ASSAY_DIAG_H
#define ASSAY_DIAG_H

#include <assay/status.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum assay_severity { ASSAY_ERROR, ASSAY_WARNING } assay_severity;

/* A list of diagnostics, by file in the order of reading, and place; it holds the source lines it points into. One thread at a time.
 * caller frees with assay_diags_free (NULL is allowed). Since 0.1. */
typedef struct assay_diags assay_diags;

/* One place in a source file. line and column count from 1, columns in bytes; line 0: no place is known.
 * Texts are NUL-terminated, borrowed from the list. */
typedef struct assay_place {
  const char *file;
  unsigned line, column;
  unsigned end_line, end_column; /* one behind the last byte */
  const char *label;             /* what the caret's line says, or NULL */
} assay_place;

/* Borrowed from the list; lives as long as it does. Since 0.1. */
typedef struct assay_diag {
  assay_severity severity;
  const char *code;    /* stable: "E203" */
  const char *message; /* one line, no full stop */
  const char *help;    /* what to do about it, or NULL */
  assay_place place;
  assay_place second; /* "first defined here"; line 0 when there is none */
} assay_diag;

/* Where rendered and printed text goes; called with runs of bytes, never with a NUL among them on purpose. */
typedef void (*assay_write_fn)(void *user, const char *bytes, size_t len);

ASSAY_API void assay_diags_free(assay_diags *diags);
/* How many can be looked at: at most a thousand, errors rather than warnings. The two below count all of them. */
ASSAY_API size_t assay_diags_count(const assay_diags *diags);
ASSAY_API size_t assay_diags_errors(const assay_diags *diags);
ASSAY_API size_t assay_diags_warnings(const assay_diags *diags);

/* ASSAY_BAD_ARGUMENT when there is no such one. Since 0.1. */
ASSAY_API assay_status assay_diags_at(const assay_diags *diags, size_t index, assay_diag *out);

/* Draws one diagnostic with its source lines and carets, in colour (ANSI) if asked. Since 0.1. */
ASSAY_API assay_status assay_diags_render(const assay_diags *diags, size_t index, bool colour, assay_write_fn write,
                                          void *user);

/* The table of all codes. Static. Since 0.1. */
typedef struct assay_diag_code {
  const char *code;    /* "E203" */
  const char *name;    /* "unknown-name" */
  assay_severity severity;
  const char *doc;     /* a sentence or two: what it means and what to do */
} assay_diag_code;

ASSAY_API size_t assay_diag_code_count(void);
ASSAY_API const assay_diag_code *assay_diag_code_at(size_t index); /* NULL past the end */

#ifdef __cplusplus
}
#endif
#endif
