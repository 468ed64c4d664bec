/* Owns the way from statements to tables: every name declared once, overrides applied last, thresholds rising.
 * Must never know: expressions. */
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/unknown.h"

static const char *const list_types[] = {
    [LIST_NAME] = "name",       [LIST_STRING] = "string",   [LIST_ADDRESS] = "address",
    [LIST_NETWORK] = "network", [LIST_MAILBOX] = "mailbox", [LIST_REGEX] = "regex",
};

enum list_type list_type_find(struct text word) {
  unsigned type = 0;
  while (type < LIST_TYPE_COUNT && !text_is(word, list_types[type])) type++;
  return (enum list_type)type;
}

const char *list_type_word(enum list_type type) {
  return list_types[type];
}

static const char *const action_words[] = {"accept", "tag", "greylist", "defer", "reject", "discard"};

const struct symbol *symbol_find(const struct compilation *c, struct text name) {
  uint32_t at = intern_find(&c->names, name);
  return at == INTERN_NONE ? NULL : &c->symbols.at[at];
}

const struct symbol *symbol_expect(struct compilation *c, struct word name, enum symbol_kind kind) {
  const struct symbol *symbol = symbol_find(c, name.text);
  if (symbol && symbol->kind == kind) return symbol;
  unknown_report(c, name, 1u << kind);
  return NULL;
}

/* --- names --- */

static void check_reserved(struct compilation *c, struct word name) {
  if (words_begin_fact(&c->words, name.text)) {
    report(c->diags, RESERVED_NAME, name.span, "`%.*s` is the first word of a fact", TEXT_ARG(name.text));
    diag_help(c->diags, "choose another name, such as `my_%.*s`", TEXT_ARG(name.text));
    return;
  }
  for (size_t i = 0; words_function(&c->words, i); i++)
    if (is_first_word(name.text, text_from(words_function(&c->words, i)->name))) {
      bool whole = text_is(name.text, words_function(&c->words, i)->name);
      report(c->diags, RESERVED_NAME, name.span, "`%.*s` is %s", TEXT_ARG(name.text),
             whole ? "a function" : "the first word of functions");
      diag_help(c->diags, "choose another name, such as `my_%.*s`", TEXT_ARG(name.text));
      return;
    }
}

/* What a second definition may have been meant for. */
static void twice_help(struct compilation *c, enum symbol_kind kind, struct text name) {
  static const char *const forms[] = {
      [SYMBOL_LIST] = "to add to a list, write `list a_name += { … }`",
      [SYMBOL_MAP] = "to add to a map, write `map a_name += { … }`",
      [SYMBOL_RULE] = "to change its score, write `score A_RULE 1.5`; for one of your own, disable it and choose another name",
      [SYMBOL_EXEMPT] = "for one of your own, write `disable A_NAME` and choose another name",
  };
  if (kind == SYMBOL_LET)
    diag_help(c->diags, "give one of them another name");
  else if (c->symbols.at[intern_find(&c->names, name)].kind == kind)
    diag_help(c->diags, "%s", forms[kind]);
}

/* Gives the name its meaning; false when it has one already, which is reported with both places. */
static bool declare(struct compilation *c, struct word name, enum symbol_kind kind, size_t index) {
  size_t before = c->names.texts.count;
  uint32_t at = intern_add(&c->names, name.text);
  if (at == INTERN_NONE || c->arena.failed) return false;
  if (at < before) {
    report(c->diags, DUPLICATE, name.span, "`%.*s` is defined twice", TEXT_ARG(name.text));
    diag_second(c->diags, c->symbols.at[at].span, "first defined here");
    twice_help(c, kind, name.text);
    return false;
  }
  struct symbol *symbol = vec_add(&c->arena, &c->symbols);
  if (!symbol) return false;
  *symbol = (struct symbol){kind, (uint32_t)index, name.span};
  if (kind <= SYMBOL_LET) check_reserved(c, name);
  return true;
}

/* --- scores --- */

static int64_t checked_score(struct compilation *c, struct number number, struct span span, const char *what) {
  if (number.milli >= -PROGRAM_SCORE_MAX && number.milli <= PROGRAM_SCORE_MAX) return number.milli;
  report(c->diags, BAD_SCORE, span, "a %s must lie within -1000 and 1000", what);
  diag_help(c->diags, "scores are small numbers that add up: most rules have between -3 and 3");
  return 0;
}

/* --- statements --- */

