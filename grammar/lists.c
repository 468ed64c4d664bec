/* Owns the items of lists and maps: from statements and files, all additions first, then all removals.
 * Must never know: who looks them up. */
#include "facts/facts.h"
#include "facts/host.h"
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/regex.h"

/* --- one item, by type --- */

static void bad_item(struct compilation *c, struct span span, enum list_type type, const char *help) {
  report(c->diags, BAD_ITEM, span, "a list of %s cannot hold this", list_type_word(type));
  diag_help(c->diags, "%s", help);
}

static void never_matches(struct compilation *c, struct span span, const char *why, const char *help) {
  if (!c->lint) return;
  report(c->diags, NEVER_MATCHES, span, "%s", why);
  diag_help(c->diags, "%s", help);
}

static bool name_item(struct compilation *c, struct span span, struct text text, struct list_item *item) {
  struct host host;
  if (!host_scan(&host, text, &c->arena)) return false;
  item->text = host.canonical;
  if (memchr(text.ptr, '*', text.len))
    never_matches(c, span, "a name holds no `*`", "list the domain itself and ask with `under`");
  else if (host.props >> HOST_LEADING_DOT & 1)
    never_matches(c, span, "only a malformed name begins with a dot",
                  "list the domain without it and ask with `under`");
  else if (host.props >> HOST_IS_EMPTY & 1)
    never_matches(c, span, "an empty item equals nothing", "empty values are in no list; ask `not x`");
  return true;
}

static bool mailbox_item(struct compilation *c, struct span span, struct text text, struct list_item *item) {
  item->text = mailbox_canonical(&c->arena, text);
  if (memchr(text.ptr, '@', text.len) && item->text.len > 1) return true;
  bad_item(c, span, LIST_MAILBOX, "mailboxes are \"user@example.org\", \"@example.org\" or \"user@\"");
  return false;
}

static bool text_item(struct compilation *c, enum list_type type, struct span span, struct text text,
                      struct list_item *item) {
  item->text = text;
  if (type == LIST_NAME) return name_item(c, span, text, item);
  if (type == LIST_MAILBOX) return mailbox_item(c, span, text, item);
  if (type == LIST_STRING && text.len == 0)
    never_matches(c, span, "an empty item equals nothing", "empty values are in no list; ask `not x`");
  return true;
}

static const char *form_help(enum list_type type) {
  static const char *const forms[] = {
      [LIST_NAME] = "names stand in quotes: \"example.org\"",
      [LIST_STRING] = "strings stand in quotes",
      [LIST_ADDRESS] = "addresses stand bare: 192.0.2.1",
      [LIST_NETWORK] = "networks and addresses stand bare: 192.0.2.0/24",
      [LIST_MAILBOX] = "mailboxes stand in quotes: \"user@example.org\", \"@example.org\"",
      [LIST_REGEX] = "patterns stand between slashes: /^dyn/",
  };
  return forms[type];
}

static bool holds(enum list_type type, enum expr_kind kind) {
  switch (type) {
    case LIST_ADDRESS: return kind == E_ADDRESS;
    case LIST_NETWORK: return kind == E_ADDRESS || kind == E_NETWORK;
    case LIST_REGEX: return kind == E_REGEX;
    default: return kind == E_STRING;
  }
}

static void add_item(struct compilation *c, struct list *list, struct list_item item, bool removal) {
  struct list_item *slot = removal ? vec_add(&c->arena, &list->removals) : vec_add(&c->arena, &list->items);
  if (slot) *slot = item;
}

void list_add_expr(struct compilation *c, struct list *list, const struct expr *e, bool removal) {
  if (!e || e->kind == E_BAD) return;
  if (!holds(list->type, e->kind)) {
    bool wide = list->type == LIST_ADDRESS && e->kind == E_NETWORK;
    bad_item(c, e->span, list->type, wide ? "for networks declare the list as `: network`" : form_help(list->type));
    return;
  }
  struct list_item item = {.span = e->span, .text = e->text, .flags = e->flags, .network = e->network};
  if (e->kind == E_ADDRESS) item.network.bits = e->network.addr.family == 6 ? 128 : 32;
  if (e->kind == E_STRING && !text_item(c, list->type, e->span, e->text, &item)) return;
  add_item(c, list, item, removal);
}

