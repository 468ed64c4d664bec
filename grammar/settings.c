/* Owns the reading of a file of settings: its tokens, line by line.
 * Must never know: which settings there are. */
#include "grammar/settings.h"

#include "grammar/lexer.h"
#include "grammar/lexer_settings.h"
#include "parser.tab.h"

struct lines {
  struct parse parse;
  struct setting_line line;
  VEC(struct setting_item) items;
};

static struct setting_item make_item(const struct parse *p, int token, const ASSAY_YYSTYPE *value, struct span at) {
  struct setting_item item = {.token = token, .span = at};
  bool network = token == TOK_ADDRESS || token == TOK_NETWORK, number = token == TOK_NUMBER;
  if (network) item.network = value->network;
  if (token == SETTING_NO_TOKEN) return item;
  item.text = network || number ? arena_text(p->arena, text_of(p->bytes.ptr + at.begin, at.end - at.begin))
                                : value->word.text;
  return item;
}

/* Takes in the items of one line, which may have none; false behind the last. Of a line in which something is no token
 * nothing else is said, and it has none. */
static bool next_line(struct lines *l) {
  struct diags *diags = l->parse.diags;
  size_t errors = diags->errors;
  int token = SETTING_LINE_END;
  l->items.count = 0;
  do {
    ASSAY_YYSTYPE value;
    struct span at;
    token = lexer_scan(&value, &at, &l->parse);
    diags->muted = diags->errors > errors;
    if (token == 0 || token == SETTING_LINE_END) break;
    struct setting_item *item = vec_add(l->parse.arena, &l->items);
    if (item) *item = make_item(&l->parse, token, &value, at);
  } while (!l->parse.arena->failed);
  if (diags->muted) l->items.count = 0;
  diags->muted = false;
  return token != 0 && !l->parse.arena->failed;
}

static void read_lines(struct lines *l) {
  bool more;
  do {
    more = next_line(l);
    if (l->items.count == 0) continue;
    l->line.begin = l->line.at = l->items.at;
    l->line.end = l->items.at + l->items.count;
    setting_line_read(&l->line);
  } while (more);
}

static bool scan(struct settings *settings, struct diags *diags, uint32_t file, struct text bytes, char *copy) {
  char slab[LEXER_SLAB];
  jmp_buf abandon;
  struct lines lines = {.parse = {.arena = &settings->arena, .diags = diags, .file = file, .bytes = bytes, .slab = slab,
                                  .abandon = &abandon},
                        .line = {.settings = settings, .diags = diags}};
  if (setjmp(abandon) != 0 || !lexer_open_settings(&lines.parse, copy, bytes.len)) return false;
  read_lines(&lines);
  return true;
}

bool settings_read(struct settings *settings, struct diags *diags, struct text name, struct text bytes) {
  struct arena *arena = &settings->arena;
  if (!sources_init(&settings->sources, arena)) return false;
  uint32_t file = sources_add(&settings->sources, arena_text(arena, name), bytes, SPAN_NONE);
  char *copy = arena_new(arena, bytes.len + 2); /* flex writes into what it scans */
  if (!copy || !file) return false;
  if (bytes.len) memcpy(copy, bytes.ptr, bytes.len);
  for (size_t i = 0; i < settings->forms.count; i++) settings->forms.at[i].first = SPAN_NONE;
  diags->sources = &settings->sources;
  bool whole = scan(settings, diags, file, bytes, copy);
  diags->sources = NULL;
  diags_sort(diags);
  return whole && !arena->failed && !diags->arena.failed;
}
