/* Fuzzes the lexer and the parser: any bytes are tokens up to the end, each span where the next one may begin, and every
 * file can be parsed. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "grammar/lexer.h"
#include "grammar/parse.h"
#include "parser.tab.h"

struct reading {
  struct arena arena;
  struct sources sources;
  struct diags diags;
  uint32_t file;
  char *bytes; /* a copy, for the scanner writes into it */
};

static void begin(struct reading *r, struct text text) {
  *r = (struct reading){.file = 0};
  arena_init(&r->arena, &mem_default, SIZE_MAX);
  diags_init(&r->diags, &mem_default);
  MUST(sources_init(&r->sources, &r->arena));
  r->diags.sources = &r->sources;
  r->file = sources_add(&r->sources, TEXT("input"), text, SPAN_NONE);
  r->bytes = arena_new(&r->arena, text.len + 2);
  MUST(r->file && r->bytes);
  if (text.len) memcpy(r->bytes, text.ptr, text.len);
}

static void end(struct reading *r) {
  diags_free(&r->diags);
  arena_free(&r->arena);
}

static void scan(struct text text) {
  struct reading r;
  char slab[LEXER_SLAB];
  begin(&r, text);
  struct parse p = {.arena = &r.arena, .diags = &r.diags, .file = r.file, .bytes = text, .slab = slab};
  MUST(lexer_open(&p, r.bytes, text.len));
  uint32_t last = 0;
  for (size_t tokens = 0;; tokens++) {
    ASSAY_YYSTYPE value;
    struct span at = {r.file, 0, 0};
    int token = lexer_scan(&value, &at, &p);
    if (token == 0) break;
    MUST(token > 0 && tokens <= text.len); /* a token takes a byte at the least */
    MUST(at.file == r.file && last <= at.begin && at.begin < at.end && at.end <= text.len);
    last = at.end;
  }
  MUST(p.offset == text.len);
  end(&r);
}

static void parse(struct text text) {
  struct reading r;
  struct stmt *statements = NULL;
  begin(&r, text);
  MUST(parse_file(&r.arena, &r.diags, r.file, text, &statements));
  end(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct text text = text_of((const char *)data, size);
  scan(text);
  parse(text);
  return 0;
}
