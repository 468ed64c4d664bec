/* Owns the reading of rule files: includes at their place, each file once, cycles, globs, limits.
 * Must never know: what statements mean. */
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/parse.h"
#include "grammar/unknown.h"

enum { INCLUDE_DEPTH_MAX = 16, FILES_MAX = 10000 };

/* A file on the way from a named one to the one being read. */
struct chain {
  const struct chain *up;
  uint32_t real; /* its number among the files */
  struct text name;
  unsigned depth;
};

struct loading {
  struct compilation *c;
  struct stmt **tail;
  assay_status status; /* of the first path that could not be read */
};

static bool read_path(struct loading *l, struct text path, struct span from, const struct chain *up);

static struct text folder_of(struct text name) {
  size_t len = name.len;
  while (len > 0 && name.ptr[len - 1] != '/') len--;
  return text_of(name.ptr, len);
}

struct text path_beside(struct compilation *c, struct text path, struct text includer) {
  if (path.len && path.ptr[0] == '/') return path;
  struct text folder = folder_of(includer);
  char *bytes = arena_new(&c->arena, folder.len + path.len + 1);
  if (!bytes) return path;
  if (folder.len) memcpy(bytes, folder.ptr, folder.len);
  if (path.len) memcpy(bytes + folder.len, path.ptr, path.len);
  return text_of(bytes, folder.len + path.len);
}

void path_help(struct compilation *c, struct span from, assay_status status) {
  struct text folder = from.file ? folder_of(c->sources.files.at[from.file].name) : TEXT("");
  bool relative = from.file && !text_starts(sources_text(&c->sources, from), TEXT("\"/"));
  if (status == ASSAY_IO_ERROR)
    diag_help(c->diags, "it must be a file that whoever reads the rules may read");
  else if (relative && folder.len)
    diag_help(c->diags, "a path is relative to the file it stands in, here to `%.*s`", TEXT_ARG(folder));
  else if (relative)
    diag_help(c->diags, "a path is relative to the file it stands in");
}

static void report_cycle(struct loading *l, struct span from, const struct chain *up, uint32_t real, struct text name) {
  struct buf line;
  buf_init(&line, l->c->arena.alloc);
  buf_text(&line, name);
  const struct chain *at = up;
  for (bool found = false; at && !found; at = at->up) {
    found = at->real == real;
    buf_str(&line, " <- ");
    buf_text(&line, at->name);
  }
  report(l->c->diags, CYCLE, from, "these files include each other: %.*s", TEXT_ARG(buf_view(&line)));
  l->c->arena.failed |= line.failed;
  diag_help(l->c->diags, "a file is read once, however often it is named; take one of these includes out");
  buf_free(&line);
}

static bool in_progress(const struct chain *up, uint32_t real) {
  for (; up; up = up->up)
    if (up->real == real) return true;
  return false;
}

static void report_unreadable(struct loading *l, struct text path, struct span from, assay_status status,
                              struct text error) {
  if (l->status == ASSAY_OK && from.file == 0) l->status = status;
  if (status == ASSAY_OVER_LIMIT) {
    report(l->c->diags, TOO_LARGE, from, "`%.*s` is larger than %d MiB", TEXT_ARG(path), RULE_FILE_MAX >> 20);
    diag_help(l->c->diags, "items of lists can stand in files of their own: `list a_name : TYPE from \"file\"`");
  } else {
    report(l->c->diags, FILE, from, "cannot read `%.*s`: %.*s", TEXT_ARG(path), TEXT_ARG(error));
    path_help(l->c, from, status);
  }
  unknown_missing_file(l->c, from);
}

/* False when memory is out; what else goes wrong is reported, and then there is nothing. */
static bool expand(struct loading *l, struct text path, struct span from, struct expanded *out) {
  struct compilation *c = l->c;
  *out = (struct expanded){.error = TEXT("")};
  if (intern_add(&c->looked, path) == INTERN_NONE) return false;
  assay_status status = c->loader->expand(c->loader->user, &c->arena, path, out);
  if (status == ASSAY_OK || status == ASSAY_NO_MEMORY) return status == ASSAY_OK;
  report_unreadable(l, path, from, status, out->error);
  out->failed = true;
  return true;
}

static bool include(struct loading *l, const struct stmt *stmt, const struct chain *here) {
  struct compilation *c = l->c;
  struct expanded files;
  size_t used = 0;
  struct text pattern = path_beside(c, stmt->path.text, here->name);
  if (!expand(l, pattern, stmt->path.span, &files)) return false;
  bool is_glob = memchr(pattern.ptr, '*', pattern.len) || memchr(pattern.ptr, '?', pattern.len) ||
                 memchr(pattern.ptr, '[', pattern.len);
  if (files.failed) return true;
  if (!is_glob && files.count == 0) return read_path(l, pattern, stmt->path.span, here);
  for (size_t i = 0; i < files.count; i++) {
    if (is_glob && text_eq(files.paths[i], here->name)) continue;
    used++;
    if (!read_path(l, files.paths[i], stmt->path.span, here)) return false;
  }
  if (used > 0) return true;
  report(c->diags, NO_MATCH, stmt->path.span, "no file matches `%.*s`", TEXT_ARG(stmt->path.text));
  path_help(c, stmt->path.span, ASSAY_NOT_FOUND);
  unknown_missing_file(c, stmt->path.span);
  return true;
}

