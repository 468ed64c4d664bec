/* Owns the constructors of statements, bodies and tests: what is required, and that a clause stands once.
 * Must never know: what a name means. */
#include "grammar/codes.h"
#include "grammar/parse.h"

struct word word_make(struct span span, struct text text) {
  return (struct word){text, span};
}

struct word word_join(struct parse *p, struct word a, struct word b) {
  struct text text = arena_printf(p->arena, "%.*s.%.*s", TEXT_ARG(a.text), TEXT_ARG(b.text));
  return word_make(span_join(a.span, b.span), text);
}

void stmt_append(struct parse *p, struct stmt *stmt) {
  *p->tail = stmt;
  p->tail = &stmt->next;
}

struct stmt *stmt_new(struct parse *p, enum stmt_kind kind, struct span span, struct word name) {
  struct stmt *s = arena_new(p->arena, sizeof *s);
  if (!s) return NULL;
  s->kind = kind;
  s->span = span;
  s->name = name;
  stmt_append(p, s);
  return s;
}

struct stmt *stmt_include(struct parse *p, struct span span, struct word path) {
  struct stmt *s = stmt_new(p, S_INCLUDE, span, path);
  if (s) s->path = path;
  return s;
}

struct stmt *stmt_list(struct parse *p, struct span span, struct word name, struct word type, struct expr *items,
                       struct word path) {
  struct stmt *s = stmt_new(p, S_LIST, span, name);
  if (!s) return NULL;
  s->type = type;
  s->expr = items;
  s->path = path;
  return s;
}

struct stmt *stmt_list_change(struct parse *p, struct span span, struct word name, bool removes, struct expr *items,
                              struct word path) {
  struct stmt *s = stmt_new(p, S_LIST_CHANGE, span, name);
  if (!s) return NULL;
  s->removes = removes;
  s->expr = items;
  s->path = path;
  return s;
}

struct stmt *stmt_map(struct parse *p, struct span span, struct word name, bool extends, struct map_pair *pairs) {
  struct stmt *s = stmt_new(p, S_MAP, span, name);
  if (!s) return NULL;
  s->extends = extends;
  s->pairs = pairs;
  return s;
}

struct stmt *stmt_let(struct parse *p, struct span span, struct word name, struct expr *expr) {
  struct stmt *s = stmt_new(p, S_LET, span, name);
  if (s) s->expr = expr;
  return s;
}

static void require(struct parse *p, const struct stmt *s, bool given, const char *what, const char *form) {
  if (given) return;
  report(p->diags, MISSING, s->span, "`%.*s` has no %s", TEXT_ARG(s->name.text), what);
  diag_help(p->diags, "add `%s`", form);
}

struct stmt *stmt_body(struct parse *p, enum stmt_kind kind, struct span span, struct word name, struct body *body) {
  struct stmt *s = stmt_new(p, kind, span, name);
  if (!s || !body) return NULL;
  s->body = body;
  if (kind != S_GROUP) {
    require(p, s, body->describe.span.file != 0, "describe", "describe \"what it means when this holds\"");
    require(p, s, body->when != NULL, "when", "when CONDITION");
  }
  if (kind == S_RULE) require(p, s, body->score_span.file != 0, "score", "score 1.0");
  for (struct test_tree *test = body->tests; test; test = test->next) test->rule = NO_INDEX;
  return s;
}

struct stmt *stmt_score(struct parse *p, struct span span, struct word name, struct number number, struct span where) {
  struct stmt *s = stmt_new(p, S_SCORE, span, name);
  if (!s) return NULL;
  s->number = number;
  s->number_span = where;
  return s;
}

struct stmt *stmt_action(struct parse *p, struct span span, struct word action, struct number at, struct span where,
                         struct word reply) {
  struct stmt *s = stmt_new(p, S_ACTION, span, action);
  if (!s) return NULL;
  s->number = at;
  s->number_span = where;
  s->reply = reply;
  return s;
}

struct stmt *stmt_action_off(struct parse *p, struct span span, struct word action, struct word off) {
  struct stmt *s = stmt_new(p, S_ACTION, span, action);
  if (s) s->type = off;
  return s;
}

