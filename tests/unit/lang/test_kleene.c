/* The differential test of conditions: random ones, as rule text and as a tree of our own; the library's answers are
 * held against a naive reading of the tree by Kleene's tables. Built with ASSAY_PLANT_BUG it must fail. */
#include <assay/assay.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXTS = 200, RULES = 500, LETS = 60, CONNECTIONS = 4, NODES = 40000, CHAIN_MAX = 40 };

enum answer { NO, YES, OPEN };

/* --- facts: each has four values, by number --- */

enum kind { INT, BOOL, STRING, NAME, ADDRESS };

static const struct {
  const char *word;
  enum kind kind;
} fact_rows[] = {
    {"client.port", INT},        {"mail.size", INT},        {"rcpt.count", INT},           {"session.errors", INT},
    {"session.hour", INT},       {"server.port", INT},      {"mail.smtputf8", BOOL},
    {"tls.verified", BOOL},      {"session.early_talker", BOOL}, {"client.ident", STRING}, {"helo.verb", STRING},
    {"auth.user", STRING},       {"auth.method", STRING},   {"tls.version", STRING},       {"tls.cipher", STRING},
    {"helo", NAME},              {"helo.previous", NAME},   {"server.name", NAME},         {"client.ip", ADDRESS},
    {"server.ip", ADDRESS},
};
enum { FACTS = sizeof fact_rows / sizeof *fact_rows };

static const char *const values[][4] = {
    [INT] = {"0", "1", "2", "3"},
    [BOOL] = {"false", "true", "false", "true"},
    [STRING] = {"", "a", "b", "ab"},
    [NAME] = {"", "mx", "mx.example", "192.0.2.1"},
    [ADDRESS] = {"", "192.0.2.1", "10.0.0.1", "10.9.9.9"},
};