/* Takes the statements of one file into the whole, other files in the place of their includes. */
static bool splice(struct loading *l, struct stmt *list, const struct chain *here) {
  while (list) {
    struct stmt *next = list->next;
    list->next = NULL;
    if (list->kind == S_INCLUDE) {
      if (!include(l, list, here)) return false;
    } else if (list->kind == S_BROKEN && list->name.text.len == 0) {
      unknown_missing_file(l->c, list->span);
    } else {
      *l->tail = list;
      l->tail = &list->next;
    }
    list = next;
  }
  return true;
}

/* The caller named this file, so its tests of connections run. */
static bool note_named(struct compilation *c, uint32_t file) {
  uint32_t *slot = vec_add(&c->arena, &c->named_files);
  if (slot) *slot = file;
  return slot != NULL;
}

static bool parse_bytes(struct loading *l, struct text name, struct text bytes, struct span from,
                        const struct chain *here) {
  struct compilation *c = l->c;
  uint32_t file = sources_add(&c->sources, name, bytes, from);
  if (file == 0) return false;
  if (here->real != INTERN_NONE) c->files.at[here->real].rules = file;
  c->file_count++;
  if (here->up == NULL && !note_named(c, file)) return false;
  struct stmt *list = NULL;
  return parse_file(&c->arena, c->diags, file, bytes, &list) && splice(l, list, here);
}

static bool read_path(struct loading *l, struct text path, struct span from, const struct chain *up) {
  struct compilation *c = l->c;
  struct chain here = {up, INTERN_NONE, path, up ? up->depth + 1 : 0};
  if (here.depth > INCLUDE_DEPTH_MAX) {
    report(c->diags, TOO_DEEP, from, "includes are nested more than %d deep", INCLUDE_DEPTH_MAX);
    diag_help(c->diags, "let one file include the others side by side");
    unknown_missing_file(c, from);
    return true;
  }
  if (c->file_count >= FILES_MAX) {
    report(c->diags, TOO_LARGE, from, "more than %d files", FILES_MAX);
    diag_help(c->diags, "put rules that belong together into one file");
    unknown_missing_file(c, from);
    return true;
  }
  struct text error;
  assay_status status = files_read(c, path, RULE_FILE_MAX, &here.real, &error);
  if (status == ASSAY_NO_MEMORY) return false;
  if (status != ASSAY_OK) {
    report_unreadable(l, path, from, status, error);
    return true;
  }
  if (in_progress(up, here.real)) report_cycle(l, from, up, here.real, path);
  struct file *file = &c->files.at[here.real];
  if (file->rules) return up != NULL || note_named(c, file->rules); /* before, or a cycle that has been reported */
  return parse_bytes(l, path, file->bytes, from, &here);
}

static void loading_init(struct loading *l, struct compilation *c) {
  *l = (struct loading){.c = c, .tail = &c->statements};
  while (*l->tail) l->tail = &(*l->tail)->next;
}

bool load_paths(struct compilation *c, const struct text *paths, size_t count, assay_status *status) {
  struct loading l;
  loading_init(&l, c);
  for (size_t i = 0; i < count; i++) {
    struct expanded files;
    if (!expand(&l, paths[i], SPAN_NONE, &files)) return false;
    if (!files.failed && files.count == 0 && !read_path(&l, paths[i], SPAN_NONE, NULL)) return false;
    for (size_t k = 0; k < files.count; k++)
      if (!read_path(&l, files.paths[k], SPAN_NONE, NULL)) return false;
  }
  *status = l.status;
  return !c->arena.failed;
}

bool load_text(struct compilation *c, struct text name, struct text text, assay_status *status) {
  struct loading l;
  loading_init(&l, c);
  if (text.len > RULE_FILE_MAX) {
    report(c->diags, TOO_LARGE, SPAN_NONE, "`%.*s` is larger than %d MiB", TEXT_ARG(name), RULE_FILE_MAX >> 20);
    *status = ASSAY_OVER_LIMIT;
    return true;
  }
  struct text bytes = arena_text(&c->arena, text);
  struct chain here = {NULL, INTERN_NONE, arena_text(&c->arena, name), 0};
  return parse_bytes(&l, here.name, bytes, SPAN_NONE, &here) && !c->arena.failed;
}