void list_add_items(struct compilation *c, struct list *list, const struct expr *set, bool removal) {
  for (size_t i = 0; set && i < set->count; i++) list_add_expr(c, list, set->items[i], removal);
}

/* --- files: one item a line --- */

static struct text trim(struct text line) {
  for (size_t i = 0; i < line.len; i++)
    if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t')) line.len = i;
  while (line.len && strchr(" \t\r", line.ptr[line.len - 1]) && line.ptr[line.len - 1]) line.len--;
  while (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) line = text_of(line.ptr + 1, line.len - 1);
  return line;
}

static bool network_line(struct compilation *c, enum list_type type, struct span span, struct text line,
                         struct list_item *item) {
  bool slash = memchr(line.ptr, '/', line.len) != NULL;
  enum addr_fault fault = ADDR_OK;
  if (slash && type == LIST_NETWORK) {
    fault = network_parse(&item->network, line);
  } else {
    fault = addr_parse(&item->network.addr, line);
    item->network.bits = item->network.addr.family == 6 ? 128 : 32;
  }
  if (fault == ADDR_OK) return true;
  report(c->diags, BAD_ITEM, span, "`%.*s`: %s", TEXT_ARG(line), addr_fault_text(fault));
  struct buf form;
  buf_init(&form, c->arena.alloc);
  if (slash && item->network.addr.family)
    network_print(&form, item->network);
  else
    addr_print(&form, item->network.addr);
  c->arena.failed |= form.failed;
  if (fault == ADDR_SYNTAX && slash)
    diag_help(c->diags, "for networks declare the list as `: network`");
  else if (form.len)
    diag_help(c->diags, "it is `%.*s`", TEXT_ARG(buf_view(&form)));
  else
    diag_help(c->diags, "%s", addr_fault_help(fault));
  buf_free(&form);
  return false;
}

/* A pattern stands bare, or between slashes with flags behind. */
static bool regex_line(struct compilation *c, struct span span, struct text line, struct list_item *item) {
  static const char letters[] = "imsxu";
  item->text = line;
  size_t close = line.len;
  while (close > 1 && line.ptr[close - 1] != '/') close--;
  if (line.ptr[0] == '/' && close > 1) {
    item->text = text_of(line.ptr + 1, close - 2);
    for (size_t i = close; i < line.len; i++) {
      const char *letter = line.ptr[i] ? strchr(letters, line.ptr[i]) : NULL;
      unsigned bit = letter ? 1u << (letter - letters) : 0;
      if (bit == 0 || item->flags & bit) {
        report(c->diags, BAD_REGEX, span, bit ? "the flag `%c` stands twice" : "`%c` is no regex flag", line.ptr[i]);
        diag_help(c->diags, "the flags are i m s x u; a pattern that holds a / stands bare, or as \\/ between two");
        return false;
      }
      item->flags |= bit;
    }
  }
  struct regex_report regex;
  regex_check(&regex, item->text, item->flags);
  if (!regex.ok) {
    report(c->diags, BAD_REGEX, span, "%s", regex.message);
    diag_help(c->diags, "what has a meaning in a pattern, such as ( [ * or +, stands for itself behind a backslash");
  }
  return regex.ok;
}

static bool line_item(struct compilation *c, enum list_type type, struct span span, struct text line,
                      struct list_item *item) {
  if (type == LIST_ADDRESS || type == LIST_NETWORK) return network_line(c, type, span, line, item);
  if (type == LIST_REGEX) return regex_line(c, span, line, item);
  return text_item(c, type, span, line, item);
}