/* What is asked of one fact, with the answer for each of its values. */
static const struct {
  enum kind kind;
  const char *form; /* %s is the fact */
  bool answers[4];
} questions[] = {
    {INT, "%s", {0, 1, 1, 1}},
    {INT, "%s == 2", {0, 0, 1, 0}},
    {INT, "%s != 2", {1, 1, 0, 1}},
    {INT, "%s < 2", {1, 1, 0, 0}},
    {INT, "2 <= %s", {0, 0, 1, 1}},
    {INT, "%s * 2 - 1 > 3", {0, 0, 0, 1}},
    {INT, "%s in { 0, 3 }", {1, 0, 0, 1}},
    {INT, "%s not in { 1, 2 }", {1, 0, 0, 1}},
    {BOOL, "%s", {0, 1, 0, 1}},
    {BOOL, "%s == false", {1, 0, 1, 0}},
    {BOOL, "%s != false", {0, 1, 0, 1}},
    {STRING, "%s", {0, 1, 1, 1}},
    {STRING, "%s == \"b\"", {0, 0, 1, 0}},
    {STRING, "%s != \"b\"", {1, 1, 0, 1}},
    {STRING, "%s in { \"a\", \"ab\" }", {0, 1, 0, 1}},
    {STRING, "%s =~ /b$/", {0, 0, 1, 1}},
    {STRING, "%s !~ /b$/", {1, 1, 0, 0}},
    {STRING, "contains(%s, \"a\")", {0, 1, 0, 1}},
    {STRING, "%s in { \"b\", /^.b/ }", {0, 0, 1, 1}},
    {STRING, "%s not in { \"b\", /^.b/ }", {1, 1, 0, 0}},
    {NAME, "%s", {0, 1, 1, 1}},
    {NAME, "%s.is_fqdn", {0, 0, 1, 0}},
    {NAME, "%s.is_single_label", {0, 1, 0, 0}},
    {NAME, "%s.is_empty", {1, 0, 0, 0}},
    {NAME, "%s under \"example\"", {0, 0, 1, 0}},
    {NAME, "%s.label(0) == \"mx\"", {0, 1, 1, 0}},
    {NAME, "%s.address.is_reserved", {0, 0, 0, 1}},
    {NAME, "%s.labels >= 2", {0, 0, 1, 0}},
    {ADDRESS, "%s", {0, 1, 1, 1}},
    {ADDRESS, "%s.is_private", {0, 0, 1, 1}},
    {ADDRESS, "%s in 10.0.0.0/8", {0, 0, 1, 1}},
    {ADDRESS, "%s not in { 10.0.0.1, 192.0.2.1 }", {1, 0, 0, 1}},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

struct fact {
  bool known;
  unsigned value;
  assay_why why;
};

/* --- trees --- */

enum form { CONSTANT, LEAF, PAIR, NEGATION, AND, OR, OF, ANY, ALL, NONE, SAME, RULE, LET, SCORE };

struct node {
  enum form form;
  unsigned question, fact, other; /* LEAF; PAIR: the facts are equal */
  unsigned want;                  /* CONSTANT: the answer; OF: the count; SAME: 1 for ==; RULE, LET: which */
  unsigned count;
  unsigned children[6];           /* nodes; SCORE: rules */
  unsigned compare;
  int milli;
};

struct owner {
  unsigned root, depth;
  int milli; /* a rule's score */
  enum answer answer;
  unsigned reasons; /* of the unknown facts below, a bit each */
  bool done;
  long text_begin, text_end;
};

struct world {
  uint64_t seed;
  struct node nodes[NODES];
  unsigned node_count;
  struct owner rules[RULES], lets[LETS];
  unsigned rule_count, let_count; /* made so far, so that nothing needs itself */
  unsigned depth;                 /* of the owner at hand, by what it names */
  struct fact facts[FACTS];
  char *text;
  size_t text_len;
};

static unsigned pick(struct world *w, unsigned below) {
  w->seed ^= w->seed << 13;
  w->seed ^= w->seed >> 7;
  w->seed ^= w->seed << 17;
  return (unsigned)((w->seed >> 16) % below);
}

static unsigned new_node(struct world *w, enum form form) {
  assert_true(w->node_count < NODES);
  w->nodes[w->node_count] = (struct node){.form = form};
  return w->node_count++;
}

static unsigned grow(struct world *w, unsigned depth);

static unsigned grow_leaf(struct world *w) {
  unsigned at = new_node(w, LEAF);
  struct node *node = &w->nodes[at];
  node->question = pick(w, QUESTIONS);
  do node->fact = pick(w, FACTS);
  while (fact_rows[node->fact].kind != questions[node->question].kind);
  if (pick(w, 12) == 0) {
    node->form = PAIR;
    do node->other = pick(w, FACTS);
    while (fact_rows[node->other].kind != fact_rows[node->fact].kind);
  }
  return at;
}

/* A name of something made before, if the chain of names does not become too long; else a leaf. */
static unsigned grow_name(struct world *w, enum form form) {
  unsigned made = form == LET ? w->let_count : w->rule_count;
  const struct owner *owners = form == LET ? w->lets : w->rules;
  unsigned which = made ? pick(w, made) : 0;
  if (!made || owners[which].depth >= CHAIN_MAX) return grow_leaf(w);
  if (owners[which].depth > w->depth) w->depth = owners[which].depth;
  unsigned at = new_node(w, form);
  w->nodes[at].want = which;
  return at;
}

static unsigned grow_score(struct world *w) {
  unsigned at = new_node(w, SCORE);
  for (unsigned i = 0, count = 1 + pick(w, 5); i < count && w->rule_count; i++) {
    unsigned rule = pick(w, w->rule_count);
    if (w->rules[rule].depth >= CHAIN_MAX) continue;
    if (w->rules[rule].depth > w->depth) w->depth = w->rules[rule].depth;
    w->nodes[at].children[w->nodes[at].count++] = rule;
  }
  w->nodes[at].compare = pick(w, 6);
  w->nodes[at].milli = (int)pick(w, 9) * 500 - 1500;
  if (w->nodes[at].count == 0) w->nodes[at] = (struct node){.form = CONSTANT, .want = YES};
  return at;
}

static unsigned grow_many(struct world *w, enum form form, unsigned depth) {
  unsigned at = new_node(w, form), least = form == SAME ? 2 : 1, most = form == SAME ? 2 : 6;
  unsigned count = least + pick(w, most - least + 1);
  if ((form == AND || form == OR) && count < 2) count = 2;
  for (unsigned i = 0; i < count; i++) {
    unsigned child = grow(w, depth - 1);
    w->nodes[at].children[i] = child;
  }
  w->nodes[at].count = count;
  w->nodes[at].want = form == OF ? 1 + pick(w, count) : pick(w, 2);
  return at;
}

static unsigned grow(struct world *w, unsigned depth) {
  static const enum form forms[] = {AND, AND, AND, OR, OR, OR, OF, OF, ANY, ALL, NONE, SAME, NEGATION, NEGATION};
  unsigned dice = pick(w, 40);
  if (dice == 0) {
    unsigned at = new_node(w, CONSTANT);
    w->nodes[at].want = pick(w, 2);
    return at;
  }
  if (dice < 5) return grow_name(w, RULE);
  if (dice < 8) return grow_name(w, LET);
  if (dice < 9) return grow_score(w);
  if (depth == 0 || dice < 16) return grow_leaf(w);
  enum form form = forms[pick(w, sizeof forms / sizeof *forms)];
  if (form != NEGATION) return grow_many(w, form, depth);
  unsigned at = new_node(w, NEGATION), child = grow(w, depth - 1);
  w->nodes[at].children[0] = child;
  w->nodes[at].count = 1;
  return at;
}

/* --- as text --- */

static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">="};

