/* Writes the tree of the grammar as s-expressions, so that a test can say what it expects in one line. */
#include "tree_text.h"

#include "facts/field.h"
#include "grammar/tables.h"

static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">="};
static const char *const outcomes[] = {"hit", "miss", "unknown"};

static void quoted(struct buf *out, struct text text) {
  buf_byte(out, '"');
  buf_escaped(out, text);
  buf_byte(out, '"');
}

static void pattern(struct buf *out, struct text source, unsigned flags) {
  static const char letters[] = "imsxu";
  buf_printf(out, "/%.*s/", (int)source.len, source.ptr);
  for (unsigned i = 0; i < sizeof letters - 1; i++)
    if (flags >> i & 1) buf_byte(out, letters[i]);
}

/* --- expressions --- */

static void items(struct buf *out, const struct compilation *c, const struct expr *e, const char *before) {
  for (size_t i = 0; i < e->count; i++) {
    buf_str(out, i ? " " : before);
    print_expr(out, c, e->items[i]);
  }
}

static void form(struct buf *out, const struct compilation *c, const char *head, const struct expr *e) {
  buf_printf(out, "(%s", head);
  if (e->a) buf_byte(out, ' '), print_expr(out, c, e->a);
  if (e->b) buf_byte(out, ' '), print_expr(out, c, e->b);
  items(out, c, e, " ");
  buf_byte(out, ')');
}

static void list_items(struct buf *out, const struct list *list) {
  const char *before = "{";
  for (size_t i = 0; i < list->items.count; i++, before = " ") {
    const struct list_item *item = &list->items.at[i];
    buf_str(out, before);
    if (list->type == LIST_REGEX) pattern(out, item->text, item->flags);
    else if (list->type == LIST_ADDRESS || list->type == LIST_NETWORK) network_print(out, item->network);
    else quoted(out, item->text);
  }
  for (size_t i = 0; i < list->patterns.count; i++, before = " ") {
    buf_str(out, before);
    pattern(out, list->patterns.at[i].text, list->patterns.at[i].flags);
  }
  buf_str(out, *before == '{' ? "{}" : "}");
}

/* A word that the pass of names has given a meaning. */
static void resolved(struct buf *out, const struct compilation *c, const struct expr *e) {
  if (e->kind == E_FACT) buf_printf(out, "<%s>", field_info(e->index)->name);
  if (e->kind == E_LET) buf_printf(out, "let:%.*s", TEXT_ARG(c->lets.at[e->index].name.text));
  if (e->kind == E_MAP) buf_printf(out, "map:%.*s", TEXT_ARG(c->maps.at[e->index].name.text));
  if (e->kind != E_LIST) return;
  const struct list *list = &c->lists.at[e->index];
  if (list->name.text.len) buf_printf(out, "list:%.*s", TEXT_ARG(list->name.text));
  else list_items(out, list);
}

static void dotted(struct buf *out, const struct compilation *c, const struct expr *e) {
  const char *word = e->kind == E_PROPERTY ? property_at(e->index)->word : e->text.ptr;
  size_t len = e->kind == E_PROPERTY ? strlen(word) : e->text.len;
  buf_printf(out, "(.%.*s ", (int)len, word);
  print_expr(out, c, e->a);
  if (e->b) items(out, c, e->b, " ");
  buf_byte(out, ')');
}

static void called(struct buf *out, const struct compilation *c, const struct expr *e) {
  buf_printf(out, "(%.*s", TEXT_ARG(e->text));
  if (e->b) items(out, c, e->b, " ");
  buf_byte(out, ')');
}

static void of_form(struct buf *out, const struct compilation *c, const struct expr *e) {
  static const char *const heads[] = {[OF_ANY] = "any-of", [OF_ALL] = "all-of", [OF_NONE] = "none-of"};
  if (e->op != OF_COUNT) {
    form(out, c, heads[e->op], e);
    return;
  }
  buf_byte(out, '(');
  buf_milli(out, e->number.milli);
  buf_str(out, "-of");
  items(out, c, e, " ");
  buf_byte(out, ')');
}

static bool literal(struct buf *out, const struct expr *e) {
  switch (e->kind) {
    case E_BAD: buf_str(out, "BAD"); return true;
    case E_BOOL: buf_str(out, e->number.milli ? "true" : "false"); return true;
    case E_NUMBER: buf_milli(out, e->number.milli); return true;
    case E_STRING: quoted(out, e->text); return true;
    case E_ADDRESS: addr_print(out, e->network.addr); return true;
    case E_NETWORK: network_print(out, e->network); return true;
    case E_REGEX: pattern(out, e->text, e->flags); return true;
    case E_NAME:
    case E_RULE:
    case E_WILD: buf_text(out, e->text); return true;
    default: return false;
  }
}

void print_expr(struct buf *out, const struct compilation *c, const struct expr *e) {
  static const char *const heads[E_SCORE_OF + 1] = {
      [E_NOT] = "not", [E_NEG] = "neg", [E_AND] = "and", [E_OR] = "or", [E_MATCH] = "=~",
      [E_IN] = "in", [E_UNDER] = "under", [E_ADD] = "+", [E_SUB] = "-", [E_MUL] = "*",
      [E_ANY] = "any", [E_SCORE_OF] = "score-of"};
  static const char *const negated[E_SCORE_OF + 1] = {
      [E_MATCH] = "!~", [E_IN] = "not-in", [E_UNDER] = "not-under"};
  if (!e) {
    buf_str(out, "NULL");
    return;
  }
  if (literal(out, e)) return;
  switch (e->kind) {
    case E_FACT:
    case E_LET:
    case E_MAP:
    case E_LIST: resolved(out, c, e); break;
    case E_DOT:
    case E_PROPERTY: dotted(out, c, e); break;
    case E_CALL: called(out, c, e); break;
    case E_COMPARE: form(out, c, compares[e->op], e); break;
    case E_OF: of_form(out, c, e); break;
    case E_SET:
      buf_byte(out, '{');
      items(out, c, e, "");
      buf_byte(out, '}');
      break;
    default: form(out, c, e->negated ? negated[e->kind] : heads[e->kind], e); break;
  }
}

