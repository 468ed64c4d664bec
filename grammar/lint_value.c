/* Owns what single conditions say of one value: which value that is, and whether some value suits them all.
 * Must never know: how conditions are joined, or what is said about them. */
#include "grammar/lint_value.h"

#include "base/num.h"
#include "facts/facts.h"
#include "facts/field.h"
#include "facts/host.h"
#include "grammar/lint.h"
#include "grammar/tables.h"

enum { STEPS_MAX = 50000, SAMPLES_MAX = 512 };

bool lint_tired(struct lint *l) {
  return l->steps++ >= STEPS_MAX;
}

const struct expr *lint_open(const struct lint *l, const struct expr *e) {
  while (e->kind == E_LET) e = l->c->lets.at[e->index].expr;
  return e;
}

/* --- ranges --- */

static struct range product(struct range a, struct range b) {
  int64_t ends[] = {num_sat_mul(a.least, b.least), num_sat_mul(a.least, b.most), num_sat_mul(a.most, b.least),
                    num_sat_mul(a.most, b.most)};
  struct range r = {ends[0], ends[0]};
  for (size_t i = 1; i < 4; i++) r = (struct range){num_min(r.least, ends[i]), num_max(r.most, ends[i])};
  return r;
}

/* Whatever a function or property of the language counts is not negative; the test of this lint goes through all of them. */
struct range lint_range(struct lint *l, const struct expr *e) {
  struct range all = {INT64_MIN, INT64_MAX};
  e = lint_open(l, e);
  if (lint_tired(l)) return all;
  if (e->kind == E_NUMBER) return (struct range){e->number.milli / 1000, e->number.milli / 1000};
  if (e->kind == E_FACT) {
    const struct field_range *range = words_fact(&l->c->words, e->index)->range;
    return (struct range){range->least, range->most};
  }
  bool host = e->kind == E_CALL && words_function(&l->c->words, e->index)->op == OP_CALL;
  if ((e->kind == E_CALL && !host) || e->kind == E_PROPERTY) return (struct range){0, INT64_MAX};
  if (e->kind != E_ADD && e->kind != E_SUB && e->kind != E_MUL && e->kind != E_NEG) return all;
  struct range a = lint_range(l, e->a), b = e->b ? lint_range(l, e->b) : all;
  if (e->kind == E_ADD) return (struct range){num_sat_add(a.least, b.least), num_sat_add(a.most, b.most)};
  if (e->kind == E_SUB) return (struct range){num_sat_sub(a.least, b.most), num_sat_sub(a.most, b.least)};
  if (e->kind == E_MUL) return product(a, b);
  return (struct range){num_sat_neg(a.most), num_sat_neg(a.least)};
}

/* --- values to try --- */

/* A value of the subject. Real numbers are counted in half thousandths, so that one lies between any two constants. */
struct sample {
  int64_t number;
  struct text text;
  bool other; /* a text that is no constant */
  struct addr address;
};

struct samples {
  struct lint *l;
  const struct expr *subject;
  size_t count;
  bool full, blocks;
  struct sample *at; /* room for SAMPLES_MAX */
};

static void add_sample(struct samples *s, struct sample sample) {
  s->full |= s->count == SAMPLES_MAX;
  if (!s->full) s->at[s->count++] = sample;
}

static bool is_constant(struct lint *l, const struct expr *e) {
  e = lint_open(l, e);
  if (e->kind == E_STRING || e->kind == E_ADDRESS || e->kind == E_NUMBER) return true;
  if (e->type != TYPE_INT || e->each) return false;
  struct range range = lint_range(l, e);
  return range.least == range.most;
}

/* A constant as the samples of its subject are counted. */
static int64_t constant_number(struct lint *l, const struct expr *constant, enum value_type type) {
  return type == TYPE_REAL ? constant->number.milli * 2 : lint_range(l, constant).least;
}

/* A text constant in the form in which values of the type are compared. */
static struct text compared_form(struct lint *l, const struct expr *e) {
  struct host host;
  if (e->type == TYPE_MAILBOX) return mailbox_canonical(&l->scratch, e->text);
  if (e->type == TYPE_NAME) return host_scan(&host, e->text, &l->scratch) ? host.canonical : TEXT("");
  return e->text;
}

static bool is_number(enum value_type type) {
  return type == TYPE_INT || type == TYPE_REAL;
}

