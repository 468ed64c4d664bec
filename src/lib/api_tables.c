/* Owns the public tables of functions and properties.
 * Must never know: how they are computed. */
#include "lib/handles.h"

static const assay_function_info functions[] = {
#define FUNCTION(name, result, op, args, shown, doc) {name, shown, doc},
#include "grammar/functions.def"
#undef FUNCTION
};

static const assay_property_info properties[] = {
#define WORD_BOOL "bool"
#define WORD_INT "int"
#define WORD_STRING "string"
#define WORD_NAME "name"
#define WORD_ADDRESS "address"
#define WORD_MAILBOX "mailbox"
#define PROP(id, word, doc, class) {"name", #word, "bool", doc},
#include "facts/host_props.def"
#undef PROP
#define PROPERTY(type, word, result, op, bit, args, doc) {WORD_##type, #word, WORD_##result, doc},
#include "grammar/properties.def"
#undef PROPERTY
};

const assay_function_info *assay_function_at(size_t index) {
  return index < sizeof functions / sizeof *functions ? &functions[index] : NULL;
}

const assay_property_info *assay_property_at(size_t index) {
  return index < sizeof properties / sizeof *properties ? &properties[index] : NULL;
}
