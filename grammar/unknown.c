/* Owns what is said of a name that nothing defines: the nearest one; nothing, where its statement or file was not read.
 * Must never know: where names are used. */
#include "grammar/unknown.h"

#include "grammar/codes.h"

static const struct {
  const char *article, *word, *defined;
} kind_words[] = {
    [SYMBOL_LIST] = {"a", "list", "a list is made by `list a_name : TYPE { … }`; is the file missing that does?"},
    [SYMBOL_MAP] = {"a", "map", "a map is made by `map a_name { … }`; is the file missing that does?"},
    [SYMBOL_LET] = {"a", "let", "a let is made by `let a_name = …`; is the file missing that does?"},
    [SYMBOL_RULE] = {"a", "rule", "is it misspelt, or is the file missing that it stands in?"},
    [SYMBOL_EXEMPT] = {"an", "exemption", "is it misspelt, or is the file missing that it stands in?"},
};

bool unknown_searches(const struct compilation *c) {
  return c->diags->errors + c->unread.names <= SUGGESTIONS_MAX;
}

void unknown_offer(const struct compilation *c, struct nearest *nearest, unsigned kinds) {
  for (size_t i = 0; unknown_searches(c) && i < c->names.texts.count; i++) {
    struct text name = c->names.texts.at[i];
    enum symbol_kind kind = c->symbols.at[i].kind;
    bool other_case = kind != SYMBOL_UNREAD && text_eq_nocase(name, nearest->word);
    if (other_case || (kinds | KIND(BROKEN)) >> kind & 1) nearest_offer(nearest, name);
  }
}

/* HELO is a rule's name, but helo may be meant. */
static void offer_in_lower_case(const struct words *ours, struct nearest *nearest) {
  static const char *const words[] = {"true", "false"};
  struct text word = nearest->word;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_eq_nocase(word, text_from(words[i]))) nearest_offer(nearest, text_from(words[i]));
  for (size_t f = 0; words_fact(ours, f); f++) {
    struct text fact = text_from(words_fact(ours, f)->name), first = text_of(fact.ptr, text_find(fact, TEXT(".")));
    if (first.len == SIZE_MAX) first.len = fact.len;
    if (text_eq_nocase(word, first)) nearest_offer(nearest, first);
  }
}

void unknown_suggest(struct compilation *c, const struct nearest *nearest) {
  if (!nearest_good(nearest)) return;
  const struct function_info *function = words_function(&c->words, words_find_function(&c->words, nearest->word));
  if (function)
    diag_help(c->diags, "it is a function: %s", function->shown);
  else
    diag_help(c->diags, "did you mean `%.*s`?%s", TEXT_ARG(nearest->best),
              nearest->distance == 0 ? " Rules and exemptions are UPPER_CASE, other names lower_case" : "");
}

bool unknown_lose(struct compilation *c, struct word name, enum symbol_kind kind) {
  size_t before = c->names.texts.count;
  uint32_t at = intern_add(&c->names, name.text);
  if (at == INTERN_NONE || c->arena.failed || at < before) return false;
  struct symbol *symbol = vec_add(&c->arena, &c->symbols);
  if (symbol) *symbol = (struct symbol){kind, NO_INDEX, name.span};
  return symbol != NULL;
}

/* The scanner has changed the case of what was written, and said so. */
static bool is_corrected(const struct compilation *c, struct word name) {
  struct text written = sources_text(&c->sources, name.span);
  if (text_starts(written, TEXT("_"))) return true;
  return text_eq_nocase(written, name.text) && !text_eq(written, name.text);
}

bool unknown_follows(struct compilation *c, struct word name, bool near) {
  if (is_corrected(c, name)) return true;
  const struct symbol *symbol = symbol_find(c, name.text);
  if (symbol && symbol->kind >= SYMBOL_BROKEN) return true;
  if (symbol || near || !c->unread.any) return false;
  if (unknown_lose(c, name, SYMBOL_UNREAD) && c->unread.names++ == 0) c->unread.first = name;
  return true;
}

void unknown_report(struct compilation *c, struct word name, unsigned kinds) {
  const struct symbol *symbol = symbol_find(c, name.text);
  struct nearest nearest = nearest_start(name.text);
  unsigned kind = 0;
  while (!(kinds >> kind & 1)) kind++;
  unknown_offer(c, &nearest, symbol ? 0 : kinds);
  if (kind == SYMBOL_RULE) offer_in_lower_case(&c->words, &nearest);
  if (unknown_follows(c, name, nearest_good(&nearest))) return;
  report(c->diags, UNKNOWN_NAME, name.span, "there is no %s `%.*s`", kind_words[kind].word, TEXT_ARG(name.text));
  if (symbol)
    diag_second(c->diags, symbol->span, "this is %s %s", kind_words[symbol->kind].article,
                kind_words[symbol->kind].word);
  else if (nearest_good(&nearest))
    unknown_suggest(c, &nearest);
  else
    diag_help(c->diags, "%s", kind_words[kind].defined);
}

void unknown_missing_file(struct compilation *c, struct span include) {
  if (!c->unread.any) c->unread.include = include;
  c->unread.any = true;
}

void unknown_summary(struct compilation *c) {
  if (c->unread.names == 0) return;
  const struct word *first = &c->unread.first;
  if (c->unread.names == 1)
    report(c->diags, UNKNOWN_NAME, first->span, "nothing that was read defines `%.*s`", TEXT_ARG(first->text));
  else
    report(c->diags, UNKNOWN_NAME, first->span, "nothing that was read defines `%.*s`, nor %zu more of the names used",
           TEXT_ARG(first->text), c->unread.names - 1);
  diag_second(c->diags, c->unread.include, "nothing came from here");
  diag_help(c->diags, "such names may stand in what could not be read; mend that first");
}
