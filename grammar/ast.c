/* Owns the constructors of expressions: one node each, chains flattened, nesting counted.
 * Must never know: what a name means. */
#include "grammar/codes.h"
#include "grammar/parse.h"

static struct expr *node(struct parse *p, enum expr_kind kind, struct span span) {
  struct expr *e = arena_new(p->arena, sizeof *e);
  if (!e) return NULL;
  e->kind = kind;
  e->span = span;
  e->type = TYPE_COUNT_OF;
  e->feature = e->second = e->index = e->units[0] = e->units[1] = NO_INDEX;
  return e;
}

/* A node's depth is that of its deepest part, and a step. Where the limit is passed, which is said once, the node
 * loses its parts: later passes recurse, so no tree may be deeper, not even behind an error. */
static void deepen(struct parse *p, struct expr *e, const struct expr *part, unsigned step) {
  if (!e || !part || part->depth + step <= e->depth) return;
  e->depth = (uint16_t)(part->depth + step);
  if (e->depth <= NESTING_MAX) return;
  if (part->depth <= NESTING_MAX) {
    report(p->diags, TOO_DEEP, e->span, "nested too deeply; the limit is %d", NESTING_MAX);
    diag_help(p->diags, "name a part of it: `let a_name = …`");
  }
  e->kind = E_BAD;
  e->a = e->b = NULL;
  e->count = 0;
  e->depth = NESTING_MAX + 1;
}

struct expr *ast_bool(struct parse *p, struct span span, bool value) {
  struct expr *e = node(p, E_BOOL, span);
  if (e) e->number.milli = value ? 1000 : 0;
  return e;
}

struct expr *ast_number(struct parse *p, struct span span, struct number number) {
  struct expr *e = node(p, E_NUMBER, span);
  if (e) e->number = number;
  return e;
}

struct expr *ast_string(struct parse *p, struct span span, struct text text) {
  struct expr *e = node(p, E_STRING, span);
  if (e) e->text = text;
  return e;
}

struct expr *ast_address(struct parse *p, struct span span, struct network network, bool is_network) {
  struct expr *e = node(p, is_network ? E_NETWORK : E_ADDRESS, span);
  if (e) e->network = network;
  return e;
}

struct expr *ast_regex(struct parse *p, struct span span, struct text source, unsigned flags) {
  struct expr *e = node(p, E_REGEX, span);
  if (!e) return NULL;
  e->text = source;
  e->flags = flags;
  return e;
}

struct expr *ast_name(struct parse *p, struct span span, struct text name) {
  struct expr *e = node(p, E_NAME, span);
  if (!e) return NULL;
  e->text = name;
  e->word = span;
  return e;
}

struct expr *ast_rule(struct parse *p, struct span span, struct text name, bool wild) {
  struct expr *e = ast_name(p, span, name);
  if (e) e->kind = wild ? E_WILD : E_RULE;
  return e;
}

struct expr *ast_dot(struct parse *p, struct span span, struct expr *a, struct word word, struct expr *args) {
  struct expr *e = node(p, E_DOT, span);
  if (!e) return NULL;
  e->a = a;
  e->b = args;
  e->text = word.text;
  e->word = word.span;
  deepen(p, e, a, 1);
  deepen(p, e, args, 1);
  return e;
}

struct expr *ast_call(struct parse *p, struct span span, struct word word, struct expr *args) {
  struct expr *e = node(p, E_CALL, span);
  if (!e) return NULL;
  e->b = args;
  e->text = word.text;
  e->word = word.span;
  deepen(p, e, args, 1);
  return e;
}

struct expr *ast_unary(struct parse *p, struct span span, enum expr_kind kind, struct expr *a) {
  struct expr *e = node(p, kind, span);
  if (!e) return NULL;
  e->a = a;
  deepen(p, e, a, 1);
  return e;
}

struct expr *ast_binary(struct parse *p, struct span span, enum expr_kind kind, struct expr *a, struct expr *b) {
  struct expr *e = node(p, kind, span);
  if (!e) return NULL;
  e->a = a;
  e->b = b;
  deepen(p, e, a, 1);
  deepen(p, e, b, 1);
  return e;
}

struct expr *ast_compare(struct parse *p, struct span span, enum compare_op op, struct expr *a, struct expr *b) {
  struct expr *e = ast_binary(p, span, E_COMPARE, a, b);
  if (e) e->op = (uint8_t)op;
  return e;
}

struct expr *ast_relation(struct parse *p, struct span span, enum expr_kind kind, bool negated, struct expr *a,
                          struct expr *b) {
  struct expr *e = ast_binary(p, span, kind, a, b);
  if (e) e->negated = negated;
  return e;
}

static bool append(struct parse *p, struct expr *list, struct expr *item) {
  if (!item || !arena_grow(p->arena, (void **)&list->items, list->count, &list->cap, sizeof *list->items)) return false;
  list->items[list->count++] = item;
  return true;
}

/* a or b or c is one node with three items, however long: later passes walk it in a loop. */
struct expr *ast_chain(struct parse *p, struct span span, enum expr_kind kind, struct expr *a, struct expr *b) {
  struct expr *e = a;
  if (!a || a->kind != kind || a->paren) {
    e = node(p, kind, span);
    if (!e) return NULL;
    append(p, e, a);
    deepen(p, e, a, 0);
  }
  e->span = span;
  append(p, e, b);
  deepen(p, e, b, 0);
  return e;
}

struct expr *ast_paren(struct parse *p, struct span span, struct expr *a) {
  if (!a) return NULL;
  struct expr inner = *a;
  a->paren = true;
  a->span = span;
  deepen(p, a, &inner, 1);
  return a;
}

static void check_members(struct parse *p, const struct expr *members) {
  if (!members || members->count <= MEMBERS_MAX) return;
  report(p->diags, BAD_MEMBER, members->span, "%zu members; at most %d are allowed", members->count, MEMBERS_MAX);
  diag_help(p->diags, "for a set of values write `x in { … }`; of conditions, join several of them with `or`");
}

static struct expr *take_members(struct parse *p, struct expr *e, struct expr *members) {
  if (!e || !members) return e;
  check_members(p, members);
  e->items = members->items;
  e->count = members->count;
  e->cap = members->cap;
  deepen(p, e, members, 1);
  return e;
}

struct expr *ast_of(struct parse *p, struct span span, enum of_kind kind, struct number count, struct expr *members) {
  struct expr *e = node(p, E_OF, span);
  if (!e) return NULL;
  e->op = (uint8_t)kind;
  e->number = count;
  return take_members(p, e, members);
}

struct expr *ast_score_of(struct parse *p, struct span span, struct expr *members) {
  return take_members(p, node(p, E_SCORE_OF, span), members);
}

struct expr *ast_items(struct parse *p, struct span span, struct expr *items, struct expr *item) {
  struct expr *e = items ? items : node(p, E_SET, span);
  if (e) e->span = span;
  if (!e || !item) return e;
  append(p, e, item);
  deepen(p, e, item, 0);
  return e;
}