static bool is_text(enum value_type type) {
  return type == TYPE_STRING || type == TYPE_NAME || type == TYPE_MAILBOX;
}

static bool is_value(const struct expr *e) {
  return !e->each && (is_number(e->type) || is_text(e->type) || e->type == TYPE_ADDRESS);
}

/* The side of a comparison that is no constant, or NULL; *constant is the other one. */
static const struct expr *variable_side(struct lint *l, const struct expr *e, const struct expr **constant) {
  bool left = is_constant(l, e->a), right = is_constant(l, e->b);
  *constant = lint_open(l, left ? e->a : e->b);
  return left == right || !is_value(left ? e->b : e->a) ? NULL : lint_open(l, left ? e->b : e->a);
}

/* --- what is asked about --- */

/* An inline set whose items are compared as wholes. What a named list holds may change. */
static const struct list *plain_set(const struct lint *l, const struct expr *e) {
  if (e->kind != E_IN || e->b->kind != E_LIST || !is_value(e->a)) return NULL;
  const struct list *list = &l->c->lists.at[e->b->index];
  if (list->name.text.len || list->patterns.count) return NULL;
  for (size_t i = 0; list->type == LIST_MAILBOX && i < list->items.count; i++) {
    struct text item = list->items.at[i].text;
    if (!mailbox_local(item).len || !mailbox_domain(item).len) return NULL; /* stands for many mailboxes */
  }
  return list;
}

static bool is_bit(const struct expr *e, enum value_type on) {
  return e->kind == E_PROPERTY && e->type == TYPE_BOOL && !e->each && property_at(e->index)->on == on;
}

static bool is_name_empty(const struct expr *e) {
  return is_bit(e, TYPE_NAME) && property_at(e->index)->bit == HOST_IS_EMPTY;
}

static bool is_joint(const struct expr *e) {
  return e->kind == E_AND || e->kind == E_OR || (e->kind == E_OF && e->op != OF_COUNT);
}

const struct expr *lint_subject(struct lint *l, const struct expr *e) {
  const struct expr *constant;
  e = lint_open(l, e);
  if (lint_tired(l) || e->each) return e;
  if (e->kind == E_NOT) return lint_subject(l, e->a);
  if (is_bit(e, TYPE_ADDRESS) || is_name_empty(e)) return lint_open(l, e->a);
  if (plain_set(l, e)) return lint_open(l, e->a);
  if (e->kind == E_COMPARE) {
    const struct expr *variable = variable_side(l, e, &constant);
    return variable ? variable : e;
  }
  if (!is_joint(e) || e->count == 0) return e;
  const struct expr *subject = lint_subject(l, e->items[0]);
  for (size_t i = 1; i < e->count; i++)
    if (!is_value(subject) || !lint_same(lint_subject(l, e->items[i]), subject)) return e;
  return subject;
}

/* x < y and x >= y, x in y and x not in y are one question, asked one way and the other. */
static struct expr plain_question(const struct expr *e) {
  static const enum compare_op opposite[] = {[CMP_EQ] = CMP_EQ, [CMP_NE] = CMP_EQ, [CMP_LT] = CMP_LT,
                                             [CMP_LE] = CMP_LE, [CMP_GT] = CMP_LE, [CMP_GE] = CMP_LT};
  struct expr plain = *e;
  plain.negated = false;
  if (e->kind == E_COMPARE) plain.op = (uint8_t)opposite[e->op];
  return plain;
}

static bool is_turned(const struct expr *e) {
  return e->negated || plain_question(e).op != e->op;
}

static bool same_question(const struct expr *a, const struct expr *b) {
  struct expr x = plain_question(a), y = plain_question(b);
  return lint_same(&x, &y);
}

/* --- values that the constants of a condition set apart --- */

static void add_numbers(struct samples *s, int64_t number) {
  struct range range = {INT64_MIN, INT64_MAX};
  if (s->subject->type == TYPE_INT) range = lint_range(s->l, s->subject);
  if (s->subject->type == TYPE_REAL && s->subject->kind == E_CALL) range.least = 0;
  const int64_t near[] = {number, num_sat_sub(number, 1), num_sat_add(number, 1)};
  for (size_t i = 0; i < 3; i++)
    if (near[i] >= range.least && near[i] <= range.most) add_sample(s, (struct sample){.number = near[i]});
}

