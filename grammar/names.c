/* Owns the meaning of words: facts, lets, lists, maps, functions, rules; wildcards; and that nothing needs itself.
 * Must never know: types. */
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/parse.h"
#include "grammar/unknown.h"

static void resolve(struct compilation *c, struct expr *e, uint32_t inside);

/* --- suggestions --- */

static void offer_facts(const struct words *words, struct nearest *nearest) {
  for (size_t f = 0; words_fact(words, f); f++) nearest_offer(nearest, text_from(words_fact(words, f)->name));
}

static void offer_functions(const struct words *words, struct nearest *nearest) {
  for (size_t i = 0; words_function(words, i); i++) nearest_offer(nearest, text_from(words_function(words, i)->name));
}

/* Names that SpamAssassin, rspamd and Postfix use for what Assay calls otherwise. */
static const struct {
  const char *word, *ours;
} foreign[] = {
    {"ip", "client.ip"},        {"rdns", "client.rdns"},  {"client_address", "client.ip"},
    {"sender", "mail.from"},    {"from", "mail.from"},    {"recipient", "rcpt"},
    {"ehlo", "helo"},           {"user", "auth.user"},    {"reverse_client_name", "client.rdns"},
    {"helo_name", "helo"},      {"envfrom", "mail.from"}, {"client_name", "client.rdns_confirmed"},
};

/* The facts that begin with a word that is none. */
static void list_facts(struct compilation *c, struct text word) {
  struct buf facts;
  buf_init(&facts, c->arena.alloc);
  for (size_t f = 0; words_fact(&c->words, f); f++)
    if (is_first_word(word, text_from(words_fact(&c->words, f)->name)))
      buf_printf(&facts, "%s%s", facts.len ? ", " : "", words_fact(&c->words, f)->name);
  diag_help(c->diags, "there are %.*s", TEXT_ARG(buf_view(&facts)));
  c->arena.failed |= facts.failed;
  buf_free(&facts);
}

static const char *foreign_fact(struct text word) {
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
    if (text_is(word, foreign[i].word)) return foreign[i].ours;
  return NULL;
}

/* `root`: what of the word a file could define. */
static void report_unknown(struct compilation *c, struct expr *e, struct text word, struct span span, struct text root,
                           bool as_text) {
  bool call = e->kind == E_CALL;
  const char *fact = call ? NULL : foreign_fact(word);
  bool asks_unknown = !call && text_is(word, "unknown");
  struct nearest nearest = nearest_start(word);
  if (!call && unknown_searches(c)) offer_facts(&c->words, &nearest);
  if (!call) unknown_offer(c, &nearest, KIND(LIST) | KIND(MAP) | KIND(LET));
  if (unknown_searches(c)) offer_functions(&c->words, &nearest);
  bool near = call || fact || asks_unknown || nearest_good(&nearest) || words_begin_fact(&c->words, root);
  e->kind = E_BAD;
  if (unknown_follows(c, word_make(span, root), near)) return;
  report(c->diags, UNKNOWN_NAME, span, call ? "there is no function `%.*s`" : "nothing is called `%.*s`",
         TEXT_ARG(word));
  if (fact)
    diag_help(c->diags, "the fact is called `%s`", fact);
  else if (asks_unknown)
    diag_help(c->diags, "whether a value is unknown cannot be asked; a rule hits only when its condition is true");
  else if (nearest_good(&nearest))
    unknown_suggest(c, &nearest);
  else if (as_text)
    diag_help(c->diags, "if this is a text, it stands in double quotes: \"%.*s\"", TEXT_ARG(word));
  else if (!call && words_begin_fact(&c->words, root))
    list_facts(c, root);
}

/* --- words --- */

static bool resolve_fact(struct compilation *c, struct expr *e, struct text word) {
  size_t fact = words_find_fact(&c->words, word);
  if (!words_fact(&c->words, fact)) return false;
  e->kind = E_FACT;
  e->index = (uint32_t)fact;
  return true;
}

static bool resolve_symbol(struct compilation *c, struct expr *e) {
  static const enum expr_kind kinds[] = {
      [SYMBOL_LIST] = E_LIST, [SYMBOL_MAP] = E_MAP, [SYMBOL_LET] = E_LET};
  const struct symbol *symbol = symbol_find(c, e->text);
  if (!symbol || symbol->kind > SYMBOL_LET) return false;
  e->kind = kinds[symbol->kind];
  e->index = symbol->index;
  if (symbol->kind == SYMBOL_LET) c->lets.at[symbol->index].used = true;
  return true;
}