static uint32_t group_number(struct compilation *c, struct word name) {
  size_t before = c->group_names.texts.count;
  uint32_t at = intern_add(&c->group_names, name.text);
  if (at == INTERN_NONE || at < before) return at;
  struct group_decl *group = vec_add(&c->arena, &c->groups);
  if (!group) return NO_INDEX;
  *group = (struct group_decl){.name = name, .floor = INT64_MIN, .cap = INT64_MAX, .describe = TEXT("")};
  return at;
}

/* A type that is near enough is taken for what was meant, so that the items are no errors as well. */
static enum list_type guess_list_type(struct compilation *c, struct word word) {
  struct nearest nearest = nearest_start(word.text);
  for (unsigned type = 0; type < LIST_TYPE_COUNT; type++) nearest_offer(&nearest, text_from(list_types[type]));
  report(c->diags, BAD_ITEM, word.span, "`%.*s` is no type of list", TEXT_ARG(word.text));
  if (nearest_good(&nearest)) {
    diag_help(c->diags, "did you mean `%.*s`?", TEXT_ARG(nearest.best));
    return list_type_find(nearest.best);
  }
  diag_help(c->diags, "the types are name, string, address, network, mailbox and regex");
  return LIST_STRING;
}

static void declare_list(struct compilation *c, struct stmt *s) {
  enum list_type type = list_type_find(s->type.text);
  if (type == LIST_TYPE_COUNT) type = guess_list_type(c, s->type);
  if (!declare(c, s->name, SYMBOL_LIST, c->lists.count)) return;
  struct list *list = vec_add(&c->arena, &c->lists);
  if (list)
    *list = (struct list){
        .name = s->name, .type = type, .items_set = NO_INDEX, .patterns_set = NO_INDEX, .zones_set = NO_INDEX};
}

static void declare_map(struct compilation *c, struct stmt *s) {
  if (s->extends || !declare(c, s->name, SYMBOL_MAP, c->maps.count)) return;
  struct name_map *map = vec_add(&c->arena, &c->maps);
  if (map) *map = (struct name_map){.name = s->name, .index = NO_INDEX};
}

static void declare_let(struct compilation *c, struct stmt *s) {
  if (!declare(c, s->name, SYMBOL_LET, c->lets.count)) return;
  struct let *let = vec_add(&c->arena, &c->lets);
  if (let) *let = (struct let){.name = s->name, .expr = s->expr, .value = NO_INDEX};
}

static void declare_rule(struct compilation *c, struct stmt *s) {
  if (!s->body || !declare(c, s->name, SYMBOL_RULE, c->rules.count)) return;
  struct rule_decl *rule = vec_add(&c->arena, &c->rules);
  if (!rule) return;
  *rule = (struct rule_decl){.name = s->name, .body = s->body, .span = s->span, .group = NO_INDEX};
  rule->score = checked_score(c, s->body->score, s->body->score_span, "score");
  if (s->body->group.span.file) rule->group = group_number(c, s->body->group);
  for (struct test_tree *test = s->body->tests; test; test = test->next) test->rule = (uint32_t)c->rules.count - 1;
  if (c->rules.count == RULES_MAX + 1) report(c->diags, TOO_LARGE, s->span, "more than %d rules", RULES_MAX);
}

static void declare_exempt(struct compilation *c, struct stmt *s) {
  if (!s->body || !declare(c, s->name, SYMBOL_EXEMPT, c->exempts.count)) return;
  struct exempt_decl *exempt = vec_add(&c->arena, &c->exempts);
  if (exempt) *exempt = (struct exempt_decl){.name = s->name, .body = s->body, .span = s->span};
}

static void declare_group(struct compilation *c, struct stmt *s) {
  uint32_t at = s->body ? group_number(c, s->name) : NO_INDEX;
  if (at == NO_INDEX) return;
  struct group_decl *group = &c->groups.at[at];
  const struct body *body = s->body;
  int64_t cap = body->cap_span.file ? checked_score(c, body->cap, body->cap_span, "cap") : INT64_MAX;
  int64_t floor = body->floor_span.file ? checked_score(c, body->floor, body->floor_span, "floor") : INT64_MIN;
  if (cap < 0) {
    report(c->diags, BAD_SCORE, body->cap_span, "a cap below 0 would turn a group without hits into a score");
    diag_help(c->diags, "what a group may take off is bounded by its `floor`");
  }
  if (floor > 0) {
    report(c->diags, BAD_SCORE, body->floor_span, "a floor above 0 would turn a group without hits into a score");
    diag_help(c->diags, "what a group may add is bounded by its `cap`");
  }
  *group = (struct group_decl){s->name, body->describe.span.file ? body->describe.text : TEXT(""), floor, cap, true};
}