static void read_lines(struct compilation *c, struct list *list, uint32_t file, struct text bytes) {
  for (size_t at = 0; at < bytes.len;) {
    const char *end = memchr(bytes.ptr + at, '\n', bytes.len - at);
    size_t len = end ? (size_t)(end - bytes.ptr) - at : bytes.len - at;
    struct text line = trim(text_of(bytes.ptr + at, len));
    at += len + 1;
    if (line.len == 0) continue;
    uint32_t begin = (uint32_t)(line.ptr - bytes.ptr);
    struct list_item item = {.span = {file, begin, begin + (uint32_t)line.len}};
    if (line_item(c, list->type, item.span, line, &item)) add_item(c, list, item, false);
  }
}

/* The items of a file are made once for each type of list. */
static const struct file_items *items_of(struct compilation *c, uint32_t number, enum list_type type, struct text name,
                                         struct span span) {
  struct file *file = &c->files.at[number];
  struct file_items *items = &file->items[type];
  if (file->source == 0) file->source = sources_add(&c->sources, name, file->bytes, span);
  if (file->source == 0) c->arena.failed = true;
  if (file->source == 0 || items->read) return items;
  struct list list = {.type = type};
  read_lines(c, &list, file->source, file->bytes);
  *items = (struct file_items){list.items.at, list.items.count, true};
  return items;
}

/* A list that holds nothing yet shares the items of the file, until it grows. */
static void add_items(struct compilation *c, struct list *list, const struct file_items *items, bool removal) {
  if (!removal && list->items.count == 0) {
    list->items.at = items->at;
    list->items.count = list->items.cap = items->count;
    return;
  }
  for (size_t i = 0; i < items->count; i++) add_item(c, list, items->at[i], removal);
}

/* What a list has taken from a file, it need not take again: items are added before others are taken away. */
static bool take_once(struct compilation *c, const struct list *list, uint32_t number, bool removal) {
  uint32_t key[] = {(uint32_t)(list - c->lists.at), number, removal};
  size_t before = c->taken.texts.count;
  return intern_add(&c->taken, text_of((const char *)key, sizeof key)) == before;
}

static void read_list_file(struct compilation *c, struct list *list, const struct word *path, bool removal) {
  uint32_t number = 0;
  struct text name = path_beside(c, path->text, c->sources.files.at[path->span.file].name), error;
  assay_status status = files_read(c, name, LIST_FILE_MAX, &number, &error);
  if (status == ASSAY_NO_MEMORY) {
    c->arena.failed = true;
  } else if (status == ASSAY_OVER_LIMIT) {
    report(c->diags, TOO_LARGE, path->span, "`%.*s` is larger than 1 GiB", TEXT_ARG(name));
    diag_help(c->diags, "split it: `list a_name += from \"file\"` adds another file");
  } else if (status != ASSAY_OK) {
    report(c->diags, FILE, path->span, "cannot read `%.*s`: %.*s", TEXT_ARG(name), TEXT_ARG(error));
    path_help(c, path->span, status);
  } else if (take_once(c, list, number, removal)) {
    add_items(c, list, items_of(c, number, list->type, name, path->span), removal);
  }
}

/* --- statements --- */

static void take_items(struct compilation *c, const struct stmt *s) {
  const struct symbol *symbol = symbol_expect(c, s->name, SYMBOL_LIST);
  if (!symbol) return;
  struct list *list = &c->lists.at[symbol->index];
  list_add_items(c, list, s->expr, s->removes);
  if (s->path.span.file) read_list_file(c, list, &s->path, s->removes);
}