static void write_node(struct world *w, FILE *out, unsigned at);

/* A bare value is a condition by its place; a side of == is no such place. */
static void write_condition(struct world *w, FILE *out, unsigned at) {
  const struct node *node = &w->nodes[at];
  bool bare = node->form == LEAF && strcmp(questions[node->question].form, "%s") == 0;
  if (bare) fputs(node->fact % 2 ? "any of (" : "true and ", out);
  write_node(w, out, at);
  if (bare && node->fact % 2) fputc(')', out);
}

static void write_list(struct world *w, FILE *out, const struct node *node, const char *between) {
  for (unsigned i = 0; i < node->count; i++) {
    if (i) fputs(between, out);
    if (node->form == SCORE)
      fprintf(out, "R%u", node->children[i]);
    else if (node->form == SAME)
      write_condition(w, out, node->children[i]);
    else
      write_node(w, out, node->children[i]);
  }
}

/* The form is one of the table above, with one %s in it. */
static void write_form(FILE *out, const char *form, const char *word) {
  const char *hole = strstr(form, "%s");
  fprintf(out, "%.*s%s%s", (int)(hole - form), form, word, hole + 2);
}

static void write_node(struct world *w, FILE *out, unsigned at) {
  static const char *const heads[] = {[ANY] = "any", [ALL] = "all", [NONE] = "none"};
  const struct node *node = &w->nodes[at];
  switch (node->form) {
    case CONSTANT: fputs(node->want ? "true" : "false", out); return;
    case LEAF: write_form(out, questions[node->question].form, fact_rows[node->fact].word); return;
    case PAIR: fprintf(out, "%s == %s", fact_rows[node->fact].word, fact_rows[node->other].word); return;
    case RULE: fprintf(out, "R%u", node->want); return;
    case LET: fprintf(out, "l%u", node->want); return;
    case OF: fprintf(out, "%u of (", node->want); break;
    case ANY:
    case ALL:
    case NONE: fprintf(out, "%s of (", heads[node->form]); break;
    case SCORE: fputs("score of (", out); break;
    case NEGATION: fputs("not (", out); break;
    default: fputs("((", out); break;
  }
  bool of = node->form >= OF && node->form <= NONE;
  const char *between = of || node->form == SCORE ? ", "
                        : node->form == AND       ? ") and ("
                        : node->form == OR        ? ") or ("
                        : node->want              ? ") == ("
                                                  : ") != (";
  write_list(w, out, node, between);
  fputs(of || node->form == NEGATION || node->form == SCORE ? ")" : "))", out);
  if (node->form == SCORE) fprintf(out, " %s %.1f", compares[node->compare], node->milli / 1000.0);
}

