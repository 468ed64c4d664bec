/* Owns the files of a compilation: each is read once, by its real path, however often and however it is named.
 * Must never know: what is written in them. */
#include "grammar/compile.h"

void files_init(struct compilation *c) {
  intern_init(&c->paths, &c->arena);
  intern_init(&c->reals, &c->arena);
  intern_init(&c->looked, &c->arena);
}

void files_free(struct compilation *c) {
  for (size_t i = 0; i < c->files.count; i++) arena_free(&c->files.at[i].arena);
}

/* Reads a file; its bytes are given back where they are known under another path. */
static assay_status read_path(struct compilation *c, struct text path, size_t limit, uint32_t *number,
                              struct text *error) {
  struct loaded loaded = {.error = TEXT("")};
  struct arena arena;
  arena_init(&arena, c->arena.alloc, SIZE_MAX);
  assay_status status = c->loader->read(c->loader->user, &arena, path, limit, &loaded);
  if (status != ASSAY_OK) *error = arena_text(&c->arena, loaded.error);
  if (status != ASSAY_OK) goto done;
  *number = intern_add(&c->reals, loaded.real);
  if (*number != INTERN_NONE && *number < c->files.count) goto done;
  struct file *file = *number == INTERN_NONE ? NULL : vec_add(&c->arena, &c->files);
  status = file ? ASSAY_OK : ASSAY_NO_MEMORY;
  if (!file) goto done;
  *file = (struct file){.arena = arena, .bytes = text_of(loaded.bytes, loaded.len)};
  arena_init(&arena, c->arena.alloc, SIZE_MAX);
done:
  arena_free(&arena);
  return status;
}

assay_status files_read(struct compilation *c, struct text path, size_t limit, uint32_t *number, struct text *error) {
  *error = TEXT("");
  uint32_t at = c->arena.failed ? INTERN_NONE : intern_add(&c->paths, path);
  if (at == INTERN_NONE || intern_add(&c->looked, path) == INTERN_NONE) return ASSAY_NO_MEMORY;
  if (at == c->path_files.count) {
    uint32_t *slot = vec_add(&c->arena, &c->path_files);
    if (!slot) return ASSAY_NO_MEMORY;
    *slot = INTERN_NONE;
  }
  assay_status status = ASSAY_OK;
  *number = c->path_files.at[at];
  if (*number == INTERN_NONE) status = read_path(c, path, limit, number, error);
  if (status == ASSAY_OK) c->path_files.at[at] = *number;
  if (status == ASSAY_OK && c->files.at[*number].bytes.len > limit) status = ASSAY_OVER_LIMIT;
  if (c->arena.failed) status = ASSAY_NO_MEMORY;
  return status;
}