static void take_pair(struct compilation *c, struct name_map *map, const struct map_pair *pair) {
  struct host key;
  if (!host_scan(&key, pair->key.text, &c->arena)) return;
  if (!map->keys.arena) intern_init(&map->keys, &c->arena);
  uint32_t at = intern_add(&map->keys, key.canonical);
  if (at == INTERN_NONE) return;
  if (at == map->entries.count) {
    struct map_entry *entry = vec_add(&c->arena, &map->entries);
    struct list *list = vec_add(&c->arena, &map->lists);
    if (!entry || !list) return;
    *entry = (struct map_entry){key.canonical, NO_INDEX};
    *list = (struct list){
        .name = pair->key, .type = LIST_NAME, .items_set = NO_INDEX, .patterns_set = NO_INDEX, .zones_set = NO_INDEX};
  }
  if (at >= map->lists.count) return; /* there was no memory for it */
  struct list *values = &map->lists.at[at];
  if (key.canonical.len == 0)
    never_matches(c, pair->key.span, "an empty key is no piece of a name", "name a word, such as \"google\"");
  list_add_items(c, values, pair->values, false);
}

void map_add_pairs(struct compilation *c, struct name_map *map, const struct map_pair *pairs) {
  for (; pairs; pairs = pairs->next) take_pair(c, map, pairs);
}

static void take_pairs(struct compilation *c, const struct stmt *s) {
  const struct symbol *symbol = s->extends ? symbol_expect(c, s->name, SYMBOL_MAP) : symbol_find(c, s->name.text);
  if (!symbol || symbol->kind != SYMBOL_MAP) return; /* a name that was taken; that has been said */
  map_add_pairs(c, &c->maps.at[symbol->index], s->pairs);
}

/* --- removals --- */

/* What makes two items of a list the same. */
static struct text item_key(struct compilation *c, enum list_type type, const struct list_item *item) {
  if (type == LIST_REGEX) return arena_printf(&c->arena, "%u/%.*s", item->flags, (int)item->text.len, item->text.ptr);
  if (type != LIST_ADDRESS && type != LIST_NETWORK) return item->text;
  char *bytes = arena_new(&c->arena, sizeof item->network.addr + 1);
  if (!bytes) return TEXT("");
  memcpy(bytes, &item->network.addr, sizeof item->network.addr);
  bytes[sizeof item->network.addr] = (char)item->network.bits;
  return text_of(bytes, sizeof item->network.addr + 1);
}

static void not_held(struct compilation *c, const struct list *list, struct span item) {
  report(c->diags, NO_MATCH, item, "the list `%.*s` does not hold this item", TEXT_ARG(list->name.text));
  diag_second(c->diags, list->name.span, "the list");
  diag_help(c->diags, "if the list has lost it, take it out here too");
}

static void remove_items(struct compilation *c, struct list *list) {
  struct intern gone;
  intern_init(&gone, &c->arena);
  for (size_t i = 0; i < list->removals.count; i++)
    if (intern_add(&gone, item_key(c, list->type, &list->removals.at[i])) == INTERN_NONE) return;
  bool *used = arena_new(&c->arena, gone.texts.count + 1);
  struct list_item *kept = arena_array(&c->arena, list->items.count, sizeof *kept); /* other lists may share the old */
  size_t count = 0;
  if (!used || !kept) return;
  for (size_t i = 0; i < list->items.count; i++) {
    uint32_t at = intern_find(&gone, item_key(c, list->type, &list->items.at[i]));
    if (at == INTERN_NONE)
      kept[count++] = list->items.at[i];
    else
      used[at] = true;
  }
  list->items.at = kept;
  list->items.count = list->items.cap = count;
  for (size_t i = 0; c->lint && i < list->removals.count; i++) {
    uint32_t at = intern_find(&gone, item_key(c, list->type, &list->removals.at[i]));
    if (at != INTERN_NONE && !used[at]) not_held(c, list, list->removals.at[i].span); /* none: memory is out */
  }
}

void lists_build(struct compilation *c) {
  for (const struct stmt *s = c->statements; s; s = s->next) {
    if (s->kind == S_LIST || s->kind == S_LIST_CHANGE) take_items(c, s);
    if (s->kind == S_MAP) take_pairs(c, s);
  }
  for (size_t i = 0; i < c->lists.count; i++)
    if (c->lists.at[i].removals.count) remove_items(c, &c->lists.at[i]);
}
