/* Owns the words that the rules at hand may use for facts and functions: the language's, and behind them the host's.
 * Must never know: what a rule does with them. */
#include "grammar/words.h"

/* As a row of functions.def spells it. A host gets strings in their compared form, so a name or mailbox will do. */
static const char letters[] = {
    [ASSAY_TYPE_BOOL] = 'b',    [ASSAY_TYPE_INT] = 'i',     [ASSAY_TYPE_STRING] = 's',       [ASSAY_TYPE_NAME] = 'n',
    [ASSAY_TYPE_ADDRESS] = 'a', [ASSAY_TYPE_MAILBOX] = 'm', [ASSAY_TYPE_MAILBOX_LIST] = 'M', [ASSAY_TYPE_REAL] = 'r',
};

static const char *argument_letters(struct arena *arena, const struct host_function *function) {
  char *args = arena_new(arena, function->count + 1);
  for (size_t i = 0; args && i < function->count; i++) args[i] = letters[function->arguments[i]];
  return args;
}

bool words_init(struct words *words, const struct vocabulary *vocabulary, struct arena *arena) {
  *words = (struct words){.vocabulary = vocabulary};
  if (!vocabulary) return true;
  words->functions = arena_array(arena, vocabulary->functions.count, sizeof *words->functions);
  if (!words->functions) return false;
  for (; words->function_count < vocabulary->functions.count; words->function_count++) {
    const struct host_function *f = &vocabulary->functions.at[words->function_count];
    words->functions[words->function_count] = (struct function_info){
        f->name, type_of_letter(letters[f->result]), OP_CALL, argument_letters(arena, f), f->shown, f->doc};
  }
  return !arena->failed;
}

const struct field_info *words_fact(const struct words *words, size_t index) {
  return index < vocabulary_fact_count(words->vocabulary) ? vocabulary_fact(words->vocabulary, (unsigned)index) : NULL;
}

size_t words_find_fact(const struct words *words, struct text name) {
  return vocabulary_find_fact(words->vocabulary, name);
}

const struct function_info *words_function(const struct words *words, size_t index) {
  if (index < function_count()) return function_at(index);
  index -= function_count();
  return index < words->function_count ? &words->functions[index] : NULL;
}

size_t words_find_function(const struct words *words, struct text name) {
  size_t index = 0;
  while (words_function(words, index) && !text_is(name, words_function(words, index)->name)) index++;
  return index;
}

bool words_begin_fact(const struct words *words, struct text word) {
  for (size_t f = 0; words_fact(words, f); f++)
    if (is_first_word(word, text_from(words_fact(words, f)->name))) return true;
  return false;
}

bool words_function_prefix(const struct words *words, struct text word) {
  for (size_t i = 0; words_function(words, i); i++) {
    struct text name = text_from(words_function(words, i)->name);
    if (name.len > word.len && is_first_word(word, name)) return true;
  }
  return false;
}