static void write_rule(struct world *w, FILE *out, unsigned r) {
  w->rules[r].text_begin = ftell(out);
  fprintf(out, "rule R%u { describe \"d\" score %.1f when ", r, w->rules[r].milli / 1000.0);
  write_node(w, out, w->rules[r].root);
  fputs(" }\n", out);
  w->rules[r].text_end = ftell(out);
}

/* Every other text names things ahead of where they stand. */
static void write_text(struct world *w, bool backwards) {
  FILE *out = open_memstream(&w->text, &w->text_len);
  assert_non_null(out);
  for (unsigned i = 0; i < RULES; i++) write_rule(w, out, backwards ? RULES - 1 - i : i);
  for (unsigned i = 0; i < LETS; i++) {
    fprintf(out, "let l%u = ", i);
    write_condition(w, out, w->lets[i].root);
    fputc('\n', out);
  }
  assert_int_equal(fclose(out), 0);
}

static void make_text(struct world *w, bool backwards) {
  w->node_count = w->rule_count = w->let_count = 0;
  for (unsigned r = 0; r < RULES; r++) {
    struct owner *owner = w->let_count < LETS && pick(w, RULES / LETS) == 0 ? &w->lets[w->let_count] : NULL;
    for (int turn = owner ? 0 : 1; turn < 2; turn++) {
      if (turn) owner = &w->rules[r];
      w->depth = 0;
      *owner = (struct owner){.root = grow(w, 1 + pick(w, 4)), .milli = (int)pick(w, 7) * 500 - 1000};
      owner->depth = w->depth + 1;
      if (!turn) w->let_count++;
    }
    w->rule_count++;
  }
  for (; w->let_count < LETS; w->let_count++)
    w->lets[w->let_count] = (struct owner){.root = grow_leaf(w), .depth = 1};
  write_text(w, backwards);
}

/* --- the naive reading --- */

static enum answer read_node(struct world *w, unsigned at, unsigned *reasons);

static enum answer negated(enum answer answer) {
  return answer == OPEN ? OPEN : answer == YES ? NO : YES;
}

static enum answer read_owner(struct world *w, struct owner *owner, unsigned *reasons) {
  if (!owner->done) {
    owner->reasons = 0;
    owner->answer = read_node(w, owner->root, &owner->reasons);
    owner->done = true;
  }
  *reasons |= owner->reasons;
  return owner->answer;
}

static bool known(const struct fact *fact, unsigned *reasons) {
  if (!fact->known) *reasons |= 1u << fact->why;
  return fact->known;
}

static enum answer read_leaf(const struct world *w, const struct node *node, unsigned *reasons) {
  const struct fact *fact = &w->facts[node->fact], *other = &w->facts[node->other];
  bool first = known(fact, reasons);
  if (node->form == LEAF) return !first ? OPEN : questions[node->question].answers[fact->value] ? YES : NO;
  bool second = known(other, reasons);
  if (!first || !second) return OPEN;
  const char *const *words = values[fact_rows[node->fact].kind];
  return strcmp(words[fact->value], words[other->value]) == 0 ? YES : NO;
}

