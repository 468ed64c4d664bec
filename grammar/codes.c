/* Owns the table of diagnostic codes, made from codes.def.
 * Must never know: when a code is used. */
#include "grammar/codes.h"

static const struct diag_code infos[] = {
#define CODE(id, code, name, severity, doc) {code, name, DIAG_##severity, doc},
#include "grammar/codes.def"
#undef CODE
};

const struct diag_code *code_info(unsigned code) {
  return &infos[code];
}