static void resolve_name(struct compilation *c, struct expr *e) {
  if (!resolve_fact(c, e, e->text) && !resolve_symbol(c, e)) report_unknown(c, e, e->text, e->span, e->text, false);
}

static void resolve_args(struct compilation *c, struct expr *args, uint32_t inside) {
  for (size_t i = 0; args && i < args->count; i++) resolve(c, args->items[i], inside);
}

static void resolve_call(struct compilation *c, struct expr *e, uint32_t inside) {
  resolve_args(c, e->b, inside);
  if (!words_function(&c->words, words_find_function(&c->words, e->text)))
    report_unknown(c, e, e->text, e->word, e->text, false);
}

/* Whether the node is a plain dotted word a.b.c, and that word. */
static bool dotted(struct compilation *c, const struct expr *e, struct text *word) {
  if (e->kind == E_NAME) {
    *word = e->text;
    return true;
  }
  struct text left;
  if (e->kind != E_DOT || e->b || !e->a || !dotted(c, e->a, &left)) return false;
  *word = arena_printf(&c->arena, "%.*s.%.*s", TEXT_ARG(left), TEXT_ARG(e->text));
  return true;
}

/* dns.mx(…): the dot of a function is part of its name. With arguments it can be nothing else. */
static bool resolve_dotted_call(struct compilation *c, struct expr *e, uint32_t inside) {
  if (e->a->kind != E_NAME || !words_function_prefix(&c->words, e->a->text)) return false;
  struct text word = arena_printf(&c->arena, "%.*s.%.*s", TEXT_ARG(e->a->text), TEXT_ARG(e->text));
  if (!e->b && !words_function(&c->words, words_find_function(&c->words, word))) return false;
  e->kind = E_CALL;
  e->text = word;
  e->word = e->span;
  resolve_call(c, e, inside);
  return true;
}

/* A dotted word is the longest prefix that is a fact; the rest are properties. */
static void resolve_dot(struct compilation *c, struct expr *e, uint32_t inside) {
  struct text word;
  if (!e->a) return;
  bool plain = dotted(c, e, &word);
  if (plain && resolve_fact(c, e, word)) return;
  if (resolve_dotted_call(c, e, inside)) return;
  resolve_args(c, e->b, inside);
  bool known = words_fact(&c->words, words_find_fact(&c->words, e->a->text)) || symbol_find(c, e->a->text);
  if (plain && e->a->kind == E_NAME && !known) {
    report_unknown(c, e, word, e->span, e->a->text, false);
    return;
  }
  resolve(c, e->a, inside);
}

/* Whether the dotted word begins with something that has a meaning. */
static bool has_meaning(struct compilation *c, const struct expr *e) {
  struct text word;
  if (!dotted(c, e, &word) || words_fact(&c->words, words_find_fact(&c->words, word))) return true;
  if (e->kind == E_DOT) return has_meaning(c, e->a);
  return symbol_find(c, word) != NULL;
}

/* One side of a comparison; a word without any meaning may be a text that lacks its quotes. */
static void resolve_side(struct compilation *c, struct expr *e, uint32_t inside) {
  struct text word;
  const struct expr *root = e;
  while (root && root->kind == E_DOT) root = root->a;
  bool plain = e && root && dotted(c, e, &word) && !words_function_prefix(&c->words, root->text);
  if (plain && !has_meaning(c, e))
    report_unknown(c, e, word, e->span, root->text, true);
  else
    resolve(c, e, inside);
}

/* --- rules --- */

static void resolve_rule(struct compilation *c, struct expr *e) {
  const struct symbol *symbol = symbol_find(c, e->text);
  if (!symbol || symbol->kind >= SYMBOL_BROKEN) {
    e->kind = E_BAD;
    unknown_report(c, word_make(e->span, e->text), KIND(RULE));
  } else if (symbol->kind != SYMBOL_RULE) {
    e->kind = E_BAD;
    report(c->diags, NOT_CONDITION, e->span, "`%.*s` is an exemption; only rules can be asked for", TEXT_ARG(e->text));
    diag_second(c->diags, symbol->span, "defined here");
    diag_help(c->diags, "put what both need into a `let`");
  } else {
    e->index = symbol->index;
  }
}

