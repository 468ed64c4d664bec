/* Owns short ways to write the facts of a connection in a test.
 * Must never know: rules. */
#include "support/facts.h"

enum { RECORDS_MAX = 16 };

bool test_facts_set(struct facts *facts, const struct test_fact *rows, size_t count) {
  for (size_t i = 0; i < count && rows[i].name; i++) {
    enum field field = field_find(text_from(rows[i].name));
    if (field == FIELD_COUNT) return false;
    assay_status status = rows[i].text ? facts_set(facts, field, text_from(rows[i].text))
                                       : facts_set_unknown(facts, field, rows[i].why);
    if (status != ASSAY_OK) return false;
  }
  return true;
}

static bool read_record(struct record *out, enum question type, struct text text) {
  bool address = type == QUESTION_A || type == QUESTION_AAAA;
  *out = (struct record){.text = address ? TEXT("") : text};
  return !address || addr_parse(&out->address, text) == ADDR_OK;
}

static bool add_answer(struct facts *facts, const struct test_answer *row) {
  struct text name = text_from(row->name), rest = text_from(row->records);
  if (!row->records) return facts_answer(facts, row->type, name, row->outcome, NULL, 0) == ASSAY_OK;
  struct record records[RECORDS_MAX];
  size_t count = 0;
  while (rest.len) {
    size_t len = text_find(rest, TEXT(" "));
    if (len > rest.len) len = rest.len;
    if (count == RECORDS_MAX || !read_record(&records[count++], row->type, text_of(rest.ptr, len))) return false;
    size_t skip = len < rest.len ? len + 1 : len;
    rest = text_of(rest.ptr + skip, rest.len - skip);
  }
  enum outcome outcome = count ? OUTCOME_FOUND : OUTCOME_NODATA;
  return facts_answer(facts, row->type, name, outcome, records, count) == ASSAY_OK;
}

bool test_facts_answer(struct facts *facts, const struct test_answer *rows, size_t count) {
  for (size_t i = 0; i < count && rows[i].name; i++)
    if (!add_answer(facts, &rows[i])) return false;
  return true;
}

struct facts *test_facts_new(const struct test_fact *rows, size_t count, const struct test_answer *answers,
                             size_t answer_count, const assay_alloc *alloc) {
  struct facts *facts = NULL;
  if (facts_new(&facts, NULL, alloc) != ASSAY_OK) return NULL;
  if (test_facts_set(facts, rows, count) && test_facts_answer(facts, answers, answer_count)) return facts;
  facts_free(facts);
  return NULL;
}
