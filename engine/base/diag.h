/* Owns the list of diagnostics and how one is drawn: place, source line, carets, second place, help.
 * Must never know: which codes exist, or the pass that speaks. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <assay/status.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/source.h"

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

struct diag_code {
  const char *code, *name;
  enum diag_severity severity;
  const char *doc;
};

struct diag_mark {
  struct place place; /* line 0: none; its texts are copies, of a long line a part */
  size_t skipped;     /* bytes of the line before that part */
  struct text label;
};

struct diag {
  const struct diag_code *code;
  struct span span;
  struct text message, help, chain; /* chain: "included from a:1, b:2", empty for a named file */
  struct diag_mark first, second;
};

enum { DIAG_KEEP_MAX = 1000 }; /* more are counted, not kept; an error then takes the place of a warning */

struct diags {
  struct arena arena;
  const struct sources *sources; /* to resolve spans while compiling; diagnostics keep copies */
  VEC(struct diag) list;
  size_t errors, warnings, dropped; /* the first two count the dropped ones too */
  size_t kept_warnings;
  bool open;  /* the latest report was kept, and may be added to */
  bool muted; /* what is reported is neither kept nor counted */
};

void diags_init(struct diags *diags, const assay_alloc *alloc);
void diags_free(struct diags *diags);

/* Adds a diagnostic; the two calls below add to the latest. All are no-ops once memory is out (arena.failed). */
void diag_report(struct diags *diags, const struct diag_code *code, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_second(struct diags *diags, struct span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_help(struct diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Brings them into the order of files, as they were read, and places; those of one place stay as they were found. */
void diags_sort(struct diags *diags);

/* Draws one. */
void diag_render(struct buf *out, const struct diag *diag, bool colour);

#endif
