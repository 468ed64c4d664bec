/* Owns the table of source files of one compilation: their bytes, their lines, who included whom.
 * Must never know: what is written in them, or how they were read. */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/* A run of bytes of one file. file 0 is "no place"; begin == end is legal, at the end of the file too. */
struct span {
  uint32_t file, begin, end;
};

#define SPAN_NONE ((struct span){0, 0, 0})

struct source_file {
  struct text name;       /* as shown to people */
  struct text bytes;      /* borrowed */
  struct span included;   /* the include that brought it in, or SPAN_NONE */
  uint32_t *lines;        /* offset of each line's start */
  uint32_t line_count;
};

struct sources {
  struct arena *arena;
  VEC(struct source_file) files; /* [0] is the "no place" file */
};

/* A place for people: line and column from 1, column in bytes; line 0 for SPAN_NONE. */
struct place {
  struct text file, line_text;
  uint32_t line, column, end_line, end_column;
};

bool sources_init(struct sources *sources, struct arena *arena);

/* Adds a file and indexes its lines; 0 when memory is out. */
uint32_t sources_add(struct sources *sources, struct text name, struct text bytes, struct span included);

struct place sources_place(const struct sources *sources, struct span span);

/* The bytes of a span. */
struct text sources_text(const struct sources *sources, struct span span);

static inline struct span span_join(struct span a, struct span b) {
  if (a.file == 0) return b;
  if (b.file == 0 || a.file != b.file) return a;
  return (struct span){a.file, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

#endif