/* The first address of the network, and the one behind its last: between two such nothing changes. */
static void add_network(struct samples *s, struct network network) {
  struct addr next = network.addr;
  add_sample(s, (struct sample){.address = network.addr});
  for (unsigned bit = network.bits; bit-- > 0;) {
    uint8_t mask = (uint8_t)(0x80 >> bit % 8);
    next.bytes[bit / 8] ^= mask;
    if (!(next.bytes[bit / 8] & mask)) continue; /* carried on to the bit before */
    add_sample(s, (struct sample){.address = next});
    return;
  }
}

static void add_blocks(struct samples *s) {
  struct network block;
  for (size_t i = 0; !s->blocks && addr_block_at(i, &block); i++) add_network(s, block);
  s->blocks = true;
}

static void add_items(struct samples *s, const struct list *list) {
  for (size_t i = 0; i < list->items.count; i++)
    if (list->type == LIST_ADDRESS || list->type == LIST_NETWORK)
      add_network(s, list->items.at[i].network);
    else
      add_sample(s, (struct sample){.text = list->items.at[i].text});
}

static void add_constant(struct samples *s, const struct expr *constant) {
  if (constant->kind == E_STRING)
    add_sample(s, (struct sample){.text = compared_form(s->l, constant)});
  else if (constant->kind == E_ADDRESS)
    add_network(s, (struct network){constant->network.addr, constant->network.addr.family == 6 ? 128 : 32});
  else
    add_numbers(s, constant_number(s->l, constant, s->subject->type));
}

static void gather(struct samples *s, const struct expr *e) {
  e = lint_open(s->l, e);
  const struct list *list = plain_set(s->l, e);
  const struct expr *constant;
  s->full |= lint_tired(s->l);
  if (s->full || same_question(e, s->subject)) return;
  if (list) add_items(s, list);
  if (is_bit(e, TYPE_ADDRESS)) add_blocks(s);
  if (e->kind == E_COMPARE && variable_side(s->l, e, &constant)) add_constant(s, constant);
  if (e->kind == E_NOT) gather(s, e->a);
  for (size_t i = 0; is_joint(e) && i < e->count; i++) gather(s, e->items[i]);
}

/* Whatever the constants: what is empty, and what is beyond them all. A condition that is not looked into is true or
 * false. */
static void add_ends(struct samples *s) {
  struct range range = {INT64_MIN, INT64_MAX};
  if (s->subject->type == TYPE_INT) range = lint_range(s->l, s->subject);
  if (!is_value(s->subject)) {
    add_sample(s, (struct sample){.number = 0});
    add_sample(s, (struct sample){.number = 1});
  } else if (is_number(s->subject->type)) {
    add_numbers(s, 0);
    add_numbers(s, range.least);
    add_numbers(s, range.most);
  } else if (is_text(s->subject->type)) {
    add_sample(s, (struct sample){.text = TEXT("")});
    add_sample(s, (struct sample){.text = TEXT("?"), .other = true});
  } else {
    add_sample(s, (struct sample){.address = {.family = 0}});
    add_network(s, (struct network){{.family = 4}, 0});
    add_network(s, (struct network){{.family = 6}, 0});
  }
}

/* --- whether a condition holds for a value --- */

static bool holds(struct samples *s, const struct expr *e, const struct sample *value);

static bool text_is_item(const struct sample *value, struct text text) {
  return !value->other && text_eq(value->text, text);
}

static bool in_set(struct samples *s, const struct list *list, const struct sample *value) {
  s->l->steps += (unsigned)list->items.count;
  for (size_t i = 0; i < list->items.count; i++) {
    const struct list_item *item = &list->items.at[i];
    bool network = list->type == LIST_ADDRESS || list->type == LIST_NETWORK;
    if (network ? network_holds(item->network, value->address) : value->text.len && text_is_item(value, item->text))
      return true;
  }
  return false;
}

static bool compares(struct samples *s, const struct expr *e, const struct sample *value) {
  const struct expr *constant, *variable = variable_side(s->l, e, &constant);
  int64_t number = constant_number(s->l, constant, s->subject->type);
  bool equal = constant->kind == E_STRING    ? text_is_item(value, compared_form(s->l, constant))
               : constant->kind == E_ADDRESS ? addr_eq(value->address, constant->network.addr)
                                             : value->number == number;
  bool less = variable == lint_open(s->l, e->a) ? value->number < number : number < value->number;
  const bool answers[] = {[CMP_EQ] = equal, [CMP_NE] = !equal,          [CMP_LT] = less,
                          [CMP_LE] = less || equal, [CMP_GT] = !less && !equal, [CMP_GE] = !less};
  return answers[e->op];
}

