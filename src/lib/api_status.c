/* Owns the words of statuses, and the version.
 * Must never know: anything else. */
#include "lib/handles.h"

static const char *const texts[] = {
    [ASSAY_OK] = "ok",
    [ASSAY_NO_MEMORY] = "out of memory",
    [ASSAY_BAD_ARGUMENT] = "the call broke its contract",
    [ASSAY_BAD_VALUE] = "the value does not have the form its type needs",
    [ASSAY_BAD_RULES] = "the rules have errors",
    [ASSAY_NOT_FOUND] = "not found",
    [ASSAY_IO_ERROR] = "the system could not read or write",
    [ASSAY_OVER_LIMIT] = "a limit was reached",
    [ASSAY_UNVERIFIED] = "the verifier refused the program",
    [ASSAY_BAD_SETTINGS] = "the settings have errors",
};

const char *assay_status_text(assay_status status) {
  size_t at = (size_t)status;
  return at < sizeof texts / sizeof *texts ? texts[at] : "unknown status";
}

const char *assay_version(void) {
  return ASSAY_VERSION;
}

const assay_alloc *handle_alloc(const assay_alloc *alloc) {
  return alloc ? alloc : &mem_default;
}
