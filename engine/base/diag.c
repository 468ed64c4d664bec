/* Owns the list of diagnostics and how one is drawn: place, source line, carets, second place, help.
 * Must never know: which codes exist, or the pass that speaks. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_SHOWN = 160, MESSAGE_MAX = 1024 };

void diags_init(struct diags *diags, const assay_alloc *alloc) {
  *diags = (struct diags){0};
  arena_init(&diags->arena, alloc, SIZE_MAX);
}

void diags_free(struct diags *diags) {
  arena_free(&diags->arena);
}

/* U+200E to U+2069 hold the marks that make a terminal show text in another order than it is read in, and the
 * separators of lines and paragraphs. */
static bool turns_text(const char *bytes, size_t len) {
  if (len < 3 || (unsigned char)bytes[0] != 0xE2) return false;
  unsigned char b = (unsigned char)bytes[1], c = (unsigned char)bytes[2];
  return (b == 0x80 && (c == 0x8E || c == 0x8F || (c >= 0xA8 && c <= 0xAE))) || (b == 0x81 && c >= 0xA6 && c <= 0xA9);
}

/* Names and texts from outside stand in messages: what could drive a terminal is shown as a question mark. A tab in a source
 * line is kept, since the caret line repeats it. */
static struct text tamed(struct text text, char *bytes, bool keep_tabs) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)bytes[i];
    bool c1 = c == 0xC2 && i + 1 < text.len && ((unsigned char)bytes[i + 1] & 0xE0) == 0x80;
    if ((c < 0x20 && !(keep_tabs && c == '\t')) || c == 0x7f) bytes[i] = '?';
    if (c1) bytes[i] = bytes[i + 1] = '?';
    if (turns_text(bytes + i, text.len - i)) bytes[i] = bytes[i + 1] = bytes[i + 2] = '?';
  }
  return text;
}

static struct text tamed_copy(struct arena *arena, struct text text, bool keep_tabs) {
  char *bytes = arena_new(arena, text.len + 1);
  if (!bytes) return TEXT("");
  if (text.len) memcpy(bytes, text.ptr, text.len);
  return tamed(text_of(bytes, text.len), bytes, keep_tabs);
}

static struct text format_text(struct arena *arena, const char *format, va_list args) {
  char line[MESSAGE_MAX];
  int len = vsnprintf(line, sizeof line, format, args);
  if (len < 0) return TEXT("");
  size_t n = (size_t)len < sizeof line ? (size_t)len : sizeof line - 1;
  return tamed_copy(arena, text_of(line, n), false);
}

static bool continues(struct text text, size_t at) {
  return ((unsigned char)text.ptr[at] & 0xC0) == 0x80;
}

/* The part of a long line that is shown: a window that holds the start of the span, and no piece of a character. The
 * span may begin behind the line, since the carriage returns at its end are not shown. */
static struct text window(const struct place *place, size_t *skipped) {
  struct text line = place->line_text;
  size_t at = place->column - 1 < line.len ? place->column - 1 : line.len;
  *skipped = at > LINE_SHOWN * 2 / 3 && line.len > LINE_SHOWN ? at - LINE_SHOWN / 2 : 0;
  while (*skipped < at && continues(line, *skipped)) ++*skipped;
  size_t len = line.len - *skipped;
  if (len <= LINE_SHOWN) return text_of(line.ptr + *skipped, len);
  len = LINE_SHOWN;
  while (len > LINE_SHOWN - 3 && continues(line, *skipped + len)) len--;
  return text_of(line.ptr + *skipped, len);
}

static void resolve(struct diags *diags, struct diag_mark *mark, struct span span) {
  if (!diags->sources) return;
  mark->place = sources_place(diags->sources, span);
  mark->place.file = tamed_copy(&diags->arena, mark->place.file, false);
  mark->place.line_text = tamed_copy(&diags->arena, window(&mark->place, &mark->skipped), true);
}

/* "included from site.rule:3, profiles/default.rule:1": nearest first. */
static struct text include_chain(struct diags *diags, struct span span) {
  struct text chain = TEXT("");
  for (unsigned depth = 0; diags->sources && span.file && depth < 32; depth++) {
    span = diags->sources->files.at[span.file].included;
    if (span.file == 0) break;
    struct place place = sources_place(diags->sources, span);
    chain = arena_printf(&diags->arena, "%.*s%s%.*s:%u", (int)chain.len, chain.ptr,
                         chain.len ? ", " : "included from ", TEXT_ARG(place.file), place.line);
  }
  return chain;
}

/* Where the next one is kept: behind the others, or when there are too many, for an error, in place of the last warning:
 * what keeps rules from being read is never lost among warnings. */
static struct diag *new_slot(struct diags *diags, enum diag_severity severity) {
  if (diags->list.count < DIAG_KEEP_MAX) return vec_add(&diags->arena, &diags->list);
  diags->dropped++;
  if (severity == DIAG_WARNING || diags->kept_warnings == 0) return NULL;
  struct diag *end = diags->list.at + diags->list.count, *gone = end - 1;
  while (gone->code->severity != DIAG_WARNING) gone--;
  memmove(gone, gone + 1, (size_t)(end - gone - 1) * sizeof *gone);
  diags->kept_warnings--;
  return end - 1;
}

