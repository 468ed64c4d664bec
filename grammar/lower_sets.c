/* Owns the sets, maps and zones of the program: lists become sets once, equal inline sets are one.
 * Must never know: conditions. */
#include "facts/host.h"
#include "grammar/lower.h"

static uint32_t add_set(struct lower *l, struct set set) {
  struct set *slot = vec_add(&l->program->arena, &l->sets);
  if (!slot) return NO_INDEX;
  *slot = set;
  return (uint32_t)l->sets.count - 1;
}

/* The set made for this key before; else NO_INDEX, and *slot is where to note the new one. */
static uint32_t find_set(struct lower *l, struct text key, uint32_t **slot) {
  *slot = NULL;
  if (l->scratch->failed || l->program->arena.failed) return NO_INDEX;
  size_t before = l->set_keys.texts.count;
  uint32_t at = intern_add(&l->set_keys, key);
  if (at == INTERN_NONE) return NO_INDEX;
  if (at < before) return l->set_ids.at[at];
  *slot = vec_add(l->scratch, &l->set_ids);
  if (*slot) **slot = NO_INDEX;
  return NO_INDEX;
}

static struct set text_set(struct lower *l, enum set_kind kind, const struct list_item *items, size_t count) {
  struct set set = {.kind = kind, .count = (uint32_t)count};
  set.texts = arena_array(&l->program->arena, count, sizeof *set.texts);
  for (size_t i = 0; set.texts && i < count; i++) set.texts[i] = arena_text(&l->program->arena, items[i].text);
  return set;
}

static struct set network_set(struct lower *l, const struct list_item *items, size_t count) {
  struct set set = {.kind = SET_NETWORKS, .count = (uint32_t)count};
  set.networks = arena_array(&l->program->arena, count, sizeof *set.networks);
  for (size_t i = 0; set.networks && i < count; i++) set.networks[i] = items[i].network;
  return set;
}

static struct set pattern_set(struct lower *l, const struct list_item *items, size_t count) {
  struct set set = {.kind = SET_PATTERNS, .count = (uint32_t)count};
  set.patterns = arena_array(&l->program->arena, count, sizeof *set.patterns);
  for (size_t i = 0; set.patterns && i < count; i++)
    set.patterns[i] = (struct pattern_source){arena_text(&l->program->arena, items[i].text), items[i].flags};
  return set;
}

static struct set list_set(struct lower *l, enum list_type type, const struct list_item *items, size_t count) {
  switch (type) {
    case LIST_NAME: return text_set(l, SET_NAMES, items, count);
    case LIST_MAILBOX: return text_set(l, SET_MAILBOXES, items, count);
    case LIST_ADDRESS:
    case LIST_NETWORK: return network_set(l, items, count);
    case LIST_REGEX: return pattern_set(l, items, count);
    default: return text_set(l, SET_STRINGS, items, count);
  }
}

/* What makes two inline sets equal. */
static struct text items_key(struct lower *l, enum list_type type, const struct list_item *items, size_t count) {
  struct buf key;
  buf_init(&key, l->scratch->alloc);
  buf_printf(&key, "%d", (int)type);
  for (size_t i = 0; i < count; i++) {
    buf_printf(&key, ",%u,%zu:", items[i].flags, items[i].text.len);
    buf_text(&key, items[i].text);
    if (type == LIST_ADDRESS || type == LIST_NETWORK) network_print(&key, items[i].network);
  }
  struct text copy = arena_text(l->scratch, buf_view(&key));
  if (key.failed) l->scratch->failed = true;
  buf_free(&key);
  return copy;
}

static uint32_t make_set(struct lower *l, const struct list *list, enum list_type type, const struct list_item *items,
                         size_t count) {
  bool named = list->name.text.len > 0;
  if (named && count == 0) return add_set(l, list_set(l, type, items, count));
  /* Lists of one file share its items. */
  struct text key = named ? arena_printf(l->scratch, "= %d %p", (int)type, (const void *)items)
                          : items_key(l, type, items, count);
  uint32_t *slot, found = find_set(l, key, &slot);
  if (found != NO_INDEX || !slot) return found;
  return *slot = add_set(l, list_set(l, type, items, count));
}

uint32_t lower_list_items(struct lower *l, uint32_t index) {
  struct list *list = &l->c->lists.at[index];
  if (list->items_set == NO_INDEX) list->items_set = make_set(l, list, list->type, list->items.at, list->items.count);
  return list->items_set;
}

uint32_t lower_list_patterns(struct lower *l, uint32_t index) {
  struct list *list = &l->c->lists.at[index];
  if (list->type == LIST_REGEX) return lower_list_items(l, index);
  if (list->patterns.count == 0) return NO_INDEX;
  if (list->patterns_set == NO_INDEX)
    list->patterns_set = make_set(l, list, LIST_REGEX, list->patterns.at, list->patterns.count);
  return list->patterns_set;
}

uint32_t lower_pattern(struct lower *l, const struct expr *regex) {
  struct list_item item = {.text = regex->text, .flags = regex->flags};
  struct list one = {.name = {TEXT(""), regex->span}};
  return make_set(l, &one, LIST_REGEX, &item, 1);
}

uint32_t lower_zones(struct lower *l, const struct expr *zones) {
  struct list_item item = {.text = zones->text};
  const struct list_item *items = &item;
  size_t count = 1;
  struct list *list = zones->kind == E_LIST ? &l->c->lists.at[zones->index] : NULL;
  if (list && list->zones_set != NO_INDEX) return list->zones_set;
  if (list) items = list->items.at, count = list->items.count;
  struct set set = text_set(l, SET_ZONES, items, count);
  for (size_t i = 0; set.texts && i < count; i++) {
    struct host host;
    if (host_scan(&host, set.texts[i], &l->program->arena)) set.texts[i] = host.canonical;
  }
  uint32_t *slot = NULL;
  struct text key = items_key(l, LIST_TYPE_COUNT, items, count);
  uint32_t made = find_set(l, key, &slot);
  if (made == NO_INDEX && slot) made = *slot = add_set(l, set);
  if (list) list->zones_set = made;
  return made;
}

uint32_t lower_map(struct lower *l, uint32_t index) {
  struct name_map *map = &l->c->maps.at[index];
  if (map->index != NO_INDEX) return map->index;
  struct map out = {.count = (uint32_t)map->entries.count};
  out.entries = arena_array(&l->program->arena, map->entries.count, sizeof *out.entries);
  for (size_t i = 0; out.entries && i < map->entries.count; i++) {
    const struct list *values = &map->lists.at[i];
    out.entries[i].key = arena_text(&l->program->arena, map->entries.at[i].key);
    out.entries[i].set = add_set(l, list_set(l, LIST_NAME, values->items.at, values->items.count));
  }
  struct map *slot = vec_add(&l->program->arena, &l->maps);
  if (!slot) return NO_INDEX;
  *slot = out;
  return map->index = (uint32_t)l->maps.count - 1;
}

uint32_t lower_rule_set(struct lower *l, struct expr *const *rules, size_t count) {
  struct set set = {.kind = SET_RULES, .count = (uint32_t)count};
  set.rules = arena_array(&l->program->arena, count, sizeof *set.rules);
  for (size_t i = 0; set.rules && i < count; i++) set.rules[i] = rules[i]->index;
  return add_set(l, set);
}