static struct test_tree *test_new(struct parse *p, struct span span, struct word title, struct test_line *lines) {
  struct test_tree *test = arena_new(p->arena, sizeof *test);
  if (!test) return NULL;
  test->span = span;
  test->title = title.text;
  test->lines = lines;
  test->rule = NO_INDEX;
  return test;
}

struct stmt *stmt_test(struct parse *p, struct span span, struct word title, struct test_line *lines) {
  struct stmt *s = stmt_new(p, S_TEST, span, title);
  if (s) s->test = test_new(p, span, title, lines);
  return s;
}

struct map_pair *map_pair_new(struct parse *p, struct word key, struct expr *values) {
  struct map_pair *pair = arena_new(p->arena, sizeof *pair);
  if (!pair) return NULL;
  pair->key = key;
  pair->values = values;
  return pair;
}

/* The order of the keys means nothing, so the latest comes first. */
struct map_pair *map_pair_join(struct map_pair *pairs, struct map_pair *pair) {
  if (!pair) return pairs;
  pair->next = pairs;
  return pair;
}

/* --- bodies --- */

struct body *body_new(struct parse *p) {
  struct body *body = arena_new(p->arena, sizeof *body);
  if (body) body->tests_end = &body->tests;
  return body;
}

/* Whether the clause may be set; a second one shows the first. */
static bool once(struct parse *p, struct body *body, struct span first, struct span again, const char *what,
                 const char *help) {
  if (!body) return false;
  if (first.file == 0) return true;
  report(p->diags, DUPLICATE, again, "a second %s", what);
  diag_second(p->diags, first, "the first one");
  diag_help(p->diags, "%s", help);
  return false;
}

struct body *body_describe(struct parse *p, struct body *body, struct span span, struct word text) {
  if (once(p, body, body ? body->describe.span : SPAN_NONE, span, "describe", "keep one; to say where to read more, write `see`"))
    body->describe = word_make(span, text.text);
  return body;
}

struct body *body_see(struct parse *p, struct body *body, struct word text) {
  struct word *slot = body ? vec_add(p->arena, &body->see) : NULL;
  if (slot) *slot = text;
  return body;
}

struct body *body_tags(struct parse *p, struct body *body, struct span span, struct word tags) {
  struct text text = text_of(p->bytes.ptr + tags.span.begin, tags.span.end - tags.span.begin);
  if (once(p, body, body ? body->tags.span : SPAN_NONE, span, "tags", "write them as one: `tags one, two`"))
    body->tags = word_make(span, arena_text(p->arena, text));
  return body;
}

struct body *body_group(struct parse *p, struct body *body, struct span span, struct word group) {
  if (once(p, body, body ? body->group.span : SPAN_NONE, span, "group", "a rule is in one group; keep one")) body->group = group;
  return body;
}

static struct body *body_number(struct parse *p, struct body *body, struct span *where, struct number *to,
                                struct span span, struct number number, const char *what) {
  if (!once(p, body, where ? *where : SPAN_NONE, span, what, "keep one")) return body;
  *where = span;
  *to = number;
  return body;
}

struct body *body_score(struct parse *p, struct body *body, struct span span, struct number number) {
  return body ? body_number(p, body, &body->score_span, &body->score, span, number, "score") : NULL;
}

struct body *body_cap(struct parse *p, struct body *body, struct span span, struct number number) {
  return body ? body_number(p, body, &body->cap_span, &body->cap, span, number, "cap") : NULL;
}

struct body *body_floor(struct parse *p, struct body *body, struct span span, struct number number) {
  return body ? body_number(p, body, &body->floor_span, &body->floor, span, number, "floor") : NULL;
}

struct body *body_when(struct parse *p, struct body *body, struct span span, struct expr *when) {
  if (once(p, body, body && body->when ? body->when->span : SPAN_NONE, span, "when", "join the conditions with `and` or `or`")) body->when = when;
  return body;
}

struct body *body_test(struct parse *p, struct body *body, struct span span, enum test_outcome outcome,
                       struct word title, struct test_line *lines) {
  struct test_tree *test = test_new(p, span, title, lines);
  if (!body || !test) return body;
  test->outcome = outcome;
  *body->tests_end = test;
  body->tests_end = &test->next;
  return body;
}

