/* Owns what there is to say about rules and settings: diagnostics with code, place, help; and how they are drawn.
 * Must never know: which passes there are. */
#ifndef ASSAY_DIAG_H
#define ASSAY_DIAG_H

#include <assay/status.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An error keeps rules from being compiled, or settings from being used; a warning does not. Since 0.1. */
typedef enum assay_severity { ASSAY_ERROR, ASSAY_WARNING } assay_severity;

/* A list of diagnostics, by file in the order of reading, and place; it holds the source lines it points into, so
 * it outlives rule set, settings, texts and loader, but not the allocator it was made with. Nothing but
 * assay_settings_complain changes it any more: any number of threads may read it. Caller frees with assay_diags_free. Since 0.1. */
typedef struct assay_diags assay_diags;

/* One place in a source file. line and column count from 1, columns in bytes; line 0: no place is known, and file
 * is then "". Texts are NUL-terminated, borrowed from the list. Since 0.1. */
typedef struct assay_place {
  const char *file;
  unsigned line, column;
  unsigned end_line, end_column; /* one behind the last byte */
  const char *label;             /* what the caret's line says, or NULL */
} assay_place;

/* One diagnostic. Its texts are NUL-terminated, borrowed from the list, and live as long as it does. Since 0.1. */
typedef struct assay_diag {
  assay_severity severity;
  const char *code;    /* stable: "E203" */
  const char *message; /* one line, no full stop */
  const char *help;    /* what to do about it, or NULL */
  assay_place place;
  assay_place second; /* "first defined here"; line 0 when there is none */
} assay_diag;

/* Where rendered and printed text goes: called once or several times with runs of UTF-8, not NUL-terminated, that
 * live until it returns. user is what was handed in with it. Since 0.1. */
typedef void (*assay_write_fn)(void *user, const char *bytes, size_t len);

/* Frees the list; NULL is allowed. Since 0.1. */
ASSAY_API void assay_diags_free(assay_diags *diags);

/* How many can be looked at: at most a thousand, errors rather than warnings. The two below count all of them. 0 of
 * NULL. Since 0.1. */
ASSAY_API size_t assay_diags_count(const assay_diags *diags);
ASSAY_API size_t assay_diags_errors(const assay_diags *diags);
ASSAY_API size_t assay_diags_warnings(const assay_diags *diags);

/* Fills *out with the diagnostic of this index. ASSAY_BAD_ARGUMENT when there is none, or a pointer is NULL.
 * Since 0.1. */
ASSAY_API assay_status assay_diags_at(const assay_diags *diags, size_t index, assay_diag *out);

/* Draws one diagnostic with its source lines and carets, in colour (ANSI) if asked. What could drive a terminal is
 * drawn as ?. ASSAY_NO_MEMORY, and then nothing is written; ASSAY_BAD_ARGUMENT as above. Since 0.1. */
ASSAY_API assay_status assay_diags_render(const assay_diags *diags, size_t index, bool colour, assay_write_fn write,
                                          void *user);

/* The paths that the compiler looked for, each once, as it was spelled or put behind the folder of the file that names
 * it: files of rules and of lists, folders and globs, also those where nothing was. In the order of looking. Whoever
 * compiles again when one of them has changed, come or gone, in success and in failure, misses nothing. NUL-terminated,
 * borrowed from the list; 0 of NULL, and NULL past the end. Since 0.1. */
ASSAY_API size_t assay_diags_path_count(const assay_diags *diags);
ASSAY_API const char *assay_diags_path_at(const assay_diags *diags, size_t index);

/* A row of the table of all codes; all texts are NUL-terminated. Static. Since 0.1. */
typedef struct assay_diag_code {
  const char *code;    /* "E203" */
  const char *name;    /* "unknown-name" */
  assay_severity severity;
  const char *doc;     /* a sentence or two: what it means and what to do */
} assay_diag_code;

/* How many codes there are, and each of them, by its place in the table; NULL past the end. Static. From any
 * thread. Since 0.1. */
ASSAY_API size_t assay_diag_code_count(void);
ASSAY_API const assay_diag_code *assay_diag_code_at(size_t index);

#ifdef __cplusplus
}
#endif
#endif
