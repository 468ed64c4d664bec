/* Owns what a test adds to lists and maps for itself: from its lines to a program whose sets hold it as well.
 * Must never know: how a test is run, or what a program does. */
#include "grammar/test_lists.h"

#include "grammar/lower.h"

/* --- from lines to items; several lines for one list are one gain --- */

static struct list *list_gained(struct compilation *c, struct test_lists *gains, uint32_t number) {
  for (size_t i = 0; i < gains->lists.count; i++)
    if (gains->lists.at[i].number == number) return &gains->lists.at[i].more;
  struct list_gain *gain = vec_add(&c->arena, &gains->lists);
  if (!gain) return NULL;
  gain->number = number;
  gain->more.name = c->lists.at[number].name;
  gain->more.type = c->lists.at[number].type;
  return &gain->more;
}

static struct name_map *map_gained(struct compilation *c, struct test_lists *gains, uint32_t number) {
  for (size_t i = 0; i < gains->maps.count; i++)
    if (gains->maps.at[i].number == number) return &gains->maps.at[i].more;
  struct map_gain *gain = vec_add(&c->arena, &gains->maps);
  if (!gain) return NULL;
  gain->number = number;
  return &gain->more;
}

void test_lists_take(struct compilation *c, struct test_tree *test, const struct test_line *line) {
  bool is_map = line->kind == LINE_MAP;
  const struct symbol *symbol = symbol_expect(c, line->word, is_map ? SYMBOL_MAP : SYMBOL_LIST);
  if (symbol && !test->lists) test->lists = arena_new(&c->arena, sizeof *test->lists);
  if (!symbol || !test->lists) return;
  struct list *list = is_map ? NULL : list_gained(c, test->lists, symbol->index);
  struct name_map *map = is_map ? map_gained(c, test->lists, symbol->index) : NULL;
  if (list) list_add_items(c, list, line->items, false);
  if (map) map_add_pairs(c, map, line->pairs);
}

/* --- from items to a program --- */

static struct set joined(struct arena *arena, enum set_kind kind, const struct list *a, const struct list *b) {
  size_t count = a->items.count + b->items.count;
  struct list_item *items = arena_array(arena, count, sizeof *items);
  if (!items) return (struct set){.kind = kind};
  if (a->items.count) memcpy(items, a->items.at, a->items.count * sizeof *items);
  if (b->items.count) memcpy(items + a->items.count, b->items.at, b->items.count * sizeof *items);
  return set_of_items(arena, kind, items, count);
}

/* A list stands behind a set for each of its uses, or behind none. */
static void extend_list(struct program *p, const struct list *list, const struct list *more) {
  const uint32_t uses[] = {list->items_set, list->zones_set};
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
    if (uses[i] != NO_INDEX) p->sets[uses[i]] = joined(&p->arena, p->sets[uses[i]].kind, list, more);
}

static size_t find_key(const struct name_map *map, struct text key) {
  size_t at = 0;
  while (at < map->entries.count && !text_eq(map->entries.at[at].key, key)) at++;
  return at;
}

/* A key that the map has gains values; any other is new, and so is its set. */
static void extend_map(struct program *p, const struct name_map *map, const struct name_map *more) {
  static const struct list nothing = {.type = LIST_NAME};
  if (map->index == NO_INDEX) return;
  struct map *out = &p->maps[map->index];
  struct map_entry *entries = arena_array(&p->arena, out->count + more->entries.count, sizeof *entries);
  if (!entries) return;
  if (out->count) memcpy(entries, out->entries, out->count * sizeof *entries);
  out->entries = entries;
  for (size_t i = 0; i < more->entries.count; i++) {
    struct text key = more->entries.at[i].key;
    size_t at = find_key(map, key);
    bool known = at < map->entries.count;
    uint32_t set = known ? entries[at].set : p->sets_count++;
    if (!known) entries[out->count++] = (struct map_entry){arena_text(&p->arena, key), set};
    p->sets[set] = joined(&p->arena, SET_NAMES, known ? &map->lists.at[at] : &nothing, &more->lists.at[i]);
  }
}

/* Room for a set more for each key that a map may gain. */
static bool copy_tables(struct program *p, const struct test_lists *gains) {
  size_t room = p->sets_count;
  for (size_t i = 0; i < gains->maps.count; i++) room += gains->maps.at[i].more.entries.count;
  struct set *sets = arena_array(&p->arena, room, sizeof *sets);
  struct map *maps = arena_array(&p->arena, p->maps_count, sizeof *maps);
  if (!sets || !maps) return false;
  if (p->sets_count) memcpy(sets, p->sets, p->sets_count * sizeof *sets);
  if (p->maps_count) memcpy(maps, p->maps, p->maps_count * sizeof *maps);
  p->sets = sets;
  p->maps = maps;
  return true;
}

bool test_lists_extend(struct program *out, const struct program *from, const struct compilation *c,
                       const struct test_lists *gains) {
  *out = *from;
  arena_init(&out->arena, from->arena.alloc, SIZE_MAX);
  if (!copy_tables(out, gains)) return false;
  for (size_t i = 0; i < gains->lists.count; i++)
    extend_list(out, &c->lists.at[gains->lists.at[i].number], &gains->lists.at[i].more);
  for (size_t i = 0; i < gains->maps.count; i++)
    extend_map(out, &c->maps.at[gains->maps.at[i].number], &gains->maps.at[i].more);
  return !out->arena.failed;
}
