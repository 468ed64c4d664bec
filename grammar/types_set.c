/* Owns the types of in, under and =~: what may stand on their right side, and the lists that inline sets become.
 * Must never know: bytecode. */
#include "grammar/codes.h"
#include "grammar/types.h"

/* Which lists a value can be looked for in. */
static bool list_takes(enum list_type list, enum value_type type) {
  switch (list) {
    case LIST_NAME: return type == TYPE_NAME;
    case LIST_STRING: return type == TYPE_STRING;
    case LIST_MAILBOX: return type == TYPE_MAILBOX;
    case LIST_ADDRESS:
    case LIST_NETWORK: return type == TYPE_ADDRESS;
    case LIST_REGEX: return types_is_text(type);
    default: return false;
  }
}

static enum list_type list_for(enum value_type type) {
  switch (type) {
    case TYPE_NAME: return LIST_NAME;
    case TYPE_STRING: return LIST_STRING;
    case TYPE_MAILBOX: return LIST_MAILBOX;
    case TYPE_ADDRESS: return LIST_NETWORK;
    default: return LIST_TYPE_COUNT;
  }
}

static uint32_t new_list(struct compilation *c, enum list_type type, struct span span) {
  struct list *list = vec_add(&c->arena, &c->lists);
  if (!list) return NO_INDEX;
  *list = (struct list){.name = {TEXT(""), span}, .type = type, .items_set = NO_INDEX, .patterns_set = NO_INDEX,
                        .zones_set = NO_INDEX};
  return (uint32_t)c->lists.count - 1;
}

/* A number in { 25, 587 } is an `or` of comparisons: there is no list of numbers. */
static void numbers_to_or(struct compilation *c, struct expr *e) {
  struct expr **items = e->b->items;
  size_t count = e->b->count;
  for (size_t i = 0; i < count; i++) {
    struct expr *compare = arena_new(&c->arena, sizeof *compare);
    if (!compare) return;
    *compare = (struct expr){.kind = E_COMPARE, .span = items[i]->span, .op = CMP_EQ, .a = e->a, .b = items[i],
                             .type = TYPE_COUNT_OF, .index = NO_INDEX, .feature = NO_INDEX, .second = NO_INDEX,
                             .units = {NO_INDEX, NO_INDEX}};
    types_value(c, compare);
    items[i] = compare;
  }
  bool negated = e->negated;
  e->kind = E_OR;
  e->items = items;
  e->count = e->cap = count;
  e->a = e->b = NULL;
  e->negated = false;
  e->type = TYPE_BOOL;
  if (negated) types_rewrite_not(c, e);
}

/* The set's items and its patterns share a list: an item of either kind that takes the value decides. */
static void inline_set(struct compilation *c, struct expr *e, struct expr *const *items, size_t count) {
  enum list_type type = list_for(e->a->type);
  uint32_t index = new_list(c, type, e->b->span);
  for (size_t i = 0; i < count && index != NO_INDEX; i++) {
    struct list *list = &c->lists.at[index];
    bool pattern = items[i]->kind == E_REGEX && types_is_text(e->a->type) && e->kind == E_IN;
    if (pattern) {
      struct list_item *slot = vec_add(&c->arena, &list->patterns);
      if (slot) *slot = (struct list_item){.span = items[i]->span, .text = items[i]->text, .flags = items[i]->flags};
    } else {
      list_add_expr(c, list, items[i], false);
    }
  }
  e->b->kind = E_LIST;
  e->b->index = index;
  e->type = TYPE_BOOL;
}

static void wrong_list(struct compilation *c, const struct expr *e) {
  const struct list *list = &c->lists.at[e->b->index];
  report(c->diags, TYPE, e->span, "%s %s is not looked for in a list of %s", types_article(e->a->type),
         type_word(e->a->type), list_type_word(list->type));
  diag_second(c->diags, list->name.span, "the list");
  if (e->a->type == TYPE_MAILBOX && list->type == LIST_NAME) diag_help(c->diags, "a mailbox has a .domain");
  if (e->a->type == TYPE_NAME && list->type == LIST_STRING)
    diag_help(c->diags, "declare the list as `: name`, or ask for .raw");
  if (e->a->type == TYPE_NAME && (list->type == LIST_ADDRESS || list->type == LIST_NETWORK))
    diag_help(c->diags, "the address in a name such as [192.0.2.1] is its .address");
  if (e->a->type == TYPE_ADDRESS) diag_help(c->diags, "declare the list as `: network`");
}

