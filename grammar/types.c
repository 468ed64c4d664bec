/* Owns the types of operators: comparisons, arithmetic, conditions, of (…); literals take the other side's type.
 * Must never know: bytecode. */
#include "grammar/types.h"

#include "grammar/codes.h"

static const enum value_type fact_types[] = {
    [FIELD_BOOL] = TYPE_BOOL,       [FIELD_INT] = TYPE_INT,         [FIELD_STRING] = TYPE_STRING,
    [FIELD_NAME] = TYPE_NAME,       [FIELD_ADDRESS] = TYPE_ADDRESS, [FIELD_MAILBOX] = TYPE_MAILBOX,
    [FIELD_MAILBOX_LIST] = TYPE_MAILBOXES,
};

bool types_is_text(enum value_type type) {
  return type == TYPE_STRING || type == TYPE_NAME || type == TYPE_MAILBOX;
}

const char *types_article(enum value_type type) {
  return strchr("ai", type_word(type)[0]) ? "an" : "a";
}

bool types_is_literal(const struct expr *e) {
  return e->kind == E_STRING || e->kind == E_NUMBER || e->kind == E_ADDRESS || e->kind == E_BOOL;
}

bool types_coerce(struct expr *e, enum value_type type) {
  if (e->kind == E_STRING && types_is_text(type)) e->type = type;
  if (e->kind == E_NUMBER && (type == TYPE_REAL || (type == TYPE_INT && e->number.milli % 1000 == 0))) e->type = type;
  return e->type == type;
}

bool types_need_any(struct compilation *c, const struct expr *e) {
  struct text text = sources_text(&c->sources, e->span);
  report(c->diags, ANY_NEEDED, e->span, "this is a %s", type_word(e->type));
  diag_help(c->diags, "write any(%.*s), which is true if some element is", TEXT_ARG(text));
  return false;
}

void types_any_negated(struct compilation *c, const struct expr *e, const char *form) {
  report(c->diags, ANY_NEGATED, e->span, "a negation of any(…) can be read in two ways");
  diag_help(c->diags, "write `not any(…) %s`", form);
}

void types_rewrite_not(struct compilation *c, struct expr *e) {
  struct expr *inner = arena_new(&c->arena, sizeof *inner);
  if (!inner) return;
  *inner = *e;
  *e = (struct expr){.kind = E_NOT, .span = inner->span, .depth = inner->depth, .type = TYPE_BOOL, .a = inner,
                     .index = NO_INDEX, .feature = NO_INDEX, .second = NO_INDEX, .units = {NO_INDEX, NO_INDEX}};
}

static void mismatch(struct compilation *c, const struct expr *e) {
  report(c->diags, TYPE, e->span, "%s and %s cannot be compared", type_word(e->a->type), type_word(e->b->type));
  bool name_string = (e->a->type == TYPE_NAME && e->b->type == TYPE_STRING) ||
                     (e->a->type == TYPE_STRING && e->b->type == TYPE_NAME);
  bool name_address = (e->a->type == TYPE_NAME && e->b->type == TYPE_ADDRESS) ||
                      (e->a->type == TYPE_ADDRESS && e->b->type == TYPE_NAME);
  bool fraction =
      (e->a->kind == E_NUMBER && e->b->type == TYPE_INT) || (e->b->kind == E_NUMBER && e->a->type == TYPE_INT);
  if (name_string) diag_help(c->diags, "a name's bytes are its .raw");
  else if (name_address) diag_help(c->diags, "the address in a name such as [192.0.2.1] is its .address");
  else if (e->a->type == TYPE_MAILBOX || e->b->type == TYPE_MAILBOX)
    diag_help(c->diags, "a mailbox has .local and .domain");
  else if (fraction) diag_help(c->diags, "an int is compared with a whole number");
  else if (e->a->type == TYPE_ADDRESS || e->b->type == TYPE_ADDRESS)
    diag_help(c->diags, "addresses stand bare, without quotes: 192.0.2.1");
  else if (e->a->type == TYPE_BOOL || e->b->type == TYPE_BOOL)
    diag_help(c->diags, "a bool is a condition by itself; it is compared with true and false only");
  else if (e->a->type == TYPE_NAME || e->b->type == TYPE_NAME)
    diag_help(c->diags, "to compare with a number, ask for one: .labels or length(x)");
  else if (e->a->type == TYPE_INT || e->b->type == TYPE_INT)
    diag_help(c->diags, "numbers stand without quotes");
}

/* x == true is x, x == false is its negation. */
static void compare_with_bool(struct compilation *c, struct expr *e) {
  struct expr *literal = e->b->kind == E_BOOL ? e->b : e->a, *other = literal == e->b ? e->a : e->b;
  bool same = (literal->number.milli != 0) == (e->op == CMP_EQ);
  if (other->each && !same) {
    types_any_negated(c, e, "…");
    return;
  }
  struct span span = e->span;
  *e = *other;
  e->span = span;
  if (!same) types_rewrite_not(c, e);
}

