/* Owns the types of calls and properties: which row of a function fits its arguments.
 * Must never know: bytecode. */
#include "grammar/codes.h"
#include "grammar/tables.h"
#include "grammar/types.h"

/* Whether the argument can stand for the letter; a literal then takes the type. */
static bool fits(struct compilation *c, char letter, struct expr *arg) {
  switch (letter) {
    case 's': return types_is_text(arg->type);
    case 'n': return types_coerce(arg, TYPE_NAME);
    case 'a': return arg->type == TYPE_ADDRESS;
    case 'i': return types_coerce(arg, TYPE_INT);
    case 'r': return types_coerce(arg, TYPE_REAL);
    case 'm': return types_coerce(arg, TYPE_MAILBOX);
    case '^': return type_is_list(arg->type) && !arg->each;
    case 'Y': return arg->kind == E_MAP;
    case 'Z': {
      bool zones = arg->kind == E_LIST &&
                   (c->lists.at[arg->index].type == LIST_NAME || c->lists.at[arg->index].type == LIST_STRING);
      return arg->kind == E_STRING || zones;
    }
    default: return false;
  }
}

static bool row_fits(struct compilation *c, const struct function_info *f, const struct expr *args) {
  size_t count = args ? args->count : 0;
  if (strlen(f->args) != count) return false;
  for (size_t i = 0; i < count; i++)
    if (!fits(c, f->args[i], args->items[i])) return false;
  return true;
}

/* dnsbl("zone") asks for the client's address. */
static void add_client_ip(struct compilation *c, struct expr *e) {
  struct expr *ip = arena_new(&c->arena, sizeof *ip);
  if (!ip || !arena_grow(&c->arena, (void **)&e->b->items, e->b->count, &e->b->cap, sizeof ip)) return;
  *ip = (struct expr){.kind = E_FACT, .span = e->span, .index = FIELD_CLIENT_IP, .type = TYPE_ADDRESS,
                      .feature = NO_INDEX, .second = NO_INDEX, .units = {NO_INDEX, NO_INDEX}};
  e->b->items[e->b->count++] = ip;
}

/* Names and mailboxes are seen in their compared form, so a literal beside one is lowered. */
static void lower_literal(struct compilation *c, struct expr *args) {
  if (args->count != 2 || args->items[1]->kind != E_STRING) return;
  enum value_type type = args->items[0]->type;
  struct text text = args->items[1]->text;
  if (type != TYPE_NAME && type != TYPE_MAILBOX) return;
  char *lower = arena_new(&c->arena, text.len + 1);
  for (size_t i = 0; lower && i < text.len; i++) lower[i] = ascii_lower(text.ptr[i]);
  if (lower) args->items[1]->text = text_of(lower, text.len);
}

static bool is_static(const struct expr *arg) {
  return arg->kind == E_LIST || arg->kind == E_MAP;
}

/* The row at the index, if it is one of the function's too. */
static const struct function_info *row_of(struct compilation *c, size_t index, const char *name) {
  const struct function_info *row = words_function(&c->words, index);
  return row && strcmp(row->name, name) == 0 ? row : NULL;
}

static void no_row(struct compilation *c, const struct expr *e, size_t first) {
  const struct function_info *f = words_function(&c->words, first), *row;
  size_t count = e->b ? e->b->count : 0;
  bool counted = false;
  for (size_t i = first; (row = row_of(c, i, f->name)); i++) counted |= strlen(row->args) == count;
  for (size_t i = 0; i < count; i++)
    if (e->b->items[i]->type == TYPE_COUNT_OF && !is_static(e->b->items[i])) return; /* which has been said */
  if (counted)
    report(c->diags, TYPE, e->span, "the arguments do not fit %s", f->name);
  else
    report(c->diags, ARGUMENTS, e->span, "%s does not take %zu argument%s", f->name, count, count == 1 ? "" : "s");
  diag_help(c->diags, "it is %s", f->shown);
}

/* At most one argument may be one element of a list; the result then is one of each. */
static void take_each(struct compilation *c, struct expr *e) {
  unsigned each = 0;
  for (size_t i = 0; e->b && i < e->b->count; i++) each += e->b->items[i]->each;
  e->each = each > 0;
  if (each > 1) report(c->diags, TYPE, e->span, "only one argument may stand under any(…)");
}

