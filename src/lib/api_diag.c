/* Owns the public face of diagnostics.
 * Must never know: who reports them. */
#include "grammar/codes.h"
#include "lib/handles.h"

assay_diags *handle_diags(const assay_alloc *alloc) {
  assay_diags *diags = mem_new(alloc, sizeof *diags);
  if (!diags) return NULL;
  diags->alloc = alloc;
  diags_init(&diags->list, alloc);
  return diags;
}

void assay_diags_free(assay_diags *diags) {
  if (!diags) return;
  diags_free(&diags->list);
  mem_free(diags->alloc, diags, sizeof *diags);
}

size_t assay_diags_count(const assay_diags *diags) {
  return diags ? diags->list.list.count : 0;
}

size_t assay_diags_errors(const assay_diags *diags) {
  return diags ? diags->list.errors : 0;
}

size_t assay_diags_warnings(const assay_diags *diags) {
  return diags ? diags->list.warnings : 0;
}

static assay_place public_place(const struct diag_mark *mark) {
  const struct place *p = &mark->place;
  return (assay_place){.file = p->file.ptr ? p->file.ptr : "",
                       .line = p->line,
                       .column = p->column,
                       .end_line = p->end_line,
                       .end_column = p->end_column,
                       .label = mark->label.len ? mark->label.ptr : NULL};
}

assay_status assay_diags_at(const assay_diags *diags, size_t index, assay_diag *out) {
  if (!diags || !out || index >= diags->list.list.count) return ASSAY_BAD_ARGUMENT;
  const struct diag *diag = &diags->list.list.at[index];
  *out = (assay_diag){.severity = diag->code->severity == DIAG_ERROR ? ASSAY_ERROR : ASSAY_WARNING,
                      .code = diag->code->code,
                      .message = diag->message.ptr,
                      .help = diag->help.len ? diag->help.ptr : NULL,
                      .place = public_place(&diag->first),
                      .second = public_place(&diag->second)};
  return ASSAY_OK;
}

assay_status assay_diags_render(const assay_diags *diags, size_t index, bool colour, assay_write_fn write, void *user) {
  if (!diags || !write || index >= diags->list.list.count) return ASSAY_BAD_ARGUMENT;
  struct buf out;
  buf_init(&out, diags->alloc);
  diag_render(&out, &diags->list.list.at[index], colour);
  bool failed = out.failed;
  if (!failed) write(user, out.ptr, out.len);
  buf_free(&out);
  return failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}

size_t assay_diags_path_count(const assay_diags *diags) {
  return diags ? diags->paths.count : 0;
}

const char *assay_diags_path_at(const assay_diags *diags, size_t index) {
  return index < assay_diags_path_count(diags) ? diags->paths.at[index] : NULL;
}

/* --- codes --- */

static const assay_diag_code codes[] = {
#define CODE(id, code, name, severity, doc) {code, name, ASSAY_##severity, doc},
#include "grammar/codes.def"
#undef CODE
};

size_t assay_diag_code_count(void) {
  return sizeof codes / sizeof *codes;
}

const assay_diag_code *assay_diag_code_at(size_t index) {
  return index < sizeof codes / sizeof *codes ? &codes[index] : NULL;
}