static void declare_action(struct compilation *c, struct stmt *s) {
  unsigned action = ACTION_TAG;
  while (action < ACTION_COUNT && !text_is(s->name.text, action_words[action])) action++;
  if (action == ACTION_COUNT) {
    report(c->diags, BAD_ACTION, s->name.span, "`%.*s` is no action", TEXT_ARG(s->name.text));
    diag_help(c->diags, "the actions are tag, greylist, defer, reject and discard");
    return;
  }
  if (s->type.span.file) {
    if (!text_is(s->type.text, "off")) {
      bool at = text_is(s->type.text, "at");
      report(c->diags, SYNTAX, s->type.span, at ? "there is no number behind `%.*s`"
                                                : "unexpected `%.*s`; expected `at` or `off`", TEXT_ARG(s->type.text));
      diag_help(c->diags, "the statement is `action reject at 5.0 \"reply text\"` or `action reject off`");
      return;
    }
    c->actions[action] = (struct action_decl){.set = false};
    return;
  }
  c->actions[action] =
      (struct action_decl){true, checked_score(c, s->number, s->number_span, "threshold"), s->number_span, s->reply};
}

static void declare_test(struct compilation *c, struct stmt *s) {
  struct test_tree **slot = s->test ? vec_add(&c->arena, &c->tests) : NULL;
  if (slot) *slot = s->test;
}

/* --- what is applied once everything is declared --- */

static const struct symbol *find_target(struct compilation *c, struct word name, bool exempt_too) {
  const struct symbol *symbol = symbol_find(c, name.text);
  if (symbol && (symbol->kind == SYMBOL_RULE || (exempt_too && symbol->kind == SYMBOL_EXEMPT))) return symbol;
  unknown_report(c, name, exempt_too ? KIND(RULE) | KIND(EXEMPT) : KIND(RULE));
  return NULL;
}

static void apply_score(struct compilation *c, struct stmt *s) {
  const struct symbol *symbol = find_target(c, s->name, false);
  if (symbol) c->rules.at[symbol->index].score = checked_score(c, s->number, s->number_span, "score");
}

static void apply_disable(struct compilation *c, struct stmt *s) {
  const struct symbol *symbol = find_target(c, s->name, true);
  if (symbol && symbol->kind == SYMBOL_RULE) c->rules.at[symbol->index].disabled = true;
  if (symbol && symbol->kind == SYMBOL_EXEMPT) c->exempts.at[symbol->index].disabled = true;
}

static void check_thresholds(struct compilation *c) {
  const struct action_decl *last = NULL;
  const char *last_word = "";
  for (unsigned a = ACTION_TAG; a < ACTION_COUNT; a++) {
    const struct action_decl *action = &c->actions[a];
    if (!action->set) continue;
    if (last && action->at <= last->at) {
      report(c->diags, BAD_ACTION, action->span, "the threshold of %s must be above that of %s", action_words[a],
             last_word);
      diag_second(c->diags, last->span, "%s", last_word);
      diag_help(c->diags,
                "thresholds rise in the order tag, greylist, defer, reject, discard; `action %s off` removes one",
                last_word);
    }
    last = action;
    last_word = action_words[a];
  }
}

static void (*const declarers[])(struct compilation *c, struct stmt *s) = {
    [S_LIST] = declare_list,   [S_MAP] = declare_map,       [S_LET] = declare_let,     [S_RULE] = declare_rule,
    [S_GROUP] = declare_group, [S_EXEMPT] = declare_exempt, [S_ACTION] = declare_action, [S_TEST] = declare_test,
};

bool declare_all(struct compilation *c) {
  for (struct stmt *s = c->statements; s && !c->arena.failed; s = s->next)
    if (s->kind < sizeof declarers / sizeof *declarers && declarers[s->kind]) declarers[s->kind](c, s);
  for (struct stmt *s = c->statements; s && !c->arena.failed; s = s->next)
    if (s->kind == S_BROKEN) unknown_lose(c, s->name, SYMBOL_BROKEN);
  if (c->arena.failed) return false; /* names may lack what they stand for */
  for (struct stmt *s = c->statements; s; s = s->next) {
    if (s->kind == S_SCORE) apply_score(c, s);
    if (s->kind == S_DISABLE) apply_disable(c, s);
  }
  check_thresholds(c);
  return !c->arena.failed;
}