/* At least `want` hold; how many surely do, and how many still can. */
static enum answer read_count(struct world *w, const struct node *node, unsigned want, unsigned *reasons) {
  unsigned sure = 0, open = 0;
  for (unsigned i = 0; i < node->count; i++) {
    enum answer answer = read_node(w, node->children[i], reasons);
    sure += answer == YES;
    open += answer == OPEN;
  }
  return sure >= want ? YES : sure + open < want ? NO : OPEN;
}

static bool compared(unsigned compare, int a, int b) {
  const bool answers[] = {a == b, a != b, a < b, a <= b, a > b, a >= b};
  return answers[compare];
}

/* Over a whole interval. Scores are multiples of a half, and between the ends any of them may be reached. */
static enum answer read_score(struct world *w, const struct node *node, unsigned *reasons) {
  int low = 0, high = 0;
  for (unsigned i = 0; i < node->count; i++) {
    const struct owner *rule = &w->rules[node->children[i]];
    enum answer answer = read_owner(w, &w->rules[node->children[i]], reasons);
    if (answer == YES || (answer == OPEN && rule->milli < 0)) low += rule->milli;
    if (answer == YES || (answer == OPEN && rule->milli > 0)) high += rule->milli;
  }
  bool all = true, some = false;
  for (int sum = low; sum <= high; sum += 500) {
    bool holds = compared(node->compare, sum, node->milli);
    all &= holds;
    some |= holds;
  }
  return all ? YES : some ? OPEN : NO;
}

static enum answer read_node(struct world *w, unsigned at, unsigned *reasons) {
  const struct node *node = &w->nodes[at];
  switch (node->form) {
    case CONSTANT: return node->want ? YES : NO;
    case LEAF:
    case PAIR: return read_leaf(w, node, reasons);
    case NEGATION: return negated(read_node(w, node->children[0], reasons));
    case AND:
    case ALL: return read_count(w, node, node->count, reasons);
    case OR:
    case ANY: return read_count(w, node, 1, reasons);
    case OF: return read_count(w, node, node->want, reasons);
    case NONE: return negated(read_count(w, node, 1, reasons));
    case RULE: return read_owner(w, &w->rules[node->want], reasons);
    case LET: return read_owner(w, &w->lets[node->want], reasons);
    case SCORE: return read_score(w, node, reasons);
    case SAME: break;
  }
  enum answer a = read_node(w, node->children[0], reasons), b = read_node(w, node->children[1], reasons);
  return a == OPEN || b == OPEN ? OPEN : (a == b) == (node->want == 1) ? YES : NO;
}

/* --- connections --- */

/* Every other connection has one reason only, so that the reason of every unknown rule is determined. */
static void draw_facts(struct world *w, assay_facts *facts, bool one_reason) {
  assay_why only = (assay_why)pick(w, 3);
  unsigned open_of_8 = pick(w, 7);
  assay_facts_clear(facts);
  for (unsigned f = 0; f < FACTS; f++) {
    struct fact *fact = &w->facts[f];
    assay_fact id;
    *fact = (struct fact){pick(w, 8) >= open_of_8, pick(w, 4), one_reason ? only : (assay_why)pick(w, 3)};
    const char *value = values[fact_rows[f].kind][fact->value];
    assert_int_equal(assay_fact_find(&id, fact_rows[f].word, strlen(fact_rows[f].word)), ASSAY_OK);
    assert_int_equal(fact->known ? assay_facts_set(facts, id, value, strlen(value))
                                 : assay_facts_set_unknown(facts, id, fact->why),
                     ASSAY_OK);
  }
  for (unsigned i = 0; i < RULES; i++) w->rules[i].done = false;
  for (unsigned i = 0; i < LETS; i++) w->lets[i].done = false;
}