static void compare_bools(struct compilation *c, struct expr *e) {
  if (e->op != CMP_EQ && e->op != CMP_NE) {
    report(c->diags, TYPE, e->span, "bools have no order");
    diag_help(c->diags, "compare them with == or !=");
    return;
  }
  e->type = TYPE_BOOL;
  if (e->a->kind == E_BOOL || e->b->kind == E_BOOL)
    compare_with_bool(c, e);
  else if (e->a->each || e->b->each)
    types_any_negated(c, e, "…");
}

static bool ordered(enum value_type type) {
  return type == TYPE_INT || type == TYPE_REAL;
}

/* score of (…) against a constant; the sum comes to stand on the left. */
static void compare_score(struct compilation *c, struct expr *e) {
  static const enum compare_op mirrored[] = {[CMP_EQ] = CMP_EQ, [CMP_NE] = CMP_NE, [CMP_LT] = CMP_GT,
                                             [CMP_LE] = CMP_GE, [CMP_GT] = CMP_LT, [CMP_GE] = CMP_LE};
  if (e->a->kind != E_SCORE_OF) {
    struct expr *swap = e->a;
    e->a = e->b;
    e->b = swap;
    e->op = (uint8_t)mirrored[e->op];
  }
  if (e->b->kind != E_SCORE_OF) types_value(c, e->b);
  if (e->b->kind != E_NUMBER && e->b->kind != E_BAD) {
    report(c->diags, TYPE, e->b->span, "score of (…) is compared with a constant number");
    diag_help(c->diags, "write score of (…) >= 3");
  }
  e->a->type = TYPE_REAL;
  e->type = TYPE_BOOL;
}

static void types_compare(struct compilation *c, struct expr *e) {
  if (e->a->kind == E_SCORE_OF || e->b->kind == E_SCORE_OF) {
    compare_score(c, e);
    return;
  }
  types_value(c, e->a);
  types_value(c, e->b);
  if (e->a->type == TYPE_COUNT_OF || e->b->type == TYPE_COUNT_OF) return;
  if (type_is_list(e->a->type) || type_is_list(e->b->type)) {
    types_need_any(c, type_is_list(e->a->type) ? e->a : e->b);
    return;
  }
  bool fits = types_is_literal(e->a) && !types_is_literal(e->b)
                  ? types_coerce(e->a, e->b->type)
                  : types_coerce(e->b, e->a->type) || types_coerce(e->a, e->b->type);
  if (!fits) {
    mismatch(c, e);
  } else if (e->a->type == TYPE_BOOL) {
    compare_bools(c, e);
  } else if (e->op > CMP_NE && !ordered(e->a->type)) {
    report(c->diags, TYPE, e->span, "%s %s has no order", types_article(e->a->type), type_word(e->a->type));
    diag_help(c->diags, "only numbers are compared with < <= > >=");
  } else if (e->op == CMP_NE && (e->a->each || e->b->each)) {
    types_any_negated(c, e, "== …");
  } else {
    e->type = TYPE_BOOL;
  }
}

static bool negative_number(struct compilation *c, struct expr *e) {
  if (e->kind != E_NEG || e->a->kind != E_NUMBER) return false;
  struct span span = e->span;
  types_value(c, e->a);
  *e = *e->a;
  e->number.milli = -e->number.milli;
  e->span = span;
  return true;
}

static void types_arithmetic(struct compilation *c, struct expr *e) {
  if (negative_number(c, e)) return;
  struct expr *sides[] = {e->a, e->b};
  e->type = TYPE_INT;
  for (int i = 0; i < 2 && sides[i]; i++) {
    types_value(c, sides[i]);
    if (sides[i]->type == TYPE_COUNT_OF) e->type = TYPE_COUNT_OF;
    if (sides[i]->type == TYPE_COUNT_OF || types_coerce(sides[i], TYPE_INT)) continue;
    report(c->diags, TYPE, sides[i]->span, "arithmetic takes ints, not %s %s", types_article(sides[i]->type),
           type_word(sides[i]->type));
    if (types_is_text(sides[i]->type))
      diag_help(c->diags, sides[i]->kind == E_STRING ? "numbers stand without quotes" : "length(x) is an int");
    else if (sides[i]->type == TYPE_REAL)
      diag_help(c->diags, "a number with a fraction can only be compared");
    e->type = TYPE_COUNT_OF;
  }
  e->each = e->a->each || (e->b && e->b->each);
  if (!e->b || !e->a->each || !e->b->each) return;
  report(c->diags, TYPE, e->span, "only one side may stand under any(…)");
  diag_help(c->diags, "elements of one list are compared with one value at a time");
}

