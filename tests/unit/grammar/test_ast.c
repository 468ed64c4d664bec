/* Tests the constructors of the tree by themselves: depths, chains, members, statements and lines in order; operands
 * that are not there are borne. */
#include "compile_text.h"

#include "grammar/parse.h"

struct maker {
  struct subject s;
  struct parse parse;
  struct stmt *statements;
};

static struct parse *maker_open(struct maker *m) {
  subject_open(&m->s);
  struct text bytes = TEXT("a text to have places in");
  uint32_t file = sources_add(&m->s.c.sources, TEXT("t"), bytes, SPAN_NONE);
  m->statements = NULL;
  m->parse = (struct parse){.arena = &m->s.c.arena, .diags = &m->s.diags, .file = file, .bytes = bytes,
                            .tail = &m->statements};
  return &m->parse;
}

static struct span at(const struct parse *p, uint32_t begin, uint32_t end) {
  return (struct span){p->file, begin, end};
}

static struct expr *name(struct parse *p, const char *word) {
  return ast_name(p, at(p, 0, 1), text_from(word));
}

static void depths_count_nesting_only(void **state) {
  (void)state;
  struct maker m;
  struct parse *p = maker_open(&m);
  struct span s = at(p, 0, 1);
  struct expr *a = name(p, "a");
  assert_int_equal(a->depth, 0);
  struct expr *chain = ast_chain(p, s, E_OR, ast_chain(p, s, E_OR, name(p, "a"), name(p, "b")), name(p, "c"));
  assert_int_equal(chain->count, 3);
  assert_int_equal(chain->depth, 0);
  assert_int_equal(ast_unary(p, s, E_NOT, chain)->depth, 1);
  struct expr *paren = ast_paren(p, at(p, 0, 5), chain);
  assert_ptr_equal(paren, chain); /* parentheses make no node, but are marked, counted and the place */
  assert_true(paren->paren);
  assert_int_equal(paren->depth, 1);
  assert_int_equal(paren->span.end, 5);
  struct expr *longer = ast_chain(p, s, E_OR, paren, name(p, "d"));
  assert_int_equal(longer->count, 2);
  assert_int_equal(longer->depth, 1);
  struct expr *other = ast_chain(p, s, E_AND, longer, name(p, "e"));
  assert_int_equal(other->count, 2);
  struct expr *sum = ast_binary(p, s, E_ADD, name(p, "a"), ast_unary(p, s, E_NEG, name(p, "b")));
  assert_int_equal(sum->depth, 2); /* that of the deeper side, and one */
  struct expr *args = ast_items(p, s, ast_items(p, s, NULL, sum), name(p, "x"));
  assert_int_equal(args->depth, 2);
  assert_int_equal(ast_call(p, s, word_make(s, TEXT("f")), args)->depth, 3);
  assert_int_equal(ast_of(p, s, OF_ANY, (struct number){0, false}, args)->depth, 3);
  assert_int_equal(ast_score_of(p, s, args)->depth, 3);
  assert_int_equal(ast_dot(p, s, sum, word_make(s, TEXT("w")), NULL)->depth, 3);
  subject_close(&m.s);
}

/* Where the limit is passed the node loses its parts, and says so once; whatever is built on it is lost, silently. */
static void too_deep_is_said_once(void **state) {
  (void)state;
  struct maker m;
  struct parse *p = maker_open(&m);
  struct expr *e = name(p, "a");
  for (int i = 0; i < NESTING_MAX; i++) e = ast_unary(p, at(p, 0, 1), E_NOT, e);
  assert_int_equal(e->kind, E_NOT);
  assert_int_equal(m.s.diags.errors, 0);
  for (int i = 0; i < 5; i++) {
    e = i % 2 ? ast_binary(p, at(p, 0, 1), E_ADD, name(p, "b"), e) : ast_unary(p, at(p, 2, 3), E_NOT, e);
    assert_int_equal(e->kind, E_BAD);
    assert_null(e->a);
    assert_null(e->b);
  }
  assert_string_equal(subject_said(&m.s), "E108@1:3");
  struct expr *chain = ast_chain(p, at(p, 0, 1), E_AND, name(p, "c"), e);
  assert_int_equal(chain->kind, E_BAD);
  assert_int_equal(chain->count, 0);
  assert_int_equal(m.s.diags.errors, 1);
  subject_close(&m.s);
}

static void too_many_members(void **state) {
  (void)state;
  for (int extra = 0; extra < 2; extra++) {
    struct maker m;
    struct parse *p = maker_open(&m);
    struct expr *members = NULL;
    for (int i = 0; i < MEMBERS_MAX + extra; i++) members = ast_items(p, at(p, 4, 5), members, name(p, "a"));
    struct expr *of = ast_of(p, at(p, 0, 1), OF_ALL, (struct number){0, false}, members);
    assert_int_equal(of->count, MEMBERS_MAX + extra);
    assert_string_equal(subject_said(&m.s), extra ? "E214@1:5" : "");
    subject_close(&m.s);
  }
}