/* --- lines of a test --- */

static struct atom *atom_new(struct parse *p, enum atom_kind kind, struct span span, struct text text) {
  struct atom *atom = arena_new(p->arena, sizeof *atom);
  if (!atom) return NULL;
  atom->kind = kind;
  atom->span = span;
  atom->text = text;
  return atom;
}

struct atom *atom_string(struct parse *p, struct span span, struct text text) {
  return atom_new(p, ATOM_STRING, span, text);
}

struct atom *atom_address(struct parse *p, struct span span, struct addr addr) {
  struct atom *atom = atom_new(p, ATOM_ADDRESS, span, TEXT(""));
  if (atom) atom->address = addr;
  return atom;
}

struct atom *atom_number(struct parse *p, struct span span, struct number number) {
  struct atom *atom = atom_new(p, ATOM_NUMBER, span, TEXT(""));
  if (atom) atom->number = number;
  return atom;
}

struct atom *atom_word(struct parse *p, struct span span, struct text text) {
  return atom_new(p, ATOM_WORD, span, text);
}

struct atom *atom_append(struct atom *list, struct atom *atom) {
  if (!list) return atom;
  if (!atom) return list;
  struct atom *last = list->last ? list->last : list;
  last->next = atom;
  list->last = atom;
  return list;
}

struct test_line *line_new(struct parse *p, enum test_line_kind kind, struct span span, struct word word) {
  struct test_line *line = arena_new(p->arena, sizeof *line);
  if (!line) return NULL;
  line->kind = kind;
  line->span = span;
  line->word = word;
  line->index = NO_INDEX;
  return line;
}

static struct test_line *line_atoms(struct parse *p, enum test_line_kind kind, struct span span, struct word word,
                                    struct atom *atoms) {
  struct test_line *line = line_new(p, kind, span, word);
  if (line) line->atoms = atoms;
  return line;
}

struct test_line *line_fact(struct parse *p, struct span span, struct word fact, struct atom *atoms) {
  return line_atoms(p, LINE_FACT, span, fact, atoms);
}

struct test_line *line_dns(struct parse *p, struct span span, struct word type, struct atom *atoms) {
  return line_atoms(p, LINE_DNS, span, type, atoms);
}

struct test_line *line_list(struct parse *p, struct span span, struct word list, struct expr *items) {
  struct test_line *line = line_new(p, LINE_LIST, span, list);
  if (line) line->items = items;
  return line;
}

struct test_line *line_map(struct parse *p, struct span span, struct word map, struct map_pair *pairs) {
  struct test_line *line = line_new(p, LINE_MAP, span, map);
  if (line) line->pairs = pairs;
  return line;
}

struct test_line *line_pin(struct parse *p, struct span span, struct word rule, enum test_outcome outcome) {
  struct test_line *line = line_new(p, LINE_PIN, span, rule);
  if (line) line->outcome = outcome;
  return line;
}

static struct test_line *line_expect(struct parse *p, struct span span, enum expect_kind kind, struct word word) {
  struct test_line *line = line_new(p, LINE_EXPECT, span, word);
  if (line) line->expect = kind;
  return line;
}

struct test_line *line_expect_rule(struct parse *p, struct span span, struct word rule, enum test_outcome outcome) {
  struct test_line *line = line_expect(p, span, EXPECT_RULE, rule);
  if (line) line->outcome = outcome;
  return line;
}

struct test_line *line_expect_score(struct parse *p, struct span span, enum compare_op op, struct number number) {
  struct test_line *line = line_expect(p, span, EXPECT_SCORE, (struct word){0});
  if (!line) return NULL;
  line->op = op;
  line->number = number;
  return line;
}

struct test_line *line_expect_word(struct parse *p, struct span span, enum expect_kind kind, struct word word,
                                   bool negated) {
  struct test_line *line = line_expect(p, span, kind, word);
  if (line) line->negated = negated;
  return line;
}

struct test_line *line_append(struct test_line *list, struct test_line *line) {
  if (!list) return line;
  if (!line) return list;
  struct test_line *last = list->last ? list->last : list;
  last->next = line;
  while (last->next) last = last->next; /* a dns block brings several */
  list->last = last;
  return list;
}
