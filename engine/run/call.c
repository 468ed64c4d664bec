/* Owns the calls of a host's functions: values out to it and its answer back, checked.
 * Must never know: what the function does, or which rule asks. */
#include "run/call.h"

#include "run/ops.h"
#include "run/vm_body.h"

struct assay_call {
  struct workspace *ws;
};

void *call_memory(assay_call *call, size_t size) {
  return arena_new(&call->ws->arena, size);
}

static void text_out(assay_value *out, struct text text) {
  out->bytes = text.len ? text.ptr : "";
  out->len = text.len;
}

/* An operand for a string is lowered to one, so only the types of the function come here. */
static assay_value value_out(assay_type type, const struct value *value) {
  assay_value out = {.type = type, .bytes = ""};
  switch (type) {
    case ASSAY_TYPE_BOOL:
    case ASSAY_TYPE_INT: out.number = value->number; break;
    case ASSAY_TYPE_REAL: out.real = value->real; break;
    case ASSAY_TYPE_NAME: text_out(&out, value->host->raw); break;
    case ASSAY_TYPE_ADDRESS:
      text_out(&out, text_of((const char *)value->addr.bytes, value->addr.family == 4   ? 4
                                                              : value->addr.family == 6 ? 16
                                                                                        : 0));
      break;
    default: text_out(&out, value->text); break;
  }
  return out;
}

static bool address_in(struct addr *out, struct text bytes) {
  *out = (struct addr){.family = bytes.len == 4 ? 4 : bytes.len == 16 ? 6 : 0};
  if (bytes.len) memcpy(out->bytes, bytes.ptr, bytes.len <= 16 ? bytes.len : 0);
  return bytes.len == 0 || out->family != 0;
}

/* The function's answer as a value; false where it is not what the function promised. */
static bool value_in(struct workspace *ws, const assay_value *in, assay_type type, struct value *out) {
  struct text bytes = text_of(in->bytes ? in->bytes : "", in->len);
  if (in->type != type || (!in->bytes && in->len)) return false;
  *out = (struct value){.known = 1};
  switch (type) {
    case ASSAY_TYPE_BOOL: out->number = in->number != 0; return true;
    case ASSAY_TYPE_INT: out->number = in->number; return true;
    case ASSAY_TYPE_REAL: out->real = in->real; return in->real == in->real; /* not a number compares with nothing */
    case ASSAY_TYPE_ADDRESS: return address_in(&out->addr, bytes);
    case ASSAY_TYPE_NAME: value_name(ws, arena_text(&ws->arena, bytes), out); return true;
    case ASSAY_TYPE_MAILBOX: out->text = mailbox_canonical(&ws->arena, bytes); return true;
    default: out->text = arena_text(&ws->arena, bytes); return true;
  }
}

/* One call with known operands. */
static void call_once(struct workspace *ws, const struct host_function *function, const struct value *const *operands,
                      struct value *out) {
  assay_value arguments[ARGUMENTS_MAX], result = {.type = function->result};
  assay_call call = {ws};
  for (size_t i = 0; i < function->count; i++) arguments[i] = value_out(function->arguments[i], operands[i]);
  assay_status status = function->call(function->user, arguments, &result, &call);
  if (status == ASSAY_NO_MEMORY) ws->failed = true;
  if (status != ASSAY_OK || !value_in(ws, &result, function->result, out)) *out = value_unknown(OUTCOME_FAILED);
}

static void call_each(struct workspace *ws, const struct host_function *function, const struct value **operands,
                      unsigned each, struct value *out) {
  const struct value *list = operands[each];
  struct joined joined = vm_join_begin(list);
  for (uint32_t i = 0; i < list->count; i++) {
    struct value item;
    operands[each] = &list->items[i];
    call_once(ws, function, operands, &item);
    vm_join(ws, &joined, &item, false);
  }
  *out = vm_joined(&joined);
}

/* Its operands are its own business: there may be more than two, and unknown ones. */
void value_CALL(struct workspace *ws, const struct insn *insn, const struct value *a, const struct value *b,
                struct value *out) {
  (void)a, (void)b;
  const struct program *p = ws->linked->program;
  const struct call *call = &p->calls[insn->c];
  const struct host_function *function = ws->linked->functions[call->function];
  const struct value *operands[ARGUMENTS_MAX] = {NULL};
  unsigned each = insn->each ? (unsigned)__builtin_ctz(insn->each) : ARGUMENTS_MAX;
  const struct value *open = NULL; /* the unknown one whose reason decides */
  for (unsigned i = 0; i < function->count; i++) {
    operands[i] = workspace_slot(ws, call->operands[i]);
    if (!operands[i]->known && (!open || value_why(operands[i]) > value_why(open))) open = operands[i];
  }
  if (open && each < ARGUMENTS_MAX && vm_may_be_nothing(operands[each]) && value_why(operands[each]) < value_why(open))
    open = operands[each]; /* an empty list decides by itself */
  if (each < ARGUMENTS_MAX && vm_is_nothing(operands[each]))
    *out = (struct value){.known = 1};
  else if (open)
    *out = value_unknown((enum outcome)open->outcome);
  else if (each < ARGUMENTS_MAX)
    call_each(ws, function, operands, each, out);
  else
    call_once(ws, function, operands, out);
}