void types_call(struct compilation *c, struct expr *e) {
  size_t first = words_find_function(&c->words, e->text);
  const struct function_info *f = words_function(&c->words, first), *row;
  for (size_t i = 0; e->b && i < e->b->count; i++)
    if (!is_static(e->b->items[i])) types_value(c, e->b->items[i]);
  for (size_t i = first; f && (row = row_of(c, i, f->name)); i++) {
    if (!row_fits(c, row, e->b)) continue;
    if (strcmp(row->args, "Z") == 0) {
      add_client_ip(c, e); /* which makes the next row fit */
      continue;
    }
    e->index = (uint32_t)i;
    e->type = row->result;
    if (strcmp(row->args, "ss") == 0 && row->op != OP_CALL) lower_literal(c, e->b);
    take_each(c, e);
    return;
  }
  if (f) no_row(c, e, first);
}

/* --- properties --- */

/* What there is, where it is little. */
static void list_properties(struct compilation *c, enum value_type type) {
  enum { SHOWN_MAX = 12 };
  struct buf words;
  size_t count = 0;
  buf_init(&words, c->arena.alloc);
  for (size_t i = 0; property_at(i); i++)
    if (property_at(i)->on == type) buf_printf(&words, "%s.%s", count++ ? " " : "", property_at(i)->word);
  if (type == TYPE_STRING || type == TYPE_MAILBOX) buf_printf(&words, "%s.is_empty", count++ ? " " : "");
  if (count == 0)
    diag_help(c->diags, "%s %s has none", types_article(type), type_word(type));
  else if (count <= SHOWN_MAX)
    diag_help(c->diags, "it has %.*s", TEXT_ARG(buf_view(&words)));
  c->arena.failed |= words.failed;
  buf_free(&words);
}

static void unknown_property(struct compilation *c, struct expr *e) {
  const struct function_info *function = words_function(&c->words, words_find_function(&c->words, e->text));
  report(c->diags, UNKNOWN_PROPERTY, e->word, "%s %s has no property `%.*s`", types_article(e->a->type),
         type_word(e->a->type), TEXT_ARG(e->text));
  struct nearest nearest = nearest_start(e->text);
  for (size_t i = 0; property_at(i); i++)
    if (property_at(i)->on == e->a->type) nearest_offer(&nearest, text_from(property_at(i)->word));
  if (nearest_good(&nearest)) diag_help(c->diags, "did you mean `.%.*s`?", TEXT_ARG(nearest.best));
  else if (function) diag_help(c->diags, "it is a function: %s", function->shown);
  else list_properties(c, e->a->type);
}

/* label(n) is the one property with an argument, and that is a constant. */
static bool property_args(struct compilation *c, struct expr *e, const struct property_info *property) {
  size_t count = e->b ? e->b->count : 0;
  if (count != property->args) {
    report(c->diags, ARGUMENTS, e->span, "`.%s` takes %u argument%s", property->word, property->args,
           property->args == 1 ? "" : "s");
    diag_help(c->diags, property->args ? "write `.%s(0)` for the first" : "write `.%s` without parentheses", property->word);
    return false;
  }
  if (count == 0) return true;
  struct expr *n = e->b->items[0];
  types_value(c, n);
  bool whole =
      n->kind == E_NUMBER && types_coerce(n, TYPE_INT) && n->number.milli >= -255000 && n->number.milli <= 255000;
  if (!whole) {
    report(c->diags, ARGUMENTS, n->span, "`.label` takes a constant between -255 and 255");
    diag_help(c->diags, "0 is the first label, -1 the last");
    return false;
  }
  e->number = n->number;
  return true;
}

/* Every value can be empty; for those without the property in the table it is the bare value's negation. */
static bool bare_is_empty(struct compilation *c, struct expr *e) {
  bool takes =
      (e->a->type == TYPE_STRING || e->a->type == TYPE_MAILBOX || type_is_list(e->a->type)) && !e->b && !e->a->each;
  if (!takes || !text_is(e->text, "is_empty")) return false;
  struct span span = e->span;
  *e = *e->a;
  types_rewrite_not(c, e);
  e->span = span;
  return true;
}

void types_property(struct compilation *c, struct expr *e) {
  if (!e->a) return;
  types_value(c, e->a);
  if (e->a->type == TYPE_COUNT_OF || bare_is_empty(c, e)) return;
  const struct property_info *property = property_find(e->a->type, e->text);
  if (!property && type_is_list(e->a->type)) {
    types_need_any(c, e->a);
  } else if (!property) {
    unknown_property(c, e);
  } else if (property_args(c, e, property)) {
    e->kind = E_PROPERTY;
    e->index = (uint32_t)(property - property_at(0));
    e->type = property->result;
    e->each = e->a->each;
  }
}
