/* Owns the search for loops in a regular expression that can match one text in many ways, by its position
 * automaton: one state a character of the source, with the states that can follow. Must never know: PCRE2, or
 * who is warned. */
#include "grammar/regex_loops.h"

#include "grammar/regex.h"
#include "grammar/regex_read.h"

/* A backtracking matcher needs exponential time where two different ways round a loop read the same text: either
 * two loops lead from one state to the same next one, as in (a+)+, or two ways part, read the same bytes, and
 * meet again, as in (a|a)*. A counted repeat stands for a loop, or for one copy when its length is fixed. */
enum {
  STATES = 128,      /* in one group at the outermost level; larger ones are given up, without a warning */
  STEPS_MAX = 1 << 21 /* of the search for two ways, likewise */
};

struct bits {
  uint64_t word[2];
};

/* A part of the expression: what it can begin and end with, and whether all it matches is of one length. */
struct part {
  struct bits first, last;
  bool nullable, fixed;
  uint32_t length;
};

struct scan {
  struct regex_reader reader;
  struct byte_set sets[STATES];
  struct bits follow[STATES];
  struct bits doubled; /* states with a next state that two loops lead to */
  struct bits blind;   /* states of which nothing is claimed: atomic, or aside */
  size_t count, depth;
  bool overflow;
  struct regex_loops *out;
};

static bool bits_has(const struct bits *bits, size_t i) {
  return bits->word[i / 64] >> (i % 64) & 1;
}

static void bits_add(struct bits *bits, size_t i) {
  bits->word[i / 64] |= (uint64_t)1 << (i % 64);
}

static struct bits bits_or(struct bits a, struct bits b) {
  return (struct bits){{a.word[0] | b.word[0], a.word[1] | b.word[1]}};
}

static struct bits bits_and(struct bits a, struct bits b) {
  return (struct bits){{a.word[0] & b.word[0], a.word[1] & b.word[1]}};
}

static struct bits bits_without(struct bits a, struct bits b) {
  return (struct bits){{a.word[0] & ~b.word[0], a.word[1] & ~b.word[1]}};
}

static bool bits_any(struct bits bits) {
  return (bits.word[0] | bits.word[1]) != 0;
}

/* The next set bit from `from` on, or STATES. */
static size_t bits_next(const struct bits *bits, size_t from) {
  for (size_t i = from / 64; i < 2; i++) {
    uint64_t word = bits->word[i] >> (i == from / 64 ? from % 64 : 0);
    if (word) return (i == from / 64 ? from : i * 64) + (size_t)__builtin_ctzll(word);
  }
  return STATES;
}

/* The ways through pairs of different states that read the same bytes. */
struct product {
  struct bits alike[STATES]; /* states whose sets share a byte */
  struct bits seen[STATES];
  uint16_t queue[STATES * STATES / 2];
  size_t tail, steps;
  bool met;
};

static bool sets_meet(const struct byte_set *a, const struct byte_set *b) {
  return ((a->word[0] & b->word[0]) | (a->word[1] & b->word[1]) | (a->word[2] & b->word[2]) |
          (a->word[3] & b->word[3])) != 0;
}

static void product_push(struct product *product, size_t a, size_t b) {
  size_t low = a < b ? a : b, high = a < b ? b : a;
  if (bits_has(&product->seen[low], high)) return;
  bits_add(&product->seen[low], high);
  product->queue[product->tail++] = (uint16_t)(low * STATES + high);
}

/* From one pair of states to all next ones; two ways that had parted may meet. */
static void product_step(const struct scan *scan, struct product *product, size_t a, size_t b) {
  for (size_t next = bits_next(&scan->follow[a], 0); next < STATES; next = bits_next(&scan->follow[a], next + 1)) {
    struct bits mates = bits_and(scan->follow[b], product->alike[next]);
    if (a != b && bits_has(&mates, next)) product->met = true;
    for (size_t mate = bits_next(&mates, 0); mate < STATES; mate = bits_next(&mates, mate + 1)) {
      product->steps++;
      if (mate != next) product_push(product, next, mate);
    }
  }
}

/* All states from `begin` on are in one loop, so each can be reached from each: it is enough that two ways part
 * somewhere and meet anywhere. */
static bool has_two_ways(const struct scan *scan, size_t begin) {
  struct product product = {.tail = 0};
  for (size_t a = begin; a < scan->count; a++)
    for (size_t b = begin; b < scan->count; b++)
      if (sets_meet(&scan->sets[a], &scan->sets[b])) bits_add(&product.alike[a], b);
  for (size_t a = begin; a < scan->count; a++) product_step(scan, &product, a, a);
  for (size_t head = 0; head < product.tail && !product.met && product.steps < STEPS_MAX; head++)
    product_step(scan, &product, product.queue[head] / STATES, product.queue[head] % STATES);
  return product.met;
}

static void add_edges(struct scan *scan, struct bits from, struct bits to) {
  from = bits_without(from, scan->blind);
  to = bits_without(to, scan->blind);
  for (size_t i = 0; i < scan->count; i++) {
    if (!bits_has(&from, i)) continue;
    if (bits_any(bits_and(scan->follow[i], to))) bits_add(&scan->doubled, i);
    scan->follow[i] = bits_or(scan->follow[i], to);
  }
}

static struct part part_empty(void) {
  return (struct part){.nullable = true, .fixed = true};
}