void diag_report(struct diags *diags, const struct diag_code *code, struct span span, const char *format, ...) {
  diags->open = false;
  if (diags->muted) return;
  ++*(code->severity == DIAG_ERROR ? &diags->errors : &diags->warnings);
  struct diag *diag = new_slot(diags, code->severity);
  if (!diag) return;
  va_list args;
  va_start(args, format);
  *diag = (struct diag){.code = code, .span = span, .message = format_text(&diags->arena, format, args)};
  va_end(args);
  resolve(diags, &diag->first, span);
  diag->chain = include_chain(diags, span);
  diags->open = true;
  diags->kept_warnings += code->severity == DIAG_WARNING;
}

static struct diag *latest(struct diags *diags) {
  return diags->open && !diags->arena.failed ? &diags->list.at[diags->list.count - 1] : NULL;
}

void diag_second(struct diags *diags, struct span span, const char *format, ...) {
  struct diag *diag = latest(diags);
  if (!diag) return;
  va_list args;
  va_start(args, format);
  diag->second.label = format_text(&diags->arena, format, args);
  va_end(args);
  resolve(diags, &diag->second, span);
}

void diag_help(struct diags *diags, const char *format, ...) {
  struct diag *diag = latest(diags);
  if (!diag) return;
  va_list args;
  va_start(args, format);
  diag->help = format_text(&diags->arena, format, args);
  va_end(args);
}

static bool stands_before(const struct diag *a, const struct diag *b) {
  return a->span.file < b->span.file || (a->span.file == b->span.file && a->span.begin < b->span.begin);
}

/* There are few, and each pass has found its own in about this order, so they are inserted one by one. */
void diags_sort(struct diags *diags) {
  for (size_t i = 1; i < diags->list.count; i++) {
    struct diag moved = diags->list.at[i], *at = &diags->list.at[i];
    while (at > diags->list.at && stands_before(&moved, at - 1)) at--;
    memmove(at + 1, at, (size_t)(&diags->list.at[i] - at) * sizeof *at);
    *at = moved;
  }
  diags->open = false;
}

/* --- drawing --- */

static const char *paint(bool colour, const char *code) {
  return colour ? code : "";
}

static void draw_carets(struct buf *out, const struct place *place, struct text shown, size_t skipped, char mark) {
  size_t begin = place->column - 1 - skipped;
  size_t end = place->end_line == place->line ? place->end_column - 1 - skipped : shown.len;
  if (end > shown.len) end = shown.len;
  for (size_t i = 0; i < begin && i < shown.len; i++) {
    if (!continues(shown, i)) buf_byte(out, shown.ptr[i] == '\t' ? '\t' : ' ');
  }
  buf_byte(out, mark);
  for (size_t i = begin + 1; i < end; i++)
    if (!continues(shown, i)) buf_byte(out, mark);
}

static void draw_mark(struct buf *out, const struct diag_mark *mark, char caret, bool colour) {
  const struct place *place = &mark->place;
  struct text shown = place->line_text;
  size_t before = out->len;
  buf_printf(out, "%5u", place->line);
  int gutter = (int)(out->len - before);
  buf_str(out, " | ");
  buf_text(out, shown);
  buf_byte(out, '\n');
  buf_printf(out, "%*s | %s", gutter, "", paint(colour, caret == '^' ? "\033[1;31m" : "\033[1;34m"));
  draw_carets(out, place, shown, mark->skipped, caret);
  if (mark->label.len) buf_printf(out, " %.*s", TEXT_ARG(mark->label));
  buf_printf(out, "%s\n", paint(colour, "\033[0m"));
}

static void draw_where(struct buf *out, const struct place *place) {
  buf_text(out, place->file);
  buf_printf(out, ":%u:%u: ", place->line, place->column);
}

void diag_render(struct buf *out, const struct diag *diag, bool colour) {
  bool error = diag->code->severity == DIAG_ERROR;
  if (diag->first.place.line) draw_where(out, &diag->first.place);
  buf_printf(out, "%s%s[%s]%s: ", paint(colour, error ? "\033[1;31m" : "\033[1;35m"), error ? "error" : "warning",
             diag->code->code, paint(colour, "\033[0m"));
  buf_text(out, diag->message);
  buf_byte(out, '\n');
  if (diag->first.place.line) draw_mark(out, &diag->first, '^', colour);
  if (diag->second.place.line) {
    bool same_file = text_eq(diag->second.place.file, diag->first.place.file);
    if (!same_file) {
      buf_str(out, "      --> ");
      draw_where(out, &diag->second.place);
      out->len -= out->failed ? 0 : 2; /* the colon and the blank */
      buf_byte(out, '\n');
    }
    draw_mark(out, &diag->second, '~', colour);
  }
  if (diag->help.len) {
    buf_printf(out, "      = %shelp%s: ", paint(colour, "\033[1;32m"), paint(colour, "\033[0m"));
    buf_text(out, diag->help);
    buf_byte(out, '\n');
  }
  if (diag->chain.len) {
    buf_str(out, "      = ");
    buf_text(out, diag->chain);
    buf_byte(out, '\n');
  }
}
