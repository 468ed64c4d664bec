/* Owns the table of source files of one compilation: their bytes, their lines, who included whom.
 * Must never know: what is written in them, or how they were read. */
#include "base/source.h"

bool sources_init(struct sources *sources, struct arena *arena) {
  *sources = (struct sources){.arena = arena};
  struct source_file *none = vec_add(arena, &sources->files);
  return none != NULL;
}

static bool index_lines(struct sources *sources, struct source_file *file) {
  size_t count = 1;
  for (size_t i = 0; i < file->bytes.len; i++) count += file->bytes.ptr[i] == '\n';
  file->lines = arena_array(sources->arena, count, sizeof *file->lines);
  if (!file->lines) return false;
  file->lines[file->line_count++] = 0;
  for (size_t i = 0; i < file->bytes.len; i++)
    if (file->bytes.ptr[i] == '\n') file->lines[file->line_count++] = (uint32_t)i + 1;
  return true;
}

uint32_t sources_add(struct sources *sources, struct text name, struct text bytes, struct span included) {
  if (bytes.len >= UINT32_MAX) return 0;
  if (bytes.len == 0) bytes = TEXT("");
  struct source_file file = {arena_text(sources->arena, name), bytes, included, NULL, 0};
  if (!index_lines(sources, &file)) return 0;
  struct source_file *slot = vec_add(sources->arena, &sources->files);
  if (!slot) return 0;
  *slot = file;
  return (uint32_t)(sources->files.count - 1);
}

/* The last line that starts at or before the offset. */
static uint32_t line_of(const struct source_file *file, uint32_t offset) {
  uint32_t low = 0, high = file->line_count;
  while (high - low > 1) {
    uint32_t mid = low + (high - low) / 2;
    if (file->lines[mid] <= offset)
      low = mid;
    else
      high = mid;
  }
  return low;
}

struct place sources_place(const struct sources *sources, struct span span) {
  struct place place = {.file = TEXT(""), .line_text = TEXT("")};
  if (span.file == 0 || span.file >= sources->files.count) return place;
  const struct source_file *file = &sources->files.at[span.file];
  uint32_t first = line_of(file, span.begin), last = line_of(file, span.end);
  size_t stop = first + 1 < file->line_count ? file->lines[first + 1] - 1 : file->bytes.len;
  while (stop > file->lines[first] && file->bytes.ptr[stop - 1] == '\r') stop--;
  place.file = file->name;
  place.line_text = text_of(file->bytes.ptr + file->lines[first], stop - file->lines[first]);
  place.line = first + 1;
  place.column = span.begin - file->lines[first] + 1;
  place.end_line = last + 1;
  place.end_column = span.end - file->lines[last] + 1;
  return place;
}

struct text sources_text(const struct sources *sources, struct span span) {
  if (span.file == 0 || span.file >= sources->files.count) return TEXT("");
  const struct source_file *file = &sources->files.at[span.file];
  if (span.end > file->bytes.len || span.begin > span.end) return TEXT("");
  return text_of(file->bytes.ptr + span.begin, span.end - span.begin);
}
