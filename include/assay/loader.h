/* Owns where rule and list files come from: folders of the file system, or whatever a host has.
 * Must never know: what is written in them. */
#ifndef ASSAY_LOADER_H
#define ASSAY_LOADER_H

#include <assay/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One request to a loader: where it puts what it found. Lives until the loader's function returns; one thread.
 * Since 0.1. */
typedef struct assay_load assay_load;

/* What a host gives to have rules from memory, a database, an archive. It is only used, on the calling thread,
 * while rules are being compiled. A path is what the caller of the compiler named, or what an `include` or `from`
 * says, put behind the folder of the file that says it ("rules/site.rule" includes "../lists/x":
 * "rules/../lists/x"); it is NUL-terminated, holds no other NUL, and lives until the function returns. Set with the
 * macro, then fill in; of a larger size, which is a later version's, the rest is not looked at. Since 0.1. */
typedef struct assay_loader {
  size_t size; /* sizeof(assay_loader) */
  void *user;  /* handed to both functions */

  /* Puts the whole file into `load` with assay_load_bytes and answers ASSAY_OK. Any other status means that there is no
   * such file, and is what compiling answers where the path was named by its caller; assay_load_error says why, for the
   * diagnostic. ASSAY_NO_MEMORY ends the compiling. Never NULL. */
  assay_status (*read)(void *user, const char *path, assay_load *load);

  /* Names the files that a folder or a glob stands for with assay_load_path, in the order in which they are to be read,
   * and answers ASSAY_OK; none where `path` is neither, and then it is read as a file. Any other status is an error as
   * of `read`. NULL: there are neither folders nor globs. */
  assay_status (*expand)(void *user, const char *path, assay_load *load);
} assay_loader;

/* A loader without functions, to be filled in. Since 0.1. */
#define ASSAY_LOADER_INIT {sizeof(assay_loader), NULL, NULL, NULL}

/* Appends a copy of the bytes to the file. ASSAY_OVER_LIMIT when it is too large: 64 MiB for rules, 1 GiB for a
 * list; ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT in the function that expands. The loader need not look at it: the
 * compiler remembers. Since 0.1. */
ASSAY_API assay_status assay_load_bytes(assay_load *load, const void *bytes, size_t len);

/* What makes two paths the same file, so that it is included once: a resolved path, a row's key. Without it, the
 * path does. Copied; the last one counts. ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT in the function that expands. Since
 * 0.1. */
ASSAY_API assay_status assay_load_identity(assay_load *load, const char *identity);

/* Why the file cannot be had, in words that go into a diagnostic: "no such row". Copied; the last one counts.
 * ASSAY_NO_MEMORY. Since 0.1. */
ASSAY_API assay_status assay_load_error(assay_load *load, const char *reason);

/* Appends one of the files that the path stands for. Copied. ASSAY_NO_MEMORY; ASSAY_BAD_ARGUMENT in the function
 * that reads. Since 0.1. */
ASSAY_API assay_status assay_load_path(assay_load *load, const char *path);

#ifdef __cplusplus
}
#endif
#endif
