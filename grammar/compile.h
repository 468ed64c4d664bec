/* Owns a compilation: what the passes share, and the one entry that runs them in order.
 * Must never know: the run-time half, or where files come from (the loader knows). */
#ifndef GRAMMAR_COMPILE_H
#define GRAMMAR_COMPILE_H

#include <assay/status.h>

#include "base/diag.h"
#include "base/intern.h"
#include "grammar/ast.h"
#include "grammar/loader.h"
#include "grammar/words.h"
#include "program/verify.h"

enum { DEPENDENCY_MAX = 64, RULES_MAX = 1000000 };

enum list_type { LIST_NAME, LIST_STRING, LIST_ADDRESS, LIST_NETWORK, LIST_MAILBOX, LIST_REGEX, LIST_TYPE_COUNT };

struct list_item {
  struct span span;
  struct text text; /* name and mailbox: the compared form; string; regex: its source */
  struct network network;
  unsigned flags;
};

/* A named list, or the items of an inline set. sets: the program's set of its items and of its patterns. */
struct list {
  struct word name;
  enum list_type type;
  VEC(struct list_item) items, removals;
  VEC(struct list_item) patterns; /* of an inline set that holds both */
  uint32_t items_set, patterns_set, zones_set; /* NO_INDEX until made */
};

/* A file that was read; its items by the type of a list, once a list has asked for them. */
struct file {
  struct arena arena; /* its bytes */
  struct text bytes;
  uint32_t source;    /* of a list's file; 0 until one is read from it */
  uint32_t rules;     /* of a file of rules; 0 until it is parsed */
  struct file_items {
    struct list_item *at;
    size_t count;
    bool read;
  } items[LIST_TYPE_COUNT];
};

struct name_map {
  struct word name;
  struct intern keys;
  VEC(struct map_entry) entries; /* set: an index into entry_lists, until lowered */
  VEC(struct list) lists;
  uint32_t index;                /* the program's, or NO_INDEX */
};

/* How far a depth-first walk has come. */
enum visit { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

struct let {
  struct word name;
  struct expr *expr;
  enum visit visit, typed, folded; /* typed stays open where it needs itself, or is too deep */
  unsigned depth;
  bool used, early; /* early: an exemption needs it */
  uint32_t value;   /* what it became, if it is no condition; NO_INDEX until lowered */
};

struct rule_decl {
  struct word name;
  struct body *body;
  struct span span;
  int64_t score;
  bool disabled, early;
  enum visit visit;
  unsigned depth;
  uint32_t group; /* an index into groups, or NO_INDEX */
};

struct exempt_decl {
  struct word name;
  struct body *body;
  struct span span;
  bool disabled;
};

struct group_decl {
  struct word name;
  struct text describe;
  int64_t floor, cap;
  bool declared;
};

/* What a name stands for. BROKEN: what its statement says could not be read; UNREAD: it may stand in a file that was not. */
enum symbol_kind { SYMBOL_LIST, SYMBOL_MAP, SYMBOL_LET, SYMBOL_RULE, SYMBOL_EXEMPT, SYMBOL_BROKEN, SYMBOL_UNREAD };

struct symbol {
  enum symbol_kind kind;
  uint32_t index;
  struct span span;
};

struct action_decl {
  bool set;
  int64_t at;
  struct span span;
  struct word reply;
};

/* Files that could not be read, the first include that names one, and the names that may stand in them. */
struct unread {
  bool any;
  struct span include;
  struct word first;
  size_t names;
};

struct compilation {
  struct arena arena; /* the tree; kept as long as tests may be run */
  struct diags *diags;
  struct sources sources;
  const struct loader *loader;
  struct words words;
  bool lint;
  struct intern paths, reals; /* of files, as they were named and as they are; a real one's number is its file's */
  VEC(uint32_t) path_files;   /* the file of a path, or INTERN_NONE */
  struct intern looked;       /* every path that was looked for: files, folders and globs, whether there was one or not */
  VEC(struct file) files;
  struct intern taken;        /* the files that a list has taken in */
  struct stmt *statements;
  VEC(uint32_t) named_files; /* those whose top-level tests run */
  size_t file_count;
  struct unread unread;
  struct intern names;       /* symbol numbers: lists, maps, lets, rules, exemptions */
  VEC(struct symbol) symbols;
  struct intern group_names;
  VEC(struct list) lists;
  VEC(struct name_map) maps;
  VEC(struct let) lets;
  VEC(struct rule_decl) rules;
  VEC(struct exempt_decl) exempts;
  VEC(struct group_decl) groups;
  VEC(struct test_tree *) tests; /* in file order */
  struct action_decl actions[ACTION_COUNT];
};

/* --- the passes, in order; each reports to diags and leaves the tree fit for the next --- */

bool load_paths(struct compilation *c, const struct text *paths, size_t count, assay_status *status); /* load.c */
bool load_text(struct compilation *c, struct text name, struct text text, assay_status *status);
bool declare_all(struct compilation *c);   /* declare.c: statements to tables */
void lists_build(struct compilation *c);   /* lists.c: items, from files too; additions, then removals */
void names_resolve(struct compilation *c); /* names.c: words to facts, lets, rules; none needs itself */
void types_check(struct compilation *c);   /* types.c */
void fold_all(struct compilation *c);      /* fold.c */
void tests_check(struct compilation *c);   /* tests.c */
void replies_check(struct compilation *c); /* replies.c */
bool lower_all(struct compilation *c, struct program *program); /* lower.c: false when the program is too big */

/* Compiles; the verified program, or NULL with the reason in status: ASSAY_BAD_RULES when diags hold an error. */
assay_status compile_run(struct verified **out, struct compilation *c, const struct text *paths, size_t count,
                         const struct text *text, const assay_alloc *alloc);

/* The loader and the vocabulary, which may be NULL, are borrowed. */
assay_status compilation_init(struct compilation *c, const assay_alloc *alloc, const struct loader *loader,
                              const struct vocabulary *vocabulary, struct diags *diags);
void compilation_free(struct compilation *c);

/* files.c: a file by its path, read if need be. The number of the file, or the reason in *error. */
void files_init(struct compilation *c);
void files_free(struct compilation *c);
assay_status files_read(struct compilation *c, struct text path, size_t limit, uint32_t *number, struct text *error);

/* A path in a statement is relative to the file that holds it. */
struct text path_beside(struct compilation *c, struct text path, struct text includer);

/* Adds to the latest message, which is about a path in the statement at `from`, where it is looked for. */
void path_help(struct compilation *c, struct span from, assay_status status);

/* The symbol of a name, or NULL. */
const struct symbol *symbol_find(const struct compilation *c, struct text name);

/* The same, of that kind; that there is none is reported, with the nearest name. */
const struct symbol *symbol_expect(struct compilation *c, struct word name, enum symbol_kind kind);

/* The list's type by its word, or LIST_TYPE_COUNT; and back. */
enum list_type list_type_find(struct text word);
const char *list_type_word(enum list_type type);

/* Adds one written item to a list; reports what the list cannot hold. */
void list_add_expr(struct compilation *c, struct list *list, const struct expr *item, bool removal);
void list_add_items(struct compilation *c, struct list *list, const struct expr *set, bool removal);
void map_add_pairs(struct compilation *c, struct name_map *map, const struct map_pair *pairs);

#endif
