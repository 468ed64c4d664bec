/* Owns the parse of one file: the state that lexer, parser and constructors share, and the constructors themselves.
 * Must never know: what a name means. */
#ifndef GRAMMAR_PARSE_H
#define GRAMMAR_PARSE_H

#include <setjmp.h>

#include "base/diag.h"
#include "grammar/ast.h"

enum { NESTING_MAX = 200, NAME_MAX_BYTES = 64, STRING_MAX_BYTES = 4096, MEMBERS_MAX = 256 };

enum { LEXER_SLAB = 2048 };

/* One file being parsed. */
struct parse {
  struct arena *arena;
  struct diags *diags;
  uint32_t file;
  struct text bytes;
  void *scanner;            /* flex's; it lives in the slab */
  char *slab;
  size_t slab_used;
  uint32_t offset;          /* of the next byte to scan */
  uint32_t regex_begin;     /* of an m{…} being scanned */
  unsigned regex_depth;
  jmp_buf *abandon;          /* the way out, should the scanner find itself broken */
  struct recovery *recovery; /* grammar/recover.h; of rules alone */
  struct stmt *head, **tail;
};

/* Parses the bytes of the file `file` of the sources; flex, which writes into what it scans, gets a copy. Statements
 * are appended to *out in order. Errors go to diags; what could be read is kept. False only when memory is out. */
bool parse_file(struct arena *arena, struct diags *diags, uint32_t file, struct text bytes, struct stmt **out);

/* --- constructors, one call a grammar action; NULL when memory is out, and NULL operands are borne --- */

struct expr *ast_bool(struct parse *p, struct span span, bool value);
struct expr *ast_number(struct parse *p, struct span span, struct number number);
struct expr *ast_string(struct parse *p, struct span span, struct text text);
struct expr *ast_address(struct parse *p, struct span span, struct network network, bool is_network);
struct expr *ast_regex(struct parse *p, struct span span, struct text source, unsigned flags);
struct expr *ast_name(struct parse *p, struct span span, struct text name);
struct expr *ast_rule(struct parse *p, struct span span, struct text name, bool wild);
struct expr *ast_dot(struct parse *p, struct span span, struct expr *a, struct word word, struct expr *args);
struct expr *ast_call(struct parse *p, struct span span, struct word word, struct expr *args);
struct expr *ast_unary(struct parse *p, struct span span, enum expr_kind kind, struct expr *a);
struct expr *ast_binary(struct parse *p, struct span span, enum expr_kind kind, struct expr *a, struct expr *b);
struct expr *ast_compare(struct parse *p, struct span span, enum compare_op op, struct expr *a, struct expr *b);
struct expr *ast_relation(struct parse *p, struct span span, enum expr_kind kind, bool negated, struct expr *a,
                          struct expr *b);
struct expr *ast_chain(struct parse *p, struct span span, enum expr_kind kind, struct expr *a, struct expr *b);
struct expr *ast_paren(struct parse *p, struct span span, struct expr *a);
struct expr *ast_of(struct parse *p, struct span span, enum of_kind kind, struct number count, struct expr *members);
struct expr *ast_score_of(struct parse *p, struct span span, struct expr *members);

/* A list of expressions (arguments, members, items of a set) is an E_SET node. */
struct expr *ast_items(struct parse *p, struct span span, struct expr *items, struct expr *item);

struct word word_make(struct span span, struct text text);
struct word word_join(struct parse *p, struct word a, struct word b); /* a.b */

struct stmt *stmt_new(struct parse *p, enum stmt_kind kind, struct span span, struct word name);
struct stmt *stmt_include(struct parse *p, struct span span, struct word path);
struct stmt *stmt_list(struct parse *p, struct span span, struct word name, struct word type, struct expr *items,
                       struct word path);
struct stmt *stmt_list_change(struct parse *p, struct span span, struct word name, bool removes, struct expr *items,
                              struct word path);
struct stmt *stmt_map(struct parse *p, struct span span, struct word name, bool extends, struct map_pair *pairs);
struct stmt *stmt_let(struct parse *p, struct span span, struct word name, struct expr *expr);
struct stmt *stmt_body(struct parse *p, enum stmt_kind kind, struct span span, struct word name, struct body *body);
struct stmt *stmt_score(struct parse *p, struct span span, struct word name, struct number number, struct span where);
struct stmt *stmt_action(struct parse *p, struct span span, struct word action, struct number at, struct span where,
                         struct word reply);
struct stmt *stmt_action_off(struct parse *p, struct span span, struct word action, struct word off);
struct stmt *stmt_test(struct parse *p, struct span span, struct word title, struct test_line *lines);
void stmt_append(struct parse *p, struct stmt *stmt);

struct map_pair *map_pair_new(struct parse *p, struct word key, struct expr *values);
struct map_pair *map_pair_join(struct map_pair *pairs, struct map_pair *pair);

/* Clauses of a body; a second one of a kind is an error that shows both. */
struct body *body_new(struct parse *p);
struct body *body_describe(struct parse *p, struct body *body, struct span span, struct word text);
struct body *body_see(struct parse *p, struct body *body, struct word text);
struct body *body_tags(struct parse *p, struct body *body, struct span span, struct word tags);
struct body *body_group(struct parse *p, struct body *body, struct span span, struct word group);
struct body *body_score(struct parse *p, struct body *body, struct span span, struct number number);
struct body *body_cap(struct parse *p, struct body *body, struct span span, struct number number);
struct body *body_floor(struct parse *p, struct body *body, struct span span, struct number number);
struct body *body_when(struct parse *p, struct body *body, struct span span, struct expr *when);
struct body *body_test(struct parse *p, struct body *body, struct span span, enum test_outcome outcome,
                       struct word title, struct test_line *lines);

struct atom *atom_string(struct parse *p, struct span span, struct text text);
struct atom *atom_address(struct parse *p, struct span span, struct addr addr);
struct atom *atom_number(struct parse *p, struct span span, struct number number);
struct atom *atom_word(struct parse *p, struct span span, struct text text);
struct atom *atom_append(struct atom *list, struct atom *atom);

struct test_line *line_new(struct parse *p, enum test_line_kind kind, struct span span, struct word word);
struct test_line *line_fact(struct parse *p, struct span span, struct word fact, struct atom *atoms);
struct test_line *line_dns(struct parse *p, struct span span, struct word type, struct atom *atoms);
struct test_line *line_list(struct parse *p, struct span span, struct word list, struct expr *items);
struct test_line *line_map(struct parse *p, struct span span, struct word map, struct map_pair *pairs);
struct test_line *line_pin(struct parse *p, struct span span, struct word rule, enum test_outcome outcome);
struct test_line *line_expect_rule(struct parse *p, struct span span, struct word rule, enum test_outcome outcome);
struct test_line *line_expect_score(struct parse *p, struct span span, enum compare_op op, struct number number);
struct test_line *line_expect_word(struct parse *p, struct span span, enum expect_kind kind, struct word word,
                                   bool negated);
struct test_line *line_append(struct test_line *list, struct test_line *line);

#endif