static bool push_item(struct compilation *c, struct expr *list, struct expr *item) {
  if (!arena_grow(&c->arena, (void **)&list->items, list->count, &list->cap, sizeof *list->items)) return false;
  list->items[list->count++] = item;
  return true;
}

/* Rules that could not be read count as members, so that nothing follows from their absence. */
static size_t take_broken(struct compilation *c, struct expr *into, struct text prefix) {
  size_t found = 0;
  for (size_t i = 0; i < c->names.texts.count && found <= MEMBERS_MAX; i++) {
    if (c->symbols.at[i].kind != SYMBOL_BROKEN || !text_starts(c->names.texts.at[i], prefix)) continue;
    struct expr *broken = arena_new(&c->arena, sizeof *broken);
    if (!broken || !push_item(c, into, broken)) return found;
    *broken = (struct expr){.kind = E_BAD, .type = TYPE_COUNT_OF};
    found++;
  }
  return found;
}

static void too_many_match(struct compilation *c, const struct expr *wild) {
  report(c->diags, BAD_MEMBER, wild->span, "`%.*s` stands for more than %d rules", TEXT_ARG(wild->text), MEMBERS_MAX);
  diag_help(c->diags, "let it begin with more letters, and join several with `or`");
}

static void no_rule_matches(struct compilation *c, const struct expr *wild, struct text prefix, uint32_t inside) {
  bool itself = inside != NO_INDEX && text_starts(c->rules.at[inside].name.text, prefix);
  report(c->diags, NO_MATCH, wild->span, "no %srule matches `%.*s`", itself ? "other " : "", TEXT_ARG(wild->text));
  diag_help(c->diags, itself ? "the rule that it stands in is not among them" : "is it misspelt, or is a file missing?");
}

static void expand_wild(struct compilation *c, struct expr *into, const struct expr *wild, uint32_t inside) {
  struct text prefix = text_of(wild->text.ptr, wild->text.len - 1);
  size_t found = 0;
  for (size_t r = 0; r < c->rules.count && found <= MEMBERS_MAX; r++) {
    if (r == inside || !text_starts(c->rules.at[r].name.text, prefix)) continue;
    struct expr *rule = arena_new(&c->arena, sizeof *rule);
    if (!rule) return;
    *rule = *wild;
    rule->kind = E_RULE;
    rule->text = c->rules.at[r].name.text;
    rule->index = (uint32_t)r;
    if (!push_item(c, into, rule)) return;
    found++;
  }
  found += take_broken(c, into, prefix);
  if (found == 0 && !c->unread.any)
    no_rule_matches(c, wild, prefix, inside);
  if (found > MEMBERS_MAX)
    too_many_match(c, wild);
}

static void bad_member(struct compilation *c, const struct expr *member) {
  report(c->diags, BAD_MEMBER, member->span, "score of (…) takes rules only");
  diag_help(c->diags, "a condition has no score; make it a rule, if need be with the score 0");
}

/* Replaces HELO_* among the members by the rules it stands for. */
static void resolve_members(struct compilation *c, struct expr *e, uint32_t inside) {
  struct expr **members = e->items;
  size_t count = e->count;
  e->items = NULL;
  e->count = e->cap = 0;
  for (size_t i = 0; i < count; i++) {
    if (members[i]->kind == E_WILD) {
      expand_wild(c, e, members[i], inside);
      continue;
    }
    resolve(c, members[i], inside);
    if (!push_item(c, e, members[i])) return;
    bool rule = members[i]->kind == E_RULE || members[i]->kind == E_BAD;
    if (e->kind == E_SCORE_OF && !rule)
      bad_member(c, members[i]);
  }
}

/* `inside` is the rule that the expression belongs to, or NO_INDEX. Depth is bounded by the parser's limit. */
static void resolve(struct compilation *c, struct expr *e, uint32_t inside) {
  if (!e) return;
  switch (e->kind) {
    case E_NAME: resolve_name(c, e); break;
    case E_DOT: resolve_dot(c, e, inside); break;
    case E_CALL: resolve_call(c, e, inside); break;
    case E_RULE: resolve_rule(c, e); break;
    case E_OF:
    case E_SCORE_OF: resolve_members(c, e, inside); break;
    case E_WILD:
      report(c->diags, BAD_MEMBER, e->span, "`%.*s` stands for rules only among the members of of (…)",
             TEXT_ARG(e->text));
      diag_help(c->diags, "write `any of (%.*s)`", TEXT_ARG(e->text));
      e->kind = E_BAD;
      break;
    case E_AND:
    case E_OR:
      for (size_t i = 0; i < e->count; i++) resolve(c, e->items[i], inside);
      break;
    case E_COMPARE:
    case E_IN:
    case E_UNDER:
      resolve_side(c, e->a, inside);
      resolve_side(c, e->b, inside);
      break;
    default:
      resolve(c, e->a, inside);
      resolve(c, e->b, inside);
      break;
  }
}

