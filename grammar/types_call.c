/* Owns the types of calls and properties: which row of a function fits its arguments.
 * Must never know: bytecode. */
#include "facts/field.h"
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
    case '^': return type_is_list(arg->type);
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

static size_t row_number(const struct function_info *f) {
  return (size_t)(f - function_at(0));
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

static void no_row(struct compilation *c, const struct expr *e, const struct function_info *first) {
  size_t count = e->b ? e->b->count : 0;
  bool counted = false;
  for (const struct function_info *f = first; f && strcmp(f->name, first->name) == 0;
       f = function_at(row_number(f) + 1))
    counted |= strlen(f->args) == count;
  for (size_t i = 0; i < count; i++)
    if (e->b->items[i]->type == TYPE_COUNT_OF && e->b->items[i]->kind == E_BAD) return;
  if (counted)
    report(c->diags, TYPE, e->span, "the arguments do not fit %s", first->name);
  else
    report(c->diags, ARGUMENTS, e->span, "%s does not take %zu argument%s", first->name, count, count == 1 ? "" : "s");
  diag_help(c->diags, "it is %s", first->shown);
}

/* At most one argument may be one element of a list; the result then is one of each. */
static void take_each(struct compilation *c, struct expr *e) {
  unsigned each = 0;
  for (size_t i = 0; e->b && i < e->b->count; i++) each += e->b->items[i]->each;
  e->each = each > 0;
  if (each > 1) report(c->diags, TYPE, e->span, "only one argument may stand under any(…)");
}

static bool is_static(const struct expr *arg) {
  return arg->kind == E_LIST || arg->kind == E_MAP;
}

void types_call(struct compilation *c, struct expr *e) {
  const struct function_info *first = function_find(e->text);
  for (size_t i = 0; e->b && i < e->b->count; i++)
    if (!is_static(e->b->items[i])) types_value(c, e->b->items[i]);
  for (const struct function_info *f = first; f && strcmp(f->name, first->name) == 0;
       f = function_at(row_number(f) + 1)) {
    if (!row_fits(c, f, e->b)) continue;
    if (strcmp(f->args, "Z") == 0) {
      add_client_ip(c, e); /* which makes the next row fit */
      continue;
    }
    e->index = (uint32_t)row_number(f);
    e->type = f->result;
    if (strcmp(f->args, "ss") == 0) lower_literal(c, e->b);
    take_each(c, e);
    return;
  }
  if (first) no_row(c, e, first);
}

/* --- properties --- */

static void unknown_property(struct compilation *c, struct expr *e) {
  report(c->diags, UNKNOWN_PROPERTY, e->word, "%s %s has no property `%.*s`", types_article(e->a->type),
         type_word(e->a->type), TEXT_ARG(e->text));
  struct nearest nearest = nearest_start(e->text);
  for (size_t i = 0; property_at(i); i++)
    if (property_at(i)->on == e->a->type) nearest_offer(&nearest, text_from(property_at(i)->word));
  if (nearest_good(&nearest)) diag_help(c->diags, "did you mean `.%.*s`?", TEXT_ARG(nearest.best));
  else if (text_is(e->text, "length")) diag_help(c->diags, "length is a function: length(x)");
}

/* label(n) is the one property with an argument, and that is a constant. */
static bool property_args(struct compilation *c, struct expr *e, const struct property_info *property) {
  size_t count = e->b ? e->b->count : 0;
  if (count != property->args) {
    report(c->diags, ARGUMENTS, e->span, "`.%s` takes %u argument%s", property->word, property->args,
           property->args == 1 ? "" : "s");
    return false;
  }
  if (count == 0) return true;
  struct expr *n = e->b->items[0];
  types_value(c, n);
  bool whole =
      n->kind == E_NUMBER && types_coerce(n, TYPE_INT) && n->number.milli >= -255000 && n->number.milli <= 255000;
  if (!whole) {
    report(c->diags, ARGUMENTS, n->span, "`.label` takes a constant between -255 and 255");
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
