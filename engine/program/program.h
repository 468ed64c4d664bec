/* Owns the shape of a compiled program: instructions, constants, sets, rules, and what names them for people.
 * Must never know: how it was written (grammar), or how it runs (run). Only program/verify makes one runnable. */
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/text.h"
#include "program/opcode.h"

#define NO_INDEX UINT32_MAX

/* Limits that the encoding itself sets. */
enum { PROGRAM_WORDS_MAX = 65536, PROGRAM_DEPTH_MAX = 256, PROGRAM_SCORE_MAX = 1000000, OPERANDS_MAX = 8 };

/* One instruction: 24 bytes. `each` bit i: operand i is a list, taken element by element: a VALUE then makes a list, a
 * TEST is true if it is for some element. The operands are a and b; those of a CALL stand in its call. */
struct insn {
  uint8_t op, each;
  uint16_t word; /* TEST…: the word of the planes; SUM_TEST: enum sum_compare */
  uint32_t d;
  union {
    struct {
      uint64_t mask, value;
    };
    struct {
      union {
        struct {
          uint32_t a, b;
        };
        uint32_t operands[2];
      };
      uint32_t c, unused;
    };
  };
};

enum sum_compare { SUM_EQ, SUM_NE, SUM_LT, SUM_LE, SUM_GT, SUM_GE };

/* The constants fill the first slots, in this order. */
struct constant {
  enum value_type type; /* INT, REAL (thousandths), STRING, NAME (raw bytes), ADDRESS or MAILBOX */
  int64_t number;
  struct text text;
  struct addr address;
};

/* What is computed at once. A body is straight-line VALUE and TEST code; a condition is FLOW code with forward jumps,
 * whose answer is one bit. Units 0 and 1 are bodies, computed before the exemptions and before the rules; every other
 * unit when it is needed. Conditions need only units with smaller numbers. */
enum unit_kind { UNIT_BODY, UNIT_CONDITION };

struct unit {
  uint8_t kind;
  uint8_t phase; /* 0: may run before the exemptions are decided, so may use unit 0's bits only */
  uint32_t begin, end;
  uint32_t bit; /* of a condition: its answer */
  bool one_test; /* a condition of one word of literals, as most are; for the verifier to say */
};

enum set_kind { SET_STRINGS, SET_NAMES, SET_NETWORKS, SET_MAILBOXES, SET_PATTERNS, SET_RULES, SET_ZONES };

struct pattern_source {
  struct text source;
  unsigned flags; /* the bits of run/pattern.h */
};

/* Items of one kind. Names are in their compared form, mailboxes in lower case: "a@b", "@b" or "a@". */
struct set {
  enum set_kind kind;
  uint32_t count;
  union {
    struct text *texts;
    struct network *networks;
    struct pattern_source *patterns;
    uint32_t *rules;
  };
};

struct map_entry {
  struct text key;
  uint32_t set; /* SET_NAMES */
};

struct map {
  struct map_entry *entries;
  uint32_t count;
};

struct fact_need {
  struct text name;
  enum value_type type;
};

/* A function that the host must have. */
struct function_need {
  struct text name;
  enum value_type result, arguments[OPERANDS_MAX];
  uint32_t count;
};

struct call {
  uint32_t function; /* an index into functions */
  uint32_t operands[OPERANDS_MAX];
};

struct rule {
  struct text name, describe, see, tags, file;
  uint32_t line;
  int64_t score;   /* thousandths, overrides applied */
  uint32_t group;  /* or NO_INDEX */
  uint32_t unit;   /* its condition */
  uint32_t negated; /* the unit that answers its negation, or NO_INDEX */
  bool disabled;
};

struct group {
  struct text name, describe;
  int64_t floor, cap; /* INT64_MIN and INT64_MAX where unbounded */
};

struct exempt {
  struct text name, describe;
  uint32_t unit;
  bool disabled;
};

enum action { ACTION_ACCEPT, ACTION_TAG, ACTION_GREYLIST, ACTION_DEFER, ACTION_REJECT, ACTION_DISCARD, ACTION_COUNT };

struct threshold {
  bool set;
  int64_t at;
  struct text reply; /* the template; ptr NULL when there is none */
};

/* Where an instruction comes from; line 0: it was made up. */
struct origin {
  uint32_t line, column;
};

#define PROGRAM_ARRAY(type, name) \
  type *name;                     \
  uint32_t name##_count

struct program {
  struct arena arena; /* owns everything below */
  PROGRAM_ARRAY(struct insn, code);
  PROGRAM_ARRAY(struct unit, units);
  PROGRAM_ARRAY(struct constant, constants);
  PROGRAM_ARRAY(enum value_type, slots); /* the types; constants first */
  PROGRAM_ARRAY(struct fact_need, facts);
  PROGRAM_ARRAY(struct function_need, functions);
  PROGRAM_ARRAY(struct call, calls);
  PROGRAM_ARRAY(struct set, sets);
  PROGRAM_ARRAY(struct map, maps);
  PROGRAM_ARRAY(struct rule, rules);
  PROGRAM_ARRAY(struct group, groups);
  PROGRAM_ARRAY(struct exempt, exempts);
  struct threshold thresholds[ACTION_COUNT];
  uint32_t bit_count; /* features, then answers */
  uint32_t rule_bits; /* rule r's answer is bit rule_bits + r; a multiple of 64 */
  /* For people. */
  struct text *slot_texts; /* "helo.org_domain"; slots_count of them */
  struct text *bit_texts;  /* "helo.is_fqdn"; bit_count of them */
  struct origin *origins;  /* code_count of them */
};

/* The slots that a body instruction reads. */
struct operands {
  const uint32_t *at;
  unsigned count;
};

static inline struct operands insn_operands(const struct program *program, const struct insn *insn) {
  if (insn->op != OP_CALL) return (struct operands){insn->operands, opcode_slots(insn->op)};
  const struct call *call = &program->calls[insn->c];
  return (struct operands){call->operands, program->functions[call->function].count};
}

#endif