static void complain(const struct world *w, unsigned r, enum answer expected, enum answer got) {
  static const char *const words[] = {"miss", "hit", "unknown"};
  print_error("%.*s", (int)(w->rules[r].text_end - w->rules[r].text_begin), w->text + w->rules[r].text_begin);
  for (unsigned f = 0; f < FACTS; f++) {
    const struct fact *fact = &w->facts[f];
    print_error("  %s %s\n", fact_rows[f].word,
                fact->known ? values[fact_rows[f].kind][fact->value] : assay_why_text(fact->why));
  }
  fail_msg("R%u: the tree says %s, the library %s", r, words[expected], words[got]);
}

static unsigned rule_number(const char *name) {
  unsigned long number = strtoul(name + 1, NULL, 10);
  assert_true(name[0] == 'R' && number < RULES);
  return (unsigned)number;
}

static void check_connection(struct world *w, const assay_verdict *verdict) {
  static const int no_reason = -1;
  enum answer answers[RULES] = {NO};
  int why[RULES];
  for (unsigned i = 0; i < RULES; i++) why[i] = no_reason;
  assay_hit hit;
  assay_unknown unknown;
  for (size_t i = 0; assay_verdict_hit_at(verdict, i, &hit) == ASSAY_OK; i++) answers[rule_number(hit.rule)] = YES;
  for (size_t i = 0; assay_verdict_unknown_at(verdict, i, &unknown) == ASSAY_OK; i++) {
    answers[rule_number(unknown.rule)] = OPEN;
    why[rule_number(unknown.rule)] = (int)unknown.why;
    assert_true(unknown.wait_count > 0);
  }
  for (unsigned r = 0; r < RULES; r++) {
    unsigned reasons = 0;
    enum answer expected = read_owner(w, &w->rules[r], &reasons);
    if (answers[r] != expected) complain(w, r, expected, answers[r]);
    /* The reason is one of those below; where there is only one, it is that. */
    if (expected == OPEN) assert_true(reasons >> why[r] & 1u);
  }
}

static assay_ruleset *compile(struct world *w) {
  assay_ruleset *ruleset;
  assay_diags *diags = NULL;
  assay_diag diag;
  assay_status status = assay_ruleset_compile_text(&ruleset, "random.rule", w->text, w->text_len, NULL, &diags);
  if (status != ASSAY_OK && assay_diags_at(diags, 0, &diag) == ASSAY_OK)
    fail_msg("%u:%u: %s", diag.place.line, diag.place.column, diag.message);
  assert_int_equal(status, ASSAY_OK);
  assay_diags_free(diags);
  return ruleset;
}

static void a_hundred_thousand_conditions(void **state) {
  (void)state;
  struct world *w = calloc(1, sizeof *w);
  assay_facts *facts;
  assay_workspace *workspace;
  assay_verdict *verdict;
  assert_non_null(w);
  w->seed = UINT64_C(0x9e3779b97f4a7c15);
  assert_int_equal(assay_facts_new(&facts, NULL), ASSAY_OK);
  assert_int_equal(assay_workspace_new(&workspace, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&verdict, NULL), ASSAY_OK);
  size_t seen[3] = {0};
  for (unsigned t = 0; t < TEXTS; t++) {
    make_text(w, t % 2);
    assay_ruleset *ruleset = compile(w);
    for (unsigned c = 0; c < CONNECTIONS; c++) {
      draw_facts(w, facts, c % 2);
      assert_int_equal(assay_evaluate(ruleset, facts, workspace, verdict), ASSAY_OK);
      check_connection(w, verdict);
      for (unsigned r = 0; r < RULES; r++) seen[w->rules[r].answer]++;
    }
    assay_ruleset_unref(ruleset);
    free(w->text);
  }
  assay_verdict_free(verdict);
  assay_workspace_free(workspace);
  assay_facts_free(facts);
  free(w);
  /* A generator that mostly makes constants would prove little. */
  for (int answer = NO; answer <= OPEN; answer++) assert_true(seen[answer] > (size_t)TEXTS * RULES * CONNECTIONS / 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_hundred_thousand_conditions)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