/* --- tests --- */

static void atoms(struct buf *out, const struct atom *atom) {
  for (; atom; atom = atom->next) {
    buf_byte(out, ' ');
    if (atom->kind == ATOM_STRING) quoted(out, atom->text);
    if (atom->kind == ATOM_ADDRESS) addr_print(out, atom->address);
    if (atom->kind == ATOM_NUMBER) buf_milli(out, atom->number.milli);
    if (atom->kind == ATOM_WORD) buf_text(out, atom->text);
  }
}

static void expectation(struct buf *out, const struct test_line *line) {
  static const char *const heads[] = {
      [EXPECT_RULE] = "rule", [EXPECT_SCORE] = "score", [EXPECT_ACTION] = "action", [EXPECT_EXEMPT] = "exempt"};
  buf_printf(out, "expect %s %s%.*s", heads[line->expect], line->negated ? "not " : "", TEXT_ARG(line->word.text));
  if (line->expect == EXPECT_RULE) buf_printf(out, " %s", outcomes[line->outcome]);
  if (line->expect != EXPECT_SCORE) return;
  buf_printf(out, "%s ", compares[line->op]);
  buf_milli(out, line->number.milli);
}

static void lines(struct buf *out, const struct test_line *line) {
  for (; line; line = line->next) {
    buf_str(out, " (");
    if (line->kind == LINE_EXPECT) {
      expectation(out, line);
    } else {
      const char *head = line->kind == LINE_PIN ? "pin " : line->kind == LINE_DNS ? "dns " : "";
      buf_printf(out, "%s%.*s", head, TEXT_ARG(line->word.text));
      if (line->kind == LINE_PIN) buf_printf(out, " %s", outcomes[line->outcome]);
      atoms(out, line->atoms);
    }
    buf_byte(out, ')');
  }
}

/* --- statements --- */

static void number(struct buf *out, const char *head, struct span given, struct number number) {
  if (given.file == 0) return;
  buf_printf(out, " %s ", head);
  buf_milli(out, number.milli);
}

static void clause(struct buf *out, const char *head, const struct word *word) {
  if (word->span.file == 0) return;
  buf_printf(out, " %s ", head);
  quoted(out, word->text);
}

static void body(struct buf *out, const struct body *body) {
  if (!body) return;
  clause(out, "describe", &body->describe);
  for (size_t i = 0; i < body->see.count; i++) clause(out, "see", &body->see.at[i]);
  clause(out, "tags", &body->tags);
  clause(out, "group", &body->group);
  number(out, "score", body->score_span, body->score);
  number(out, "cap", body->cap_span, body->cap);
  number(out, "floor", body->floor_span, body->floor);
  if (body->when) buf_str(out, " when "), print_expr(out, NULL, body->when);
  for (const struct test_tree *test = body->tests; test; test = test->next) {
    buf_printf(out, " (test %s", outcomes[test->outcome]);
    if (test->title.ptr) buf_byte(out, ' '), quoted(out, test->title);
    lines(out, test->lines);
    buf_byte(out, ')');
  }
}

static void pairs(struct buf *out, const struct map_pair *pair) {
  for (; pair; pair = pair->next) {
    buf_byte(out, ' ');
    quoted(out, pair->key.text);
    buf_byte(out, '=');
    print_expr(out, NULL, pair->values);
  }
}

static void statement(struct buf *out, const struct stmt *s) {
  static const char *const heads[] = {
      [S_INCLUDE] = "include", [S_LIST] = "list",     [S_LIST_CHANGE] = "list", [S_MAP] = "map",
      [S_LET] = "let",         [S_RULE] = "rule",     [S_GROUP] = "group",      [S_EXEMPT] = "exempt",
      [S_SCORE] = "score",     [S_DISABLE] = "disable", [S_ACTION] = "action",  [S_TEST] = "test"};
  bool change = s->kind == S_LIST_CHANGE || (s->kind == S_MAP && s->extends);
  buf_printf(out, "(%s%s %.*s", heads[s->kind], !change ? "" : s->removes ? "-=" : "+=", TEXT_ARG(s->name.text));
  if (s->type.span.file) buf_printf(out, " %.*s", TEXT_ARG(s->type.text));
  if (s->kind != S_INCLUDE) clause(out, "from", &s->path);
  if (s->expr) buf_byte(out, ' '), print_expr(out, NULL, s->expr);
  pairs(out, s->pairs);
  body(out, s->body);
  number(out, "at", s->number_span, s->number);
  clause(out, "reply", &s->reply);
  if (s->test) lines(out, s->test->lines);
  buf_byte(out, ')');
}

void print_statements(struct buf *out, const struct stmt *statements) {
  const char *between = "";
  for (const struct stmt *s = statements; s; s = s->next) {
    if (s->kind == S_BROKEN) continue; /* of which there is no tree */
    buf_str(out, between);
    statement(out, s);
    between = " ";
  }
}
