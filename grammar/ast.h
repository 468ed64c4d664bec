/* Owns the tree that the parser builds and the passes annotate: statements, expressions, tests.
 * Must never know: bytecode. Everything lives in the arena of the compilation. */
#ifndef GRAMMAR_AST_H
#define GRAMMAR_AST_H

#include "base/addr.h"
#include "base/arena.h"
#include "base/source.h"
#include "program/program.h"

struct unit_tree; /* a whole compilation: grammar/compile.h */

/* A word with its place. */
struct word {
  struct text text;
  struct span span;
};

/* A number as written, in thousandths. */
struct number {
  int64_t milli;
  bool fraction; /* written with a decimal point */
};

enum expr_kind {
  E_BAD, /* something was wrong and has been said */
  E_BOOL,
  E_NUMBER,
  E_STRING,
  E_ADDRESS,
  E_NETWORK,
  E_REGEX,
  E_NAME,     /* a lower-case word, until names.c knows what it is */
  E_DOT,      /* a.word or a.word(args) */
  E_CALL,     /* word(args) */
  E_FACT,     /* after names.c */
  E_LET,      /* after names.c */
  E_LIST,     /* after names.c: a named list, the right side of in, under */
  E_MAP,      /* after names.c */
  E_PROPERTY, /* after types.c: a property of a */
  E_RULE,     /* an UPPER_CASE word; index: after names.c */
  E_WILD,     /* HELO_*; items: after names.c */
  E_NOT,
  E_NEG,
  E_AND, /* n-ary */
  E_OR,  /* n-ary */
  E_COMPARE,
  E_MATCH,  /* a =~ b */
  E_IN,     /* a in b, b a set or a value */
  E_UNDER,
  E_SET,    /* { items } */
  E_ADD,
  E_SUB,
  E_MUL,
  E_ANY,      /* any(a) */
  E_OF,       /* count of (items) */
  E_SCORE_OF  /* score of (items) */
};

enum compare_op { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };
enum of_kind { OF_COUNT, OF_ANY, OF_ALL, OF_NONE };

struct expr {
  enum expr_kind kind;
  struct span span;
  uint16_t depth;          /* of nesting, as the limit counts it */
  bool paren;              /* written in parentheses: never flattened into a longer and/or */
  bool warned;             /* a lint has spoken of it */
  bool negated;            /* !=~ forms: !~, not in, not under */
  bool each;               /* its value is one element of a list: under any(…); after types.c */
  enum value_type type;    /* after types.c; TYPE_COUNT_OF for what is no value (sets, regexes, maps) */
  uint8_t op;              /* compare_op or of_kind */
  uint32_t index;          /* fact, let, list, map, rule or property number; a function's row */
  struct number number;    /* E_NUMBER, the count of E_OF, E_BOOL (0 or 1000) */
  struct text text;        /* E_NAME, E_DOT and E_CALL: the word; E_STRING: its bytes; E_REGEX: the source */
  struct span word;        /* the word's own place */
  unsigned flags;          /* E_REGEX */
  struct network network;  /* E_ADDRESS (bits unused) and E_NETWORK */
  struct expr *a, *b;
  struct expr **items;
  size_t count, cap;
  /* After lowering: the feature that answers a leaf condition (its id, then its bit), and a second one where a set
   * holds items and patterns; flip: the leaf is the feature's negation. */
  uint32_t feature, second;
  bool flip;
  uint32_t units[2];       /* the unit that answers its negation, itself; NO_INDEX */
};

/* --- tests --- */

enum test_outcome { TEST_HIT, TEST_MISS, TEST_UNKNOWN };
enum atom_kind { ATOM_STRING, ATOM_ADDRESS, ATOM_NUMBER, ATOM_WORD };

/* A value in a test. */
struct atom {
  enum atom_kind kind;
  struct span span;
  struct text text; /* STRING and WORD */
  struct addr address;
  struct number number;
  struct atom *next, *last; /* last: of the list, kept in its first element */
};

enum test_line_kind { LINE_FACT, LINE_PIN, LINE_DNS, LINE_EXPECT, LINE_LIST, LINE_MAP };
enum expect_kind { EXPECT_RULE, EXPECT_SCORE, EXPECT_ACTION, EXPECT_EXEMPT };

/* One line of a test: a fact and its values, a pinned rule, a DNS answer, an expectation, a list or map that gains. */
struct test_line {
  enum test_line_kind kind;
  struct word word;     /* the fact's dotted name, the rule, the record type, the action, the exemption, the list */
  struct span span;
  struct atom *atoms;
  struct expr *items;     /* LIST: E_SET */
  struct map_pair *pairs; /* MAP */
  enum test_outcome outcome; /* PIN; EXPECT_RULE */
  enum expect_kind expect;
  bool negated;
  enum compare_op op;   /* EXPECT_SCORE */
  struct number number;
  uint32_t index;       /* after names.c: of the fact, rule, exemption or action */
  struct test_line *next, *last;
};

struct test_tree {
  enum test_outcome outcome; /* inside a rule */
  struct text title;    /* ptr NULL when there is none */
  struct span span;     /* of its head */
  struct test_line *lines;
  struct test_lists *lists; /* what it adds to lists, after tests.c; NULL: nothing (grammar/test_lists.h) */
  uint32_t rule;        /* NO_INDEX at top level; after names.c */
  struct test_tree *next;
};

/* --- statements --- */

enum stmt_kind {
  S_INCLUDE,
  S_LIST,
  S_LIST_CHANGE,
  S_MAP,
  S_LET,
  S_RULE,
  S_GROUP,
  S_EXEMPT,
  S_SCORE,
  S_DISABLE,
  S_ACTION,
  S_TEST,
  S_BROKEN /* could not be read; the name that it would have defined, or none for an include */
};

struct map_pair {
  struct word key;
  struct expr *values; /* E_SET */
  struct map_pair *next;
};

/* The body of a rule, exemption or group: each clause at most once but see and test. */
struct body {
  struct word describe, tags, group;
  VEC(struct word) see;
  struct number score, cap, floor;
  struct span score_span, cap_span, floor_span; /* file 0: not given */
  struct expr *when;
  struct test_tree *tests, **tests_end;
};

struct stmt {
  enum stmt_kind kind;
  struct span span; /* of its first line: keyword to name */
  struct word name;
  struct word type;     /* S_LIST; S_ACTION: "off" when that was said */
  struct word path;     /* include, from */
  bool removes, extends; /* -=, += */
  struct expr *expr;    /* S_LET; the set of S_LIST and S_LIST_CHANGE */
  struct map_pair *pairs;
  struct body *body;
  struct number number; /* S_SCORE, S_ACTION */
  struct span number_span;
  struct word reply;
  struct test_tree *test;
  struct stmt *next;
};

#endif