static bool bare_holds(const struct expr *e, const struct sample *value) {
  if (is_value(e) && is_text(e->type)) return value->text.len != 0;
  return is_value(e) && e->type == TYPE_ADDRESS ? value->address.family != 0 : value->number != 0;
}

static bool joint_holds(struct samples *s, const struct expr *e, const struct sample *value) {
  bool all = e->kind == E_AND || (e->kind == E_OF && e->op == OF_ALL), none = e->kind == E_OF && e->op == OF_NONE;
  for (size_t i = 0; i < e->count; i++)
    if (holds(s, e->items[i], value) != all) return none == all;
  return none != all;
}

static bool holds(struct samples *s, const struct expr *e, const struct sample *value) {
  e = lint_open(s->l, e);
  const struct list *list = plain_set(s->l, e);
  if (lint_tired(s->l)) return false;
  if (same_question(e, s->subject)) return bare_holds(e, value) != is_turned(e);
  if (list) return in_set(s, list, value) != e->negated;
  if (is_bit(e, TYPE_ADDRESS)) return addr_props(value->address) >> property_at(e->index)->bit & 1;
  if (is_name_empty(e)) return value->text.len == 0;
  if (e->kind == E_NOT) return !holds(s, e->a, value);
  return e->kind == E_COMPARE ? compares(s, e, value) : joint_holds(s, e, value);
}

/* --- whether some value suits --- */

static bool suits(struct samples *s, const struct literal *literals, size_t count, const struct sample *value) {
  for (size_t i = 0; i < count; i++)
    if (holds(s, literals[i].e, value) != literals[i].wanted) return false;
  return true;
}

static const struct property_info *wanted_bit(const struct lint *l, const struct literal *literal,
                                              const struct expr **name) {
  const struct expr *e = lint_open(l, literal->e);
  if (!literal->wanted || !is_bit(e, TYPE_NAME)) return NULL;
  *name = lint_open(l, e->a);
  return property_at(e->index);
}

/* Two properties that no name has both. */
static bool bits_exclude(struct lint *l, const struct literal *literals, size_t count) {
  const struct expr *name, *other;
  for (size_t i = 0; i < count; i++) {
    const struct property_info *bit = wanted_bit(l, &literals[i], &name), *second;
    for (size_t k = i + 1; bit && k < count; k++) {
      second = wanted_bit(l, &literals[k], &other);
      if (second && host_props_exclude((enum host_prop)bit->bit, (enum host_prop)second->bit) && lint_same(name, other))
        return true;
    }
  }
  return false;
}

/* A name with a property, other than to be empty, is not empty. */
static bool never_empty(struct lint *l, const struct literal *literals, size_t count, const struct expr *subject) {
  const struct expr *name;
  for (size_t i = 0; i < count; i++) {
    const struct property_info *bit = wanted_bit(l, &literals[i], &name);
    if (bit && host_props_exclude((enum host_prop)bit->bit, HOST_IS_EMPTY) && lint_same(name, subject)) return true;
  }
  return false;
}

static bool some_value_suits(struct lint *l, const struct literal *literals, size_t count, const struct expr *subject) {
  struct sample room[SAMPLES_MAX];
  struct samples s = {.l = l, .subject = subject, .at = room};
  struct literal about[LITERALS_MAX]; /* the subject */
  size_t abouts = 0;
  bool filled = never_empty(l, literals, count, subject);
  add_ends(&s);
  for (size_t i = 0; i < count; i++) {
    if (!same_question(lint_subject(l, literals[i].e), subject)) continue;
    about[abouts++] = literals[i];
    gather(&s, literals[i].e);
  }
  for (size_t i = 0; i < s.count && !s.full; i++)
    if (!(filled && s.at[i].text.len == 0) && suits(&s, about, abouts, &s.at[i])) return true;
  return s.full || lint_tired(l);
}

bool lint_possible(struct lint *l, const struct literal *literals, size_t count) {
  l->steps = 0;
  bool possible = !bits_exclude(l, literals, count);
  for (size_t i = 0; i < count && possible; i++)
    possible = some_value_suits(l, literals, count, lint_subject(l, literals[i].e));
  return possible || lint_tired(l);
}
