/* Owns the public face of loading: what a host's loader is handed, and what becomes of it.
 * Must never know: the file system, or what is written in files. */
#include "lib/loader_host.h"

#include <stdint.h>

#include "base/buf.h"

struct assay_load {
  struct arena *arena;
  bool reading;
  size_t limit;
  struct buf bytes;
  struct text identity, error;
  VEC(struct text) paths;
  assay_status status; /* the first thing that went wrong in here */
};

/* The first failure stays, whatever the host makes of it. */
static assay_status settle(assay_load *load, assay_status status) {
  if (load->arena->failed || load->bytes.failed) status = ASSAY_NO_MEMORY;
  if (load->status == ASSAY_OK) load->status = status;
  return status;
}

assay_status assay_load_bytes(assay_load *load, const void *bytes, size_t len) {
  if (!load || !load->reading || (!bytes && len)) return ASSAY_BAD_ARGUMENT;
  if (len > load->limit - load->bytes.len) return settle(load, ASSAY_OVER_LIMIT);
  if (len) buf_text(&load->bytes, text_of(bytes, len));
  return settle(load, ASSAY_OK);
}

assay_status assay_load_identity(assay_load *load, const char *identity) {
  if (!load || !load->reading || !identity) return ASSAY_BAD_ARGUMENT;
  load->identity = arena_text(load->arena, text_from(identity));
  return settle(load, ASSAY_OK);
}

assay_status assay_load_error(assay_load *load, const char *reason) {
  if (!load || !reason) return ASSAY_BAD_ARGUMENT;
  load->error = arena_text(load->arena, text_from(reason));
  return settle(load, ASSAY_OK);
}

assay_status assay_load_path(assay_load *load, const char *path) {
  if (!load || load->reading || !path) return ASSAY_BAD_ARGUMENT;
  struct text *slot = vec_add(load->arena, &load->paths);
  if (slot) *slot = arena_text(load->arena, text_from(path));
  return settle(load, ASSAY_OK);
}

/* --- what the compiler asks --- */

static assay_load start(struct arena *arena, bool reading, size_t limit) {
  assay_load load = {.arena = arena, .reading = reading, .limit = limit};
  buf_init(&load.bytes, arena->alloc);
  return load;
}

/* What the host answered, unless something went wrong in here; the reason, in its words if it gave some. */
static assay_status finish(assay_load *load, assay_status answered, struct text *error) {
  assay_status status = load->status != ASSAY_OK ? load->status : answered;
  const char *words = assay_status_text(status);
  *error = load->error.len ? load->error : arena_text(load->arena, text_from(words));
  return load->arena->failed ? ASSAY_NO_MEMORY : status;
}

static assay_status host_read(void *user, struct arena *arena, struct text path, size_t limit, struct loaded *out) {
  const assay_loader *host = user;
  assay_load load = start(arena, true, limit);
  struct text name = arena_text(arena, path);
  if (arena->failed) return ASSAY_NO_MEMORY;
  assay_status status = memchr(name.ptr, '\0', name.len) ? ASSAY_NOT_FOUND : host->read(host->user, name.ptr, &load);
  status = finish(&load, status, &out->error);
  struct text bytes = status == ASSAY_OK ? arena_text(arena, buf_view(&load.bytes)) : TEXT("");
  out->real = load.identity.len ? load.identity : name;
  out->bytes = (char *)(uintptr_t)bytes.ptr;
  out->len = bytes.len;
  buf_free(&load.bytes);
  return arena->failed ? ASSAY_NO_MEMORY : status;
}

static assay_status host_expand(void *user, struct arena *arena, struct text path, struct expanded *out) {
  const assay_loader *host = user;
  assay_load load = start(arena, false, 0);
  struct text name = arena_text(arena, path);
  if (arena->failed) return ASSAY_NO_MEMORY;
  if (!host->expand || memchr(name.ptr, '\0', name.len)) return ASSAY_OK;
  assay_status status = finish(&load, host->expand(host->user, name.ptr, &load), &out->error);
  out->paths = load.paths.at;
  out->count = status == ASSAY_OK ? load.paths.count : 0;
  return status;
}

struct loader loader_host(const assay_loader *host) {
  return (struct loader){(void *)(uintptr_t)host, host_read, host_expand};
}