/* --- cycles and depth among lets and rules --- */

/* One step on the way down, for the message. */
struct trail {
  const struct trail *up;
  struct text name;
  bool rule;
  size_t index;
};

static unsigned walk_expr(struct compilation *c, const struct expr *e, const struct trail *up);

/* Lets on a circle, and those too deep, are left without a type: the passes behind follow lets down. */
static void report_cycle(struct compilation *c, const struct trail *up, struct text name, struct span span) {
  struct buf line;
  buf_init(&line, c->arena.alloc);
  for (const struct trail *at = up; at; at = at->up) {
    if (!at->rule) c->lets.at[at->index].typed = VISIT_OPEN;
    buf_text(&line, at->name);
    if (text_eq(at->name, name)) break;
    buf_str(&line, " <- ");
  }
  report(c->diags, CYCLE, span, "`%.*s` needs itself: %.*s <- %.*s", TEXT_ARG(name), TEXT_ARG(name),
         TEXT_ARG(buf_view(&line)));
  c->arena.failed |= line.failed;
  diag_help(c->diags, "break the circle: put what they share into a `let` of its own");
  buf_free(&line);
}

static void report_too_deep(struct compilation *c, struct span span) {
  report(c->diags, TOO_DEEP, span, "rules and lets that use each other are more than %d deep", DEPENDENCY_MAX);
  diag_help(c->diags, "write out some of the conditions that are only used by the next");
}

/* How deep below a let or rule it goes; visits each once. */
static unsigned walk_node(struct compilation *c, bool rule, uint32_t index, const struct trail *up) {
  enum visit *visit = rule ? &c->rules.at[index].visit : &c->lets.at[index].visit;
  unsigned *depth = rule ? &c->rules.at[index].depth : &c->lets.at[index].depth;
  struct word name = rule ? c->rules.at[index].name : c->lets.at[index].name;
  if (*visit == VISIT_OPEN) {
    report_cycle(c, up, name.text, name.span);
    return 0;
  }
  if (*visit == VISIT_NEW) {
    struct trail here = {up, name.text, rule, index};
    *visit = VISIT_OPEN;
    *depth = 1 + walk_expr(c, rule ? c->rules.at[index].body->when : c->lets.at[index].expr, &here);
    *visit = VISIT_DONE;
    if (!rule && *depth > DEPENDENCY_MAX) c->lets.at[index].typed = VISIT_OPEN;
    if (*depth == DEPENDENCY_MAX + 1)
      report_too_deep(c, name.span);
  }
  return *depth;
}

static unsigned deeper(unsigned a, unsigned b) {
  return a > b ? a : b;
}

static unsigned walk_expr(struct compilation *c, const struct expr *e, const struct trail *up) {
  unsigned depth = 0, steps = 0;
  for (const struct trail *at = up; at; at = at->up) steps++;
  if (!e || steps > DEPENDENCY_MAX + 1) return DEPENDENCY_MAX * (e != NULL);
  if (e->kind == E_LET) return walk_node(c, false, e->index, up);
  if (e->kind == E_RULE && e->index != NO_INDEX) return walk_node(c, true, e->index, up);
  depth = deeper(walk_expr(c, e->a, up), walk_expr(c, e->b, up));
  for (size_t i = 0; i < e->count; i++) depth = deeper(depth, walk_expr(c, e->items[i], up));
  return depth;
}

void names_resolve(struct compilation *c) {
  for (size_t i = 0; i < c->lets.count; i++) resolve(c, c->lets.at[i].expr, NO_INDEX);
  for (size_t i = 0; i < c->rules.count; i++) resolve(c, c->rules.at[i].body->when, (uint32_t)i);
  for (size_t i = 0; i < c->exempts.count; i++) resolve(c, c->exempts.at[i].body->when, NO_INDEX);
  for (uint32_t i = 0; i < c->lets.count; i++) walk_node(c, false, i, NULL);
  for (uint32_t i = 0; i < c->rules.count; i++) walk_node(c, true, i, NULL);
}
