/* Owns connections as tab-separated lines: a header that names the columns, then one connection a line.
 * Must never know: where lines come from. */
#include "proto/tsv.h"

#include <string.h>

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Writes the unescaped value over the escaped one; false at an escape that does not exist, with *len its place. */
static bool unescape(char *field, size_t *len) {
  static const char from[] = "tnr\\", to[] = "\t\n\r\\";
  size_t out = 0;
  for (size_t i = 0; i < *len; i++) {
    if (field[i] != '\\') {
      field[out++] = field[i];
      continue;
    }
    const char *letter = i + 1 < *len ? memchr(from, field[i + 1], sizeof from - 1) : NULL;
    if (letter) {
      field[out++] = to[letter - from];
      i += 1;
      continue;
    }
    int high = i + 3 < *len && field[i + 1] == 'x' ? hex_value(field[i + 2]) : -1;
    int low = high >= 0 ? hex_value(field[i + 3]) : -1;
    if (low < 0) {
      *len = i;
      return false;
    }
    field[out++] = (char)(unsigned char)(high << 4 | low);
    i += 3;
  }
  *len = out;
  return true;
}

static const char *column_name(int16_t column) {
  return column == TSV_ID ? "id" : assay_fact_at((size_t)column)->name;
}

_Static_assert(ASSAY_FACT_COUNT <= 64, "a set of facts is one word");

static uint64_t lists_of_facts(void) {
  uint64_t lists = 0;
  for (size_t i = 0; i < ASSAY_FACT_COUNT; i++)
    if (assay_fact_at(i)->type == ASSAY_TYPE_MAILBOX_LIST) lists |= UINT64_C(1) << i;
  return lists;
}

static bool is_list(const struct tsv *tsv, int16_t column) {
  return column >= 0 && (tsv->lists >> column & 1);
}

static enum proto_result name_column(struct tsv *tsv, const char *name, size_t len, struct proto_error *error) {
  int16_t column = TSV_SKIP;
  assay_fact fact;
  if (tsv->count == TSV_COLUMNS) return proto_fail(error, "more than %d columns in the header", TSV_COLUMNS);
  if (len == 2 && memcmp(name, "id", 2) == 0) {
    column = TSV_ID;
  } else if (len != 1 || name[0] != '-') {
    enum proto_result found = proto_find_fact(&fact, "column", name, len, error);
    if (found != PROTO_OK) return found;
    column = (int16_t)fact;
  }
  for (size_t i = 0; i < tsv->count; i++)
    if (column != TSV_SKIP && tsv->columns[i] == column && !is_list(tsv, column))
      return proto_fail(error, "column \"%s\" stands twice in the header", column_name(column));
  tsv->columns[tsv->count++] = column;
  return PROTO_OK;
}

enum proto_result tsv_header(struct tsv *tsv, char *line, size_t len, struct proto_error *error) {
  *tsv = (struct tsv){.lists = lists_of_facts()};
  if (len > 0 && line[len - 1] == '\r') {
    tsv->crlf = true;
    len--;
  }
  const char *at = line, *end = line + len;
  for (;;) {
    const char *tab = at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
    const char *stop = tab ? tab : end;
    enum proto_result named = name_column(tsv, at, (size_t)(stop - at), error);
    if (named != PROTO_OK) return named;
    if (!tab) return PROTO_OK;
    at = tab + 1;
  }
}

/* Elements of a list stand in columns of one name. An empty one makes the list known and adds nothing to it. */
static assay_status set_element(assay_facts *facts, assay_fact fact, const char *field, size_t len,
                                uint64_t *known) {
  uint64_t bit = UINT64_C(1) << fact;
  bool first = !(*known & bit);
  *known |= bit;
  if (first) return assay_facts_set(facts, fact, field, len);
  return len > 0 ? assay_facts_append(facts, fact, field, len) : ASSAY_OK;
}

struct taker {
  const struct tsv *tsv;
  assay_facts *facts;
  struct proto_id *id;
  struct proto_error *error;
  bool escapes;
  uint64_t known; /* the lists that have been set */
};

static enum proto_result take_field(struct taker *taker, int16_t column, char *field, size_t len) {
  if (column == TSV_SKIP) return PROTO_OK;
  if (len == 2 && field[0] == '\\' && field[1] == 'N') return PROTO_OK;
  if (taker->escapes) {
    size_t plain = len;
    if (!unescape(field, &plain)) {
      struct proto_shown shown = proto_show(field + plain, len - plain < 4 ? len - plain : 4);
      return proto_fail(taker->error, "column \"%s\": %s is no escape; write \\\\ for a backslash",
                        column_name(column), shown.text);
    }
    len = plain;
  }
  if (column == TSV_ID) {
    *taker->id = (struct proto_id){PROTO_ID_BYTES, field, len};
    return PROTO_OK;
  }
  assay_fact fact = (assay_fact)column;
  assay_status status = is_list(taker->tsv, column) ? set_element(taker->facts, fact, field, len, &taker->known)
                                                    : assay_facts_set(taker->facts, fact, field, len);
  return status == ASSAY_OK ? PROTO_OK : proto_value_result(status, fact, field, len, taker->error);
}

static enum proto_result wrong_count(const struct tsv *tsv, const char *line, size_t len,
                                     struct proto_error *error) {
  size_t count = 1;
  for (size_t i = 0; i < len; i++) count += line[i] == '\t';
  return proto_fail(error, "%zu column%s where the header names %zu", count, count == 1 ? "" : "s", tsv->count);
}

enum proto_result tsv_line(const struct tsv *tsv, char *line, size_t len, assay_facts *facts, struct proto_id *id,
                           struct proto_error *error) {
  *id = (struct proto_id){0};
  assay_facts_clear(facts);
  if (tsv->crlf && len > 0 && line[len - 1] == '\r') len--;
  struct taker taker = {tsv, facts, id, error, len > 0 && memchr(line, '\\', len) != NULL, 0};
  char *at = line, *end = line + len;
  for (size_t i = 0; i < tsv->count; i++) {
    bool last = i + 1 == tsv->count;
    char *tab = at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
    if (last == (tab != NULL)) return wrong_count(tsv, line, len, error);
    char *stop = last ? end : tab;
    enum proto_result taken = take_field(&taker, tsv->columns[i], at, (size_t)(stop - at));
    if (taken != PROTO_OK) return taken;
    at = stop + 1;
  }
  return PROTO_OK;
}