static void types_any(struct compilation *c, struct expr *e) {
  types_value(c, e->a);
  if (e->a->type == TYPE_COUNT_OF) return;
  if (!type_is_list(e->a->type)) {
    report(c->diags, TYPE, e->span, "any(…) takes a list, not %s %s", types_article(e->a->type),
           type_word(e->a->type));
    if (e->a->type == TYPE_BOOL)
      diag_help(c->diags, "for several conditions write any of (…)");
    else
      diag_help(c->diags, "there is one value only: ask for it without any(…)");
    return;
  }
  e->type = type_element(e->a->type);
  e->each = true;
}

static void types_let(struct compilation *c, struct expr *e) {
  struct let *let = &c->lets.at[e->index];
  if (let->typed == VISIT_OPEN) return; /* a circle or too deep, which has been said */
  if (let->typed == VISIT_NEW) {
    let->typed = VISIT_OPEN;
    types_value(c, let->expr);
    let->typed = VISIT_DONE;
  }
  e->type = let->expr ? let->expr->type : TYPE_COUNT_OF;
  e->each = let->expr && let->expr->each;
}

static void types_of(struct compilation *c, struct expr *e) {
  for (size_t i = 0; i < e->count; i++) types_value(c, e->items[i]);
  e->type = TYPE_BOOL;
  if (e->op != OF_COUNT) return;
  int64_t want = e->number.milli / 1000;
  if (e->number.milli % 1000 || want < 1) {
    report(c->diags, BAD_MEMBER, e->span, "the count must be a whole number above 0");
    diag_help(c->diags, "that none holds is `none of (…)`");
  } else if ((uint64_t)want > e->count && !c->unread.any) {
    report(c->diags, BAD_MEMBER, e->span, "%lld of %zu members can never hold", (long long)want, e->count);
    diag_help(c->diags, "that all hold is `all of (…)`");
  }
}

static void no_value(struct compilation *c, const struct expr *e) {
  static const struct {
    const char *words, *form;
  } rows[E_SCORE_OF + 1] = {
      [E_REGEX] = {"a regex stands only behind =~ and !~", "helo =~ /^dyn/"},
      [E_NETWORK] = {"a network stands only behind `in`", "client.ip in 192.0.2.0/24"},
      [E_LIST] = {"a named list stands only behind `in` and `under`", "helo in a_list"},
      [E_MAP] = {"a map stands only in forged(…)", "forged(helo, a_map)"},
      [E_SET] = {"a set stands only behind `in` and `under`", "helo in { \"a.example\", \"b.example\" }"},
      [E_SCORE_OF] = {"score of (…) is compared with a constant", "score of (HELO_*) >= 3"},
  };
  if (!rows[e->kind].words) return;
  report(c->diags, NOT_CONDITION, e->span, "%s", rows[e->kind].words);
  diag_help(c->diags, "write %s", rows[e->kind].form);
}

void types_value(struct compilation *c, struct expr *e) {
  if (!e || e->type != TYPE_COUNT_OF) return;
  switch (e->kind) {
    case E_BOOL:
    case E_RULE: e->type = TYPE_BOOL; break;
    case E_NUMBER: e->type = e->number.milli % 1000 ? TYPE_REAL : TYPE_INT; break;
    case E_STRING: e->type = TYPE_STRING; break;
    case E_ADDRESS: e->type = TYPE_ADDRESS; break;
    case E_FACT: e->type = fact_types[words_fact(&c->words, e->index)->type]; break;
    case E_LET: types_let(c, e); break;
    case E_DOT: types_property(c, e); break;
    case E_CALL: types_call(c, e); break;
    case E_NOT: types_value(c, e->a), e->type = TYPE_BOOL; break;
    case E_AND:
    case E_OR:
      for (size_t i = 0; i < e->count; i++) types_value(c, e->items[i]);
      e->type = TYPE_BOOL;
      break;
    case E_COMPARE: types_compare(c, e); break;
    case E_MATCH:
    case E_IN:
    case E_UNDER: types_relation(c, e); break;
    case E_NEG:
    case E_ADD:
    case E_SUB:
    case E_MUL: types_arithmetic(c, e); break;
    case E_ANY: types_any(c, e); break;
    case E_OF: types_of(c, e); break;
    default: no_value(c, e); break;
  }
}

void types_check(struct compilation *c) {
  for (size_t i = 0; i < c->lets.count; i++) {
    struct let *let = &c->lets.at[i];
    if (let->typed == VISIT_NEW) {
      let->typed = VISIT_OPEN;
      types_value(c, let->expr);
      let->typed = VISIT_DONE;
    }
  }
  for (size_t i = 0; i < c->rules.count; i++) types_value(c, c->rules.at[i].body->when);
  for (size_t i = 0; i < c->exempts.count; i++) types_value(c, c->exempts.at[i].body->when);
}