static struct part part_one(struct scan *scan, const struct byte_set *set) {
  struct part part = {.fixed = true, .length = 1};
  if (scan->count == STATES) {
    scan->overflow = true;
    return part;
  }
  scan->sets[scan->count] = *set;
  scan->follow[scan->count] = (struct bits){{0}};
  bits_add(&part.first, scan->count);
  bits_add(&part.last, scan->count);
  scan->count++;
  return part;
}

static void part_append(struct scan *scan, struct part *part, const struct part *next) {
  add_edges(scan, part->last, next->first);
  if (part->nullable) part->first = bits_or(part->first, next->first);
  part->last = next->nullable ? bits_or(part->last, next->last) : next->last;
  part->nullable = part->nullable && next->nullable;
  part->fixed = part->fixed && next->fixed;
  part->length += next->length;
}

static void part_either(struct part *part, const struct part *other) {
  part->first = bits_or(part->first, other->first);
  part->last = bits_or(part->last, other->last);
  part->nullable = part->nullable || other->nullable;
  part->fixed = part->fixed && other->fixed && part->length == other->length;
}

/* Nothing is claimed of the states from `begin` on any more. A loop found at the very end of what is atomic is no
 * danger: nothing behind it can make it try another way. */
static void blind_from(struct scan *scan, size_t begin, size_t text_begin, size_t text_end) {
  for (size_t i = begin; i < scan->count; i++) {
    bits_add(&scan->blind, i);
    scan->sets[i] = (struct byte_set){{0}};
  }
  scan->doubled = bits_without(scan->doubled, scan->blind);
  if (scan->out->found && scan->out->begin >= text_begin && scan->out->end == text_end) scan->out->found = false;
}

struct item_place {
  size_t state;            /* the item's first state */
  size_t begin, close;     /* in the source: the item, and its closing parenthesis (or its end) */
};

static void part_repeat(struct scan *scan, struct part *part, const struct regex_repeat *repeat,
                        const struct item_place *place) {
  bool counted = repeat->least == repeat->most && part->fixed;
  if (repeat->most == 0) {
    blind_from(scan, place->state, place->begin, place->close);
    *part = part_empty();
    return;
  }
  if (repeat->most > 1 && !counted) add_edges(scan, part->last, part->first);
  if (repeat->most == UINT32_MAX && !repeat->possessive && !scan->overflow && !scan->out->found) {
    bool doubled = false;
    for (size_t i = place->state; i < scan->count; i++) doubled = doubled || bits_has(&scan->doubled, i);
    if (doubled || (scan->count - place->state > 1 && has_two_ways(scan, place->state))) {
      scan->out->found = true;
      scan->out->begin = place->begin;
      scan->out->end = scan->reader.at;
    }
  }
  if (repeat->possessive) blind_from(scan, place->state, place->begin, place->close);
  part->nullable = part->nullable || repeat->least == 0;
  part->fixed = part->fixed && repeat->least == repeat->most;
  part->length *= repeat->least;
}

static struct part scan_alternatives(struct scan *scan);

/* A group, from behind its head to behind its parenthesis. */
static struct part scan_group(struct scan *scan, const struct regex_item *item, struct item_place *place) {
  scan->depth++;
  struct part part = scan_alternatives(scan);
  scan->depth--;
  place->close = scan->reader.at;
  scan->reader.at += scan->reader.at < scan->reader.source.len;
  if (item->group != REGEX_PLAIN) blind_from(scan, place->state, place->begin, place->close);
  return item->group == REGEX_ASIDE ? part_empty() : part;
}

/* A part at the outermost level is in no loop but its own, so its states are of no use any more. */
static void forget_states(struct scan *scan, struct part *part) {
  scan->count = 0;
  scan->overflow = false;
  scan->doubled = scan->blind = (struct bits){{0}};
  *part = part_empty();
}

static struct part scan_sequence(struct scan *scan) {
  struct part sequence = part_empty();
  for (;;) {
    struct regex_item item;
    struct regex_repeat repeat;
    struct item_place place = {.state = scan->count};
    unsigned flags = scan->reader.flags;
    regex_read_item(&scan->reader, &item);
    if (item.kind == REGEX_END) return sequence;
    if (item.kind == REGEX_BAR || item.kind == REGEX_CLOSE) {
      scan->reader.at--; /* left standing for whoever opened the group */
      return sequence;
    }
    place.begin = item.begin;
    place.close = scan->reader.at;
    struct part part = item.kind == REGEX_ONE ? part_one(scan, &item.set) : part_empty();
    if (item.kind == REGEX_OPEN) {
      part = scan_group(scan, &item, &place);
      scan->reader.flags = flags;
    }
    regex_read_repeat(&scan->reader, &repeat);
    part_repeat(scan, &part, &repeat, &place);
    if (scan->depth == 0) forget_states(scan, &part);
    part_append(scan, &sequence, &part);
  }
}

static struct part scan_alternatives(struct scan *scan) {
  struct part part = scan_sequence(scan);
  while (scan->reader.at < scan->reader.source.len && scan->reader.source.ptr[scan->reader.at] == '|') {
    scan->reader.at++;
    struct part other = scan_sequence(scan);
    part_either(&part, &other);
  }
  return part;
}

void regex_find_loops(struct regex_loops *out, struct text source, unsigned flags) {
  struct scan scan = {.reader = {.source = source, .flags = flags}, .out = out};
  *out = (struct regex_loops){.found = false};
  scan_alternatives(&scan);
  out->has_callout = scan.reader.has_callout;
  out->callout_at = scan.reader.callout_at;
}