/* Memory may have run out for any part: the constructors then make what they can, or nothing, and do not crash. */
static void missing_operands_are_borne(void **state) {
  (void)state;
  struct maker m;
  struct parse *p = maker_open(&m);
  struct span s = at(p, 0, 1);
  struct word w = word_make(s, TEXT("w"));
  assert_null(ast_paren(p, s, NULL));
  assert_non_null(ast_unary(p, s, E_NOT, NULL));
  assert_non_null(ast_binary(p, s, E_ADD, NULL, NULL));
  assert_int_equal(ast_chain(p, s, E_OR, NULL, NULL)->count, 0);
  assert_int_equal(ast_items(p, s, NULL, NULL)->count, 0);
  assert_int_equal(ast_of(p, s, OF_ANY, (struct number){0, false}, NULL)->count, 0);
  assert_int_equal(ast_score_of(p, s, NULL)->count, 0);
  assert_non_null(ast_dot(p, s, NULL, w, NULL));
  assert_non_null(ast_call(p, s, w, NULL));
  assert_null(body_describe(p, NULL, s, w));
  assert_null(body_see(p, NULL, w));
  assert_null(body_tags(p, NULL, s, w));
  assert_null(body_group(p, NULL, s, w));
  assert_null(body_score(p, NULL, s, (struct number){0, false}));
  assert_null(body_cap(p, NULL, s, (struct number){0, false}));
  assert_null(body_floor(p, NULL, s, (struct number){0, false}));
  assert_null(body_when(p, NULL, s, NULL));
  assert_null(body_test(p, NULL, s, TEST_HIT, w, NULL));
  assert_null(stmt_body(p, S_RULE, s, w, NULL));
  assert_null(atom_append(NULL, NULL));
  assert_null(line_append(NULL, NULL));
  assert_null(map_pair_join(NULL, NULL));
  struct atom *atom = atom_word(p, s, TEXT("a"));
  assert_ptr_equal(atom_append(atom, NULL), atom);
  struct test_line *line = line_pin(p, s, w, TEST_HIT);
  assert_ptr_equal(line_append(line, NULL), line);
  assert_int_equal(m.s.diags.errors, 0);
  subject_close(&m.s);
}

static void lists_keep_their_order(void **state) {
  (void)state;
  struct maker m;
  struct parse *p = maker_open(&m);
  struct span s = at(p, 0, 1);
  struct atom *atoms = NULL;
  struct test_line *lines = NULL, *block = NULL;
  for (int64_t i = 0; i < 5; i++) atoms = atom_append(atoms, atom_number(p, s, (struct number){i, false}));
  int64_t expected = 0;
  for (struct atom *a = atoms; a; a = a->next) assert_int_equal(a->number.milli, expected++);
  assert_int_equal(expected, 5);
  /* A dns block is several lines at once, put in where it stands. */
  for (int i = 0; i < 3; i++) block = line_append(block, line_dns(p, s, word_make(s, TEXT("A")), NULL));
  lines = line_append(lines, line_pin(p, s, word_make(s, TEXT("B")), TEST_HIT));
  lines = line_append(lines, block);
  lines = line_append(lines, line_pin(p, s, word_make(s, TEXT("C")), TEST_HIT));
  char order[8] = "";
  size_t count = 0;
  for (struct test_line *l = lines; l && count < 7; l = l->next) order[count++] = l->word.text.ptr[0];
  assert_string_equal(order, "BAAAC");
  for (int i = 0; i < 3; i++) stmt_new(p, S_DISABLE, s, word_make(s, text_of(&"xyz"[i], 1)));
  count = 0;
  for (struct stmt *t = m.statements; t; t = t->next) assert_int_equal(t->name.text.ptr[0], "xyz"[count++]);
  assert_int_equal(count, 3);
  subject_close(&m.s);
}

/* Places and texts of joined words; an index is not 0 by accident. */
static void new_nodes_point_at_nothing(void **state) {
  (void)state;
  struct maker m;
  struct parse *p = maker_open(&m);
  struct word ab = word_join(p, word_make(at(p, 2, 4), TEXT("ab")), word_make(at(p, 5, 6), TEXT("c")));
  assert_true(text_is(ab.text, "ab.c"));
  assert_int_equal(ab.span.begin, 2);
  assert_int_equal(ab.span.end, 6);
  const struct expr *e = name(p, "a");
  assert_int_equal(e->type, TYPE_COUNT_OF);
  assert_int_equal(e->index, NO_INDEX);
  assert_int_equal(e->feature, NO_INDEX);
  assert_int_equal(e->second, NO_INDEX);
  assert_int_equal(e->units[0], NO_INDEX);
  assert_int_equal(e->units[1], NO_INDEX);
  assert_int_equal(line_pin(p, at(p, 0, 1), ab, TEST_MISS)->index, NO_INDEX);
  assert_int_equal(ast_rule(p, at(p, 0, 1), TEXT("R"), false)->kind, E_RULE);
  assert_int_equal(ast_rule(p, at(p, 0, 1), TEXT("R_*"), true)->kind, E_WILD);
  subject_close(&m.s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(depths_count_nesting_only),  cmocka_unit_test(too_deep_is_said_once),
      cmocka_unit_test(too_many_members),           cmocka_unit_test(missing_operands_are_borne),
      cmocka_unit_test(lists_keep_their_order),     cmocka_unit_test(new_nodes_point_at_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
