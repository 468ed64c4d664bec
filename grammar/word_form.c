/* Owns the question whether a host's word can be one of the language.
 * Must never know: which words there are. */
#include "grammar/word_form.h"

#include "grammar/parse.h"

static bool letters_only(struct text word, size_t dots) {
  char before = '.';
  for (size_t i = 0; i < word.len; i++) {
    char c = word.ptr[i];
    bool letter = c >= 'a' && c <= 'z', inner = before != '.' && (ascii_digit(c) || c == '_' || c == '.');
    if (!letter && !inner) return false;
    if (c == '.' && dots-- == 0) return false;
    before = c;
  }
  return before != '.' && word.len <= NAME_MAX_BYTES;
}

/* The grammar itself is asked, in each of the places where the word will stand. */
static bool parses(bool *out, struct text word, struct arena *arena, struct diags *diags) {
  struct sources sources;
  struct stmt *list = NULL;
  int len = (int)word.len;
  struct text text = arena_printf(arena, "let x = %.*s\nlet y = %.*s(0)\ntest \"z\" { %.*s \"\" }\n", len, word.ptr, len,
                                  word.ptr, len, word.ptr);
  if (!sources_init(&sources, arena)) return false;
  uint32_t file = sources_add(&sources, TEXT("word"), text, SPAN_NONE);
  diags->sources = &sources;
  bool ok = file != 0 && parse_file(arena, diags, file, text, &list);
  diags->sources = NULL;
  *out = diags->errors == 0;
  return ok && !arena->failed && !diags->arena.failed;
}

bool word_form(bool *out, struct text word, size_t dots, const assay_alloc *alloc) {
  struct arena arena;
  struct diags diags;
  *out = false;
  if (!letters_only(word, dots)) return true;
  arena_init(&arena, alloc, SIZE_MAX);
  diags_init(&diags, alloc);
  bool ok = parses(out, word, &arena, &diags);
  diags_free(&diags);
  arena_free(&arena);
  return ok;
}