static void against_list(struct compilation *c, struct expr *e) {
  enum list_type type = c->lists.at[e->b->index].type;
  bool fits = e->kind == E_UNDER ? type == LIST_NAME && e->a->type == TYPE_NAME : list_takes(type, e->a->type);
  if (fits)
    e->type = TYPE_BOOL;
  else
    wrong_list(c, e);
}

/* x in list-value is x == any(list-value); x under name-value has an opcode of its own. */
static void against_value(struct compilation *c, struct expr *e) {
  types_value(c, e->b);
  if (e->b->type == TYPE_COUNT_OF) return;
  enum value_type element = type_is_list(e->b->type) ? type_element(e->b->type) : e->b->type;
  bool listed = type_is_list(e->b->type);
  if (e->kind == E_IN && !listed && !e->b->each) {
    report(c->diags, TYPE, e->b->span, "`in` takes a set, a list, a network; this is %s %s",
           types_article(e->b->type), type_word(e->b->type));
    diag_help(c->diags, element == e->a->type ? "to compare two values, write ==" : "write a set: x in { … }");
  } else if (element != e->a->type) {
    report(c->diags, TYPE, e->span, "%s %s is not %s %s %s", types_article(e->a->type), type_word(e->a->type),
           e->kind == E_IN ? "in" : "under", types_article(e->b->type), type_word(e->b->type));
  } else if (e->negated && (listed || e->b->each)) {
    types_any_negated(c, e, e->kind == E_IN ? "in …" : "under …");
  } else {
    e->b->each |= listed;
    e->type = TYPE_BOOL;
  }
}

static void types_match(struct compilation *c, struct expr *e) {
  if (!types_is_text(e->a->type)) {
    report(c->diags, TYPE, e->span, "a regex matches texts, not %s %s", types_article(e->a->type),
           type_word(e->a->type));
    if (e->a->type == TYPE_ADDRESS) diag_help(c->diags, "ask for a network: client.ip in 192.0.2.0/24");
    return;
  }
  e->type = TYPE_BOOL;
}

static bool left_side(struct compilation *c, struct expr *e) {
  types_value(c, e->a);
  if (e->a->type == TYPE_COUNT_OF) return false;
  if (type_is_list(e->a->type)) return types_need_any(c, e->a);
  if (e->kind == E_UNDER && e->a->type != TYPE_NAME) {
    report(c->diags, TYPE, e->a->span, "only a name is under another, not %s %s", types_article(e->a->type),
           type_word(e->a->type));
    if (e->a->type == TYPE_MAILBOX) diag_help(c->diags, "a mailbox has a .domain");
    return false;
  }
  const char *form = e->kind == E_MATCH ? "=~ …" : e->kind == E_IN ? "in …" : "under …";
  if (e->negated && e->a->each) types_any_negated(c, e, form);
  return !(e->negated && e->a->each);
}

void types_relation(struct compilation *c, struct expr *e) {
  if (!e->a || !e->b || !left_side(c, e)) return;
  if (e->kind == E_MATCH) {
    types_match(c, e);
  } else if (e->b->kind == E_SET && e->a->type == TYPE_INT && e->kind == E_IN) {
    numbers_to_or(c, e);
  } else if (e->b->kind == E_SET || (e->b->kind == E_STRING && e->kind == E_UNDER) || e->b->kind == E_STRING ||
             e->b->kind == E_NETWORK || e->b->kind == E_ADDRESS) {
    if (list_for(e->a->type) == LIST_TYPE_COUNT) {
      report(c->diags, TYPE, e->span, "%s %s is not looked for in a set", types_article(e->a->type),
             type_word(e->a->type));
      if (e->a->type == TYPE_BOOL) diag_help(c->diags, "a bool is a condition by itself");
      if (e->a->type == TYPE_INT) diag_help(c->diags, "numbers are looked for in a set of numbers: x in { 25, 587 }");
      return;
    }
    struct expr *literal = arena_new(&c->arena, sizeof *literal);
    if (!literal) return;
    *literal = *e->b;
    bool set = e->b->kind == E_SET;
    inline_set(c, e, set ? e->b->items : &literal, set ? e->b->count : 1);
  } else if (e->b->kind == E_LIST) {
    against_list(c, e);
  } else {
    against_value(c, e);
  }
}
