/* Owns, for tests of single instructions, a workspace ready to run them and operands written as text.
 * Must never know: what an instruction answers. */
#include "operands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct set *add_set(struct build *b, enum set_kind kind, uint32_t count) {
  struct set *set = vec_add(&b->program.arena, &b->sets);
  assert_non_null(set);
  *set = (struct set){.kind = kind, .count = count};
  return set;
}

static void add_networks(struct build *b) {
  static const char *const networks[] = {"192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"};
  struct set *set = add_set(b, SET_NETWORKS, 3);
  set->networks = arena_array(&b->program.arena, 3, sizeof *set->networks);
  for (unsigned i = 0; i < 3; i++) assert_int_equal(network_parse(&set->networks[i], text_from(networks[i])), ADDR_OK);
}

static void add_patterns(struct build *b) {
  struct set *set = add_set(b, SET_PATTERNS, 2);
  set->patterns = arena_array(&b->program.arena, 2, sizeof *set->patterns);
  set->patterns[0] = (struct pattern_source){TEXT("(a+)+$"), 0};
  set->patterns[1] = (struct pattern_source){TEXT("^mx[0-9]*\\."), 0};
}

static void add_map(struct build *b) {
  struct map *map = vec_add(&b->program.arena, &b->maps);
  assert_non_null(map);
  *map = (struct map){arena_array(&b->program.arena, 2, sizeof *map->entries), 2};
  map->entries[0] = (struct map_entry){TEXT("bank"), SET_OF_NAMES};
  map->entries[1] = (struct map_entry){TEXT("shop"), SET_OF_NOTHING};
}

static void add_slots(struct build *b) {
  value_id verb = build_fact(b, "helo.verb", TYPE_STRING), rcpt = build_fact(b, "rcpt", TYPE_MAILBOXES);
  build_fact(b, "mail.smtputf8", TYPE_BOOL);
  build_fact(b, "mail.size", TYPE_INT);
  build_fact(b, "helo", TYPE_NAME);
  build_fact(b, "client.ip", TYPE_ADDRESS);
  build_fact(b, "mail.from", TYPE_MAILBOX);
  build_value(b, OP_ENTROPY, verb, 0, 0);
  build_test(b, OP_TRUTH, rcpt, 0, 0);
}

void operands_open(struct bench *bench) {
  static const char *const strings[] = {"EHLO", "two words", NULL};
  static const char *const names[] = {"bank.example", "[192.0.2.1]", "xn--mnchen-3ya.example", NULL};
  static const char *const mailboxes[] = {"a@b.example", "@isp.test", "postmaster@", NULL};
  static const char *const nothing[] = {NULL};
  struct build b;
  build_init(&b, &mem_default);
  build_texts(&b, SET_STRINGS, strings);
  build_texts(&b, SET_NAMES, names);
  build_texts(&b, SET_MAILBOXES, mailboxes);
  build_texts(&b, SET_NAMES, nothing);
  add_networks(&b);
  add_patterns(&b);
  add_map(&b);
  add_slots(&b);
  build_layout(&b, 0);
  assert_true(bench_open(bench, &b, &mem_default));
  assert_int_equal(workspace_begin(bench->ws, bench->linked, bench->facts), ASSAY_OK);
}

uint32_t operand_slot(const struct bench *bench, enum value_type type) {
  const struct program *p = bench->linked->program;
  for (uint32_t slot = 0; slot < p->slots_count; slot++)
    if (p->slots[slot] == type) return slot;
  fail_msg("no slot of type %u", (unsigned)type);
  return NO_INDEX;
}

struct value operand(struct workspace *ws, char letter, struct text text) {
  struct value value = {.known = 1};
  switch (letter) {
    case 0: break;
    case 'b':
    case 'i': value.number = strtoll(text.ptr, NULL, 10); break;
    case 'r': value.real = strtod(text.ptr, NULL); break;
    case 's':
    case 'm': value.text = text; break;
    case 'n': value_name(ws, text, &value); break;
    case 'a': assert_true(!text.len || addr_parse(&value.addr, text) == ADDR_OK); break;
    default:
      value.count = (uint32_t)strtoul(text.ptr, NULL, 10);
      value.partial = text_ends(text, TEXT("?"));
      value.outcome = value.partial ? OUTCOME_FAILED : OUTCOME_FOUND;
  }
  return value;
}
